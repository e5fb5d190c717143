package registry

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"belvedere"
)

// The lengths of an identifier, in characters.
const (
	LeastLogin = 3
	MostLogin  = 100
)

// ParseLogin reads an identifier (identifiant) that someone chooses, by the rules of seed 001,
// "Création du compte": letters, with or without accents, digits, and @ - _ . without space. It
// begins with a letter or a digit, so that no spreadsheet takes it for a formula.
func ParseLogin(typed string) (string, error) {
	login := norm.NFKC.String(strings.TrimSpace(typed))
	if n := utf8.RuneCountInString(login); !utf8.ValidString(typed) || n < LeastLogin || n > MostLogin {
		return "", belvedere.Errorf(belvedere.Invalid, "L’identifiant compte de %d à %d caractères.", LeastLogin, MostLogin)
	}
	for i, r := range login {
		switch {
		case r == ' ':
			return "", belvedere.Errorf(belvedere.Invalid, "L’identifiant s’écrit sans espace.")
		case !loginRune(r):
			return "", belvedere.Errorf(belvedere.Invalid, "L’identifiant n’admet que des lettres latines, des chiffres et les caractères @ - _ et le point.")
		case i == 0 && strings.ContainsRune(loginSigns, r):
			return "", belvedere.Errorf(belvedere.Invalid, "L’identifiant commence par une lettre ou un chiffre.")
		}
	}
	return login, nil
}

const loginSigns = "@-_."

// loginRune tells the characters of identifiers. Letters are Latin ones: a Cyrillic "а" would
// make two names that look the same.
func loginRune(r rune) bool {
	return (unicode.IsLetter(r) && unicode.In(r, unicode.Latin)) || (r >= '0' && r <= '9') || strings.ContainsRune(loginSigns, r)
}

// ProposeLogin is "Prénom@NOM" (seed 001), without the characters that identifiers do not have
// and with room left for a number behind.
func ProposeLogin(first, last string) string {
	clean := func(s string) string {
		s = strings.Map(func(r rune) rune {
			if loginRune(r) && r != '@' {
				return r
			}
			return -1
		}, strings.Join(strings.Fields(norm.NFKC.String(s)), "-"))
		if r := []rune(s); len(r) > MostLogin/2-5 {
			s = string(r[:MostLogin/2-5])
		}
		return strings.Trim(s, "-_.")
	}
	first, last = clean(first), strings.ToUpper(clean(last))
	login := first + last
	if first != "" && last != "" {
		login = first + "@" + last
	}
	if utf8.RuneCountInString(login) < LeastLogin {
		return "utilisateur"
	}
	return login
}
