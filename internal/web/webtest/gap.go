package webtest

import (
	"context"
	"math/big"
	"strings"

	"belvedere"
	"belvedere/internal/territory/report"
)

// Gap explains a fictional gap of 120 pupils, or says of a side "inconnu" that there is none.
func (f *Reports) Gap(ctx context.Context, viewer belvedere.Viewer, ask report.GapAsk) (*report.GapView, error) {
	a, err := f.GapSide(ctx, viewer, ask.A)
	if err != nil {
		return nil, err
	}
	b, err := f.GapSide(ctx, viewer, ask.B)
	if err != nil {
		return nil, err
	}
	b.Shown, b.Exact, b.Cell.Value = big.NewRat(1114, 1), big.NewRat(1114, 1), 1114
	v := &report.GapView{A: a, B: b, Gap: big.NewRat(-120, 1), Unit: "élèves", Residual: new(big.Rat), ResidualWritten: new(big.Rat),
		Sentence: "Écart de −120\u00a0élèves\u00a0: 96 viennent de 2\u00a0établissements retirés dans l’édition 7 (livraisons 31 et 32), 24 du filtre Secteur.", Asked: 4}
	if strings.Contains(ask.B.Text, "secret") {
		v.Refused, v.Gap, v.Sentence = "Le second résultat n’a pas de valeur à comparer\u00a0: il est «\u00a0secret\u00a0».", nil, ""
		return v, nil
	}
	schools := []report.GapSchool{
		{UAI: belvedere.UAI(School(1).Code), Name: School(1).Label, Amount: big.NewRat(-60, 1), Written: big.NewRat(-60, 1), Move: "retrait", Deliveries: []int64{31}},
		{UAI: belvedere.UAI(School(2).Code), Name: School(2).Label, Amount: big.NewRat(-30, 1), Written: big.NewRat(-30, 1), Move: "retrait", Deliveries: []int64{32}},
	}
	moves := []report.GapMove{
		{Deliveries: []int64{31}, Editions: []int{7}, Schools: 1, Amount: big.NewRat(-60, 1), Written: big.NewRat(-60, 1)},
		{Deliveries: []int64{32}, Editions: []int{7}, Schools: 1, Amount: big.NewRat(-30, 1), Written: big.NewRat(-30, 1)},
	}
	v.Causes = []report.GapCause{
		{Code: "edition", Label: "Données\u00a0: édition 6 → 7", Amount: big.NewRat(-96, 1), Written: big.NewRat(-96, 1), Schools: schools, Moves: moves,
			Rest: big.NewRat(-6, 1), RestWritten: big.NewRat(-6, 1), RestWhy: "établissements dont le détail est protégé"},
		{Code: "filtre:secteur+filtre:type", Label: "Filtre Secteur\u00a0: sans filtre → Public\u202f; Filtre Type\u00a0: sans filtre → Collèges", Amount: big.NewRat(-24, 1), Written: big.NewRat(-24, 1),
			Merged: "regroupé\u00a0: le détail serait protégé", Rest: new(big.Rat), RestWritten: new(big.Rat)},
	}
	return v, nil
}

// GapSide reads any text as the pupils of 25 schools.
func (f *Reports) GapSide(_ context.Context, _ belvedere.Viewer, ask report.GapSideAsk) (*report.GapSide, error) {
	if strings.Contains(ask.Text, "inconnu") {
		return nil, belvedere.Errorf(belvedere.NotFound, "premier résultat\u00a0: «\u00a0%s\u00a0» est inconnu", ask.Text)
	}
	column := belvedere.ResultColumn{Unit: "élèves"}
	column.Key, column.Label, column.Indicator = "eleves", "Élèves", "eleves"
	value := big.NewRat(1234, 1)
	return &report.GapSide{Ask: ask, Line: "ensemble", Words: "Élèves, année 2025-2026, édition 6", Receipt: "7KQ2-M9XD", Column: column,
		Cell: belvedere.Cell{Value: 1234}, Shown: value, Exact: value, Held: new(big.Rat), Rounding: new(big.Rat)}, nil
}

// GapHeading titles it.
func (f *Reports) GapHeading(context.Context, *report.GapView) belvedere.Heading {
	return belvedere.Heading{Title: "Expliquer un écart", Territory: "Sarvane", FileStem: "ecart"}
}
