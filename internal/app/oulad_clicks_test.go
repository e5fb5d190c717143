package app_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"os"
	"strconv"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/territory/report"
)

// universityClicks adds the clicks of the files by school year and course, without any of the code under test:
// a presentation of J begins on 1 October, one of B on 1 February, and days are counted from there.
func universityClicks(t *testing.T, files []dossier.File) (clicks, lines map[string]map[string]float64) {
	t.Helper()
	clicks, lines = map[string]map[string]float64{}, map[string]map[string]float64{}
	for _, f := range files {
		z, err := gzip.NewReader(f.Data.(*os.File))
		if err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(z).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all[1:] { // code_module, code_presentation, id_student, id_site, date, sum_click
			days, err := strconv.Atoi(r[4])
			if err != nil {
				t.Fatal(err)
			}
			n, err := strconv.ParseFloat(r[5], 64)
			if err != nil {
				t.Fatal(err)
			}
			year, _ := strconv.Atoi(r[1][:4])
			start := time.Date(year, time.October, 1, 0, 0, 0, 0, time.UTC)
			if r[1][4] == 'B' {
				start = time.Date(year, time.February, 1, 0, 0, 0, 0, time.UTC)
			}
			day := start.AddDate(0, 0, days)
			school := day.Year()
			if day.Month() < time.September {
				school--
			}
			y, course := strconv.Itoa(school), r[0]+"-"+r[1]
			if clicks[y] == nil {
				clicks[y], lines[y] = map[string]float64{}, map[string]float64{}
			}
			clicks[y][course] += n
			lines[y][course]++
		}
		if _, err := f.Data.(*os.File).Seek(0, 0); err != nil {
			t.Fatal(err)
		}
	}
	return clicks, lines
}

// TestClicksOfTheOpenUniversityReachTheWarehouse follows every click of a real university to the figures of the
// console, by course and by school year: summed, never deduplicated. One presentation in the ordinary tests,
// the five that are shared with BELVEDERE_LONG.
func TestClicksOfTheOpenUniversityReachTheWarehouse(t *testing.T) {
	names := []string{"studentVle.GGG.2014J.csv.gz"}
	if os.Getenv("BELVEDERE_LONG") != "" {
		names = append(names, "studentVle.AAA.2013J.csv.gz", "studentVle.AAA.2014J.csv.gz", "studentVle.GGG.2013J.csv.gz", "studentVle.GGG.2014B.csv.gz")
	}
	files := openUniversity(t, names...)
	clicks, lines := universityClicks(t, files)
	unprotected(t)
	ctx := context.Background()
	a := openOn(t, t.TempDir(), "")
	newWatch(a, time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC))
	registrar, err := a.ViewerOf(ctx, member(t, a, registry.Account{FirstName: "Helene", LastName: "AUBRY", Place: registry.InSchool, Schools: []belvedere.UAI{canarySchool}}))
	if err != nil {
		t.Fatal(err)
	}
	registrar.Strong = true
	edition(t, a, map[string]string{"etablissements": "etablissement;nom\n" + string(canarySchool) + ";Université ouverte\n"})
	b, err := a.Dossier.Batch(ctx, registrar, canarySchool, "oulad", append(files, openUniversity(t, "vle.csv")...))
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Dossier.Import(ctx, registrar, canarySchool, b)
	if err != nil || len(r.Kinds) != 1 || r.Kinds[0].Faulty != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	if len(names) == 5 && r.Kinds[0].Kept != 737_471 {
		t.Errorf("%d lines are kept", r.Kinds[0].Kept)
	}
	if out, err := a.Tally.Send(ctx, canarySchool); err != nil || out.Refused > 0 || out.Waiting > 0 {
		t.Fatalf("%+v %v", out, err)
	}
	publishWaiting(t, a)
	viewer := belvedere.Viewer{Kind: belvedere.Operator, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true, Own: []belvedere.UAI{canarySchool}, Sharing: belvedere.Sharing{Everything: true}}}
	var all, read float64
	for year, want := range clicks {
		q, err := a.Reporter.Build(ctx, report.Ask{Indicators: []string{"actions_plateforme", "lignes_plateforme"}, By: []string{"cours"}, Where: []string{"annee=" + year}, Total: true})
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.Reporter.Query(ctx, viewer, q)
		if err != nil || len(got.Rows) != len(want) {
			t.Fatalf("%s: %d courses, want %d, %v", year, len(got.Rows), len(want), err)
		}
		var total float64
		for _, row := range got.Rows {
			if n := want[row.Keys[0].Label]; row.Cells[0].Value != n {
				t.Errorf("%s %s: %v clicks, the files have %v in %v lines", year, row.Keys[0].Label, row.Cells[0].Value, n, lines[year][row.Keys[0].Label])
			}
			if n := lines[year][row.Keys[0].Label]; row.Cells[1].Value != n {
				t.Errorf("%s %s: %v lines, the files have %v", year, row.Keys[0].Label, row.Cells[1].Value, n)
			}
			read += row.Cells[1].Value
			total += want[row.Keys[0].Label]
		}
		if got.Total == nil || got.Total.Cells[0].Value != total {
			t.Errorf("%s: the total is %+v, want %v", year, got.Total, total)
		}
		all += total
	}
	if len(names) == 5 && read != 737_471 {
		t.Errorf("%v lines are told", read)
	}
	t.Logf("%.0f clicks in %.0f lines followed", all, read)
}
