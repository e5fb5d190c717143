package rule_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/aaf"
	"belvedere/internal/source/apogee"
	"belvedere/internal/source/edt"
	"belvedere/internal/source/record"
	"belvedere/internal/source/siecle"
	"belvedere/internal/source/sts"
	"belvedere/internal/source/udt"
)

const (
	school = belvedere.UAI("0999901Z")
	year   = belvedere.SchoolYear(2026)
)

// opening is when tests take place.
var opening = time.Date(2026, 9, 15, 10, 0, 0, 0, time.UTC)

// openIn opens the vault of a folder.
func openIn(t testing.TB, dir string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(context.Background(), dir, school, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(func() time.Time { return opening }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// An image is the file of a vault that many tests begin with: it is made once.
type image struct {
	once  sync.Once
	bytes []byte
}

func (i *image) open(t testing.TB, fill func(v *vault.Vault)) *vault.Vault {
	t.Helper()
	i.once.Do(func() {
		v := openIn(t, t.TempDir())
		fill(v)
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(v.Path())
		if err != nil {
			t.Fatal(err)
		}
		i.bytes = data
	})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, string(school)+".coffre"), i.bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	return openIn(t, dir)
}

var empty, coherent image

// open gives an empty vault.
func open(t testing.TB) *vault.Vault { return empty.open(t, func(*vault.Vault) {}) }

// openMini gives a vault with the files of the small school.
func openMini(t testing.TB) *vault.Vault {
	return coherent.open(t, func(v *vault.Vault) { load(t, v, filesOf(t, mini())...) })
}

// loadOver brings a vault of the small school to other texts: files that differ are imported, and
// those that are not there any more go.
func loadOver(t testing.TB, v *vault.Vault, texts map[string]string) {
	t.Helper()
	changed, base := map[string]string{}, mini()
	for code, text := range texts {
		if text != base[code] {
			changed[code] = text
		}
	}
	for code := range changed {
		if changed[code] == "" {
			if err := v.Write(context.Background(), withdraw(code)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if files := filesOf(t, changed); len(files) > 0 {
		load(t, v, files...)
	}
}

// file is one that a format reads.
func file(t testing.TB, code, name string, data []byte) vault.File {
	t.Helper()
	for _, list := range [][]record.Format{siecle.Formats(), sts.Formats(), edt.Formats(), udt.Formats(), aaf.Formats(), apogee.Formats()} {
		for _, f := range list {
			if f.Code == code {
				sum := sha256.Sum256(data)
				return vault.File{Format: f, Year: year, SHA256: hex.EncodeToString(sum[:]), Name: name, At: opening, By: "secretariat",
					Fill: func(v record.Visitor) error { return f.Read(bytes.NewReader(data), v) }}
			}
		}
	}
	t.Fatalf("no format %q", code)
	return vault.File{}
}

// sample is one of the shared samples, beside the project.
func sample(t testing.TB, code, path string) vault.File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "samples", path))
	if err != nil {
		t.Skipf("no samples beside the project: %v", err)
	}
	return file(t, code, filepath.Base(path), data)
}

func load(t testing.TB, v *vault.Vault, files ...vault.File) {
	t.Helper()
	if _, err := v.Import(context.Background(), files, nil); err != nil {
		t.Fatal(err)
	}
}

func check(t testing.TB, v *vault.Vault) rule.Report {
	t.Helper()
	r, err := rule.Check(context.Background(), v, year, "direction")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// standing are the findings that ask for something.
func standing(t testing.TB, v *vault.Vault) []rule.Finding {
	t.Helper()
	list, _, err := rule.List(context.Background(), v, year, rule.Filter{States: []rule.State{rule.Open, rule.Back}})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// show writes a finding on a line: severity, rule, message.
func show(f rule.Finding) string {
	s := "W"
	if f.Severity == rule.Blocking {
		s = "B"
	}
	return s + " " + f.Rule + ": " + plain(f.Message)
}

// plain writes French spaces as simple ones.
func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func lines(list []rule.Finding) (out []string) {
	for _, f := range list {
		out = append(out, show(f))
	}
	slices.Sort(out)
	return out
}

// with takes the findings whose line has all the words.
func with(list []rule.Finding, words ...string) (out []rule.Finding) {
	for _, f := range list {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(show(f)+fmt.Sprint(" ", f.A.Value, " ", f.B.Value), w) }) {
			out = append(out, f)
		}
	}
	return out
}

// withdraw takes the last file of a format out of the year, as if it had never come.
func withdraw(format string) func(*vault.Tx) error {
	return func(tx *vault.Tx) error {
		if _, err := tx.Exec("DELETE FROM import WHERE format = ?", format); err != nil {
			return err
		}
		return tx.Consolidate(year)
	}
}

// anySchool reads a file as if it were of the school and year of tests.
func anySchool(f vault.File) func(record.Visitor) error {
	fill := f.Fill
	return func(v record.Visitor) error { return fill(disguised{v}) }
}

type disguised struct{ record.Visitor }

func (d disguised) Head(h record.Head) error {
	h.School, h.Year = school, int(year)
	return d.Visitor.Head(h)
}
