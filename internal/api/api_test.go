package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestPanicIsAnswered runs a handler that panics: the program gets a problem like the others.
func TestPanicIsAnswered(t *testing.T) {
	s := &server{Config: Config{Log: slog.New(slog.DiscardHandler)}}
	w := httptest.NewRecorder()
	s.handle(func(http.ResponseWriter, *http.Request) error { panic("the secret of the house") }).
		ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/donnees", nil))
	if w.Code != http.StatusInternalServerError || w.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	if strings.Contains(w.Body.String(), "secret") {
		t.Errorf("the answer tells the cause: %s", w.Body)
	}
}

// TestAnswersTakeTurns fills all turns: a program that leaves while it waits is not answered.
func TestAnswersTakeTurns(t *testing.T) {
	s := &server{Config: Config{Log: slog.New(slog.DiscardHandler)}, turns: make(chan struct{}, 1)}
	s.turns <- struct{}{}
	gone, leave := context.WithCancel(context.Background())
	leave()
	w := httptest.NewRecorder()
	s.handle(s.data).ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/donnees?indicateurs=eleves", nil).WithContext(gone))
	if w.Body.Len() > 0 || len(s.turns) != 1 {
		t.Errorf("%d bytes were sent, %d turns are taken", w.Body.Len(), len(s.turns))
	}
}
