package export

import (
	"io"

	"belvedere"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
)

// The page, in millimetres: A4 on its side.
const (
	pageWidth  = 297.0
	pageHeight = 210.0
	margin     = 12.0
	footHeight = 12.0
	printable  = pageWidth - 2*margin
	lowest     = pageHeight - margin - footHeight + 4
	point      = 25.4 / 72 // millimetres in a point
)

// PDF writes the whole table on A4 pages: title, selection, period and filters on the first
// one, headings repeated on all, totals first, absences in words, ▲ ▼ on the largest and the
// smallest, receipt, edition and page number at the foot, then legend and definitions. A table
// that is too wide for a legible type is cut into bands of columns, each with the names. A
// table of too many cells is a TooLarge error.
func PDF(out io.Writer, t Table) (err error) {
	defer belvedere.Wrap(&err, "export.PDF(%s)", t.Heading.FileStem)
	if len(t.Result.Rows) > mostPDFCells/max(1, len(t.Result.Columns)+len(t.Result.Dims)) {
		return belvedere.Errorf(belvedere.TooLarge, "ce tableau est trop grand pour un PDF (%s) : demandez-le en CSV ou en XLSX, ou filtrez",
			belvedere.Plural(len(t.Result.Rows), "ligne", "lignes"))
	}
	doc := newDocument(t)
	bands := layOut(doc, newGrid(t.Result)) // before the first page: measuring writes nothing then
	p := &printer{doc: doc, table: t}
	p.opening()
	for i, b := range bands {
		if i > 0 {
			p.newPage()
		}
		p.band(b)
	}
	p.closing()
	p.feet()
	return doc.Output(out)
}

// mostPDFCells bounds a table in print: thousands of pages that nobody reads, and that take two
// kilobytes of memory for each cell.
const mostPDFCells = 200_000

// newDocument opens a document whose bytes depend on the table alone.
func newDocument(t Table) *fpdf.Fpdf {
	doc := fpdf.New("L", "mm", "A4", "")
	doc.AliasNbPages("") // page numbers are written at the end, without an alias
	doc.SetCatalogSort(true)
	doc.SetCreationDate(t.Heading.At)
	doc.SetModificationDate(t.Heading.At)
	doc.SetLang("fr-FR")
	doc.SetTitle(clean(t.Heading.Title), true)
	doc.SetSubject(clean(t.Heading.Selection), true)
	doc.SetKeywords(clean(t.Result.Receipt.Code), true)
	doc.SetCreator("Belvédère", true)
	doc.SetAutoPageBreak(false, 0)
	doc.SetMargins(margin, margin, margin)
	doc.SetDisplayMode("fullwidth", "continuous")
	doc.AddUTF8FontFromBytes(family, "", dejavusanscondensed.TTF)
	doc.AddUTF8FontFromBytes(family, "B", dejavusanscondensedbold.TTF)
	return doc
}

// A printer writes down the page. y is where the next thing goes, from the top, in millimetres.
type printer struct {
	doc   *fpdf.Fpdf
	table Table
	y     float64
	page  int

	upright bool // pages from now on
}

// across and bottom are the room of a page: its width, and how low anything may stand.
func (p *printer) across() float64 {
	if p.upright {
		return pageHeight - 2*margin
	}
	return printable
}

func (p *printer) bottom() float64 {
	if p.upright {
		return lowest + pageWidth - pageHeight
	}
	return lowest
}

// newPage starts a page; all but the first recall the title.
func (p *printer) newPage() {
	if p.upright {
		p.doc.AddPageFormat("P", fpdf.SizeType{Wd: pageHeight, Ht: pageWidth})
	} else {
		p.doc.AddPage()
	}
	p.page++
	p.y = margin
	if p.page > 1 {
		h := p.table.Heading
		recall := clean(h.Title)
		if h.Selection != "" {
			recall += " – " + clean(h.Selection)
		}
		p.font(faint, "", 8)
		p.at(margin, p.y+3, p.shorten(recall, p.across()))
		p.y += 6
	}
}

// opening writes what stands over the table.
func (p *printer) opening() {
	h := p.table.Heading
	p.newPage()
	p.font(black, "B", 15)
	p.lines(clean(h.Title), 6.5)
	if s := clean(h.Selection); s != "" {
		p.font(faint, "", 11)
		p.lines(s, 5)
	}
	p.font(black, "", 9)
	context := clean(h.Period)
	for _, more := range []string{clean(h.Territory), ratesWord(h.Rates)} {
		if more != "" {
			context = joinWith(context, " · ", more)
		}
	}
	p.lines(context, 4.4)
	filters := ""
	for _, f := range h.Filters {
		filters = joinWith(filters, " · ", clean(f.Name)+belvedere.NoBreak+": "+clean(f.Value))
	}
	p.lines(filters, 4.4)
	p.font(faint, "", 8)
	p.lines(coverageText(p.table.Result.Coverage), 4)
	p.y += 3
}

func ratesWord(rates bool) string {
	if rates {
		return "affichage en taux"
	}
	return ""
}

func joinWith(a, separator, b string) string {
	if a == "" {
		return b
	}
	return a + separator + b
}

// closing writes notes, legend and definitions under the table.
func (p *printer) closing() {
	p.y += 2
	if p.table.Result.Total == nil && len(p.table.Result.Rows) == 0 {
		p.font(black, "", 9)
		p.lines("Aucune ligne ne répond à cette sélection.", 4.4)
	}
	p.font(faint, "", 7.5)
	signs := ""
	for _, m := range legend(p.table.Result) {
		signs = joinWith(signs, "  ·  ", m.Sign+belvedere.NoBreak+": "+m.Text)
	}
	p.lines(signs, 3.6)
	for _, n := range p.table.Result.Notes {
		p.lines(clean(n), 3.6)
	}
	if list := missing(p.table.Result.Coverage); list != "" {
		p.lines("Établissements attendus sans données"+belvedere.NoBreak+": "+list, 3.6)
	}
	if p.table.Model == nil {
		return
	}
	p.y += 1.5
	for _, d := range definitions(p.table) {
		c := d.columns()
		s := c[1]
		if c[3] != "" {
			s += belvedere.NoBreak + ": " + c[3]
		}
		p.lines(s, 3.6)
	}
}

// feet writes the foot of every page once their number is known.
func (p *printer) feet() {
	r := p.table.Result
	left := footText([]footPart{
		{"Reçu ", clean(r.Receipt.Code)}, {"édition ", editionText(r.Edition)},
		{"données au ", dateOrNothing(r)}, {"produit le ", moment(p.table.Heading.At)}, {"rejouer" + belvedere.NoBreak + ": ", clean(address(p.table))},
	})
	proof := footText([]footPart{
		{"définitions ", clean(r.Receipt.Definitions)}, {"secret ", clean(r.Receipt.Release)}, {"empreinte ", clean(r.Receipt.Hash)},
	})
	for n := 1; n <= p.page; n++ {
		p.doc.SetPage(n)
		p.font(faint, "", 8) // two sizes in turn: the document does not know which one the page ended with
		p.font(faint, "", 7.5)
		p.rule(margin, pageHeight-margin-5.5, printable, hairline, ruleColour)
		number := "page " + belvedere.FormatNumber(float64(n), 0) + "/" + belvedere.FormatNumber(float64(p.page), 0)
		p.at(pageWidth-margin-p.doc.GetStringWidth(number), pageHeight-margin-2, number)
		p.at(margin, pageHeight-margin-2, p.shorten(left, printable-30))
		p.at(margin, pageHeight-margin+1.5, p.shorten(proof, printable))
		p.at(margin, pageHeight-margin+5, p.shorten(clean(p.table.Heading.Credit), printable))
	}
}

// A footPart is a fact of the foot, left out when it has no value.
type footPart struct{ name, value string }

func footText(parts []footPart) string {
	text := ""
	for _, part := range parts {
		if part.value != "" {
			text = joinWith(text, " · ", part.name+part.value)
		}
	}
	return text
}

func dateOrNothing(r *belvedere.Result) string {
	if r.Coverage.UpTo.IsZero() {
		return ""
	}
	return belvedere.ShortDate(r.Coverage.UpTo)
}
