package export

import (
	"strings"

	"belvedere"
)

// A smallGrid is how a table stands in its place.
type smallGrid struct {
	names   float64 // width of the names
	each    float64 // of a column
	columns int     // that stand there
}

// smallGrid gives columns what their figures need, and the rest to the names.
func (b *boardPrinter) smallGrid(r *belvedere.Result, width float64) smallGrid {
	need := 11.0
	b.font(black, "B", b.cellSize())
	for i := range r.Columns {
		for k := range r.Rows {
			need = max(need, b.doc.GetStringWidth(b.cellText(r, i, &r.Rows[k]))+2)
		}
		if r.Total != nil {
			need = max(need, b.doc.GetStringWidth(b.cellText(r, i, r.Total))+2)
		}
	}
	n := len(r.Columns)
	if names := width - float64(n)*need; names >= 0.3*width {
		names = min(names, max(58, 0.42*width))
		return smallGrid{names, (width - names) / float64(max(1, n)), n}
	}
	names := min(width*0.42, 58)
	n = min(n, int((width-names)/max(17, need)))
	return smallGrid{names, (width - names) / float64(max(1, n)), n}
}

func (b *boardPrinter) cellSize() float64 {
	if b.tight {
		return 6.2
	}
	return 7
}

// lineHigh is the height of a line whose name takes so many lines.
func (b *boardPrinter) lineHigh(names int) float64 {
	height := rowHigh + lineHigh*float64(names-1)
	if b.tight {
		height *= 0.86
	}
	return height
}

// nameLines is a name as its column holds it: two lines at most.
func (b *boardPrinter) nameLines(name string, g smallGrid, total bool) []string {
	style := ""
	if total {
		style = "B"
	}
	b.font(black, style, b.cellSize())
	lines := wrap(b.doc, plane(clean(name)), g.names-2)
	if len(lines) > 2 {
		lines = []string{lines[0], b.shorten(strings.Join(lines[1:], " "), g.names-2)}
	}
	if len(lines) == 0 {
		lines = []string{""}
	}
	return lines
}

func (b *boardPrinter) cellText(r *belvedere.Result, column int, row *belvedere.ResultRow) string {
	c := cellAt(row, column)
	if v, ok := number(c); ok {
		return plane(r.Columns[column].Format(v))
	}
	return plane(word(c))
}

// tooHigh is what no page holds.
const tooHigh = 1e6

// wholeHigh is the height that a table asks for with all its lines and columns.
func (b *boardPrinter) wholeHigh(p *Part) float64 {
	r := p.Table.Result
	g := b.smallGrid(r, b.wide(p))
	if len(r.Rows) > 100 || g.columns < len(r.Columns) || grouped(r) {
		return tooHigh
	}
	height := 10 + rowHigh*1.9 + 0.2 // its title, headings and foot
	if r.Total != nil {
		height += b.lineHigh(1)
	}
	for i := range r.Rows {
		height += b.lineHigh(len(b.nameLines(label(&r.Rows[i]), g, false)))
	}
	return height
}

// smallTable writes a table in its place: whole when it fits, else its first lines, and the whole on
// pages of its own.
func (b *boardPrinter) smallTable(p *Part, x, y, width, height float64) {
	r := p.Table.Result
	g := b.smallGrid(r, width)
	fits := !grouped(r) && g.columns == len(r.Columns) && b.wholeHigh(p) <= height+10.01
	room := height - rowHigh*1.9
	if !fits {
		b.whole = append(b.whole, p)
		room -= rowHigh
	}
	if g.columns < 1 || room < rowHigh {
		b.font(faint, "", 7.5)
		b.at(x, y+4, "Tableau entier sur une page suivante.")
		return
	}
	b.smallHeadings(r, x, y, width, g)
	at, end := y+rowHigh*1.9, y+rowHigh*1.9+room
	if r.Total != nil {
		at += b.smallRow(r, r.Total, []string{"Ensemble"}, x, at, width, g, true)
	}
	for i := range r.Rows {
		names := b.nameLines(label(&r.Rows[i]), g, false)
		if at+b.lineHigh(len(names)) > end+0.01 {
			break
		}
		at += b.smallRow(r, &r.Rows[i], names, x, at, width, g, false)
	}
	if !fits {
		b.font(faint, "", 6.5)
		text := "Tableau entier (" + belvedere.Plural(len(r.Rows), "ligne", "lignes") + ", " + belvedere.Plural(len(r.Columns), "colonne", "colonnes") + ") sur une page suivante."
		b.at(x, at+rowHigh*0.7, b.shorten(text, width))
	}
}

func grouped(r *belvedere.Result) bool {
	for i := range r.Columns {
		if r.Columns[i].Group != "" {
			return true
		}
	}
	return false
}

func (b *boardPrinter) smallHeadings(r *belvedere.Result, x, y, width float64, g smallGrid) {
	b.font(faint, "", 6)
	var dims []string
	for _, d := range r.Dims {
		dims = append(dims, clean(d.Label))
	}
	b.at(x, y+rowHigh*1.4, b.shorten(strings.Join(dims, ", "), g.names-2))
	for i := range g.columns {
		c := &r.Columns[i]
		lines := wrap(b.doc, plane(clean(joinWith(clean(c.Group), " – ", orElse(c.Label, c.Key)))), g.each-1.5)
		if len(lines) > 2 {
			lines = []string{lines[0], b.shorten(strings.Join(lines[1:], " "), g.each-1.5)}
		}
		for k, text := range lines {
			b.at(x+g.names+float64(i+1)*g.each-b.doc.GetStringWidth(text), y+rowHigh*1.4-float64(len(lines)-1-k)*2.4, text)
		}
	}
	b.rule(x, y+rowHigh*1.65, width, lineUnderAll, black)
}

// smallRow writes a line and gives its height.
func (b *boardPrinter) smallRow(r *belvedere.Result, row *belvedere.ResultRow, names []string, x, y, width float64, g smallGrid, total bool) float64 {
	style := ""
	if total {
		style = "B"
	}
	height := b.lineHigh(len(names))
	base := y + b.lineHigh(1)*0.72
	b.font(black, style, b.cellSize())
	for i, text := range names {
		b.at(x, base+(b.lineHigh(2)-b.lineHigh(1))*float64(i), text)
	}
	for i := range g.columns {
		c := cellAt(row, i)
		ink := faint
		if _, ok := number(c); ok {
			ink = black
		}
		b.font(ink, style, b.cellSize())
		text := b.shorten(b.cellText(r, i, row), g.each-1)
		right := x + g.names + float64(i+1)*g.each
		w := b.doc.GetStringWidth(text)
		b.at(right-w, base, text)
		if c.State == belvedere.Partial {
			b.dots(right-w, base+0.7, w)
		}
	}
	b.rule(x, y+height, width, hairline, ruleColour)
	return height
}
