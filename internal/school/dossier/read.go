package dossier

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/source/apogee"
	"belvedere/internal/source/table"
)

// A part is one table among the files of a batch.
type part struct {
	name   string // shown: file, and place in an archive
	book   string // of a sheet: the workbook, whose other sheets may be notes
	header []string
	open   func() (table.Rows, error)
}

// tables opens files and finds the tables in them: CSV in all dialects, NDJSON, the sheets of workbooks, plain or packed.
func tables(files []File) (list []part, err error) {
	for _, f := range files {
		archive, err := table.Open(f.Data, f.Size, f.Name, table.Limits{})
		if err != nil {
			return nil, err
		}
		for _, m := range archive.Members {
			one := part{name: f.Name, open: func() (table.Rows, error) { return m.Rows(table.Options{Ragged: true}) }}
			if m.Name != "" {
				one.name += ", " + path.Base(m.Name)
			}
			if m.Kind == table.Parquet {
				return nil, belvedere.Errorf(belvedere.Invalid, "%s est un fichier Parquet\u00a0: donnez les lignes de personnes en CSV ou dans un classeur.", one.name)
			}
			if m.Sheet != "" {
				one.book = one.name
				one.name += ", feuille " + m.Sheet
			}
			rows, err := one.open()
			if err != nil && one.book != "" && len(archive.Members) > 1 && belvedere.KindOf(err) == belvedere.Invalid {
				continue // an empty sheet beside others
			}
			if err != nil {
				return nil, err
			}
			one.header = rows.Header()
			list = append(list, one)
		}
	}
	if len(list) == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Aucune feuille de ces fichiers ne porte de tableau.")
	}
	return list, nil
}

// has tells whether a table has columns, however they are spelt.
func (m part) has(headers []string) bool {
	names := normal(m.header)
	for _, h := range headers {
		if !slices.Contains(names, squash(h)) {
			return false
		}
	}
	return len(headers) > 0
}

func normal(header []string) []string {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = squash(h)
	}
	return names
}

// recognise gives each table of a mapping the parts that have its columns. A part is of the first
// table that it fits. A sheet that fits none is left beside one of its workbook that does.
func (m *Mapping) recognise(parts []part) (found map[string][]part, unknown, left []string) {
	found = map[string][]part{}
	read := map[string]bool{} // workbooks
	var others []part
	for _, one := range parts {
		i := slices.IndexFunc(m.Tables, func(t Table) bool { return one.has(t.Headers) })
		if i < 0 {
			others = append(others, one)
			continue
		}
		found[m.Tables[i].Name] = append(found[m.Tables[i].Name], one)
		read[one.book] = true
	}
	for _, one := range others {
		if one.book != "" && read[one.book] {
			left = append(left, one.name)
		} else {
			unknown = append(unknown, one.name)
		}
	}
	return found, unknown, left
}

// Fits tells whether files are of a mapping: each is one of its tables, and one gives rows.
func (m *Mapping) fits(parts []part) bool {
	found, unknown, _ := m.recognise(parts)
	return len(unknown) == 0 && slices.ContainsFunc(m.Output, func(o Output) bool { return len(found[o.From]) > 0 })
}

// batch makes an import of files by a mapping.
func (m *Mapping) batch(files []File, parts []part, kinds Kinds) (Batch, error) {
	found, unknown, left := m.recognise(parts)
	b := Batch{Files: files, Mapping: m.Name, Spaces: m.Spaces}
	if len(unknown) > 0 {
		return b, belvedere.Errorf(belvedere.Invalid, "%s n’a les colonnes d’aucune table de «\u00a0%s\u00a0».%s", strings.Join(unknown, ", "), m.Label, m.lacks(parts))
	}
	if !slices.ContainsFunc(m.Output, func(o Output) bool { return len(found[o.From]) > 0 }) {
		return b, belvedere.Errorf(belvedere.Invalid, "Aucun de ces fichiers ne donne de lignes à «\u00a0%s\u00a0».", m.Label)
	}
	b.Fill = func(into Sink) error {
		for _, name := range left {
			err := into.Fault(belvedere.Fault{File: name, Rule: "feuille", Severity: belvedere.SeverityWarning, Message: "La feuille n’a pas les colonnes attendues\u00a0: elle est laissée de côté."})
			if err != nil {
				return err
			}
		}
		held := map[string]*lookup{}
		for _, o := range m.Output {
			for _, one := range found[o.From] {
				p, err := m.program(o, kinds.Kind(o.Kind), one, found, held)
				if err == nil {
					err = p.run(one, into)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	}
	return b, nil
}

// mostJoined bounds the rows of a table that others are joined with: it is held in memory.
const mostJoined = 4 << 20

// A lookup is a table held by the values of some of its columns.
type lookup struct {
	header []string // normalised
	rows   map[string][]string
}

// newLookup reads the parts of a table. Of two rows with the same values the last holds.
func newLookup(parts []part, on []string) (*lookup, error) {
	l := &lookup{rows: map[string][]string{}}
	for i, one := range parts {
		names := normal(one.header)
		if i == 0 {
			l.header = names
		}
		places := make([]int, len(l.header))
		for j, h := range l.header {
			places[j] = slices.Index(names, h)
		}
		err := one.each(nil, func(_ int64, cell func(int) string) error {
			row := make([]string, len(places))
			for j, at := range places {
				row[j] = cell(at)
			}
			key := ""
			for _, name := range on {
				key += at(row, slices.Index(l.header, squash(name))) + "\x00"
			}
			if l.rows[key] = row; len(l.rows) > mostJoined {
				return belvedere.Errorf(belvedere.TooLarge, "%s a trop de lignes pour être joint aux autres.", one.name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return l, nil
}

func at(row []string, i int) string {
	if i < 0 || i >= len(row) {
		return ""
	}
	return row[i]
}

// each hands the rows of a part, each cell by its place; faults go to the sink, when there is one.
func (m part) each(into Sink, f func(line int64, cell func(int) string) error) error {
	rows, err := m.open()
	if err != nil {
		return err
	}
	var fields [][]byte
	cell := func(i int) string {
		if i < 0 || i >= len(fields) {
			return ""
		}
		return string(fields[i])
	}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row.Fault != nil {
			if into == nil {
				continue
			}
			fault := *row.Fault
			fault.File, fault.Value = m.name, ""
			if err := into.Fault(fault); err != nil {
				return err
			}
			continue
		}
		fields = row.Fields
		if err := f(row.Line, cell); err != nil {
			return err
		}
	}
}

// A program fills the columns of a kind from a row and those that are joined to it.
type program struct {
	m       *Mapping
	k       *Kind
	joins   []joined
	cells   []func(r *reading) string // by column, nil for none
	headers []string                  // by column, of the file: where a person looks for what is wrong
}

// A joined is a table that is looked up.
type joined struct {
	l  *lookup
	by []func(r *reading) string
}

// A reading is the row at hand: its own cells, and the rows that were joined.
type reading struct {
	cell   func(int) string
	joined [][]string
}

func (m *Mapping) program(o Output, k *Kind, main part, found map[string][]part, held map[string]*lookup) (*program, error) {
	p := &program{m: m, k: k, cells: make([]func(*reading) string, len(k.Columns)), headers: make([]string, len(k.Columns))}
	scope := []*lookup{{header: normal(main.header)}}
	find := func(name string) func(r *reading) string {
		for i, s := range scope {
			at := slices.Index(s.header, squash(name))
			switch {
			case at < 0:
			case i == 0:
				return func(r *reading) string { return r.cell(at) }
			default:
				return func(r *reading) string {
					if row := r.joined[i-1]; row != nil {
						return row[at]
					}
					return ""
				}
			}
		}
		return nil
	}
	for _, j := range o.Joins {
		parts := found[j.Table]
		if len(parts) == 0 || slices.ContainsFunc(parts, func(one part) bool { return one.name == main.name }) {
			continue // joined already, or not given: its columns are looked for in the main table
		}
		var one joined
		var theirs []string
		for _, on := range j.On {
			ours, other, two := strings.Cut(on, "=")
			if !two {
				other = ours
			}
			by := find(ours)
			if by == nil {
				one.by = nil
				break
			}
			one.by, theirs = append(one.by, by), append(theirs, other)
		}
		if one.by == nil {
			continue // the main table has no way to the other: its columns are looked for in itself
		}
		key := j.Table + "\x00" + strings.Join(theirs, "\x00")
		if held[key] == nil {
			l, err := newLookup(parts, theirs)
			if err != nil {
				return nil, err
			}
			held[key] = l
		}
		one.l = held[key]
		p.joins = append(p.joins, one)
		scope = append(scope, one.l)
	}
	for _, c := range o.Cells {
		i := slices.IndexFunc(k.Columns, func(column Column) bool { return column.Name == c.Column })
		if i >= 0 {
			p.cells[i], p.headers[i] = m.filler(c, find), strings.Join(c.From, ", ")
		}
	}
	p.readWith()
	p.withYear(find)
	return p, nil
}

// withYear joins a month that stands alone, « 11 », with the year of its row: many sources part them.
func (p *program) withYear(find func(string) func(*reading) string) {
	var year func(*reading) string
	for _, name := range []string{"annee", "exercice", "annee civile", "annee de paie", "an", "annee universitaire"} {
		if year == nil {
			year = find(name)
		}
	}
	for i := range p.k.Columns {
		get := p.cells[i]
		if c := &p.k.Columns[i]; c.Class != Date || c.Grain != belvedere.ByMonth || get == nil || year == nil {
			continue
		}
		p.cells[i] = func(r *reading) string {
			text := get(r)
			month, err := strconv.Atoi(text)
			y, wrong := belvedere.ParseSchoolYear(year(r))
			if err != nil || month < 1 || month > 12 || wrong != nil {
				return text
			}
			if first := int(y); len(strings.TrimSpace(year(r))) == 4 || month >= int(time.September) {
				return fmt.Sprintf("%04d-%02d", first, month)
			}
			return fmt.Sprintf("%04d-%02d", int(y)+1, month)
		}
	}
}

// readWith fills what a mapping leaves out and the words of another column tell. A word that the list
// does not have leaves the default: the mapping did not ask for this column.
func (p *program) readWith() {
	for i := range p.k.Columns {
		c := &p.k.Columns[i]
		other := slices.IndexFunc(p.k.Columns, func(o Column) bool { return o.Name == c.With })
		if c.With == "" || p.cells[i] != nil || other < 0 || p.cells[other] == nil {
			continue
		}
		read := p.cells[other]
		p.cells[i] = func(r *reading) string { return member(c.List, read(r)) }
	}
}

// filler makes the function of a cell; nil when the files have none of its columns.
func (m *Mapping) filler(c Cell, find func(string) func(*reading) string) func(*reading) string {
	if len(c.From) == 0 {
		return func(*reading) string { return c.Const }
	}
	var from []func(*reading) string
	for _, name := range c.From {
		if f := find(name); f != nil {
			from = append(from, f)
		}
	}
	if len(from) == 0 {
		return nil
	}
	get := func(r *reading) string {
		for _, f := range from {
			if s := strings.TrimSpace(f(r)); s != "" {
				return s
			}
		}
		return ""
	}
	if c.Sep != "" {
		get = func(r *reading) string {
			var parts []string
			for _, f := range from {
				if s := strings.TrimSpace(f(r)); s != "" {
					parts = append(parts, s)
				}
			}
			return strings.Join(parts, c.Sep)
		}
	}
	return m.dated(c, m.valued(c, get), find)
}

// valued replaces spellings by what they stand for.
func (m *Mapping) valued(c Cell, get func(*reading) string) func(*reading) string {
	if len(c.Values) == 0 && !c.Label {
		return get
	}
	values := map[string]string{}
	for _, p := range c.Values {
		values[squash(p.Name)] = p.Value
	}
	known := map[string]string{}
	return func(r *reading) string {
		s := get(r)
		if v, ok := known[s]; ok {
			return v
		}
		v, ok := values[squash(s)]
		switch {
		case ok:
		case c.Else != "" && s != "":
			v = c.Else
		case c.Label && s != "":
			v = apogee.Outcome(s)
		default:
			v = s
		}
		if len(known) < mostRemembered {
			known[s] = v
		}
		return v
	}
}

// dated turns a period into its first day, or a number of days after that of a period into a day.
func (m *Mapping) dated(c Cell, get func(*reading) string, find func(string) func(*reading) string) func(*reading) string {
	const layout = "2006-01-02"
	if c.Start {
		return func(r *reading) string {
			if d, ok := m.start(get(r)); ok {
				return d.Format(layout)
			}
			return ""
		}
	}
	if c.After == "" {
		return get
	}
	period := find(c.After)
	if period == nil {
		return nil
	}
	known := map[[2]string]string{}
	return func(r *reading) string {
		key := [2]string{period(r), get(r)}
		if day, ok := known[key]; ok {
			return day
		}
		day := key[1] // what is no number is left, for its column to refuse
		n, err := strconv.Atoi(key[1])
		if d, ok := m.start(key[0]); ok && err == nil && n > -40_000 && n < 40_000 {
			day = d.AddDate(0, 0, n).Format(layout)
		} else if err == nil {
			day = "?" // a day of a period that is not known
		}
		if len(known) < mostRemembered {
			known[key] = day
		}
		return day
	}
}

// run reads the rows of the main table.
func (p *program) run(main part, into Sink) error {
	cells := make([]string, len(p.k.Columns))
	r := &reading{joined: make([][]string, len(p.joins))}
	var key strings.Builder
	return main.each(into, func(line int64, cell func(int) string) error {
		r.cell = cell
		for i := range p.joins {
			key.Reset()
			for _, by := range p.joins[i].by {
				key.WriteString(by(r))
				key.WriteByte(0)
			}
			r.joined[i] = p.joins[i].l.rows[key.String()]
		}
		for i, fill := range p.cells {
			cells[i] = ""
			if fill != nil {
				cells[i] = fill(r)
			}
		}
		if total(main.header, cell) && p.nobody(cells) {
			return into.Fault(belvedere.Fault{File: main.name, Line: line, Rule: "total", Severity: belvedere.SeverityWarning, Message: "Une ligne de total n’est pas celle d’une personne\u00a0: elle est laissée de côté."})
		}
		return into.Row(p.k, Place{File: main.name, Line: line, Headers: p.headers}, cells)
	})
}

// nobody tells cells without a person, or with a word of totals where the kind asks for a value.
func (p *program) nobody(cells []string) bool {
	for i := range p.k.Columns {
		c := &p.k.Columns[i]
		if text := strings.TrimSpace(cells[i]); c.Class == Person && text == "" || c.Required && sums(text) {
			return true
		}
	}
	return false
}

// total tells a line of totals, as extracts end with: what it has first says so.
func total(header []string, cell func(int) string) bool {
	for i := range header {
		if text := strings.TrimSpace(cell(i)); text != "" {
			return sums(text)
		}
	}
	return false
}

func sums(text string) bool {
	s := squash(text)
	return strings.HasPrefix(s, "total") || strings.HasPrefix(s, "soustotal") || strings.HasPrefix(s, "grandtotal") || s == "ensemble"
}
