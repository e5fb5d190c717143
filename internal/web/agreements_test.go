package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"belvedere/internal/registry"
)

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
