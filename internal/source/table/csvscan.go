package table

import (
	"bytes"
	"io"
)

// A span is the place of a field in the record: text[from:to], where escaped tells that its
// quotes are doubled.
type span struct {
	from, to int
	escaped  bool
}

// A scanner cuts a stream into records and fields. It knows RFC 4180 (quotes, line ends within
// them) and takes CR, LF and CRLF for line ends.
type scanner struct {
	buffer
	delim   byte
	special [256]bool // bytes that need a look outside quotes
	columns int       // spans kept

	line   int64  // of the first byte of the window
	spans  []span // fields of the record
	cells  int    // fields of the record, kept or not
	spill  bool   // a field that is not kept holds something
	quote  int    // where the last quoted field opened
	quoted bool   // the record has one: it may have several lines

	// Up to this offset a quote must close on its line. A quote that closes nowhere is given up and the
	// lines after it are read again: without this mark a hostile file would have each of them
	// read to the end of the buffer, again and again.
	plainUntil int64
}

// What a scan met.
type outcome uint8

const (
	whole    outcome = iota // a record
	badQuote                // a quote that closes nowhere, or before more text
	tooLong                 // a record over the cap
	finished                // no record is left: see err
)

func newScanner(src io.Reader, delim byte, lim Limits) *scanner {
	s := &scanner{buffer: newBuffer(src, lim.Record), delim: delim, columns: lim.Columns, line: 1}
	for _, c := range []byte{delim, '\r', '\n', '"'} {
		s.special[c] = true
	}
	return s
}

// scan finds the record at the start of the window. It gives its length with its line end; the caller
// advances.
func (s *scanner) scan() (int, outcome) {
	s.spans, s.cells, s.spill, s.quoted = s.spans[:0], 0, false, false
	b, i, from := s.window(), 0, 0
	special := &s.special
	for {
		for i < len(b) && !special[b[i]] {
			i++
		}
		if i == len(b) {
			switch s.fill() {
			case grew:
				b = s.window()
				continue
			case full:
				return i, tooLong
			}
			if s.err != io.EOF || i == 0 {
				return i, finished
			}
			s.field(from, i, false)
			return i, whole
		}
		switch c := b[i]; {
		case c == s.delim:
			s.field(from, i, false)
			i++
			from = i
		case c != '"':
			s.field(from, i, false)
			return s.lineEnd(i), whole
		case !blank(b[from:i]):
			i++ // a quote amid a text is part of it
		default:
			next, out := s.quotedField(i)
			if out != whole {
				return next, out
			}
			b = s.window()
			if next == len(b) {
				return next, whole
			}
			if b[next] != s.delim {
				return s.lineEnd(next), whole
			}
			i, from = next+1, next+1
		}
	}
}

func (s *scanner) field(from, to int, escaped bool) {
	s.cells++
	if len(s.spans) < s.columns {
		s.spans = append(s.spans, span{from, to, escaped})
	} else if !s.spill {
		s.spill = !blank(s.window()[from:to])
	}
}

// lineEnd is the index after the line end at i.
func (s *scanner) lineEnd(i int) int {
	b := s.window()
	if b[i] == '\n' {
		return i + 1
	}
	if i+1 == len(b) && s.fill() == grew {
		b = s.window()
	}
	if i+1 < len(b) && b[i+1] == '\n' {
		return i + 2
	}
	return i + 1
}

// quotedField reads the field whose quote opens at index open. It gives the index of the delimiter or line
// end behind it, or of the end of the text.
func (s *scanner) quotedField(open int) (int, outcome) {
	s.quote, s.quoted = open, true
	plain := s.at()+int64(open) < s.plainUntil
	b, i, escaped := s.window(), open+1, false
	for {
		j := bytes.IndexByte(b[i:], '"')
		rest := b[i:]
		if j >= 0 {
			rest = rest[:j]
		}
		if plain && bytes.ContainsAny(rest, "\r\n") {
			return i, badQuote
		}
		i += len(rest)
		if j >= 0 {
			i++
		}
		if i == len(b) {
			switch s.fill() {
			case grew:
				b = s.window()
			case full:
				return i, badQuote
			default:
				if s.err != io.EOF {
					return i, finished
				}
				if j < 0 {
					return i, badQuote
				}
				s.field(open+1, i-1, escaped)
				return i, whole
			}
		}
		if j < 0 {
			continue
		}
		if b[i] != '"' {
			break
		}
		escaped = true
		i++
	}
	s.field(open+1, i-1, escaped)
	return s.afterQuote(i)
}

// afterQuote skips the spaces behind a closing quote.
func (s *scanner) afterQuote(i int) (int, outcome) {
	b := s.window()
	for {
		for i < len(b) && b[i] == ' ' && s.delim != ' ' {
			i++
		}
		if i < len(b) {
			if b[i] == s.delim || b[i] == '\n' || b[i] == '\r' {
				return i, whole
			}
			return i, badQuote
		}
		switch s.fill() {
		case grew:
			b = s.window()
		case full:
			return i, tooLong
		default:
			if s.err != io.EOF {
				return i, finished
			}
			return i, whole
		}
	}
}

// emptyRecord tells whether all fields of the record are empty or spaces.
func (s *scanner) emptyRecord() bool {
	if s.spill {
		return false
	}
	b := s.window()
	for _, f := range s.spans {
		if !blank(b[f.from:f.to]) {
			return false
		}
	}
	return true
}

// take moves past a record of n bytes and counts its lines.
func (s *scanner) take(n int) {
	if s.quoted {
		s.line += lineEnds(s.window()[:n])
	} else {
		s.line++
	}
	s.advance(n)
}

// blameMultiline holds the first field of several lines responsible for a record that has too many
// fields: its quote was closed by one that meant to open another, and whole rows went into it.
func (s *scanner) blameMultiline() bool {
	b := s.window()
	for _, f := range s.spans {
		if bytes.ContainsAny(b[f.from:f.to], "\r\n") {
			s.quote = f.from - 1
			return true
		}
	}
	return false
}

// dropBadQuote moves to the line after the one where the bad quote opened; seen is how far the
// scan went. It tells whether there was such a line in the window.
func (s *scanner) dropBadQuote(seen int) (line int64, ok bool) {
	b := s.window()
	line = s.line + lineEnds(b[:s.quote])
	end := bytes.IndexAny(b[s.quote:], "\r\n")
	if end < 0 && s.err == nil {
		return line, false
	}
	n := len(b)
	if end >= 0 {
		n = s.lineEnd(s.quote + end)
	}
	s.plainUntil = max(s.plainUntil, s.at()+int64(seen))
	s.line += lineEnds(s.window()[:n])
	s.advance(n)
	return line, true
}

// longestSkip is how many times the cap of a record may be read through in search of a line end.
const longestSkip = 8

// dropLong gives up the window and moves past the next line end, within longestSkip caps.
func (s *scanner) dropLong() bool {
	s.line += lineEnds(s.window())
	s.advance(len(s.window()))
	if s.fill() == ended {
		return true
	}
	for skipped := 0; skipped <= longestSkip*s.most; {
		b := s.window()
		if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
			n := s.lineEnd(i)
			s.advance(n)
			s.line++
			return true
		}
		skipped += len(b)
		s.advance(len(b))
		if s.fill() == ended {
			return true
		}
	}
	return false
}

// blank tells whether a text holds spaces only, or the mark that DOS puts at the end of files.
func blank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\t' && c != 0x1a {
			return false
		}
	}
	return true
}

// lineEnds counts LF, CR and CRLF.
func lineEnds(b []byte) int64 {
	return int64(bytes.Count(b, []byte{'\n'}) + bytes.Count(b, []byte{'\r'}) - bytes.Count(b, []byte("\r\n")))
}

// unquote undoes the doubling of quotes, in place.
func unquote(b []byte) []byte {
	n := 0
	for i := 0; i < len(b); i++ {
		b[n] = b[i]
		n++
		if b[i] == '"' {
			i++
		}
	}
	return b[:n]
}
