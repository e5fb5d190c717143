package release_test

import (
	"math"
	"slices"
)

// A polytope is what an attacker knows: equations between unknown numbers, and the bounds of each. Its
// simplex walks from vertex to vertex towards the largest value of a sum; variables may also stand
// between their bounds, so that the walk can start where the truth is.
type polytope struct {
	x, low, high []float64
	rows         [][]float64
	basic        []int // by row: the variable that it gives
	row          []int // by variable: its row, or -1
}

const tiny = 1e-7

// newPolytope starts at x from independent equations, given by their coefficients.
func newPolytope(x, low, high []float64, equations [][]float64) *polytope {
	p := &polytope{x: slices.Clone(x), low: low, high: high, row: make([]int, len(x))}
	for i := range p.row {
		p.row[i] = -1
	}
	for _, e := range equations {
		r := slices.Clone(e)
		for i, b := range p.basic {
			subtract(r, p.rows[i], r[b])
		}
		best := 0
		for j, v := range r {
			if math.Abs(v) > math.Abs(r[best]) {
				best = j
			}
		}
		if math.Abs(r[best]) < tiny {
			continue
		}
		p.rows, p.basic = append(p.rows, r), append(p.basic, best)
		p.row[best] = len(p.rows) - 1
		p.clear(len(p.rows)-1, best)
	}
	return p
}

func subtract(row, other []float64, times float64) {
	if times == 0 {
		return
	}
	for i, v := range other {
		if v != 0 {
			row[i] = snap(row[i] - times*v)
		}
	}
}

// snap keeps whole numbers whole.
func snap(v float64) float64 {
	r := float64(int64(v))
	switch d := v - r; {
	case d == 0:
	case d > -1e-9 && d < 1e-9:
		return r
	case d > 1-1e-9:
		return r + 1
	case d < 1e-9-1:
		return r - 1
	}
	return v
}

// clear makes a row give a variable and takes the variable out of the others.
func (p *polytope) clear(row, variable int) {
	r := p.rows[row]
	by := r[variable]
	for i := range r {
		if r[i] != 0 {
			r[i] = snap(r[i] / by)
		}
	}
	for i, other := range p.rows {
		if i != row {
			subtract(other, r, other[variable])
		}
	}
}

// push walks until the sum of cells, times sign, reaches a target or can grow no more.
func (p *polytope) push(cells []int, sign, target float64) {
	stuck := 0
	for p.sum(cells)*sign < target {
		j, way := p.entering(cells, sign, stuck > 50)
		if j < 0 {
			return
		}
		step, at, bound := p.ratio(j, way)
		if math.IsInf(step, 1) {
			p.move(j, way, 1e6) // far enough: nothing holds it
			return
		}
		stuck++
		if step > tiny {
			stuck = 0
		}
		p.move(j, way, step)
		if at < 0 {
			p.x[j] = bound
			continue
		}
		out := p.basic[at]
		p.x[out] = bound
		p.row[out], p.row[j], p.basic[at] = -1, at, j
		p.clear(at, j)
	}
}

func (p *polytope) sum(cells []int) float64 {
	v := 0.0
	for _, c := range cells {
		v += p.x[c]
	}
	return v
}

// entering chooses a variable whose change makes the sum grow: the fastest, or the first when the walk
// seems to go in a ring.
func (p *polytope) entering(cells []int, sign float64, first bool) (variable int, way float64) {
	gain := make([]float64, len(p.x))
	for _, c := range cells {
		if r := p.row[c]; r < 0 {
			gain[c] += sign
		} else {
			for j, v := range p.rows[r] {
				gain[j] -= sign * v
			}
		}
	}
	variable, best := -1, tiny
	for j, g := range gain {
		if p.row[j] >= 0 || math.Abs(g) <= best {
			continue
		}
		if g > 0 && p.x[j] < p.high[j]-tiny || g < 0 && p.x[j] > p.low[j]+tiny {
			variable, way = j, math.Copysign(1, g)
			if first {
				return variable, way
			}
			best = math.Abs(g)
		}
	}
	return variable, way
}

// ratio says how far a variable may go, which row then stops it (-1: its own bound), and where.
func (p *polytope) ratio(j int, way float64) (step float64, at int, bound float64) {
	at, bound, step = -1, p.high[j], p.high[j]-p.x[j]
	if way < 0 {
		bound, step = p.low[j], p.x[j]-p.low[j]
	}
	firm := 0.0
	for i, r := range p.rows {
		v := r[j] * way
		if math.Abs(v) < 1e-9 {
			continue
		}
		b := p.basic[i]
		to := p.low[b]
		if v < 0 {
			to = p.high[b]
		}
		s := math.Max(0, (p.x[b]-to)/v)
		if s < step-1e-12 || s <= step+1e-12 && math.Abs(v) > firm && !math.IsInf(s, 1) {
			step, at, bound, firm = math.Min(s, step), i, to, math.Abs(v)
		}
	}
	return step, at, bound
}

func (p *polytope) move(j int, way, step float64) {
	p.x[j] += way * step
	for i, r := range p.rows {
		if r[j] != 0 {
			p.x[p.basic[i]] -= r[j] * way * step
		}
	}
}

// An interval is what an attacker knows of a sum.
type interval struct{ low, high float64 }

// width counts the whole numbers of an interval, but one.
func (i interval) width() float64 { return math.Floor(i.high+1e-6) - math.Ceil(i.low-1e-6) }

// intervals bounds each sum, but stops at once where it is as wide as the floor.
func (p *polytope) intervals(sums [][]int, floor float64) []interval {
	out := make([]interval, len(sums))
	for i, cells := range sums {
		v := p.sum(cells)
		out[i] = interval{v, v}
	}
	see := func() {
		for i, cells := range sums {
			v := p.sum(cells)
			out[i].low, out[i].high = math.Min(out[i].low, v), math.Max(out[i].high, v)
		}
	}
	for i, cells := range sums {
		if out[i].width() < floor {
			p.push(cells, 1, math.Ceil(out[i].low-1e-6)+floor)
			see()
		}
		if out[i].width() < floor {
			p.push(cells, -1, floor-math.Floor(out[i].high+1e-6))
			see()
		}
	}
	return out
}
