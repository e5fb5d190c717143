package export

import (
	"bufio"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"belvedere"

	"github.com/xuri/excelize/v2"
)

// sheetRows and sheetExtract name the sheets of the workbook of an extract.
const (
	sheetRows    = "Extrait"
	sheetExtract = "À propos de cet extrait"
)

// The styles of the cells of a workbook, by their number in its table of styles.
const (
	xlsxPlain = iota
	xlsxDay
	xlsxHeadText
	xlsxHeadNumber
	xlsxWrapped
)

// sheetXLSX writes a workbook: the rows under a frozen heading, texts as typed strings, days as days; then a sheet
// that says what the extract is.
func sheetXLSX(out io.Writer, s Sheet) error {
	b := newBook(out, s.Made)
	for name, text := range xlsxParts(s) {
		b.text(name, text)
	}
	b.part("xl/worksheets/sheet1.xml", func(w *bufio.Writer) error { return xlsxRows(w, s) })
	b.part("xl/worksheets/sheet2.xml", func(w *bufio.Writer) error { return xlsxAbout(w, s) })
	return b.close()
}

const (
	xlsxMain     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	xlsxRelated  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	xlsxPackage  = "http://schemas.openxmlformats.org/package/2006"
	xlsxContents = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// xlsxParts yields the parts that hold no row, the description of the whole first, as programs that look at the
// beginning of a file expect.
func xlsxParts(s Sheet) func(yield func(name, text string) bool) {
	made := s.Made.UTC().Format("2006-01-02T15:04:05Z")
	list := [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + xlsxPackage + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + xlsxContents + `sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + xlsxContents + `worksheet+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet2.xml" ContentType="` + xlsxContents + `worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="` + xlsxContents + `styles+xml"/>` +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + xlsxPackage + `/relationships"><Relationship Id="rId1" Type="` + xlsxRelated + `/officeDocument" Target="xl/workbook.xml"/>` +
			`<Relationship Id="rId2" Type="` + xlsxPackage + `/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"docProps/core.xml", `<cp:coreProperties xmlns:cp="` + xlsxPackage + `/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
			`<dc:title>` + xmlText(clean(s.Title)) + `</dc:title><dc:creator>Belvédère</dc:creator><dc:identifier>` + xmlText(clean(s.Mark)) + `</dc:identifier><dc:language>fr-FR</dc:language><cp:lastModifiedBy>Belvédère</cp:lastModifiedBy>` +
			`<dcterms:created xsi:type="dcterms:W3CDTF">` + made + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + made + `</dcterms:modified></cp:coreProperties>`},
		{"xl/workbook.xml", `<workbook xmlns="` + xlsxMain + `" xmlns:r="` + xlsxRelated + `"><sheets><sheet name="` + sheetRows + `" sheetId="1" r:id="rId1"/><sheet name="` + sheetExtract + `" sheetId="2" r:id="rId2"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + xlsxPackage + `/relationships"><Relationship Id="rId1" Type="` + xlsxRelated + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + xlsxRelated + `/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="` + xlsxRelated + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet xmlns="` + xlsxMain + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>` +
			`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><color rgb="FF` + ink + `"/><name val="Calibri"/></font></fonts>` +
			`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
			`<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="thin"><color rgb="FF` + ink + `"/></bottom><diagonal/></border></borders>` +
			`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
			`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` + xlsxHead("left") + xlsxHead("right") +
			`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>` +
			`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`},
	}
	return func(yield func(name, text string) bool) {
		for _, p := range list {
			if !yield(p[0], xmlHead+p[1]) {
				return
			}
		}
	}
}

func xlsxHead(side string) string {
	return `<xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="` + side + `" vertical="bottom" wrapText="1"/></xf>`
}

// sheetWidth is the width of a column in characters, by its heading.
func sheetWidth(c SheetColumn) int { return min(max(utf8.RuneCountInString(c.Label)+2, 12), 44) }

func xlsxRows(w *bufio.Writer, s Sheet) error {
	w.WriteString(xmlHead + `<worksheet xmlns="` + xlsxMain + `"><sheetViews><sheetView workbookViewId="0" tabSelected="1"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>` +
		`<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews><cols>`)
	for i, c := range s.Columns {
		n := strconv.Itoa(i + 1)
		w.WriteString(`<col min="` + n + `" max="` + n + `" width="` + strconv.Itoa(sheetWidth(c)) + `" customWidth="1"/>`)
	}
	w.WriteString(`</cols><sheetData>`)
	x := xlsxWriter{w: w}
	x.begin()
	for _, c := range s.Columns {
		style := xlsxHeadNumber
		if c.Type == belvedere.Text {
			style = xlsxHeadText
		}
		x.text(c.Label, style)
	}
	x.end()
	err := s.Rows(func(row []any) error {
		if x.line >= excelize.TotalRows {
			return tooManyRows()
		}
		x.begin()
		for _, v := range row {
			x.value(v)
		}
		return x.end()
	})
	if err != nil {
		return err
	}
	_, err = w.WriteString(`</sheetData></worksheet>`)
	return err
}

// tooManyRows tells that a spreadsheet cannot hold an extract.
func tooManyRows() error {
	return belvedere.Errorf(belvedere.TooLarge, "cet extrait dépasse ce qu’un classeur peut contenir : choisissez un autre format")
}

func xlsxAbout(w *bufio.Writer, s Sheet) error {
	w.WriteString(xmlHead + `<worksheet xmlns="` + xlsxMain + `"><cols><col min="1" max="1" width="30" customWidth="1"/><col min="2" max="2" width="100" customWidth="1"/></cols><sheetData>`)
	x := xlsxWriter{w: w}
	for _, a := range s.About {
		x.begin()
		x.text(a.Name, xlsxWrapped)
		x.text(a.Value, xlsxWrapped)
		x.end()
	}
	_, err := w.WriteString(`</sheetData></worksheet>`)
	return err
}

// An xlsxWriter writes rows of cells.
type xlsxWriter struct {
	w            *bufio.Writer
	line, column int
	names        []string // of the columns, "A" on
}

func (x *xlsxWriter) begin() {
	x.line, x.column = x.line+1, 0
	x.w.WriteString(`<row r="` + strconv.Itoa(x.line) + `">`)
}

func (x *xlsxWriter) end() error {
	_, err := x.w.WriteString(`</row>`)
	return err
}

// open begins a cell, up to its attributes.
func (x *xlsxWriter) open(style int) {
	if x.column == len(x.names) {
		name, err := excelize.ColumnNumberToName(x.column + 1)
		if err != nil {
			name = "XFD"
		}
		x.names = append(x.names, name)
	}
	x.w.WriteString(`<c r="`)
	x.w.WriteString(x.names[x.column])
	x.w.WriteString(strconv.Itoa(x.line))
	x.w.WriteByte('"')
	if style != xlsxPlain {
		x.w.WriteString(` s="` + strconv.Itoa(style) + `"`)
	}
	x.column++
}

// text writes a typed string: no spreadsheet takes one for a formula.
func (x *xlsxWriter) text(s string, style int) {
	x.open(style)
	x.w.WriteString(` t="inlineStr"><is><t xml:space="preserve">`)
	x.w.WriteString(xmlText(xlsxEscapes(xlsxText(s))))
	x.w.WriteString(`</t></is></c>`)
}

func (x *xlsxWriter) number(text string, style int) {
	x.open(style)
	x.w.WriteString(`><v>` + text + `</v></c>`)
}

func (x *xlsxWriter) value(v any) {
	switch v := v.(type) {
	case string:
		x.text(v, xlsxPlain)
	case int64:
		if text := strconv.FormatInt(v, 10); exactInSheets(v) {
			x.number(text, xlsxPlain)
		} else {
			x.text(text, xlsxPlain)
		}
	case float64:
		if jsonValue(v) == nil {
			x.column++
			return
		}
		x.number(strconv.FormatFloat(v, 'g', -1, 64), xlsxPlain)
	case time.Time:
		if day := xlsxSerial(v); day >= xlsxFirst {
			x.number(strconv.Itoa(day), xlsxDay)
			return
		}
		x.text(v.Format("02/01/2006"), xlsxPlain) // spreadsheets have no such day
	default:
		x.column++
	}
}

// exactInSheets tells whether spreadsheets, which keep fifteen digits, hold a number as it is.
func exactInSheets(n int64) bool { return n > -1e15 && n < 1e15 }

// xlsxFirst is 1 March 1900: the days before are counted wrongly by spreadsheets.
const xlsxFirst = 61

// xlsxSerial is a day as spreadsheets count them.
func xlsxSerial(day time.Time) int {
	y, m, d := day.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

// xlsxEscape is what spreadsheets read as a character in a string: "_x0041_" is an A.
var xlsxEscape = regexp.MustCompile(`_(x[0-9A-Fa-f]{4}_)`)

func xlsxEscapes(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return xlsxEscape.ReplaceAllString(s, "_x005F_$1")
}
