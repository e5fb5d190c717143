package admin_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

// A bureau is the use cases over a real registry, with a small annex and a few schools.
type bureau struct {
	registry   registry.Registry
	agreements *admin.Agreements
	territory  *admin.Territory
	schools    *admin.Schools
	mails      *mails
	now        time.Time
}

// The schools of the register; unlistedSchool has data only.
const (
	prevert        belvedere.UAI = "0990001N"
	jaures         belvedere.UAI = "0990002P"
	camus          belvedere.UAI = "0990003R"
	unlistedSchool belvedere.UAI = "0990009X"
)

type directory []admin.School

func (d directory) Schools(context.Context) ([]admin.School, error) { return d, nil }

func sarvane() directory {
	school := func(uai belvedere.UAI, name, commune string, listed bool, more ...string) admin.School {
		s := admin.School{UAI: uai, Name: name, Listed: listed, Attributes: map[string]string{"commune": commune, "codes_postaux": "99001"}}
		for i := 0; i+1 < len(more); i += 2 {
			s.Attributes[more[i]] = more[i+1]
		}
		return s
	}
	return directory{
		school(camus, "Collège Albert Camus", "Vernois", true, "devient", string(jaures)),
		school(jaures, "Lycée Jean Jaurès", "Castelbruc", true),
		school(prevert, "Collège Jacques Prévert", "Castelbruc", true, "codes_postaux", "99001, 99002"),
		school(unlistedSchool, "", "", false),
	}
}

// annex is a model of the 80 indicators, four themes, six kept for schools.
func annex() *belvedere.Model {
	m := &belvedere.Model{Themes: []belvedere.Theme{{Code: "moyens", Label: "Moyens généraux"}, {Code: "social", Label: "Vie scolaire"}, {Code: "communications", Label: "Communications"}, {Code: "scolarite", Label: "Scolarité"}}}
	for n := 1; n <= 80; n++ {
		m.Indicators = append(m.Indicators, &belvedere.Indicator{
			Code: fmt.Sprintf("ind%d", n), Number: n, Annexed: true, Theme: m.Themes[(n-1)/20].Code, Label: fmt.Sprintf("Indicateur %d", n),
			SchoolOnly: slices.Contains([]int{28, 29, 30, 31, 32, 35}, n),
		})
	}
	m.Index()
	return m
}

// mails keeps what would be sent.
type mails struct {
	to   []string
	last []admin.AgreementLine
	fail error
}

func (m *mails) AgreementsEnd(_ context.Context, to registry.Account, list []admin.AgreementLine) error {
	if m.fail != nil {
		return m.fail
	}
	m.to, m.last = append(m.to, to.Email), list
	return nil
}

func newBureau(t testing.TB) *bureau {
	t.Helper()
	r, err := registry.OpenSQLite(context.Background(), filepath.Join(t.TempDir(), "registre.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	o := &bureau{registry: r, mails: &mails{}, now: time.Date(2026, 11, 26, 23, 30, 0, 0, time.UTC)} // the 27th in Paris
	now := func() time.Time { return o.now }
	paris := time.FixedZone("Europe/Paris", 3600)
	o.agreements = admin.NewAgreements(admin.AgreementsConfig{Registry: r, Schools: sarvane(), Model: annex(), Mail: o.mails, Now: now, Zone: paris})
	o.territory = admin.NewTerritory(r)
	o.schools = admin.NewSchools(admin.SchoolsConfig{Registry: r, Schools: sarvane(), Now: now})
	return o
}

// account adds a person.
func (b *bureau) account(t testing.TB, a registry.Account) registry.Account {
	t.Helper()
	if a.Place == "" {
		a.Place = registry.InTerritory
	}
	if a.State == "" {
		a.State = registry.Active
	}
	a.FirstName, a.LastName, a.Created = "Claire", "MORVAN", b.now
	made, err := b.registry.CreateAccount(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// put saves a form that must be right.
func (b *bureau) put(t testing.TB, f admin.AgreementForm) registry.Agreement {
	t.Helper()
	p, err := b.agreements.Propose(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	a, err := b.agreements.Save(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// form is a convention of Prévert that shares one theme.
func form(change ...func(*admin.AgreementForm)) admin.AgreementForm {
	f := admin.AgreementForm{School: string(prevert), From: "2026-09-01", Themes: []string{"moyens"}, Basis: "Consentement", Reference: "CONV-1"}
	for _, c := range change {
		c(&f)
	}
	return f
}

// wantError fails unless an error has a kind and says something.
func wantError(t testing.TB, err error, kind belvedere.Kind, says string) {
	t.Helper()
	if err == nil || belvedere.KindOf(err) != kind || !strings.Contains(plain(belvedere.Message(err)), says) {
		t.Fatalf("err = %v (kind %d), want kind %d saying %q", err, belvedere.KindOf(err), kind, says)
	}
}

// plain gives a text ordinary spaces.
func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

// fields are the fields of the flaws of an error.
func fields(err error) (out []string) {
	var flaws admin.Flaws
	errors.As(err, &flaws)
	for _, f := range flaws {
		out = append(out, f.Field)
	}
	return out
}
