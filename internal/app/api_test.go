package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/registry"
)

// site serves an app with its worker, as "belvedere serve" does.
func site(t *testing.T, a *app.App) *httptest.Server {
	t.Helper()
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Ingest.Worker(ctx) }()
	t.Cleanup(func() {
		s.Close()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// signIn makes an administrator and enters; it gives the header of the session.
func signIn(t *testing.T, a *app.App) []string {
	t.Helper()
	return enter(t, a, member(t, a, registry.Account{Login: "Claire@MORVAN", FirstName: "Claire", LastName: "Morvan", Admin: true, AllWidgets: true}))
}

// machine is the header of the command line of the machine.
func machine(a *app.App) []string {
	return []string{"Authorization", "Belvedere-Local " + a.Keys.Bearer()}
}

// call sends a request and reads its answer whole; callOnce follows no redirection.
func call(t testing.TB, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	return send(t, http.DefaultClient, method, url, body, header...)
}

func callOnce(t testing.TB, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return send(t, client, method, url, body, header...)
}

func send(t testing.TB, client *http.Client, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res, text.String()
}

const register = "etablissement;nom;type\n9990001Y;Les Tilleuls;college\n"

// pupils is a published file of one school and date.
func pupils(uai string, girls, boys string) string {
	return "etablissement;jour;niveau;sexe;eleves\n" + uai + ";2025-10-01;6eme;F;" + girls + "\n" + uai + ";2025-10-01;6eme;M;" + boys + "\n"
}

// uai gives valid codes: the digits are the argument, the letter follows.
func uai(t *testing.T, digits string) string {
	t.Helper()
	const letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return digits + string(letters[n%23])
}

func TestAPIPushAndRead(t *testing.T) {
	a := open(t)
	s := site(t, a)
	school := uai(t, "9990001")
	put := func(id, body string, header ...string) (*http.Response, string) {
		return call(t, http.MethodPut, s.URL+"/api/v1/livraisons/"+id, body, append(append(header, "Prefer", "wait=30"), machine(a)...)...)
	}
	if res, body := put("registre", strings.Replace(register, "9990001Y", school, 1)); res.StatusCode != 200 || !strings.Contains(body, `"publiee"`) {
		t.Fatalf("register: %s %s", res.Status, body)
	}
	file := pupils(school, "12", "13")
	res, first := put("e1", file, "Content-Type", "text/csv")
	if res.StatusCode != 200 || !strings.Contains(first, `"etat": "publiee"`) || res.Header.Get("Location") == "" {
		t.Fatalf("first: %s %s", res.Status, first)
	}
	if res, again := put("e1", file); res.StatusCode != 200 || again != first {
		t.Errorf("the same again: %s\n%s\nwant the first answer\n%s", res.Status, again, first)
	}
	res, body := put("e1", pupils(school, "12", "14"))
	if res.StatusCode != http.StatusConflict || res.Header.Get("Content-Type") != "application/problem+json; charset=utf-8" {
		t.Errorf("other bytes under the same id: %s %s", res.Status, body)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(pupils(school, "20", "13"))); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if res, body := put("e2", zipped.String()); res.StatusCode != 200 || !strings.Contains(body, `"publiee"`) {
		t.Errorf("gzip: %s %s", res.Status, body)
	}
	_, csv := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=eleves,eleves[sexe=F]&par=etablissement&annee=2025&format=csv", "", machine(a)...)
	if !strings.Contains(csv, school) || !strings.Contains(csv, "33") || !strings.Contains(csv, "20") {
		t.Errorf("data after the slice was replaced:\n%s", csv)
	}
	_, old := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=eleves&annee=2025&edition=2&format=csv", "", machine(a)...)
	if !strings.Contains(old, "25") {
		t.Errorf("as of edition 2:\n%s", old)
	}
	res, parquet := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=eleves&par=niveau&annee=2025", "", append(machine(a), "Accept", "application/vnd.apache.parquet")...)
	if res.StatusCode != 200 || !strings.HasPrefix(parquet, "PAR1") {
		t.Errorf("parquet: %s, %.40q", res.Status, parquet)
	}
	if res.Header.Get("X-Belvedere-Recu") == "" {
		t.Error("no receipt")
	}
}

func TestAPIRefusals(t *testing.T) {
	a := open(t)
	a.Config.MaxFile = 1 << 16
	s := site(t, a)
	school := uai(t, "9990001")
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		says                     string
	}{
		{"unknown address", "GET", "/api/v1/rien", "", 404, "openapi"},
		{"unknown indicator", "GET", "/api/v1/donnees?indicateurs=nope", "", 400, "nope"},
		{"unknown dimension", "GET", "/api/v1/donnees?indicateurs=eleves&par=couleur", "", 400, "couleur"},
		{"unknown filter", "GET", "/api/v1/donnees?indicateurs=eleves&couleur=rouge", "", 400, "couleur"},
		{"bad year", "GET", "/api/v1/donnees?indicateurs=eleves&annee=MMXXV", "", 400, "MMXXV"},
		{"bad period", "GET", "/api/v1/donnees?indicateurs=eleves&periode=siecle", "", 400, "siecle"},
		{"no such edition", "GET", "/api/v1/donnees?indicateurs=eleves&edition=99", "", 404, "99"},
		{"bad format", "GET", "/api/v1/donnees?indicateurs=eleves&format=doc", "", 400, "doc"},
		{"page elsewhere", "GET", "/api/v1/donnees?page=https://example.org/x", "", 404, ""},
		{"unknown delivery", "GET", "/api/v1/livraisons/rien", "", 404, ""},
		{"empty file", "PUT", "/api/v1/livraisons/vide", "", 400, "vide"},
		{"too large", "PUT", "/api/v1/livraisons/gros", strings.Repeat("x", 1<<17), 413, "dépasse"},
		{"unknown dataset", "PUT", "/api/v1/livraisons/j?jeu=rien", pupils(school, "1", "2"), 404, "rien"},
	} {
		res, body := call(t, c.method, s.URL+c.path, c.body, machine(a)...)
		var problem struct {
			Status int
			Detail string
		}
		if err := json.Unmarshal([]byte(body), &problem); err != nil {
			t.Errorf("%s: %s, body is no problem: %v %.200s", c.name, res.Status, err, body)
			continue
		}
		if res.StatusCode != c.status && !(c.status == 404 && res.StatusCode == 400) || problem.Status != res.StatusCode || !strings.Contains(problem.Detail, c.says) {
			t.Errorf("%s: %s %s, want %d with %q", c.name, res.Status, problem.Detail, c.status, c.says)
		}
	}
}

// TestAPIRefusesOtherSites keeps a page of another site from pushing files from a browser.
func TestAPIRefusesOtherSites(t *testing.T) {
	s := site(t, open(t))
	res, _ := call(t, http.MethodPut, s.URL+"/api/v1/livraisons/x", register, "Sec-Fetch-Site", "cross-site", "Origin", "https://example.org")
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("cross-site push: %s", res.Status)
	}
}

// TestAPIToken follows the tokens of two vendors from their making to their withdrawal.
func TestAPIToken(t *testing.T) {
	a := open(t)
	s := site(t, a)
	mine, other := uai(t, "9990001"), uai(t, "9990002")
	put := func(id, body string, header ...string) (*http.Response, string) {
		return call(t, http.MethodPut, s.URL+"/api/v1/livraisons/"+id, body, append(header, "Prefer", "wait=30")...)
	}
	if res, body := put("registre", "etablissement;nom;type\n"+mine+";Les Tilleuls;college\n"+other+";Les Chênes;college\n", machine(a)...); !strings.Contains(body, `"publiee"`) {
		t.Fatalf("register: %s %s", res.Status, body)
	}
	put("e-autre", pupils(other, "31", "32"), machine(a)...)
	boss := belvedere.Viewer{Login: "Claire@MORVAN", Admin: true}
	alpha, made, err := a.Tokens.Create(t.Context(), boss, admin.TokenForm{Name: "alpha", Vendor: "alpha", Push: true, Read: true, Schools: []string{mine}})
	if err != nil {
		t.Fatal(err)
	}
	beta, _, err := a.Tokens.Create(t.Context(), boss, admin.TokenForm{Name: "beta", Vendor: "beta", Push: true, AllSchools: true})
	if err != nil {
		t.Fatal(err)
	}
	asAlpha, asBeta := []string{"Authorization", "Bearer " + alpha}, []string{"Authorization", "Bearer " + beta}
	if res, body := put("e1", pupils(mine, "12", "13"), asAlpha...); !strings.Contains(body, `"publiee"`) || !strings.Contains(body, `"source": "alpha"`) {
		t.Errorf("its own school: %s %s", res.Status, body)
	}
	if res, body := put("e2", pupils(mine, "12", "14")+strings.SplitN(pupils(other, "1", "2"), "\n", 2)[1], asAlpha...); !strings.Contains(body, `"refusee"`) || !strings.Contains(body, other) {
		t.Errorf("another school: %s %s", res.Status, body)
	}
	if _, body := call(t, "GET", s.URL+"/api/v1/livraisons/e2", "", asAlpha...); !strings.Contains(body, `"hors_jeton"`) {
		t.Errorf("its faults: %s", body)
	}
	_, csv := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=eleves&par=etablissement&annee=2025&format=csv", "", asAlpha...)
	if !strings.Contains(csv, "25") || strings.Contains(csv, other) || strings.Contains(csv, "63") {
		t.Errorf("what it reads:\n%s", csv)
	}
	if res, _ := call(t, "GET", s.URL+"/api/v1/livraisons/e1?source=alpha", "", asBeta...); res.StatusCode != http.StatusNotFound {
		t.Errorf("the delivery of another vendor: %s", res.Status)
	}
	if res, _ := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=eleves", "", asBeta...); res.StatusCode != http.StatusForbidden {
		t.Errorf("a push token reads: %s", res.Status)
	}
	if _, err := a.Tokens.Revoke(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if res, _ := call(t, "GET", s.URL+"/api/v1/editions", "", asAlpha...); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("withdrawn: %s", res.Status)
	}
	if res, _ := call(t, http.MethodPut, s.URL+"/api/v1/livraisons/x", register); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without token: %s", res.Status)
	}
}

// TestAPIAnswersWhatPagesShow compares the data of a page with its file.
func TestAPIAnswersWhatPagesShow(t *testing.T) {
	dir := shared(t, "data", "dept35")
	a := open(t)
	load(t, a, filepath.Join(dir, "fr-en-annuaire-education.csv"), filepath.Join(dir, "fr-en-college-effectifs-niveau-sexe-lv.csv"))
	s := site(t, a)
	page := "/moyens/par-etablissement?annee=2021&type=college&tri=-eleves"
	session := signIn(t, a)
	_, fromPage := call(t, "GET", s.URL+page+"&format=csv", "", session...)
	_, fromAPI := call(t, "GET", s.URL+"/api/v1/donnees?format=csv&page="+strings.NewReplacer("?", "%3F", "&", "%26").Replace(page), "", session...)
	if fromPage != fromAPI || !strings.Contains(fromPage, "0350017D") {
		t.Errorf("page and API differ:\n%.500s\n%.500s", fromPage, fromAPI)
	}
}

// TestAPIKeepsUnacknowledgedNothing leaves no file of a refused push in the landing folder's way.
func TestAPIKeepsUnacknowledgedNothing(t *testing.T) {
	a := open(t)
	a.Config.MaxFile = 1 << 10
	s := site(t, a)
	call(t, http.MethodPut, s.URL+"/api/v1/livraisons/gros", strings.Repeat("x", 1<<14), machine(a)...)
	err := filepath.WalkDir(a.Config.Landing(), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := os.Stat(name); err == nil && info.Size() > 0 {
				t.Errorf("%s was left behind", name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
