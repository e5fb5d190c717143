package lesson

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Register is the roll calls of a day, and what they come to.
type Register struct {
	Year    belvedere.SchoolYear
	Date    time.Time
	Closed  string   // why there is no lesson
	Lessons []Lesson // with Roll when it was called; those of other timetables that were called then are last
	Due     int      // lessons that take place
	Called  int      // of them
	Halves  []HalfDay
	Lates   []Lateness
}

// A HalfDay is one of absence.
type HalfDay struct {
	Pupil       int64
	Name        string
	Division    string
	Part        string // Morning or Afternoon
	Justified   bool
	Called, Due int // lessons of the pupil in the half-day whose roll was called, of all
}

// A Lateness is one.
type Lateness struct {
	Pupil          int64
	Name, Division string
	Start, Minutes int
}

// Day is the roll calls of a day.
func (s *Service) Day(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, day time.Time) (r Register, err error) {
	defer belvedere.Wrap(&err, "lesson.Day(%s)", uai)
	r = Register{Year: yearOf(day), Date: day}
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		g, err := s.loadGrid(tx, r.Year)
		if err != nil {
			return err
		}
		r.Closed = g.calendar.Closed(day)
		if err := r.called(tx, g); err != nil {
			return err
		}
		if err := r.absences(tx, g); err != nil {
			return err
		}
		return r.lates(tx)
	})
	return r, err
}

// called lists the lessons with their roll calls.
func (r *Register) called(tx *vault.Tx, g *grid) error {
	marks, err := marksOf(tx, r.Year, r.Date, r.Date.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	r.Lessons = g.on(r.Date)
	for i := range r.Lessons {
		l := &r.Lessons[i]
		if l.Off {
			continue
		}
		r.Due++
		k := mark{l.ID, vault.Day(r.Date)}
		if m, ok := marks[k]; ok {
			l.Roll = &m
			r.Called++
			delete(marks, k)
		}
	}
	return tx.Each("SELECT cours, debut, duree, libelle, structures, salle FROM appel WHERE annee = ? AND jour = ? AND cours IS NOT NULL ORDER BY debut, id", []any{int(r.Year), vault.Day(r.Date)},
		func(scan func(...any) error) error {
			l := Lesson{Date: r.Date}
			var structures, room string
			if err := scan(&l.ID, &l.Start, &l.Length, &l.Subject, &structures, &room); err != nil {
				return err
			}
			if m, left := marks[mark{l.ID, vault.Day(r.Date)}]; left {
				l.Roll, l.Divisions, l.Rooms = &m, strings.Split(structures, ", "), []string{room}
				r.Lessons = append(r.Lessons, l)
			}
			return nil
		})
}

// absences are the half-days of the day, each with what was not called.
func (r *Register) absences(tx *vault.Tx, g *grid) error {
	pupils, err := enrolled(tx, r.Year, r.Date)
	if err != nil {
		return err
	}
	division := map[int64]string{}
	for _, p := range pupils {
		division[p.ID] = p.Division
	}
	groups := map[int64][]string{}
	err = tx.Each("SELECT eleve, groupe FROM eleve_groupe WHERE annee = ?", []any{int(r.Year)}, func(scan func(...any) error) error {
		var id int64
		var code string
		err := scan(&id, &code)
		groups[id] = append(groups[id], code)
		return err
	})
	if err != nil {
		return err
	}
	return tx.Each(`SELECT e.id, e.nom || ' ' || e.prenom, d.moitie, d.justifie FROM demi_journee d JOIN eleve e ON e.id = d.eleve
		WHERE d.annee = ? AND d.jour = ? ORDER BY e.cle, e.id, d.moitie DESC`, []any{int(r.Year), vault.Day(r.Date)}, func(scan func(...any) error) error {
		var h HalfDay
		if err := scan(&h.Pupil, &h.Name, &h.Part, &h.Justified); err != nil {
			return err
		}
		h.Division = division[h.Pupil]
		for _, l := range r.Lessons {
			if l.Off || half(l.Start) != h.Part || !follows(l, h.Division, groups[h.Pupil]) {
				continue
			}
			h.Due++
			if l.Roll != nil {
				h.Called++
			}
		}
		r.Halves = append(r.Halves, h)
		return nil
	})
}

// follows tells whether a pupil is of the audience of a lesson.
func follows(l Lesson, division string, groups []string) bool {
	return slices.Contains(l.Divisions, division) || slices.ContainsFunc(l.Groups, func(g string) bool { return slices.Contains(groups, g) })
}

func (r *Register) lates(tx *vault.Tx) error {
	return tx.Each(`SELECT e.id, e.nom || ' ' || e.prenom, s.division, t.debut, t.minutes FROM retard t JOIN eleve e ON e.id = t.eleve JOIN scolarite s ON s.annee = t.annee AND s.eleve = t.eleve
		WHERE t.annee = ? AND t.jour = ? ORDER BY e.cle, e.id, t.debut`, []any{int(r.Year), vault.Day(r.Date)}, func(scan func(...any) error) error {
		var l Lateness
		err := scan(&l.Pupil, &l.Name, &l.Division, &l.Start, &l.Minutes)
		r.Lates = append(r.Lates, l)
		return err
	})
}
