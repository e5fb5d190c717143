package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"belvedere/internal/registry"
)

// TestQueueInPages sorts, chooses and decides several files at once; what one lacks is told, and what was
// written beside it is not lost.
func TestQueueInPages(t *testing.T) {
	o := newOffices(t, 5)
	ines, max, eve := o.person(t, "Inès"), o.person(t, "Max"), o.person(t, "Eve")
	o.be(ines)
	var paths []string
	for i := range 3 {
		form := url.Values{"besoin": {fmt.Sprintf("Besoin <%d>", i)}, "role": {"Patrimoine"}, "capacite": {"lecteur"}, "rubriques": {"travaux"}, "finalite": {"Bilan"},
			"fin": {time.Now().AddDate(0, 6, 0).Format(time.DateOnly)}, "responsable": {fmt.Sprint(max.ID)}, "geste": {"deposer"}}
		if i == 2 {
			form.Set("capacite", "extracteur")
			form.Set("niveau", "identites")
			form.Set("etablissements", "0990001N")
		}
		where := o.must(t, "/demandes/nouvelle/acces", form)
		path, _, _ := strings.Cut(where, "?")
		paths = append(paths, path)
	}
	o.be(max)
	page := o.get("/demandes/a-traiter?tri=-objet").Body.String()
	wants(t, page, "Besoin &lt;0&gt;", `aria-sort="descending"`, "Demandes de travaux", "Décider ensemble", `name="demande"`)
	if strings.Index(page, "Besoin &lt;2&gt;") > strings.Index(page, "Besoin &lt;0&gt;") {
		t.Error("not sorted")
	}
	if n := strings.Count(page, `name="demande"`); n != 2 {
		t.Errorf("%d files may be decided with others, want those without names of people", n)
	}
	if page := o.get("/demandes/a-traiter?q=zut").Body.String(); !strings.Contains(page, "Toutes les voir") || strings.Contains(page, paths[0]) {
		t.Error("a search that finds nothing is a dead end")
	}
	if w := o.post("/demandes/a-traiter", url.Values{"geste": {"approuver"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Cochez") {
		t.Errorf("nothing ticked: %d", w.Code)
	}
	tick := func(path, version string) string { return strings.TrimPrefix(path, "/demandes/") + ":" + version }
	w := o.post("/demandes/a-traiter", url.Values{"geste": {"refuser"}, "demande": {tick(paths[0], "1")}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="`+tick(paths[0], "1")+`" checked`) {
		t.Errorf("refused without a reason, or what was ticked is lost: %d", w.Code)
	}
	both := url.Values{"geste": {"approuver"}, "motif": {"D’accord"}, "demande": {tick(paths[0], "1"), tick(paths[1], "7"), tick(paths[2], "1"), "zut", "999:1"}}
	o.be(eve)
	if w := o.post("/demandes/a-traiter", both); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "Besoin") || strings.Contains(w.Body.String(), "1 demande décidée") {
		t.Errorf("a stranger: %d %s", w.Code, plain(w.Body.String()))
	}
	o.be(max)
	w = o.post("/demandes/a-traiter", both)
	wants(t, w.Body.String(), "1 demande décidée", "4 laissées", "se décide seule")
	for i, want := range []string{"en examen", "déposée", "déposée"} {
		if !strings.Contains(strings.ToLower(o.get(paths[i]).Body.String()), want) {
			t.Errorf("%s is not %s", paths[i], want)
		}
	}
}

// TestReassignInPages: who answers for the data names another person when the manager has left.
func TestReassignInPages(t *testing.T) {
	o := newOffices(t, 5)
	ines, max, dora := o.person(t, "Inès"), o.person(t, "Max"), o.person(t, "Dora")
	o.be(ines)
	where := o.must(t, "/demandes/nouvelle/acces", url.Values{"besoin": {"Suivre"}, "role": {"Patrimoine"}, "capacite": {"lecteur"}, "rubriques": {"travaux"}, "finalite": {"Bilan"},
		"fin": {time.Now().AddDate(0, 6, 0).Format(time.DateOnly)}, "responsable": {fmt.Sprint(max.ID)}, "geste": {"deposer"}})
	path, _, _ := strings.Cut(where, "?")
	if strings.Contains(o.get(path).Body.String(), "Désigner une autre personne") {
		t.Error("who asks may name who decides")
	}
	max.State = registry.Locked
	if _, err := o.reg.UpdateAccount(t.Context(), max); err != nil {
		t.Fatal(err)
	}
	wants(t, o.get(path).Body.String(), "Personne ne peut décider", "n’a plus de compte actif")
	if w := o.post(path, url.Values{"geste": {"designer"}, "version": {"1"}, "personne": {"Dora@X"}, "pourquoi": {"Parti"}}); w.Code != http.StatusForbidden {
		t.Errorf("who asks names who decides: %d", w.Code)
	}
	o.be(o.boss)
	wants(t, o.get(path).Body.String(), "Désigner une autre personne")
	if w := o.post(path, url.Values{"geste": {"designer"}, "version": {"1"}, "personne": {"Dora@X"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#champ-pourquoi"`) {
		t.Errorf("without a reason: %d", w.Code)
	}
	o.must(t, path, url.Values{"geste": {"designer"}, "version": {"1"}, "personne": {"Dora@X"}, "pourquoi": {"Max est parti"}})
	o.be(dora)
	wants(t, o.get("/demandes/a-traiter").Body.String(), path)
	wants(t, o.get(path).Body.String(), "À vous de décider", "autre personne désignée", "Max est parti")
}
