package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

// theSchools is a register in memory.
type theSchools []admin.School

func (l theSchools) Schools(context.Context) ([]admin.School, error) { return l, nil }

func manySchools(n int) (out theSchools) {
	for i := range n {
		out = append(out, admin.School{UAI: belvedere.UAIFromNumber(int32(990000 + i)), Name: fmt.Sprintf("COLLEGE %05d", i), Listed: true,
			Attributes: map[string]string{"type": []string{"college", "lycee"}[i%2], "commune": "Valmer", "codes_postaux": "99100"}})
	}
	return out
}

// noPost takes all mails and forgets them.
type noPost struct{}

func (noPost) Invite(context.Context, registry.Account) error                { return nil }
func (noPost) Reset(context.Context, registry.Account) error                 { return nil }
func (noPost) SecondFactorRemoved(context.Context, registry.Account) error   { return nil }
func (noPost) AddressChanged(_ context.Context, _, _ registry.Account) error { return nil }
func (noPost) EndSessions(context.Context, registry.Account) error           { return nil }

// keptEntries is a journal in memory.
type keptEntries struct{ list []registry.Entry }

func (k *keptEntries) Record(_ context.Context, e registry.Entry) error {
	k.list = append(k.list, e)
	return nil
}
func (*keptEntries) Perimeter(context.Context, []belvedere.UAI, bool) (string, error) {
	return "", nil
}

// offices is a console with the management of users over a real registry.
type offices struct {
	*console
	reg     registry.Registry
	boss    registry.Account
	as      belvedere.Viewer // who asks
	journal *keptEntries
}

func newOffices(t *testing.T, schools int) *offices {
	t.Helper()
	reg, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	o := &offices{reg: reg, journal: &keptEntries{}}
	o.boss, err = reg.CreateAccount(t.Context(), registry.Account{Login: "Claire@MORVAN", FirstName: "Claire", LastName: "Morvan", Email: "claire@exemple.fr",
		State: registry.Active, Place: registry.InTerritory, Admin: true, AllWidgets: true, Created: time.Now(), EmailConfirmed: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	o.as = belvedere.Viewer{ID: o.boss.ID, Login: o.boss.Login, Name: o.boss.Name(), Kind: belvedere.AccountViewer, Admin: true, Strong: true,
		Scope: belvedere.Scope{AllSchools: true, AllWidgets: true}}
	o.console = newConsole(t, func(c *web.Config, _ *console) {
		dir := manySchools(schools)
		c.Users = admin.NewUsers(admin.UsersConfig{Registry: reg, Schools: dir, Inviter: noPost{}, Model: webtest.Model, Widgets: []belvedere.Widget{
			{Code: "moyens.eleves", Label: "Élèves", Menu: "Moyens généraux", Doc: "Les moyens"}, {Code: "moyens.classes", Label: "Classes", Menu: "Moyens généraux"},
			{Code: "travaux", Label: "Demandes de travaux", Menu: "Demandes de travaux"}}})
		c.Grants = &admin.Grants{Registry: reg, Schools: dir, Widgets: c.Users.Widgets, Model: webtest.Model}
		withProcedures(t, c, reg)
		c.Governance = governance.New(governance.Config{Registry: reg})
		c.Groups = &admin.Groups{Registry: reg, Schools: dir}
		c.Journal = o.journal
		c.Viewer = func(*http.Request) (belvedere.Viewer, error) { return o.as, nil }
	})
	return o
}

// post sends a form.
func (o *offices) post(address string, form url.Values) *httptest.ResponseRecorder {
	return o.do("POST", address, strings.NewReader(form.Encode()), header("Content-Type", "application/x-www-form-urlencoded"), header("Sec-Fetch-Site", "same-origin"))
}

// must posts a form that leads on, and gives where.
func (o *offices) must(t *testing.T, address string, form url.Values) string {
	t.Helper()
	w := o.post(address, form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("POST %s: %d %s", address, w.Code, plain(w.Body.String()))
	}
	return w.Header().Get("Location")
}

// plain is the text of a page, for messages of tests.
func plain(page string) string {
	page = page[max(strings.Index(page, "<main"), 0):]
	return cutText(strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")), " "), 600)
}

func cutText(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

func identity(change ...string) url.Values {
	f := url.Values{"nom": {"Caron"}, "prenom": {"Inès"}, "mail": {"ines@exemple.fr"}, "place": {"collectivite"}, "portee": {"choisis"}, "version": {"0"}}
	for i := 0; i+1 < len(change); i += 2 {
		f.Add(change[i], change[i+1])
		if len(f[change[i]]) == 2 && change[i] != "etablissement" && change[i] != "groupe" {
			f.Set(change[i], change[i+1])
		}
	}
	return f
}

func (o *offices) hire(t *testing.T, change ...string) registry.Account {
	t.Helper()
	where := o.must(t, "/administration/utilisateurs/nouveau", identity(change...))
	var id int64
	fmt.Sscanf(where, "/administration/utilisateurs/%d", &id)
	a, err := o.reg.Account(t.Context(), id)
	if err != nil {
		t.Fatal(where, err)
	}
	return a
}

func wants(t *testing.T, page string, texts ...string) {
	t.Helper()
	page = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#39;", "'").Replace(page)
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %s", want, plain(page))
		}
	}
}
