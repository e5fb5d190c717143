package lesson

import (
	"context"
	"slices"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Subject is whose timetable is asked.
type Subject struct {
	Kind string // "division", "enseignant" or "salle"
	Code string // of the division or the room; number of the teacher
}

// A Week is a timetable.
type Week struct {
	Year      belvedere.SchoolYear
	Monday    time.Time
	Of        Subject
	Name      string // of whom it is
	Days      []Day
	Divisions []string
	Teachers  []Person
	Rooms     []string
	Unplaced  int  // lessons of the school that have no hour
	Calendar  bool // someone gave the holidays
	Any       bool // the school has lessons
}

// A Day of a week; Closed says why there is no lesson.
type Day struct {
	Date    time.Time
	Closed  string
	Lessons []Lesson
}

// Timetable is the week of a day for a division, a teacher or a room; for the first division when
// nobody is asked.
func (s *Service) Timetable(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, of Subject, day time.Time) (w Week, err error) {
	defer belvedere.Wrap(&err, "lesson.Timetable(%s, %s %s)", uai, of.Kind, of.Code)
	w = Week{Year: yearOf(day), Monday: Monday(day), Of: of}
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		g, err := s.loadGrid(tx, w.Year)
		if err != nil {
			return err
		}
		if err := w.choices(tx, g); err != nil {
			return err
		}
		if err := w.name(); err != nil {
			return err
		}
		w.Unplaced, w.Calendar, w.Any = g.unplaced, g.calendar.Known(), len(g.lessons) > 0
		marks, err := marksOf(tx, w.Year, w.Monday, w.Monday.AddDate(0, 0, 7))
		if err != nil {
			return err
		}
		w.fill(g, marks)
		return nil
	})
	return w, err
}

// choices are all timetables that may be asked.
func (w *Week) choices(tx *vault.Tx, g *grid) error {
	err := tx.Each("SELECT code FROM division WHERE annee = ? ORDER BY code", []any{int(w.Year)}, func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		w.Divisions = append(w.Divisions, code)
		return err
	})
	if err != nil {
		return err
	}
	seen, rooms := map[int64]bool{}, map[string]bool{}
	for _, l := range g.lessons {
		for _, p := range l.Teachers {
			if !seen[p.ID] {
				seen[p.ID], w.Teachers = true, append(w.Teachers, p)
			}
		}
		for _, r := range l.Rooms {
			if !rooms[r] {
				rooms[r], w.Rooms = true, append(w.Rooms, r)
			}
		}
		for _, d := range l.Divisions { // as written, when it is not one of the school
			if !slices.Contains(w.Divisions, d) {
				w.Divisions = append(w.Divisions, d)
			}
		}
	}
	slices.Sort(w.Rooms)
	slices.SortFunc(w.Teachers, func(a, b Person) int { return compareNames(a.Name, b.Name) })
	if w.Of.Kind == "" && len(w.Divisions) > 0 {
		w.Of = Subject{"division", w.Divisions[0]}
	}
	return nil
}

func compareNames(a, b string) int {
	if fa, fb := vault.Fold(a), vault.Fold(b); fa != fb {
		if fa < fb {
			return -1
		}
		return 1
	}
	return 0
}

// name checks what is asked and names it.
func (w *Week) name() error {
	known := false
	switch w.Name = w.Of.Code; w.Of.Kind {
	case "":
		return nil
	case "division":
		known = slices.Contains(w.Divisions, w.Of.Code)
	case "salle":
		known = slices.Contains(w.Rooms, w.Of.Code)
	case "enseignant":
		for _, p := range w.Teachers {
			if strconv.FormatInt(p.ID, 10) == w.Of.Code {
				w.Name, known = p.Name, true
			}
		}
	}
	if !known {
		return belvedere.Errorf(belvedere.NotFound, "L’emploi du temps de %s ne connaît ni division, ni enseignant, ni salle de ce nom.", w.Year)
	}
	return nil
}

// fill puts the lessons in the days. Saturday and Sunday are shown when something is there.
func (w *Week) fill(g *grid, marks map[mark]Mark) {
	for i := range 7 {
		d := w.Monday.AddDate(0, 0, i)
		day := Day{Date: d, Closed: g.calendar.Closed(d)}
		all := g.on(d)
		for _, l := range all {
			if !w.Of.has(l) {
				continue
			}
			l.Clashes = clashes(l, all)
			if m, ok := marks[mark{l.ID, vault.Day(d)}]; ok && !l.Off {
				l.Roll = &m
			}
			day.Lessons = append(day.Lessons, l)
		}
		if i < 5 || len(day.Lessons) > 0 {
			w.Days = append(w.Days, day)
		}
	}
}

// has tells whether a lesson is of a timetable.
func (of Subject) has(l Lesson) bool {
	switch of.Kind {
	case "division":
		return slices.Contains(l.reach, of.Code)
	case "salle":
		return slices.Contains(l.Rooms, of.Code)
	case "enseignant":
		return slices.ContainsFunc(l.Teachers, func(p Person) bool { return strconv.FormatInt(p.ID, 10) == of.Code })
	}
	return false
}

// A mark names a roll call: a lesson and a day.
type mark struct {
	lesson int64
	day    string
}

// marksOf reads the roll calls of some days, the last one excluded.
func marksOf(tx *vault.Tx, year belvedere.SchoolYear, from, to time.Time) (map[mark]Mark, error) {
	marks := map[mark]Mark{}
	err := tx.Each(`SELECT a.cours, a.jour, a.clos, (SELECT count(*) FROM appel_eleve e WHERE e.appel = a.id AND e.etat = 'absent'), (SELECT count(*) FROM appel_eleve e WHERE e.appel = a.id AND e.etat = 'retard')
		FROM appel a WHERE a.annee = ? AND a.jour >= ? AND a.jour < ? AND a.cours IS NOT NULL`, []any{int(year), vault.Day(from), vault.Day(to)}, func(scan func(...any) error) error {
		var k mark
		var m Mark
		err := scan(&k.lesson, &k.day, &m.Closed, &m.Absent, &m.Late)
		marks[k] = m
		return err
	})
	return marks, err
}
