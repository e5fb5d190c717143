package lesson_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/lesson"
)

func absent() lesson.Answer          { return lesson.Answer{State: lesson.Absent} }
func late(minutes int) lesson.Answer { return lesson.Answer{State: lesson.Late, Minutes: minutes} }

func names(r lesson.Roll) (list string) {
	for _, c := range r.Calls {
		list += c.Name[:4] + ":" + c.State + " "
	}
	return list
}

func TestRoll(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	r, err := d.Roll(context.Background(), head(), school, 1, day("2026-09-14"))
	if err != nil || r.Called || names(r) != "NOM1: NOM2: NOM3: " {
		t.Fatalf("%+v %v", r, err)
	}
	if g, err := d.Roll(context.Background(), head(), school, 3, day("2026-09-14")); err != nil || names(g) != "NOM1: NOM2: " {
		t.Errorf("the group: %s %v", names(g), err)
	}
	r = d.mustCall(1, "2026-09-14", map[int64]lesson.Answer{2: absent(), 3: {State: lesson.Late, Minutes: 12, Remark: "bus"}})
	if !r.Called || !r.Closed || names(r) != "NOM1:present NOM2:absent NOM3:retard " || r.By != "Helene@AUBRY" || r.Calls[2].Remark != "bus" || len(r.History) != 0 {
		t.Errorf("%+v", r)
	}
	if got := d.table("SELECT eleve, jour, debut, minutes, appel FROM retard", 5); got != "3|2026-09-14|480|12|1\n" {
		t.Error(got)
	}
	if got := d.table("SELECT eleve, jour, moitie FROM demi_journee", 3); got != "2|2026-09-14|matin\n" {
		t.Error(got)
	}
	if got := d.table("SELECT eleve, debut, fin, origine FROM absence", 4); got != "2|480|540|appel\n" {
		t.Error(got)
	}
	// Corrected: the pupil who was absent came late, and the half-day goes.
	stale := r.Version
	r = d.mustCall(1, "2026-09-14", map[int64]lesson.Answer{2: late(30)})
	if len(r.History) != 1 || r.History[0].From != lesson.Absent || r.History[0].To != lesson.Late || r.History[0].ToLate != 30 || r.Calls[2].Remark != "bus" {
		t.Errorf("%+v", r)
	}
	if got := d.table("SELECT (SELECT count(*) FROM demi_journee), (SELECT count(*) FROM absence), (SELECT count(*) FROM retard)", 3); got != "0|0|2\n" {
		t.Error(got)
	}
	_, err = d.Call(context.Background(), head(), school, lesson.Calling{Lesson: 1, Day: day("2026-09-14"), Version: stale})
	if belvedere.KindOf(err) != belvedere.Conflict || !strings.Contains(belvedere.Message(err), "Helene@AUBRY") {
		t.Errorf("a roll that someone saved since: %v", err)
	}
	w := d.week("division", "6A", "2026-09-14")
	if m := w.Days[0].Lessons[0].Roll; m == nil || m.Late != 2 || m.Absent != 0 || !m.Closed {
		t.Errorf("%+v", m)
	}
}

func TestRollRefusals(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	for name, c := range map[string]struct {
		id      int64
		on      string
		answers map[int64]lesson.Answer
		kind    belvedere.Kind
	}{
		"in the future":      {1, "2026-09-21", nil, belvedere.Conflict},
		"holidays":           {1, "2026-10-19", nil, belvedere.NotFound},
		"not its day":        {1, "2026-09-15", nil, belvedere.NotFound},
		"not its week":       {4, "2026-09-14", nil, belvedere.NotFound},
		"no lesson":          {99, "2026-09-14", nil, belvedere.NotFound},
		"a pupil of another": {1, "2026-09-14", map[int64]lesson.Answer{4: absent()}, belvedere.Invalid},
		"late of no minute":  {1, "2026-09-14", map[int64]lesson.Answer{1: late(0)}, belvedere.Invalid},
		"later than the end": {1, "2026-09-14", map[int64]lesson.Answer{1: late(61)}, belvedere.Invalid},
		"a state of no roll": {1, "2026-09-14", map[int64]lesson.Answer{1: {State: "malade"}}, belvedere.Invalid},
		"a remark too long":  {1, "2026-09-14", map[int64]lesson.Answer{1: {State: lesson.Present, Remark: strings.Repeat("é", 301)}}, belvedere.Invalid},
	} {
		if _, err := d.call(c.id, c.on, c.answers); belvedere.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.now = day("2026-09-14").Add(7 * time.Hour)
	if _, err := d.call(1, "2026-09-14", nil); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("an hour before: %v", err)
	}
	d.now = d.now.Add(55 * time.Minute)
	if _, err := d.call(1, "2026-09-14", nil); err != nil {
		t.Errorf("five minutes before: %v", err)
	}
	if got := d.table("SELECT count(*) FROM appel", 1); got != "1\n" {
		t.Errorf("%s rolls", got)
	}
}

// The list of a lesson is that of its day: who came after, left before or changed division since.
func TestListOfTheDay(t *testing.T) {
	d := newDesk(t, "2026-09-29")
	d.exec("UPDATE scolarite SET entree = '2026-09-15' WHERE eleve = 1", "UPDATE scolarite SET sortie = '2026-09-21' WHERE eleve = 2",
		"INSERT INTO passage (annee, eleve, sorte, de_division, a_division, le, vu, import) VALUES (2026, 4, 'division', '6A', '6B', '2026-09-21', 0, 1)",
		"INSERT INTO passage (annee, eleve, sorte, de_division, a_division, le, vu, import) VALUES (2026, 3, 'disparition', '6A', '', '2026-09-28', 0, 1)",
		"UPDATE scolarite SET present = 0 WHERE eleve = 3")
	for on, want := range map[string]string{
		"2026-09-07": "NOM2: NOM3: NOM4: ",
		"2026-09-14": "NOM2: NOM3: NOM4: ",
		"2026-09-21": "NOM1: NOM3: ",
		"2026-09-28": "NOM1: ",
	} {
		if r, err := d.Roll(context.Background(), head(), school, 1, day(on)); err != nil || names(r) != want {
			t.Errorf("%s: %s %v, want %s", on, names(r), err, want)
		}
	}
}

// A roll call says by itself what the lesson was, when the timetable has changed since.
func TestRollOutlivesItsLesson(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	d.mustCall(1, "2026-09-14", map[int64]lesson.Answer{1: absent()})
	d.exec("DELETE FROM cours WHERE id = 1")
	r, err := d.Roll(context.Background(), head(), school, 1, day("2026-09-14"))
	if err != nil || r.Lesson.Subject != "Mathématiques" || r.Lesson.Audience() != "6A" || names(r) != "NOM1:absent NOM2:present NOM3:present " {
		t.Errorf("%+v %v", r, err)
	}
	if r = d.mustCall(1, "2026-09-14", map[int64]lesson.Answer{1: {State: lesson.Present}}); r.Count(lesson.Absent) != 0 || len(r.History) != 1 {
		t.Errorf("%+v", r)
	}
	day, err := d.Day(context.Background(), head(), school, day("2026-09-14"))
	if err != nil || day.Due != 3 || day.Called != 0 || len(day.Lessons) != 4 || day.Lessons[3].Roll == nil {
		t.Errorf("%+v %v", day, err)
	}
}

func TestHalvesOfADay(t *testing.T) {
	d := newDesk(t, "2026-09-08")
	on := "2026-09-07" // 6A has lessons 1 and 4 and 5; the group 3 too
	d.mustCall(1, on, map[int64]lesson.Answer{1: absent(), 3: absent()})
	d.mustCall(3, on, map[int64]lesson.Answer{1: absent()})
	d.mustCall(4, on, map[int64]lesson.Answer{1: absent(), 2: late(5)})
	r, err := d.Day(context.Background(), head(), school, day(on))
	if err != nil || r.Due != 5 || r.Called != 3 {
		t.Fatalf("%+v %v", r, err)
	}
	var said []string
	for _, h := range r.Halves {
		said = append(said, h.Name[:4]+" "+h.Part+" "+string(rune('0'+h.Called))+"/"+string(rune('0'+h.Due)))
	}
	if got := strings.Join(said, ", "); got != "NOM1 matin 2/2, NOM1 apres_midi 1/2, NOM3 matin 1/1" {
		t.Error(got)
	}
	if len(r.Lates) != 1 || r.Lates[0].Minutes != 5 || r.Lates[0].Division != "6A" {
		t.Errorf("%+v", r.Lates)
	}
	// What was justified stays so when the roll is corrected for someone else.
	d.exec("UPDATE absence SET justifie = 1, motif = 'médecin' WHERE eleve = 1")
	d.mustCall(1, on, map[int64]lesson.Answer{3: {State: lesson.Present}})
	if got := d.table("SELECT eleve, moitie, justifie FROM demi_journee ORDER BY moitie", 3); got != "1|apres_midi|1\n1|matin|1\n" {
		t.Error(got)
	}
}

// A half-day of absence is one where some roll was called and the pupil is in none; what is added
// by a lesson where he came takes it away, and the order of lessons changes nothing.
func TestHalvesProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	states := []string{lesson.Present, lesson.Absent, lesson.Late}
	for range 3000 {
		var seen []lesson.Seen
		var away []lesson.Away
		for range r.IntN(6) {
			start := 480 + r.IntN(600)
			seen = append(seen, lesson.Seen{Start: start, End: start + 60, State: states[r.IntN(3)]})
		}
		for range r.IntN(2) {
			start := 480 + r.IntN(500)
			away = append(away, lesson.Away{Start: start, End: start + 1 + r.IntN(300)})
		}
		got := lesson.Halves(seen, away)
		for _, part := range []string{lesson.Morning, lesson.Afternoon} {
			called, absences, typed := 0, 0, false
			for _, s := range seen {
				if (s.Start < 780) == (part == lesson.Morning) {
					called++
					if s.State == lesson.Absent {
						absences++
					}
				}
			}
			for _, a := range away {
				from, to := 0, 780
				if part == lesson.Afternoon {
					from, to = 780, 1440
				}
				typed = typed || max(from, a.Start) < min(to, a.End)
			}
			want := called > 0 && called == absences || called == 0 && typed
			if slices.Contains(got, part) != want {
				t.Fatalf("%v %v: %v, %s want %v", seen, away, got, part, want)
			}
		}
		r.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
		if again := lesson.Halves(seen, away); !slices.Equal(got, again) {
			t.Fatalf("in another order: %v, %v", got, again)
		}
		came := append(seen, lesson.Seen{Start: 480, State: lesson.Late}, lesson.Seen{Start: 900, State: lesson.Present})
		if none := lesson.Halves(came, away); len(none) > 0 {
			t.Fatalf("he came: %v", none)
		}
	}
}

// Whatever the rolls and their corrections, the tables hold what the last rolls say, once.
func TestTablesFollowTheRolls(t *testing.T) {
	d := newDesk(t, "2026-09-08")
	r := rand.New(rand.NewPCG(5, 6))
	on, last := "2026-09-07", map[int64]map[int64]lesson.Answer{}
	pupils := map[int64][]int64{1: {1, 2, 3}, 3: {1, 2}, 4: {1, 2, 3}, 5: {1, 2, 3}}
	start := map[int64]int{1: 480, 3: 600, 4: 840, 5: 900}
	for range 25 {
		id := []int64{1, 3, 4, 5}[r.IntN(4)]
		answers := map[int64]lesson.Answer{}
		for _, p := range pupils[id] {
			answers[p] = []lesson.Answer{{State: lesson.Present}, absent(), late(1 + r.IntN(50))}[r.IntN(3)]
		}
		d.mustCall(id, on, answers)
		last[id] = answers
	}
	halves, lates := 0, 0
	for p := range int64(3) {
		var seen []lesson.Seen
		for id, answers := range last {
			if a, listed := answers[p+1]; listed {
				seen = append(seen, lesson.Seen{Start: start[id], State: a.State})
				if a.State == lesson.Late {
					lates++
				}
			}
		}
		halves += len(lesson.Halves(seen, nil))
	}
	if got, want := d.table("SELECT (SELECT count(*) FROM demi_journee) = "+strconv.Itoa(halves)+", (SELECT count(*) FROM retard) = "+strconv.Itoa(lates), 2), "1|1\n"; got != want {
		t.Errorf("%s: %d half-days, %d lates", got, halves, lates)
	}
}

func TestMissing(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	ctx := context.Background()
	d.exec("INSERT INTO eleve (id, nom, prenom, cle, source, cree, vu) VALUES (9, 'NOM9', 'Ada', 'NOM9|ADA', 'siecle', 0, 0)",
		"INSERT INTO scolarite (annee, eleve, mef, niveau, division, entree, sortie, present, scolarise, source, import) VALUES (2026, 9, 'M', '6eme', '6C', '', '', 1, 1, 'siecle', 1)",
		"INSERT INTO compte (qui, qui_id, identifiant, profil, etat, cree) VALUES ('personnel', 1, 'helene', 'enseignants', 'ouvert', 0), ('personnel', 2, 'luc', 'enseignants', 'prepare', 0)",
		"DELETE FROM cours_enseignant WHERE cours = 2", "INSERT INTO cours_division (cours, division) VALUES (6, '6 Z')", "DELETE FROM eleve_groupe", "DELETE FROM fermeture")
	m, err := d.Missing(ctx, head(), school, year)
	if err != nil {
		t.Fatal(err)
	}
	if m.Calendar || m.Nothing() || strings.Join(m.NoTimetable, ",") != "6C" || strings.Join(m.NoBook, ",") != "6B" || strings.Join(m.Empty, ",") != "G" || strings.Join(m.Rhythms, ",") != "Q1" {
		t.Errorf("%+v", m)
	}
	lacks := map[int64]string{}
	for _, g := range m.Gaps {
		lacks[g.ID] = strings.Join(g.Lacks, ",")
	}
	if len(lacks) != 3 || lacks[2] != "enseignant" || lacks[6] != "division connue (6 Z)" || lacks[7] != "horaire,division ou groupe,enseignant" {
		t.Errorf("%v", lacks)
	}
	if len(m.Teachers) != 1 || m.Teachers[0].Name != "PETIT Luc" || m.Teachers[0].State != "prepare" || m.Teachers[0].Lessons != 2 {
		t.Errorf("%+v", m.Teachers)
	}
}
