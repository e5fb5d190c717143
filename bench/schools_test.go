package bench

import (
	"fmt"
	"hash/fnv"
	"strings"

	"belvedere"
)

// A school of the synthetic territories.
type school struct {
	uai        belvedere.UAI
	number     int32
	kind       string // code of the list "types"
	department int
	size       int // pupils
}

// schools makes a territory: per department, numbers that follow each other. Half of the schools
// of the small territory are collèges; the large one has écoles too, in the proportions of France.
func schools(departments, each int, kinds []string) []school {
	list := make([]school, 0, departments*each)
	for d := 1; d <= departments; d++ {
		for i := range each {
			n := int32(d*10_000 + i + 1)
			s := school{uai: belvedere.UAIFromNumber(n), number: n, department: d, kind: kinds[i%len(kinds)]}
			s.size = 120 + int(mix(uint64(n))%900)
			if s.kind == "ecole" {
				s.size /= 5
			}
			list = append(list, s)
		}
	}
	return list
}

var (
	smallKinds = []string{"college", "college", "lycee", "college", "lycee_pro"}
	largeKinds = []string{"ecole", "ecole", "ecole", "ecole", "college", "ecole", "ecole", "lycee", "ecole", "lycee_pro"}
)

var levelsOf = map[string][]string{
	"ecole":     {"cp", "ce1", "ce2", "cm1", "cm2"},
	"college":   {"6eme", "5eme", "4eme", "3eme", "ulis"},
	"lycee":     {"2nde", "1ere", "terminale"},
	"lycee_pro": {"2nde_pro", "1ere_pro", "terminale_pro", "cap1", "cap2"},
}

// register is the file of the schools.
func register(list []school) string {
	var b strings.Builder
	b.WriteString("etablissement;type;secteur;nom;nom_court;adresse;codes_postaux;commune;code_commune;departement;academie;latitude;longitude;internat\n")
	sectors := []string{"public", "public", "public", "prive"}
	names := []string{"Jean Moulin", "Simone Veil", "Jules Ferry", "Marie Curie", "Victor Hugo", "Émile Zola", "Anne Frank", "Louis Pasteur", "Joséphine Baker", "Les Hautes-Ourmes", "Saint-Exupéry", "Rosa Parks"}
	words := map[string]string{"ecole": "École", "college": "Collège", "lycee": "Lycée", "lycee_pro": "Lycée professionnel"}
	for i, s := range list {
		h := mix(uint64(s.number))
		town := fmt.Sprintf("Ville-%02d-%03d", s.department, h%60)
		fmt.Fprintf(&b, "%s;%s;%s;%s %s n° %d;;%d rue des Écoles;%02d%03d;%s;%02d%03d;%02d;Académie %d;%.5f;%.5f;%s\n",
			s.uai, s.kind, sectors[i%4], words[s.kind], names[h%uint64(len(names))], i+1, h%90+1, s.department, h%60, town, s.department, h%60,
			s.department, (s.department-1)/4+1, 42.5+float64(h%7000)/1000, -4.5+float64(h>>20%11000)/1000, []string{"oui", "non"}[h%2])
	}
	return b.String()
}

// mix spreads a number over 64 bits, the same each time.
func mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

func mixText(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// A combination is one set of codes of the dimensions of a dataset, in the order of declaration.
type combination []string

// combinations are the codes that a school of a kind delivers for a dataset.
func combinations(d *belvedere.Dataset, kind string, brief bool) []combination {
	switch d.Name {
	case "connexions":
		return connectionCombinations(brief)
	case "individus":
		return personCombinations(brief)
	case "comptes":
		return []combination{{"eleves", "F"}, {"eleves", "M"}, {"responsables", ""}, {"accompagnants", ""}, {"enseignants", ""},
			{"administratifs", ""}, {"vie_scolaire", ""}, {"autres", ""}}
	case "personnels":
		return []combination{{""}, {"administratifs"}, {"vie_scolaire"}, {"accompagnants"}, {"autres"}}
	case "travaux":
		return []combination{{"maintenance"}, {"informatique"}, {"secretariat"}, {"autres"}}
	}
	out := []combination{{}}
	for _, dim := range d.Dimensions {
		codes := levelsOf[kind]
		switch dim.Name {
		case "sexe":
			codes = []string{"F", "M"}
		case "evenement":
			return bandCombinations(kind, brief)
		}
		var more []combination
		for _, c := range out {
			for _, code := range codes {
				more = append(more, append(c[:len(c):len(c)], code))
			}
		}
		out = more
	}
	return out
}

func connectionCombinations(brief bool) []combination {
	var out []combination
	for _, profile := range []string{"eleves", "responsables", "accompagnants", "enseignants", "administratifs", "vie_scolaire"} {
		for _, medium := range []string{"web", "application", "web_mobile", "logiciel"} {
			staff := profile != "eleves" && profile != "responsables" && profile != "accompagnants"
			if medium == "logiciel" && !staff || brief && medium == "web_mobile" {
				continue
			}
			out = append(out, combination{profile, medium, "oui"})
			if !brief {
				out = append(out, combination{profile, medium, "non"})
			}
		}
	}
	return out
}

func personCombinations(brief bool) []combination {
	var out []combination
	for _, profile := range []string{"ensemble", "eleves", "responsables", "accompagnants", "enseignants", "personnels"} {
		for _, medium := range []string{"ensemble", "net", "mobile", "logiciel"} {
			if medium == "logiciel" && profile != "enseignants" && profile != "personnels" || brief && medium == "ensemble" && profile != "ensemble" {
				continue
			}
			out = append(out, combination{profile, medium, "ensemble"})
			if !brief {
				out = append(out, combination{profile, medium, "oui"})
			}
		}
	}
	return out
}

func bandCombinations(kind string, brief bool) []combination {
	levels := levelsOf[kind]
	if brief {
		levels = []string{""}
	}
	var out []combination
	for _, event := range []string{"absence", "retard", "sanction", "punition", "incident"} {
		bands := []string{"0", "1_2", "3_5", "6_plus"}
		if event == "absence" || event == "retard" {
			bands = []string{"0", "1_4", "5_9", "10_19", "20_plus"}
		}
		for _, level := range levels {
			for _, band := range bands {
				out = append(out, combination{event, level, band})
			}
		}
	}
	return out
}
