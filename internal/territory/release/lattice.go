package release

import "slices"

// whole is the place of an axis that a table does not cut, in the address of one of its cells.
const whole int32 = -1

// A shape says how each axis is cut in a table of the lattice: by member, by group, or not at all.
type shape []int8

// The ways to cut an axis; 0 and above are its groupings.
const (
	byMember int8 = -1
	byNone   int8 = -2
)

// shapes are all tables of the lattice, the coarsest first: moves that protect large groups protect
// much of what is inside them.
func (c *Cube) shapes() []shape {
	out := []shape{{}}
	for _, a := range c.Axes {
		ways := []int8{byMember}
		if a.Sum {
			ways = []int8{byNone}
			for g := range a.Groups {
				ways = append(ways, int8(g))
			}
			ways = append(ways, byMember)
		}
		var next []shape
		for _, s := range out {
			for _, w := range ways {
				next = append(next, append(slices.Clone(s), w))
			}
		}
		out = next
	}
	slices.SortStableFunc(out, func(a, b shape) int { return a.fineness() - b.fineness() })
	return out
}

// fineness counts the axes that are cut, members twice.
func (s shape) fineness() int {
	n := 0
	for _, w := range s {
		switch {
		case w == byMember:
			n += 2
		case w >= 0:
			n++
		}
	}
	return n
}

// node is the address of the cell of a table that holds a base cell; ok is false when the base cell
// has no group there.
func (c *Cube) node(s shape, at Coord) (out Coord, ok bool) {
	for a, way := range s {
		switch {
		case way == byMember:
			out[a] = at[a]
		case way == byNone:
			out[a] = whole
		default:
			if out[a] = c.Axes[a].Groups[way].Of[at[a]]; out[a] < 0 {
				return out, false
			}
		}
	}
	return out, true
}

// sums adds the base cells of each cell of a table.
func (c *Cube) sums(s shape, cells map[Coord]float64) map[Coord]float64 {
	out := map[Coord]float64{}
	for at, v := range cells {
		if n, ok := c.node(s, at); ok {
			out[n] += v
		}
	}
	return out
}

// ordered lists the keys of a map by cell.
func ordered[T any](nodes map[Coord]T) []Coord {
	out := make([]Coord, 0, len(nodes))
	for n := range nodes {
		out = append(out, n)
	}
	slices.SortFunc(out, Coord.compare)
	return out
}
