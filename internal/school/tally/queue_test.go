package tally_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/tally"
)

func datasetsOf(got []tally.Submission) (names []string) {
	for _, s := range got {
		names = append(names, s.Dataset)
	}
	return names
}

// What did not change does not leave again; what did leaves alone.
func TestOnlyChangesLeave(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	populate(t, d, rand.New(rand.NewPCG(1, 1)))
	if n := d.order(t, tally.Order{}); n != 8 {
		t.Fatalf("%d files wait, 8 datasets are known", n)
	}
	if out := d.send(t); out.Acknowledged != 8 || out.Waiting != 0 {
		t.Fatalf("%+v", out)
	}
	again := func(what string, want ...string) {
		t.Helper()
		d.got = nil
		d.order(t, tally.Order{})
		d.send(t)
		if got := datasetsOf(d.got); !slices.Equal(got, want) {
			t.Errorf("%s: %v left, want %v", what, got, want)
		}
	}
	again("at once")
	d.at("2026-11-15")
	again("the next day")
	d.exec(t, "UPDATE scolarite SET pension = 'internat' WHERE eleve = 1")
	d.exec(t, "UPDATE scolarite SET scolarise = 1 WHERE eleve = 1")
	d.exec(t, "UPDATE eleve SET sexe = CASE sexe WHEN 'F' THEN 'M' ELSE 'F' END WHERE id = 1")
	d.exec(t, "UPDATE compte SET etat = 'prepare'")
	again("after a change", "effectifs", "comptes")
	d.at("2026-12-01")
	again("when a month begins", "effectifs", "structures", "personnels", "comptes", "assiduite_tranches")
}

// Figures that come back to what they were are another delivery: the territory would answer the
// same id with the first one, and keep the figures in between.
func TestBackToBefore(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	populate(t, d, rand.New(rand.NewPCG(2, 1)))
	only := tally.Order{Datasets: []string{"structures"}}
	for _, level := range []string{"6eme", "ulis", "6eme"} {
		d.exec(t, "UPDATE division SET niveau = ?", level)
		d.order(t, only)
	}
	d.send(t)
	if len(d.got) != 3 || string(d.got[0].Body) != string(d.got[2].Body) || d.got[0].ID == d.got[2].ID {
		t.Errorf("%d files, ids %v", len(d.got), d.got)
	}
}

// A crash between the acceptance of the territory and its acknowledgement here sends the same id again.
func TestCrashBetweenAcceptAndAck(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	populate(t, d, rand.New(rand.NewPCG(3, 1)))
	d.order(t, tally.Order{Datasets: []string{"effectifs"}})
	ctx, cancel := context.WithCancel(context.Background())
	var first string
	d.answer = func(s tally.Submission) (tally.Receipt, error) {
		first = s.ID
		cancel() // the program ends while the answer is on its way
		return tally.Receipt{}, nil
	}
	if _, err := d.Send(ctx, school); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	d.answer = nil
	d.got = nil
	if out := d.send(t); out.Acknowledged != 1 || d.got[0].ID != first {
		t.Errorf("%+v, ids %s and %s", out, first, d.got[0].ID)
	}
	if out := d.send(t); out.Acknowledged != 0 {
		t.Errorf("acknowledged twice: %+v", out)
	}
}

// A territory that does not answer holds the queue in its order; one that refuses lets it go on.
func TestRetriesAndRefusals(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	populate(t, d, rand.New(rand.NewPCG(4, 1)))
	d.order(t, tally.Order{Datasets: []string{"effectifs", "structures"}})
	tries := 0
	d.answer = func(tally.Submission) (tally.Receipt, error) {
		tries++
		return tally.Receipt{}, belvedere.Errorf(belvedere.Unavailable, "disque plein")
	}
	if out := d.send(t); out.Waiting != 2 || out.Trouble != "disque plein" {
		t.Errorf("%+v", out)
	}
	for range 3 {
		d.send(t) // not before a minute
	}
	if tries != 1 {
		t.Errorf("tried %d times at once", tries)
	}
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		d.now = d.now.Add(wait - time.Second)
		d.send(t)
		d.now = d.now.Add(time.Second)
		d.send(t)
	}
	if tries != 4 {
		t.Errorf("tried %d times, 4 were due", tries)
	}
	d.now = d.now.Add(8 * time.Minute)
	d.answer = func(s tally.Submission) (tally.Receipt, error) {
		if s.Dataset == "effectifs" {
			return tally.Receipt{}, belvedere.Errorf(belvedere.Invalid, "colonne inconnue")
		}
		return tally.Receipt{}, nil
	}
	if out := d.send(t); out.Refused != 1 || out.Acknowledged != 1 || out.Waiting != 0 {
		t.Errorf("%+v", out)
	}
	if n := d.order(t, tally.Order{Datasets: []string{"effectifs"}}); n != 0 {
		t.Error("what was refused comes back by itself")
	}
	if n := d.order(t, tally.Order{Datasets: []string{"effectifs"}, Again: true}); n != 1 {
		t.Error("what was refused cannot be sent again by hand")
	}
}

func TestNightlyAndByHand(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	populate(t, d, rand.New(rand.NewPCG(5, 1)))
	ctx := context.Background()
	if err := d.SetByHand(ctx, head(), school, []string{"assiduite", "assiduite_tranches"}); err != nil {
		t.Fatal(err)
	}
	night := func(at string, want int) {
		t.Helper()
		var err error
		if d.now, err = time.ParseInLocation("2006-01-02 15:04", at, d.v.Zone()); err != nil {
			t.Fatal(err)
		}
		before := len(d.got)
		if err := d.Nightly(ctx); err != nil {
			t.Fatal(err)
		}
		if got := len(d.got) - before; got != want {
			t.Errorf("%s: %d files left, want %d: %v", at, got, want, datasetsOf(d.got[before:]))
		}
	}
	night("2026-11-14 09:00", 6) // the two others wait for a hand
	d.exec(t, "UPDATE compte SET etat = 'prepare'")
	night("2026-11-14 23:59", 0)
	night("2026-11-15 02:40", 0)
	night("2026-11-15 03:00", 1)
	if n := d.order(t, tally.Order{Datasets: []string{"assiduite"}, By: "Helene@AUBRY"}); n != 1 {
		t.Errorf("%d files by hand", n)
	}
}

func TestOccupationOfPastMonthsStands(t *testing.T) {
	d := newDesk(t, "2026-10-05")
	lessons(t, d)
	only := tally.Order{Datasets: []string{"occupation"}}
	d.order(t, only)
	d.send(t)
	d.exec(t, "DELETE FROM cours_salle WHERE cours = 4")
	d.exec(t, "UPDATE cours SET duree = 180 WHERE id = 1")
	d.order(t, only)
	d.send(t)
	if len(d.got) != 2 || len(rows(t, d.got[0].Body)) != 2 {
		t.Fatalf("%d files", len(d.got))
	}
	if got := rows(t, d.got[1].Body); len(got) != 1 || got[0]["mois"] != "2026-10" {
		t.Errorf("a new timetable says nothing of September: %v", got)
	}
}

func TestView(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	populate(t, d, rand.New(rand.NewPCG(6, 1)))
	d.order(t, tally.Order{By: "Helene@AUBRY"})
	d.send(t)
	ctx := context.Background()
	view, err := d.View(ctx, head(), school, year)
	if err != nil || !view.Vault || view.Waiting != 0 {
		t.Fatal(err, view)
	}
	for _, one := range view.Datasets {
		if one.Name == "salles" || one.Name == "occupation" {
			if one.Latest != nil || len(one.Files) != 0 {
				t.Errorf("%s: %+v", one.Name, one)
			}
			continue
		}
		if one.Latest == nil || len(one.Files) != 1 || one.Files[0].State != tally.Published || one.Files[0].Edition < 40 || one.Files[0].By != "Helene@AUBRY" {
			t.Fatalf("%s: %+v", one.Name, one)
		}
		_, body, err := d.File(ctx, head(), school, one.Files[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range rows(t, body) {
			if day := r["heure"] + r["jour"] + r["mois"] + r["debut"]; len(one.Latest.Slice) <= len(day) && day[:len(one.Latest.Slice)] == one.Latest.Slice && (r["periode"] == "" || r["periode"] == "jour") {
				n++
			}
		}
		if len(one.Latest.Rows)+one.Latest.More != n || n == 0 {
			t.Errorf("%s: %d and %d rows of %s, the file has %d", one.Name, len(one.Latest.Rows), one.Latest.More, one.Latest.Slice, n)
		}
	}
	for _, who := range []belvedere.Viewer{
		{Kind: belvedere.AccountViewer, Admin: true, Strong: true},
		{Kind: belvedere.AccountViewer, School: true, Scope: belvedere.Scope{Own: []belvedere.UAI{"0350017D"}, Schools: []belvedere.UAI{school}}},
	} {
		if _, err := d.View(ctx, who, school, year); belvedere.KindOf(err) != belvedere.Forbidden {
			t.Errorf("%+v sees it: %v", who, err)
		}
	}
}

// A contest stands until it is lifted; the territory is told of those that stand.
func TestContests(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	populate(t, d, rand.New(rand.NewPCG(6, 1)))
	ctx := context.Background()
	var told []tally.Contest
	d.Contested = func(_ context.Context, uai belvedere.UAI, list []tally.Contest) error {
		told = list
		return nil
	}
	contest := func(dataset, line, text string) error {
		return d.Contest(ctx, head(), school, year, dataset, line, text)
	}
	if err := contest("effectifs", "", "Trop tôt"); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("nothing left yet: %v", err)
	}
	d.order(t, tally.Order{})
	d.send(t)
	for _, bad := range [][3]string{{"effectifs", "6eme;X", "Faux"}, {"effectifs", "6eme;F", "  "}, {"notes", "", "Faux"}} {
		if err := contest(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if err := contest("effectifs", "6eme;F", "Trois élèves sont comptés deux fois."); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].Slice != "2026-11-14" || told[0].Line != "6eme;F" || told[0].Value == "" {
		t.Fatalf("told %+v", told)
	}
	stranger := belvedere.Viewer{Kind: belvedere.AccountViewer, Admin: true, Strong: true}
	if err := d.Lift(ctx, stranger, school, told[0].ID); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("an administrator of the console lifts it: %v", err)
	}
	if err := d.Lift(ctx, head(), school, told[0].ID); err != nil || len(told) != 0 {
		t.Errorf("%v, told %+v", err, told)
	}
	view, err := d.View(ctx, head(), school, year)
	if err != nil || len(view.Contests) != 1 || view.Contests[0].Lifted.IsZero() || view.Contests[0].LiftedBy != "Helene@AUBRY" {
		t.Errorf("%v, %+v", err, view.Contests)
	}
}
