package procedure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
)

// TestAccessLife follows a request of access from its draft to the end of the grant.
func TestAccessLife(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		draft, err := d.s.Submit(ctx, d.as("Alice"), procedure.Submission{Procedure: "acces", Values: map[string][]string{"besoin": {"Suivre"}, "fin": {"zut"}}})
		d.must(draft, err)(registry.RequestDraft, "")
		if got := d.told(); len(got) != 0 {
			t.Errorf("a draft told %v", got)
		}
		if _, err := d.s.View(ctx, d.as("Dora"), draft.ID); belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("a draft is seen by another: %v", err)
		}
		_, err = d.s.Submit(ctx, d.as("Alice"), procedure.Submission{ID: draft.ID, Version: draft.Version, Values: d.wish("finalite", "", "niveau", ""), File: true})
		var said string
		if err != nil {
			said = err.Error()
		}
		if d.kind(belvedere.Invalid, "incomplete", err); !strings.Contains(said, "Finalité") || !strings.Contains(said, "Niveau de détail") {
			t.Errorf("says %q", said)
		}
		r, err := d.s.Submit(ctx, d.as("Alice"), procedure.Submission{ID: draft.ID, Version: draft.Version, Values: d.wish(), File: true})
		d.must(r, err)(registry.RequestFiled, "responsable")
		if got := d.told(); !slices.Equal(got, []string{"Max: Demande d’accès\u00a0: à vous de décider"}) {
			t.Errorf("told %v", got)
		}
		for _, name := range []string{"Alice", "Dora", "Paul", "Root"} {
			_, err := d.decide(name, r.ID, procedure.Approve, "", nil)
			d.kind(belvedere.Forbidden, name+" in the place of the manager", err)
		}
		d.now = d.now.Add(36 * time.Hour)
		d.must(d.decide("Max", r.ID, procedure.Approve, "Il en a besoin.", nil))(registry.RequestExamined, "donnees")
		if got := d.told(); !slices.Equal(got, []string{"Alice: Demande d’accès\u00a0: en examen", "Denis: Demande d’accès\u00a0: à vous de décider", "Dora: Demande d’accès\u00a0: à vous de décider"}) {
			t.Errorf("told %v", got)
		}
		_, err = d.decide("Dora", r.ID, procedure.Return, " ", nil)
		d.kind(belvedere.Invalid, "sent back without a reason", err)
		d.must(d.decide("Dora", r.ID, procedure.Return, "Pour quelle assemblée\u202f?", nil))(registry.RequestToComplete, "donnees")
		d.told()
		d.now = d.now.AddDate(0, 0, 4)
		now, _ := d.reg.Request(ctx, r.ID)
		_, err = d.s.Submit(ctx, d.as("Alice"), procedure.Submission{ID: r.ID, Version: now.Version, Values: d.wish("capacite", "donnees", "niveau", "")})
		d.kind(belvedere.Invalid, "what was approved changes as a draft", err)
		r, err = d.s.Submit(ctx, d.as("Alice"), procedure.Submission{ID: r.ID, Version: now.Version, Values: d.wish(), File: true, Reason: "L’assemblée de juin."})
		d.must(r, err)(registry.RequestExamined, "donnees")
		d.now = d.now.Add(12 * time.Hour)
		own := map[string][]string{"capacite": {"extracteur"}, "niveau": {"agregats"}, "rubriques": {"social.assiduite"}, "etablissements": {string(briand)}, "fin": {"2027-03-31"}}
		r = d.must(d.decide("Dora", r.ID, procedure.Approve, "Des agrégats suffisent.", own))(registry.RequestGrantedPart, "duree")
		if got := d.told(); !slices.Contains(got, "Alice: Demande d’accès\u00a0: accordée en partie") {
			t.Errorf("told %v", got)
		}
		grants, _, err := d.reg.ListGrants(ctx, registry.GrantFilter{Request: r.ID}, registry.Page{})
		if err != nil || len(grants) != 1 {
			t.Fatalf("grants %v, %v", grants, err)
		}
		g := grants[0]
		if g.Account != d.who["Alice"].ID || g.Capability != belvedere.Extractor || g.Level != belvedere.Totals || !slices.Equal(g.Widgets, []string{"social.assiduite"}) ||
			!slices.Equal(g.Schools, []belvedere.UAI{briand}) || g.AllSchools || g.AllWidgets || g.Purpose != "Bilan annuel pour l’assemblée" || g.Approver != "Max X, Dora X" ||
			!g.Until.Equal(time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("grant %+v", g)
		}
		v, err := d.s.View(ctx, d.as("Alice"), r.ID)
		if err != nil || d.s.Verify(v) != nil || v.Asked.One("niveau") != "personnes" || v.Own.One("niveau") != "agregats" {
			t.Errorf("view %+v, %v", v, err)
		}
		if v.Authority != 48*time.Hour || v.Applicant != 96*time.Hour {
			t.Errorf("clocks: %v with the authority, %v with the applicant", v.Authority, v.Applicant)
		}
		if f := v.Procedure.Field("etablissements"); strings.Join(v.Say(f, v.Own["etablissements"]), "") != "Aristide-Briand ("+string(briand)+")" {
			t.Errorf("says %v", v.Say(f, v.Own["etablissements"]))
		}
		d.now = time.Date(2027, 3, 20, 8, 0, 0, 0, time.UTC)
		for range 2 {
			if err := d.s.Tend(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.told(); !slices.Equal(got, []string{"Alice: Votre habilitation finit bientôt"}) {
			t.Errorf("told %v", got)
		}
		d.now = time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)
		for range 2 {
			if err := d.s.Tend(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.told(); !slices.Equal(got, []string{"Alice: Demande d’accès\u00a0: échue"}) {
			t.Errorf("told %v", got)
		}
		d.now = d.now.AddDate(0, 24, 0)
		if err := d.s.Tend(ctx); err != nil {
			t.Fatal(err)
		}
		if r, err = d.reg.Request(ctx, r.ID); err != nil || r.Asked+r.Own+r.Name != "" || r.State != registry.RequestLapsed {
			t.Errorf("kept too long: %+v, %v", r, err)
		}
		if v, err = d.s.View(ctx, d.as("Dora"), r.ID); err != nil || d.s.Verify(v) != nil {
			t.Errorf("the history of a purged file: %v, %v", v, err)
		}
		delays, err := d.s.Delays(ctx)
		if err != nil || delays[0].Whole.Count != 1 || delays[0].Whole.Median != 48*time.Hour || delays[0].Applicant.Ninth != 96*time.Hour {
			t.Errorf("delays %+v, %v", delays, err)
		}
	})
}

// TestIdentitiesNeedTheDPO, who cannot be passed by, unless the officer takes the names out.
func TestIdentitiesNeedTheDPO(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		r := d.file("Alice", "acces", d.wish("niveau", "identites"))
		d.must(d.decide("Max", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
		d.must(d.decide("Dora", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "dpo")
		for _, name := range []string{"Root", "Denis", "Max"} {
			_, err := d.decide(name, r.ID, procedure.Approve, "", nil)
			d.kind(belvedere.Forbidden, name, err)
		}
		d.must(d.decide("Paul", r.ID, procedure.Approve, "", nil))(registry.RequestGranted, "duree")
		less := d.file("Alice", "acces", d.wish("niveau", "identites"))
		d.must(d.decide("Max", less.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
		d.must(d.decide("Dora", less.ID, procedure.Approve, "", map[string][]string{"niveau": {"personnes"}}))(registry.RequestGrantedPart, "duree")
	})
}

// TestNobodyGrantsMoreThanAsked, by any field.
func TestNobodyGrantsMoreThanAsked(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		r := d.file("Alice", "acces", d.wish("rubriques", "travaux", "etablissements", string(briand)))
		d.must(d.decide("Max", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
		for field, values := range map[string][]string{"niveau": {"identites"}, "rubriques": {"*"}, "etablissements": {string(briand), string(bel)}, "fin": {"2028-01-01"}, "capacite": {"donnees"}} {
			_, err := d.decide("Dora", r.ID, procedure.Approve, "", map[string][]string{field: values})
			d.kind(belvedere.Invalid, field, err)
		}
		_, err := d.decide("Dora", r.ID, procedure.Approve, "", map[string][]string{"etablissements": {}})
		d.kind(belvedere.Invalid, "no school is not fewer: it would be all those of the account", err)
		if _, n, _ := d.reg.ListGrants(t.Context(), registry.GrantFilter{Request: r.ID}, registry.Page{}); n != 0 {
			t.Errorf("%d grants", n)
		}
	})
}

// TestManagers: the one declared for an account is the one who decides; a stand-in acts by name.
func TestManagers(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		if err := d.s.NameManager(ctx, d.as("Root"), "Alice@X", "Paul@X"); err != nil {
			t.Fatal(err)
		}
		d.kind(belvedere.Forbidden, "a reader declares managers", d.s.NameManager(ctx, d.as("Alice"), "Alice@X", "Max@X"))
		r := d.file("Alice", "acces", d.wish()) // which names Max
		_, err := d.decide("Max", r.ID, procedure.Approve, "", nil)
		if belvedere.KindOf(err) != belvedere.NotFound && belvedere.KindOf(err) != belvedere.Forbidden {
			t.Errorf("another than the declared manager: %v", err)
		}
		if err := d.s.StandIn(ctx, d.as("Paul"), "Max@X", belvedere.Date(2026, 11, 2), belvedere.Date(2026, 11, 10)); err != nil {
			t.Fatal(err)
		}
		d.must(d.decide("Max", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
		events, err := d.reg.RequestEvents(ctx, r.ID)
		if err != nil || events[len(events)-1].Deputy != "Paul X" || events[len(events)-1].Name != "Max X" {
			t.Errorf("events %+v, %v", events, err)
		}
		other := d.file("Alice", "acces", d.wish())
		d.now = time.Date(2026, 11, 11, 8, 0, 0, 0, time.UTC)
		if _, err := d.decide("Max", other.ID, procedure.Approve, "", nil); err == nil {
			t.Error("a stand-in acts after the last day")
		}
		if err := d.s.StandIn(ctx, d.as("Paul"), "Alice@X", belvedere.Date(2026, 11, 11), belvedere.Date(2026, 11, 20)); err != nil {
			t.Fatal(err)
		}
		_, err = d.decide("Alice", other.ID, procedure.Approve, "", nil)
		d.kind(belvedere.Forbidden, "who asks stands in for who decides", err)
		_, err = d.s.Submit(ctx, d.as("Max"), procedure.Submission{Procedure: "acces", Values: d.wish(), File: true})
		d.kind(belvedere.Invalid, "one’s own manager", err)
	})
}

// TestLateStepIsTold once, and the reminder does not begin the step again.
func TestLateStepIsTold(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		r := d.file("Alice", "acces", d.wish())
		d.told()
		d.now = d.now.AddDate(0, 0, 6)
		for range 2 {
			if err := d.s.Tend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.told(); !slices.Equal(got, []string{"Max: Demande d’accès\u00a0: en retard"}) {
			t.Errorf("told %v", got)
		}
		d.now = d.now.AddDate(0, 0, 2)
		d.must(d.decide("Max", r.ID, procedure.Refuse, "Pas cette année.", nil))(registry.RequestRefused, "")
		delays, err := d.s.Delays(t.Context())
		if err != nil || delays[0].Whole.Median != 8*24*time.Hour || len(delays[0].Steps) != 1 || delays[0].Steps[0].Median != 8*24*time.Hour {
			t.Errorf("delays %+v, %v", delays, err)
		}
		_, err = d.s.Withdraw(t.Context(), d.as("Alice"), r.ID, "")
		d.kind(belvedere.Conflict, "withdrawn after the refusal", err)
	})
}

// TestRevisionStays: a file goes on under the declaration under which it was filed.
func TestRevisionStays(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		r := d.file("Alice", "acces", d.wish())
		p, err := d.s.Procedure(t.Context(), "acces")
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(p.Text, "label: Responsable, doc", "label: Chef de service, doc", 1)
		if text == p.Text {
			t.Fatal("the declaration has changed: mend this test")
		}
		n, err := d.reg.KeepProcedure(t.Context(), "acces", text, d.now)
		if err != nil || n != r.Revision+1 {
			t.Fatalf("revision %d, %v", n, err)
		}
		v, err := d.s.View(t.Context(), d.as("Max"), r.ID)
		if err != nil || v.Procedure.StepLabel("responsable") != "Responsable" || v.Revision != r.Revision {
			t.Errorf("revision %d, %v", v.Revision, err)
		}
	})
}

// TestReviews: what nobody confirms ends, nobody confirms his or her own, and officers take over from
// those who have left.
func TestReviews(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		r := d.file("Alice", "acces", d.wish())
		d.must(d.decide("Max", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
		d.must(d.decide("Dora", r.ID, procedure.Approve, "", nil))(registry.RequestGranted, "duree")
		direct := d.give("Max", belvedere.Author, start.AddDate(1, 0, 0))
		d.told()
		_, err := d.s.OpenReview(ctx, d.as("Alice"), "Rentrée", belvedere.Date(2026, 11, 20))
		d.kind(belvedere.Forbidden, "a reader opens a review", err)
		_, err = d.s.OpenReview(ctx, d.as("Dora"), "Rentrée", belvedere.Date(2026, 10, 1))
		d.kind(belvedere.Invalid, "a review that is over", err)
		review, err := d.s.OpenReview(ctx, d.as("Dora"), "Rentrée", belvedere.Date(2026, 11, 20))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.told(); !slices.Equal(got, []string{"Dora: Des habilitations à confirmer", "Max: Des habilitations à confirmer", "Root: Des habilitations à confirmer"}) {
			t.Errorf("told %v", got)
		}
		list, err := d.s.Reviews(ctx, d.as("Max"))
		if err != nil || len(list) != 1 || len(list[0].Lines) != 1 || !list[0].Lines[0].Mine || list[0].Open != 4 {
			t.Fatalf("Max sees %+v, %v", list, err)
		}
		mine := list[0].Lines[0].Grant.ID
		d.kind(belvedere.Forbidden, "the holder confirms", d.s.AnswerReview(ctx, d.as("Alice"), review.ID, mine, true, ""))
		d.kind(belvedere.Forbidden, "Max confirms his own", d.s.AnswerReview(ctx, d.as("Max"), review.ID, direct.ID, true, ""))
		if err := d.s.AnswerReview(ctx, d.as("Max"), review.ID, mine, true, ""); err != nil {
			t.Fatal(err)
		}
		d.now = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
		if err := d.s.Tend(ctx); err != nil {
			t.Fatal(err)
		}
		for id, ended := range map[int64]bool{mine: false, direct.ID: true} {
			if g, err := d.reg.Grant(ctx, id); err != nil || g.Revoked.IsZero() == ended {
				t.Errorf("grant %d: %+v, %v", id, g, err)
			}
		}
		if got := d.told(); !slices.Contains(got, "Max: Votre habilitation a pris fin") {
			t.Errorf("told %v", got)
		}
	})
}

// TestReportLife asks for a report with a figure that the answer must find.
func TestReportLife(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		ask := map[string][]string{"objet": {"Mobilité par destination"}, "nature": {"rapport"}, "finalite": {"Anticiper les conventions"}, "indicateurs": {"Pays, niveau, durée"},
			"frequence": {"mois"}, "population": {"Étudiants inscrits"}, "public": {"Direction"}, "exemple_valeur": {"1 234"}, "exemple_ou": {"annee=2025"}}
		without := map[string][]string{}
		for k, v := range ask {
			without[k] = v
		}
		delete(without, "exemple_ou")
		_, err := d.s.Submit(ctx, d.as("Alice"), procedure.Submission{Procedure: "rapport", Values: without, File: true})
		d.kind(belvedere.Invalid, "an example without its period", err)
		r := d.file("Alice", "rapport", ask)
		v, err := d.s.View(ctx, d.as("Max"), r.ID)
		if err != nil || !v.MayVote || !v.Trial.Asked || v.Trial.Waits == "" {
			t.Fatalf("everyone sees it: %+v, %v", v, err)
		}
		for range 2 {
			if err := d.s.Vote(ctx, d.as("Max"), r.ID, true); err != nil {
				t.Fatal(err)
			}
		}
		_, err = d.decide("Dora", r.ID, procedure.Approve, "", nil)
		d.kind(belvedere.Invalid, "without a priority", err)
		d.must(d.decide("Dora", r.ID, procedure.Approve, "", nil, map[string][]string{"priorite": {"haute"}}))(registry.RequestGranted, "livraison")
		d.must(d.decide("Dora", r.ID, procedure.Approve, "", nil, map[string][]string{"indicateur_livre": {"mobilite"}, "lien": {"/moyens/synthese"}}))(registry.RequestDone, "recette")
		if v, err = d.s.View(ctx, d.as("Alice"), r.ID); err != nil || v.Trial.Found || !strings.Contains(v.Trial.Text, "en attente à la place de 1\u202f234") {
			t.Errorf("trial %+v, %v", v.Trial, err)
		}
		_, err = d.decide("Max", r.ID, procedure.Approve, "", nil)
		d.kind(belvedere.Forbidden, "another accepts the answer", err)
		d.must(d.decide("Alice", r.ID, procedure.Refuse, "Le chiffre manque.", nil))(registry.RequestExamined, "livraison")
		d.must(d.decide("Denis", r.ID, procedure.Approve, "", nil, map[string][]string{"indicateur_livre": {"eleves"}, "lien": {"/moyens/synthese"}}))(registry.RequestDone, "recette")
		if v, err = d.s.View(ctx, d.as("Alice"), r.ID); err != nil || !v.Trial.Found || v.Votes != 1 || v.Own.One("priorite") != "haute" {
			t.Errorf("trial %+v, votes %d, %v", v.Trial, v.Votes, err)
		}
		d.must(d.decide("Alice", r.ID, procedure.Approve, "", nil))(registry.RequestClosed, "")
		d.kind(belvedere.Conflict, "votes for what is closed", d.s.Vote(ctx, d.as("Denis"), r.ID, true))
	})
}

// TestLists: each sees what concerns him or her.
func TestLists(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		access := d.file("Alice", "acces", d.wish())
		count := func(name string, q procedure.Query) (ids []int64) {
			t.Helper()
			list, err := d.s.List(t.Context(), d.as(name), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids
		}
		for who, want := range map[string][3]int{"Alice": {1, 1, 0}, "Max": {1, 0, 1}, "Dora": {1, 0, 0}, "Denis": {1, 0, 0}} {
			got := [3]int{len(count(who, procedure.Query{})), len(count(who, procedure.Query{Mine: true})), len(count(who, procedure.Query{Turn: true}))}
			if got != want {
				t.Errorf("%s: sees, filed, to do %v, want %v", who, got, want)
			}
		}
		d.who["Eve"], _ = d.reg.CreateAccount(t.Context(), registry.Account{Login: "Eve@X", FirstName: "Eve", LastName: "X", Email: "eve@exemple.fr", State: registry.Active, Place: registry.InTerritory, Created: start})
		if got := count("Eve", procedure.Query{}); len(got) != 0 {
			t.Errorf("a stranger sees %v", got)
		}
		if _, err := d.s.View(t.Context(), d.as("Eve"), access.ID); belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		_, err := d.decide("Eve", access.ID, procedure.Approve, "", nil)
		d.kind(belvedere.NotFound, "a stranger decides", err)
		if got := fmt.Sprint(count("Alice", procedure.Query{Text: "ABSENCES"}), count("Alice", procedure.Query{Text: "zut"})); got != fmt.Sprintf("[%d] []", access.ID) {
			t.Errorf("search %s", got)
		}
	})
}
