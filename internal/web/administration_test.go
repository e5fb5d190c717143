package web_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
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

func agreementValues() url.Values {
	return url.Values{"portee": {"un"}, "etablissement": {string(prevert)}, "debut": {"2026-09-01"}, "fin": {"2027-08-31"}, "themes": {"moyens"},
		"base": {"Consentement de l’établissement"}, "reference": {"CONV-1"}, "faire": {"verifier"}}
}

// create saves a convention by its page.
func (b *bureau) create(t testing.TB, v url.Values) registry.Agreement {
	t.Helper()
	w := b.post("/administration/conventions/nouvelle", v)
	wantPage(t, w, http.StatusOK)
	v.Set("vu", hiddenOf(t, w, "vu"))
	v.Set("faire", "enregistrer")
	before := len(b.agreements(t))
	b.wantDone(t, b.post("/administration/conventions/nouvelle", v), "La convention est enregistrée.")
	kept := b.agreements(t)
	if len(kept) != before+1 {
		t.Fatalf("%d conventions kept", len(kept))
	}
	return kept[before]
}

func TestAgreementIsShownBeforeItIsSaved(t *testing.T) {
	b := newBureau(t)
	v := agreementValues()
	v["etendus"] = []string{"31"}
	w := b.post("/administration/conventions/nouvelle", v)
	wantPage(t, w, http.StatusOK, "Cette convention partage 2 indicateurs de l’annexe sur 6", "étend les destinataires de 1 indicateur réservé", "Elle vaut dès l’enregistrement")
	if len(b.agreements(t)) != 0 {
		t.Fatal("looking at the effect has saved it")
	}
	// What is saved is what was shown: a change in between is shown first.
	v.Set("vu", hiddenOf(t, w, "vu"))
	v.Set("faire", "enregistrer")
	v.Set("fin", "2030-08-31")
	wantPage(t, b.post("/administration/conventions/nouvelle", v), http.StatusOK, "31/08/2030")
	if len(b.agreements(t)) != 0 {
		t.Fatal("what was not shown was saved")
	}
	kept := b.create(t, agreementValues())
	address := fmt.Sprintf("/administration/conventions/%d", kept.ID)
	wantPage(t, b.get(address), http.StatusOK, "En vigueur", `value="2027-08-31"`, "Retirer")
	wantPage(t, b.get("/administration/conventions"), http.StatusOK, "Collège Jacques Prévert", "1 établissement ne partage rien", "Lycée &lt;Jean&gt; Jaurès")
}

func TestAgreementFormKeepsWhatWasTyped(t *testing.T) {
	b := newBureau(t)
	v := agreementValues()
	v.Set("etablissement", "0990001A")
	v.Set("debut", "2026-02-31")
	v.Set("destinataires", "personne@nulle.part\n\"><script>")
	v.Set("reference", `"><img src=x>`)
	v["etendus"] = []string{"31"}
	w := b.post("/administration/conventions/nouvelle", v)
	wantPage(t, w, http.StatusUnprocessableEntity, "points sont à corriger", `href="#champ-etablissement"`, `value="0990001A"`, "Aucun compte ne porte", `id="champ-debut-erreur"`)
	if strings.Contains(w.Body.String(), "<script>\"") || strings.Contains(w.Body.String(), "<img src=x") {
		t.Error("what was typed became markup")
	}
	v = agreementValues()
	v.Set("base", "autre")
	v.Set("autre_base", "Une base à nous")
	if kept := b.create(t, v); kept.Basis != "Une base à nous" {
		t.Errorf("basis %q", kept.Basis)
	}
}

func TestTwoAdministratorsOnOneAgreementPage(t *testing.T) {
	b := newBureau(t)
	kept := b.create(t, agreementValues())
	address := fmt.Sprintf("/administration/conventions/%d", kept.ID)
	edit := func(version, reference string) *httptest.ResponseRecorder {
		v := agreementValues()
		v.Set("version", version)
		v.Set("reference", reference)
		w := b.post(address, v)
		wantPage(t, w, http.StatusOK)
		v.Set("vu", hiddenOf(t, w, "vu"))
		v.Set("faire", "enregistrer")
		return b.post(address, v)
	}
	b.wantDone(t, edit("1", "CONV-2"), "La convention est enregistrée")
	w := edit("1", "CONV-3")
	wantPage(t, w, http.StatusConflict, "Quelqu’un d’autre a modifié", "CONV-2 → CONV-3", `value="CONV-3"`)
	if got := b.agreements(t)[0].Reference; got != "CONV-2" {
		t.Errorf("kept %q", got)
	}
	b.wantDone(t, edit(hiddenOf(t, w, "version"), "CONV-3"), "La convention est enregistrée")
}

func TestAgreementIsWithdrawnOrDeleted(t *testing.T) {
	b := newBureau(t)
	running := b.create(t, agreementValues())
	later := agreementValues()
	later.Set("debut", "2027-01-01")
	coming := b.create(t, later)
	one := func(a registry.Agreement) string { return fmt.Sprintf("/administration/conventions/%d", a.ID) }
	wantPage(t, b.get(one(running)+"/retirer"), http.StatusOK, "Retirer cette convention ?")
	if w := b.get(one(running) + "/supprimer"); w.Code != http.StatusSeeOther {
		t.Errorf("deleting what was in force is not offered: %d", w.Code)
	}
	if w := b.post(one(running)+"/supprimer", nil); w.Code != http.StatusConflict {
		t.Errorf("deleting what was in force: %d", w.Code)
	}
	if !b.agreements(t)[0].Revoked.IsZero() {
		t.Fatal("a question has withdrawn it")
	}
	b.wantDone(t, b.post(one(running)+"/retirer", nil), "La convention est retirée")
	wantPage(t, b.get(one(running)), http.StatusOK, "ne se modifie plus")
	if w := b.post(one(running), agreementValues()); w.Code != http.StatusConflict {
		t.Errorf("editing what was withdrawn: %d", w.Code)
	}
	b.wantDone(t, b.post(one(coming)+"/supprimer", nil), "La convention est supprimée")
	wantPage(t, b.get(one(coming)), http.StatusNotFound)
	if kept := b.agreements(t); len(kept) != 1 || kept[0].Revoked.IsZero() {
		t.Errorf("kept %+v", kept)
	}
}

func TestAgreementsFileIsShownThenImported(t *testing.T) {
	b := newBureau(t)
	const path = "/administration/conventions/import"
	wantPage(t, b.get(path), http.StatusOK, "Contrôler le fichier")
	wantPage(t, b.send(t, path, "fichier", "c.csv", nil), http.StatusUnprocessableEntity, "Choisissez le fichier")
	wantPage(t, b.send(t, path, "fichier", "c.csv", []byte("uai;nom\nx;y\n")), http.StatusUnprocessableEntity, "n’est pas connue")
	bad := "etablissement;debut;base;themes\n" + string(prevert) + ";2026-09-01;Consentement;cantine\n"
	w := b.send(t, path, "fichier", "c.csv", []byte(bad))
	wantPage(t, w, http.StatusUnprocessableEntity, "Rien n’est importé.", "cantine")
	if strings.Contains(w.Body.String(), `name="contenu"`) {
		t.Error("a file with errors can be confirmed")
	}
	good := strings.Replace(bad, "cantine", "tous", 1)
	w = b.send(t, path, "fichier", "c.csv", []byte(good))
	wantPage(t, w, http.StatusOK, "1 convention créée")
	v := url.Values{"contenu": {hiddenOf(t, w, "contenu")}, "essai": {hiddenOf(t, w, "essai")}}
	if w := b.post(path+"/appliquer", url.Values{"contenu": v["contenu"], "essai": {"autre"}}); w.Code != http.StatusConflict {
		t.Errorf("another report is confirmed: %d", w.Code)
	}
	for _, forged := range []url.Values{{}, {"contenu": {"%%%"}, "essai": {"x"}}, {"contenu": {"aGVsbG8"}, "essai": {"x"}}} {
		if w := b.post(path+"/appliquer", forged); w.Code != http.StatusBadRequest {
			t.Errorf("forged confirmation %v: %d", forged, w.Code)
		}
	}
	if len(b.agreements(t)) != 0 {
		t.Fatal("kept before the confirmation")
	}
	b.wantDone(t, b.post(path+"/appliquer", v), "Le fichier est importé")
	if kept := b.agreements(t); len(kept) != 1 || !kept[0].AllThemes {
		t.Errorf("kept %+v", kept)
	}
	if w := b.post(path+"/appliquer", v); w.Code != http.StatusConflict {
		t.Errorf("confirmed twice: %d", w.Code)
	}
	export := b.get("/administration/conventions/export.csv")
	if export.Code != http.StatusOK || !strings.Contains(export.Body.String(), string(prevert)+";2026-09-01;;Consentement;;tous;;;") {
		t.Errorf("export %d: %q", export.Code, export.Body.String())
	}
}

func TestTerritoryPages(t *testing.T) {
	b := newBureau(t)
	const path = "/administration/territoire"
	w := b.get(path)
	wantPage(t, w, http.StatusOK, "Aucun logo")
	v := url.Values{"nom": {"Département de la Sarvane"}, "code": {"D099"}, "couleur": {"#63c5d0"}, "rappel": {"60"}, "journal": {"12"}, "vu": {hiddenOf(t, w, "vu")}}
	wantPage(t, b.post(path, v), http.StatusUnprocessableEntity, "Le contraste de #63c5d0 est de", `value="#63c5d0"`)
	v.Set("couleur", "#6b2d5c")
	b.wantDone(t, b.post(path, v), "Les réglages sont enregistrés")
	v.Set("nom", "Autre")
	w = b.post(path, v)
	wantPage(t, w, http.StatusConflict, "Quelqu’un d’autre a modifié ces réglages", `value="Autre"`)
	v.Set("vu", hiddenOf(t, w, "vu"))
	b.wantDone(t, b.post(path, v), "Les réglages sont enregistrés")

	style := regexp.MustCompile(`href="(/couleurs\.css\?v=[0-9a-f]+)"`).FindStringSubmatch(b.get("/indicateurs").Body.String())
	if style == nil {
		t.Fatal("pages do not ask for the colours")
	}
	b.viewer = belvedere.Viewer{} // anyone may have them: the page where one signs in does
	css := b.get(style[1])
	if css.Code != http.StatusOK || !strings.Contains(css.Body.String(), "#6b2d5c") || !strings.Contains(css.Header().Get("Cache-Control"), "immutable") || css.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("style %d %v %q", css.Code, css.Header(), css.Body.String())
	}
	if old := b.get("/couleurs.css?v=0"); strings.Contains(old.Header().Get("Cache-Control"), "immutable") {
		t.Error("an address that does not name the style is kept for ever")
	}
}

func TestLogoPages(t *testing.T) {
	b := newBureau(t)
	const path = "/administration/territoire/logo"
	wantPage(t, b.send(t, path, "logo", "logo.png", nil), http.StatusUnprocessableEntity, "Choisissez l’image")
	wantPage(t, b.send(t, path, "logo", "logo.png", []byte("<svg onload=alert(1)>")), http.StatusUnprocessableEntity, "image SVG")
	wantPage(t, b.send(t, path, "logo", "logo.png", bytes.Repeat([]byte("x"), admin.MostLogo+1)), http.StatusUnprocessableEntity, "512 Kio")
	var image1 bytes.Buffer
	if err := png.Encode(&image1, image.NewNRGBA(image.Rect(0, 0, 600, 100))); err != nil {
		t.Fatal(err)
	}
	b.wantDone(t, b.send(t, path, "logo", "malice.svg", image1.Bytes()), "Le logo est enregistré")
	address := regexp.MustCompile(`src="(/logo/[0-9a-f]{32}\.png)"`).FindStringSubmatch(b.get("/indicateurs").Body.String())
	if address == nil {
		t.Fatal("pages do not show the logo")
	}
	admins := b.viewer
	b.viewer = belvedere.Viewer{}
	w := b.get(address[1])
	h := w.Header()
	if w.Code != http.StatusOK || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || !strings.Contains(h.Get("Cache-Control"), "immutable") {
		t.Errorf("logo %d %v", w.Code, h)
	}
	for _, other := range []string{"/logo/" + strings.Repeat("0", 32) + ".png", "/logo/x", "/logo/.png", strings.TrimSuffix(address[1], ".png") + ".svg"} {
		if w := b.get(other); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", other, w.Code)
		}
	}
	b.viewer = admins
	b.wantDone(t, b.post(path+"/retirer", nil), "Le logo est retiré")
	if w := b.get(address[1]); w.Code != http.StatusNotFound {
		t.Errorf("a logo that was removed is served: %d", w.Code)
	}
}

func TestSchoolPages(t *testing.T) {
	b := newBureau(t)
	address := "/administration/etablissements/" + string(prevert)
	wantPage(t, b.get("/administration/etablissements?q=prevert"), http.StatusOK, "1 établissement", "99001")
	wantPage(t, b.get(address), http.StatusOK, `value="99001"`, "tel que livré")
	edits := func() int {
		list, err := b.registry.ListSchoolEdits(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	w := b.post(address, url.Values{"code_postal": {"99001"}, "faire": {"ajouter"}, "version": {"0"}})
	wantPage(t, w, http.StatusOK)
	if n := strings.Count(w.Body.String(), `name="code_postal"`); n != 2 || edits() != 0 {
		t.Errorf("%d fields, %d edits", n, edits())
	}
	w = b.post(address, url.Values{"code_postal": {"99001", "99002", "99003"}, "faire": {"retirer-1"}, "version": {"0"}})
	wantPage(t, w, http.StatusOK, `value="99003"`)
	if strings.Contains(w.Body.String(), `value="99002"`) || edits() != 0 {
		t.Error("the wrong one was removed")
	}
	for _, button := range []string{"retirer-9", "retirer--1", "retirer-x"} {
		wantPage(t, b.post(address, url.Values{"code_postal": {"99001"}, "faire": {button}}), http.StatusOK, `value="99001"`)
	}
	b.wantDone(t, b.post(address, url.Values{"code_postal": {"99001"}, "faire": {"valider"}, "version": {"0"}}), "Rien n’a changé")
	wantPage(t, b.post(address, url.Values{"code_postal": {"9900"}, "faire": {"valider"}, "version": {"0"}}), http.StatusUnprocessableEntity, "cinq chiffres", `value="9900"`)
	b.wantDone(t, b.post(address, url.Values{"code_postal": {"99001", "99009"}, "fermeture": {"2026-09-01"}, "devient": {string(jaures)}, "faire": {"valider"}, "version": {"0"}}), "La correction est enregistrée")
	wantPage(t, b.get("/administration/etablissements?etat=corriges"), http.StatusOK, "codes postaux, fermé le 01/09/2026, devient 0990002P")
	w = b.post(address, url.Values{"code_postal": {"35000"}, "faire": {"valider"}, "version": {"0"}})
	wantPage(t, w, http.StatusConflict, "Quelqu’un d’autre a modifié cet établissement", `value="35000"`)
	if hiddenOf(t, w, "version") != "1" {
		t.Error("the form must be one to send again, knowingly")
	}
	b.wantDone(t, b.post(address+"/retablir", nil), "tel que les livraisons le décrivent")
	if edits() != 0 {
		t.Error("still corrected")
	}
	for _, nowhere := range []string{"0350017D", "x", "0990001A"} {
		wantPage(t, b.get("/administration/etablissements/"+nowhere), http.StatusNotFound)
	}
}

func TestPencilIsForAdministrators(t *testing.T) {
	b := newBureau(t)
	pencils := func(page string) int { return strings.Count(b.get(page).Body.String(), `class="mend-link"`) }
	if n := pencils("/moyens/par-etablissement"); n == 0 {
		t.Error("administrators have no pencil beside the postcodes")
	}
	wantPage(t, b.get("/moyens/par-etablissement"), http.StatusOK, "Modifier les codes postaux de")
	b.viewer.Admin = false
	if n := pencils("/moyens/par-etablissement"); n != 0 {
		t.Errorf("%d pencils for who may correct nothing", n)
	}
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
