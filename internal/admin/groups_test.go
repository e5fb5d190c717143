package admin_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

func TestGroupHoldsWhatItsRuleSays(t *testing.T) {
	o := newOffice(t, 30) // 10 lycées (i%3), 6 privés (i%5), 2 of them lycées
	cases := []struct {
		name string
		form admin.GroupForm
		want int
	}{
		{"type", admin.GroupForm{Rule: "type", Values: []string{"lycee"}}, 10},
		{"both types", admin.GroupForm{Rule: "type", Values: []string{"lycee", "college"}}, 30},
		{"secteur", admin.GroupForm{Rule: "secteur", Values: []string{"PRIVE"}}, 6},
		{"commune, without accents", admin.GroupForm{Rule: "commune", Values: []string{"saint elan"}}, 10},
		{"district", admin.GroupForm{Rule: "code_postal", Values: []string{"991"}}, 16},
		{"second postcode", admin.GroupForm{Rule: "code_postal", Values: []string{"99110"}}, 16},
		{"inside a postcode", admin.GroupForm{Rule: "code_postal", Values: []string{"910"}}, 0},
		{"list", admin.GroupForm{Rule: "liste", Schools: []string{string(school(4)), string(school(2))}}, 2},
	}
	for _, c := range cases {
		c.form.Name = "Groupe " + c.name
		held, err := o.groups.Preview(t.Context(), 0, c.form)
		if err != nil || len(held) != c.want {
			t.Errorf("%s: %d schools, %v; want %d", c.name, len(held), err, c.want)
		}
		_, g, err := o.groups.Put(t.Context(), 0, c.form)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		view, _ := o.groups.Group(t.Context(), g.ID)
		if len(view.Held) != c.want || len(admin.Held(g, register(30))) != c.want {
			t.Errorf("%s: the page shows %d schools, rights open %d; want %d", c.name, len(view.Held), len(admin.Held(g, register(30))), c.want)
		}
	}
}

func TestGroupTakesNewSchools(t *testing.T) {
	g := registry.Group{Rule: "type", Values: []string{"lycee"}}
	if a, b := admin.Held(g, register(30)), admin.Held(g, register(33)); len(b) != len(a)+1 {
		t.Errorf("%d then %d schools", len(a), len(b))
	}
}

func TestGroupFormIsRefused(t *testing.T) {
	o := newOffice(t, 6)
	if _, _, err := o.groups.Put(t.Context(), 0, admin.GroupForm{Name: "Lycées", Rule: "type", Values: []string{"lycee"}}); err != nil {
		t.Fatal(err)
	}
	good := admin.GroupForm{Name: "Privés", Rule: "secteur", Values: []string{"prive"}}
	cases := []struct {
		name, field string
		change      func(*admin.GroupForm)
	}{
		{"no name", "nom", func(f *admin.GroupForm) { f.Name = "" }},
		{"taken name", "nom", func(f *admin.GroupForm) { f.Name = "LYCEES" }},
		{"bar", "nom", func(f *admin.GroupForm) { f.Name = "A|B" }},
		{"bidi", "nom", func(f *admin.GroupForm) { f.Name = "A\u202eB" }},
		{"long", "nom", func(f *admin.GroupForm) { f.Name = strings.Repeat("x", 81) }},
		{"no rule", "regle", func(f *admin.GroupForm) { f.Rule = "" }},
		{"unknown rule", "regle", func(f *admin.GroupForm) { f.Rule = "uai" }},
		{"no value", "valeurs_secteur", func(f *admin.GroupForm) { f.Values = []string{"", " "} }},
		{"no postcode", "valeurs_code_postal", func(f *admin.GroupForm) { f.Rule, f.Values = "code_postal", []string{"35%"} }},
		{"long value", "valeurs_secteur", func(f *admin.GroupForm) { f.Values = []string{strings.Repeat("x", 300)} }},
		{"empty list", "etablissement", func(f *admin.GroupForm) { f.Rule = "liste" }},
		{"unknown school", "etablissement", func(f *admin.GroupForm) { f.Rule, f.Schools = "liste", []string{string(school(70))} }},
	}
	for _, c := range cases {
		f := good
		c.change(&f)
		_, _, err := o.groups.Put(t.Context(), 0, f)
		var flaws admin.Flaws
		if !errors.As(err, &flaws) || flaws[0].Field != c.field {
			t.Errorf("%s: %v, want a flaw of %s", c.name, err, c.field)
		}
	}
}

func TestGroupIsChangedByOneAtATime(t *testing.T) {
	o := newOffice(t, 6)
	_, g, err := o.groups.Put(t.Context(), 0, admin.GroupForm{Name: "Lycées", Rule: "type", Values: []string{"lycee"}})
	if err != nil {
		t.Fatal(err)
	}
	f := admin.FormOfGroup(g)
	f.Values = []string{"college"}
	before, after, err := o.groups.Put(t.Context(), g.ID, f)
	if err != nil || admin.SayGroupChange(before, after) != "Établissements\u00a0: type 1, dont lycee → type 1, dont college" {
		t.Errorf("%q, %v", admin.SayGroupChange(before, after), err)
	}
	_, _, err = o.groups.Put(t.Context(), g.ID, f)
	wantKind(t, err, belvedere.Conflict)
	_, err = o.groups.Delete(t.Context(), g.ID, g.Version)
	wantKind(t, err, belvedere.Conflict)
	_, _, err = o.groups.Put(t.Context(), g.ID+1, f)
	wantKind(t, err, belvedere.NotFound)
}

func TestDeletedGroupLeavesAccounts(t *testing.T) {
	o := newOffice(t, 6)
	_, g, err := o.groups.Put(t.Context(), 0, admin.GroupForm{Name: "Lycées", Rule: "type", Values: []string{"lycee"}})
	if err != nil {
		t.Fatal(err)
	}
	a := o.hire(t, "Marc", "Petit", func(f *admin.UserForm) { f.Groups = []int64{g.ID} })
	if view, _ := o.groups.Group(t.Context(), g.ID); view.Accounts != 1 {
		t.Errorf("used by %d", view.Accounts)
	}
	if _, err := o.groups.Delete(t.Context(), g.ID, g.Version); err != nil {
		t.Fatal(err)
	}
	kept, _ := o.reg.Account(t.Context(), a.ID)
	list, all := rights.Schools(rights.Input{Account: kept})
	if len(kept.Groups)+len(list) != 0 || all {
		t.Errorf("kept %+v, opens %v", kept.Groups, list)
	}
}

func TestChoicesCountSchools(t *testing.T) {
	o := newOffice(t, 30)
	choices, err := o.groups.Choices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []admin.GroupChoice{{Value: "college", Schools: 20}, {Value: "lycee", Schools: 10}}; !slices.Equal(choices["type"], want) {
		t.Errorf("types %v, want %v", choices["type"], want)
	}
	if len(choices["code_postal"])+len(choices["liste"]) != 0 {
		t.Error("choices where there are none")
	}
}
