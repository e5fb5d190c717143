package web

import (
	"belvedere"
	"belvedere/internal/territory/report"
)

// This file decides what of an answer can be drawn, and as what.

// drawable is an answer without subtotals and shares, which a drawing would count among the lines.
func drawable(r *belvedere.Result) *belvedere.Result {
	out := *r
	out.Columns, out.Rows, out.Compared = nil, nil, nil
	keep := func(cells []belvedere.Cell) (kept []belvedere.Cell) {
		for i, c := range cells {
			if !r.Columns[i].Share {
				kept = append(kept, c)
			}
		}
		return kept
	}
	for _, c := range r.Columns {
		if !c.Share {
			if c.Group != "" { // a key has no heading over it
				c.Label = c.Group + ", " + c.Label
			}
			out.Columns = append(out.Columns, c)
		}
	}
	for _, row := range r.Rows {
		if row.Level == 0 || row.Keys[0].Code == belvedere.KeyOthers {
			row.Cells = keep(row.Cells)
			out.Rows = append(out.Rows, row)
		}
	}
	if r.Total != nil {
		total := *r.Total
		total.Cells = keep(total.Cells)
		out.Total = &total
	}
	return &out
}

// unfit says why an answer cannot be drawn in a shape, "" when it can.
func (a *answerLayout) unfit(shape report.Shape) string {
	q := a.x.Result.Query
	lines := len(q.By)
	numbers := 0
	for _, c := range a.x.Result.Columns {
		if !c.Share {
			numbers++
		}
	}
	switch {
	case drawn[shape] == "":
		return ""
	case lines == 0:
		return "Un graphique a des lignes : choisissez une dimension."
	case shape == report.AsMap && q.By[0] != "etablissement":
		return "Une carte place des établissements : mettez-les en lignes."
	case shape == report.AsScatter && numbers < 2:
		return "Un nuage de points croise deux indicateurs : choisissez-en un second."
	case shape == report.AsHeat && numbers < 2 && lines < 2:
		return "Une carte de chaleur croise deux dimensions : mettez-en une en colonnes."
	case shape == report.AsMap && lines > 1:
		return "Une carte n’a qu’une dimension de lignes : les établissements."
	}
	return ""
}
