package pseudonym_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/export"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/school/vault"
	"belvedere/internal/territory/semantic"
)

const school = belvedere.UAI("0350937D")

var now = time.Date(2026, 11, 14, 9, 0, 0, 0, time.UTC)

var shipped = sync.OnceValue(func() *dossier.Catalog {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		panic(err)
	}
	c, err := dossier.Load(m, catalog.FS)
	if err != nil {
		panic(err)
	}
	return c
})

// A desk is the rows of a school and the service over them.
type desk struct {
	*pseudonym.Service
	files *dossier.Service
	v     *vault.Vault
}

func (d *desk) Vault(context.Context, belvedere.UAI, bool) (*vault.Vault, error) { return d.v, nil }
func (d *desk) List() ([]belvedere.UAI, error)                                   { return []belvedere.UAI{school}, nil }

// newDesk makes one whose passes hold a few rows.
func newDesk(t testing.TB, chunk int) *desk {
	t.Helper()
	d := &desk{}
	var err error
	clock := func() time.Time { return now }
	if d.v, err = vault.Open(context.Background(), t.TempDir(), school, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(clock)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.v.Close() })
	d.files = dossier.New(dossier.Config{Vaults: d, Catalog: shipped(), Now: clock})
	d.Service = pseudonym.New(pseudonym.Config{Source: d.files, Now: clock, Chunk: chunk})
	return d
}

// staff works in the school, with a grant of a level; "" for none.
func staff(level belvedere.Level) belvedere.Viewer {
	v := belvedere.Viewer{ID: 3, Login: "scolarite", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}}}
	if level != "" {
		v.Grants = []belvedere.Grant{{ID: 8, Capability: belvedere.Extractor, Level: level, Schools: []belvedere.UAI{school}}}
	}
	return v
}

// fill imports rows of a kind: "column=value;…" each.
func (d *desk) fill(t testing.TB, kind string, lines []string) {
	t.Helper()
	k := shipped().Kinds.Kind(kind)
	text := strings.Join(lines, "\n")
	b := dossier.Batch{Files: []dossier.File{{Name: kind + ".csv", Data: strings.NewReader(text), Size: int64(len(text))}}, Mapping: "test", Fill: func(into dossier.Sink) error {
		for i, line := range lines {
			cells := make([]string, len(k.Columns))
			for _, one := range strings.Split(line, ";") {
				name, value, _ := strings.Cut(one, "=")
				for j, c := range k.Columns {
					if c.Name == name {
						cells[j] = value
					}
				}
			}
			if err := into.Row(k, dossier.Place{File: kind + ".csv", Line: int64(i + 2)}, cells); err != nil {
				return err
			}
		}
		return nil
	}}
	if _, err := d.files.Import(context.Background(), staff(""), school, b); err != nil {
		t.Fatal(err)
	}
}

// A canary is a value of a column that names people: none may be in what leaves under pseudonyms.
func canary(column string, i int) string {
	return fmt.Sprintf("CANARI%s%04d", strings.ToUpper(column), i)
}

// students are so many, most with a row for each of two years.
func students(n int) (lines []string) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		who := fmt.Sprintf("nip=99%05d;nom=%s;prenom=%s;ine=%s;mel=%s@exemple.fr;naissance=%04d-%02d-%02d;handicap=%s;sexe=%s", i, canary("nom", i),
			canary("prenom", i), canary("ine", i), canary("mel", i), 1998+r.IntN(9), 1+r.IntN(12), 1+r.IntN(28), canary("handicap", i), []string{"F", "M"}[r.IntN(2)])
		for year := 2024; year <= 2025; year++ {
			if year == 2025 || r.IntN(4) > 0 {
				lines = append(lines, fmt.Sprintf("annee=%d;etape=E%d;region=R%d;inscrit_le=%d-09-%02d;%s", year, r.IntN(6), r.IntN(4), year, 1+r.IntN(20), who))
			}
		}
	}
	return lines
}

// order takes all that a level opens of registrations.
func (d *desk) order(t testing.TB, who belvedere.Viewer, names bool) pseudonym.Order {
	t.Helper()
	kinds, _ := d.Kinds(who, school)
	for _, k := range kinds {
		if k.Name == "inscriptions" {
			o := pseudonym.Order{School: school, Kind: k.Name, Names: names}
			for _, c := range k.Columns {
				o.Columns = append(o.Columns, c.Name)
			}
			return o
		}
	}
	t.Fatal("no kind of registrations")
	return pseudonym.Order{}
}

// read makes an extract and gives its rows, the pseudonym first.
func (d *desk) read(t testing.TB, who belvedere.Viewer, o pseudonym.Order, namer pseudonym.Namer) (export.Sheet, [][]any) {
	t.Helper()
	sheet, _, err := d.Sheet(context.Background(), who, o, namer)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	if err := sheet.Rows(func(row []any) error { rows = append(rows, append([]any(nil), row...)); return nil }); err != nil {
		t.Fatal(err)
	}
	return sheet, rows
}

func namer(n byte) pseudonym.Namer {
	return pseudonym.NewNamer(bytes.Repeat([]byte{n}, 32), bytes.Repeat([]byte{99}, 32), fmt.Sprintf("X%d", n))
}
