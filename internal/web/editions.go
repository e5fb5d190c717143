package web

import (
	"net/http"
	"strconv"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const editionsPerPage = 100

// editions lists the publications.
func (s *server) editions(w http.ResponseWriter, r *http.Request) error {
	number, err := pageNumber(r.URL.Query())
	if err != nil {
		return err
	}
	list, total, err := s.Deliveries.ListEditions(r.Context(), registry.Page{Offset: (number - 1) * editionsPerPage, Limit: editionsPerPage})
	if err != nil {
		return err
	}
	p := pages.Editions{Frame: s.frame(r, "Éditions"), Total: total, Home: s.home(),
		Pages: pageLinks("/editions", r.URL.Query(), number, total, editionsPerPage)}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Éditions"})
	for _, e := range list {
		p.List = append(p.List, s.localEdition(e))
	}
	return s.write(w, r, http.StatusOK, pages.EditionsPage(p))
}

// edition shows one publication and the deliveries that made it.
func (s *server) edition(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("numero"))
	if err != nil || n < 1 {
		return notFound("Aucune édition ne porte ce numéro.")
	}
	edition, err := s.findEdition(r, n)
	if err != nil {
		return err
	}
	list, err := s.Deliveries.EditionDeliveries(r.Context(), n)
	if err != nil {
		return err
	}
	p := pages.Edition{Frame: s.frame(r, "Édition "+strconv.Itoa(n)), Edition: s.localEdition(edition),
		Deliveries: s.localTimes(list), Labels: s.labels(), Home: s.home()}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Éditions", Address: "/editions"}, parts.Link{Label: strconv.Itoa(n)})
	return s.write(w, r, http.StatusOK, pages.EditionPage(p))
}

// findEdition looks for a published edition in the journal.
func (s *server) findEdition(r *http.Request, n int) (belvedere.Edition, error) {
	list, _, err := s.Deliveries.ListEditions(r.Context(), registry.Page{})
	if err != nil {
		return belvedere.Edition{}, err
	}
	for _, e := range list {
		if e.Number == n {
			return e, nil
		}
	}
	return belvedere.Edition{}, belvedere.Errorf(belvedere.NotFound, "L’édition %d n’existe pas.", n)
}

func (s *server) localEdition(e belvedere.Edition) belvedere.Edition {
	if !e.Published.IsZero() {
		e.Published = e.Published.In(s.Zone)
	}
	return e
}
