package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/school/board"
	"belvedere/internal/school/coherence"
	"belvedere/internal/school/dossier"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/web"
)

// persons are the shipped kinds of person files.
var persons = sync.OnceValue(func() *dossier.Catalog {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		panic(err)
	}
	c, err := dossier.Load(m, catalog.FS)
	if err != nil {
		panic(err)
	}
	return c
})

// coherent is the modelling of a school with a student who withdrew without a date, and a programme of 58 credits.
func coherent(t *testing.T, vaults board.Vaults, uai belvedere.UAI, now func() time.Time) *coherence.Service {
	t.Helper()
	d := dossier.New(dossier.Config{Vaults: vaults, Catalog: persons(), Now: now})
	staff := strong(school)
	for kind, cells := range map[string]map[string]string{
		"inscriptions": {"annee": "2025", "nip": "N001", "nom": "Zyx<b>", "prenom": "Lou", "etape": "L1", "statut": "demissionnaire"},
		"offre":        {"annee": "2025", "etape": "L1", "element": "UE1", "credits": "58"},
	} {
		k := persons().Kinds.Kind(kind)
		line := make([]string, len(k.Columns))
		for i, c := range k.Columns {
			line[i] = cells[c.Name]
		}
		_, err := d.Import(t.Context(), staff, uai, dossier.Batch{Files: []dossier.File{{Name: kind, Data: strings.NewReader(kind), Size: int64(len(kind))}}, Mapping: "test",
			Fill: func(into dossier.Sink) error { return into.Row(k, dossier.Place{File: kind, Line: 2}, line) }})
		if err != nil {
			t.Fatal(err)
		}
	}
	c := coherence.New(coherence.Config{Vaults: vaults, Dossier: d, Now: now})
	if err := c.Check(t.Context(), staff, uai, 2025); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCoherencePages: counts for who answers, names for the staff signed in twice, decisions kept.
func TestCoherencePages(t *testing.T) {
	f := newFort(t)
	own := "/ecole/" + string(school.Scope.Own[0]) + "/coherence/"
	must := func(w *httptest.ResponseRecorder, status int, want ...string) {
		t.Helper()
		if w.Code != status {
			t.Errorf("status %d, want %d", w.Code, status)
		}
		for _, one := range want {
			if !strings.Contains(w.Body.String(), one) {
				t.Errorf("%q is not said in\n%.3000s", one, w.Body.String()[max(0, strings.Index(w.Body.String(), "<main")):])
			}
		}
		if strings.Contains(w.Body.String(), "<b>Zyx") {
			t.Error("a name is not escaped")
		}
	}
	nobody := func(w *httptest.ResponseRecorder) {
		t.Helper()
		if strings.Contains(w.Body.String(), "Zyx") || strings.Contains(w.Body.String(), "N001") {
			t.Error("a name leaves the vault")
		}
	}
	f.as = boss
	w := f.ask("GET /gouvernance/coherence")
	must(w, 200, "2\u00a0constats", "Réservés à l’établissement", "Crédits de l’étape", "Modélisation")
	nobody(w)
	w = f.ask("GET /gouvernance/coherence?regle=credits_etape")
	must(w, 200, "58 crédits")
	nobody(w)
	nobody(f.ask("GET /gouvernance/coherence?regle=dates_sortie"))
	w = f.ask("GET /gouvernance/coherence.csv")
	must(w, 200, `"dates_sortie"`)
	nobody(w)
	must(f.ask("GET "+own+"dates_sortie"), 403)
	f.as = reader
	must(f.ask("GET /gouvernance/coherence"), 200, "Aucun établissement dont vous répondez")
	must(f.ask("GET /gouvernance/coherence?etablissement="+string(school.Scope.Own[0])), 404)
	f.as = school // without a second factor
	w = f.ask("GET /gouvernance/coherence")
	must(w, 200, own+"dates_sortie")
	nobody(w)
	must(f.ask("GET "+own+"dates_sortie"), 303)
	f.as = strong(school) // counts, without a grant of identities
	w = f.ask("GET " + own + "dates_sortie")
	must(w, 403, "identités")
	nobody(w)
	f.as = naming
	must(f.ask("GET "+own+"dates_sortie"), 200, "Lou Zyx&lt;b&gt;", "N001", "sans date de sortie", "coffre de l’établissement")
	must(f.ask("GET "+own+"dates_sortie/constats.csv"), 200, "N001")
	must(f.ask("GET "+own+"rien"), 404)
	list, err := f.config.Coherence.Findings(t.Context(), f.as, school.Scope.Own[0], 2025, "dates_sortie", "")
	f.must(err)
	act := fmt.Sprint("POST ", own, "constats/", list[0].ID)
	send := func(v url.Values) *httptest.ResponseRecorder {
		method, path, _ := strings.Cut(act, " ")
		return f.send(method, path, v.Encode())
	}
	must(send(url.Values{"faire": {"accepter"}}), 400)
	must(send(url.Values{"faire": {"accepter"}, "motif": {"Date inconnue."}}), 303)
	must(f.ask("GET "+own+"dates_sortie"), 200, "Accepté", "Date inconnue.", "Rouvrir")
	must(f.send("POST", "/gouvernance/coherence/controle", url.Values{"etablissement": {string(school.Scope.Own[0])}, "annee": {"2025"}}.Encode()), 303)
	must(f.ask("GET "+own+"dates_sortie?etat=accepte"), 200, "Date inconnue.")
	kept := f.journal.String()
	for _, want := range []string{"nominatif", "cohérence, constat n°", "contrôle de 2025-2026"} {
		if !strings.Contains(kept, want) {
			t.Errorf("the journal does not keep %q", want)
		}
	}
	if strings.Contains(kept, "Zyx") {
		t.Error("a name is in the journal")
	}
}

// TestCoherenceAccessibility asks axe about the board and the findings.
func TestCoherenceAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	f := newFort(t)
	c := newConsole(t, func(c *web.Config, _ *console) {
		*c = f.config
		c.Secure, c.Auth, c.Viewer = false, nil, asStaff
	})
	server := httptest.NewServer(c)
	defer server.Close()
	const unfold = "document.querySelectorAll('main details').forEach(d => { d.open = true })"
	for name, address := range map[string]string{"coherence": "/gouvernance/coherence?regle=credits_etape", "constats": "/ecole/" + string(school.Scope.Own[0]) + "/coherence/dates_sortie"} {
		for _, width := range []int64{1440, 390} {
			for _, theme := range []string{"light", "dark"} {
				name := fmt.Sprintf("%s-%d-%s", name, width, theme)
				t.Run(name, func(t *testing.T) { judge(t, ctx, server.URL+address, unfold, string(script), width, theme, name) })
			}
		}
	}
}

// asStaff is whoever asks as the staff of the school.
func asStaff(*http.Request) (belvedere.Viewer, error) { return strong(school), nil }
