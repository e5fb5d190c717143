package release_test

import (
	"math"

	"belvedere/internal/territory/release"
)

// A reader has noted all figures that were shown, of one measure or of two that bound each other, and
// works on them with algebra and linear programming. He or she knows that a hidden cell holds somebody.
type reader struct {
	planes    []*plane
	first     []int // by plane: the number of its first cell among the variables
	value     []float64
	low, high []float64
	unknown   []int // by variable: its number among the unknown ones; -1 where it is known
	span      *span // over the unknown ones
	polytope  *polytope
	notes     [][]int // equations that were new, by unknown
	links     [][2]int
}

// newReader reads figures: shown are, by plane, the sums over its cells.
func newReader(planes []*plane, shown [][]figure) *reader {
	r := &reader{planes: planes}
	for _, p := range planes {
		r.first = append(r.first, len(r.value))
		for _, at := range p.cells {
			r.value = append(r.value, p.cube.Cells[at])
			r.low, r.high = append(r.low, 1), append(r.high, math.Inf(1))
		}
	}
	r.number(shown)
	for k, figures := range shown {
		for _, f := range figures {
			if cells := r.open(k, f.cells); len(cells) > 0 && r.span.add(cells) {
				r.notes = append(r.notes, cells)
			}
		}
	}
	r.link()
	return r
}

// number tells the unknown cells from those that a figure shows alone.
func (r *reader) number(shown [][]figure) {
	r.unknown = make([]int, len(r.value))
	for k, figures := range shown {
		for _, f := range figures {
			if len(f.cells) == 1 {
				r.unknown[r.first[k]+f.cells[0]] = -1
			}
		}
	}
	n := 0
	for i, u := range r.unknown {
		if u == 0 {
			r.unknown[i] = n
			n++
		}
	}
	r.span = newSpan(n)
}

// open are the cells of a sum that are not known.
func (r *reader) open(plane int, cells []int) []int {
	var out []int
	for _, c := range cells {
		if u := r.unknown[r.first[plane]+c]; u >= 0 {
			out = append(out, u)
		}
	}
	return out
}

// link bounds a part by its whole, the second plane by the first.
func (r *reader) link() {
	if len(r.planes) < 2 {
		return
	}
	place := map[release.Coord]int{}
	for i, at := range r.planes[0].cells {
		place[at] = i
	}
	for i, at := range r.planes[1].cells {
		w, p := place[at], r.first[1]+i
		switch {
		case r.unknown[w] < 0 && r.unknown[p] < 0:
		case r.unknown[w] < 0:
			r.high[p] = r.value[w]
		case r.unknown[p] < 0:
			r.low[w] = math.Max(1, r.value[p])
		default:
			r.links = append(r.links, [2]int{w, p})
		}
	}
}

// bounds is the polytope of what the reader knows; each link has a variable for the rest.
func (r *reader) bounds() *polytope {
	n := r.span.n
	x, low, high := make([]float64, n+len(r.links)), make([]float64, n+len(r.links)), make([]float64, n+len(r.links))
	for i, u := range r.unknown {
		if u >= 0 {
			x[u], low[u], high[u] = r.value[i], r.low[i], r.high[i]
		}
	}
	var equations [][]float64
	for i, l := range r.links {
		row := make([]float64, len(x))
		row[r.unknown[l[0]]], row[r.unknown[l[1]]], row[n+i] = 1, -1, -1
		x[n+i], high[n+i] = r.value[l[0]]-r.value[l[1]], math.Inf(1)
		equations = append(equations, row)
	}
	for _, cells := range r.notes {
		row := make([]float64, len(x))
		for _, c := range cells {
			row[c] = 1
		}
		equations = append(equations, row)
	}
	return newPolytope(x, low, high, equations)
}

// A finding is what an attack got: how many sums exactly, and which ones within bounds that are too
// narrow.
type finding struct {
	exact, tried, narrow int
	widths               []interval
	bad                  []int
}

// attack tries to read sums that were not shown, of one plane: exactly, and within bounds narrower than
// the floor. A part is never wider than its whole: one of five at most is within four of the truth
// whatever is withheld, for one who knows the five. Bounds are tried on each sum, or on every n-th one.
func (r *reader) attack(plane int, hidden []figure, floor float64, nth int) (f finding) {
	if r.polytope == nil {
		r.polytope = r.bounds()
	}
	var sums [][]int
	var tried []figure
	for i, h := range hidden {
		cells := r.open(plane, h.cells)
		if i%nth == 0 {
			sums, tried = append(sums, cells), append(tried, h)
		}
		if r.span.tells(cells) {
			f.exact++
		}
	}
	f.widths = r.polytope.intervals(sums, floor)
	for i, w := range f.widths {
		if w.width() < min(floor, r.room(plane, tried[i].cells)) {
			f.bad = append(f.bad, i)
		}
	}
	f.tried, f.narrow = len(tried), len(f.bad)
	return f
}

// room is how wide a sum can be for one who knows the whole that it is a part of.
func (r *reader) room(plane int, cells []int) float64 {
	room := 0.0
	p := r.planes[plane]
	for _, c := range cells {
		if r.unknown[r.first[plane]+c] < 0 {
			continue
		}
		if p.cube.High == nil {
			return math.Inf(1)
		}
		room += p.cube.High[p.cells[c]] - 1
	}
	return room
}

// insider counts the small cells of other schools that the head of one, who knows the own cells, reads
// exactly; and the small cells of others there are for each head.
func (r *reader) insider(plane int, rule release.Rule) (read, all int) {
	p := r.planes[plane]
	for school := range p.cube.Axes[0].Codes {
		s := r.span.clone()
		for i, at := range p.cells {
			if cells := r.open(plane, []int{i}); int(at[0]) == school && len(cells) > 0 {
				s.add(cells)
			}
		}
		for i, at := range p.cells {
			cells := r.open(plane, []int{i})
			if int(at[0]) == school || len(cells) == 0 || !rule.Small(p.cube.Cells[at]) {
				continue
			}
			all++
			if s.tells(cells) {
				read++
			}
		}
	}
	return read, all
}
