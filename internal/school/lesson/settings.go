package lesson

import (
	"context"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Rhythm is an alternation that lessons name, with its weeks.
type Rhythm struct {
	Code    string
	Lessons int
	Weeks   int       // known weeks of the year; 0: nobody tells them
	Chosen  time.Time // Monday of a week in which it takes place, zero unless the school chose
}

// Settings are the calendar of a year, and the alternations that are not each week.
type Settings struct {
	Calendar
	Rhythms []Rhythm
}

// Settings reads what the school can set for a year.
func (s *Service) Settings(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (x Settings, err error) {
	defer belvedere.Wrap(&err, "lesson.Settings(%s, %s)", uai, year)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) (err error) {
		if x.Calendar, err = calendar(tx, year); err != nil {
			return err
		}
		x.Rhythms, err = rhythms(tx, year)
		return err
	})
	return x, err
}

func rhythms(tx *vault.Tx, year belvedere.SchoolYear) (list []Rhythm, err error) {
	err = tx.Each(`SELECT a.code, (SELECT count(*) FROM cours c WHERE c.annee = a.annee AND c.alternance = a.code),
		(SELECT count(*) FROM alternance_semaine w WHERE w.annee = a.annee AND w.alternance = a.code)
		FROM alternance a WHERE a.annee = ? AND a.toutes = 0 ORDER BY a.code`, []any{int(year)}, func(scan func(...any) error) error {
		var r Rhythm
		err := scan(&r.Code, &r.Lessons, &r.Weeks)
		list = append(list, r)
		return err
	})
	for i := range list {
		if err == nil {
			list[i].Chosen, err = tx.Rhythm(year, list[i].Code)
		}
	}
	return list, err
}

// SetRhythm says that an alternation takes place in the week of a day and each second one; a zero
// day forgets it. An alternation whose weeks a file tells is not the school's to choose here.
func (s *Service) SetRhythm(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, code string, day time.Time) (err error) {
	defer belvedere.Wrap(&err, "lesson.SetRhythm(%s, %s, %s)", uai, year, code)
	if !day.IsZero() && yearOf(day) != year {
		return belvedere.Errorf(belvedere.Invalid, "La semaine choisie n’est pas de l’année %s.", year)
	}
	return s.write(ctx, who, uai, func(tx *vault.Tx) error {
		list, err := rhythms(tx, year)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.Code != code {
				continue
			}
			if r.Weeks > 0 && r.Chosen.IsZero() {
				return belvedere.Errorf(belvedere.Conflict, "Les semaines de l’alternance %s sont dites par STS-Web. Corrigez-les là, puis importez de nouveau l’emploi du temps.", code)
			}
			return tx.SetRhythm(year, code, day, who.Login)
		}
		return belvedere.Errorf(belvedere.NotFound, "Aucune alternance %s en %s.", code, year)
	})
}

// AddClosures types holidays, a line each: label ; first day ; last day. A single date is one day.
// All lines are kept, or none when one cannot be read.
func (s *Service) AddClosures(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, text string) (n int, err error) {
	defer belvedere.Wrap(&err, "lesson.AddClosures(%s, %s)", uai, year)
	list, err := readClosures(year, text)
	if err != nil {
		return 0, err
	}
	return s.addClosures(ctx, who, uai, year, list)
}

// AddHolidays types the public holidays of a year that no closure covers.
func (s *Service) AddHolidays(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (n int, err error) {
	defer belvedere.Wrap(&err, "lesson.AddHolidays(%s, %s)", uai, year)
	x, err := s.Settings(ctx, who, uai, year)
	if err != nil {
		return 0, err
	}
	var list []Closure
	for _, h := range holidays(year) {
		if x.Closed(h.day) == "" {
			list = append(list, Closure{From: h.day, To: h.day, Label: h.label})
		}
	}
	return s.addClosures(ctx, who, uai, year, list)
}

func (s *Service) addClosures(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, list []Closure) (n int, err error) {
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		for _, c := range list {
			added, err := tx.Exec(`INSERT INTO fermeture (annee, debut, fin, libelle, source) SELECT ?1, ?2, ?3, ?4, 'saisie'
				WHERE NOT EXISTS (SELECT 1 FROM fermeture WHERE annee = ?1 AND debut = ?2 AND fin = ?3)`, int(year), vault.Day(c.From), vault.Day(c.To), c.Label)
			if err != nil {
				return err
			}
			n += int(added)
		}
		return nil
	})
	return n, err
}

// RemoveClosure takes back a closure that the school typed.
func (s *Service) RemoveClosure(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "lesson.RemoveClosure(%s, %d)", uai, id)
	return s.write(ctx, who, uai, func(tx *vault.Tx) error {
		n, err := tx.Exec("DELETE FROM fermeture WHERE id = ? AND source = 'saisie'", id)
		if err == nil && n == 0 {
			err = belvedere.Errorf(belvedere.NotFound, "Cette fermeture n’a pas été saisie ici\u00a0: elle vient de SIECLE, ou elle est déjà retirée.")
		}
		return err
	})
}

// mostClosures bounds what is typed at once.
const mostClosures = 60

// readClosures reads lines of closures.
func readClosures(year belvedere.SchoolYear, text string) (list []Closure, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		fields := strings.Split(strings.ReplaceAll(line, "\t", ";"), ";")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if len(fields) == 2 {
			fields = append(fields, fields[1])
		}
		if len(fields) != 3 || fields[0] == "" {
			return nil, belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0» ne se lit pas. Écrivez une période par ligne\u00a0: libellé\u202f; premier jour\u202f; dernier jour.", line)
		}
		from, bad := belvedere.ParseDate(fields[1])
		to, worse := belvedere.ParseDate(fields[2])
		switch {
		case bad != nil || worse != nil:
			return nil, belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0»\u00a0: les dates s’écrivent 17/10/%d.", line, int(year))
		case to.Before(from):
			return nil, belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0»\u00a0: le dernier jour est avant le premier.", line)
		case from.Before(year.First()) || to.After(year.End()):
			return nil, belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0»\u00a0: la période n’est pas de l’année %s.", line, year)
		}
		list = append(list, Closure{From: from, To: to, Label: fields[0]})
	}
	if len(list) == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Écrivez au moins une période\u00a0: libellé\u202f; premier jour\u202f; dernier jour.")
	}
	if len(list) > mostClosures {
		return nil, belvedere.Errorf(belvedere.TooLarge, "Une saisie compte au plus %d périodes.", mostClosures)
	}
	return list, nil
}
