package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// fold makes a key that sorts as French readers expect: no case, no accents.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r >= rune(len(latin)) && r != '’' {
			return foldAny(s)
		}
		if r == '’' {
			b.WriteByte(' ')
		} else {
			b.WriteString(latin[r])
		}
	}
	return b.String()
}

// latin folds the letters up to Latin Extended-B one by one: a register is folded at each
// edition, and foldAny takes ten times as long.
var latin = func() (table [0x250]string) {
	for r := range table {
		table[r] = foldAny(string(rune(r)))
	}
	return table
}()

// foldAny folds any text.
func foldAny(s string) string {
	t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, err := transform.String(t, strings.ToLower(s))
	if err != nil {
		return strings.ToLower(s)
	}
	return separators.Replace(out)
}

var separators = strings.NewReplacer("œ", "oe", "æ", "ae", "’", " ", "'", " ", "-", " ")
