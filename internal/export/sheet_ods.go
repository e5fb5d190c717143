package export

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"time"

	"belvedere"

	"github.com/xuri/excelize/v2"
)

// odsType is the type of an OpenDocument spreadsheet.
const odsType = "application/vnd.oasis.opendocument.spreadsheet"

// odsSpaces are the vocabularies of OpenDocument 1.3 that we write.
const odsSpaces = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"` +
	` xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"` +
	` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" office:version="1.3"`

// sheetODS writes an OpenDocument spreadsheet, as sheetXLSX does a workbook of Excel.
func sheetODS(out io.Writer, s Sheet) error {
	b := newBook(out, s.Made)
	b.raw("mimetype", odsType)
	b.text("META-INF/manifest.xml", xmlHead+`<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="`+odsType+`"/>`+
		odsEntry("content.xml")+odsEntry("meta.xml")+odsEntry("settings.xml")+`</manifest:manifest>`)
	b.text("meta.xml", xmlHead+`<office:document-meta`+odsSpaces+`><office:meta><dc:title>`+xmlText(clean(s.Title))+`</dc:title><meta:initial-creator>Belvédère</meta:initial-creator><dc:creator>Belvédère</dc:creator>`+
		`<meta:creation-date>`+s.Made.UTC().Format("2006-01-02T15:04:05Z")+`</meta:creation-date><dc:language>fr-FR</dc:language><meta:user-defined meta:name="Extrait">`+xmlText(clean(s.Mark))+`</meta:user-defined></office:meta></office:document-meta>`)
	b.text("settings.xml", xmlHead+`<office:document-settings`+odsSpaces+`><office:settings><config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>`+
		`<config:config-item-map-named config:name="Tables"><config:config-item-map-entry config:name="`+sheetRows+`"><config:config-item config:name="VerticalSplitMode" config:type="short">2</config:config-item>`+
		`<config:config-item config:name="VerticalSplitPosition" config:type="int">1</config:config-item><config:config-item config:name="PositionBottom" config:type="int">1</config:config-item><config:config-item config:name="ActiveSplitRange" config:type="short">2</config:config-item>`+
		`</config:config-item-map-entry></config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>`)
	b.part("content.xml", func(w *bufio.Writer) error { return odsContent(w, s) })
	return b.close()
}

func odsEntry(name string) string {
	return `<manifest:file-entry manifest:full-path="` + name + `" manifest:media-type="text/xml"/>`
}

func odsContent(w *bufio.Writer, s Sheet) error {
	w.WriteString(xmlHead + `<office:document-content` + odsSpaces + `><office:automatic-styles>` +
		`<number:date-style style:name="N1" number:language="fr" number:country="FR"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>` +
		`<style:style style:name="jour" style:family="table-cell" style:data-style-name="N1"/>` + odsHead("entete", "start") + odsHead("entete-nombre", "end") +
		`<style:style style:name="apropos" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/></style:style>`)
	widths := map[int]bool{30: true, 100: true}
	for _, c := range s.Columns {
		widths[sheetWidth(c)] = true
	}
	for n := range 101 {
		if widths[n] {
			w.WriteString(`<style:style style:name="l` + strconv.Itoa(n) + `" style:family="table-column"><style:table-column-properties style:column-width="` + strconv.FormatFloat(float64(n)*0.2, 'f', 1, 64) + `cm"/></style:style>`)
		}
	}
	w.WriteString(`</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="` + sheetRows + `">`)
	for _, c := range s.Columns {
		w.WriteString(`<table:table-column table:style-name="l` + strconv.Itoa(sheetWidth(c)) + `"/>`)
	}
	if err := odsRows(w, s); err != nil {
		return err
	}
	w.WriteString(`</table:table><table:table table:name="` + sheetExtract + `"><table:table-column table:style-name="l30"/><table:table-column table:style-name="l100"/>`)
	for _, a := range s.About {
		w.WriteString(`<table:table-row>`)
		odsText(w, a.Name, "apropos")
		odsText(w, a.Value, "apropos")
		w.WriteString(`</table:table-row>`)
	}
	if len(s.About) == 0 {
		w.WriteString(`<table:table-row><table:table-cell/></table:table-row>`)
	}
	_, err := w.WriteString(`</table:table></office:spreadsheet></office:body></office:document-content>`)
	return err
}

func odsHead(name, side string) string {
	return `<style:style style:name="` + name + `" style:family="table-cell"><style:table-cell-properties fo:border-bottom="0.5pt solid #` + ink + `" fo:wrap-option="wrap" style:vertical-align="bottom"/>` +
		`<style:paragraph-properties fo:text-align="` + side + `"/><style:text-properties fo:font-weight="bold" fo:color="#` + ink + `"/></style:style>`
}

func odsRows(w *bufio.Writer, s Sheet) error {
	w.WriteString(`<table:table-header-rows><table:table-row>`)
	for _, c := range s.Columns {
		style := "entete-nombre"
		if c.Type == belvedere.Text {
			style = "entete"
		}
		odsText(w, c.Label, style)
	}
	w.WriteString(`</table:table-row></table:table-header-rows>`)
	line := 1
	return s.Rows(func(row []any) error {
		if line++; line > excelize.TotalRows { // LibreOffice stops where Excel does
			return tooManyRows()
		}
		w.WriteString(`<table:table-row>`)
		for _, v := range row {
			odsValue(w, v)
		}
		_, err := w.WriteString(`</table:table-row>`)
		return err
	})
}

// odsText writes a typed string: no spreadsheet takes one for a formula.
func odsText(w *bufio.Writer, s, style string) {
	w.WriteString(`<table:table-cell office:value-type="string"`)
	if style != "" {
		w.WriteString(` table:style-name="` + style + `"`)
	}
	w.WriteString(`><text:p>`)
	w.WriteString(odsRuns(xmlText(xlsxText(s))))
	w.WriteString(`</text:p></table:table-cell>`)
}

// odsRuns writes the spaces that OpenDocument would fold into one.
func odsRuns(s string) string {
	if !strings.Contains(s, "  ") && !strings.HasPrefix(s, " ") && !strings.HasSuffix(s, " ") {
		return s
	}
	return strings.ReplaceAll(s, " ", "<text:s/>")
}

func odsValue(w *bufio.Writer, v any) {
	switch v := v.(type) {
	case string:
		odsText(w, v, "")
	case int64:
		if text := strconv.FormatInt(v, 10); exactInSheets(v) {
			odsNumber(w, text)
		} else {
			odsText(w, text, "")
		}
	case float64:
		if jsonValue(v) == nil {
			w.WriteString(`<table:table-cell/>`)
			return
		}
		odsNumber(w, strconv.FormatFloat(v, 'g', -1, 64))
	case time.Time:
		w.WriteString(`<table:table-cell office:value-type="date" office:date-value="` + v.Format(time.DateOnly) + `" table:style-name="jour"><text:p>` + v.Format("02/01/2006") + `</text:p></table:table-cell>`)
	default:
		w.WriteString(`<table:table-cell/>`)
	}
}

func odsNumber(w *bufio.Writer, text string) {
	w.WriteString(`<table:table-cell office:value-type="float" office:value="` + text + `"><text:p>` + strings.Replace(text, ".", ",", 1) + `</text:p></table:table-cell>`)
}
