package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/auth"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// An estate is an installation with something of everything, and what must be found again.
type estate struct {
	*world
	secret string // of the application of codes
	bearer []string
	device string
}

// newEstate fills an installation: editions of every dataset, accounts, conventions, corrections,
// tokens, and a journal.
func newEstate(t *testing.T, registryURL string) *estate {
	t.Helper()
	e := &estate{world: fillWorld(t, 11, openOn(t, t.TempDir(), registryURL))}
	a := e.app
	agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	agree(t, a, registry.Agreement{School: e.schools[1], AllThemes: true, Extended: []int{28, 29, 30, 31, 32, 35}})
	if _, err := a.Registry.PutSchoolEdit(t.Context(), registry.SchoolEdit{School: e.schools[2], Postcodes: []string{"35200"}, By: "x", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	_, e.bearer = program(t, a, registry.Token{Name: "lecteur", Read: true, Schools: e.schools[:3]})
	x, device := enrol(t, a, registry.Account{FirstName: "Claire", LastName: "MORVAN", AllWidgets: true, AllSchools: true})
	e.device = device
	e.withCodes(t, x)
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{app: a, handler: handler}
	for range 3 {
		g.ask(http.MethodGet, pagePath, "", nil)
		g.signIn("personne")
	}
	return e
}

// withCodes gives an account an application of codes.
func (e *estate) withCodes(t *testing.T, x registry.Account) {
	t.Helper()
	now := time.Now()
	n := registry.Session{Hash: strings.Repeat("ab", 32), Account: x.ID, Created: now, LastUsed: now, Expires: now.Add(time.Hour)}
	if err := e.app.Registry.PutSession(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	begun, err := e.app.Auth.BeginTOTP(x, n)
	if err != nil {
		t.Fatal(err)
	}
	e.secret = strings.ReplaceAll(begun.Key, " ", "")
	// The code of the step before: the one of now is for the sign-in that comes. A step may begin
	// while it is given.
	for range 3 {
		var code string
		if code, err = totp.GenerateCode(e.secret, time.Now().Add(-30*time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, _, err = e.app.Auth.ConfirmTOTP(t.Context(), x, n, begun.Sealed, code, "", auth.From{}); err == nil {
			return
		}
	}
	t.Fatal(err)
}

// answers are all indicators, by school and in total, at an edition, as the command line is told.
func answers(t *testing.T, a *app.App, edition int) *belvedere.Result {
	t.Helper()
	v, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := report.Ask{By: []string{"etablissement"}, Edition: edition, Total: true, Where: []string{"annee=2020|2021"}}
	for _, ind := range a.Model.Indicators {
		ask.Indicators = append(ask.Indicators, ind.Code)
	}
	r := result(t, a, v, ask)
	r.Edition.Published, r.Query.Edition = r.Edition.Published.UTC(), edition
	return r
}

// found compares a restored installation with the one that was saved, at each edition.
func (e *estate) found(t *testing.T, a *app.App) {
	t.Helper()
	last, err := a.Reporter.Edition(t.Context(), 0)
	if err != nil || last.Number < 3 {
		t.Fatalf("edition %d, %v", last.Number, err)
	}
	for n := 1; n <= last.Number; n++ {
		got, want := answers(t, a, n), answers(t, e.app, n)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("edition %d: %s", n, diff)
		}
		shown := 0
		for _, row := range got.Rows {
			for _, cell := range row.Cells {
				if cell.State.Shown() {
					shown++
				}
			}
		}
		if shown < 30 {
			t.Errorf("edition %d: %d figures, the comparison proves too little", n, shown)
		}
	}
	r, err := a.Journal.Verify(t.Context())
	before, _ := e.app.Journal.Verify(t.Context())
	if err != nil || !r.OK() || len(r.Breaks) > 0 || r.Entries < 6 || r.Entries > before.Entries {
		t.Errorf("the journal: %+v, %v; %d entries before", r, err, before.Entries)
	}
	e.opens(t, a)
}

// opens signs in with password and code, and asks with the token.
func (e *estate) opens(t *testing.T, a *app.App) {
	t.Helper()
	base := site(t, a).URL
	post := func(path string, form url.Values, cookie string) *http.Response {
		res, _ := callOnce(t, http.MethodPost, base+path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Cookie", cookie)
		return res
	}
	res := post("/connexion", url.Values{"identifiant": {"claire@morvan"}, "mot_de_passe": {password}}, e.device)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/connexion/code" {
		t.Fatalf("the password: %s %s", res.Status, res.Header.Get("Location"))
	}
	code, err := totp.GenerateCode(e.secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	res = post("/connexion/code", url.Values{"code": {code}}, res.Cookies()[0].Name+"="+res.Cookies()[0].Value)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" {
		t.Errorf("the code: %s %s", res.Status, res.Header.Get("Location"))
	}
	if res, body := call(t, http.MethodGet, base+strings.Replace(dataPath, "2025", "2020|2021", 1), "", e.bearer...); res.StatusCode != http.StatusOK || !strings.Contains(body, string(e.schools[0])) {
		t.Errorf("the token: %s %.300s", res.Status, body)
	}
}
