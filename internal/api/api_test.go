package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

// silence is a journal that keeps nothing.
type silence struct{}

func (silence) Record(context.Context, registry.Entry) error { return nil }
func (silence) Perimeter(context.Context, []belvedere.UAI, bool) (string, error) {
	return "", nil
}

func quiet() *server {
	return newServer(Config{Journal: silence{}, Log: slog.New(slog.DiscardHandler)})
}

// TestPanicIsAnswered runs a handler that panics: the program gets a problem like the others.
func TestPanicIsAnswered(t *testing.T) {
	w := httptest.NewRecorder()
	quiet().serve(get("/api/v1/donnees", open, "", func(http.ResponseWriter, *http.Request) error { panic("the secret of the house") })).
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
	s := quiet()
	s.turns = make(chan struct{}, 1)
	s.turns <- struct{}{}
	gone, leave := context.WithCancel(context.Background())
	leave()
	w := httptest.NewRecorder()
	s.serve(get("/api/v1/donnees", open, "", s.data)).
		ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/donnees?indicateurs=eleves", nil).WithContext(gone))
	if w.Body.Len() > 0 || len(s.turns) != 1 {
		t.Errorf("%d bytes were sent, %d turns are taken", w.Body.Len(), len(s.turns))
	}
}

// TestUndeclaredRightIsRefused adds an address that says nothing of who may come.
func TestUndeclaredRightIsRefused(t *testing.T) {
	s := quiet()
	if _, err := s.handler(append(s.routes(), route{method: "GET", path: "/api/v1/autre", handler: s.editions})); err == nil || !strings.Contains(err.Error(), "/api/v1/autre") {
		t.Errorf("error %v", err)
	}
	for _, c := range []caller{{}, {viewer: belvedere.Viewer{Kind: belvedere.Operator, Admin: true}}} {
		if undeclared.allows(c) == nil || open.allows(c) == nil {
			t.Error("a right that no caller meets let one through")
		}
	}
}

// TestReadsChangeNothing looks for an address that is read and writes, by its method.
func TestReadsChangeNothing(t *testing.T) {
	for _, rt := range quiet().routes() {
		if (rt.method != "GET") != (rt.right == pushing || rt.right == acting) {
			t.Errorf("%s %s asks the right %d", rt.method, rt.path, rt.right)
		}
	}
}
