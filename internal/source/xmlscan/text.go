package xmlscan

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"belvedere"
)

// plainText has the bytes that text is made of which needs no second look.
var plainText = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= ' ' && c < utf8.RuneSelf && c != '<' && c != '&' && c != ']' || c == '\n' || c == '\t'
	}
	return t
}()

// A context is where characters stand.
type context uint8

const (
	content context = iota
	attribute
	cdata
)

// chars reads text up to the next tag.
func (s *Scanner) chars(b []byte) (Event, int, error) {
	i := 0
	for i < len(b) && plainText[b[i]] {
		i++
	}
	plain := i < len(b) && b[i] == '<'
	if !plain {
		n := bytes.IndexByte(b[i:], '<')
		switch {
		case n >= 0:
			i += n
		case s.err == nil || s.part == inside:
			return 0, 0, errShort
		default:
			i = len(b)
		}
	}
	if s.part != inside {
		if n := skipSpaces(b[:i], 0); n < i {
			return 0, 0, s.outside(n)
		}
		return 0, i, nil
	}
	s.text = b[:i]
	if plain {
		return Text, i, nil
	}
	var err error
	s.room = s.room[:0]
	s.text, err = s.decode(b[:i], 0, content)
	return Text, i, err
}

// outside refuses text that no element holds.
func (s *Scanner) outside(at int) error {
	if s.part == prolog {
		return s.errorf(belvedere.Invalid, at, "un texte se trouve avant la première balise : ce fichier n’est pas en XML, ou son début manque.")
	}
	return s.errorf(belvedere.Invalid, at, "un texte se trouve après la dernière balise.")
}

// decode gives raw characters, which stand at an offset of the token, as UTF-8 without references and
// with the line ends of Unix.
func (s *Scanner) decode(raw []byte, offset int, in context) ([]byte, error) {
	from, i := len(s.room), 0
	for {
		start := i
		for i < len(raw) && plainText[raw[i]] {
			i++
		}
		if i == len(raw) && start == 0 {
			return raw, nil
		}
		s.room = append(s.room, raw[start:i]...)
		if i == len(raw) {
			break
		}
		n, err := s.character(raw[i:], offset+i, in)
		if err != nil {
			return nil, err
		}
		i += n
	}
	if s.letters != nil && s.mixed == 0 && looksUTF8(raw) {
		s.mixed = s.Line()
	}
	return s.room[from:len(s.room):len(s.room)], nil
}

// character adds the first character of raw to the room and tells how many bytes it takes.
func (s *Scanner) character(raw []byte, offset int, in context) (int, error) {
	switch c := raw[0]; {
	case c >= utf8.RuneSelf:
		return s.letter(raw, offset)
	case c == '&' && in != cdata:
		return s.reference(raw, offset)
	case c == '\r':
		s.room = append(s.room, '\n')
		if len(raw) > 1 && raw[1] == '\n' {
			return 2, nil
		}
		return 1, nil
	case c < ' ' && c != '\t' && c != '\n':
		return 0, s.errorf(belvedere.Invalid, offset, "un caractère de contrôle (octet "+hex(c)+") n’a pas sa place dans un texte.")
	case c == ']' && in == content && bytes.HasPrefix(raw, []byte("]]>")):
		return 0, s.errorf(belvedere.Invalid, offset, "la suite « ]]> » n’a pas sa place dans un texte.")
	default:
		s.room = append(s.room, c)
		return 1, nil
	}
}

// letter adds a character outside ASCII.
func (s *Scanner) letter(raw []byte, offset int) (int, error) {
	if s.letters != nil {
		l := s.letters[raw[0]]
		if l == nil {
			return 0, s.errorf(belvedere.Invalid, offset, "l’octet "+hex(raw[0])+" n’existe pas dans l’encodage que le fichier déclare.")
		}
		s.room = append(s.room, l...)
		return 1, nil
	}
	r, size := utf8.DecodeRune(raw)
	switch {
	case size == 1:
		return 0, s.errorf(belvedere.Invalid, offset, "l’octet "+hex(raw[0])+" n’est pas de l’UTF-8, l’encodage du fichier. Si l’outil d’origine écrit en ISO-8859-15, la première ligne du fichier doit le déclarer.")
	case !allowed(r):
		return 0, s.errorf(belvedere.Invalid, offset, "un caractère est interdit en XML.")
	}
	s.room = append(s.room, raw[:size]...)
	return size, nil
}

// allowed tells the characters that XML allows.
func allowed(r rune) bool {
	return r >= ' ' && r < 0xd800 || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= utf8.MaxRune || r == '\t' || r == '\n' || r == '\r'
}

// longestReference is the length of the longest reference, leading zeros included.
const longestReference = 32

// reference adds the character that "&amp;" or "&#233;" stands for.
func (s *Scanner) reference(raw []byte, offset int) (int, error) {
	end := bytes.IndexByte(raw[:min(len(raw), longestReference)], ';')
	if end < 0 || bytes.ContainsAny(raw[:end], " \t\r\n<") {
		return 0, s.errorf(belvedere.Invalid, offset, "un signe « & » n’annonce aucun caractère connu. Dans un texte, il s’écrit « &amp; ».")
	}
	switch name := raw[1:end]; string(name) {
	case "amp":
		s.room = append(s.room, '&')
	case "lt":
		s.room = append(s.room, '<')
	case "gt":
		s.room = append(s.room, '>')
	case "quot":
		s.room = append(s.room, '"')
	case "apos":
		s.room = append(s.room, '\'')
	default:
		r, ok := numeric(name)
		if !ok {
			return 0, s.errorf(belvedere.Invalid, offset, "« "+excerpt(raw[:end+1])+" » n’annonce aucun caractère connu. Dans un texte, le signe « & » s’écrit « &amp; ».")
		}
		s.room = utf8.AppendRune(s.room, r)
	}
	return end + 1, nil
}

// numeric reads "#233" and "#xE9".
func numeric(name []byte) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if name[1] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune && allowed(rune(n))
}
