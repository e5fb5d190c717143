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
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/aaf"
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

func open(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := vault.Open(context.Background(), t.TempDir(), school, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(func() time.Time { return opening }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// file is one that a format reads.
func file(t testing.TB, code, name string, data []byte) vault.File {
	t.Helper()
	for _, list := range [][]record.Format{siecle.Formats(), sts.Formats(), edt.Formats(), udt.Formats(), aaf.Formats()} {
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
