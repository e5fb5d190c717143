package web_test

import (
	"context"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/web"
)

// unfed answers like a console that holds data of some sections only.
type unfed struct {
	web.Reports
	sections []string
	higher   bool
}

func (u unfed) Fed(_ context.Context, _ belvedere.Viewer, section string) bool {
	return strings.Contains(strings.Join(u.sections, " "), section)
}
func (u unfed) Higher(context.Context, belvedere.Viewer) bool { return u.higher }

// bare is a console of an institution of higher education.
func bare(t *testing.T, sections ...string) *console {
	return newConsole(t, func(c *web.Config, _ *console) { c.Reports = unfed{c.Reports, sections, true} })
}

// TestFirstPage leads who has nothing to read on the first page, which is about accounts of collèges, to
// what there is, or to what there is to do.
func TestFirstPage(t *testing.T) {
	nothing := bare(t)
	if w := nothing.get("/"); w.Code != 303 || w.Header().Get("Location") != "/premiers-pas" {
		t.Errorf("an empty console answers %d to %q", w.Code, w.Header().Get("Location"))
	}
	page := nothing.get("/premiers-pas").Body.String()
	for _, want := range []string{"à faire maintenant", "Charger les fichiers", "/livraisons#deposer", "Programmer la sauvegarde", `href="/guide/sauvegarder"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the first steps do not say %q", want)
		}
	}
	if strings.Count(page, "à faire maintenant") != 1 || strings.Count(page, "main-action") != 1 {
		t.Error("one step is the next, and one button the main one")
	}
	home := nothing.reports.Catalogue.Sections[0].Code
	if w := bare(t, home).get("/"); w.Code != 200 {
		t.Errorf("a first page that has figures answers %d", w.Code)
	}
	if w := newConsole(t).get("/"); w.Code != 200 {
		t.Errorf("that of a territory answers %d", w.Code)
	}
}

// TestGuideInTheConsole serves the chapters, with the help of each page leading to its own.
func TestGuideInTheConsole(t *testing.T) {
	c := newConsole(t)
	if page := c.get("/indicateurs").Body.String(); strings.Count(page, `href="/guide/indicateurs"`) != 2 {
		t.Error("the page does not lead to its chapter")
	}
	page := c.get("/guide/explorateur").Body.String()
	for _, want := range []string{"<h1>L’explorateur et les requêtes</h1>", `id="composer"`, `src="/guide/images/explorateur.png"`, `href="/guide/recus"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the chapter does not have %q", want)
		}
	}
	if w := c.get("/guide/images/explorateur.png"); w.Code != 200 || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("a picture answers %d", w.Code)
	}
	for _, address := range []string{"/guide/nulle-part", "/guide/README", "/guide/images/..%2F40-infocentre.md", "/guide/images/rien.png"} {
		if w := c.get(address); w.Code != 404 {
			t.Errorf("%s answers %d", address, w.Code)
		}
	}
	if page := c.get("/recherche?q=C%C3%89SURE").Body.String(); !strings.Contains(page, "/guide/infocentre#") {
		t.Error("the search does not find the guide")
	}
	if page := c.get("/recherche?q=livraisons").Body.String(); !strings.Contains(page, `<a href="/livraisons">Livraisons</a>`) {
		t.Error("the search does not find a page of the menu")
	}
}

// TestSchoolIsAdded declares a school by a form, as a delivery.
func TestSchoolIsAdded(t *testing.T) {
	f := newFort(t)
	const form = "etablissement=9990500p&nom=%C3%89cole+%3Bd%E2%80%99ing%C3%A9nieurs&type=superieur&commune=Valserine&code_commune=99001&codes_postaux=99000&departement=35&secteur=public"
	w := f.send("POST", "/administration/etablissements/nouveau", form)
	if w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/livraisons/") {
		t.Fatalf("adding answers %d: %.600s", w.Code, w.Body)
	}
	if got := f.deliveries.Received; len(got) != 1 || !strings.Contains(strings.Join(got, ""), "etablissement-9990500P.csv") {
		t.Errorf("received %q", got)
	}
	for wrong, want := range map[string]string{"etablissement=9990500A&nom=X": "lettre de contrôle", "etablissement=9990500P": "Donnez le nom", "etablissement=9990500P&nom=X&departement=Rh%C3%B4ne": "code officiel"} {
		if w := f.send("POST", "/administration/etablissements/nouveau", wrong); w.Code != 422 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s answers %d and does not say %q", wrong, w.Code, want)
		}
	}
	if len(f.deliveries.Received) != 1 {
		t.Error("a form with faults was delivered")
	}
}
