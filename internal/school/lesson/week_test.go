package lesson_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/lesson"
)

func TestTimetable(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	for _, c := range []struct{ kind, code, on, monday string }{
		{"division", "6A", "2026-09-07", "1 3 4 5 "}, // a week of A
		{"division", "6A", "2026-09-17", "1 3 5 "},   // any day of a week that is not
		{"division", "6B", "2026-09-14", "2 "},
		{"division", "6C", "2026-09-14", ""},
		{"enseignant", "1", "2026-09-14", "1 3 "},
		{"salle", "S1", "2026-09-21", "1 4 "},
		{"division", "6A", "2026-10-19", ""}, // holidays
	} {
		if got := ids(d.week(c.kind, c.code, c.on), 0); got != c.monday {
			t.Errorf("%s %s in the week of %s: %q, want %q", c.kind, c.code, c.on, got, c.monday)
		}
	}
	w := d.week("", "", "2026-09-14")
	if w.Of.Code != "6A" || len(w.Days) != 5 || w.Unplaced != 1 || !w.Calendar || len(w.Teachers) != 2 || w.Teachers[0].Name != "LE GOFF Hélène" {
		t.Errorf("%+v", w)
	}
	if l := w.Days[0].Lessons[2]; !l.Unsure || l.ID != 5 {
		t.Errorf("nobody tells the weeks of Q1: %+v", l)
	}
	if l := w.Days[0].Lessons[0]; l.Subject != "Mathématiques" || l.Audience() != "6A" || l.Unsure {
		t.Errorf("%+v", l)
	}
	if w := d.week("division", "6A", "2026-10-19"); w.Days[0].Closed != "Toussaint" {
		t.Errorf("%+v", w.Days[0])
	}
	_, err := d.Timetable(context.Background(), head(), school, lesson.Subject{Kind: "division", Code: "9Z"}, day("2026-09-14"))
	if belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
	for name, who := range map[string]belvedere.Viewer{
		"administrator": {Kind: belvedere.AccountViewer, Admin: true, Strong: true},
		"one step":      {Kind: belvedere.AccountViewer, School: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}}},
		"another":       {Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{"0999902A"}}},
	} {
		if _, err := d.Timetable(context.Background(), who, school, lesson.Subject{}, day("2026-09-14")); belvedere.KindOf(err) != belvedere.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClashes(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	d.exec("INSERT INTO cours_enseignant (cours, personnel) VALUES (2, 1)")
	clashes := d.week("division", "6A", "2026-09-14").Days[0].Lessons[0].Clashes
	if len(clashes) != 1 || clashes[0].What != "enseignant" || clashes[0].With != 2 {
		t.Errorf("a teacher of two lessons: %v", clashes)
	}
	d.exec("UPDATE cours SET debut = 480 WHERE id = 3") // a group of 6A beside 6A
	found := map[string]bool{}
	for _, c := range d.week("division", "6A", "2026-09-14").Days[0].Lessons[0].Clashes {
		found[c.What] = true
	}
	if !found["division"] || !found["enseignant"] || found["salle"] {
		t.Errorf("%v", found)
	}
}

// Each second week is of an alternation that the school chose, and those of its other half of the other.
func TestRhythmsShareTheWeeks(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	ctx := context.Background()
	d.exec("INSERT INTO alternance (annee, code, toutes, source) VALUES (2026, 'Q2', 0, 'edt')",
		"INSERT INTO cours (id, annee, jour, debut, duree, libelle, alternance, cle, source) VALUES (8, 2026, 1, 960, 60, 'THEATRE', 'Q2', '8', 'edt')",
		"INSERT INTO cours_division (cours, division) VALUES (8, '6A')", "DELETE FROM fermeture", "DELETE FROM annee_scolaire")
	r := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		chosen := day("2026-09-07").AddDate(0, 0, r.IntN(250))
		if err := d.SetRhythm(ctx, head(), school, year, "Q1", chosen); err != nil {
			t.Fatal(err)
		}
		if err := d.SetRhythm(ctx, head(), school, year, "Q2", chosen.AddDate(0, 0, 7)); err != nil {
			t.Fatal(err)
		}
		before := 0
		for monday := day("2026-08-31"); monday.Before(day("2027-06-28")); monday = monday.AddDate(0, 0, 7) {
			one := 0
			for _, l := range d.week("division", "6A", monday.Format(time.DateOnly)).Days[0].Lessons {
				if l.ID == 5 || l.ID == 8 {
					one += int(l.ID)
				}
				if l.Unsure {
					t.Errorf("%s is unsure", monday)
				}
			}
			if one != 5 && one != 8 || one == before {
				t.Fatalf("the week of %s has %d after %d", monday.Format(time.DateOnly), one, before)
			}
			if before = one; lesson.Monday(chosen).Equal(monday) && one != 5 {
				t.Errorf("the chosen week %s is not of Q1", monday)
			}
		}
	}
	if err := d.SetRhythm(ctx, head(), school, year, "A", day("2026-09-07")); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("the weeks of a file are not to be chosen: %v", err)
	}
	if err := d.SetRhythm(ctx, head(), school, year, "ZZ", day("2026-09-07")); belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
	if err := d.SetRhythm(ctx, head(), school, year, "Q1", time.Time{}); err != nil {
		t.Fatal(err)
	}
	x, err := d.Settings(ctx, head(), school, year)
	if err != nil || len(x.Rhythms) != 3 || x.Rhythms[1].Weeks != 0 || x.Rhythms[2].Weeks == 0 {
		t.Errorf("%+v %v", x.Rhythms, err)
	}
}

func TestClosures(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	ctx := context.Background()
	n, err := d.AddClosures(ctx, head(), school, year, "Noël ; 19/12/2026 ; 03/01/2027\n\nPont;2027-05-07\n")
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	for _, bad := range []string{"", "Noël", "Noël;x;y", "Noël;03/01/2027;19/12/2026", "Noël;19/12/2025;03/01/2026", ";19/12/2026"} {
		if _, err := d.AddClosures(ctx, head(), school, year, bad); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// Armistice, Easter Monday, first and eighth of May, Ascension, Whit Monday; the others fall in holidays.
	if n, err := d.AddHolidays(ctx, head(), school, year); err != nil || n != 6 {
		t.Error(n, err)
	}
	if n, err := d.AddHolidays(ctx, head(), school, year); err != nil || n != 0 {
		t.Error("twice", n, err)
	}
	x, err := d.Settings(ctx, head(), school, year)
	if err != nil || x.Closed(day("2027-05-06")) != "Ascension" || x.Closed(day("2026-12-25")) != "Noël" || x.Closed(day("2026-12-18")) != "" {
		t.Errorf("%+v %v", x.Closures, err)
	}
	for _, c := range x.Closures {
		if err := d.RemoveClosure(ctx, head(), school, c.ID); c.Typed != (err == nil) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestEaster(t *testing.T) {
	for _, want := range []string{"2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2038-04-25"} {
		if got := lesson.Easter(day(want).Year()).Format(time.DateOnly); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
