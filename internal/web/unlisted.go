package web

import (
	"net/http"

	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// unlisted lists the schools with data that the register does not know.
func (s *server) unlisted(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Reports.Unlisted(r.Context(), s.Viewer(r))
	if err != nil {
		return err
	}
	frame := s.frame(r, "Établissements hors registre")
	frame.Crumbs = append(frame.Crumbs, parts.Link{Label: "Établissements hors registre"})
	return s.write(w, r, http.StatusOK, pages.UnlistedPage(pages.Unlisted{Frame: frame, List: list}))
}
