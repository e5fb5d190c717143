package procedure_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
)

// close makes an account one that nobody enters any longer.
func (d *desk) close(name string) {
	d.t.Helper()
	a, err := d.reg.Account(d.t.Context(), d.who[name].ID)
	if err != nil {
		d.t.Fatal(err)
	}
	a.State = registry.Locked
	if _, err := d.reg.UpdateAccount(d.t.Context(), a); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) tend() {
	d.t.Helper()
	for range 2 { // as two servers would
		if err := d.s.Tend(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
	}
}

// TestManagerHasLeft: the file says so, administrators are told, and another person is named, who is not
// the one who asks; the step begins again and its delay goes on.
func TestManagerHasLeft(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		r := d.file("Alice", "acces", d.wish())
		d.told()
		if _, err := d.s.Reassign(ctx, d.as("Dora"), r.ID, r.Version, "Denis@X", "Parti."); belvedere.KindOf(err) != belvedere.Forbidden {
			t.Errorf("taken from who can decide, in time: %v", err)
		}
		d.close("Max")
		v, err := d.s.View(ctx, d.as("Dora"), r.ID)
		if err != nil || v.Stuck == "" || len(v.Replaces) != 1 {
			t.Fatalf("the file does not say that nobody decides it: %+v, %v", v, err)
		}
		if v, err = d.s.View(ctx, d.as("Alice"), r.ID); err != nil || v.Stuck == "" || len(v.Replaces) != 0 {
			t.Errorf("who asks: %q, %v, %v", v.Stuck, v.Replaces, err)
		}
		for login, why := range map[string]string{"Alice@X": "Parti.", "Max@X": "Parti.", "Personne@X": "Parti.", "Denis@X": " "} {
			_, err := d.s.Reassign(ctx, d.as("Dora"), r.ID, r.Version, login, why)
			d.kind(belvedere.Invalid, login, err)
		}
		_, err = d.s.Reassign(ctx, d.as("Alice"), r.ID, r.Version, "Paul@X", "Parti.")
		d.kind(belvedere.Forbidden, "who asks names who decides", err)
		d.now = d.now.AddDate(0, 0, 2)
		r = d.must(d.s.Reassign(ctx, d.as("Dora"), r.ID, r.Version, "Denis@X", "Max est parti."))(registry.RequestFiled, "responsable")
		if got := d.told(); !slices.Contains(got, "Denis: Demande d’accès\u00a0: à vous de décider") {
			t.Errorf("told %v", got)
		}
		d.now = d.now.AddDate(0, 0, 1)
		d.must(d.decide("Denis", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
		_, err = d.decide("Denis", r.ID, procedure.Approve, "", nil)
		d.kind(belvedere.Forbidden, "the same person twice", err)
		d.must(d.decide("Dora", r.ID, procedure.Approve, "", nil))(registry.RequestGranted, "duree")
		if v, err = d.s.View(ctx, d.as("Alice"), r.ID); err != nil || d.s.Verify(v) != nil || v.Events[1].Act != procedure.ActReassign || len(v.Events[1].Changed) != 1 {
			t.Errorf("the history does not tell it: %+v, %v", v.Events, err)
		}
		delays, err := d.s.Delays(ctx)
		if err != nil || delays[0].Steps[0].Count != 1 || procedure.Days(delays[0].Steps[0].Median) != "3,0\u00a0jours" {
			t.Errorf("the step is not one of three days: %+v, %v", delays[0].Steps, err)
		}
	})
}

// TestOnlyOfficerWasTheManager: administrators are told, and decide; nobody is when there is no DPO, and
// the file says what to do.
func TestOnlyOfficerWasTheManager(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		d.close("Denis")
		d.close("Paul")
		r := d.file("Alice", "acces", d.wish("niveau", "identites", "responsable", ""+itoa(d.who["Dora"].ID)))
		d.told()
		d.must(d.decide("Dora", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
		if got := d.told(); !slices.Contains(got, "Root: Demande d’accès\u00a0: à vous de décider") || slices.Contains(got, "Dora: Demande d’accès\u00a0: à vous de décider") {
			t.Errorf("told %v", got)
		}
		d.must(d.decide("Root", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "dpo")
		if got := d.told(); !slices.Contains(got, "Root: Demande d’accès\u00a0: personne pour décider") {
			t.Errorf("told %v", got)
		}
		v, err := d.s.View(t.Context(), d.as("Alice"), r.ID)
		if err != nil || !strings.Contains(v.Stuck, "protection des données") || len(v.Replaces) != 0 {
			t.Errorf("says %q, %v", v.Stuck, err)
		}
	})
}

// TestReminders: three at most, a week apart, the later ones to those who answer for the data too; who
// then may name another person.
func TestReminders(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		r := d.file("Alice", "acces", d.wish())
		d.told()
		late, further := "Max: Demande d’accès\u00a0: en retard", []string{"Denis: Demande d’accès\u00a0: sans décision", "Dora: Demande d’accès\u00a0: sans décision"}
		for _, step := range []struct {
			days int
			want []string
		}{{4, nil}, {2, []string{late}}, {5, nil}, {1, append(slices.Clone(further), late)}, {7, append(slices.Clone(further), late)}, {60, nil}} {
			d.now = d.now.AddDate(0, 0, step.days)
			d.tend()
			if got := d.told(); !slices.Equal(got, step.want) {
				t.Errorf("after %d days more: %q, want %q", step.days, got, step.want)
			}
		}
		now, _ := d.reg.Request(t.Context(), r.ID)
		d.must(d.s.Reassign(t.Context(), d.as("Dora"), r.ID, now.Version, "Denis@X", "Max est absent."))(registry.RequestFiled, "responsable")
		_, err := d.decide("Max", r.ID, procedure.Approve, "", nil)
		if err == nil {
			t.Error("the one who was replaced decides")
		}
	})
}

// TestSentBackIsDropped: who does not complete is warned once, then the file ends without effect.
func TestSentBackIsDropped(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		r := d.file("Alice", "acces", d.wish())
		d.must(d.decide("Max", r.ID, procedure.Return, "Pour quoi faire\u202f?", nil))(registry.RequestToComplete, "responsable")
		d.told()
		d.now = d.now.AddDate(0, 0, 19)
		d.tend()
		if got := d.told(); len(got) != 0 {
			t.Errorf("too soon: %v", got)
		}
		d.now = d.now.AddDate(0, 0, 2)
		d.tend()
		if got := d.told(); !slices.Equal(got, []string{"Alice: Demande d’accès\u00a0: toujours à compléter"}) {
			t.Errorf("told %v", got)
		}
		d.now = d.now.AddDate(0, 0, 10)
		d.tend()
		if got := d.told(); !slices.Equal(got, []string{"Alice: Demande d’accès\u00a0: sans suite"}) {
			t.Errorf("told %v", got)
		}
		kept, err := d.reg.Request(t.Context(), r.ID)
		if err != nil || kept.State != registry.RequestDropped || kept.Step != "" || kept.Ended.IsZero() {
			t.Errorf("%+v, %v", kept, err)
		}
		if delays, err := d.s.Delays(t.Context()); err != nil || delays[0].Whole.Count != 0 || delays[0].Open != 0 {
			t.Errorf("what was dropped counts as decided: %+v, %v", delays[0], err)
		}
	})
}

// TestSilenceAccepts: what is delivered and that nobody verifies is closed, after the reminder.
func TestSilenceAccepts(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		r := d.file("Alice", "rapport", map[string][]string{"objet": {"Mobilité"}, "nature": {"rapport"}, "finalite": {"Conventions"}, "indicateurs": {"Pays"}, "frequence": {"mois"}, "population": {"Inscrits"}, "public": {"Direction"}})
		d.must(d.decide("Dora", r.ID, procedure.Approve, "", nil, map[string][]string{"priorite": {"haute"}}))(registry.RequestGranted, "livraison")
		d.must(d.decide("Dora", r.ID, procedure.Approve, "", nil, map[string][]string{"lien": {"/moyens/synthese"}}))(registry.RequestDone, "recette")
		d.now = d.now.AddDate(0, 0, 16)
		d.tend()
		if kept, _ := d.reg.Request(t.Context(), r.ID); kept.State != registry.RequestDone {
			t.Fatalf("closed before the reminder was read: %+v", kept)
		}
		d.now = d.now.AddDate(0, 0, 8)
		d.tend()
		v, err := d.s.View(t.Context(), d.as("Alice"), r.ID)
		if err != nil || v.State != registry.RequestClosed || v.Step != "" || d.s.Verify(v) != nil {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// TestApplicantHasGone: nothing is given to a closed account, and its files end.
func TestApplicantHasGone(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		r := d.file("Alice", "acces", d.wish())
		d.must(d.decide("Max", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
		d.close("Alice")
		_, err := d.decide("Dora", r.ID, procedure.Approve, "", nil)
		d.kind(belvedere.Conflict, "a grant for a closed account", err)
		d.now = d.now.AddDate(0, 0, 31)
		d.tend()
		if kept, _ := d.reg.Request(t.Context(), r.ID); kept.State != registry.RequestDropped {
			t.Errorf("%+v", kept)
		}
	})
}

// TestDecideMany: each file is judged by itself, and names of people are decided alone.
func TestDecideMany(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		var list []procedure.Decision
		for range 3 {
			r := d.file("Alice", "acces", d.wish())
			list = append(list, procedure.Decision{ID: r.ID, Version: r.Version, Act: procedure.Approve, Reason: "D’accord."})
		}
		names := d.file("Alice", "acces", d.wish("niveau", "identites"))
		list = append(list, procedure.Decision{ID: names.ID, Version: names.Version, Act: procedure.Approve}, procedure.Decision{ID: 9999, Version: 1, Act: procedure.Approve})
		list[1].Version = 9
		out, err := d.s.DecideMany(ctx, d.as("Max"), list)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []belvedere.Kind{0, belvedere.Conflict, 0, belvedere.Forbidden, belvedere.NotFound} {
			if got := out[i].Err; (got != nil) != (want != 0 || i == 1) || got != nil && belvedere.KindOf(got) != want {
				t.Errorf("file %d: %v, want %v", i, got, want)
			}
		}
		if got, err := d.s.DecideMany(ctx, d.as("Alice"), list[:1]); err != nil || got[0].Err == nil {
			t.Errorf("one’s own, together: %+v, %v", got, err)
		}
		for _, n := range []int{0, procedure.MostAtOnce + 1} {
			_, err := d.s.DecideMany(ctx, d.as("Max"), make([]procedure.Decision, n))
			d.kind(belvedere.Invalid, "too few, too many", err)
		}
	})
}

// TestQueue: forty files are sorted and chosen.
func TestQueue(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		for _, name := range []string{"Paul", "Alice", "Denis"} {
			d.now = d.now.AddDate(0, 0, 1)
			d.file(name, "acces", d.wish("besoin", "Suivre, par "+name))
		}
		people := func(q procedure.Query) string {
			q.Turn = true
			list, err := d.s.List(t.Context(), d.as("Max"), q)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, v := range list {
				out = append(out, strings.TrimSuffix(v.Name, " X"))
			}
			return strings.Join(out, " ")
		}
		d.now = start.AddDate(0, 0, 7).Add(time.Hour) // the first two are late
		for _, c := range []struct {
			q    procedure.Query
			want string
		}{{procedure.Query{}, "Paul Alice Denis"}, {procedure.Query{Order: procedure.ByPerson}, "Alice Denis Paul"}, {procedure.Query{Order: "-" + procedure.ByFiled}, "Denis Alice Paul"},
			{procedure.Query{Late: true}, "Paul Alice"}, {procedure.Query{Text: "denis"}, "Denis"}, {procedure.Query{Step: "donnees"}, ""}, {procedure.Query{Procedure: "rapport"}, ""},
			{procedure.Query{Order: "zut"}, "Denis Alice Paul"}} {
			if got := people(c.q); got != c.want {
				t.Errorf("%+v: %q, want %q", c.q, got, c.want)
			}
		}
		list, err := d.s.List(t.Context(), d.as("Max"), procedure.Query{Turn: true})
		if err != nil || !strings.Contains(strings.Join(list[0].Summary(), ", "), "Personnes\u00a0: une ligne") && !strings.Contains(strings.Join(list[0].Summary(), ", "), "Personnes : une ligne") {
			t.Errorf("summary %q, %v", list[0].Summary(), err)
		}
	})
}

// TestFlood: an account keeps other people from working no longer than twenty files.
func TestFlood(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		for range 20 {
			d.file("Alice", "acces", d.wish())
		}
		_, err := d.s.Submit(ctx, d.as("Alice"), procedure.Submission{Procedure: "acces", Values: d.wish(), File: true})
		d.kind(belvedere.Conflict, "a twenty-first", err)
		list, _, err := d.reg.ListRequests(ctx, registry.RequestFilter{Account: d.who["Alice"].ID}, registry.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 { // withdrawing makes room, but not without end
			if _, err := d.s.Withdraw(ctx, d.as("Alice"), list[i].ID, ""); err != nil {
				t.Fatal(err)
			}
			d.file("Alice", "acces", d.wish())
		}
		if _, err := d.s.Withdraw(ctx, d.as("Alice"), list[15].ID, ""); err != nil {
			t.Fatal(err)
		}
		_, err = d.s.Submit(ctx, d.as("Alice"), procedure.Submission{Procedure: "acces", Values: d.wish(), File: true})
		d.kind(belvedere.Conflict, "the thirty-first of a day", err)
		d.file("Paul", "acces", d.wish()) // others are not kept from it
		d.now = d.now.AddDate(0, 0, 1)
		d.file("Alice", "acces", d.wish())
	})
}
