package procedure_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"belvedere"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
)

// TestNoGrantWithoutTwo draws sequences of all that people can do to requests of access, by all people,
// right or wrong, and checks each grant that comes of it: two distinct people, neither of them the
// holder, approved after the last change of what is asked; a data officer is one of them; the DPO too
// when it opens names; and it opens nothing that was not asked.
func TestNoGrantWithoutTwo(t *testing.T) {
	granted, refused, identities := 0, 0, 0
	for seed := range uint64(60) {
		d := newDesk(t, filepath.Join(t.TempDir(), fmt.Sprint(seed)))
		r := rand.New(rand.NewPCG(seed, 7))
		g := &game{desk: d, r: r, t: t, words: map[int64][]word{}}
		for range 60 {
			if g.turn() != nil {
				refused++
			}
		}
		n, names := g.judge(seed)
		granted, identities = granted+n, identities+names
		d.reg.Close()
	}
	if granted < 40 || identities < 5 || refused < 500 {
		t.Errorf("%d grants, %d of them with names, %d refusals: the test proves too little", granted, identities, refused)
	}
}

// A game is one sequence.
type game struct {
	*desk
	r   *rand.Rand
	t   *testing.T
	ids []int64
	// what each approval was given to, as the test saw it: the history is not asked about itself
	words map[int64][]word
}

// A word is an approval of a file as it was.
type word struct {
	account int64
	asked   string
}

var players = []string{"Alice", "Max", "Dora", "Denis", "Paul", "Root"}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// turn does one thing in the name of someone.
func (g *game) turn() error {
	ctx, who := g.t.Context(), pick(g.r, players...)
	values := g.wish("capacite", pick(g.r, "lecteur", "auteur", "extracteur", "extracteur", "extracteur", "donnees"), "niveau", pick(g.r, "", "agregats", "personnes", "identites", "identites", "identites"),
		"rubriques", pick(g.r, "", "travaux", "*", "social.assiduite,travaux"), "etablissements", pick(g.r, "", string(briand), "*"),
		"responsable", fmt.Sprint(g.who[pick(g.r, players...)].ID))
	if len(g.ids) == 0 || g.r.IntN(8) == 0 {
		r, err := g.s.Submit(ctx, g.as(who), procedure.Submission{Procedure: "acces", Values: values, File: g.r.IntN(4) > 0})
		if err == nil {
			g.ids = append(g.ids, r.ID)
		}
		return err
	}
	id := pick(g.r, g.ids...)
	file, err := g.reg.Request(ctx, id)
	if err != nil {
		return err
	}
	if g.r.IntN(3) > 0 { // more often someone whose turn it may be
		for _, p := range players {
			if v, err := g.s.View(ctx, g.as(p), id); err == nil && (v.Decides || v.Mine && file.State == registry.RequestToComplete) {
				who = p
				break
			}
		}
	}
	switch g.r.IntN(12) {
	case 0:
		_, err = g.s.Withdraw(ctx, g.as(who), id, "")
	case 1, 2:
		if g.r.IntN(2) == 0 {
			values = map[string][]string{} // as it was
			for name, v := range valuesOf(g.t, file.Asked) {
				values[name] = v
			}
		}
		_, err = g.s.Submit(ctx, g.as(who), procedure.Submission{ID: id, Version: file.Version - g.r.Int64N(2), Values: values, File: g.r.IntN(3) > 0})
	case 3:
		err = g.s.StandIn(ctx, g.as(who), pick(g.r, players...)+"@X", start.AddDate(0, 0, -1), start.AddDate(0, 1, 0))
	case 4:
		err = g.s.NameManager(ctx, g.as(who), pick(g.r, players...)+"@X", pick(g.r, players...)+"@X")
	case 5:
		_, err = g.decide(who, id, pick(g.r, procedure.Refuse, procedure.Return, procedure.Return), "Non.", nil)
	default:
		own := map[string][]string{}
		if g.r.IntN(3) == 0 {
			own["niveau"] = []string{pick(g.r, "agregats", "personnes", "identites")}
			own["rubriques"] = []string{pick(g.r, "travaux", "*")}
			own["fin"] = []string{pick(g.r, "2027-01-01", "2028-01-01")}
		}
		if _, err = g.decide(who, id, procedure.Approve, "", own); err == nil {
			g.words[id] = append(g.words[id], word{g.who[who].ID, file.Asked})
		}
	}
	g.now = g.now.Add(7)
	return err
}

// judge looks at every grant that came of a request.
func (g *game) judge(seed uint64) (granted, identities int) {
	ctx := g.t.Context()
	for _, id := range g.ids {
		grants, _, err := g.reg.ListGrants(ctx, registry.GrantFilter{Request: id}, registry.Page{})
		if err != nil {
			g.t.Fatal(err)
		}
		events, err := g.reg.RequestEvents(ctx, id)
		if err != nil || registry.VerifyEvents(events, false) != nil {
			g.t.Fatalf("seed %d, request %d: %v, %v", seed, id, err, registry.VerifyEvents(events, false))
		}
		if len(grants) > 1 {
			g.t.Fatalf("seed %d: request %d gave %d grants", seed, id, len(grants))
		}
		for _, grant := range grants {
			granted++
			var people []int64
			officer, dpo := false, false
			for _, e := range events {
				switch {
				case e.Act == procedure.ActFile, e.Act == procedure.ActComplete && e.Changes != "":
					people, officer, dpo = nil, false, false
				case e.Act == procedure.ActApprove && !slices.Contains(people, e.Account):
					people = append(people, e.Account)
					officer, dpo = officer || g.officer(e), dpo || e.Name == "Paul X" || e.Deputy == "Paul X"
				}
			}
			if len(people) < 2 || slices.Contains(people, grant.Account) || !officer {
				g.t.Errorf("seed %d: grant %d of account %d approved by %v\n%+v", seed, grant.ID, grant.Account, people, events)
			}
			if grant.Level == "identites" {
				if identities++; !dpo || len(people) < 3 {
					g.t.Errorf("seed %d: grant %d opens names, approved by %v", seed, grant.ID, people)
				}
			}
			file, _ := g.reg.Request(ctx, id)
			asked := valuesOf(g.t, file.Asked)
			same := map[int64]bool{}
			for _, w := range g.words[id] {
				if w.asked == file.Asked {
					same[w.account] = true
				}
			}
			if len(same) < 2 {
				g.t.Errorf("seed %d: grant %d: what is asked is not what two people approved: %v, %s", seed, grant.ID, g.words[id], file.Asked)
			}
			if !slices.Contains(asked["etablissements"], "*") && (grant.AllSchools || len(asked["etablissements"]) == 0 && len(grant.Schools) > 0) ||
				!slices.Contains(asked["rubriques"], "*") && grant.AllWidgets {
				g.t.Errorf("seed %d: grant %+v is more than %v", seed, grant, asked)
			}
		}
	}
	return granted, identities
}

// officer tells whether an event is the word of someone who answers for the data, or of who stands in
// for one: the game may have made others so.
func (g *game) officer(e registry.RequestEvent) bool {
	list, _, err := g.reg.ListGrants(g.t.Context(), registry.GrantFilter{}, registry.Page{})
	if err != nil {
		g.t.Fatal(err)
	}
	return e.Step == "donnees" && (e.Deputy != "" || e.Account == g.who["Root"].ID || slices.ContainsFunc(list, func(x registry.Grant) bool {
		return x.Account == e.Account && x.Capability == belvedere.DataOfficer && !x.From.After(e.At)
	}))
}
