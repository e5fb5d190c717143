package webtest

import (
	"context"

	"belvedere"
	"belvedere/internal/territory/report"
)

// Explore answers any state by one cross table: two lines and their subtotal, one figure withheld.
func (f *Reports) Explore(_ context.Context, _ belvedere.Viewer, e report.Explore) (*report.ExploreResult, error) {
	e = e.With(func(*report.Explore) {})
	x := &report.ExploreResult{State: e}
	if len(e.Columns) == 0 || f.Never {
		return x, nil
	}
	x.Sentence = report.Sentence{{Part: "indicateurs", Text: "Élèves"}, {Text: " par "}, {Part: "lignes", Text: "type"}, {Text: ", "}, {Part: "periode", Text: "année 2025-2026"}}
	x.Heading = belvedere.Heading{Title: x.Sentence.String(), Period: "année 2025-2026", FileStem: "explorateur"}
	x.Warnings = []string{"« Classes » : pas de détail par sexe."}
	key := belvedere.QueryColumn{Key: "eleves", Indicator: "eleves", Label: "Élèves"}
	second := belvedere.QueryColumn{Key: "classes", Indicator: "classes", Label: "Classes"}
	row := func(code, label string, level int, first, other belvedere.Cell) belvedere.ResultRow {
		return belvedere.ResultRow{Keys: []belvedere.Key{{Code: code, Label: label}}, Level: level, Cells: []belvedere.Cell{first, other}}
	}
	x.Result = &belvedere.Result{
		Query:   belvedere.Query{By: []string{"type"}, Columns: []belvedere.QueryColumn{key, second}, Sort: e.Sort},
		Dims:    []belvedere.ResultDim{{Name: "type", Label: "Type"}},
		Columns: []belvedere.ResultColumn{{QueryColumn: key, Unit: "élèves"}, {QueryColumn: second, Unit: "classes"}},
		Rows: []belvedere.ResultRow{row("college", "Collège <b>", 0, belvedere.Cell{Value: 40434}, belvedere.Cell{Value: 1610}),
			row("lycee", "Lycée", 0, belvedere.Cell{Value: 21002}, belvedere.Cell{State: belvedere.Secret, Why: "Chiffre protégé."}),
			row("ecole", "École", 0, belvedere.Cell{Value: 3002}, belvedere.Cell{Value: 130}),
			row(belvedere.KeyOthers, "Autres (3)", 1, belvedere.Cell{Value: 12}, belvedere.Cell{Value: 1})},
		RowCount: 4, Coverage: belvedere.Coverage{Received: 87, Expected: 96}, Edition: belvedere.Edition{Number: 412, Published: Published},
		Receipt: belvedere.Receipt{Code: "7KQ2-M9XD", At: Published},
	}
	total := row("ensemble", "Ensemble", 0, belvedere.Cell{Value: 64450}, belvedere.Cell{State: belvedere.Secret, Why: "Chiffre protégé."})
	x.Result.Total = &total
	return x, nil
}

// ExploreDimsFor are three dimensions, one of which an indicator lacks.
func (f *Reports) ExploreDimsFor(context.Context, belvedere.Viewer, []report.ExploreColumn) ([]report.ExploreDim, error) {
	return []report.ExploreDim{{Name: "etablissement", Label: "Établissement", Kind: "etablissement"}, {Name: "type", Label: "Type", Kind: "registre"},
		{Name: "sexe", Label: "Sexe", Kind: "code", Lacking: []report.Lacking{{Code: "classes", Label: "Classes", Why: "pas de détail par sexe"}}}}, nil
}

// ExploreFields are one field of two choices.
func (f *Reports) ExploreFields(_ context.Context, _ belvedere.Viewer, e report.Explore) (*report.ExploreFields, error) {
	return &report.ExploreFields{Years: []belvedere.SchoolYear{2025, 2024}, Fields: []report.FilterView{{Name: "filtre.type", Label: "Type", Kind: "etablissements", Total: 2,
		Options: []report.Option{{Value: "college", Label: "Collèges"}, {Value: "lycee", Label: "Lycées"}}}}}, nil
}

// ExploreLabels name what a state asks by its codes.
func (f *Reports) ExploreLabels(_ context.Context, _ belvedere.Viewer, e report.Explore) (columns []report.ExploreLabel, filters []string) {
	for _, c := range e.Columns {
		columns = append(columns, report.ExploreLabel{Label: c.String(), Both: true})
	}
	for _, w := range e.Where {
		filters = append(filters, w.Dim)
	}
	return columns, filters
}

// ExploreBeside names one indicator of another subject, and one that lacks a dimension.
func (f *Reports) ExploreBeside(context.Context, belvedere.Viewer, report.Explore) ([]report.Beside, error) {
	return []report.Beside{{Code: "classes", Label: "Classes", Theme: "moyens", New: true}, {Code: "absences", Label: "Absences", Theme: "social", New: true, Why: "pas de détail par type"}}, nil
}

// Without leaves the line out.
func (f *Reports) Without(e report.Explore, _ belvedere.Query, row belvedere.ResultRow) (report.Explore, bool) {
	return e.With(func(e *report.Explore) {
		e.Where = append(e.Where, belvedere.Filter{Dim: "type", Values: []string{row.Keys[0].Code}, Not: true})
	}), row.Level == 0
}

// Drill goes down by the filter of the line.
func (f *Reports) Drill(e report.Explore, _ belvedere.Query, row belvedere.ResultRow, _ string, _ bool) (report.Explore, bool) {
	return e.With(func(e *report.Explore) {
		e.Lines, e.Where = nil, append(e.Where, belvedere.Filter{Dim: "type", Values: []string{row.Keys[0].Code}})
	}), row.Level == 0
}
