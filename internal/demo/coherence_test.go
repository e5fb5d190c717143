package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
)

// delivered are the rows of a dataset that concern a school, on the last day that it observed.
func delivered(t *testing.T, dataset string, s SchoolFiles, time string) []map[string]string {
	t.Helper()
	var out []map[string]string
	for _, f := range written(t) {
		if f.Dataset != dataset {
			continue
		}
		read(t, f, func(row map[string]string) {
			if row["etablissement"] != string(s.UAI) {
				return
			}
			if len(out) > 0 && row[time] > out[0][time] {
				out = nil
			}
			if len(out) == 0 || row[time] == out[0][time] {
				out = append(out, row)
			}
		})
	}
	return out
}

// TestCountsAreThoseDelivered compares what files say person by person with what the same school
// delivers as figures. The second collège has delivered nothing this year.
func TestCountsAreThoseDelivered(t *testing.T) {
	for i, s := range schoolFiles(t)[:3] {
		if i == 1 {
			continue
		}
		r := readSchool(t, s, "journal")
		got := countPupils(r)
		for _, row := range delivered(t, "effectifs", s, "jour") {
			k := row["niveau"] + row["sexe"]
			for measure, want := range map[string]string{"": row["eleves"], " lunch": row["demi_pensionnaires"], " boards": row["internes"], " bus": row["transports"]} {
				if got[k+measure] != number(t, want) {
					t.Errorf("%s: %d pupils%s of %s, %s delivered", s.Name, got[k+measure], measure, k, want)
				}
			}
		}
		for _, row := range delivered(t, "structures", s, "jour") {
			if n := got["divisions "+row["niveau"]]; n != number(t, row["classes"]) {
				t.Errorf("%s: %d divisions of %s, %s delivered", s.Name, n, row["niveau"], row["classes"])
			}
		}
		staff := map[string]int{}
		for _, row := range r.kinds["aaf_personnel_fonction"] {
			staff[map[string]string{"ENS": "", "DIR": "administratifs", "ADF": "administratifs", "EDU": "vie_scolaire", "AED": "vie_scolaire", "AEH": "accompagnants"}[row["code"]]+"+"+row["code"]]++
		}
		for _, row := range delivered(t, "personnels", s, "jour") {
			n := 0
			for k, v := range staff {
				if category, _, _ := strings.Cut(k, "+"); category == row["categorie"] && category != "" {
					n += v
				}
			}
			if row["categorie"] != "" && row["categorie"] != "autres" && n != number(t, row["personnels"]) {
				t.Errorf("%s: %d %s, %s delivered", s.Name, n, row["categorie"], row["personnels"])
			}
			if row["categorie"] == "" && (staff["+ENS"] != number(t, row["enseignants"]) || guardians(r) != number(t, row["responsables"])) {
				t.Errorf("%s: %d teachers and %d guardians, delivered %v", s.Name, staff["+ENS"], guardians(r), row)
			}
		}
		if rooms := delivered(t, "salles", s, "mois"); len(r.kinds["empsts_salle"]) != number(t, rooms[0]["salles"]) {
			t.Errorf("%s: %d rooms, delivered %v", s.Name, len(r.kinds["empsts_salle"]), rooms)
		}
	}
}

// countPupils counts those who have a formation and a division and have not left, as the ministry does.
func countPupils(r *reading) map[string]int {
	level := map[string]string{}
	for _, f := range formations {
		level[f.mef] = f.level
	}
	divisions := map[string]bool{}
	for _, row := range r.kinds["siecle_structure_eleve"] {
		divisions[row["eleve_id"]] = divisions[row["eleve_id"]] || row["type_structure"] == "D"
	}
	out := map[string]int{}
	for _, row := range r.kinds["siecle_eleve"] {
		if row["date_sortie"] != "" || row["code_mef"] == "" || !divisions[row["eleve_id"]] {
			continue
		}
		k := level[row["code_mef"]] + map[string]string{"1": "M", "2": "F"}[row["code_sexe"]]
		out[k]++
		switch row["code_regime"][0] {
		case '2':
			out[k+" lunch"]++
		case '3':
			out[k+" boards"]++
		}
		if row["adhesion_transport"] == "1" {
			out[k+" bus"]++
		}
	}
	for _, row := range r.kinds["siecle_division_mef"] {
		out["divisions "+level[row["code_mef"]]]++
	}
	return out
}

func guardians(r *reading) int {
	people := map[string]bool{}
	for _, row := range r.kinds["siecle_lien"] {
		if row["niveau"] == "1" {
			people[row["personne_id"]] = true
		}
	}
	return len(people)
}

// TestLogsAreThoseDelivered counts the lines of a log by hour: they are the connections delivered.
func TestLogsAreThoseDelivered(t *testing.T) {
	s := schoolFiles(t)[0]
	want, got := map[string]int{}, map[string]int{}
	for _, f := range written(t) {
		if f.Dataset != "connexions" || !strings.Contains(f.Name(), "2026-03") {
			continue
		}
		read(t, f, func(row map[string]string) {
			if row["etablissement"] == string(s.UAI) {
				at, err := time.Parse(time.RFC3339, row["heure"])
				if err != nil {
					t.Fatal(err)
				}
				want[fmt.Sprint(at.UTC().Format("2006-01-02T15"), row["profil"], row["support"], row["ent"])] += number(t, row["connexions"])
			}
		})
	}
	users := map[string]map[string]bool{}
	for _, f := range s.Files {
		if f.Format != "journal" || !strings.Contains(f.Name(), "2026-03") {
			continue
		}
		readOne(t, f, &each{func(x record.Record) {
			get := func(name string) string { return x.Get(name).Text }
			got[fmt.Sprint(get("instant")[:13], get("profil"), get("support"), get("ent"))]++
			if users[get("profil")] == nil {
				users[get("profil")] = map[string]bool{}
			}
			users[get("profil")][get("utilisateur")] = true
		}})
	}
	if len(want) < 1000 || fmt.Sprint(want) != fmt.Sprint(got) {
		t.Errorf("%d hourly figures, %d in the log", len(want), len(got))
	}
	if len(users) != len(profiles) || len(users["eleves"]) < 900 {
		t.Errorf("%d profiles, %d pupils", len(users), len(users["eleves"]))
	}
}

// each is a visitor that hands records on.
type each struct{ f func(record.Record) }

func (*each) Head(record.Head) error         { return nil }
func (v *each) Record(r record.Record) error { v.f(r); return nil }
func (*each) Fault(belvedere.Fault) error    { return nil }

// TestAnyYearHasATimetable makes the schools of other seeds and days: nobody is in two places, and every lesson has its hours.
func TestAnyYearHasATimetable(t *testing.T) {
	for seed, day := range map[uint64]time.Time{1: belvedere.Date(2026, 11, 25), 2: belvedere.Date(2025, 9, 1), 3: belvedere.Date(2024, 2, 29), 4: belvedere.Date(2025, 8, 31), 35: belvedere.Date(2031, 6, 15)} {
		w := newWorld(t.TempDir(), Options{Seed: seed, LastDay: day, Zone: zone(t)})
		for _, index := range withFiles {
			c, err := w.newCampus(w.schools[index])
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			checkTimetable(t, c)
			for _, p := range c.pupils {
				if !p.exit.IsZero() && p.exit.Before(p.entry) || p.entry.After(c.w.last) || len(p.options) != p.formation.choices() && len(p.options) != p.formation.choices()+1 {
					t.Errorf("seed %d: pupil %+v", seed, p)
				}
			}
			if index != withFiles[1] {
				continue
			}
			if defects := c.damage(); len(defects) < 30 { // nobody has left on the first day: one fewer
				t.Errorf("seed %d: %d defects", seed, len(defects))
			}
		}
	}
}

func checkTimetable(t *testing.T, c *campus) {
	t.Helper()
	taken, half := map[string]bool{}, map[*service]int{}
	for _, l := range c.lessons {
		names := []string{"teacher " + fmt.Sprint(l.teacher.id), "room " + l.room}
		for _, p := range l.of.pupils {
			names = append(names, fmt.Sprint("pupil ", p.id))
		}
		for i := l.slot; i < l.slot+l.length; i++ {
			for _, q := range map[string][]string{"H": {"Q1", "Q2"}, "Q1": {"Q1"}, "Q2": {"Q2"}}[l.frequency] {
				for _, n := range names {
					k := fmt.Sprint(n, i, q)
					if taken[k] {
						t.Errorf("%s is in two places at %d", n, i)
					}
					taken[k] = true
				}
				half[l.service]++
			}
		}
		d1, m1 := when(l.slot)
		if d2, m2 := when(l.slot + l.length - 1); d1 != d2 || m2-m1 != 60*(l.length-1) {
			t.Errorf("a lesson of %d hours begins at %d:%d", l.length, d1, m1)
		}
	}
	for _, s := range c.services() {
		if half[s] != s.half || s.teacher == nil {
			t.Errorf("%s of %s: %d half hours placed of %d", s.subject.short, s.of.code, half[s], s.half)
		}
	}
	if slices.ContainsFunc(c.staff, func(e *employee) bool { return e.function == "ENS" && (e.half == 0 || e.half > 44) }) {
		t.Errorf("a teacher has no hours, or too many")
	}
}

func TestWritingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := WriteSchools(ctx, t.TempDir(), Options{Seed: 35, LastDay: lastDay}); err == nil {
		t.Error("written after the end")
	}
}
