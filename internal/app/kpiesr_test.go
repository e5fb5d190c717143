package app_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

// published reads the own resources of a vintage by establishment and year, the first line of each key.
func publishedResources(t *testing.T, file string) map[[2]string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	in.Comma, in.LazyQuotes, in.FieldsPerRecord = ';', true, -1
	lines, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range lines[0] {
		at[h] = i
	}
	out := map[[2]string]string{}
	for _, l := range lines[1:] {
		uai, err := belvedere.ParseUAI(l[at["uai - identifiant"]])
		key := [2]string{string(uai), l[at["exercice"]]}
		if v := l[at["Ressources propres encaissables"]]; err == nil && v != "" && out[key] == "" {
			out[key] = v
		}
	}
	return out
}

// TestVintagesOfOperators loads the public accounts of universities as they came, year after year: what
// a later vintage corrects is a new state, and each earlier one answers as it did.
func TestVintagesOfOperators(t *testing.T) {
	dir := shared(t, "data", "kpiesr")
	a := open(t)
	load(t, a, filepath.Join(dir, "fr-esr-principaux-etablissements-enseignement-superieur.csv"))
	vintages := []string{"2020-10-03", "2021-11-16", "2022-11-05"}
	question := func(year string, at int) report.Ask {
		return report.Ask{Indicators: []string{"ressources_propres", "depenses_personnel"}, By: []string{"etablissement"}, Where: []string{"annee=" + year}, Edition: at, Total: true}
	}
	years := []string{"2012", "2015", "2018"}
	var then []map[string][][]string
	for i, v := range vintages {
		d := load(t, a, filepath.Join(dir, "operateurs-indicateurs-financiers."+v+".csv"))[0]
		if d.State != belvedere.Published {
			t.Fatalf("%s: %s %s", v, d.State, d.Reason)
		}
		answers := map[string][][]string{}
		for _, y := range years {
			answers[y] = ask(t, a, question(y, i+2))
		}
		then = append(then, answers)
	}
	load(t, a, filepath.Join(dir, "effectifs-etudiants-hcp.2022-09-16.csv"))
	for i, v := range vintages {
		for _, y := range years {
			if now := ask(t, a, question(y, i+2)); !reflect.DeepEqual(now, then[i][y]) {
				t.Errorf("vintage %s, year %s: the state of then answers otherwise today", v, y)
			}
		}
	}
	revised := 0
	for i := range vintages[1:] {
		before := publishedResources(t, filepath.Join(dir, "operateurs-indicateurs-financiers."+vintages[i]+".csv"))
		for key, v := range publishedResources(t, filepath.Join(dir, "operateurs-indicateurs-financiers."+vintages[i+1]+".csv")) {
			if was := before[key]; was != "" && was != v {
				revised++
			}
		}
	}
	if revised == 0 {
		t.Fatal("no vintage corrects another: the files are not those expected")
	}
	if reflect.DeepEqual(then[0], then[2]) {
		t.Errorf("%d figures were corrected between vintages, and no state shows it", revised)
	}
	t.Logf("%d figures corrected between vintages", revised)
}
