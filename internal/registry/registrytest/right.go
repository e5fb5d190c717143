package registrytest

import (
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func testSchoolEdits(t *testing.T, s *suite) {
	e := registry.SchoolEdit{School: " 0350017d", Postcodes: []string{"35000", "35200"}, Opened: belvedere.Date(1998, 9, 1), By: "Claire@MORVAN", At: arrival}
	put, err := s.PutSchoolEdit(s.ctx, e)
	e.School, e.Version = "0350017D", 1
	if err != nil || fmt.Sprint(put) != fmt.Sprint(e) {
		t.Errorf("put %+v, %v", put, err)
	}
	none, err := s.PutSchoolEdit(s.ctx, registry.SchoolEdit{School: "0350001L", Postcodes: []string{}, Closed: belvedere.Date(2025, 9, 1), MergedInto: "0350017D", At: arrival})
	s.must(err)
	put.Postcodes = nil
	if put, err = s.PutSchoolEdit(s.ctx, put); err != nil || put.Version != 2 {
		t.Errorf("put again %+v, %v", put, err)
	}
	list, err := s.again().ListSchoolEdits(s.ctx)
	if err != nil || fmt.Sprintf("%#v", list) != fmt.Sprintf("%#v", []registry.SchoolEdit{none, put}) {
		t.Errorf("edits %#v, %v", list, err)
	}
	_, first := s.PutSchoolEdit(s.ctx, registry.SchoolEdit{School: "0350001L"})
	_, stale := s.PutSchoolEdit(s.ctx, e)
	s.kinds(belvedere.Conflict, map[string]error{"as if none was kept": first, "old": stale})
	for name, bad := range map[string]registry.SchoolEdit{
		"letter": {School: "0350017A"}, "postcode": {School: "0350017D", Postcodes: []string{"3500"}}, "digits": {School: "0350017D", Postcodes: []string{"35OOO"}},
		"itself": {School: "0350017D", MergedInto: "0350017D"}, "into": {School: "0350017D", MergedInto: "x"},
		"dates": {School: "0350017D", Opened: belvedere.Date(2025, 9, 1), Closed: belvedere.Date(2025, 9, 1)},
	} {
		_, err := s.PutSchoolEdit(s.ctx, bad)
		s.kinds(belvedere.Invalid, map[string]error{name: err})
	}
	s.must(s.DeleteSchoolEdit(s.ctx, "0350017D"))
	s.kinds(belvedere.NotFound, map[string]error{"again": s.DeleteSchoolEdit(s.ctx, "0350017D")})
	_, err = s.PutSchoolEdit(s.ctx, registry.SchoolEdit{School: "0350017D"})
	s.must(err)
}

func testTokens(t *testing.T, s *suite) {
	given := registry.Token{Name: "Éditeur A", Vendor: "editeur-a", Hash: "h1", Push: true, Schools: []belvedere.UAI{"0350017D", "0350001L"},
		CreatedBy: "Claire@MORVAN", Created: arrival, Expires: arrival.Add(time.Hour)}
	a, err := s.CreateToken(s.ctx, given)
	s.must(err)
	want := given
	want.ID, want.Schools = a.ID, []belvedere.UAI{"0350001L", "0350017D"}
	if got, err := s.again().Token(s.ctx, "h1"); err != nil || fmt.Sprint(got) != fmt.Sprint(want) || fmt.Sprint(a) != fmt.Sprint(want) {
		t.Errorf("token %+v, %v", got, err)
	}
	same := registry.Token{Name: "ÉDITEUR a", Vendor: "autre", Hash: "h2", Read: true, AllSchools: true, Created: arrival.Add(time.Minute)}
	_, taken := s.CreateToken(s.ctx, same)
	s.kinds(belvedere.Conflict, map[string]error{"a live one bears the name": taken})
	version := s.rights()
	s.must(s.TokenUsed(s.ctx, a.ID, arrival.Add(time.Minute), "192.0.2.1"))
	if s.rights() != version {
		t.Error("a use made rights be computed again")
	}
	s.must(s.RevokeToken(s.ctx, a.ID, arrival.Add(time.Minute)))
	s.must(s.RevokeToken(s.ctx, a.ID, arrival.Add(time.Hour)))
	b, err := s.CreateToken(s.ctx, same)
	s.must(err)
	same.Hash, same.Created = "h3", arrival.Add(2*time.Hour)
	if _, err := s.CreateToken(s.ctx, same); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("one without end bears the name: %v", err)
	}
	want.Revoked, want.LastUsed, want.LastFrom = arrival.Add(time.Minute), arrival.Add(time.Minute), "192.0.2.1"
	if list, err := s.ListTokens(s.ctx); err != nil || fmt.Sprint(list) != fmt.Sprint([]registry.Token{b, want}) {
		t.Errorf("tokens %+v, %v", list, err)
	}
	_, unknown := s.Token(s.ctx, "h9")
	s.kinds(belvedere.NotFound, map[string]error{"token": unknown, "revoke": s.RevokeToken(s.ctx, 9, arrival), "used": s.TokenUsed(s.ctx, 9, arrival, "")})
	_, noName := s.CreateToken(s.ctx, registry.Token{Hash: "h4"})
	_, bidi := s.CreateToken(s.ctx, registry.Token{Name: "a\u202eb", Hash: "h4"})
	_, letter := s.CreateToken(s.ctx, registry.Token{Name: "c", Hash: "h4", Schools: []belvedere.UAI{"0350017A"}})
	s.kinds(belvedere.Invalid, map[string]error{"name": noName, "bidi": bidi, "letter": letter})
}

// testOwnTokens keeps those of a person apart from those of others: names, numbers, withdrawal.
func testOwnTokens(t *testing.T, s *suite) {
	s.fillAccounts()
	own := func(account int64, name string, at time.Time) (registry.Token, error) {
		return s.CreateToken(s.ctx, registry.Token{Account: account, Strong: account == 1, Name: name, Hash: fmt.Sprint(account, name, at.Unix()), Read: true, Created: at, Expires: at.Add(time.Hour)})
	}
	first, err := own(1, "carnet", arrival)
	s.must(err)
	if got, err := s.again().Token(s.ctx, first.Hash); err != nil || got.Account != 1 || !got.Strong || fmt.Sprint(got) != fmt.Sprint(first) {
		t.Errorf("%+v %v", got, err)
	}
	other, err := own(2, "Carnet", arrival)
	s.must(err)
	_, err = s.CreateToken(s.ctx, registry.Token{Name: "carnet", Hash: "p", Read: true, AllSchools: true, Created: arrival})
	s.must(err)
	_, same := own(1, "CARNET", arrival)
	_, nobody := own(99, "carnet", arrival)
	for i := range registry.MostOwnTokens - 1 {
		_, err := own(1, fmt.Sprint("n", i), arrival)
		s.must(err)
	}
	_, full := own(1, "de trop", arrival)
	s.kinds(belvedere.Conflict, map[string]error{"same name": same, "too many": full})
	s.kinds(belvedere.NotFound, map[string]error{"no account": nobody})
	_, err = own(1, "de trop", arrival.Add(time.Hour)) // the others have ended
	s.must(err)
	for name, x := range map[string]registry.Token{"push": {Read: true, Push: true}, "all": {Read: true, AllSchools: true}, "schools": {Read: true, Schools: []belvedere.UAI{"0350017D"}}, "no reading": {}} {
		x.Account, x.Name, x.Hash, x.Created = 2, name, name, arrival
		if _, err := s.CreateToken(s.ctx, x); err == nil {
			t.Errorf("a token of a person with %s was made", name)
		}
	}
	version := s.rights()
	s.must(s.RevokeTokensOf(s.ctx, 1, arrival.Add(time.Minute)))
	s.must(s.RevokeTokensOf(s.ctx, 1, arrival.Add(time.Hour)))
	if s.RevokeTokensOf(s.ctx, 0, arrival) == nil || s.rights() == version {
		t.Error("tokens of programs withdrawn together, or rights not computed again")
	}
	list, err := s.ListTokens(s.ctx)
	s.must(err)
	for _, one := range list {
		if one.Account == 1 != one.Revoked.Equal(arrival.Add(time.Minute)) {
			t.Errorf("%+v", one)
		}
	}
	if got, err := s.Token(s.ctx, other.Hash); err != nil || !got.Revoked.IsZero() {
		t.Errorf("of another person: %+v %v", got, err)
	}
}

// testExpiredToken frees its name.
func testExpiredToken(t *testing.T, s *suite) {
	_, err := s.CreateToken(s.ctx, registry.Token{Name: "x", Hash: "h1", Created: arrival, Expires: arrival.Add(time.Hour)})
	s.must(err)
	_, early := s.CreateToken(s.ctx, registry.Token{Name: "x", Hash: "h2", Created: arrival.Add(time.Minute)})
	s.kinds(belvedere.Conflict, map[string]error{"before": early})
	_, err = s.CreateToken(s.ctx, registry.Token{Name: "x", Hash: "h2", Created: arrival.Add(time.Hour)})
	s.must(err)
}

// testRightsVersion raises it with each write that may change what someone sees, and no other.
func testRightsVersion(t *testing.T, s *suite) {
	s.fillAccounts()
	a, err := s.Account(s.ctx, 1)
	s.must(err)
	for _, c := range []struct {
		name  string
		write func() error
		raise bool
	}{
		{"update", func() (err error) { a, err = s.UpdateAccount(s.ctx, a); return err }, true},
		{"create", func() error { _, err := s.CreateAccount(s.ctx, person("Max", "Fabre")); return err }, true},
		{"import", func() error { return s.ImportAccounts(s.ctx, []registry.Account{person("Luc", "Petit")}) }, true},
		{"delete", func() error { return s.DeleteAccount(s.ctx, 2, 0) }, true},
		{"second factor", func() error { return s.SetTOTP(s.ctx, 1, "") }, true},
		{"password", func() error { return s.SetPassword(s.ctx, 1, "x", arrival) }, true},
		{"group", func() error {
			_, err := s.PutGroup(s.ctx, registry.Group{Name: "x", Rule: "liste"})
			return err
		}, true},
		{"no group", func() error { return s.DeleteGroup(s.ctx, 1, 0) }, true},
		{"agreement", func() error { _, err := s.PutAgreement(s.ctx, agreement()); return err }, true},
		{"withdrawal", func() error { return s.RevokeAgreement(s.ctx, 1, arrival) }, true},
		{"no agreement", func() error { return s.DeleteAgreement(s.ctx, 1) }, true},
		{"edit", func() error { _, err := s.PutSchoolEdit(s.ctx, registry.SchoolEdit{School: "0350017D"}); return err }, true},
		{"contest", func() error { return s.PutContests(s.ctx, "0350017D", nil) }, true},
		{"no edit", func() error { return s.DeleteSchoolEdit(s.ctx, "0350017D") }, true},
		{"token", func() error { _, err := s.CreateToken(s.ctx, registry.Token{Name: "x", Hash: "x"}); return err }, true},
		{"no token", func() error { return s.RevokeToken(s.ctx, 1, arrival) }, true},
		{"alert", func() error { _, err := s.CreateAlert(s.ctx, watched(1)); return err }, false},
		{"sign-in", func() error { return s.SignedIn(s.ctx, 1, arrival) }, false},
		{"session", func() error { return s.TouchSession(s.ctx, "s-Claire@Morvan", arrival) }, false},
		{"delivery", func() error { _, _, err := s.Accept(s.ctx, file("fichier", "", "", "a")); return err }, false},
		{"journal", func() error { return s.AppendJournal(s.ctx, []registry.Entry{{}}, chain) }, false},
	} {
		before := s.rights()
		s.must(c.write())
		if after := s.rights(); (after != before) != c.raise || after < before {
			t.Errorf("%s: from %d to %d", c.name, before, after)
		}
	}
	_, refused := s.CreateAccount(s.ctx, registry.Account{})
	before := s.rights()
	if s.kinds(belvedere.Invalid, map[string]error{"refused": refused}); s.rights() != before {
		t.Error("a refused write raised it")
	}
}
