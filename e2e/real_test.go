package e2e_test

import (
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// csvColumn reads a column of an answer as numbers, by the first field of each line.
func csvColumn(t *testing.T, text string, column int) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n")[1:] {
		fields := strings.Split(line, ",")
		v, err := strconv.ParseFloat(fields[column], 64)
		if err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		out[fields[0]] = v
	}
	return out
}

// TestRealDepartment loads the six open files of Ille-et-Vilaine as they were published and finds
// the totals that the ministry gives.
func TestRealDepartment(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "data", "dept35"), "*.csv"))
	if err != nil || len(files) != 6 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	data := t.TempDir()
	sharing(t, data)
	a := run(t, data, append([]string{"--quiet", "load"}, files...)...)
	if a.code != 1 || strings.Count(a.out, "publiée") != 5 || strings.Count(a.out, "refusée") != 1 ||
		!strings.Contains(plain(a.out), "carte-scolaire-colleges-publics.csv    refusée") ||
		!strings.Contains(plain(a.out), "ne porte aucun nombre") {
		t.Fatalf("exit code %d\n%s%s", a.code, a.out, a.err)
	}
	for _, c := range []struct {
		name  string
		query []string
		want  map[string]float64
	}{
		{"pupils of écoles", []string{"--indicators", "eleves", "--by", "annee", "--where", "type=ecole", "--where", "annee=2019|2020|2021|2022"},
			map[string]float64{"2019": 111629, "2020": 110324, "2021": 108848, "2022": 107729}},
		{"pupils per class of écoles", []string{"--indicators", "classes", "--rates", "--by", "annee", "--where", "type=ecole", "--where", "annee=2019|2020|2021|2022"},
			map[string]float64{"2019": 23.4712, "2020": 23.0033, "2021": 22.7050, "2022": 22.6037}},
		{"pupils of collège levels", []string{"--indicators", "eleves", "--by", "annee", "--where", "niveau=6eme|5eme|4eme|3eme", "--where", "annee=2019|2020|2021"},
			map[string]float64{"2019": 56959, "2020": 57639, "2021": 57649}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := csvColumn(t, done(t, data, append([]string{"query"}, c.query...)...), 2)
			if len(got) != len(c.want) {
				t.Errorf("got %v", got)
			}
			for year, want := range c.want {
				if math.Abs(got[year]-want) > 0.00005 {
					t.Errorf("%s: %v, want %v", year, got[year], want)
				}
			}
		})
	}
}

// receipts and editions may change when nothing else does.
var proof = regexp.MustCompile(`"(edition|recu)":\{[^}]*\}|"produit_le":"[^"]*"`)

// TestSecondExportOfTheSameFigures loads the index of social position in the two exports of the
// ministry: the second replaces the slices of the first and changes no figure.
func TestSecondExportOfTheSameFigures(t *testing.T) {
	dir := shared(t, "data", "ips_fr")
	data := t.TempDir()
	sharing(t, data)
	query := []string{"query", "--indicators", "ips", "--by", "etablissement", "--where", "annee=2022", "--total", "--format", "json"}
	if out := done(t, data, "--quiet", "load", filepath.Join(dir, "ips-colleges.A.csv")); !strings.Contains(plain(out), "ips  publiée") {
		t.Fatal(out)
	}
	before := done(t, data, query...)
	out := done(t, data, "--quiet", "load", filepath.Join(dir, "ips-colleges.B.csv"))
	if !strings.Contains(plain(out), "édition 2") {
		t.Fatal(out)
	}
	after := done(t, data, query...)
	if strings.Count(before, `"etat":"valeur"`) < 5000 {
		t.Errorf("too few figures:\n%.2000s", before)
	}
	if proof.ReplaceAllString(before, "") != proof.ReplaceAllString(after, "") {
		t.Error("the second export changed figures")
	}
	if before == after {
		t.Error("the edition did not change: nothing was published")
	}
}

// TestRegisterOfFrance loads the places of all collèges of the country.
func TestRegisterOfFrance(t *testing.T) {
	file := filepath.Join(shared(t, "data", "colleges_fr"), "geolocalisation_colleges.csv")
	data := t.TempDir()
	if out := done(t, data, "--quiet", "load", file); !strings.Contains(plain(out), "geolocalisation  publiée") {
		t.Fatal(out)
	}
}
