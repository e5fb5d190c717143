package export

import (
	"bufio"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"time"

	"belvedere"

	"github.com/xuri/excelize/v2"
)

// A Sheet is a flat table of typed rows that are written as they come: what an extract holds. Values are
// int64, float64, string, time.Time (a day) or nil, as the columns say.
type Sheet struct {
	Title   string
	Columns []SheetColumn
	About   []belvedere.Attribute // what stands in « À propos de cet extrait »
	Made    time.Time
	Mark    string // identifies the file, in its properties
	Rows    func(yield func(row []any) error) error
}

// A SheetColumn heads a column: a stable name for programs, words for people.
type SheetColumn struct {
	Name, Label string
	Type        belvedere.ColumnType // Text, Int64, Float64 or DateOnly
	Unit        string               // of numbers, where one is known
}

// FormatNDJSON, FormatODS and FormatParquet are formats of sheets alone.
const (
	FormatODS     Format = "ods"
	FormatNDJSON  Format = "ndjson"
	FormatParquet Format = "parquet"
)

// A sheetKind says how a format of sheets is written, and whether the file tells what it is.
type sheetKind struct {
	extension, mime string
	tells           bool
	write           func(io.Writer, Sheet) error
}

var sheetKinds = map[Format]sheetKind{
	FormatCSV:     {"csv", formats[FormatCSV].mime, false, sheetCSV},
	FormatTableur: {"csv", formats[FormatTableur].mime, true, sheetTableur},
	FormatXLSX:    {"xlsx", formats[FormatXLSX].mime, true, sheetXLSX},
	FormatODS:     {"ods", odsType, true, sheetODS},
	FormatJSON:    {"json", "application/json", true, sheetJSON},
	FormatNDJSON:  {"ndjson", "application/x-ndjson", false, sheetNDJSON},
	FormatParquet: {"parquet", "application/vnd.apache.parquet", true, sheetParquet},
}

// SheetFormats are the formats of sheets, in the order of menus.
var SheetFormats = []Format{FormatCSV, FormatTableur, FormatXLSX, FormatODS, FormatParquet, FormatJSON, FormatNDJSON}

// SheetFormat describes a format of sheets: its extension, its type for HTTP, and whether the file itself has a
// place to say what it is. ok is false for any other.
func SheetFormat(f Format) (extension, mime string, tells, ok bool) {
	k, ok := sheetKinds[f]
	return k.extension, k.mime, k.tells, ok
}

// WriteSheet writes a sheet row by row. No text of it can run as a formula.
func WriteSheet(w io.Writer, f Format, s Sheet) (err error) {
	defer belvedere.Wrap(&err, "WriteSheet(%s)", f)
	k, ok := sheetKinds[f]
	if !ok {
		return belvedere.Errorf(belvedere.Invalid, "format inconnu : csv, tableur, xlsx, ods, parquet, json ou ndjson attendu")
	}
	return k.write(w, s)
}

// MostSheetRows is how many rows a workbook holds under its heading.
const MostSheetRows = excelize.TotalRows - 1

func sheetCSV(w io.Writer, s Sheet) error {
	return writeSheetCSV(w, s, dialect{separator: ',', decimal: '.', end: "\n"})
}

func sheetTableur(w io.Writer, s Sheet) error {
	return writeSheetCSV(w, s, dialect{separator: ';', decimal: ',', end: "\r\n", mark: true, quoteAll: true, provenance: true})
}

func writeSheetCSV(out io.Writer, s Sheet, d dialect) error {
	w := &csvWriter{Writer: bufio.NewWriterSize(out, 32<<10), dialect: d}
	if d.mark {
		w.WriteString("\ufeff")
	}
	for _, c := range s.Columns {
		if d.provenance {
			w.text(c.Label)
		} else {
			w.text(c.Name)
		}
	}
	w.endLine()
	err := s.Rows(func(row []any) error {
		for _, v := range row {
			w.value(v)
		}
		return w.endLine()
	})
	if err != nil {
		return err
	}
	if d.provenance {
		w.endLine()
		for _, a := range s.About {
			w.text(a.Name)
			w.text(a.Value)
			w.endLine()
		}
	}
	return w.Flush()
}

// value writes a typed value: a number as a number, a day as 2025-11-30, or 30/11/2025 for a spreadsheet.
func (w *csvWriter) value(v any) {
	switch v := v.(type) {
	case nil:
		w.separate()
	case int64:
		w.separate()
		w.WriteString(strconv.FormatInt(v, 10))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			w.separate()
			return
		}
		w.number(v)
	case time.Time:
		if w.provenance {
			w.text(v.Format("02/01/2006"))
		} else {
			w.text(v.Format(time.DateOnly))
		}
	case string:
		w.text(v)
	}
}

// sheetJSON writes one object: what it is, the columns, the rows as lists.
func sheetJSON(out io.Writer, s Sheet) error {
	w := bufio.NewWriterSize(out, 32<<10)
	about := map[string]string{}
	for _, a := range s.About {
		about[a.Name] = a.Value
	}
	type column struct {
		Name  string `json:"nom"`
		Label string `json:"libelle"`
		Type  string `json:"type"`
	}
	columns := make([]column, len(s.Columns))
	for i, c := range s.Columns {
		columns[i] = column{c.Name, c.Label, jsonTypes[c.Type]}
	}
	head, err := json.Marshal(struct {
		About   map[string]string `json:"a_propos"`
		Columns []column          `json:"colonnes"`
	}{about, columns})
	if err != nil {
		return err
	}
	w.Write(head[:len(head)-1])
	w.WriteString(`,"lignes":[`)
	first := true
	err = s.Rows(func(row []any) error {
		if !first {
			w.WriteByte(',')
		}
		first = false
		w.WriteByte('\n')
		return sheetLine(w, row)
	})
	if err != nil {
		return err
	}
	w.WriteString("\n]}\n")
	return w.Flush()
}

var jsonTypes = map[belvedere.ColumnType]string{belvedere.Text: "texte", belvedere.Int64: "entier", belvedere.Float64: "nombre", belvedere.DateOnly: "date"}

func sheetLine(w *bufio.Writer, row []any) error {
	out := make([]any, len(row))
	for i, v := range row {
		out[i] = jsonValue(v)
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

func jsonValue(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.DateOnly)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case string:
		return clean(v)
	}
	return v
}

// sheetNDJSON writes one object a line, keys in the order of the columns.
func sheetNDJSON(out io.Writer, s Sheet) error {
	w := bufio.NewWriterSize(out, 32<<10)
	keys := make([][]byte, len(s.Columns))
	for i, c := range s.Columns {
		key, err := json.Marshal(c.Name)
		if err != nil {
			return err
		}
		keys[i] = append(key, ':')
	}
	err := s.Rows(func(row []any) error {
		w.WriteByte('{')
		for i, v := range row {
			if i > 0 {
				w.WriteByte(',')
			}
			w.Write(keys[i])
			b, err := json.Marshal(jsonValue(v))
			if err != nil {
				return err
			}
			w.Write(b)
		}
		_, err := w.WriteString("}\n")
		return err
	})
	if err != nil {
		return err
	}
	return w.Flush()
}
