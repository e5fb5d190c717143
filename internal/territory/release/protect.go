package release

import (
	"cmp"
	"math"
	"slices"
)

// Protect finds the moves that a cube needs. Those of kept come first and stay: what was once hidden
// with them stays hidden, because figures that were shown then are still known. New moves touch fresh
// cells only (all when fresh is nil): the others are already in figures that were shown.
func Protect(c *Cube, rule Rule, kept []Move, fresh func(Coord) bool) []Move {
	if rule.Floor <= 1 {
		return nil
	}
	p := newProtector(c, rule, kept, fresh)
	for _, s := range c.shapes() {
		p.table(s)
	}
	if rule.Dominance > 0 {
		for _, s := range c.shapes() {
			if s[0] != byMember {
				p.dominated(s)
			}
		}
	}
	return p.moves
}

// A protector looks for moves.
type protector struct {
	cube   *Cube
	rule   Rule
	fresh  func(Coord) bool
	moves  []Move
	wide   []bool // by move: wide enough for the counts of today
	hidden map[Coord]bool
	near   [][]int32 // by school: the others, those of the same groups first
	live   [][]int32 // by axis: the codes that hold someone
}

func newProtector(c *Cube, rule Rule, kept []Move, fresh func(Coord) bool) *protector {
	p := &protector{cube: c, rule: rule, fresh: fresh, hidden: map[Coord]bool{}}
	if fresh == nil {
		p.fresh = func(Coord) bool { return true }
	}
	for _, m := range kept {
		p.add(m)
	}
	p.near = make([][]int32, len(c.Axes[0].Codes))
	p.live = make([][]int32, len(c.Axes))
	for a := range c.Axes {
		seen := make([]bool, len(c.Axes[a].Codes))
		for at, v := range c.Cells {
			seen[at[a]] = seen[at[a]] || v != 0
		}
		for code, there := range seen {
			if there {
				p.live[a] = append(p.live[a], int32(code))
			}
		}
	}
	return p
}

func (p *protector) add(m Move) {
	p.moves = append(p.moves, m)
	p.wide = append(p.wide, m.Flip == 0 || p.cube.Width(m) >= p.rule.Floor)
	m.Each(func(at Coord, _ float64) { p.hidden[at] = true })
}

// table protects each cell of one table that must not be told.
func (p *protector) table(s shape) {
	small := p.small(s)
	if len(small) == 0 {
		return
	}
	done := map[Coord]bool{}
	for i, m := range p.moves {
		if p.wide[i] {
			p.cube.touched(s, m, done)
		}
	}
	p.protect(s, small, done)
}

// protect finds a move for each cell of a table that none changes yet.
func (p *protector) protect(s shape, want, done map[Coord]bool) {
	cells := p.inside(s, want)
	for _, node := range ordered(want) {
		if done[node] {
			continue
		}
		m := p.find(s, node, cells[node])
		p.add(m)
		p.cube.touched(s, m, done)
	}
}

// small are the cells of a table that hold too few persons, or all but too few of their whole.
func (p *protector) small(s shape) map[Coord]bool {
	out := map[Coord]bool{}
	sums := p.cube.sums(s, p.cube.Cells)
	for node, v := range sums {
		if p.rule.Small(v) {
			out[node] = true
		}
	}
	if p.cube.Whole != nil {
		for node, w := range p.cube.sums(s, p.cube.Whole) {
			if v := sums[node]; v > 0 && p.rule.Small(w-v) {
				out[node] = true
			}
		}
	}
	return out
}

// inside lists the base cells of some cells of a table, in order.
func (p *protector) inside(s shape, nodes map[Coord]bool) map[Coord][]Coord {
	out := map[Coord][]Coord{}
	for at, v := range p.cube.Cells {
		if v == 0 {
			continue
		}
		if node, ok := p.cube.node(s, at); ok && nodes[node] {
			out[node] = append(out[node], at)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Coord) int {
			return cmp.Or(cmp.Compare(p.cube.Cells[b], p.cube.Cells[a]), a.compare(b))
		})
	}
	return out
}

func ordered(nodes map[Coord]bool) []Coord {
	out := make([]Coord, 0, len(nodes))
	for n := range nodes {
		out = append(out, n)
	}
	slices.SortFunc(out, Coord.compare)
	return out
}

// The search tries few anchors in a node, and few schools beside an anchor: the nearest ones, and
// those that already hide something.
const (
	mostAnchors = 4
	mostNear    = 16
)

// find chooses the move of a node: it flips as many axes as it can, since what it flips keeps its
// totals, and hides as few new cells as it can. When nothing balances it, one cell alone is hidden with
// all that holds it.
func (p *protector) find(s shape, node Coord, cells []Coord) Move {
	var anchors []Coord
	for _, at := range cells {
		if p.fresh(at) && len(anchors) < mostAnchors {
			anchors = append(anchors, at)
		}
	}
	if len(anchors) == 0 { // its cells were shown before: what was told cannot be taken back
		anchors = cells[:min(len(cells), mostAnchors)]
	}
	for _, flip := range p.flips(s) {
		best, found := candidate{cost: math.MaxInt}, false
		for _, at := range anchors {
			if c, ok := p.best(s, at, flip, best.cost); ok {
				best, found = c, true
			}
		}
		if found {
			return best.move
		}
	}
	return Move{A: anchors[0], B: anchors[0]}
}

// flips are the sets of axes to flip, those that keep most totals first. Only axes that the table cuts
// and whose members add have totals to keep; the school comes last to be given up.
func (p *protector) flips(s shape) []uint8 {
	var cut []int
	for a, way := range s {
		if way != byNone && p.cube.Axes[a].Sum {
			cut = append(cut, a)
		}
	}
	var out []uint8
	for k := 1; k < 1<<len(cut); k++ {
		var flip uint8
		for i, a := range cut {
			if k>>i&1 == 1 {
				flip |= 1 << a
			}
		}
		out = append(out, flip)
	}
	slices.SortStableFunc(out, func(a, b uint8) int {
		return cmp.Or(cmp.Compare(ones(b), ones(a)), cmp.Compare(b&1, a&1), cmp.Compare(a, b))
	})
	return out
}

func ones(f uint8) int {
	n := 0
	for ; f != 0; f &= f - 1 {
		n++
	}
	return n
}

// A candidate is a move and what it costs: cells that it hides newly, then totals of groups of schools.
type candidate struct {
	move Move
	cost int
}

// best finds the cheapest wide move of an anchor that flips some axes, cheaper than a bound.
func (p *protector) best(s shape, anchor Coord, flip uint8, under int) (candidate, bool) {
	out, found := candidate{cost: under}, false
	var axes []int
	for a := range p.cube.Axes {
		if flip>>a&1 == 1 {
			axes = append(axes, a)
		}
	}
	var walk func(i int, m Move)
	walk = func(i int, m Move) {
		if out.cost == 0 {
			return
		}
		if i == len(axes) {
			if cost, ok := p.cost(m, out.cost); ok && p.cube.Width(m) >= p.rule.Floor {
				out, found = candidate{m, cost}, true
			}
			return
		}
		a := axes[i]
		for _, code := range p.partners(s, a, anchor) {
			next := m
			next.B[a] = code
			if i == 0 { // the cell that one flip reaches must hold someone
				c := anchor
				c[a] = code
				if p.cube.Cells[c] == 0 || !p.fresh(c) {
					continue
				}
			}
			walk(i+1, next)
		}
	}
	walk(0, Move{A: anchor, B: anchor, Flip: flip})
	return out, found
}

// cost counts the cells that a move hides newly; it fails on a cell that holds nobody or may not be
// touched, and from a bound on.
func (p *protector) cost(m Move, under int) (int, bool) {
	cost, ok := 0, true
	m.Each(func(at Coord, _ float64) {
		switch {
		case !ok:
		case p.cube.Cells[at] == 0 || !p.fresh(at):
			ok = false
		case p.hidden[at]:
		case p.rule.Small(p.cube.Cells[at]): // it must be hidden anyway
			cost++
		default:
			cost += 8
		}
	})
	if m.Flips(0) {
		cost += p.apart(m.A[0], m.B[0])
	}
	return cost, ok && cost < under
}

// apart counts the groupings that put two schools into different groups: those totals are hidden.
func (p *protector) apart(a, b int32) int {
	n := 0
	for _, g := range p.cube.Axes[0].Groups {
		if g.Of[a] != g.Of[b] {
			n++
		}
	}
	return n
}

// partners are the codes that may stand against the one of an anchor: outside its group where the
// table cuts by group.
func (p *protector) partners(s shape, axis int, anchor Coord) []int32 {
	all := p.live[axis]
	if axis == 0 && len(all) > 2*mostNear {
		all = p.nearby(anchor)
	}
	var out []int32
	way := s[axis]
	for _, code := range all {
		if code == anchor[axis] {
			continue
		}
		if way >= 0 {
			of := p.cube.Axes[axis].Groups[way].Of
			if of[code] == of[anchor[axis]] {
				continue
			}
		}
		out = append(out, code)
	}
	return out
}

// nearby are the schools to try beside one: some that already hide a cell at the same place, then
// the nearest.
func (p *protector) nearby(anchor Coord) []int32 {
	school := anchor[0]
	if p.near[school] == nil {
		list := slices.Clone(p.live[0])
		slices.SortStableFunc(list, func(a, b int32) int {
			return cmp.Or(cmp.Compare(p.apart(school, a), p.apart(school, b)), cmp.Compare(distance(school, a), distance(school, b)))
		})
		p.near[school] = list
	}
	out := make([]int32, 0, 2*mostNear)
	for _, code := range p.near[school] {
		at := anchor
		if at[0] = code; len(out) < mostNear && (p.hidden[at] || p.rule.Small(p.cube.Cells[at])) {
			out = append(out, code)
		}
	}
	for _, code := range p.near[school] {
		at := anchor
		if at[0] = code; len(out) < 2*mostNear && !p.hidden[at] && !p.rule.Small(p.cube.Cells[at]) && p.cube.Cells[at] != 0 {
			out = append(out, code)
		}
	}
	return out
}

func distance(a, b int32) int32 {
	if a > b {
		return a - b
	}
	return b - a
}
