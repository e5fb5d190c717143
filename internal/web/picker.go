package web

import (
	"net/http"
	"net/url"
	"slices"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
	"belvedere/internal/words"
)

const (
	mostPicked = 2000 // schools up to which a form lists all of them
	mostFound  = 200  // schools that a search shows beyond
)

// picker lists the schools to tick in a form. All of them as long as they are few; else those
// that are ticked and those that a search finds, so that a whole country makes no page of megabytes.
func (s *server) picker(r *http.Request, chosen []string, form url.Values) (pages.Picker, error) {
	schools, err := s.Users.Schools.Schools(r.Context())
	if err != nil {
		return pages.Picker{}, err
	}
	ticked := make(map[belvedere.UAI]bool, len(chosen))
	for _, c := range chosen {
		if u, err := belvedere.ParseUAI(c); err == nil {
			ticked[u] = true
		}
	}
	p := pages.Picker{Total: len(schools), Large: len(schools) > mostPicked, Search: clean(form.Get("cherche"), mostSearch)}
	search := words.Fold(p.Search)
	for _, one := range schools {
		on := ticked[one.UAI]
		delete(ticked, one.UAI)
		found := !p.Large || search != "" && words.Holds(words.Fold(one.Name+" "+one.Attributes["commune"]+" "+string(one.UAI)), search)
		if p.Large && found {
			p.Found++
		}
		if on || found && (!p.Large || p.Found <= mostFound) {
			p.Schools = append(p.Schools, pages.PickSchool{UAI: one.UAI, Label: schoolLabel(one), Checked: on})
		}
	}
	for _, c := range chosen { // those that the register does not know stay, so that nothing is lost unseen
		if u, err := belvedere.ParseUAI(c); err == nil && ticked[u] {
			delete(ticked, u)
			p.Schools = append(p.Schools, pages.PickSchool{UAI: u, Label: "hors répertoire", Checked: true})
		}
	}
	// What is ticked comes first: it is what one looks for in a list of a thousand.
	slices.SortStableFunc(p.Schools, func(a, b pages.PickSchool) int {
		switch {
		case a.Checked == b.Checked:
			return 0
		case a.Checked:
			return -1
		}
		return 1
	})
	return p, nil
}

// schoolLabel is the name of a school with its commune, unless the name tells it.
func schoolLabel(one admin.School) string {
	town := one.Attributes["commune"]
	if town == "" || words.Holds(words.Fold(one.Name), words.Fold(town)) {
		return one.Name
	}
	return one.Name + ", " + town
}
