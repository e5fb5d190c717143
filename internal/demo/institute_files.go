package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"belvedere"
)

// institution writes what the engineering school delivers, and the public accounts.
func (w *world) institution() error {
	in := w.newInstitute()
	for _, step := range []func() error{in.register, in.agreement, in.registrations, in.persons, in.leavers, in.results, in.hours, in.jobs, in.contracts, in.pay,
		in.openings, in.budget, in.platform, in.platformUsers, in.accounts} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// tally counts rows by their text, and writes them in order.
type tally map[string]int

func (t tally) add(fields ...string) { t[strings.Join(fields, ";")]++ }

func (t tally) write(to *table, uai belvedere.UAI) error {
	for _, row := range slices.Sorted(maps.Keys(t)) {
		to.text(string(uai)).text(row).number(t[row]).end()
	}
	return to.close()
}

func (in *institute) register() error {
	t, err := in.w.create("etablissements", "etablissements_superieur.csv", "etablissement", "type", "secteur", "nom", "nom_court", "codes_postaux", "commune", "code_commune",
		"departement", "academie", "latitude", "longitude", "internat", "ouverture", "etat", "nature")
	if err != nil {
		return err
	}
	t.text(string(in.uai)).text("superieur").text("public").text(instituteName).text("ENI Sarvane").text("99000").text("Castelbruc").text("99001").text("99").text("Sarvane").
		text("45.2310").text("3.4120").text("non").text("1961-10-02").text("OUVERT").text("École d’ingénieurs").end()
	t.text(string(belvedere.UAIFromNumber(universityNumber))).text("superieur").text("public").text("Université de la Sarvane").text("Univ. Sarvane").text("99000").text("Castelbruc").text("99001").
		text("99").text("Sarvane").text("45.2275").text("3.4205").text("non").text("1970-01-01").text("OUVERT").text("Université").end()
	return t.close()
}

// agreement shares with the territory what is not the school's alone.
func (in *institute) agreement() error {
	t, err := in.w.create("", "conventions_superieur.csv", "etablissement", "debut", "fin", "base", "reference", "themes", "indicateurs", "etendus", "destinataires")
	if err != nil {
		return err
	}
	for i, uai := range []belvedere.UAI{in.uai, belvedere.UAIFromNumber(universityNumber)} {
		t.text(string(uai)).text(in.w.years()[0].First().Format("2006-01-02")).text("").text("Consentement de l’établissement").text(fmt.Sprintf("CONV-SUP-%d", i+1)).
			text("superieur").text("").text("").text("").end()
	}
	return t.close()
}

// states are the days on which registrations are noted.
func (in *institute) states(y belvedere.SchoolYear) []time.Time {
	var out []time.Time
	for _, d := range []time.Time{belvedere.Date(int(y), time.October, 1), belvedere.Date(int(y), time.November, 15), belvedere.Date(int(y)+1, time.January, 15),
		belvedere.Date(int(y)+1, time.March, 15), belvedere.Date(int(y)+1, time.June, 1)} {
		if !d.After(in.w.last) {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		out = append(out, in.w.last)
	}
	return out
}

func (in *institute) registrations() error {
	t, err := in.w.create("inscriptions", "inscriptions.csv.gz", "etablissement", "jour", "nature_inscription", "composante", "formation", "parcours", "etape", "niveau", "sexe",
		"entree_sup", "statut_inscription", "regime_inscription", "pays", "inscrits")
	if err != nil {
		return err
	}
	rows := tally{}
	for _, y := range in.w.years() {
		for _, day := range in.states(y) {
			for _, reg := range in.regs[y] {
				pays := ""
				if reg.status(day) == "mobilite" {
					pays = reg.abroad
				}
				for _, nature := range []string{"administrative", "pedagogique"} {
					if nature == "pedagogique" && (reg.pause || reg.status(day) == "demissionnaire") {
						continue
					}
					rows.add(day.Format("2006-01-02"), nature, reg.composante(), reg.formation(), reg.parcours(), reg.etape(), instituteLevels[reg.rank], reg.sex(),
						reg.entry, reg.status(day), reg.regime(), pays)
				}
			}
		}
	}
	return rows.write(t, in.uai)
}

// persons counts each student once a year, whatever the registrations.
func (in *institute) persons() error {
	t, err := in.w.create("etudiants", "etudiants.csv", "etablissement", "periode", "debut", "sexe", "etudiants")
	if err != nil {
		return err
	}
	rows := tally{}
	for _, y := range in.w.years() {
		for _, reg := range in.regs[y] {
			rows.add("annee", y.First().Format("2006-01-02"), "ensemble")
			rows.add("annee", y.First().Format("2006-01-02"), reg.sex())
		}
	}
	return rows.write(t, in.uai)
}

func (in *institute) leavers() error {
	t, err := in.w.create("demissions", "demissions.csv", "etablissement", "mois", "composante", "formation", "etape", "niveau", "sexe", "abandons")
	if err != nil {
		return err
	}
	rows := tally{}
	for _, y := range in.w.years() {
		for _, reg := range in.regs[y] {
			if !reg.left.IsZero() && !reg.left.After(in.w.last) {
				rows.add(reg.left.Format("2006-01"), reg.composante(), reg.formation(), reg.etape(), instituteLevels[reg.rank], reg.sex())
			}
		}
	}
	if len(rows) == 0 { // the first weeks of a first year
		t.text(string(in.uai)).text(in.w.last.Format("2006-01")).text("").text("").text("").text("").text("").number(0).end()
	}
	return rows.write(t, in.uai)
}

// results are those of the years that are over: of each session, and of the year.
func (in *institute) results() error {
	t, err := in.w.create("resultats", "resultats.csv", "etablissement", "annee", "session_examen", "issue", "code_resultat", "composante", "formation", "parcours", "etape", "niveau", "sexe", "resultats")
	if err != nil {
		return err
	}
	rows := tally{}
	years := in.w.years()
	for _, y := range years[:2] {
		for _, reg := range in.regs[y] {
			if reg.pause {
				continue
			}
			one := func(session, issue, code string) {
				rows.add(fmt.Sprint(int(y)), session, issue, code, reg.composante(), reg.formation(), reg.parcours(), reg.etape(), instituteLevels[reg.rank], reg.sex())
			}
			one("annee", issueOf(reg.code), reg.code)
			switch {
			case reg.session == 2:
				one("session1", "ajourne", "AJ")
				one("session2", issueOf(reg.code), reg.code)
			case reg.session == 1:
				one("session1", issueOf(reg.code), reg.code)
			}
		}
	}
	return rows.write(t, in.uai)
}
