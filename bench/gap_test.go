package bench

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/report"
)

// BenchmarkGap explains gaps of one to five causes, and a number typed from a paper, beside the
// question of one of their figures; nothing is kept from one to the next. Read the ratios.
func BenchmarkGap(b *testing.B) {
	ctx := context.Background()
	a := town(b)
	viewer, err := a.ViewerOf(ctx, readerOf(b, a))
	must(b, err)
	r := report.New(report.Config{Engine: a.Engine, Registry: a.Registry, Model: a.Model, Zone: a.Config.Location(), Releases: a.Releases, Answers: -1})
	for _, c := range []struct{ name, a, b string }{
		{"1-filtre", "eleves annee=2025", "eleves annee=2025 sexe=F"},
		{"2-filtres", "eleves annee=2025", "eleves annee=2025 sexe=F type=college"},
		{"3-filtres", "eleves annee=2025", "eleves annee=2025 sexe=F type=college secteur=public"},
		{"4-filtres", "eleves annee=2025", "eleves annee=2025 sexe=F niveau!=6eme type=college secteur=public"},
		{"taux", "demi_pension annee=2025 taux=oui", "demi_pension annee=2025 type=college taux=oui"},
		{"nombre", "12345", "eleves annee=2025 type=college sexe=F"},
	} {
		b.Run(c.name, func(b *testing.B) {
			words := strings.Fields(c.b)
			ask := report.Ask{Indicators: words[:1], Where: slices.DeleteFunc(slices.Clone(words[1:]), func(w string) bool { return w == "taux=oui" }), Rates: c.name == "taux"}
			q, err := r.Build(ctx, ask)
			must(b, err)
			table := q
			table.By, table.Total = []string{"etablissement"}, true
			question := func(q belvedere.Query) func() {
				return func() {
					_, err := r.Query(ctx, viewer, q)
					must(b, err)
				}
			}
			one, many := question(q), question(table)
			var asked int
			gap := func() {
				v, err := r.Gap(ctx, viewer, report.GapAsk{A: report.GapSideAsk{Text: c.a}, B: report.GapSideAsk{Text: c.b}})
				must(b, err)
				if asked = v.Asked; v.Refused != "" {
					b.Fatal(v.Refused)
				}
			}
			one()
			gap()
			var ones, tables, gaps []time.Duration
			for b.Loop() {
				ones, tables, gaps = append(ones, timed(one)), append(tables, timed(many)), append(gaps, timed(gap))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ms(median(ones)), "question-ms")
			b.ReportMetric(ms(median(gaps)), "ecart-ms")
			b.ReportMetric(ms(median(tables)), "tableau-ms")
			b.ReportMetric(float64(median(gaps))/float64(median(ones)), "ecart/question")
			b.ReportMetric(float64(median(gaps))/float64(median(tables)), "ecart/tableau")
			b.ReportMetric(float64(asked), "questions")
		})
	}
}
