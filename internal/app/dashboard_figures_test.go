package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
)

// institute is an institution of higher education over three years, read by its director on 26 November
// 2026: posts that are filled by the summer, steps that nobody left.
func institute(t *testing.T, departments ...string) (*app.App, registry.Account) {
	t.Helper()
	a := openOn(t, t.TempDir(), "")
	a.Now = func() time.Time { return belvedere.Date(2026, 11, 26).Add(12 * time.Hour) }
	files := map[string]*strings.Builder{}
	put := func(dataset, line string, args ...any) {
		if files[dataset] == nil {
			files[dataset] = &strings.Builder{}
		}
		fmt.Fprintf(files[dataset], line+"\n", args...)
	}
	const school = "9990001X"
	put("etablissements", "etablissement;nom;type\n%s;École des Berges;superieur", school)
	put("recrutements", "etablissement;jour;service;etat_recrutement;postes")
	put("inscriptions", "etablissement;jour;nature_inscription;composante;etape;sexe;statut_inscription;inscrits")
	put("demissions", "etablissement;mois;composante;etape;abandons")
	put("resultats", "etablissement;annee;session_examen;issue;composante;etape;code_resultat;resultats")
	put("budget", "etablissement;jour;exercice;service;nature_budget;vote;engage;paye")
	if len(departments) == 0 {
		departments = []string{"Génie civil", "Génie mécanique"}
	}
	for i, year := range []int{2024, 2025, 2026} {
		put("recrutements", "%s;%d-10-01;Scolarité;ouvert;%d", school, year, []int{7, 10, 5}[i])
		put("budget", "%s;%d-10-31;%d;Direction;fonctionnement;1000;%d;500", school, year, year, 800+i)
		if year < 2026 { // by the summer all posts are filled, and the next budget has begun
			put("recrutements", "%s;%d-08-31;Scolarité;ouvert;0", school, year+1)
			put("budget", "%s;%d-08-31;%d;Direction;fonctionnement;1000;400;300", school, year+1, year+1)
		}
		for k, d := range departments {
			put("inscriptions", "%s;%d-11-26;administrative;%s;E%d;F;actif;%d", school, year, d, k+1, 100+k)
			if year == 2026 {
				continue // results come at the end of the year
			}
			for _, issue := range []struct {
				word, code string
				n          int
			}{{"admis", "ADM", 78}, {"ajourne", "AJ", 14}, {"absent", "DEF", 8}} {
				put("resultats", "%s;%d;annee;%s;%s;E%d;%s;%d", school, year, issue.word, d, k+1, issue.code, issue.n)
			}
		}
	}
	put("demissions", "%s;2026-09;%s;E1;2", school, departments[0])
	put("demissions", "%s;2026-10;%s;E1;1", school, departments[0])
	put("demissions", "%s;2026-10;%s;E2;4", school, departments[1])
	texts := map[string]string{}
	for name, b := range files {
		texts[name] = b.String()
	}
	edition(t, a, texts)
	return a, member(t, a, registry.Account{FirstName: "Maud", LastName: "DIRECTRICE", Place: registry.InSchool, Schools: []belvedere.UAI{school}, AllWidgets: true})
}

// TestFigureTrends wants the course of a state to be told on the same day of each year as its change:
// posts that were filled by the summer are no rise in November.
func TestFigureTrends(t *testing.T) {
	a, director := institute(t)
	tiles := boardOf(t, a, director, "direction", "")
	for _, c := range []struct {
		tile  string
		delta string
		trend []float64
	}{
		{"recrutements", "−5 (−50,0\u202f%)", []float64{7, 10, 5}},
		{"depenses", "+1 (+0,1\u202f%)", []float64{800, 801, 802}},
		{"execution", "+0,1\u00a0point", []float64{.8, .801, .802}},
	} {
		boardFigure(t, tiles[c.tile])
		f := tiles[c.tile].Figure.Figures[0]
		var got []float64
		for _, p := range f.Trend {
			if p.Cell.State.Shown() {
				got = append(got, p.Cell.Value)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.trend) || f.Delta != c.delta {
			t.Errorf("%s: trend %v and change %q, want %v and %q", c.tile, got, f.Delta, c.trend, c.delta)
		}
	}
	if year := boardOf(t, a, director, "direction", "annee=2025"); boardFigure(t, year["recrutements"]).Value != 0 {
		t.Errorf("a year that is over ends with its last state: %+v", boardFigure(t, year["recrutements"]))
	}
}

// TestNobodyLeft wants 0 where nobody left a step: as a number, as a share of registrations, and under
// each month of the year.
func TestNobodyLeft(t *testing.T) {
	a, director := institute(t)
	tiles := boardOf(t, a, director, "abandons", "")
	dated := tiles["meme-date"].View.Result
	if len(dated.Rows) != 2 {
		t.Fatalf("lines %+v", dated.Rows)
	}
	for _, row := range dated.Rows {
		for i, c := range row.Cells {
			if !c.State.Shown() {
				t.Errorf("%s, %s: %s %s", row.Keys[0].Code, dated.Columns[i].Key, c.State.Word(), c.Why)
			}
		}
	}
	months := tiles["etapes"].View.Result
	for _, row := range months.Rows {
		var got []string
		for _, c := range row.Cells {
			got = append(got, fmt.Sprint(c.State.Word(), c.Value))
		}
		if want := map[string]string{"E1": "[2 1 3]", "E2": "[0 4 4]"}[row.Keys[0].Code]; fmt.Sprint(got) != want {
			t.Errorf("%s by month: %v, want %s", row.Keys[0].Code, got, want)
		}
	}
}

// TestNobodyLeftTheDepartment wants the head of one department, which nobody left, to read 0 on its line
// as in its total: no other line is there to tell that departments are told apart.
func TestNobodyLeftTheDepartment(t *testing.T) {
	a, _ := institute(t, "Génie civil", "Génie mécanique", "Informatique")
	head := member(t, a, registry.Account{FirstName: "Ronan", LastName: "CHEF", Place: registry.InSchool, Schools: []belvedere.UAI{"9990001X"}, AllWidgets: true,
		Within: []belvedere.Within{{Dim: "composante", Codes: []string{"Informatique"}}}})
	left := boardOf(t, a, head, "direction", "")["effectifs"].View.Result
	if len(left.Rows) != 1 || len(left.Columns) != 4 || left.Columns[3].Key != "abandons" {
		t.Fatalf("lines %+v of %+v", left.Rows, left.Columns)
	}
	for _, c := range []belvedere.Cell{left.Rows[0].Cells[3], left.Total.Cells[3]} {
		if c.State != belvedere.Value || c.Value != 0 {
			t.Errorf("abandons: %s %v %s", c.State.Word(), c.Value, c.Why)
		}
	}
	if c := left.Rows[0].Cells[0]; c.Value != 102 {
		t.Errorf("registrations %+v", c)
	}
}

// TestBothSuccesses wants both rates of success side by side, as the guide tells them: 85 % of those who
// were there, 78 % of those who were registered.
func TestBothSuccesses(t *testing.T) {
	a, director := institute(t)
	tiles := boardOf(t, a, director, "direction", "")
	present, all := boardFigure(t, tiles["reussite"]), boardFigure(t, tiles["reussite-inscrits"])
	if fmt.Sprintf("%.2f %.2f", present.Value, all.Value) != "0.85 0.78" {
		t.Errorf("%v and %v", present, all)
	}
}
