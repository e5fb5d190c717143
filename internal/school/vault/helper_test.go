package vault_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
	"belvedere/internal/source/schoolfile"
)

const school = belvedere.UAI("0999901Z")

// key is that of the vaults of tests.
func key() []byte { return bytes.Repeat([]byte{7}, vault.KeySize) }

// opening is when tests take place.
var opening = time.Date(2026, 9, 15, 10, 0, 0, 0, time.UTC)

func clock() time.Time { return opening }

func open(t testing.TB, dir string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(context.Background(), dir, school, key(), vault.WithClock(clock))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// format is one of those of the readers.
func format(t testing.TB, code string) record.Format {
	t.Helper()
	f := schoolfile.ByCode(code)
	if f == nil {
		t.Fatalf("no format %q", code)
	}
	return *f
}

// content is a file that a format reads.
func content(t testing.TB, code, name string, data []byte) vault.File {
	t.Helper()
	f := format(t, code)
	sum := sha256.Sum256(data)
	return vault.File{Format: f, Year: 2026, SHA256: hex.EncodeToString(sum[:]), Name: name, At: opening, By: "secretariat",
		Fill: func(v record.Visitor) error { return f.Read(bytes.NewReader(data), v) }}
}

// sample is one of the published or constructed files.
func sample(t testing.TB, code, path string) vault.File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "samples", path))
	if err != nil {
		t.Skipf("no samples beside the project: %v", err)
	}
	return content(t, code, filepath.Base(path), data)
}

// constructed are the files of the constructed school, as a school drops them.
func constructed(t testing.TB) []vault.File {
	return []vault.File{
		sample(t, "edt_cours", "constructed/EXP_COURS.xml"),
		sample(t, "siecle_eleves", "constructed/ElevesSansAdresses.xml"),
		sample(t, "siecle_responsables", "constructed/ResponsablesAvecAdresses.xml"),
		sample(t, "emp_sts", "constructed/emp_sts_0999901Z_2026.xml"),
		sample(t, "sts_emp", "constructed/sts_emp_0999901Z_2026.xml"),
	}
}

func load(t testing.TB, v *vault.Vault, files ...vault.File) vault.Outcome {
	t.Helper()
	out, err := v.Import(context.Background(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// table is the answer of a query: a line for a row, fields parted by "|", ∅ for NULL.
func table(t testing.TB, v *vault.Vault, query string, args ...any) string {
	t.Helper()
	var b strings.Builder
	err := v.Read(context.Background(), func(tx *vault.Tx) error {
		columns := width(query)
		return tx.Each(query, args, func(scan func(...any) error) error {
			values := make([]*string, columns)
			into := make([]any, columns)
			for i := range values {
				into[i] = &values[i]
			}
			if err := scan(into...); err != nil {
				return err
			}
			for i, s := range values {
				if i > 0 {
					b.WriteByte('|')
				}
				if s == nil {
					b.WriteString("∅")
				} else {
					b.WriteString(*s)
				}
			}
			b.WriteByte('\n')
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func write(t testing.TB, v *vault.Vault, f func(tx *vault.Tx) error) {
	t.Helper()
	if err := v.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// inYear makes a file say another year than the one it was made with.
func inYear(year int, fill func(record.Visitor) error) func(record.Visitor) error {
	return func(v record.Visitor) error { return fill(yearly{v, year}) }
}

type yearly struct {
	record.Visitor
	year int
}

func (y yearly) Head(h record.Head) error {
	h.Year = y.year
	return y.Visitor.Head(h)
}

// width counts the columns of a query: commas outside parentheses, before its FROM.
func width(query string) int {
	n, depth := 1, 0
	for word := range strings.FieldsSeq(query) {
		if word == "FROM" && depth == 0 {
			break
		}
		for _, c := range word {
			switch {
			case c == '(':
				depth++
			case c == ')':
				depth--
			case c == ',' && depth == 0:
				n++
			}
		}
	}
	return n
}
