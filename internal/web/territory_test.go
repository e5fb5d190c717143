package web_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
)

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
	if door := b.get("/nulle-part").Body.String(); !strings.Contains(door, `class="door"`) || !strings.Contains(door, address[1]) {
		t.Error("the door does not show the logo")
	}
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

// TestHiddenSections: a section that was unticked leaves the menu, not its address; a form that did not
// ask leaves the menu as it is.
func TestHiddenSections(t *testing.T) {
	b := newBureau(t)
	settings := url.Values{"nom": {"Essai"}, "rappel": {"30"}, "journal": {"12"}, "recus": {"120"}, "comparaison": {"10"}}
	menu := func() string {
		body := b.get("/administration/territoire").Body.String()
		nav, _, _ := strings.Cut(body[strings.Index(body, "<nav"):], "</nav>")
		return nav
	}
	if !strings.Contains(menu(), "Social") {
		t.Fatal("the section is not in the menu to begin with")
	}
	hide := maps.Clone(settings)
	hide.Set("rubriques", "oui")
	for _, code := range []string{"accueil", "connexions", "moyens", "scolarite", "communications", "travaux"} {
		hide.Set("rubrique-"+code, "oui")
	}
	b.wantDone(t, b.post("/administration/territoire", hide), "Les réglages sont enregistrés")
	if strings.Contains(menu(), "Social") {
		t.Error("an unticked section is in the menu")
	}
	settings.Set("nom", "Essai 2")
	b.wantDone(t, b.post("/administration/territoire", settings), "Les réglages sont enregistrés")
	if strings.Contains(menu(), "Social") {
		t.Error("a form without the choice brought the section back")
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
