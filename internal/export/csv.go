package export

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"belvedere"
)

// CSV writes the table raw and typed, for programs: UTF-8 without mark, commas, RFC 4180 quotes,
// "\n" at the end of lines, decimal points and all the digits of each number.
//
//   - The first line holds the stable names of the columns: for a dimension its name
//     ("etablissement", codes), its name + "_libelle" and the attributes; for a column of cells
//     its key, followed by " (%)" when the numbers are percentages (46.4 for 46,4 %).
//   - The total over all rows comes first, as on screen; its code is "total".
//   - A cell without value holds its word: "en attente", "non communiqué", "secret", "n.d.", "s.o.".
//   - A column that holds a partial value is followed by "key – couverture" ("87/96").
//   - Nothing follows the lines. The provenance is in the name of the file (FileName), in the
//     Tableur and XLSX forms, and behind the receipt.
//
// A text that would start a formula is preceded by an apostrophe; a number never is.
func CSV(w io.Writer, t Table) error {
	return writeCSV(w, t, dialect{separator: ',', decimal: '.', end: "\n", heading: func(h *heading) string { return h.Name }})
}

// Tableur writes the table for a French spreadsheet: byte order mark, semicolons, decimal commas,
// "\r\n", headings in words, every text between quotes. After the table and an empty line come the
// lines of provenance: title, selection, period, filters, coverage, edition, receipt, credit.
func Tableur(w io.Writer, t Table) error {
	return writeCSV(w, t, dialect{separator: ';', decimal: ',', end: "\r\n", mark: true, quoteAll: true, provenance: true,
		heading: (*heading).words})
}

// words are the whole heading of a column on one line; a percentage says so.
func (h *heading) words() string {
	s := h.Label
	if h.Group != "" {
		s = h.Group + " – " + s
	}
	if h.percent && !strings.Contains(s, "%") {
		s += " (%)"
	}
	return s
}

// A dialect is what differs between the two CSV.
type dialect struct {
	separator  byte
	decimal    byte
	end        string
	mark       bool // byte order mark
	quoteAll   bool // quotes around every text
	provenance bool
	heading    func(*heading) string
}

// A csvWriter writes fields one by one; the error of the underlying writer comes with the flush.
type csvWriter struct {
	*bufio.Writer
	dialect
	inLine bool
	digits []byte
}

func writeCSV(out io.Writer, t Table, d dialect) (err error) {
	defer belvedere.Wrap(&err, "export.CSV(%s)", t.Heading.FileStem)
	w := &csvWriter{Writer: bufio.NewWriterSize(out, 32<<10), dialect: d}
	if d.mark {
		w.WriteString("\ufeff")
	}
	g := newGrid(t.Result)
	for i := range g.headings {
		w.text(d.heading(&g.headings[i]))
	}
	w.endLine()
	err = g.each(func(row *belvedere.ResultRow, total bool) error {
		for i := range g.headings {
			h := &g.headings[i]
			if h.part != partCell {
				w.text(w.spreadsheet(h, g.text(h, row, total)))
				continue
			}
			c := cellAt(row, h.index)
			if v, ok := number(c); ok {
				w.number(scaled(v, t.Result.Columns[h.index].Percent))
			} else {
				w.text(word(c))
			}
		}
		return w.endLine()
	})
	if err != nil {
		return err
	}
	if d.provenance {
		w.endLine()
		for _, a := range provenance(t) {
			w.text(a.Name)
			w.text(a.Value)
			w.endLine()
		}
	}
	return w.Flush()
}

// spreadsheet keeps a coverage from being read as a date: "7/12" would be 7 December.
func (w *csvWriter) spreadsheet(h *heading, s string) string {
	if h.part == partCoverage && w.provenance {
		return strings.Replace(s, "/", " sur ", 1)
	}
	return s
}

// text writes a field of text, made harmless, between quotes where they are needed.
func (w *csvWriter) text(s string) {
	w.separate()
	s = Guard(s)
	if !w.quoteAll && (s == "" || !strings.ContainsAny(s, "\",;'|") && s[0] != ' ' && s[len(s)-1] != ' ') {
		w.WriteString(s)
		return
	}
	w.WriteByte('"')
	w.WriteString(strings.ReplaceAll(s, `"`, `""`))
	w.WriteByte('"')
}

// number writes all the digits of a number, never an exponent.
func (w *csvWriter) number(v float64) {
	w.separate()
	if v == 0 {
		v = 0 // never "-0"
	}
	w.digits = strconv.AppendFloat(w.digits[:0], v, 'f', -1, 64)
	for _, c := range w.digits {
		if c == '.' {
			c = w.decimal
		}
		w.WriteByte(c)
	}
}

func (w *csvWriter) separate() {
	if w.inLine {
		w.WriteByte(w.separator)
	}
	w.inLine = true
}

// endLine ends the line and gives the first error of the writer, so that a reader who has gone
// away ends the work.
func (w *csvWriter) endLine() error {
	w.inLine = false
	_, err := w.WriteString(w.end)
	return err
}
