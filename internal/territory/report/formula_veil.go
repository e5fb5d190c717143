package report

import (
	"belvedere"
	"belvedere/internal/territory/release"
)

// formulaSums are what the engine says of a guarded formula besides its two sides.
type formulaSums struct {
	aside float64   // rows that hold something protected and that it leaves out
	each  []float64 // its sums, each by itself, over the rows that it takes
}

// noteSums keeps what the engine says of the sums of a guarded formula.
func (v *veil) noteSums(row *belvedere.ResultRow, column int, values []any) {
	if v.sums[row] == nil {
		v.sums[row] = make([]formulaSums, len(v.columns))
	}
	s := &v.sums[row][column]
	s.aside, _ = values[0].(float64)
	for _, one := range values[1:] {
		n, _ := one.(float64)
		s.each = append(s.each, n)
	}
}

// formulaCell withholds or restores a cell of a formula. It is told only where each protected sum that it
// reads may be told by itself, over the very schools that the formula takes: so that neither what is
// multiplied by zero, nor what is added and taken away again, nor a school that one side lacks, tells
// what is withheld elsewhere.
func (v *veil) formulaCell(a *answer, column int, ruling *verdict, row *belvedere.ResultRow, line string, whole, secret, unsure bool) {
	cell, c := &row.Cells[column], &a.plan.Columns[column]
	sides, sums := v.sides[row][column], v.sums[row][column]
	small := sums.aside > 0 && !(whole || a.byAttributes()) ||
		sums.aside > 0 && cell.Covered != a.schools(c, row.Keys, delivered)
	changed := false
	for _, p := range ruling.parts {
		add := p.held.Lines[line]
		if whole {
			add = p.held.Total
		}
		own := add
		if p.place < len(sums.each) {
			own += sums.each[p.place]
		}
		small = small || release.Rule{Floor: p.floor}.Small(own) || add != 0 && own == 0
		if add == 0 {
			continue
		}
		changed = true
		if p.guard.Below {
			sides[1] += add * p.guard.Factor
		} else {
			sides[0] += add * p.guard.Factor
		}
	}
	if c.Rate { // the rest of a share
		for _, p := range ruling.parts {
			small = small || p.guard.Factor != 0 && release.Rule{Floor: p.floor}.Small((sides[1]-sides[0])/p.guard.Factor)
		}
	}
	switch {
	case !whole && ruling.waits[line]:
		*cell = belvedere.Cell{State: belvedere.Expected, Why: whyWaits, Expected: cell.Expected}
	case unsure || ruling.allUnsure:
		*cell = belvedere.Cell{State: belvedere.NotAvailable, Why: whyPeriod}
	case secret || small:
		*cell = belvedere.Cell{State: belvedere.Secret, Why: whySecret}
	case changed && c.Rate:
		cell.Value = sides[0] / sides[1]
	case changed:
		cell.Value = sides[0]
	}
}
