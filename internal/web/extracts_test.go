package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/extract"
	"belvedere/internal/extract/place"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/school/vault"
	"belvedere/internal/secret"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/web"
)

const academy = belvedere.UAI("0350937D")

// A counter of extracts is the pages over the real service, a vault of 60 students and one place.
type counter struct {
	*bureau
	service *extract.Service
	v       *vault.Vault
}

func (c *counter) Vault(context.Context, belvedere.UAI, bool) (*vault.Vault, error) { return c.v, nil }
func (c *counter) List() ([]belvedere.UAI, error)                                   { return []belvedere.UAI{academy}, nil }

func extractNow() time.Time { return time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC) }

// registrar works in the academy with a grant of a level.
func registrar(id int64, level belvedere.Level) belvedere.Viewer {
	own := []belvedere.UAI{academy}
	return belvedere.Viewer{ID: id, Login: "Paule@ROUX", Name: "Paule Roux", Kind: belvedere.AccountViewer, School: true, Strong: true,
		Scope:  belvedere.Scope{AllWidgets: true, Own: own, Schools: own},
		Grants: []belvedere.Grant{{ID: 5, Capability: belvedere.Extractor, Level: level, Schools: own}}}
}

func newCounter(t testing.TB) *counter {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := dossier.Load(m, catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{}
	if c.v, err = vault.Open(ctx, dir, academy, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(extractNow)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.v.Close() })
	files := dossier.New(dossier.Config{Vaults: c, Catalog: kinds, Now: extractNow})
	fillStudents(t, files, kinds.Kinds.Kind("inscriptions"))
	keys, err := secret.Load(filepath.Join(dir, "cles.json"))
	if err != nil {
		t.Fatal(err)
	}
	shelf := filepath.Join(dir, "partage")
	if err := os.Mkdir(shelf, 0o700); err != nil {
		t.Fatal(err)
	}
	one, err := place.New(place.Settings{Name: "partage", Label: "Partage de la direction", Folder: shelf})
	if err != nil {
		t.Fatal(err)
	}
	c.bureau = &bureau{viewer: registrar(1, belvedere.Identities)}
	if c.registry, err = registry.Open(ctx, filepath.Join(dir, "r.sqlite")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.registry.Close() })
	for _, name := range []string{"ROUX", "AUTRE"} {
		a, err := c.registry.CreateAccount(ctx, registry.Account{FirstName: "Paule", LastName: name, Login: "Paule@" + name, Email: strings.ToLower(name) + "@exemple.fr",
			Place: registry.InSchool, State: registry.Active, Created: extractNow(), EmailConfirmed: extractNow(), Schools: []belvedere.UAI{academy}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.registry.SetTOTP(ctx, a.ID, "scellé"); err != nil {
			t.Fatal(err)
		}
	}
	c.service = extract.New(extract.Config{Registry: c.registry, Reports: func() extract.Reports { return nil }, People: pseudonym.New(pseudonym.Config{Source: files, Now: extractNow}),
		Viewer: func(_ context.Context, a registry.Account) (belvedere.Viewer, error) {
			return registrar(a.ID, belvedere.Identities), nil
		},
		Keys: keys, Folder: filepath.Join(dir, "extraits"), Places: []extract.Place{one}, Mail: noLetters{}, Console: func(context.Context) mail.Console { return mail.Console{} },
		Journal: &book{}, Zone: time.UTC, Now: extractNow, Errors: slog.New(slog.DiscardHandler)})
	c.console = newConsole(t, func(config *web.Config, _ *console) {
		config.Viewer = func(*http.Request) (belvedere.Viewer, error) { return c.viewer, nil }
		config.Extracts, config.Now = c.service, extractNow
	})
	return c
}

// fillStudents imports 60 registrations, some of a sort of their own.
func fillStudents(t testing.TB, files *dossier.Service, k *dossier.Kind) {
	t.Helper()
	who := belvedere.Viewer{ID: 9, Login: "scolarite", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{academy}}}
	b := dossier.Batch{Files: []dossier.File{{Name: "i.csv", Data: strings.NewReader("x"), Size: 1}}, Mapping: "test", Fill: func(into dossier.Sink) error {
		for i := range 60 {
			values := map[string]string{"annee": "2025", "nip": fmt.Sprintf("99%05d", i), "nom": fmt.Sprintf("CANARI%d", i), "prenom": "Jade", "etape": fmt.Sprintf("E%d", i%4), "sexe": "F",
				"naissance": fmt.Sprintf("%d-03-05", 2000+i%7), "region": fmt.Sprintf("R%d", i/55)}
			cells := make([]string, len(k.Columns))
			for j, c := range k.Columns {
				cells[j] = values[c.Name]
			}
			if err := into.Row(k, dossier.Place{File: "i.csv", Line: int64(i + 2)}, cells); err != nil {
				return err
			}
		}
		return nil
	}}
	if _, err := files.Import(context.Background(), who, academy, b); err != nil {
		t.Fatal(err)
	}
}

var draftOf = regexp.MustCompile(`brouillon=(\d+)`)

// step posts a step and gives where it leads.
func (c *counter) step(t testing.TB, values url.Values) string {
	t.Helper()
	w := c.post("/extractions/nouvelle", values)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", w.Code, w.Body.String())
	}
	return w.Header().Get("Location")
}

// drafted goes through the wizard up to its last step, and gives the number of the draft.
func (c *counter) drafted(t testing.TB, more url.Values) string {
	t.Helper()
	id := draftOf.FindStringSubmatch(c.step(t, url.Values{"etape": {"1"}, "sujet": {"personnes:" + string(academy) + ":inscriptions"}}))[1]
	c.step(t, url.Values{"brouillon": {id}, "etape": {"2"}, "colonne": {"etape", "naissance", "region"}, "finesse.naissance": {"tranche"}})
	c.step(t, url.Values{"brouillon": {id}, "etape": {"3"}, "v.etape": {"E1", "E2", "E3"}, "min.annee": {"2024"}})
	c.step(t, url.Values{"brouillon": {id}, "etape": {"4"}, "finalite": {"Enquête sur l’insertion"}, "base": {"mission"}, "destinataires": {"Observatoire"}, "duree": {"30"}})
	file := url.Values{"brouillon": {id}, "etape": {"5"}, "format": {"csv"}}
	for k, v := range more {
		file[k] = v
	}
	c.step(t, file)
	return id
}

// made asks for an extract and has it made.
func (c *counter) made(t testing.TB, more url.Values) string {
	t.Helper()
	id := c.drafted(t, more)
	where := c.step(t, url.Values{"brouillon": {id}, "etape": {"6"}, "engagement": {"oui"}})
	if !strings.HasPrefix(where, "/extractions/"+id) {
		t.Fatal(where)
	}
	if done, err := c.service.RunOnce(context.Background()); err != nil || !done {
		t.Fatal(done, err)
	}
	return id
}

func TestExtractWizard(t *testing.T) {
	c := newCounter(t)
	wantPage(t, c.get("/extractions/nouvelle"), http.StatusOK, "Inscriptions (lignes de personnes)")
	id := c.drafted(t, nil)
	last := c.get("/extractions/nouvelle?brouillon=" + id + "&etape=6").Body.String()
	for _, part := range []string{"45 lignes, 45 personnes", "Risque de réidentification", "sont seules à porter leur combinaison", "Enquête sur l’insertion", "Modifier", "Région d’origine", "Étape\u00a0: E1 ou E2 ou E3"} {
		if !strings.Contains(last, part) {
			t.Errorf("the last step lacks %q", part)
		}
	}
	if strings.Contains(last, "CANARI") {
		t.Error("the wizard shows a name")
	}
	wantPage(t, c.post("/extractions/nouvelle", url.Values{"brouillon": {id}, "etape": {"6"}}), http.StatusUnprocessableEntity, "engagement")
	wantPage(t, c.post("/extractions/nouvelle", url.Values{"brouillon": {id}, "etape": {"2"}, "colonne": {"nom"}}), http.StatusUnprocessableEntity, "nom")
	wantPage(t, c.post("/extractions/nouvelle", url.Values{"brouillon": {id}, "etape": {"4"}}), http.StatusUnprocessableEntity, "points sont à corriger")
	back := c.get("/extractions/nouvelle?brouillon=" + id + "&etape=3").Body.String()
	if !strings.Contains(back, `name="v.etape" value="E3" checked`) || !strings.Contains(back, `value="2024"`) {
		t.Error("the filters are not shown again")
	}
	wantPage(t, c.get("/extractions/nouvelle?brouillon="+id+"&etape=1"), http.StatusOK, "efface les colonnes")
}

func TestExtractPages(t *testing.T) {
	c := newCounter(t)
	id := c.made(t, nil)
	one := "/extractions/" + id
	wantPage(t, c.get(one), http.StatusOK, "Télécharger")
	w := c.post(one+"/prendre", nil)
	z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil || len(z.File) != 2 || w.Header().Get("Content-Disposition") == "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%v, %v", w.Header(), err)
	}
	wantPage(t, c.get("/extractions"), http.StatusOK, "téléchargé")
	c.wantDone(t, c.post(one+"/supprimer", nil), "supprimé")
	c.wantDone(t, c.post(one+"/detruit", nil), "détruites")
	if w := c.post(one+"/prendre", nil); w.Code != http.StatusNotFound {
		t.Errorf("a deleted file: %d", w.Code)
	}
	again := c.post(one+"/refaire", nil)
	if !strings.Contains(again.Header().Get("Location"), "brouillon=") {
		t.Errorf("again: %v", again.Header())
	}
	// The passphrase is shown once.
	locked := "/extractions/" + c.made(t, url.Values{"chiffre": {"oui"}})
	wantPage(t, c.post(locked+"/phrase", nil), http.StatusOK, "secret-word")
	if w := c.post(locked+"/phrase", nil); w.Code != http.StatusConflict || strings.Contains(w.Body.String(), "secret-word") {
		t.Errorf("shown twice: %d", w.Code)
	}
	wantPage(t, c.post("/extractions/regulieres/nouvelle", url.Values{"extrait": {strings.TrimPrefix(locked, "/extractions/")}, "nom": {"x"}, "rythme": {"lundi"}, "lieu": {"ailleurs"}}), http.StatusUnprocessableEntity, "lieu de dépôt")
}

func TestExtractsOfOthers(t *testing.T) {
	c := newCounter(t)
	id := c.made(t, nil)
	draft := c.drafted(t, nil)
	c.viewer = registrar(2, belvedere.Identities)
	one := "/extractions/" + id
	for _, w := range []*httptest.ResponseRecorder{c.get(one), c.get(one + "/etat"), c.post(one+"/prendre", nil), c.post(one+"/phrase", nil), c.post(one+"/annuler", nil), c.post(one+"/supprimer", nil),
		c.post(one+"/detruit", nil), c.post(one+"/refaire", nil), c.get("/extractions/nouvelle?brouillon=" + draft), c.post("/extractions/nouvelle", url.Values{"brouillon": {draft}, "etape": {"6"}, "engagement": {"oui"}}),
		c.get("/extractions/regulieres/nouvelle?extrait=" + id), c.get("/extractions/999")} {
		if w.Code != http.StatusNotFound {
			t.Errorf("another reads it: %d", w.Code)
		}
	}
	for _, address := range []string{"/extractions/toutes", "/extractions/tracer"} {
		if w := c.get(address); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
	c.viewer = belvedere.Viewer{ID: 4, Login: "Dora@PEROT", Kind: belvedere.AccountViewer, Auditor: true, Strong: true}
	wantPage(t, c.get("/extractions/toutes"), http.StatusOK, "Enquête sur l’insertion")
	if w := c.post(one+"/prendre", nil); w.Code != http.StatusNotFound {
		t.Errorf("the officer takes the file: %d", w.Code)
	}
	c.wantDone(t, c.post("/extractions/reglages", url.Values{"conservation": {"3"}, "lignes": {"5000"}, "signal": {"10"}, "jour": {"2"}}), "enregistrés")
	wantPage(t, c.post("/extractions/reglages", url.Values{"conservation": {"99"}}), http.StatusUnprocessableEntity, "corriger")
}

// TestExtractAccessibility asks axe about each page of extracts.
func TestExtractAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	browser := newBrowser(t)
	c := newCounter(t)
	id, draft := c.made(t, url.Values{"chiffre": {"oui"}}), c.drafted(t, nil)
	waiting := c.drafted(t, nil)
	c.step(t, url.Values{"brouillon": {waiting}, "etape": {"6"}, "engagement": {"oui"}})
	x := extract.SpecOf(must(c.registry.Extract(context.Background(), int64(1))))
	if _, _, err := c.service.CreateSchedule(context.Background(), c.viewer, extract.ScheduleForm{Label: "Chaque lundi", Spec: &x, Rhythm: "lundi", Place: "partage"}); err != nil {
		t.Fatal(err)
	}
	totals := draftOf.FindStringSubmatch(c.step(t, url.Values{"etape": {"1"}, "sujet": {"totaux"}}))[1]
	empty := c.drafted(t, nil)
	c.step(t, url.Values{"brouillon": {empty}, "etape": {"3"}, "min.annee": {"2030"}})
	for i := range 200 { // a list of many, in all states
		states := []registry.ExtractState{registry.ExtractDownloaded, registry.ExtractExpired, registry.ExtractFailed, registry.ExtractSent, registry.ExtractCancelled}
		_, err := c.registry.CreateExtract(context.Background(), registry.Extract{Account: 2, Login: "Paule@AUTRE", Label: "Inscriptions par étape, dans un intitulé qui n’en finit pas", Purpose: "Enquête", State: states[i%5], Code: "XAAAAAAAAA",
			Created: extractNow(), Asked: extractNow(), Ended: extractNow(), Due: extractNow().AddDate(0, 0, i-100), Downloads: 1, Rows: int64(i * 1000), Flagged: []string{"", "colonnes nominatives"}[i%2]})
		if err != nil {
			t.Fatal(err)
		}
	}
	c.viewer.Auditor = true // sees all pages
	server := httptest.NewServer(c)
	defer server.Close()
	wizard := "/extractions/nouvelle?brouillon=" + draft + "&etape="
	list := []struct{ name, address, open string }{
		{"extractions", "/extractions", ""}, {"extrait", "/extractions/" + id, ""}, {"attente", "/extractions/" + waiting, ""}, {"toutes", "/extractions/toutes", ""},
		{"etape1", "/extractions/nouvelle", ""}, {"etape2", wizard + "2", ""}, {"etape3", wizard + "3", ""}, {"etape4", wizard + "4", ""}, {"etape5", wizard + "5", ""}, {"etape6", wizard + "6", ""},
		{"fautes", wizard + "4", "document.querySelector('[name=finalite]').value = ''; document.querySelector('.wizard .main-action').click()"},
		{"filtre-faux", wizard + "3", "document.querySelector('[name=\"min.inscrit_le\"]').type = 'text'; document.querySelector('[name=\"min.inscrit_le\"]').value = 'hier'; document.querySelector('.wizard .main-action').click()"},
		{"totaux2", "/extractions/nouvelle?brouillon=" + totals + "&etape=2", ""}, {"totaux3", "/extractions/nouvelle?brouillon=" + totals + "&etape=3", ""}, {"vide6", "/extractions/nouvelle?brouillon=" + empty + "&etape=6", ""},
		{"depassees", "/extractions/toutes?copies=depassees", ""}, {"compte", "/extractions/toutes?compte=Paule@AUTRE&page=4", ""}, {"aucune", "/extractions/toutes?compte=personne", ""},
		{"regulieres", "/extractions/regulieres", ""}, {"reguliere", "/extractions/regulieres/nouvelle?extrait=" + id, ""}, {"reglages", "/extractions/reglages", ""}, {"tracer", "/extractions/tracer", ""},
	}
	for _, width := range []int64{1440, 390} {
		for _, theme := range []string{"light", "dark"} {
			for _, p := range list {
				name := fmt.Sprintf("extrait-%s-%d-%s", p.name, width, theme)
				t.Run(name, func(t *testing.T) {
					judge(t, browser, server.URL+p.address, p.open, string(script), width, theme, name)
				})
			}
		}
	}
}

func must(e registry.Extract, err error) registry.Extract {
	if err != nil {
		panic(err)
	}
	return e
}
