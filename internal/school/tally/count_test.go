package tally_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere/internal/school/tally"
	"belvedere/internal/school/vault"
)

// TestCountsAreRecounts draws schools at random and recounts, from what the test put in, what
// the files say.
func TestCountsAreRecounts(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := newDesk(t, "2026-11-14")
			people, visits := populate(t, d, rand.New(rand.NewPCG(seed, 1)))
			recountPeople(t, d, people)
			recountAccounts(t, d, people)
			recountVisits(t, d, visits)
			recountEvents(t, d, people)
		})
	}
}

func same(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, recounted %d", what, got, want)
	}
}

func tell(people []*person, is func(p *person) bool) (n int) {
	for _, p := range people {
		if is(p) {
			n++
		}
	}
	return n
}

func recountPeople(t *testing.T, d *desk, people []*person) {
	t.Helper()
	pupils := d.counted(t, "effectifs")
	enrolled := func(is func(p *person) bool) int {
		return tell(people, func(p *person) bool { return p.enrolled && is(p) })
	}
	all := func(*person) bool { return true }
	same(t, "élèves", sum(pupils, "eleves"), enrolled(all))
	same(t, "élèves de 5e", sum(pupils, "eleves", "niveau", "5eme", "sexe", "F"), enrolled(func(p *person) bool { return p.level == "5eme" && p.sex == "F" }))
	same(t, "demi-pensionnaires", sum(pupils, "demi_pensionnaires"), enrolled(func(p *person) bool { return p.pension == "demi_pension" }))
	same(t, "internes", sum(pupils, "internes"), enrolled(func(p *person) bool { return p.pension == "internat" }))
	same(t, "transports", sum(pupils, "transports"), enrolled(func(p *person) bool { return p.bus }))
	same(t, "SEGPA", sum(pupils, "segpa"), enrolled(func(p *person) bool { return p.level == "5eme_segpa" }))
	same(t, "ULIS", sum(pupils, "ulis"), enrolled(func(p *person) bool { return p.level == "ulis" }))
	for _, r := range pupils {
		if r["hors_secteur"] != "" || r["jour"] != "2026-11-14" || r["etablissement"] != string(school) {
			t.Errorf("no file says who is out of sector, and the day is today: %v", r)
		}
	}
	same(t, "classes", sum(d.counted(t, "structures"), "classes"), 2) // 4C has no pupil
	adults := d.counted(t, "personnels")
	staff := func(profile string) int {
		return tell(people, func(p *person) bool { return p.sort == vault.Staff && p.profile == profile })
	}
	same(t, "vie scolaire", sum(adults, "personnels", "categorie", "vie_scolaire"), staff("vie_scolaire"))
	same(t, "autres", sum(adults, "personnels", "categorie", "autres"), staff("personnels"))
	same(t, "enseignants", sum(adults, "enseignants", "categorie", ""), staff("enseignants"))
	same(t, "personnels", sum(adults, "personnels")+sum(adults, "enseignants"), tell(people, func(p *person) bool { return p.sort == vault.Staff }))
}

func recountAccounts(t *testing.T, d *desk, people []*person) {
	t.Helper()
	accounts := d.counted(t, "comptes")
	opened := func(is func(p *person) bool) int {
		return tell(people, func(p *person) bool { return p.account == "ouvert" && is(p) })
	}
	same(t, "comptes", sum(accounts, "comptes"), opened(func(*person) bool { return true }))
	same(t, "comptes de filles", sum(accounts, "comptes", "profil", "eleves", "sexe", "F"), opened(func(p *person) bool { return p.sort == vault.Pupil && p.sex == "F" }))
	same(t, "comptes de responsables", sum(accounts, "comptes", "profil", "responsables", "sexe", ""), opened(func(p *person) bool { return p.sort == vault.Guardian }))
}

func recountVisits(t *testing.T, d *desk, visits []visit) {
	t.Helper()
	zone := d.v.Zone()
	hours := d.counted(t, "connexions")
	same(t, "connexions", sum(hours, "connexions"), len(visits))
	// The night of 25 hours has two hours of the name 2 o'clock.
	for _, hour := range []string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-26T09:00:00+01:00"} {
		start, err := time.Parse(time.RFC3339, hour)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, v := range visits {
			if !v.at.Before(start) && v.at.Before(start.Add(time.Hour)) {
				n++
			}
		}
		same(t, hour, sum(hours, "connexions", "heure", hour), n)
	}
	persons := d.counted(t, "individus")
	distinct := func(is func(v visit) bool) int {
		seen := map[string]bool{}
		for _, v := range visits {
			if is(v) {
				seen[fmt.Sprint(v.who.sort, v.who.id)] = true
			}
		}
		return len(seen)
	}
	staff := []string{"personnels", "vie_scolaire", "administratifs"}
	for _, one := range []struct {
		where []string
		is    func(v visit) bool
	}{
		{[]string{"periode", "annee", "profil", "ensemble", "support", "ensemble", "ent", "ensemble"}, func(visit) bool { return true }},
		{[]string{"periode", "mois", "debut", "2026-10-01", "profil", "ensemble", "support", "net", "ent", "ensemble"},
			func(v visit) bool { return v.at.In(zone).Month() == time.October && v.media != "logiciel" }},
		{[]string{"periode", "jour", "debut", "2026-10-26", "profil", "eleves", "support", "mobile", "ent", "ensemble"}, func(v visit) bool {
			return v.at.In(zone).Format(time.DateOnly) == "2026-10-26" && v.who.sort == vault.Pupil && (v.media == "web_mobile" || v.media == "application")
		}},
		{[]string{"periode", "annee", "profil", "personnels", "support", "ensemble", "ent", "oui"},
			func(v visit) bool { return slices.Contains(staff, v.who.profile) && v.ent == 1 }},
		{[]string{"periode", "annee", "profil", "enseignants", "support", "web", "ent", "non"},
			func(v visit) bool { return v.who.profile == "enseignants" && v.media == "web" && v.ent == 0 }},
	} {
		same(t, strings.Join(one.where, " "), sum(persons, "individus", one.where...), distinct(one.is))
	}
}

func recountEvents(t *testing.T, d *desk, people []*person) {
	t.Helper()
	halves, lates := 0, 0
	for _, p := range people {
		halves, lates = halves+p.halves, lates+p.lates
	}
	months := d.counted(t, "assiduite")
	same(t, "demi-journées", sum(months, "demi_journees"), halves)
	same(t, "retards", sum(months, "retards", "mois", "2026-09"), lates)
	if months[0]["demi_journees_attendues"] != "" {
		t.Error("without timetable nobody knows what was due")
	}
	bands := d.counted(t, "assiduite_tranches")
	enrolled := tell(people, func(p *person) bool { return p.enrolled })
	for _, event := range []string{"absence", "retard"} {
		same(t, "tranches, "+event, sum(bands, "eleves", "evenement", event), enrolled)
	}
	same(t, "de 5 à 9", sum(bands, "eleves", "evenement", "absence", "tranche", "5_9"), tell(people, func(p *person) bool { return p.enrolled && p.halves >= 5 && p.halves <= 9 }))
	same(t, "20 et plus", sum(bands, "eleves", "evenement", "absence", "tranche", "20_plus"), tell(people, func(p *person) bool { return p.enrolled && p.halves >= 20 }))
}

// An empty vault says nothing: unknown is not zero.
func TestNothingKnown(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	files, err := d.Preview(context.Background(), operator(), school, year)
	if err != nil || len(files) != 0 {
		t.Errorf("an empty vault sends %v, %v", files, err)
	}
	d.at("2026-08-28")
	populate(t, d, rand.New(rand.NewPCG(1, 1)))
	if n := d.order(t, tally.Order{Year: year}); n != 0 {
		t.Errorf("a year that has not begun sends %d files", n)
	}
}

func TestGuardiansSaidToBeOneCountOnce(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	d.exec(t, "INSERT INTO eleve (id, nom, prenom, cle, source, cree, vu) VALUES (1, 'N', 'P', 'N', 's', 0, 0)")
	d.exec(t, "INSERT INTO scolarite (annee, eleve, mef, division, present, scolarise, source, import) VALUES (2026, 1, 'M', '6A', 1, 1, 's', 1)")
	for i := range 5 {
		d.exec(t, "INSERT INTO personne (id, nom, prenom, cle, source, present, cree, vu) VALUES (?, 'N', 'P', 'N', 's', 1, 0, 0)", i+1)
		d.exec(t, "INSERT INTO lien (annee, eleve, personne, parente, niveau, source) VALUES (2026, 1, ?, '10', ?, 's')", i+1, min(i+1, 4)/4+1) // 1 1 1 2 2
	}
	guardians := func() int { return sum(d.counted(t, "personnels"), "responsables") }
	same(t, "responsables légaux", guardians(), 3)
	for _, pair := range [][2]int{{1, 3}, {2, 3}, {3, 4}} {
		d.exec(t, "INSERT INTO doublon (a, b, certitude, etat, le, par) VALUES (?, ?, 'certain', 'fusionne', 0, '')", pair[0], pair[1])
	}
	same(t, "responsables dédoublonnés", guardians(), 1)
}

// Connections that the vault may have forgotten are not counted again: what left before stays what
// the territory shows, and fewer would take its place.
func TestForgottenConnectionsAreNotRecounted(t *testing.T) {
	d := newDesk(t, "2026-11-14")
	_, visits := populate(t, d, rand.New(rand.NewPCG(7, 1)))
	same(t, "connexions", sum(d.counted(t, "connexions"), "connexions"), len(visits))
	d.at("2027-11-14")
	if _, err := d.v.Purge(context.Background(), vault.DefaultRetention(d.now)); err != nil {
		t.Fatal(err)
	}
	for _, dataset := range []string{"connexions", "individus"} {
		if list := d.counted(t, dataset); len(list) != 0 {
			t.Errorf("%s: %d rows of a year that is forgotten in part", dataset, len(list))
		}
	}
	if list := d.counted(t, "effectifs"); len(list) == 0 {
		t.Error("the pupils of the year are still known")
	}
}
