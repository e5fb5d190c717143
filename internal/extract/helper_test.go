package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/extract"
	"belvedere/internal/extract/lockedzip"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/school/vault"
	"belvedere/internal/secret"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

const school = belvedere.UAI("0350937D")

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

// A house is the service over a registry, a vault and made-up totals.
type house struct {
	*extract.Service
	registry registry.Registry
	files    *dossier.Service
	v        *vault.Vault
	folder   string

	mu      sync.Mutex
	now     time.Time
	viewers map[int64]belvedere.Viewer // what accounts may
	letters []mail.Message
	entries []registry.Entry
	totals  func(e report.Explore) (*report.ExploreResult, error)
}

func (h *house) Vault(context.Context, belvedere.UAI, bool) (*vault.Vault, error) { return h.v, nil }
func (h *house) List() ([]belvedere.UAI, error)                                   { return []belvedere.UAI{school}, nil }

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// The journal, the mails and the totals of the tests.
func (h *house) Record(_ context.Context, e registry.Entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.entries = append(h.entries, e)
	return nil
}

func (h *house) Perimeter(context.Context, []belvedere.UAI, bool) (string, error) { return "p", nil }

func (h *house) Send(_ context.Context, m mail.Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.letters = append(h.letters, m)
	return nil
}

func (h *house) Explore(_ context.Context, _ belvedere.Viewer, e report.Explore) (*report.ExploreResult, error) {
	return h.totals(e)
}

func (h *house) ExploreDims(context.Context, []report.ExploreColumn) ([]report.ExploreDim, error) {
	return nil, nil
}

func (h *house) Edition(context.Context, int) (belvedere.Edition, error) {
	return belvedere.Edition{Number: 3, Published: h.clock().Add(-time.Hour)}, nil
}

// counts are three lines of made-up figures.
func counts(report.Explore) (*report.ExploreResult, error) {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{{Name: "niveau", Label: "Niveau"}},
		Columns: []belvedere.ResultColumn{{QueryColumn: belvedere.QueryColumn{Key: "inscrits", Label: "Inscrits"}}},
		Receipt: belvedere.Receipt{Code: "7KQ2-M9XD"}, Edition: belvedere.Edition{Number: 3}}
	for i, code := range []string{"L1", "L2", "L3"} {
		r.Rows = append(r.Rows, belvedere.ResultRow{Keys: []belvedere.Key{{Code: code, Label: "Licence " + code}}, Cells: []belvedere.Cell{{Value: float64(100 + i)}}})
	}
	r.Rows[2].Cells[0] = belvedere.Cell{State: belvedere.Secret, Value: 3}
	return &report.ExploreResult{Result: r, Sentence: report.Sentence{{Text: "Inscrits par niveau"}}, Heading: belvedere.Heading{Title: "Inscrits par niveau"}}, nil
}

func newHouse(t testing.TB, change ...func(*extract.Config)) *house {
	t.Helper()
	return houseIn(t, t.TempDir(), change...)
}

// houseIn makes one in a folder, or opens it again.
func houseIn(t testing.TB, dir string, change ...func(*extract.Config)) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{folder: filepath.Join(dir, "extraits"), now: time.Date(2026, 11, 14, 9, 0, 0, 0, time.UTC), viewers: map[int64]belvedere.Viewer{}, totals: counts}
	var err error
	if h.registry, err = registry.Open(ctx, filepath.Join(dir, "r.sqlite")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.registry.Close() })
	if h.v, err = vault.Open(ctx, t.TempDir(), school, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(h.clock)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.v.Close() })
	keys, err := secret.Load(filepath.Join(dir, "cles.json"))
	if err != nil {
		t.Fatal(err)
	}
	h.files = dossier.New(dossier.Config{Vaults: h, Catalog: shipped(), Now: h.clock})
	c := extract.Config{Registry: h.registry, Reports: func() extract.Reports { return h }, People: pseudonym.New(pseudonym.Config{Source: h.files, Now: h.clock, Chunk: 128}),
		Viewer: func(_ context.Context, a registry.Account) (belvedere.Viewer, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			if v, ok := h.viewers[a.ID]; ok {
				return v, nil
			}
			return inTheSchool(a, belvedere.Totals), nil // of a house that another process opened
		},
		Keys: keys, Folder: h.folder, Mail: h, Console: func(context.Context) mail.Console { return mail.Console{URL: "https://console.exemple.fr"} }, Journal: h,
		Zone: time.FixedZone("Europe/Paris", 3600), Now: h.clock, Errors: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&c)
	}
	h.Service = extract.New(c)
	return h
}

// staff adds an account of the school with a grant of a level, and gives it as one who signed in.
func (h *house) staff(t testing.TB, name string, level belvedere.Level) belvedere.Viewer {
	t.Helper()
	ctx := context.Background()
	a, err := h.registry.CreateAccount(ctx, registry.Account{FirstName: "Paule", LastName: name, Login: "Paule@" + name, Email: name + "@exemple.fr", Place: registry.InSchool,
		State: registry.Active, Created: h.clock(), EmailConfirmed: h.clock(), Schools: []belvedere.UAI{school}})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.registry.SetTOTP(ctx, a.ID, "scellé"); err != nil {
		t.Fatal(err)
	}
	v := inTheSchool(a, level)
	h.may(v)
	return v
}

// may sets what an account may from now on.
func (h *house) may(v belvedere.Viewer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.viewers[v.ID] = v
}

// auditor adds a data protection officer.
func (h *house) auditor(t testing.TB) belvedere.Viewer {
	t.Helper()
	a, err := h.registry.CreateAccount(context.Background(), registry.Account{FirstName: "Dora", LastName: "Pérot", Login: "Dora@PEROT", Email: "dpo@exemple.fr", Place: registry.InTerritory,
		State: registry.Active, Auditor: true, Created: h.clock(), EmailConfirmed: h.clock()})
	if err != nil {
		t.Fatal(err)
	}
	return belvedere.Viewer{ID: a.ID, Login: a.Login, Kind: belvedere.AccountViewer, Auditor: true, Strong: true}
}

// students imports so many registrations, with names that must not leave.
func (h *house) students(t testing.TB, n int) {
	t.Helper()
	k := shipped().Kinds.Kind("inscriptions")
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("annee=2025;nip=99%05d;nom=CANARI%d;prenom=CANARI;naissance=2004-03-%02d;etape=E%d;sexe=F", i, i, 1+i%28, i%5))
	}
	text := strings.Join(lines, "\n")
	b := dossier.Batch{Files: []dossier.File{{Name: "i.csv", Data: strings.NewReader(text), Size: int64(len(text))}}, Mapping: "test", Fill: func(into dossier.Sink) error {
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
			if err := into.Row(k, dossier.Place{File: "i.csv", Line: int64(i + 2)}, cells); err != nil {
				return err
			}
		}
		return nil
	}}
	who := belvedere.Viewer{ID: 99, Login: "scolarite", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}}}
	if _, err := h.files.Import(context.Background(), who, school, b); err != nil {
		t.Fatal(err)
	}
}

// persons asks for rows of registrations.
func persons(names bool) extract.Spec {
	x := extract.Spec{Kind: extract.Persons, Purpose: "Enquête sur l’insertion", Basis: "mission", Recipients: "Observatoire", Days: 30, Format: "csv",
		Order: pseudonym.Order{School: school, Kind: "inscriptions", Columns: []string{"annee", "etape", "sexe", "naissance"}, Names: names}}
	if names {
		x.Order.Columns = append(x.Order.Columns, "nom")
	}
	return x
}

// figures asks for totals.
func figures() extract.Spec {
	return extract.Spec{Kind: extract.Totals, State: url.Values{"indicateurs": {"inscrits"}, "lignes": {"niveau"}}.Encode(), Purpose: "Rapport d’activité", Basis: "mission",
		Recipients: "Direction", Days: 365, Format: "xlsx"}
}

// asked asks for an extract and gives its number.
func (h *house) asked(t testing.TB, v belvedere.Viewer, x extract.Spec) int64 {
	t.Helper()
	ctx := context.Background()
	e, err := h.Draft(ctx, v, x)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ask(ctx, v, e.ID, true); err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// made asks for an extract and has it made.
func (h *house) made(t testing.TB, v belvedere.Viewer, x extract.Spec) registry.Extract {
	t.Helper()
	id := h.asked(t, v, x)
	if done, err := h.RunOnce(context.Background()); err != nil || !done {
		t.Fatal(done, err)
	}
	return h.of(t, id)
}

func (h *house) of(t testing.TB, id int64) registry.Extract {
	t.Helper()
	e, err := h.registry.Extract(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// taken is the file of an extract as someone takes it.
func (h *house) taken(t testing.TB, v belvedere.Viewer, id int64) []byte {
	t.Helper()
	_, d, err := h.Take(context.Background(), v, id)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	body, err := io.ReadAll(d)
	if err != nil || int64(len(body)) != d.Size {
		t.Fatal(len(body), d.Size, err)
	}
	return body
}

// held are the files of the folder.
func (h *house) held(t testing.TB) (names []string) {
	t.Helper()
	list, err := os.ReadDir(h.folder)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, one := range list {
		names = append(names, one.Name())
	}
	return names
}

// opened gives the size of the first member of a locked archive.
func opened(t testing.TB, body []byte, phrase string) int {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := lockedzip.Open(z.File[0], phrase)
	if err != nil {
		t.Error(err)
	}
	return len(text)
}

// inTheSchool is an account of the school with a grant of a level, as one who signed in.
func inTheSchool(a registry.Account, level belvedere.Level) belvedere.Viewer {
	v := belvedere.Viewer{ID: a.ID, Login: a.Login, Name: a.Name(), Kind: belvedere.AccountViewer, School: true, Strong: true,
		Scope: belvedere.Scope{Own: []belvedere.UAI{school}, Schools: []belvedere.UAI{school}, AllWidgets: true, Fingerprint: "droits-1"}}
	if level != "" {
		v.Grants = []belvedere.Grant{{ID: 8, Capability: belvedere.Extractor, Level: level, Schools: []belvedere.UAI{school}}}
	}
	return v
}
