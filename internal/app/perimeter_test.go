package app_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// lineage is an app with six collèges over three school years: Un and Deux became Trois in 2024;
// Quatre was split into Cinq and Six in 2024; Sept delivers always, Huit misses 2023, and Neuf says
// that it succeeds itself.
func lineage(t *testing.T) (*app.App, map[string]belvedere.UAI) {
	t.Helper()
	a := openBare(t)
	names := []string{"Un", "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit", "Neuf"}
	of := map[string]belvedere.UAI{}
	for i, name := range names {
		of[name] = belvedere.UAI(uai(t, fmt.Sprintf("999010%d", i)))
	}
	into := map[string]string{"Un": string(of["Trois"]), "Deux": string(of["Trois"]), "Quatre": string(of["Cinq"]) + " " + string(of["Six"]), "Neuf": string(of["Neuf"])}
	register := "etablissement;nom;type;commune;ouverture;fermeture;devient\n"
	pupils := "etablissement;jour;niveau;sexe;eleves\n"
	for i, name := range names {
		opened, closed := "", ""
		switch name {
		case "Trois", "Cinq", "Six":
			opened = "2024-09-01"
		case "Un", "Deux", "Quatre":
			closed = "2024-08-31"
		}
		register += fmt.Sprintf("%s;%s;college;Ville;%s;%s;%s\n", of[name], name, opened, closed, into[name])
		for y := 2023; y <= 2025; y++ {
			if opened != "" && y < 2024 || closed != "" && y >= 2024 || name == "Huit" && y == 2023 {
				continue
			}
			pupils += fmt.Sprintf("%s;%d-10-01;6eme;F;%d\n", of[name], y, 100*(i+1)+y-2023)
		}
	}
	publish(t, a, "etablissements", "registre", register)
	publish(t, a, "effectifs", "effectifs", pupils)
	return a, of
}

// course is the values of an answer by year, with the notes of the lines.
func course(r *belvedere.Result) string {
	var out []string
	for _, row := range r.Rows {
		text := row.Keys[0].Code + " " + row.Cells[0].State.Word()
		if row.Cells[0].State.Shown() {
			text = fmt.Sprint(row.Keys[0].Code, " ", row.Cells[0].Value)
		}
		if row.Note != "" {
			text += " (" + row.Note + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestSeriesFollowsItsSchool(t *testing.T) {
	a, of := lineage(t)
	all := agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	_ = all
	operator, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(v belvedere.Viewer, schools ...string) *belvedere.Result {
		t.Helper()
		var list []string
		for _, s := range schools {
			list = append(list, string(of[s]))
		}
		return result(t, a, v, report.Ask{Indicators: []string{"eleves"}, By: []string{"annee"}, Where: []string{"etablissement=" + strings.Join(list, "|")}})
	}
	for _, c := range []struct {
		name    string
		schools []string
		want    string
		note    string
	}{
		{"merged", []string{"Trois"}, "2023 300 (dont Deux et Un), 2024 301, 2025 302", "jusqu’en 2024"},
		{"split, one of its successors", []string{"Cinq"}, "2024 501, 2025 502", "issu de la scission de Quatre"},
		{"split, all of its successors", []string{"Cinq", "Six"}, "2023 400 (dont Quatre), 2024 1102, 2025 1104", ""},
		{"no genealogy", []string{"Sept"}, "2023 700, 2024 701, 2025 702", ""},
		{"closed", []string{"Un"}, "2023 100", "a pour suite Trois"},
		{"itself", []string{"Neuf"}, "2023 900, 2024 901, 2025 902", ""},
	} {
		r := ask(operator, c.schools...)
		if got := strings.ReplaceAll(course(r), "dont Un et Deux", "dont Deux et Un"); got != c.want && got != strings.Replace(c.want, "2024 501", "2023 en attente, 2024 501", 1) {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
		if !strings.Contains(strings.Join(r.Notes, "\n"), c.note) {
			t.Errorf("%s: notes %q want %q", c.name, r.Notes, c.note)
		}
	}
	// Whoever may not open a predecessor neither counts nor names it.
	narrow, err := a.ViewerOf(t.Context(), member(t, a, registry.Account{FirstName: "Lise", LastName: "ETROIT", AllWidgets: true, Schools: []belvedere.UAI{of["Un"], of["Trois"]}}))
	if err != nil {
		t.Fatal(err)
	}
	r := ask(narrow, "Trois")
	if got := course(r); got != "2023 100 (dont Un), 2024 301, 2025 302" || strings.Contains(fmt.Sprint(r), "Deux") {
		t.Errorf("with rights on one predecessor: %s %v", got, r.Notes)
	}
}

func TestPredecessorThatSharesNothing(t *testing.T) {
	a, of := lineage(t)
	agree(t, a, registry.Agreement{School: of["Trois"], AllThemes: true})
	operator, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := result(t, a, operator, report.Ask{Indicators: []string{"eleves"}, By: []string{"annee"}, Where: []string{"etablissement=" + string(of["Trois"])}})
	if got := course(r); strings.Contains(got, "300") || strings.Contains(got, "100") || strings.Contains(got, "200") || !strings.Contains(got, "2024 301") {
		t.Errorf("figures of predecessors without agreement: %s", got)
	}
}

func TestConstantPerimeter(t *testing.T) {
	a, of := lineage(t)
	agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	operator, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := result(t, a, operator, report.Ask{Indicators: []string{"eleves"}, By: []string{"annee"}, Constant: true})
	// 2023: Un 100, Deux 200, Quatre 400, Sept 700, Neuf 900; then Trois, Cinq, Six in their place.
	if got, want := course(r), "2023 2300, 2024 3005, 2025 3010"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if len(r.Perimeters) != 1 {
		t.Fatalf("perimeters: %+v", r.Perimeters)
	}
	p := r.Perimeters[0]
	if p.Kept != 4 || p.Families != 2 || len(p.Left) != 1 || p.Left[0].Code != string(of["Huit"]) || !strings.Contains(report.LeftWhy(p.Left[0]), "2023-2024") {
		t.Errorf("perimeter: %+v", p)
	}
	// Without lines over time the period is held against the same a year before.
	now := result(t, a, operator, report.Ask{Indicators: []string{"eleves"}, Where: []string{"annee=2025"}, Constant: true})
	if p := now.Perimeters[0]; p.Kept != 5 || len(p.Left) != 0 || now.Rows[0].Cells[0].Value != 3010+802 {
		t.Errorf("against the year before: %+v %v", p, now.Rows[0].Cells[0].Value)
	}
	// A split school whose successors are not all chosen is compared with nothing.
	one := result(t, a, operator, report.Ask{Indicators: []string{"eleves"}, By: []string{"annee"}, Where: []string{"etablissement=" + string(of["Cinq"]) + "|" + string(of["Sept"])}, Constant: true})
	if got := course(one); got != "2023 700, 2024 701, 2025 702" || len(one.Perimeters[0].Left) != 1 {
		t.Errorf("half of a split school: %s %+v", got, one.Perimeters)
	}
	// Two columns of other schools each keep their own, under the notes of each.
	two := result(t, a, operator, report.Ask{Indicators: []string{"eleves", "absences"}, By: []string{"annee"}, Where: []string{"annee=2023|2024|2025"}, Constant: true})
	if len(two.Perimeters) != 2 || len(two.Columns) != 2 || two.Columns[0].Indicator != "eleves" || two.Rows[0].Cells[0].Value != 2300 {
		t.Errorf("two datasets: %+v %s", two.Perimeters, course(two))
	}
	// A comparison over other schools than its own would be no comparison: both sides hold the same.
	against := result(t, a, operator, report.Ask{Indicators: []string{"eleves"}, Where: []string{"annee=2024"}, Compare: "an_dernier", Constant: true})
	if gap := against.Compared.Rows[0][0]; !gap.Fair || against.Rows[0].Cells[0].Value != 3005 || gap.Other.Value != 2300 || gap.Change != 705 || len(against.Perimeters) != 1 {
		t.Errorf("compared: %v %+v %+v", against.Rows[0].Cells[0], gap, against.Perimeters)
	}
	if r.Receipt.Hash == result(t, a, operator, report.Ask{Indicators: []string{"eleves"}, By: []string{"annee"}}).Receipt.Hash {
		t.Error("a constant perimeter has the receipt of the whole one")
	}
}

// TestConstantPerimeterTellsNothing asks as one who may open some schools, in a territory with the
// others and in one that never heard of them: every word is the same.
func TestConstantPerimeterTellsNothing(t *testing.T) {
	a, of := lineage(t)
	agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	v, err := a.ViewerOf(t.Context(), member(t, a, registry.Account{FirstName: "Lise", LastName: "ETROIT", AllWidgets: true, Schools: []belvedere.UAI{of["Sept"], of["Neuf"]}}))
	if err != nil {
		t.Fatal(err)
	}
	r := result(t, a, v, report.Ask{Indicators: []string{"eleves"}, By: []string{"annee"}, Constant: true})
	if p := r.Perimeters[0]; p.Kept != 2 || len(p.Left) != 0 || course(r) != "2023 1600, 2024 1602, 2025 1604" {
		t.Errorf("%+v %s", p, course(r))
	}
	view := coverageOf(t, a, v, "jeu=effectifs&annee=2025")
	for _, l := range view.Lines {
		if l.Key.Code != string(of["Sept"]) && l.Key.Code != string(of["Neuf"]) {
			t.Errorf("the coverage names %s", l.Key.Label)
		}
	}
}

func coverageOf(t *testing.T, a *app.App, v belvedere.Viewer, query string) *report.CoverageView {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := report.ParseCoverage(values)
	if err != nil {
		t.Fatal(err)
	}
	view, err := a.Reporter.Coverage(t.Context(), v, ask, true)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func TestCoverageMonths(t *testing.T) {
	a := openBare(t)
	register, rows := "etablissement;nom;type;fermeture\n", "etablissement;mois;niveau;sanctions\n"
	months := []string{"2025-09", "2025-10", "2025-11"}
	delivered := map[string][]string{"Tout": months, "Autre": months, "Encore": months, "Tard": months[:1], "Trou": {months[0], months[2]}, "Rien": nil, "Clos": months[:1], "Muet": months}
	of := map[string]belvedere.UAI{}
	for i, name := range []string{"Tout", "Autre", "Encore", "Tard", "Trou", "Rien", "Clos", "Muet"} {
		of[name] = belvedere.UAI(uai(t, fmt.Sprintf("999020%d", i)))
		closed := ""
		if name == "Clos" {
			closed = "2025-10-01"
		}
		register += fmt.Sprintf("%s;%s;college;%s\n", of[name], name, closed)
		for _, m := range delivered[name] {
			rows += fmt.Sprintf("%s;%s;6eme;1\n", of[name], m)
		}
		if name != "Muet" {
			agree(t, a, registry.Agreement{School: of[name], AllThemes: true, Extended: []int{28, 29, 30, 31, 32, 35}})
		}
	}
	publish(t, a, "etablissements", "registre", register)
	publish(t, a, "discipline", "discipline", rows)
	operator, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Tout": "recu recu recu", "Autre": "recu recu recu", "Tard": "recu en_retard en_retard", "Trou": "recu manquant recu",
		"Rien": "manquant manquant manquant", "Clos": "recu non_attendu non_attendu", "Muet": "non_communique non_communique non_communique",
	}
	got := map[string]string{}
	for _, l := range coverageOf(t, a, operator, "jeu=discipline&annee=2025").Lines {
		var states []string
		for _, m := range l.Months[:3] {
			states = append(states, string(m.State))
		}
		got[l.Key.Label] = strings.Join(states, " ")
	}
	for name, w := range want {
		if got[name] != w {
			t.Errorf("%s: %s, want %s", name, got[name], w)
		}
	}
	late := coverageOf(t, a, operator, "jeu=discipline&annee=2025&etat=en_retard")
	if len(late.Lines) != 1 || late.Lines[0].Key.Label != "Tard" {
		t.Errorf("late: %+v", late.Lines)
	}
	if all := coverageOf(t, a, operator, "annee=2025"); !slices.ContainsFunc(all.Lines, func(l report.CoverageLine) bool {
		return l.Key.Code == "discipline" && l.Months[0] == report.CoverageMonth{Received: 6, Expected: 7, Missing: 1}
	}) {
		t.Errorf("datasets: %+v", all.Lines)
	}
}
