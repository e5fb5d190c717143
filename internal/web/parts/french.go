package parts

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// French gives a sentence the spaces, the apostrophes and the quotes of French typography.
// Messages are written with plain ones where they are made, since terminals and journals show
// them too, and the texts of the annex are kept to the letter; pages mend both.
func French(s string) string {
	if strings.ContainsAny(s, `"'`) {
		s = straight.ReplaceAllString(s, "« $1 »")
		s = elided.ReplaceAllString(s, "$1’$2")
	}
	return frenchSpaces.Replace(s)
}

var (
	straight = regexp.MustCompile(`"([^"\n]*)"`)
	elided   = regexp.MustCompile(`(\pL)'(\pL)`)
)

var frenchSpaces = strings.NewReplacer(
	" ;", belvedere.NarrowSpace+";", " ?", belvedere.NarrowSpace+"?", " !", belvedere.NarrowSpace+"!",
	" %", belvedere.NarrowSpace+"%", " :", belvedere.NoBreak+":", "« ", "«"+belvedere.NoBreak, " »", belvedere.NoBreak+"»", "….", "…",
)

// Capital starts a text with a capital.
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
