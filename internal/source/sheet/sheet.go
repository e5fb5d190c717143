// Package sheet turns rows of a table into records by a declared layout: which header carries
// which field. Headers are compared without case, accents, spaces and punctuation, whatever their
// order; a column that no layout names is never kept.
//
// A field whose column is not in the file is absent; one whose cell is empty is empty. The package
// is pure.
package sheet

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/table"
)

// A Column says under which headers files carry a field.
type Column struct {
	Field   string
	Headers []string // the first one that the file has counts
	Needed  bool     // a table without it is not of the layout
}

// A Layout is how tables carry a kind of record.
type Layout struct {
	Kind    *record.Kind
	Columns []Column // fields that none names are for the reader to fill
	Ragged  bool     // short rows are usual: their last fields are absent
}

// Fits tells whether a header has all that the layout needs.
func (l *Layout) Fits(header []string) bool {
	if len(header) == 0 {
		return false
	}
	names := normalise(header)
	for _, c := range l.Columns {
		if c.Needed && c.find(names) < 0 {
			return false
		}
	}
	return true
}

// Detect tells whether the first bytes of a file are of the layout.
func (l *Layout) Detect(start []byte) bool { return l.Fits(table.Peek(start)) }

func normalise(header []string) []string {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = table.Normalise(h)
	}
	return names
}

// find is the place of the column among normalised headers, -1 for none.
func (c *Column) find(names []string) int {
	for _, h := range c.Headers {
		if i := slices.Index(names, table.Normalise(h)); i >= 0 {
			return i
		}
	}
	return -1
}

// missing names the needed columns that a header lacks, as people write them.
func (l *Layout) missing(names []string) string {
	var list []string
	for _, c := range l.Columns {
		if c.Needed && c.find(names) < 0 {
			list = append(list, "«"+belvedere.NoBreak+c.Headers[0]+belvedere.NoBreak+"»")
		}
	}
	return strings.Join(list, ", ")
}

// A Row is one row under a layout. It is good until the next one.
type Row struct {
	Record record.Record // its values may be changed before it is given on; a field « rang » is filled
	Rank   string        // of the row, from 1
	cells  [][]byte
	names  []string // normalised headers
}

// Cell is the text of a column by its place.
func (r *Row) Cell(i int) record.Value {
	if i < 0 || i >= len(r.cells) || r.cells[i] == nil {
		return record.Value{}
	}
	return record.Value{Text: strings.TrimSpace(string(r.cells[i])), Present: true}
}

// Set gives a field a value.
func (r *Row) Set(field, text string) {
	r.Record.Values[r.Record.Kind.Index(field)] = record.Value{Text: text, Present: true}
}

// Repeated gives the places of a column that a header names several times: "Classe", "Classe".
// A table calls the second one "Classe (2)".
func (r *Row) Repeated(headers ...string) []int {
	var list []int
	for _, h := range headers {
		h = table.Normalise(h)
		for i, name := range r.names {
			rest, ok := strings.CutPrefix(name, h)
			if n, err := strconv.Atoi(rest); ok && (rest == "" || err == nil && n >= 2) {
				list = append(list, i)
			}
		}
		if list != nil {
			break
		}
	}
	return list
}

// Read reads a table under a layout: the head, then each row. A row goes to each, or to the
// visitor as it is when each is nil. Faults of the table go to the visitor.
func Read(in io.Reader, l *Layout, head record.Head, v record.Visitor, each func(*Row) error) error {
	rows, err := table.Stream(in, table.Limits{}, table.Options{Ragged: l.Ragged})
	if err != nil {
		return err
	}
	row := &Row{names: normalise(rows.Header())}
	if m := l.missing(row.names); m != "" {
		return belvedere.Errorf(belvedere.Invalid, "Il manque au tableau des colonnes attendues"+belvedere.NoBreak+
			": %s. Exportez-le de nouveau avec ces colonnes.", m)
	}
	if err := v.Head(head); err != nil {
		return err
	}
	if each == nil {
		each = func(r *Row) error { return v.Record(r.Record) }
	}
	at := make([]int, len(l.Kind.Fields))
	for i := range at {
		at[i] = -1
	}
	for _, c := range l.Columns {
		at[l.Kind.Index(c.Field)] = c.find(row.names)
	}
	row.Record = record.Record{Kind: l.Kind, Values: make([]record.Value, len(at))}
	return row.each(rows, at, v, each)
}

func (r *Row) each(rows table.Rows, at []int, v record.Visitor, each func(*Row) error) error {
	rank, ranked := 0, r.Record.Kind.Index("rang") >= 0
	for {
		source, err := rows.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if source.Fault != nil {
			if err := v.Fault(*source.Fault); err != nil {
				return err
			}
			continue
		}
		rank++
		r.cells, r.Record.Line, r.Rank = source.Fields, source.Line, strconv.Itoa(rank)
		for i, j := range at {
			r.Record.Values[i] = r.Cell(j)
		}
		if ranked {
			r.Set("rang", r.Rank)
		}
		if err := each(r); err != nil {
			return err
		}
	}
}

// Doubt is a warning about one value of a row, which stays.
func Doubt(line int64, field, value, rule, message, mend string) belvedere.Fault {
	return belvedere.Fault{Line: line, Field: field, Value: value, Rule: rule, Severity: belvedere.SeverityWarning, Message: message, Mend: mend}
}
