package lesson

import (
	"context"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Move is what is asked of a lesson, one day.
type Move struct {
	Lesson        int64
	From          time.Time // day on which the timetable has it
	To            time.Time // zero calls it off
	Start, Length int       // minutes; 0: unchanged
	Room          string    // "": unchanged
	Teacher       int64     // replacing; 0: unchanged
	Reason        string
	Despite       bool // of the clashes that it makes
}

// Move moves a lesson one day, or calls it off; the timetable stays. When it would clash, what
// with is said and nothing changes, unless m.Despite. What was moved already moves again.
func (s *Service) Move(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, m Move) (warnings []Clash, err error) {
	defer belvedere.Wrap(&err, "lesson.Move(%s, %d)", uai, m.Lesson)
	year := yearOf(m.From)
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		g, err := s.loadGrid(tx, year)
		if err != nil {
			return err
		}
		l, c, err := s.mayMove(tx, g, m)
		if err != nil {
			return err
		}
		if !m.To.IsZero() {
			if warnings = newClashes(g, l, c); len(warnings) > 0 && !m.Despite {
				return nil
			}
		}
		return keepMove(tx, year, m, who.Login)
	})
	if err != nil {
		return nil, err
	}
	return warnings, nil
}

// newClashes are those of a lesson where a change puts it.
func newClashes(g *grid, l *Lesson, c *Change) []Clash {
	var others []Lesson
	for _, o := range g.on(c.To) {
		if o.ID != l.ID {
			others = append(others, o)
		}
	}
	one := g.moved(l, c)
	_, one.Unsure = g.runs(l, c.To)
	return clashes(one, others)
}

// mayMove checks what is asked, and gives the lesson with its change.
func (s *Service) mayMove(tx *vault.Tx, g *grid, m Move) (*Lesson, *Change, error) {
	l := g.byID[m.Lesson]
	if l == nil || !g.plain(l, m.From) {
		return nil, nil, belvedere.Errorf(belvedere.NotFound, "L’emploi du temps n’a pas ce cours le %s.", belvedere.LongDate(m.From))
	}
	if err := unrolled(tx, g, l, m.From); err != nil {
		return nil, nil, err
	}
	c := &Change{From: m.From, To: m.To, Start: m.Start, Length: m.Length, Room: m.Room, Reason: m.Reason}
	if m.To.IsZero() {
		return l, c, nil
	}
	if err := mayStand(g, l, m); err != nil {
		return nil, nil, err
	}
	if m.Teacher != 0 {
		var p Person
		found, err := tx.Get("SELECT id, trim(nom || ' ' || prenom) FROM personnel WHERE id = ?", []any{m.Teacher}, &p.ID, &p.Name)
		if err != nil {
			return nil, nil, err
		}
		if !found {
			return nil, nil, belvedere.Errorf(belvedere.Invalid, "Le remplaçant n’est pas un personnel de l’établissement.")
		}
		c.Teacher = &p
	}
	return l, c, nil
}

// mayStand checks where a lesson would go.
func mayStand(g *grid, l *Lesson, m Move) error {
	start, length := l.Start, l.Length
	if m.Start != 0 {
		start = m.Start
	}
	if m.Length != 0 {
		length = m.Length
	}
	if why := g.calendar.Closed(m.To); why != "" {
		return belvedere.Errorf(belvedere.Invalid, "L’établissement est fermé le %s (%s). Choisissez un jour de classe.", belvedere.LongDate(m.To), why)
	}
	if yearOf(m.To) != g.calendar.Year {
		return belvedere.Errorf(belvedere.Invalid, "Un cours se déplace dans son année scolaire, %s.", g.calendar.Year)
	}
	if start < 0 || length < 5 || start+length > 24*60 {
		return belvedere.Errorf(belvedere.Invalid, "Un cours dure au moins 5 minutes et se termine le jour même.")
	}
	if m.To.Equal(m.From) {
		return nil
	}
	taken := g.plain(l, m.To)
	for _, c := range g.changed[l.ID] {
		taken = taken || c.To.Equal(m.To) && !c.From.Equal(m.From)
	}
	if taken {
		return belvedere.Errorf(belvedere.Conflict, "Ce cours a déjà lieu le %s. Choisissez un autre jour.", belvedere.LongDate(m.To))
	}
	return nil
}

// unrolled refuses to touch a lesson whose roll was called.
func unrolled(tx *vault.Tx, g *grid, l *Lesson, from time.Time) error {
	day := from
	if c := g.changeOf(l.ID, from); c != nil && !c.To.IsZero() {
		day = c.To
	}
	var one int
	called, err := tx.Get("SELECT 1 FROM appel WHERE annee = ? AND jour = ? AND cours = ?", []any{int(g.calendar.Year), vault.Day(day), l.ID}, &one)
	if err == nil && called {
		err = belvedere.Errorf(belvedere.Conflict, "L’appel de ce cours a été fait le %s\u00a0: il a eu lieu, il ne se déplace plus.", belvedere.LongDate(day))
	}
	return err
}

func keepMove(tx *vault.Tx, year belvedere.SchoolYear, m Move, by string) error {
	orNull := func(n int64) any {
		if n == 0 {
			return nil
		}
		return n
	}
	_, err := tx.Exec(`INSERT INTO deplacement (annee, cours, du, au, debut, duree, salle, personnel, motif, le, par) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (annee, cours, du) DO UPDATE SET au = excluded.au, debut = excluded.debut, duree = excluded.duree, salle = excluded.salle,
		personnel = excluded.personnel, motif = excluded.motif, le = excluded.le, par = excluded.par`,
		int(year), m.Lesson, vault.Day(m.From), vault.Day(m.To), orNull(int64(m.Start)), orNull(int64(m.Length)), m.Room, orNull(m.Teacher), m.Reason, vault.Micros(tx.Vault().Now()), by)
	return err
}

// Undo puts a lesson back where the timetable has it.
func (s *Service) Undo(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, from time.Time) (err error) {
	defer belvedere.Wrap(&err, "lesson.Undo(%s, %d)", uai, id)
	year := yearOf(from)
	return s.write(ctx, who, uai, func(tx *vault.Tx) error {
		g, err := s.loadGrid(tx, year)
		if err != nil {
			return err
		}
		if g.changeOf(id, from) == nil {
			return belvedere.Errorf(belvedere.NotFound, "Ce cours n’est pas déplacé le %s.", belvedere.LongDate(from))
		}
		l := g.byID[id]
		if l == nil {
			l = &Lesson{ID: id}
		}
		if err := unrolled(tx, g, l, from); err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM deplacement WHERE annee = ? AND cours = ? AND du = ?", int(year), id, vault.Day(from))
		return err
	})
}

// String says a clash for people.
func (c Clash) String() string {
	switch c.What {
	case "enseignant":
		return c.Name + " a un autre cours (n° " + strconv.FormatInt(c.With, 10) + ") à cette heure"
	case "salle":
		return "La salle " + c.Name + " est prise par un autre cours (n° " + strconv.FormatInt(c.With, 10) + ")"
	case "groupe":
		return "Le groupe " + c.Name + " a un autre cours (n° " + strconv.FormatInt(c.With, 10) + ")"
	}
	return "La division " + c.Name + " a un autre cours (n° " + strconv.FormatInt(c.With, 10) + ")"
}
