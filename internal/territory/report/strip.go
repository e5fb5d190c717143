package report

import (
	"math"
	"strings"
	"time"

	"belvedere"
)

// strip answers a row of figures: their values over the period, the same period a year before,
// and the trend over the years. Three queries, whatever the number of figures.
func (b *pageBuilder) strip(s *belvedere.Strip) ([]FigureView, error) {
	var main, all []belvedere.QueryColumn
	for _, f := range s.Figures {
		q := b.r.queryColumn(f.Column, false)
		main, all = append(main, q), append(all, q)
		for _, c := range f.Context {
			all = append(all, b.r.queryColumn(c, false))
		}
	}
	all = unique(all)
	now, err := b.query(all, nil, b.period, nil)
	if err != nil {
		return nil, err
	}
	trends, err := b.trends(main)
	if err != nil {
		return nil, err
	}
	before, err := b.yearBefore(main)
	if err != nil {
		return nil, err
	}
	if b.view.Result == nil {
		b.view.Result = now
	}
	cells := make([]belvedere.Cell, len(all))
	if len(now.Rows) > 0 {
		cells = now.Rows[0].Cells
	}
	out := make([]FigureView, 0, len(s.Figures))
	at := 0
	for i, f := range s.Figures {
		v := FigureView{Label: f.Label, Column: now.Columns[at], Cell: cells[at], Coverage: coverageWords(cells[at])}
		v.Delta, v.DeltaWords = delta(now.Columns[at], cells[at], before[i])
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
	return out, nil
}

// trends asks for the course of each figure: states by school year, flows by month over the
// last twelve complete months, because a year that runs is not a year.
func (b *pageBuilder) trends(columns []belvedere.QueryColumn) ([][]TrendPoint, error) {
	out := make([][]TrendPoint, len(columns))
	byDim := map[string][]int{}
	for i, c := range columns {
		dim := "mois"
		for _, name := range b.r.datasetsOf(c.Indicator) {
			if b.r.model.Dataset(name).Kind != belvedere.Flow {
				dim = "annee"
			}
		}
		byDim[dim] = append(byDim[dim], i)
	}
	for dim, indexes := range byDim {
		period := b.chartPeriod(&belvedere.ChartBlock{By: "annee"})
		if dim == "mois" {
			end := b.last.AddDate(0, 0, 1)
			end = belvedere.Date(end.Year(), end.Month(), 1)
			period = belvedere.Period{Kind: belvedere.FreeRange, From: end.AddDate(-1, 0, 0), To: end}
		}
		result, err := b.query(unique(pick(columns, indexes)), []string{dim}, period, nil)
		if err != nil {
			return nil, err
		}
		for k, i := range indexes {
			for _, row := range result.Rows {
				out[i] = append(out[i], TrendPoint{Label: row.Keys[0].Label, Cell: row.Cells[k]})
			}
		}
	}
	return out, nil
}

func pick(columns []belvedere.QueryColumn, indexes []int) []belvedere.QueryColumn {
	var out []belvedere.QueryColumn
	for _, i := range indexes {
		out = append(out, columns[i])
	}
	return out
}

// yearBefore asks the figures over the same span one year earlier. While the year runs, the
// span stops where the data stops, so that ten weeks are compared with ten weeks; what is
// counted by month stops at the end of the last month. Persons counted once per period can
// only be compared over whole periods.
func (b *pageBuilder) yearBefore(columns []belvedere.QueryColumn) ([]belvedere.Cell, error) {
	out := make([]belvedere.Cell, len(columns))
	for i := range out {
		out[i].State = belvedere.NotAvailable
	}
	byCut := map[time.Time][]int{}
	for i, c := range columns {
		if cut, ok := b.cut(c); ok {
			byCut[cut] = append(byCut[cut], i)
		}
	}
	for cut, indexes := range byCut {
		p := belvedere.Period{Kind: belvedere.FreeRange, From: b.period.From.AddDate(-1, 0, 0), To: cut.AddDate(-1, 0, 0)}
		result, err := b.query(unique(pick(columns, indexes)), nil, p, nil)
		if err != nil {
			return nil, err
		}
		for k, i := range indexes {
			if len(result.Rows) > 0 {
				out[i] = result.Rows[0].Cells[k]
			}
		}
	}
	return out, nil
}

// cut is where the comparison of a column stops; false when none is fair: persons over a part
// of a period, or flows whose history does not reach the start of the span.
func (b *pageBuilder) cut(c belvedere.QueryColumn) (time.Time, bool) {
	end := b.period.To
	for _, name := range b.r.datasetsOf(c.Indicator) {
		if b.r.model.Dataset(name).Kind == belvedere.Flow && b.spans[name].first.After(b.period.From.AddDate(-1, 0, 0)) {
			return end, false
		}
	}
	running := b.last.AddDate(0, 0, 1).Before(end)
	if !running {
		return end, true
	}
	cut := b.last.AddDate(0, 0, 1)
	for _, name := range b.r.datasetsOf(c.Indicator) {
		switch d := b.r.model.Dataset(name); {
		case d.Kind == belvedere.Distinct:
			return end, false
		case d.Time == belvedere.ByMonth && d.Kind == belvedere.Flow:
			cut = belvedere.Date(cut.Year(), cut.Month(), 1)
		case d.Time == belvedere.ByYear:
			return end, true
		}
	}
	return cut, cut.After(b.period.From)
}

// leastShared is the share of schools that two figures must have in common for their difference
// to be about the schools and not about who delivered.
const leastShared = .9

// alike tells whether two figures rest on about as many schools.
func alike(now, before belvedere.Cell) bool {
	few, many := min(now.Covered, before.Covered), max(now.Covered, before.Covered)
	return few <= 0 || float64(few) >= leastShared*float64(many) || many-few < 3
}

// delta says the change of a figure with sign, number and word, or why none is fair.
func delta(col belvedere.ResultColumn, now, before belvedere.Cell) (string, string) {
	if !now.State.Shown() || !before.State.Shown() {
		return "", ""
	}
	if !alike(now, before) {
		return "", "non comparé" + belvedere.NoBreak + ": " + belvedere.Plural(int(before.Covered), "établissement", "établissements") + " un an avant"
	}
	change := now.Value - before.Value
	words := "stable sur un an"
	sign := ""
	switch {
	case change > 0:
		words, sign = "en hausse sur un an", "+"
	case change < 0:
		words = "en baisse sur un an"
	}
	if col.Percent {
		points := change * 100
		unit := " points"
		if math.Abs(points) < 2 {
			unit = " point"
		}
		return sign + belvedere.FormatNumber(points, max(col.Decimals, 1)) + belvedere.NoBreak + strings.TrimSpace(unit), words
	}
	text := sign + belvedere.FormatNumber(change, col.Decimals)
	if before.Value != 0 {
		text += " (" + sign + belvedere.FormatPercent(change/math.Abs(before.Value), 1) + ")"
	}
	return text, words
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
