package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

// today is the day on which the agreements of the worlds are in force, or not.
var today = belvedere.Date(2026, 3, 10)

// A person is who asks: an account, and the agreements of that moment. What it may see is worked
// out here again, from the words of DESIGN section 6.
type person struct {
	account    registry.Account
	agreements []registry.Agreement
	grants     []belvedere.Grant
}

func (p *person) String() string {
	out := fmt.Sprintf("account %+v", p.account)
	for _, g := range p.grants {
		out += fmt.Sprintf("\n  grant %+v", g)
	}
	for _, a := range p.agreements {
		out += fmt.Sprintf("\n  agreement %+v", a)
	}
	return out
}

// kept are the indicators that the annex keeps for schools.
var kept = []int{28, 29, 30, 31, 32, 35}

// person draws who asks.
func (w *world) person() *person {
	p := &person{account: registry.Account{
		ID: 5, Login: "Thomas@DUBOIS", Email: "thomas@exemple.fr", State: registry.Active, Place: registry.InTerritory,
		AllSchools: w.r.IntN(2) == 0, AllWidgets: w.r.IntN(8) > 0, Widgets: []string{"moyens.eleves", "social.discipline"},
	}}
	for _, u := range w.schools {
		if w.r.IntN(3) > 0 {
			p.account.Schools = append(p.account.Schools, u)
		}
	}
	if w.r.IntN(5) == 0 {
		p.account.Place, p.account.AllSchools = registry.InSchool, false
		p.account.Schools = p.account.Schools[:min(len(p.account.Schools), 1+w.r.IntN(3))]
	}
	switch w.r.IntN(4) {
	case 0: // all is shared, by one agreement
		p.agreements = append(p.agreements, registry.Agreement{AllThemes: true, From: today})
	case 1: // all is shared, by agreements one by one
		for _, u := range w.schools {
			p.agreements = append(p.agreements, registry.Agreement{School: u, AllThemes: true, From: today})
		}
	}
	for range w.r.IntN(12) {
		p.agreements = append(p.agreements, w.agreement())
	}
	for i := range p.agreements {
		p.agreements[i].ID, p.agreements[i].Version = int64(i+1), 1
	}
	if w.r.IntN(5) < 2 {
		w.limited(p)
	}
	return p
}

// whoever is one of a few people now and then, whose answers meet in the caches, else a new one.
func (w *world) whoever(seed int) *person {
	if w.r.IntN(2) == 0 {
		return w.person()
	}
	at := *w
	at.r = rand.New(rand.NewPCG(uint64(seed), uint64(1000+w.r.IntN(3))))
	return at.person()
}

// agreement draws one of any kind.
func (w *world) agreement() registry.Agreement {
	a := registry.Agreement{School: pick(w.r, w.schools...), From: belvedere.Date(2025, 9, 1), AllThemes: w.r.IntN(3) == 0}
	switch w.r.IntN(8) {
	case 0:
		a.Revoked = today
	case 1:
		a.To = today
	case 2:
		a.From = today.AddDate(0, 0, 1)
	case 3:
		a.To = today.AddDate(0, 0, 1)
	}
	for _, theme := range w.app.Model.Themes {
		if w.r.IntN(3) == 0 {
			a.Themes = append(a.Themes, theme.Code)
		}
	}
	for n := range 80 {
		if w.r.IntN(10) == 0 {
			a.Indicators = append(a.Indicators, n+1)
		}
	}
	for _, n := range kept {
		if w.r.IntN(2) == 0 {
			a.Extended = append(a.Extended, n)
		}
	}
	if w.r.IntN(3) == 0 {
		a.Recipients = []string{pick(w.r, "thomas@dubois", "Thomas@exemple.fr", "quelqu’un@exemple.fr")}
	}
	if w.r.IntN(12) == 0 {
		a.School, a.Extended, a.Recipients = "", nil, nil
	}
	return a
}

// managed are the schools that the rights of the person open.
func (p *person) managed(w *world) []belvedere.UAI {
	return slices.DeleteFunc(slices.Clone(w.schools), func(u belvedere.UAI) bool {
		return !slices.ContainsFunc(p.rights(), func(r right) bool { return r.takes(u) })
	})
}

func (p *person) opensWidget(ind *belvedere.Indicator) bool {
	return ind.Widget == "" || slices.ContainsFunc(p.rights(), func(r right) bool { return r.opens(ind.Widget) })
}

// shares tells whether agreements and recipients let the person see an indicator of a school.
func (p *person) shares(ind *belvedere.Indicator, u belvedere.UAI) bool {
	if p.account.Place == registry.InSchool && slices.Contains(p.account.Schools, u) {
		return true
	}
	number := max(ind.Number, ind.Of)
	return slices.ContainsFunc(p.agreements, func(a registry.Agreement) bool {
		if !a.Revoked.IsZero() || today.Before(a.From) || !a.To.IsZero() && !today.Before(a.To) || a.School != "" && a.School != u {
			return false
		}
		if !ind.SchoolOnly {
			return a.AllThemes || slices.Contains(a.Themes, ind.Theme) || slices.Contains(a.Indicators, number)
		}
		named := len(a.Recipients) == 0 || strings.EqualFold(a.Recipients[0], p.account.Login) || strings.EqualFold(a.Recipients[0], p.account.Email)
		return slices.Contains(a.Extended, number) && named
	})
}

// scope is that of the person as the program works it out; its answers are kept only when asked.
func (p *person) scope(w *world, caches bool) belvedere.Scope {
	s := rights.Scope(rights.Input{Account: p.account, Grants: p.grants, Agreements: p.agreements, Model: w.app.Model, Today: today})
	if !caches {
		s.Fingerprint = ""
	}
	return s
}

// stranger finds a school that a result names though the rights do not open it.
func (o *oracle) stranger(got *belvedere.Result) (belvedere.UAI, bool) {
	var named []string
	for _, row := range got.Rows {
		for i, d := range got.Dims {
			if d.Name == "etablissement" {
				named = append(named, row.Keys[i].Code)
			}
		}
	}
	for _, k := range slices.Concat(got.Coverage.Missing, got.Coverage.Withheld) {
		named = append(named, k.Code)
	}
	for _, u := range got.Coverage.Unlisted {
		named = append(named, string(u))
	}
	for _, code := range named {
		if !slices.Contains(o.who.managed(o.w), belvedere.UAI(code)) {
			return belvedere.UAI(code), true
		}
	}
	return "", false
}
