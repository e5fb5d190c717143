// Package xmlscan reads the XML of data files: SIECLE, STS-Web, timetables, the academic
// directory.
//
// It promises four things. Nothing outside the file is ever looked at: a DOCTYPE is passed over,
// and one that declares entities is refused. Memory is bounded whatever the file holds: what is
// kept at a time is one tag or one run of text. What is accepted is well formed, in the encoding
// that the file declares; the only lenience is that the bytes 0x80-0x9F of a file declared
// ISO-8859-1 or -15 are those of Windows-1252, as Windows programs write them. An error says in
// French what is wrong, at which line and column.
//
// A Scanner gives the events one by one. Most readers need a Reader only, which turns the elements of a
// file into rows by a table of paths.
package xmlscan

import (
	"io"

	"belvedere"
)

// An Event is what a scanner has come to.
type Event uint8

// The events. Comments, processing instructions and the DOCTYPE are no events; an empty element is
// a Start and an End.
const (
	Start Event = iota + 1 // of an element: see Name, Attrs
	Text                   // within an element, maybe in several pieces: see Text
	End                    // of an element: see Name
)

// Limits bound what a hostile file can cost. A zero field takes its default.
type Limits struct {
	Bytes      int64 // of the file, once decompressed; 4 GiB
	Elements   int64 // 200 million
	Token      int   // bytes of one tag or run of text; 1 MiB
	Depth      int   // of nested elements; 64
	Attributes int   // of one element; 64
}

func (l Limits) orDefault() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 4 << 30
	}
	if l.Elements <= 0 {
		l.Elements = 200_000_000
	}
	if l.Token <= 0 {
		l.Token = 1 << 20
	}
	if l.Depth <= 0 {
		l.Depth = 64
	}
	if l.Attributes <= 0 {
		l.Attributes = 64
	}
	return l
}

// An Attr is an attribute, its value decoded and without references.
type Attr struct{ Name, Value []byte }

// A part is where a document stands.
type part uint8

const (
	prolog part = iota // before the root element
	inside             // within it
	after              // behind it
)

// A Scanner reads a document from its first event to its last. What it gives is UTF-8 and stays
// valid until the next call of Next. It is used by one goroutine.
type Scanner struct {
	window
	lim     Limits
	letters *letterTable // of a one-byte encoding, nil for UTF-8
	begun   bool
	dead    error

	part     part
	doctype  bool
	elements int64
	names    []byte // of the open elements, as they lie in the file
	opened   []int  // where each begins in names
	empty    bool   // the element just started has no content

	name  []byte
	attrs []Attr
	text  []byte
	room  []byte // what had to be decoded
	mixed int64  // line of the first text that looks like UTF-8 in a one-byte encoding
}

// New makes a scanner of a document.
func New(in io.Reader, lim Limits) *Scanner {
	lim = lim.orDefault()
	return &Scanner{window: newWindow(in, lim), lim: lim}
}

// Next goes to the next event. After the last one its error is io.EOF; any other is a
// *belvedere.Error about the document, or the error of the source as it is. Every later call
// gives the same error.
func (s *Scanner) Next() (Event, error) {
	if s.dead != nil {
		return 0, s.dead
	}
	e, err := s.next()
	s.dead = err
	return e, err
}

// Name is the name of the element that starts or ends, with its prefix if it has one.
func (s *Scanner) Name() []byte { return s.name }

// Attrs are the attributes of the element that starts.
func (s *Scanner) Attrs() []Attr { return s.attrs }

// Attr is the value of an attribute of the element that starts, and whether it has it.
func (s *Scanner) Attr(name string) ([]byte, bool) {
	for i := range s.attrs {
		if string(s.attrs[i].Name) == name {
			return s.attrs[i].Value, true
		}
	}
	return nil, false
}

// Text is the text just read, line ends made LF and references replaced.
func (s *Scanner) Text() []byte { return s.text }

// Depth is how many elements are open; the one that starts counts, the one that ends does not.
func (s *Scanner) Depth() int { return len(s.opened) }

// Line is where the event begins, from 1.
func (s *Scanner) Line() int64 {
	s.count(s.mark) // without the column, which costs the length of a line that may be the whole file
	return s.lines + 1
}

// Mixed is the line of the first text that is UTF-8 in a file that declares a one-byte encoding,
// 0 when there is none: its accents will look like "Ã©".
func (s *Scanner) Mixed() int64 { return s.mixed }

func (s *Scanner) next() (Event, error) {
	if !s.begun {
		s.begun = true
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	if s.empty {
		s.empty = false
		s.pop()
		return End, nil
	}
	for {
		s.mark = s.at()
		e, n, err := s.token(s.view())
		switch {
		case err == errShort:
			if err := s.more(); err != nil {
				return 0, err
			}
		case err != nil:
			return 0, err
		default:
			s.advance(n)
			if e != 0 {
				return e, nil
			}
		}
	}
}

// token reads what stands at the start of b and tells its length; no event for what is passed over.
// errShort asks for a longer b.
func (s *Scanner) token(b []byte) (Event, int, error) {
	switch {
	case len(b) == 0:
		return 0, 0, errShort
	case b[0] != '<':
		return s.chars(b)
	case len(b) == 1:
		return 0, 0, errShort
	}
	switch b[1] {
	case '/':
		return s.endTag(b)
	case '!':
		return s.declaration(b)
	case '?':
		return s.instruction(b)
	}
	return s.startTag(b)
}

// more reads on, or tells how the document ended.
func (s *Scanner) more() error {
	if len(s.view()) >= s.lim.Token {
		return s.errorf(belvedere.TooLarge, 0, "une balise ou un texte dépasse "+sizeOf(int64(s.lim.Token))+".")
	}
	switch {
	case s.err == nil:
		s.fill()
		if s.total() > s.lim.Bytes {
			return s.errorf(belvedere.TooLarge, 0, "le fichier décompressé dépasse "+sizeOf(s.lim.Bytes)+".")
		}
		return nil
	case s.err != io.EOF:
		return s.err
	case s.part == after && len(s.view()) == 0:
		return io.EOF
	}
	return s.truncated()
}

// push opens an element, whose name is written raw in the file.
func (s *Scanner) push(raw []byte) error {
	if s.elements++; s.elements > s.lim.Elements {
		return s.errorf(belvedere.TooLarge, 0, "le fichier compte plus de "+number(s.lim.Elements)+" éléments.")
	}
	if len(s.opened) == s.lim.Depth {
		return s.errorf(belvedere.TooLarge, 0, "plus de "+number(int64(s.lim.Depth))+" éléments sont imbriqués.")
	}
	if len(s.opened) == 0 {
		if s.part == after {
			return s.errorf(belvedere.Invalid, 0, "un second élément racine « "+excerpt(raw)+" » suit le premier.")
		}
		s.part = inside
	}
	s.opened = append(s.opened, len(s.names))
	s.names = append(s.names, raw...)
	return nil
}

// pop closes the innermost element.
func (s *Scanner) pop() {
	last := len(s.opened) - 1
	s.name = s.decodeName(s.names[s.opened[last]:])
	s.names, s.opened = s.names[:s.opened[last]], s.opened[:last]
	if last == 0 {
		s.part = after
	}
}

// innermost is the name of the innermost element, as it lies in the file.
func (s *Scanner) innermost() []byte {
	if len(s.opened) == 0 {
		return nil
	}
	return s.names[s.opened[len(s.opened)-1]:]
}
