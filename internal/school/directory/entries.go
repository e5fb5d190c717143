package directory

import (
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

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
