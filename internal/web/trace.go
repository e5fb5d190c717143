package web

import (
	"context"
	"net"
	"net/http"

	"belvedere"
	"belvedere/internal/registry"
)

// A Journal keeps what was read and done. Record returns once the entry is kept for good.
type Journal interface {
	Record(ctx context.Context, e registry.Entry) error
	// Perimeter gives the name under which a list of schools stands in entries.
	Perimeter(ctx context.Context, schools []belvedere.UAI, all bool) (string, error)
}

// A trace is the entry of the journal that a request will leave. Handlers add to it what they
// know; it is committed before the first byte of the answer, so that nothing is read without trace.
type trace struct {
	entry   registry.Entry
	schools []belvedere.UAI
	all     bool
}

// traceOf is the trace of a request; one that leads nowhere when the journal keeps nothing of it.
func traceOf(r *http.Request) *trace {
	if a := askedOf(r); a != nil && a.trace != nil {
		return a.trace
	}
	return &trace{}
}

// about says what the request was about, in the place of its address.
func (t *trace) about(object, detail string) { t.entry.Object, t.entry.Detail = object, detail }

// covers notes the schools whose figures the answer holds: those of the scope that a filter keeps.
func (t *trace) covers(scope belvedere.Scope, filter []string) {
	switch {
	case len(filter) > 0:
		for _, f := range filter {
			if u, err := belvedere.ParseUAI(f); err == nil {
				t.schools = append(t.schools, u)
			}
		}
	case scope.AllSchools:
		t.all = true
	default:
		t.schools = scope.Schools
	}
}

// traced runs a handler whose answer is kept in the journal under an action.
func (s *server) traced(rt route, h handler) handler {
	if s.Journal == nil || rt.action == "" {
		return h
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		a := askedOf(r)
		a.trace = &trace{entry: registry.Entry{
			At: s.Now().UTC(), Account: a.viewer.ID, Login: a.viewer.Login, Door: "page", Action: rt.action,
			Object: localAddress(r), From: addressOf(r),
		}}
		jw := &journalWriter{ResponseWriter: w, commit: func(status int) error { return s.commit(r.Context(), a.trace, status) }}
		if err := h(jw, r); err != nil {
			a.trace.entry.Detail = cut(belvedere.Message(err), 500)
			s.fail(jw, r, err)
		}
		return nil
	}
}

// commit keeps the entry of an answer that is about to be sent.
func (s *server) commit(ctx context.Context, t *trace, status int) (err error) {
	ctx = context.WithoutCancel(ctx) // who goes away has asked all the same
	if t.entry.Result == "" {
		t.entry.Result = resultOf(status)
	}
	if t.all || len(t.schools) > 0 {
		if t.entry.Perimeter, err = s.Journal.Perimeter(ctx, t.schools, t.all); err != nil {
			return err
		}
	}
	return s.Journal.Record(ctx, t.entry)
}

func resultOf(status int) string {
	switch {
	case status < 400:
		return "fait"
	case status < 500:
		return "refuse"
	}
	return "echec"
}

// addressOf is the network address of a request, without its port.
func addressOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// cut shortens a text to a number of runes.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// A journalWriter commits the entry before the first byte. When it cannot be kept nothing is
// shown: an answer without trace would be worse than none.
type journalWriter struct {
	http.ResponseWriter
	commit  func(status int) error
	begun   bool
	refused bool
}

func (w *journalWriter) WriteHeader(status int) {
	if w.begun {
		return
	}
	w.begun = true
	if err := w.commit(status); err != nil {
		w.refused = true
		h := w.Header()
		for _, name := range []string{"Content-Length", "Content-Encoding", "Content-Disposition", "Location", "Set-Cookie"} {
			h.Del(name)
		}
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Retry-After", "30")
		w.ResponseWriter.WriteHeader(http.StatusServiceUnavailable)
		w.ResponseWriter.Write([]byte("Le journal des accès ne peut pas être écrit : rien n’est montré. Réessayez dans un instant.\n"))
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *journalWriter) Write(b []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if w.refused {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *journalWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
