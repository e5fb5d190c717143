package directory_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/directory"
)

func (o *office) entries(t testing.TB, f directory.Filter) []directory.Entry {
	t.Helper()
	list, err := o.Entries(context.Background(), head(), school, year, f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (o *office) enrol(t testing.TB) directory.Changed {
	t.Helper()
	c, err := o.Enrol(context.Background(), head(), school, year)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// login is the identifier of someone by name.
func (o *office) login(t testing.TB, name string) string {
	t.Helper()
	for _, e := range o.entries(t, directory.Filter{}) {
		if e.Name == name {
			return e.Login
		}
	}
	t.Fatalf("nobody is called %s", name)
	return ""
}

// Whatever people are called, and however often they come and go, no two have one identifier.
func TestIdentifiersAreUnique(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	lasts := []string{"LE GOFF", "LEGOFF", "Le-Goff", "DUPONT2", "DUPONT", "Ñandú", "O’BRIEN", "И", "2", "D&apos;HAVELOOSE DE LA TOUR DU PIN ET DES MARAIS"}
	firsts := []string{"Élise", "ELISE", "Elise 2", "Jean-Marc", "Jean Marc", "Anne", "Chloé", "Œdipe"}
	o := newOffice(t)
	former := map[string]string{} // person → identifier
	for range 4 {
		var children []child
		var parents []parent
		for i := range 60 {
			if random.IntN(4) == 0 {
				continue
			}
			id := fmt.Sprint(7000 + i)
			children = append(children, child{id: i, last: lasts[i%len(lasts)], first: firsts[i%len(firsts)], division: "6A", parents: []string{id}})
			parents = append(parents, parent{id: id, last: lasts[i%len(lasts)], first: firsts[i/8%len(firsts)], address: fmt.Sprint(i, " RUE X")})
		}
		o.imports(t, siecle(children, parents)...)
		o.enrol(t)
		seen := map[string]string{}
		for _, e := range o.entries(t, directory.Filter{}) {
			key := fmt.Sprint(e.Sort, e.ID)
			if !regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`).MatchString(e.Login) {
				t.Errorf("%s got %q", e.Name, e.Login)
			}
			if other, ok := seen[e.Login]; ok {
				t.Errorf("%s is of %s and %s", e.Login, other, key)
			}
			seen[e.Login] = key
			if was := former[key]; was != "" && was != e.Login {
				t.Errorf("%s was %s and is %s", key, was, e.Login)
			}
			for k, l := range former {
				if l == e.Login && k != key {
					t.Errorf("%s was of %s and is of %s", l, k, key)
				}
			}
		}
		for login, key := range seen {
			former[key] = login
		}
	}
}

// An account lasts through a changed name and key; it closes when its pupil leaves, opens again
// when he is back, and who comes meanwhile has another identifier.
func TestAccountsFollowPeople(t *testing.T) {
	o := newOffice(t)
	ana := child{id: 1, last: "ABEL", first: "Ana", division: "6A", parents: []string{"7001"}}
	mother := []parent{{id: "7001", last: "ABEL", first: "Zoé", address: "1 RUE X"}}
	o.imports(t, siecle([]child{ana}, mother)...)
	if got := o.enrol(t); got != (directory.Changed{Made: 2}) {
		t.Errorf("%+v", got)
	}
	if got := o.enrol(t); got != (directory.Changed{}) {
		t.Errorf("again: %+v", got)
	}
	other := child{id: 2, last: "ABEL", first: "Ana", division: "6B"}
	o.imports(t, siecle([]child{other}, nil)...)
	if got := o.enrol(t); got.Made != 1 || got.Closed == 0 {
		t.Errorf("%+v", got)
	}
	if got := o.login(t, "ABEL Ana"); got != "ana.abel2" {
		t.Error(got)
	}
	renamed := ana
	renamed.last = "ABELARD"
	o.imports(t, siecle([]child{renamed, other}, mother)...)
	if got := o.enrol(t); got.Back == 0 || got.Made != 0 {
		t.Errorf("%+v", got)
	}
	if got := o.login(t, "ABELARD Ana"); got != "ana.abel" {
		t.Error(got)
	}
}

// From May to August letters of the year to come leave the accounts of the current one alone, and the
// other way round; in September those who have left are closed.
func TestTwoYearsSideBySide(t *testing.T) {
	o := newOffice(t)
	o.now = time.Date(2027, 6, 20, 9, 0, 0, 0, time.UTC)
	leaver, stays, comes := child{id: 1, last: "ABEL", first: "Ana", division: "3A"}, child{id: 2, last: "BORG", first: "Bo", division: "4A"}, child{id: 3, last: "COHEN", first: "Léa", division: "6A"}
	o.imports(t, siecle([]child{leaver, stays}, nil)...)
	next := siecle([]child{stays, comes}, nil)
	next[0].Data = []byte(strings.Replace(string(next[0].Data), "<ANNEE_SCOLAIRE>2026<", "<ANNEE_SCOLAIRE>2027<", 1))
	o.importsIn(t, year+1, next...)
	enrol := func(y belvedere.SchoolYear, want directory.Changed) {
		t.Helper()
		if c, err := o.Enrol(context.Background(), head(), school, y); err != nil || c != want {
			t.Errorf("%s: %+v %v", y, c, err)
		}
	}
	enrol(year, directory.Changed{Made: 2})
	enrol(year+1, directory.Changed{Made: 1})
	enrol(year, directory.Changed{})
	o.now = time.Date(2027, 9, 2, 9, 0, 0, 0, time.UTC)
	enrol(year+1, directory.Changed{Closed: 1})
}

func TestCodesOpenOnceForThirtyDays(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	o.imports(t, siecle([]child{{id: 1, last: "ABEL", first: "Ana", division: "6A"}, {id: 2, last: "BORG", first: "Bo", division: "6A"}}, nil)...)
	print := func(f directory.PrintForm) map[string]string {
		t.Helper()
		f.Year, f.Profile, f.Waiver = year, directory.Pupils, "jeu d’essai"
		run, err := o.Print(ctx, head(), school, f)
		if err != nil {
			t.Fatal(err)
		}
		codes := map[string]string{}
		for _, l := range run.Letters {
			codes[l.Access[0].Login] = l.Access[0].Code
		}
		return codes
	}
	refused := func(what, login, code string) {
		t.Helper()
		if err := o.Activate(ctx, head(), school, login, code); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	first := print(directory.PrintForm{})
	for _, code := range first {
		if !regexp.MustCompile(`^([A-HJ-NP-Z2-9]{4}-){2}[A-HJ-NP-Z2-9]{4}$`).MatchString(code) {
			t.Errorf("code %q", code)
		}
	}
	second := print(directory.PrintForm{})
	refused("a code that was replaced", "ana.abel", first["ana.abel"])
	refused("the code of another", "ana.abel", second["bo.borg"])
	refused("no code", "ana.abel", "")
	if err := o.Activate(ctx, head(), school, " Ana.Abel ", strings.ToLower(strings.ReplaceAll(second["ana.abel"], "-", " "))); err != nil {
		t.Errorf("as people type it: %v", err)
	}
	refused("a code that has served", "ana.abel", second["ana.abel"])
	third := print(directory.PrintForm{})
	if _, ok := third["ana.abel"]; ok || len(third) != 1 {
		t.Errorf("an opened account needs no letter: %v", third)
	}
	if again := print(directory.PrintForm{Again: true}); len(again) != 2 {
		t.Errorf("unless it is asked for: %v", again)
	}
	last := print(directory.PrintForm{})
	o.now = o.now.Add(30 * 24 * time.Hour)
	refused("a code of thirty days", "bo.borg", last["bo.borg"])
	all := slices.Collect(func(yield func(string) bool) {
		for _, m := range []map[string]string{first, second, third, last} {
			for _, c := range m {
				if !yield(c) {
					return
				}
			}
		}
	})
	slices.Sort(all)
	if n := len(all); len(slices.Compact(all)) != n {
		t.Error("a code came twice")
	}
}

// Nothing of a code is kept but its fingerprint.
func TestCodesAreNotKept(t *testing.T) {
	o := newOffice(t)
	o.imports(t, siecle([]child{{id: 1, last: "ABEL", first: "Ana", division: "6A"}}, nil)...)
	run, err := o.Print(context.Background(), head(), school, directory.PrintForm{Year: year, Profile: directory.Pupils, Waiver: "jeu d’essai"})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, q := range []string{"SELECT empreinte || emis || expire FROM code_activation", "SELECT identifiant FROM compte", "SELECT qui || code FROM lettre"} {
		all.WriteString(strings.Join(o.column(t, q), "\n"))
	}
	code := run.Letters[0].Access[0].Code
	if strings.Contains(all.String(), code) || strings.Contains(strings.ToUpper(all.String()), strings.ReplaceAll(code, "-", "")) {
		t.Error("a code is in the vault")
	}
}
