package table

import (
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// headerRows is how many rows at the top of a sheet may stand above its header: titles, blank lines.
const headerRows = 20

// A rowSource gives the rows of a sheet as they stand in it, whatever the format of its workbook.
type rowSource interface {
	row() (bookRow, error)
	refused(error) error // in French
	offset() int64
}

// sheetRows reads a sheet row by row.
type sheetRows struct {
	rowSource
	lim    Limits
	header []string
	start  []bookRow // rows read while the header was looked for
	fields [][]byte
	dead   error
}

// A bookRow is a row as it stands in the sheet.
type bookRow struct {
	line  int64
	cells []string
	long  bool // over the cap of a record
}

// An excelSheet is a sheet of a workbook of Excel.
type excelSheet struct {
	book *workbook
	part *bookPart
}

func (r *excelSheet) refused(err error) error { return r.book.refused(err) }
func (r *excelSheet) offset() int64           { return r.book.packed.offset() }

// rows begins a sheet of a workbook of Excel.
func (w *workbook) rows(name string) (Rows, error) {
	if err := w.load(); err != nil {
		return nil, w.refused(err)
	}
	part, err := w.open(name)
	if err != nil {
		return nil, w.refused(err)
	}
	return newSheetRows(&excelSheet{w, part}, w.lim)
}

// newSheetRows begins a sheet: its header stands at its top, under titles if any.
func newSheetRows(source rowSource, lim Limits) (Rows, error) {
	r := &sheetRows{rowSource: source, lim: lim}
	widest := 0
	for len(r.start) < headerRows {
		row, err := r.row()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, r.refused(err)
		}
		r.start = append(r.start, row)
		widest = max(widest, filled(row.cells))
	}
	lines := make([][]string, len(r.start))
	for i, row := range r.start {
		lines[i] = row.cells
	}
	if names, below, ok := headerOf(lines, widest); ok {
		r.start = r.start[below:]
		return r, r.name(names)
	}
	return nil, refusal(belvedere.Invalid, "La feuille est vide. Choisissez celle qui porte le tableau.")
}

// name takes the header; columns without a name at its end do not count.
func (r *sheetRows) name(cells []string) error {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > r.lim.Columns {
		return refusal(belvedere.TooLarge, "La feuille a plus de "+number(int64(r.lim.Columns))+" colonnes. Gardez celles qui sont utiles, puis renvoyez-la.")
	}
	r.header, r.fields = uniqueNames(cells), make([][]byte, len(cells))
	return nil
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

func (r *sheetRows) Header() []string { return r.header }
func (r *sheetRows) Offset() int64    { return r.offset() }
func (r *sheetRows) format() Format   { return Format{Kind: XLSX, Encoding: UTF8} }

// Next implements Rows: rows without any value are not given.
func (r *sheetRows) Next() (belvedere.SourceRow, error) {
	for r.dead == nil {
		var row bookRow
		if len(r.start) > 0 {
			row, r.start = r.start[0], r.start[1:]
		} else if row, r.dead = r.row(); r.dead != nil {
			break
		}
		if filled(row.cells) == 0 && !row.long {
			continue
		}
		return r.give(row), nil
	}
	if r.dead != io.EOF {
		r.dead = r.refused(r.dead)
	}
	return belvedere.SourceRow{}, r.dead
}

func (r *sheetRows) give(row bookRow) belvedere.SourceRow {
	if row.long {
		return belvedere.SourceRow{Line: row.line, Fault: longFault(row.line, r.lim.Record)}
	}
	if n := len(r.header); len(row.cells) > n && filled(row.cells[n:]) > 0 {
		return belvedere.SourceRow{Line: row.line, Fault: columnsFault(row.line, n, len(row.cells))}
	}
	for i := range r.fields {
		r.fields[i] = []byte{}
		if i < len(row.cells) {
			r.fields[i] = []byte(row.cells[i])
		}
	}
	return belvedere.SourceRow{Line: row.line, Fields: r.fields}
}

// row reads the next row of the sheet.
func (r *excelSheet) row() (row bookRow, err error) {
	inside := false
	for {
		t, err := r.part.next()
		if err != nil {
			return row, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "row":
				inside = true
				row.line, _ = strconv.ParseInt(attribute(t, "r"), 10, 64)
			case inside && t.Name.Local == "c":
				if err := r.cell(&row, t); err != nil {
					return row, err
				}
			}
		case xml.EndElement:
			if t.Name.Local == "row" {
				return row, nil
			}
		}
	}
}

// cell reads a cell into its place in the row.
func (r *excelSheet) cell(row *bookRow, c xml.StartElement) error {
	at := len(row.cells)
	if ref := attribute(c, "r"); ref != "" {
		at = columnOf(ref)
	}
	if at < len(row.cells) || at >= r.book.lim.Columns {
		at = -1 // cells come in order; beyond the cap nothing is named
	}
	value, err := r.value(c)
	if err != nil || at < 0 {
		return err
	}
	for len(row.cells) < at {
		row.cells = append(row.cells, "")
	}
	row.cells = append(row.cells, value)
	size := 0
	for _, v := range row.cells {
		size += len(v)
	}
	if size > r.book.lim.Record {
		row.cells, row.long = row.cells[:0], true
	}
	return nil
}

// columnOf is the place of a reference like "AB12", -1 when it is none.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && i < 3; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	return n - 1
}

// value reads what a cell shows, up to its end.
func (r *excelSheet) value(c xml.StartElement) (string, error) {
	var text strings.Builder
	within := ""
	for depth := 1; depth > 0; {
		t, err := r.part.next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			within = t.Name.Local
		case xml.EndElement:
			depth--
			within = ""
		case xml.CharData:
			if (within == "v" || within == "t") && text.Len()+len(t) <= r.book.lim.Record {
				text.Write(t)
			}
		}
	}
	return r.shown(attribute(c, "t"), attribute(c, "s"), text.String()), nil
}

// shown writes a cell as a file of text would: dates 2025-11-30, numbers without grouping.
func (r *excelSheet) shown(kind, style, raw string) string {
	switch kind {
	case "s":
		if n, err := strconv.Atoi(strings.TrimSpace(raw)); err == nil && n >= 0 && n < len(r.book.texts) {
			return r.book.texts[n]
		}
		return ""
	case "str", "inlineStr", "e":
		return raw
	case "d":
		return strings.TrimSuffix(raw, "T00:00:00")
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return raw
	}
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(r.book.dates) && r.book.dates[n] && f >= 0 && f < 2958466 {
		return dateOf(f, r.book.from1904)
	}
	return plainNumber(raw)
}

// plainNumber writes a number of a spreadsheet, which counts with fifteen digits: 0.30000000000000004 is 0.3.
func plainNumber(raw string) string {
	f, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return raw
	}
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = rounded
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// dateOf writes a serial number of days as a date, with its time when it has one.
func dateOf(serial float64, from1904 bool) string {
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 1:
		return epoch.Add(time.Duration(math.Round(serial*86400)) * time.Second).Format(time.TimeOnly)
	case serial < 61: // 1900 had no 29 February, which spreadsheets count
		epoch = epoch.AddDate(0, 0, 1)
	}
	t := epoch.AddDate(0, 0, int(serial)).Add(time.Duration(math.Round((serial-math.Floor(serial))*86400)) * time.Second)
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}
