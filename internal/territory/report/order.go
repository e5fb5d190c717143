package report

import (
	"math"
	"slices"
	"sort"
	"strings"

	"belvedere"
)

// markExtremes marks the largest and smallest values of each column over all lines: ties all
// marked, masked and partial cells never, nothing where all are equal.
func markExtremes(out *belvedere.Result) {
	if len(out.Dims) == 0 || out.Dims[0].Name == "annee" || len(out.Rows) < 3 {
		return
	}
	for i := range out.Columns {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, row := range out.Rows {
			if row.Cells[i].State == belvedere.Value {
				lo, hi = min(lo, row.Cells[i].Value), max(hi, row.Cells[i].Value)
			}
		}
		if !out.Columns[i].NoExtreme && lo < hi {
			markColumn(out.Rows, i, lo, hi)
		}
	}
}

// markColumn marks the extremes of a column. One that so many lines share that it tells nothing
// (zero sanctions, as a rule) is left unmarked.
func markColumn(rows []belvedere.ResultRow, i int, lo, hi float64) {
	ties := map[float64]int{}
	for _, row := range rows {
		if c := row.Cells[i]; c.State == belvedere.Value && (c.Value == lo || c.Value == hi) {
			ties[c.Value]++
		}
	}
	most := max(3, len(rows)/8)
	for _, row := range rows {
		switch c := &row.Cells[i]; {
		case c.State != belvedere.Value || ties[c.Value] > most:
		case c.Value == hi:
			c.Extreme = belvedere.Maximum
		case c.Value == lo:
			c.Extreme = belvedere.Minimum
		}
	}
}

// sortLines orders the lines: by the asked column, cells without value last; otherwise by name
// for schools and attributes, by the order of the list for codes, by time.
func (a *answer) sortLines(columns []belvedere.ResultColumn) {
	key, down := strings.CutPrefix(a.q.Sort, "-")
	at := slices.IndexFunc(columns, func(c belvedere.ResultColumn) bool { return c.Key == key })
	natural := a.naturalOrder()
	sort.SliceStable(a.order, func(i, j int) bool {
		x, y := a.rows[a.order[i]], a.rows[a.order[j]]
		if at >= 0 {
			cx, cy := x.Cells[at], y.Cells[at]
			if sx, sy := cx.State.Shown(), cy.State.Shown(); sx != sy {
				return sx
			} else if sx && cx.Value != cy.Value {
				return (cx.Value < cy.Value) != down
			}
			return natural(x, y) < 0
		}
		if down {
			return natural(x, y) > 0
		}
		return natural(x, y) < 0
	})
}
