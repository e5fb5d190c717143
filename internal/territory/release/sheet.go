package release

import "math"

// A sheet is a part of a cube in which all axes add: the axes whose members may not be added stand at
// one code each. What lies in two sheets never meets in a sum. Its cells are numbered, so that looking
// at many of them is quick.
type sheet struct {
	axes   []Axis
	number []int // of each axis in the cube
	base   Coord // the codes on the others
	stride []int
	floor  float64
	value  []float64 // by cell
	low    []float64
	high   []float64
	rest   []float64 // what is missing to the whole; nil without whole
	fresh  []bool
	cells  []int // those that hold someone, in order
	at     [][]*grid
	delta  []float64 // scratch: how far a world is from the true one
	moved  []int     // the cells where it is
}

// sheets cuts a cube along the axes that do not add, in order.
func (c *Cube) sheets(fresh func(Coord) bool) []*sheet {
	var add, apart []int
	for a := range c.Axes {
		if c.Axes[a].Sum {
			add = append(add, a)
		} else {
			apart = append(apart, a)
		}
	}
	by := map[Coord]*sheet{}
	fill := func(cells map[Coord]float64, whole bool) {
		for at, v := range cells {
			key := at.only(apart)
			if v == 0 {
				continue
			}
			if by[key] == nil {
				by[key] = c.newSheet(add, key)
			}
			by[key].put(c, at, v, whole)
		}
	}
	fill(c.Whole, true)
	fill(c.Cells, false)
	var out []*sheet
	for _, key := range ordered(by) {
		out = append(out, by[key].ready(fresh))
	}
	return out
}

// only keeps the codes of some axes.
func (c Coord) only(axes []int) (out Coord) {
	for _, a := range axes {
		out[a] = c[a]
	}
	return out
}

func (c *Cube) newSheet(add []int, base Coord) *sheet {
	s := &sheet{number: add, base: base}
	n := 1
	for _, a := range add {
		s.axes = append(s.axes, c.Axes[a])
		s.stride = append(s.stride, n)
		n *= len(c.Axes[a].Codes)
	}
	s.value, s.low, s.high = make([]float64, n), make([]float64, n), make([]float64, n)
	s.fresh, s.at, s.delta = make([]bool, n), make([][]*grid, n), make([]float64, n)
	if c.Whole != nil {
		s.rest = make([]float64, n)
	}
	return s
}

func (s *sheet) put(c *Cube, at Coord, v float64, whole bool) {
	i := s.place(at)
	if whole {
		s.rest[i] += v
		return
	}
	if s.rest != nil {
		s.rest[i] -= v
	}
	s.value[i], s.low[i], s.high[i] = v, c.low(at), c.high(at)
}

// ready lists the cells and notes which ones may be touched.
func (s *sheet) ready(fresh func(Coord) bool) *sheet {
	for i, v := range s.value {
		if v == 0 {
			continue
		}
		s.cells = append(s.cells, i)
		s.fresh[i] = fresh == nil || fresh(s.coord(i))
	}
	return s
}

// place numbers a cell.
func (s *sheet) place(at Coord) int {
	i := 0
	for k, a := range s.number {
		i += int(at[a]) * s.stride[k]
	}
	return i
}

func (s *sheet) coord(place int) Coord {
	out := s.base
	for k, a := range s.number {
		out[a] = s.code(place, k)
	}
	return out
}

// code is where a cell stands on an axis.
func (s *sheet) code(place, axis int) int32 {
	return int32(place / s.stride[axis] % len(s.axes[axis].Codes))
}

// with is the cell at another code of an axis.
func (s *sheet) with(place, axis int, code int32) int {
	return place + (int(code)-int(s.code(place, axis)))*s.stride[axis]
}

// spare is how far a cell may fall, or rise, in the world at hand.
func (s *sheet) spare(place int, rise bool) float64 {
	if rise {
		return max(0, s.high[place]-s.value[place]-s.delta[place])
	}
	return max(0, s.value[place]+s.delta[place]-s.low[place])
}

// spareHere is the same for the cell that is looked at. A part whose whole is small may rise to one more
// than the floor: the whole is hidden, and its own interval goes as far. Both rise together, since what
// falls and what rises around a cell is told by how many axes part them, in the moves of the part as in
// those of the whole: where the whole falls, the part does not rise.
func (s *sheet) spareHere(place int, rise bool) float64 {
	if !rise || s.rest == nil {
		return s.spare(place, rise)
	}
	return max(0, s.top(place)-s.value[place]-s.delta[place])
}

func (s *sheet) top(place int) float64 {
	if s.rest != nil && s.value[place]+s.rest[place] < s.floor {
		return max(s.high[place], s.floor+1)
	}
	return s.high[place]
}

// shift changes a cell of the world at hand.
func (s *sheet) shift(place int, by float64) {
	if s.delta[place] == 0 {
		s.moved = append(s.moved, place)
	}
	s.delta[place] += by
}

// truth goes back to the true world.
func (s *sheet) truth() {
	for _, p := range s.moved {
		s.delta[p] = 0
	}
	s.moved = s.moved[:0]
}

// A cut is a table of a sheet: its lines along each axis, its sums.
type cut struct {
	shape
	line   [][]int32 // by axis and code: the line; -1 for none
	nodes  []int     // by axis: the stride of a line in the number of a cell of the table
	count  int
	sum    []float64
	rest   []float64
	price  []float64 // what hiding costs
	hidden []int32   // by how many grids
	want   []bool    // what must not be told
	inside [][]int   // the cells of those, the largest first
}

// cut adds up a table.
func (s *sheet) cut(way shape) *cut {
	t := &cut{shape: way, count: 1}
	for a := range s.axes {
		line, n := s.axes[a].lines(way[a])
		t.line, t.nodes = append(t.line, line), append(t.nodes, t.count)
		t.count *= n
	}
	t.sum, t.hidden = s.add(t, s.value), make([]int32, t.count)
	if s.rest != nil {
		t.rest = s.add(t, s.rest)
	}
	return t
}

// lines numbers the lines of an axis cut in some way.
func (a *Axis) lines(way int8) (line []int32, n int) {
	line = make([]int32, len(a.Codes))
	switch {
	case way == byNone:
		return line, 1
	case way == byMember:
		for i := range line {
			line[i] = int32(i)
		}
		return line, len(line)
	}
	for i, g := range a.Groups[way].Of {
		line[i], n = g, max(n, int(g)+1)
	}
	return line, n
}

func (s *sheet) add(t *cut, values []float64) []float64 {
	out := make([]float64, t.count)
	for _, i := range s.cells {
		if n := s.node(t, i); n >= 0 {
			out[n] += values[i]
		}
	}
	return out
}

// node is the cell of a table in which a cell lies, -1 for none.
func (s *sheet) node(t *cut, place int) int {
	n := 0
	for a := range s.axes {
		l := t.line[a][s.code(place, a)]
		if l < 0 {
			return -1
		}
		n += int(l) * t.nodes[a]
	}
	return n
}

// inside tells whether a code lies in a cell of a table, along an axis; one of its cells is given.
func (s *sheet) inside(t *cut, place, axis int, code int32) bool {
	return t.line[axis][code] == t.line[axis][s.code(place, axis)]
}

// room is how wide the sum of cells can be before anything is shown: a part is at most its whole.
func (s *sheet) room(cells []int) float64 {
	room := 0.0
	for _, p := range cells {
		if room += s.top(p) - s.low[p]; math.IsInf(room, 1) {
			break
		}
	}
	return room
}
