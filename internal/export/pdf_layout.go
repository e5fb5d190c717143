package export

import (
	"strings"

	"belvedere"

	"codeberg.org/go-pdf/fpdf"
)

// A printed column: its heading, its width in millimetres and its cells, the total first.
type printed struct {
	heading
	width   float64
	natural float64 // width that its widest content would like, at the size of the band
	lines   []string
	cells   []printedCell
}

// A printedCell is a text with its look. Lines is used by texts that wrap, text by the others;
// units is the width of text in thousandths of its size.
type printedCell struct {
	text    string
	lines   []string
	units   int
	bold    bool
	partial bool
	colour  colour
}

// A band is the part of the table that fits the width of the page, in one size of type.
type band struct {
	columns []*printed
	size    float64 // points
	height  float64 // of a line of text, millimetres
	rows    int
	total   bool
}

const (
	gutter    = 3.2 // between columns
	breathing = 7.0 // most that a column of numbers gets beyond its need
)

// sizes of the body, from comfortable to the smallest that prints legibly.
var sizes = []float64{8.5, 7.5, 6.8}

// layOut measures the table and gives one band when it fits at one of the sizes, and as many
// as needed at the middle size otherwise.
func layOut(doc *fpdf.Fpdf, g grid) []band {
	columns := printColumns(g)
	for _, c := range columns {
		c.measure(doc)
	}
	rows := len(g.result.Rows)
	if g.result.Total != nil {
		rows++
	}
	for _, size := range sizes {
		if total := fit(doc, columns, size); total <= printable {
			b := newBand(columns, size, rows, g.result.Total != nil)
			b.spread(printable - total)
			b.fold(doc)
			return []band{b}
		}
	}
	fit(doc, columns, sizes[1])
	var bands []band
	for _, part := range split(columns) {
		b := newBand(part, sizes[1], rows, g.result.Total != nil)
		b.fold(doc)
		bands = append(bands, b)
	}
	return bands
}

func newBand(columns []*printed, size float64, rows int, total bool) band {
	return band{columns: columns, size: size, height: size * point * 1.25, rows: rows, total: total}
}

// printColumns are the columns that people read: names, attributes and notes, then cells.
func printColumns(g grid) []*printed {
	var texts, cells []*printed
	for i := range g.headings {
		h := g.headings[i]
		if h.part == partCode || h.part == partCoverage {
			continue
		}
		c := &printed{heading: h}
		_ = g.each(func(row *belvedere.ResultRow, total bool) error {
			c.cells = append(c.cells, g.print(&h, row, total))
			return nil
		})
		if h.part == partCell {
			cells = append(cells, c)
		} else {
			texts = append(texts, c)
		}
	}
	return append(texts, cells...)
}

// print is a cell as written on paper.
func (g *grid) print(h *heading, row *belvedere.ResultRow, total bool) printedCell {
	out := printedCell{bold: total, colour: black}
	if h.part != partCell {
		out.text = plane(clean(g.text(h, row, total)))
		return out
	}
	c := cellAt(row, h.index)
	v, ok := number(c)
	if !ok {
		out.text, out.colour = word(c), faint
		return out
	}
	out.text = g.result.Columns[h.index].Format(v)
	switch {
	case c.State == belvedere.Partial:
		out.partial = true
	case c.Extreme == belvedere.Maximum:
		out.text, out.bold, out.colour = "▲"+belvedere.NoBreak+out.text, true, maximumInk
	case c.Extreme == belvedere.Minimum:
		out.text, out.bold, out.colour = "▼"+belvedere.NoBreak+out.text, true, minimumInk
	}
	return out
}

// measure works out the width of every cell, in thousandths of the size of the type.
func (c *printed) measure(doc *fpdf.Fpdf) {
	for _, style := range []string{"", "B"} {
		doc.SetFont(family, style, 10)
		for i := range c.cells {
			if c.cells[i].bold == (style == "B") {
				c.cells[i].units = doc.GetStringSymbolWidth(c.cells[i].text)
			}
		}
	}
}

// fit gives each column the width that it needs at a size, and returns that of them all.
func fit(doc *fpdf.Fpdf, columns []*printed, size float64) float64 {
	unit := size * point / 1000
	doc.SetFont(family, "B", size)
	names, total := 0.0, 0.0
	for _, c := range columns {
		widest := 0
		for i := range c.cells {
			widest = max(widest, c.cells[i].units)
		}
		label := plane(c.Label)
		need := max(float64(widest)*unit, doc.GetStringWidth(label)/3)
		for _, w := range strings.Fields(label) {
			need = max(need, doc.GetStringWidth(w))
		}
		c.natural = need + gutter
		c.width = min(c.natural, c.widest(size))
		total += c.width
		if c.part == partLabel {
			names += c.width
		}
	}
	if most := printable * 0.6; names > most { // names of many dimensions leave room for cells
		for _, c := range columns {
			if c.part == partLabel {
				c.width *= most / names
			}
		}
		total += most - names
	}
	return total
}

// widest is the width over which a column folds its texts; numbers never fold.
func (c *printed) widest(size float64) float64 {
	scale := size / sizes[0]
	switch c.part {
	case partCell:
		return 60
	case partLabel:
		return 62 * scale
	}
	return 38 * scale
}

// few keeps a text from growing over the page: twelve lines, the last one marked when more follow.
func few(lines []string) []string {
	const most = 12
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], "…")
	}
	return lines
}

// spread shares what is left of the width: first to names that fold, then to numbers.
func (b *band) spread(left float64) {
	for _, c := range b.columns {
		if more := min(left, c.natural-c.width); more > 0 {
			c.width += more
			left -= more
		}
	}
	numbers := 0
	for _, c := range b.columns {
		if c.part == partCell {
			numbers++
		}
	}
	if numbers == 0 {
		return
	}
	more := min(left/float64(numbers), breathing)
	for _, c := range b.columns {
		if c.part == partCell {
			c.width += more
		}
	}
}

// fold cuts headings and texts into lines at the final widths.
func (b *band) fold(doc *fpdf.Fpdf) {
	for _, c := range b.columns {
		doc.SetFont(family, "B", b.size)
		c.lines = few(wrap(doc, plane(c.Label), c.width-gutter+0.01))
		unit := b.size * point / 1000
		for i := range c.cells {
			cell := &c.cells[i]
			if c.part == partCell || float64(cell.units)*unit <= c.width-gutter+0.01 {
				continue
			}
			style := ""
			if cell.bold {
				style = "B"
			}
			doc.SetFont(family, style, b.size)
			cell.lines = few(wrap(doc, cell.text, c.width-gutter))
		}
	}
}

// split cuts the columns into bands: the names are repeated in each, and a group of columns
// stays whole when it fits a band of its own.
func split(columns []*printed) [][]*printed {
	var names, others []*printed
	fixed := 0.0
	for _, c := range columns {
		if c.part == partLabel {
			names = append(names, c)
			fixed += c.width
		} else {
			others = append(others, c)
		}
	}
	var bands [][]*printed
	current, used := []*printed{}, fixed
	flush := func() {
		bands = append(bands, append(copied(names), current...))
		current, used = nil, fixed
	}
	for i := 0; i < len(others); {
		n, width := 1, others[i].width
		for others[i].Group != "" && i+n < len(others) && others[i+n].Group == others[i].Group {
			width += others[i+n].width
			n++
		}
		if fixed+width > printable { // wider than a page by itself: column by column
			n, width = 1, others[i].width
		}
		if used+width > printable && len(current) > 0 {
			flush()
		}
		current = append(current, others[i:i+n]...)
		used += width
		i += n
	}
	flush()
	return bands
}

// copied gives each band its own columns of names: they are folded once per band.
func copied(columns []*printed) []*printed {
	out := make([]*printed, len(columns))
	for i, c := range columns {
		d := *c
		out[i] = &d
	}
	return out
}
