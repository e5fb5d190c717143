package governance_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
)

// TestOtherWords: the memory is found by plurals, by words of the same meaning, and else by most of them.
func TestOtherWords(t *testing.T) {
	h := newHouse(t)
	boss, zoe := h.person("Anne", "Roy", admin), h.person("Zoé", "Quest")
	ask := func(subject, text string) {
		q, err := h.Ask(h.ctx, zoe, governance.QuestionForm{Subject: subject, Text: text, Duty: "scolarite"})
		h.must(err)
		_, err = h.Answer(h.ctx, boss, q.ID, "Voir la fiche.")
		h.must(err)
	}
	ask("Démissions en cours d’année", "À quelle date saisir la sortie ?")
	ask("Clôture d’une UE partagée", "Qui ferme l’élément commun ?")
	for text, want := range map[string]string{
		"abandons": "Démissions", "Comment saisir les démissions ?": "Démissions", "crédits ects": "", "fermeture des modules": "Clôture", "ÉLÉMENTS communs": "Clôture", "les": "all",
		"clôtures éléments partagés licence": "~Clôture", "budget licence": "",
	} {
		list, err := h.Questions(h.ctx, zoe, governance.Search{Text: text})
		h.must(err)
		switch near, is := strings.CutPrefix(want, "~"); {
		case want == "all":
		case want == "" && len(list) != 0, want != "" && (len(list) != 1 || !strings.HasPrefix(list[0].Subject, near) || list[0].Near != is):
			t.Errorf("%q finds %+v, want %q", text, list, want)
		}
	}
}

// TestLeapDay: what falls on 29 February does so again in the next leap year.
func TestLeapDay(t *testing.T) {
	h := newHouse(t)
	boss := h.person("Anne", "Roy", admin)
	h.now = time.Date(2027, 10, 1, 9, 0, 0, 0, time.UTC)
	_, err := h.PutTask(h.ctx, boss, governance.TaskForm{Label: "Bissextile", Duty: "scolarite", Yearly: true, Starts: "2028-02-29", Remind: 7})
	h.must(err)
	for year := belvedere.SchoolYear(2028); year <= 2031; year++ {
		h.now = time.Date(int(year), 10, 1, 9, 0, 0, 0, time.UTC)
		_, err := h.Carry(h.ctx, boss, year)
		h.must(err)
		list, err := h.Calendar(h.ctx, boss, year)
		h.must(err)
		want := belvedere.Date(int(year)+1, 2, 28)
		if year == 2031 {
			want = belvedere.Date(2032, 2, 29)
		}
		if len(list) != 1 || !list[0].TaskYear.Starts.Equal(want) || !list[0].TaskYear.Ends.Equal(want) {
			t.Errorf("%v: %+v, want %v", year, list, want)
		}
	}
}

// TestHolidays: a reminder that would come in a holiday comes before, and dates in one are told.
func TestHolidays(t *testing.T) {
	h := newHouse(t)
	boss, lea := h.person("Anne", "Roy", admin), h.person("Léa", "Petit")
	h.names(boss, "scolarite", registry.Titular, lea)
	for text, want := range map[string]string{"2026-12-19": "Ligne 1", "2026-12-19 2027-01-03 Noël\nzut 2027-01-01 x": "Ligne 2", "2027-01-03 2026-12-19 Noël": "avant le premier", "2026-01-01 2026-12-31 Tout": "quatre mois"} {
		if _, err := h.PutHolidays(h.ctx, boss, text); belvedere.KindOf(err) != belvedere.Invalid || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	_, err := h.PutHolidays(h.ctx, lea, "2026-12-19 2027-01-03 Noël")
	h.kind(belvedere.Forbidden, err)
	n, err := h.PutHolidays(h.ctx, boss, "2027-01-04 2027-01-05 Pont\r\n\r\n19/12/2026 03/01/2027 Vacances de Noël")
	if err != nil || n != 2 {
		t.Fatalf("%d, %v", n, err)
	}
	_, err = h.PutTask(h.ctx, boss, governance.TaskForm{Label: "Examens", Duty: "scolarite", Starts: "2027-01-08", Ends: "2027-01-20", Remind: 3}) // on 5 January, in the second of two
	h.must(err)
	h.now = time.Date(2026, 12, 17, 8, 0, 0, 0, time.UTC)
	h.Run(h.ctx)
	want(t, h.letters())
	h.now = time.Date(2026, 12, 18, 8, 0, 0, 0, time.UTC)
	h.Run(h.ctx)
	h.Run(h.ctx)
	want(t, h.letters(), "Léa: bientôt : Examens")
	_, err = h.PutTask(h.ctx, boss, governance.TaskForm{Label: "Bilan", Duty: "scolarite", Starts: "2026-12-01", Ends: "2026-12-20"})
	h.must(err)
	list, err := h.Calendar(h.ctx, lea, 2026)
	h.must(err)
	var closed []string
	for _, e := range list {
		closed = append(closed, e.Label+"="+strings.ReplaceAll(e.Closed, belvedere.NoBreak, " "))
	}
	slices.Sort(closed)
	if !slices.Equal(closed, []string{"Bilan=finit pendant : Vacances de Noël", "Examens="}) {
		t.Errorf("%q", closed)
	}
}

// TestCertificates: those who keep the sessions write all, another the own ones, of sessions attended.
func TestCertificates(t *testing.T) {
	h := newHouse(t)
	boss, lea, max := h.person("Anne", "Roy", admin), h.person("Léa", "Petit"), h.person("Max", "Fabre")
	s, err := h.PutTraining(h.ctx, boss, registry.Training{Label: "Résultats", Topic: "scolarite", Day: belvedere.Date(2026, 11, 20), Hours: "9 h – 12 h"})
	h.must(err)
	for _, v := range []belvedere.Viewer{lea, max} {
		h.must(h.Register(h.ctx, v, s.ID, ""))
	}
	h.must(h.MarkPresence(h.ctx, boss, s.ID, lea.Login, registry.Present))
	h.must(h.MarkPresence(h.ctx, boss, s.ID, max.Login, registry.Absent))
	for who, lines := range map[string]int{lea.Login: 2, max.Login: 1, boss.Login: 2} {
		v := map[string]belvedere.Viewer{lea.Login: lea, max.Login: max, boss.Login: boss}[who]
		var file strings.Builder
		h.must(h.WriteCertificates(h.ctx, v, &file))
		if got := strings.Count(file.String(), "\n"); got != lines || strings.Contains(file.String(), "Max FABRE") {
			t.Errorf("%s: %q", who, file.String())
		}
	}
	h.kind(belvedere.Forbidden, h.WriteCertificates(h.ctx, belvedere.Viewer{}, &strings.Builder{}))
}

// TestFindingsAreTold once for each instant, to those who may know them, else to administrators.
func TestFindingsAreTold(t *testing.T) {
	h := newHouse(t)
	boss, lea := h.person("Anne", "Roy", admin), h.person("Léa", "Petit")
	h.names(boss, "modelisation", registry.Titular, lea)
	f := governance.Findings{School: "0350937D", Year: 2025, Duty: "modelisation", Rules: [][2]string{{"Crédits de l’étape", "2"}}, Total: 2, Found: h.now}
	all := func(registry.Account) bool { return true }
	tell := func(may func(registry.Account) bool) {
		h.must(h.TellFindings(h.ctx, f, may))
		h.must(h.server(h.open()).TellFindings(h.ctx, f, may))
	}
	tell(all)
	if len(h.post) != 1 || !strings.Contains(h.post[0].Text, "Crédits de l’étape") || !strings.Contains(h.post[0].Text, "https://console.example/gouvernance/coherence?annee=2025-2026&etablissement=0350937D") {
		t.Errorf("letter %+v", h.post)
	}
	want(t, h.letters(), "Léa: cohérence : 2 constats à traiter")
	f.Found = f.Found.Add(time.Hour)
	tell(func(a registry.Account) bool { return a.Admin })
	want(t, h.letters(), "Anne: cohérence : 2 constats à traiter")
}
