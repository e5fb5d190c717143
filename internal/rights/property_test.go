package rights_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

// draw makes a random input: an account, groups, agreements of every kind.
func draw(r *rand.Rand, m *belvedere.Model) rights.Input {
	list := []belvedere.UAI{briand, ferry, wallon, unheard}
	some := func() []belvedere.UAI {
		return slices.DeleteFunc(slices.Clone(list), func(belvedere.UAI) bool { return r.IntN(2) == 0 })
	}
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	in := rights.Input{Schools: schools(), Model: m, Today: today}
	in.Account = account(func(a *registry.Account) {
		a.Admin, a.AllSchools, a.AllWidgets = r.IntN(8) == 0, r.IntN(4) == 0, r.IntN(2) == 0
		a.Place = registry.AccountPlace(one("collectivite", "collectivite", "etablissement"))
		a.State = registry.AccountState(one("actif", "actif", "actif", "actif", "verrouille", "invite"))
		a.Schools = some()
		for i := range int64(3) {
			if r.IntN(3) == 0 {
				a.Groups = append(a.Groups, i+1)
			}
		}
		for _, w := range m.Widgets {
			if r.IntN(2) == 0 {
				a.Widgets = append(a.Widgets, w.Code)
			}
		}
	})
	in.Groups = []registry.Group{{ID: 1, Name: "Collèges", Rule: "type", Values: []string{"college"}}, {ID: 2, Name: "Sud", Rule: "code_postal", Values: []string{"992"}}, {ID: 3, Name: "Liste", Rule: "liste", Schools: some()}}
	for i := range int64(r.IntN(3)) {
		g := belvedere.Grant{ID: i + 1, Capability: belvedere.Capability(one("", "auteur")), AllWidgets: r.IntN(8) == 0, AllSchools: r.IntN(8) == 0, Until: today}
		for _, w := range m.Widgets {
			if r.IntN(3) == 0 {
				g.Widgets = append(g.Widgets, w.Code)
			}
		}
		if r.IntN(3) > 0 {
			g.Schools = some()
		}
		in.Grants = append(in.Grants, g)
	}
	for i := range r.IntN(5) {
		in.Agreements = append(in.Agreements, agreement(r, int64(i+1), list, one))
	}
	return in
}

func agreement(r *rand.Rand, id int64, list []belvedere.UAI, one func(...string) string) registry.Agreement {
	a := registry.Agreement{ID: id, Version: 1, Basis: "consentement", From: today.AddDate(0, 0, r.IntN(40)-30), AllThemes: r.IntN(4) == 0}
	if r.IntN(5) > 0 {
		a.School = list[r.IntN(len(list))]
	}
	if r.IntN(3) == 0 {
		a.To = a.From.AddDate(0, 0, 1+r.IntN(40))
	}
	if r.IntN(6) == 0 {
		a.Revoked = today
	}
	if r.IntN(2) == 0 {
		a.Themes = []string{one("social", "connexions")}
	}
	if r.IntN(2) == 0 {
		a.Indicators = []int{[]int{1, 25, 31}[r.IntN(3)]}
	}
	if r.IntN(2) == 0 && a.School != "" {
		a.Extended = []int{31}
		if r.IntN(2) == 0 {
			a.Recipients = []string{one("thomas@dubois", "quelqu’un@exemple.fr")}
		}
	}
	return a
}

// figures are all that a scope shows: pairs of indicator and school.
func figures(s belvedere.Scope, m *belvedere.Model) map[string]bool {
	out := map[string]bool{}
	for _, ind := range m.Indicators {
		for _, u := range seen(s, ind) {
			out[ind.Code+" "+string(u)] = true
		}
	}
	return out
}

// within tells whether all that one scope shows another shows too, and what is missing.
func within(small, large map[string]bool) (string, bool) {
	for k := range small {
		if !large[k] {
			return k, false
		}
	}
	return "", true
}

// TestScopeProperties draws thousands of inputs. To add a right never hides a figure, to withdraw
// an agreement never shows one, the order of lists changes nothing, what changes shows in the
// fingerprint, nothing of another account bears on the scope, and the explanation of each figure
// says what the scope does.
func TestScopeProperties(t *testing.T) {
	m := model()
	shown, withheld := 0, 0
	for i := range 6000 {
		r := rand.New(rand.NewPCG(uint64(i), 3))
		in := draw(r, m)
		s := rights.Scope(in)
		before := figures(s, m)
		shown += len(before)
		wider := in
		wider.Account.Schools = []belvedere.UAI{briand, ferry, wallon, unheard}
		wider.Account.Groups = []int64{1, 2, 3}
		wider.Account.AllWidgets = true
		wider.Agreements = append(slices.Clone(in.Agreements), agreement(r, 90, []belvedere.UAI{briand, ferry}, func(l ...string) string { return l[0] }))
		after := rights.Scope(wider)
		if lost, ok := within(before, figures(after, m)); !ok {
			t.Fatalf("%d: rights were added and %s is hidden", i, lost)
		}
		if in.Account.State == registry.Active && !reflect.DeepEqual(before, figures(after, m)) && s.Fingerprint == after.Fingerprint {
			t.Fatalf("%d: two scopes of different figures have one fingerprint", i)
		}
		confined(t, i, in, before)
		for k := range in.Agreements {
			less := in
			less.Agreements = slices.Clone(in.Agreements)
			less.Agreements[k].Revoked = today
			if gained, ok := within(figures(rights.Scope(less), m), before); !ok {
				t.Fatalf("%d: an agreement was withdrawn and %s is shown", i, gained)
			}
		}
		mixed := in
		mixed.Agreements, mixed.Schools = slices.Clone(in.Agreements), slices.Clone(in.Schools)
		mixed.Grants = slices.Clone(in.Grants)
		slices.Reverse(mixed.Grants)
		slices.Reverse(mixed.Agreements)
		slices.Reverse(mixed.Schools)
		mixed.Account.ID, mixed.Account.FirstName, mixed.Account.Function = 8, "Jean", "Autre"
		if !reflect.DeepEqual(s, rights.Scope(mixed)) {
			t.Fatalf("%d: the order of lists, or who the person is, changes the scope", i)
		}
		withheld += agrees(t, i, in, before)
	}
	if shown < 6000 || withheld < 6000 {
		t.Errorf("%d figures are shown and %d withheld: the test proves too little", shown, withheld)
	}
}

// agrees compares each figure with its explanation, and counts those that are withheld.
func agrees(t *testing.T, i int, in rights.Input, shown map[string]bool) (withheld int) {
	t.Helper()
	for _, ind := range in.Model.Indicators {
		for _, u := range []belvedere.UAI{briand, ferry, wallon, unheard} {
			x := rights.Explain(in, rights.Contacts{}, rights.Question{Indicator: ind, School: u})
			if x.Open() != shown[ind.Code+" "+string(u)] {
				t.Fatalf("%d: %s of %s is shown: %t, and explained as %+v\naccount %+v\nagreements %+v", i, ind.Code, u, shown[ind.Code+" "+string(u)], x, in.Account, in.Agreements)
			}
			if x.Open() {
				continue
			}
			withheld++
			if g := x.Gates[x.Decides]; !g.Asked || g.Passed || g.Rule == "" || x.Ask == "" {
				t.Fatalf("%d: the gate that decides says %+v, ask %q", i, g, x.Ask)
			}
		}
	}
	return withheld
}

// confined checks that grants never hide a figure, and show none but those of their widgets for their
// schools: what one opens is not crossed with what another, or the account, does.
func confined(t *testing.T, i int, in rights.Input, shown map[string]bool) {
	t.Helper()
	bare := in
	bare.Grants = nil
	own := figures(rights.Scope(bare), in.Model)
	if lost, ok := within(own, shown); !ok {
		t.Fatalf("%d: a grant hides %s", i, lost)
	}
	if in.Account.State != registry.Active {
		return
	}
	list, all := rights.Schools(in)
	for _, ind := range in.Model.Indicators {
		for _, u := range []belvedere.UAI{briand, ferry, wallon, unheard} {
			name := ind.Code + " " + string(u)
			if shown[name] && !own[name] && !slices.ContainsFunc(in.Grants, func(g belvedere.Grant) bool {
				widget := g.AllWidgets || slices.Contains(g.Widgets, ind.Widget)
				if !g.AllWidgets && len(g.Widgets) == 0 && g.Capability == "" {
					widget = in.Account.Admin || in.Account.AllWidgets || slices.Contains(in.Account.Widgets, ind.Widget)
				}
				school := g.AllSchools || slices.Contains(g.Schools, u) || len(g.Schools) == 0 && (all || slices.Contains(list, u))
				return ind.Widget != "" && widget && school
			}) {
				t.Fatalf("%d: %s is shown, and neither the account nor one grant alone opens it\naccount %+v\ngrants %+v", i, name, in.Account, in.Grants)
			}
		}
	}
}
