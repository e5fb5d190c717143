package semantic

import (
	"slices"

	"belvedere"
)

// A Guard is a sum that a planned column adds, divides or is divided by: what the release engine must
// know to decide whether the column may be shown.
type Guard struct {
	Dataset *belvedere.Dataset
	Measure string
	Conds   []Cond // what it takes of the rows of the dataset
	// Boxes are conditions besides, one list for each part of the rows that rights open; the sum is that
	// over the parts, which have no row in common. Never empty.
	Boxes  [][]Cond
	Factor float64 // by which the column multiplies it
	Below  bool    // it stands in the denominator
}

// Guards are the sums of a column; none when its state is decided already.
func (p *Plan) Guards(column int) []Guard {
	var out []Guard
	e := p.Columns[column].Expr
	if e == nil {
		return nil
	}
	num, den := sides(e)
	p.linear(num, 1, false, &out)
	if den != nil {
		p.linear(den, 1, true, &out)
	}
	return out
}

// sides cuts an expression at its division, which stands last and once. A division by a constant is
// none.
func sides(e planExpr) (num, den planExpr) {
	b, ok := e.(binary)
	if !ok || !ratioInside(e) {
		return e, nil
	}
	if b.op == '/' && !ratioInside(b.l) && !ratioInside(b.r) {
		if _, fixed := b.r.(constant); !fixed {
			return b.l, b.r
		}
	}
	if b.op == '*' { // 100 * (a / b)
		if k, fixed := b.l.(constant); fixed {
			num, den = sides(b.r)
			return binary{'*', k, num}, den
		}
		if k, fixed := b.r.(constant); fixed {
			num, den = sides(b.l)
			return binary{'*', k, num}, den
		}
	}
	return e, nil
}

// linear walks a sum and notes each atom with its factor.
func (p *Plan) linear(e planExpr, factor float64, below bool, out *[]Guard) {
	switch e := e.(type) {
	case atomRef:
		s := p.sourceOf(e.atom)
		g := Guard{Dataset: s.Dataset, Measure: e.atom.Measure, Factor: factor, Below: below, Boxes: [][]Cond{nil}}
		for _, c := range slices.Concat(s.Conds, e.atom.Where) {
			if c.Any != nil {
				g.Boxes = c.Any
			} else {
				g.Conds = append(g.Conds, c)
			}
		}
		*out = append(*out, g)
	case binary:
		l, lk := e.l.(constant)
		r, rk := e.r.(constant)
		switch {
		case e.op == '*' && lk:
			p.linear(e.r, factor*float64(l), below, out)
		case e.op == '*' && rk:
			p.linear(e.l, factor*float64(r), below, out)
		case e.op == '/' && rk && r != 0:
			p.linear(e.l, factor/float64(r), below, out)
		case e.op == '-':
			p.linear(e.l, factor, below, out)
			p.linear(e.r, -factor, below, out)
		default: // a sum; anything else is guarded as one, which withholds rather more
			p.linear(e.l, factor, below, out)
			p.linear(e.r, factor, below, out)
		}
	}
}

// Parts are the guard once for each of its boxes, with the conditions of that box.
func (g Guard) Parts() []Guard {
	out := make([]Guard, len(g.Boxes))
	for i, box := range g.Boxes {
		out[i] = g
		out[i].Conds, out[i].Boxes = slices.Concat(g.Conds, box), [][]Cond{nil}
	}
	return out
}

func (p *Plan) sourceOf(a *Atom) *Source {
	for _, s := range p.Sources {
		if slices.Contains(s.Atoms, a) {
			return s
		}
	}
	return nil
}

// Guard asks for the two sides of a ratio beside it, and reads the datasets that protect names as of
// their last release.
// protects names the measures that the release protects.
func (p *Plan) Guard(columns []bool, protects func(dataset, measure string) bool, release func(dataset string) (edition int, ok bool)) {
	for _, q := range []*Plan{p, p.Whole} {
		if q == nil {
			continue
		}
		for i := range q.Columns {
			c := &q.Columns[i]
			c.Guarded = columns[i] && c.Expr != nil && (c.Composed() || hasSides(c.Expr))
		}
		for _, s := range q.Sources {
			for _, a := range s.Atoms {
				a.Judged = protects(s.Dataset.Name, a.Measure)
			}
			if e, ok := release(s.Dataset.Name); ok {
				s.Edition = &e
			}
		}
	}
}

func hasSides(e planExpr) bool {
	_, den := sides(e)
	return den != nil
}

// Takes tells whether a condition takes a text: a code, or a day written 2006-01-02.
func (c Cond) Takes(v string) bool {
	first := ""
	if len(c.Values) > 0 {
		first, _ = c.Values[0].(string)
	}
	switch c.Op {
	case "IN", "=":
		return slices.Contains(c.Values, any(v))
	case "NOT IN", "<>":
		return !slices.Contains(c.Values, any(v))
	case "<":
		return v < first
	case "<=":
		return v <= first
	case ">":
		return v > first
	case ">=":
		return v >= first
	}
	return false
}

// TakesRecord tells whether a condition on the record of a school takes it, by its attribute; known
// tells whether the school has a record at all.
func (c Cond) TakesRecord(v string, known bool) bool {
	if c.Op == "<>" { // those without the attribute fit too
		return !known || v == "" || c.Takes(v)
	}
	return known && v != "" && c.Takes(v)
}

// Set is the numbers of the schools that a condition names.
func (c Cond) Set() map[int64]bool {
	out := make(map[int64]bool, len(c.Values))
	for _, v := range c.Values {
		if n, ok := v.(int64); ok {
			out[n] = true
		}
	}
	return out
}

// TakesYear tells whether conditions take the rows of a school year.
func TakesYear(conds []Cond, year belvedere.SchoolYear) bool {
	for _, c := range conds {
		if c.Column != "annee" || c.Record || len(c.Values) == 0 {
			continue
		}
		n, _ := c.Values[0].(int64)
		switch y := int64(year); c.Op {
		case "=", "IN":
			if y != n {
				return false
			}
		case ">=":
			if y < n {
				return false
			}
		case "<=":
			if y > n {
				return false
			}
		}
	}
	return true
}
