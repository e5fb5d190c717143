package xmlscan

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"belvedere"
)

// A letterTable gives the UTF-8 of each byte of a one-byte encoding, nil for a byte without meaning.
type letterTable [256][]byte

var (
	latin1  = newLetterTable(charmap.ISO8859_1)
	latin9  = newLetterTable(charmap.ISO8859_15)
	windows = newLetterTable(charmap.Windows1252)
)

// newLetterTable reads the bytes 0x80-0x9F as Windows-1252 has them: the ISO encodings have
// controls there that no text holds.
func newLetterTable(m *charmap.Charmap) *letterTable {
	var t letterTable
	for c := range t {
		r := m.DecodeByte(byte(c))
		if c >= 0x80 && c < 0xa0 {
			r = charmap.Windows1252.DecodeByte(byte(c))
		}
		if r != utf8.RuneError && (r < 0x80 || r >= 0xa0) {
			t[c] = utf8.AppendRune(nil, r)
		}
	}
	return &t
}

// begin finds the encoding of the document: by its first bytes, else by its declaration.
func (s *Scanner) begin() error {
	s.fill()
	s.wide = true
	b := s.view()
	marked := true
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		s.advance(3)
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("<\x00")):
		s.recode(unicode.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")), bytes.HasPrefix(b, []byte("\x00<")):
		s.recode(unicode.BigEndian)
	default:
		marked = false
	}
	s.mark = s.at()
	b = s.view()
	start := skipSpaces(b, 0)
	b = b[start:]
	if !begins(b, "<?xml") || len(b) < 6 || skipSpaces(b, 5) == 5 && b[5] != '?' {
		return nil
	}
	said := declared.FindSubmatch(b)
	if said == nil {
		return s.errorf(belvedere.Invalid, start, "la déclaration XML de la première ligne n’est pas de la forme « <?xml version=\"1.0\" encoding=\"ISO-8859-15\"?> ».")
	}
	s.advance(start + len(said[0]))
	if v := unquote(said[1]); v != "" && v != "1.0" {
		return s.errorf(belvedere.Invalid, 0, "la version « "+excerpt([]byte(v))+" » de XML n’est pas acceptée : seule la version 1.0 l’est.")
	}
	if marked {
		return nil
	}
	return s.declare(unquote(said[2]))
}

// declared is the XML declaration: version, encoding.
var declared = regexp.MustCompile(`^<\?xml(?:\s+version\s*=\s*("[\w.:-]*"|'[\w.:-]*'))?` +
	`(?:\s+encoding\s*=\s*("[\w.:-]*"|'[\w.:-]*'))?(?:\s+standalone\s*=\s*(?:"\w*"|'\w*'))?\s*\?>`)

func unquote(b []byte) string { return strings.Trim(string(b), `"'`) }

// recode turns the UTF-16 in the window and behind it into UTF-8.
func (s *Scanner) recode(order unicode.Endianness) {
	read := io.MultiReader(bytes.NewReader(bytes.Clone(s.view())), &broken{s.src, s.err})
	s.src = transform.NewReader(read, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	s.pos, s.end, s.err = 0, 0, nil
	s.fill()
}

// broken gives the error that a source has already given.
type broken struct {
	io.Reader
	err error
}

func (b *broken) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	return b.Reader.Read(p)
}

// declare takes the encoding that a declaration names.
func (s *Scanner) declare(name string) error {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return nil
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1":
		s.letters = latin1
	case "iso-8859-15", "iso8859-15", "iso_8859-15", "latin9":
		s.letters = latin9
	case "windows-1252", "cp1252":
		s.letters = windows
	default:
		return s.errorf(belvedere.Invalid, 0, "l’encodage « "+excerpt([]byte(name))+" » n’est pas accepté. Les encodages acceptés sont UTF-8, UTF-16, ISO-8859-1, ISO-8859-15 et Windows-1252.")
	}
	s.wide = false
	return nil
}

// decodeName gives a name as UTF-8.
func (s *Scanner) decodeName(raw []byte) []byte {
	if s.letters == nil {
		return raw
	}
	for i, c := range raw {
		if c < utf8.RuneSelf {
			continue
		}
		name := bytes.Clone(raw[:i])
		for _, c := range raw[i:] {
			name = append(name, s.letters[c]...)
		}
		return name
	}
	return raw
}

// looksUTF8 tells whether a text outside ASCII is UTF-8 of the letters that French uses: read in
// a one-byte encoding they give pairs like "Ã©" that no word holds.
func looksUTF8(b []byte) bool {
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		return (c == 0xc2 || c == 0xc3 || c == 0xc5 || c == 0xe2) && utf8.Valid(b[i:])
	}
	return false
}
