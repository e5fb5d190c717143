package table

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalise reduces a header to what makes it recognisable: lower case, no accents, no spaces,
// no punctuation. "Numéro du collège" and "numero_du_college" give the same text.
func Normalise(header string) string {
	var b strings.Builder
	b.Grow(len(header))
	for _, r := range norm.NFKD.String(ordinals.Replace(header)) {
		switch r = unicode.ToLower(r); {
		case r == 'œ':
			b.WriteString("oe")
		case r == 'æ':
			b.WriteString("ae")
		case r == 'ß':
			b.WriteString("ss")
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(r)
		}
	}
	// Decomposition of some capitals needs a second look: "ſ" and the like settle here.
	return strings.ToLower(b.String())
}

// ordinals drops the signs that people type for the degree sign of "N°": compatibility
// decomposition would make letters of them.
var ordinals = strings.NewReplacer("º", "", "ª", "")
