package vault

import (
	"cmp"
	"slices"
	"strings"
)

// Changes is what an import makes of a year, for people to judge before it is final.
type Changes struct {
	Before, After Counts
	Pupils        []PupilChange // by division and name
	DivisionsNew  []string
	DivisionsGone []string
	StaffNew      []string // "DUPRÉ Élise"
	StaffGone     []string
}

// Counts are totals of a year.
type Counts struct {
	Pupils    int // scolarisés, by the official rule
	Guardians int
	Staff     int
	Divisions int
	Groups    int
	Services  int
	Lessons   int
}

// A PupilChange is what becomes of one pupil.
type PupilChange struct {
	ID       int64
	Name     string // "FERRY Jade"
	Kind     string // as passage.sorte: arrivee, division, sortie, disparition, retour
	From, To string // divisions, "" for none
}

// The kinds of passages.
const (
	Arrival     = "arrivee"
	Moved       = "division"
	Departure   = "sortie"
	Vanished    = "disparition" // gone from the file of the source, which says no exit
	ComesBack   = "retour"
	noStructure = "INACTIFS" // division of the pupils who are in none
)

// Of counts the changes of a kind.
func (c Changes) Of(kind string) int {
	n := 0
	for _, p := range c.Pupils {
		if p.Kind == kind {
			n++
		}
	}
	return n
}

// A snapshot is what Changes compares.
type snapshot struct {
	counts    Counts
	pupils    map[int64]schooling
	names     map[int64]string
	divisions []string
	staff     map[int64]string
}

// schooling is the part of a row of scolarite that passages are made of.
type schooling struct {
	division, exit string
	present        bool
}

// passage tells what happened between two states of a pupil, "" for nothing.
func passage(before schooling, was bool, after schooling) string {
	switch {
	case !was && !after.present:
		return ""
	case !was:
		return Arrival
	case before.present && !after.present:
		return Vanished
	case !before.present && after.present:
		return ComesBack
	case before.exit == "" && after.exit != "":
		return Departure
	case before.exit != "" && after.exit == "":
		return ComesBack
	case before.division != after.division:
		return Moved
	}
	return ""
}

func (t *Tx) snapshot(year int) (s snapshot, err error) {
	s = snapshot{pupils: map[int64]schooling{}, names: map[int64]string{}, staff: map[int64]string{}}
	args := []any{year}
	err = t.Each("SELECT s.eleve, e.nom || ' ' || e.prenom, s.division, s.sortie, s.present, s.scolarise FROM scolarite s JOIN eleve e ON e.id = s.eleve WHERE s.annee = ?", args,
		func(scan func(...any) error) error {
			var id int64
			var name string
			var p schooling
			var counted int
			if err := scan(&id, &name, &p.division, &p.exit, &p.present, &counted); err != nil {
				return err
			}
			s.pupils[id], s.names[id] = p, name
			s.counts.Pupils += counted
			return nil
		})
	if err != nil {
		return s, err
	}
	err = t.Each("SELECT a.personnel, p.nom || ' ' || p.prenom FROM affectation a JOIN personnel p ON p.id = a.personnel WHERE a.annee = ?", args,
		func(scan func(...any) error) error {
			var id int64
			var name string
			err := scan(&id, &name)
			s.staff[id] = name
			return err
		})
	if err != nil {
		return s, err
	}
	err = t.Each("SELECT code FROM division WHERE annee = ? ORDER BY code", args, func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		s.divisions = append(s.divisions, code)
		return err
	})
	if err != nil {
		return s, err
	}
	s.counts.Staff, s.counts.Divisions = len(s.staff), len(s.divisions)
	_, err = t.Get(`SELECT (SELECT count(DISTINCT personne) FROM lien WHERE annee = ?1), (SELECT count(*) FROM groupe WHERE annee = ?1),
		(SELECT count(*) FROM service WHERE annee = ?1), (SELECT count(*) FROM cours WHERE annee = ?1)`, args,
		&s.counts.Guardians, &s.counts.Groups, &s.counts.Services, &s.counts.Lessons)
	return s, err
}

func compare(before, after snapshot) Changes {
	c := Changes{Before: before.counts, After: after.counts}
	for id, now := range after.pupils {
		then, was := before.pupils[id]
		if kind := passage(then, was, now); kind != "" {
			c.Pupils = append(c.Pupils, PupilChange{id, after.names[id], kind, then.division, now.division})
		}
	}
	slices.SortFunc(c.Pupils, func(a, b PupilChange) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From),
			strings.Compare(Fold(a.Name), Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	c.DivisionsNew, c.DivisionsGone = without(after.divisions, before.divisions), without(before.divisions, after.divisions)
	c.StaffNew, c.StaffGone = namesWithout(after.staff, before.staff), namesWithout(before.staff, after.staff)
	return c
}

// without is what a sorted list has and the other has not.
func without(list, other []string) (rest []string) {
	for _, v := range list {
		if _, found := slices.BinarySearch(other, v); !found {
			rest = append(rest, v)
		}
	}
	return rest
}

func namesWithout(people, other map[int64]string) (rest []string) {
	for id, name := range people {
		if _, found := other[id]; !found {
			rest = append(rest, name)
		}
	}
	slices.SortFunc(rest, func(a, b string) int { return cmp.Or(strings.Compare(Fold(a), Fold(b)), strings.Compare(a, b)) })
	return rest
}
