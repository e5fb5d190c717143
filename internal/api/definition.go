package api

import (
	"bytes"
	"net/http"
	"strconv"

	"belvedere"
	"belvedere/internal/definition"
)

// meaning refuses where nothing is decided about definitions.
func (s *server) meaning(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.Meanings == nil {
			return belvedere.Errorf(belvedere.NotFound, "Cette installation ne tient pas l’histoire des définitions.")
		}
		return h(w, r)
	}
}

// definitions lists what was decided, proposed or asked about indicators; tous=1 lists all of them.
func (s *server) definitions(w http.ResponseWriter, r *http.Request) error {
	var buf bytes.Buffer
	if err := s.Meanings.WriteList(r.Context(), &buf, visitOf(r).caller.viewer, truth(r.URL.Query().Get("tous"))); err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "application/json; charset=utf-8", buf.Bytes())
}

// definition is all that is said of an indicator.
func (s *server) definition(w http.ResponseWriter, r *http.Request) error {
	sheet, err := s.Meanings.Sheet(r.Context(), visitOf(r).caller.viewer, r.PathValue("code"))
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := definition.WriteSheet(&buf, sheet); err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "application/json; charset=utf-8", buf.Bytes())
}

// proposal is a proposed version, with what it moves for who may propose or decide; effet=0 leaves that out.
func (s *server) proposal(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return belvedere.Errorf(belvedere.NotFound, "La proposition %q n’existe pas.", r.PathValue("id"))
	}
	p, err := s.Meanings.Registry.Proposal(r.Context(), id)
	if err != nil {
		return err
	}
	var impact *definition.Impact
	if r.URL.Query().Get("effet") == "1" {
		if impact, err = s.Meanings.Impact(r.Context(), visitOf(r).caller.viewer, definition.Written(p)); err != nil {
			return err
		}
	}
	var buf bytes.Buffer
	if err := definition.WriteProposal(&buf, p, impact); err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "application/json; charset=utf-8", buf.Bytes())
}
