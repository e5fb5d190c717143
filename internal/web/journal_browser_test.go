package web_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
	"belvedere/internal/web/webtest"
)

// watched is a console whose journal holds long and short entries, with tokens in each state.
func watched(t *testing.T) *watch {
	w := newWatch(t)
	claire := w.account(t, "Claire@MORVAN", registry.InTerritory)
	mine := belvedere.UAIFromNumber(990001)
	if err := w.reg.PutPerimeter(t.Context(), "p", []belvedere.UAI{mine}); err != nil {
		t.Fatal(err)
	}
	var entries []registry.Entry
	for i := range 130 {
		entries = append(entries,
			registry.Entry{Account: claire.ID, Login: claire.Login, Action: "consultation", Object: "/social/par-etablissement?annee=2025&etablissement=" + string(mine), From: "2001:db8:1234:5678::1", Perimeter: "p"},
			registry.Entry{Login: "inconnu", Action: "connexion_refusee", Result: "refuse", From: "192.0.2.1"},
			registry.Entry{Login: "Tableau", Door: "api", Action: "export", Object: fmt.Sprint("/api/v1/donnees?indicateurs=eleves&format=csv&n=", i), Perimeter: "*", Detail: "une très longue précision, écrite pour voir ce que fait la page d’un texte qui ne finit pas"})
	}
	w.write(t, entries...)
	tokens := &admin.Tokens{Registry: w.reg, Schools: manySchools(5)}
	for _, name := range []string{"Tableau", "Envoi de nuit du collège des Tilleuls-en-Forêt vers la console", "Ancien"} {
		_, made, err := tokens.Create(t.Context(), w.as, admin.TokenForm{Name: name, Vendor: "editeur-de-vie-scolaire", Push: true, Read: true, AllSchools: true})
		if err == nil && name == "Ancien" {
			_, err = tokens.Revoke(t.Context(), made.ID)
		}
		if err == nil && name == "Tableau" {
			err = w.reg.TokenUsed(t.Context(), made.ID, webtest.Published, "192.0.2.77")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.explain = rights.Explanation{Decides: 1, Ask: "Demandez à Paul LEGALL (paul.legall@exemple.fr), qui représente l’établissement.", Gates: []rights.Gate{
		{Name: "Vos droits", Asked: true, Passed: true, Rule: "Toutes les rubriques vous sont ouvertes."},
		{Name: "Convention", Asked: true, Rule: "La convention n° 12 (collège Jean-Lurçat), signée au titre du consentement, a été retirée le 3 novembre 2025."},
		{Name: "Destinataires", Rule: "Cette règle n’est pas examinée : la précédente décide."}, {Name: "Règles de diffusion", Rule: "Cette règle n’est pas examinée : la précédente décide."}}}
	// Who asks is administrator and staff of a school at once, so that one browser sees all pages.
	w.as.School, w.as.Scope.Own = true, []belvedere.UAI{mine, belvedere.UAIFromNumber(990002)}
	return w
}

// TestWatchAccessibility asks axe about the pages of the journal, of tokens and of the rules.
func TestWatchAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	server := httptest.NewServer(watched(t))
	defer server.Close()
	const sent = "document.querySelector('.main form[method=post] .button.main-action').click()"
	list := []struct{ name, address, open string }{
		{"journal", "/administration/journal", ""}, {"journal-personne", "/administration/journal?compte=1&action=consultation&page=2", ""}, {"journal-rien", "/administration/journal?q=zzz", ""},
		{"journal-verifie", "/administration/journal", "document.querySelector('.chain button').click()"},
		{"lecteurs", "/etablissement/consultations", ""}, {"jetons", "/administration/jetons?fait=retire", ""}, {"jeton", "/administration/jetons/nouveau", ""},
		{"jeton-fautes", "/administration/jetons/nouveau", sent},
		{"jeton-cree", "/administration/jetons/nouveau", "document.querySelector('[name=nom]').value = 'Essai ' + Math.random(); document.querySelector('[name=editeur]').value = 'alpha'; document.querySelector('[name=portee][value=tous]').click(); " + sent},
		{"jeton-retirer", "/administration/jetons/1/retirer", ""},
		{"regle", "/pourquoi?indicateur=eleves&etablissement=" + string(belvedere.UAIFromNumber(990001)), ""}, {"regles-page", "/pourquoi?page=/social/par-etablissement", ""}, {"regles", "/pourquoi", ""},
		{"panneau", "/social/par-etablissement", "document.querySelector('.why-button').click()"},
	}
	for _, width := range []int64{1440, 390} {
		for _, theme := range []string{"light", "dark"} {
			for _, p := range list {
				name := fmt.Sprintf("%s-%d-%s", p.name, width, theme)
				t.Run(name, func(t *testing.T) { judge(t, ctx, server.URL+p.address, p.open, string(script), width, theme, name) })
			}
		}
	}
}

// TestPanelAsksForItsCell opens the panels of cells that are not shared: each leads to the rule
// of its own indicator and school.
func TestPanelAsksForItsCell(t *testing.T) {
	ctx := newBrowser(t)
	server := httptest.NewServer(watched(t))
	defer server.Close()
	const look = `(() => {
		const faults = [];
		let cells = 0;
		for (const button of document.querySelectorAll('.data tbody .why-button')) {
			const link = document.getElementById(button.getAttribute('popovertarget')).querySelector('[data-why-link]');
			if (!link) continue;
			cells++;
			button.click();
			const asked = new URL(link.href).searchParams, row = button.closest('tr').querySelector('th').dataset.etablissement;
			if (asked.get('etablissement') !== row || !document.querySelector('th[data-indicateur="' + asked.get('indicateur') + '"]')) faults.push(link.href + ' for ' + row);
			button.click();
		}
		return cells < 2 ? 'only ' + cells + ' cells' : faults.join('\n');
	})()`
	if said, err := at(ctx, server.URL+"/social/par-etablissement", ".why-button", look); err != nil || said != "" {
		t.Errorf("%v %s", err, said)
	}
}
