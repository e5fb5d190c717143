package rights_test

import (
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

// TestExplain reads the sentence of the gate that decides, and whom to ask.
func TestExplain(t *testing.T) {
	m := model()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	everything := func(a *registry.Account) { a.AllSchools = true }
	september := belvedere.Date(2025, 9, 1)
	head := registry.Account{FirstName: "Nadia", LastName: "FERRAND", Email: "nadia@exemple.fr", State: registry.Active, Place: registry.InSchool, Schools: []belvedere.UAI{briand}}
	manager := registry.Account{FirstName: "Claire", LastName: "MORVAN", Email: "claire@exemple.fr", State: registry.Active, Admin: true}
	locked := manager
	locked.State, locked.LastName = registry.Locked, "AUTRE"
	people := []registry.Account{locked, head, manager}
	cell := func(code string, u belvedere.UAI) rights.Question {
		return rights.Question{Indicator: m.Indicator(code), School: u}
	}
	for _, c := range []struct {
		name       string
		change     func(*registry.Account)
		agreements []registry.Agreement
		question   rights.Question
		decides    int
		rule, ask  string
	}{
		{"locked", func(a *registry.Account) { a.State = registry.Locked }, nil, cell("absences", briand), 0, "Votre compte est verrouillé.", "Demandez à Claire MORVAN (claire@exemple.fr), qui administre la console."},
		{"invited", func(a *registry.Account) { a.State = registry.Invited }, nil, cell("absences", briand), 0, "suivez le lien de l’invitation", "MORVAN"},
		{"closed widget", func(a *registry.Account) { a.AllSchools, a.AllWidgets, a.Widgets = true, false, []string{"travaux"} }, nil, cell("sanctions", briand), 0, "La rubrique Social > Discipline est fermée pour vous.", "MORVAN"},
		{"closed menu", func(a *registry.Account) { a.AllSchools, a.AllWidgets = true, false }, nil, rights.Question{Widget: "travaux"}, 0, "La rubrique Demandes de travaux est fermée pour vous.", "MORVAN"},
		{"closed page", func(a *registry.Account) { a.AllSchools, a.AllWidgets = true, false }, nil, rights.Question{Page: m.Page("social")}, 0, "Les rubriques de cette page sont fermées pour vous\u00a0: Social > Assiduité et Social > Discipline.", "MORVAN"},
		{"page open in part", func(a *registry.Account) {
			a.AllSchools, a.AllWidgets, a.Widgets = true, false, []string{"social.discipline"}
		}, nil, rights.Question{Page: m.Page("social")}, -1, "La rubrique Social > Discipline est ouverte pour vous. Tous les établissements", ""},
		{"another school has no name", func(a *registry.Account) { a.Schools = []belvedere.UAI{ferry} }, nil, cell("absences", briand), 0, "L’établissement 9990001Y n’est pas parmi ceux que vous gérez.", "MORVAN"},
		{"no school", nil, nil, cell("connexions", ""), 0, "Comptes et connexions sont ouverts à tous, pour leurs établissements. Aucun établissement ne vous est confié.", "MORVAN"},
		{"no agreement, asked of the head", everything, nil, cell("absences", briand), 1, "Aucune convention n’est enregistrée pour Collège Aristide-Briand\u00a0: rien n’est partagé.", "Demandez à Nadia FERRAND (nadia@exemple.fr), qui représente l’établissement."},
		{"no agreement, nobody of the school", everything, nil, cell("absences", ferry), 1, "Collège Jules-Ferry", "MORVAN"},
		{"withdrawn, at a date of the territory", everything, []registry.Agreement{{ID: 12, School: briand, From: september, AllThemes: true, Revoked: time.Date(2026, 3, 4, 23, 30, 0, 0, time.UTC)}}, cell("absences", briand), 1, "La convention n°\u00a012 (Collège Aristide-Briand) a été retirée le 5 mars 2026.", "FERRAND"},
		{"ended", everything, []registry.Agreement{{ID: 12, School: briand, From: september, To: today, AllThemes: true}}, cell("absences", briand), 1, "a pris fin le 9 mars 2026.", "FERRAND"},
		{"to come", everything, []registry.Agreement{{ID: 12, School: briand, From: today.AddDate(0, 0, 1), AllThemes: true}}, cell("absences", briand), 1, "ne prend effet que le 11 mars 2026.", "FERRAND"},
		{"of another theme", everything, []registry.Agreement{{ID: 12, School: briand, From: september, Themes: []string{"connexions"}}, {ID: 13, School: briand, From: september.AddDate(1, 0, 0)}}, cell("absences", briand), 1, "La convention n°\u00a012 (Collège Aristide-Briand) est en vigueur, mais ne partage ni le thème Social ni l’indicateur 25.", "FERRAND"},
		{"collective", everything, []registry.Agreement{{ID: 3, From: september, AllThemes: true, Basis: "coresponsabilité"}}, cell("absences", briand), -1, "La convention collective n°\u00a03, signée au titre de la coresponsabilité, est en vigueur sans date de fin et partage le thème Social.", ""},
		{"by consent", everything, []registry.Agreement{{ID: 12, School: briand, From: september, To: belvedere.Date(2026, 9, 1), Indicators: []int{25}, Basis: "consentement"}}, cell("absences", briand), -1, "signée au titre du consentement, est en vigueur jusqu’au 31 août 2026 et partage l’indicateur 25.", ""},
		{"kept for schools", everything, []registry.Agreement{{ID: 12, School: briand, From: september, AllThemes: true}}, cell("sanctions", briand), 2, "L’annexe réserve l’indicateur 31 à l’établissement\u202f; la convention n°\u00a012 (Collège Aristide-Briand) n’en étend pas les destinataires.", "FERRAND"},
		{"kept, extended to others", everything, []registry.Agreement{{ID: 12, School: briand, From: september, Extended: []int{31}, Recipients: []string{"autre"}}}, cell("sanctions", briand), 2, "qu’à des personnes nommées, dont vous n’êtes pas.", "FERRAND"},
		{"kept, extended by name", everything, []registry.Agreement{{ID: 12, School: briand, From: september, Extended: []int{31}, Recipients: []string{"thomas@dubois"}}}, cell("sanctions", briand), -1, "la convention n°\u00a012 (Collège Aristide-Briand) en étend les destinataires à vous, nommément.", ""},
		{"kept, of one’s own school", func(a *registry.Account) { a.Place, a.Schools = registry.InSchool, []belvedere.UAI{briand} }, nil, cell("sanctions", briand), -1, "L’annexe réserve l’indicateur 31 à l’établissement, et vous en faites partie.", ""},
		{"several schools", everything, []registry.Agreement{{ID: 12, School: briand, From: september, AllThemes: true}}, cell("absences", ""), -1, "Sur 3\u00a0établissements, 1 partage cet indicateur par une convention en vigueur.", ""},
		{"several schools, none shares", everything, nil, cell("absences", ""), 1, "Sur 3\u00a0établissements, aucun ne partage cet indicateur par une convention en vigueur.", "MORVAN"},
		{"by group", func(a *registry.Account) { a.Groups = []int64{1} }, nil, cell("absences", briand), 1, "Collège Aristide-Briand est parmi les établissements que vous gérez, par le groupe « Collèges ».", "FERRAND"},
	} {
		in := rights.Input{Account: account(c.change), Agreements: c.agreements, Schools: schools(), Model: m, Today: today, Zone: paris,
			Groups: []registry.Group{{ID: 1, Name: "Collèges", Rule: "type", Values: []string{"college"}}}}
		x := rights.Explain(in, rights.Contacts{Accounts: people}, c.question)
		var rules []string
		for _, g := range x.Gates {
			rules = append(rules, g.Name+" : "+g.Rule)
		}
		said := strings.Join(rules, "\n")
		if len(x.Gates) != 4 || x.Decides != c.decides || !strings.Contains(said, c.rule) || !strings.Contains(x.Ask, c.ask) || (c.ask == "") != (x.Ask == "") {
			t.Errorf("%s: gate %d decides, ask %q\n%s\nwant gate %d, %q, ask %q", c.name, x.Decides, x.Ask, said, c.decides, c.rule, c.ask)
		}
	}
	x := rights.Explain(rights.Input{Account: account(nil), Schools: schools(), Model: m, Today: today}, rights.Contacts{Setting: "le service éducation, 02 99 00 00 00"}, cell("absences", briand))
	if x.Ask != "À qui demander\u00a0: le service éducation, 02 99 00 00 00." {
		t.Errorf("the contact of the territory: %q", x.Ask)
	}
}
