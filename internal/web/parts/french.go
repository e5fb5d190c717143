package parts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// French gives a sentence the spaces of French typography. Messages are written with plain
// spaces where they are made, since terminals and journals show them too; pages mend them.
func French(s string) string { return frenchSpaces.Replace(s) }

var frenchSpaces = strings.NewReplacer(
	" ;", belvedere.NarrowSpace+";", " ?", belvedere.NarrowSpace+"?", " !", belvedere.NarrowSpace+"!",
	" %", belvedere.NarrowSpace+"%", " :", belvedere.NoBreak+":", "« ", "«"+belvedere.NoBreak, " »", belvedere.NoBreak+"»",
)

// Capital starts a text with a capital.
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
