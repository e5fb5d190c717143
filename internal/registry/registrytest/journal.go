package registrytest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func entry(i int, action, login string) registry.Entry {
	return registry.Entry{At: arrival.Add(time.Duration(i) * time.Hour), Account: int64(i), Login: login, Door: "page", Action: action,
		Object: "/social", Result: "fait", From: "192.0.2.1", Detail: "détail"}
}

func (s *suite) walk(from int64) (list []registry.Entry) {
	s.t.Helper()
	s.must(s.WalkJournal(s.ctx, from, func(e registry.Entry) error {
		list = append(list, e)
		return nil
	}))
	return list
}

// testJournal seals what will be read back, bytes that no text may hold included.
func testJournal(t *testing.T, s *suite) {
	if head, err := s.JournalHead(s.ctx); err != nil || head != (registry.Entry{}) {
		t.Errorf("head of nothing: %+v, %v", head, err)
	}
	odd := entry(1, "connexion", "Claire\x00\xff@MORVAN")
	odd.At = arrival.Add(123456789 * time.Nanosecond).In(time.FixedZone("CET", 3600))
	var sealed []registry.Entry
	seal := func(previous string, e *registry.Entry) error {
		if err := chain(previous, e); err != nil {
			return err
		}
		sealed = append(sealed, *e)
		return nil
	}
	s.must(s.AppendJournal(s.ctx, []registry.Entry{odd, entry(2, "export", "Luc")}, seal))
	s.must(s.AppendJournal(s.ctx, nil, seal))
	s.must(s.again().AppendJournal(s.ctx, []registry.Entry{entry(3, "droits", "Luc")}, seal))
	if got := s.walk(0); fmt.Sprint(got) != fmt.Sprint(sealed) || got[2].Seal != "3<2<1<" || got[0].At.Location() != time.UTC {
		t.Errorf("read\n%+v, sealed\n%+v", got, sealed)
	}
	if got := s.walk(3); len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("from 3: %+v", got)
	}
	broken := errors.New("no key")
	err := s.AppendJournal(s.ctx, []registry.Entry{entry(4, "export", ""), entry(5, "export", "")}, func(previous string, e *registry.Entry) error {
		if e.Seq == 5 {
			return broken
		}
		return chain(previous, e)
	})
	head, headErr := s.JournalHead(s.ctx)
	if !errors.Is(err, broken) || headErr != nil || head.Seq != 3 {
		t.Errorf("a seal that failed: %v, head %+v, %v", err, head, headErr)
	}
	if err := s.WalkJournal(s.ctx, 0, func(registry.Entry) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a walk that stops: %v", err)
	}
}

// testJournalOrder appends from many sides at once: no number is lost or given twice, and each
// seal holds the one before.
func testJournalOrder(t *testing.T, s *suite) {
	const writers, each = 12, 5
	got := s.together(writers, func(i int, r registry.Registry) error {
		for n := range each {
			if err := r.AppendJournal(s.ctx, []registry.Entry{entry(i, "consultation", fmt.Sprint(n)), entry(i, "export", fmt.Sprint(n))},
				func(previous string, e *registry.Entry) error {
					last, _, _ := strings.Cut(previous, "<")
					e.Seal = fmt.Sprintf("%d<%s", e.Seq, last)
					return nil
				}); err != nil {
				return err
			}
		}
		return nil
	})
	list := s.walk(0)
	if fmt.Sprint(got) != fmt.Sprintf("map[-1:%d]", writers) || len(list) != writers*each*2 {
		t.Fatalf("%d entries, outcomes %v", len(list), got)
	}
	next := map[int64]int{}
	for i, e := range list {
		want := fmt.Sprintf("%d<%d", i+1, i)
		if i == 0 {
			want = "1<"
		}
		if e.Seq != int64(i+1) || e.Seal != want {
			t.Fatalf("entry %d: %+v", i, e)
		}
		if e.Login != fmt.Sprint(next[e.Account]/2) {
			t.Fatalf("the entries of %d changed places: %+v", e.Account, e)
		}
		next[e.Account]++
	}
}

func testJournalList(t *testing.T, s *suite) {
	s.must(s.PutPerimeter(s.ctx, "deux", []belvedere.UAI{"0350017D", "0350001L"}))
	s.must(s.PutPerimeter(s.ctx, "deux", []belvedere.UAI{"0350017D", "0350001L"}))
	list := []registry.Entry{entry(1, "connexion", "Claire@MORVAN"), entry(2, "export", "Éric@MARTIN"), entry(3, "consultation", "Luc"), entry(4, "export", "Luc")}
	list[1].Perimeter, list[2].Perimeter, list[3].Result, list[3].Detail = "deux", "*", "refuse", "100 % des droits"
	s.must(s.AppendJournal(s.ctx, list, chain))
	for _, c := range []struct {
		name   string
		f      registry.JournalFilter
		p      registry.Page
		seqs   string
		within int
	}{
		{"all, newest first", registry.JournalFilter{}, registry.Page{}, "[4 3 2 1]", 4},
		{"a page", registry.JournalFilter{}, registry.Page{Offset: 1, Limit: 2}, "[3 2]", 4},
		{"account", registry.JournalFilter{Account: 2}, registry.Page{}, "[2]", 1},
		{"actions", registry.JournalFilter{Actions: []string{"export", "connexion"}}, registry.Page{}, "[4 2 1]", 3},
		{"result", registry.JournalFilter{Result: "refuse"}, registry.Page{}, "[4]", 1},
		{"school", registry.JournalFilter{School: "0350001L"}, registry.Page{}, "[3 2]", 2},
		{"other school", registry.JournalFilter{School: "0350005R"}, registry.Page{}, "[3]", 1},
		{"from", registry.JournalFilter{From: arrival.Add(3 * time.Hour)}, registry.Page{}, "[4 3]", 2},
		{"before", registry.JournalFilter{To: arrival.Add(3 * time.Hour)}, registry.Page{}, "[2 1]", 2},
		{"text", registry.JournalFilter{Text: "éRIC"}, registry.Page{}, "[2]", 1},
		{"address", registry.JournalFilter{Text: "192.0.2.1", Account: 1}, registry.Page{}, "[1]", 1},
		{"no pattern", registry.JournalFilter{Text: "0 % d"}, registry.Page{}, "[4]", 1},
		{"no such text", registry.JournalFilter{Text: "_"}, registry.Page{}, "[]", 0},
	} {
		list, total, err := s.ListJournal(s.ctx, c.f, c.p)
		seqs := []int64{}
		for _, e := range list {
			seqs = append(seqs, e.Seq)
		}
		if err != nil || fmt.Sprint(seqs) != c.seqs || total != c.within {
			t.Errorf("%s: %v of %d, %v", c.name, seqs, total, err)
		}
	}
	if schools, err := s.Perimeter(s.ctx, "deux"); err != nil || fmt.Sprint(schools) != "[0350001L 0350017D]" {
		t.Errorf("perimeter %v, %v", schools, err)
	}
	_, unknown := s.Perimeter(s.ctx, "trois")
	s.kinds(belvedere.NotFound, map[string]error{"perimeter": unknown})
	for _, name := range []string{"", "*"} {
		if err := s.PutPerimeter(s.ctx, name, []belvedere.UAI{"0350017D"}); err == nil {
			t.Errorf("%q was kept as a list", name)
		}
	}
}

// testPurge keeps the mark, and the chain goes on even when nothing is left of it.
func testPurge(t *testing.T, s *suite) {
	if mark, err := s.JournalMark(s.ctx); mark != "" || err != nil {
		t.Errorf("mark before any purge: %q, %v", mark, err)
	}
	s.must(s.PurgeJournal(s.ctx, 5, "rien"))
	for i := range 4 {
		s.must(s.AppendJournal(s.ctx, []registry.Entry{entry(i, "export", "Luc")}, chain))
	}
	s.must(s.PurgeJournal(s.ctx, 2, "deux"))
	s.must(s.PurgeJournal(s.ctx, 2, "une autre fois"))
	if mark, err := s.again().JournalMark(s.ctx); mark != "deux" || err != nil {
		t.Errorf("mark %q, %v", mark, err)
	}
	if list := s.walk(0); len(list) != 2 || list[0].Seq != 3 || list[0].Seal != "3<2<1<" {
		t.Errorf("left %+v", list)
	}
	s.must(s.PurgeJournal(s.ctx, 9, "tout"))
	if list, total, err := s.ListJournal(s.ctx, registry.JournalFilter{}, registry.Page{}); len(list) != 0 || total != 0 || err != nil {
		t.Errorf("left %+v, %v", list, err)
	}
	s.must(s.AppendJournal(s.ctx, []registry.Entry{entry(9, "export", "Luc")}, chain))
	if head, err := s.JournalHead(s.ctx); err != nil || head.Seq != 5 || head.Seal != "5<4<3<2<1<" {
		t.Errorf("after all was purged: %+v, %v", head, err)
	}
}
