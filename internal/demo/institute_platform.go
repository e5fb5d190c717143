package demo

import (
	"fmt"
	"math"

	"belvedere"
)

// platformCourses are the spaces of the learning platform: department and name.
var platformCourses = []struct{ composante, name string }{
	{commonYears, "Analyse 1"}, {commonYears, "Algèbre linéaire"}, {commonYears, "Physique générale"}, {commonYears, "Chimie des matériaux"}, {commonYears, "Anglais 1"},
	{"Génie mécanique", "Mécanique des solides"}, {"Génie mécanique", "Conception assistée"}, {"Génie mécanique", "Fabrication additive"}, {"Génie mécanique", "Vibrations"},
	{"Génie civil", "Résistance des matériaux"}, {"Génie civil", "Béton armé"}, {"Génie civil", "Géotechnique"}, {"Génie civil", "Thermique du bâtiment"},
	{"Informatique industrielle", "Algorithmique"}, {"Informatique industrielle", "Systèmes temps réel"}, {"Informatique industrielle", "Vision et robotique"},
}

var platformActivities = []struct {
	name  string
	share float64
}{{"Fichier", 0.45}, {"Test", 0.25}, {"Devoir", 0.18}, {"Forum", 0.12}}

var platformProfiles = []struct {
	name  string
	share float64
}{{"eleves", 0.92}, {"enseignants", 0.08}}

func (in *institute) platform() error {
	t, err := in.w.create("plateforme", "plateforme.csv.gz", "etablissement", "jour", "composante", "cours", "activite_plateforme", "profil", "actions", "lignes")
	if err != nil {
		return err
	}
	for _, y := range in.w.years() {
		for day := y.First(); day.Before(y.End()) && !day.After(in.w.last); day = day.AddDate(0, 0, 1) {
			weight := map[kindOfDay]float64{schoolDay: 1, wednesday: 0.9, saturday: 0.15, sunday: 0.3, off: 0.06}[dayKind(day)]
			for i, c := range platformCourses {
				r := in.w.random("platform", i, day)
				base := 90 * weight * math.Exp(0.3*r.NormFloat64()) * (1 + 0.08*float64(int(y)-int(in.w.years()[0])))
				for _, a := range platformActivities {
					for _, p := range platformProfiles {
						if n := poisson(r, base*a.share*p.share); n > 0 {
							t.text(string(in.uai)).text(day.Format("2006-01-02")).text(c.composante).text(c.name).text(a.name).text(p.name).number(n).number(n - n/7).end()
						}
					}
				}
			}
		}
	}
	return t.close()
}

// platformUsers counts distinct users by month and year.
func (in *institute) platformUsers() error {
	t, err := in.w.create("usagers_plateforme", "usagers_plateforme.csv", "etablissement", "periode", "debut", "profil", "usagers")
	if err != nil {
		return err
	}
	row := func(period, start string, pupils, staff int) {
		for _, x := range []struct {
			profile string
			n       int
		}{{"ensemble", pupils + staff}, {"eleves", pupils}, {"enseignants", staff}} {
			t.text(string(in.uai)).text(period).text(start).text(x.profile).number(x.n).end()
		}
	}
	for _, y := range in.w.years() {
		all := len(in.regs[y])
		row("annee", y.First().Format("2006-01-02"), all*97/100, 118)
		for _, month := range in.w.closedMonths(y) {
			r := in.w.random("platform users", month)
			row("mois", month.Format("2006-01-02"), part(r, all, 0.9, 0.04), part(r, 118, 0.8, 0.05))
		}
	}
	return t.close()
}

// accounts are the public accounts of the two institutions, year after year.
func (in *institute) accounts() error {
	money := []string{"produits", "ressources_propres", "depenses_personnel", "charges_decaissables", "charges_externes", "immobilisations", "autofinancement", "excedent_brut", "resultat_net",
		"solde_budgetaire", "fonds_roulement", "besoin_fonds_roulement", "tresorerie", "droits_inscription", "formation_continue", "taxe_apprentissage", "anr", "contrats_recherche",
		"subventions_region", "subventions_ue"}
	shares := []float64{1, 0.16, 0.74, 0.95, 0.15, 0.04, 0.05, 0.045, 0.012, 0.008, 0.21, -0.06, 0.28, 0.03, 0.02, 0.012, 0.03, 0.025, 0.015, 0.008}
	t, err := in.w.create("operateurs", "operateurs.csv", append([]string{"etablissement", "annee"}, money...)...)
	if err != nil {
		return err
	}
	students, err := in.w.create("etudiants_hcp", "etudiants_hcp.csv", "etablissement", "annee", "inscriptions_principales", "nouveaux_bacheliers", "femmes", "hommes", "licence", "master", "doctorat",
		"mobilite_internationale", "ingenieurs")
	if err != nil {
		return err
	}
	for _, y := range in.w.years()[:2] {
		for i, uai := range []belvedere.UAI{in.uai, belvedere.UAIFromNumber(universityNumber)} {
			size, engineers := len(in.regs[y]), len(in.regs[y])
			if i == 1 {
				size, engineers = 14_200, 0
			}
			r := in.w.random("operators", i, int(y))
			turnover := float64(size) * (11_800 - 1_900*float64(i)) * math.Exp(0.02*r.NormFloat64())
			t.text(string(uai)).text(fmt.Sprint(int(y)))
			for k := range money {
				share := shares[k]
				if k > 0 {
					share *= math.Exp(0.05 * r.NormFloat64())
				}
				t.text(decimal(turnover * share))
			}
			t.end()
			women := part(r, size, 0.27+0.3*float64(i), 0.02)
			licence, doctorate := part(r, size, 0.4+0.2*float64(i), 0.01), part(r, size, 0.02, 0.1)
			students.text(string(uai)).text(fmt.Sprint(int(y))).number(size).number(part(r, size, 0.18, 0.05)).number(women).number(size - women).number(licence).
				number(size - licence - doctorate).number(doctorate).number(part(r, size, 0.11, 0.05)).number(engineers).end()
		}
	}
	if err := students.close(); err != nil {
		return err
	}
	return t.close()
}
