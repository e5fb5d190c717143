package lesson

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Person is a teacher.
type Person struct {
	ID   int64
	Name string // "LE GOFF Hélène"
}

// A Lesson is one of the week, on a day.
type Lesson struct {
	ID            int64
	Date          time.Time
	Start, Length int // minutes
	Subject       string
	Divisions     []string
	Groups        []string
	Teachers      []Person
	Rooms         []string
	Rhythm        string // "" each week
	Unsure        bool   // nobody tells the weeks of its alternation
	Change        *Change
	Off           bool // called off, or moved to another day: it is shown, and does not take place
	Roll          *Mark
	Clashes       []Clash

	code  string   // of the subject
	reach []string // divisions, those of the groups too
}

// End is the minute at which it ends.
func (l Lesson) End() int { return l.Start + l.Length }

// Audience is who follows it, in words.
func (l Lesson) Audience() string {
	return strings.Join(append(slices.Clone(l.Divisions), l.Groups...), ", ")
}

// A Change is a lesson moved or called off, one day.
type Change struct {
	From, To      time.Time // To is zero when it is called off
	Start, Length int       // 0: unchanged
	Room          string    // "": unchanged
	Teacher       *Person   // replacing; nil: unchanged
	Reason        string
	At            time.Time
	By            string
}

// A Mark is what a timetable shows of a roll call.
type Mark struct {
	Closed       bool
	Absent, Late int
}

// A grid is the lessons of a year.
type grid struct {
	calendar Calendar
	lessons  []*Lesson // by day, hour and id; without a date
	day      map[int64]int
	byID     map[int64]*Lesson
	weekly   map[string]bool
	weeks    map[string]map[string]bool
	drawn    map[string][]string // divisions of a group
	changed  map[int64][]*Change // by lesson
	unplaced int
}

// loadGrid reads the timetable of a year.
func (s *Service) loadGrid(tx *vault.Tx, year belvedere.SchoolYear) (g *grid, err error) {
	g = &grid{day: map[int64]int{}, byID: map[int64]*Lesson{}, weekly: map[string]bool{"": true}, weeks: map[string]map[string]bool{}, drawn: map[string][]string{}, changed: map[int64][]*Change{}}
	if g.calendar, err = calendar(tx, year); err != nil {
		return nil, err
	}
	for _, step := range []func(*vault.Tx, belvedere.SchoolYear) error{g.readGroups, g.readLessons, g.readWeeks, g.readAudience, g.readPlaces} {
		if err := step(tx, year); err != nil {
			return nil, err
		}
	}
	return g, s.readChanges(tx, g, year)
}

func (g *grid) readGroups(tx *vault.Tx, year belvedere.SchoolYear) error {
	return tx.Each("SELECT groupe, division FROM groupe_division WHERE annee = ? ORDER BY groupe, division", []any{int(year)}, func(scan func(...any) error) error {
		var group, division string
		err := scan(&group, &division)
		g.drawn[group] = append(g.drawn[group], division)
		return err
	})
}

func (g *grid) readLessons(tx *vault.Tx, year belvedere.SchoolYear) error {
	if _, err := tx.Get("SELECT count(*) FROM cours WHERE annee = ? AND (jour IS NULL OR debut IS NULL OR ifnull(duree, 0) <= 0)", []any{int(year)}, &g.unplaced); err != nil {
		return err
	}
	return tx.Each(`SELECT c.id, c.jour, c.debut, c.duree, c.matiere, coalesce(nullif(m.libelle_court, ''), nullif(m.libelle, ''), nullif(c.libelle, ''), c.matiere), c.alternance
		FROM cours c LEFT JOIN matiere m ON m.annee = c.annee AND m.code = c.matiere
		WHERE c.annee = ? AND c.jour IS NOT NULL AND c.debut IS NOT NULL AND c.duree > 0 ORDER BY c.jour, c.debut, c.id`, []any{int(year)}, func(scan func(...any) error) error {
		l, day := &Lesson{}, 0
		if err := scan(&l.ID, &day, &l.Start, &l.Length, &l.code, &l.Subject, &l.Rhythm); err != nil {
			return err
		}
		g.lessons, g.byID[l.ID], g.day[l.ID] = append(g.lessons, l), l, day
		return nil
	})
}

func (g *grid) readWeeks(tx *vault.Tx, year belvedere.SchoolYear) error {
	err := tx.Each("SELECT code FROM alternance WHERE annee = ? AND toutes = 1", []any{int(year)}, func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		g.weekly[code] = true
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range g.lessons {
		if g.weekly[l.Rhythm] {
			l.Rhythm = "" // it is each week, whatever the file calls it
		}
	}
	return tx.Each("SELECT alternance, lundi FROM alternance_semaine WHERE annee = ?", []any{int(year)}, func(scan func(...any) error) error {
		var code, monday string
		err := scan(&code, &monday)
		if g.weeks[code] == nil {
			g.weeks[code] = map[string]bool{}
		}
		g.weeks[code][monday] = true
		return err
	})
}

func (g *grid) readAudience(tx *vault.Tx, year belvedere.SchoolYear) error {
	put := func(query string, put func(l *Lesson, code string)) error {
		return tx.Each(query, []any{int(year)}, func(scan func(...any) error) error {
			var id int64
			var code string
			err := scan(&id, &code)
			if l := g.byID[id]; l != nil && err == nil {
				put(l, code)
			}
			return err
		})
	}
	err := put("SELECT x.cours, x.division FROM cours_division x JOIN cours c ON c.id = x.cours WHERE c.annee = ? ORDER BY 1, 2", func(l *Lesson, code string) {
		l.Divisions, l.reach = append(l.Divisions, code), append(l.reach, code)
	})
	if err != nil {
		return err
	}
	return put("SELECT x.cours, x.groupe FROM cours_groupe x JOIN cours c ON c.id = x.cours WHERE c.annee = ? ORDER BY 1, 2", func(l *Lesson, code string) {
		l.Groups, l.reach = append(l.Groups, code), append(l.reach, g.drawn[code]...)
	})
}

func (g *grid) readPlaces(tx *vault.Tx, year belvedere.SchoolYear) error {
	err := tx.Each("SELECT x.cours, x.salle FROM cours_salle x JOIN cours c ON c.id = x.cours WHERE c.annee = ? ORDER BY 1, 2", []any{int(year)}, func(scan func(...any) error) error {
		var id int64
		var room string
		err := scan(&id, &room)
		if l := g.byID[id]; l != nil {
			l.Rooms = append(l.Rooms, room)
		}
		return err
	})
	if err != nil {
		return err
	}
	return tx.Each("SELECT x.cours, p.id, trim(p.nom || ' ' || p.prenom) FROM cours_enseignant x JOIN cours c ON c.id = x.cours JOIN personnel p ON p.id = x.personnel WHERE c.annee = ? ORDER BY 1, p.cle, 2",
		[]any{int(year)}, func(scan func(...any) error) error {
			var id int64
			var p Person
			err := scan(&id, &p.ID, &p.Name)
			if l := g.byID[id]; l != nil {
				l.Teachers = append(l.Teachers, p)
			}
			return err
		})
}

func (s *Service) readChanges(tx *vault.Tx, g *grid, year belvedere.SchoolYear) error {
	return tx.Each(`SELECT d.cours, d.du, d.au, ifnull(d.debut, 0), ifnull(d.duree, 0), d.salle, ifnull(p.id, 0), ifnull(trim(p.nom || ' ' || p.prenom), ''), d.motif, d.le, d.par
		FROM deplacement d LEFT JOIN personnel p ON p.id = d.personnel WHERE d.annee = ? ORDER BY d.id`, []any{int(year)}, func(scan func(...any) error) error {
		var id, at int64
		var from, to string
		var teacher Person
		c := &Change{}
		if err := scan(&id, &from, &to, &c.Start, &c.Length, &c.Room, &teacher.ID, &teacher.Name, &c.Reason, &at, &c.By); err != nil {
			return err
		}
		var bad error
		if c.From, bad = time.Parse(time.DateOnly, from); bad != nil {
			return bad
		}
		c.To, _ = time.Parse(time.DateOnly, to) // empty: called off
		if c.At = s.local(at); teacher.ID != 0 {
			c.Teacher = &teacher
		}
		g.changed[id] = append(g.changed[id], c)
		return nil
	})
}

// runs tells whether a lesson of the week is of the week of a day, and whether nobody knows.
func (g *grid) runs(l *Lesson, d time.Time) (yes, unsure bool) {
	if g.weekly[l.Rhythm] {
		return true, false
	}
	weeks := g.weeks[l.Rhythm]
	return len(weeks) == 0 || weeks[vault.Day(Monday(d))], len(weeks) == 0
}

// changeOf is what was done to a lesson that was to be on a day.
func (g *grid) changeOf(id int64, d time.Time) *Change {
	for _, c := range g.changed[id] {
		if c.From.Equal(d) {
			return c
		}
	}
	return nil
}

// plain tells whether a lesson of the week is planned on a day, before any change.
func (g *grid) plain(l *Lesson, d time.Time) bool {
	yes, _ := g.runs(l, d)
	return yes && g.day[l.ID] == weekday(d) && g.calendar.Closed(d) == ""
}

// on are the lessons of a day by hour, those that were moved away or called off among them.
func (g *grid) on(d time.Time) (list []Lesson) {
	for _, l := range g.lessons {
		if g.plain(l, d) {
			list = append(list, g.planned(l, d))
		}
		for _, c := range g.changed[l.ID] {
			if c.To.Equal(d) && !c.From.Equal(d) && g.calendar.Closed(d) == "" {
				list = append(list, g.moved(l, c))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Lesson) int { return cmp.Or(a.Start-b.Start, a.Length-b.Length) })
	return list
}

// planned is a lesson on its own day.
func (g *grid) planned(l *Lesson, d time.Time) Lesson {
	one := *l
	one.Date = d
	_, one.Unsure = g.runs(l, d)
	c := g.changeOf(l.ID, d)
	switch {
	case c == nil:
	case c.To.Equal(d):
		one = g.moved(l, c)
	default:
		one.Change, one.Off = c, true
	}
	return one
}

// moved is a lesson where a change puts it.
func (g *grid) moved(l *Lesson, c *Change) Lesson {
	one := *l
	one.Date, one.Change = c.To, c
	if c.Start > 0 {
		one.Start = c.Start
	}
	if c.Length > 0 {
		one.Length = c.Length
	}
	if c.Room != "" {
		one.Rooms = []string{c.Room}
	}
	if c.Teacher != nil {
		one.Teachers = []Person{*c.Teacher}
	}
	return one
}

// at is a lesson as it takes place on a day; ok is false when it does not.
func (g *grid) at(id int64, d time.Time) (l Lesson, ok bool) {
	for _, one := range g.on(d) {
		if one.ID == id && (!ok || l.Off) {
			l, ok = one, true
		}
	}
	return l, ok && !l.Off
}
