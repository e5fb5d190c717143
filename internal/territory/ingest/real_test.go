package ingest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/semantic"
)

// The real files of a département go through the shipped catalogue. Whatever their order, the
// finest source wins, and a rebuild gives the same rows.
func TestRealFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedData(t, "dept35"), "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	together := realHouse(t)
	together.deliver(files, true)
	want := together.inForce()
	if _, err := together.service.Rebuild(together.ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := together.inForce(); got != want {
		t.Errorf("rebuilt\n%s\nwant\n%s", got, want)
	}
	backwards := realHouse(t)
	slices.Reverse(files)
	backwards.deliver(files, false)
	if got := backwards.inForce(); got != want {
		t.Errorf("one by one, backwards\n%s\nwant\n%s", got, want)
	}
}

// realHouse is a house with the shipped catalogue.
func realHouse(t *testing.T) *house {
	t.Helper()
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Skipf("the shipped catalogue is not complete: %v", err)
	}
	h := newHouse(t)
	h.service.Close()
	h.service, err = ingest.New(ingest.Config{Registry: h.registry, Engine: h.engine, Model: m, LandingDir: filepath.Join(h.dir, "arrivees"), Limits: h.limits})
	h.must(err)
	return h
}

// deliver publishes files in one edition or in one each. The map of catchment areas holds no
// figure and is the only one refused.
func (h *house) deliver(files []string, together bool) {
	h.t.Helper()
	var seqs []int64
	for _, name := range files {
		f, err := os.Open(name)
		h.must(err)
		d, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "fichier", FileName: filepath.Base(name), Body: f})
		f.Close()
		h.must(err)
		seqs = append(seqs, d.Seq)
		if !together {
			h.publish(d.Seq)
		}
	}
	for _, d := range h.publish(seqs...) {
		h.t.Logf("%s: %s by %s, %d lines, %d kept, %d set aside, %d faults, %d warnings", d.FileName, d.State, d.Form, d.Rows, d.Kept, d.Set, d.Faults, d.Warnings)
		if refused := strings.Contains(d.FileName, "carte-scolaire"); refused != (d.State == belvedere.Refused) {
			h.t.Errorf("%s is %s: %s", d.FileName, d.State, d.Reason)
		}
		if d.Rows != d.Kept+d.Set+d.Faults {
			h.t.Errorf("%s: %d lines, %d kept, %d set aside, %d faults", d.FileName, d.Rows, d.Kept, d.Set, d.Faults)
		}
	}
}

// inForce sums up the rows now in force, without the numbers of deliveries and editions.
func (h *house) inForce() (out string) {
	for _, sql := range []string{
		"SELECT count(*), count(DISTINCT etablissement), sum(eleves), sum(hash(etablissement, jour, niveau, sexe, eleves) % 1000003) FROM effectifs WHERE sortie = 2147483647",
		"SELECT count(*), sum(hash(etablissement, nom, commune, type, origine, rang) % 1000003) FROM etablissements WHERE sortie = 2147483647",
		"SELECT count(*), sum(eleves) FROM effectifs__annee WHERE sortie = 2147483647",
	} {
		out += h.rows(sql) + "\n"
	}
	return out
}

// sharedData finds a folder of open data beside the repository.
func sharedData(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Skip("go.mod not found")
		}
		dir = filepath.Dir(dir)
	}
	data := filepath.Join(dir, "..", "shared", "data", name)
	if _, err := os.Stat(data); err != nil {
		t.Skipf("no real data here: %v", err)
	}
	return data
}
