package api

import (
	"net/http"

	"belvedere"
)

// schools lists the schools that the caller's rights open, corrections of administrators
// applied. It names schools, not figures: agreements do not bear on it.
func (s *server) schools(w http.ResponseWriter, r *http.Request) error {
	visit := visitOf(r)
	visit.covers(nil)
	list, err := s.Reports.Register(r.Context(), visit.caller.viewer)
	if err != nil {
		return err
	}
	type school struct {
		UAI        belvedere.UAI     `json:"uai"`
		Name       string            `json:"nom"`
		Listed     bool              `json:"registre"`
		Attributes map[string]string `json:"attributs"`
	}
	out := make([]school, 0, len(list))
	for _, one := range list {
		out = append(out, school{one.UAI, one.Name, one.Listed, one.Attributes})
	}
	return s.answer(w, r, http.StatusOK, map[string]any{"etablissements": out})
}
