// Package export turns a result into a file: CSV, CSV for a French spreadsheet, XLSX, PDF and
// JSON, written to an io.Writer.
//
// What it promises: the file holds the cells of the result, all of them, in the order of the
// result, and no number that the result withholds; a cell without value bears its word. The
// same table gives the same bytes. No text of a file can run as a formula in a spreadsheet.
package export

import (
	"io"
	"strings"
	"unicode"

	"belvedere"

	"golang.org/x/text/unicode/norm"
)

// A Table is what is written: a result, what stands over it, and where its words are defined.
type Table struct {
	Heading belvedere.Heading
	Result  *belvedere.Result
	Model   *belvedere.Model // for the definitions of the columns; nil leaves them out
}

// A Format is a kind of file, as addresses and flags name it.
type Format string

// The formats. Tableur is the CSV that a French spreadsheet opens with a double click.
const (
	FormatCSV     Format = "csv"
	FormatTableur Format = "tableur"
	FormatXLSX    Format = "xlsx"
	FormatPDF     Format = "pdf"
	FormatJSON    Format = "json"
)

// A formatKind says how a format is written and served.
type formatKind struct {
	extension string
	mime      string
	write     func(io.Writer, Table) error
}

var formats = map[Format]formatKind{
	FormatCSV:     {"csv", "text/csv; charset=utf-8; header=present", CSV},
	FormatTableur: {"csv", "text/csv; charset=utf-8; header=present", Tableur},
	FormatXLSX:    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", XLSX},
	FormatPDF:     {"pdf", "application/pdf", PDF},
	FormatJSON:    {"json", "application/json", JSON},
	FormatParquet: {"parquet", "application/vnd.apache.parquet", Parquet},
	FormatArrow:   {"arrows", "application/vnd.apache.arrow.stream", Arrow},
	FormatGeoJSON: {"geojson", "application/geo+json", GeoJSON},
	FormatSDMX:    {"sdmx.csv", "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8", SDMX},
}

// ParseFormat reads the name of a format. The error is of kind Invalid.
func ParseFormat(s string) (Format, error) {
	f := Format(strings.ToLower(strings.TrimSpace(s)))
	if _, ok := formats[f]; !ok {
		return "", belvedere.Errorf(belvedere.Invalid, "format inconnu : csv, tableur, xlsx, pdf, json, parquet, arrow, geojson ou sdmx-csv attendu")
	}
	return f, nil
}

// Extension of the file, without a dot; "" for an unknown format.
func (f Format) Extension() string { return formats[f].extension }

// ContentType of the file for HTTP; "" for an unknown format.
func (f Format) ContentType() string { return formats[f].mime }

// Write writes the table in a format. An unknown format is an Invalid error and writes nothing.
func Write(w io.Writer, f Format, t Table) error {
	k, ok := formats[f]
	if !ok {
		return belvedere.Errorf(belvedere.Invalid, "format inconnu : csv, tableur, xlsx, pdf, json, parquet, arrow, geojson ou sdmx-csv attendu")
	}
	t.Result = t.Result.Spread()
	return k.write(w, t)
}

// FileName names the file: subject, perimeter and period, then the receipt
// ("assiduite-colleges-2025-2026-7kq2-m9xd.csv"). It is lower-case ASCII made of letters,
// digits and hyphens, so that no system and no header needs to escape it.
func FileName(h belvedere.Heading, r belvedere.Receipt, f Format) string {
	stem := slug(h.FileStem)
	if stem == "" {
		stem = slug(h.Title + " " + h.Selection)
	}
	if stem == "" {
		stem = "extrait"
	}
	const longest = 120
	if len(stem) > longest {
		stem = strings.TrimRight(stem[:longest], "-")
	}
	if code := slug(r.Code); code != "" {
		stem += "-" + code
	}
	if f == FormatTableur {
		stem += "-tableur"
	}
	if ext := f.Extension(); ext != "" {
		stem += "." + ext
	}
	return stem
}

// slug keeps the letters and digits of a text, without accents, joined by hyphens.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.NewReplacer("œ", "oe", "Œ", "oe", "æ", "ae", "Æ", "ae").Replace(s)) {
		switch r = unicode.ToLower(r); {
		case unicode.Is(unicode.Mn, r):
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}
