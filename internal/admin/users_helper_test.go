package admin_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

// school makes a UAI of the fictional département from a number.
func school(n int) belvedere.UAI { return belvedere.UAIFromNumber(int32(990000 + n)) }

// places is a register of schools in memory.
type places []admin.School

func (p places) Schools(context.Context) ([]admin.School, error) { return p, nil }

// register makes n schools, one in three a lycée, over two communes and three districts.
func register(n int) places {
	var out places
	for i := range n {
		a := map[string]string{"type": "college", "secteur": "public", "commune": "Valmer", "departement": "099", "academie": "Littoral", "codes_postaux": "99100 99110"}
		if i%3 == 0 {
			a["type"], a["commune"], a["codes_postaux"] = "lycee", "Saint-Élan", "99200"
		}
		if i%5 == 0 {
			a["secteur"], a["codes_postaux"] = "prive", "99300"
		}
		out = append(out, admin.School{UAI: school(i), Name: "COLLEGE " + string(rune('A'+i%26)), Listed: true, Attributes: a})
	}
	return out
}

// post is an Inviter that notes what it is asked, and can fail.
type post struct {
	mu    sync.Mutex
	sent  []string // "invite Pierre@MARTIN"
	fails bool
}

func (p *post) note(what string, a registry.Account) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails {
		return errors.New("no mail today")
	}
	p.sent = append(p.sent, what+" "+a.Login)
	return nil
}

func (p *post) Invite(_ context.Context, a registry.Account) error { return p.note("invite", a) }
func (p *post) Reset(_ context.Context, a registry.Account) error  { return p.note("reset", a) }
func (p *post) SecondFactorRemoved(_ context.Context, a registry.Account) error {
	return p.note("factor", a)
}
func (p *post) AddressChanged(_ context.Context, before, _ registry.Account) error {
	return p.note("told "+before.Email, before)
}
func (p *post) EndSessions(_ context.Context, a registry.Account) error { return p.note("end", a) }

var widgets = []belvedere.Widget{
	{Code: "moyens.eleves", Label: "Élèves", Menu: "Moyens généraux"}, {Code: "moyens.classes", Label: "Classes", Menu: "Moyens généraux"},
	{Code: "social.discipline", Label: "Discipline", Menu: "Social"}, {Code: "travaux", Label: "Demandes de travaux", Menu: "Demandes de travaux"},
}

// office is the management of users over a real registry with one administrator.
type office struct {
	*admin.Users
	groups *admin.Groups
	reg    registry.Registry
	post   *post
	boss   registry.Account
	by     belvedere.Viewer
}

func newOffice(t testing.TB, schools int) *office {
	t.Helper()
	reg, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	o := &office{reg: reg, post: &post{}}
	dir := register(schools)
	o.Users = admin.NewUsers(admin.UsersConfig{Registry: reg, Schools: dir, Inviter: o.post, Widgets: widgets,
		Now: func() time.Time { return time.Date(2025, 11, 26, 8, 0, 0, 0, time.UTC) }})
	o.groups = &admin.Groups{Registry: reg, Schools: dir}
	o.boss, err = reg.CreateAccount(t.Context(), registry.Account{Login: "Claire@MORVAN", FirstName: "Claire", LastName: "Morvan",
		Email: "claire.morvan@exemple.fr", State: registry.Active, Place: registry.InTerritory, Admin: true, AllWidgets: true, Created: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	o.by = belvedere.Viewer{ID: o.boss.ID, Login: o.boss.Login, Kind: belvedere.AccountViewer, Admin: true, Strong: true}
	return o
}

// hire creates a user without much ado.
func (o *office) hire(t testing.TB, first, last string, change ...func(*admin.UserForm)) registry.Account {
	t.Helper()
	f := admin.UserForm{FirstName: first, LastName: last, Email: strings.ToLower(first+"."+last) + "@exemple.fr"}
	for _, c := range change {
		c(&f)
	}
	a, err := o.Create(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// activate makes an invited account one that may sign in.
func (o *office) activate(t testing.TB, a registry.Account) registry.Account {
	t.Helper()
	if err := o.reg.SetPassword(t.Context(), a.ID, "$argon2id$test", time.Now()); err != nil {
		t.Fatal(err)
	}
	a, err := o.reg.Account(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.State, a.EmailConfirmed = registry.Active, time.Now()
	if a, err = o.reg.UpdateAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return a
}

func wantKind(t testing.TB, err error, kind belvedere.Kind) {
	t.Helper()
	if err == nil || belvedere.KindOf(err) != kind {
		t.Fatalf("kind %v of %v, want %v", belvedere.KindOf(err), err, kind)
	}
}
