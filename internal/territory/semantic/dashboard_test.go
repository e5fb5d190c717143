package semantic

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"belvedere"
	"belvedere/catalog"
)

func shippedModel(t testing.TB) *belvedere.Model {
	t.Helper()
	m, err := Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestDashboardMistakes wants each mistake of a dashboard told at its place.
func TestDashboardMistakes(t *testing.T) {
	m := shippedModel(t)
	refuse := func(t belvedere.Tile) error {
		if strings.Contains(t.Question, "nope") {
			return errors.New("l’indicateur « nope » est inconnu")
		}
		return nil
	}
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":    {"dashboard: a\ntitle: A\nfilter: [annee]\nwidgets:\n  - {kind: titre, title: T}\n", "a.yaml:3:1"},
		"unknown filter": {"dashboard: a\ntitle: A\nfilters: [annee, nivau]\nwidgets:\n  - {kind: titre, title: T}\n", "a.yaml:3:18"},
		"no title":       {"dashboard: a\nwidgets:\n  - {kind: titre, title: T}\n", "a.yaml:1:1"},
		"no widget":      {"dashboard: a\ntitle: A\n", "au moins un élément"},
		"unknown kind":   {"dashboard: a\ntitle: A\nwidgets:\n  - {kind: camembert, question: x}\n", "a.yaml:4:12"},
		"no question":    {"dashboard: a\ntitle: A\nwidgets:\n  - {kind: chiffre}\n", "question, soit saved"},
		"text asks":      {"dashboard: a\ntitle: A\nwidgets:\n  - {kind: texte, text: x, question: y}\n", "ni question"},
		"wide":           {"dashboard: a\ntitle: A\nwidgets:\n  - {kind: titre, title: x, width: 13}\n", "a.yaml:4:36"},
		"bad question":   {"dashboard: a\ntitle: A\nwidgets:\n  - kind: chiffre\n    question: indicateurs=nope\n", "a.yaml:5:15"},
		"twice":          {"dashboard: a\ntitle: A\nwidgets:\n  - {id: x, kind: titre, title: x}\n  - {id: x, kind: titre, title: x}\n", "a.yaml:5:10"},
		"bad code":       {"dashboard: É A\ntitle: A\nwidgets:\n  - {kind: titre, title: x}\n", "a.yaml:1:12"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := fstest.MapFS{"dashboards/a.yaml": {Data: []byte(c.text)}}
			_, err := LoadDashboards(m, refuse, folder)
			var problems Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if m2, err := Load(catalog.FS, folder); err != nil || m2.Version != m.Version {
				t.Errorf("dashboards changed the model: %v", err)
			}
		})
	}
}

// FuzzDashboard wants what is written to be read back the same, whatever its texts hold.
func FuzzDashboard(f *testing.F) {
	f.Add("Titre", "Texte\nsur deux lignes: \"#\" 'é' \u2028 \U0001F600 {a: b}", "indicateurs=eleves&lignes=niveau")
	f.Add("- a", "\x00\x1f\t\\", "!tag &a *b")
	f.Add(" ", "|", "---\n...")
	m := shippedModel(f)
	f.Fuzz(func(t *testing.T, title, text, question string) {
		clean := func(s string) string { return strings.ToValidUTF8(s, "?") }
		title, text, question = clean(title), clean(text), strings.TrimLeft(clean(question), "?")
		if strings.TrimSpace(title) == "" || strings.TrimSpace(text) == "" || question == "" {
			t.Skip()
		}
		one := &belvedere.Dashboard{Code: "a-1", Title: title, Filters: []string{"annee", "niveau"}, Widgets: []belvedere.Tile{
			{ID: "e1", Kind: belvedere.TextTile, Text: text, Width: 12},
			{ID: "e2", Kind: belvedere.FigureTile, Title: title, Question: question, Width: 3, Height: 2},
			{ID: "e3", Kind: belvedere.ViewTile, Saved: 7, Width: 6},
		}}
		written := WriteDashboard(one)
		got, err := ReadDashboard(m, nil, "a.yaml", written)
		if err != nil {
			if strings.Contains(err.Error(), "caractères") || strings.Contains(err.Error(), "crochets") {
				t.Skip() // beyond the limits of a declaration
			}
			t.Fatalf("%v\n%s", err, written)
		}
		if !reflect.DeepEqual(got, one) {
			t.Fatalf("read %#v\nwant %#v\n%s", got, one, written)
		}
	})
}
