package dossier_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
)

// oulad opens files of the real open university, or skips.
func oulad(t testing.TB, names ...string) (files []dossier.File) {
	t.Helper()
	for _, name := range names {
		found, _ := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "data", "oulad", name))
		if len(found) == 0 {
			t.Skipf("the open data %s are not here", name)
		}
		for _, path := range found {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, dossier.File{Name: filepath.Base(path), Data: f, Size: info.Size()})
		}
	}
	return files
}

func loadFiles(t testing.TB, d *desk, mapping string, files []dossier.File) dossier.Report {
	t.Helper()
	b, err := d.Batch(context.Background(), registrar, school, mapping, files)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	r := load(t, d, b)
	var read int64
	for _, k := range r.Kinds {
		t.Logf("%s: %d read, %d kept, %d rows, %d faulty, %d slices", k.Kind, k.Read, k.Kept, k.Rows, k.Faulty, k.Slices)
		read += k.Read
	}
	for i, f := range r.Faults {
		if i < 5 {
			t.Log(f.Error())
		}
	}
	took := time.Since(begun)
	t.Logf("%d rows in %v, %.0f rows/s", read, took.Round(time.Millisecond), float64(read)/took.Seconds())
	return r
}

// get is a number of the vault.
func get(t testing.TB, d *desk, query string, args ...any) (n int64) {
	t.Helper()
	if err := d.v.Read(context.Background(), func(tx *vault.Tx) error { _, err := tx.Get(query, args, &n); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}

// A real university: its registrations, its results and its clicks are what its authors published.
func TestOULAD(t *testing.T) {
	d := newDesk(t)
	r := loadFiles(t, d, "", oulad(t, "studentInfo.csv", "studentRegistration.csv", "studentAssessment.csv", "assessments.csv", "courses.csv"))
	if len(r.Faults) > 0 || len(r.Kinds) != 3 {
		t.Fatalf("%v", r.Faults)
	}
	n, err := d.Count(context.Background(), registrar, school, dossier.Request{Kind: "inscriptions"})
	if err != nil || n != (dossier.Size{Rows: 32_593, People: 28_785}) {
		t.Errorf("registrations: %+v %v", n, err)
	}
	for code, want := range map[string]int64{"Distinction": 3_024, "Fail": 7_052, "Pass": 12_361, "Withdrawn": 10_156} {
		n, err := d.Count(context.Background(), registrar, school, dossier.Request{Kind: "resultats", Where: []dossier.Filter{{Column: "code", Values: []string{code}}, {Column: "objet", Values: []string{"etape"}}}})
		if err != nil || n.Rows != want {
			t.Errorf("%s: %d %v, want %d", code, n.Rows, err, want)
		}
	}
	if n := get(t, d, "SELECT count(*) FROM dos_resultats WHERE objet = 'epreuve'"); n != 173_912 {
		t.Errorf("%d marks", n)
	}
	if n := get(t, d, "SELECT count(*) FROM dos_inscriptions WHERE etape = 'AAA' AND version_etape = '2013J' AND inscrit_le = '2013-04-25'"); n == 0 {
		t.Error("159 days before 1 October 2013 is 25 April")
	}
}

// Clicks are summed, not told apart: every line read, and their sum to the unit.
func TestOULADClicks(t *testing.T) {
	if testing.Short() {
		t.Skip("some 740,000 rows")
	}
	d := newDesk(t)
	r := loadFiles(t, d, "oulad", oulad(t, "studentVle.*.csv.gz", "vle.csv"))
	if k := r.Kinds[0]; k.Kind != "activite" || k.Read != 737_471 || k.Kept != 737_471 || k.Faulty != 0 {
		t.Errorf("%+v", k)
	}
	if n := get(t, d, "SELECT CAST(sum(lues) AS INTEGER) FROM dos_activite"); n != 737_471 {
		t.Errorf("%d lines are counted", n)
	}
	if n, want := get(t, d, "SELECT CAST(sum(actions) AS INTEGER) FROM dos_activite"), clicks(t); n != want {
		t.Errorf("%d clicks, the files have %d", n, want)
	}
	if n := get(t, d, "SELECT count(*) FROM dossier_personne WHERE espace <> 'etudiant'"); n > 0 {
		t.Errorf("%d users are not the students that they are", n)
	}
}
