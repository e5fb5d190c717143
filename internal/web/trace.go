package web

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/registry"
)

// A Journal keeps what was read and done.
type Journal = door.Journal

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
	t.schools, t.all = door.Covered(scope, filter)
}

// nominative makes an entry say which school's people were read, and nothing that was searched
// for: names never enter the journal of the territory.
func (t *trace) nominative(r *http.Request) {
	t.entry.Object = r.URL.Path
	if uai, err := belvedere.ParseUAI(r.PathValue("uai")); err == nil && slices.Contains(viewerOf(r).Scope.Own, uai) {
		t.schools = []belvedere.UAI{uai}
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
			Object: shownAddress(r), From: door.Address(r),
		}}
		if rt.right == nominative {
			a.trace.nominative(r)
		}
		jw := door.NewWriter(w, func(status int) error {
			return door.Keep(r.Context(), s.Journal, a.trace.entry, a.trace.schools, a.trace.all, status)
		}, refuseUnkept)
		if err := h(jw, r); err != nil {
			if rt.right != nominative { // a message about a file may name people
				a.trace.entry.Detail = cut(belvedere.Message(err), 500)
			}
			s.fail(jw, r, err)
		}
		return nil
	}
}

// refuseUnkept is answered in the place of what the journal could not keep.
func refuseUnkept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	io.WriteString(w, door.Unkept+"\n")
}

// shownAddress is the address of a request as journal and log may keep it: a token that opens
// something is not among what they know.
func shownAddress(r *http.Request) string {
	if token := r.PathValue("jeton"); token != "" {
		return strings.TrimSuffix(r.URL.Path, token) + "…"
	}
	return localAddress(r)
}

// shownPath is shownAddress without what was typed in forms of search.
func shownPath(r *http.Request) string {
	path, _, _ := strings.Cut(shownAddress(r), "?")
	return path
}

// cut shortens a text to a number of runes.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
