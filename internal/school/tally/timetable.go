package tally

import "time"

// A lesson is one of the week, placed.
type lesson struct {
	day, start, end int    // 1 Monday …; minutes
	rhythm          string // code of an alternation, "" for each week
	rooms           []string
	divisions       []string
}

// A timetable is the lessons of the week, and the weeks of the alternations.
type timetable struct {
	lessons []*lesson
	weekly  map[string]bool            // alternations that are each week
	weeks   map[string]map[string]bool // Mondays of the others; none: they are not known
}

func (r *reading) timetable() (t timetable, err error) {
	t = timetable{weekly: map[string]bool{"": true}, weeks: map[string]map[string]bool{}}
	byID := map[int64]*lesson{}
	year := []any{int(r.year)}
	err = r.tx.Each("SELECT id, jour, debut, debut + duree, alternance FROM cours WHERE annee = ? AND jour IS NOT NULL AND debut IS NOT NULL AND duree > 0 ORDER BY id", year,
		func(scan func(...any) error) error {
			l, id := &lesson{}, int64(0)
			if err := scan(&id, &l.day, &l.start, &l.end, &l.rhythm); err != nil {
				return err
			}
			l.start, l.end = max(l.start, 0), min(l.end, minutesOfDay)
			byID[id], t.lessons = l, append(t.lessons, l)
			return nil
		})
	if err != nil {
		return t, err
	}
	attach := func(query string, put func(l *lesson, code string)) {
		if err == nil {
			err = r.tx.Each(query, year, func(scan func(...any) error) error {
				var id int64
				var code string
				err := scan(&id, &code)
				if l := byID[id]; err == nil && l != nil {
					put(l, code)
				}
				return err
			})
		}
	}
	attach("SELECT x.cours, x.salle FROM cours_salle x JOIN cours c ON c.id = x.cours WHERE c.annee = ?", func(l *lesson, code string) { l.rooms = append(l.rooms, code) })
	attach(`SELECT x.cours, x.division FROM cours_division x JOIN cours c ON c.id = x.cours WHERE c.annee = ?1
		UNION SELECT x.cours, g.division FROM cours_groupe x JOIN cours c ON c.id = x.cours JOIN groupe_division g ON g.annee = c.annee AND g.groupe = x.groupe WHERE c.annee = ?1`,
		func(l *lesson, code string) { l.divisions = append(l.divisions, code) })
	if err != nil {
		return t, err
	}
	err = r.rhythms(&t)
	return t, err
}

// rhythms reads the alternations and their weeks.
func (r *reading) rhythms(t *timetable) error {
	err := r.tx.Each("SELECT code FROM alternance WHERE annee = ? AND toutes = 1", []any{int(r.year)}, func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		t.weekly[code] = true
		return err
	})
	if err != nil {
		return err
	}
	return r.tx.Each("SELECT alternance, lundi FROM alternance_semaine WHERE annee = ?", []any{int(r.year)}, func(scan func(...any) error) error {
		var code, first string
		err := scan(&code, &first)
		if t.weeks[code] == nil {
			t.weeks[code] = map[string]bool{}
		}
		t.weeks[code][first] = true
		return err
	})
}

// share is how much of a lesson takes place on a day of its weekday: all, nothing, or one half
// when it alternates with weeks that no file tells.
func (t *timetable) share(l *lesson, day time.Time) float64 {
	switch weeks := t.weeks[l.rhythm]; {
	case t.weekly[l.rhythm], weeks[monday(day)]:
		return 1
	case len(weeks) > 0:
		return 0
	}
	return 0.5
}
