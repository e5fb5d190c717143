package web

import (
	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
)

// absent gathers the figures of a page on which nothing at all can be shown, by state and
// reason: empty charts under empty figures would say the same ten times. It is empty for any
// other page, and for pages without figures, whose tables say why line by line.
func absent(view *report.PageView) []pages.Absence {
	var out []pages.Absence
	for _, b := range view.Blocks {
		if b.Err != "" || !nothingShown(blockResult(b)) {
			return nil
		}
		for _, f := range b.Figures {
			if f.Cell.State.Shown() {
				return nil
			}
			out = addAbsence(out, f)
		}
	}
	return out
}

func addAbsence(list []pages.Absence, f report.FigureView) []pages.Absence {
	word := f.Cell.State.Word()
	for i := range list {
		if list[i].Word == word && list[i].Why == f.Cell.Why {
			list[i].Labels = append(list[i].Labels, f.Label)
			return list
		}
	}
	return append(list, pages.Absence{Word: word, Why: f.Cell.Why, Labels: []string{f.Label}})
}

func nothingShown(r *belvedere.Result) bool {
	if r == nil {
		return true
	}
	for _, row := range r.Rows {
		for _, c := range row.Cells {
			if c.State.Shown() {
				return false
			}
		}
	}
	return true
}

// whyNothing is said in the place of a table whose lines hold no value because none came: a
// thousand times "n.d." says less. "" for a table with a value, or with one kept back, whose
// lines say which rule decided.
func whyNothing(r *belvedere.Result) string {
	if !nothingShown(r) {
		return ""
	}
	for _, row := range r.Rows {
		for _, c := range row.Cells {
			if c.State == belvedere.NotShared || c.State == belvedere.Secret {
				return ""
			}
		}
	}
	if r.Total != nil && len(r.Total.Cells) > 0 && r.Total.Cells[0].Why != "" {
		return r.Total.Cells[0].Why
	}
	return "Aucune valeur à montrer pour cette sélection."
}
