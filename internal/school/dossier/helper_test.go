package dossier_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
	"belvedere/internal/territory/semantic"
)

const school = belvedere.UAI("0350937D")

var model = sync.OnceValue(func() *belvedere.Model {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		panic(err)
	}
	return m
})

var shipped = sync.OnceValue(func() *dossier.Catalog {
	c, err := dossier.Load(model(), catalog.FS)
	if err != nil {
		panic(err)
	}
	return c
})

// A desk is the service over one vault.
type desk struct {
	*dossier.Service
	v *vault.Vault
}

func (d *desk) Vault(context.Context, belvedere.UAI, bool) (*vault.Vault, error) { return d.v, nil }
func (d *desk) List() ([]belvedere.UAI, error)                                   { return []belvedere.UAI{school}, nil }

var now = time.Date(2026, 11, 14, 9, 0, 0, 0, time.UTC)

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{}
	var err error
	clock := func() time.Time { return now }
	if d.v, err = vault.Open(context.Background(), t.TempDir(), school, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(clock)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.v.Close() })
	d.Service = dossier.New(dossier.Config{Vaults: d, Catalog: shipped(), Now: clock})
	return d
}

// The people of the tests.
var (
	operator  = belvedere.Viewer{Login: "operateur", Kind: belvedere.Operator}
	registrar = belvedere.Viewer{ID: 3, Login: "scolarite", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}}}
)

// granted is the registrar with a grant of extracts.
func granted(level belvedere.Level) belvedere.Viewer {
	v := registrar
	v.Grants = []belvedere.Grant{{Capability: belvedere.Extractor, Level: level, Schools: []belvedere.UAI{school}}}
	return v
}

// file is a file in memory.
func file(name, text string) dossier.File {
	return dossier.File{Name: name, Data: strings.NewReader(text), Size: int64(len(text))}
}

// rows makes a batch of rows of a kind: "column=value" each.
func rows(kind string, lines ...string) dossier.Batch {
	k := shipped().Kinds.Kind(kind)
	text := strings.Join(lines, "\n")
	return dossier.Batch{Files: []dossier.File{file(kind+".csv", text)}, Mapping: "test", Fill: func(into dossier.Sink) error {
		for i, line := range lines {
			cells := make([]string, len(k.Columns))
			for _, one := range strings.Split(line, ";") {
				name, value, _ := strings.Cut(one, "=")
				for j, c := range k.Columns {
					if c.Name == strings.TrimSpace(name) {
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
}

func load(t testing.TB, d *desk, b dossier.Batch) dossier.Report {
	t.Helper()
	r, err := d.Import(context.Background(), registrar, school, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
