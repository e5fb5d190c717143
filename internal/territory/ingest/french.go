package ingest

import (
	"fmt"
	"strings"
	"unicode"

	"belvedere"
)

// typography puts the spaces of French before double punctuation.
var typography = strings.NewReplacer(" :", belvedere.NoBreak+":", " ;", belvedere.NarrowSpace+";",
	" ?", belvedere.NarrowSpace+"?", " !", belvedere.NarrowSpace+"!", " %", belvedere.NarrowSpace+"%",
	" »", belvedere.NoBreak+"»", "« ", "«"+belvedere.NoBreak)

func french(format string, args ...any) string {
	return typography.Replace(fmt.Sprintf(format, args...))
}

// errorf and wrapf make errors with a message for people.
func errorf(kind belvedere.Kind, format string, args ...any) error {
	return &belvedere.Error{Kind: kind, Message: french(format, args...)}
}

func wrapf(kind belvedere.Kind, cause error, format string, args ...any) error {
	return &belvedere.Error{Kind: kind, Message: french(format, args...), Cause: cause}
}

// clip keeps quoted values short and harmless in messages.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// count writes a number with its noun.
func count(n int64, one, many string) string { return belvedere.Plural(int(n), one, many) }
