package web

import (
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

// crossed is inscriptions by level in lines and by sex in columns, with their whole and its share.
func crossed(by ...string) *belvedere.Result {
	base := belvedere.QueryColumn{Key: "inscrits", Indicator: "inscrits"}
	column := func(key, label string) belvedere.ResultColumn {
		c := belvedere.ResultColumn{QueryColumn: belvedere.QueryColumn{Key: key, Indicator: "inscrits", Label: label, Group: "Inscriptions"}}
		return c
	}
	r := &belvedere.Result{Query: belvedere.Query{Columns: []belvedere.QueryColumn{base, {Key: "inscrits_part", Share: true}}, By: by, Across: "sexe"},
		Columns: []belvedere.ResultColumn{column("inscrits_F", "Filles"), column("inscrits_M", "Garçons"), column("inscrits", "Ensemble")}}
	row := belvedere.ResultRow{Cells: []belvedere.Cell{{Value: 105}, {Value: 341}, {Value: 446}}}
	for _, dim := range by {
		r.Dims = append(r.Dims, belvedere.ResultDim{Name: dim})
		row.Keys = append(row.Keys, belvedere.Key{Code: "x", Label: "X"})
	}
	r.Rows = []belvedere.ResultRow{row}
	return r
}

// TestDrawingsCountOnce wants no drawing to hold a whole beside its parts: stacked bars of 105 girls, 341
// boys and 446 of both would say 892. A map, which has one figure a school, holds the whole alone.
func TestDrawingsCountOnce(t *testing.T) {
	for shape, want := range map[report.Shape]float64{report.AsStacks: 446, report.AsBars: 446, report.AsHeat: 446, report.AsMap: 446} {
		sum := 0.0
		out := drawable(crossed("etablissement"), shape)
		for _, c := range out.Rows[0].Cells {
			sum += c.Value
		}
		if sum != want || len(out.Columns) != len(out.Rows[0].Cells) {
			t.Errorf("%s: %v in %d columns, want %v", shape, sum, len(out.Columns), want)
		}
	}
	if out := drawable(crossed("etablissement"), report.AsMap); len(out.Columns) != 1 || out.Columns[0].Label != "Inscriptions" {
		t.Errorf("the map draws %+v", out.Columns)
	}
}

// TestDrawingsHaveTwoDimensions wants no drawing of three dimensions in lines: its axis holds two, and
// the figures of the third would take each other's place.
func TestDrawingsHaveTwoDimensions(t *testing.T) {
	for _, shape := range []report.Shape{report.AsBars, report.AsLines, report.AsStacks, report.AsHeat} {
		a := &answerLayout{x: &report.ExploreResult{Result: crossed("composante", "niveau", "etape")}}
		if a.unfit(shape) == "" {
			t.Errorf("%s draws three dimensions", shape)
		}
		a.x.Result = crossed("composante", "niveau")
		if why := a.unfit(shape); why != "" {
			t.Errorf("%s does not draw two dimensions: %s", shape, why)
		}
	}
	a := &answerLayout{x: &report.ExploreResult{Result: crossed("niveau"), NoStack: "Des rapports ne s’empilent pas."}}
	if a.unfit(report.AsStacks) == "" || a.unfit(report.AsBars) != "" {
		t.Error("what does not add up is stacked, or not drawn at all")
	}
}
