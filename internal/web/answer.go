package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"belvedere"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// A handler answers a request or says why it cannot; it writes nothing before it knows.
type handler func(w http.ResponseWriter, r *http.Request) error

// handle serves a route: who asks, whether he or she may, what the journal keeps of it, and the
// answer to its error. A panic is an Internal error like the others: one page must not take the
// connection of its neighbours with it.
func (s *server) handle(rt route) http.Handler {
	guarded := s.traced(rt, func(w http.ResponseWriter, r *http.Request) error { return s.guarded(s.guard(rt), w, r) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, rt.body)
		r, err := s.identified(r)
		if err == nil {
			err = guarded(w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

func (s *server) guarded(h handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		p := recover()
		if p == http.ErrAbortHandler {
			panic(p)
		}
		if p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(w, r)
}

// fail answers an error: the visitor gets its message and a status, the operator its cause. What a visitor is told
// of people, or typed about them, is for the visitor alone: the log then holds the kind of the refusal.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to read an answer
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) && belvedere.KindOf(err) == belvedere.Internal {
		err = belvedere.WrapError(belvedere.TooLarge, err, "L’envoi dépasse la taille admise.")
	}
	status := statusOf(belvedere.KindOf(err))
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	cause := any(err)
	if a := askedOf(r); a != nil && a.names && status < 500 {
		cause = "not told here: the page is about people"
	}
	s.Log.Log(r.Context(), level, "request failed", "method", r.Method, "path", shownPath(r), "status", status, "err", cause)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30")
	}
	s.message(w, r, status, belvedere.Message(err))
}

func statusOf(k belvedere.Kind) int {
	switch k {
	case belvedere.Invalid:
		return http.StatusBadRequest
	case belvedere.NotFound:
		return http.StatusNotFound
	case belvedere.Conflict:
		return http.StatusConflict
	case belvedere.Forbidden:
		return http.StatusForbidden
	case belvedere.TooLarge:
		return http.StatusRequestEntityTooLarge
	case belvedere.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// messageTitles are the headings of the pages that stand in for another.
var messageTitles = map[int]string{
	http.StatusBadRequest:            "Demande incomprise",
	http.StatusForbidden:             "Accès refusé",
	http.StatusNotFound:              "Page introuvable",
	http.StatusMethodNotAllowed:      "Demande impossible à cette adresse",
	http.StatusConflict:              "Contenu en conflit",
	http.StatusRequestEntityTooLarge: "Envoi trop volumineux",
	http.StatusInternalServerError:   "Erreur interne",
	http.StatusServiceUnavailable:    "Service momentanément indisponible",
}

// message writes a page that says one thing.
func (s *server) message(w http.ResponseWriter, r *http.Request, status int, text string) {
	title := messageTitles[status]
	if title == "" {
		title = http.StatusText(status)
	}
	frame := s.frame(r, title)
	frame.Crumbs = append(frame.Crumbs, parts.Link{Label: title})
	m := pages.Message{Frame: frame, Status: status, Title: title, Text: parts.Capital(named(text)), Next: s.ways(r, status)}
	if err := s.write(w, r, status, pages.MessagePage(m)); err != nil {
		s.Log.Error("message page", "path", shownPath(r), "err", err)
		http.Error(w, title, status)
	}
}

// fieldNames are the fields of an address as their labels say them.
var fieldNames = map[string]string{
	"annee": "Année scolaire", "periode": "Période", "etablissement": "Établissement", "edition": "Édition",
	"tableau": "Tableau", "tri": "Tri", "type": "Type", "secteur": "Secteur", "commune": "Commune", "niveau": "Niveau",
}

// named puts the label of a field in the place of its name in the address: a message about
// "annee" is read by someone who chose a school year.
func named(text string) string {
	field, rest, found := strings.Cut(text, " :")
	if label := fieldNames[field]; found && label != "" {
		return label + " :" + rest
	}
	return text
}

// ways is what the reader can do next.
func (s *server) ways(r *http.Request, status int) []parts.Link {
	home := parts.Link{Label: "Revenir à l’accueil", Address: s.home()}
	switch status {
	case http.StatusBadRequest:
		return []parts.Link{{Label: "Reprendre cette page sans ses filtres", Address: r.URL.EscapedPath()}, home}
	case http.StatusForbidden:
		if ask := s.askedAccess(r); ask != "" {
			return []parts.Link{{Label: "Demander cet accès", Address: ask}, home}
		}
		for _, p := range s.model.Pages {
			if s.Explain != nil && p.Path == r.URL.Path {
				return []parts.Link{{Label: "Voir la règle qui décide, et à qui demander", Address: whyOfPage(p.Path)}, home}
			}
		}
	case http.StatusNotFound:
		return []parts.Link{home, {Label: "Chercher dans la console", Address: "/recherche"}}
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
		return []parts.Link{{Label: "Essayer de nouveau", Address: localAddress(r)}, home}
	}
	return []parts.Link{home}
}
