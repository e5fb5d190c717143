package report

import (
	"slices"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// This file answers the table for some number of dimensions, with the figures that do not add withheld and
// members put beside each other.

// A crossRow is a line with its comparison.
type crossRow struct {
	belvedere.ResultRow
	gaps []belvedere.Gap
}

// A layer is a cross table for some number of dimensions.
type layer struct {
	result *belvedere.Result // for all but its lines
	of     []int             // by column: its place in base
	rows   []crossRow
}

// layer answers the table for the first k dimensions of its lines.
func (c *cross) layer(k int, where []belvedere.Filter) (*layer, error) {
	by, dropped := c.q.By[:k], c.q.By[k:]
	main, err := c.query(c.asked, by, where)
	if err != nil {
		return nil, err
	}
	out := &layer{result: main, of: c.of}
	for i := range main.Rows {
		row := crossRow{ResultRow: main.Rows[i]}
		row.Cells = slices.Clone(row.Cells)
		if main.Compared != nil {
			row.gaps = slices.Clone(main.Compared.Rows[i])
		}
		out.rows = append(out.rows, row)
	}
	if c.q.Across == "" || c.kind == semantic.KindCode {
		c.silence(out, dropped)
		return out, nil
	}
	c.silence(out, append(slices.Clone(dropped), c.q.Across))
	other, err := c.ask(append(slices.Clone(by), c.q.Across), where)
	if err != nil {
		return nil, err
	}
	return c.pivot(out, other, dropped), nil
}

// silence withholds the figures of lines that drop a dimension over which a column does not add.
func (c *cross) silence(l *layer, dropped []string) {
	for i, of := range l.of {
		why := c.noSum(c.base[of], dropped)
		if why == "" {
			continue
		}
		for _, row := range l.rows {
			row.Cells[i] = belvedere.Cell{State: belvedere.NotApplicable, Why: why}
			if row.gaps != nil {
				row.gaps[i] = belvedere.Gap{Other: row.Cells[i], State: belvedere.NotApplicable, Why: why}
			}
		}
	}
}

// noSum says why a column has no figure over the members of dimensions that a line drops. States of
// several dates do not add, and the last of them is no total; a constant perimeter holds for the
// periods that it was made of.
func (c *cross) noSum(col belvedere.QueryColumn, dropped []string) string {
	if !slices.ContainsFunc(dropped, isTime) {
		return ""
	}
	for _, name := range c.r.columnDatasets(col) {
		if d := c.r.model.Dataset(name); d != nil && d.Kind == belvedere.Stock {
			return "Des états à plusieurs dates ne s’additionnent pas."
		}
	}
	if c.q.Constant {
		return "Un périmètre constant vaut pour les périodes comparées, non pour leur somme."
	}
	return ""
}

// pivot puts the members of a dimension of schools or time beside each other. A pair that has no row
// has no figure, and the reason is that of its line where that has none either.
func (c *cross) pivot(main *layer, other *belvedere.Result, dropped []string) *layer {
	k := len(main.result.Dims)
	cells := map[string]int{}
	for i, row := range other.Rows {
		cells[codeOf(row.Keys)] = i
	}
	head := *main.result
	out := &layer{result: &head}
	head.Columns = nil
	head.Breaks = append(slices.Clone(head.Breaks), other.Breaks...)
	if len(head.Perimeters) == 0 {
		head.Perimeters = other.Perimeters
	}
	if main.result.Compared != nil {
		head.Compared = &belvedere.Comparison{With: main.result.Compared.With}
	}
	for _, row := range main.rows {
		row.Cells, row.gaps = nil, nil
		out.rows = append(out.rows, row)
	}
	add := func(col belvedere.ResultColumn, base int, from *belvedere.Result, period int, at func(row int) (belvedere.Cell, belvedere.Gap)) {
		head.Columns, out.of = append(head.Columns, col), append(out.of, base)
		if head.Compared != nil {
			head.Compared.Periods = append(head.Compared.Periods, from.Compared.Periods[period])
		}
		for i := range out.rows {
			cell, gap := at(i)
			out.rows[i].Cells = append(out.rows[i].Cells, cell)
			if head.Compared != nil {
				out.rows[i].gaps = append(out.rows[i].gaps, gap)
			}
		}
	}
	counted := c.counted(other, k)
	for b, col := range c.base {
		silent := c.noSum(col, dropped)
		for _, m := range c.members {
			heading := other.Columns[b]
			heading.QueryColumn = c.member(col, m)
			add(heading, b, other, b, func(i int) (belvedere.Cell, belvedere.Gap) {
				at, has := cells[codeOf(append(slices.Clone(main.rows[i].Keys[:k]), m))]
				if line := main.rows[i].Cells[b]; !has && silent == "" && line.State.Shown() && counted[b][m.Code] && (c.kind == semantic.KindSchool || line.Expected <= 1) {
					return nothingHappened(line)
				}
				return pivotCell(main.rows[i], b, other, at, has, silent)
			})
		}
		if c.noSum(col, []string{c.q.Across}) != "" {
			continue
		}
		heading := main.result.Columns[b]
		heading.Label, heading.Group = wholeName(c.limit), c.r.columnLabel(col)
		add(heading, b, main.result, b, func(i int) (belvedere.Cell, belvedere.Gap) {
			var gap belvedere.Gap
			if main.rows[i].gaps != nil {
				gap = main.rows[i].gaps[b]
			}
			return main.rows[i].Cells[b], gap
		})
	}
	return out
}

// pivotCell is the cell of a line under a member.
func pivotCell(line crossRow, column int, other *belvedere.Result, at int, has bool, silent string) (belvedere.Cell, belvedere.Gap) {
	none := func(state belvedere.State, why string) (belvedere.Cell, belvedere.Gap) {
		cell := belvedere.Cell{State: state, Why: why}
		return cell, belvedere.Gap{Other: cell, State: state, Why: why}
	}
	switch {
	case silent != "":
		return none(belvedere.NotApplicable, silent)
	case has:
		gap := belvedere.Gap{}
		if other.Compared != nil {
			gap = other.Compared.Rows[at][column]
		}
		return other.Rows[at].Cells[column], gap
	case line.Cells[column].State == belvedere.NotShared || line.Cells[column].State == belvedere.Expected:
		return none(line.Cells[column].State, line.Cells[column].Why)
	}
	return none(belvedere.NotApplicable, "Aucune donnée pour ce croisement.")
}
