package registrytest

import (
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func (s *suite) session(account int64, hash string, age time.Duration) registry.Session {
	s.t.Helper()
	n := registry.Session{Hash: hash, Account: account, Created: arrival.Add(-age), LastUsed: arrival, Expires: arrival.Add(12*time.Hour - age),
		From: "192.0.2.1", Browser: "Firefox"}
	s.must(s.PutSession(s.ctx, n))
	return n
}

func testSessions(t *testing.T, s *suite) {
	a, b := s.create(person("Claire", "Morvan")), s.create(person("Luc", "Petit"))
	old, young, other := s.session(a.ID, "h1", time.Hour), s.session(a.ID, "h2", 0), s.session(b.ID, "h3", 20*time.Hour)
	young.Strong = true
	s.must(s.PutSession(s.ctx, young))
	if got, err := s.again().Session(s.ctx, "h2"); err != nil || got != young {
		t.Errorf("session %+v, %v", got, err)
	}
	s.must(s.TouchSession(s.ctx, "h1", arrival.Add(time.Minute)))
	old.LastUsed = arrival.Add(time.Minute)
	if list, err := s.ListSessions(s.ctx, a.ID); err != nil || fmt.Sprint(list) != fmt.Sprint([]registry.Session{young, old}) {
		t.Errorf("sessions %+v, %v", list, err)
	}
	if n, err := s.DeleteSessions(s.ctx, a.ID, "h2"); n != 1 || err != nil {
		t.Errorf("ended %d but one, %v", n, err)
	}
	s.must(s.Sweep(s.ctx, arrival))
	s.must(s.DeleteSession(s.ctx, "h1"))
	_, ended := s.Session(s.ctx, old.Hash)
	_, swept := s.Session(s.ctx, other.Hash)
	s.kinds(belvedere.NotFound, map[string]error{"ended": ended, "swept": swept, "touched": s.TouchSession(s.ctx, "h1", arrival),
		"of nobody": s.PutSession(s.ctx, registry.Session{Hash: "h4", Account: 9})})
	if n, err := s.DeleteSessions(s.ctx, a.ID, ""); n != 1 || err != nil {
		t.Errorf("ended all %d, %v", n, err)
	}
}

func (s *suite) link(account int64, kind registry.LinkKind, hash string, keep bool) registry.Link {
	s.t.Helper()
	l := registry.Link{Hash: hash, Kind: kind, Account: account, Data: "claire@autre.example", Created: arrival, Expires: arrival.Add(30 * time.Minute)}
	s.must(s.PutLink(s.ctx, l, keep))
	return l
}

func testLinks(t *testing.T, s *suite) {
	a := s.create(person("Claire", "Morvan"))
	l := s.link(a.ID, registry.LinkReset, "l1", false)
	for range 2 { // reading does not use it
		if got, err := s.again().Link(s.ctx, "l1", arrival); err != nil || got != l {
			t.Errorf("link %+v, %v", got, err)
		}
	}
	_, lateRead := s.Link(s.ctx, "l1", l.Expires)
	_, lateUse := s.UseLink(s.ctx, "l1", l.Expires)
	_, unknown := s.UseLink(s.ctx, "l9", arrival)
	s.link(a.ID, registry.LinkReset, "l2", true)
	s.link(a.ID, registry.LinkEmail, "l3", false)
	got := s.together(12, func(_ int, r registry.Registry) error {
		used, err := r.UseLink(s.ctx, "l1", arrival)
		if err == nil && used != l {
			t.Errorf("used %+v", used)
		}
		return err
	})
	if fmt.Sprint(got) != "map[-1:1 2:11]" {
		t.Errorf("outcomes by kind: %v", got)
	}
	s.link(a.ID, registry.LinkReset, "l4", false)
	_, replaced := s.Link(s.ctx, "l2", arrival)
	s.must(s.DeleteLinks(s.ctx, a.ID, registry.LinkReset))
	_, deleted := s.Link(s.ctx, "l4", arrival)
	if _, err := s.Link(s.ctx, "l3", arrival); err != nil {
		t.Errorf("a link of another kind died: %v", err)
	}
	s.must(s.Sweep(s.ctx, arrival.Add(time.Hour)))
	_, swept := s.Link(s.ctx, "l3", arrival)
	_, used := s.Link(s.ctx, "l1", arrival)
	errs := map[string]error{"read late": lateRead, "used late": lateUse, "unknown": unknown, "used": used, "replaced": replaced, "deleted": deleted, "swept": swept}
	s.kinds(belvedere.NotFound, errs)
	for name, err := range errs {
		if belvedere.Message(err) != belvedere.Message(unknown) {
			t.Errorf("%s tells itself from unknown: %v", name, err)
		}
	}
	s.kinds(belvedere.NotFound, map[string]error{"of nobody": s.PutLink(s.ctx, registry.Link{Hash: "l5", Account: 9}, false)})
}
