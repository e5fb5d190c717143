package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"belvedere/internal/door"
	"belvedere/internal/registry"
)

// answer sends JSON made whole before its first byte.
func (s *server) answer(w http.ResponseWriter, r *http.Request, status int, body any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	if err := enc.Encode(body); err != nil {
		return err
	}
	return s.send(w, r, status, "application/json; charset=utf-8", buf.Bytes())
}

// send sends a body to who may still have it: it asks again before the first byte and each second
// that it lasts.
func (s *server) send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) error {
	again := func() error { return nil }
	if visitOf(r).caller.viewer.Kind != "" {
		again = func() error { return s.still(r) }
	}
	if err := again(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	if err := door.Send(w, body, s.Now, again); err != nil {
		s.Log.Warn("api: answer stopped", "path", r.URL.Path, "error", err)
		panic(http.ErrAbortHandler) // the length announced is not met: the reader knows that it is cut
	}
	return nil
}

func (s *server) openAPI(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, http.StatusOK, "application/json; charset=utf-8", openAPI)
}

// editions lists the published editions, newest first.
func (s *server) editions(w http.ResponseWriter, r *http.Request) error {
	list, _, err := s.Store.ListEditions(r.Context(), registry.Page{Limit: 1000})
	if err != nil {
		return err
	}
	type edition struct {
		Number    int       `json:"numero"`
		Published time.Time `json:"publiee"`
	}
	out := make([]edition, 0, len(list))
	for _, e := range list {
		out = append(out, edition{e.Number, e.Published})
	}
	return s.answer(w, r, http.StatusOK, map[string]any{"editions": out})
}
