package web

import (
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

func grid(cells ...belvedere.Cell) *belvedere.Result {
	return &belvedere.Result{Columns: make([]belvedere.ResultColumn, len(cells)), Rows: []belvedere.ResultRow{{Cells: cells}}}
}

// A page without a single value says so once, by reason; one value anywhere gives the page back.
func TestAbsentPage(t *testing.T) {
	waiting := belvedere.Cell{State: belvedere.Expected, Why: "Rien reçu."}
	kept := belvedere.Cell{State: belvedere.NotShared, Why: "Réservé."}
	view := &report.PageView{Blocks: []report.BlockView{
		{Figures: []report.FigureView{{Label: "Élèves", Cell: waiting}, {Label: "Sanctions", Cell: kept}, {Label: "Classes", Cell: waiting}}},
		{Chart: &report.ChartView{Result: grid(waiting, kept)}},
	}}
	got := absent(view)
	if len(got) != 2 || got[0].Word != "en attente" || len(got[0].Labels) != 2 || got[1].Why != "Réservé." {
		t.Fatalf("%+v", got)
	}
	for name, block := range map[string]report.BlockView{
		"figure": {Figures: []report.FigureView{{Label: "Salles", Cell: belvedere.Cell{}}}},
		"table":  {Table: &report.TableView{Result: grid(waiting, belvedere.Cell{State: belvedere.Partial})}},
		"error":  {Err: "Ce bloc n’a pas pu être calculé."},
	} {
		more := &report.PageView{Blocks: append(view.Blocks[:2:2], block)}
		if got := absent(more); got != nil {
			t.Errorf("a page with a %s is taken for empty: %+v", name, got)
		}
	}
	if got := absent(&report.PageView{Blocks: view.Blocks[1:]}); got != nil {
		t.Errorf("a page without figures has nothing to gather: %+v", got)
	}
}

// A table of reasons that a rule decided keeps its lines; one that only waits does not.
func TestWhyNothing(t *testing.T) {
	waiting := belvedere.Cell{State: belvedere.Expected}
	with := func(r *belvedere.Result, why string) *belvedere.Result {
		r.Total = &belvedere.ResultRow{Cells: []belvedere.Cell{{State: belvedere.Expected, Why: why}}}
		return r
	}
	for _, one := range []struct {
		result *belvedere.Result
		want   string
	}{
		{with(grid(waiting), "Rien reçu."), "Rien reçu."},
		{grid(waiting, belvedere.Cell{State: belvedere.NotAvailable}), "Aucune valeur à montrer pour cette sélection."},
		{with(grid(waiting, belvedere.Cell{State: belvedere.Secret}), "x"), ""},
		{with(grid(waiting, belvedere.Cell{State: belvedere.NotShared}), "x"), ""},
		{with(grid(waiting, belvedere.Cell{Value: 0}), "x"), ""},
	} {
		if got := whyNothing(one.result); got != one.want {
			t.Errorf("%v: %q, want %q", one.result.Rows[0].Cells, got, one.want)
		}
	}
}
