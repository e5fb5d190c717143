package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
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
	"belvedere/internal/registry"
	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

// A bureau is a console with the use cases of administration over a real registry.
type bureau struct {
	*console
	registry registry.Registry
	viewer   belvedere.Viewer
}

// The schools that the register of the bureau knows.
const (
	prevert belvedere.UAI = "0990001N"
	jaures  belvedere.UAI = "0990002P"
)

type knownSchools struct{}

func (knownSchools) Schools(context.Context) ([]admin.School, error) {
	return []admin.School{
		{UAI: prevert, Name: "Collège Jacques Prévert", Listed: true, Attributes: map[string]string{"commune": "Castelbruc", "codes_postaux": "99001"}},
		{UAI: jaures, Name: "Lycée <Jean> Jaurès", Listed: true, Attributes: map[string]string{"commune": "Vernois"}},
	}, nil
}

func newBureau(t testing.TB) *bureau {
	t.Helper()
	r, err := registry.OpenSQLite(context.Background(), filepath.Join(t.TempDir(), "registre.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	b := &bureau{registry: r, viewer: belvedere.Viewer{ID: 1, Login: "Claire@MORVAN", Name: "Claire Morvan", Kind: belvedere.AccountViewer, Admin: true, Strong: true, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true}}}
	b.console = newConsole(t, func(c *web.Config, k *console) {
		k.reports.Catalogue = annexed()
		now := func() time.Time { return time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC) }
		c.Viewer = func(*http.Request) (belvedere.Viewer, error) { return b.viewer, nil }
		c.Now = now
		c.Agreements = admin.NewAgreements(admin.AgreementsConfig{Registry: r, Schools: knownSchools{}, Model: k.reports.Catalogue, Now: now})
		c.Territory = admin.NewTerritory(r)
		c.Schools = admin.NewSchools(admin.SchoolsConfig{Registry: r, Schools: knownSchools{}, Now: now})
	})
	return b
}

// annexed is the made-up catalogue with its themes, and postcodes beside schools.
func annexed() *belvedere.Model {
	m := webtest.Model()
	m.Themes = []belvedere.Theme{{Code: "moyens", Label: "Moyens généraux"}, {Code: "social", Label: "Vie scolaire"}, {Code: "connexions", Label: "Connexions"}}
	for _, p := range m.Pages {
		for _, b := range p.Blocks {
			if b.Table != nil && p.Path == "/moyens/par-etablissement" {
				b.Table.Detail = []string{"codes_postaux", "commune"}
			}
		}
	}
	return m
}

// post sends a form.
func (b *bureau) post(address string, values url.Values) *httptest.ResponseRecorder {
	return b.do("POST", address, strings.NewReader(values.Encode()), header("Content-Type", "application/x-www-form-urlencoded"))
}

// send sends a file in a form.
func (b *bureau) send(t testing.TB, address, field, name string, data []byte) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(data)
	form.Close()
	return b.do("POST", address, &body, header("Content-Type", form.FormDataContentType()))
}

// agreements lists what is kept.
func (b *bureau) agreements(t testing.TB) []registry.Agreement {
	t.Helper()
	list, _, err := b.registry.ListAgreements(context.Background(), registry.AgreementFilter{}, registry.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// wantPage fails unless an answer has a status, is a sound page and says something.
func wantPage(t testing.TB, w *httptest.ResponseRecorder, status int, says ...string) {
	t.Helper()
	body := w.Body.String()
	if w.Code != status {
		t.Fatalf("status %d, want %d\n%s", w.Code, status, body[max(0, len(body)-1500):])
	}
	for _, s := range says {
		if !strings.Contains(plainSpaces(body), s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	for _, fault := range faultsOf(body) {
		t.Error(fault)
	}
}

func plainSpaces(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#39;", "'").Replace(s)
}

// wantDone fails unless an answer leads to a page of this site that says what was done.
func (b *bureau) wantDone(t testing.TB, w *httptest.ResponseRecorder, says string) {
	t.Helper()
	if w.Code != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", w.Code, w.Body.String()[:min(w.Body.Len(), 3000)])
	}
	wantPage(t, b.get(w.Header().Get("Location")), http.StatusOK, says)
}

// hiddenOf reads a hidden field of a page.
func hiddenOf(t testing.TB, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(w.Body.String())
	if found == nil {
		t.Fatalf("the page has no field %s", name)
	}
	return found[1]
}

func TestAdministrationIsForAdministrators(t *testing.T) {
	b := newBureau(t)
	kept := b.create(t, agreementValues())
	one := fmt.Sprintf("/administration/conventions/%d", kept.ID)
	administrator := b.viewer
	change := func(f func(*belvedere.Viewer)) belvedere.Viewer { v := administrator; f(&v); return v }
	for name, c := range map[string]struct {
		viewer belvedere.Viewer
		status int
	}{
		"nobody":                {belvedere.Viewer{}, http.StatusSeeOther},
		"user":                  {change(func(v *belvedere.Viewer) { v.Admin = false }), http.StatusForbidden},
		"data protection":       {change(func(v *belvedere.Viewer) { v.Admin, v.Auditor = false, true }), http.StatusForbidden},
		"staff of a school":     {change(func(v *belvedere.Viewer) { v.Admin, v.School = false, true }), http.StatusForbidden},
		"without second factor": {change(func(v *belvedere.Viewer) { v.Strong = false }), http.StatusSeeOther},
	} {
		b.viewer = c.viewer
		for _, address := range []string{
			"/administration/conventions", "/administration/conventions/nouvelle", "/administration/conventions/import", "/administration/conventions/export.csv",
			one, one + "/retirer", one + "/supprimer", "/administration/territoire", "/administration/etablissements", "/administration/etablissements/" + string(prevert),
		} {
			if w := b.get(address); w.Code != c.status || strings.Contains(w.Body.String(), "CONV-1") {
				t.Errorf("%s reads %s: %d", name, address, w.Code)
			}
		}
		for _, address := range []string{
			"/administration/conventions/nouvelle", "/administration/conventions/import", "/administration/conventions/import/appliquer", one, one + "/retirer", one + "/supprimer",
			"/administration/territoire", "/administration/territoire/logo", "/administration/territoire/logo/retirer",
			"/administration/etablissements/" + string(prevert), "/administration/etablissements/" + string(prevert) + "/retablir",
		} {
			if w := b.post(address, url.Values{"admin": {"1"}}); w.Code < 300 || w.Code == http.StatusSeeOther && !strings.HasPrefix(w.Header().Get("Location"), "/compte") {
				t.Errorf("%s writes %s: %d %s", name, address, w.Code, w.Header().Get("Location"))
			}
		}
	}
	if list := b.agreements(t); len(list) != 1 || !list[0].Revoked.IsZero() {
		t.Errorf("kept %+v", list)
	}
}
