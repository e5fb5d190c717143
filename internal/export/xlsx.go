package export

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"belvedere"

	"github.com/xuri/excelize/v2"
)

// The two sheets of a workbook.
const (
	sheetTable = "Tableau"
	sheetAbout = "À propos"
)

// XLSX writes a workbook. Its first sheet is the table: headings on one or two levels and the
// names of the lines are frozen, numbers stay numbers (percentages are ratios with a percent
// format), the largest and smallest are marked ▲ ▼ by their number format, absences are words.
// Its second sheet, "À propos", says what the table is, what it rests on and what each column
// means. Every text is written as a typed string: the workbook holds no formula.
func XLSX(out io.Writer, t Table) (err error) {
	defer belvedere.Wrap(&err, "export.XLSX(%s)", t.Heading.FileStem)
	g := newGrid(t.Result)
	g.nameFirst()
	if len(t.Result.Rows)+8 > excelize.TotalRows || len(g.headings) > excelize.MaxColumns {
		return belvedere.Errorf(belvedere.TooLarge, "ce tableau dépasse ce qu’un classeur peut contenir : choisissez le format CSV")
	}
	f := excelize.NewFile()
	defer f.Close()
	if err := describe(f, t); err != nil {
		return err
	}
	st := &styles{file: f, ids: map[look]int{}}
	if err := writeTable(f, st, t, g); err != nil {
		return err
	}
	if err := writeAbout(f, st, t); err != nil {
		return err
	}
	return f.Write(out)
}

// describe names the sheets and fills the properties of the file with nothing but the table's own.
func describe(f *excelize.File, t Table) error {
	if err := f.SetSheetName("Sheet1", sheetTable); err != nil {
		return err
	}
	if _, err := f.NewSheet(sheetAbout); err != nil {
		return err
	}
	p := &excelize.DocProperties{Title: clean(t.Heading.Title), Subject: clean(t.Heading.Selection), Creator: "Belvédère",
		LastModifiedBy: "Belvédère", Identifier: clean(t.Result.Receipt.Code), Language: "fr-FR"}
	if at := t.Heading.At; !at.IsZero() {
		p.Created = at.UTC().Format("2006-01-02T15:04:05Z")
		p.Modified = p.Created
	}
	return f.SetDocProps(p)
}

// nameFirst puts the names before the codes, since the first column is the frozen one, and
// leaves out the codes of all dimensions but the school: people read labels.
func (g *grid) nameFirst() {
	var names, others []heading
	for _, h := range g.headings {
		switch {
		case h.part == partLabel:
			names = append(names, h)
		case h.part == partCode && g.result.Dims[h.index].Name != "etablissement":
		default:
			others = append(others, h)
		}
	}
	g.headings = append(names, others...)
}

// grouped tells whether the headings have two levels.
func (g *grid) grouped() bool {
	for i := range g.headings {
		if g.headings[i].Group != "" {
			return true
		}
	}
	return false
}

func writeTable(f *excelize.File, st *styles, t Table, g grid) error {
	w, err := f.NewStreamWriter(sheetTable)
	if err != nil {
		return err
	}
	levels := 1
	if g.grouped() {
		levels = 2
	}
	for i, width := range g.widths() {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	err = w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: levels,
		TopLeftCell: "B" + strconv.Itoa(levels+1), ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: "B" + strconv.Itoa(levels+1), ActiveCell: "B" + strconv.Itoa(levels+1), Pane: "bottomRight"}}})
	if err != nil {
		return err
	}
	if err := g.writeHeadings(w, st, levels); err != nil {
		return err
	}
	line := levels
	cells := make([]excelize.Cell, len(g.headings))
	values := make([]any, len(g.headings))
	for i := range cells {
		values[i] = &cells[i]
	}
	err = g.each(func(row *belvedere.ResultRow, total bool) error {
		line++
		for i := range g.headings {
			if err := g.xlsxCell(&cells[i], st, &g.headings[i], row, total); err != nil {
				return err
			}
		}
		return w.SetRow("A"+strconv.Itoa(line), values)
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// writeHeadings writes one or two lines of headings; a group spans its columns, and a column
// without group spans both lines.
func (g *grid) writeHeadings(w *excelize.StreamWriter, st *styles, levels int) error {
	top, bottom := make([]any, len(g.headings)), make([]any, len(g.headings))
	for i := range g.headings {
		h := &g.headings[i]
		id, err := st.id(look{heading: true, text: h.part != partCell})
		if err != nil {
			return err
		}
		top[i] = excelize.Cell{StyleID: id, Value: orElse(h.Group, h.Label)}
		bottom[i] = excelize.Cell{StyleID: id, Value: h.Label}
		if levels == 1 {
			top[i] = excelize.Cell{StyleID: id, Value: h.Label}
			continue
		}
		if h.Group == "" {
			bottom[i] = excelize.Cell{StyleID: id}
		} else if i > 0 && g.headings[i-1].Group == h.Group {
			top[i] = excelize.Cell{StyleID: id}
		}
	}
	if err := w.SetRow("A1", top, excelize.RowOpts{Height: 30}); err != nil || levels == 1 {
		return err
	}
	if err := w.SetRow("A2", bottom, excelize.RowOpts{Height: 30}); err != nil {
		return err
	}
	for _, s := range g.spans() {
		from, err := excelize.CoordinatesToCellName(s.first+1, 1)
		if err != nil {
			return err
		}
		to, err := excelize.CoordinatesToCellName(s.last+1, s.lines)
		if err != nil {
			return err
		}
		if from == to {
			continue
		}
		if err := w.MergeCell(from, to); err != nil {
			return err
		}
	}
	return nil
}

// A span is a run of columns under one heading, over one or two lines.
type span struct{ first, last, lines int }

// spans cut the headings into groups and columns of their own.
func (g *grid) spans() []span {
	var out []span
	for i := 0; i < len(g.headings); i++ {
		s := span{first: i, last: i, lines: 2}
		if name := g.headings[i].Group; name != "" {
			s.lines = 1
			for s.last+1 < len(g.headings) && g.headings[s.last+1].Group == name {
				s.last++
			}
		}
		out = append(out, s)
		i = s.last
	}
	return out
}

// xlsxCell fills one cell: a number with its format, or a text.
func (g *grid) xlsxCell(into *excelize.Cell, st *styles, h *heading, row *belvedere.ResultRow, total bool) (err error) {
	if h.part != partCell {
		into.Value = xlsxText(g.text(h, row, total))
		into.StyleID, err = st.id(look{text: true, total: total})
		return err
	}
	c := cellAt(row, h.index)
	col := &g.result.Columns[h.index]
	if v, ok := number(c); ok {
		into.Value = v
		into.StyleID, err = st.id(look{total: total, percent: col.Percent, decimals: col.Decimals,
			extreme: c.Extreme, partial: c.State == belvedere.Partial})
		return err
	}
	into.Value = word(c)
	into.StyleID, err = st.id(look{total: total, absent: true})
	return err
}

// xlsxText is a text that a cell can hold.
func xlsxText(s string) string { return clip(clean(s), excelize.TotalCellChars-100) }

// widths fit the columns to their headings and texts, in characters, within reason.
func (g *grid) widths() []float64 {
	const narrow, wide, sample = 9, 44, 400
	out := make([]float64, len(g.headings))
	for i := range g.headings {
		h := &g.headings[i]
		n := (utf8.RuneCountInString(h.Label) + 1) / 2 // headings wrap on two lines
		if h.part != partCell {
			for r := range min(len(g.result.Rows), sample) {
				n = max(n, utf8.RuneCountInString(g.text(h, &g.result.Rows[r], false)))
			}
		}
		for _, w := range strings.Fields(h.Label) {
			n = max(n, utf8.RuneCountInString(w))
		}
		if h.part == partCell && g.withWords(h.index) {
			n = max(n, len("non communiqué"))
		}
		out[i] = float64(min(max(n+2, narrow), wide))
	}
	return out
}

// withWords tells whether a column shows the longest of the words.
func (g *grid) withWords(column int) bool {
	for i := range g.result.Rows {
		if cellAt(&g.result.Rows[i], column).State == belvedere.NotShared {
			return true
		}
	}
	return false
}
