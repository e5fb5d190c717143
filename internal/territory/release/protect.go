package release

import (
	"cmp"
	"slices"
)

// Protect finds the moves that a cube needs. Those of kept come first and stay: what was once hidden
// with them stays hidden, because figures that were shown then are still known. What they are worth is
// counted anew with the counts of today. New moves touch fresh cells only (all when fresh is nil): the
// others are already in figures that were shown.
//
// A number that must not be told is protected when the moves that change it, together, leave it an
// interval as wide as the floor, or, for a part of a small whole, as wide as the whole allows.
func Protect(c *Cube, rule Rule, kept []Move, fresh func(Coord) bool) []Move {
	if rule.Floor <= 1 {
		return nil
	}
	moves := slices.Clone(kept)
	for _, s := range c.sheets(fresh) {
		p := newProtector(s, rule, kept)
		for _, t := range p.tables {
			p.protect(t, p.small(t))
		}
		p.prune()
		if rule.Dominance > 0 {
			for _, t := range p.tables {
				p.dominated(t)
			}
		}
		for _, g := range p.found {
			moves = append(moves, g.moves(s, moves)...)
		}
	}
	return moves
}

// A protector looks for the grids of a sheet.
type protector struct {
	*sheet
	rule   Rule
	tables []*cut
	found  []*grid
	turn   int
	near   [][]int32 // by school: the others, those of the same groups first
}

func newProtector(s *sheet, rule Rule, kept []Move) *protector {
	s.floor = rule.Floor
	p := &protector{sheet: s, rule: rule}
	for _, way := range (&Cube{Axes: s.axes}).shapes() {
		t := s.cut(way)
		t.price = make([]float64, t.count)
		for n := range t.price {
			t.price[n] = p.price(t, n)
		}
		p.tables = append(p.tables, t)
	}
	p.keep(kept)
	p.nearest()
	return p
}

// keep takes up the moves of former releases.
func (p *protector) keep(moves []Move) {
	for len(moves) > 0 {
		n := 1
		for n < len(moves) && moves[n].A == moves[0].A && moves[n].Flip == moves[0].Flip {
			n++
		}
		if p.coord(p.place(moves[0].A)) == moves[0].A {
			for _, g := range p.gridsOf(moves[:n]) {
				p.begin(g)
			}
		}
		moves = moves[n:]
	}
}

// begin lays a grid for the first time.
func (p *protector) begin(g *grid) {
	p.turn++
	g.turn = p.turn
	p.lay(g)
}

// lay notes a grid on its cells and on what it hides; lift takes it away again.
func (p *protector) lay(g *grid) {
	g.each(p.sheet, func(place int) { p.at[place] = append(p.at[place], g) })
	p.mark(g, 1)
}

func (p *protector) lift(g *grid) {
	g.each(p.sheet, func(place int) {
		i := slices.Index(p.at[place], g)
		p.at[place] = slices.Delete(p.at[place], i, i+1)
	})
	p.mark(g, -1)
}

func (p *protector) mark(g *grid, by int32) {
	for _, t := range p.tables {
		g.changes(t, func(n int) { t.hidden[n] += by })
	}
}

// small are the cells of a table that hold too few persons, or all but too few of their whole.
func (p *protector) small(t *cut) []bool {
	want := make([]bool, t.count)
	for n, v := range t.sum {
		want[n] = p.rule.Small(v) || v > 0 && t.rest != nil && p.rule.Small(t.rest[n])
	}
	return want
}

// protect finds grids for each cell of a table that those found so far do not protect.
func (p *protector) protect(t *cut, want []bool) {
	t.want, t.inside = want, p.inCells(t, want)
	for n := range want {
		if p.protected(t, n) {
			continue
		}
		for _, g := range p.find(t, t.inside[n], p.need(t.inside[n])) {
			p.found = append(p.found, g)
			p.begin(g)
		}
	}
}

// need is how wide the interval of a sum must stay: a part cannot be wider than its whole.
func (p *protector) need(cells []int) float64 { return min(p.rule.Floor, p.room(cells)) }

// protected tells whether the grids found so far hide a cell of a table and leave it wide enough, or
// whether it may be told.
func (p *protector) protected(t *cut, n int) bool {
	if !t.want[n] || len(t.inside[n]) == 0 {
		return true
	}
	if t.hidden[n] == 0 {
		return false
	}
	cells := t.inside[n]
	need := p.need(cells)
	return p.width(t, cells[0], p.touching(t, cells), need) >= need
}

// prune takes away the grids that others, found later, have made needless.
func (p *protector) prune() {
	p.found = slices.DeleteFunc(p.found, func(g *grid) bool {
		p.lift(g)
		if p.stands(g) {
			return true
		}
		p.lay(g)
		return false
	})
}

// stands tells whether all that a grid changed is protected without it.
func (p *protector) stands(g *grid) bool {
	ok := true
	for _, t := range p.tables {
		g.changes(t, func(n int) { ok = ok && p.protected(t, n) })
	}
	return ok
}

// touching are the grids that change a sum of cells, in the order in which they were laid.
func (p *protector) touching(t *cut, cells []int) []*grid {
	var out []*grid
	for _, place := range cells {
		for _, g := range p.at[place] {
			if !slices.Contains(out, g) {
				if _, _, ok := g.split(p.sheet, t, place); ok {
					out = append(out, g)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b *grid) int { return cmp.Compare(a.turn, b.turn) })
	return out
}

// inCells lists the cells of the sums that are wanted, the largest first.
func (p *protector) inCells(t *cut, want []bool) [][]int {
	out := make([][]int, t.count)
	for _, place := range p.cells {
		if n := p.node(t, place); n >= 0 && want[n] {
			out[n] = append(out[n], place)
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(p.value[b], p.value[a]) })
	}
	return out
}

// nearest orders the schools beside each one: by communes and so on, as their groups lie.
func (p *protector) nearest() {
	groups := p.axes[0].Groups
	order := make([]int32, len(p.axes[0].Codes))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		for _, g := range groups {
			if d := cmp.Compare(g.Of[a], g.Of[b]); d != 0 {
				return d
			}
		}
		return cmp.Compare(a, b)
	})
	p.near = make([][]int32, len(order))
	for i, school := range order {
		for d := 1; d < len(order) && len(p.near[school]) < mostNear; d++ {
			if i-d >= 0 {
				p.near[school] = append(p.near[school], order[i-d])
			}
			if i+d < len(order) {
				p.near[school] = append(p.near[school], order[i+d])
			}
		}
	}
}
