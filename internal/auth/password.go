package auth

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/text/unicode/norm"

	"belvedere/internal/registry"
)

// Bounds of a password, in characters.
const (
	shortest     = 15  // NIST 800-63B-4 for a sole factor; 70 bits in small letters alone, CNIL 2022-100 wants 50 with delays
	shortestSeed = 8   // under the rules of the seed
	longest      = 256 // far above any phrase; bounds the work
)

// leastGuesses is how many tries a guesser who knows the person must need at least.
const leastGuesses = 1e10

// judged is how much of a password is estimated: what follows cannot make it weaker.
const judged = 64

// A Policy is which rules passwords follow: ours, or those of the seed in the place of length and
// strength (registry.SettingSeedPasswords). The list of common passwords and the names of the
// person are refused under both.
type Policy struct{ Seed bool }

// Policy reads the rules in force.
func (s *Service) Policy(ctx context.Context) (Policy, error) {
	all, err := s.Store.Settings(ctx)
	return Policy{Seed: all[registry.SettingSeedPasswords] == "oui"}, err
}

// Rules are the characteristics of a password, as the form lists them.
func (p Policy) Rules() []string {
	if p.Seed {
		return []string{"Au moins 8 caractères", "Au moins un caractère numérique", "Au moins un caractère spécial [#!@%&*~]",
			"Au moins une lettre", "Différent du nom et de l’identifiant", "Absent des listes de mots de passe courants"}
	}
	return []string{"Au moins 15 caractères, espaces compris", "Aucun caractère imposé\u00a0: plusieurs mots sans lien entre eux conviennent très bien",
		"Absent des listes de mots de passe courants, même maquillé", "Sans appui sur votre nom, votre identifiant, votre établissement ou votre ville"}
}

// check says what is wrong with a password that someone chooses, "" when nothing is. Names are
// those that it may not rest on, the most telling first.
func (p Policy) check(password string, names []string) string {
	password = norm.NFKC.String(password)
	n := utf8.RuneCountInString(password)
	least := shortest
	if p.Seed {
		least = shortestSeed
	}
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return "Le mot de passe contient un caractère que le clavier ne devrait pas produire."
	case n < least && p.Seed:
		return "Le mot de passe compte au moins 8 caractères."
	case n < least:
		return "Le mot de passe compte au moins 15 caractères. Quatre mots sans lien entre eux suffisent."
	case n > longest:
		return "Le mot de passe compte au plus 256 caractères."
	}
	if p.Seed {
		if problem := seedRules(password); problem != "" {
			return problem
		}
	}
	if common(password) {
		return "Ce mot de passe est un mot courant, seul ou complété\u00a0: ce sont les premiers essayés. Choisissez plusieurs mots sans lien entre eux."
	}
	names = foldAll(names)
	if restsOn(password, names) {
		return "Ce mot de passe repose sur votre nom, votre identifiant, votre établissement, votre ville ou le nom de la console. Choisissez des mots qui ne parlent pas de vous."
	}
	if !p.Seed && guesses(password, names) < leastGuesses {
		return "Ce mot de passe se devine trop vite\u00a0: suites, répétitions, dates et mots courants s’essaient d’abord. Ajoutez des mots sans lien entre eux."
	}
	return ""
}

// seedRules are the characteristics that the seed lists, to the letter.
func seedRules(password string) string {
	switch {
	case !strings.ContainsFunc(password, unicode.IsDigit):
		return "Le mot de passe contient au moins un chiffre."
	case !strings.ContainsAny(password, "#!@%&*~"):
		return "Le mot de passe contient au moins un de ces caractères\u00a0: # ! @ % & * ~"
	case !strings.ContainsFunc(password, unicode.IsLetter):
		return "Le mot de passe contient au moins une lettre."
	}
	return ""
}

// guesses estimates how many tries find a password: the least over the ways to read it, since
// accents, capitals and the layout of the keyboard hide nothing from who guesses.
func guesses(password string, names []string) float64 {
	if r := []rune(password); len(r) > judged {
		password = string(r[:judged])
	}
	names = append(names[:len(names):len(names)], frenchWords()...)
	least := zxcvbn.PasswordStrength(plain(fold(password)), names).Guesses
	return min(least, zxcvbn.PasswordStrength(plain(fold(asQwerty(password))), nil).Guesses)
}

// plain gives letters of other scripts a stand-in, since the estimate counts bytes of ASCII.
// Repetitions and sequences stay what they are.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 {
			return r
		}
		return '!' + r%94
	}, s)
}

// A Strength is how long a password resists, from 0 (not at all) to 4.
type Strength int

// Word is "faible", "correcte", "forte" or "maximale".
func (s Strength) Word() string {
	return [...]string{"faible", "faible", "correcte", "forte", "maximale"}[s]
}

// StrengthOf estimates it, whoever chose the password.
func StrengthOf(password string) (s Strength) {
	g := guesses(norm.NFKC.String(password), nil)
	for _, bound := range []float64{1e8, leastGuesses, 1e13, 1e17} {
		if g >= bound {
			s++
		}
	}
	return s
}

// refuse checks the password that someone chooses for an account, twice typed.
func (s *Service) refuse(ctx context.Context, a registry.Account, password, again string) (Faults, error) {
	policy, err := s.Policy(ctx)
	if err != nil {
		return nil, err
	}
	if problem := policy.check(password, s.names(ctx, a)); problem != "" {
		return fault("mot_de_passe", "%s", problem), nil
	}
	if norm.NFKC.String(password) != norm.NFKC.String(again) {
		return fault("confirmation", "Les deux saisies du mot de passe diffèrent\u00a0: retapez la seconde."), nil
	}
	return nil, nil
}

// mostNames bounds the names that one password is compared with.
const mostNames = 1000

// names are the words that the password of an account may not rest on.
func (s *Service) names(ctx context.Context, a registry.Account) []string {
	local, domain, _ := strings.Cut(a.Email, "@")
	names := []string{a.FirstName, a.LastName, a.FirstName + a.LastName, a.LastName + a.FirstName, a.Login, local, domain, "belvedere", "belvédère", "console"}
	for _, text := range []string{a.Login, local, domain, a.FirstName, a.LastName, a.Function} {
		names = append(names, strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
	}
	if s.Words != nil {
		for _, text := range s.Words(ctx, a) {
			names = append(append(names, text), strings.Fields(text)...)
		}
	}
	return names[:min(len(names), mostNames)]
}
