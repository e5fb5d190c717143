package web

import (
	"bytes"
	"net/http"
	"time"

	"belvedere/internal/door"
	"belvedere/internal/web/parts"
)

// policy lets a page use its own style, scripts and images, ask its own server, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// securityHeaders go with every answer, errors too.
func (s *server) securityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)")
	h.Set("Cache-Control", "no-store")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// wrap puts around the routes what every request goes through: headers, measures, refusal of
// what another site sends in the reader's name, and errors of the router in French.
func (s *server) wrap(mux *http.ServeMux) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r) // never the address: it may hold the token of a link
		s.Log.Warn("sent by another site", "route", pattern, "from", door.Address(r))
		s.message(w, r, http.StatusForbidden, "Cette demande vient d’un autre site : elle n’a pas été exécutée.")
	}))
	routed := guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.dispatch(mux, w, r) }))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		s.securityHeaders(w.Header())
		counted := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		routed.ServeHTTP(counted, r)
		s.metrics.observe(r.Method, routeLabel(r), counted.status, time.Since(start))
	})
}

// dispatch serves a request, in French when no route takes it.
func (s *server) dispatch(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	h, pattern := mux.Handler(r)
	if pattern != "" {
		mux.ServeHTTP(w, r)
		return
	}
	if known, err := s.identified(r); err == nil {
		r = known // whoever took a wrong turn keeps the menu
	}
	probe := &statusOnly{header: http.Header{}}
	h.ServeHTTP(probe, r)
	switch probe.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.message(w, r, http.StatusMethodNotAllowed, "Cette adresse n’accepte que "+probe.header.Get("Allow")+".")
	case http.StatusNotFound:
		s.message(w, r, http.StatusNotFound, "Cette adresse ne mène à aucune page. Elle a pu changer de nom.")
	default: // a redirection to the clean form of the address
		h.ServeHTTP(w, r)
	}
}

// statusOnly takes an answer that nobody will read, to learn its status.
type statusOnly struct {
	header http.Header
	status int
}

func (p *statusOnly) Header() http.Header         { return p.header }
func (p *statusOnly) WriteHeader(status int)      { p.status = status }
func (p *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

// A statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// asset serves an embedded file: its address names its bytes, so it may be kept for ever.
func (s *server) asset(w http.ResponseWriter, r *http.Request) error {
	set := parts.Assets()
	file, ok := set.Files[r.PathValue("name")]
	if !ok || r.PathValue("sum") != set.Sum {
		return notFound("Ce fichier n’existe pas, ou plus.")
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", file.Type)
	h.Add("Vary", "Accept-Encoding")
	body := file.Body
	if file.Gzip != nil && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = file.Gzip
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}
