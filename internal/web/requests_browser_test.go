package web_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"belvedere"
	"belvedere/internal/registry"
)

// TestRequestsAccessibility asks axe about each page of requests and grants, with what they show when
// something is there and when something is wrong.
func TestRequestsAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	o := newOffices(t, 12)
	ines, max, dora := o.person(t, "Inès"), o.person(t, "Max"), o.person(t, "Dora")
	o.be(ines)
	access := o.must(t, "/demandes/nouvelle/acces", url.Values{"besoin": {"Suivre les travaux"}, "role": {"Patrimoine"}, "capacite": {"extracteur"}, "niveau": {"personnes"}, "rubriques": {"travaux", "moyens.eleves"},
		"etablissements": {"0990001N"}, "finalite": {"Bilan"}, "fin": {time.Now().AddDate(0, 6, 0).Format(time.DateOnly)}, "responsable": {fmt.Sprint(max.ID)}, "geste": {"deposer"}})
	report := o.must(t, "/demandes/nouvelle/rapport", url.Values{"objet": {"Mobilité"}, "nature": {"rapport"}, "finalite": {"Conventions"}, "indicateurs": {"Pays"}, "frequence": {"mois"}, "population": {"Inscrits"},
		"public": {"Direction"}, "exemple_indicateur": {"eleves"}, "exemple_ou": {"annee=2025"}, "exemple_valeur": {"12"}, "geste": {"deposer"}})
	access, _, _ = strings.Cut(access, "?")
	report, _, _ = strings.Cut(report, "?")
	for i := range 2 { // which the administrator is to decide together, and one that nobody can
		o.must(t, "/demandes/nouvelle/acces", url.Values{"besoin": {fmt.Sprint("Lire ", i)}, "role": {"Patrimoine"}, "capacite": {"lecteur"}, "rubriques": {"travaux"}, "finalite": {"Bilan"},
			"fin": {time.Now().AddDate(0, 6, 0).Format(time.DateOnly)}, "responsable": {fmt.Sprint(o.boss.ID)}, "geste": {"deposer"}})
	}
	gone := o.person(t, "Zoé")
	stuck := o.must(t, "/demandes/nouvelle/acces", url.Values{"besoin": {"Lire"}, "role": {"Patrimoine"}, "capacite": {"lecteur"}, "rubriques": {"travaux"}, "finalite": {"Bilan"},
		"fin": {time.Now().AddDate(0, 6, 0).Format(time.DateOnly)}, "responsable": {fmt.Sprint(gone.ID)}, "geste": {"deposer"}})
	stuck, _, _ = strings.Cut(stuck, "?")
	gone.State = registry.Locked
	if _, err := o.reg.UpdateAccount(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	o.be(max)
	o.must(t, access, url.Values{"geste": {"approuver"}, "version": {"1"}})
	given, err := o.reg.CreateGrant(t.Context(), registry.Grant{Created: time.Now(), CreatedBy: o.boss.Login, Grant: belvedere.Grant{Account: dora.ID, Capability: belvedere.DataOfficer, Purpose: "Répondre des données",
		Approver: "Claire MORVAN", From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	o.be(o.boss)
	o.as.Scope = belvedere.Scope{AllSchools: true, AllWidgets: true}
	o.must(t, "/demandes/revues", url.Values{"geste": {"ouvrir"}, "nom": {"Rentrée"}, "fin": {time.Now().AddDate(0, 0, 9).Format(time.DateOnly)}})
	o.must(t, "/demandes/suppleance", url.Values{"geste": {"responsable"}, "personne": {ines.Login}, "responsable": {max.Login}})
	server := httptest.NewServer(o)
	defer server.Close()
	const sent = "document.querySelector('.main form[method=post] .button.main-action').click()"
	one := fmt.Sprint("/administration/habilitations/", given.ID)
	list := []struct{ name, address, open string }{
		{"habilitations", "/administration/habilitations?fait=donnee", ""}, {"habilitation", "/administration/habilitations/nouvelle", ""}, {"habilitation-limites", "/administration/habilitations/nouvelle", "document.querySelector('[value=chercher-membres]').click()"}, {"habilitation-fautes", "/administration/habilitations/nouvelle", sent},
		{"habilitation-retirer", one + "/retirer", ""}, {"habilitation-renouveler", one + "/renouveler", ""},
		{"demandes", "/demandes?fait=deposee", ""}, {"a-traiter", "/demandes/a-traiter?tri=-depot", ""}, {"a-traiter-fautes", "/demandes/a-traiter", "document.querySelector('[value=refuser]').click()"}, {"bloquee", stuck, ""}, {"vacances", "/gouvernance/calendrier", "document.querySelector('.main details').open = true"}, {"delais", "/demandes/delais", ""}, {"revues", "/demandes/revues", ""}, {"suppleance", "/demandes/suppleance", ""},
		{"acces", "/demandes/nouvelle/acces?capacite=extracteur", ""}, {"acces-fautes", "/demandes/nouvelle/acces", sent}, {"rapport", "/demandes/nouvelle/rapport", ""},
		{"demande", access, "document.querySelector('details').open = true"}, {"demande-rapport", report, ""},
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

// TestRequestFormHidesWhatIsNotAsked: fields that other answers call for come and go with scripts.
func TestRequestFormHidesWhatIsNotAsked(t *testing.T) {
	ctx := newBrowser(t)
	o := newOffices(t, 2)
	o.be(o.person(t, "Inès"))
	server := httptest.NewServer(o)
	defer server.Close()
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/demandes/nouvelle/acces"), chromedp.WaitVisible("#contenu")); err != nil {
		t.Fatal(err)
	}
	hidden := "document.querySelector('[name=niveau]').closest('.asked-field').hidden"
	if seen := until(ctx, hidden, hidden); seen != "" {
		t.Errorf("the level is asked of a reader: %s", seen)
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void]("document.querySelector('[name=capacite][value=extracteur]').click()")); err != nil {
		t.Fatal(err)
	}
	if seen := until(ctx, "!"+hidden, hidden); seen != "" {
		t.Errorf("the level is not asked of an extractor: %s", seen)
	}
}
