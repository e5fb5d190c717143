package semantic_test

import (
	"errors"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/territory/semantic"
)

var update = flag.Bool("update", false, "rewrite the expected files")

// baseCatalog is the small catalogue that every case of testdata/declare starts from.
func baseCatalog(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, f := range readArchive(t, "testdata/declare/base.txtar") {
		out[f.name] = &fstest.MapFile{Data: []byte(f.data)}
	}
	return out
}

// An archiveFile is a part of a text archive: what follows a line "-- name --".
type archiveFile struct{ name, data string }

// readArchive cuts a text archive; the comment before the first file comes first, unnamed.
func readArchive(t testing.TB, path string) []archiveFile {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := []archiveFile{{}}
	for line := range strings.Lines(string(text)) {
		name, found := strings.CutPrefix(line, "-- ")
		if name, closed := strings.CutSuffix(name, " --\n"); found && closed {
			out = append(out, archiveFile{name: name})
			continue
		}
		out[len(out)-1].data += line
	}
	return out
}

// writeArchive is the inverse of readArchive.
func writeArchive(t testing.TB, path string, files []archiveFile) {
	t.Helper()
	var b strings.Builder
	for _, f := range files {
		if f.name != "" {
			b.WriteString("-- " + f.name + " --\n")
		}
		b.WriteString(f.data)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestLoadSays compares all that Load says of each broken catalogue: places, messages, carets.
func TestLoadSays(t *testing.T) {
	cases, err := filepath.Glob("testdata/declare/*.txtar")
	if err != nil || len(cases) < 10 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, want := readArchive(t, path), ""
			if last := len(archive) - 1; archive[last].name == "want" {
				want, archive = archive[last].data, archive[:last]
			}
			got := said(load(t, archive))
			if *update && got != "" {
				writeArchive(t, path, append(archive, archiveFile{"want", got}))
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// load reads the base with the files of a case over it; those under local/ are a deployment's.
func load(t *testing.T, archive []archiveFile) error {
	shipped, local := baseCatalog(t), fstest.MapFS{}
	for _, f := range archive[1:] {
		if name, own := strings.CutPrefix(f.name, "local/"); own {
			local[name] = &fstest.MapFile{Data: []byte(f.data)}
		} else {
			shipped[f.name] = &fstest.MapFile{Data: []byte(f.data)}
		}
	}
	folders := []fs.FS{shipped}
	if len(local) > 0 {
		folders = append(folders, local)
	}
	model, err := semantic.Load(folders...)
	if (model == nil) == (err == nil) {
		t.Errorf("Load gave model %v and error %v", model != nil, err)
	}
	return err
}

// said is an error as text, one line feed at the end; "" when all is well.
func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error() + "\n"
}

// TestLoadLimits: files that no reader could have written are refused before they are parsed,
// and a thousand mistakes do not fill the terminal.
func TestLoadLimits(t *testing.T) {
	for want, text := range map[string]string{
		"le fichier dépasse 1 Mo":           strings.Repeat("a: b\n", 300_000),
		"1:1 : la ligne dépasse 5000":       strings.Repeat("[", 900_000),
		"51:1 : trop de crochets":           strings.Repeat("[\n", 60),
		"et 2899 autres":                    "codes:\n" + strings.Repeat("  - list: a\n", 1000),
		"1:2201 : la clé":                   "{" + strings.Repeat(" ", 2199) + "inconnue: c}",
		"la clé «\u00a0codes\u00a0» manque": "{}",
	} {
		_, err := semantic.Load(fstest.MapFS{"codes/a.yaml": {Data: []byte(text)}})
		if err == nil {
			t.Errorf("%s: loaded", want)
		} else if got := err.Error(); !strings.Contains(got, want) || len(got) > 50_000 {
			t.Errorf("got %d bytes %.300q, want %q", len(got), got, want)
		}
	}
}

// TestLoadReadsFilesAlone: a pipe or a device in the folder would be read for ever.
func TestLoadReadsFilesAlone(t *testing.T) {
	for _, mode := range []fs.FileMode{fs.ModeNamedPipe, fs.ModeDevice | fs.ModeCharDevice} {
		_, err := semantic.Load(fstest.MapFS{"codes/a.yaml": {Data: []byte("codes: []\n"), Mode: mode}})
		if err == nil || !strings.Contains(err.Error(), "codes/a.yaml n’est pas un fichier ordinaire") {
			t.Errorf("%v: %v", mode, err)
		}
	}
}

// TestDetailInherits: a detail carries the recipients, the right, the basis, the millésime and
// the secrecy of its indicator of the annex, or it would show what the whole keeps.
func TestDetailInherits(t *testing.T) {
	m, err := semantic.Load(baseCatalog(t))
	if err != nil {
		t.Fatal(err)
	}
	got, whole := m.Indicator("internes_6eme"), m.Indicator("internat")
	for name, pair := range map[string][2]any{
		"recipients": {got.Recipients, whole.Recipients}, "school only": {got.SchoolOnly, true},
		"widget": {got.Widget, "moyens.eleves"}, "basis": {got.LegalBasis, whole.LegalBasis},
		"since": {got.SinceYear, belvedere.SchoolYear(2010)}, "secrecy": {got.Secrecy, "5"},
		"theme": {got.Theme, "moyens"}, "applicable": {got.Applicable, "internat"},
		"number": {got.Number, 0}, "of": {got.Of, 2}, "annexed": {got.Annexed, false},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %v, want %v", name, pair[0], pair[1])
		}
	}
}

// TestVersion: the version names the declarations, so a receipt can tell two of them apart.
func TestVersion(t *testing.T) {
	version := func(change func(fstest.MapFS)) string {
		folder := baseCatalog(t)
		change(folder)
		m, err := semantic.Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		return m.Version
	}
	same := version(func(fstest.MapFS) {})
	if again := version(func(f fstest.MapFS) { f["README.md"] = &fstest.MapFile{Data: []byte("x")} }); again != same || same == "" {
		t.Errorf("a file that declares nothing changed the version: %q, %q", same, again)
	}
	other := version(func(f fstest.MapFS) {
		one := *f["indicators/moyens.yaml"]
		one.Data = []byte(strings.Replace(string(one.Data), "effectifs.internes[niveau=6eme]", "effectifs.internes[niveau=5eme]", 1))
		f["indicators/moyens.yaml"] = &one
	})
	if other == same {
		t.Error("another expression kept the version")
	}
}

// TestShippedCatalogue loads what is embedded and counts what the design promises.
func TestShippedCatalogue(t *testing.T) {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	annexed, alone := 0, []int{}
	for _, i := range m.Indicators {
		if i.Annexed {
			annexed++
			if i.SchoolOnly {
				alone = append(alone, i.Number)
			}
		}
		if i.Theme == "connexions" || i.Theme == "comptes" {
			if i.Widget != "" {
				t.Errorf("%s needs the right %s: accounts and connections are open to all", i.Code, i.Widget)
			}
		} else if i.Widget == "" && len(i.Members) == 0 {
			t.Errorf("%s is open to all", i.Code)
		}
	}
	if annexed != 80 {
		t.Errorf("%d indicators of the annex, want 80", annexed)
	}
	if diff := cmp.Diff([]int{28, 29, 30, 31, 32, 35}, alone); diff != "" {
		t.Errorf("indicators for schools alone: %s", diff)
	}
}

// TestPagesOfTheConsole: the pages of the console with their tables, as its manual lists them.
func TestPagesOfTheConsole(t *testing.T) {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{ // tables of each page
		"/": 1, "/connexions/synthese": 1, "/connexions/par-etablissement": 3, "/connexions/suivi-journalier": 0, "/connexions/heure-par-heure": 0,
		"/moyens/synthese": 2, "/moyens/par-etablissement": 1, "/moyens/details-par-niveaux": 3, "/moyens/indice-social": 1,
		"/social/synthese": 0, "/social/par-etablissement": 3, "/social/details-par-niveaux": 9,
		"/scolarite/synthese": 0, "/scolarite/par-etablissement": 4, "/scolarite/details-par-niveaux": 18,
		"/communications/synthese": 0, "/communications/par-etablissement": 1, "/travaux/synthese": 0, "/travaux/par-etablissement": 1,
		"/superieur/inscriptions": 5, "/superieur/reussite": 5, "/superieur/abandons": 3, "/superieur/heures": 4, "/superieur/budget": 4,
		"/superieur/personnels": 5, "/superieur/mobilite": 3, "/superieur/plateforme": 3, "/superieur/operateurs": 2,
	}
	got := map[string]int{}
	for _, p := range m.Pages {
		got[p.Path] = 0
		for _, b := range p.Blocks {
			if b.Table != nil {
				got[p.Path]++
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var sections []string
	for _, s := range m.Sections {
		sections = append(sections, s.Label+" "+s.Path)
	}
	if diff := cmp.Diff([]string{"Accueil /", "Connexions /connexions/synthese", "Moyens généraux /moyens/synthese", "Social /social/synthese",
		"Scolarité /scolarite/synthese", "Communications /communications/synthese", "Demandes de travaux /travaux/synthese", "Enseignement supérieur /superieur/inscriptions"}, sections); diff != "" {
		t.Errorf("sections: %s", diff)
	}
}

// FuzzLoad: whatever a declaration file holds, Load answers with a model or with mistakes that
// have a place, and never panics.
func FuzzLoad(f *testing.F) {
	base := baseCatalog(f)
	for _, folder := range []string{"codes/x.yaml", "datasets/x.yaml", "indicators/x.yaml", "pages/x.yaml", "forms/x.yaml", "catalog.yaml"} {
		for name, file := range base {
			if filepath.Dir(name) == filepath.Dir(folder) {
				f.Add(folder, file.Data)
			}
		}
		f.Add(folder, []byte("a: &a [*a, !!x {<<: *a}]\n? {b: c}\n: |\n  d\n"))
		f.Add(folder, []byte("\ufeffcodes:\r\n- list: \"\\u0000\"\n"))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if !fs.ValidPath(name) || name == "." || len(data) > 1<<16 {
			return
		}
		folder := maps.Clone(base)
		folder[name] = &fstest.MapFile{Data: data}
		m, err := semantic.Load(folder)
		if (m == nil) == (err == nil) {
			t.Fatalf("model %v, error %v", m != nil, err)
		}
		var problems semantic.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("not a list of problems: %v", err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("problem without a place: %+v", p)
			}
			_ = p.String()
		}
	})
}
