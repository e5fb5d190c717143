package chart

import (
	"io"
	"math"
	"strconv"
	"strings"

	"belvedere"
)

// A Point is a value of a trend with the name of its step ("2024-2025").
type Point struct {
	Label string
	Cell  belvedere.Cell
}

// Spark draws the trend of a figure, without axis: its shape alone, from the smallest to the
// largest value, with a dot on the last. Options.Title names the figure. With less than one
// value it writes the words "pas de tendance".
func Spark(w io.Writer, c belvedere.ResultColumn, points []Point, o Options) error {
	c.Decimals = max(0, min(6, c.Decimals))
	s := series{col: c, label: columnLabel(c), cells: make([]belvedere.Cell, len(points))}
	g := &grid{kind: yearly, points: make([]point, len(points))}
	row := belvedere.ResultRow{Cells: make([]belvedere.Cell, 1)}
	for i, p := range points {
		row.Cells[0] = p.Cell
		s.cells[i], g.points[i].label = cellAt(row, 0), p.Label
	}
	g.series = []series{s}
	if o.Title = strings.TrimSpace(o.Title); o.Title == "" {
		o.Title = s.label
	}
	id := o.id(&belvedere.Result{Columns: []belvedere.ResultColumn{c}})
	lo, hi, ok := bounds(g.series)
	if !ok {
		return nothing(w, id, "Pas de tendance"+colon+trendless(g))
	}
	p := newPage(id)
	p.s(`<svg class="spark" height="40"`).named(id, o.Title, capital(g.describe(g.series)))
	d := &plot{page: p, g: g, list: g.series, class: []string{"plain"}, scale: scale{lo: lo, hi: hi}, top: 5, bottom: 35, running: -1}
	if lo == hi {
		d.scale = scale{lo: lo - 1, hi: hi + 1}
	} else if pad := (leastReach*math.Max(math.Abs(lo), math.Abs(hi)) - (hi - lo)) / 2; pad > 0 {
		d.scale = scale{lo: lo - pad, hi: hi + pad}
	}
	d.band = 100 / math.Max(1, float64(len(points)-1))
	last := 0
	for i, cell := range s.cells {
		if cell.State.Shown() {
			last = i
		}
	}
	d.sparkLines(s)
	for i, cell := range s.cells {
		before := i > 0 && s.cells[i-1].State.Shown()
		after := i+1 < len(s.cells) && s.cells[i+1].State.Shown()
		if cell.State.Shown() && !before && !after && i != last {
			p.s(`<circle class="dot"`).pc("cx", .97*float64(i)*d.band).a("cy", d.y(cell.Value)).s(` r="2"/>`)
		}
	}
	x := .97 * float64(last) * d.band
	class := "dot"
	if s.cells[last].State == belvedere.Partial {
		class = "dot-partial"
	}
	p.s(`<circle class="`, class, `"`).pc("cx", x).a("cy", d.y(s.cells[last].Value)).s(` r="3"/></svg>`)
	return p.flush(w)
}

// sparkLines draws the runs of the trend between 0 and 97 % of the width: steps lie on the
// edges, not in the middle of bands.
func (d *plot) sparkLines(s series) {
	d.s(`<svg x="0" y="0" width="97%" height="40" viewBox="0 0 100 40" preserveAspectRatio="none" overflow="visible"><g transform="translate(`).n(-d.band / 2).s(`)">`)
	d.strokes(s, "plain")
	d.s(`</g></svg>`)
}

func trendless(g *grid) string {
	t := g.tallyOf(g.series)
	if words := t.sentence(); words != "" {
		return words
	}
	return "aucune valeur."
}

func itoa(i int) string { return strconv.Itoa(i) }
