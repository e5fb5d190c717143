package table

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"belvedere"
)

// csvRows reads the rows of a CSV file.
type csvRows struct {
	*scanner
	decoder
	place
	header []string
	headed int // fields of the header, those without a name at its end included
	ragged bool
	titles int // lines above the header that are none
	fields [][]byte
	dead   error // what Next answers from now on
}

// newCSV reads the header of a CSV text. Its byte order mark is gone.
func newCSV(src io.Reader, p place, d decoder, opt Options, lim Limits) (*csvRows, error) {
	delim := opt.Delimiter
	start := readSample(src)
	announced, skipped := announcedDelimiter(start.seen)
	start.seen = start.seen[skipped:]
	switch {
	case delim != 0:
	case skipped > 0:
		delim = announced
	default:
		delim = detectDelimiter(start.seen, lim)
	}
	r := &csvRows{scanner: newScanner(start, delim, lim), decoder: d, place: p, ragged: opt.Ragged}
	if skipped > 0 {
		r.line++
	}
	r.titles = titlesAbove(start.seen, delim, lim)
	if err := r.readHeader(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *csvRows) Header() []string { return r.header }

func (r *csvRows) format() Format { return Format{CSV, r.encoding, r.delim} }

// readHeader takes the first line that is not blank.
func (r *csvRows) readHeader() error {
	for {
		n, out := r.scan()
		text := r.window()[:n]
		switch {
		case out == finished && r.err == io.EOF:
			return r.errorf(belvedere.Invalid, "est vide : il n’a pas d’en-tête. Renvoyez-le avec la ligne qui nomme ses colonnes.")
		case out == finished:
			return r.broken(r.err, r.line-1)
		case out == tooLong:
			return r.errorf(belvedere.TooLarge, "n’est pas un tableau CSV : sa première ligne dépasse "+sizeOf(int64(r.most))+". Vérifiez ses fins de ligne.")
		case out == badQuote:
			return r.errorf(belvedere.Invalid, "a un en-tête illisible : un guillemet de la ligne "+number(r.line)+" n’est pas refermé. Corrigez cette ligne, puis renvoyez-le.")
		case r.emptyRecord():
			r.take(n)
			continue
		case r.titles > 0:
			r.titles--
			r.take(n)
			continue
		}
		names := r.headerNames(text)
		r.take(n)
		return r.setHeader(names)
	}
}

// headerNames decodes the header leniently: a header typed by hand over an export may be of
// another encoding than the rows, and a name that is wrong would only be missing later.
func (r *csvRows) headerNames(text []byte) []string {
	d := r.decoder
	if high, _ := look(text); high && d.refuses(text) {
		if utf8.Valid(text) {
			d = newDecoder(UTF8)
		} else {
			d = newDecoder(Windows1252)
		}
	}
	d.reserve(len(text))
	names := make([]string, 0, len(r.spans))
	for _, s := range r.spans {
		f := text[s.from:s.to]
		if s.escaped {
			f = unquote(f)
		}
		names = append(names, strings.Map(printable, string(d.decode(f))))
	}
	return names
}

// printable drops the marks and control characters that exports leave in headers, and makes
// every kind of white space a space.
func printable(c rune) rune {
	switch {
	case c == '\n' || c == '\r' || c == '\t':
		return ' '
	case c < ' ' || c == '\uFEFF' || c == '\u200b':
		return -1
	}
	return c
}

// setHeader keeps the columns up to the last one with a name.
func (r *csvRows) setHeader(names []string) error {
	r.headed = r.cells
	for len(names) > 0 && strings.TrimSpace(names[len(names)-1]) == "" {
		names = names[:len(names)-1]
	}
	if r.spill {
		return r.errorf(belvedere.TooLarge, "a "+number(int64(r.headed))+" colonnes, pour "+number(int64(r.columns))+" au plus. Gardez les colonnes utiles, puis renvoyez-le.")
	}
	if len(names) == 0 {
		return r.errorf(belvedere.Invalid, "n’a pas d’en-tête : sa première ligne ne nomme aucune colonne. Renvoyez-le avec son en-tête.")
	}
	r.header = uniqueNames(names)
	r.fields = make([][]byte, 0, len(r.header))
	return nil
}

// uniqueNames trims names, calls "colonne 3" a column without one, and adds " (2)" to a name that
// normalises like one before it.
func uniqueNames(names []string) []string {
	seen := make(map[string]bool, len(names))
	unique := make([]string, len(names))
	for i, name := range names {
		name = strings.TrimSpace(name)
		if name == "" {
			name = "colonne " + strconv.Itoa(i+1)
		}
		unique[i] = name
		for n := 2; seen[nameKey(unique[i])]; n++ {
			unique[i] = name + " (" + strconv.Itoa(n) + ")"
		}
		seen[nameKey(unique[i])] = true
	}
	return unique
}

// nameKey is what makes two names alike; names of signs only are compared as they are.
func nameKey(name string) string {
	if k := Normalise(name); k != "" {
		return k
	}
	return name
}

// Next gives the next row that is not blank.
func (r *csvRows) Next() (belvedere.SourceRow, error) {
	for r.dead == nil {
		n, out := r.scan()
		if out == finished {
			r.dead = r.end()
			continue
		}
		line := r.line
		if out == whole && r.emptyRecord() {
			r.take(n)
			continue
		}
		text := r.window()[:n]
		if r.cells > r.headed && r.quoted && r.overflows(text) && r.blameMultiline() {
			out = badQuote
		}
		if out == whole {
			row := r.row(line, text)
			r.take(n)
			return row, nil
		}
		if f := r.recover(line, n, out); f != nil {
			return r.faulty(line, f), nil
		}
		r.dead = r.endless(line, r.most)
	}
	return belvedere.SourceRow{}, r.dead
}

// recover moves past a record that cannot be cut into fields and gives its fault; none when the
// line does not end.
func (r *csvRows) recover(line int64, seen int, out outcome) *belvedere.Fault {
	if out == badQuote {
		if at, ok := r.dropBadQuote(seen); ok {
			return quotesFault(at)
		}
	}
	if !r.dropLong() {
		return nil
	}
	return longFault(line, r.most)
}

// end is the last answer of Next once the text has ended.
func (r *csvRows) end() error {
	if r.err == io.EOF {
		return io.EOF
	}
	return r.broken(r.err, r.line-1)
}

func (r *csvRows) faulty(line int64, f *belvedere.Fault) belvedere.SourceRow {
	f.File = r.member
	return belvedere.SourceRow{Line: line, Fault: f}
}

// row makes the fields of a record, or its fault.
func (r *csvRows) row(line int64, text []byte) belvedere.SourceRow {
	high, nul := look(text)
	if high {
		r.settle(r.window())
	}
	switch {
	case nul:
		return r.faulty(line, r.locate(nulFault(line), text, func(f []byte) bool { _, nul := look(f); return nul }))
	case high && r.refuses(text):
		return r.faulty(line, r.locate(encodingFault(line, r.encoding, text), text, r.suspect))
	case r.cells < len(r.header) && !r.ragged || r.cells > r.headed && r.overflows(text):
		return r.faulty(line, columnsFault(line, len(r.header), r.cells))
	}
	if high {
		r.reserve(len(text))
	}
	r.fields = r.fields[:0]
	for _, s := range r.spans[:min(len(r.header), len(r.spans))] {
		f := text[s.from:s.to:s.to]
		if s.escaped {
			f = unquote(f)
		}
		if high {
			f = r.decode(f)
		}
		r.fields = append(r.fields, f)
	}
	for len(r.fields) < len(r.header) {
		r.fields = append(r.fields, nil)
	}
	return belvedere.SourceRow{Line: line, Fields: r.fields}
}

// overflows tells whether a field beyond the header holds something.
func (r *csvRows) overflows(text []byte) bool {
	for _, s := range r.spans[min(r.headed, len(r.spans)):] {
		if !blank(text[s.from:s.to]) {
			return true
		}
	}
	return r.spill
}

// suspect tells whether a field has what made the decoder refuse its record.
func (r *csvRows) suspect(field []byte) bool {
	high, _ := look(field)
	return high && r.refuses(field)
}

// locate adds the first field that is to blame to a fault.
func (r *csvRows) locate(f *belvedere.Fault, text []byte, guilty func([]byte) bool) *belvedere.Fault {
	for i, s := range r.spans {
		if field := text[s.from:s.to]; guilty(field) {
			f.Column, f.Value = i+1, excerpt(field)
			if i < len(r.header) {
				f.Field = r.header[i]
			}
			break
		}
	}
	return f
}
