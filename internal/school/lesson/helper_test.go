package lesson_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/lesson"
	"belvedere/internal/school/vault"
)

const (
	school = belvedere.UAI("0999901Z")
	year   = belvedere.SchoolYear(2026)
)

func head() belvedere.Viewer {
	return belvedere.Viewer{ID: 3, Login: "Helene@AUBRY", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}}}
}

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// A desk is the service over one vault, at a time that tests move.
type desk struct {
	*lesson.Service
	t   testing.TB
	v   *vault.Vault
	now time.Time
}

// newDesk is a small school: 6A (pupils 1 to 3) and 6B (4, 5), the group G of 6A (1, 2), two
// teachers, and on Mondays: 1 maths of 6A at 8 h by teacher 1 in S1; 2 sport of 6B at 8 h by
// teacher 2 in GYM; 3 english of the group G at 10 h by teacher 1 in S2; 4 arts of 6A at 14 h by
// teacher 2 in S1 on weeks of A; 5 music of 6A at 15 h by teacher 2 on weeks of Q1, unknown.
// On Tuesdays 6 maths of 6A at 8 h by teacher 1 in S1. Lesson 7 is not placed.
func newDesk(t testing.TB, at string) *desk {
	t.Helper()
	d := &desk{t: t}
	d.at(at)
	clock := func() time.Time { return d.now }
	shelf := &board.Shelf{Dir: t.TempDir(), Key: func(belvedere.UAI) []byte { return bytes.Repeat([]byte{7}, vault.KeySize) }, Options: []vault.Option{vault.WithClock(clock)}}
	t.Cleanup(func() { shelf.Close() })
	var err error
	if d.v, err = shelf.Vault(context.Background(), school, true); err != nil {
		t.Fatal(err)
	}
	d.Service = lesson.New(lesson.Config{Vaults: shelf, Now: clock})
	d.exec(
		"INSERT INTO annee_scolaire (annee, debut_eleves, fin_eleves, source) VALUES (2026, '2026-09-01', '2027-07-03', 'siecle')",
		"INSERT INTO fermeture (annee, debut, fin, libelle, source) VALUES (2026, '2026-10-17', '2026-11-01', 'Toussaint', 'siecle')",
		"INSERT INTO division (annee, code, cle, source) VALUES (2026, '6A', '6A', 'sts'), (2026, '6B', '6B', 'sts'), (2026, '6C', '6C', 'sts')",
		"INSERT INTO groupe (annee, code, cle, source) VALUES (2026, 'G', 'G', 'sts')",
		"INSERT INTO groupe_division (annee, groupe, division) VALUES (2026, 'G', '6A')",
		"INSERT INTO personnel (id, nom, prenom, cle, source, cree, vu) VALUES (1, 'LE GOFF', 'Hélène', 'LE GOFF|HELENE', 'sts', 0, 0), (2, 'PETIT', 'Luc', 'PETIT|LUC', 'sts', 0, 0)",
		"INSERT INTO matiere (annee, code, libelle, source) VALUES (2026, '061300', 'Mathématiques', 'sts')",
		"INSERT INTO alternance (annee, code, toutes, source) VALUES (2026, 'H', 1, 'sts'), (2026, 'A', 0, 'sts'), (2026, 'Q1', 0, 'edt')",
		"INSERT INTO alternance_semaine (annee, alternance, lundi) VALUES (2026, 'A', '2026-09-07'), (2026, 'A', '2026-09-21')",
		`INSERT INTO cours (id, annee, jour, debut, duree, matiere, libelle, alternance, cle, source) VALUES
			(1, 2026, 1, 480, 60, '061300', '', 'H', '1', 'edt'), (2, 2026, 1, 480, 60, '', 'EPS', '', '2', 'edt'), (3, 2026, 1, 600, 60, '', 'ANGLAIS', '', '3', 'edt'),
			(4, 2026, 1, 840, 60, '', 'ARTS', 'A', '4', 'edt'), (5, 2026, 1, 900, 60, '', 'MUSIQUE', 'Q1', '5', 'edt'), (6, 2026, 2, 480, 60, '061300', '', '', '6', 'edt'),
			(7, 2026, NULL, NULL, NULL, '', 'AP', '', '7', 'edt')`,
		"INSERT INTO cours_division (cours, division) VALUES (1, '6A'), (2, '6B'), (4, '6A'), (5, '6A'), (6, '6A')",
		"INSERT INTO cours_groupe (cours, groupe) VALUES (3, 'G')",
		"INSERT INTO cours_enseignant (cours, personnel) VALUES (1, 1), (2, 2), (3, 1), (4, 2), (5, 2), (6, 1)",
		"INSERT INTO cours_salle (cours, salle) VALUES (1, 'S1'), (2, 'GYM'), (3, 'S2'), (4, 'S1'), (6, 'S1')",
	)
	for i, division := range []string{"6A", "6A", "6A", "6B", "6B"} {
		d.exec(fmt.Sprintf("INSERT INTO eleve (id, nom, prenom, cle, source, cree, vu) VALUES (%d, 'NOM%d', 'Ada', 'NOM%d|ADA', 'siecle', 0, 0)", i+1, i+1, i+1),
			fmt.Sprintf("INSERT INTO scolarite (annee, eleve, mef, niveau, division, entree, sortie, present, scolarise, source, import) VALUES (2026, %d, 'M', '6eme', '%s', '2026-09-01', '', 1, 1, 'siecle', 1)", i+1, division))
	}
	d.exec("INSERT INTO eleve_groupe (annee, eleve, groupe, source) VALUES (2026, 1, 'G', 'siecle'), (2026, 2, 'G', 'siecle')")
	return d
}

// at sets the clock to a day at noon.
func (d *desk) at(s string) { d.now = day(s).Add(18 * time.Hour) }

func (d *desk) exec(queries ...string) {
	d.t.Helper()
	for _, q := range queries {
		if err := d.v.Write(context.Background(), func(tx *vault.Tx) error { _, err := tx.Exec(q); return err }); err != nil {
			d.t.Fatalf("%s: %v", q, err)
		}
	}
}

// table writes the rows of a query, one a line.
func (d *desk) table(query string, columns int) (text string) {
	d.t.Helper()
	err := d.v.Read(context.Background(), func(tx *vault.Tx) error {
		return tx.Each(query, nil, func(scan func(...any) error) error {
			values, into := make([]any, columns), make([]any, columns)
			for i := range values {
				into[i] = &values[i]
			}
			if err := scan(into...); err != nil {
				return err
			}
			for i, v := range values {
				if i > 0 {
					text += "|"
				}
				text += fmt.Sprint(v)
			}
			text += "\n"
			return nil
		})
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return text
}

func (d *desk) week(kind, code, on string) lesson.Week {
	d.t.Helper()
	w, err := d.Timetable(context.Background(), head(), school, lesson.Subject{Kind: kind, Code: code}, day(on))
	if err != nil {
		d.t.Fatal(err)
	}
	return w
}

// ids are the lessons of a day of a week, those that do not take place between parentheses.
func ids(w lesson.Week, i int) (text string) {
	for _, l := range w.Days[i].Lessons {
		if l.Off {
			text += fmt.Sprintf("(%d)", l.ID)
		} else {
			text += fmt.Sprintf("%d ", l.ID)
		}
	}
	return text
}

// call calls the roll of a lesson: answers by pupil.
func (d *desk) call(id int64, on string, answers map[int64]lesson.Answer) (lesson.Roll, error) {
	d.t.Helper()
	r, err := d.Roll(context.Background(), head(), school, id, day(on))
	if err != nil {
		return r, err
	}
	return d.Call(context.Background(), head(), school, lesson.Calling{Lesson: id, Day: day(on), Version: r.Version, Answers: answers, Close: true})
}

func (d *desk) mustCall(id int64, on string, answers map[int64]lesson.Answer) lesson.Roll {
	d.t.Helper()
	r, err := d.call(id, on, answers)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}
