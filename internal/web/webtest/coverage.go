package webtest

import (
	"context"

	"belvedere"
	"belvedere/internal/territory/report"
)

// Coverage holds every state of a month, for one dataset or for all.
func (f *Reports) Coverage(_ context.Context, _ belvedere.Viewer, ask report.CoverageAsk, _ bool) (*report.CoverageView, error) {
	v := &report.CoverageView{Ask: ask, Year: 2025, Empty: f.Never}
	if f.Never {
		return v, nil
	}
	v.Heading = belvedere.Heading{Title: "Couverture", Selection: "année 2025-2026", Period: "année 2025-2026", FileStem: "couverture-2025-2026"}
	for k := range 12 {
		v.Months = append(v.Months, v.Year.First().AddDate(0, k, 0))
	}
	v.Datasets = f.Catalogue.Datasets
	for _, d := range v.Datasets {
		if d.Name == ask.Dataset {
			v.Dataset = d
		}
	}
	v.Total = report.CoverageLine{Key: belvedere.Key{Label: "Ensemble"}, Months: make([]report.CoverageMonth, 12), Last: belvedere.Date(2025, 11, 30)}
	states := []report.ReceptionState{report.MonthReceived, report.MonthLate, report.MonthMissing, report.MonthUnexpected, report.MonthWithheld}
	for n := range 5 {
		l := report.CoverageLine{Key: School(n), Months: make([]report.CoverageMonth, 12)}
		for k := range l.Months {
			l.Months[k] = report.CoverageMonth{State: states[(n*k)%len(states)], Received: 4, Expected: 5, Late: 1}
		}
		if v.Dataset == nil {
			l.Key, l.Address = belvedere.Key{Code: v.Datasets[n%2].Name, Label: v.Datasets[n%2].Label}, report.CoverageAsk{Dataset: v.Datasets[n%2].Name}.Address()
		}
		v.Lines = append(v.Lines, l)
	}
	v.Count = len(v.Lines)
	v.Broken = []string{"Collège Essai (0990001M) → 0990001M : L’établissement se succéderait à lui-même."}
	return v, nil
}
