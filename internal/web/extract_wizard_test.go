package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
)

const subjectPath = "personnes:0350937D:inscriptions"

// specOf is what a draft asks.
func (c *counter) specOf(t *testing.T, id string) extract.Spec {
	t.Helper()
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return extract.SpecOf(must(c.registry.Extract(context.Background(), n)))
}

// begun is a draft of rows of persons.
func (c *counter) begun(t *testing.T) string {
	t.Helper()
	w := c.post("/extractions/nouvelle", url.Values{"etape": {"1"}, "sujet": {subjectPath}})
	id := regexp.MustCompile(`brouillon=(\d+)`).FindStringSubmatch(w.Header().Get("Location"))
	if id == nil {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	return id[1]
}

// A grant of identities does not bar the way to pseudonyms: what the page offers, it takes.
func TestWizardOffersWhatItTakes(t *testing.T) {
	c := newCounter(t) // a grant of identities
	id := c.begun(t)
	body := c.get("/extractions/nouvelle?brouillon=" + id + "&etape=2").Body.String()
	list := regexp.MustCompile(`(?s)<select name="finesse\.naissance">(.*?)</select>`).FindStringSubmatch(body)
	if list == nil || strings.Contains(list[1], "telle quelle") || !strings.Contains(list[1], "année seule") {
		t.Fatalf("ways of a date of birth without names: %q", list)
	}
	for _, column := range []string{"nom", "ine", "mel", "bourse", "cette_colonne"} {
		if strings.Contains(body, `value="`+column+`"`) {
			t.Errorf("%s is offered without names", column)
		}
	}
	first := regexp.MustCompile(`<option value="([^"]*)"`).FindStringSubmatch(list[1])[1]
	c.step(t, url.Values{"brouillon": {id}, "etape": {"2"}, "colonne": {"naissance", "sexe"}, "finesse.naissance": {first}})
	// The same words whether a column exists or not.
	said := map[string]string{}
	for _, column := range []string{"nom", "handicap", "jamais_vu"} {
		w := c.post("/extractions/nouvelle", url.Values{"brouillon": {id}, "etape": {"2"}, "colonne": {column}})
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", column, w.Code)
		}
		text := regexp.MustCompile(`La colonne [^<]*`).FindString(w.Body.String())
		said[strings.ReplaceAll(text, column, "X")] = column
	}
	if len(said) != 1 {
		t.Errorf("the words tell columns apart: %q", said)
	}
}

// A filter is judged at its step, with the words beside it; what was asked before is not lost.
func TestWizardFilters(t *testing.T) {
	c := newCounter(t)
	id := c.begun(t)
	c.step(t, url.Values{"brouillon": {id}, "etape": {"2"}, "colonne": {"etape", "sexe"}})
	page := c.get("/extractions/nouvelle?brouillon=" + id + "&etape=3").Body.String()
	for _, part := range []string{`name="v.etape" value="E0"`, `name="min.inscrit_le"`, `type="date"`, "Toutes sauf ces valeurs"} {
		if !strings.Contains(page, part) {
			t.Errorf("the step lacks %s", part)
		}
	}
	if strings.Contains(page, "Pré-élémentaire") {
		t.Error("levels that no row has are offered")
	}
	wrong := c.post("/extractions/nouvelle", url.Values{"brouillon": {id}, "etape": {"3"}, "min.inscrit_le": {"hier"}})
	wantPage(t, wrong, http.StatusUnprocessableEntity, "une date est attendue")
	if !strings.Contains(wrong.Body.String(), `href="#champ-f.inscrit_le"`) || !strings.Contains(wrong.Body.String(), `id="champ-f.inscrit_le" open`) {
		t.Error("the fault does not lead to its filter")
	}
	for column, values := range map[string]url.Values{"nom": {"v.nom": {"CANARI3"}}, "handicap": {"f.handicap.texte": {"O"}}} {
		values.Set("brouillon", id)
		values.Set("etape", "3")
		c.step(t, values)
		if list := c.specOf(t, id).Order.Where; len(list) != 0 {
			t.Errorf("a filter on %s: %+v", column, list)
		}
	}
	c.step(t, url.Values{"brouillon": {id}, "etape": {"3"}, "v.etape": {"E1", "E,2"}, "op.etape": {"sauf"}, "f.region.texte": {"R0; R1\nR0"}, "min.annee": {"2024"}, "max.annee": {"2025"}})
	want := []dossier.Filter{{Column: "annee", Op: dossier.AtLeast, Values: []string{"2024"}}, {Column: "annee", Op: dossier.AtMost, Values: []string{"2025"}},
		{Column: "etape", Op: dossier.NotIn, Values: []string{"E1", "E,2"}}, {Column: "region", Op: dossier.In, Values: []string{"R0", "R1"}}}
	got := c.specOf(t, id).Order.Where
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i].Column != want[i].Column || got[i].Op != want[i].Op || strings.Join(got[i].Values, "¦") != strings.Join(want[i].Values, "¦") {
			t.Errorf("filter %d is %+v, not %+v", i, got[i], want[i])
		}
	}
	// What the page shows again, it posts again: the sense of « sauf » stays.
	page = c.get("/extractions/nouvelle?brouillon=" + id + "&etape=3").Body.String()
	if !regexp.MustCompile(`(?s)name="op\.etape".*?<option value="sauf" selected`).MatchString(page) || !strings.Contains(page, "E,2 (aucune ligne)") {
		t.Error("the filter is not shown as it was said")
	}
	wantPage(t, c.get("/extractions/nouvelle?brouillon="+id+"&etape=4"), http.StatusOK, "Étape : sauf E1, E,2")
}

// Each step may be reached in any order: what lacks is named where it is mended, and what was typed is kept.
func TestWizardLeadsBack(t *testing.T) {
	c := newCounter(t)
	id := c.begun(t)
	w := c.post("/extractions/nouvelle", url.Values{"brouillon": {id}, "etape": {"4"}, "finalite": {"Enquête sur l’insertion"}, "base": {"mission"}, "destinataires": {"Observatoire"}, "duree": {"30"}})
	if where := w.Header().Get("Location"); !strings.Contains(where, "etape=2&a=corriger") {
		t.Fatalf("%d, leads to %q", w.Code, where)
	}
	wantPage(t, c.get(w.Header().Get("Location")), http.StatusOK, "Choisissez au moins une colonne")
	if x := c.specOf(t, id); x.Purpose != "Enquête sur l’insertion" {
		t.Errorf("the purpose is lost: %+v", x)
	}
	last := c.get("/extractions/nouvelle?brouillon=" + id + "&etape=6")
	if where := last.Header().Get("Location"); last.Code != http.StatusSeeOther || !strings.Contains(where, "etape=2") {
		t.Errorf("the last step of an unfinished request: %d %q", last.Code, where)
	}
	c.step(t, url.Values{"brouillon": {id}, "etape": {"2"}, "colonne": {"etape"}})
	wantPage(t, c.get("/extractions/nouvelle?brouillon="+id+"&etape=6"), http.StatusOK, "60 lignes")
	c.step(t, url.Values{"brouillon": {id}, "etape": {"3"}, "min.annee": {"2030"}})
	wantPage(t, c.get("/extractions/nouvelle?brouillon="+id+"&etape=6"), http.StatusOK, "Aucune ligne.")
	wantPage(t, c.post("/extractions/nouvelle", url.Values{"brouillon": {id}, "etape": {"6"}, "engagement": {"oui"}}), http.StatusUnprocessableEntity, "Aucune ligne.")
	// The right ends on the way: the first step says so.
	c.viewer.Grants[0].Level = belvedere.Totals
	back := c.get("/extractions/nouvelle?brouillon=" + id + "&etape=6")
	if !strings.Contains(back.Header().Get("Location"), "etape=1") {
		t.Errorf("%d %v", back.Code, back.Header())
	}
	wantPage(t, c.get(back.Header().Get("Location")), http.StatusOK, "habilitation de niveau")
}

// A remedy is one gesture: the column leaves coarser, and the risk is measured again.
func TestWizardMends(t *testing.T) {
	c := newCounter(t)
	id := c.begun(t)
	c.step(t, url.Values{"brouillon": {id}, "etape": {"2"}, "colonne": {"naissance", "etape", "region"}, "finesse.naissance": {"annee"}})
	c.step(t, url.Values{"brouillon": {id}, "etape": {"4"}, "finalite": {"Enquête sur l’insertion"}, "base": {"mission"}, "destinataires": {"Observatoire"}, "duree": {"30"}})
	page := c.get("/extractions/nouvelle?brouillon=" + id + "&etape=6").Body.String()
	for _, part := range []string{"Risque de réidentification\u00a0: ", `form="remedes"`, `value="naissance:tranche"`, "ainsi\u00a0: tranche d’âge", `value="region:"`, "Retirer «\u00a0Région d’origine\u00a0»"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	c.step(t, url.Values{"brouillon": {id}, "etape": {"6"}, "remede": {"naissance:tranche"}})
	c.step(t, url.Values{"brouillon": {id}, "etape": {"6"}, "remede": {"region:"}})
	x := c.specOf(t, id)
	if x.Order.Coarse["naissance"] != pseudonym.AgeBand || strings.Join(x.Order.Columns, " ") != "naissance etape" {
		t.Errorf("%+v", x.Order)
	}
	for _, bad := range []string{"naissance:", "nom:annee", "naissance:telle"} {
		before := c.specOf(t, id)
		c.post("/extractions/nouvelle", url.Values{"brouillon": {id}, "etape": {"6"}, "remede": {bad}})
		after := c.specOf(t, id)
		if bad != "naissance:" && (strings.Join(after.Order.Columns, " ") != strings.Join(before.Order.Columns, " ") || after.Order.Coarse["naissance"] != before.Order.Coarse["naissance"]) {
			t.Errorf("%s is taken: %+v", bad, after.Order)
		}
	}
	if e := must(c.registry.Extract(context.Background(), 1)); e.State != registry.ExtractDraft {
		t.Errorf("%s", e.State)
	}
}
