package app_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// TestMappingPages: a data officer drops a file, sees what it would load, and has its figures; nobody else
// opens these pages, nor the file that waits.
func TestMappingPages(t *testing.T) {
	unprotected(t)
	a := communes(t)
	pages, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	officer := member(t, a, registry.Account{FirstName: "Lise", LastName: "Donnée", AllWidgets: true, AllSchools: true})
	other := member(t, a, registry.Account{FirstName: "Paul", LastName: "Autre", AllWidgets: true, AllSchools: true})
	reader := member(t, a, registry.Account{FirstName: "Rose", LastName: "Lectrice", AllWidgets: true, AllSchools: true})
	for _, x := range []registry.Account{officer, other} {
		g := registry.Grant{Grant: belvedere.Grant{Capability: belvedere.DataOfficer}, Created: time.Now()}
		g.Account, g.Purpose, g.Approver, g.From, g.Until = x.ID, "Données", "Claire MORVAN", time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		if _, err := a.Registry.CreateGrant(t.Context(), g); err != nil {
			t.Fatal(err)
		}
	}
	send := func(as []string, method, address, kind string, body []byte) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://localhost"+address, bytes.NewReader(body))
		r.Header.Set(as[0], as[1])
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		return w
	}
	mine, his, hers := enter(t, a, officer), enter(t, a, other), enter(t, a, reader)
	if w := send(hers, "GET", "/jeux", "", nil); w.Code != http.StatusForbidden {
		t.Errorf("a reader: %d", w.Code)
	}
	if w := send(mine, "GET", "/jeux", "", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "effectifs") {
		t.Fatalf("the list: %d %s", w.Code, w.Body)
	}
	var form bytes.Buffer
	out := multipart.NewWriter(&form)
	out.WriteField("jeu", "")
	part, _ := out.CreateFormFile("fichier", "cantine <b>.csv")
	part.Write([]byte("RNE;jour du service;repas servis;mél\n9990001X;01/10/2024;12;a@b.fr\n9990002Y;01/10/2024;30;c@d.fr\n"))
	out.Close()
	w := send(mine, "POST", "/jeux/nouveau", out.FormDataContentType(), form.Bytes())
	if w.Code != http.StatusSeeOther {
		t.Fatalf("dropped: %d %s", w.Code, w.Body)
	}
	file := w.Header().Get("Location")
	w = send(mine, "GET", file, "", nil)
	for _, want := range []string{"Colonne refusée", "repas servis", "masqué", "cantine &lt;b&gt;.csv"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(w.Body.String(), "a@b.fr") {
		t.Error("the page shows an identity")
	}
	if w := send(his, "GET", file, "", nil); w.Code != http.StatusNotFound {
		t.Errorf("the file of another: %d", w.Code)
	}
	said := url.Values{"role0": {"etablissement"}, "role1": {"jour"}, "role2": {"mesure"}, "nom2": {"repas"}, "lib2": {"Repas servis"}, "unite2": {"repas"}, "somme2": {"somme"}, "poids2": {"-1"},
		"source": {"Service restauration"}, "libelle": {"Cantines"}, "nom": {"cantines"}, "description": {"Repas."}, "nature": {"flux"}, "theme": {"Restauration"}, "droit": {"aucun"},
		"base": {"Mission d’intérêt public"}, "conservation": {"10 ans"}, "secret": {"aucun"}, "repetition": {"erreur"}, "geste": {"essayer"}}
	post := func() *httptest.ResponseRecorder {
		address, _, _ := strings.Cut(file, "?")
		return send(mine, "POST", address, "application/x-www-form-urlencoded", []byte(said.Encode()))
	}
	said.Set("role3", "dimension")
	if w := post(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "est refusée") {
		t.Errorf("an identity: %d", w.Code)
	}
	said.Del("role3")
	if w := post(); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Rien n’est encore gardé") || !strings.Contains(w.Body.String(), "42") {
		t.Errorf("tried: %d %s", w.Code, w.Body)
	}
	if kept, err := a.Registry.ListDeclarations(t.Context(), true); err != nil || len(kept) != 0 {
		t.Errorf("a trial kept %v, %v", kept, err)
	}
	said.Set("geste", "charger")
	if w := post(); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/jeux/cantines") {
		t.Fatalf("loaded: %d %s", w.Code, w.Body)
	}
	if w := send(mine, "GET", file, "", nil); w.Code != http.StatusNotFound {
		t.Errorf("the file still waits: %d", w.Code)
	}
	pending, err := a.Registry.Pending(t.Context(), 0)
	if err != nil || len(pending) != 1 {
		t.Fatal(pending, err)
	}
	if _, err := a.Ingest.Process(t.Context(), []int64{pending[0].Seq}, nil); err != nil {
		t.Fatal(err)
	}
	if w := send(mine, "GET", "/jeux/cantines", "", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "cantines_repas") {
		t.Errorf("the sheet: %d", w.Code)
	}
	if got := text(ask(t, a, report.Ask{Indicators: []string{"cantines_repas"}, By: []string{"annee"}, Where: []string{"annee=2024"}})); got != "2024 42\n" {
		t.Errorf("figure: %q", got)
	}
	w = send(mine, "POST", "/jeux/cantines/retirer", "application/x-www-form-urlencoded", []byte("motif=essai"))
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "reconstruction") {
		t.Errorf("withdrawn: %d", w.Code)
	}
}
