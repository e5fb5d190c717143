package report

import (
	"strings"

	"belvedere"
)

// This file lays the lines out, with shares beside their numbers.

// result lays the table out, with shares beside their numbers.
func (c *cross) result(deep, total *layer, rows []crossRow) *belvedere.Result {
	out := *deep.result
	out.Rows, out.Total, out.Notes, out.Columns = nil, nil, c.notes, nil
	out.RowCount = len(rows)
	whole := crossRow{}
	if len(total.rows) > 0 {
		whole = total.rows[0]
	}
	for i, col := range deep.result.Columns {
		out.Columns = append(out.Columns, col)
		if c.shared[deep.of[i]] {
			out.Columns = append(out.Columns, c.shareColumn(col))
		}
	}
	if deep.result.Compared != nil {
		out.Compared = &belvedere.Comparison{With: c.q.Compare}
		for i, p := range deep.result.Compared.Periods {
			if out.Compared.Periods = append(out.Compared.Periods, p); c.shared[deep.of[i]] {
				out.Compared.Periods = append(out.Compared.Periods, p)
			}
		}
	}
	place := func(row crossRow) ([]belvedere.Cell, []belvedere.Gap) {
		var cells []belvedere.Cell
		var gaps []belvedere.Gap
		for i := range row.Cells {
			cell := row.Cells[i]
			cell.Extreme = belvedere.NoExtreme
			if cells = append(cells, cell); row.gaps != nil {
				gaps = append(gaps, row.gaps[i])
			}
			if c.shared[deep.of[i]] {
				share, gap := c.share(deep.result.Columns[i], row, whole, i)
				if cells = append(cells, share); row.gaps != nil {
					gaps = append(gaps, gap)
				}
			}
		}
		return cells, gaps
	}
	for _, row := range rows {
		one := row.ResultRow
		var gaps []belvedere.Gap
		one.Cells, gaps = place(row)
		out.Rows = append(out.Rows, one)
		if out.Compared != nil {
			out.Compared.Rows = append(out.Compared.Rows, gaps)
		}
	}
	if c.q.Total && len(c.q.By) > 0 && len(total.rows) > 0 {
		one := whole.ResultRow
		one.Keys = []belvedere.Key{{Code: belvedere.KeyTotal, Label: wholeName(c.limit)}}
		var gaps []belvedere.Gap
		one.Cells, gaps = place(whole)
		out.Total = &one
		if out.Compared != nil {
			out.Compared.Total = gaps
		}
	}
	markLines(&out)
	if c.q.Limit > 0 {
		from := min(c.q.Offset, len(out.Rows))
		to := min(from+c.q.Limit, len(out.Rows))
		if out.Rows = out.Rows[from:to]; out.Compared != nil {
			out.Compared.Rows = out.Compared.Rows[from:to]
		}
	}
	return &out
}

// markLines marks the extremes of the lines, among which subtotals are not.
func markLines(out *belvedere.Result) {
	lines := belvedere.Result{Dims: out.Dims, Columns: out.Columns}
	for _, row := range out.Rows {
		if row.Level == 0 {
			lines.Rows = append(lines.Rows, row) // its cells are those of out
		}
	}
	markExtremes(&lines)
}

// shareColumn heads the share of a column.
func (c *cross) shareColumn(col belvedere.ResultColumn) belvedere.ResultColumn {
	col.Key, col.Label, col.Share, col.NoExtreme = col.Key+"_part", col.Label+", part du total", true, true
	col.Unit, col.Percent, col.Decimals = "%", true, 1
	return col
}

// share is what a cell is of the total over all lines. Both are shown, so that it tells nothing more.
func (c *cross) share(col belvedere.ResultColumn, row, whole crossRow, i int) (belvedere.Cell, belvedere.Gap) {
	gap := belvedere.Gap{State: belvedere.NotApplicable, Why: "Les parts ne sont pas comparées."}
	gap.Other = belvedere.Cell{State: belvedere.NotApplicable, Why: gap.Why}
	none := func(state belvedere.State, why string) (belvedere.Cell, belvedere.Gap) {
		return belvedere.Cell{State: state, Why: why}, gap
	}
	cell := row.Cells[i]
	switch {
	case !cell.State.Shown():
		return none(cell.State, cell.Why)
	case col.Percent || c.r.dividing(col.QueryColumn):
		return none(belvedere.NotApplicable, "Une part se prend d’un nombre, pas d’un rapport.")
	case i >= len(whole.Cells):
		return none(belvedere.NotApplicable, "L’ensemble n’a pas de valeur.")
	case !whole.Cells[i].State.Shown():
		return none(whole.Cells[i].State, "L’ensemble n’a pas de valeur : "+strings.ToLower(whole.Cells[i].Why[:1])+whole.Cells[i].Why[1:])
	case whole.Cells[i].Value <= 0:
		return none(belvedere.NotApplicable, "L’ensemble est nul.")
	}
	out := belvedere.Cell{Value: cell.Value / whole.Cells[i].Value, Covered: cell.Covered, Expected: cell.Expected, State: cell.State, Why: cell.Why}
	if whole.Cells[i].State == belvedere.Partial && out.State == belvedere.Value {
		out.State, out.Why = belvedere.Partial, "L’ensemble est partiel : "+whole.Cells[i].Why
	}
	return out, gap
}
