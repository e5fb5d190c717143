package lesson

import (
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// Missing is what keeps roll calls of a year from being made.
type Missing struct {
	Year        belvedere.SchoolYear
	Lessons     int      // of the week, in all
	Calendar    bool     // someone gave the holidays
	NoTimetable []string // divisions with pupils and without a placed lesson
	NoBook      []string // divisions without a lesson that has a subject and a teacher: no lesson book can be opened
	Gaps        []Gap
	Teachers    []Unaccounted
	Rhythms     []string // alternations of which nobody tells the weeks
	Empty       []string // groups that lessons name and that have no pupil
	Lost        int      // changes of lessons that are no longer in the timetable
}

// Nothing tells whether roll calls can be made everywhere.
func (m Missing) Nothing() bool {
	return m.Lessons > 0 && m.Calendar && len(m.NoTimetable)+len(m.NoBook)+len(m.Gaps)+len(m.Teachers)+len(m.Rhythms)+len(m.Empty) == 0
}

// A Gap is a lesson that lacks something.
type Gap struct {
	ID     int64
	When   string // "lundi, 8 h – 9 h"; "sans horaire"
	What   string // subject
	Whose  string // divisions and groups
	Lacks  []string
	Source string
	Line   int64
}

// An Unaccounted is a teacher without an open account.
type Unaccounted struct {
	Person
	Lessons int
	State   string // "": no account; prepare, ferme
}

// Missing says what is missing for roll calls in a year.
func (s *Service) Missing(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (m Missing, err error) {
	defer belvedere.Wrap(&err, "lesson.Missing(%s, %s)", uai, year)
	m.Year = year
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		g, err := s.loadGrid(tx, year)
		if err != nil {
			return err
		}
		m.Lessons, m.Calendar = len(g.lessons)+g.unplaced, g.calendar.Known()
		for _, step := range []func(*vault.Tx, *grid) error{m.divisions, m.gaps, m.teachers, m.alternations, m.groups} {
			if err := step(tx, g); err != nil {
				return err
			}
		}
		_, err = tx.Get("SELECT count(*) FROM deplacement d WHERE annee = ? AND NOT EXISTS (SELECT 1 FROM cours c WHERE c.id = d.cours)", []any{int(year)}, &m.Lost)
		return err
	})
	return m, err
}

// divisions finds those that no lesson, or no lesson that can have a book, is of.
func (m *Missing) divisions(tx *vault.Tx, g *grid) error {
	placed, book := map[string]bool{}, map[string]bool{}
	for _, l := range g.lessons {
		for _, d := range l.reach {
			placed[d] = true
			book[d] = book[d] || l.Subject != "" && len(l.Teachers) > 0
		}
	}
	return tx.Each("SELECT code FROM division d WHERE annee = ? AND EXISTS (SELECT 1 FROM scolarite s WHERE s.annee = d.annee AND s.division = d.code AND s.scolarise = 1) ORDER BY code", []any{int(m.Year)},
		func(scan func(...any) error) error {
			var code string
			err := scan(&code)
			switch {
			case !placed[code]:
				m.NoTimetable = append(m.NoTimetable, code)
			case !book[code]:
				m.NoBook = append(m.NoBook, code)
			}
			return err
		})
}

// gaps finds lessons that lack an hour, an audience, a teacher or a subject.
func (m *Missing) gaps(tx *vault.Tx, _ *grid) error {
	known := map[string]bool{}
	err := tx.Each("SELECT code FROM division WHERE annee = ?", []any{int(m.Year)}, func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		known[code] = true
		return err
	})
	if err != nil {
		return err
	}
	return tx.Each(`SELECT c.id, ifnull(c.jour, 0), ifnull(c.debut, -1), ifnull(c.duree, 0), coalesce(nullif(t.libelle_court, ''), nullif(t.libelle, ''), nullif(c.libelle, ''), c.matiere), c.source, c.ligne,
		ifnull((SELECT group_concat(division, ', ') FROM cours_division x WHERE x.cours = c.id), ''), ifnull((SELECT group_concat(groupe, ', ') FROM cours_groupe x WHERE x.cours = c.id), ''),
		(SELECT count(*) FROM cours_enseignant x WHERE x.cours = c.id)
		FROM cours c LEFT JOIN matiere t ON t.annee = c.annee AND t.code = c.matiere WHERE c.annee = ? ORDER BY c.jour, c.debut, c.id`, []any{int(m.Year)}, func(scan func(...any) error) error {
		var x Gap
		var day, start, length, teachers int
		var divisions, groups string
		if err := scan(&x.ID, &day, &start, &length, &x.What, &x.Source, &x.Line, &divisions, &groups, &teachers); err != nil {
			return err
		}
		x.When, x.Whose = when(day, start, length), strings.Trim(divisions+", "+groups, ", ")
		x.lack(day == 0 || start < 0 || length <= 0, "horaire")
		x.lack(x.Whose == "", "division ou groupe")
		for d := range strings.SplitSeq(divisions, ", ") {
			x.lack(d != "" && !known[d], "division connue ("+d+")")
		}
		x.lack(teachers == 0, "enseignant")
		x.lack(x.What == "", "matière")
		if len(x.Lacks) > 0 {
			m.Gaps = append(m.Gaps, x)
		}
		return nil
	})
}

func (x *Gap) lack(it bool, what string) {
	if it {
		x.Lacks = append(x.Lacks, what)
	}
}

// when says the hour of a lesson of the week.
func when(day, start, length int) string {
	if day < 1 || day > 7 || start < 0 {
		return "sans horaire"
	}
	names := [...]string{"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}
	if length <= 0 {
		return names[day-1] + ", " + Clock(start)
	}
	return names[day-1] + ", " + Clock(start) + "\u00a0–\u00a0" + Clock(start+length)
}

// teachers finds those who have lessons and cannot sign in.
func (m *Missing) teachers(tx *vault.Tx, _ *grid) error {
	return tx.Each(`SELECT p.id, trim(p.nom || ' ' || p.prenom), count(*), ifnull(a.etat, '') FROM cours c JOIN cours_enseignant x ON x.cours = c.id JOIN personnel p ON p.id = x.personnel
		LEFT JOIN compte a ON a.qui = 'personnel' AND a.qui_id = p.id WHERE c.annee = ? AND ifnull(a.etat, '') <> 'ouvert' GROUP BY p.id ORDER BY p.cle, p.id`, []any{int(m.Year)},
		func(scan func(...any) error) error {
			var u Unaccounted
			err := scan(&u.ID, &u.Name, &u.Lessons, &u.State)
			m.Teachers = append(m.Teachers, u)
			return err
		})
}

func (m *Missing) alternations(tx *vault.Tx, _ *grid) error {
	list, err := rhythms(tx, m.Year)
	for _, r := range list {
		if r.Weeks == 0 && r.Lessons > 0 {
			m.Rhythms = append(m.Rhythms, r.Code)
		}
	}
	return err
}

// groups finds those that lessons name and nobody is of.
func (m *Missing) groups(tx *vault.Tx, g *grid) error {
	for _, l := range g.lessons {
		for _, group := range l.Groups {
			if !slices.Contains(m.Empty, group) {
				m.Empty = append(m.Empty, group)
			}
		}
	}
	slices.Sort(m.Empty)
	full := map[string]bool{}
	err := tx.Each("SELECT DISTINCT groupe FROM eleve_groupe WHERE annee = ?", []any{int(m.Year)}, func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		full[code] = true
		return err
	})
	m.Empty = slices.DeleteFunc(m.Empty, func(code string) bool { return full[code] })
	return err
}
