// Package registrytest is the suite that every implementation of registry.Registry passes.
package registrytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Run tests the implementation that Open chooses for the places that fresh gives, each an empty
// registry of its own.
func Run(t *testing.T, fresh func(t testing.TB) (where string)) {
	for name, test := range map[string]func(*testing.T, *suite){
		"Idempotence":       testIdempotence,
		"Only":              testOnly,
		"RefusedComesAgain": testRefusedComesAgain,
		"Concurrent":        testConcurrent,
		"Record":            testRecord,
		"List":              testList,
		"Publication":       testPublication,
		"Abandon":           testAbandon,
		"HeldBy":            testHeldBy,
		"Requeue":           testRequeue,
		"Settings":          testSettings,
		"NotFound":          testNotFound,

		"Account":        testAccount,
		"AccountChecks":  testAccountChecks,
		"AccountList":    testAccountList,
		"AccountEdits":   testAccountEdits,
		"NewAccounts":    testNewAccounts,
		"LastAdmin":      testLastAdmin,
		"ImportAccounts": testImportAccounts,
		"Groups":         testGroups,
		"Credentials":    testCredentials,
		"TOTP":           testTOTP,
		"Recovery":       testRecovery,
		"Passkeys":       testPasskeys,
		"DeletedAccount": testDeletedAccount,
		"Sessions":       testSessions,
		"Links":          testLinks,

		"Agreements":      testAgreements,
		"AgreementChecks": testAgreementChecks,
		"AgreementList":   testAgreementList,
		"SchoolEdits":     testSchoolEdits,
		"Tokens":          testTokens,
		"ExpiredToken":    testExpiredToken,
		"RightsVersion":   testRightsVersion,
		"Journal":         testJournal,
		"JournalOrder":    testJournalOrder,
		"JournalList":     testJournalList,
		"Purge":           testPurge,
	} {
		t.Run(name, func(t *testing.T) {
			where := fresh(t)
			again := func() registry.Registry { return open(t, where) }
			test(t, &suite{t: t, ctx: context.Background(), Registry: again(), again: again})
		})
	}
}

func open(t *testing.T, where string) registry.Registry {
	t.Helper()
	r, err := registry.Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

type suite struct {
	registry.Registry
	t     *testing.T
	ctx   context.Context
	again func() registry.Registry
}

var arrival = time.Date(2025, 11, 14, 6, 30, 0, 123000, time.UTC)

// file is a delivery whose bytes are named by one letter.
func file(source, id, dataset, letter string, announced ...string) belvedere.Delivery {
	return belvedere.Delivery{Source: source, ID: id, Dataset: dataset, FileName: letter + ".csv",
		SHA256: strings.Repeat(letter, 64), Size: 10, Announced: announced, Received: arrival}
}

func (s *suite) accept(d belvedere.Delivery) belvedere.Delivery {
	s.t.Helper()
	got, replayed, err := s.Accept(s.ctx, d)
	if err != nil || replayed {
		s.t.Fatalf("Accept(%s): replayed %v, %v", d.ID, replayed, err)
	}
	return got
}

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *suite) state(seq int64) belvedere.DeliveryState {
	s.t.Helper()
	d, err := s.Delivery(s.ctx, seq)
	s.must(err)
	return d.State
}

func testIdempotence(t *testing.T, s *suite) {
	first := s.accept(file("vendeur", "lot-1", "connexions", "a", "0350017D/2025-11", "0350017D/2025-10"))
	if first.Seq == 0 || first.State != belvedere.Received || !first.Received.Equal(arrival) || len(first.Announced) != 2 {
		t.Fatalf("first answer: %+v", first)
	}
	unnamed := s.accept(file("fichier", "", "connexions", "a"))
	for _, c := range []struct {
		name string
		d    belvedere.Delivery
		seq  int64 // 0: a delivery of its own
		kind belvedere.Kind
	}{
		{"same id, same bytes", file("vendeur", "lot-1", "connexions", "a"), first.Seq, 0},
		{"same id, other bytes", file("vendeur", "lot-1", "connexions", "b"), 0, belvedere.Conflict},
		{"same id, other source", file("autre", "lot-1", "connexions", "b"), 0, 0},
		{"no id, again", file("fichier", "", "connexions", "a"), unnamed.Seq, 0},
		{"no id, other dataset", file("fichier", "", "effectifs", "a"), 0, 0},
		{"no id, other slices", file("fichier", "", "connexions", "a", "0350017D/2025-09"), 0, 0},
		{"no id, what an id brought", file("vendeur", "", "connexions", "a", "0350017D/2025-10", "0350017D/2025-11"), first.Seq, 0},
	} {
		got, replayed, err := s.Accept(s.ctx, c.d)
		switch {
		case c.kind != 0:
			if belvedere.KindOf(err) != c.kind {
				t.Errorf("%s: error %v", c.name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case replayed != (c.seq != 0) || replayed && got.Seq != c.seq || got.ID == "":
			t.Errorf("%s: replayed %v, seq %d, want %d", c.name, replayed, got.Seq, c.seq)
		}
	}
	if got, err := s.DeliveryByID(s.ctx, "vendeur", "lot-1"); err != nil || got.Seq != first.Seq {
		t.Errorf("DeliveryByID: %d, %v", got.Seq, err)
	}
	if asked, err := s.Asked(s.ctx, first.Seq); err != nil || asked != "connexions" {
		t.Errorf("Asked: %q, %v", asked, err)
	}
}

// testOnly keeps the schools that a sender may deliver; none is not all.
func testOnly(t *testing.T, s *suite) {
	for letter, only := range map[string][]belvedere.UAI{"a": nil, "b": {}, "c": {"0350017D", "0350001L"}} {
		d := file("jeton", "", "effectifs", letter)
		d.Only = only
		accepted := s.accept(d)
		got, err := s.again().Delivery(s.ctx, accepted.Seq)
		s.must(err)
		if slices.Sort(d.Only); fmt.Sprintf("%#v", got.Only) != fmt.Sprintf("%#v", d.Only) || fmt.Sprint(accepted) != fmt.Sprint(got) {
			t.Errorf("only %#v is read as %#v", d.Only, got.Only)
		}
		d.Only = nil
		if again, replayed, err := s.Accept(s.ctx, d); err != nil || !replayed || len(again.Only) != len(only) {
			t.Errorf("the same file by another right: %+v, %v, %v", again, replayed, err)
		}
	}
}

func testRefusedComesAgain(t *testing.T, s *suite) {
	first := s.accept(file("fichier", "", "", "a"))
	first.State, first.Reason = belvedere.Refused, "aucun formulaire"
	s.must(s.Record(s.ctx, first, 0, nil))
	second := s.accept(file("fichier", "", "", "a"))
	if second.ID == first.ID {
		t.Errorf("both are called %s", first.ID)
	}
	named := s.accept(file("vendeur", "x", "", "a"))
	named.State = belvedere.Refused
	s.must(s.Record(s.ctx, named, 0, nil))
	if got, replayed, err := s.Accept(s.ctx, file("vendeur", "x", "", "a")); err != nil || !replayed || got.State != belvedere.Refused {
		t.Errorf("a sender's id must keep its first answer: %+v %v %v", got, replayed, err)
	}
}

// testConcurrent sends ten deliveries forty times at once through two openings of the store.
func testConcurrent(t *testing.T, s *suite) {
	stores := []registry.Registry{s.Registry, s.again()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := map[string]int{}
	for i := range 40 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 10 {
				letter := string(rune('a' + (n+i)%10))
				_, replayed, err := stores[i%2].Accept(s.ctx, file("fichier", "", "connexions", letter))
				mu.Lock()
				if err != nil {
					t.Errorf("Accept: %v", err)
				} else if !replayed {
					fresh[letter]++
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	_, total, err := s.List(s.ctx, registry.DeliveryFilter{}, registry.Page{Limit: 1})
	if err != nil || total != 10 || len(fresh) != 10 {
		t.Errorf("%d deliveries, %v fresh, %v", total, fresh, err)
	}
	for letter, n := range fresh {
		if n != 1 {
			t.Errorf("%s was accepted %d times", letter, n)
		}
	}
}

func testRecord(t *testing.T, s *suite) {
	d := s.accept(file("fichier", "", "", "a"))
	s.must(s.SetState(s.ctx, d.Seq, belvedere.Read))
	s.must(s.SetProgress(s.ctx, d.Seq, belvedere.Progress{Step: "lecture", Done: 4, Total: 10}))
	faults := make([]belvedere.Fault, 1500)
	for i := range faults {
		faults[i] = belvedere.Fault{File: "membre.csv", Line: int64(i + 2), Column: 3, Field: "niveau", Value: "9e",
			Rule: "code_inconnu", Severity: belvedere.SeverityError, Message: "code inconnu", Mend: "corrigez"}
	}
	d.State, d.Dataset, d.Form = belvedere.Checked, "effectifs", "college_effectifs"
	d.Rows, d.Kept, d.Set, d.Faults, d.Warnings = 5000, 3400, 100, 1500, 7
	d.Progress = belvedere.Progress{Step: "contrôle", Done: 10, Total: 10}
	s.must(s.Record(s.ctx, d, 20, faults))
	s.must(s.Record(s.ctx, d, 20, faults)) // a second reading replaces the first
	got, err := s.again().Delivery(s.ctx, d.Seq)
	s.must(err)
	if fmt.Sprint(got) != fmt.Sprint(d) {
		t.Errorf("recorded\n%+v, read\n%+v", d, got)
	}
	kept, total, err := s.Faults(s.ctx, d.Seq, registry.Page{Offset: 998, Limit: 10})
	if err != nil || total != registry.MostFaults || len(kept) != 2 || kept[1] != faults[999] {
		t.Errorf("faults: %d of %d, %v, %v", len(kept), total, kept, err)
	}
}

func testList(t *testing.T, s *suite) {
	for i, letter := range []string{"a", "b", "c", "d"} {
		source := []string{"fichier", "vendeur"}[i%2]
		s.accept(file(source, "", "connexions", letter))
	}
	s.publish(1, "0350017D/2025-11")
	for _, c := range []struct {
		name   string
		f      registry.DeliveryFilter
		p      registry.Page
		seqs   string
		within int
	}{
		{"all, newest first", registry.DeliveryFilter{}, registry.Page{}, "[4 3 2 1]", 4},
		{"a page", registry.DeliveryFilter{}, registry.Page{Offset: 1, Limit: 2}, "[3 2]", 4},
		{"past the end", registry.DeliveryFilter{}, registry.Page{Offset: 9, Limit: 2}, "[]", 4},
		{"source", registry.DeliveryFilter{Source: "vendeur"}, registry.Page{}, "[4 2]", 2},
		{"state", registry.DeliveryFilter{States: []belvedere.DeliveryState{belvedere.Published, belvedere.Refused}}, registry.Page{}, "[1]", 1},
		{"school", registry.DeliveryFilter{School: "0350017D"}, registry.Page{}, "[1]", 1},
		{"other school", registry.DeliveryFilter{School: "0350001L"}, registry.Page{}, "[]", 0},
		{"dataset of a slice", registry.DeliveryFilter{Dataset: "effectifs"}, registry.Page{}, "[1]", 1},
		{"edition", registry.DeliveryFilter{Edition: 1}, registry.Page{}, "[1]", 1},
		{"text", registry.DeliveryFilter{Text: "C.CSV"}, registry.Page{}, "[3]", 1},
		{"text that is no pattern", registry.DeliveryFilter{Text: "%"}, registry.Page{}, "[]", 0},
	} {
		list, total, err := s.List(s.ctx, c.f, c.p)
		seqs := []int64{}
		for _, d := range list {
			seqs = append(seqs, d.Seq)
		}
		if err != nil || fmt.Sprint(seqs) != c.seqs || total != c.within {
			t.Errorf("%s: %v of %d, %v", c.name, seqs, total, err)
		}
	}
	pending, err := s.Pending(s.ctx, 2)
	if err != nil || len(pending) != 2 || pending[0].Seq != 2 || pending[1].Seq != 3 {
		t.Errorf("Pending: %v, %v", pending, err)
	}
}

// stage brings deliveries to the step before publication.
func (s *suite) stage(rank int, seqs ...int64) {
	s.t.Helper()
	for _, seq := range seqs {
		d, err := s.Delivery(s.ctx, seq)
		s.must(err)
		d.State = belvedere.Staged
		s.must(s.Record(s.ctx, d, rank, nil))
	}
}

// publish makes an edition of one delivery that replaces slices of "effectifs".
func (s *suite) publish(seq int64, slices ...string) int {
	s.t.Helper()
	s.stage(int(seq)*10, seq)
	e, err := s.PlanEdition(s.ctx, "essai", []registry.Planned{{Seq: seq, Slices: parts(slices...)}})
	s.must(err)
	s.must(s.FinishEdition(s.ctx, e.Number, arrival))
	return e.Number
}

func parts(names ...string) (list []belvedere.DeliverySlice) {
	for _, name := range names {
		list = append(list, belvedere.DeliverySlice{Dataset: "effectifs", Slice: name, Rows: 3})
	}
	return list
}

func testPublication(t *testing.T, s *suite) {
	a, b := s.accept(file("fichier", "", "", "a")), s.accept(file("fichier", "", "", "b"))
	if _, err := s.PlanEdition(s.ctx, "trop tôt", []registry.Planned{{Seq: a.Seq}}); err == nil {
		t.Fatal("a delivery that is not staged was planned")
	}
	s.stage(20, a.Seq, b.Seq)
	e, err := s.PlanEdition(s.ctx, "première", []registry.Planned{{Seq: a.Seq, Slices: parts("0350017D/2025")}, {Seq: b.Seq}})
	s.must(err)
	if e.Number != 1 {
		t.Errorf("first edition is %d", e.Number)
	}
	if _, err := s.PlanEdition(s.ctx, "seconde", nil); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("two plans at once: %v", err)
	}
	if plans, err := s.again().OpenPlans(s.ctx); err != nil || len(plans) != 1 || plans[0].Label != "première" {
		t.Errorf("OpenPlans: %v, %v", plans, err)
	}
	if list, err := s.Slices(s.ctx, a.Seq); err != nil || len(list) != 0 {
		t.Errorf("slices show before the edition: %v, %v", list, err)
	}
	s.must(s.FinishEdition(s.ctx, 1, arrival))
	s.must(s.FinishEdition(s.ctx, 1, arrival.Add(time.Hour)))
	got, err := s.Delivery(s.ctx, b.Seq)
	if err != nil || got.State != belvedere.Published || got.Edition != 1 || !got.Finished.Equal(arrival) {
		t.Errorf("delivery: %+v, %v", got, err)
	}
	if list, err := s.Slices(s.ctx, a.Seq); err != nil || len(list) != 1 || list[0] != parts("0350017D/2025")[0] {
		t.Errorf("slices: %v, %v", list, err)
	}
	list, total, err := s.ListEditions(s.ctx, registry.Page{})
	if err != nil || total != 1 || !list[0].Published.Equal(arrival) {
		t.Errorf("editions: %v, %v", list, err)
	}
	if in, err := s.EditionDeliveries(s.ctx, 1); err != nil || len(in) != 2 || in[0].Seq != a.Seq {
		t.Errorf("deliveries of the edition: %v, %v", in, err)
	}
	if err := s.AbandonEdition(s.ctx, 1); err == nil {
		t.Error("a published edition was abandoned")
	}
}

func testAbandon(t *testing.T, s *suite) {
	a := s.accept(file("fichier", "", "", "a"))
	s.stage(20, a.Seq)
	e, err := s.PlanEdition(s.ctx, "", []registry.Planned{{Seq: a.Seq, Slices: parts("0350017D/2025")}})
	s.must(err)
	s.must(s.AbandonEdition(s.ctx, e.Number))
	if state := s.state(a.Seq); state != belvedere.Received {
		t.Errorf("state after abandon: %s", state)
	}
	if n := s.publish(a.Seq, "0350017D/2025"); n != e.Number {
		t.Errorf("number %d was lost: %d", e.Number, n)
	}
}

func testHeldBy(t *testing.T, s *suite) {
	for _, letter := range []string{"a", "b", "c"} {
		s.accept(file("fichier", "", "", letter))
	}
	s.publish(1, "0350017D/2024", "0350017D/2025")
	s.publish(2, "0350017D/2025", "0350001L/2025")
	s.stage(99, 3)
	_, err := s.PlanEdition(s.ctx, "en cours", []registry.Planned{{Seq: 3, Slices: parts("0350017D/2025")}})
	s.must(err)
	want := []string{"0350017D/2024", "0350017D/2025", "0350001L/2025", "0350001L/2026"}
	held, err := s.HeldBy(s.ctx, "effectifs", want, 0)
	s.must(err)
	if fmt.Sprint(held) != "map[0350001L/2025:{2 20} 0350017D/2024:{1 10} 0350017D/2025:{2 20}]" {
		t.Errorf("now: %v", held)
	}
	held, err = s.HeldBy(s.ctx, "effectifs", want, 2)
	s.must(err)
	if fmt.Sprint(held) != "map[0350017D/2024:{1 10} 0350017D/2025:{1 10}]" {
		t.Errorf("before edition 2: %v", held)
	}
	held, err = s.HeldBy(s.ctx, "structures", want, 0)
	if err != nil || len(held) != 0 {
		t.Errorf("other dataset: %v, %v", held, err)
	}
}

func testRequeue(t *testing.T, s *suite) {
	for _, letter := range []string{"a", "b", "c", "d"} {
		s.accept(file("fichier", "", "", letter))
	}
	s.must(s.SetState(s.ctx, 1, belvedere.Read))
	s.stage(10, 2, 3)
	s.publish(4, "0350017D/2025")
	_, err := s.PlanEdition(s.ctx, "", []registry.Planned{{Seq: 3}})
	s.must(err)
	if n, err := s.Requeue(s.ctx); err != nil || n != 2 {
		t.Errorf("requeued %d, %v", n, err)
	}
	for seq, want := range map[int64]belvedere.DeliveryState{1: belvedere.Received, 2: belvedere.Received, 3: belvedere.Staged, 4: belvedere.Published} {
		if got := s.state(seq); got != want {
			t.Errorf("delivery %d is %s, want %s", seq, got, want)
		}
	}
}

func testSettings(t *testing.T, s *suite) {
	s.must(s.PutSettings(s.ctx, map[string]string{registry.SettingTerritoryName: "Ille-et-Vilaine", registry.SettingTimeZone: "Europe/Paris"}))
	s.must(s.PutSettings(s.ctx, map[string]string{registry.SettingTerritoryCode: "35", registry.SettingTimeZone: ""}))
	got, err := s.again().Settings(s.ctx)
	if err != nil || fmt.Sprint(got) != "map[territoire.code:35 territoire.nom:Ille-et-Vilaine]" {
		t.Errorf("settings: %v, %v", got, err)
	}
	if v, err := s.Meta(s.ctx, "x"); err != nil || v != "" {
		t.Errorf("meta: %q, %v", v, err)
	}
	s.must(s.SetMeta(s.ctx, "x", "1"))
	s.must(s.SetMeta(s.ctx, "x", "2"))
	if v, err := s.Meta(s.ctx, "x"); err != nil || v != "2" {
		t.Errorf("meta: %q, %v", v, err)
	}
}

func testNotFound(t *testing.T, s *suite) {
	_, err1 := s.Delivery(s.ctx, 9)
	_, err2 := s.DeliveryByID(s.ctx, "fichier", "x")
	_, err3 := s.Asked(s.ctx, 9)
	for i, err := range []error{err1, err2, err3, s.SetState(s.ctx, 9, belvedere.Read), s.SetProgress(s.ctx, 9, belvedere.Progress{}),
		s.Record(s.ctx, belvedere.Delivery{Seq: 9}, 0, nil)} {
		if belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("case %d: %v", i, err)
		}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, _, err := s.Accept(ctx, file("fichier", "", "", "a")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
