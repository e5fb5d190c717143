package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/schoolfile"
)

// schoolsOnce are the files of schools that the tests read and none changes.
var schoolsOnce struct {
	once sync.Once
	list []SchoolFiles
	err  error
}

func schoolFiles(t testing.TB) []SchoolFiles {
	t.Helper()
	written(t) // makes the folder that TestMain removes
	z := zone(t)
	schoolsOnce.once.Do(func() {
		schoolsOnce.list, schoolsOnce.err = WriteSchools(context.Background(), filepath.Join(shared.dir, "schools"), Options{Seed: 35, LastDay: lastDay, Zone: z})
	})
	if schoolsOnce.err != nil {
		t.Fatal(schoolsOnce.err)
	}
	return schoolsOnce.list
}

// rows are the records of one kind by field; reading is what the files of a school hold.
type rows []map[string]string

type reading struct {
	t      testing.TB
	faulty bool // faults and lost letters are kept, not complained of
	faults []belvedere.Fault

	heads []record.Head
	kinds map[string]rows
}

func (r *reading) Head(h record.Head) error { r.heads = append(r.heads, h); return nil }

func (r *reading) Record(x record.Record) error {
	row := map[string]string{}
	for i, f := range x.Kind.Fields {
		if x.Values[i].Present {
			row[f] = x.Values[i].Text
			if strings.Contains(x.Values[i].Text, "?") && !r.faulty {
				r.t.Errorf("%s: a letter was lost in %q", x.Kind.Name, x.Values[i].Text)
			}
		}
	}
	r.kinds[x.Kind.Name] = append(r.kinds[x.Kind.Name], row)
	return nil
}

func (r *reading) Fault(f belvedere.Fault) error {
	if r.faults = append(r.faults, f); !r.faulty {
		r.t.Errorf("a fault: %+v", f)
	}
	return nil
}

// readSchool reads all files of a school but one format with the readers of the program.
func readSchool(t testing.TB, s SchoolFiles, but ...string) *reading {
	t.Helper()
	r := &reading{t: t, kinds: map[string]rows{}, faulty: len(s.Defects) > 0}
	for _, f := range s.Files {
		if slices.Contains(but, f.Format) || strings.HasSuffix(f.Path, "EXP_COURS.csv") {
			continue
		}
		readOne(t, f, r)
	}
	return r
}

func readOne(t testing.TB, f SchoolFile, v record.Visitor) {
	t.Helper()
	file, err := os.Open(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	opened, err := schoolfile.Open(file, info.Size(), f.Name(), schoolfile.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", f.Name(), err)
	}
	if len(opened.Entries) != 1 || opened.Entries[0].Format == nil || opened.Entries[0].Format.Code != f.Format {
		t.Fatalf("%s is not recognised as %s: %+v", f.Name(), f.Format, opened.Entries[0])
	}
	if err := opened.Entries[0].Read(v); err != nil {
		t.Fatalf("%s: %v", f.Name(), err)
	}
}

// TestSchoolsAreRead reads every file: each is recognised, has no fault, and says whose it is.
func TestSchoolsAreRead(t *testing.T) {
	list := schoolFiles(t)
	if len(list) != 4 || list[3].UAI != list[1].UAI || len(list[3].Defects) == 0 || len(list[0].Defects)+len(list[1].Defects)+len(list[2].Defects) > 0 {
		t.Fatalf("%d schools", len(list))
	}
	for _, s := range list {
		r := readSchool(t, s)
		for _, h := range r.heads {
			named := h.Source == "siecle" || h.Source == "sts"
			if named && (h.School != s.UAI || h.Year != int(s.Year)) {
				t.Errorf("%s: head %+v", s.Name, h)
			}
		}
		for kind, n := range map[string]int{"siecle_eleve": 950, "siecle_personne": 1400, "sts_individu": 60, "edt_cours": 800, "empsts_cours": 800,
			"aaf_eleve": 900, "aaf_responsable": 1400, "aaf_personnel": 90, "aaf_structure": 1, "aaf_mef": 3, "aaf_matiere": 12, "connexion": 10_000,
			"siecle_mef": 3, "siecle_programme": 20, "siecle_option_obligatoire": 5, "siecle_uaj": 1, "siecle_periode": 3, "siecle_fermeture": 5, "siecle_annee": 1,
			"siecle_regime": 5, "siecle_lien_parente": 3} {
			if len(r.kinds[kind]) < n {
				t.Errorf("%s: %d rows of %s, want %d or more", s.Name, len(r.kinds[kind]), kind, n)
			}
		}
	}
}

// TestTwinsOfTheTimetable holds the table of lessons against its XML.
func TestTwinsOfTheTimetable(t *testing.T) {
	for _, s := range schoolFiles(t) {
		var twins []*reading
		for _, f := range s.Files {
			if f.Format == "edt_cours" {
				r := &reading{t: t, kinds: map[string]rows{}, faulty: len(s.Defects) > 0}
				readOne(t, f, r)
				twins = append(twins, r)
			}
		}
		if len(twins) != 2 || fmt.Sprint(twins[0].kinds) != fmt.Sprint(twins[1].kinds) {
			t.Errorf("%s: the table of lessons is not its XML", s.Name)
		}
	}
}

func TestSchoolsSameSeedSameBytes(t *testing.T) {
	start := time.Now()
	again, err := WriteSchools(context.Background(), t.TempDir(), Options{Seed: 35, LastDay: lastDay, Zone: zone(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("written in %v", time.Since(start))
	for i, s := range schoolFiles(t) {
		for j, f := range s.Files {
			a, err := os.ReadFile(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(again[i].Files[j].Path)
			if err != nil {
				t.Fatal(err)
			}
			if sha256.Sum256(a) != sha256.Sum256(b) {
				t.Errorf("%s differs", f.Path)
			}
		}
	}
}

func BenchmarkWriteSchools(b *testing.B) {
	for b.Loop() {
		if _, err := WriteSchools(context.Background(), b.TempDir(), Options{Seed: 35, LastDay: lastDay, Zone: zone(b)}); err != nil {
			b.Fatal(err)
		}
	}
}
