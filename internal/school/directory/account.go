package directory

import (
	"context"
	"slices"
	"strings"
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

// enrol reads everyone and gives each an account: who came gets one, who left has his closed, who
// comes back finds his again.
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

// An Entry is a line of the directory.
type Entry struct {
	Sort     string // eleve, personne, personnel
	ID       int64
	Name     string
	Profile  string
	Division string // of a pupil, or of the pupils that someone answers for
	Login    string // "" before the account is made
	State    string
	Letter   int64 // run of the last letter, 0 for none
	Handed   bool
}

// Filter chooses entries; zero fields choose all.
type Filter struct{ Profile, Division, Text, State string }

// Entries lists the directory of a year as it stands: accounts that nobody made yet have no
// identifier.
func (s *Service) Entries(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, f Filter) (list []Entry, err error) {
	defer belvedere.Wrap(&err, "Entries(%s, %s)", uai, year)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		r, _, err := readRegister(tx, year)
		if err != nil {
			return err
		}
		last, err := lastLetters(tx, year)
		if err != nil {
			return err
		}
		for _, one := range r.entitled() {
			if e := r.entry(one, last); f.keeps(one.p, e) {
				list = append(list, e)
			}
		}
		return nil
	})
	return list, err
}

func (r *register) entry(one entitledTo, last map[who]lastLetter) Entry {
	e := Entry{Sort: one.p.sort, ID: one.p.id, Name: one.p.called(), Profile: one.profile, Division: strings.Join(r.divisionsOf(one.p.who), ", ")}
	if a := r.accounts[one.p.who]; a != nil {
		e.Login, e.State = a.login, a.state
	}
	l := last[one.p.who]
	e.Letter, e.Handed = l.run, l.handed
	return e
}

// divisionsOf are the divisions by which someone is found.
func (r *roster) divisionsOf(w who) (list []string) {
	add := func(code string) {
		if code != "" && !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	switch w.sort {
	case vault.Pupil:
		add(r.pupil[w.id].division)
	case vault.Guardian:
		for _, id := range r.guardian[w.id].pupils {
			add(r.pupil[id].division)
		}
	case vault.Staff:
		for _, code := range append(codes(r.member[w.id].divisions), r.member[w.id].head...) {
			add(code)
		}
	}
	return list
}

func (f Filter) keeps(p *person, e Entry) bool {
	if f.Profile != "" && sorts[f.Profile] != e.Sort || f.State != "" && f.State != e.State {
		return false
	}
	if f.Division != "" && !strings.Contains(", "+e.Division+", ", ", "+f.Division+", ") {
		return false
	}
	names := " " + vault.Fold(p.last+" "+p.usage+" "+p.first+" "+p.last)
	return f.Text == "" || strings.Contains(names, " "+vault.Fold(f.Text)) || strings.EqualFold(strings.TrimSpace(f.Text), e.Login)
}

type lastLetter struct {
	run    int64
	handed bool
}

func lastLetters(tx *vault.Tx, year belvedere.SchoolYear) (map[who]lastLetter, error) {
	last := map[who]lastLetter{}
	err := tx.Each("SELECT t.qui, t.qui_id, t.lot, t.remise IS NOT NULL FROM lettre t JOIN lot l ON l.id = t.lot WHERE l.annee = ? ORDER BY t.lot", []any{int(year)},
		func(scan func(...any) error) error {
			var w who
			var l lastLetter
			err := scan(&w.sort, &w.id, &l.run, &l.handed)
			last[w] = l
			return err
		})
	return last, err
}
