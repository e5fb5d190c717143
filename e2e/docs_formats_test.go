package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/source/table"
	"belvedere/internal/territory/ingest/form"
	"belvedere/internal/territory/semantic"
)

var writeDocs = flag.Bool("docs", false, "write the generated part of docs/FORMATS.md again")

const (
	formatsFile  = "../docs/FORMATS.md"
	formatsStart = "<!-- From here on: written from catalog/ by go test ./e2e -run TestFormats -docs -->\n"
)

func catalogue(t *testing.T) *belvedere.Model {
	t.Helper()
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestFormats compares FORMATS.md with the catalogue; -docs writes it again.
func TestFormats(t *testing.T) {
	text, err := os.ReadFile(formatsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, told, found := strings.Cut(string(text), formatsStart)
	if !found {
		t.Fatalf("%s lacks the line %s", formatsFile, formatsStart)
	}
	want := "\n" + formatsOf(catalogue(t))
	if *writeDocs {
		if err := os.WriteFile(formatsFile, []byte(before+formatsStart+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if told != want {
		t.Errorf("%s does not say what the catalogue declares; run: go test ./e2e -run TestFormats -docs", formatsFile)
	}
}

// TestFormatExamples delivers the example of each dataset to the reader and the mapper of
// deliveries: it is recognised without being named, and no row of it has a fault.
func TestFormatExamples(t *testing.T) {
	m := catalogue(t)
	for _, d := range m.Datasets {
		file := strings.NewReader(exampleOf(d))
		archive, err := table.Open(file, file.Size(), "exemple.csv", table.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", d.Name, err)
		}
		rows, err := archive.Members[0].Rows(table.Options{})
		if err != nil {
			t.Fatalf("%s: %v", d.Name, err)
		}
		target, err := form.Recognise(m, rows.Header())
		if err != nil || target.Dataset != d {
			t.Errorf("%s: recognised as %q: %v", d.Name, target.Code(), err)
			continue
		}
		mapper, err := form.NewMapper(target, m, rows.Header(), nil)
		if err != nil {
			t.Fatalf("%s: %v", d.Name, err)
		}
		row, err := rows.Next()
		if err != nil {
			t.Fatalf("%s: %v", d.Name, err)
		}
		emitted := 0
		err = mapper.Map(row, func(form.Row) error { emitted++; return nil }, func(f belvedere.Fault) { t.Errorf("%s: %v", d.Name, f) })
		if err != nil || emitted != 1 {
			t.Errorf("%s: %d rows, error %v", d.Name, emitted, err)
		}
	}
}

// TestRules finds in FORMATS.md every rule that a fault may bear.
func TestRules(t *testing.T) {
	text, err := os.ReadFile(formatsFile)
	if err != nil {
		t.Fatal(err)
	}
	rule := regexp.MustCompile(`(?:[rR]ule(?:[A-Z][A-Za-z]*)?:?\s*=?\s*|warn\()"([a-z_]+)"`)
	found := map[string]bool{}
	for _, pattern := range []string{"../internal/source/table/*.go", "../internal/territory/ingest/*.go", "../internal/territory/ingest/form/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, m := range rule.FindAllSubmatch(source, -1) {
				found[string(m[1])] = true
			}
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d rules found in the source", len(found))
	}
	for code := range found {
		if !strings.Contains(string(text), "`"+code+"`") {
			t.Errorf("FORMATS.md does not tell of the rule %s", code)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (?:error|warning)").FindAllSubmatch(text, -1) {
		if !found[string(m[1])] {
			t.Errorf("FORMATS.md tells of the rule %s, which no source names", m[1])
		}
	}
}

// formatsOf writes what the catalogue declares about files: datasets, code lists, forms.
func formatsOf(m *belvedere.Model) string {
	var b strings.Builder
	b.WriteString("## Datasets\n\n")
	for _, d := range m.Datasets {
		fmt.Fprintf(&b, "- [%s](#%s): %s\n", d.Name, d.Name, d.Label)
	}
	for _, d := range m.Datasets {
		writeDataset(&b, d)
	}
	b.WriteString("\n## Code lists\n\nA field may hold the code, the label or one of the other spellings, whatever their case and accents.\n")
	var names []string
	for name := range m.CodeLists {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		writeCodes(&b, m.CodeLists[name])
	}
	b.WriteString("\n## Foreign files\n\nThese are recognised by their headers and need no dataset to be named.\n\n")
	b.WriteString("| form | file | producer | rank | feeds | required headers |\n|---|---|---|---|---|---|\n")
	for _, f := range m.Forms {
		writeForm(&b, f)
	}
	return b.String()
}

var (
	kinds = map[belvedere.DatasetKind]string{
		belvedere.Flow:     "events: added over time and over schools",
		belvedere.Stock:    "a state at a date: over time the last one counts, over schools they add",
		belvedere.Distinct: "persons counted once at the source: added over schools only",
		belvedere.Register: "attributes of schools",
	}
	slicesWords = map[string]string{"etablissement": "school", "jour": "day", "mois": "month", "annee": "school year", "periode": "period"}
	repeats     = map[string]string{"": "refuses the file", "erreur": "refuses the file", "somme": "is added to the first", "premier": "is left out with a warning"}
)

func writeDataset(b *strings.Builder, d *belvedere.Dataset) {
	var slice []string
	for _, s := range d.Slice {
		slice = append(slice, slicesWords[s])
	}
	if d.Kind == belvedere.Register {
		slice = []string{"school", "origin"}
	}
	fmt.Fprintf(b, "\n### %s\n\n%s. %s\n\n", d.Name, d.Label, d.Doc)
	fmt.Fprintf(b, "Kind `%s` (%s). A delivery replaces each **%s** that it holds. A repeated key %s. More than %s faulty lines refuse the file. Retention: %s.\n\n",
		d.Kind, kinds[d.Kind], strings.Join(slice, " × "), repeats[d.OnRepeat], strconv.FormatFloat(d.MaxFaulty*100, 'f', -1, 64)+" %", d.Retention)
	b.WriteString("| column | meaning | values | required |\n|---|---|---|---|\n| `etablissement` | UAI of the school | `0350017D`: seven digits and a check letter | yes |\n")
	for _, c := range timeColumns(d) {
		fmt.Fprintf(b, "| `%s` | %s | %s | yes |\n", c.name, c.meaning, c.values)
	}
	for _, dim := range d.Dimensions {
		values := "text"
		if dim.List != nil {
			values = fmt.Sprintf("a code of [%s](#%s)", dim.List.Name, dim.List.Name)
			if dim.List.Open {
				values = fmt.Sprintf("your own code: [%s](#%s) is open", dim.List.Name, dim.List.Name)
			}
		}
		required := "yes"
		if dim.Optional {
			required = "no; empty: not broken down"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", dim.Name, dim.Label, values, required)
	}
	for _, v := range d.Measures {
		required := "no"
		if v.Required {
			required = "yes"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", v.Name, v.Label, measureValues(v), required)
	}
	fmt.Fprintf(b, "\n```csv\n%s```\n", exampleOf(d))
}

func measureValues(m belvedere.Measure) string {
	kind := "integer"
	switch {
	case m.Text:
		return "text"
	case m.Decimal:
		kind = "decimal"
	}
	if !m.Negative {
		kind += " ≥ 0"
	}
	if m.Unit != "" && m.Unit != strings.ToLower(m.Label) {
		kind += " (" + m.Unit + ")"
	}
	return kind
}

type timeColumn struct{ name, meaning, values, example string }

// timeColumns are those of a grain, as catalog/README.md names them.
func timeColumns(d *belvedere.Dataset) []timeColumn {
	switch {
	case d.Kind == belvedere.Register:
		return nil
	case d.Time == belvedere.ByHour:
		return []timeColumn{{"heure", "start of a whole hour, with its offset", "`2025-12-01T08:00:00+01:00`", "2025-12-01T08:00:00+01:00"}}
	case d.Time == belvedere.ByDay:
		return []timeColumn{{"jour", "day", "`2025-10-01` or `01/10/2025`", "2025-10-01"}}
	case d.Time == belvedere.ByMonth:
		return []timeColumn{{"mois", "month", "`2025-11` or `11/2025`", "2025-11"}}
	case d.Time == belvedere.ByPeriod:
		return []timeColumn{
			{"periode", "what was counted", "`jour`, `mois` or `annee`", "mois"},
			{"debut", "its first day", "`2025-11-01`", "2025-11-01"},
		}
	}
	return []timeColumn{{"annee", "school year", "`2025` or `2025-2026`", "2025"}}
}

// attributes of a made-up school, where a number or a plain text would not do.
var attributes = map[string]string{
	"nom": "Collège Jean-Zay", "nom_court": "Jean-Zay", "adresse": "12 rue des Écoles", "codes_postaux": "99000",
	"commune": "Exempleville", "code_commune": "99001", "departement": "99", "academie": "Exemple",
	"latitude": "48.1147", "longitude": "-1.6794", "internat": "non", "ouverture": "1978-09-01", "etat": "OUVERT", "nature": "COLLEGE",
}

// exampleOf is a file of one row with every column that it can fill.
func exampleOf(d *belvedere.Dataset) string {
	head, row := []string{"etablissement"}, []string{string(belvedere.UAIFromNumber(9990001))}
	add := func(name, value string) { head, row = append(head, name), append(row, value) }
	for _, c := range timeColumns(d) {
		add(c.name, c.example)
	}
	for _, dim := range d.Dimensions {
		value := ""
		if dim.List != nil {
			value = exampleCode(dim)
		}
		add(dim.Name, value)
	}
	for i, m := range d.Measures {
		value := strconv.Itoa(120 - 7*i%100)
		if m.Decimal {
			value += ".5"
		}
		if m.Text || attributes[m.Name] != "" {
			if value = attributes[m.Name]; value == "" {
				continue
			}
		}
		add(m.Name, value)
	}
	return strings.Join(head, ";") + "\n" + strings.Join(row, ";") + "\n"
}

// exampleCode is a code that reads well beside a collège.
func exampleCode(dim belvedere.Dimension) string {
	for _, code := range []string{"college", "6eme"} {
		if dim.List.Find(code) != nil {
			return code
		}
	}
	if len(dim.List.Codes) == 0 {
		return "A1"
	}
	return dim.List.Codes[0].Code
}

func writeCodes(b *strings.Builder, l *belvedere.CodeList) {
	fmt.Fprintf(b, "\n### %s\n\n%s.\n\n", l.Name, l.Label)
	if l.Open {
		b.WriteString("Open: a value that it does not hold yet becomes a member, under the name that the file gives it first. What tells who someone is (mail, phone, INE, NIR) is refused.\n")
		if len(l.Codes) == 0 {
			return
		}
		b.WriteString("\n")
	}
	b.WriteString("| code | label | other spellings |\n|---|---|---|\n")
	for _, c := range l.Codes {
		label := c.Label
		if c.Total {
			label += " (stands for all; members are never added)"
		}
		if c.Group != "" {
			label += " (in `" + c.Group + "`)"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", c.Code, label, strings.Join(c.Aliases, ", "))
	}
}

func writeForm(b *strings.Builder, f *belvedere.Form) {
	var feeds, required []string
	for _, o := range f.Outputs {
		if link := fmt.Sprintf("[%s](#%s)", o.Dataset, o.Dataset); !slices.Contains(feeds, link) {
			feeds = append(feeds, link)
		}
	}
	if f.Refuse != "" {
		feeds = []string{"refused: " + f.Refuse}
	}
	for _, c := range f.Columns {
		if c.Required {
			name := c.Headers[0]
			if i := strings.Index(name, " ("); i > 0 {
				name = name[:i]
			}
			required = append(required, name)
		}
	}
	rank := ""
	if f.Refuse == "" {
		rank = strconv.Itoa(f.Rank)
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s |\n", f.Code, f.Label, f.Source, rank, strings.Join(feeds, ", "), strings.Join(required, ", "))
}
