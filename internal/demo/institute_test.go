package demo

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// TestInstituteCountsAreThoseDelivered compares the files of the engineering school, person by person,
// with what it delivers as figures.
func TestInstituteCountsAreThoseDelivered(t *testing.T) {
	s, err := WriteInstitute(t.Context(), t.TempDir(), Options{Seed: 35, LastDay: lastDay, Zone: zone(t)})
	if err != nil {
		t.Fatal(err)
	}
	persons, results, year := map[string]int{}, map[string]int{}, map[string]string{}
	for _, f := range s.Files {
		for _, row := range semicolons(t, f.Path) {
			switch f.Format {
			case "inscriptions":
				persons[row["COD_ANU"]]++
				if row["LIB_NOM_PAT_IND"] == "" || row["COD_ETU"] == "" {
					t.Errorf("nobody on a line of %s", f.Name())
				}
			case "resultats":
				if was := year[row["COD_ANU"]+row["COD_ETU"]]; was != "" { // the last session is the year's
					results[row["COD_ANU"]+" "+was]--
				}
				year[row["COD_ANU"]+row["COD_ETU"]] = row["issue"]
				results[row["COD_ANU"]+" "+row["issue"]]++
			}
		}
	}
	deliveredPersons, deliveredResults := map[string]int{}, map[string]int{}
	for _, f := range written(t) {
		switch f.Dataset {
		case "etudiants":
			read(t, f, func(row map[string]string) {
				if row["sexe"] == "ensemble" && row["etablissement"] == string(s.UAI) {
					deliveredPersons[row["debut"][:4]] += number(t, row["etudiants"])
				}
			})
		case "resultats":
			read(t, f, func(row map[string]string) {
				if row["session_examen"] == "annee" {
					deliveredResults[row["annee"]+" "+row["issue"]] += number(t, row["resultats"])
				}
			})
		}
	}
	same(t, "students", persons, deliveredPersons)
	same(t, "results", results, deliveredResults)
}

func same(t *testing.T, what string, got, want map[string]int) {
	t.Helper()
	if len(want) < 3 || len(got) != len(want) {
		t.Errorf("%s: %v, delivered %v", what, got, want)
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%s of %s: %d, delivered %d", what, k, got[k], n)
		}
	}
}

func semicolons(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	var head []string
	for in.Scan() {
		fields := strings.Split(in.Text(), ";")
		if head == nil {
			head = fields
			continue
		}
		row := map[string]string{}
		for i, h := range head {
			row[h] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows
}
