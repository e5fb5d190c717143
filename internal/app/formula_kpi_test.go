package app_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/report"
)

// A published is the lines of an open file by its columns, without any of the code under test.
type published struct {
	columns map[string]int
	lines   [][]string
}

func readPublished(t *testing.T, name string) *published {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	in.Comma, in.LazyQuotes, in.FieldsPerRecord = ';', true, -1
	all, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	p := &published{columns: map[string]int{}, lines: all[1:]}
	for i, h := range all[0] {
		p.columns[strings.ReplaceAll(strings.TrimSpace(h), "’", "'")] = i
	}
	return p
}

// number reads the first of some columns that the file has; ok tells that it holds a number.
func (p *published) number(line []string, columns ...string) (v float64, ok bool) {
	for _, c := range columns {
		if i, has := p.columns[c]; has && i < len(line) {
			v, err := strconv.ParseFloat(strings.TrimSpace(line[i]), 64)
			return v, err == nil
		}
	}
	return 0, false
}

func (p *published) text(line []string, column string) string {
	i, has := p.columns[column]
	if !has || i >= len(line) {
		return ""
	}
	return strings.TrimSpace(line[i])
}

// written asks formulas by school and year, as figures by "UAI year" and formula.
func written(t *testing.T, a *app.App, texts ...string) map[string][]belvedere.Cell {
	t.Helper()
	viewer, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q, err := a.Reporter.Build(t.Context(), report.Ask{Formulas: texts, By: []string{"etablissement", "annee"}, Where: []string{"du=2008-09-01", "au=2030-08-31"}, For: viewer})
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := a.Reporter.Receipted(t.Context(), viewer, q)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]belvedere.Cell{}
	for _, row := range out.Rows {
		got[row.Keys[0].Code+" "+row.Keys[1].Code] = row.Cells
	}
	return got
}

// A publishedRatio is a formula, the column that publishes it, and the two that the file divides.
type publishedRatio struct {
	formula, column, num, den string
	factor                    float64
}

var publishedRatios = []publishedRatio{
	{"100 * ressources_propres / produits_encaissables", "Ressources propres / Produits encaissables", "Ressources propres encaissables", products, 100},
	{"100 * depenses_personnel / produits_encaissables", "Charges de personnel / Produits encaissables", "Charges de personnel", products, 100},
	{"100 * charges_decaissables / produits_encaissables", "Charges décaissables / Produits.encaissables", spending, products, 100},
	{"100 * charges_externes / produits_encaissables", "Charges externes / Produits.encaissables", "Charges externes", products, 100},
	{"100 * autofinancement / produits_encaissables", "CAF / Produits encaissables", "Capacité d'autofinancement", products, 100},
	{"100 * autofinancement / immobilisations", "CAF / Acquisitions d'immobilisations", "Capacité d'autofinancement", "Acquisitions d'immobilisations", 100},
	{"360 * fonds_roulement / charges_decaissables", "Fonds de roulement en jours de charges décaissables", "Fonds de roulement net global", spending, 360},
	{"360 * tresorerie / charges_decaissables", "Trésorerie en jours de charges décaissables", "Trésorerie", spending, 360},
}

const (
	products = "Produits de fonctionnement encaissables"
	spending = "Charges de fonctionnement décaissables"
)

// compare sees that each school and year agrees with what is published, to its last digit and at worst
// 0.01; where it does not, the file contradicts itself: its own two columns give the figure of the product.
func (r publishedRatio) compare(t *testing.T, file *published, got map[string][]belvedere.Cell, place int) {
	t.Helper()
	seen := map[string]bool{}
	agreed, contradicted := 0, 0
	for _, line := range file.lines {
		key := file.text(line, "uai - identifiant") + " " + schoolYearOf(file.text(line, "exercice"))
		cells, ok := got[key]
		if seen[key] || !ok { // a key twice in the file: the first holds; some operators are no school
			continue
		}
		seen[key] = true
		want, has := file.number(line, r.column)
		if !has || !cells[place].State.Shown() {
			continue
		}
		value := cells[place].Value
		if math.Abs(value-want) <= max(0.01, lastDigit(file.text(line, r.column))/2+1e-9) {
			agreed++
			continue
		}
		num, ok1 := file.number(line, r.num)
		den, ok2 := file.number(line, r.den)
		if own := r.factor * num / den; !ok1 || !ok2 || math.Abs(own-value) > 0.01 {
			t.Errorf("%s, %s: %v, published %v, of the columns %v", key, r.column, value, want, own)
		}
		contradicted++
	}
	if agreed < 650 || contradicted*8 > agreed {
		t.Errorf("%s: %d figures agree and %d contradict themselves", r.formula, agreed, contradicted)
	}
	t.Logf("%s: %d agree, in %d the file contradicts itself", r.formula, agreed, contradicted)
}

// schoolYearOf is the school year beside which a financial year stands: the autumn before it (kpiESR:
// « l’exercice comptable est sur l’année civile »).
func schoolYearOf(exercice string) string {
	n, _ := strconv.Atoi(exercice)
	return strconv.Itoa(n - 1)
}

// lastDigit is the weight of the last digit of a number as it is written: 1 for "147" and for "147.0".
func lastDigit(text string) float64 {
	_, digits, _ := strings.Cut(strings.TrimSuffix(text, ".0"), ".")
	return math.Pow(10, -float64(len(digits)))
}

// TestFormulasReproducePublished loads the open data of the universities, vintage after vintage, and
// writes in the product the ratios that the last one publishes: each school and year agrees within 0.01.
func TestFormulasReproducePublished(t *testing.T) {
	dir := shared(t, "data", "kpiesr")
	a := open(t)
	vintages, err := filepath.Glob(filepath.Join(dir, "operateurs-*.csv"))
	if err != nil || len(vintages) < 3 {
		t.Fatalf("%d vintages, %v", len(vintages), err)
	}
	slices.Sort(vintages)
	for _, name := range vintages {
		if d := load(t, a, name)[0]; d.State != belvedere.Published {
			t.Fatalf("%s: %s, %s", name, d.State, d.Reason)
		}
	}
	for _, d := range load(t, a, filepath.Join(dir, "effectifs-etudiants-hcp.2022-09-16.csv")) {
		if d.State != belvedere.Published {
			t.Fatalf("%s: %s, %s", d.FileName, d.State, d.Reason)
		}
	}
	var texts []string
	for _, r := range publishedRatios {
		texts = append(texts, r.formula)
	}
	got := written(t, a, texts...)
	last := readPublished(t, vintages[len(vintages)-1])
	for i, r := range publishedRatios {
		r.compare(t, last, got, i)
	}
	perStudent(t, a, dir, last)
}

// perStudent compares resources per student, products over students in licence and master, with the
// two files put together by hand.
func perStudent(t *testing.T, a *app.App, dir string, operators *published) {
	t.Helper()
	received := map[string]float64{}
	for _, line := range operators.lines {
		key := operators.text(line, "uai - identifiant") + " " + schoolYearOf(operators.text(line, "exercice"))
		if _, had := received[key]; had {
			continue
		}
		if v, ok := operators.number(line, products); ok {
			received[key] = v
		}
	}
	students := readPublished(t, filepath.Join(dir, "effectifs-etudiants-hcp.2022-09-16.csv"))
	want := map[string]float64{}
	for _, line := range students.lines {
		if strings.HasPrefix(students.text(line, "Attention"), "* Attention") {
			continue
		}
		uai := students.text(line, "Identifiant(s) UAI")
		year := students.text(line, "Année universitaire")
		if len(uai) < 8 || len(year) < 4 {
			continue
		}
		l, ok1 := students.number(line, "Cycle universitaire (cursus LMD) : L (1er cycle)")
		m, ok2 := students.number(line, "Cycle universitaire (cursus LMD) : M (2ème cycle)")
		key := uai[:8] + " " + year[:4]
		if p, ok := received[key]; ok && ok1 && ok2 && l+m > 0 {
			if _, had := want[key]; !had {
				want[key] = p / (l + m)
			}
		}
	}
	got := written(t, a, "produits_encaissables / (hcp_licence + hcp_master)")
	compared := 0
	for key, w := range want {
		cells, ok := got[key]
		if !ok || !cells[0].State.Shown() {
			t.Errorf("%s: no figure, the files give %v", key, w)
			continue
		}
		if compared++; math.Abs(cells[0].Value-w) > 0.01 {
			t.Errorf("%s: %v a student, the files give %v", key, cells[0].Value, w)
		}
	}
	if compared < 500 {
		t.Errorf("only %d figures a student are compared", compared)
	}
	t.Logf("%d figures a student", compared)
}
