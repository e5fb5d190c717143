package semantic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// figures writes the value of each column and the schools behind it: added over the rows of a
// line, or of one row.
func (w *writer) figures(added bool) []string {
	var out []string
	for i, c := range w.plan.Columns {
		if c.Expr != nil {
			out = append(out, w.figure(i, c.Expr, added)...)
		}
	}
	return out
}

// figure writes the value of a column and its schools; a column without expression has neither.
func (w *writer) figure(i int, e planExpr, added bool) []string {
	if w.plan.Columns[i].Composed() {
		return w.formula(i, e, added)
	}
	value, schools := "NULL", "0"
	switch {
	case e != nil && added:
		value, schools = w.aggregate(e), w.schools(e)
	case e != nil:
		value, schools = w.single(e), "("+scalarPresence(e)+")::INTEGER"
	}
	out := []string{fmt.Sprintf("(%s)::DOUBLE AS v%d", value, i+1), fmt.Sprintf("%s AS n%d", schools, i+1)}
	if !w.plan.Columns[i].Guarded {
		return out
	}
	above, below := "NULL", "NULL"
	if e != nil {
		above, below = w.sides(e, added)
	}
	return append(out, fmt.Sprintf("(%s)::DOUBLE AS h%d", above, i+1), fmt.Sprintf("(%s)::DOUBLE AS b%d", below, i+1))
}

// sides writes the two sides of a ratio, over the rows that have both.
func (w *writer) sides(e planExpr, added bool) (above, below string) {
	num, den := sides(e)
	above, below = scalar(num), scalar(den)
	both := above + " IS NOT NULL AND " + below + " IS NOT NULL"
	above, below = when(both, above), when(both, below)
	if added {
		return "sum(" + above + ")", "sum(" + below + ")"
	}
	return above, below
}

// schools counts the schools that a figure holds: each has one row of the grain.
func (w *writer) schools(e planExpr) string {
	return "count(" + when(scalarPresence(e), "1") + ")"
}

// single writes an expression over one row of the grain, as aggregate does over many.
func (w *writer) single(e planExpr) string {
	b, ok := e.(binary)
	if !ok || !ratioInside(e) {
		return scalar(e)
	}
	if _, fixed := b.r.(constant); b.op == '/' && !fixed {
		return w.dialect.Ratio("("+w.single(b.l)+")", "("+w.single(b.r)+")")
	}
	return "(" + w.single(b.l) + ") " + string(b.op) + " (" + w.single(b.r) + ")"
}

// aggregate writes an expression over many schools: sums add; a ratio is the ratio of the sums
// over the rows that have both sides, never a mean of ratios.
func (w *writer) aggregate(e planExpr) string {
	if !ratioInside(e) {
		return "sum(" + scalar(e) + ")"
	}
	b := e.(binary)
	if b.op == '/' && !ratioInside(b.l) && !ratioInside(b.r) {
		if _, fixed := b.r.(constant); fixed {
			return "sum(" + scalar(b.l) + ") / " + scalar(b.r)
		}
		num, den := scalar(b.l), scalar(b.r)
		both := num + " IS NOT NULL AND " + den + " IS NOT NULL"
		return w.dialect.Ratio("sum("+when(both, num)+")", "sum("+when(both, den)+")")
	}
	side := func(x planExpr) string {
		if k, ok := x.(constant); ok {
			return scalar(k)
		}
		return "(" + w.aggregate(x) + ")"
	}
	if b.op == '/' {
		return w.dialect.Ratio(side(b.l), side(b.r))
	}
	return side(b.l) + " " + string(b.op) + " " + side(b.r)
}

// ratioInside tells whether an expression divides by something that varies.
func ratioInside(e planExpr) bool {
	b, ok := e.(binary)
	if !ok {
		return false
	}
	return b.op == '/' || ratioInside(b.l) || ratioInside(b.r)
}

// scalar writes an expression over one row of the grain.
func scalar(e planExpr) string {
	switch e := e.(type) {
	case constant:
		return strconv.FormatFloat(float64(e), 'f', -1, 64)
	case atomRef:
		return e.atom.Name
	case binary:
		return "(" + scalar(e.l) + " " + string(e.op) + " " + scalar(e.r) + ")"
	}
	return "NULL"
}

// scalarPresence is the condition that all atoms of an expression are known.
func scalarPresence(e planExpr) string {
	var names []string
	for _, a := range atoms(e) {
		if t := a.Name + " IS NOT NULL"; !slices.Contains(names, t) {
			names = append(names, t)
		}
	}
	if len(names) == 0 {
		return "true"
	}
	return strings.Join(names, " AND ")
}
