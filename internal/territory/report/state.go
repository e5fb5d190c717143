package report

import (
	"net/url"
	"strconv"
	"strings"

	"belvedere"
)

// A State is all that the address of a page says. Parse and Encode are inverse on normalised
// states: the whole state is in the URL, and two equal states have one address.
type State struct {
	Year    belvedere.SchoolYear // annee; 0 is the last year with data
	Period  belvedere.PeriodKind // periode; "" is the first that the page offers
	Filters map[string][]string  // etablissement, type, secteur, commune, niveau, profil…
	Table   string               // tableau
	Rates   bool                 // mode=taux
	Compare belvedere.Compare    // comparer
	Version string               // definition: "classes@1", the figures of an older definition beside those in force
	// Constant is perimetre=constant: comparisons over time keep the schools that have all of it.
	Constant bool
	Sort     string // tri: key of a column or "nom", "-" before it for descending
	Page     int    // page, from 1
	Edition  int    // edition, 0 for the current one
}

// ParseState reads an address. Unknown names are left aside; a malformed value is an Invalid error.
func ParseState(page *belvedere.Page, v url.Values) (State, error) {
	s := State{Filters: map[string][]string{}, Page: 1}
	if y := v.Get("annee"); y != "" {
		year, err := belvedere.ParseSchoolYear(y)
		if err != nil {
			return s, belvedere.Errorf(belvedere.Invalid, "annee : %v", err)
		}
		s.Year = year
	}
	s.Period = belvedere.PeriodKind(v.Get("periode"))
	if s.Period != "" && !offers(page, s.Period) {
		return s, belvedere.Errorf(belvedere.Invalid, "periode : %q n’est pas proposée par cette page", s.Period)
	}
	for _, name := range page.Filters {
		if name == "annee" || name == "periode" {
			continue
		}
		for _, value := range splitValues(v[name]) {
			if value = readValue(value); value != "" { // a code may be words of a school, with a comma
				s.Filters[name] = append(s.Filters[name], value)
			}
		}
	}
	s.Table = v.Get("tableau")
	s.Rates = v.Get("mode") == "taux"
	switch kind := v.Get("perimetre"); kind {
	case "", "constant":
		s.Constant = kind != ""
	default:
		return s, belvedere.Errorf(belvedere.Invalid, "perimetre : %q est inconnu ; constant est le seul périmètre qui se nomme", kind)
	}
	s.Sort = v.Get("tri")
	var err error
	if s.Version = v.Get("definition"); s.Version != "" {
		if _, n, err := splitVersion(s.Version); err != nil || n == 0 {
			return s, belvedere.Errorf(belvedere.Invalid, "definition : %q doit s’écrire comme classes@1", s.Version)
		}
	}
	if s.Compare, err = belvedere.ParseCompare(v.Get("comparer")); err != nil {
		return s, err
	}
	for name, into := range map[string]*int{"page": &s.Page, "edition": &s.Edition} {
		if t := v.Get(name); t != "" {
			n, err := strconv.Atoi(t)
			if err != nil || n < 1 || n > mostPages {
				return s, belvedere.Errorf(belvedere.Invalid, "%s : %q doit être un entier de 1 à %d", name, t, mostPages)
			}
			*into = n
		}
	}
	return s, nil
}

// mostPages bounds the numbers of an address, so that no offset made from them overflows.
const mostPages = 1_000_000_000 / RowsPerPage

// Encode writes the state as a query string, without what is at its default.
func (s State) Encode() string {
	v := url.Values{}
	if s.Year != 0 {
		v.Set("annee", strconv.Itoa(int(s.Year)))
	}
	if s.Period != "" {
		v.Set("periode", string(s.Period))
	}
	for name, values := range s.Filters {
		if len(values) > 0 {
			v.Set(name, strings.Join(writeValues(values), ","))
		}
	}
	if s.Table != "" {
		v.Set("tableau", s.Table)
	}
	if s.Rates {
		v.Set("mode", "taux")
	}
	if s.Version != "" {
		v.Set("definition", s.Version)
	}
	if s.Compare != "" {
		v.Set("comparer", string(s.Compare))
	}
	if s.Constant {
		v.Set("perimetre", "constant")
	}
	if s.Sort != "" {
		v.Set("tri", s.Sort)
	}
	if s.Page > 1 {
		v.Set("page", strconv.Itoa(s.Page))
	}
	if s.Edition > 0 {
		v.Set("edition", strconv.Itoa(s.Edition))
	}
	return strings.ReplaceAll(v.Encode(), "%2C", ",")
}

// Address is the path of the page with the state.
func (s State) Address(page *belvedere.Page) string {
	if q := s.Encode(); q != "" {
		return page.Path + "?" + q
	}
	return page.Path
}

// with gives a copy that change has altered; filters are copied too.
func (s State) with(change func(*State)) State {
	c := s
	c.Filters = make(map[string][]string, len(s.Filters))
	for k, v := range s.Filters {
		c.Filters[k] = append([]string(nil), v...)
	}
	change(&c)
	return c
}

// splitValues reads repeated and comma-separated values, dropping the empty ones.
func splitValues(all []string) []string {
	var out []string
	for _, one := range all {
		for _, v := range strings.Split(one, ",") {
			if v = strings.TrimSpace(v); v != "" {
				out = append(out, v)
			}
		}
	}
	return out
}

func offers(page *belvedere.Page, kind belvedere.PeriodKind) bool {
	for _, k := range page.Periods {
		if k == kind {
			return true
		}
	}
	return false
}
