package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestGroupFromTheForm(t *testing.T) {
	o := newOffices(t, 10)
	wants(t, o.get("/administration/groupes/nouveau").Body.String(), "Nouveau groupe", `name="valeurs_type" value="lycee"`, `<textarea`)
	form := url.Values{"nom": {"Lycées"}, "regle": {"type"}, "valeurs_type": {"lycee"}, "valeurs_commune": {"Valmer"}, "geste": {"apercu"}}
	before := o.everything(t)
	w := o.post("/administration/groupes/nouveau", form)
	wants(t, w.Body.String(), "5 établissements dans ce groupe", "COLLEGE 00001")
	if strings.Contains(w.Body.String()[strings.Index(w.Body.String(), `id="apercu"`):], "COLLEGE 00002") || o.everything(t) != before {
		t.Error("the preview shows others, or has written")
	}
	form.Del("geste")
	where, _, _ := strings.Cut(o.must(t, "/administration/groupes/nouveau", form), "?")
	wants(t, o.get(where).Body.String(), "5 établissements dans ce groupe", `value="lycee" checked`)
	wants(t, o.get("/administration/groupes").Body.String(), "Lycées", "lycee")

	groups, _ := o.reg.ListGroups(t.Context())
	a := o.hire(t, "groupe", fmt.Sprint(groups[0].ID))
	wants(t, o.get(fmt.Sprint("/administration/utilisateurs/", a.ID)).Body.String(), "Lycées", "(5)")
	wants(t, o.get(where+"/supprimer").Body.String(), "1 compte perd aussitôt")

	version := fmt.Sprint(groups[0].Version)
	change := url.Values{"version": {version}, "nom": {"Lycées"}, "regle": {"code_postal"}, "valeurs_code_postal": {"991\r\n992"}}
	o.must(t, where, change)
	w = o.post(where, change)
	if w.Code != http.StatusConflict {
		t.Errorf("former version: %d", w.Code)
	}
	wants(t, w.Body.String(), "991", "Rechargez")
	if w := o.post(where+"/supprimer", url.Values{"version": {version}}); w.Code != http.StatusConflict {
		t.Errorf("delete of a former version: %d", w.Code)
	}
	groups, _ = o.reg.ListGroups(t.Context())
	o.must(t, where+"/supprimer", url.Values{"version": {fmt.Sprint(groups[0].Version)}})
	if kept, _ := o.reg.Account(t.Context(), a.ID); len(kept.Groups) != 0 {
		t.Errorf("kept %+v", kept)
	}
}

func TestGroupFormSaysWhatIsWrong(t *testing.T) {
	o := newOffices(t, 10)
	w := o.post("/administration/groupes/nouveau", url.Values{"nom": {""}, "regle": {"code_postal"}, "valeurs_code_postal": {"35x"}})
	if w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", w.Code)
	}
	wants(t, w.Body.String(), "Le nom manque", "35x", `href="#champ-valeurs_code_postal"`)
}
