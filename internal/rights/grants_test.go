package rights_test

import (
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

// TestExplainNamesTheGrant that decided, when the account alone would not open what is asked.
func TestExplainNamesTheGrant(t *testing.T) {
	m := model()
	grant := belvedere.Grant{ID: 4, Widgets: []string{"social.assiduite"}, Schools: []belvedere.UAI{briand}, Purpose: "Bilan annuel", Approver: "Claire MORVAN, Hélène VASSEUR",
		From: today, Until: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}
	in := rights.Input{Account: account(func(a *registry.Account) {
		a.AllWidgets, a.Widgets, a.Schools = false, []string{"travaux"}, []belvedere.UAI{ferry}
	}), Grants: []belvedere.Grant{grant},
		Agreements: []registry.Agreement{{ID: 1, From: belvedere.Date(2025, 9, 1), AllThemes: true, Basis: "consentement"}}, Schools: schools(), Model: m, Today: today}
	ask := func(code string, u belvedere.UAI) rights.Explanation {
		return rights.Explain(in, rights.Contacts{}, rights.Question{Indicator: m.Indicator(code), School: u})
	}
	x := ask("absences", briand)
	if want := "L’habilitation n°\u00a04, approuvée par Claire MORVAN, Hélène VASSEUR jusqu’au 30 juin 2026, vous l’ouvre pour Collège Aristide-Briand\u00a0: Bilan annuel."; !x.Open() || x.Gates[0].Rule != want {
		t.Errorf("says %q, want %q", x.Gates[0].Rule, want)
	}
	for code, u := range map[string]belvedere.UAI{"sanctions": briand, "absences": ferry} { // another widget of its school, its widget for another school
		if x := ask(code, u); x.Open() || x.Decides != 0 || strings.Contains(x.Gates[0].Rule, "habilitation") {
			t.Errorf("%s of %s: %+v", code, u, x)
		}
	}
}
