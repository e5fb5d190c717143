package auth

import (
	"context"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/registry"
)

// ParseLogin reads an identifier that someone chooses: letters, with or without accents, digits,
// and @ - _ . — no space, nothing else, so that it can be read out on the telephone.
func ParseLogin(typed string) (string, error) {
	login := norm.NFKC.String(strings.TrimSpace(typed))
	if n := utf8.RuneCountInString(login); !utf8.ValidString(typed) || n < 3 || n > 100 {
		return "", belvedere.Errorf(belvedere.Invalid, "L’identifiant compte de 3 à 100 caractères.")
	}
	letters := 0
	for _, r := range login {
		switch {
		case r == ' ':
			return "", belvedere.Errorf(belvedere.Invalid, "L’identifiant s’écrit sans espace.")
		case !loginRune(r):
			return "", belvedere.Errorf(belvedere.Invalid, "L’identifiant n’admet que des lettres, des chiffres et les caractères @ - _ et le point.")
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			letters++
		}
	}
	if letters == 0 {
		return "", belvedere.Errorf(belvedere.Invalid, "L’identifiant doit contenir au moins une lettre ou un chiffre.")
	}
	return login, nil
}

// loginRune tells the characters of identifiers. Letters are Latin ones: a Cyrillic "а" would
// make two names that look the same.
func loginRune(r rune) bool {
	return (unicode.IsLetter(r) && unicode.In(r, unicode.Latin)) || (r >= '0' && r <= '9') || strings.ContainsRune("@-_.", r)
}

// ProposeLogin is "Prénom@NOM", without the characters that identifiers do not have.
func ProposeLogin(first, last string) string {
	clean := func(s string) string {
		words := strings.Fields(norm.NFKC.String(s))
		for i, w := range words {
			words[i] = strings.Map(func(r rune) rune {
				if loginRune(r) && r != '@' {
					return r
				}
				return -1
			}, w)
		}
		return strings.Trim(strings.Join(words, "-"), "-")
	}
	first, last = clean(first), strings.ToUpper(clean(last))
	switch {
	case first == "" && last == "":
		return "utilisateur"
	case first == "" || last == "":
		return first + last
	}
	return first + "@" + last
}

// FreeLogin adds a number to a proposed identifier while another account bears it.
func (s *Service) FreeLogin(ctx context.Context, first, last string) (string, error) {
	return s.freeName(ctx, ProposeLogin(first, last))
}

func (s *Service) freeName(ctx context.Context, base string) (string, error) {
	for n := 1; ; n++ {
		login := cut(base, 90)
		if n > 1 {
			login += strconv.Itoa(n)
		}
		if taken, err := s.taken(ctx, login, 0); err != nil || !taken {
			return login, err
		}
	}
}

// taken tells whether another account answers to an identifier: as its own, or as its address,
// since people sign in by either.
func (s *Service) taken(ctx context.Context, login string, but int64) (bool, error) {
	for _, find := range []func(context.Context, string) (registry.Account, error){s.Store.AccountByLogin, s.Store.AccountByEmail} {
		a, err := find(ctx, login)
		switch {
		case belvedere.KindOf(err) == belvedere.NotFound:
		case err != nil:
			return false, err
		case a.ID != but:
			return true, nil
		}
	}
	return false, nil
}

// find is who signs in with an identifier or an address; the zero Account is nobody. Both are
// always looked up, so that knowing a name takes no less work than not knowing it.
func (s *Service) find(ctx context.Context, typed string) (registry.Account, error) {
	typed = norm.NFKC.String(strings.TrimSpace(typed))
	if !utf8.ValidString(typed) || utf8.RuneCountInString(typed) > 254 {
		typed = ""
	}
	byLogin, err := s.Store.AccountByLogin(ctx, typed)
	if err != nil && belvedere.KindOf(err) != belvedere.NotFound {
		return registry.Account{}, err
	}
	byEmail, err2 := s.Store.AccountByEmail(ctx, typed)
	if err2 != nil && belvedere.KindOf(err2) != belvedere.NotFound {
		return registry.Account{}, err2
	}
	switch {
	case typed == "":
		return registry.Account{}, nil
	case err == nil:
		return byLogin, nil
	case err2 == nil:
		return byEmail, nil
	}
	return registry.Account{}, nil
}
