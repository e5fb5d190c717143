package chart

import (
	"math"
	"sort"
	"strings"

	"belvedere"
)

// A grid is a result made ready to draw: points along the axis, series across, one cell for
// each pair. Whatever the result lacks is filled by a cell that says so.
type grid struct {
	dim    belvedere.ResultDim
	kind   axisKind
	points []point
	series []series
	left   int // series of the result that are not drawn
}

// A series is one column of the result, or one column for one member of a second dimension.
type series struct {
	key   string // of the column
	label string
	code  string // of the profile or medium, "" for any other
	col   belvedere.ResultColumn
	cells []belvedere.Cell // one per point
}

// mostSeries is what one chart can show with labels that a reader tells apart.
const mostSeries = 14

// newGrid reads a result. It never fails: an empty result gives an empty grid.
func newGrid(r *belvedere.Result, o Options) *grid {
	g := &grid{}
	if r == nil || len(r.Columns) == 0 || len(r.Rows) == 0 {
		return g
	}
	if len(r.Dims) > 0 {
		g.dim = r.Dims[0]
	}
	if len(r.Dims) > 1 {
		g.pivot(r)
	} else {
		g.straight(r)
	}
	g.order(o)
	return g
}

// limit leaves out the series that one chart cannot show.
func (g *grid) limit() {
	if g.left = max(0, len(g.series)-mostSeries); g.left > 0 {
		g.series = g.series[:mostSeries]
	}
}

// straight takes each row as a point and each column as a series.
func (g *grid) straight(r *belvedere.Result) {
	for _, c := range r.Columns {
		g.series = append(g.series, newSeries(c, len(r.Rows)))
	}
	for i, row := range r.Rows {
		g.points = append(g.points, newPoint(keyAt(row, 0), row.Note))
		for j := range g.series {
			g.series[j].cells[i] = cellAt(row, j)
		}
	}
}

// pivot turns the second dimension of the rows into series, for each column. Time goes along
// the axis, whichever dimension comes first.
func (g *grid) pivot(r *belvedere.Result) {
	along, across := 0, 1
	if kindOf(r.Dims[0].Name) == category && kindOf(r.Dims[1].Name) != category {
		along, across = 1, 0
	}
	g.dim = r.Dims[along]
	points, members := map[string]int{}, map[string]int{}
	var names []belvedere.Key
	for _, row := range r.Rows {
		if k := keyAt(row, along); !seen(points, k.Code) {
			g.points = append(g.points, newPoint(k, ""))
		}
		if k := keyAt(row, across); !seen(members, k.Code) {
			names = append(names, k)
		}
	}
	if kindOf(r.Dims[across].Name) == hourly {
		byHour(names, members)
	}
	for _, name := range names {
		for _, c := range r.Columns {
			s := newSeries(c, len(g.points))
			s.code = knownCode(r.Dims[across].Name, name.Code)
			if s.label = labelOf(name); len(r.Columns) > 1 {
				s.label += ", " + columnLabel(c)
			}
			g.series = append(g.series, s)
		}
	}
	if kindOf(g.dim.Name) == category && kindOf(r.Dims[across].Name) == category {
		for _, s := range g.series { // a pair that has no line is none: nothing is awaited
			for i := range s.cells {
				s.cells[i] = belvedere.Cell{State: belvedere.NotApplicable, Why: "Aucune donnée pour ce croisement."}
			}
		}
	}
	for _, row := range r.Rows {
		i, m := points[keyAt(row, along).Code], members[keyAt(row, across).Code]
		for j := range r.Columns {
			g.series[m*len(r.Columns)+j].cells[i] = cellAt(row, j)
		}
	}
}

// byHour puts the hours of a day in order.
func byHour(names []belvedere.Key, numbers map[string]int) {
	sort.SliceStable(names, func(i, j int) bool {
		a, _ := readHour(names[i].Code)
		b, _ := readHour(names[j].Code)
		return a < b
	})
	for i, k := range names {
		numbers[k.Code] = i
	}
}

// seen numbers the codes in the order of their first appearance.
func seen(numbers map[string]int, code string) bool {
	if _, ok := numbers[code]; ok {
		return true
	}
	numbers[code] = len(numbers)
	return false
}

func newSeries(c belvedere.ResultColumn, n int) series {
	c.Decimals = max(0, min(6, c.Decimals))
	s := series{key: c.Key, label: columnLabel(c), code: columnCode(c), col: c, cells: make([]belvedere.Cell, n)}
	for i := range s.cells {
		s.cells[i] = belvedere.Cell{State: belvedere.Expected}
	}
	return s
}

func columnLabel(c belvedere.ResultColumn) string {
	for _, s := range []string{c.Label, c.Group, c.Indicator, c.Key} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return "Série sans nom"
}

func labelOf(k belvedere.Key) string {
	if l := strings.TrimSpace(k.Label); l != "" {
		return l
	}
	if k.Code != "" {
		return k.Code
	}
	return "Non ventilé"
}

func keyAt(row belvedere.ResultRow, i int) belvedere.Key {
	if i < len(row.Keys) {
		return row.Keys[i]
	}
	return belvedere.Key{}
}

// cellAt reads a cell, turns what cannot be drawn into a reason, and never goes out of bounds.
func cellAt(row belvedere.ResultRow, j int) belvedere.Cell {
	if j < 0 || j >= len(row.Cells) {
		return belvedere.Cell{State: belvedere.NotAvailable}
	}
	c := row.Cells[j]
	if c.State.Shown() && !(math.Abs(c.Value) < absurd) {
		return belvedere.Cell{State: belvedere.NotAvailable, Why: "La valeur reçue n’est pas un nombre plausible."}
	}
	return c
}

// bounds are the smallest and largest shown values of some series, and whether there is one.
func bounds(list []series) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range list {
		for _, c := range s.cells {
			if c.State.Shown() {
				lo, hi = math.Min(lo, c.Value), math.Max(hi, c.Value)
			}
		}
	}
	return lo, hi, hi >= lo
}

// whole tells whether all series are counts, so that an axis needs no decimals.
func whole(list []series) bool {
	for _, s := range list {
		if s.col.Percent || s.col.Decimals > 0 {
			return false
		}
	}
	return true
}

// sameUnit tells whether two columns can share an axis.
func sameUnit(a, b belvedere.ResultColumn) bool { return a.Percent == b.Percent && a.Unit == b.Unit }

// byUnit parts the series by unit, in order of first appearance: one axis never holds two.
func byUnit(list []series) [][]series {
	var out [][]series
next:
	for _, s := range list {
		for i := range out {
			if sameUnit(out[i][0].col, s.col) {
				out[i] = append(out[i], s)
				continue next
			}
		}
		out = append(out, []series{s})
	}
	return out
}
