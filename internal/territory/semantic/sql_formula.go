package semantic

import (
	"fmt"
	"strconv"
	"strings"
)

// Composed tells whether a column is a formula that someone wrote.
func (c PlanColumn) Composed() bool { return len(c.Indicator.Reads) > 0 }

// Extras is how many values follow value and schools of a column in an answer: of a guarded ratio its
// two sides; of a guarded formula its two sides, the rows that it leaves aside though they hold
// something protected (another of its measures is not known there), and each of its sums by itself
// in the order of Guards, over the rows that it takes.
func (c PlanColumn) Extras() int { return len(c.extraNames(0)) }

func (c PlanColumn) extraNames(i int) []string {
	if !c.Guarded {
		return nil
	}
	n := strconv.Itoa(i + 1)
	out := []string{"h" + n, "b" + n}
	if c.Composed() {
		out = append(out, "m"+n)
		for k := range formulaSums(c.Expr) {
			out = append(out, fmt.Sprintf("g%s_%d", n, k+1))
		}
	}
	return out
}

// A formulaSum is one sum of a formula, times a number, over or under its bar.
type formulaSum struct {
	atom   *Atom
	factor float64
	below  bool
}

// formulaSums lists the sums of a formula, in the order of Guards.
func formulaSums(e planExpr) []formulaSum {
	var out []formulaSum
	var walk func(e planExpr, factor float64, below bool)
	walk = func(e planExpr, factor float64, below bool) {
		switch e := e.(type) {
		case atomRef:
			out = append(out, formulaSum{e.atom, factor, below})
		case binary:
			switch k, fixed := e.l.(constant); {
			case e.op == '*' && fixed:
				walk(e.r, factor*float64(k), below)
			case e.op == '-':
				walk(e.l, factor, below)
				walk(e.r, -factor, below)
			case e.op == '/':
				walk(e.l, factor, false)
				walk(e.r, factor, true)
			default:
				walk(e.l, factor, below)
				walk(e.r, factor, below)
			}
		}
	}
	walk(e, 1, false)
	return out
}

// formula writes the value of a formula and its schools: each sum runs over the rows that have all
// that the formula reads. Sums stay exact; numbers multiply them afterwards.
func (w *writer) formula(i int, e planExpr, added bool) []string {
	sums := formulaSums(e)
	presence := "false"
	if e != nil {
		presence = scalarPresence(e)
	}
	one := func(a *Atom) string {
		if !added {
			return a.Name
		}
		return "sum(" + when(presence, a.Name) + ")"
	}
	above, below := "NULL", "NULL"
	for _, s := range sums {
		side := &above
		if s.below {
			side = &below
		}
		text := "(" + one(s.atom) + ")::DOUBLE"
		if s.factor != 1 {
			text += " * (" + strconv.FormatFloat(s.factor, 'g', -1, 64) + ")::DOUBLE"
		}
		if *side != "NULL" {
			text = *side + " + " + text
		}
		*side = text
	}
	value, schools := above, "0"
	if hasBelow(sums) {
		value = w.dialect.Ratio("("+above+")", "("+below+")")
	}
	switch {
	case e != nil && added:
		schools = "count(" + when(presence, "1") + ")"
	case e != nil:
		schools = "(" + presence + ")::INTEGER"
	}
	out := []string{fmt.Sprintf("(%s)::DOUBLE AS v%d", value, i+1), fmt.Sprintf("%s AS n%d", schools, i+1)}
	if !w.plan.Columns[i].Guarded {
		return out
	}
	names := w.plan.Columns[i].extraNames(i)
	texts := []string{above, below, w.aside(sums, presence, added)}
	for k := range names[3:] {
		text := "NULL" // of totals that are refused where the lines are not
		if k < len(sums) {
			text = one(sums[k].atom)
		}
		texts = append(texts, text)
	}
	for k, name := range names {
		out = append(out, "("+texts[k]+")::DOUBLE AS "+name)
	}
	return out
}

func hasBelow(sums []formulaSum) bool {
	for _, s := range sums {
		if s.below {
			return true
		}
	}
	return false
}

// aside counts the rows that hold a protected sum and that the formula leaves out.
func (w *writer) aside(sums []formulaSum, presence string, added bool) string {
	var held []string
	for _, s := range sums {
		if s.atom.Judged {
			held = append(held, s.atom.Name+" IS NOT NULL")
		}
	}
	if !added || len(held) == 0 {
		return "0"
	}
	return "count(" + when("("+strings.Join(held, " OR ")+") AND NOT ("+presence+")", "1") + ")"
}
