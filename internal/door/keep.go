package door

import (
	"context"
	"net/http"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// A Journal keeps what was read and done. Record returns once the entry is kept for good.
type Journal interface {
	Record(ctx context.Context, e registry.Entry) error
	// Perimeter gives the name under which a list of schools stands in entries.
	Perimeter(ctx context.Context, schools []belvedere.UAI, all bool) (string, error)
}

// Covered is the schools whose figures an answer may hold: those of the scope that a filter on
// schools keeps. Without filter, or with one that names something else, it is the whole scope: a
// school is rather told too much than too little. all tells that no list is needed.
func Covered(scope belvedere.Scope, filter []string) (schools []belvedere.UAI, all bool) {
	for _, f := range filter {
		u, err := belvedere.ParseUAI(f)
		if err != nil {
			filter = nil
			break
		}
		if scope.AllSchools || slices.Contains(scope.Schools, u) {
			schools = append(schools, u)
		}
	}
	switch {
	case len(filter) > 0:
		return schools, false
	case scope.AllSchools:
		return nil, true
	}
	return scope.Schools, false
}

// Keep commits the entry of an answer of a status that is about to be sent.
func Keep(ctx context.Context, j Journal, e registry.Entry, schools []belvedere.UAI, all bool, status int) (err error) {
	ctx = context.WithoutCancel(ctx) // who goes away has asked all the same
	if e.Result == "" {
		e.Result = ResultOf(status)
	}
	if e.Result == "fait" && (all || len(schools) > 0) {
		if e.Perimeter, err = j.Perimeter(ctx, schools, all); err != nil {
			return err
		}
	}
	return j.Record(ctx, e)
}

// ResultOf is how the journal writes the status of an answer.
func ResultOf(status int) string {
	switch {
	case status < 400:
		return "fait"
	case status < 500:
		return "refuse"
	}
	return "echec"
}

// Unkept is what is answered in the place of an answer that the journal could not keep.
const Unkept = "Le journal des accès ne peut pas être écrit\u00a0: rien n’est montré. Réessayez dans un instant."

// A Writer commits the entry before the first byte. When it cannot be kept nothing is shown: an
// answer without trace would be worse than none.
type Writer struct {
	http.ResponseWriter
	keep    func(status int) error
	refuse  func(http.ResponseWriter)
	begun   bool
	refused bool
}

// NewWriter makes a writer that calls keep before the first byte, and refuse in the place of the
// answer when keep fails. refuse writes a whole answer of status 503.
func NewWriter(w http.ResponseWriter, keep func(status int) error, refuse func(http.ResponseWriter)) *Writer {
	return &Writer{ResponseWriter: w, keep: keep, refuse: refuse}
}

// told are the headers that speak of the answer that is not given.
var told = []string{"Content-Length", "Content-Encoding", "Content-Disposition", "Content-Type", "Location", "Set-Cookie", "Clear-Site-Data",
	"X-Belvedere-Recu", "X-Belvedere-Recu-Adresse", "X-Belvedere-Empreinte", "X-Belvedere-Definitions", "X-Belvedere-Secret", "X-Belvedere-Edition", "Etag", "Last-Modified"}

// WriteHeader keeps the entry, then sends the status.
func (w *Writer) WriteHeader(status int) {
	if w.begun {
		return
	}
	w.begun = true
	if err := w.keep(status); err != nil {
		w.refused = true
		h := w.Header()
		for _, name := range told {
			h.Del(name)
		}
		h.Set("Retry-After", "30")
		w.refuse(w.ResponseWriter)
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *Writer) Write(b []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if w.refused {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Begun tells whether the answer has started.
func (w *Writer) Begun() bool { return w.begun }

// Unwrap lets http.ResponseController reach the connection.
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
