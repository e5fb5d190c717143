package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"belvedere"
)

// A refusal is an answer that no kind of error stands for. detail is for its sender, cause for
// the journal.
type refusal struct {
	status        int
	header, value string
	detail, cause string
}

func (e *refusal) Error() string { return e.detail }

// unknown refuses who presents nothing valid, in the same words whatever is wrong.
func unknown(cause string) error {
	return &refusal{status: http.StatusUnauthorized, header: "WWW-Authenticate", value: `Bearer realm="belvedere"`, cause: cause,
		detail: "Cette adresse demande un jeton valable\u00a0: en-tête Authorization: Bearer …. Celui-ci manque, n’est pas connu, a expiré ou a été retiré\u202f; un administrateur de la console peut en créer un."}
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
	v := visitOf(r)
	var refused *refusal
	if errors.As(err, &refused) {
		if v.entry.Detail == "" || v.caller.personal() {
			v.entry.Detail = joined(v.entry.Detail, refused.cause)
		}
		if refused.status == http.StatusUnauthorized {
			v.entry.Action = "refus"
		}
		w.Header().Set(refused.header, refused.value)
		s.sent(writeProblem(w, refused.status, refused.detail, r.URL.Path))
		return
	}
	kind := belvedere.KindOf(err)
	status := statuses[kind]
	if status >= 500 {
		s.Log.Error("api", "path", r.URL.Path, "error", err)
	}
	if kind == belvedere.Unavailable {
		w.Header().Set("Retry-After", "5")
	}
	if v.entry.Detail == "" || v.caller.personal() {
		v.entry.Detail = joined(v.entry.Detail, short(belvedere.Message(err), 500))
	}
	if kind == belvedere.Forbidden {
		v.entry.Action = "refus"
	}
	s.sent(writeProblem(w, status, belvedere.Message(err), r.URL.Path))
}

// sent notes an answer that did not reach its reader.
func (s *server) sent(err error) {
	if err != nil {
		s.Log.Debug("api: answer not sent", "error", err)
	}
}

// writeProblem sends the body of an error; its own error is a connection that broke.
func writeProblem(w http.ResponseWriter, status int, detail, path string) error {
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Instance: path})
}

// joined puts what went wrong behind what an entry says already.
func joined(said, more string) string {
	if said == "" || more == "" {
		return said + more
	}
	return said + "\u202f; " + more
}
