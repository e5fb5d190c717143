package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// This file is the menu of a line or of a figure: where one can go on from it.

// detail is the menu of the line, or of the figure, that the address names: "3" or "3.2".
func (a *answerLayout) detail() *pages.ExploreDetail {
	line, column, figure := strings.Cut(a.r.URL.Query().Get("detail"), ".")
	at, err := strconv.Atoi(line)
	if err != nil || at < 0 || at >= len(a.x.Result.Rows) {
		return nil
	}
	current := -1
	if figure {
		if current, err = strconv.Atoi(column); err != nil {
			current = -1
		}
	}
	x, row := a.x, a.x.Result.Rows[at]
	q := x.Result.Query
	d := &pages.ExploreDetail{Of: rowWords(row), Close: a.address(x.State)}
	down, ok := a.s.Explorer.Drill(x.State, q, row, "", false)
	if !ok {
		d.Refused = "Aucun filtre ne dit exactement cette ligne : elle met ensemble ce qui n’a pas de nom commun."
	} else {
		d.Only = a.address(down.With(func(e *report.Explore) { e.Lines = x.State.Lines }))
		d.By = a.ways(down)
		d.Across = a.besides(down)
		if out, ok := a.s.Explorer.Without(x.State, q, row); ok {
			d.Out = a.address(out)
		}
	}
	for i := range x.Result.Columns {
		if f := a.detailFigure(row, i, q); f != nil {
			f.Current = i == current
			d.Figures = append(d.Figures, *f)
		}
	}
	return d
}

func rowWords(row belvedere.ResultRow) string {
	var names []string
	for _, k := range row.Keys {
		names = append(names, k.Label)
	}
	if len(names) == 0 {
		return "Ensemble"
	}
	return strings.Join(names, ", ")
}

// ways go down by each dimension that the indicators admit and the line does not fix already.
func (a *answerLayout) ways(down report.Explore) (out []parts.Link) {
	dims, err := a.s.Explorer.ExploreDimsFor(a.r.Context(), viewerOf(a.r), down.Columns)
	if err != nil {
		return nil
	}
	fixed := func(name string) bool {
		for _, f := range down.Where {
			if f.Dim == strings.TrimSuffix(name, ".groupe") && !f.Not && len(f.Values) == 1 {
				return true
			}
		}
		return name == down.Across
	}
	for _, d := range dims {
		if !fixed(d.Name) && len(d.Lacking) == 0 {
			to := down.With(func(e *report.Explore) { e.Lines = []string{d.Name} })
			out = append(out, parts.Link{Label: "Voir par " + strings.ToLower(d.Label), Address: a.address(to)})
		}
	}
	return out
}

// mostBeside bounds the indicators of other subjects that one menu names.
const mostBeside = 20

// besides go across: other subjects with the filters and the lines of this one, on the dimensions that
// both share.
func (a *answerLayout) besides(down report.Explore) (out []parts.Link) {
	down.Lines, down.Across = a.x.State.Lines, a.x.State.Across
	list, err := a.s.Explorer.ExploreBeside(a.r.Context(), viewerOf(a.r), down)
	if err != nil {
		return nil
	}
	m, err := a.s.defined(a.r)
	if err != nil {
		return nil
	}
	themes := map[string]int{}
	for _, b := range list {
		if !b.New || b.Why != "" || themes[b.Theme] == 2 || len(out) == mostBeside {
			continue
		}
		themes[b.Theme]++
		to := down.With(func(e *report.Explore) { e.Columns = append(e.Columns, report.ExploreColumn{Indicator: b.Code}) })
		label := b.Label
		if theme := m.Theme(b.Theme); theme != "" { // "Total" says nothing by itself
			label = theme + " : " + label
		}
		out = append(out, parts.Link{Label: label, Address: a.address(to)})
	}
	return out
}

// detailFigure is one figure of a line, nil for a share.
func (a *answerLayout) detailFigure(row belvedere.ResultRow, i int, q belvedere.Query) *pages.DetailFigure {
	col, cell := &a.x.Result.Columns[i], row.Cells[i]
	if col.Share {
		return nil
	}
	f := &pages.DetailFigure{Label: col.Label, Text: cell.State.Word(), Why: cell.Why, About: a.s.aboutColumn(col.Indicator)}
	if col.Group != "" {
		f.Label = col.Group + ", " + col.Label
	}
	if cell.State.Shown() {
		f.Text = col.Format(cell.Value)
	}
	if code := a.x.Result.Receipt; !code.At.IsZero() && q.Across == "" && row.Level == 0 && len(q.By) == 1 {
		f.Gap = withQuery(gapPath, url.Values{"a": {code.Code}, "a_ligne": {row.Keys[0].Code}, "a_colonne": {col.Key}})
	}
	if n := len(col.Where); q.Across != "" && n > 0 {
		for _, w := range slices.Backward(col.Where) {
			if w.Dim == strings.TrimSuffix(q.Across, ".groupe") && !w.Not {
				if down, ok := a.s.Explorer.Drill(a.x.State, q, row, w.Values[0], true); ok {
					f.Only = a.address(down.With(func(e *report.Explore) { e.Lines = a.x.State.Lines }))
				}
				break
			}
		}
	}
	return f
}
