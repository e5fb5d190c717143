package export

import (
	"math"
	"strings"

	"belvedere"
)

// dataInk are the fills of series, from dark to light: ordered, so that print without colours tells
// them apart.
var dataInk = []colour{{0x24, 0x78, 0x85}, {0x1f, 0x30, 0x47}, {0x76, 0x93, 0xbe}, {0xb9, 0x7f, 0x00}, {0x8c, 0x90, 0x90}, {0x68, 0x03, 0x34}}

// dashes of the lines of series, so that they differ by more than a colour.
var dashes = [][]float64{nil, {1.6, 0.8}, {0.5, 0.7}, {2.4, 0.6, 0.5, 0.6}, {0.9, 0.9}, {3, 1}}

// drawChart draws a table as its dashboard does; false when it cannot, and the table is written instead.
func (b *boardPrinter) drawChart(p *Part, x, y, width, height float64) bool {
	r := drawable(p.plain)
	if len(r.Columns) == 0 || len(r.Dims) == 0 || height < 14 {
		return false
	}
	switch p.Chart {
	case "lignes":
		return b.drawLines(r, x, y, width, height)
	case "barres":
		return b.drawBars(r, x, y, width, height, false)
	case "empilees":
		return b.drawBars(r, x, y, width, height, true)
	}
	return false
}

// drawable is a table without the shares and the subtotals, which a drawing would count again.
func drawable(r *belvedere.Result) *belvedere.Result {
	out := *r
	out.Columns, out.Rows = nil, nil
	var kept []int
	for i, c := range r.Columns {
		if !c.Share {
			out.Columns, kept = append(out.Columns, c), append(kept, i)
		}
	}
	for _, row := range r.Rows {
		if row.Level > 0 && (len(row.Keys) == 0 || row.Keys[0].Code != belvedere.KeyOthers) {
			continue
		}
		cells := make([]belvedere.Cell, len(kept))
		for k, i := range kept {
			cells[k] = cellAt(&row, i)
		}
		row.Cells = cells
		out.Rows = append(out.Rows, row)
	}
	return &out
}

// label names a line of a table in short.
func label(row *belvedere.ResultRow) string {
	var names []string
	for _, k := range row.Keys {
		names = append(names, clean(orElse(k.Label, k.Code)))
	}
	return strings.Join(names, " – ")
}

// leastSpan is the part of the largest value that a trend covers at least, as on the page: what moved
// little looks so.
const leastSpan = .1

// trend draws the course of a figure: a gap where a step is not shown, a dot on the last one.
func (b *boardPrinter) trend(cells []belvedere.Cell, x, y, width, height float64) {
	least, most, n := bounds(cells)
	if n < 2 {
		return
	}
	if pad := (leastSpan*max(math.Abs(least), math.Abs(most)) - (most - least)) / 2; pad > 0 {
		least, most = least-pad, most+pad
	}
	step := width / float64(max(1, len(cells)-1))
	b.stroke(dataInk[0], 0.35, nil)
	b.polyline(cells, x, y+height, step, height, least, most)
}

// bounds are the least and the largest number shown, and how many are.
func bounds(cells []belvedere.Cell) (least, most float64, n int) {
	least, most = math.Inf(1), math.Inf(-1)
	for _, c := range cells {
		if v, ok := number(c); ok {
			least, most, n = min(least, v), max(most, v), n+1
		}
	}
	return least, most, n
}

func (b *boardPrinter) stroke(c colour, thickness float64, dash []float64) {
	b.doc.SetDrawColor(c.r, c.g, c.b)
	b.doc.SetFillColor(c.r, c.g, c.b)
	b.doc.SetLineWidth(thickness)
	if dash == nil {
		dash = []float64{}
	}
	b.doc.SetDashPattern(dash, 0)
}

// polyline joins the numbers shown that follow each other; one alone is a dot.
func (b *boardPrinter) polyline(cells []belvedere.Cell, x, base, step, height, least, most float64) {
	spread := most - least
	if spread == 0 {
		spread = 1
	}
	place := func(i int, v float64) (float64, float64) { return x + float64(i)*step, base - (v-least)/spread*height }
	var px, py float64
	joined := false
	for i, c := range cells {
		v, ok := number(c)
		if !ok {
			joined = false
			continue
		}
		cx, cy := place(i, v)
		if joined {
			b.doc.Line(px, py, cx, cy)
		}
		_, before := numberAt(cells, i-1)
		_, after := numberAt(cells, i+1)
		if !before && !after || i == len(cells)-1 {
			b.doc.Circle(cx, cy, 0.6, "F")
		}
		px, py, joined = cx, cy, true
	}
	b.doc.SetDashPattern([]float64{}, 0)
}

func numberAt(cells []belvedere.Cell, i int) (float64, bool) {
	if i < 0 || i >= len(cells) {
		return 0, false
	}
	return number(cells[i])
}

// drawLines draws columns along the lines of a table, from zero, each named at its end.
func (b *boardPrinter) drawLines(r *belvedere.Result, x, y, width, height float64) bool {
	most, least := 0.0, 0.0
	shown := 0
	for i := range r.Rows {
		l, m, n := bounds(r.Rows[i].Cells[:min(len(r.Columns), len(r.Rows[i].Cells))])
		if n > 0 {
			least, most, shown = min(least, l), max(most, m), shown+n
		}
	}
	if shown == 0 || len(r.Rows) < 2 {
		return false
	}
	if most == least {
		most = least + 1
	}
	names := width * 0.24
	left, right := x+16, x+width-names
	top, base := y+2, y+height-5
	b.scale(&r.Columns[0], left, right, top, base, least, most)
	b.steps(r, left, right, base)
	step := (right - left) / float64(len(r.Rows)-1)
	ends := make([]float64, 0, len(r.Columns))
	for i := range r.Columns {
		cells := make([]belvedere.Cell, len(r.Rows))
		for k := range r.Rows {
			cells[k] = cellAt(&r.Rows[k], i)
		}
		b.stroke(dataInk[i%len(dataInk)], 0.5, dashes[i%len(dashes)])
		b.polyline(cells, left, base, step, base-top, least, most)
		b.nameSeries(&r.Columns[i], cells, i, right, base, base-top, least, most, names, &ends)
	}
	return true
}

// scale writes the ends of the axis and two lines across.
func (b *boardPrinter) scale(c *belvedere.ResultColumn, left, right, top, base, least, most float64) {
	b.doc.SetDashPattern([]float64{}, 0)
	b.font(faint, "", 6)
	for _, v := range []float64{least, (least + most) / 2, most} {
		at := base - (v-least)/(most-least)*(base-top)
		b.rule(left, at, right-left, hairline, ruleColour)
		text := c.Format(v)
		b.at(left-1.5-b.doc.GetStringWidth(plane(text)), at+0.8, text)
	}
}

// steps names the first, the last and some steps of the axis.
func (b *boardPrinter) steps(r *belvedere.Result, left, right, base float64) {
	b.font(faint, "", 6)
	n := len(r.Rows)
	step := (right - left) / float64(n-1)
	every := max(1, int(math.Ceil(16/step)))
	for i := 0; i < n; i++ {
		if i%every != 0 && i != n-1 || i != n-1 && n-1-i < every {
			continue
		}
		text := b.shorten(label(&r.Rows[i]), 20)
		b.at(min(max(left+float64(i)*step-b.doc.GetStringWidth(text)/2, left-8), right+4-b.doc.GetStringWidth(text)/2), base+3.4, text)
	}
}

// nameSeries writes the name of a line at its end, apart from those written before.
func (b *boardPrinter) nameSeries(c *belvedere.ResultColumn, cells []belvedere.Cell, i int, right, base, height, least, most, room float64, ends *[]float64) {
	last := base
	for k := len(cells) - 1; k >= 0; k-- {
		if v, ok := number(cells[k]); ok {
			last = base - (v-least)/(most-least)*height
			break
		}
	}
	for range *ends { // each pass clears one at least
		for _, taken := range *ends {
			if math.Abs(taken-last) < 2.7 {
				last = taken + 2.8
			}
		}
	}
	*ends = append(*ends, last)
	b.font(dataInk[i%len(dataInk)], "B", 6.5)
	b.at(right+2, last+0.8, b.shorten(clean(orElse(c.Label, c.Key)), room-2))
}

// drawBars draws the lines of a table as bars from zero: the first column, or all of them end to end.
func (b *boardPrinter) drawBars(r *belvedere.Result, x, y, width, height float64, stacked bool) bool {
	columns := 1
	if stacked {
		columns = len(r.Columns)
	}
	most := 0.0
	for i := range r.Rows {
		sum := 0.0
		for k := range columns {
			v, ok := number(cellAt(&r.Rows[i], k))
			if ok && v < 0 {
				return false // bars from zero say nothing of both sides
			}
			if ok {
				sum += v
			}
		}
		most = max(most, sum)
	}
	key := 0.0
	if stacked {
		key = 4
	}
	high := min(7, (height-key)/float64(len(r.Rows)))
	if most == 0 || high < 2.6 {
		return false // too many to be read: the table is written
	}
	names, values := width*0.34, 24.0
	for i := range r.Rows {
		b.bar(r, i, columns, x, y+key+float64(i)*high, high, names, width-names-values, most, stacked)
	}
	if stacked {
		b.key(r, x+names, y, width-names)
	}
	return true
}

// bar draws one line: its name, its parts, its number or the word in its place.
func (b *boardPrinter) bar(r *belvedere.Result, i, columns int, x, y, high, names, room, most float64, stacked bool) {
	row := &r.Rows[i]
	size := min(7, high*2.1)
	b.font(black, "", size)
	b.at(x, y+high*0.68, b.shorten(label(row), names-2))
	at, sum := x+names, 0.0
	text := ""
	for k := range columns {
		c := cellAt(row, k)
		v, ok := number(c)
		if !ok {
			text = word(c)
			continue
		}
		ink := dataInk[k%len(dataInk)]
		b.doc.SetFillColor(ink.r, ink.g, ink.b)
		w := v / most * room
		b.doc.Rect(at, y+high*0.18, w, high*0.64, "F")
		at, sum = at+w+0.2, sum+v
	}
	if text == "" || stacked && sum > 0 {
		text = r.Columns[0].Format(sum)
	}
	b.font(black, "", size)
	b.at(at+1.2, y+high*0.68, text)
}

// key names the parts of bars.
func (b *boardPrinter) key(r *belvedere.Result, x, y, width float64) {
	b.font(black, "", 6)
	end := x + width
	for i := range r.Columns {
		text := b.shorten(clean(orElse(r.Columns[i].Label, r.Columns[i].Key)), 34)
		w := b.doc.GetStringWidth(text)
		if x+w+4 > end {
			return
		}
		ink := dataInk[i%len(dataInk)]
		b.doc.SetFillColor(ink.r, ink.g, ink.b)
		b.doc.Rect(x, y, 2, 2, "F")
		b.at(x+2.8, y+1.8, text)
		x += w + 6
	}
}
