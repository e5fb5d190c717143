package web

import (
	"net/http"

	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const vaultsPath = "/administration/coffres"

// vaultList tells administrators which schools have a vault, and how many imports: nothing of
// what they hold.
func (s *server) vaultList(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Board.AllHoldings(r.Context(), viewerOf(r))
	if err != nil {
		return err
	}
	p := pages.Vaults{Frame: s.frame(r, "Coffres")}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Coffres"})
	for _, h := range list {
		p.List = append(p.List, pages.VaultLine{Holdings: h, Name: s.schoolName(r, h.School)})
	}
	return s.write(w, r, http.StatusOK, pages.VaultsPage(p))
}
