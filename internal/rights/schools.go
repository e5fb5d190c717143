package rights

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// Schools are those that the rights of an account open, sorted; all tells that every school of
// the territory is, those that come later included. The staff of schools never has all of them:
// agreements and recipients withhold nothing from it.
func Schools(in Input) (list []belvedere.UAI, all bool) {
	a := in.Account
	if a.Admin || a.AllSchools && !inSchool(a) {
		return nil, true
	}
	list = slices.Clone(a.Schools)
	for _, g := range in.Groups {
		if slices.Contains(a.Groups, g.ID) {
			list = append(list, Members(g, in.Schools)...)
		}
	}
	return sorted(list), false
}

// Members are the schools of a group.
func Members(g registry.Group, schools []School) []belvedere.UAI {
	if g.Rule == "liste" {
		return sorted(g.Schools)
	}
	wanted := make([]string, len(g.Values))
	for i, v := range g.Values {
		wanted[i] = words.Fold(v)
	}
	var list []belvedere.UAI
	for _, s := range schools {
		if follows(s, g.Rule, wanted) {
			list = append(list, s.UAI)
		}
	}
	return sorted(list)
}

// follows tells whether a school has one of the folded values that a rule wants.
func follows(s School, rule string, wanted []string) bool {
	switch rule {
	case "code_postal":
		for _, code := range strings.FieldsFunc(s.Attributes["codes_postaux"], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if slices.ContainsFunc(wanted, func(prefix string) bool { return prefix != "" && strings.HasPrefix(words.Fold(code), prefix) }) {
				return true
			}
		}
	case "type", "secteur", "commune", "departement", "academie":
		v := words.Fold(s.Attributes[rule])
		return v != "" && slices.Contains(wanted, v)
	}
	return false
}

// samePerson compares logins or addresses as the registry tells them apart: without case, accents
// kept.
func samePerson(x, y string) bool {
	plain := func(s string) string { return norm.NFKC.String(strings.TrimSpace(s)) }
	return strings.EqualFold(plain(x), plain(y))
}
