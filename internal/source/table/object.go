package table

import (
	"unicode/utf16"
	"unicode/utf8"
)

// deepest is how many levels of nesting are followed before a value is refused.
const deepest = 64

// A member of a JSON object. The value is the text of a string, a number or a boolean; it is nil
// for null. That of a nested value is its JSON text.
type member struct {
	key, value []byte
	nested     bool
}

// An object is read member by member; it undoes the escapes of its text in place, so that
// nothing is allocated. The text is valid UTF-8.
type object struct {
	text  []byte
	at    int
	begun bool
	wrong string // why the text is no JSON object, in French
}

// next gives the next member. It gives none after the last one, or when something is wrong.
func (o *object) next() (member, bool) {
	c := o.peek()
	switch {
	case !o.begun && c != '{':
		return o.fail("La ligne n’est pas un objet JSON : elle ne commence pas par une accolade.")
	case !o.begun:
		o.at++
		o.begun = true
		if o.peek() == '}' {
			return o.close()
		}
	case c == '}':
		return o.close()
	case c == ',':
		o.at++
	default:
		return o.fail("L’objet JSON est mal formé : virgule ou accolade fermante attendue.")
	}
	if o.peek() != '"' {
		return o.fail("L’objet JSON est mal formé : clé entre guillemets attendue.")
	}
	var m member
	if m.key = o.quoted(); m.key == nil {
		return m, false
	}
	if o.peek() != ':' {
		return o.fail("L’objet JSON est mal formé : deux-points attendus après la clé.")
	}
	o.at++
	o.value(&m)
	return m, o.wrong == ""
}

func (o *object) fail(why string) (member, bool) {
	if o.wrong == "" {
		o.wrong = why
	}
	return member{}, false
}

// close ends the object; only white space may follow.
func (o *object) close() (member, bool) {
	o.at++
	if o.peek(); o.at < len(o.text) {
		return o.fail("Un texte suit l’objet JSON : un seul objet par ligne.")
	}
	return member{}, false
}

// peek skips white space and gives the byte there, 0 at the end.
func (o *object) peek() byte {
	for ; o.at < len(o.text); o.at++ {
		switch c := o.text[o.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (o *object) value(m *member) {
	switch c := o.peek(); {
	case c == '"':
		m.value = o.quoted()
	case c == '{' || c == '[':
		m.nested, m.value = true, o.skipNested()
	case c == '-' || digit(c):
		m.value = o.number()
	case o.literal("null"):
	case o.literal("true"):
		m.value = o.text[o.at-len("true") : o.at]
	case o.literal("false"):
		m.value = o.text[o.at-len("false") : o.at]
	default:
		o.fail("L’objet JSON est mal formé : valeur absente ou illisible.")
	}
}

func (o *object) literal(word string) bool {
	if len(o.text)-o.at < len(word) || string(o.text[o.at:o.at+len(word)]) != word {
		return false
	}
	o.at += len(word)
	return true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// number takes a number as JSON writes it and gives its text.
func (o *object) number() []byte {
	b, from := o.text, o.at
	i := from
	digits := func() bool {
		start := i
		for i < len(b) && digit(b[i]) {
			i++
		}
		return i > start
	}
	if b[i] == '-' {
		i++
	}
	zero := i < len(b) && b[i] == '0'
	start := i
	ok := digits() && !(zero && i > start+1)
	if ok && i < len(b) && b[i] == '.' {
		i++
		ok = digits()
	}
	if ok && i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		ok = digits()
	}
	if !ok {
		o.fail("L’objet JSON contient un nombre mal écrit.")
	}
	o.at = i
	return b[from:i:i]
}

// quoted takes a string and gives its text, never nil unless something is wrong.
func (o *object) quoted() []byte {
	b, from := o.text, o.at+1
	for i := from; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			o.at = i + 1
			return b[from:i:i]
		case c == '\\':
			return o.escaped(from, i)
		case c < ' ':
			o.fail("Un texte JSON contient un caractère de contrôle.")
			return nil
		}
	}
	o.fail("Un texte JSON n’est pas refermé : la ligne est peut-être coupée.")
	return nil
}

// escaped goes on with a string from its first escape: texts only become shorter.
func (o *object) escaped(from, i int) []byte {
	b, n := o.text, i
	for i < len(b) && b[i] >= ' ' {
		switch b[i] {
		case '"':
			o.at = i + 1
			return b[from:n:n]
		case '\\':
			r, size := unescape(b[i:])
			if size == 0 {
				o.fail("Un texte JSON contient une séquence d’échappement invalide.")
				return nil
			}
			n += utf8.EncodeRune(b[n:], r)
			i += size
		default:
			b[n] = b[i]
			n++
			i++
		}
	}
	o.fail("Un texte JSON n’est pas refermé : la ligne est peut-être coupée.")
	return nil
}

// unescape reads one escape and tells its length, 0 when it is none or makes no character: half
// of a pair, or NUL.
func unescape(b []byte) (rune, int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch c := b[1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r := hexRune(b)
		if !utf16.IsSurrogate(r) {
			if r <= 0 {
				return 0, 0
			}
			return r, 6
		}
		if pair := utf16.DecodeRune(r, hexRune(b[6:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return 0, 0
}

// hexRune reads \uXXXX, -1 when it is not there.
func hexRune(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		switch lower := c | 0x20; {
		case digit(c):
			r = r<<4 | rune(c-'0')
		case 'a' <= lower && lower <= 'f':
			r = r<<4 | rune(lower-'a'+10)
		default:
			return -1
		}
	}
	return r
}

// skipNested moves past an object or a list and gives its text. It looks at brackets and strings
// only: the value is refused anyway, and what matters is to find its end.
func (o *object) skipNested() []byte {
	from := o.at
	depth := 0
	for o.at < len(o.text) {
		switch o.text[o.at] {
		case '{', '[':
			if depth++; depth > deepest {
				o.fail("L’objet JSON a trop de niveaux imbriqués.")
				return nil
			}
		case '}', ']':
			if depth--; depth == 0 {
				o.at++
				return o.text[from:o.at]
			}
		case '"':
			if o.quoted() == nil {
				return nil
			}
			continue
		}
		o.at++
	}
	o.fail("L’objet JSON n’est pas refermé : la ligne est peut-être coupée.")
	return nil
}
