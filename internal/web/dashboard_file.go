package web

import (
	"context"
	"io"
	"mime"
	"net/http"

	"belvedere"
	"belvedere/internal/dashboard"
)

// A DashboardFile writes an answered dashboard in a format. An unknown format is an Invalid error.
type DashboardFile func(ctx context.Context, w io.Writer, format string, a *dashboard.Answer) (contentType, name string, err error)

// exportDashboard answers a dashboard as a file: the same state, the same rights, all lines.
func (s *server) exportDashboard(w http.ResponseWriter, r *http.Request, b *dashboard.Board, format string) error {
	if s.DashboardFile == nil {
		return notFound("Les fichiers ne sont pas proposés par ce serveur.")
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	viewer, t := viewerOf(r), traceOf(r)
	t.entry.Action, t.entry.Door = "export", "fichier"
	a, err := s.Dashboards.Answer(r.Context(), viewer, b, r.URL.Query(), true)
	if err != nil {
		return err
	}
	t.covers(viewer.Scope, a.State.Filters["etablissement"])
	if a.Bar.Empty {
		return belvedere.Errorf(belvedere.NotFound, "Rien n’est encore publié\u00a0: il n’y a rien à mettre en fichier.")
	}
	buf := getBuffer()
	defer putBuffer(buf)
	contentType, name, err := s.DashboardFile(r.Context(), buf, format, a)
	if err != nil {
		return err
	}
	if err := s.stillAllowed(r); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	s.sendFile(w, r, contentType, buf.Bytes())
	return nil
}
