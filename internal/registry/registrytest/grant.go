package registrytest

import (
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// granted is a grant of extracts for a month.
func granted(account int64) registry.Grant {
	return registry.Grant{Created: arrival, CreatedBy: "Claire@MORVAN", Grant: belvedere.Grant{Account: account, Capability: belvedere.Extractor,
		Widgets: []string{"social.assiduite"}, Schools: []belvedere.UAI{"0350017D", "0350001L"}, Within: []belvedere.Within{{Dim: "composante", Codes: []string{"GC"}}, {Dim: "service", Codes: []string{"<S>", "é"}}}, Level: belvedere.Pseudonyms, Purpose: "Enquête <sur> l’assiduité",
		Approver: "Claire MORVAN", Request: 4, From: arrival, Until: arrival.AddDate(0, 1, 0)}}
}

func testGrants(t *testing.T, s *suite) {
	s.fillAccounts()
	before := s.rights()
	one, err := s.CreateGrant(s.ctx, granted(1))
	s.must(err)
	want := granted(1)
	want.ID, want.Schools = one.ID, []belvedere.UAI{"0350001L", "0350017D"}
	if got, err := s.again().Grant(s.ctx, one.ID); err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) || s.rights() == before {
		t.Errorf("grant %+v, %v, want %+v", got, err, want)
	}
	reading := granted(2)
	reading.Capability, reading.Level, reading.Request, reading.Until = "", "", 0, arrival.AddDate(1, 0, 0)
	other, err := s.CreateGrant(s.ctx, reading)
	if err != nil || other.Level != belvedere.Totals {
		t.Errorf("reading %+v, %v", other, err)
	}
	count := func(f registry.GrantFilter) int {
		t.Helper()
		list, n, err := s.ListGrants(s.ctx, f, registry.Page{})
		if s.must(err); len(list) != n {
			t.Errorf("%d in a list of %d", len(list), n)
		}
		return n
	}
	end := want.Until
	for name, c := range map[string]struct {
		filter registry.GrantFilter
		want   int
	}{
		"all": {registry.GrantFilter{}, 2}, "of one": {registry.GrantFilter{Account: 2}, 1}, "of a request": {registry.GrantFilter{Request: 4}, 1},
		"live before the end": {registry.GrantFilter{Live: end.Add(-time.Microsecond)}, 2}, "live at the end": {registry.GrantFilter{Live: end}, 1},
		"ended before": {registry.GrantFilter{Ended: end.Add(-time.Microsecond)}, 0}, "ended": {registry.GrantFilter{Ended: end}, 1},
		"ends by": {registry.GrantFilter{EndsBy: end}, 1},
	} {
		if n := count(c.filter); n != c.want {
			t.Errorf("%s: %d, want %d", name, n, c.want)
		}
	}
	s.must(s.GrantReminded(s.ctx, one.ID, arrival))
	before = s.rights()
	later, err := s.RenewGrant(s.ctx, one.ID, end.AddDate(0, 1, 0))
	if err != nil || !later.Until.Equal(end.AddDate(0, 1, 0)) || !later.Reminded.IsZero() || s.rights() == before {
		t.Errorf("renewed %+v, %v", later, err)
	}
	before = s.rights()
	gone, err := s.RevokeGrant(s.ctx, one.ID, "Claire@MORVAN", "Départ du service.", arrival.Add(time.Hour))
	if err != nil || !gone.Revoked.Equal(arrival.Add(time.Hour)) || gone.RevokedWhy != "Départ du service." || s.rights() == before || gone.Holds(arrival.Add(2*time.Hour)) {
		t.Errorf("revoked %+v, %v", gone, err)
	}
	if again, err := s.RevokeGrant(s.ctx, one.ID, "x", "y", arrival.Add(9*time.Hour)); err != nil || fmt.Sprint(again) != fmt.Sprint(gone) {
		t.Errorf("revoked twice: %+v, %v", again, err)
	}
	_, back := s.RenewGrant(s.ctx, one.ID, end)
	s.kinds(belvedere.Conflict, map[string]error{"renewal of what is revoked": back})
	_, absent := s.Grant(s.ctx, 99)
	_, nobody := s.CreateGrant(s.ctx, granted(99))
	s.kinds(belvedere.NotFound, map[string]error{"absent": absent, "nobody": nobody, "reminded": s.GrantReminded(s.ctx, 99, arrival)})
	s.must(s.DeleteAccount(s.ctx, 2, 0))
	if n := count(registry.GrantFilter{Account: 2}); n != 0 {
		t.Errorf("%d grants of an account that is gone", n)
	}
}

func testGrantChecks(t *testing.T, s *suite) {
	s.fillAccounts()
	for name, spoil := range map[string]func(*registry.Grant){
		"no one": func(g *registry.Grant) { g.Account = 0 }, "no purpose": func(g *registry.Grant) { g.Purpose = " " }, "no approver": func(g *registry.Grant) { g.Approver = "" },
		"no end": func(g *registry.Grant) { g.Until = time.Time{} }, "ends first": func(g *registry.Grant) { g.Until = g.From }, "capability": func(g *registry.Grant) { g.Capability = "dieu" },
		"level": func(g *registry.Grant) { g.Level = "tout" }, "persons for readers": func(g *registry.Grant) { g.Capability = "" }, "school": func(g *registry.Grant) { g.Schools = []belvedere.UAI{"0350017A"} },
	} {
		g := granted(1)
		spoil(&g)
		before := s.rights()
		_, err := s.CreateGrant(s.ctx, g)
		if s.kinds(belvedere.Invalid, map[string]error{name: err}); s.rights() != before {
			t.Errorf("%s: a refused write raised the version of rights", name)
		}
	}
}
