package registrytest

import (
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// filed is a request that someone files, with the event of it.
func filed(account int64, title string) registry.RequestMove {
	return registry.RequestMove{Request: registry.Request{Procedure: "acces", Revision: 1, Account: account, Name: "Claire MORVAN", Title: title, State: registry.RequestFiled,
		Step: "responsable", Asked: `{"besoin":["Suivre <l’assiduité>"]}`, Created: arrival, Filed: arrival, Since: arrival, Due: arrival.AddDate(0, 0, 5)},
		Event: registry.RequestEvent{At: arrival, Account: account, Name: "Claire MORVAN", Act: "depot", After: registry.RequestFiled, Next: "responsable", Holder: "service",
			Reason: "Pour le bilan.\nAvec le détail.", Changes: `[]`}}
}

// fillRequests puts a row in each table of procedures, for the first two accounts and the first grant.
func (s *suite) fillRequests() {
	s.t.Helper()
	_, err := s.KeepProcedure(s.ctx, "acces", "procedure: acces\n", arrival)
	s.must(err)
	m := filed(1, "Assiduité")
	g := granted(2)
	m.Grant, m.Approvals = &g, []registry.Approval{{Account: 1, Name: "Claire MORVAN", At: arrival}}
	r, err := s.MoveRequest(s.ctx, m)
	s.must(err)
	s.must(s.Vote(s.ctx, r.ID, 1, true, arrival))
	s.must(s.PutStandIn(s.ctx, registry.StandIn{Account: 1, Deputy: 2, From: belvedere.Date(2025, 12, 1), To: belvedere.Date(2026, 1, 1)}))
	s.must(s.PutManager(s.ctx, 2, 1, "Claire@MORVAN", arrival))
	_, err = s.OpenReview(s.ctx, registry.Review{Label: "Rentrée", Opened: arrival, By: "Claire@MORVAN", Closes: arrival.AddDate(0, 0, 21)}, []int64{1})
	s.must(err)
}

func testRequests(t *testing.T, s *suite) {
	s.fillAccounts()
	for i, want := range []int{1, 1, 2, 1} {
		text := []string{"a", "a", "b", "a"}[i]
		if n, err := s.KeepProcedure(s.ctx, "acces", text, arrival); err != nil || n != want {
			t.Errorf("revision of %q: %d, %v, want %d", text, n, err, want)
		}
	}
	if text, err := s.again().ProcedureText(s.ctx, "acces", 2); err != nil || text != "b" {
		t.Errorf("text %q, %v", text, err)
	}
	one, err := s.MoveRequest(s.ctx, filed(1, "Assiduité"))
	s.must(err)
	draft := filed(2, "Brouillon d’Éric")
	draft.Request.State, draft.Request.Step, draft.Event = registry.RequestDraft, "", registry.RequestEvent{}
	two, err := s.MoveRequest(s.ctx, draft)
	s.must(err)
	want := filed(1, "Assiduité").Request
	want.ID, want.Version = one.ID, 1
	if got, err := s.again().Request(s.ctx, one.ID); err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("request %+v, %v, want %+v", got, err, want)
	}
	for name, c := range map[string]struct {
		filter registry.RequestFilter
		want   int
	}{
		"all": {registry.RequestFilter{}, 2}, "of one": {registry.RequestFilter{Account: 2}, 1}, "open": {registry.RequestFilter{Open: true}, 1},
		"by state": {registry.RequestFilter{States: []registry.RequestState{registry.RequestFiled, registry.RequestDraft}}, 2}, "other": {registry.RequestFilter{Procedure: "rapport"}, 0},
		"by words": {registry.RequestFilter{Text: "ERIC"}, 1}, "ended": {registry.RequestFilter{EndedBy: arrival}, 0},
	} {
		if _, n, err := s.ListRequests(s.ctx, c.filter, registry.Page{}); err != nil || n != c.want {
			t.Errorf("%s: %d, %v, want %d", name, n, err, c.want)
		}
	}
	s.must(s.Vote(s.ctx, one.ID, 2, true, arrival))
	s.must(s.Vote(s.ctx, one.ID, 2, true, arrival))
	s.must(s.Vote(s.ctx, one.ID, 1, true, arrival))
	if got, err := s.Request(s.ctx, one.ID); err != nil || got.Votes != 2 || got.Version != 1 {
		t.Errorf("votes %d, version %d, %v", got.Votes, got.Version, err)
	}
	s.must(s.Vote(s.ctx, one.ID, 1, false, arrival))
	if v, err := s.Voted(s.ctx, 2); err != nil || len(v) != 1 || !v[one.ID] {
		t.Errorf("voted %v, %v", v, err)
	}
	stale := registry.RequestMove{Request: one, Event: registry.RequestEvent{At: arrival, Act: "approbation"}}
	_, err = s.MoveRequest(s.ctx, stale)
	s.must(err)
	_, again := s.MoveRequest(s.ctx, stale)
	s.kinds(belvedere.Conflict, map[string]error{"a former version": again})
	if events, err := s.RequestEvents(s.ctx, one.ID); err != nil || len(events) != 2 {
		t.Errorf("a refused move left %d events, %v", len(events), err)
	}
	s.must(s.DeleteDraft(s.ctx, two.ID))
	_, gone := s.Request(s.ctx, two.ID)
	_, text := s.ProcedureText(s.ctx, "acces", 9)
	absent := one
	absent.ID = 99
	_, nowhere := s.MoveRequest(s.ctx, registry.RequestMove{Request: absent})
	s.kinds(belvedere.NotFound, map[string]error{"a draft that was deleted": gone, "revision": text, "filed ones are no drafts": s.DeleteDraft(s.ctx, one.ID), "nowhere": nowhere,
		"vote": s.Vote(s.ctx, 99, 1, true, arrival), "note": s.NoteRequest(s.ctx, registry.RequestEvent{Request: 99})})
}

// testRequestChain: what was written cannot be altered unseen, and a purge keeps the chain.
func testRequestChain(t *testing.T, s *suite) {
	s.fillAccounts()
	r, err := s.MoveRequest(s.ctx, filed(1, "Assiduité"))
	s.must(err)
	s.must(s.NoteRequest(s.ctx, registry.RequestEvent{Request: r.ID, At: arrival.Add(time.Hour), Act: "rappel", Step: "responsable", Holder: "service"}))
	r.State, r.Step, r.Ended = registry.RequestRefused, "", arrival.Add(2*time.Hour)
	r, err = s.MoveRequest(s.ctx, registry.RequestMove{Request: r, Event: registry.RequestEvent{At: r.Ended, Account: 2, Name: "Éric ŒUVRARD", Deputy: "Claire MORVAN",
		Act: "refus", Before: registry.RequestFiled, After: registry.RequestRefused, Step: "responsable", Reason: "Trop\u0000 large."}})
	s.must(err)
	events, err := s.again().RequestEvents(s.ctx, r.ID)
	s.must(err)
	if err := registry.VerifyEvents(events, false); err != nil || len(events) != 3 || events[2].Seq != 3 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for name, spoil := range map[string]func(list []registry.RequestEvent) []registry.RequestEvent{
		"reason": func(l []registry.RequestEvent) []registry.RequestEvent { l[2].Reason = "Accordée."; return l },
		"state": func(l []registry.RequestEvent) []registry.RequestEvent {
			l[2].After = registry.RequestGranted
			return l
		},
		"who": func(l []registry.RequestEvent) []registry.RequestEvent { l[0].Account = 2; return l },
		"removed": func(l []registry.RequestEvent) []registry.RequestEvent {
			return append(l[:1], l[2:]...)
		},
	} {
		list := append([]registry.RequestEvent(nil), events...)
		if registry.VerifyEvents(spoil(list), false) == nil {
			t.Errorf("%s was altered unseen", name)
		}
	}
	if all, err := s.ProcedureEvents(s.ctx, "acces"); err != nil || len(all) != 3 {
		t.Errorf("of the procedure: %d, %v", len(all), err)
	}
	s.must(s.PurgeRequest(s.ctx, r.ID, arrival.AddDate(2, 0, 0)))
	got, err := s.Request(s.ctx, r.ID)
	if err != nil || got.Name+got.Title+got.Asked != "" || got.Account != 0 || got.State != registry.RequestRefused || got.Purged.IsZero() {
		t.Errorf("purged %+v, %v", got, err)
	}
	events, err = s.RequestEvents(s.ctx, r.ID)
	if err != nil || registry.VerifyEvents(events, true) != nil || events[2].Name+events[2].Reason+events[2].Deputy != "" || events[2].Account != 0 {
		t.Errorf("events after the purge: %+v, %v, %v", events, err, registry.VerifyEvents(events, true))
	}
	events[2].After = registry.RequestGranted
	if registry.VerifyEvents(events, true) == nil {
		t.Error("a state was altered unseen after the purge")
	}
	if _, n, err := s.ListRequests(s.ctx, registry.RequestFilter{EndedBy: arrival.AddDate(3, 0, 0)}, registry.Page{}); err != nil || n != 0 {
		t.Errorf("purged ones are still to purge: %d, %v", n, err)
	}
	open, err := s.MoveRequest(s.ctx, filed(1, "Autre"))
	s.must(err)
	s.kinds(belvedere.NotFound, map[string]error{"open": s.PurgeRequest(s.ctx, open.ID, arrival)})
}

// testRequestGrant: a move and the grant that it gives are one.
func testRequestGrant(t *testing.T, s *suite) {
	s.fillAccounts()
	m := filed(1, "Assiduité")
	g := granted(1)
	m.Grant, m.Approvals = &g, []registry.Approval{{Account: 2, Name: "Éric ŒUVRARD", At: arrival}, {Account: 1, Name: "Claire MORVAN", At: arrival.Add(time.Minute)}}
	before := s.rights()
	r, err := s.MoveRequest(s.ctx, m)
	s.must(err)
	list, _, err := s.ListGrants(s.ctx, registry.GrantFilter{Request: r.ID}, registry.Page{})
	if err != nil || len(list) != 1 || s.rights() == before {
		t.Fatalf("grants %+v, %v", list, err)
	}
	if a, err := s.Approvals(s.ctx); err != nil || fmt.Sprint(a[list[0].ID]) != fmt.Sprint(m.Approvals) {
		t.Errorf("approvals %v, %v", a, err)
	}
	wrong := granted(1)
	wrong.Purpose = ""
	m.Grant = &wrong
	_, refused := s.MoveRequest(s.ctx, m)
	m.Grant, m.Approvals = &g, nil
	_, alone := s.MoveRequest(s.ctx, m)
	s.kinds(belvedere.Invalid, map[string]error{"refused": refused, "alone": alone})
	if _, n, _ := s.ListRequests(s.ctx, registry.RequestFilter{}, registry.Page{}); n != 1 {
		t.Errorf("a refused grant left %d requests", n)
	}
}

func testStandIns(t *testing.T, s *suite) {
	s.fillAccounts()
	d := registry.StandIn{Account: 1, Deputy: 2, From: belvedere.Date(2025, 12, 1), To: belvedere.Date(2026, 1, 1)}
	s.must(s.PutStandIn(s.ctx, d))
	if list, err := s.again().StandIns(s.ctx); err != nil || len(list) != 1 || list[0] != d || !d.On(belvedere.Date(2025, 12, 31)) || d.On(belvedere.Date(2026, 1, 1)) {
		t.Errorf("deputies %v, %v", list, err)
	}
	s.must(s.PutStandIn(s.ctx, registry.StandIn{Account: 1}))
	s.must(s.PutManager(s.ctx, 2, 1, "x", arrival))
	if m, err := s.Managers(s.ctx); err != nil || len(m) != 1 || m[2] != 1 {
		t.Errorf("managers %v, %v", m, err)
	}
	s.kinds(belvedere.Invalid, map[string]error{"oneself": s.PutStandIn(s.ctx, registry.StandIn{Account: 1, Deputy: 1, From: d.From, To: d.To}),
		"no days": s.PutStandIn(s.ctx, registry.StandIn{Account: 1, Deputy: 2}), "own manager": s.PutManager(s.ctx, 1, 1, "x", arrival)})
	s.kinds(belvedere.NotFound, map[string]error{"nobody": s.PutManager(s.ctx, 1, 99, "x", arrival)})
	s.must(s.DeleteAccount(s.ctx, 2, 0))
	if m, err := s.Managers(s.ctx); err != nil || len(m) != 0 {
		t.Errorf("managers %v, %v", m, err)
	}
}

func testReviews(t *testing.T, s *suite) {
	s.fillAccounts()
	var ids []int64
	for range 3 {
		g := granted(1)
		g.Until = arrival.AddDate(1, 0, 0)
		kept, err := s.CreateGrant(s.ctx, g)
		s.must(err)
		ids = append(ids, kept.ID)
	}
	r, err := s.OpenReview(s.ctx, registry.Review{Label: "Rentrée", Opened: arrival, By: "Claire@MORVAN", Closes: arrival.AddDate(0, 0, 21)}, ids)
	s.must(err)
	s.must(s.AnswerReview(s.ctx, registry.ReviewLine{Review: r.ID, Grant: ids[0], Decision: registry.ReviewConfirmed, By: "x", At: arrival}))
	before := s.rights()
	s.must(s.AnswerReview(s.ctx, registry.ReviewLine{Review: r.ID, Grant: ids[1], Decision: registry.ReviewEnded, By: "x", At: arrival, Reason: "Parti."}))
	if g, err := s.Grant(s.ctx, ids[1]); err != nil || g.Revoked.IsZero() || s.rights() == before {
		t.Errorf("ended %+v, %v", g, err)
	}
	ended, err := s.CloseReview(s.ctx, r.ID, "la revue", arrival.AddDate(0, 0, 21))
	if err != nil || len(ended) != 1 || ended[0].ID != ids[2] || ended[0].RevokedBy != "la revue" {
		t.Errorf("closed: %+v, %v", ended, err)
	}
	if g, err := s.Grant(s.ctx, ids[0]); err != nil || !g.Revoked.IsZero() {
		t.Errorf("a confirmed one ended: %+v, %v", g, err)
	}
	if ended, err := s.CloseReview(s.ctx, r.ID, "x", arrival); err != nil || len(ended) != 0 {
		t.Errorf("closed twice: %v, %v", ended, err)
	}
	if list, err := s.again().ListReviews(s.ctx); err != nil || len(list) != 1 || list[0].Closed.IsZero() {
		t.Errorf("reviews %+v, %v", list, err)
	}
	if lines, err := s.ReviewLines(s.ctx, r.ID); err != nil || len(lines) != 3 || lines[1].Decision != registry.ReviewEnded {
		t.Errorf("lines %+v, %v", lines, err)
	}
	s.kinds(belvedere.Conflict, map[string]error{"closed": s.AnswerReview(s.ctx, registry.ReviewLine{Review: r.ID, Grant: ids[0], Decision: registry.ReviewEnded, At: arrival})})
	_, endless := s.OpenReview(s.ctx, registry.Review{Label: "x", Opened: arrival}, nil)
	s.kinds(belvedere.Invalid, map[string]error{"endless": endless, "undecided": s.AnswerReview(s.ctx, registry.ReviewLine{Review: r.ID, Grant: 1})})
	_, absent := s.CloseReview(s.ctx, 99, "x", arrival)
	s.kinds(belvedere.NotFound, map[string]error{"absent": absent})
}
