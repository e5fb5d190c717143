package admin_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/door"
	"belvedere/internal/registry"
)

// keys is the management of tokens over a real registry.
func keys(t *testing.T) (*admin.Tokens, *time.Time) {
	t.Helper()
	reg, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 11, 25, 23, 30, 0, 0, time.UTC) // the 26th in the territory
	return &admin.Tokens{Registry: reg, Schools: register(9), Reserved: []string{"depp"}, Zone: paris, Now: func() time.Time { return clock }}, &clock
}

var boss = belvedere.Viewer{ID: 1, Login: "Claire@MORVAN", Admin: true}

func TestTokenIsShownOnce(t *testing.T) {
	tokens, _ := keys(t)
	secret, made, err := tokens.Create(t.Context(), boss, admin.TokenForm{Name: " Envoi de nuit ", Vendor: "mon-editeur", Push: true, Schools: []string{strings.ToLower(string(school(2))), string(school(2)), string(school(1))}})
	if err != nil {
		t.Fatal(err)
	}
	if hash, ok := door.TokenHash(secret); !ok || hash != made.Hash {
		t.Errorf("the secret %s does not lead to the hash %s", secret, made.Hash)
	}
	want := time.Date(2027, 11, 25, 23, 0, 0, 0, time.UTC) // the end of 25 November 2027 in Paris
	if made.Name != "Envoi de nuit" || len(made.Schools) != 2 || made.CreatedBy != boss.Login || !made.Push || made.Read || !made.Expires.Equal(want) {
		t.Errorf("%+v", made)
	}
	list, err := tokens.List(t.Context())
	if err != nil || len(list) != 1 || list[0].State != admin.TokenLive || list[0].LastDay.Format(time.DateOnly) != "2027-11-25" {
		t.Fatalf("%+v %v", list, err)
	}
	if kept := admin.TokenObject(list[0].Token) + admin.SayToken(list[0].Token) + list[0].Hash; strings.Contains(kept, secret[4:20]) {
		t.Errorf("what is kept holds the secret: %s", kept)
	}
	if _, _, err := tokens.Create(t.Context(), boss, admin.TokenForm{Name: "envoi de NUIT", Vendor: "autre", Read: true, AllSchools: true}); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("the same name again: %v", err)
	}
}

func TestTokenForms(t *testing.T) {
	tokens, _ := keys(t)
	group, err := tokens.Registry.PutGroup(t.Context(), registry.Group{Name: "Lycées", Rule: "type", Values: []string{"lycee"}})
	if err != nil {
		t.Fatal(err)
	}
	empty, err := tokens.Registry.PutGroup(t.Context(), registry.Group{Name: "Écoles", Rule: "type", Values: []string{"ecole"}})
	if err != nil {
		t.Fatal(err)
	}
	good := func(change func(*admin.TokenForm)) admin.TokenForm {
		f := admin.TokenForm{Name: "Essai", Vendor: "alpha", Read: true, Schools: []string{string(school(1))}}
		change(&f)
		return f
	}
	for _, c := range []struct {
		name  string
		form  admin.TokenForm
		field string // at fault, "" for none
	}{
		{"no name", good(func(f *admin.TokenForm) { f.Name = " " }), "nom"},
		{"long name", good(func(f *admin.TokenForm) { f.Name = strings.Repeat("a", 10_000) }), "nom"},
		{"line break", good(func(f *admin.TokenForm) { f.Name = "a\r\nb" }), "nom"},
		{"bidi", good(func(f *admin.TokenForm) { f.Name = "a\u202eb" }), "nom"},
		{"formula", good(func(f *admin.TokenForm) { f.Name = "=1+1" }), "nom"},
		{"no vendor", good(func(f *admin.TokenForm) { f.Vendor = "" }), "editeur"},
		{"one letter", good(func(f *admin.TokenForm) { f.Vendor = "a" }), "editeur"},
		{"41 letters", good(func(f *admin.TokenForm) { f.Vendor = strings.Repeat("a", 41) }), "editeur"},
		{"upper case", good(func(f *admin.TokenForm) { f.Vendor = "Alpha" }), "editeur"},
		{"path", good(func(f *admin.TokenForm) { f.Vendor = "../alpha" }), "editeur"},
		{"hyphen first", good(func(f *admin.TokenForm) { f.Vendor = "-alpha" }), "editeur"},
		{"source of the program", good(func(f *admin.TokenForm) { f.Vendor = "depot" }), "editeur"},
		{"code of a form", good(func(f *admin.TokenForm) { f.Vendor = "depp" }), "editeur"},
		{"neither push nor read", good(func(f *admin.TokenForm) { f.Read = false }), "acces"},
		{"no school", good(func(f *admin.TokenForm) { f.Schools = nil }), "etablissement"},
		{"unknown school", good(func(f *admin.TokenForm) { f.Schools = []string{string(school(99))} }), "etablissement"},
		{"no UAI", good(func(f *admin.TokenForm) { f.Schools = []string{"x"} }), "etablissement"},
		{"a million schools", good(func(f *admin.TokenForm) { f.Schools = make([]string, 1_000_000) }), "etablissement"},
		{"unknown group", good(func(f *admin.TokenForm) { f.Groups = []int64{77} }), "groupe"},
		{"empty group alone", good(func(f *admin.TokenForm) { f.Schools, f.Groups = nil, []int64{empty.ID} }), "etablissement"},
		{"no date", good(func(f *admin.TokenForm) { f.LastDay = "demain" }), "fin"},
		{"yesterday", good(func(f *admin.TokenForm) { f.LastDay = "2026-11-25" }), "fin"},
		{"too far", good(func(f *admin.TokenForm) { f.LastDay = "2028-11-27" }), "fin"},
		{"today", good(func(f *admin.TokenForm) { f.Name, f.LastDay = "un", "2026-11-26" }), ""},
		{"two years", good(func(f *admin.TokenForm) { f.Name, f.LastDay = "deux", "26/11/2028" }), ""},
		{"group", good(func(f *admin.TokenForm) { f.Name, f.Schools, f.Groups = "trois", nil, []int64{group.ID} }), ""},
		{"all", good(func(f *admin.TokenForm) { f.Name, f.Schools, f.AllSchools = "quatre", nil, true }), ""},
	} {
		secret, made, err := tokens.Create(t.Context(), boss, c.form)
		if c.field == "" {
			if err != nil || secret == "" {
				t.Errorf("%s: %v", c.name, err)
			}
			if c.name == "group" && len(made.Schools) != 3 {
				t.Errorf("%s: %v", c.name, made.Schools)
			}
			continue
		}
		var flaws admin.Flaws
		if !errors.As(err, &flaws) || flaws[0].Field != c.field || secret != "" || belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v, secret %q", c.name, err, secret)
		}
	}
}

func TestTokenEnds(t *testing.T) {
	tokens, clock := keys(t)
	_, made, err := tokens.Create(t.Context(), boss, admin.TokenForm{Name: "un", Vendor: "alpha", Read: true, AllSchools: true, LastDay: "2026-12-31"})
	if err != nil {
		t.Fatal(err)
	}
	state := func() admin.TokenState {
		t.Helper()
		v, err := tokens.Token(t.Context(), made.ID)
		if err != nil {
			t.Fatal(err)
		}
		return v.State
	}
	for _, c := range []struct {
		at   string
		want admin.TokenState
		live bool
	}{{"2026-11-30T12:00:00Z", admin.TokenLive, true}, {"2026-12-20T12:00:00Z", admin.TokenEnding, true}, {"2026-12-31T22:59:59Z", admin.TokenEnding, true}, {"2026-12-31T23:00:00Z", admin.TokenExpired, false}} {
		*clock, _ = time.Parse(time.RFC3339, c.at)
		if got := state(); got != c.want || got.Live() != c.live {
			t.Errorf("%s: %s", c.at, got)
		}
	}
	*clock = clock.AddDate(0, -1, 0)
	for range 2 {
		if _, err := tokens.Revoke(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := state(); got != admin.TokenRevoked {
		t.Errorf("revoked: %s", got)
	}
	if _, err := tokens.Revoke(t.Context(), made.ID+1); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a token that does not exist: %v", err)
	}
}

// A token of a person reads as its account: at most a year, 90 days when nothing is said, for whoever is active and
// owes no second factor; nobody else withdraws it, and the list of all says whose it is.
func TestOwnTokens(t *testing.T) {
	tokens, clock := keys(t)
	account, err := tokens.Registry.CreateAccount(t.Context(), registry.Account{Login: "Marc@RIOU", LastName: "Riou", State: registry.Active, Place: registry.InSchool, Created: *clock})
	if err != nil {
		t.Fatal(err)
	}
	other, err := tokens.Registry.CreateAccount(t.Context(), registry.Account{Login: "Anna@KERVELLA", LastName: "Kervella", State: registry.Active, Place: registry.InTerritory, Admin: true, Created: *clock})
	if err != nil {
		t.Fatal(err)
	}
	make := func(f admin.OwnTokenForm) (registry.Token, error) {
		_, made, err := tokens.CreateOwn(t.Context(), account, false, account.Login, f)
		return made, err
	}
	for i, c := range []struct{ name, day, field string }{
		{" ", "", "nom"}, {"=1+1", "", "nom"}, {strings.Repeat("a", 200), "", "nom"}, {"a", "demain", "fin"}, {"a", "2026-11-25", "fin"}, {"a", "2027-11-27", "fin"},
		{"au plus", "2027-11-26", ""}, {"aujourd’hui", "26/11/2026", ""},
	} {
		_, err := make(admin.OwnTokenForm{Name: c.name, LastDay: c.day})
		var flaws admin.Flaws
		if ok := errors.As(err, &flaws); ok != (c.field != "") || ok && (len(flaws) != 1 || flaws[0].Field != c.field) || !ok && err != nil {
			t.Errorf("%d %q %q: %v", i, c.name, c.day, err)
		}
	}
	made, err := make(admin.OwnTokenForm{Name: "Carnet"})
	if err != nil || made.Account != account.ID || !made.Read || made.Push || made.AllSchools || len(made.Schools) > 0 || made.Expires.Sub(*clock).Round(24*time.Hour) != admin.OwnTokenDays*24*time.Hour {
		t.Errorf("%+v %v", made, err)
	}
	locked := account
	locked.State = registry.Locked
	for name, x := range map[string]registry.Account{"locked": locked, "owes a second factor": other} {
		if _, _, err := tokens.CreateOwn(t.Context(), x, false, x.Login, admin.OwnTokenForm{Name: "x"}); belvedere.KindOf(err) != belvedere.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := tokens.Own(t.Context(), other.ID); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := tokens.RevokeOwn(t.Context(), other.ID, made.ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
	view, err := tokens.Token(t.Context(), made.ID)
	if err != nil || view.Owner != account.Login || !view.State.Live() {
		t.Errorf("%+v %v", view, err)
	}
	if _, err := tokens.Revoke(t.Context(), made.ID); err != nil {
		t.Error(err)
	}
	if list, err := tokens.Own(t.Context(), account.ID); err != nil || len(list) != 3 || list[0].State != admin.TokenRevoked {
		t.Errorf("%+v %v", list, err)
	}
}
