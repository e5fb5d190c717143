package web

import (
	"net/http"
	"slices"

	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// starts are questions that people ask first. One is offered where the rights of the reader open all its
// indicators, those of higher education first to who works there.
var starts = []struct {
	label  string
	higher bool
	state  report.Explore
}{
	{"Les inscriptions par niveau, année après année", true, start([]string{"inscrits"}, "niveau", "annee", report.AsTable)},
	{"La masse salariale à côté des dépenses engagées, par service", true, start([]string{"masse_salariale", "depenses_engagees"}, "service", "", report.AsTable)},
	{"Les deux taux de réussite et les heures d’enseignement, par composante", true, start([]string{"reussite_presents", "reussite_inscrits", "heures_enseignement"}, "composante", "", report.AsTable)},
	{"Composantes et niveaux en carte de chaleur", true, start([]string{"inscrits"}, "composante", "niveau", report.AsHeat)},
	{"Les élèves par type d’établissement, et leur évolution", false, start([]string{"eleves"}, "type", "annee", report.AsTable)},
	{"Les établissements sur une carte, selon leurs élèves", false, start([]string{"eleves"}, "etablissement", "", report.AsMap)},
	{"Absences et élèves : un nuage de points", false, start([]string{"eleves", "absences"}, "etablissement", "", report.AsScatter)},
	{"Les élèves par niveau et par secteur, en barres", false, start([]string{"eleves"}, "niveau.groupe", "secteur", report.AsStacks)},
}

func start(indicators []string, line, across string, shape report.Shape) report.Explore {
	var e report.Explore
	return e.With(func(e *report.Explore) {
		for _, code := range indicators {
			e.Columns = append(e.Columns, report.ExploreColumn{Indicator: code})
		}
		e.Lines, e.Across, e.Shape = []string{line}, across, shape
	})
}

const mostStarts = 5

// exploreStarts are the questions that a reader may begin with.
func (s *server) exploreStarts(r *http.Request) (out []parts.Link) {
	m, err := s.defined(r)
	if err != nil {
		return nil
	}
	viewer := viewerOf(r)
	higher := s.Reports.Higher(r.Context(), viewer)
	for _, own := range []bool{true, false} {
		for _, one := range starts {
			opens := !slices.ContainsFunc(one.state.Columns, func(c report.ExploreColumn) bool {
				ind := m.Indicator(c.Indicator)
				return ind == nil || !viewer.Scope.Sees(ind.Widget)
			})
			if opens && (one.higher == higher) == own && len(out) < mostStarts {
				out = append(out, parts.Link{Label: one.label, Address: one.state.Address()})
			}
		}
	}
	return out
}
