package release

import "slices"

// A grid is a set of moves that share their cells: some codes on each of some axes, and every move that
// takes two of them on each. Persons pass from any cell of it to any other as long as each line and
// each column keeps its sum, so thin cells lend one another what each can spare. Along the other axes it
// stands at one code.
//
// A sum changes in those moves exactly when it takes some of the codes, and leaves some, on every axis
// that the grid flips; it then takes one corner more of a move than it gives.
type grid struct {
	codes [][]int32 // by axis of the sheet, in order
	lines lines
	turn  int // when it was laid: grids take turns in that order
}

// lines remembers on which lines the codes of a grid lie, by axis and way of cutting it.
type lines [MaxAxes][][]int32

func (g *grid) flips() []int {
	var out []int
	for a, codes := range g.codes {
		if len(codes) > 1 {
			out = append(out, a)
		}
	}
	return out
}

// each calls f with all cells of a grid.
func (g *grid) each(s *sheet, f func(place int)) { each(s, g.codes, f) }

// each calls f with the cells at the crossings of codes.
func each(s *sheet, codes [][]int32, f func(place int)) {
	var walk func(a, place int)
	walk = func(a, place int) {
		if a == len(codes) {
			f(place)
			return
		}
		for _, c := range codes[a] {
			walk(a+1, place+int(c)*s.stride[a])
		}
	}
	walk(0, 0)
}

// moves are those that start from the first corner; the others are their sums and differences. Where the
// grid before starts from there too, the second code stands first on an axis, so that each grid can be told
// from the next.
func (g *grid) moves(s *sheet, before []Move) []Move {
	m := Move{A: s.base}
	first, others := make([][]int32, len(g.codes)), make([][]int32, len(g.codes))
	for a, codes := range g.codes {
		first[a], others[a] = codes, codes
		if len(codes) > 1 {
			m.Flip |= 1 << s.number[a]
		}
	}
	start := func() {
		for a, codes := range first {
			m.A[s.number[a]] = codes[0]
			if len(codes) > 1 {
				others[a] = codes[1:]
			}
		}
	}
	if start(); len(before) > 0 && before[len(before)-1].A == m.A && before[len(before)-1].Flip == m.Flip {
		for a, codes := range first {
			if len(codes) > 1 {
				first[a] = append(slices.Clone(codes[1:]), codes[0])
				break
			}
		}
		start()
	}
	var out []Move
	each(s, others, func(place int) {
		m.B = s.coord(place)
		out = append(out, m)
	})
	return out
}

// gridsOf puts together moves that start from one corner and flip the same axes. When they are not all
// moves of a grid, or come from an older version, each one is a grid of its own.
func (s *sheet) gridsOf(moves []Move) []*grid {
	g := &grid{codes: make([][]int32, len(s.axes))}
	n := 1
	for k, a := range s.number {
		g.codes[k] = []int32{moves[0].A[a]}
		for _, m := range moves {
			if !slices.Contains(g.codes[k], m.B[a]) {
				g.codes[k] = append(g.codes[k], m.B[a])
			}
		}
		slices.Sort(g.codes[k])
		n *= max(1, len(g.codes[k])-1)
	}
	if n == len(moves) || len(moves) == 1 {
		return []*grid{g}
	}
	var out []*grid
	for _, m := range moves {
		out = append(out, s.gridsOf([]Move{m})...)
	}
	return out
}

// split parts the codes of a grid: those in the sum of a table's cell and those outside. It is false when the
// grid does not change that sum. Home is a cell in the sum.
func (g *grid) split(s *sheet, t *cut, home int) (in, out [][]int32, touches bool) {
	in, out = make([][]int32, len(g.codes)), make([][]int32, len(g.codes))
	for a, codes := range g.codes {
		for _, c := range codes {
			if s.inside(t, home, a, c) {
				in[a] = append(in[a], c)
			} else {
				out[a] = append(out[a], c)
			}
		}
		if len(in[a]) == 0 || len(codes) > 1 && len(out[a]) == 0 {
			return nil, nil, false
		}
		if len(codes) == 1 {
			out[a] = in[a]
		}
	}
	return in, out, true
}

// changes calls f with the cells of a table that the moves of a grid change: those on the lines of its
// codes, when they lie on several lines wherever it flips.
func (g *grid) changes(t *cut, f func(node int)) {
	var on [MaxAxes][]int32
	for a, codes := range g.codes {
		if on[a] = g.along(t, a); len(on[a]) < min(len(codes), 2) {
			return
		}
	}
	var walk func(a, n int)
	walk = func(a, n int) {
		for _, l := range on[a] {
			switch {
			case l < 0:
			case a == len(g.codes)-1:
				f(n + int(l)*t.nodes[a])
			default:
				walk(a+1, n+int(l)*t.nodes[a])
			}
		}
	}
	walk(0, 0)
}

// along are the lines of a table on which a grid lies.
func (g *grid) along(t *cut, axis int) []int32 {
	way := t.shape[axis]
	if way == byMember {
		return g.codes[axis]
	}
	place := int(way - byNone)
	for len(g.lines[axis]) <= place {
		g.lines[axis] = append(g.lines[axis], nil)
	}
	if g.lines[axis][place] == nil {
		g.lines[axis][place] = distinct(t.line[axis], g.codes[axis])
	}
	return g.lines[axis][place]
}

// distinct are the lines of some codes.
func distinct(line, codes []int32) []int32 {
	out := make([]int32, 0, len(codes))
	for _, c := range codes {
		if l := line[c]; !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// push changes the world at hand by the moves of a grid, so that a sum rises or falls as far as it can,
// but no further than asked; it says how far it went.
func (g *grid) push(s *sheet, t *cut, home int, rise bool, most float64) (far float64) {
	in, out, ok := g.split(s, t, home)
	if !ok {
		return 0
	}
	flips := g.flips()
	each(s, in, func(corner int) {
		if far >= most || s.spareHere(corner, rise) == 0 {
			return
		}
		each(s, out, func(other int) {
			if far < most {
				far += s.carry(flips, corner, other, rise, most-far)
			}
		})
	})
	return far
}

// carry makes the move of two opposite corners some times, as many as its cells can spare.
func (s *sheet) carry(flips []int, corner, other int, rise bool, most float64) float64 {
	var cells [1 << MaxAxes]int
	cells[0] = corner
	n := 1
	for _, a := range flips {
		step := (int(s.code(other, a)) - int(s.code(corner, a))) * s.stride[a]
		for i := range n {
			cells[n+i] = cells[i] + step
		}
		n *= 2
	}
	most = min(most, s.spareHere(corner, rise))
	for i, p := range cells[:n] {
		if s.value[p] == 0 {
			return 0
		}
		if i > 0 {
			most = min(most, s.spare(p, rise == (ones(uint8(i))%2 == 0)))
		}
	}
	if most <= 0 {
		return 0
	}
	for i, p := range cells[:n] {
		if rise == (ones(uint8(i))%2 == 0) {
			s.shift(p, most)
		} else {
			s.shift(p, -most)
		}
	}
	return most
}

// width is a bound of how wide the interval of a sum stays, up to what is asked: two worlds are made,
// one in which the sum is large and one in which it is small. Each starts from the truth and makes moves
// of grids one after the other while all cells stay within their bounds; what a cell can spare is thus
// spent once, whichever grids share it. A cleverer order might go further: the bound is on the safe side.
func (s *sheet) width(t *cut, home int, grids []*grid, most float64) (wide float64) {
	for _, rise := range []bool{true, false} {
		for _, g := range grids {
			if wide < most {
				wide += g.push(s, t, home, rise, most-wide)
			}
		}
		s.truth()
	}
	return wide
}

// ones counts the bits of a set.
func ones(f uint8) int {
	n := 0
	for ; f != 0; f &= f - 1 {
		n++
	}
	return n
}
