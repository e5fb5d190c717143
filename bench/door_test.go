package bench

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/auth"
	"belvedere/internal/registry"
	"belvedere/internal/web"
)

// Who reads in measures, and what is typed at the door.
const (
	readerLogin = "Mesure@LECTRICE"
	password    = "les girafes mangent 4 trombones!"
)

// shareAll makes the schools of a folder share what a convention can.
func shareAll(b testing.TB, a *app.App) {
	b.Helper()
	ctx := context.Background()
	_, n, err := a.Registry.ListAgreements(ctx, registry.AgreementFilter{}, registry.Page{Limit: 1})
	must(b, err)
	if n == 0 {
		_, err = a.Registry.PutAgreement(ctx, registry.Agreement{AllThemes: true, Basis: "coresponsabilité", From: belvedere.Date(2000, 9, 1)})
		must(b, err)
	}
}

// readerOf is an account that sees all that is shared, with its password.
func readerOf(b testing.TB, a *app.App) registry.Account {
	b.Helper()
	ctx := context.Background()
	x, err := a.Registry.AccountByLogin(ctx, readerLogin)
	if err == nil {
		return x
	}
	x, err = a.Registry.CreateAccount(ctx, registry.Account{Login: readerLogin, FirstName: "Mesure", LastName: "LECTRICE", Email: "mesure@exemple.fr",
		State: registry.Invited, Place: registry.InTerritory, AllSchools: true, AllWidgets: true, Created: time.Now()})
	must(b, err)
	link, err := a.Auth.InviteLink(ctx, x)
	must(b, err)
	x, _, err = a.Auth.CreateAccount(ctx, path.Base(link), auth.Creation{Login: readerLogin, Password: password, Again: password}, auth.From{})
	must(b, err)
	return x
}

// cookieOf signs the reader in and gives the header of the session, with that of the known browser.
func cookieOf(b testing.TB, a *app.App) string {
	b.Helper()
	out, err := a.Auth.SignIn(context.Background(), readerOf(b, a).Login, password, auth.From{})
	must(b, err)
	var all []string
	for _, c := range out.Cookies {
		if c.MaxAge >= 0 {
			all = append(all, c.Name+"="+c.Value)
		}
	}
	return strings.Join(all, "; ")
}

// town is a folder of 500 schools with their pupils, made for one measure.
func town(b *testing.B) *app.App {
	a := open(b, b.TempDir())
	list := schools(1, 500, smallKinds)
	deliver(b, a, map[string]io.Reader{"etablissements": strings.NewReader(register(list))})
	for _, d := range a.Model.Datasets {
		if d.Name == "effectifs" || d.Name == "personnels" {
			var file bytes.Buffer
			table(&file, d, list, []belvedere.SchoolYear{lastYear})
			deliver(b, a, map[string]io.Reader{d.Name: &file})
		}
	}
	shareAll(b, a)
	return a
}

// BenchmarkGuardedPage answers the same page by the report alone, as a page for someone that is
// given, and as a page behind session and journal: read what the guard adds.
func BenchmarkGuardedPage(b *testing.B) {
	ctx := context.Background()
	a := town(b)
	cookie := cookieOf(b, a)
	viewer, err := a.ViewerOf(ctx, readerOf(b, a))
	must(b, err)
	bare, err := web.New(web.Config{Reports: a.Reporter, Deliveries: a.Registry, Export: a, Zone: a.Config.Location(),
		Viewer: func(*http.Request) (belvedere.Viewer, error) { return viewer, nil }})
	must(b, err)
	guarded, err := a.Handler()
	must(b, err)
	const address = "/moyens/par-etablissement?annee=2025"
	u, err := url.Parse(address)
	must(b, err)
	page := func(h http.Handler) func() {
		return func() {
			r := httptest.NewRequest(http.MethodGet, address, nil)
			r.Header.Set("Cookie", cookie)
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != http.StatusOK {
				b.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
			}
		}
	}
	ways := []func(){func() {
		_, err := a.Reporter.PageAt(ctx, viewer, u)
		must(b, err)
	}, page(bare), page(guarded)}
	times := make([][]time.Duration, len(ways))
	for _, way := range ways {
		way() // fills what is kept
	}
	for b.Loop() {
		for i, way := range ways {
			times[i] = append(times[i], timed(way))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(median(times[0])), "report-ms")
	b.ReportMetric(ms(median(times[1])), "page-ms")
	b.ReportMetric(ms(median(times[2])), "guarded-ms")
	b.ReportMetric(float64(median(times[2]))/float64(median(times[1])), "guarded/page")
}

// BenchmarkSignIn signs in from a known browser, through the pages: one hash, a session, an entry
// of the journal.
func BenchmarkSignIn(b *testing.B) {
	a := open(b, b.TempDir())
	x := readerOf(b, a)
	cookie := cookieOf(b, a)
	handler, err := a.Handler()
	must(b, err)
	form := url.Values{"identifiant": {x.Login}, "mot_de_passe": {password}}.Encode()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/connexion", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != http.StatusSeeOther {
			b.Fatal(w.Code, w.Body)
		}
	}
}
