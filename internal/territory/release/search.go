package release

import (
	"cmp"
	"math"
	"slices"
)

// The search looks at few places: what it leaves out costs a figure that might have been shown, never
// one that had to be hidden.
const (
	mostAnchors = 3   // cells of a sum to start from
	mostNear    = 64  // schools beside one
	mostSeeds   = 5   // codes to try on an axis for the first move
	mostGrown   = 3   // first moves to go on from
	mostCells   = 120 // of a grid
)

// find chooses the grids of a sum: they flip as many axes as they can, since what they flip keeps its
// totals, and hide as few new figures as they can. When nothing balances it, one cell alone is hidden
// with all that holds it.
func (p *protector) find(t *cut, cells []int, need float64) []*grid {
	var anchors []int
	for _, at := range cells {
		if p.fresh[at] && len(anchors) < mostAnchors {
			anchors = append(anchors, at)
		}
	}
	if len(anchors) == 0 && len(p.touching(t, cells)) > 0 {
		return nil // shown as it stands, and hidden as well as could be then
	}
	flips := p.flipSets(t)
	best := p.together(t, cells, anchors, flips, true, need)
	if len(best.grids) == 1 && !p.grouped() {
		return best.grids
	}
	found := false
	for i, flip := range flips {
		if found && len(flip) < len(flips[i-1]) {
			break
		}
		c := p.together(t, cells, anchors, [][]int{flip}, false, need)
		if found = found || c.grids != nil; c.grids != nil && (best.grids == nil || c.cost < best.cost) {
			best = c
		}
	}
	if best.grids != nil {
		return best.grids
	}
	return []*grid{p.single(append(anchors, cells...)[0])}
}

// grouped tells whether codes of another axis than the school have groups: else all are near.
func (p *protector) grouped() bool {
	return slices.ContainsFunc(p.axes[1:], func(a Axis) bool { return len(a.Groups) > 0 })
}

// A candidate is some grids and what they cost.
type candidate struct {
	grids []*grid
	cost  float64
}

// together lays grids through one cell of a sum after the other, flipping one set of axes after the
// other, until they are wide enough together; the result has no grids when they never are. Near ones keep to
// the groups of the cell on all axes but the school.
func (p *protector) together(t *cut, cells, anchors []int, flips [][]int, near bool, need float64) (out candidate) {
	have := p.touching(t, cells)
	wide := p.width(t, cells[0], have, need)
	for _, flip := range flips {
		for _, at := range anchors {
			g, cost := p.grow(t, at, flip, near, have, need)
			if g == nil {
				continue
			}
			w := p.width(t, cells[0], append(slices.Clip(have), g), need)
			if w <= wide {
				continue
			}
			have, wide = append(slices.Clip(have), g), w
			out.grids, out.cost = append(out.grids, g), out.cost+cost
			if wide >= need {
				return out
			}
		}
	}
	return candidate{}
}

func (p *protector) single(place int) *grid {
	g := &grid{}
	for a := range p.axes {
		g.codes = append(g.codes, []int32{p.code(place, a)})
	}
	return g
}

// flipSets are the sets of axes to flip, those that keep most totals first. Only axes that the table cuts
// have totals to keep; the school comes last to be given up.
func (p *protector) flipSets(t *cut) [][]int {
	var axes []int
	for a, way := range t.shape {
		if way != byNone {
			axes = append(axes, a)
		}
	}
	var out [][]int
	for k := 1; k < 1<<len(axes); k++ {
		var set []int
		for i, a := range axes {
			if k>>i&1 == 1 {
				set = append(set, a)
			}
		}
		out = append(out, set)
	}
	slices.SortStableFunc(out, func(a, b []int) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0]))
	})
	return out
}

// grow takes the best moves of one cell and adds codes to them until they are wide enough, or as wide as
// they get.
func (p *protector) grow(t *cut, anchor int, flips []int, near bool, have []*grid, need float64) (*grid, float64) {
	partners := make([][]int32, len(p.axes))
	for _, a := range flips {
		if partners[a] = p.partners(t, anchor, a, near); len(partners[a]) == 0 {
			return nil, 0
		}
	}
	var best *grid
	widest, least := 0.0, 0.0
	for _, g := range p.seeds(t, anchor, flips, partners, have, need) {
		g, wide, cost := p.extend(t, anchor, g, flips, partners, have, need)
		if best == nil || wide > widest || wide == widest && cost < least {
			best, widest, least = g, wide, cost
		}
	}
	return best, least
}

// partners are the codes that may stand against the one of an anchor: outside its group where the table
// cuts by group. Those come first that hide little and can spare much.
func (p *protector) partners(t *cut, anchor, axis int, near bool) []int32 {
	all := p.near[p.code(anchor, 0)]
	if axis > 0 {
		all = nil
		for c := range p.axes[axis].Codes {
			all = append(all, int32(c))
		}
	}
	var out []int32
	merit := map[int32]float64{}
	for _, c := range all {
		at := p.with(anchor, axis, c)
		if p.value[at] == 0 || !p.fresh[at] || p.inside(t, anchor, axis, c) ||
			near && axis > 0 && p.alike(axis, c, p.code(anchor, axis)) < float64(len(p.axes[axis].Groups)) {
			continue
		}
		out = append(out, c)
		if merit[c] = p.gain(anchor, at); len(p.at[at]) > 0 || p.rule.Small(p.value[at]) {
			merit[c] += p.rule.Floor
		}
		merit[c] += p.alike(axis, c, p.code(anchor, axis))
	}
	slices.SortStableFunc(out, func(a, b int32) int { return cmp.Compare(merit[b], merit[a]) })
	return out
}

// alike tells how many groupings put two codes together: moves between them keep those totals.
func (p *protector) alike(axis int, a, b int32) (n float64) {
	for _, g := range p.axes[axis].Groups {
		if g.Of[a] == g.Of[b] {
			n++
		}
	}
	return n
}

// gain is how much one more cell on a line with an anchor widens it at most.
func (p *protector) gain(anchor, at int) float64 {
	return min(p.spare(at, false), p.spare(anchor, true), p.rule.Floor) + min(p.spare(at, true), p.spare(anchor, false), p.rule.Floor)
}

// price is what hiding a figure costs: little when it must be hidden, else the more the larger it is:
// totals are what tables are read for, though seldom by groups.
func (p *protector) price(t *cut, n int) float64 {
	if p.rule.Small(t.sum[n]) || t.rest != nil && p.rule.Small(t.rest[n]) {
		return 0.25
	}
	large := math.Log2(1 + t.sum[n]/p.rule.Floor)
	for _, way := range t.shape {
		if way >= 0 {
			large /= 1.3
		}
	}
	if t.shape[0] == byNone {
		large *= 2
	}
	return large * large
}

// cost adds up the figures that a grid hides newly; it fails on a cell that holds nobody or may not be
// touched, and from a bound on.
func (p *protector) cost(g *grid, under float64) (cost float64, ok bool) {
	ok = true
	g.each(p.sheet, func(place int) { ok = ok && p.fresh[place] })
	for _, t := range p.tables {
		if ok = ok && cost < under; !ok {
			break
		}
		g.changes(t, func(n int) {
			if t.hidden[n] == 0 {
				cost += t.price[n]
			}
		})
	}
	return cost, ok
}

// seeds are the moves to go on from: cheap ones, and wide ones among those.
func (p *protector) seeds(t *cut, anchor int, flips []int, partners [][]int32, have []*grid, need float64) []*grid {
	type seed struct {
		*grid
		score float64
	}
	var list []seed
	var walk func(i int, g *grid)
	walk = func(i int, g *grid) {
		if i == len(flips) {
			if cost, ok := p.cost(g, math.Inf(1)); ok {
				list = append(list, seed{g, cost})
			}
			return
		}
		a := flips[i]
		for _, c := range partners[a][:min(len(partners[a]), mostSeeds)] {
			walk(i+1, g.plus(a, c))
		}
	}
	walk(0, p.single(anchor))
	best := func(most int) {
		slices.SortStableFunc(list, func(a, b seed) int { return cmp.Compare(a.score, b.score) })
		list = list[:min(len(list), most)]
	}
	best(3 * mostGrown)
	for i := range list {
		list[i].score += need - p.width(t, anchor, append(slices.Clip(have), list[i].grid), need)
	}
	best(mostGrown)
	var out []*grid
	for _, s := range list {
		out = append(out, s.grid)
	}
	return out
}

// plus is a grid with one more code on an axis.
func (g *grid) plus(axis int, code int32) *grid {
	out := &grid{codes: slices.Clone(g.codes), lines: g.lines}
	i, _ := slices.BinarySearch(g.codes[axis], code)
	out.codes[axis], out.lines[axis] = slices.Insert(slices.Clone(g.codes[axis]), i, code), nil
	return out
}

// extend adds codes to a grid, each on the axis that holds the anchor tightest, until it is wide enough.
func (p *protector) extend(t *cut, anchor int, g *grid, flips []int, partners [][]int32, have []*grid, need float64) (*grid, float64, float64) {
	for {
		wide := p.width(t, anchor, append(slices.Clip(have), g), need)
		next := p.wider(anchor, g, flips, partners)
		if wide >= need || next == nil {
			cost, _ := p.cost(g, math.Inf(1))
			return g, wide, cost
		}
		g = next
	}
}

// wider adds the best code on the tightest axis, nil when there is none: more on another axis would not
// widen it.
func (p *protector) wider(anchor int, g *grid, flips []int, partners [][]int32) *grid {
	tight, least := -1, math.Inf(1)
	for _, a := range flips {
		slack := 0.0
		for _, c := range g.codes[a] {
			if at := p.with(anchor, a, c); at != anchor {
				slack += p.gain(anchor, at)
			}
		}
		if slack < least {
			tight, least = a, slack
		}
	}
	before, _ := p.cost(g, math.Inf(1))
	var best *grid
	merit := math.Inf(-1)
	tried := 0
	for _, c := range partners[tight] {
		gain := p.gain(anchor, p.with(anchor, tight, c))
		if gain == 0 || slices.Contains(g.codes[tight], c) {
			continue
		}
		if tried++; tried > mostSeeds {
			break
		}
		next := g.plus(tight, c)
		if next.size() > mostCells {
			break
		}
		if cost, ok := p.cost(next, math.Inf(1)); ok && gain/(0.1+cost-before) > merit {
			best, merit = next, gain/(0.1+cost-before)
		}
	}
	return best
}

func (g *grid) size() int {
	n := 1
	for _, codes := range g.codes {
		n *= len(codes)
	}
	return n
}
