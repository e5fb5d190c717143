package vault

import (
	"cmp"
	"fmt"
)

// knownPupil is a pupil that the vault has already.
type knownPupil struct {
	id                 int64
	last, first, birth string
	key, ine           string
}

// pupils gives each pupil of the source his local id and writes him, his year and his passages.
func (c *consolidation) pupils() error {
	kind := c.pupilKind()
	if kind == "" {
		return nil
	}
	for _, p := range c.pupilsIn {
		for i, d := range p.divisions {
			p.divisions[i], _ = c.resolve(sortDivision, c.kinds[kind].source, d)
		}
		for i, g := range p.groups {
			p.groups[i], _ = c.resolve(sortGroup, c.kinds[kind].source, g)
		}
		for i, o := range p.options {
			p.options[i].subject, _ = c.resolve(sortSubject, c.kinds[kind].source, o.subject)
		}
		if p.level == "" {
			p.level = cmp.Or(c.levels[p.mef], Level(p.mef, "", p.label))
		}
	}
	ambiguous, err := c.matchPupils()
	if err != nil {
		return err
	}
	for i, p := range c.pupilsIn {
		if err := c.writePupil(p, kind); err != nil {
			return err
		}
		c.people[p.ref] = p.id
		if ambiguous[i] {
			if err := c.note("eleve_ambigu", who{Pupil, p.id}, p.name(),
				fmt.Sprintf("Plusieurs élèves connus portent le nom de %s avec la même date de naissance\u00a0: une nouvelle fiche a été ouverte.", p.name())); err != nil {
				return err
			}
		}
	}
	if err := c.writeSchooling(kind); err != nil {
		return err
	}
	return c.belongings(kind)
}

// matchPupils finds who each pupil was: by identifier, then by INE, then by name and birth. A pass
// is over before the next begins, so that a likeness never takes whom an identifier names.
func (c *consolidation) matchPupils() (ambiguous map[int]bool, err error) {
	known, err := c.knownPupils()
	if err != nil {
		return nil, err
	}
	taken := map[int64]bool{}
	take := func(p *pupilIn, id int64) bool {
		if p.id != 0 || id == 0 || taken[id] {
			return false
		}
		p.id, taken[id] = id, true
		return true
	}
	for _, p := range c.pupilsIn {
		for _, name := range []string{"eleve_id=" + p.eleveID, "aaf=" + p.join, "ent=" + p.ent} {
			for _, k := range known.byID[name] {
				if !k.contradicts(p) && take(p, k.id) {
					break
				}
			}
		}
	}
	borne := map[string]int{}
	for _, p := range c.pupilsIn {
		borne[p.ine()]++
	}
	for _, p := range c.pupilsIn {
		if p.id == 0 && borne[p.ine()] == 1 {
			for _, k := range known.byINE[p.ine()] {
				if k.resembles(p) && take(p, k.id) {
					break
				}
			}
		}
	}
	return c.matchByName(known, taken, take), nil
}

// matchByName is the last pass: one pupil of the source against one of the vault, or nobody.
func (c *consolidation) matchByName(known *pupilIndex, taken map[int64]bool, take func(*pupilIn, int64) bool) map[int]bool {
	same := map[string]int{}
	for _, p := range c.pupilsIn {
		if p.id == 0 {
			same[p.key()]++
		}
	}
	ambiguous := map[int]bool{}
	for i, p := range c.pupilsIn {
		if p.id != 0 || p.birth == "" {
			continue
		}
		var free []int64
		for _, k := range known.byKey[p.key()] {
			if !taken[k.id] {
				free = append(free, k.id)
			}
		}
		switch {
		case len(free) == 1 && same[p.key()] == 1:
			take(p, free[0])
		case len(free) > 0:
			ambiguous[i] = true
		}
	}
	return ambiguous
}

// pupilIndex finds pupils by what names them.
type pupilIndex struct {
	byID, byINE, byKey map[string][]*knownPupil
}

func (c *consolidation) knownPupils() (*pupilIndex, error) {
	x := &pupilIndex{map[string][]*knownPupil{}, map[string][]*knownPupil{}, map[string][]*knownPupil{}}
	all := map[int64]*knownPupil{}
	err := c.tx.Each("SELECT id, nom, prenom, naissance, cle, ine FROM eleve ORDER BY id", nil, func(scan func(...any) error) error {
		k := &knownPupil{}
		if err := scan(&k.id, &k.last, &k.first, &k.birth, &k.key, &k.ine); err != nil {
			return err
		}
		all[k.id] = k
		x.byKey[k.key] = append(x.byKey[k.key], k)
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Those still borne come first.
	err = c.tx.Each("SELECT qui_id, sorte, valeur FROM identifiant WHERE qui = 'eleve' ORDER BY jusque IS NOT NULL, jusque DESC, depuis DESC, qui_id", nil,
		func(scan func(...any) error) error {
			var id int64
			var sort, value string
			if err := scan(&id, &sort, &value); err != nil {
				return err
			}
			if sort == "ine" {
				x.byINE[value] = append(x.byINE[value], all[id])
			} else {
				x.byID[sort+"="+value] = append(x.byID[sort+"="+value], all[id])
			}
			return nil
		})
	return x, err
}

// contradicts tells that an identifier has gone to someone else: nothing of the names fits.
func (k *knownPupil) contradicts(p *pupilIn) bool {
	return k == nil || k.birth != p.birth && Fold(k.first) != Fold(p.first) && Fold(k.last) != Fold(p.last)
}

// resembles tells that an INE, which secretaries may type for the wrong child, is of the same one.
func (k *knownPupil) resembles(p *pupilIn) bool {
	if k == nil {
		return false
	}
	first, last := Fold(k.first) == Fold(p.first), Fold(k.last) == Fold(p.last)
	return first && last || k.birth != "" && k.birth == p.birth && (first || last)
}
