package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

func TestNewUserFromTheForm(t *testing.T) {
	o := newOffices(t, 20)
	w := o.get("/administration/utilisateurs/nouveau")
	wants(t, w.Body.String(), "Nouvel utilisateur", "COLLEGE 00019", "Masquer les établissements cochés", `name="administrateur"`)
	a := o.hire(t, "etablissement", "0990001N", "fonction", "Chargée d’études", "etat", "actif", "version", "7", "admin", "1")
	if a.State != registry.Invited || a.Admin || len(a.Schools) != 1 || a.Login != "Inès@CARON" {
		t.Errorf("created %+v", a)
	}
	page := o.get("/administration/utilisateurs?q=caron").Body.String()
	wants(t, page, "CARON", "ines@exemple.fr", "adresse non confirmée", "Chargée d’études")
	entry := o.journal.list[len(o.journal.list)-2]
	if entry.Action != "utilisateur" || entry.Result != "fait" || entry.Object != admin.UserObject(a) || !strings.Contains(entry.Detail, "0990001N") {
		t.Errorf("journal %+v", entry)
	}
}

func TestUserFormKeepsWhatWasTyped(t *testing.T) {
	o := newOffices(t, 5)
	w := o.post("/administration/utilisateurs/nouveau", identity("mail", "pas une adresse", "fonction", "<b>Chargée</b>", "etablissement", "0990003R"))
	if w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", w.Code)
	}
	page := w.Body.String()
	wants(t, page, `value="pas une adresse"`, "&lt;b&gt;Chargée&lt;/b&gt;", `href="#champ-mail"`, `aria-describedby="champ-mail-aide champ-mail-erreur"`, `value="0990003R" checked`)
	if _, total, _ := o.reg.ListAccounts(t.Context(), registry.AccountFilter{}, registry.Page{}); total != 1 {
		t.Errorf("%d accounts", total)
	}
}

func TestUserChangedByTwo(t *testing.T) {
	o := newOffices(t, 5)
	a := o.hire(t)
	version := fmt.Sprint(a.Version)
	o.must(t, fmt.Sprint("/administration/utilisateurs/", a.ID), identity("version", version, "fonction", "Directrice"))
	w := o.post(fmt.Sprint("/administration/utilisateurs/", a.ID), identity("version", version, "nom", "Caron-Petit", "etablissement", "0990002P"))
	if w.Code != http.StatusConflict {
		t.Fatalf("status %d", w.Code)
	}
	page := w.Body.String()
	wants(t, page, "Ce compte a changé entre-temps", "Directrice", "Votre saisie", `value="Caron-Petit"`, `value="0990002P" checked`, fmt.Sprintf(`name="version" value="%d"`, a.Version+1))
	if kept, _ := o.reg.Account(t.Context(), a.ID); kept.LastName != "Caron" || kept.Function != "Directrice" {
		t.Errorf("half done: %+v", kept)
	}
	o.must(t, fmt.Sprint("/administration/utilisateurs/", a.ID), identity("version", fmt.Sprint(a.Version+1), "nom", "Caron-Petit"))
}

func TestUserRightsTree(t *testing.T) {
	o := newOffices(t, 5)
	a := o.hire(t)
	path := fmt.Sprintf("/administration/utilisateurs/%d/autorisations", a.ID)
	page := o.get(path).Body.String()
	if n := strings.Count(page, `name="rubrique"`); n != 3 || strings.Count(page, " checked") != 4 {
		t.Errorf("%d boxes, %d ticked; want 3, and all with Connexions", n, strings.Count(page, " checked"))
	}
	o.must(t, path, url.Values{"version": {fmt.Sprint(a.Version)}, "rubrique": {"travaux"}, "toutes": {"oui"}, "administrateur": {"oui"}})
	kept, _ := o.reg.Account(t.Context(), a.ID)
	if kept.AllWidgets || kept.Admin || !slices.Equal(kept.Widgets, []string{"travaux"}) {
		t.Errorf("kept %+v", kept)
	}
	last := o.journal.list[len(o.journal.list)-1]
	if last.Action != "droits" || !strings.Contains(last.Detail, "Moyens généraux > Classes") {
		t.Errorf("journal %+v", last)
	}
	o.must(t, path, url.Values{"version": {fmt.Sprint(kept.Version)}, "rubrique": {"travaux", "moyens.eleves", "moyens.classes"}})
	if kept, _ := o.reg.Account(t.Context(), a.ID); !kept.AllWidgets {
		t.Error("all ticked is not all")
	}
	if w := o.post(path, url.Values{"version": {fmt.Sprint(kept.Version + 1)}, "rubrique": {"tout"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("unknown widget: %d", w.Code)
	}
	if w := o.post(path, url.Values{"version": {fmt.Sprint(a.Version)}}); w.Code != http.StatusConflict {
		t.Errorf("former version: %d", w.Code)
	}
}

func TestUserActs(t *testing.T) {
	o := newOffices(t, 2)
	a := o.hire(t)
	path := fmt.Sprint("/administration/utilisateurs/", a.ID)
	o.must(t, path+"/invitation", nil)
	o.must(t, path+"/verrouiller", nil)
	wants(t, o.get(path+"?fait=verrouille").Body.String(), "Le compte est verrouillé", "Déverrouiller")
	if w := o.post(path+"/mot-de-passe", nil); w.Code != http.StatusConflict {
		t.Errorf("reset of a locked account: %d", w.Code)
	}
	o.must(t, path+"/deverrouiller", nil)
	wants(t, o.get(path+"/supprimer").Body.String(), "Supprimer le compte de Inès CARON", "Annuler")
	if w := o.post(path+"/supprimer", url.Values{"version": {fmt.Sprint(a.Version)}}); w.Code != http.StatusConflict {
		t.Errorf("delete of a former version: %d", w.Code)
	}
	now, _ := o.reg.Account(t.Context(), a.ID)
	if where := o.must(t, path+"/supprimer", url.Values{"version": {fmt.Sprint(now.Version)}}); where != "/administration/utilisateurs?fait=supprime" {
		t.Errorf("leads to %s", where)
	}
	if w := o.get(path); w.Code != http.StatusNotFound {
		t.Errorf("deleted: %d", w.Code)
	}
	me := fmt.Sprint("/administration/utilisateurs/", o.boss.ID)
	for _, act := range []string{"/verrouiller", "/second-facteur"} {
		if w := o.post(me+act, nil); w.Code != http.StatusForbidden {
			t.Errorf("%s oneself: %d", act, w.Code)
		}
	}
	if w := o.post(me+"/supprimer", url.Values{"version": {fmt.Sprint(o.boss.Version)}}); w.Code != http.StatusForbidden {
		t.Errorf("delete oneself: %d", w.Code)
	}
	if w := o.post(me, identity("version", fmt.Sprint(o.boss.Version))); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("lower oneself: %d", w.Code)
	}
}

func TestUnknownUserIsAnyUnknownPage(t *testing.T) {
	o := newOffices(t, 2)
	// The parts about the place and the hour are not compared, only what the page says.
	said := regexp.MustCompile(`(?s)<h1.*?</h1>.*?</p>`)
	body := func(w *httptest.ResponseRecorder) string { return plain(said.FindString(w.Body.String())) }
	nowhere := o.get("/n-importe-quoi")
	if body(nowhere) == "" {
		t.Fatal("the page of unknown addresses says nothing")
	}
	for _, address := range []string{"/administration/utilisateurs/99", "/administration/utilisateurs/0", "/administration/utilisateurs/-1", "/administration/utilisateurs/x",
		"/administration/utilisateurs/99/autorisations", "/administration/utilisateurs/99/supprimer", "/administration/groupes/99", "/administration/groupes/99999999999999999999"} {
		if w := o.get(address); w.Code != http.StatusNotFound || body(w) != body(nowhere) {
			t.Errorf("%s: %d %q, want %q", address, w.Code, body(w), body(nowhere))
		}
	}
	for _, address := range []string{"/administration/utilisateurs/99", "/administration/utilisateurs/99/verrouiller", "/administration/utilisateurs/99/supprimer",
		"/administration/groupes/99", "/administration/groupes/99/supprimer"} {
		if w := o.post(address, identity()); w.Code != http.StatusNotFound {
			t.Errorf("POST %s: %d", address, w.Code)
		}
	}
}

func TestOnlyAdministratorsManageUsers(t *testing.T) {
	o := newOffices(t, 5)
	a := o.hire(t)
	group := o.must(t, "/administration/groupes/nouveau", url.Values{"nom": {"Lycées"}, "regle": {"type"}, "valeurs_type": {"lycee"}})
	group, _, _ = strings.Cut(group, "?")
	user := fmt.Sprint("/administration/utilisateurs/", a.ID)
	reads := []string{"/administration/utilisateurs", "/administration/utilisateurs/nouveau", "/administration/utilisateurs/import", "/administration/utilisateurs/export.csv",
		user, user + "/autorisations", user + "/supprimer", user + "/second-facteur", "/administration/groupes", "/administration/groupes/nouveau", group, group + "/supprimer"}
	writes := []string{"/administration/utilisateurs/nouveau", "/administration/utilisateurs/import", "/administration/utilisateurs/import/appliquer", user, user + "/autorisations",
		user + "/supprimer", user + "/second-facteur", user + "/invitation", user + "/mot-de-passe", user + "/verrouiller", user + "/deverrouiller",
		"/administration/groupes/nouveau", group, group + "/supprimer"}
	strangers := map[string]struct {
		viewer belvedere.Viewer
		status int
		post   int
	}{
		"nobody":               {belvedere.Viewer{}, http.StatusSeeOther, http.StatusUnauthorized},
		"user":                 {belvedere.Viewer{ID: a.ID, Kind: belvedere.AccountViewer, Strong: true}, http.StatusForbidden, http.StatusForbidden},
		"school":               {belvedere.Viewer{ID: a.ID, Kind: belvedere.AccountViewer, School: true}, http.StatusForbidden, http.StatusForbidden},
		"auditor":              {belvedere.Viewer{ID: a.ID, Kind: belvedere.AccountViewer, Auditor: true, Strong: true}, http.StatusForbidden, http.StatusForbidden},
		"weak administrator":   {belvedere.Viewer{ID: a.ID, Kind: belvedere.AccountViewer, Admin: true}, http.StatusSeeOther, http.StatusSeeOther},
		"token of a programme": {belvedere.Viewer{Kind: belvedere.TokenViewer}, http.StatusForbidden, http.StatusForbidden},
	}
	boss, before := o.as, o.everything(t)
	for name, stranger := range strangers {
		o.as = stranger.viewer
		for _, address := range reads {
			if w := o.get(address); w.Code != stranger.status || strings.Contains(w.Body.String(), "ines@exemple.fr") {
				t.Errorf("%s GET %s: %d", name, address, w.Code)
			}
		}
		for _, address := range writes {
			form := identity("administrateur", "oui", "admin", "1", "version", "1", "regle", "type", "valeurs_type", "college", "rubrique", "travaux")
			if w := o.post(address, form); w.Code != stranger.post {
				t.Errorf("%s POST %s: %d", name, address, w.Code)
			}
		}
	}
	o.as = boss
	for _, address := range reads {
		if w := o.get(address); w.Code != http.StatusOK {
			t.Errorf("administrator GET %s: %d", address, w.Code)
		}
	}
	if after := o.everything(t); after != before {
		t.Errorf("refused requests or reads have changed\n%s\ninto\n%s", before, after)
	}
}

// everything is all accounts and groups, to be compared.
func (o *offices) everything(t *testing.T) string {
	t.Helper()
	accounts, _, err := o.reg.ListAccounts(t.Context(), registry.AccountFilter{}, registry.Page{})
	if err != nil {
		t.Fatal(err)
	}
	groups, err := o.reg.ListGroups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v\n%+v", accounts, groups)
}

func TestSixtyThousandSchoolsMakeNoHugePage(t *testing.T) {
	o := newOffices(t, 60_000)
	w := o.get("/administration/utilisateurs/nouveau")
	if w.Body.Len() > 100_000 || strings.Contains(w.Body.String(), "COLLEGE 00001") {
		t.Errorf("%d bytes", w.Body.Len())
	}
	w = o.post("/administration/utilisateurs/nouveau", identity("geste", "chercher", "cherche", "college 01234", "etablissement", "0990002P"))
	page := w.Body.String()
	if w.Code != http.StatusOK || len(page) > 200_000 {
		t.Errorf("%d, %d bytes", w.Code, len(page))
	}
	wants(t, page, "COLLEGE 01234", `value="0990002P" checked`, `value="Caron"`, " établissements trouvés. 1 sur 60 000 cochés")
	if strings.Contains(page, "COLLEGE 02345") {
		t.Error("shows what was not searched")
	}
	if _, total, _ := o.reg.ListAccounts(t.Context(), registry.AccountFilter{}, registry.Page{}); total != 1 {
		t.Error("a search has created an account")
	}
}
