package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// TestGrantsInPages gives a grant, renews it and takes it back, as an administrator does.
func TestGrantsInPages(t *testing.T) {
	o := newOffices(t, 5)
	a := o.hire(t)
	if _, err := o.reg.UpdateAccount(t.Context(), active(a)); err != nil {
		t.Fatal(err)
	}
	wants(t, o.get("/administration/habilitations/nouvelle").Body.String(), "Inès CARON", `name="rubrique" value="travaux"`, `value="donnees"`)
	day := time.Now().AddDate(0, 6, 0).Format("2006-01-02")
	form := url.Values{"personne": {a.Login}, "capacite": {""}, "niveau": {"agregats"}, "finalite": {"Bilan <des> travaux"}, "fin": {day}, "rubrique": {"travaux"}, "portee": {"choisis"}, "etablissement": {"0990003R"}}
	o.must(t, "/administration/habilitations/nouvelle", form)
	wants(t, o.get("/administration/habilitations").Body.String(), "Inès CARON", "Lecture", "Demandes de travaux", "0990003R", "Bilan &lt;des&gt; travaux", "en vigueur", "Claire MORVAN")
	list, _, err := o.reg.ListGrants(t.Context(), registry.GrantFilter{Account: a.ID}, registry.Page{})
	if err != nil || len(list) != 1 || list[0].Widgets[0] != "travaux" || list[0].AllWidgets {
		t.Fatalf("kept %+v, %v", list, err)
	}
	entry := o.journal.list[len(o.journal.list)-2]
	if entry.Action != "habilitation" || entry.Object != fmt.Sprintf("habilitation %d (%s)", list[0].ID, a.Login) {
		t.Errorf("journal %+v", entry)
	}
	one := fmt.Sprint("/administration/habilitations/", list[0].ID)
	wants(t, o.get(one+"/renouveler").Body.String(), "Nouveau dernier jour")
	o.must(t, one+"/renouveler", url.Values{"fin": {time.Now().AddDate(1, 0, 0).Format("2006-01-02")}})
	if w := o.post(one+"/renouveler", url.Values{"fin": {time.Now().AddDate(9, 0, 0).Format("2006-01-02")}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("for nine years: %d", w.Code)
	}
	if w := o.post(one+"/retirer", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without reason: %d", w.Code)
	}
	o.must(t, one+"/retirer", url.Values{"motif": {"Départ du service."}})
	wants(t, o.get("/administration/habilitations?etat=finies").Body.String(), "retirée", "Départ du service.")
	if w := o.get("/administration/habilitations?etat=en_vigueur"); w.Code != http.StatusOK {
		t.Errorf("live ones: %d", w.Code)
	}
}

// TestGrantsRefused: to oneself, to nobody, names of persons, and what is not said.
func TestGrantsRefused(t *testing.T) {
	o := newOffices(t, 5)
	a := o.hire(t)
	good := func(change ...string) url.Values {
		v := url.Values{"personne": {a.Login}, "capacite": {"extracteur"}, "niveau": {"agregats"}, "finalite": {"Enquête"}}
		for i := 0; i+1 < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	for name, form := range map[string]url.Values{
		"oneself": good("personne", o.boss.Login), "nobody": good("personne", "Per@SONNE"), "no purpose": good("finalite", " "), "names": good("niveau", "identites"),
		"persons for a reader": good("capacite", "", "niveau", "personnes"), "persons of no school": good("niveau", "personnes"), "unknown widget": good("rubrique", "tout"),
		"past": good("fin", "2020-01-01"), "unknown school": good("etablissement", "0359999X"), "capacity": good("capacite", "dieu"), "reading nothing": good("capacite", ""),
	} {
		if w := o.post("/administration/habilitations/nouvelle", form); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, w.Code, plain(w.Body.String()))
		}
	}
	if _, total, _ := o.reg.ListGrants(t.Context(), registry.GrantFilter{}, registry.Page{}); total != 0 {
		t.Errorf("%d grants were kept", total)
	}
	o.as.Admin, o.as.Auditor = false, true
	if w := o.get("/administration/habilitations"); w.Code != http.StatusOK {
		t.Errorf("the data protection officer reads them: %d", w.Code)
	}
	if w := o.post("/administration/habilitations/nouvelle", good()); w.Code != http.StatusForbidden {
		t.Errorf("the data protection officer gives none: %d", w.Code)
	}
	o.as = belvedere.Viewer{ID: 9, Login: "x", Kind: belvedere.AccountViewer}
	if w := o.get("/administration/habilitations"); w.Code != http.StatusForbidden {
		t.Errorf("a reader: %d", w.Code)
	}
}

// active is an account that has answered its invitation.
func active(a registry.Account) registry.Account {
	a.State, a.EmailConfirmed = registry.Active, time.Now()
	return a
}
