package app_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/report"
)

// An hour is a row of hours as a file gives it, kept by the test itself: sums are taken of these alone,
// never of what the program read.
type hourRow struct {
	keys  map[string]string
	hours float64
}

var hourDims = []string{"composante", "niveau", "categorie_enseignant", "type_cours"}

// hoursFile draws rows of hours of two school years of two schools. One component has none in the first
// year, so that a comparison finds it missing.
func hoursFile(r *rand.Rand, schools []string) (file string, rows []hourRow) {
	var b strings.Builder
	b.WriteString("etablissement;mois;" + strings.Join(hourDims, ";") + ";heures\n")
	values := map[string][]string{"composante": {"GC", "GM", "INFO", "PREPA", "LAB"}, "niveau": {"6eme", "5eme", "4eme", ""},
		"categorie_enseignant": {"vacataire", "enseignant_chercheur", "contractuel"}, "type_cours": {"cm", "td", "tp"}}
	seen := map[string]bool{}
	for range 900 {
		year := 2024 + r.IntN(2)
		row := hourRow{map[string]string{"etablissement": schools[r.IntN(len(schools))], "annee": fmt.Sprint(year)}, float64(1+r.IntN(4000)) / 4}
		month := fmt.Sprintf("%d-%02d", year, 9+r.IntN(3))
		line := row.keys["etablissement"] + ";" + month
		for _, dim := range hourDims {
			v := values[dim][r.IntN(len(values[dim]))]
			if dim == "composante" && year == 2024 && v == "LAB" {
				v = "GC"
			}
			row.keys[dim] = v
			line += ";" + v
		}
		if seen[line] {
			continue
		}
		seen[line] = true
		fmt.Fprintf(&b, "%s;%s\n", line, strings.ReplaceAll(fmt.Sprint(row.hours), ".", ","))
		rows = append(rows, row)
	}
	return b.String(), rows
}

// summed adds the rows that have some keys.
func summed(rows []hourRow, keys map[string]string) (sum float64, n int) {
	for _, row := range rows {
		fits := true
		for k, v := range keys {
			fits = fits && row.keys[k] == v
		}
		if fits {
			sum, n = sum+row.hours, n+1
		}
	}
	return sum, n
}

// A rawCheck asks the explorer and the rows.
type rawCheck struct {
	t    *testing.T
	app  *app.App
	rows []hourRow
}

func (c *rawCheck) ask(address string) *report.ExploreResult {
	c.t.Helper()
	v, err := url.ParseQuery(address)
	if err != nil {
		c.t.Fatal(err)
	}
	e, err := report.ParseExplore(v)
	if err != nil {
		c.t.Fatal(err)
	}
	x, err := c.app.Reporter.Explore(c.t.Context(), belvedere.Viewer{ID: 1, Login: "essai", Kind: belvedere.AccountViewer,
		Scope: belvedere.Scope{AllSchools: true, AllWidgets: true, Sharing: belvedere.Sharing{Everything: true}, Fingerprint: "essai"}}, e)
	if err != nil {
		c.t.Fatalf("%s: %v", address, err)
	}
	if x.Result == nil || len(x.Result.Rows) == 0 {
		c.t.Fatalf("%s has no line", address)
	}
	return x
}

// fixedBy are the keys that a line fixes.
func fixedBy(q belvedere.Query, row belvedere.ResultRow, year string) map[string]string {
	keys := map[string]string{"annee": year}
	for i, dim := range q.By {
		if row.Level == 0 || i < row.Level {
			keys[dim] = row.Keys[i].Code
		}
	}
	return keys
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// want wants a cell to show a figure.
func (c *rawCheck) want(say string, cell belvedere.Cell, figure float64) {
	c.t.Helper()
	if !cell.State.Shown() || !near(cell.Value, figure) {
		c.t.Errorf("%s: %v %v (%s), the rows give %v", say, cell.State, cell.Value, cell.Why, figure)
	}
}

// TestExplorerAgainstRows asks the explorer of random hours and takes the same figures from the rows of
// the file: subtotals, columns, shares, rates as ratios of sums, the first and the others, comparisons
// over a year that lacks some.
func TestExplorerAgainstRows(t *testing.T) {
	unprotected(t)
	a := open(t)
	r := rand.New(rand.NewPCG(6, 41))
	schools := []string{uai(t, "9990021"), uai(t, "9990032")}
	file, rows := hoursFile(r, schools)
	dir := t.TempDir()
	for name, text := range map[string]string{"etablissements.csv": "etablissement;nom;type\n" + schools[0] + ";École A;lycee\n" + schools[1] + ";École B;lycee\n", "heures.csv": file} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range load(t, a, filepath.Join(dir, "etablissements.csv"), filepath.Join(dir, "heures.csv")) {
		if d.State != belvedere.Published {
			t.Fatalf("%s: %s %s", d.FileName, d.State, d.Reason)
		}
	}
	c := &rawCheck{t, a, rows}
	for range 12 {
		dims := append([]string{"etablissement"}, hourDims...)
		r.Shuffle(len(dims), func(i, j int) { dims[i], dims[j] = dims[j], dims[i] })
		c.subtotals(dims[:1+r.IntN(3)], fmt.Sprint(2024+r.IntN(2)))
		c.columns(dims[0], dims[1])
		c.top(dims[0], 1+r.IntN(3))
	}
	c.compared()
	c.besides()
}

// subtotals checks every line with its subtotals, its share of the whole and its rate.
func (c *rawCheck) subtotals(by []string, year string) {
	c.t.Helper()
	x := c.ask("indicateurs=heures_enseignement,heures_vacataires_taux&part=total&sous_totaux=oui&annee=" + year + "&lignes=" + strings.Join(by, ","))
	whole, _ := summed(c.rows, map[string]string{"annee": year})
	levels := map[int]float64{}
	for _, row := range x.Result.Rows {
		keys := fixedBy(x.Result.Query, row, year)
		sum, n := summed(c.rows, keys)
		say := fmt.Sprintf("%v of %s, %v", by, year, keys)
		if n == 0 {
			c.t.Errorf("%s: the file has no such row", say)
			continue
		}
		levels[row.Level] += row.Cells[0].Value
		c.want(say, row.Cells[0], sum)
		c.want(say+", share", row.Cells[1], sum/whole)
		keys["categorie_enseignant"], n = "vacataire", 0
		if slices.Contains(by, "categorie_enseignant") {
			continue // the filter of the rate and the line are of one dimension
		}
		part, n := summed(c.rows, keys)
		if n == 0 && !row.Cells[2].State.Shown() {
			continue // a source that counts none has no line: n.d.
		}
		c.want(say+", rate", row.Cells[2], part/sum)
	}
	c.want("the total", x.Result.Total.Cells[0], whole)
	for level, sum := range levels {
		if !near(sum, whole) {
			c.t.Errorf("%v: lines of depth %d add up to %v, the whole is %v", by, level, sum, whole)
		}
	}
}

// columns checks a crossing with years and with members in columns: their parts add up to the whole.
func (c *rawCheck) columns(line, across string) {
	c.t.Helper()
	x := c.ask("indicateurs=heures_enseignement&annee=2025&lignes=" + line + "&colonnes=" + across)
	for _, row := range x.Result.Rows {
		whole, sum := 0.0, 0.0
		for i, col := range x.Result.Columns {
			cell := row.Cells[i]
			if col.Label == "Ensemble" {
				whole = cell.Value
			} else if cell.State.Shown() {
				sum += cell.Value
			}
		}
		figure, _ := summed(c.rows, map[string]string{"annee": "2025", line: row.Keys[0].Code})
		if !near(sum, whole) || !near(whole, figure) {
			c.t.Errorf("%s by %s, %s: parts %v, whole %v, the rows give %v", line, across, row.Keys[0].Code, sum, whole, figure)
		}
	}
	years := c.ask("indicateurs=heures_enseignement&annee=2025&depuis=2024&lignes=" + line + "&colonnes=annee")
	for _, row := range years.Result.Rows {
		for i, year := range []string{"2024", "2025"} {
			figure, n := summed(c.rows, map[string]string{"annee": year, line: row.Keys[0].Code})
			if cell := row.Cells[i]; n > 0 {
				c.want(line+" "+row.Keys[0].Code+" in "+year, cell, figure)
			} else if cell.State.Shown() && cell.Value != 0 {
				c.t.Errorf("%s %s in %s: %v of no row", line, row.Keys[0].Code, year, cell.Value)
			}
		}
	}
}

// top checks that the first are the largest, and that with the others they are the whole.
func (c *rawCheck) top(line string, n int) {
	c.t.Helper()
	x := c.ask(fmt.Sprintf("indicateurs=heures_enseignement&annee=2024&premiers=%d&lignes=%s", n, line))
	whole, _ := summed(c.rows, map[string]string{"annee": "2024"})
	sum, least := 0.0, math.Inf(1)
	named := map[string]bool{}
	for _, row := range x.Result.Rows {
		sum += row.Cells[0].Value
		if row.Level == 0 {
			named[row.Keys[0].Code] = true
			least = min(least, row.Cells[0].Value)
		}
	}
	if !near(sum, whole) {
		c.t.Errorf("first %d of %s: lines add up to %v, the whole is %v", n, line, sum, whole)
	}
	for _, row := range c.rows {
		code := row.keys[line]
		if figure, _ := summed(c.rows, map[string]string{"annee": "2024", line: code}); row.keys["annee"] == "2024" && !named[code] && figure > least+1e-9 {
			c.t.Fatalf("first %d of %s: %q has %v and is among the others, %v is first", n, line, code, figure, least)
		}
	}
}

// compared checks differences, and that what the other year lacks has none: no fall of a hundred per cent.
func (c *rawCheck) compared() {
	c.t.Helper()
	x := c.ask("indicateurs=heures_enseignement&annee=2025&comparer=an_dernier&lignes=composante")
	lacking := 0
	for i, row := range x.Result.Rows {
		code, gap := row.Keys[0].Code, x.Result.Compared.Rows[i][0]
		now, _ := summed(c.rows, map[string]string{"annee": "2025", "composante": code})
		before, n := summed(c.rows, map[string]string{"annee": "2024", "composante": code})
		c.want("compared "+code, row.Cells[0], now)
		if n == 0 {
			if lacking++; gap.Other.State.Shown() && gap.Other.Value != 0 {
				c.t.Errorf("%s: %v the year before, of no row", code, gap.Other.Value)
			}
			continue
		}
		if !gap.Fair || !near(gap.Change, now-before) || !near(gap.Other.Value, before) {
			c.t.Errorf("%s: %+v, the rows give %v after %v", code, gap, now, before)
		}
	}
	if lacking == 0 {
		c.t.Error("no component lacks the year before: the test proves too little")
	}
	none := c.ask("indicateurs=heures_enseignement&annee=2024&comparer=an_dernier&lignes=composante")
	for i, row := range none.Result.Rows {
		if gap := none.Result.Compared.Rows[i][0]; gap.Fair || gap.Other.State.Shown() {
			c.t.Errorf("%s is compared with a year of which nothing is known: %+v", row.Keys[0].Code, gap)
		}
	}
}

// besides checks which indicators are said to stand on the same lines: asked there, they have figures
// or wait for them, and the others do not.
func (c *rawCheck) besides() {
	c.t.Helper()
	viewer := belvedere.Viewer{ID: 1, Kind: belvedere.AccountViewer, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true, Sharing: belvedere.Sharing{Everything: true}}}
	e, _ := report.ParseExplore(url.Values{"indicateurs": {"heures_enseignement"}, "lignes": {"composante"}, "colonnes": {"type_cours"}})
	list, err := c.app.Reporter.ExploreBeside(c.t.Context(), viewer, e)
	if err != nil {
		c.t.Fatal(err)
	}
	said := map[string]report.Beside{}
	for _, b := range list {
		said[b.Code] = b
	}
	if _, has := said["heures_enseignement"]; has {
		c.t.Error("an indicator stands beside itself")
	}
	if b := said["heures_etd"]; b.New || b.Why != "" {
		c.t.Errorf("hours of the same dataset: %+v", b)
	}
	if b := said["masse_salariale"]; !b.New || b.Why == "" {
		c.t.Errorf("pay has no type of course: %+v", b)
	}
	e = e.With(func(e *report.Explore) { e.Across = "" })
	if list, err = c.app.Reporter.ExploreBeside(c.t.Context(), viewer, e); err != nil {
		c.t.Fatal(err)
	}
	if !slices.ContainsFunc(list, func(b report.Beside) bool { return b.Code == "masse_salariale" && b.New && b.Why == "" }) {
		c.t.Error("pay does not stand beside hours by component")
	}
}
