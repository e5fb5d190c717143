package registrytest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

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
