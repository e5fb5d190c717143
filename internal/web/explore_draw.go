package web

import (
	"slices"

	"belvedere"
	"belvedere/internal/territory/report"
)

// This file decides what of an answer can be drawn, and as what.

// wholes tells of each column whether it stands for all members of the columns: beside its own parts, a
// drawing would count them twice.
func wholes(r *belvedere.Result) []bool {
	out := make([]bool, len(r.Columns))
	for i, c := range r.Columns {
		out[i] = r.Query.Across != "" && !c.Share && slices.ContainsFunc(r.Query.Columns, func(q belvedere.QueryColumn) bool { return !q.Share && q.Key == c.Key })
	}
	return out
}

// drawable is what a shape draws of an answer: no subtotal nor share, which would count among the lines;
// no whole beside its parts; and on a map, which has one figure a school, no part beside the whole.
func drawable(r *belvedere.Result, shape report.Shape) *belvedere.Result {
	out := *r
	out.Columns, out.Rows, out.Compared = nil, nil, nil
	whole := wholes(r)
	kept := make([]bool, len(r.Columns))
	groups := map[string]bool{}
	for i, c := range r.Columns {
		kept[i] = !c.Share && (r.Query.Across == "" || whole[i] == (shape == report.AsMap))
		if kept[i] {
			groups[c.Group] = true
		}
	}
	keep := func(cells []belvedere.Cell) (list []belvedere.Cell) {
		for i, c := range cells {
			if kept[i] {
				list = append(list, c)
			}
		}
		return list
	}
	for i, c := range r.Columns {
		if !kept[i] {
			continue
		}
		switch {
		case c.Group == "":
		case whole[i]:
			c.Label, c.Group = c.Group, ""
		case len(groups) > 1 || shape != report.AsHeat: // a key has no heading over it
			c.Label = c.Group + ", " + c.Label
		}
		out.Columns = append(out.Columns, c)
	}
	for _, row := range r.Rows {
		if row.Level == 0 || row.Keys[0].Code == belvedere.KeyOthers && len(r.Query.By) == 1 {
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
	lines, numbers, whole := len(q.By), 0, slices.Contains(wholes(a.x.Result), true)
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
	case shape == report.AsMap && lines > 1:
		return "Une carte n’a qu’une dimension de lignes : les établissements."
	case shape == report.AsMap && q.Across != "" && !whole:
		return "Une carte montre un chiffre par établissement, et ces colonnes n’ont pas d’ensemble : retirez-les, ou filtrez sur l’une."
	case shape == report.AsScatter && numbers < 2:
		return "Un nuage de points croise deux indicateurs : choisissez-en un second."
	case shape == report.AsHeat && numbers < 2 && lines < 2:
		return "Une carte de chaleur croise deux dimensions : mettez-en une en colonnes."
	case shape != report.AsScatter && lines > 2:
		return "Ce dessin a deux dimensions en lignes au plus : mettez la troisième en colonnes, ou filtrez sur elle."
	case shape == report.AsStacks:
		return a.x.NoStack
	}
	return ""
}

// remarks say what a drawing leaves out of an answer.
func (a *answerLayout) remarks(result *belvedere.Result) (out []string) {
	shape := a.x.State.Shape
	if n := a.x.Result.RowCount; n > report.MostDrawn {
		out = append(out, "Ce dessin montre les "+belvedere.FormatNumber(report.MostDrawn, 0)+" premières lignes sur "+belvedere.FormatNumber(float64(n), 0)+" : les fichiers les portent toutes.")
	}
	if shape == report.AsMap && len(result.Columns) > 1 {
		out = append(out, "La carte dessine le premier indicateur, « "+result.Columns[0].Label+" » ; montez-en un autre pour le voir. Les données les disent tous.")
	}
	if shape == report.AsMap && a.x.Result.Query.Across != "" {
		out = append(out, "La carte dessine l’ensemble de chaque établissement, non ses colonnes : les données les disent.")
	}
	if a.x.Result.Query.Top > 0 && len(a.x.Result.Query.By) > 1 {
		out = append(out, "Le dessin laisse de côté la ligne « Autres » : les données la disent.")
	}
	return out
}
