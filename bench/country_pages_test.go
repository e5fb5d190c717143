package bench

import (
	"context"
	"strings"
	"testing"
	"time"

	"belvedere/internal/territory/report"
)

// BenchmarkCountry measures the pages of a territory of 60,000 schools over 15 years, and what
// only such a territory asks: a late page of a table, its order by a column, one type, one
// commune, figures by type and by département.
func BenchmarkCountry(b *testing.B) {
	s := serve(b, folder(b, "pays", fillCountry))
	for _, at := range s.country() {
		b.Run(strings.ReplaceAll(at.name, " ", "_"), func(b *testing.B) { s.measure(b, at) })
	}
	s.print("60 000 établissements, 15 années")
	for _, by := range []string{"type", "departement", "annee"} {
		b.Run("par_"+by, func(b *testing.B) { s.measureQuery(b, by) })
	}
}

// country are the pages to measure: all synthèses and first tables, then the variations.
func (s *site) country() (out []address) {
	seen := map[string]bool{}
	for _, at := range addresses(s.app.Model) {
		if !seen[at.page.Path] || at.state.Rates && at.state.Table == "" {
			out = append(out, at)
		}
		seen[at.page.Path] = true
	}
	page := s.app.Model.Page("moyens_par_etablissement")
	vary := func(name string, change func(*report.State)) {
		state := report.State{Filters: map[string][]string{}, Page: 1}
		change(&state)
		out = append(out, address{page.Path + " " + name, page, state})
	}
	vary("page 60", func(s *report.State) { s.Page = 60 })
	vary("par élèves", func(s *report.State) { s.Sort = "-eleves" })
	vary("collèges", func(s *report.State) { s.Filters["type"] = []string{"college"} })
	vary("une commune", func(s *report.State) { s.Filters["commune"] = []string{"Ville-35-007"} })
	return out
}

// measureQuery times a question of the command line by an attribute of the schools or by year.
func (s *site) measureQuery(b *testing.B, by string) {
	ctx := context.Background()
	q, err := s.app.Reporter.Build(ctx, report.Ask{Indicators: []string{"eleves", "classes", "eleves_taux", "comptes", "sanctions"}, By: []string{by}, Total: true})
	must(b, err)
	ask := func() {
		_, err := s.app.Reporter.Query(ctx, s.viewer, q)
		must(b, err)
	}
	ask()
	statements := s.engine.record(ask)
	var bare, answers []time.Duration
	for b.Loop() {
		bare = append(bare, timed(func() { s.drain(b, statements) }))
		answers = append(answers, timed(ask))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(median(bare)), "driver-ms")
	b.ReportMetric(ms(median(answers)), "report-ms")
}
