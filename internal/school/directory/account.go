package directory

import (
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

// The states of an account.
const (
	Prepared = "prepare" // has an identifier; its code was not used yet
	Opened   = "ouvert"
	Closed   = "ferme" // the person has left; the identifier is never given to anyone else
)

// An account is a row of compte.
type account struct {
	id      int64
	login   string
	profile string
	state   string
	opened  bool
}

// accounts reads those that there are, with the identifiers taken.
func accounts(tx *vault.Tx) (by map[who]*account, taken map[string]bool, err error) {
	by, taken = map[who]*account{}, map[string]bool{}
	err = tx.Each("SELECT id, qui, qui_id, identifiant, profil, etat, ouvert IS NOT NULL FROM compte", nil, func(scan func(...any) error) error {
		var w who
		a := &account{}
		err := scan(&a.id, &w.sort, &w.id, &a.login, &a.profile, &a.state, &a.opened)
		by[w], taken[a.login] = a, true
		return err
	})
	return by, taken, err
}

// A register is the people of a year with their accounts, and the households that letters go to.
type register struct {
	*roster
	accounts   map[who]*account
	households []rule.Household
	chosen     map[int64]int64 // guardian → the record that bears the account of him, merged ones too
}

// Changed is what bringing accounts up to date did.
type Changed struct{ Made, Closed, Back int }

// enrol reads everyone of a year and gives each an account: who came gets one, who comes back finds
// his again. The account of who is neither there nor in another year that runs or is being prepared is
// closed: from May to August the school has two.
func (s *Service) enrol(tx *vault.Tx, year belvedere.SchoolYear) (*register, Changed, error) {
	var c Changed
	r, taken, err := readRegister(tx, year)
	if err != nil {
		return nil, c, err
	}
	now := s.Now()
	wanted := map[who]bool{}
	for _, one := range r.entitled() {
		wanted[one.p.who] = true
		if err := c.give(tx, r, one.p, one.profile, taken, now); err != nil {
			return nil, c, err
		}
	}
	if err := s.wantedElsewhere(tx, year, wanted); err != nil {
		return nil, c, err
	}
	for w, a := range r.accounts {
		if wanted[w] || a.state == Closed {
			continue
		}
		if _, err := tx.Exec("UPDATE compte SET etat = 'ferme', ferme = ? WHERE id = ?", vault.Micros(now), a.id); err != nil {
			return nil, c, err
		}
		if err := revoke(tx, a.id, now); err != nil {
			return nil, c, err
		}
		a.state = Closed
		c.Closed++
	}
	return r, c, nil
}

// wantedElsewhere adds those who are entitled to an account by another year that is not over.
func (s *Service) wantedElsewhere(tx *vault.Tx, year belvedere.SchoolYear, wanted map[who]bool) error {
	var years []int
	err := tx.Each("SELECT annee FROM scolarite WHERE annee >= ?1 AND annee <> ?2 UNION SELECT annee FROM affectation WHERE annee >= ?1 AND annee <> ?2",
		[]any{int(belvedere.SchoolYearOf(s.Now().In(s.Zone))), int(year)}, func(scan func(...any) error) error {
			var y int
			err := scan(&y)
			years = append(years, y)
			return err
		})
	for _, y := range years {
		var other *register
		if err == nil {
			other, _, err = readRegister(tx, belvedere.SchoolYear(y))
		}
		if err != nil {
			return err
		}
		for _, one := range other.entitled() {
			wanted[one.p.who] = true
		}
	}
	return err
}

// readRegister reads people, accounts and households as they stand.
func readRegister(tx *vault.Tx, year belvedere.SchoolYear) (*register, map[string]bool, error) {
	people, err := readRoster(tx, year)
	if err != nil {
		return nil, nil, err
	}
	by, taken, err := accounts(tx)
	if err != nil {
		return nil, nil, err
	}
	households, err := rule.HouseholdsIn(tx, year)
	if err != nil {
		return nil, nil, err
	}
	r := &register{roster: people, accounts: by, households: households, chosen: map[int64]int64{}}
	r.choose()
	return r, taken, nil
}

// choose settles, among the records of one adult, the one that bears the account: an account that
// exists first, so that merging two records does not take an opened one away.
func (r *register) choose() {
	for _, h := range r.households {
		for _, m := range h.Members {
			records := append([]int64{m.Person}, m.Others...)
			best := m.Person
			for _, one := range records {
				if a, b := r.accounts[who{vault.Guardian, one}], r.accounts[who{vault.Guardian, best}]; a != nil && (b == nil || a.opened && !b.opened) {
					best = one
				}
			}
			for _, one := range records {
				r.chosen[one] = best
			}
			if g := r.guardian[best]; g != nil {
				g.pupils = slices.DeleteFunc(slices.Clone(m.Pupils), func(id int64) bool { return r.pupil[id] == nil })
			}
		}
	}
}

type entitledTo struct {
	p       *person
	profile string
}

// entitled are those who have a right to an account: pupils, those who answer for them by law or
// have them in charge, staff.
func (r *register) entitled() (list []entitledTo) {
	for _, p := range r.pupils {
		list = append(list, entitledTo{&p.person, Pupils})
	}
	for _, h := range r.households {
		for _, m := range h.Members {
			if g := r.guardian[r.chosen[m.Person]]; g != nil {
				list = append(list, entitledTo{&g.person, Guardians})
			}
		}
	}
	for _, m := range r.staff {
		list = append(list, entitledTo{&m.person, m.profile})
	}
	return list
}

// give makes, reopens or corrects the account of someone.
func (c *Changed) give(tx *vault.Tx, r *register, p *person, profile string, taken map[string]bool, now time.Time) error {
	a := r.accounts[p.who]
	switch {
	case a == nil:
		a = &account{login: propose(p, taken), profile: profile, state: Prepared}
		id, err := tx.Insert("INSERT INTO compte (qui, qui_id, identifiant, profil, etat, cree) VALUES (?, ?, ?, ?, 'prepare', ?)",
			p.sort, p.id, a.login, profile, vault.Micros(now))
		if err != nil {
			return err
		}
		a.id, r.accounts[p.who] = id, a
		c.Made++
		return nil
	case a.state == Closed:
		a.state = Prepared
		if a.opened {
			a.state = Opened
		}
		c.Back++
	case a.profile == profile:
		return nil
	}
	a.profile = profile
	_, err := tx.Exec("UPDATE compte SET etat = ?, profil = ?, ferme = NULL WHERE id = ?", a.state, profile, a.id)
	return err
}

// Enrol brings the accounts of a year up to date with the people of the vault.
func (s *Service) Enrol(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (c Changed, err error) {
	defer belvedere.Wrap(&err, "Enrol(%s, %s)", uai, year)
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		_, c, err = s.enrol(tx, year)
		return err
	})
	return c, err
}
