package procedure_test

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
)

// silence sends no letter, by many at once.
type silence struct{}

func (silence) Request(context.Context, registry.Account, procedure.News) error { return nil }

// together does all at the same moment and says which succeeded.
func together(all ...func() error) (done []int) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	gate := make(chan struct{})
	for i, one := range all {
		wait.Go(func() {
			<-gate
			if one() == nil {
				mu.Lock()
				defer mu.Unlock()
				done = append(done, i)
			}
		})
	}
	close(gate)
	wait.Wait()
	return done
}

// Two who decide at once, and one who decides while the file is withdrawn or changed: one of them succeeds, the other
// is told, and never do two grants come of a file, nor one of a file that its author has taken back.
func TestAttackOfDecisionsAtOnce(t *testing.T) {
	on(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		s, err := procedure.New(procedure.Config{Registry: d.reg, Sources: []fs.FS{catalog.FS}, Choices: choices, Mail: silence{}, Figures: figures, Now: d.s.Now})
		if err != nil {
			t.Fatal(err)
		}
		people := map[string]belvedere.Viewer{}
		for _, name := range players {
			people[name] = d.as(name)
		}
		decide := func(name string, r registry.Request, act string) func() error {
			return func() error {
				_, err := s.Decide(ctx, people[name], procedure.Decision{ID: r.ID, Version: r.Version, Act: act, Reason: "Essai"})
				return err
			}
		}
		for round := range 12 {
			r := d.file("Alice", "acces", d.wish())
			r = d.must(d.decide("Max", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
			against := []func() error{
				decide("Denis", r, procedure.Approve),
				func() error { _, err := s.Withdraw(ctx, people["Alice"], r.ID, "Plus besoin"); return err },
				decide("Denis", r, procedure.Refuse),
				decide("Dora", r, procedure.Approve), // the same person twice
			}[round%4]
			if done := together(decide("Dora", r, procedure.Approve), against); len(done) > 1 && round%4 != 1 {
				t.Errorf("round %d: %d decisions are taken", round, len(done))
			}
			grants, _, err := d.reg.ListGrants(ctx, registry.GrantFilter{Request: r.ID}, registry.Page{})
			if err != nil {
				t.Fatal(err)
			}
			now, err := d.reg.Request(ctx, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			given := now.State == registry.RequestGranted || now.State == registry.RequestGrantedPart
			if len(grants) > 1 || given != (len(grants) == 1) {
				t.Errorf("round %d: %s with %d grants", round, now.State, len(grants))
			}
			events, err := d.reg.RequestEvents(ctx, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			approvals := map[int64]int{}
			for _, e := range events {
				if e.Act == procedure.ActApprove {
					approvals[e.Account]++
				}
			}
			for who, n := range approvals {
				if n > 1 {
					t.Errorf("round %d: %d approved %d times", round, who, n)
				}
			}
		}
	})
}

// Nobody climbs alone: not by a request for oneself, by standing in for who decides, by deciding in two roles, nor by
// confirming one's own grant in a review.
func TestAttackOfOnesOwnRequest(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		for _, name := range []string{"Dora", "Paul", "Root"} { // data officer, data protection officer, administrator
			r := d.file(name, "acces", d.wish("niveau", "identites"))
			for range 2 {
				_, err := d.decide(name, r.ID, procedure.Approve, "", nil)
				d.kind(belvedere.Forbidden, name+" decides the own request as manager", err)
			}
			d.must(d.decide("Max", r.ID, procedure.Approve, "", nil))(registry.RequestExamined, "donnees")
			_, err := d.decide(name, r.ID, procedure.Approve, "", nil)
			d.kind(belvedere.Forbidden, name+" decides the own request as officer", err)
			if err := d.s.StandIn(ctx, d.as("Denis"), name+"@X", d.now, d.now.AddDate(0, 0, 20)); err != nil {
				t.Fatal(err)
			}
			_, err = d.decide(name, r.ID, procedure.Approve, "", nil)
			d.kind(belvedere.Forbidden, name+" decides the own request in the place of another", err)
			d.decide("Denis", r.ID, procedure.Approve, "", nil)
			_, err = d.decide(name, r.ID, procedure.Approve, "", nil)
			d.kind(belvedere.Forbidden, name+" decides the own request at its last step", err)
			_, err = d.decide("Denis", r.ID, procedure.Approve, "", nil)
			d.kind(belvedere.Forbidden, "one person approves twice", err)
			grants, _, err := d.reg.ListGrants(ctx, registry.GrantFilter{Request: r.ID}, registry.Page{})
			if err != nil || len(grants) > 0 {
				t.Errorf("%s has %v, %v", name, fmt.Sprint(grants), err)
			}
		}
		g := d.give("Dora", belvedere.Extractor, d.now.AddDate(1, 0, 0))
		review, err := d.s.OpenReview(ctx, d.as("Dora"), "Rentrée", d.now.AddDate(0, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		d.kind(belvedere.Forbidden, "one’s own grant is confirmed", d.s.AnswerReview(ctx, d.as("Dora"), review.ID, g.ID, true, ""))
	})
}

// Whoever asks names people of the territory and of the own schools: an account of another school is answered as one
// that does not exist, by its number as by its identifiant, so that nobody lists who works elsewhere.
func TestAttackOfPeopleOfOtherSchools(t *testing.T) {
	onSQLite(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		add := func(name string, school belvedere.UAI) registry.Account {
			a, err := d.reg.CreateAccount(ctx, registry.Account{Login: name + "@Y", FirstName: name, LastName: "Y", State: registry.Active, Place: registry.InSchool, Schools: []belvedere.UAI{school}, Created: start})
			if err != nil {
				t.Fatal(err)
			}
			d.who[name] = a
			return a
		}
		here, there := add("Ici", bel), add("Ailleurs", briand)
		add("Lea", bel)
		ask := func(manager string) error {
			_, err := d.s.Submit(ctx, d.as("Lea"), procedure.Submission{Procedure: "acces", Values: d.wish("responsable", manager), File: true})
			return err
		}
		unknown := ask("99999")
		for _, manager := range []string{itoa(there.ID), there.Login} {
			if err := ask(manager); err == nil || err.Error() != unknown.Error() {
				t.Errorf("%s: %v, want %v", manager, err, unknown)
			}
		}
		for _, manager := range []string{itoa(here.ID), here.Login, itoa(d.who["Max"].ID)} {
			if err := ask(manager); err != nil {
				t.Errorf("%s: %v", manager, err)
			}
		}
		if err := d.s.NameManager(ctx, d.as("Root"), "Lea@Y", there.Login); err != nil { // an administrator may
			t.Fatal(err)
		}
		if err := ask(""); err != nil {
			t.Errorf("the declared manager: %v", err)
		}
	})
}
