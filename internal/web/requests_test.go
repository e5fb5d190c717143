package web_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/web"
)

// withProcedures gives a console the procedures of the catalogue over its registry.
func withProcedures(t *testing.T, c *web.Config, reg registry.Registry) {
	t.Helper()
	var err error
	c.Procedures, err = procedure.New(procedure.Config{Registry: reg, Sources: []fs.FS{catalog.FS}, Choices: func(_ context.Context, of string) ([]procedure.Option, error) {
		switch of {
		case "rubrique":
			return []procedure.Option{{Code: "travaux", Label: "Demandes de travaux"}, {Code: "moyens.eleves", Label: "Élèves"}}, nil
		case "etablissement":
			return []procedure.Option{{Code: "0990001N", Label: "COLLEGE 00001"}, {Code: "0990002P", Label: "COLLEGE 00002"}}, nil
		}
		return []procedure.Option{{Code: "eleves", Label: "Élèves"}}, nil
	}, Figures: func(context.Context, belvedere.Viewer, string, []string) (procedure.Figure, error) {
		return procedure.Figure{Value: 1234, Text: "1 234", Known: true}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// be makes who asks someone with an account and no right of administration.
func (o *offices) be(a registry.Account, grants ...belvedere.Capability) {
	o.as = belvedere.Viewer{ID: a.ID, Login: a.Login, Name: a.Name(), Kind: belvedere.AccountViewer, Admin: a.Admin, Auditor: a.Auditor, Strong: true}
	for _, g := range grants {
		o.as.Grants = append(o.as.Grants, belvedere.Grant{Capability: g})
	}
}

// person makes an active account.
func (o *offices) person(t *testing.T, first string) registry.Account {
	t.Helper()
	a, err := o.reg.CreateAccount(t.Context(), registry.Account{Login: first + "@X", FirstName: first, LastName: "X", Email: first + "@exemple.fr", State: registry.Active, Place: registry.InTerritory,
		Created: time.Now(), EmailConfirmed: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAccessRequestInPages files, sends back, completes and grants a request, as people do in pages.
func TestAccessRequestInPages(t *testing.T) {
	o := newOffices(t, 5)
	ines, max, dora := o.person(t, "Inès"), o.person(t, "Max"), o.person(t, "Dora")
	o.be(ines)
	page := o.get("/demandes/nouvelle/acces?capacite=extracteur&rubriques=travaux&zut=1").Body.String()
	wants(t, page, "Demande d’accès", `value="extracteur" checked`, `name="rubriques" value="travaux" checked`, "Base légale", `data-shown-if="capacite=extracteur"`, "effacé 24")
	form := url.Values{"besoin": {"Suivre <les> travaux"}, "role": {"Patrimoine"}, "capacite": {"lecteur"}, "rubriques": {"travaux", "moyens.eleves"}, "finalite": {"Bilan"},
		"fin": {time.Now().AddDate(0, 6, 0).Format(time.DateOnly)}, "responsable": {fmt.Sprint(max.ID)}, "geste": {"deposer"}}
	bad := url.Values{"geste": {"deposer"}, "besoin": {"Suivre <les> travaux"}, "responsable": {fmt.Sprint(ines.ID)}}
	if w := o.post("/demandes/nouvelle/acces", bad); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Suivre &lt;les&gt; travaux") || !strings.Contains(w.Body.String(), `href="#champ-finalite"`) {
		t.Fatalf("incomplete: %d %s", w.Code, plain(w.Body.String()))
	}
	where := o.must(t, "/demandes/nouvelle/acces", form)
	path, _, _ := strings.Cut(where, "?")
	wants(t, o.get(where).Body.String(), "La demande est déposée", "Suivre &lt;les&gt; travaux", "Déposée", "Élèves, Demandes de travaux", "Retirer cette demande")
	if strings.Contains(o.get(path).Body.String(), "À vous de décider") {
		t.Error("who asks is offered the decision")
	}
	if w := o.post(path, url.Values{"geste": {"approuver"}, "version": {"1"}}); w.Code != http.StatusForbidden {
		t.Errorf("one’s own request: %d", w.Code)
	}
	o.be(dora, belvedere.DataOfficer)
	if strings.Contains(o.get("/demandes/a-traiter").Body.String(), path) {
		t.Error("a step of the manager is to do for the data officer")
	}
	o.be(max)
	wants(t, o.get("/demandes/a-traiter").Body.String(), "Suivre &lt;les&gt; travaux", path)
	wants(t, o.get(path).Body.String(), "À vous de décider", "Confirme le besoin")
	if w := o.post(path, url.Values{"geste": {"completer"}, "version": {"1"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("sent back without a reason: %d", w.Code)
	}
	o.must(t, path, url.Values{"geste": {"completer"}, "version": {"1"}, "motif": {"Quel bilan\u202f?"}})
	o.be(ines)
	wants(t, o.get(path).Body.String(), "À compléter", "Quel bilan", "Compléter")
	wants(t, o.get(path+"?modifier=oui").Body.String(), "Renvoyer", `value="Suivre &lt;les&gt; travaux"`, "Quel bilan")
	form.Set("version", "2")
	form.Set("finalite", "Bilan 2026")
	o.must(t, path, form)
	o.be(max)
	if w := o.post(path, url.Values{"geste": {"approuver"}, "version": {"1"}}); w.Code != http.StatusConflict {
		t.Errorf("a former version: %d", w.Code)
	}
	o.must(t, path, url.Values{"geste": {"approuver"}, "version": {"3"}})
	o.be(dora, belvedere.DataOfficer)
	wants(t, o.get(path).Body.String(), "Accorder moins", `name="accorde.rubriques" value="travaux" checked`, "Bilan → Bilan 2026") // and what was changed
	o.must(t, path, url.Values{"geste": {"approuver"}, "version": {"4"}, "accorde": {"oui"}, "accorde.rubriques": {"travaux"}, "accorde.capacite": {"lecteur"}})
	list, _, err := o.reg.ListGrants(t.Context(), registry.GrantFilter{Account: ines.ID}, registry.Page{})
	if err != nil || len(list) != 1 || len(list[0].Widgets) != 1 || list[0].Widgets[0] != "travaux" || list[0].Purpose != "Bilan 2026" {
		t.Fatalf("grants %+v, %v", list, err)
	}
	o.be(ines)
	wants(t, o.get(path).Body.String(), "Accordée en partie", "Accordé", "Habilitation n°", "Max X, Dora X", "Chez le service")
	wants(t, o.get("/demandes/delais").Body.String(), "Demande d’accès", "Neuvième décile", "Responsable des données")
	wants(t, o.get("/demandes/nouvelle/acces?habilitation="+fmt.Sprint(list[0].ID)).Body.String(), "Bilan 2026", `value="lecteur" checked`)
	o.be(o.person(t, "Eve"))
	if w := o.get(path); w.Code != http.StatusNotFound {
		t.Errorf("a stranger: %d", w.Code)
	}
	if strings.Contains(o.get("/demandes").Body.String(), "Suivre") {
		t.Error("a stranger sees the request in the list")
	}
}

// TestReportRequestInPages: anyone sees it and votes; the example is tried on the page.
func TestReportRequestInPages(t *testing.T) {
	o := newOffices(t, 5)
	ines, max := o.person(t, "Inès"), o.person(t, "Max")
	o.be(ines)
	form := url.Values{"objet": {"Mobilité"}, "nature": {"rapport"}, "finalite": {"Conventions"}, "indicateurs": {"Pays"}, "frequence": {"mois"}, "population": {"Inscrits"}, "public": {"Direction"},
		"exemple_indicateur": {"eleves"}, "exemple_ou": {"annee=2025"}, "exemple_valeur": {"1 234"}, "geste": {"brouillon"}}
	where := o.must(t, "/demandes/nouvelle/rapport", form)
	path, _, _ := strings.Cut(where, "?")
	wants(t, o.get(path).Body.String(), "Brouillon", "Reprendre le brouillon", "Effacer ce brouillon")
	o.be(max)
	if w := o.get(path); w.Code != http.StatusNotFound {
		t.Errorf("a draft of another: %d", w.Code)
	}
	o.be(ines)
	form.Set("geste", "deposer")
	form.Set("version", "1")
	o.must(t, path, form)
	o.be(max)
	wants(t, o.get("/demandes").Body.String(), "Mobilité")
	wants(t, o.get(path).Body.String(), "Chiffre d’exemple", "est retrouvé", "belvedere query --indicators eleves", "Je le demande aussi")
	o.must(t, path, url.Values{"geste": {"voter"}})
	wants(t, o.get(path).Body.String(), "Reprendre ma voix", "1 voix")
	o.must(t, path, url.Values{"geste": {"devoter"}})
	o.be(ines)
	o.must(t, path, url.Values{"geste": {"retirer"}})
	wants(t, o.get(path).Body.String(), "Retirée")
}

// TestReviewsAndStandInsInPages opens a review, answers it, and names who stands in.
func TestReviewsAndStandInsInPages(t *testing.T) {
	o := newOffices(t, 5)
	ines, max := o.person(t, "Inès"), o.person(t, "Max")
	g, err := o.reg.CreateGrant(t.Context(), registry.Grant{Created: time.Now(), CreatedBy: "Max@X", Grant: belvedere.Grant{Account: ines.ID, Capability: belvedere.Author, Purpose: "Tableaux", Approver: "Max X",
		From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	o.be(ines)
	if w := o.post("/demandes/revues", url.Values{"geste": {"ouvrir"}, "nom": {"Rentrée"}, "fin": {time.Now().AddDate(0, 0, 9).Format(time.DateOnly)}}); w.Code != http.StatusForbidden {
		t.Errorf("a reader opens a review: %d", w.Code)
	}
	o.be(o.boss)
	if w := o.post("/demandes/revues", url.Values{"geste": {"ouvrir"}, "nom": {"Rentrée"}, "fin": {"2020-01-01"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("in the past: %d", w.Code)
	}
	o.must(t, "/demandes/revues", url.Values{"geste": {"ouvrir"}, "nom": {"Rentrée"}, "fin": {time.Now().AddDate(0, 0, 9).Format(time.DateOnly)}})
	o.be(max)
	wants(t, o.get("/demandes/revues").Body.String(), "Rentrée", "Inès X", "Tableaux", "Confirmer")
	answer := url.Values{"revue": {"1"}, "habilitation": {fmt.Sprint(g.ID)}, "geste": {"retirer"}}
	if w := o.post("/demandes/revues", answer); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("ended without a reason: %d", w.Code)
	}
	answer.Set("motif", "A changé de service.")
	o.must(t, "/demandes/revues", answer)
	if kept, _ := o.reg.Grant(t.Context(), g.ID); kept.Revoked.IsZero() {
		t.Error("the grant stands")
	}
	day := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
	o.must(t, "/demandes/suppleance", url.Values{"suppleant": {"Inès@X"}, "debut": {day}, "fin": {day}})
	wants(t, o.get("/demandes/suppleance").Body.String(), "Inès X vous supplée")
	if w := o.post("/demandes/suppleance", url.Values{"suppleant": {"Inès@X"}, "debut": {"2020-01-01"}, "fin": {"2020-01-02"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("in the past: %d", w.Code)
	}
	if w := o.post("/demandes/suppleance", url.Values{"geste": {"responsable"}, "personne": {"Inès@X"}, "responsable": {"Max@X"}}); w.Code != http.StatusForbidden {
		t.Errorf("a reader declares managers: %d", w.Code)
	}
	o.be(o.boss)
	o.must(t, "/demandes/suppleance", url.Values{"geste": {"responsable"}, "personne": {"Inès@X"}, "responsable": {"Max@X"}})
	o.be(ines)
	wants(t, o.get("/demandes/nouvelle/acces").Body.String(), "Déclaré pour votre compte", "Max X")
}
