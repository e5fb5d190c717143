package demo

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"belvedere"
)

// decimal writes an amount with two decimals.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// teachers are the categories of teachers with their share of the hours.
var teachers = []struct {
	category string
	share    float64
}{{"enseignant_chercheur", 0.42}, {"second_degre", 0.2}, {"ater", 0.08}, {"contractuel", 0.1}, {"vacataire", 0.2}}

var lessonTypes = []struct {
	code        string
	share, etd  float64
	perStudents float64 // how many students share one hour
}{{"cm", 0.22, 1.5, 90}, {"td", 0.38, 1, 28}, {"tp", 0.28, 1, 14}, {"projet", 0.12, 1, 20}}

// teachingWeeks is how much of a month is taught.
func teachingWeeks(month time.Time) float64 { return float64(schoolDays(month)) / 5 }

func (in *institute) hours() error {
	t, err := in.w.create("heures", "heures.csv", "etablissement", "mois", "composante", "formation", "niveau", "categorie_enseignant", "type_cours", "heures", "heures_etd")
	if err != nil {
		return err
	}
	for _, y := range in.w.years() {
		type group struct{ composante, formation, level string }
		sizes := map[group]int{}
		var order []group
		for _, reg := range in.regs[y] {
			g := group{reg.composante(), reg.formation(), instituteLevels[reg.rank]}
			if sizes[g]++; sizes[g] == 1 {
				order = append(order, g)
			}
		}
		for _, month := range in.w.closedMonths(y) {
			weeks := teachingWeeks(month)
			for _, g := range order {
				r := in.w.random("hours", g, month)
				for _, c := range teachers {
					for _, kind := range lessonTypes {
						each := 24 * weeks * kind.share * math.Max(1, float64(sizes[g])/kind.perStudents)
						h := math.Round(each*c.share*math.Exp(0.15*r.NormFloat64())*4) / 4
						if h == 0 {
							continue
						}
						t.text(string(in.uai)).text(month.Format("2006-01")).text(g.composante).text(g.formation).text(g.level).text(c.category).text(kind.code).
							text(decimal(h)).text(decimal(h * kind.etd)).end()
					}
				}
			}
		}
	}
	return t.close()
}

// services of the school with their staff: category, status, people and pay a month.
var staffPlan = []struct {
	service, composante, category, status string
	people                                int
	pay                                   float64
}{
	{"Département Génie mécanique", "Génie mécanique", "enseignant_chercheur", "titulaire", 24, 6900}, {"Département Génie mécanique", "Génie mécanique", "enseignant", "titulaire", 11, 5600},
	{"Département Génie mécanique", "Génie mécanique", "biatss_b", "titulaire", 5, 3600},
	{"Département Génie civil", "Génie civil", "enseignant_chercheur", "titulaire", 17, 6900}, {"Département Génie civil", "Génie civil", "enseignant", "titulaire", 9, 5600},
	{"Département Génie civil", "Génie civil", "enseignant", "cdd", 4, 4100},
	{"Département Informatique", "Informatique industrielle", "enseignant_chercheur", "titulaire", 14, 6900}, {"Département Informatique", "Informatique industrielle", "enseignant", "cdd", 6, 4100},
	{"Cycle préparatoire", commonYears, "enseignant", "titulaire", 19, 5600}, {"Laboratoire", "", "chercheur", "cdd", 22, 3300},
	{"Laboratoire", "", "biatss_a", "titulaire", 8, 4700}, {"Direction", "", "biatss_a", "titulaire", 6, 5400}, {"Scolarité", "", "biatss_b", "titulaire", 7, 3600},
	{"Scolarité", "", "biatss_c", "titulaire", 6, 3000}, {"Finances", "", "biatss_a", "titulaire", 5, 4700}, {"Finances", "", "biatss_b", "cdi", 4, 3500},
	{"Ressources humaines", "", "biatss_a", "titulaire", 5, 4700}, {"Système d’information", "", "biatss_a", "cdi", 9, 4600}, {"Patrimoine", "", "biatss_c", "titulaire", 12, 3000},
	{"Relations internationales", "", "biatss_a", "cdd", 4, 4000}, {"Bibliothèque", "", "biatss_b", "titulaire", 5, 3500},
}

// headcount is how many of a line of the plan are there on a day, women among them, and their ETP.
func (in *institute) headcount(line int, day time.Time) (people, women int, etp float64) {
	p := staffPlan[line]
	r := in.w.random("staff", line, day.Year(), int(day.Month()-1)/6)
	people = max(1, p.people+r.IntN(3)-1)
	share := 0.55
	if p.category == "enseignant_chercheur" || p.category == "enseignant" {
		share = 0.36
	}
	women = part(r, people, share, 0.2)
	return people, women, float64(people) - 0.2*float64(r.IntN(1+people/4))
}

// quarters are the days on which staff and openings are noted.
func (in *institute) quarters(y belvedere.SchoolYear) []time.Time {
	var out []time.Time
	for _, m := range []time.Month{time.October, time.January, time.April, time.July} {
		d := belvedere.Date(int(y), m, 1)
		if m < time.September {
			d = d.AddDate(1, 0, 0)
		}
		if !d.After(in.w.last) {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		out = append(out, in.w.last)
	}
	return out
}

func (in *institute) jobs() error {
	t, err := in.w.create("emplois", "emplois.csv", "etablissement", "jour", "service", "composante", "categorie_emploi", "statut_emploi", "sexe", "agents", "etp")
	if err != nil {
		return err
	}
	for _, y := range in.w.years() {
		for _, day := range in.quarters(y) {
			for i, p := range staffPlan {
				people, women, etp := in.headcount(i, day)
				for k, n := range []int{women, people - women} {
					if n > 0 {
						t.text(string(in.uai)).text(day.Format("2006-01-02")).text(p.service).text(p.composante).text(p.category).text(p.status).text("FM"[k : k+1]).
							number(n).text(decimal(etp * float64(n) / float64(people))).end()
					}
				}
			}
		}
	}
	return t.close()
}

// contracts are those of the agents of each day: decrees of civil servants, and contracts.
func (in *institute) contracts() error {
	t, err := in.w.create("contrats", "contrats.csv", "etablissement", "jour", "service", "composante", "categorie_emploi", "statut_emploi", "nature_contrat", "contrats", "contrats_etp")
	if err != nil {
		return err
	}
	natures := map[string]string{"titulaire": "Arrêté d’affectation", "cdi": "Contrat à durée indéterminée", "cdd": "Contrat à durée déterminée", "autre_statut": "Engagement de vacation"}
	for _, y := range in.w.years() {
		for _, day := range in.quarters(y) {
			for i, p := range staffPlan {
				people, _, etp := in.headcount(i, day)
				t.text(string(in.uai)).text(day.Format("2006-01-02")).text(p.service).text(p.composante).text(p.category).text(p.status).text(natures[p.status]).number(people).text(decimal(etp)).end()
			}
		}
	}
	return t.close()
}

func (in *institute) pay() error {
	t, err := in.w.create("paie", "paie.csv", "etablissement", "mois", "service", "composante", "categorie_emploi", "masse_salariale")
	if err != nil {
		return err
	}
	for _, y := range in.w.years() {
		for _, month := range in.w.months(y) {
			if month.AddDate(0, 1, -1).After(in.w.last) {
				continue
			}
			for i, p := range staffPlan {
				_, _, etp := in.headcount(i, month)
				r := in.w.random("pay", i, month)
				cost := etp * p.pay * 1.42 * (1 + 0.018*float64(int(y)-int(in.w.years()[0]))) * math.Exp(0.01*r.NormFloat64())
				t.text(string(in.uai)).text(month.Format("2006-01")).text(p.service).text(p.composante).text(p.category).text(decimal(cost)).end()
			}
		}
	}
	return t.close()
}

func (in *institute) openings() error {
	t, err := in.w.create("recrutements", "recrutements.csv", "etablissement", "jour", "service", "composante", "categorie_emploi", "etat_recrutement", "postes")
	if err != nil {
		return err
	}
	states := []string{"prevu", "ouvert", "en_cours", "pourvu", "infructueux"}
	for _, y := range in.w.years() {
		for q, day := range in.quarters(y) {
			for i, p := range staffPlan {
				r := in.w.random("openings", i, int(y))
				if n := r.IntN(3); n > 0 && r.Float64() < 0.6 {
					t.text(string(in.uai)).text(day.Format("2006-01-02")).text(p.service).text(p.composante).text(p.category).text(states[min(len(states)-1, q+r.IntN(2))]).number(n).end()
				}
			}
		}
	}
	return t.close()
}

// shares of the budget by service and nature, in euros a year.
var budgetPlan = []struct {
	service, composante, nature string
	year                        float64
}{
	{"Département Génie mécanique", "Génie mécanique", "fonctionnement", 410_000}, {"Département Génie civil", "Génie civil", "fonctionnement", 330_000},
	{"Département Informatique", "Informatique industrielle", "fonctionnement", 240_000}, {"Cycle préparatoire", commonYears, "fonctionnement", 180_000},
	{"Laboratoire", "", "fonctionnement", 620_000}, {"Laboratoire", "", "investissement", 540_000}, {"Patrimoine", "", "fonctionnement", 1_450_000},
	{"Patrimoine", "", "investissement", 2_100_000}, {"Système d’information", "", "fonctionnement", 390_000}, {"Système d’information", "", "investissement", 260_000},
	{"Direction", "", "fonctionnement", 210_000}, {"Relations internationales", "", "intervention", 320_000}, {"Ressources humaines", "", "personnel", 16_900_000},
	{"Finances", "", "recettes", 24_800_000},
}

// budget notes at each end of month what was voted, committed and paid since 1 January.
func (in *institute) budget() error {
	t, err := in.w.create("budget", "budget.csv", "etablissement", "jour", "exercice", "service", "composante", "nature_budget", "vote", "engage", "paye")
	if err != nil {
		return err
	}
	for _, y := range in.w.years() {
		for _, month := range in.w.months(y) {
			day := month.AddDate(0, 1, -1)
			if day.After(in.w.last) {
				continue
			}
			for i, p := range budgetPlan {
				r := in.w.random("budget", i, day.Year())
				done := float64(day.Month()) / 12
				voted := math.Round(p.year*(1+0.025*float64(day.Year()-int(in.w.years()[0])))*math.Exp(0.03*r.NormFloat64())/1000) * 1000
				ahead := 0.16
				if p.nature == "personnel" || p.nature == "recettes" {
					ahead = 0
				}
				engaged := voted * math.Min(1.01, (done+ahead)*(0.94+0.08*r.Float64()))
				paid := math.Min(engaged, voted*done*(0.86+0.1*r.Float64()))
				t.text(string(in.uai)).text(day.Format("2006-01-02")).text(fmt.Sprint(day.Year())).text(p.service).text(p.composante).text(p.nature).
					text(decimal(voted)).text(decimal(engaged)).text(decimal(paid)).end()
			}
		}
	}
	return t.close()
}
