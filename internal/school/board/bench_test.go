package board_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/demo"
	"belvedere/internal/school/board"
)

// openingFiles are those of a school of about 1,000 pupils of the fictional département: SIECLE,
// STS-Web and the timetable.
func openingFiles(t testing.TB) (belvedere.UAI, []board.Dropped) {
	t.Helper()
	all, err := demo.WriteSchools(t.Context(), t.TempDir(), demo.Options{LastDay: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	var files []board.Dropped
	for _, f := range all[0].Files {
		if !slices.Contains([]string{"sts_emp", "siecle_nomenclature", "siecle_communs", "siecle_structures", "siecle_eleves", "siecle_responsables", "edt_cours"}, f.Format) {
			continue
		}
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, board.Dropped{Name: filepath.Base(f.Path), Data: data})
	}
	return all[0].UAI, files
}

// BenchmarkOpening reads, checks and stores the opening files of a school in a vault that does not
// exist yet.
func BenchmarkOpening(b *testing.B) {
	uai, files := openingFiles(b)
	who := head()
	who.Scope.Own = []belvedere.UAI{uai}
	bytes := 0
	for _, f := range files {
		bytes += len(f.Data)
	}
	b.SetBytes(int64(bytes))
	for b.Loop() {
		b.StopTimer()
		d := newDesk(b, "2026-11-26")
		b.StartTimer()
		done, err := d.Import(b.Context(), who, uai, 0, files, "")
		if err != nil || done.Outcome.Changes.After.Pupils < 500 || len(done.Warnings) > 0 {
			b.Fatalf("%d pupils, %v, %v", done.Outcome.Changes.After.Pupils, done.Warnings, err)
		}
	}
}

// TestDemoSchoolOpens imports the sound files of the fictional département: nothing blocks, and
// the same files again change nothing.
func TestDemoSchoolOpens(t *testing.T) {
	uai, files := openingFiles(t)
	who := head()
	who.Scope.Own = []belvedere.UAI{uai}
	d := newDesk(t, "2026-11-26")
	done, err := d.Import(t.Context(), who, uai, 0, files, "")
	if err != nil || len(done.Warnings) > 0 {
		t.Fatal(done.Warnings, err)
	}
	list, _, n, err := d.Findings(t.Context(), who, uai, 2026, board.FindingFilter{State: "bloquants"})
	if err != nil || n.Blocking > 0 {
		for _, f := range list {
			t.Log(f.Rule, f.Message)
		}
		t.Errorf("%d blocking findings in sound files, %v", n.Blocking, err)
	}
	again, err := d.Import(t.Context(), who, uai, 0, files, "")
	if err != nil || len(again.Outcome.Changes.Pupils) != 0 || again.Outcome.Changes.After != done.Outcome.Changes.After {
		t.Errorf("the same files again: %+v, %v", again.Outcome.Changes, err)
	}
}
