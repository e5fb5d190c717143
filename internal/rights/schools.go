package rights

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/registry"
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
		wanted[i] = fold(v)
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
			if slices.ContainsFunc(wanted, func(prefix string) bool { return prefix != "" && strings.HasPrefix(fold(code), prefix) }) {
				return true
			}
		}
	case "type", "secteur", "commune", "departement", "academie":
		v := fold(s.Attributes[rule])
		return v != "" && slices.Contains(wanted, v)
	}
	return false
}

// fold compares words as a reader does: without case, accents, hyphens or kinds of apostrophe.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(cases.Fold().String(strings.TrimSpace(s))) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == '’' || r == '\'' || r == '-':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "œ", "oe"), "æ", "ae")
}

// samePerson compares logins or addresses as the registry tells them apart: without case, accents
// kept.
func samePerson(x, y string) bool {
	plain := func(s string) string { return norm.NFKC.String(strings.TrimSpace(s)) }
	return strings.EqualFold(plain(x), plain(y))
}
