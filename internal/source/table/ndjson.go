package table

import (
	"bytes"
	"io"
	"strconv"

	"belvedere"
)

// headerObjects is how many objects at the start of a file name its columns.
const headerObjects = 100

// ndjsonRows reads a file with one flat JSON object on each line.
type ndjsonRows struct {
	buffer
	decoder
	place
	lim    Limits
	line   int64
	keys   []string       // as written, in the order of the header
	index  map[string]int // of keys
	header []string
	fields [][]byte
	given  []int64 // line that gave each field last, to see a key twice
	dead   error
}

func newNDJSON(src io.Reader, p place, e Encoding, lim Limits) *ndjsonRows {
	return &ndjsonRows{buffer: newBuffer(src, lim.Record), decoder: newDecoder(e), place: p, lim: lim, line: 1}
}

func (r *ndjsonRows) Header() []string { return r.header }

func (r *ndjsonRows) format() Format { return Format{Kind: NDJSON, Encoding: r.encoding} }

// setKeys names the columns.
func (r *ndjsonRows) setKeys(keys []string) {
	r.keys, r.header = keys, uniqueNames(keys)
	r.index = make(map[string]int, len(keys))
	for i, k := range keys {
		r.index[k] = i
	}
	r.fields, r.given = make([][]byte, len(keys)), make([]int64, len(keys))
}

// collectKeys reads the first objects and gives their keys in the order in which they appear. It uses
// up the reader.
func (r *ndjsonRows) collectKeys() ([]string, error) {
	var keys []string
	seen := map[string]bool{}
	for objects := 0; objects < headerObjects; {
		text, out := r.nextLine()
		if out == finished {
			if r.err != io.EOF && len(keys) == 0 {
				return nil, r.broken(r.err, r.line-1)
			}
			break
		}
		if out != whole || r.textFault(r.line, text) != nil {
			r.dropText(out, len(text))
			continue
		}
		own, ok := objectKeys(r.plain(text))
		r.dropText(out, len(text))
		if !ok {
			continue
		}
		objects++
		for _, k := range own {
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
		if len(keys) > r.lim.Columns {
			return nil, r.errorf(belvedere.TooLarge, "a plus de "+number(int64(r.lim.Columns))+" clés différentes. Gardez les clés utiles, puis renvoyez-le.")
		}
	}
	if len(keys) == 0 {
		return nil, r.errorf(belvedere.Invalid, "ne contient aucun objet JSON lisible : il faut un objet complet par ligne, comme {\"uai\":\"0350017D\",\"eleves\":412}. Renvoyez-le sous cette forme.")
	}
	return keys, nil
}

// objectKeys gives the keys of an object, and whether it is one.
func objectKeys(text []byte) ([]string, bool) {
	o := object{text: text}
	var keys []string
	for {
		m, more := o.next()
		if !more {
			return keys, o.wrong == ""
		}
		keys = append(keys, string(m.key))
	}
}

// nextLine gives the line at the start of the window, with its end. The caller drops it.
func (r *ndjsonRows) nextLine() ([]byte, outcome) {
	from := 0
	for {
		b := r.window()
		if i := bytes.IndexByte(b[from:], '\n'); i >= 0 {
			return b[:from+i+1], whole
		}
		from = len(b)
		switch r.fill() {
		case full:
			return r.window(), tooLong
		case ended:
			if r.err != io.EOF || len(r.window()) == 0 {
				return nil, finished
			}
			return r.window(), whole
		}
	}
}

// dropText moves past a line; for one that is too long, past the next line end if it is near.
func (r *ndjsonRows) dropText(out outcome, n int) bool {
	r.advance(n)
	r.line++
	if out == whole {
		return true
	}
	for skipped := 0; skipped <= longestSkip*r.most; {
		if r.fill() == ended {
			return true
		}
		b := r.window()
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			r.advance(i + 1)
			return true
		}
		skipped += len(b)
		r.advance(len(b))
	}
	r.err, r.dead = io.EOF, r.endless(r.line-1, r.most)
	return false
}

// Next gives the next object.
func (r *ndjsonRows) Next() (belvedere.SourceRow, error) {
	for r.dead == nil {
		text, out := r.nextLine()
		line := r.line
		switch {
		case out == finished && r.err == io.EOF:
			r.dead = io.EOF
		case out == finished:
			r.dead = r.broken(r.err, line-1)
		case out == tooLong:
			if r.dropText(out, len(text)) {
				return r.faulty(longFault(line, r.most)), nil
			}
		case len(bytes.TrimSpace(text)) == 0:
			r.dropText(out, len(text))
		default:
			row := r.row(line, text)
			r.dropText(out, len(text))
			return row, nil
		}
	}
	return belvedere.SourceRow{}, r.dead
}

func (r *ndjsonRows) faulty(f *belvedere.Fault) belvedere.SourceRow {
	f.File = r.member
	return belvedere.SourceRow{Line: f.Line, Fault: f}
}

func (r *ndjsonRows) row(line int64, text []byte) belvedere.SourceRow {
	if f := r.textFault(line, text); f != nil {
		return r.faulty(f)
	}
	clear(r.fields)
	o := object{text: r.plain(text)}
	for at := 0; ; at++ {
		m, more := o.next()
		if !more {
			break
		}
		i := r.column(m.key, at)
		if f := r.memberFault(line, i, m); f != nil {
			return r.faulty(f)
		}
		r.fields[i] = m.value
	}
	if o.wrong != "" {
		return r.faulty(fault(line, RuleJSON, french(o.wrong), "Corrigez la ligne : un objet JSON complet par ligne."))
	}
	return belvedere.SourceRow{Line: line, Fields: r.fields}
}

// column is the place of a key, first sought where the order of the header puts it; -1 for none.
func (r *ndjsonRows) column(key []byte, at int) int {
	if at < len(r.keys) && r.keys[at] == string(key) {
		return at
	}
	if i, ok := r.index[string(key)]; ok {
		return i
	}
	return -1
}

// memberFault tells what is wrong with a member of an object, and marks its column as given.
func (r *ndjsonRows) memberFault(line int64, column int, m member) *belvedere.Fault {
	var f *belvedere.Fault
	switch {
	case column < 0:
		f = fault(line, RuleUnknown, "La clé n’existe pas dans les "+strconv.Itoa(headerObjects)+" premiers objets du fichier.",
			"Donnez les mêmes clés à tous les objets (null quand la valeur manque).")
	case r.given[column] == line:
		f = fault(line, RuleDuplicate, "La clé figure deux fois dans l’objet.", "Gardez une seule valeur par clé.")
	case m.nested:
		f = fault(line, RuleNested, "La valeur est un objet ou une liste.", "Mettez les valeurs à plat : une clé par valeur.")
	default:
		r.given[column] = line
		return nil
	}
	f.Column, f.Field, f.Value = column+1, excerpt(m.key), excerpt(m.value)
	f.Mend = french(f.Mend)
	return f
}

// textFault tells whether a line is no text of the encoding.
func (r *ndjsonRows) textFault(line int64, text []byte) *belvedere.Fault {
	high, nul := look(text)
	if high {
		r.settle(r.window())
	}
	switch {
	case nul:
		return nulFault(line)
	case high && r.refuses(text):
		return encodingFault(line, r.encoding, text)
	}
	return nil
}

// plain gives a line as UTF-8.
func (r *ndjsonRows) plain(text []byte) []byte {
	r.reserve(len(text))
	return r.decode(text)
}
