// Package release decides which figures may be shown, so that nothing that is shown, alone or with
// everything else that is or was shown, tells a number of persons under the floor of its class.
//
// The principle is one sentence: a figure is shown only if it would be the same in the other worlds
// that stay possible. A move is a small change of the base cells of a measure (one more girl here, one
// less there) that leaves totals as they are; moves come in grids, whose cells lend one another what
// each can spare. Protect finds grids for every number that must not be told, until two worlds that
// they make lie a floor apart in that number. A figure that a move would change is withheld; all others
// are shown. So whoever combines figures, by subtraction over margins, complements of filters,
// overlapping groups of schools, levels or months, reads only what is true in all those worlds: the
// hidden number keeps an interval at least as wide as the floor, whatever the combination. No list of
// queries is needed, and none is forgotten: any sum over any part of the cells is judged by the same
// test. Nor does a sum outside the tables come out small: were it shown under the floor, none of its
// cells could be larger than that, in any world.
//
// Two limits. A part of a whole can never be more uncertain than the whole leaves it. And what someone
// knows otherwise, such as the own school, narrows what the others may be: the attack suite measures how much.
//
// Zeros stay true: a cell that holds nobody is never moved, hence never withheld by itself. A cell
// that is hidden is therefore known to hold one at least, and the interval is counted from there.
//
// The package is pure: counts in, moves out, in the same order for the same counts. It knows neither
// viewer nor store (trust.md 3.3 rules 1, 2, 4, 6 and 7; issue of the release engine, point 1).
package release

import (
	"cmp"
	"math"
)

// MaxAxes is how many axes a cube may have: the school, the time and five dimensions.
const MaxAxes = 7

// A Coord is a base cell: the place of its code on each axis; 0 on the axes that the cube lacks.
type Coord [MaxAxes]int32

// An Axis is a dimension of a cube. The first one is the school.
type Axis struct {
	Name   string
	Codes  []string
	Sum    bool       // its members may be added; else each one is a table of its own
	Groups []Grouping // sets of members that tables show beside the members and the whole
}

// A Grouping puts each member of an axis into a group: schools into communes, levels into cycles.
type Grouping struct {
	Name string
	Of   []int32 // by code; -1 where a member has no group
}

// A Cube holds the base cells of one measure over one school year.
type Cube struct {
	Axes  []Axis
	Cells map[Coord]float64
	// Low and High bound what a reader knows of a cell before any table: a part is at most its whole,
	// a whole at least each of its parts. A cell without entry lies between 1 and infinity.
	Low, High map[Coord]float64
	// Whole holds the measure that this one is a part of, nil when there is none: the rest is
	// protected as the part is.
	Whole map[Coord]float64
}

// A Rule is what a class of secrecy asks.
type Rule struct {
	Floor     float64 // persons; a number between 0 and the floor is not told
	Dominance float64 // share of a sum over schools that its two largest may reach when one of them is hidden; 0 for none
}

// A Move is a change that shown figures do not see: the cells got by taking, on each flipped axis, A or
// B, each plus one or minus one by the number of times B was taken.
type Move struct {
	A, B Coord
	Flip uint8 // axes on which A and B differ
}

// Flips tells whether the move flips an axis.
func (m Move) Flips(axis int) bool { return m.Flip>>axis&1 == 1 }

// Each calls f with each cell of the move and its sign.
func (m Move) Each(f func(c Coord, sign float64)) {
	var axes []int
	for a := range MaxAxes {
		if m.Flips(a) {
			axes = append(axes, a)
		}
	}
	for k := range 1 << len(axes) {
		c, sign := m.A, 1.0
		for i, a := range axes {
			if k>>i&1 == 1 {
				c[a], sign = m.B[a], -sign
			}
		}
		f(c, sign)
	}
}

func (c *Cube) low(at Coord) float64 {
	if v, ok := c.Low[at]; ok {
		return max(v, 1)
	}
	return 1
}

func (c *Cube) high(at Coord) float64 {
	if v, ok := c.High[at]; ok {
		return v
	}
	return math.Inf(1)
}

// compare orders cells, so that the same counts give the same moves.
func (c Coord) compare(o Coord) int {
	for a := range MaxAxes {
		if d := cmp.Compare(c[a], o[a]); d != 0 {
			return d
		}
	}
	return 0
}

// Small tells whether a number of persons is too small to be told: under the floor and not zero.
func (r Rule) Small(v float64) bool {
	v = math.Abs(v)
	return v > 0 && v < r.Floor
}
