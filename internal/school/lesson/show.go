package lesson

import (
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Sheet is all that a page of a lesson on a day shows.
type Sheet struct {
	Lesson   Lesson
	Planned  bool   // the timetable has it that day, so that it can be moved
	Why      string // why it does not take place, "" when it does
	Roll     *Roll  // nil when it does not take place
	Rooms    []string
	Teachers []Person // who could replace
}

// Sheet is a lesson on a day; on its day of the current week when none is asked.
func (s *Service) Sheet(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, day time.Time) (x Sheet, err error) {
	defer belvedere.Wrap(&err, "lesson.Sheet(%s, %d)", uai, id)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		if day.IsZero() {
			if day, err = s.usual(tx, id); err != nil {
				return err
			}
		}
		g, err := s.loadGrid(tx, yearOf(day))
		if err != nil {
			return err
		}
		l := g.byID[id]
		if l != nil {
			x.Planned, x.Lesson = g.plain(l, day), *l
			x.Lesson.Date, x.Lesson.Change = day, g.changeOf(id, day)
		}
		r, bad := s.roll(tx, id, day)
		switch {
		case bad == nil:
			x.Roll, x.Lesson = &r, r.Lesson
		case l != nil && belvedere.KindOf(bad) == belvedere.NotFound:
			x.Why, x.Lesson.Off = belvedere.Message(bad), true
		default:
			return bad
		}
		return x.choices(tx, g)
	})
	return x, err
}

// usual is the day of a lesson in the current week.
func (s *Service) usual(tx *vault.Tx, id int64) (time.Time, error) {
	var day int
	found, err := tx.Get("SELECT ifnull(jour, 1) FROM cours WHERE id = ?", []any{id}, &day)
	if err == nil && !found {
		err = belvedere.Errorf(belvedere.NotFound, "L’emploi du temps n’a pas de cours n° %d.", id)
	}
	return Monday(s.Today()).AddDate(0, 0, day-1), err
}

// choices are the rooms and teachers of the year.
func (x *Sheet) choices(tx *vault.Tx, g *grid) error {
	err := tx.Each("SELECT code FROM salle WHERE annee = ? ORDER BY code", []any{int(g.calendar.Year)}, func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		x.Rooms = append(x.Rooms, code)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range g.lessons {
		for _, r := range l.Rooms {
			if !slices.Contains(x.Rooms, r) {
				x.Rooms = append(x.Rooms, r)
			}
		}
	}
	return tx.Each("SELECT p.id, trim(p.nom || ' ' || p.prenom) FROM affectation a JOIN personnel p ON p.id = a.personnel WHERE a.annee = ? AND a.enseignant = 1 ORDER BY p.cle, p.id", []any{int(g.calendar.Year)},
		func(scan func(...any) error) error {
			var p Person
			err := scan(&p.ID, &p.Name)
			x.Teachers = append(x.Teachers, p)
			return err
		})
}
