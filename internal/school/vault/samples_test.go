package vault_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
	"belvedere/internal/source/schoolfile"
)

// Whatever the readers read, a vault takes.
func TestSamples(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..", "shared", "samples")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no samples beside the project: %v", err)
	}
	taken := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, _ := schoolfile.Detect(data[:min(len(data), 64<<10)])
		if f == nil {
			return nil
		}
		head := &headOf{}
		if err := f.Read(bytes.NewReader(data), head); err != nil {
			return nil // refused by its reader
		}
		uai := head.head.School
		if uai == "" {
			uai = school
		}
		v, err := vault.Open(context.Background(), t.TempDir(), uai, key(), vault.WithClock(clock))
		if err != nil {
			return err
		}
		defer v.Close()
		year := belvedere.SchoolYear(head.head.Year)
		if year == 0 {
			year = 2026
		}
		files := []vault.File{{Format: *f, Year: year, SHA256: "x", Name: filepath.Base(path), Fill: func(v record.Visitor) error { return f.Read(bytes.NewReader(data), v) }}}
		if _, err := v.Import(context.Background(), files, nil); err != nil && belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", path, err)
		}
		taken++
		return nil
	})
	if err != nil || taken < 30 {
		t.Errorf("%d files: %v", taken, err)
	}
}

// headOf keeps the head of a file.
type headOf struct{ head record.Head }

func (h *headOf) Head(head record.Head) error {
	h.head = head
	return nil
}
func (h *headOf) Record(record.Record) error  { return nil }
func (h *headOf) Fault(belvedere.Fault) error { return nil }

// One school of the directory of a whole academy.
func TestRealDirectory(t *testing.T) {
	v := open(t, t.TempDir())
	var files []vault.File
	for code, path := range map[string]string{"aaf_structure": "ENT_Complet_20130117_EtabEducNat_0000.xml", "aaf_eleve": "derived_ENT_Complet_20130117_Eleve_0000.xml",
		"aaf_responsable": "derived_ENT_Complet_20130117_PersRelEleve_0000.xml", "aaf_personnel": "derived_ENT_Complet_20130117_PersEducNat_0000.xml",
		"aaf_mef": "ENT_Complet_20130117_MefEducNat_0000.xml", "aaf_matiere": "ENT_Complet_20130117_MatiereEducNat_0000.xml"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "samples", "aaf", path))
		if err != nil {
			t.Skipf("no samples beside the project: %v", err)
		}
		// The published files have made-up schools, whose letter is wrong: give one of them ours.
		f := content(t, code, path, bytes.ReplaceAll(data, []byte("1004001V"), []byte(school)))
		f.Year = 2012
		files = append(files, f)
	}
	load(t, v, files...)
	for query, want := range map[string]string{
		"SELECT count(*), sum(scolarise), sum(niveau = '') FROM scolarite":          "65|65|0\n", // ENTPersonStructRattach 52000
		"SELECT count(*) FROM division WHERE niveau = ''":                           "0\n",
		"SELECT count(*) FROM note":                                                 "0\n",
		"SELECT count(*) FROM personne WHERE id NOT IN (SELECT personne FROM lien)": "0\n",
	} {
		if got := table(t, v, query); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
	if got := table(t, v, "SELECT fonction, count(*) FROM affectation GROUP BY 1"); !strings.Contains(got, "ENS|") || !strings.Contains(got, "DIR|") {
		t.Error(got)
	}
}
