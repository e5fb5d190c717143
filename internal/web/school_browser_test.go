package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/directory"
	"belvedere/internal/school/lesson"
	"belvedere/internal/school/vault"
	"belvedere/internal/web"
)

const constructedSchool = belvedere.UAI("0999901Z")

// atSchool is the console of someone who works in the constructed school, whose files are
// imported and checked; a deposit that would make pupils vanish waits.
func atSchool(t *testing.T) http.Handler {
	var files []board.Dropped
	for _, n := range []string{"EXP_COURS.xml", "ResponsablesAvecAdresses.xml", "emp_sts_0999901Z_2026.xml", "ElevesSansAdresses.xml", "sts_emp_0999901Z_2026.xml"} {
		data, err := os.ReadFile(filepath.Join("../../../shared/samples/constructed", n))
		if err != nil {
			t.Skipf("no samples beside the project: %v", err)
		}
		files = append(files, board.Dropped{Name: n, Data: data})
	}
	now := func() time.Time { return time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC) }
	shelf := &board.Shelf{Dir: t.TempDir(), Key: func(belvedere.UAI) []byte { return bytes.Repeat([]byte{9}, vault.KeySize) }, Options: []vault.Option{vault.WithClock(now)}}
	t.Cleanup(func() { shelf.Close() })
	b := board.New(board.Config{Vaults: shelf, Open: board.OpenFile, Now: now})
	who := belvedere.Viewer{ID: 3, Login: "Helene@AUBRY", Name: "Hélène Aubry", Kind: belvedere.AccountViewer, School: true, Strong: true,
		Grants: []belvedere.Grant{{Capability: belvedere.Extractor, Level: belvedere.Identities, Schools: []belvedere.UAI{constructedSchool}}}, // or pages of person files are refusals
		Scope:  belvedere.Scope{AllWidgets: true, Own: []belvedere.UAI{constructedSchool}, Schools: []belvedere.UAI{constructedSchool}}}
	if _, err := b.Import(t.Context(), who, constructedSchool, 0, files, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Drop(t.Context(), who, constructedSchool, 0, []board.Dropped{schoolPupils(constructedSchool, 2026, 12)}); err != nil {
		t.Fatal(err)
	}
	letters := directory.New(directory.Config{Vaults: shelf, Now: now})
	if _, err := letters.Print(t.Context(), who, constructedSchool, directory.PrintForm{Year: 2026, Profile: directory.Guardians, Waiver: "rentrée demain"}); err != nil {
		t.Fatal(err)
	}
	if _, err := letters.Hand(t.Context(), who, constructedSchool, 1, []int64{1}, true); err != nil {
		t.Fatal(err)
	}
	return newConsole(t, func(c *web.Config, _ *console) {
		c.Board, c.Directory, c.Now = b, letters, now
		c.Lessons = lesson.New(lesson.Config{Vaults: shelf, Now: now})
		c.Dossier = personFiles(t, shelf, constructedSchool, now)
		c.Tally = schoolTally(t, *c, constructedSchool)
		if err := c.Tally.Contest(t.Context(), who, constructedSchool, 2026, "effectifs", "", "Deux élèves sont partis."); err != nil {
			t.Fatal(err)
		}
		c.Viewer = func(*http.Request) (belvedere.Viewer, error) { return who, nil }
	})
}

// TestSchoolAccessibility asks axe about the pages of the school tier.
func TestSchoolAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	server := httptest.NewServer(atSchool(t))
	defer server.Close()
	const at = "/ecole/" + string(constructedSchool) + "/"
	const opened = "document.querySelectorAll('details').forEach(d => { d.open = true })"
	list := []struct{ name, address, open string }{
		{"rentree", at + "rentree?fait=etape", ""}, {"rentree-ouverte", at + "rentree", opened}, {"depots", at + "imports", ""}, {"depot", at + "imports/1", opened},
		{"releve", at + "releve", ""}, {"releve-reglee", at + "releve?etat=regles", ""}, {"constat", at + "releve/1", ""},
		{"constat-faute", at + "releve/1", "document.querySelector('[value=accepter]').click()"},
		{"rapprochements", at + "rapprochements", ""}, {"doublons", at + "doublons", ""}, {"eleves", at + "eleves", ""}, {"eleves-rien", at + "eleves?q=zzz", ""},
		{"eleve", at + "eleves/1", ""}, {"effacer", at + "eleves/1/effacer", ""}, {"eleve-absent", at + "eleves/4000", ""},
		{"annuaire", at + "annuaire?fait=comptes", ""}, {"annuaire-rien", at + "annuaire?q=zzz", ""}, {"listes", at + "listes", ""}, {"listes-rien", at + "listes?groupe=zzz", ""},
		{"collectivite", "/etablissement/collectivite?fait=conteste", opened},
		{"collectivite-faute", "/etablissement/collectivite", "document.querySelector('.contest-form [type=submit]').click()"},
		{"emploi-du-temps", at + "emploi-du-temps?semaine=2026-09-14", ""}, {"cours", at + "cours/1", opened}, {"cours-absent", at + "cours/1?jour=2026-09-12", opened},
		{"cours-faute", at + "cours/1", "document.querySelector('[value=deplace]').click()"},
		{"appels", at + "appels?jour=2026-09-14", ""}, {"appel-manque", at + "appels/manque", ""}, {"calendrier", at + "calendrier?fait=ferme", ""},
		{"calendrier-faute", at + "calendrier", "document.querySelector('[value=fermer]').click()"},
		{"courriers", at + "courriers", ""}, {"courriers-faute", at + "courriers", "document.querySelector('form.form [type=submit]').click()"},
		{"personnes", at + "personnes?q=zygomatique", ""}, {"personnes-depot", at + "personnes/depots/1", ""}, {"personnes-colonnes", at + "personnes/depots/1?genre=inscriptions", ""},
		{"personnes-import", at + "personnes/imports/1?fait=importe", opened}, {"personnes-effacer", at + "personnes/etudiant/1/effacer", ""}, {"personnes-retirer", at + "personnes/imports/1/retirer", ""},
		{"lot", at + "courriers/1?fait=remis", ""}, {"modele", at + "courriers/modeles/responsables", ""},
		{"modele-faute", at + "courriers/modeles/eleves?langue=es", "document.querySelector('form.form [type=submit]').click()"},
	}
	for _, width := range []int64{1440, 390} {
		for _, theme := range []string{"light", "dark"} {
			for _, p := range list {
				name := fmt.Sprintf("ecole-%s-%d-%s", p.name, width, theme)
				t.Run(name, func(t *testing.T) { judge(t, ctx, server.URL+p.address, p.open, string(script), width, theme, name) })
			}
		}
	}
}

func TestServicesAreLeftOut(t *testing.T) {
	h := atSchool(t)
	at := "/ecole/" + string(constructedSchool)
	ask := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, at+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	standing := func() bool {
		return strings.Contains(ask("GET", "/releve", "").Body.String(), "n’a pas d’enseignant")
	}
	if !standing() {
		t.Fatal("the service without teacher is not found")
	}
	if w := ask("POST", "/services", url.Values{"service": {"6B|030201"}, "faire": {"ecarter"}}.Encode()); w.Code != 303 {
		t.Fatalf("leaving a service out answers %d: %s", w.Code, w.Body)
	}
	if standing() {
		t.Error("a service that is left out is still found")
	}
	if w := ask("POST", "/services", url.Values{"service": {"6B|030201|"}, "faire": {"reprendre"}}.Encode()); w.Code != 303 || !standing() {
		t.Errorf("taking it back answers %d", w.Code)
	}
	if w := ask("POST", "/services", "faire=ecarter"); w.Code != 400 {
		t.Errorf("leaving nothing out answers %d", w.Code)
	}
}
