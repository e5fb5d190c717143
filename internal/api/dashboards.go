package api

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"

	"belvedere"
	"belvedere/internal/dashboard"
)

// A DashboardFile writes an answered dashboard in a format.
type DashboardFile func(ctx context.Context, w io.Writer, format string, a *dashboard.Answer) (contentType, name string, err error)

var errNoDashboards = belvedere.Errorf(belvedere.NotFound, "Ce serveur n’a pas de tableaux de bord.")

// dashboards lists those that whoever asks may open.
func (s *server) dashboards(w http.ResponseWriter, r *http.Request) error {
	if s.Dashboards == nil {
		return errNoDashboards
	}
	list, err := s.Dashboards.List(r.Context(), visitOf(r).caller.viewer, r.URL.Query().Get("q"))
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := dashboard.ListJSON(&buf, list); err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "application/json; charset=utf-8", buf.Bytes())
}

// dashboard answers one with the figures of whoever asks: JSON, or the files of the page.
func (s *server) dashboard(w http.ResponseWriter, r *http.Request) error {
	if s.Dashboards == nil {
		return errNoDashboards
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	visit, format := visitOf(r), r.URL.Query().Get("format")
	viewer := visit.caller.viewer
	b, err := s.Dashboards.Find(r.Context(), viewer, r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := s.Dashboards.Answer(r.Context(), viewer, b, r.URL.Query(), true)
	if err != nil {
		return err
	}
	visit.covers(a.State.Filters["etablissement"])
	var buf bytes.Buffer
	if format == "" || format == "json" {
		if err := a.JSON(&buf); err != nil {
			return err
		}
		return s.send(w, r, http.StatusOK, "application/json; charset=utf-8", buf.Bytes())
	}
	if s.DashboardFile == nil {
		return errNoDashboards
	}
	visit.entry.Action = "export"
	contentType, name, err := s.DashboardFile(r.Context(), &buf, format, a)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}
