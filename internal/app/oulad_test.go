package app_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/territory/report"
)

// openUniversity opens files of OULAD, or skips.
func openUniversity(t *testing.T, names ...string) (files []dossier.File) {
	t.Helper()
	for _, name := range names {
		f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "oulad", name))
		if err != nil {
			t.Skipf("the open data are not here: %v", err)
		}
		t.Cleanup(func() { f.Close() })
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, dossier.File{Name: name, Data: f, Size: info.Size()})
	}
	return files
}

// A yearOf the open university, as its file of students says.
type universityYear struct {
	rows, passed, present int
	people                map[string]bool
}

// universityYears counts without any of the code under test: B begins in February, J in October.
func universityYears(t *testing.T) map[string]*universityYear {
	t.Helper()
	f := openUniversity(t, "studentInfo.csv")[0]
	all, err := csv.NewReader(f.Data.(*os.File)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	years := map[string]*universityYear{}
	for _, r := range all[1:] {
		year := r[1][:4]
		if r[1][4] == 'B' {
			year = map[string]string{"2013": "2012", "2014": "2013"}[year]
		}
		if years[year] == nil {
			years[year] = &universityYear{people: map[string]bool{}}
		}
		y := years[year]
		y.rows++
		y.people[r[2]] = true
		switch r[11] {
		case "Pass", "Distinction":
			y.passed++
			y.present++
		case "Fail":
			y.present++
		}
	}
	return years
}

// TestOpenUniversityReachesTheWarehouse takes a real university from its files to the figures of the
// console: registrations, persons, results, and both rates of success, which differ.
func TestOpenUniversityReachesTheWarehouse(t *testing.T) {
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
	files := openUniversity(t, "studentInfo.csv", "studentRegistration.csv")
	b, err := a.Dossier.Batch(ctx, registrar, canarySchool, "", files)
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Dossier.Import(ctx, registrar, canarySchool, b)
	if err != nil || fmt.Sprint(r.Years) != "[2012-2013 2013-2014 2014-2015]" {
		t.Fatalf("%+v %v", r, err)
	}
	if out, err := a.Tally.Send(ctx, canarySchool); err != nil || out.Refused > 0 || out.Waiting > 0 {
		t.Fatalf("%+v %v", out, err)
	}
	publishWaiting(t, a)
	total := universityYear{}
	for year, want := range universityYears(t) {
		total.rows, total.passed, total.present = total.rows+want.rows, total.passed+want.passed, total.present+want.present
		got := figuresOf(t, a.Reporter, year)
		for i, n := range []float64{float64(want.rows), float64(want.passed), float64(want.present), float64(want.passed) / float64(want.present),
			float64(want.passed) / float64(want.rows), float64(len(want.people)), float64(want.rows)} {
			if d := got[i] - n; d > 1e-9 || d < -1e-9 {
				t.Errorf("%s: figure %d is %v, want %v", year, i, got[i], n)
			}
		}
	}
	if total.rows != 32_593 || total.passed != 3_024+12_361 || total.present != 3_024+12_361+7_052 {
		t.Errorf("%+v", total)
	}
}

// figuresOf asks for the figures of a year: results, admitted, present, both rates, persons, registrations.
func figuresOf(t *testing.T, r *report.Reporter, year string) (out []float64) {
	t.Helper()
	ctx := context.Background()
	viewer := belvedere.Viewer{Kind: belvedere.Operator, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true, Own: []belvedere.UAI{canarySchool}, Sharing: belvedere.Sharing{Everything: true}}}
	q, err := r.Build(ctx, report.Ask{Indicators: []string{"resultats_annee", "admis", "presents", "reussite_presents", "reussite_inscrits", "etudiants", "inscrits"}, By: []string{"etablissement"},
		Where: []string{"annee=" + year}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := r.Query(ctx, viewer, q)
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range answer.Rows[0].Cells {
		out = append(out, cell.Value)
	}
	return out
}
