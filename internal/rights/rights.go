// Package rights turns what administrators decided into what a person may see: the rights of an
// account or a token, the groups of schools, and the agreements in force on a day. It says too,
// in French, which rule decided.
//
// It is pure: the same input gives the same scope, and nothing of one account bears on another's.
package rights

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Input is all that decides.
type Input struct {
	Account    registry.Account
	Grants     []belvedere.Grant // of the account, in force
	Groups     []registry.Group
	Agreements []registry.Agreement
	Schools    []School // of the territory, corrections applied
	Model      *belvedere.Model
	Today      time.Time      // calendar date of the territory
	Zone       *time.Location // of the territory, for the dates of withdrawals; nil is UTC
}

// A School is what groups and sentences need of one.
type School struct {
	UAI        belvedere.UAI
	Name       string
	Attributes map[string]string // type, secteur, commune, departement, academie, codes_postaux
}

// Scope is what an account may see. One that is invited or locked sees nothing.
func Scope(in Input) belvedere.Scope {
	a := in.Account
	if a.State != registry.Active {
		return belvedere.Scope{}
	}
	s := belvedere.Scope{AllWidgets: a.Admin || a.AllWidgets}
	if !s.AllWidgets {
		s.Widgets = map[string]bool{}
		for _, code := range a.Widgets {
			s.Widgets[code] = true
		}
	}
	s.Schools, s.AllSchools = Schools(in)
	if inSchool(a) {
		s.Own = s.Schools
	}
	s = in.granted(s)
	return in.sealed(s, a.Login, a.Email)
}

// TokenScope is what a program may read: as anyone of the territory with the rights on its
// schools and all widgets. Recipients that agreements name are persons: no token is one.
func TokenScope(t registry.Token, in Input) belvedere.Scope {
	if !t.Read || !t.Revoked.IsZero() {
		return belvedere.Scope{}
	}
	s := belvedere.Scope{AllSchools: t.AllSchools, AllWidgets: true}
	if !t.AllSchools {
		s.Schools = sorted(t.Schools)
	}
	return in.sealed(s)
}

// inSchool tells whether an account is of the staff of its schools: an administrator never is.
func inSchool(a registry.Account) bool { return a.Place == registry.InSchool && !a.Admin }

// sealed joins the agreements in force to a scope and takes its fingerprint: two scopes of one
// fingerprint see the same figures. Names are those by which agreements may name the person.
func (in Input) sealed(s belvedere.Scope, names ...string) belvedere.Scope {
	hash := sha256.New()
	var inForce []registry.Agreement
	for _, a := range in.Agreements {
		if a.InForce(in.Today) && (a.School == "" || s.AllSchools || contains(s.Schools, a.School)) {
			inForce = append(inForce, a)
		}
	}
	slices.SortFunc(inForce, func(x, y registry.Agreement) int { return cmp.Compare(x.ID, y.ID) })
	s.Sharing = in.sharing(inForce, names)
	for _, a := range inForce {
		fmt.Fprintf(hash, "%d.%d ", a.ID, a.Version)
		s.Agreements = append(s.Agreements, belvedere.AgreementRef{ID: a.ID, Version: a.Version, School: a.School})
	}
	widgets := slices.Sorted(maps.Keys(s.Widgets))
	fmt.Fprintf(hash, "\n%t %q\n%t %q\n%q\n", s.AllSchools, s.Schools, s.AllWidgets, widgets, s.Own)
	for _, p := range s.Parts {
		fmt.Fprintf(hash, "part %d %t %q %t %q\n", p.Grant, p.AllSchools, p.Schools, p.AllWidgets, slices.Sorted(maps.Keys(p.Widgets)))
		if len(p.Within) > 0 {
			fmt.Fprintf(hash, "within %q of %q\n", p.Within, p.Datasets)
		}
	}
	for _, dim := range slices.Sorted(maps.Keys(s.Members)) {
		fmt.Fprintf(hash, "members %q %q\n", dim, s.Members[dim])
	}
	for _, code := range slices.Sorted(maps.Keys(s.Sharing.Themes)) {
		fmt.Fprintf(hash, "%q %v\n", code, s.Sharing.Themes[code])
	}
	for _, n := range slices.Sorted(maps.Keys(s.Sharing.Indicators)) {
		fmt.Fprintf(hash, "%d %v\n", n, s.Sharing.Indicators[n])
	}
	for _, n := range slices.Sorted(maps.Keys(s.Sharing.Extended)) {
		fmt.Fprintf(hash, "+%d %v\n", n, s.Sharing.Extended[n])
	}
	s.Fingerprint = hex.EncodeToString(hash.Sum(nil)[:16])
	return s
}

// sorted copies a list of schools, in order and without double.
func sorted(list []belvedere.UAI) []belvedere.UAI {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// contains looks a school up in a sorted list.
func contains(list []belvedere.UAI, u belvedere.UAI) bool {
	_, found := slices.BinarySearch(list, u)
	return found
}
