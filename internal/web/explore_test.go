package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

// queries keeps saved queries over a registry that holds two of them, shared with all.
func queries(t testing.TB, reg registry.Registry, reports *webtest.Reports) *saved.Service {
	t.Helper()
	s := saved.New(saved.Config{Registry: reg, Explorer: func() saved.Explorer { return reports }})
	operator := belvedere.Viewer{Kind: belvedere.Operator, Login: "operateur", Admin: true}
	for _, title := range []string{"Élèves par type", "Élèves <script>"} {
		q, err := s.Create(context.Background(), operator, saved.Draft{Title: title, State: "indicateurs=eleves,classes&lignes=type", Parameters: []string{"annee", "filtre.type"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Share(context.Background(), operator, q.ID, saved.Sharing{With: registry.SharedAll}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// explorers is a console with an explorer.
func explorers(t testing.TB) *console {
	t.Helper()
	reg, err := registry.OpenSQLite(t.Context(), t.TempDir()+"/registre.sqlite")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	return newConsole(t, func(c *web.Config, k *console) {
		c.Explorer, c.Saved, c.Receipts = k.reports, queries(t, reg, k.reports), &webtest.Receipts{}
	})
}

// TestExplorerPage wants the question as a sentence, each choice as a link to the next state, the menu of
// a line, and the short address of what a form sent.
func TestExplorerPage(t *testing.T) {
	c := explorers(t)
	page := c.get("/explorateur?indicateurs=eleves,classes&lignes=type&filtre.type=college&tri=-eleves&detail=0.1").Body.String()
	for _, want := range []string{`<p class="sentence"`, "(changer les lignes)", `value="eleves" checked`, "Collège &lt;b&gt;", `class="subtotal"`, "Filtrer sur cette ligne", "Voir par établissement",
		"/explorateur?filtre.type=college&amp;indicateurs=classes&amp;lignes=type", `aria-sort="descending"`, "format=json", "Nuage de points", "pas de détail par sexe", `name="detail"`, `id="etat-explorateur"`, "a_ligne=college"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "Collège <b>") {
		t.Error("a label is not escaped")
	}
	w := c.get("/explorateur?indicateurs=eleves&indicateurs=classes&lignes=type&lignes=&lignes=&colonnes=&annee=&premiers=&filtre.type=college&filtre.type=lycee")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/explorateur?filtre.type=college,lycee&indicateurs=eleves,classes&lignes=type" {
		t.Errorf("a form leads to %d %s", w.Code, w.Header().Get("Location"))
	}
	for _, address := range []string{"/explorateur?forme=nuage&indicateurs=eleves,classes&lignes=type", "/explorateur?forme=barres&indicateurs=eleves&lignes=type", "/explorateur?forme=carte&indicateurs=eleves&lignes=type", "/explorateur"} {
		if w := c.get(address); w.Code != http.StatusOK {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
	if page := c.get("/explorateur?forme=nuage&indicateurs=eleves,classes&lignes=type").Body.String(); !strings.Contains(page, "Aucune corrélation ne se calcule") || !strings.Contains(page, "graph-nuage") {
		t.Error("the cloud says nothing of its correlation")
	}
	if w := c.get("/explorateur?indicateurs=eleves%5B"); w.Code != http.StatusBadRequest {
		t.Errorf("a hostile address: %d", w.Code)
	}
}

// TestSavedPages lists, opens, saves and removes queries by their forms.
func TestSavedPages(t *testing.T) {
	c := explorers(t)
	if page := c.get("/requetes?q=eleves+par").Body.String(); !strings.Contains(page, "Élèves par type") || strings.Contains(page, "script&gt;") {
		t.Error("the search does not search")
	}
	page := c.get("/requetes/2?annee=2024&filtre.type=").Body.String()
	for _, want := range []string{"Élèves &lt;script&gt;", `name="annee"`, `name="filtre.type"`, "Marquer comme vérifiée", "Aucun tableau de bord ne la montre", "7KQ2-M9XD"} {
		if !strings.Contains(page, want) {
			t.Errorf("a query lacks %q", want)
		}
	}
	if page := c.get("/requetes/1?lignes=sexe").Body.String(); !strings.Contains(page, "ne se change pas") {
		t.Error("a choice that is not open is taken")
	}
	form := url.Values{"titre": {"Nouvelle"}, "question": {"indicateurs=eleves"}, "parametres": {"annee"}}
	send := func(path string, form url.Values) string {
		w := c.do("POST", path, strings.NewReader(form.Encode()), header("Content-Type", "application/x-www-form-urlencoded"), header("Sec-Fetch-Site", "same-origin"))
		return w.Header().Get("Location")
	}
	if to := send("/requetes", form); to != "/requetes/3?fait=enregistree" {
		t.Errorf("saved to %q", to)
	}
	form.Set("requete", "3")
	form.Set("version", "1")
	if to := send("/requetes", form); to != "/requetes/3?fait=enregistree" {
		t.Errorf("a version leads to %q", to)
	}
	if page := c.get("/requetes/3/versions").Body.String(); strings.Count(page, "<tr>") != 3 {
		t.Error("two versions are not two lines")
	}
	for path, want := range map[string]string{"/requetes/3/verifier": "/requetes/3?fait=verifiee", "/requetes/3/copier": "/requetes/4?fait=copiee"} {
		if to := send(path, url.Values{}); to != want {
			t.Errorf("%s leads to %q", path, to)
		}
	}
	if to := send("/requetes/3/supprimer", url.Values{}); to != "/requetes?fait=supprimee" {
		t.Errorf("removed to %q", to)
	}
}
