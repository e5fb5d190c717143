package lesson

import (
	"cmp"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Pupil is one of a roll.
type Pupil struct {
	ID       int64
	Name     string // "FERRY Jade"
	Division string // on the day of the lesson

	key      string
	from, to string // days of entry and, excluded, of exit; "" unknown
}

// there tells whether a pupil is of the school on a day.
func (p Pupil) there(day string) bool { return p.from <= day && (p.to == "" || day < p.to) }

// audience are the pupils of a lesson on a day, by name: those of its divisions that day, and
// those of its groups. Memberships of groups have no history: they are those of the last files.
func audience(tx *vault.Tx, year belvedere.SchoolYear, l Lesson) (list []Pupil, err error) {
	all, err := enrolled(tx, year, l.Date)
	if err != nil {
		return nil, err
	}
	grouped := map[int64]bool{}
	for _, g := range l.Groups {
		err := tx.Each("SELECT eleve FROM eleve_groupe WHERE annee = ? AND groupe = ?", []any{int(year), g}, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			grouped[id] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, p := range all {
		if grouped[p.ID] || slices.Contains(l.Divisions, p.Division) {
			list = append(list, p)
		}
	}
	return list, nil
}

// enrolled are the pupils of the school on a day, in the division that they had that day.
func enrolled(tx *vault.Tx, year belvedere.SchoolYear, d time.Time) (list []Pupil, err error) {
	day := vault.Day(d)
	before, gone, err := passages(tx, year, day)
	if err != nil {
		return nil, err
	}
	err = tx.Each(`SELECT e.id, e.nom || ' ' || e.prenom, e.cle, s.division, s.entree, s.sortie, s.present FROM scolarite s JOIN eleve e ON e.id = s.eleve WHERE s.annee = ?`,
		[]any{int(year)}, func(scan func(...any) error) error {
			var p Pupil
			var present bool
			if err := scan(&p.ID, &p.Name, &p.key, &p.Division, &p.from, &p.to, &present); err != nil {
				return err
			}
			if !present && p.to == "" {
				p.to = cmp.Or(gone[p.ID], "0") // gone from the file, since when is in the history
			}
			if old, moved := before[p.ID]; moved {
				p.Division = old
			}
			if p.there(day) {
				list = append(list, p)
			}
			return nil
		})
	slices.SortFunc(list, func(a, b Pupil) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// passages give the division before the first change that came after a day, and the day on which
// those who are no longer in the file disappeared.
func passages(tx *vault.Tx, year belvedere.SchoolYear, day string) (before, gone map[int64]string, err error) {
	before, gone = map[int64]string{}, map[int64]string{}
	err = tx.Each("SELECT eleve, sorte, de_division, le FROM passage WHERE annee = ? AND sorte IN ('division', 'disparition') ORDER BY le DESC, id DESC", []any{int(year)},
		func(scan func(...any) error) error {
			var id int64
			var kind, division, on string
			if err := scan(&id, &kind, &division, &on); err != nil {
				return err
			}
			switch {
			case kind == "disparition" && gone[id] == "":
				gone[id] = on
			case kind == "division" && on > day:
				before[id] = division // the last one seen is the earliest
			}
			return nil
		})
	return before, gone, err
}
