package procedure_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/registry/registrytest/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var (
	start       = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	briand, bel = belvedere.UAIFromNumber(9990001), belvedere.UAIFromNumber(9990002)
)

// A desk is the procedures of the catalogue over a real registry, with people, a clock and an outbox.
type desk struct {
	t    testing.TB
	reg  registry.Registry
	s    *procedure.Service
	now  time.Time
	who  map[string]registry.Account
	mail []letter
	more []fs.FS
}

type letter struct {
	to string
	procedure.News
}

func (d *desk) Request(_ context.Context, to registry.Account, n procedure.News) error {
	d.mail = append(d.mail, letter{to.FirstName, n})
	return nil
}

// on runs a test on both engines of the registry.
func on(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newDesk(t, filepath.Join(t.TempDir(), "registre.sqlite"))) })
	t.Run("postgres", func(t *testing.T) { test(t, newDesk(t, pgtest.Start(t))) })
}

// onSQLite runs a test whose writes others have tried on both engines.
func onSQLite(t *testing.T, test func(t *testing.T, d *desk)) {
	test(t, newDesk(t, filepath.Join(t.TempDir(), "registre.sqlite")))
}

func newDesk(t testing.TB, where string, more ...fs.FS) *desk {
	t.Helper()
	d := &desk{t: t, now: start, who: map[string]registry.Account{}, more: more}
	var err error
	if d.reg, err = registry.Open(t.Context(), where); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.reg.Close() })
	for _, name := range []string{"Alice", "Max", "Dora", "Denis", "Paul", "Root"} {
		a := registry.Account{Login: name + "@X", FirstName: name, LastName: "X", Email: strings.ToLower(name) + "@exemple.fr", State: registry.Active, Place: registry.InTerritory,
			Schools: []belvedere.UAI{bel}, Created: start, EmailConfirmed: start, Auditor: name == "Paul", Admin: name == "Root"}
		if d.who[name], err = d.reg.CreateAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Dora", "Denis"} {
		d.give(name, belvedere.DataOfficer, start.AddDate(3, 0, 0))
	}
	if d.s, err = procedure.New(procedure.Config{Registry: d.reg, Sources: append([]fs.FS{catalog.FS}, more...), Choices: choices, Mail: d, Figures: figures, Now: func() time.Time { return d.now }}); err != nil {
		t.Fatal(err)
	}
	return d
}

func choices(_ context.Context, of string) ([]procedure.Option, error) {
	return map[string][]procedure.Option{
		"rubrique":      {{Code: "social.assiduite", Label: "Social > Assiduité"}, {Code: "travaux", Label: "Travaux"}},
		"etablissement": {{Code: string(briand), Label: "Aristide-Briand"}, {Code: string(bel), Label: "Bel-Air"}},
		"indicateur":    {{Code: "eleves", Label: "Élèves"}, {Code: "mobilite", Label: "Mobilité"}},
	}[of], nil
}

// figures answers 1234 for eleves, and nothing yet for mobilite.
func figures(_ context.Context, _ belvedere.Viewer, indicator string, where []string) (procedure.Figure, error) {
	switch {
	case slices.Contains(where, "annee=zut"):
		return procedure.Figure{}, belvedere.Errorf(belvedere.Invalid, "l’année s’écrit 2025")
	case indicator == "eleves":
		return procedure.Figure{Value: 1234, Text: "1234", Known: true}, nil
	}
	return procedure.Figure{Text: "en attente"}, nil
}

func (d *desk) give(name string, c belvedere.Capability, until time.Time) registry.Grant {
	d.t.Helper()
	g, err := d.reg.CreateGrant(d.t.Context(), registry.Grant{Created: d.now, CreatedBy: "Root@X", Grant: belvedere.Grant{Account: d.who[name].ID, Capability: c, Purpose: "Répondre des données", Approver: "Root X", From: d.now, Until: until}})
	if err != nil {
		d.t.Fatal(err)
	}
	return g
}

// as is someone as he or she asks at this moment.
func (d *desk) as(name string) belvedere.Viewer {
	d.t.Helper()
	a := d.who[name]
	list, _, err := d.reg.ListGrants(d.t.Context(), registry.GrantFilter{Account: a.ID, Live: d.now}, registry.Page{})
	if err != nil {
		d.t.Fatal(err)
	}
	v := belvedere.Viewer{ID: a.ID, Login: a.Login, Name: a.Name(), Kind: belvedere.AccountViewer, Admin: a.Admin, Auditor: a.Auditor}
	for _, g := range list {
		if g.Holds(d.now) {
			v.Grants = append(v.Grants, g.Grant)
		}
	}
	return v
}

// wish is what Alice asks for, with changes: name, then its values parted by commas.
func (d *desk) wish(change ...string) map[string][]string {
	v := map[string][]string{"besoin": {"Suivre les absences"}, "role": {"Chargée de mission"}, "capacite": {"extracteur"}, "niveau": {"personnes"}, "rubriques": {"social.assiduite", "travaux"},
		"etablissements": {string(briand), string(bel)}, "finalite": {"Bilan annuel\npour l’assemblée"}, "fin": {"2027-08-31"}, "responsable": {fmt.Sprint(d.who["Max"].ID)}}
	for i := 0; i+1 < len(change); i += 2 {
		if v[change[i]] = strings.Split(change[i+1], ","); change[i+1] == "" {
			delete(v, change[i])
		}
	}
	return v
}

func (d *desk) file(name, code string, values map[string][]string) registry.Request {
	d.t.Helper()
	r, err := d.s.Submit(d.t.Context(), d.as(name), procedure.Submission{Procedure: code, Values: values, File: true})
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// decide takes a decision and gives the file as it is then.
func (d *desk) decide(name string, id int64, act, reason string, own map[string][]string, values ...map[string][]string) (registry.Request, error) {
	d.t.Helper()
	r, err := d.reg.Request(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	dec := procedure.Decision{ID: id, Version: r.Version, Act: act, Reason: reason, Own: own}
	if len(values) > 0 {
		dec.Values = values[0]
	}
	return d.s.Decide(d.t.Context(), d.as(name), dec)
}

func (d *desk) must(r registry.Request, err error) func(state registry.RequestState, step string) registry.Request {
	return func(state registry.RequestState, step string) registry.Request {
		d.t.Helper()
		if err != nil || r.State != state || r.Step != step {
			d.t.Fatalf("%s at %q, %v; want %s at %q", r.State, r.Step, err, state, step)
		}
		return r
	}
}

// told gives the letters since the last call, "whom: subject".
func (d *desk) told() (out []string) {
	for _, l := range d.mail {
		out = append(out, l.to+": "+l.Subject)
	}
	d.mail = nil
	slices.Sort(out)
	return out
}

func (d *desk) kind(want belvedere.Kind, what string, err error) {
	d.t.Helper()
	if err == nil || belvedere.KindOf(err) != want {
		d.t.Errorf("%s: %v, want kind %v", what, err, want)
	}
}

func itoa(n int64) string { return fmt.Sprint(n) }
