package lesson

import (
	"context"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// The states of a pupil in a lesson, as the vault writes them.
const (
	Present = "present"
	Absent  = "absent"
	Late    = "retard"
)

// A Call is what a roll call says of a pupil.
type Call struct {
	Pupil
	State   string // "" while nobody called
	Minutes int    // of lateness
	Remark  string
	Gone    bool // called then, and no longer on the list of the lesson
}

// A Roll is the roll call of a lesson on a day.
type Roll struct {
	Lesson  Lesson
	Year    belvedere.SchoolYear
	Called  bool
	Closed  bool
	At      time.Time // last saved
	By      string
	Version int64 // instant of the last save, 0 before: what a form must give back
	Calls   []Call
	History []Correction
	Future  bool // the lesson has not begun
	number  int64
}

// Count counts the pupils of a state.
func (r Roll) Count(state string) (n int) {
	for _, c := range r.Calls {
		if c.State == state {
			n++
		}
	}
	return n
}

// A Correction is what a roll call said before.
type Correction struct {
	Name             string
	From, To         string
	FromLate, ToLate int
	At               time.Time
	By               string
}

// Roll is that of a lesson on a day: called, or to be called.
func (s *Service) Roll(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, day time.Time) (r Roll, err error) {
	defer belvedere.Wrap(&err, "lesson.Roll(%s, %d)", uai, id)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) (err error) {
		r, err = s.roll(tx, id, day)
		return err
	})
	return r, err
}

func (s *Service) roll(tx *vault.Tx, id int64, day time.Time) (r Roll, err error) {
	r.Year = yearOf(day)
	g, err := s.loadGrid(tx, r.Year)
	if err != nil {
		return r, err
	}
	kept, known, err := s.keptRoll(tx, r.Year, id, day)
	if err != nil {
		return r, err
	}
	l, held := g.at(id, day)
	switch {
	case held:
		r.Lesson = l
	case known: // the timetable changed since: the roll call says what the lesson was
		r.Lesson = kept.Lesson
	default:
		return r, notHeld(g, id, day)
	}
	if known {
		kept.Lesson = r.Lesson
		r = kept
	}
	r.Lesson.Clashes = clashes(r.Lesson, g.on(day))
	today := s.Today()
	r.Future = day.After(today) || day.Equal(today) && r.Lesson.Start > s.minute()+earlyCall
	pupils, err := audience(tx, r.Year, r.Lesson)
	if err != nil {
		return r, err
	}
	if !held {
		pupils = nil // nobody can be added to a lesson that is no longer in the timetable
	}
	r.Calls, err = merge(tx, r.number, pupils)
	if err == nil && known {
		r.History, err = s.history(tx, r.number)
	}
	return r, err
}

// earlyCall is how many minutes before its lesson a roll may be called.
const earlyCall = 10

// notHeld says why there is no roll to call.
func notHeld(g *grid, id int64, day time.Time) error {
	l := g.byID[id]
	if l == nil {
		return belvedere.Errorf(belvedere.NotFound, "L’emploi du temps n’a pas de cours n° %d.", id)
	}
	if c := g.changeOf(id, day); c != nil {
		if c.To.IsZero() {
			return belvedere.Errorf(belvedere.NotFound, "Ce cours est annulé le %s.", belvedere.LongDate(day))
		}
		return belvedere.Errorf(belvedere.NotFound, "Ce cours est déplacé du %s au %s.", belvedere.LongDate(day), belvedere.LongDate(c.To))
	}
	if why := g.calendar.Closed(day); why != "" {
		return belvedere.Errorf(belvedere.NotFound, "Il n’y a pas cours le %s\u00a0: %s.", belvedere.LongDate(day), why)
	}
	return belvedere.Errorf(belvedere.NotFound, "Ce cours n’a pas lieu le %s.", belvedere.LongDate(day))
}

// keptRoll is a roll call as it was saved.
func (s *Service) keptRoll(tx *vault.Tx, year belvedere.SchoolYear, id int64, day time.Time) (r Roll, known bool, err error) {
	r.Year, r.Called = year, true
	var structures, room string
	var teacher Person
	known, err = tx.Get(`SELECT a.id, a.debut, a.duree, a.libelle, a.matiere, a.structures, a.salle, ifnull(p.id, 0), ifnull(trim(p.nom || ' ' || p.prenom), ''), a.le, a.par, a.clos
		FROM appel a LEFT JOIN personnel p ON p.id = a.personnel WHERE a.annee = ? AND a.jour = ? AND a.cours = ?`, []any{int(year), vault.Day(day), id},
		&r.number, &r.Lesson.Start, &r.Lesson.Length, &r.Lesson.Subject, &r.Lesson.code, &structures, &room, &teacher.ID, &teacher.Name, &r.Version, &r.By, &r.Closed)
	if err != nil || !known {
		return r, known, err
	}
	r.At = s.local(r.Version)
	r.Lesson.ID, r.Lesson.Date = id, day
	if structures != "" {
		r.Lesson.Divisions = strings.Split(structures, ", ")
	}
	if room != "" {
		r.Lesson.Rooms = strings.Split(room, ", ")
	}
	if teacher.ID != 0 {
		r.Lesson.Teachers = []Person{teacher}
	}
	return r, true, nil
}

// merge puts what was called beside the list of the lesson.
func merge(tx *vault.Tx, number int64, pupils []Pupil) (calls []Call, err error) {
	at := map[int64]int{}
	for i, p := range pupils {
		at[p.ID] = i
		calls = append(calls, Call{Pupil: p})
	}
	err = tx.Each(`SELECT e.id, e.nom || ' ' || e.prenom, x.etat, x.minutes, x.remarque FROM appel_eleve x JOIN eleve e ON e.id = x.eleve WHERE x.appel = ? ORDER BY e.cle, e.id`, []any{number},
		func(scan func(...any) error) error {
			var c Call
			if err := scan(&c.ID, &c.Name, &c.State, &c.Minutes, &c.Remark); err != nil {
				return err
			}
			if i, listed := at[c.ID]; listed {
				c.Pupil = calls[i].Pupil
				calls[i] = c
			} else {
				c.Gone = true
				calls = append(calls, c)
			}
			return nil
		})
	return calls, err
}

func (s *Service) history(tx *vault.Tx, number int64) (list []Correction, err error) {
	err = tx.Each(`SELECT e.nom || ' ' || e.prenom, c.de, c.de_minutes, c.a, c.a_minutes, c.le, c.par FROM appel_correction c JOIN eleve e ON e.id = c.eleve WHERE c.appel = ? ORDER BY c.id DESC`, []any{number},
		func(scan func(...any) error) error {
			var c Correction
			var at int64
			err := scan(&c.Name, &c.From, &c.FromLate, &c.To, &c.ToLate, &at, &c.By)
			c.At = s.local(at)
			list = append(list, c)
			return err
		})
	return list, err
}
