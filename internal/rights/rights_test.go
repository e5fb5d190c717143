package rights_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

const (
	briand  belvedere.UAI = "9990001Y"
	ferry   belvedere.UAI = "9990002Z"
	wallon  belvedere.UAI = "9990003A"
	unheard belvedere.UAI = "9990004B"
)

var today = belvedere.Date(2026, 3, 10)

// model is a catalogue of two themes and three indicators.
func model() *belvedere.Model {
	m := &belvedere.Model{
		Themes:  []belvedere.Theme{{Code: "social", Label: "Social"}, {Code: "connexions", Label: "Connexions"}},
		Widgets: []belvedere.Widget{{Code: "social.discipline", Label: "Discipline", Menu: "Social"}, {Code: "social.assiduite", Label: "Assiduité", Menu: "Social"}, {Code: "travaux", Label: "Demandes de travaux", Menu: "Demandes de travaux"}},
		Indicators: []*belvedere.Indicator{
			{Code: "absences", Number: 25, Theme: "social", Widget: "social.assiduite", Recipients: "Établissement et collectivité"},
			{Code: "sanctions", Number: 31, Theme: "social", Widget: "social.discipline", SchoolOnly: true, Recipients: "Établissement"},
			{Code: "connexions", Number: 1, Theme: "connexions", Recipients: "Établissement et collectivité"},
		},
		Pages: []*belvedere.Page{{Code: "social", Blocks: []belvedere.Block{{Table: &belvedere.TableBlock{Columns: []belvedere.Column{{Indicator: "absences"}, {Indicator: "sanctions"}}}}}}},
	}
	m.Index()
	return m
}

func schools() []rights.School {
	return []rights.School{
		{briand, "Collège Aristide-Briand", map[string]string{"type": "college", "commune": "Saint-Élan", "codes_postaux": "99010, 99020"}},
		{ferry, "Collège Jules-Ferry", map[string]string{"type": "college", "commune": "Castelbruc", "codes_postaux": "99200"}},
		{wallon, "Lycée Henri-Wallon", map[string]string{"type": "lycee", "commune": "Castelbruc", "codes_postaux": "99205"}},
	}
}

// account is active, of the territory, with the schools and widgets named.
func account(change func(*registry.Account)) registry.Account {
	a := registry.Account{ID: 7, Login: "Thomas@DUBOIS", FirstName: "Thomas", LastName: "DUBOIS", Email: "thomas.dubois@exemple.fr", State: registry.Active, Place: registry.InTerritory, AllWidgets: true}
	if change != nil {
		change(&a)
	}
	return a
}

func TestScopeOfRights(t *testing.T) {
	groups := []registry.Group{
		{ID: 1, Rule: "type", Values: []string{"COLLEGE"}}, {ID: 2, Rule: "commune", Values: []string{"saint élan"}}, {ID: 3, Rule: "code_postal", Values: []string{"9920", "01"}},
		{ID: 4, Rule: "liste", Schools: []belvedere.UAI{wallon, unheard}}, {ID: 5, Rule: "code_postal", Values: []string{""}}, {ID: 6, Rule: "nom", Values: []string{"Collège"}},
	}
	for _, c := range []struct {
		name    string
		change  func(*registry.Account)
		all     bool
		schools []belvedere.UAI
		own     []belvedere.UAI
		widgets []string // nil: all
	}{
		{"administrator", func(a *registry.Account) { a.Admin, a.AllWidgets, a.Place = true, false, registry.InSchool }, true, nil, nil, nil},
		{"all schools", func(a *registry.Account) { a.AllSchools = true }, true, nil, nil, nil},
		{"by name", func(a *registry.Account) { a.Schools = []belvedere.UAI{ferry, briand, ferry} }, false, []belvedere.UAI{briand, ferry}, nil, nil},
		{"by type and name", func(a *registry.Account) { a.Groups, a.Schools = []int64{1}, []belvedere.UAI{unheard} }, false, []belvedere.UAI{briand, ferry, unheard}, nil, nil},
		{"by commune, folded", func(a *registry.Account) { a.Groups = []int64{2} }, false, []belvedere.UAI{briand}, nil, nil},
		{"by postcode", func(a *registry.Account) { a.Groups = []int64{3} }, false, []belvedere.UAI{ferry, wallon}, nil, nil},
		{"by list, beyond the register", func(a *registry.Account) { a.Groups = []int64{4, 9} }, false, []belvedere.UAI{wallon, unheard}, nil, nil},
		{"by rules that say nothing", func(a *registry.Account) { a.Groups = []int64{5, 6} }, false, nil, nil, nil},
		{"staff", func(a *registry.Account) { a.Place, a.Groups = registry.InSchool, []int64{1} }, false, []belvedere.UAI{briand, ferry}, []belvedere.UAI{briand, ferry}, nil},
		{"staff of everything is staff of what is named", func(a *registry.Account) {
			a.Place, a.AllSchools, a.Schools = registry.InSchool, true, []belvedere.UAI{briand}
		}, false, []belvedere.UAI{briand}, []belvedere.UAI{briand}, nil},
		{"widgets", func(a *registry.Account) { a.AllSchools, a.AllWidgets, a.Widgets = true, false, []string{"travaux"} }, true, nil, nil, []string{"travaux"}},
	} {
		s := rights.Scope(rights.Input{Account: account(c.change), Groups: groups, Schools: schools(), Model: model(), Today: today})
		if s.AllSchools != c.all || !slices.Equal(s.Schools, c.schools) || !slices.Equal(s.Own, c.own) || s.AllWidgets != (c.widgets == nil) || s.Fingerprint == "" {
			t.Errorf("%s: %+v", c.name, s)
		}
		for _, w := range model().Widgets {
			if want := c.widgets == nil || slices.Contains(c.widgets, w.Code); s.Sees(w.Code) != want {
				t.Errorf("%s: sees %s is %t", c.name, w.Code, !want)
			}
		}
	}
	for _, state := range []registry.AccountState{registry.Invited, registry.Locked, ""} {
		a := account(func(a *registry.Account) { a.Admin, a.State = true, state })
		if diff := cmp.Diff(belvedere.Scope{}, rights.Scope(rights.Input{Account: a, Schools: schools(), Model: model(), Today: today})); diff != "" {
			t.Errorf("an account that is %q: %s", state, diff)
		}
	}
}

func TestSharing(t *testing.T) {
	m := model()
	inForce := func(a registry.Agreement) registry.Agreement {
		a.From = belvedere.Date(2025, 9, 1)
		return a
	}
	absences, sanctions := m.Indicator("absences"), m.Indicator("sanctions")
	for _, c := range []struct {
		name      string
		agreement registry.Agreement
		shared    map[*belvedere.Indicator][]belvedere.UAI // of briand and ferry
	}{
		{"nothing", registry.Agreement{School: briand}, nil},
		{"a theme", inForce(registry.Agreement{School: briand, Themes: []string{"social"}}), map[*belvedere.Indicator][]belvedere.UAI{absences: {briand}}},
		{"another theme", inForce(registry.Agreement{School: briand, Themes: []string{"travaux"}}), nil},
		{"an indicator", inForce(registry.Agreement{School: ferry, Indicators: []int{25}}), map[*belvedere.Indicator][]belvedere.UAI{absences: {ferry}}},
		{"all themes of all schools", inForce(registry.Agreement{AllThemes: true, Extended: []int{31}}), map[*belvedere.Indicator][]belvedere.UAI{absences: {briand, ferry}}},
		{"an indicator kept for schools, not extended", inForce(registry.Agreement{School: ferry, AllThemes: true, Indicators: []int{31}}), map[*belvedere.Indicator][]belvedere.UAI{absences: {ferry}}},
		{"extended to all", inForce(registry.Agreement{School: ferry, Extended: []int{31}}), map[*belvedere.Indicator][]belvedere.UAI{sanctions: {ferry}}},
		{"extended by login", inForce(registry.Agreement{School: ferry, Extended: []int{31}, Recipients: []string{"x", " thomas@dubois"}}), map[*belvedere.Indicator][]belvedere.UAI{sanctions: {ferry}}},
		{"extended by address", inForce(registry.Agreement{School: ferry, Extended: []int{31}, Recipients: []string{"THOMAS.DUBOIS@exemple.fr"}}), map[*belvedere.Indicator][]belvedere.UAI{sanctions: {ferry}}},
		{"extended to others", inForce(registry.Agreement{School: ferry, Extended: []int{31}, Recipients: []string{"Thomas@DUBOISE"}}), nil},
		{"not yet", registry.Agreement{School: briand, AllThemes: true, From: today.AddDate(0, 0, 1)}, nil},
		{"from today", registry.Agreement{School: briand, AllThemes: true, From: today}, map[*belvedere.Indicator][]belvedere.UAI{absences: {briand}}},
		{"until yesterday", registry.Agreement{School: briand, AllThemes: true, From: belvedere.Date(2025, 9, 1), To: today}, nil},
		{"withdrawn", registry.Agreement{School: briand, AllThemes: true, From: belvedere.Date(2025, 9, 1), Revoked: time.Now()}, nil},
	} {
		a := account(func(a *registry.Account) { a.Schools = []belvedere.UAI{briand, ferry} })
		s := rights.Scope(rights.Input{Account: a, Schools: schools(), Agreements: []registry.Agreement{c.agreement}, Model: m, Today: today})
		for _, ind := range []*belvedere.Indicator{absences, sanctions} {
			if got := seen(s, ind); !slices.Equal(got, c.shared[ind]) {
				t.Errorf("%s: %s of %v, want %v", c.name, ind.Code, got, c.shared[ind])
			}
		}
	}
}

// seen are the schools of a scope whose figures of an indicator are shown.
func seen(s belvedere.Scope, ind *belvedere.Indicator) []belvedere.UAI {
	var out []belvedere.UAI
	list, all := s.Shared(ind)
	for _, u := range []belvedere.UAI{briand, ferry, wallon, unheard} {
		if s.Sees(ind.Widget) && (s.AllSchools || slices.Contains(s.Schools, u)) && (all || slices.Contains(list, u)) {
			out = append(out, u)
		}
	}
	return out
}

func TestTokenScope(t *testing.T) {
	m := model()
	in := rights.Input{Account: account(func(a *registry.Account) { a.Admin = true }), Schools: schools(), Model: m, Today: today, Agreements: []registry.Agreement{
		{ID: 1, School: briand, AllThemes: true, From: belvedere.Date(2025, 9, 1), Extended: []int{31}, Recipients: []string{"Thomas@DUBOIS", "lecteur"}},
		{ID: 2, School: ferry, From: belvedere.Date(2025, 9, 1), Extended: []int{31}},
	}}
	read := registry.Token{Name: "lecteur", Read: true, Schools: []belvedere.UAI{ferry, briand}}
	s := rights.TokenScope(read, in)
	if got := seen(s, m.Indicator("absences")); !slices.Equal(got, []belvedere.UAI{briand}) {
		t.Errorf("reads absences of %v", got)
	}
	if got := seen(s, m.Indicator("sanctions")); !slices.Equal(got, []belvedere.UAI{ferry}) {
		t.Errorf("reads what is kept for schools of %v", got)
	}
	for name, token := range map[string]registry.Token{
		"push":    {Push: true, AllSchools: true},
		"revoked": {Read: true, AllSchools: true, Revoked: today},
	} {
		if diff := cmp.Diff(belvedere.Scope{}, rights.TokenScope(token, in)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
