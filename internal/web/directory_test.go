package web_test

import (
	"archive/zip"
	"bytes"
	"net/url"
	"strings"
	"testing"

	"belvedere/internal/school/vault"
)

// settled makes the checks of the school of the fort be done, without anything that blocks.
func (f *fort) settled() {
	f.t.Helper()
	f.as = strong(school)
	if w := f.send("POST", f.at("releve"), ""); w.Code != 303 {
		f.t.Fatalf("checks answer %d: %s", w.Code, w.Body)
	}
	v, err := f.config.Board.Vaults.Vault(f.t.Context(), school.Scope.Own[0], false)
	f.must(err)
	f.must(v.Write(f.t.Context(), func(tx *vault.Tx) error {
		_, err := tx.Exec("UPDATE constat SET etat = 'corrige'")
		return err
	}))
}

func TestDirectoryOnPages(t *testing.T) {
	f := newFort(t)
	f.settled()
	if page := plainSpaces(f.ask("GET " + f.at("annuaire")).Body.String()); !strings.Contains(page, "25 personnes de cette liste n’ont pas encore d’identifiant") {
		t.Error("before accounts are made, the page does not say so")
	}
	if w := f.send("POST", f.at("annuaire"), ""); w.Code != 303 || !strings.Contains(w.Header().Get("Location"), "fait=comptes") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if page := f.ask("GET " + f.at("annuaire?q=zygomatique7")).Body.String(); !strings.Contains(page, "jade.zygomatique7<") || strings.Contains(page, "jade.zygomatique8<") {
		t.Error("the search does not show one identifier alone")
	}
	if w := f.send("POST", f.at("annuaire/export"), "format=csv"); w.Code != 200 || strings.Count(w.Body.String(), "\r\n") != 26 {
		t.Errorf("CSV: %d %s", w.Code, w.Body)
	}
	w := f.send("POST", f.at("annuaire/export"), "format=aaf")
	if _, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len())); w.Code != 200 || err != nil {
		t.Errorf("AAF: %d %v", w.Code, err)
	}
	if w := f.send("POST", f.at("annuaire/export"), "format=aaf&depuis=2001-01-01"); w.Code != 422 || !strings.Contains(w.Body.String(), "Écrivez d’abord un annuaire complet") {
		t.Errorf("changes since nothing: %d", w.Code)
	}
}

func TestLettersOnPages(t *testing.T) {
	f := newFort(t)
	f.settled()
	form := url.Values{"profil": {"eleves"}, "division": {"6B"}, "format": {"csv"}}
	w := f.send("POST", f.at("courriers"), form.Encode())
	if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "lot-1.csv") || strings.Count(w.Body.String(), "jade.zygomatique") != 10 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	form.Set("format", "pdf")
	if w := f.send("POST", f.at("courriers"), form.Encode()); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF") {
		t.Errorf("PDF: %d", w.Code)
	}
	form.Set("format", "exe")
	if w := f.send("POST", f.at("courriers"), form.Encode()); w.Code != 400 {
		t.Errorf("another format: %d", w.Code)
	}
	if w := f.send("POST", f.at("courriers/2"), "faire=remettre&pli=1&pli=2"); w.Code != 303 {
		t.Fatalf("ticks: %d %s", w.Code, w.Body)
	}
	page := f.ask("GET " + f.at("courriers/2")).Body.String()
	if !strings.Contains(page, "2 remis sur 10") || !strings.Contains(page, "ZYGOMATIQUE10 Jade") {
		t.Error("the run does not show what was handed out")
	}
	if page := f.ask("GET " + f.at("courriers/1")).Body.String(); !strings.Contains(page, "remplacé par un courrier plus récent") {
		t.Error("the first run does not say that its codes are dead")
	}
	if w := f.send("POST", f.at("courriers/2"), "faire=reimprimer&pli=3"); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF") || !strings.Contains(w.Header().Get("Content-Disposition"), "lot-3") {
		t.Errorf("one again: %d", w.Code)
	}
	if w := f.send("POST", f.at("courriers/3"), "faire=tout"); w.Code != 303 || !strings.Contains(f.ask("GET "+f.at("courriers/3")).Body.String(), "1 remis sur 1") {
		t.Errorf("all handed out: %d", w.Code)
	}
	if w := f.send("POST", f.at("courriers/2"), "faire=reimprimer&pli=3&pli=4"); w.Code != 400 {
		t.Errorf("two again: %d", w.Code)
	}
}

func TestLettersWaitOnPages(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	form := url.Values{"profil": {"eleves"}, "format": {"pdf"}, "motif": {"non"}}
	if page := plainSpaces(f.ask("GET " + f.at("courriers")).Body.String()); !strings.Contains(page, "un courrier peut partir à la mauvaise famille") {
		t.Error("the page does not say what letters wait for")
	}
	if w := f.send("POST", f.at("courriers"), form.Encode()); w.Code != 422 || !strings.Contains(w.Body.String(), "Le motif tient en une phrase") {
		t.Errorf("waived without a reason: %d %s", w.Code, w.Body)
	}
	form.Del("motif")
	if w := f.send("POST", f.at("courriers"), form.Encode()); w.Code != 422 || !strings.Contains(w.Body.String(), "écrivez pourquoi les courriers partent") {
		t.Errorf("blocked: %d", w.Code)
	}
	form.Set("motif", "rentrée demain")
	if w := f.send("POST", f.at("courriers"), form.Encode()); w.Code != 200 {
		t.Errorf("waived: %d", w.Code)
	}
	if page := f.ask("GET " + f.at("courriers/1")).Body.String(); !strings.Contains(page, "rentrée demain") {
		t.Error("the reason is not kept")
	}
}

func TestLetterModels(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	at := f.at("courriers/modeles/eleves")
	form := url.Values{"langue": {"fr"}, "objet": {"Codes"}, "texte": {"Bonjour {prenom}\n{acces}"}}
	if w := f.send("POST", at, form.Encode()); w.Code != 422 || !strings.Contains(w.Body.String(), "Le champ {prenom} n’existe pas") || !strings.Contains(w.Body.String(), "Bonjour {prenom}") {
		t.Errorf("an unknown field: %d", w.Code)
	}
	form.Set("texte", "Bonjour {eleve}\n{acces}")
	if w := f.send("POST", at, form.Encode()); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if page := f.ask("GET " + at).Body.String(); !strings.Contains(page, "Bonjour {eleve}") || !strings.Contains(page, "Revenir au texte d’origine") {
		t.Error("the text is not kept")
	}
	if w := f.ask("GET " + f.at("courriers/apercu.pdf?profil=eleves&langue=fr")); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF") {
		t.Errorf("preview: %d", w.Code)
	}
	if w := f.send("POST", at, "langue=fr&faire=origine"); w.Code != 303 {
		t.Errorf("ours again: %d", w.Code)
	}
	if w := f.ask("GET " + f.at("courriers/modeles/autres")); w.Code != 400 {
		t.Errorf("another profile: %d", w.Code)
	}
}

func TestMailingLists(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	if page := plainSpaces(f.ask("GET " + f.at("listes?profil=eleves&division=6A")).Body.String()); !strings.Contains(page, "10 personnes, 0 adresse, 10 personnes sans adresse") {
		t.Error("the list does not count those without an address")
	}
	if w := f.ask("GET " + f.at("listes.csv?profil=eleves&division=6A")); w.Code != 200 || strings.Count(w.Body.String(), "\r\n") != 11 {
		t.Errorf("CSV: %d %s", w.Code, w.Body)
	}
}
