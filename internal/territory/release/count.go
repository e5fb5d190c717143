package release

// A Count is how many cells the tables of a cube have, and how many of them some move changes.
type Count struct{ Cells, Hidden int }

// Count counts the cells of all tables of the lattice that hold someone: each is a figure that a
// screen can ask for. A cell that a move changes is withheld.
func (c *Cube) Count(moves []Move) Count {
	var out Count
	for _, s := range c.shapes() {
		changed := map[Coord]bool{}
		for _, m := range moves {
			c.changes(s, m, changed)
		}
		for at, v := range c.sums(s, c.Cells) {
			if v == 0 {
				continue
			}
			out.Cells++
			if changed[at] {
				out.Hidden++
			}
		}
	}
	return out
}

// changes notes the cells of a table that a move changes.
func (c *Cube) changes(s shape, m Move, into map[Coord]bool) {
	var nodes [1 << MaxAxes]Coord
	var by [1 << MaxAxes]float64
	n := 0
	m.Each(func(at Coord, sign float64) {
		node, ok := c.node(s, at)
		if !ok {
			return
		}
		for i := range n {
			if nodes[i] == node {
				by[i] += sign
				return
			}
		}
		nodes[n], by[n] = node, sign
		n++
	})
	for i := range n {
		if by[i] != 0 {
			into[nodes[i]] = true
		}
	}
}
