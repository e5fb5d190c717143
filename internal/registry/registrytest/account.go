package registrytest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// create adds an account.
func (s *suite) create(a registry.Account) registry.Account {
	s.t.Helper()
	got, err := s.CreateAccount(s.ctx, a)
	s.must(err)
	return got
}

// admin is a person who manages the console.
func admin(first, last string) registry.Account {
	a := person(first, last)
	a.Admin, a.AllSchools, a.Schools = true, true, nil
	return a
}

// kinds checks that each error is of a kind.
func (s *suite) kinds(want belvedere.Kind, errs map[string]error) {
	s.t.Helper()
	for name, err := range errs {
		if err == nil || belvedere.KindOf(err) != want {
			s.t.Errorf("%s: %v", name, err)
		}
	}
}

// together runs f n times at once, in turn through two openings of the store, and counts the
// errors by kind; those without error are counted under -1.
func (s *suite) together(n int, f func(i int, r registry.Registry) error) map[belvedere.Kind]int {
	stores := []registry.Registry{s.Registry, s.again()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	counts := map[belvedere.Kind]int{}
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := f(i, stores[i%2])
			kind := belvedere.Kind(-1)
			if err != nil {
				kind = belvedere.KindOf(err)
			}
			if kind == belvedere.Internal {
				s.t.Errorf("call %d: %v", i, err)
			}
			mu.Lock()
			counts[kind]++
			mu.Unlock()
		}()
	}
	wg.Wait()
	return counts
}

func testAccount(t *testing.T, s *suite) {
	given := person("Éric", "Œuvrard")
	given.Schools = []belvedere.UAI{"0350017D", "0350001L", "0350017D"}
	given.AllWidgets, given.Widgets = false, []string{"social", "moyens"}
	given.EmailConfirmed = arrival.Add(time.Minute)
	given.LastSignIn, given.PasswordSet, given.SecondFactor, given.ID, given.Version = arrival, arrival, true, 99, 99
	got := s.create(given)
	want := given
	want.ID, want.Version, want.LastSignIn, want.PasswordSet, want.SecondFactor = 1, 1, time.Time{}, time.Time{}, false
	want.Schools, want.Widgets = []belvedere.UAI{"0350001L", "0350017D"}, []string{"moyens", "social"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("created\n%+v, want\n%+v", got, want)
	}
	for name, find := range map[string]func(r registry.Registry) (registry.Account, error){
		"number": func(r registry.Registry) (registry.Account, error) { return r.Account(s.ctx, 1) },
		"login":  func(r registry.Registry) (registry.Account, error) { return r.AccountByLogin(s.ctx, "Éric@Œuvrard") },
		"other case": func(r registry.Registry) (registry.Account, error) {
			return r.AccountByLogin(s.ctx, " éRIC@œUVRARD ")
		},
		"decomposed": func(r registry.Registry) (registry.Account, error) {
			return r.AccountByLogin(s.ctx, "E\u0301ric@Œuvrard")
		},
		"address": func(r registry.Registry) (registry.Account, error) {
			return r.AccountByEmail(s.ctx, strings.ToUpper(given.Email))
		},
	} {
		if got, err := find(s.again()); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("by %s: %+v, %v", name, got, err)
		}
	}
	_, noAccent := s.AccountByLogin(s.ctx, "Eric@Œuvrard")
	_, noNumber := s.Account(s.ctx, 2)
	s.create(registry.Account{Login: "sans adresse", State: registry.Invited, Place: registry.InSchool})
	_, noAddress := s.AccountByEmail(s.ctx, "")
	s.kinds(belvedere.NotFound, map[string]error{"accents count": noAccent, "number": noNumber, "no address": noAddress,
		"signed in": s.SignedIn(s.ctx, 99, arrival), "delete": s.DeleteAccount(s.ctx, 99, 0)})
	s.must(s.SignedIn(s.ctx, 1, arrival.Add(time.Hour)))
	got.LastName = "Martin"
	got, err := s.UpdateAccount(s.ctx, got)
	if err != nil || got.Version != 2 || !got.LastSignIn.Equal(arrival.Add(time.Hour)) || got.Name() != "Éric MARTIN" {
		t.Errorf("updated: %+v, %v", got, err)
	}
}

func testAccountChecks(t *testing.T, s *suite) {
	s.create(person("Claire", "Morvan"))
	second := s.create(person("Éric", "Martin"))
	for name, c := range map[string]struct {
		spoil func(a *registry.Account)
		kind  belvedere.Kind
	}{
		"login taken":    {func(a *registry.Account) { a.Login = "CLAIRE@morvan" }, belvedere.Conflict},
		"address taken":  {func(a *registry.Account) { a.Email = "CLAIRE.morvan@collectivite.example" }, belvedere.Conflict},
		"unknown group":  {func(a *registry.Account) { a.Groups = []int64{9} }, belvedere.Conflict},
		"no login":       {func(a *registry.Account) { a.Login = "\u00a0" }, belvedere.Invalid},
		"line break":     {func(a *registry.Account) { a.LastName = "Mor\nvan" }, belvedere.Invalid},
		"bidi":           {func(a *registry.Account) { a.FirstName = "\u202eeirC" }, belvedere.Invalid},
		"10,000 letters": {func(a *registry.Account) { a.Function = strings.Repeat("x", 10_000) }, belvedere.Invalid},
		"long address":   {func(a *registry.Account) { a.Email = strings.Repeat("x", 255) }, belvedere.Invalid},
		"state":          {func(a *registry.Account) { a.State = "" }, belvedere.Invalid},
		"place":          {func(a *registry.Account) { a.Place = "maison" }, belvedere.Invalid},
		"school admin":   {func(a *registry.Account) { a.Admin, a.Place = true, registry.InSchool }, belvedere.Invalid},
		"school":         {func(a *registry.Account) { a.Schools = []belvedere.UAI{"0350017A"} }, belvedere.Invalid},
	} {
		bad := person("Anne", "Le Goff")
		c.spoil(&bad)
		_, created := s.CreateAccount(s.ctx, bad)
		imported := s.ImportAccounts(s.ctx, []registry.Account{person("Luc", "Petit"), bad})
		bad.ID, bad.Version = second.ID, second.Version
		_, updated := s.UpdateAccount(s.ctx, bad)
		s.kinds(c.kind, map[string]error{name + " created": created, name + " imported": imported, name + " updated": updated})
	}
	if list, total, err := s.ListAccounts(s.ctx, registry.AccountFilter{}, registry.Page{}); err != nil || total != 2 || list[0].Version != 1 {
		t.Errorf("what was refused left %d accounts, %+v, %v", total, list, err)
	}
}

func testAccountList(t *testing.T, s *suite) {
	a, b, c, d := person("Zoé", "Évrard"), person("Luc", "Dupont"), person("Anne", "Dupont"), admin("Max", "Fabre")
	a.State, b.State, b.Place = registry.Locked, registry.Invited, registry.InSchool
	b.Schools, c.Function = []belvedere.UAI{"0350001L"}, "100 % terrain"
	for _, p := range []registry.Account{a, b, c, d} {
		s.create(p)
	}
	for _, c := range []struct {
		name   string
		f      registry.AccountFilter
		p      registry.Page
		ids    string
		within int
	}{
		{"by name", registry.AccountFilter{}, registry.Page{}, "[3 2 1 4]", 4},
		{"a page", registry.AccountFilter{}, registry.Page{Offset: 2, Limit: 1}, "[1]", 4},
		{"text without accent", registry.AccountFilter{Text: "evrard"}, registry.Page{}, "[1]", 1},
		{"first and last name", registry.AccountFilter{Text: "ANNE dupont"}, registry.Page{}, "[3]", 1},
		{"last and first name", registry.AccountFilter{Text: "dupont luc"}, registry.Page{}, "[2]", 1},
		{"address", registry.AccountFilter{Text: "fabre@collect"}, registry.Page{}, "[4]", 1},
		{"no pattern", registry.AccountFilter{Text: "0 %"}, registry.Page{}, "[3]", 1},
		{"state", registry.AccountFilter{State: registry.Invited}, registry.Page{}, "[2]", 1},
		{"administrators", registry.AccountFilter{Admin: true}, registry.Page{}, "[4]", 1},
		{"school", registry.AccountFilter{School: "0350017D"}, registry.Page{}, "[3 1]", 2},
		{"both", registry.AccountFilter{School: "0350001L", Text: "dupont"}, registry.Page{}, "[3 2]", 2},
	} {
		list, total, err := s.ListAccounts(s.ctx, c.f, c.p)
		ids := []int64{}
		for _, a := range list {
			ids = append(ids, a.ID)
		}
		if err != nil || fmt.Sprint(ids) != c.ids || total != c.within {
			t.Errorf("%s: %v of %d, %v", c.name, ids, total, err)
		}
	}
}

// testAccountEdits lets many edit the same account at once: one wins, the others are told.
func testAccountEdits(t *testing.T, s *suite) {
	a := s.create(person("Claire", "Morvan"))
	got := s.together(12, func(i int, r registry.Registry) error {
		mine := a
		mine.Function = fmt.Sprintf("fonction %d", i)
		mine.Schools = []belvedere.UAI{"0350017D"}
		_, err := r.UpdateAccount(s.ctx, mine)
		return err
	})
	if fmt.Sprint(got) != "map[-1:1 3:11]" {
		t.Errorf("outcomes by kind: %v", got)
	}
	kept, err := s.Account(s.ctx, a.ID)
	if err != nil || kept.Version != 2 || len(kept.Schools) != 1 || kept.Function == a.Function {
		t.Errorf("kept %+v, %v", kept, err)
	}
	_, stale := s.UpdateAccount(s.ctx, a)
	s.kinds(belvedere.Conflict, map[string]error{"an old version": stale, "delete an old version": s.DeleteAccount(s.ctx, a.ID, 1),
		"delete a version that never was": s.DeleteAccount(s.ctx, a.ID, 1<<40)})
	if !strings.Contains(belvedere.Message(stale), "rechargez la page") {
		t.Errorf("it does not say what to do: %v", stale)
	}
	s.must(s.DeleteAccount(s.ctx, a.ID, 2))
	_, gone := s.UpdateAccount(s.ctx, kept)
	s.kinds(belvedere.NotFound, map[string]error{"one that is gone": gone})
	if b := s.create(person("Claire", "Morvan")); b.ID == a.ID {
		t.Error("the number of a deleted account was given again")
	}
}

// testNewAccounts lets many take one login at once.
func testNewAccounts(t *testing.T, s *suite) {
	got := s.together(8, func(i int, r registry.Registry) error {
		_, err := r.CreateAccount(s.ctx, person("Claire", "Morvan"))
		return err
	})
	if fmt.Sprint(got) != "map[-1:1 3:7]" {
		t.Errorf("outcomes by kind: %v", got)
	}
}

func testLastAdmin(t *testing.T, s *suite) {
	a := s.create(admin("Claire", "Morvan"))
	locked, invited := admin("Luc", "Petit"), admin("Max", "Fabre")
	locked.State, invited.State = registry.Locked, registry.Invited
	s.create(locked)
	s.create(invited)
	for name, change := range map[string]func(a *registry.Account){
		"role":    func(a *registry.Account) { a.Admin = false },
		"locked":  func(a *registry.Account) { a.State = registry.Locked },
		"invited": func(a *registry.Account) { a.State = registry.Invited },
	} {
		b := a
		change(&b)
		_, err := s.UpdateAccount(s.ctx, b)
		s.kinds(belvedere.Conflict, map[string]error{name: err, name + " by import": s.ImportAccounts(s.ctx, []registry.Account{b})})
	}
	s.kinds(belvedere.Conflict, map[string]error{"deleted": s.DeleteAccount(s.ctx, a.ID, 0)})
	// Two who take the role from each other: one is too late.
	both := []registry.Account{a, s.create(admin("Anne", "Le Goff"))}
	got := s.together(2, func(i int, r registry.Registry) error {
		b := both[i]
		b.Admin = false
		_, err := r.UpdateAccount(s.ctx, b)
		return err
	})
	if fmt.Sprint(got) != "map[-1:1 3:1]" {
		t.Errorf("outcomes by kind: %v", got)
	}
	// An import may hand the role over.
	admins, _, err := s.ListAccounts(s.ctx, registry.AccountFilter{Admin: true, State: registry.Active}, registry.Page{})
	if err != nil || len(admins) != 1 {
		t.Fatalf("%d administrators, %v", len(admins), err)
	}
	admins[0].Admin = false
	s.must(s.ImportAccounts(s.ctx, []registry.Account{admins[0], admin("Zoé", "Évrard")}))
}

func testImportAccounts(t *testing.T, s *suite) {
	a := s.create(person("Claire", "Morvan"))
	changed := a
	changed.Function = "Directrice"
	twice := s.ImportAccounts(s.ctx, []registry.Account{changed, person("Luc", "Petit"), person("luc", "petit")})
	s.kinds(belvedere.Conflict, map[string]error{"the same twice": twice})
	if !strings.Contains(twice.Error(), "account 3") {
		t.Errorf("it does not say where: %v", twice)
	}
	if _, total, err := s.ListAccounts(s.ctx, registry.AccountFilter{}, registry.Page{}); err != nil || total != 1 {
		t.Errorf("a refused import left %d accounts, %v", total, err)
	}
	s.must(s.ImportAccounts(s.ctx, []registry.Account{changed, person("Luc", "Petit")}))
	if got, err := s.Account(s.ctx, a.ID); err != nil || got.Function != "Directrice" || got.Version != 2 {
		t.Errorf("imported %+v, %v", got, err)
	}
	if err := s.ImportAccounts(s.ctx, []registry.Account{changed}); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("from an old version: %v", errors.Unwrap(err))
	}
}
