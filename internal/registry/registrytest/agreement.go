package registrytest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func agreement() registry.Agreement {
	return registry.Agreement{School: "0350017D", From: belvedere.Date(2025, 9, 1), To: belvedere.Date(2026, 9, 1),
		Themes: []string{"social", "connexions"}, Indicators: []int{12, 3, 12}, Extended: []int{31, 28}, Recipients: []string{"Claire@MORVAN"},
		Basis: "consentement écrit", Reference: "CONV-12", Created: arrival}
}

func testAgreements(t *testing.T, s *suite) {
	given := agreement()
	given.School = " 0350017d"
	put, err := s.PutAgreement(s.ctx, given)
	s.must(err)
	want := agreement()
	want.ID, want.Version = put.ID, 1
	want.Themes, want.Indicators, want.Extended = []string{"connexions", "social"}, []int{3, 12}, []int{28, 31}
	if put.ID == 0 || fmt.Sprint(put) != fmt.Sprint(want) {
		t.Errorf("put\n%+v, want\n%+v", put, want)
	}
	if got, err := s.again().Agreement(s.ctx, put.ID); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("read\n%+v, want\n%+v, %v", got, want, err)
	}
	version := s.rights()
	if again, err := s.PutAgreement(s.ctx, agreement()); err != nil || fmt.Sprint(again) != fmt.Sprint(want) || s.rights() != version {
		t.Errorf("the same again: %+v, %v, rights %d then %d", again, err, version, s.rights())
	}
	changed := agreement()
	changed.To = time.Time{}
	if got, err := s.PutAgreement(s.ctx, changed); err != nil || got.ID != put.ID || got.Version != 2 || !got.To.IsZero() || s.rights() == version {
		t.Errorf("the same school, start and reference: %+v, %v", got, err)
	}
	if _, err := s.PutAgreement(s.ctx, want); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("from an old version: %v", err)
	}
	s.must(s.DeleteAgreement(s.ctx, put.ID))
	for name, err := range map[string]error{"delete": s.DeleteAgreement(s.ctx, put.ID), "revoke": s.RevokeAgreement(s.ctx, put.ID, arrival),
		"remind": s.Reminded(s.ctx, put.ID, arrival)} {
		if belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("%s of one that is gone: %v", name, err)
		}
	}
}

// rights is the version of what rights are computed from.
func (s *suite) rights() int64 {
	s.t.Helper()
	v, err := s.RightsVersion(s.ctx)
	s.must(err)
	return v
}

func testAgreementChecks(t *testing.T, s *suite) {
	long := strings.Repeat("é", 201)
	for name, spoil := range map[string]func(a *registry.Agreement){
		"letter":                  func(a *registry.Agreement) { a.School = "0350017A" },
		"no start":                func(a *registry.Agreement) { a.From = time.Time{} },
		"ends":                    func(a *registry.Agreement) { a.To = a.From },
		"no basis":                func(a *registry.Agreement) { a.Basis = " " },
		"long basis":              func(a *registry.Agreement) { a.Basis = long },
		"line break":              func(a *registry.Agreement) { a.Basis = "consentement\nécrit" },
		"bidi":                    func(a *registry.Agreement) { a.Reference = "CONV\u202e21" },
		"long recipient":          func(a *registry.Agreement) { a.Recipients = []string{long} },
		"empty recipient":         func(a *registry.Agreement) { a.Recipients = []string{" "} },
		"indicator 0":             func(a *registry.Agreement) { a.Indicators = []int{0} },
		"indicator 81":            func(a *registry.Agreement) { a.Extended = []int{81} },
		"collective and extended": func(a *registry.Agreement) { a.School = "" },
		"nothing": func(a *registry.Agreement) {
			a.Themes, a.Indicators, a.Extended, a.Recipients = nil, nil, nil, nil
		},
	} {
		bad, other := agreement(), agreement()
		spoil(&bad)
		if _, err := s.PutAgreement(s.ctx, bad); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		other.Reference = "autre"
		if err := s.ImportAgreements(s.ctx, []registry.Agreement{other, bad}); belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(err.Error(), "agreement 2") {
			t.Errorf("import with %s: %v", name, err)
		}
	}
	if list, total, err := s.ListAgreements(s.ctx, registry.AgreementFilter{}, registry.Page{}); err != nil || total != 0 || len(list) != 0 {
		t.Errorf("a refused import left %v, %v", list, err)
	}
}

func testAgreementList(t *testing.T, s *suite) {
	collective := registry.Agreement{From: belvedere.Date(2025, 1, 1), AllThemes: true, Basis: "mission d’intérêt public"}
	ended := agreement()
	ended.From, ended.To, ended.Reference = belvedere.Date(2024, 9, 1), belvedere.Date(2025, 9, 1), "CONV-1"
	other := agreement()
	other.School, other.To, other.Reference = "0350001L", time.Time{}, "100 % œuvre"
	s.must(s.ImportAgreements(s.ctx, []registry.Agreement{agreement(), ended, collective, other}))
	s.must(s.ImportAgreements(s.ctx, []registry.Agreement{other, collective}))
	s.must(s.RevokeAgreement(s.ctx, 4, arrival))
	for _, c := range []struct {
		name   string
		f      registry.AgreementFilter
		p      registry.Page
		ids    string
		within int
	}{
		{"all", registry.AgreementFilter{}, registry.Page{}, "[3 4 2 1]", 4},
		{"a page", registry.AgreementFilter{}, registry.Page{Offset: 1, Limit: 2}, "[4 2]", 4},
		{"school", registry.AgreementFilter{School: "0350017D"}, registry.Page{}, "[2 1]", 2},
		{"in force on the last day", registry.AgreementFilter{InForce: belvedere.Date(2025, 8, 31)}, registry.Page{}, "[3 2]", 2},
		{"in force the day after", registry.AgreementFilter{InForce: belvedere.Date(2025, 9, 1)}, registry.Page{}, "[3 1]", 2},
		{"ends", registry.AgreementFilter{EndsBy: belvedere.Date(2025, 9, 1)}, registry.Page{}, "[2]", 1},
		{"text without accent", registry.AgreementFilter{Text: "INTERET"}, registry.Page{}, "[3]", 1},
		{"text that is no pattern", registry.AgreementFilter{Text: "0 % oe"}, registry.Page{}, "[4]", 1},
		{"no such text", registry.AgreementFilter{Text: "_"}, registry.Page{}, "[]", 0},
	} {
		list, total, err := s.ListAgreements(s.ctx, c.f, c.p)
		ids := []int64{}
		for _, a := range list {
			ids = append(ids, a.ID)
		}
		if err != nil || fmt.Sprint(ids) != c.ids || total != c.within {
			t.Errorf("%s: %v of %d, %v", c.name, ids, total, err)
		}
	}
}

// testReminder sends the reminder again when the end has moved, and only then.
func testReminder(t *testing.T, s *suite) {
	put, err := s.PutAgreement(s.ctx, agreement())
	s.must(err)
	s.must(s.Reminded(s.ctx, put.ID, arrival))
	put.Basis = "mission"
	if put, err = s.PutAgreement(s.ctx, put); err != nil || !put.Reminded.Equal(arrival) {
		t.Errorf("another basis: %+v, %v", put, err)
	}
	put.To = put.To.AddDate(1, 0, 0)
	if put, err = s.PutAgreement(s.ctx, put); err != nil || !put.Reminded.IsZero() {
		t.Errorf("another end: %+v, %v", put, err)
	}
}

// testWithdrawal stands whatever file is imported after it.
func testWithdrawal(t *testing.T, s *suite) {
	put, err := s.PutAgreement(s.ctx, agreement())
	s.must(err)
	s.must(s.RevokeAgreement(s.ctx, put.ID, arrival))
	s.must(s.RevokeAgreement(s.ctx, put.ID, arrival.Add(time.Hour)))
	s.must(s.ImportAgreements(s.ctx, []registry.Agreement{agreement()}))
	changed := agreement()
	changed.Basis = "mission"
	s.must(s.ImportAgreements(s.ctx, []registry.Agreement{changed}))
	got, err := s.Agreement(s.ctx, put.ID)
	if err != nil || !got.Revoked.Equal(arrival) || got.Basis != "mission" || got.InForce(belvedere.Date(2025, 12, 1)) {
		t.Errorf("a withdrawn agreement came back by its file: %+v, %v", got, err)
	}
	if _, err := s.PutAgreement(s.ctx, put); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("an edit begun before the withdrawal: %v", err)
	}
}
