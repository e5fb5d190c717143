package export

import (
	"io"
	"strings"

	"belvedere"
)

// dashboardPDF writes a dashboard on one page where it can, lying or upright: figures, charts drawn as
// vectors, and tables. Where no page holds all of it, a table that does not fit its place follows whole
// on pages of its own, with its headings repeated; so do the lines of the dashboard.
func dashboardPDF(out io.Writer, d Dashboard) error {
	cells := 0
	for _, p := range d.Parts {
		if r := p.Table.Result; r != nil {
			cells += len(r.Rows) * max(1, len(r.Columns)+len(r.Dims))
		}
	}
	if cells > mostPDFCells {
		return belvedere.Errorf(belvedere.TooLarge, "ce tableau de bord est trop grand pour un PDF\u00a0: demandez-le en XLSX, ou filtrez")
	}
	table := Table{Heading: d.Heading, Result: &belvedere.Result{Edition: d.Edition}, Model: d.Model}
	b := &boardPrinter{printer: printer{doc: newDocument(table), table: table}, board: d}
	lines := b.choose()
	b.opening()
	b.squeeze(lines)
	for _, line := range lines {
		b.boardLine(line)
	}
	b.lying = 1 // the first page that lies
	if b.upright {
		b.lying = b.printer.page + 1
	}
	b.upright = false
	for _, p := range b.whole {
		b.wholeTable(p)
	}
	b.boardFeet()
	return b.doc.Output(out)
}

// A boardPrinter writes down a dashboard.
type boardPrinter struct {
	printer
	board Dashboard
	whole []*Part // tables that follow on their own pages
	all   bool    // every table stands whole in its place
	tight bool    // in smaller letters
	lying int     // the first page on its side
}

// A boardRow is the parts that stand side by side, and their height.
type boardRow struct {
	parts  []*Part
	height float64
	soft   float64 // what it may lose to fit one page
	floor  float64 // what it keeps
}

const (
	boardGap   = 4.0  // between parts
	figureHigh = 25.0 // of a figure
	stepHigh   = 16.0 // of a step of height
	leastView  = 34.0 // of a chart
	rowHigh    = 3.7  // of a line of a small table
	lineHigh   = 2.6  // of each line more of its name
)

// openings are what stands over the dashboard, under its title.
func (b *boardPrinter) openings() (out []string) {
	h := b.board.Heading
	context := clean(h.Selection)
	for _, more := range []string{clean(h.Period), clean(h.Territory)} {
		if more != "" && !strings.Contains(context, more) {
			context = joinWith(context, " · ", more)
		}
	}
	filters := ""
	for _, f := range h.Filters {
		filters = joinWith(filters, " · ", clean(f.Name)+belvedere.NoBreak+": "+clean(f.Value))
	}
	for _, text := range []string{context, filters} {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

// opening writes what stands over the dashboard.
func (b *boardPrinter) opening() {
	b.newPage()
	b.font(black, "B", 15)
	b.lines(clean(b.board.Heading.Title), 6.5)
	b.font(faint, "", 9)
	for _, text := range b.openings() {
		b.lines(text, 4.4)
	}
	b.y += 2
}

// openingHigh is how much of the page it takes.
func (b *boardPrinter) openingHigh() float64 {
	b.font(black, "B", 15)
	height := 2 + 6.5*float64(len(wrap(b.doc, plane(clean(b.board.Heading.Title)), b.across())))
	b.font(faint, "", 9)
	for _, text := range b.openings() {
		height += 4.4 * float64(len(wrap(b.doc, plane(text), b.across())))
	}
	return height
}

// lines12 lays the parts out in lines of the grid, as the page does.
func (b *boardPrinter) lines12() []*boardRow {
	var out []*boardRow
	used := belvedere.TileColumns
	for i := range b.board.Parts {
		p := &b.board.Parts[i]
		width := p.columns()
		if used+width > belvedere.TileColumns {
			out = append(out, &boardRow{})
			used = 0
		}
		used += width
		row := out[len(out)-1]
		row.parts = append(row.parts, p)
		high, soft := b.natural(p)
		row.height, row.soft, row.floor = max(row.height, high), max(row.soft, soft), max(row.floor, high-soft)
		if p.Chart != "" {
			row.floor = max(row.floor, leastView)
		}
	}
	for _, row := range out {
		row.soft = min(row.soft, max(0, row.height-row.floor))
	}
	return out
}

func (p *Part) columns() int {
	if p.Width < 1 || p.Width > belvedere.TileColumns {
		return belvedere.TileColumns
	}
	return p.Width
}

func (b *boardPrinter) wide(p *Part) float64 {
	return (b.across()+boardGap)*float64(p.columns())/belvedere.TileColumns - boardGap
}

// choose lays the elements out on the first of the pages that hold all of them: lying, upright, then in
// smaller letters. Where none does, tables are cut and follow whole.
func (b *boardPrinter) choose() []*boardRow {
	for _, b.tight = range []bool{false, true} {
		for _, b.upright = range []bool{false, true} {
			b.all = true
			lines, need := b.lines12(), -boardGap
			for _, r := range lines {
				need += r.height - r.soft + boardGap
			}
			if need <= b.bottom()-margin-b.openingHigh() {
				return lines
			}
		}
	}
	b.all, b.tight, b.upright = false, false, false
	return b.lines12()
}

// natural is the height that a part asks for, and how much of it may go.
func (b *boardPrinter) natural(p *Part) (height, soft float64) {
	switch {
	case p.Titled:
		return 8, 0
	case p.Figure != nil || p.Err != "" && p.Table.Result == nil:
		return figureHigh, 0
	case p.Table.Result == nil:
		b.font(black, "", 8.5)
		n := 0
		for _, text := range strings.Split(p.Text, "\n") {
			n += len(wrap(b.doc, plane(clean(text)), b.wide(p)))
		}
		return 6 + float64(n)*4, 0
	case p.Chart != "":
		steps := p.Height
		if steps == 0 {
			steps = 3
		}
		return 8 + float64(steps)*stepHigh, float64(steps) * stepHigh
	}
	if b.all {
		return b.wholeHigh(p), 0
	}
	rows := len(p.Table.Result.Rows)
	if p.Table.Result.Total != nil {
		rows++
	}
	most := 22
	if p.Height > 0 {
		most = p.Height * 4
	}
	rows = min(rows, most)
	const few = 6 // lines that a table keeps
	return 16.5 + float64(rows)*rowHigh, float64(max(0, rows-few)) * rowHigh
}

// squeeze takes from charts and tables what keeps the dashboard from one page, as far as they stay
// legible; what still does not fit goes on to the next page.
func (b *boardPrinter) squeeze(rows []*boardRow) {
	need, soft := 0.0, 0.0
	for _, r := range rows {
		need += r.height + boardGap
		soft += r.soft
	}
	over := need - boardGap - (b.bottom() - b.y)
	if over <= 0 || soft <= 0 {
		return
	}
	share := min(1, over/soft)
	for _, r := range rows {
		r.height -= r.soft * share
	}
}

// boardLine writes parts side by side.
func (b *boardPrinter) boardLine(row *boardRow) {
	if b.y+row.height > b.bottom()+0.01 && b.y > margin+12 {
		b.newPage()
	}
	x := margin
	for _, p := range row.parts {
		b.part(p, x, b.y, b.wide(p), min(row.height, b.bottom()-b.y))
		x += b.wide(p) + boardGap
	}
	b.y += row.height + boardGap
}

// part writes one element in its place.
func (b *boardPrinter) part(p *Part, x, y, width, height float64) {
	if p.Titled {
		b.font(black, "B", 11)
		b.at(x, y+5.5, b.shorten(clean(p.Name), width))
		return
	}
	b.rule(x, y, width, lineUnderAll, black)
	b.font(black, "B", 8.5)
	if p.Name != "" {
		name := b.shorten(clean(p.Name), width)
		b.at(x, y+4, name)
		used := b.doc.GetStringWidth(plane(name)) + 2
		b.font(faint, "", 6.5)
		if when := clean(p.Table.Heading.Period); when != "" && width-used > 8 {
			b.at(x+used, y+4, b.shorten(when, width-used))
		}
	}
	top, room := y+6, height-6
	switch {
	case p.Err != "":
		b.paragraph(p.Err, x, top, width, room)
		return
	case p.Figure != nil:
		b.figure(p, x, top, width)
	case p.Table.Result == nil:
		b.paragraph(p.Text, x, top, width, room)
		return
	case len(p.Table.Result.Rows) == 0:
		b.paragraph("Aucune ligne ne répond à cette sélection.", x, top, width, room)
	case p.Chart != "" && b.drawChart(p, x, top, width, room-4):
	default:
		b.smallTable(p, x, top, width, room-4)
	}
	b.font(faint, "", 6)
	b.at(x, y+height-0.8, b.shorten(b.proof(p), width))
}

// proof is the foot of an element: its receipt, its coverage, what must be known.
func (b *boardPrinter) proof(p *Part) string {
	r := p.Table.Result
	if r == nil {
		return ""
	}
	text := footText([]footPart{{"reçu ", clean(r.Receipt.Code)}, {"", clean(coverageText(r.Coverage))}})
	for _, n := range p.Notes {
		text = joinWith(text, " · ", clean(n))
	}
	return text
}

// paragraph writes words in a place, as many as it holds.
func (b *boardPrinter) paragraph(text string, x, y, width, room float64) {
	b.font(black, "", 8.5)
	line := 0
	for _, one := range strings.Split(text, "\n") {
		for _, words := range wrap(b.doc, plane(clean(one)), width) {
			if float64(line+1)*4 > room+2 {
				return
			}
			b.at(x, y+3+float64(line)*4, words)
			line++
		}
	}
}

// figure writes a number, its change, its trend and what it holds.
func (b *boardPrinter) figure(p *Part, x, y, width float64) {
	f := p.Figure
	v, ok := number(f.Cell)
	if !ok {
		b.font(faint, "", 11)
		b.at(x, y+5, word(f.Cell))
		b.font(faint, "", 6.5)
		for i, line := range few(wrap(b.doc, plane(clean(f.Cell.Why)), width)) {
			if i < 3 {
				b.at(x, y+9+float64(i)*2.8, line)
			}
		}
		return
	}
	b.font(black, "B", 17)
	text := f.Column.Format(v)
	b.at(x, y+6, text)
	used := b.doc.GetStringWidth(text)
	if f.Cell.State == belvedere.Partial {
		b.dots(x, y+7, used)
	}
	if !f.Column.Percent && f.Column.Unit != "" {
		b.font(faint, "", 7.5)
		b.at(x+used+1.5, y+6, b.shorten(clean(f.Column.Unit), max(1, width-used-2)))
	}
	b.font(black, "", 7.5)
	change, under, room := joinWith(clean(f.Change), " ", clean(f.ChangeSay)), clean(f.Coverage), width*0.68
	if b.doc.GetStringWidth(plane(change)) > room { // the word goes under its number
		change, under = clean(f.Change), clean(f.ChangeSay) // the foot tells the coverage
	}
	b.at(x, y+10.5, b.shorten(change, room))
	b.font(faint, "", 6.5)
	b.at(x, y+13.6, b.shorten(under, room))
	b.trend(f.Trend, x+width*0.7, y+8.5, width*0.28, 4.5)
}

// wholeTable writes a table from the top of a page, all its lines, headings repeated.
func (b *boardPrinter) wholeTable(p *Part) {
	bands := layOut(b.doc, newGrid(p.Table.Result))
	for _, one := range bands {
		b.newPage()
		b.font(black, "B", 11)
		b.lines(clean(p.Name), 5.5)
		b.font(faint, "", 7.5)
		b.lines(clean(p.Table.Heading.Title), 3.6)
		b.y += 1.5
		b.band(one)
	}
	b.font(faint, "", 7)
	b.y += 1.5
	b.lines(b.proof(p), 3.4)
	signs := ""
	for _, m := range legend(p.Table.Result) {
		signs = joinWith(signs, "  ·  ", m.Sign+belvedere.NoBreak+": "+m.Text)
	}
	b.lines(signs, 3.4)
}

// boardFeet writes the foot of every page: edition, dates, filters, sources.
func (b *boardPrinter) boardFeet() {
	h := b.board.Heading
	site := ""
	if h.Site != "" {
		site = clean(h.Site)
	}
	left := footText([]footPart{{"édition ", editionText(b.board.Edition)}, {"produit le ", moment(h.At)}, {"", clean(h.Territory)}, {"", site}})
	filters := ""
	for _, f := range h.Filters {
		filters = joinWith(filters, " · ", clean(f.Name)+belvedere.NoBreak+": "+clean(f.Value))
	}
	if filters == "" {
		filters = "sans filtre"
	}
	filters += " · chaque chiffre porte son reçu\u00a0: /recu/… le rejoue"
	for n := 1; n <= b.printer.page; n++ {
		b.doc.SetPage(n)
		b.upright = n < b.lying
		foot, end := b.bottom()+footHeight-4, margin+b.across()
		b.font(faint, "", 8)
		b.font(faint, "", 7.5)
		b.rule(margin, foot-5.5, b.across(), hairline, ruleColour)
		number := "page " + belvedere.FormatNumber(float64(n), 0) + "/" + belvedere.FormatNumber(float64(b.printer.page), 0)
		b.at(end-b.doc.GetStringWidth(number), foot-2, number)
		b.at(margin, foot-2, b.shorten(left, b.across()-30))
		b.at(margin, foot+1.5, b.shorten(filters, b.across()))
		b.at(margin, foot+5, b.shorten(clean(h.Credit), b.across()))
	}
}
