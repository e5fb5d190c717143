package app_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// compareWorld publishes three collèges over two school years: the third shares nothing. Pupils
// are states; connections run from 1 September of each year, until 14 November of the last.
func compareWorld(t *testing.T) (*app.App, []belvedere.UAI) {
	t.Helper()
	a := openBare(t)
	newWatch(a, time.Date(2025, 11, 15, 9, 0, 0, 0, time.UTC))
	var schools []belvedere.UAI
	register, pupils, visits := "etablissement;nom;type\n", "etablissement;jour;niveau;sexe;eleves\n", "etablissement;heure;profil;support;ent;connexions\n"
	for i := range 3 {
		u := uai(t, fmt.Sprintf("999000%d", i+1))
		schools = append(schools, belvedere.UAI(u))
		register += fmt.Sprintf("%s;Collège %d;college\n", u, i+1)
		for year := 2024; year <= 2025; year++ {
			pupils += fmt.Sprintf("%s;%d-10-01;6eme;F;%d\n", u, year, 100*(i+1)+10*(year-2024))
			for day := belvedere.Date(year, 9, 1); day.Before(belvedere.Date(year+1, 7, 1)); day = day.AddDate(0, 0, 1) {
				if day.After(belvedere.Date(2025, 11, 14)) {
					break
				}
				visits += fmt.Sprintf("%s;%sT08:00:00Z;eleves;web;oui;%d\n", u, day.Format("2006-01-02"), 1+year-2024)
			}
		}
	}
	edition(t, a, map[string]string{"etablissements": register, "effectifs": pupils, "connexions": visits})
	for _, u := range schools[:2] {
		agree(t, a, registry.Agreement{School: u, AllThemes: true})
	}
	return a, schools
}

// TestCompared sets figures beside those of another period: the year that runs is compared with
// as many days, and what one of the two periods does not show has no difference.
func TestCompared(t *testing.T) {
	ctx := t.Context()
	a, schools := compareWorld(t)
	viewer, err := a.Operator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(compare string, by string, where ...string) *belvedere.Result {
		t.Helper()
		q, err := a.Reporter.Build(ctx, report.Ask{Indicators: []string{"eleves", "connexions"}, By: []string{by}, Where: where, Total: by == "etablissement", Compare: compare})
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Reporter.Query(ctx, viewer, q)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	plain := ask("", "etablissement", "annee=2025")
	r := ask("an_dernier", "etablissement", "annee=2025")
	if plain.Compared != nil || r.Receipt == plain.Receipt || r.Compared == nil {
		t.Fatalf("receipts %v and %v, comparison %v", plain.Receipt, r.Receipt, r.Compared)
	}
	for i := range schools[:2] {
		pupils, visits := r.Compared.Rows[i][0], r.Compared.Rows[i][1]
		if !pupils.Fair || pupils.Change != 10 || pupils.Other.Value != float64(100*(i+1)) {
			t.Errorf("pupils of school %d: %+v", i, pupils)
		}
		// 1 September to 14 November: 75 days of one connection against 75 of two.
		if !visits.Fair || visits.Other.Value != 75 || visits.Change != 75 {
			t.Errorf("connections of school %d: %+v", i, visits)
		}
	}
	for k, g := range r.Compared.Rows[2] {
		if g.Fair || g.State != belvedere.NotShared || g.Other.State.Shown() {
			t.Errorf("column %d of a school that shares nothing: %+v", k, g)
		}
	}
	if total := r.Compared.Total[0]; !total.Fair || total.Change != 20 || total.Other.Value != 300 {
		t.Errorf("total: %+v", total)
	}
	if early := ask("an_dernier", "etablissement", "annee=2024"); early.Compared.Rows[0][1].Fair || early.Compared.Rows[0][0].Fair {
		t.Errorf("compared with what is before all data: %+v", early.Compared.Rows[0])
	}
	month := ask("precedente", "etablissement", "mois=2025-10")
	if g := month.Compared.Rows[0][1]; !g.Fair || g.Other.Value != 60 || g.Change != 2 {
		t.Errorf("October against September: %+v", g)
	}
	lines := ask("an_dernier", "mois", "annee=2025")
	last := len(lines.Rows) - 1
	if g := lines.Compared.Rows[0][1]; lines.Rows[0].Keys[0].Code != "2025-09" || !g.Fair || g.Other.Value != 60 || g.Change != 60 {
		t.Errorf("September against the one before: %+v", g)
	}
	if g := lines.Compared.Rows[last][1]; lines.Rows[last].Keys[0].Code != "2025-11" || g.Fair || !strings.Contains(g.Why, "pas finie") {
		t.Errorf("the month that runs: %+v", g)
	}
	testComparedFiles(t, a, r)
}

// testComparedFiles wants the same in files, in columns of their own.
func testComparedFiles(t *testing.T, a *app.App, r *belvedere.Result) {
	t.Helper()
	var csv bytes.Buffer
	if err := a.Write(t.Context(), &csv, "csv", r, belvedere.Heading{}); err != nil {
		t.Fatal(err)
	}
	if head, _, _ := strings.Cut(csv.String(), "\n"); !strings.Contains(head, "eleves,eleves – couverture,eleves_avant,eleves_avant – couverture,eleves_ecart,eleves_evolution (%),connexions") {
		t.Errorf("headings: %s", head)
	}
	if !strings.Contains(csv.String(), ",110,,100,,10,10,150,") {
		t.Errorf("lines:\n%s", csv.String())
	}
	for _, format := range []string{"json", "xlsx", "pdf", "tableur", "parquet"} {
		var out bytes.Buffer
		if err := a.Write(t.Context(), &out, format, r, belvedere.Heading{Title: "Comparaison"}); err != nil || out.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", format, out.Len(), err)
		}
	}
}
