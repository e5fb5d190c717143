package chart

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"belvedere"
)

var (
	sheet = flag.String("sheet", "", "write a contact sheet of all charts to this HTML file")
	look  = flag.String("look", "look.css", "address of the style sheet of the look, for -sheet")
)

// TestSheet draws every chart on one page, for eyes: go test -run Sheet -sheet /tmp/charts.html -look file:///…/look.css
func TestSheet(t *testing.T) {
	if *sheet == "" {
		t.Skip("no -sheet")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Graphiques</title><link rel="stylesheet" href="%s"><style>%s</style></head><body><main class="main"><h1>Graphiques <span>tous les genres</span></h1>`, *look, CSS)
	list := append(samples(), realSamples(t)...)
	for i, s := range list {
		open, end := "", ""
		if s.kind == KindLines || s.kind == KindBars || s.kind == KindStacked {
			if i%2 == 0 {
				open = `<div class="columns">`
			} else {
				end = "</div>"
			}
		}
		s.options.ID = s.name
		fmt.Fprintf(&b, `%s<section class="section"><div class="section-head"><div><h2>%s</h2><p>%s</p></div></div>%s</section>%s`, open, html.EscapeString(s.options.Title), s.kind, render(t, s.kind, s.result, s.options), end)
	}
	b.WriteString(`<section class="section"><div class="section-head"><h2>Tendances</h2></div><div class="strip">`)
	for i, pts := range [][]Point{{{"2020-2021", val(3)}, {"2021-2022", val(4)}, {"2022-2023", val(2)}, {"2023-2024", val(6)}}, {{"2020-2021", val(9)}, {"2021-2022", none(belvedere.Secret)}, {"2022-2023", val(7)}, {"2023-2024", part(6)}}, {{"2020-2021", none(belvedere.Expected)}}} {
		b.WriteString(`<article class="figure"><h2>Élèves</h2><p class="value">41 286</p>`)
		if err := Spark(&b, column("eleves", "Élèves", "élèves"), pts, Options{ID: "t" + strconv.Itoa(i), Title: "Élèves"}); err != nil {
			t.Fatal(err)
		}
		b.WriteString(`</article>`)
	}
	b.WriteString(`</div></section>`)
	for name, r := range degenerate() {
		fmt.Fprintf(&b, `<section class="section"><div class="section-head"><h2>%s</h2></div>%s</section>`, html.EscapeString(name), render(t, KindLines, r, Options{ID: "deg" + safeID(name)}))
	}
	b.WriteString(`</main></body></html>`)
	if err := os.WriteFile(*sheet, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// shared finds a folder of reference data beside the module, "" when there is none.
func shared(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if s := filepath.Join(dir, "..", "shared"); isDir(s) {
				return s
			}
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

func isDir(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// realSamples are the open data of a real département, when they are at hand.
func realSamples(t testing.TB) []sample {
	dir := shared(t)
	if dir == "" {
		return nil
	}
	r, ok := realSchools(t, filepath.Join(dir, "data", "dept35"))
	if !ok {
		return nil
	}
	return []sample{{"dept35", KindMap, r, Options{Title: "Élèves par établissement, Ille-et-Vilaine", Outlines: realOutlines(t, filepath.Join(dir, "data", "geo"))}}}
}

func realSchools(t testing.TB, dir string) (*belvedere.Result, bool) {
	places := map[string][2]string{}
	for _, rec := range readCSV(t, filepath.Join(dir, "fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre.csv")) {
		places[rec["Code établissement"]] = [2]string{rec["Latitude"], rec["Longitude"]}
	}
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("etablissement", "Établissement")}, Columns: []belvedere.ResultColumn{column("eleves", "Élèves", "élèves")}}
	for i, rec := range readCSV(t, filepath.Join(dir, "fr-en-effectifs-second-degre.csv")) {
		if !strings.HasPrefix(rec["Annee_scolaire"], "2018") {
			continue
		}
		code := rec["Numero_d_etablissement"]
		n, err := strconv.ParseFloat(rec["Nombre_d_eleves"], 64)
		c := val(n)
		if err != nil || i%17 == 0 {
			c = none(belvedere.NotShared)
		}
		r.Rows = append(r.Rows, school(code, rec["nom_etablissement"], places[code][0], places[code][1], c))
	}
	return r, len(r.Rows) > 0
}

func readCSV(t testing.TB, path string) (out []map[string]string) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Logf("no real data: %v", err)
		return nil
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	c.Comma, c.LazyQuotes, c.FieldsPerRecord = ';', true, -1
	all, err := c.ReadAll()
	if err != nil || len(all) == 0 {
		t.Logf("%s: %v", path, err)
		return nil
	}
	for _, rec := range all[1:] {
		m := map[string]string{}
		for i, v := range rec {
			if i < len(all[0]) {
				m[all[0][i]] = v
			}
		}
		out = append(out, m)
	}
	return out
}

func realOutlines(t testing.TB, dir string) (out []Outline) {
	out = append(out, geoJSON(t, filepath.Join(dir, "communes-35-ille-et-vilaine.geojson"), "", false)...)
	return append(out, geoJSON(t, filepath.Join(dir, "departements-version-simplifiee.geojson"), "35", true)...)
}

func geoJSON(t testing.TB, path, only string, border bool) (out []Outline) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var f struct {
		Features []struct {
			Properties map[string]any
			Geometry   struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	for _, x := range f.Features {
		if only != "" && fmt.Sprint(x.Properties["code"]) != only {
			continue
		}
		o := Outline{Name: fmt.Sprint(x.Properties["nom"]), Border: border}
		if x.Geometry.Type == "Polygon" {
			json.Unmarshal(x.Geometry.Coordinates, &o.Rings)
		} else {
			var many [][][][2]float64
			json.Unmarshal(x.Geometry.Coordinates, &many)
			for _, m := range many {
				o.Rings = append(o.Rings, m...)
			}
		}
		out = append(out, o)
	}
	return out
}
