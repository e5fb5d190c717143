package webtest

import (
	"context"

	"belvedere"
	"belvedere/internal/territory/report"
)

// Benchmark holds a figure that is compared, one that is withheld and one that is absent.
func (f *Reports) Benchmark(_ context.Context, _ belvedere.Viewer, ask report.BenchmarkAsk) (*report.BenchmarkView, error) {
	v := &report.BenchmarkView{Ask: ask, Year: 2025, Empty: f.Never, NoSchool: ask.School == "", Least: 10}
	if v.Empty || v.NoSchool {
		return v, nil
	}
	v.School, v.Type = School(1), "Collège"
	v.Schools = []report.Option{{Value: v.School.Code, Label: v.School.Label, Selected: true}}
	v.Years = []report.Option{{Value: "2025", Label: "2025-2026", Selected: true}}
	v.Themes = []report.Option{{Value: "moyens", Label: "Moyens généraux", Selected: true}}
	v.Heading = belvedere.Heading{Title: "Mon établissement parmi ses semblables", Selection: v.School.Label + ", année 2025-2026", FileStem: "comparaison"}
	known := func(v float64) report.Quantile { return report.Quantile{Value: v, Known: true} }
	s := report.Summary{Schools: 25, Low: known(230), Median: known(355), High: known(480), Step: 5}
	column := belvedere.ResultColumn{Unit: "élèves", QueryColumn: belvedere.QueryColumn{Key: "eleves", Indicator: "eleves", Label: "Élèves"}}
	v.Rows = []report.BenchmarkRow{
		{Column: column, Own: belvedere.Cell{Value: 310}, Summary: s, Quarter: 2, Group: "Collège, de 200 à 400 exclus élèves"},
		{Column: column, Own: belvedere.Cell{Value: 310}, Why: "Trop peu d’établissements comparables ont ce chiffre et le partagent."},
		{Column: column, Own: belvedere.Cell{State: belvedere.Expected}, Why: "Le chiffre de l’établissement n’est pas affiché."},
	}
	return v, nil
}
