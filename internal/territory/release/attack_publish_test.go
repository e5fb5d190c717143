package release_test

import (
	"math/rand/v2"
	"slices"
	"strings"

	"belvedere/internal/territory/release"
)

// A figure is a sum that someone may ask for: which cells it adds, by their numbers, and what it is.
type figure struct {
	table int // of the lattice; -1 for a question outside it
	line  string
	cells []int
	value float64
}

// A plane is the figures of one cube as a reader asks for them. It knows nothing of moves: it asks.
type plane struct {
	cube    *release.Cube
	cells   []release.Coord // those that hold someone, in order
	tables  []table
	figures []figure // of the lattice
}

// A table of the lattice is how each axis is cut: by member, by one of its groupings, or not at all.
type table struct {
	ways []int
	ask  release.Ask
}

const (
	byMember = -1
	byNone   = -2
)

func newPlane(c *release.Cube) *plane {
	p := &plane{cube: c}
	for at, v := range c.Cells {
		if v != 0 {
			p.cells = append(p.cells, at)
		}
	}
	slices.SortFunc(p.cells, func(a, b release.Coord) int { return slices.Compare(a[:], b[:]) })
	p.walk(nil)
	for i, t := range p.tables {
		p.figures = append(p.figures, p.figuresOf(i, &t.ask)...)
	}
	return p
}

// walk lists the tables: each axis in each way.
func (p *plane) walk(ways []int) {
	if len(ways) == len(p.cube.Axes) {
		p.tables = append(p.tables, table{slices.Clone(ways), ask(p.cube.Axes, ways)})
		return
	}
	a := p.cube.Axes[len(ways)]
	if a.Sum {
		p.walk(append(ways, byNone))
		for g := range a.Groups {
			p.walk(append(ways, g))
		}
	}
	p.walk(append(ways, byMember))
}

// ask is the question of a table.
func ask(axes []release.Axis, ways []int) release.Ask {
	k := release.Ask{Takes: make([][]bool, len(axes))}
	for a, w := range ways {
		switch {
		case w == byMember:
			k.Lines = append(k.Lines, release.Line{Axis: a, Names: axes[a].Codes})
		case w >= 0:
			of := axes[a].Groups[w].Of
			names, takes := make([]string, len(of)), make([]bool, len(of))
			for i, g := range of {
				names[i], takes[i] = "G"+string(rune('A'+g)), g >= 0
			}
			k.Lines = append(k.Lines, release.Line{Axis: a, Names: names})
			k.Takes[a] = takes
		}
	}
	return k
}

// figuresOf adds the cells of a question line by line, by hand.
func (p *plane) figuresOf(number int, k *release.Ask) []figure {
	var out []figure
	place := map[string]int{}
	for i, at := range p.cells {
		if !taken(k, at) {
			continue
		}
		var names []string
		for _, l := range k.Lines {
			names = append(names, l.Names[at[l.Axis]])
		}
		line := strings.Join(names, "\x00")
		n, ok := place[line]
		if !ok {
			n, place[line] = len(out), len(out)
			out = append(out, figure{table: number, line: line})
		}
		out[n].cells = append(out[n].cells, i)
		out[n].value += p.cube.Cells[at]
	}
	return out
}

func taken(k *release.Ask, at release.Coord) bool {
	for a, list := range k.Takes {
		if list != nil && !list[at[a]] {
			return false
		}
	}
	return true
}

// shown tells which figures of the lattice a mask lets through.
func (p *plane) shown(m *release.Mask) []bool {
	out := make([]bool, len(p.figures))
	withheld := make([]map[string]bool, len(p.tables))
	for i := range p.tables {
		withheld[i], _ = m.Withheld(&p.tables[i].ask)
	}
	for i, f := range p.figures {
		out[i] = !withheld[f.table][f.line]
	}
	return out
}

// others asks n questions at random that are not tables of the lattice: filters, their complements,
// one group less another; and keeps what the mask lets through.
func (p *plane) others(r *rand.Rand, m *release.Mask, n int) (shown, hidden []figure) {
	for range n {
		k := p.question(r)
		lines, total := m.Withheld(&k)
		sum := figure{table: -1}
		for _, f := range p.figuresOf(-1, &k) {
			sum.cells = append(sum.cells, f.cells...)
			sum.value += f.value
			if lines[f.line] {
				hidden = append(hidden, f)
			} else {
				shown = append(shown, f)
			}
		}
		if total {
			hidden = append(hidden, sum)
		} else {
			shown = append(shown, sum)
		}
	}
	return shown, hidden
}

// question takes some members of some axes and cuts its lines by some axes.
func (p *plane) question(r *rand.Rand) release.Ask {
	axes := p.cube.Axes
	k := release.Ask{Takes: make([][]bool, len(axes))}
	for a := range axes {
		if !axes[a].Sum || r.IntN(3) == 0 {
			k.Lines = append(k.Lines, release.Line{Axis: a, Names: axes[a].Codes})
		}
		if r.IntN(3) > 0 {
			k.Takes[a] = takes(r, axes[a])
		}
	}
	return k
}

// takes is a filter: some members, all but one, a group, or a group less another.
func takes(r *rand.Rand, a release.Axis) []bool {
	out := make([]bool, len(a.Codes))
	way := r.IntN(4)
	if len(a.Groups) == 0 {
		way %= 2
	}
	switch way {
	case 0:
		some := r.Float64()
		for i := range out {
			out[i] = r.Float64() < some
		}
	case 1:
		but := r.IntN(len(out))
		for i := range out {
			out[i] = i != but
		}
	case 2:
		of := a.Groups[r.IntN(len(a.Groups))].Of
		g := of[r.IntN(len(of))]
		for i := range out {
			out[i] = of[i] == g
		}
	default:
		of, less := a.Groups[0].Of, a.Groups[len(a.Groups)-1].Of
		g, not := of[r.IntN(len(of))], less[r.IntN(len(less))]
		for i := range out {
			out[i] = of[i] == g && less[i] != not
		}
	}
	return out
}
