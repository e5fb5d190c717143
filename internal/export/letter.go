package export

import (
	"io"
	"strings"
	"time"

	"belvedere"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
)

// Mail is a set of letters, each on pages of its own.
type Mail struct {
	Title   string
	At      time.Time
	Letters []Letter
}

// A Letter is what goes into one envelope.
type Letter struct {
	Tag    string   // by which letters are sorted and handed out: top of each page
	Sender []string // lines, the first in bold
	To     []string // lines, where the window of an envelope is
	Date   string
	Blocks []Block
}

// A Block is a part of a letter: a subject, a paragraph, or a table of words that people copy.
type Block struct {
	Subject string
	Text    string
	Words   [][]string // rows; the first is that of the headings
	Rule    bool       // a line across before what follows, of another language
}

// The page of a letter, in millimetres: A4 upright, with the address where the windows of French
// envelopes are.
const (
	letterWidth  = 210.0
	letterMargin = 20.0
	letterRoom   = letterWidth - 2*letterMargin
	letterLowest = 297.0 - 18
	windowLeft   = 105.0
	windowTop    = 48.0
)

// Letters writes letters as a PDF on A4 pages. The same letters give the same bytes.
func Letters(out io.Writer, m Mail) (err error) {
	defer belvedere.Wrap(&err, "export.Letters(%s)", m.Title)
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AliasNbPages("")
	doc.SetCatalogSort(true)
	doc.SetCreationDate(m.At)
	doc.SetModificationDate(m.At)
	doc.SetLang("fr-FR")
	doc.SetTitle(clean(m.Title), true)
	doc.SetCreator("Belvédère", true)
	doc.SetAutoPageBreak(false, 0)
	doc.AddUTF8FontFromBytes(family, "", dejavusanscondensed.TTF)
	doc.AddUTF8FontFromBytes(family, "B", dejavusanscondensedbold.TTF)
	for _, l := range m.Letters {
		w := &scribe{doc: doc, letter: l}
		w.opening()
		for _, b := range l.Blocks {
			w.block(b)
		}
	}
	return doc.Output(out)
}

// A scribe writes one letter down its pages.
type scribe struct {
	doc    *fpdf.Fpdf
	letter Letter
	y      float64
	page   int
}

func (w *scribe) font(c colour, style string, size float64) {
	w.doc.SetFont(family, style, size)
	w.doc.SetTextColor(c.r, c.g, c.b)
}

func (w *scribe) at(x float64, s string) { w.doc.Text(x, w.y, plane(s)) }

func (w *scribe) newPage() {
	w.doc.AddPage()
	w.page++
	w.y = 14
	w.font(black, "B", 11)
	w.at(letterMargin, clean(w.letter.Tag))
	w.y = 24
}

// opening writes who writes, to whom, and when.
func (w *scribe) opening() {
	w.newPage()
	for i, line := range w.letter.Sender {
		w.font(black, map[bool]string{true: "B"}[i == 0], 9.5)
		for _, part := range wrap(w.doc, plane(clean(line)), 80) {
			w.at(letterMargin, part)
			w.y += 4.4
		}
	}
	w.y = max(windowTop, w.y)
	w.font(black, "", 10.5)
	for _, line := range w.letter.To {
		for _, part := range wrap(w.doc, plane(clean(line)), letterWidth-windowLeft-letterMargin+8) {
			w.at(windowLeft, part)
			w.y += 5
		}
	}
	w.y = max(90, w.y+8)
	w.font(faint, "", 9.5)
	w.at(letterMargin, clean(w.letter.Date))
	w.y += 9
}

// need starts a page when less than a height is left.
func (w *scribe) need(height float64) {
	if w.y+height > letterLowest {
		w.newPage()
		w.y += 6
	}
}

func (w *scribe) block(b Block) {
	switch {
	case b.Rule:
		w.need(20)
		w.doc.SetDrawColor(ruleColour.r, ruleColour.g, ruleColour.b)
		w.doc.SetLineWidth(lineUnderAll)
		w.doc.Line(letterMargin, w.y, letterMargin+letterRoom, w.y)
		w.y += 8
	case b.Subject != "":
		w.font(black, "B", 11.5)
		w.paragraph(b.Subject, "B", 11.5, 5.4)
		w.y += 3
	case len(b.Words) > 0:
		w.words(b.Words)
	default:
		w.paragraph(b.Text, "", 10, 4.9)
		w.y += 2.6
	}
}

// paragraph writes a text over the width; it goes on to the next page.
func (w *scribe) paragraph(s, style string, size, height float64) {
	w.font(black, style, size)
	if s = clean(s); strings.TrimSpace(s) == "" {
		return
	}
	for _, line := range wrap(w.doc, plane(s), letterRoom) {
		if w.y+height > letterLowest {
			w.need(height)
			w.font(black, style, size)
		}
		w.at(letterMargin, line)
		w.y += height
	}
}

// words writes a table that is copied by hand: large type, a row never cut.
func (w *scribe) words(rows [][]string) {
	width := letterRoom / float64(max(1, len(rows[0])))
	for i, row := range rows {
		style, size, height := "B", 11.0, 5.4
		if i == 0 {
			style, size, height = "", 8.5, 4.2
		}
		w.font(black, style, size)
		cells, most := make([][]string, len(row)), 1
		for j, s := range row {
			cells[j] = wrap(w.doc, plane(clean(s)), width-4)
			most = max(most, len(cells[j]))
		}
		w.need(height*float64(most) + 6)
		w.font(map[bool]colour{true: faint, false: black}[i == 0], style, size)
		top := w.y
		for j, lines := range cells {
			for k, line := range lines {
				w.y = top + height*float64(k+1)
				w.at(letterMargin+width*float64(j)+2, line)
			}
		}
		w.y = top + height*float64(most) + 2.2
		w.doc.SetDrawColor(firmColour.r, firmColour.g, firmColour.b)
		w.doc.SetLineWidth(hairline)
		w.doc.Line(letterMargin, w.y, letterMargin+letterRoom, w.y)
	}
	w.y += 7
}
