package admin

import (
	"context"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// goodLogin tells an identifier by the rules of the service: Latin letters, with or without
// accents, digits and the signs @ - _ . without space, a letter or a digit first.
func goodLogin(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	n := utf8.RuneCountInString(s)
	return utf8.ValidString(s) && n >= leastLogin && n <= mostLogin && plainSign(first) &&
		!strings.ContainsFunc(s, func(r rune) bool { return !loginSign(r) })
}

func plainSign(r rune) bool { return unicode.In(r, unicode.Latin) || r >= '0' && r <= '9' }

func loginSign(r rune) bool { return plainSign(r) || strings.ContainsRune("@-_.", r) }

// ProposeLogin is Prénom@NOM without what an identifier may not hold.
func ProposeLogin(first, last string) string {
	keep := func(s string) string {
		s = strings.Map(func(r rune) rune {
			if loginSign(r) && r != '@' {
				return r
			}
			return -1
		}, strings.Join(strings.Fields(norm.NFC.String(s)), "-"))
		return strings.Trim(s, "-_.")
	}
	const half = mostLogin/2 - 4 // room for the sign and a number
	first, last = cutRunes(keep(first), half), cutRunes(strings.ToUpper(keep(last)), half)
	login := first + last
	if first != "" && last != "" {
		login = first + "@" + last
	}
	if utf8.RuneCountInString(login) < leastLogin {
		return "utilisateur"
	}
	return login
}

func cutRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// freeLogin is the identifier proposed, with the first number that makes it unique. Homonyms of
// one file do not each try again the numbers that those before have taken.
func freeLogin(ctx context.Context, first, last string, k *known) (string, error) {
	base := ProposeLogin(first, last)
	for n := max(k.numbers[base], 1); ; n++ {
		login := base
		if n > 1 {
			login += strconv.Itoa(n)
		}
		used, err := k.taken(ctx, login, 0)
		if err != nil {
			return "", err
		}
		if !used {
			k.numbers[base] = n
			return login, nil
		}
	}
}
