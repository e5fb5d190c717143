package release

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// randomCube has few codes, zeros, groups, and sometimes a whole.
func randomCube(r *rand.Rand) *Cube {
	c := &Cube{Cells: map[Coord]float64{}}
	for a := range 2 + r.IntN(2) {
		x := Axis{Name: fmt.Sprint(a), Sum: true}
		g := Grouping{Name: "g"}
		for i := range 2 + r.IntN(4) {
			x.Codes = append(x.Codes, fmt.Sprint(i))
			g.Of = append(g.Of, int32(r.IntN(3)-1))
		}
		x.Groups = []Grouping{g}
		c.Axes = append(c.Axes, x)
	}
	whole := map[Coord]float64{}
	each := &sheet{axes: c.Axes, number: []int{0, 1, 2}[:len(c.Axes)]}
	n := 1
	for _, a := range c.Axes {
		each.stride = append(each.stride, n)
		n *= len(a.Codes)
	}
	for i := range n {
		if v := float64(r.IntN(9)); v > 0 {
			c.Cells[each.coord(i)] = v
			whole[each.coord(i)] = v + float64(r.IntN(4))
		}
	}
	if r.IntN(2) == 0 {
		c.Whole, c.High = whole, whole
	}
	return c
}

func randomGrid(r *rand.Rand, s *sheet) *grid {
	g := &grid{}
	for a := range s.axes {
		codes := r.Perm(len(s.axes[a].Codes))[:1+r.IntN(len(s.axes[a].Codes))]
		var list []int32
		for _, c := range codes {
			list = append(list, int32(c))
		}
		slices.Sort(list)
		g.codes = append(g.codes, list)
	}
	return g
}

// TestPush: the world that a grid makes is a possible one, shows the same in all that the moves of the
// grid do not change, and moves the sum by what is said.
func TestPush(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	moved := 0
	for range 3000 {
		c := randomCube(r)
		s := c.sheets(nil)[0]
		s.floor = 5
		g := randomGrid(r, s)
		table := s.cut((&Cube{Axes: s.axes}).shapes()[r.IntN(9)])
		home := s.cells[r.IntN(len(s.cells))]
		node := s.node(table, home)
		rise := r.IntN(2) == 0
		if node < 0 {
			continue
		}
		far := g.push(s, table, home, rise, float64(1+r.IntN(6)))
		if far > 0 {
			moved++
		}
		world := slices.Clone(s.value)
		for i, d := range s.delta {
			if world[i] += d; d != 0 && (world[i] < s.low[i] || world[i] > s.top(i) || s.value[i] == 0) {
				t.Fatalf("cell %d of %v becomes %v: not in %v to %v", i, s.value[i], world[i], s.low[i], s.top(i))
			}
		}
		for _, way := range (&Cube{Axes: s.axes}).shapes() {
			sameFigures(t, s, g, s.cut(way), world)
		}
		want := far
		if !rise {
			want = -far
		}
		if got := s.add(table, world)[node] - table.sum[node]; got != want {
			t.Fatalf("the sum moved by %v, said %v", got, want)
		}
	}
	if moved < 300 {
		t.Errorf("only %d worlds were others", moved)
	}
}

// sameFigures compares a world with the truth outside what a grid changes, by Withheld as by changes.
func sameFigures(t *testing.T, s *sheet, g *grid, table *cut, world []float64) {
	t.Helper()
	changed, touched := make([]bool, table.count), make([]bool, table.count)
	g.changes(table, func(n int) { changed[n] = true })
	for _, m := range g.moves(s, nil) {
		by := map[int]float64{}
		m.Each(func(at Coord, sign float64) {
			if n := s.node(table, s.place(at)); n >= 0 {
				by[n] += sign
			}
		})
		for n, v := range by {
			touched[n] = touched[n] || v != 0
		}
	}
	if !reflect.DeepEqual(changed, touched) {
		t.Fatalf("grid %v, table %v: changes %v, its moves %v", g.codes, table.shape, changed, touched)
	}
	for n, v := range s.add(table, world) {
		if !changed[n] && v != table.sum[n] {
			t.Fatalf("grid %v, table %v: %v became %v though the grid does not change it", g.codes, table.shape, table.sum[n], v)
		}
	}
}

// TestKeptGrids: the grids of a former release are found again in its moves, and count the same.
func TestKeptGrids(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 300 {
		s := randomCube(r).sheets(nil)[0]
		g := randomGrid(r, s)
		again := s.gridsOf(g.moves(s, nil))
		if len(again) != 1 || !reflect.DeepEqual(again[0].codes, g.codes) {
			t.Fatalf("%v became %d grids, the first %v", g.codes, len(again), again[0].codes)
		}
	}
}

// TestKeep: what protected once protects the same counts again, without a new move; and when the counts
// of a move have shrunk, it is worth less and others come to help.
func TestKeep(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	more := 0
	for range 100 {
		c, rule := randomCube(r), Rule{Floor: 5, Dominance: 0.85}
		moves := Protect(c, rule, nil, nil)
		if again := Protect(c, rule, moves, nil); !reflect.DeepEqual(again, moves) {
			t.Fatalf("%d moves became %d with the same counts", len(moves), len(again))
		}
		for at, v := range c.Cells {
			c.Cells[at] = math.Ceil(v / 2)
		}
		again := Protect(c, rule, moves, nil)
		if !reflect.DeepEqual(again[:len(moves)], moves) {
			t.Fatal("kept moves have changed")
		}
		if len(again) > len(moves) {
			more++
		}
	}
	if more < 20 {
		t.Errorf("in %d of 100 cubes only did smaller counts need more moves", more)
	}
}
