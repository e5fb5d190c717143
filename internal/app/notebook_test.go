package app_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"belvedere/internal/app"
	"belvedere/internal/registry"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// A grid is a file read back: by line ("code|code") and column, the value, or the state where there is none.
type grid map[string]map[string]string

func (g grid) put(keys []string, column, value, state string) {
	line := strings.Join(keys, "|")
	if g[line] == nil {
		g[line] = map[string]string{}
	}
	if value == "" {
		value = state
	}
	g[line][column] = value
}

// number writes a number as all files of a grid do.
func numeral(v float64) string { return strconv.FormatFloat(v, 'g', 12, 64) }

// readers read each format into a grid; dims is how many dimensions lines have.
var readers = map[string]func(t *testing.T, a *app.App, body string, dims int) grid{
	"json": func(t *testing.T, _ *app.App, body string, _ int) grid {
		var file struct {
			Columns []struct {
				Key string `json:"cle"`
			} `json:"colonnes"`
			Lines []struct {
				Keys []struct {
					Code string `json:"code"`
				} `json:"cles"`
				Cells []struct {
					State string   `json:"etat"`
					Value *float64 `json:"valeur"`
				} `json:"cellules"`
			} `json:"lignes"`
		}
		if err := json.Unmarshal([]byte(body), &file); err != nil {
			t.Fatal(err)
		}
		g := grid{}
		for _, l := range file.Lines {
			var keys []string
			for _, k := range l.Keys {
				keys = append(keys, k.Code)
			}
			for i, c := range l.Cells {
				value := ""
				if c.Value != nil {
					value = numeral(*c.Value)
				}
				g.put(keys, file.Columns[i].Key, value, c.State)
			}
		}
		return g
	},
	"arrow": func(t *testing.T, _ *app.App, body string, dims int) grid {
		r, err := ipc.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		meta := r.Schema().Metadata()
		if code, ok := meta.GetValue("recu"); !ok || code == "" {
			t.Error("the stream names no receipt")
		}
		g := grid{}
		for r.Next() {
			arrowLines(g, r.RecordBatch(), dims)
		}
		return g
	},
	"parquet": func(t *testing.T, a *app.App, body string, dims int) grid {
		path := filepath.Join(a.Config.Landing(), "essai.parquet")
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(path)
		var names []string
		g := grid{}
		err := a.Engine.ReadParquet(t.Context(), path, func(head []string) error { names = head; return nil }, func(_ int64, row [][]byte) error {
			var keys []string
			for i := range dims {
				keys = append(keys, string(row[2*i]))
			}
			for i := 2 * dims; i < len(row); i += 2 {
				value := ""
				if len(row[i]) > 0 {
					v, err := strconv.ParseFloat(string(row[i]), 64)
					if err != nil {
						return err
					}
					value = numeral(v)
				}
				g.put(keys, names[i], value, string(row[i+1]))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return g
	},
	"sdmx-csv": func(t *testing.T, _ *app.App, body string, dims int) grid {
		all, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		g := grid{}
		at := func(name string) int { return slices.Index(all[0], name) }
		words := map[string]string{"QC": "secret", "QN": "non_communique", "OF": "en_attente", "LF": "non_disponible", "MF": "sans_objet"}
		for _, row := range all[1:] {
			value := ""
			if text := row[at("OBS_VALUE")]; text != "" {
				v, err := strconv.ParseFloat(text, 64)
				if err != nil {
					t.Fatal(err)
				}
				value = numeral(v)
			}
			g.put(row[3:3+dims], row[at("INDICATEUR")], value, words[row[at("OBS_STATUS")]+row[at("CONF_STATUS")]])
		}
		return g
	},
	"geojson": func(t *testing.T, _ *app.App, body string, _ int) grid {
		var file struct {
			Receipt  string `json:"recu"`
			Features []struct {
				ID         string         `json:"id"`
				Geometry   map[string]any `json:"geometry"`
				Properties map[string]any `json:"properties"`
			} `json:"features"`
		}
		if err := json.Unmarshal([]byte(body), &file); err != nil || file.Receipt == "" {
			t.Fatalf("receipt %q, %v", file.Receipt, err)
		}
		g := grid{}
		for _, f := range file.Features {
			for name, v := range f.Properties {
				if state, ok := f.Properties[name+"_etat"].(string); ok {
					value := ""
					if n, ok := v.(float64); ok {
						value = numeral(n)
					}
					g.put(strings.Split(f.ID, "|"), name, value, state)
				}
			}
		}
		return g
	},
}

func arrowLines(g grid, batch arrow.RecordBatch, dims int) {
	text := func(column int, row int) string { return batch.Column(column).(*array.String).Value(row) }
	for row := range int(batch.NumRows()) {
		var keys []string
		for i := range dims {
			keys = append(keys, text(2*i, row))
		}
		for i := 2 * dims; i < int(batch.NumCols()); i += 2 {
			value := ""
			if c := batch.Column(i).(*array.Float64); c.IsValid(row) {
				value = numeral(c.Value(row))
			}
			g.put(keys, batch.ColumnName(i), value, text(i+1, row))
		}
	}
}

// TestNotebookFormats asks one question in each format, with figures that are withheld: every cell is the
// same in all of them, and so are its states.
func TestNotebookFormats(t *testing.T) {
	a := openOn(t, t.TempDir(), "")
	agree(t, a, registry.Agreement{AllThemes: true})
	pupils := newRoll(rand.New(rand.NewPCG(4, 4)))
	place := strings.ReplaceAll(rollRegister(), ";secteur\n", ";secteur;latitude;longitude\n")
	place = strings.ReplaceAll(strings.ReplaceAll(place, ";public\n", ";public;48.1;-1.6\n"), ";prive\n", ";prive;;\n")
	edition(t, a, map[string]string{"etablissements": place, "effectifs": pupils.file("2025-10-01", rollSchools...), "structures": classesWithout(rollSchools[2])})
	s := site(t, a)
	for _, c := range []struct {
		address string
		dims    int
	}{
		{"/api/v1/donnees?indicateurs=eleves,filles_taux,classes&par=etablissement,niveau&annee=2025", 2},
		{"/api/v1/jeux/effectifs/donnees?annee=2025&par=etablissement,niveau", 2},
		{"/api/v1/donnees?par=etablissement&annee=2025&formule=" + "100*eleves%5Bniveau=6eme_segpa%5D/eleves", 1},
	} {
		_, body := call(t, "GET", s.URL+c.address+"&format=json", "", machine(a)...)
		want := readers["json"](t, a, body, c.dims)
		text := fmt.Sprint(want)
		if len(want) < 5 || !strings.Contains(text, "secret") {
			t.Fatalf("%s: too little to compare: %.300s", c.address, text)
		}
		for format, read := range readers {
			res, body := call(t, "GET", s.URL+c.address+"&format="+format, "", machine(a)...)
			if res.StatusCode != http.StatusOK {
				t.Fatalf("%s %s: %s %.200s", c.address, format, res.Status, body)
			}
			if got := read(t, a, body, c.dims); fmt.Sprint(got) != text {
				t.Errorf("%s as %s\n%v\nwant\n%v", c.address, format, got, want)
			}
		}
		_, file := call(t, "GET", s.URL+c.address+"&format=csv", "", machine(a)...)
		for line, cells := range want { // CSV heads its columns by words: its numbers must all be there
			for _, v := range cells {
				if _, err := strconv.ParseFloat(v, 64); err == nil && !strings.Contains(file, strings.TrimSuffix(v, ".0")[:min(8, len(v))]) {
					t.Errorf("%s: the CSV lacks %s of %s", c.address, v, line)
				}
			}
		}
		first, _ := call(t, "GET", s.URL+c.address+"&format=csv", "", machine(a)...)
		again, none := call(t, "GET", s.URL+c.address+"&format=csv", "", append(machine(a), "If-None-Match", first.Header.Get("ETag"))...)
		if first.Header.Get("ETag") == "" || again.StatusCode != http.StatusNotModified || none != "" {
			t.Errorf("%s: ETag %q, then %s", c.address, first.Header.Get("ETag"), again.Status)
		}
	}
	if res, body := call(t, "GET", s.URL+"/api/v1/donnees?indicateurs=eleves&par=niveau&annee=2025&format=geojson", "", machine(a)...); res.StatusCode != http.StatusBadRequest {
		t.Errorf("places without schools: %s %.100s", res.Status, body)
	}
}

// TestNotebookPages reads a dataset page by page while new editions come: every line once, those of the
// edition of the first page.
func TestNotebookPages(t *testing.T) {
	a := openOn(t, t.TempDir(), "")
	agree(t, a, registry.Agreement{AllThemes: true})
	pupils := newRoll(rand.New(rand.NewPCG(8, 8)))
	edition(t, a, map[string]string{"etablissements": rollRegister(), "effectifs": pupils.file("2025-10-01", rollSchools...)})
	s := site(t, a)
	const address = "/api/v1/jeux/effectifs/donnees?annee=2025"
	_, body := call(t, "GET", s.URL+address, "", machine(a)...)
	want := readers["json"](t, a, body, 4)
	got, next, pages := grid{}, s.URL+address+"&limite=7", 0
	for next != "" {
		res, body := call(t, "GET", next, "", machine(a)...)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("page %d: %s %.200s", pages, res.Status, body)
		}
		for line, cells := range readers["json"](t, a, body, 4) {
			if got[line] != nil {
				t.Errorf("%s comes twice", line)
			}
			got[line] = cells
		}
		link := res.Header.Get("Link")
		if next = ""; link != "" {
			next = s.URL + link[1:strings.Index(link, ">")]
		}
		if pages++; pages == 2 { // a school leaves, another grows
			more := newRoll(rand.New(rand.NewPCG(9, 9)))
			edition(t, a, map[string]string{"effectifs": more.file("2025-11-03", rollSchools[:3]...)})
		}
	}
	if pages < 3 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d pages hold %d lines, want %d", pages, len(got), len(want))
	}
	for _, bad := range []string{"abc", "e30", strings.Repeat("A", 2000)} {
		if res, _ := call(t, "GET", s.URL+address+"&curseur="+bad, "", machine(a)...); res.StatusCode != http.StatusBadRequest {
			t.Errorf("cursor %.20q: %s", bad, res.Status)
		}
	}
}

// TestNotebookCatalogue reads the catalogue as JSON-LD and Turtle: each dataset with its files and periods.
func TestNotebookCatalogue(t *testing.T) {
	a := openOn(t, t.TempDir(), "")
	agree(t, a, registry.Agreement{AllThemes: true})
	edition(t, a, map[string]string{"etablissements": rollRegister(), "effectifs": newRoll(rand.New(rand.NewPCG(1, 1))).file("2025-10-01", rollSchools...)})
	s := site(t, a)
	var file struct {
		Datasets []struct {
			ID       string           `json:"dct:identifier"`
			Files    []map[string]any `json:"dcat:distribution"`
			Temporal map[string]any   `json:"dct:temporal"`
		} `json:"dcat:dataset"`
	}
	_, body := call(t, "GET", s.URL+"/api/v1/catalogue.jsonld", "", machine(a)...)
	if err := json.NewDecoder(bytes.NewReader([]byte(body))).Decode(&file); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, d := range file.Datasets {
		if d.ID == "effectifs" {
			found = len(d.Files) == 6 && d.Temporal != nil
		}
	}
	if !found || len(file.Datasets) < 10 {
		t.Errorf("%d datasets, effectifs whole: %v", len(file.Datasets), found)
	}
	res, turtle := call(t, "GET", s.URL+"/api/v1/catalogue.ttl", "", machine(a)...)
	if res.StatusCode != http.StatusOK || strings.Count(turtle, "a dcat:Dataset") != len(file.Datasets) {
		t.Errorf("%s, %d datasets in Turtle", res.Status, strings.Count(turtle, "a dcat:Dataset"))
	}
	_, list := call(t, "GET", s.URL+"/api/v1/jeux", "", machine(a)...)
	if !strings.Contains(list, `"jeu": "effectifs"`) || !strings.Contains(list, "/api/v1/jeux/effectifs/donnees") {
		t.Errorf("datasets: %.300s", list)
	}
}
