// Package api is the door for programs: JSON, CSV and Parquet answers of the same reports that
// pages show, and the push of deliveries. openapi.json describes it, errors are problem+json
// (RFC 9457), and it decides nothing about rights.
package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
)

//go:embed openapi.json
var openAPI []byte

// Config is what the API needs. Token is the bearer token of pushes; "" lets any local program push.
type Config struct {
	Reports  *report.Reporter
	Registry registry.Registry
	Ingest   *ingest.Service
	Viewer   func(*http.Request) belvedere.Viewer
	Write    func(ctx context.Context, w io.Writer, format string, r *belvedere.Result, h belvedere.Heading) error
	Token    string
	MaxFile  int64 // bytes of one pushed file
	Log      *slog.Logger
}

type server struct {
	Config
	turns chan struct{} // bounds how many answers are held in memory at once
}

// New builds the handler of /api/.
func New(c Config) (http.Handler, error) {
	s := &server{Config: c, turns: make(chan struct{}, 2)}
	mux := http.NewServeMux()
	methods := map[string][]string{}
	for pattern, h := range s.routes() {
		mux.Handle(pattern, s.handle(h))
		method, path, _ := strings.Cut(pattern, " ")
		methods[path] = append(methods[path], method)
	}
	for path, allowed := range methods {
		mux.Handle(path, s.handle(notAllowed(allowed)))
	}
	mux.Handle("/api/", s.handle(func(http.ResponseWriter, *http.Request) error {
		return belvedere.Errorf(belvedere.NotFound, "cette adresse de l’API n’existe pas ; voir /api/v1/openapi.json")
	}))
	return http.NewCrossOriginProtection().Handler(mux), nil
}

// notAllowed answers the methods that an address does not know; the list says which it does.
func notAllowed(methods []string) handler {
	slices.Sort(methods)
	allowed := strings.Join(methods, ", ")
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Allow", allowed)
		return writeProblem(w, http.StatusMethodNotAllowed, "cette adresse répond à "+allowed+" et pas à "+r.Method, r.URL.Path)
	}
}

// handler answers a request or says why not.
type handler func(w http.ResponseWriter, r *http.Request) error

// routes are all addresses; openapi.json describes each, and a test compares.
func (s *server) routes() map[string]handler {
	return map[string]handler{
		"GET /api/v1/openapi.json":    s.openAPI,
		"GET /api/v1/indicateurs":     s.indicators,
		"GET /api/v1/donnees":         s.data,
		"GET /api/v1/editions":        s.editions,
		"GET /api/v1/livraisons":      s.deliveries,
		"GET /api/v1/livraisons/{id}": s.delivery,
		"PUT /api/v1/livraisons/{id}": s.push,
	}
}

// handle answers errors in one place.
func (s *server) handle(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Cache-Control", "no-store")
		head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		if err := guarded(h, w, r); err != nil {
			s.problem(w, r, err)
		}
	})
}

// guarded makes a panic an Internal error like the others.
func guarded(h handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(w, r)
}

// statuses is the one table from kinds of error to HTTP.
var statuses = map[belvedere.Kind]int{
	belvedere.Internal: http.StatusInternalServerError, belvedere.Invalid: http.StatusBadRequest,
	belvedere.NotFound: http.StatusNotFound, belvedere.Conflict: http.StatusConflict,
	belvedere.Forbidden: http.StatusForbidden, belvedere.TooLarge: http.StatusRequestEntityTooLarge,
	belvedere.Unavailable: http.StatusServiceUnavailable,
}

// A problem is the body of an error, RFC 9457.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"`
}

func (s *server) problem(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to read an answer
	}
	kind := belvedere.KindOf(err)
	status := statuses[kind]
	if status >= 500 {
		s.Log.Error("api", "path", r.URL.Path, "error", err)
	}
	if kind == belvedere.Unavailable {
		w.Header().Set("Retry-After", "5")
	}
	if err := writeProblem(w, status, belvedere.Message(err), r.URL.Path); err != nil {
		s.Log.Debug("api: answer not sent", "error", err)
	}
}

// writeProblem sends the body of an error; its own error is a connection that broke.
func writeProblem(w http.ResponseWriter, status int, detail, path string) error {
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Instance: path})
}

// answer sends JSON made whole before its first byte.
func (s *server) answer(w http.ResponseWriter, status int, body any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	if err := enc.Encode(body); err != nil {
		return err
	}
	return s.send(w, status, "application/json; charset=utf-8", buf.Bytes())
}

func (s *server) send(w http.ResponseWriter, status int, contentType string, body []byte) error {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.Log.Debug("api: answer not sent", "error", err)
	}
	return nil
}

func (s *server) openAPI(w http.ResponseWriter, _ *http.Request) error {
	return s.send(w, http.StatusOK, "application/json; charset=utf-8", openAPI)
}

// authorised checks the bearer token of a push in constant time.
func (s *server) authorised(r *http.Request) bool {
	if s.Token == "" {
		return true
	}
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(s.Token))
	return ok && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// editions lists the published editions, newest first.
func (s *server) editions(w http.ResponseWriter, r *http.Request) error {
	list, _, err := s.Registry.ListEditions(r.Context(), registry.Page{Limit: 1000})
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
	return s.answer(w, http.StatusOK, map[string]any{"editions": out})
}
