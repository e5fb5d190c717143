package tally_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere/catalog"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/tally"
)

var persons = sync.OnceValue(func() *dossier.Catalog {
	c, err := dossier.Load(model(), catalog.FS)
	if err != nil {
		panic(err)
	}
	return c
})

// enrol is a row of the file of registrations, as the test knows it.
type enrol struct {
	nip, step, sex, in, out string
	left                    bool
}

// a rowSink is given to a fill by column.
func row(into dossier.Sink, kind string, line int, cells map[string]string) error {
	k := persons().Kinds.Kind(kind)
	list := make([]string, len(k.Columns))
	for i, c := range k.Columns {
		list[i] = cells[c.Name]
	}
	return into.Row(k, dossier.Place{File: "f.csv", Line: int64(line)}, list)
}

// files imports rows of person files.
func (d *desk) files(t testing.TB, fill func(into dossier.Sink) error) {
	t.Helper()
	s := dossier.New(dossier.Config{Vaults: d, Catalog: persons(), Now: func() time.Time { return d.now }})
	name := fmt.Sprint(rand.Uint64())
	_, err := s.Import(context.Background(), operator(), school, dossier.Batch{Mapping: "test",
		Files: []dossier.File{{Name: "f.csv", Data: strings.NewReader(name), Size: int64(len(name))}}, Fill: fill})
	if err != nil {
		t.Fatal(err)
	}
}

// institution fills the vault with registrations, results and clicks drawn at random.
func institution(t testing.TB, d *desk, r *rand.Rand) (list []enrol) {
	t.Helper()
	for i := range 300 {
		e := enrol{nip: fmt.Sprint(i % 260), step: fmt.Sprint("ET", i%3), sex: []string{"F", "M"}[i%260%2], in: time.Date(2026, 8, 20+r.IntN(60), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}
		if i >= 260 {
			e.step = "AUTRE"
		}
		if r.IntN(4) == 0 {
			e.out, e.left = time.Date(2026, 10, 1+r.IntN(70), 0, 0, 0, 0, time.UTC).Format(time.DateOnly), true
		}
		list = append(list, e)
	}
	d.files(t, func(into dossier.Sink) error {
		for i, e := range list {
			cells := map[string]string{"annee": "2026", "nip": e.nip, "nom": "NOM" + e.nip, "etape": e.step, "sexe": e.sex, "inscrit_le": e.in, "sorti_le": e.out}
			if e.left {
				cells["statut"] = "demissionnaire"
			}
			if err := row(into, "inscriptions", i+2, cells); err != nil {
				return err
			}
			if err := row(into, "resultats", i+2, map[string]string{"annee": "2026", "nip": e.nip, "etape": e.step, "sexe": e.sex, "objet": "etape", "code": []string{"ADM", "AJ", "ABI"}[i%3],
				"issue": []string{"admis", "ajourne", "absent"}[i%3]}); err != nil {
				return err
			}
			if err := row(into, "activite", i+2, map[string]string{"jour": "2026-10-0" + fmt.Sprint(1+i%9), "usager": e.nip, "cours": "C" + fmt.Sprint(i%4), "activite": "forum", "actions": fmt.Sprint(i % 7)}); err != nil {
				return err
			}
			if err := row(into, "heures", i+2, map[string]string{"mois": "2026-10", "matricule": e.nip, "composante": "UFR; Sciences", "type_cours": "TD", "heures": "1,5"}); err != nil {
				return err
			}
		}
		return nil
	})
	return list
}

// What leaves of person files is recounted from what the test put in.
func TestPersonFilesAreRecounted(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	list := institution(t, d, rand.New(rand.NewPCG(3, 3)))
	rows := d.counted(t, "inscriptions")
	for _, day := range []string{"2026-09-30", "2026-10-31", "2026-11-14"} {
		for _, step := range []string{"ET0", "ET1", "ET2", "AUTRE"} {
			here, gone := 0, 0
			for _, e := range list {
				switch {
				case e.step != step || e.in > day:
				case e.out != "" && e.out <= day:
					gone++
				default:
					here++
				}
			}
			same(t, day+" "+step+" actifs", sum(rows, "inscrits", "jour", day, "etape", step, "statut_inscription", "actif"), here)
			same(t, day+" "+step+" démissionnaires", sum(rows, "inscrits", "jour", day, "etape", step, "statut_inscription", "demissionnaire"), gone)
		}
	}
	if slices.ContainsFunc(rows, func(r map[string]string) bool { return r["jour"] > "2026-11-14" || r["jour"] == "2026-11-30" }) {
		t.Error("a day that has not come is counted")
	}
	people := d.counted(t, "etudiants")
	for sex, is := range map[string]func(e enrol) bool{"ensemble": func(enrol) bool { return true }, "F": func(e enrol) bool { return e.sex == "F" }, "M": func(e enrol) bool { return e.sex == "M" }} {
		seen := map[string]bool{}
		for _, e := range list {
			if is(e) && e.in <= "2026-11-14" {
				seen[e.nip] = true
			}
		}
		same(t, "étudiants de l’année "+sex, sum(people, "etudiants", "periode", "annee", "sexe", sex), len(seen))
	}
	left := 0
	for _, e := range list {
		if e.left && strings.HasPrefix(e.out, "2026-10") {
			left++
		}
	}
	same(t, "abandons d’octobre", sum(d.counted(t, "demissions"), "abandons", "mois", "2026-10"), left)
	same(t, "admis", sum(d.counted(t, "resultats"), "resultats", "issue", "admis"), 100)
	actions := 0
	for i := range 300 {
		actions += i % 7
	}
	same(t, "actions", sum(d.counted(t, "plateforme"), "actions"), actions)
	same(t, "lignes de journal", sum(d.counted(t, "plateforme"), "lignes"), 300)
	same(t, "usagers du mois", sum(d.counted(t, "usagers_plateforme"), "usagers", "periode", "mois", "profil", "ensemble"), 260)
	if hours := d.counted(t, "heures"); len(hours) != 1 || hours[0]["heures"] != "450.00" || hours[0]["composante"] != "UFR, Sciences" {
		t.Errorf("%v", hours)
	}
}

// A file that says no date of registration tells no history: its state is that of the day alone.
func TestFilesWithoutDatesTellNoHistory(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	d.files(t, func(into dossier.Sink) error {
		return row(into, "inscriptions", 2, map[string]string{"annee": "2026", "nip": "1", "etape": "E"})
	})
	if rows := d.counted(t, "inscriptions"); len(rows) != 1 || rows[0]["jour"] != "2026-11-14" {
		t.Errorf("%v", rows)
	}
}

// The history of a year is sent once, and again only where it changed.
func TestHistoryIsSentOnce(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	list := institution(t, d, rand.New(rand.NewPCG(3, 3)))
	d.order(t, tally.Order{Year: year, Datasets: []string{"inscriptions"}})
	d.send(t)
	if n := d.order(t, tally.Order{Year: year, Datasets: []string{"inscriptions"}}); n != 0 {
		t.Errorf("%d files wait again", n)
	}
	before := len(d.got)
	d.files(t, func(into dossier.Sink) error {
		for i, e := range list {
			cells := map[string]string{"annee": "2026", "nip": e.nip, "etape": e.step, "sexe": e.sex, "inscrit_le": e.in, "sorti_le": e.out}
			if e.left {
				cells["statut"] = "demissionnaire"
			}
			if i == 0 {
				cells["inscrit_le"] = "2026-10-15" // after the state of September
			}
			if err := row(into, "inscriptions", i+2, cells); err != nil {
				return err
			}
		}
		return nil
	})
	d.order(t, tally.Order{Year: year, Datasets: []string{"inscriptions"}})
	d.send(t)
	if len(d.got) != before+1 || list[0].in > "2026-09-30" {
		t.Fatalf("%d files left", len(d.got)-before)
	}
	body := string(d.got[before].Body)
	if !strings.Contains(body, "2026-09-30") || strings.Contains(body, "2026-10-31") {
		t.Error("September alone changed")
	}
}

// TestLastSessionIsTheYear: an extraction that gives sessions alone has a result of the year all the same,
// that of the last one; where the file gives it, the file is right.
func TestLastSessionIsTheYear(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	d.files(t, func(into dossier.Sink) error {
		for i, x := range [][3]string{{"1", "session1", "admis"}, {"2", "session1", "ajourne"}, {"2", "session2", "admis"}, {"3", "session1", "ajourne"}, {"3", "session2", "ajourne"}, {"3", "annee", "admis"}, {"4", "session1", "absent"}} {
			if err := row(into, "resultats", i+2, map[string]string{"annee": "2026", "nip": x[0], "etape": "E1", "session": x[1], "objet": "etape", "code": "X", "issue": x[2]}); err != nil {
				return err
			}
		}
		return nil
	})
	rows := d.counted(t, "resultats")
	for key, want := range map[[2]string]int{{"annee", "admis"}: 3, {"annee", "absent"}: 1, {"annee", "ajourne"}: 0, {"session1", "ajourne"}: 2, {"session1", "admis"}: 1, {"session2", "admis"}: 1, {"session2", "ajourne"}: 1} {
		same(t, key[0]+" "+key[1], sum(rows, "resultats", "session_examen", key[0], "issue", key[1]), want)
	}
}

// An agent of two services counts once, where she works most; the services add up to the people, and all
// their time is counted.
func TestAgentsOfTwoServicesCountOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	d := newDesk(t, "2026-11-14")
	most := map[string]float64{} // weight of the main row of each agent
	var etp float64
	d.files(t, func(into dossier.Sink) error {
		line := 1
		for i := range 120 {
			who := fmt.Sprint(i)
			for _, service := range []string{"DRH", "DSI", "UFR"}[:1+r.IntN(3)] {
				line++
				cells := map[string]string{"jour": "2026-10-01", "matricule": who, "service": service, "statut": []string{"titulaire", "cdd"}[r.IntN(2)]}
				part := float64(1+r.IntN(4)) / 4
				switch r.IntN(3) {
				case 0:
					cells["quotite"] = fmt.Sprint(part)
				case 1:
					cells["etp"], cells["quotite"] = fmt.Sprint(part), "0.1"
					etp += part
				default:
					part = 0
				}
				most[who] = max(most[who], part)
				if err := row(into, "agents", line, cells); err != nil {
					return err
				}
			}
		}
		return row(into, "agents", line+1, map[string]string{"jour": "2026-09-01", "matricule": "0", "service": "DRH"})
	})
	list := d.counted(t, "emplois")
	same(t, "agents", sum(list, "agents", "jour", "2026-10-01"), len(most))
	same(t, "agents of another day", sum(list, "agents", "jour", "2026-09-01"), 1)
	var got float64
	for _, one := range list {
		if v, err := strconv.ParseFloat(one["etp"], 64); err == nil {
			got += v
		}
	}
	if math.Abs(got-etp) > 0.01 {
		t.Errorf("%v ETP, want %v", got, etp)
	}
}

// Contracts are a state: those that hold at the end of each month, by the exercise of that month.
func TestContractsInForce(t *testing.T) {
	d := newDesk(t, "2027-02-14")
	d.files(t, func(into dossier.Sink) error {
		for i, cells := range []map[string]string{
			{"annee": "2026", "matricule": "1", "numero": "A", "nature": "CDD", "etp": "0,5", "debut": "2026-09-01", "fin": "2026-10-31"},
			{"annee": "2026", "matricule": "1", "numero": "B", "nature": "CDD", "etp": "1", "debut": "2026-11-01", "fin": "2027-01-15"},
			{"annee": "2027", "matricule": "1", "numero": "B", "nature": "CDD", "etp": "1", "debut": "2026-11-01", "fin": "2027-01-15"},
			{"annee": "2026", "matricule": "2", "numero": "C", "nature": "CDI", "etp": "1", "debut": "2010-01-01"},
			{"annee": "2027", "matricule": "2", "numero": "C", "nature": "CDI", "etp": "1", "debut": "2010-01-01"},
		} {
			if err := row(into, "contrats", i+2, cells); err != nil {
				return err
			}
		}
		return nil
	})
	list := d.counted(t, "contrats")
	for day, want := range map[string][3]int{"2026-09-30": {1, 1, 2}, "2026-10-31": {1, 1, 2}, "2026-11-30": {1, 1, 2}, "2026-12-31": {1, 1, 2}, "2027-01-31": {0, 1, 1}, "2027-02-14": {0, 1, 1}, "2026-08-31": {0, 0, 0}} {
		same(t, "CDD "+day, sum(list, "contrats", "jour", day, "nature_contrat", "CDD"), want[0])
		same(t, "CDI "+day, sum(list, "contrats", "jour", day, "nature_contrat", "CDI"), want[1])
		same(t, "contracts "+day, sum(list, "contrats", "jour", day), want[2])
	}
}
