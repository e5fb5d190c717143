package export

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean makes a text one line that any format can hold: composed accents, no control
// character, no direction mark, no invalid byte. Line breaks and tabs become spaces.
func clean(s string) string {
	if plain(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u00ad':
			return -1
		case r == '\ufffe' || r == '\uffff':
			return '\uFFFD'
		}
		return r
	}, s)
}

// plain tells whether a text is printable ASCII, which clean leaves as it is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// starters begin a formula in one spreadsheet or another, in their usual and full widths.
const starters = "=+-@\uFF1D\uFF0B\uFF0D\uFF20"

// splitters may end a cell when the file is opened with another separator than its own.
const splitters = ",;\t|\n\r"

// Guard makes a text harmless in a spreadsheet: an apostrophe goes before whatever would start
// a formula, at the start of the text and after each character that a spreadsheet set to
// another separator would take for the end of a cell. Spaces and quotes before do not hide it.
// A text that is a plain number, as a longitude, is no formula.
func Guard(s string) string {
	t := clean(s)
	if _, err := strconv.ParseFloat(t, 64); err == nil && t[0] == '-' && plainNumber(t) {
		return t
	}
	if !strings.ContainsAny(t, starters) && (s == "" || !strings.ContainsRune("\t\r\n", rune(s[0]))) {
		return t
	}
	var b strings.Builder
	b.Grow(len(t) + 2)
	fresh := true // at what may be the start of a cell
	if s != "" && strings.ContainsRune("\t\r\n", rune(s[0])) {
		b.WriteByte('\'')
		fresh = false
	}
	for _, r := range t {
		switch {
		case fresh && strings.ContainsRune(starters, r):
			b.WriteByte('\'')
			fresh = false
		case strings.ContainsRune(splitters, r):
			fresh = true
		case !unicode.IsSpace(r) && r != '"' && r != '\u00ad':
			fresh = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// clip shortens a text to at most n characters, with an ellipsis in place of what is cut.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// plainNumber is a minus sign, digits and at most one point: no exponent, no name of a number.
func plainNumber(s string) bool {
	return strings.Trim(s, "-.0123456789") == "" && strings.Count(s, "-") == 1
}
