// Package words compares texts as French readers do, for searches, sorted names and values that
// someone typed. It folds, and has no opinion: identifiers of people and codes of files are told
// apart by the rooms that own them.
package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold makes a key that compares and sorts as readers expect: no case, no accents, ligatures
// undone, one space for hyphens, apostrophes, underscores and runs of spaces. It is its own fold.
// text.js does the same.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r >= rune(len(latin)) && r != '’' {
			return tidy(foldAny(s))
		}
		if r == '’' {
			b.WriteByte(' ')
		} else {
			b.WriteString(latin[r])
		}
	}
	return tidy(b.String())
}

// Holds tells whether a folded text contains all words of a folded search.
func Holds(text, search string) bool {
	for _, w := range strings.Fields(search) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// tidy leaves one space between words and none around.
func tidy(s string) string {
	if strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") || strings.Contains(s, "  ") {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

// latin folds the letters up to Latin Extended-B one by one: a register is folded at each
// edition, and foldAny takes ten times as long.
var latin = func() (table [0x250]string) {
	for r := range table {
		table[r] = foldAny(string(rune(r)))
	}
	return table
}()

// foldAny folds any text, spaces left as they are many.
func foldAny(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(strings.ToLower(strings.ToValidUTF8(s, "\ufffd"))) {
		r = unicode.ToLower(r) // what is undone may be a capital: "℡"
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'œ':
			b.WriteString("oe")
		case r == 'æ':
			b.WriteString("ae")
		case r == '’' || r == '\'' || r == '-' || r == '_' || unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
