package registry

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"belvedere"
)

// key is what a name is compared by: NFKC and simple case folding; accents count. A key is its own key.
func key(s string) string {
	for range 8 { // composing may bring a space or a capital to light, which few rounds settle
		next := norm.NFKC.String(strings.Map(foldRune, norm.NFKC.String(strings.TrimSpace(s))))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// foldRune gives all forms of a letter the same one.
func foldRune(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss", "’", "'")

// loose is what text is searched and sorted by: a key without accents.
func loose(s string) string {
	return ligatures.Replace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(key(s))))
}

// searchable joins the fields that a search looks through; what is typed never spans two.
func searchable(fields ...string) string {
	for i, f := range fields {
		fields[i] = loose(f)
	}
	return strings.Join(fields, "\n")
}

var wild = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// contains adds the condition that a column made by searchable holds the words typed.
func (c *conditions) contains(column, typed string) {
	if typed = loose(typed); typed != "" {
		c.add(column+` LIKE ? ESCAPE '\'`, "%"+wild.Replace(typed)+"%")
	}
}

// longest is the most characters of a text that a person writes in a form.
const longest = 200

// checkText says in French what is wrong with a text that a person wrote; name is what it is, with its article.
func checkText(name, s string) error { return checkLength(name, s, longest) }

func checkLength(name, s string, most int) error {
	if utf8.RuneCountInString(s) > most {
		return belvedere.Errorf(belvedere.Invalid, "%s compte plus de %d caractères\u00a0: raccourcissez.", name, most)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) {
		return belvedere.Errorf(belvedere.Invalid, "%s contient un caractère invisible (saut de ligne, commande ou sens d’écriture)\u00a0: retapez ce texte.", name)
	}
	return nil
}

// hidden tells the characters that make a text lie about itself: commands, ends of lines and
// whatever turns the direction of writing.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// joinName is "Claire MORVAN", as the console writes people.
func joinName(first, last string) string {
	return strings.TrimSpace(strings.TrimSpace(first) + " " + strings.ToUpper(strings.TrimSpace(last)))
}
