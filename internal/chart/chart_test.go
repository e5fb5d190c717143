package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"belvedere"
)

var update = flag.Bool("update", false, "write the golden files anew")

var kinds = []string{KindLines, KindBars, KindStacked, KindHeat, KindMap, KindSteps}

type sample struct {
	name, kind string
	result     *belvedere.Result
	options    Options
}

// samples are the golden charts, also those of the contact sheet.
func samples() []sample {
	triangle := [][2]float64{{2.35, 44.7}, {3.7, 44.72}, {3.2, 45.4}, {2.35, 44.7}}
	noCompare := sampleCompare()
	return []sample{
		{"annees", KindLines, sampleYears(), Options{Title: "Évolution du nombre d’élèves", Marks: []Mark{{Code: "2023", Label: "2 collèges fusionnés"}}}},
		{"comparaison", KindLines, noCompare, Options{Title: "Évolution du nombre d’élèves", Compare: "constant"}},
		{"jours", KindLines, sampleDays(), Options{Title: "Connexions par jour et par profil"}},
		{"mois", KindLines, sampleMonths(), Options{Title: "Absences"}},
		{"niveaux", KindBars, sampleLevels(), Options{Title: "Élèves par niveau", Groups: segpa}},
		{"sexes", KindBars, sampleSexes(), Options{Title: "Filles et garçons par niveau"}},
		{"supports", KindStacked, sampleMedia(), Options{Title: "Par quel support"}},
		{"regimes", KindStacked, sampleSectors(), Options{Title: "Régimes par bassin", Absolute: true}},
		{"heures", KindHeat, sampleHours(belvedere.Date(2025, time.November, 10), 21), Options{Title: "Connexions heure par heure"}},
		{"heure_hiver", KindHeat, sampleHours(belvedere.Date(2025, time.October, 24), 5), Options{Title: "Passage à l’heure d’hiver"}},
		{"carte", KindMap, sampleSchools(), Options{Title: "Élèves par collège", Outlines: []Outline{{Name: "Sarvane", Border: true, Rings: [][][2]float64{triangle}}}}},
		{"cascade", KindSteps, sampleSteps(), Options{Title: "De 1 234 à 1 114 élèves"}},
		{"carte_sans_fond", KindMap, sampleSchools(), Options{Title: "Élèves par collège"}},
	}
}

func render(t testing.TB, kind string, r *belvedere.Result, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Draw(&b, kind, r, o); err != nil {
		t.Fatalf("Draw(%s): %v", kind, err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			s.options.ID = s.name
			got := strings.ReplaceAll(render(t, s.kind, s.result, s.options), "><", ">\n<")
			check(t, got)
			path := filepath.Join("testdata", s.name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs from %s; run with -update and read the difference", s.name, path)
			}
		})
	}
}

var badNumber = regexp.MustCompile(`="[^"]*\b(NaN|[+-]?Inf)\b`)

// check holds what is true of every fragment: well-formed, no style, no script, unique ids,
// each picture named, each text at least twelve letters long somewhere.
func check(t testing.TB, out string) {
	t.Helper()
	if m := badNumber.FindString(out); m != "" {
		t.Errorf("not a number in an attribute: %s", m)
	}
	ids, refs, hidden := map[string]bool{}, []string{}, 0
	var texts []string
	d := xml.NewDecoder(strings.NewReader(out))
	var open []xml.StartElement
	words := map[string]string{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, clip(out))
		}
		switch e := tok.(type) {
		case xml.StartElement:
			e = e.Copy()
			open = append(open, e)
			for _, a := range e.Attr {
				switch {
				case a.Name.Local == "style", strings.HasPrefix(a.Name.Local, "on"), e.Name.Local == "script":
					t.Errorf("style or script in <%s %s>", e.Name.Local, a.Name.Local)
				case a.Name.Local == "id":
					if ids[a.Value] {
						t.Errorf("id %q twice", a.Value)
					}
					ids[a.Value] = true
				case a.Name.Local == "aria-labelledby", a.Name.Local == "aria-describedby":
					refs = append(refs, strings.Fields(a.Value)...)
				}
			}
			if e.Name.Local == "svg" {
				if picture(e) {
					if attr(e, "aria-labelledby") == "" {
						t.Error("picture without name")
					}
				} else if attr(e, "aria-hidden") != "true" && !inside(open, "svg") {
					t.Error("svg neither picture nor hidden")
				} else {
					hidden++
				}
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(e)); s != "" {
				texts = append(texts, s)
				if len(open) > 0 {
					words[attr(open[len(open)-1], "id")] += s
				}
			}
		}
	}
	for _, ref := range refs {
		if !ids[ref] {
			t.Errorf("aria refers to %q, which is nowhere", ref)
		} else if len([]rune(words[ref])) < 1 {
			t.Errorf("the name %q is empty", ref)
		}
	}
	if len(texts) == 0 {
		t.Error("a chart without a word")
	}
}

func picture(e xml.StartElement) bool { return attr(e, "role") == "img" }

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// inside tells whether an open ancestor has that name.
func inside(open []xml.StartElement, name string) bool {
	for _, e := range open[:len(open)-1] {
		if e.Name.Local == name {
			return true
		}
	}
	return false
}

func clip(s string) string { return s[:min(len(s), 2000)] }

// degenerate results: each must be drawn or explained, never panic.
func degenerate() map[string]*belvedere.Result {
	missing := sampleDays()
	for i := range missing.Rows {
		for j := range missing.Rows[i].Cells {
			missing.Rows[i].Cells[j] = none(belvedere.Expected)
		}
	}
	long := &belvedere.Result{Dims: []belvedere.ResultDim{dim("jour", "Jour")}, Columns: []belvedere.ResultColumn{column("c", "Connexions", "connexions")}}
	for i := 0; i < 400; i++ {
		d := belvedere.Date(2024, time.September, 1+i)
		long.Rows = append(long.Rows, row(d.Format("2006-01-02"), "", val(float64(i%7)*1e3)))
	}
	evil := years(val(1), val(2))
	evil.Columns[0].Label = `<script>alert("x")</script>&'` + "\x00\x1b\xff"
	evil.Columns[0].Unit = `"><b>`
	evil.Rows[0].Keys[0] = belvedere.Key{Code: `"/><x`, Label: "]]>\u0007<!--"}
	ragged := sampleDays()
	ragged.Rows[3].Cells = nil
	ragged.Rows[4].Keys = nil
	return map[string]*belvedere.Result{
		"nil": nil, "vide": {}, "sans ligne": {Columns: sampleYears().Columns, Dims: sampleYears().Dims},
		"sans colonne": {Rows: sampleYears().Rows, Dims: sampleYears().Dims},
		"une ligne":    years(val(12)), "une ligne absente": years(none(belvedere.Secret)),
		"zéros": years(val(0), val(0), val(0)), "absents": missing, "négatifs": years(val(-5), val(3), val(-1e9)),
		"milliards": years(val(1e9), val(3.2e9), val(2e9)), "400 jours": long, "hostile": evil, "inégal": ragged,
		"pas un nombre": years(val(math.NaN()), val(math.Inf(1)), val(math.Inf(-1)), val(1e300)),
		"mêlés":         years(val(math.NaN()), val(4), val(1e300), val(5)),
		"minuscules":    years(val(1e-12), val(3e-12)), "état inconnu": years(none(belvedere.State(9)), val(3)),
		"sans dimension": {Columns: sampleYears().Columns, Rows: []belvedere.ResultRow{{Cells: []belvedere.Cell{val(4)}}}},
		"doubles":        {Dims: sampleYears().Dims, Columns: sampleYears().Columns, Rows: append(sampleYears().Rows, sampleYears().Rows...)},
	}
}

func TestDegenerate(t *testing.T) {
	for name, r := range degenerate() {
		for _, kind := range kinds {
			t.Run(name+"/"+kind, func(t *testing.T) { check(t, render(t, kind, r, Options{})) })
		}
	}
}

// The words that a reader must find when there is little or nothing to see.
func TestSaysWhatIsMissing(t *testing.T) {
	d := degenerate()
	for _, c := range []struct {
		name, kind string
		result     *belvedere.Result
		want       []string
	}{
		{"sans ligne", KindLines, d["sans ligne"], []string{"aucune ligne ne correspond à la sélection"}},
		{"absents", KindLines, d["absents"], []string{"140\u00a0valeurs manquent\u00a0: 140\u00a0en attente"}},
		{"secret", KindBars, d["une ligne absente"], []string{"1\u00a0valeur manque\u00a0: 1\u00a0secrète"}},
		{"pas un nombre", KindLines, d["pas un nombre"], []string{"La valeur reçue n’est pas un nombre plausible."}},
		{"une ligne", KindLines, d["une ligne"], []string{"12\u00a0élèves (2020-2021), seule valeur."}},
		{"zéros", KindBars, d["zéros"], []string{"0\u00a0élèves partout"}},
		{"sans heure", KindHeat, d["une ligne"], []string{`<table class="shades">`, "Maximum 12\u00a0élèves"}},
		{"sans lieu", KindMap, d["une ligne"], []string{"aucun établissement n’est situé"}},
		{"axe", KindLines, sampleYears(), []string{"De 42\u202f930\u00a0élèves (2020-2021) à 41\u202f286\u00a0élèves (2025-2026), en baisse de 3,8\u202f%", "L’axe ne part pas de zéro.", "1\u00a0valeur partielle"}},
		{"carte", KindMap, sampleSchools(), []string{"Sans coordonnées, absents de la carte\u00a0: Collège sans adresse.", "Hors du cadre de la carte\u00a0: Collège d’outre-mer."}},
		{"parts", KindStacked, sampleMedia(), []string{"parts non calculées", "Absents du compte\u00a0: Personnels\u00a0: Web mobile secret.", "Logiciel sans objet, Web 38\u202f%"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := render(t, c.kind, c.result, Options{})
			for _, w := range c.want {
				if !strings.Contains(out, w) {
					t.Errorf("%q not said in\n%s", w, clip(out))
				}
			}
		})
	}
}

func TestUnknownKind(t *testing.T) {
	if err := Draw(io.Discard, "camembert", sampleYears(), Options{}); belvedere.KindOf(err) != belvedere.Invalid {
		t.Fatalf("got %v, want an Invalid error", err)
	}
}
