package xmlscan

import (
	"bytes"
	"unicode/utf8"

	"belvedere"
)

// plainName has the bytes that names of data files are made of.
var plainName = func() (t [256]bool) {
	for c := range t {
		l := byte(c) | 0x20
		t[c] = 'a' <= l && l <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.'
	}
	return t
}()

// startTag reads "<NAME>", by the shortest way when it has neither attributes nor anything else.
func (s *Scanner) startTag(b []byte) (Event, int, error) {
	i := 1
	for i < len(b) && plainName[b[i]] {
		i++
	}
	if i == len(b) {
		return 0, 0, errShort
	}
	s.attrs = s.attrs[:0]
	if c := b[1]; b[i] == '>' && i > 1 && c != '-' && c != '.' && (c < '0' || c > '9') {
		s.name = b[1:i]
		return Start, i + 1, s.push(s.name)
	}
	return s.longStartTag(b)
}

// longStartTag reads a start tag of any form.
func (s *Scanner) longStartTag(b []byte) (Event, int, error) {
	s.room = s.room[:0]
	i, err := s.readName(b, 1)
	if err != nil {
		return 0, 0, err
	}
	raw := b[1:i]
	for {
		from := i
		i = skipSpaces(b, i)
		switch {
		case i == len(b):
			return 0, 0, errShort
		case b[i] == '>':
			s.name = s.decodeName(raw)
			return Start, i + 1, s.push(raw)
		case b[i] == '/':
			if i+1 == len(b) {
				return 0, 0, errShort
			}
			if b[i+1] != '>' {
				return 0, 0, s.errorf(belvedere.Invalid, i, "une barre « / » se trouve au milieu d’une balise.")
			}
			s.name, s.empty = s.decodeName(raw), true
			return Start, i + 2, s.push(raw)
		case i == from:
			return 0, 0, s.errorf(belvedere.Invalid, i, "la balise « "+excerpt(raw)+" » n’est pas fermée par « > ».")
		}
		if i, err = s.attribute(b, i); err != nil {
			return 0, 0, err
		}
	}
}

// attribute reads NAME="value" at i and gives the place behind it.
func (s *Scanner) attribute(b []byte, i int) (int, error) {
	if len(s.attrs) == s.lim.Attributes {
		return 0, s.errorf(belvedere.TooLarge, i, "une balise a plus de "+number(int64(s.lim.Attributes))+" attributs.")
	}
	end, err := s.readName(b, i)
	if err != nil {
		return 0, err
	}
	name := s.decodeName(b[i:end])
	if _, twice := s.Attr(string(name)); twice {
		return 0, s.errorf(belvedere.Invalid, i, "l’attribut « "+excerpt(name)+" » est donné deux fois.")
	}
	sign := skipSpaces(b, end)
	if sign == len(b) {
		return 0, errShort
	}
	open := skipSpaces(b, sign+1)
	switch {
	case b[sign] == '=' && open == len(b):
		return 0, errShort
	case b[sign] != '=' || b[open] != '"' && b[open] != '\'':
		return 0, s.errorf(belvedere.Invalid, sign, "l’attribut « "+excerpt(name)+" » n’est pas suivi d’une valeur entre guillemets.")
	}
	length := bytes.IndexByte(b[open+1:], b[open])
	if length < 0 {
		return 0, errShort
	}
	raw := b[open+1 : open+1+length]
	if at := bytes.IndexByte(raw, '<'); at >= 0 {
		return 0, s.errorf(belvedere.Invalid, open+1+at, "un signe « < » se trouve dans la valeur de l’attribut « "+excerpt(name)+" ».")
	}
	value, err := s.decode(raw, open+1, attribute)
	s.attrs = append(s.attrs, Attr{name, value})
	return open + length + 2, err
}

// endTag reads "</NAME>".
func (s *Scanner) endTag(b []byte) (Event, int, error) {
	want := s.innermost()
	if n := 2 + len(want); len(b) > n && len(want) > 0 && b[n] == '>' && string(b[2:n]) == string(want) {
		s.pop()
		return End, n + 1, nil
	}
	end, err := s.readName(b, 2)
	if err != nil {
		return 0, 0, err
	}
	close := skipSpaces(b, end)
	switch {
	case close == len(b):
		return 0, 0, errShort
	case b[close] != '>':
		return 0, 0, s.errorf(belvedere.Invalid, close, "la balise « /"+excerpt(b[2:end])+" » n’est pas fermée par « > ».")
	case want == nil:
		return 0, 0, s.errorf(belvedere.Invalid, 0, "la balise « /"+excerpt(b[2:end])+" » ferme un élément qui n’est pas ouvert.")
	case !bytes.Equal(b[2:end], want):
		return 0, 0, s.errorf(belvedere.Invalid, 0, "la balise « "+excerpt(want)+" » est fermée par « /"+excerpt(b[2:end])+" ».")
	}
	s.pop()
	return End, close + 1, nil
}

// readName reads the name at i, which must be there, and gives the place behind it.
func (s *Scanner) readName(b []byte, i int) (int, error) {
	from, colons := i, 0
	for i < len(b) && (plainName[b[i]] || b[i] == ':' || b[i] >= utf8.RuneSelf) {
		if b[i] == ':' {
			colons++
		}
		i++
	}
	if i == len(b) {
		return 0, errShort
	}
	raw := b[from:i]
	if i == from || colons > 1 || !s.isName(raw) {
		return 0, s.errorf(belvedere.Invalid, from, "un signe « < » n’est pas suivi d’un nom de balise ou d’attribut valable. Dans un texte, il s’écrit « &lt; ».")
	}
	return i, nil
}

// isName tells whether bytes that may stand in a name make one. Outside ASCII only the Latin letters
// are taken: no file of these tools names its elements otherwise.
func (s *Scanner) isName(raw []byte) bool {
	if c := raw[0]; c == '-' || c == '.' || '0' <= c && c <= '9' {
		return false
	}
	if s.letters == nil {
		for len(raw) > 0 {
			r, size := utf8.DecodeRune(raw)
			if r >= utf8.RuneSelf && !latin(r) {
				return false
			}
			raw = raw[size:]
		}
		return true
	}
	for _, c := range raw {
		if r, _ := utf8.DecodeRune(s.letters[c]); c >= utf8.RuneSelf && !latin(r) {
			return false
		}
	}
	return true
}

// latin tells the letters of Latin-1 and of Latin Extended-A that XML allows in names.
func latin(r rune) bool {
	switch {
	case r < 0xc0, r == 0xd7, r == 0xf7, r > 0x17e:
		return false
	case 0x132 <= r && r <= 0x133, 0x13f <= r && r <= 0x140, r == 0x149:
		return false
	}
	return true
}

func skipSpaces(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}
