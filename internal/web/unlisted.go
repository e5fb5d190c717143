package web

import (
	"net/http"

	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// unlistedPerPage is what a reader scrolls through: a file of the whole country holds 7,000.
const unlistedPerPage = 200

// unlisted lists the schools with data that the register does not know.
func (s *server) unlisted(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	list, err := s.Reports.Unlisted(r.Context(), viewerOf(r))
	if err != nil {
		return err
	}
	p := pages.Unlisted{Frame: s.frame(r, "Établissements hors registre"), Total: len(list)}
	p.Pages = pageLinks("/etablissements/hors-registre", query, number, len(list), unlistedPerPage)
	from := min((number-1)*unlistedPerPage, len(list))
	p.List = list[from:min(from+unlistedPerPage, len(list))]
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Établissements hors registre"})
	return s.write(w, r, http.StatusOK, pages.UnlistedPage(p))
}
