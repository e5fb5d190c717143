package report

import (
	"strings"

	"belvedere"
)

// strip answers a row of figures: their values over the period, the same period a year before,
// and the trend over the years. Three queries, whatever the number of figures.
func (b *pageBuilder) strip(s *belvedere.Strip) ([]FigureView, []belvedere.Perimeter, error) {
	var main, all []belvedere.QueryColumn
	var places []int // of the figures among all columns
	for _, f := range s.Figures {
		q := b.r.queryColumn(f.Column, false)
		places = append(places, len(all))
		main, all = append(main, q), append(all, q)
		for _, c := range f.Context {
			all = append(all, b.r.queryColumn(c, false))
		}
	}
	all = unique(all)
	now, err := b.query(all, nil, b.period, nil)
	if err != nil {
		return nil, nil, err
	}
	with := b.state.Compare
	if with == "" {
		with = belvedere.YearBefore
	}
	changes, err := b.r.comparison(b.ctx, b.viewer, now, with, b.state.Constant)
	if err != nil {
		return nil, nil, err
	}
	var perimeters []*belvedere.Perimeter
	b.figured = now
	if b.view.Result == nil {
		b.view.Result = now
	}
	cells := make([]belvedere.Cell, len(all))
	if len(now.Rows) > 0 {
		cells = now.Rows[0].Cells
	}
	trends, err := b.trends(main, pickCells(cells, places))
	if err != nil {
		return nil, nil, err
	}
	out := make([]FigureView, 0, len(s.Figures))
	at := 0
	for i, f := range s.Figures {
		v := FigureView{Label: f.Label, Column: now.Columns[at], Cell: cells[at], Coverage: coverageWords(cells[at])}
		if len(changes.out.Rows) > 0 {
			gap := changes.out.Rows[0][at]
			v.Delta, v.DeltaWords = delta(&now.Columns[at], cells[at], gap, with)
			v.DeltaWords = constantWords(v.DeltaWords, changes.perimeterOf(at))
			v.Before = b.beforeWords(&now.Columns[at], gap)
			perimeters = append(perimeters, changes.perimeterOf(at))
		}
		at++
		for _, c := range f.Context {
			if words := contextWords(c, now.Columns[at], cells[at]); words != "" {
				v.Context = append(v.Context, words)
			}
			at++
		}
		v.Trend = trends[i]
		if p := b.r.model.Page(f.LinkPage); p != nil {
			v.Address = b.state.with(func(s *State) { s.Table, s.Sort = "", "" }).Address(p)
		}
		out = append(out, v)
	}
	return out, distinctPerimeters(perimeters), nil
}

func pickCells(cells []belvedere.Cell, places []int) []belvedere.Cell {
	out := make([]belvedere.Cell, len(places))
	for i, at := range places {
		out[i] = cells[at]
	}
	return out
}

// delta says the change of a figure with sign, number and word, or why none is fair.
func delta(col *belvedere.ResultColumn, now belvedere.Cell, g belvedere.Gap, with belvedere.Compare) (string, string) {
	switch {
	case !now.State.Shown() || !g.Other.State.Shown():
		return "", ""
	case !g.Fair:
		return "", strings.TrimSuffix(strings.ToLower(g.Why[:1])+g.Why[1:], ".")
	}
	words := "stable " + with.Since()
	switch {
	case g.Change > 0:
		words = "en hausse " + with.Since()
	case g.Change < 0:
		words = "en baisse " + with.Since()
	}
	text := g.ChangeText(col)
	if ratio := g.RatioText(col); ratio != "" {
		text += " (" + ratio + ")"
	}
	return text, words
}

// beforeWords is the other figure, where a comparison was asked for.
func (b *pageBuilder) beforeWords(col *belvedere.ResultColumn, g belvedere.Gap) string {
	switch {
	case b.state.Compare == "":
		return ""
	case !g.Other.State.Shown():
		return g.Why
	}
	return col.Format(g.Other.Value) + " " + b.state.Compare.Before()
}

func coverageWords(c belvedere.Cell) string {
	if c.Expected <= 0 {
		return ""
	}
	word := "établissements"
	if c.Expected < 2 {
		word = "établissement"
	}
	return belvedere.FormatNumber(float64(c.Covered), 0) + "/" + belvedere.FormatNumber(float64(c.Expected), 0) + " " + word
}

// contextWords writes "dont 20 312 filles"; nothing when there is no value to say.
func contextWords(c belvedere.Column, col belvedere.ResultColumn, cell belvedere.Cell) string {
	if !cell.State.Shown() {
		return ""
	}
	return strings.TrimSpace(strings.Join([]string{c.Prefix, col.Format(cell.Value), c.Suffix}, " "))
}
