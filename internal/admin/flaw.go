package admin

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// A Flaw is what is wrong with one field of a form, in French, with what to do.
type Flaw struct{ Field, Message string }

// Flaws are all that is wrong with a form. As an error they are Invalid.
type Flaws []Flaw

// Error writes them one after the other.
func (f Flaws) Error() string {
	texts := make([]string, len(f))
	for i, one := range f {
		texts[i] = one.Message
	}
	return strings.Join(texts, " ")
}

// Unwrap makes the list an Invalid error like any other.
func (f Flaws) Unwrap() error { return belvedere.Errorf(belvedere.Invalid, "%s", f.Error()) }

// orNil is the list as an error, nil when it is empty.
func (f Flaws) orNil() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// mostFlaws is how many are told: a hostile form must not be answered by a book.
const mostFlaws = 100

func (f *Flaws) add(field, format string, args ...any) {
	if len(*f) == mostFlaws {
		return
	}
	*f = append(*f, Flaw{field, french(fmt.Sprintf(format, args...))})
}

// mostText is the most characters of a text that a person writes in a form.
const mostText = 200

// text checks what a person wrote in a field: no end of line, no command, nothing that turns the
// direction of writing, and not too long.
func (f *Flaws) text(field, name, s string, most int) string {
	s = strings.TrimSpace(s)
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, hidden):
		f.add(field, "%s contient un caractère invisible (saut de ligne, commande ou sens d’écriture) : retapez ce texte.", name)
	case utf8.RuneCountInString(s) > most:
		f.add(field, "%s compte plus de %d caractères : raccourcissez.", name, most)
	}
	return s
}

// hidden tells the characters that make a text lie about itself.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) || r == '\ufeff' || r == '\u200b'
}

// french puts the spaces of French typography before its double punctuation.
func french(s string) string { return typography.Replace(s) }

var typography = strings.NewReplacer(" :", belvedere.NoBreak+":", " ;", belvedere.NarrowSpace+";",
	" ?", belvedere.NarrowSpace+"?", " !", belvedere.NarrowSpace+"!", " %", belvedere.NarrowSpace+"%",
	" »", belvedere.NoBreak+"»", "« ", "«"+belvedere.NoBreak)

// quoted is a value as a message shows it: short, on one line.
func quoted(s string) string {
	s = strings.Map(func(r rune) rune {
		if hidden(r) || r == utf8.RuneError {
			return '�'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return s
}
