package belvedere

import (
	"slices"
	"time"
)

// A Capability is what someone may do beyond reading the reports of his or her rights (seed 000:
// « certains profils disposent d’un accès étendu pour construire des requêtes complexes, d’autres
// consultent seulement des rapports prédéfinis »).
type Capability string

// The capabilities. Reading is none: rights over widgets and schools give it.
const (
	Author      Capability = "auteur"     // own queries, formulas, populations and dashboards
	Extractor   Capability = "extracteur" // extracts: totals, or rows of persons when the level says so
	DataOfficer Capability = "donnees"    // answers requests, declares files, verifies what others share
)

// A Level is the finest detail that a grant opens, from the coarsest.
type Level string

// The levels of detail.
const (
	Totals     Level = "agregats"  // figures, through the release rules
	Pseudonyms Level = "personnes" // one row a person, under pseudonyms of the extract alone
	Identities Level = "identites" // columns that name persons, each time for the purpose of the grant
)

// A Grant (habilitation) is a right given to a person for a purpose, by someone, until a day.
type Grant struct {
	ID         int64
	Account    int64
	Capability Capability // "" is reading alone
	AllWidgets bool
	Widgets    []string // opened besides those of the account
	AllSchools bool
	Schools    []UAI    // opened besides those of the account; a Capability holds for these when there are some
	Within     []Within // limits all that it opens to these members; nil for none
	Level      Level
	Purpose    string // finalité, in words
	Approver   string // who approved it
	Request    int64  // the request that it came from, 0 when an administrator gave it
	From       time.Time
	Until      time.Time // first moment at which it no longer holds
	Revoked    time.Time // zero: it was not
}

// Holds tells whether a grant is in force.
func (g Grant) Holds(now time.Time) bool {
	return g.Revoked.IsZero() && !now.Before(g.From) && now.Before(g.Until)
}

// May tells whether a viewer has a capability. Who manages the console has all of them, which open
// no name: see Sees of levels.
func (v Viewer) May(c Capability) bool {
	return v.Admin || slices.ContainsFunc(v.Grants, func(g Grant) bool { return g.Capability == c })
}

// Detail tells whether a viewer may extract rows of a school at a level: nobody may beyond totals
// without a grant that says so, administrators included. RowLimits says which of them.
func (v Viewer) Detail(school UAI, l Level) (Grant, bool) {
	if list := v.detailed(school, l); len(list) > 0 {
		return list[0], true
	}
	return Grant{}, false
}

// detailed are the grants that open rows of a school at a level.
func (v Viewer) detailed(school UAI, l Level) (list []Grant) {
	rank := []Level{Totals, Pseudonyms, Identities}
	for _, g := range v.Grants {
		if g.Capability == Extractor && slices.Index(rank, g.Level) >= slices.Index(rank, l) && (g.AllSchools || slices.Contains(g.Schools, school)) {
			list = append(list, g)
		}
	}
	return list
}

// RowLimits are the members to which the rows that someone may extract of a school are limited, one set
// for each grant that opens some; nil for none. A grant without members opens no further than the account.
func (v Viewer) RowLimits(school UAI, l Level) (sets [][]Within) {
	for _, g := range v.detailed(school, l) {
		set := SortWithin(g.Within)
		if len(set) == 0 {
			set = v.Scope.Limit()
		}
		if len(set) == 0 {
			return nil
		}
		sets = append(sets, set)
	}
	return sets
}
