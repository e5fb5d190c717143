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

const surveyText = `procedure: recensement
label: Recensement
doc: "Recense les salles."
filed_by: compte
title: objet
legal: ["Mission d’intérêt public"]
retention: {months: 12}
campaign: {opens: 11-15, closes: 02-29}
fields:
  - {name: objet, type: texte, label: Objet, required: true}
steps:
  - {name: depot, kind: saisie, label: Dépôt}
  - {name: avis, kind: visa, label: Avis, actor: {role: administrateur}, days: 10}
`

// TestLivingProcedure is declared while the program runs, found by another process at once, changed
// without touching what is under way, and withdrawn.
func TestLivingProcedure(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		other, err := procedure.New(procedure.Config{Registry: d.reg, Choices: choices, Now: func() time.Time { return d.now }})
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.s.Declare(ctx, d.as("Alice"), "recensement.yaml", surveyText)
		d.kind(belvedere.Forbidden, "a reader declares", err)
		for name, text := range map[string]string{"a": strings.Replace(surveyText, "kind: visa", "kind: visas", 1), "b": strings.Replace(surveyText, "procedure: recensement", "procedure: acces", 1), "c": "zut", "d": strings.Replace(surveyText, "02-29", "2027-02-28", 1)} {
			if _, err := d.s.Declare(ctx, d.as("Root"), name+".yaml", text); err == nil || !strings.Contains(err.Error(), name+".yaml:") {
				t.Errorf("%s: %v", name, err)
			}
		}
		d.now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
		if _, err := d.s.Declare(ctx, d.as("Root"), "recensement.yaml", surveyText); err != nil {
			t.Fatal(err)
		}
		if p, err := other.Procedure(ctx, "recensement"); err != nil || p.Label != "Recensement" {
			t.Errorf("another process: %+v, %v", p, err)
		}
		r := d.file("Alice", "recensement", map[string][]string{"objet": {"Salles"}})
		if r.Step != "avis" || r.Revision != 1 {
			t.Errorf("%+v", r)
		}
		if _, err := d.s.Declare(ctx, d.as("Root"), "recensement.yaml", strings.Replace(surveyText, "label: Avis", "label: Contrôle", 1)); err != nil {
			t.Fatal(err)
		}
		v, err := d.s.View(ctx, d.as("Alice"), r.ID)
		if err != nil || v.Procedure.StepLabel("avis") != "Avis" {
			t.Errorf("a file under way follows a later revision: %v", err)
		}
		if p, err := d.s.Procedure(ctx, "recensement"); err != nil || p.StepLabel("avis") != "Contrôle" {
			t.Errorf("the new revision is not in use: %v", err)
		}
		_, err = d.s.Procedure(ctx, "zut")
		d.kind(belvedere.NotFound, "no such procedure", err)
		if err := d.s.WithdrawProcedure(ctx, d.as("Root"), "recensement"); err != nil {
			t.Fatal(err)
		}
		d.kind(belvedere.NotFound, "withdrawn twice", d.s.WithdrawProcedure(ctx, d.as("Root"), "recensement"))
		d.kind(belvedere.NotFound, "of the folders", d.s.WithdrawProcedure(ctx, d.as("Root"), "acces"))
		_, err = d.s.Submit(ctx, d.as("Alice"), procedure.Submission{Procedure: "recensement", Values: map[string][]string{"objet": {"x"}}, File: true})
		d.kind(belvedere.NotFound, "filed after it was withdrawn", err)
		d.must(d.decide("Root", r.ID, procedure.Approve, "", nil))(registry.RequestClosed, "")
	})
}

// TestCampaign: a procedure with a campaign is filed within it, whatever the year; drafts wait.
func TestCampaign(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		p, err := procedure.Parse(surveyText)
		if err != nil {
			t.Fatal(err)
		}
		once, err := procedure.Parse(strings.Replace(surveyText, "opens: 11-15, closes: 02-29", "opens: 2026-11-15, closes: 2026-12-15", 1))
		if err != nil {
			t.Fatal(err)
		}
		for day, want := range map[string][2]bool{"2026-11-14": {false, false}, "2026-11-15": {true, true}, "2026-12-15": {true, true}, "2026-12-16": {true, false}, "2027-02-28": {true, false}, "2027-03-01": {false, false}, "2028-02-29": {true, false}} {
			at, _ := belvedere.ParseDate(day)
			got, says := p.Open(at)
			one, _ := once.Open(at)
			if [2]bool{got, one} != want || says == "" {
				t.Errorf("%s: %t %t %q, want %v", day, got, one, says, want)
			}
		}
		if _, err := d.s.Declare(t.Context(), d.as("Root"), "x.yaml", surveyText); err != nil {
			t.Fatal(err)
		}
		draft, err := d.s.Submit(t.Context(), d.as("Alice"), procedure.Submission{Procedure: "recensement", Values: map[string][]string{"objet": {"x"}}})
		d.must(draft, err)(registry.RequestDraft, "")
		in := procedure.Submission{ID: draft.ID, Version: draft.Version, Values: map[string][]string{"objet": {"x"}}, File: true}
		_, err = d.s.Submit(t.Context(), d.as("Alice"), in) // on 2 November
		if d.kind(belvedere.Conflict, "before it opens", err); err != nil && !strings.Contains(err.Error(), "15 novembre 2026") {
			t.Error(err)
		}
		d.now = time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)
		r, err := d.s.Submit(t.Context(), d.as("Alice"), in)
		d.must(r, err)(registry.RequestFiled, "avis")
		d.now = time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC)
		d.must(d.decide("Root", r.ID, procedure.Return, "Quelles salles\u202f?", nil))(registry.RequestToComplete, "avis")
		kept, _ := d.reg.Request(t.Context(), r.ID)
		if _, err := d.s.Submit(t.Context(), d.as("Alice"), procedure.Submission{ID: r.ID, Version: kept.Version, Values: in.Values, File: true}); err != nil {
			t.Errorf("completed after it closed: %v", err)
		}
		list, err := d.s.Procedures(t.Context())
		if err != nil || !slices.ContainsFunc(list, func(p *procedure.Procedure) bool { return p.Code == "recensement" }) {
			t.Errorf("%v", err)
		}
	})
}
