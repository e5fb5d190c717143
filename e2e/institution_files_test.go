package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A schoolbook is an engineering school as its own applications know it: what it writes into files
// of its own headers and words, and what may be counted of it without the program under test.
type schoolbook struct {
	registrations []registration
	marks         []mark
	staff         []agent
	lessons       []taught
	lines         []budgetLine
	clicks        []click
}

type registration struct {
	number, year             int
	name, first, sex         string
	department, track, stage string
	level, entry, state      string
	left                     string // day of a resignation, "" without
	country                  string
}

type mark struct {
	number, year, session int
	stage, department     string
	code                  string
	points                float64
}

type agent struct {
	number              int
	name, sex           string
	service, department string
	body, position      string
	fte                 float64
	cost                float64
}

type taught struct {
	month      string // 09/2025
	agent      int
	department string
	course     string
	kind       string
	status     string
	hours      float64
}

type budgetLine struct {
	day, service, nature   string
	voted, committed, paid float64
}

type click struct {
	at, name, course, component, event string
	user                               int
}

var departments = []string{"GC", "GM", "MAT", "SHS"}
var departmentNames = map[string]string{"GC": "Génie civil", "GM": "Génie mécanique", "MAT": "Matériaux", "SHS": "Sciences humaines"}

const (
	firstYear = 2024
	lastYear  = 2026
)

// makeBook makes 2,500 students seen over three years, a cohort each year.
func makeBook() *schoolbook {
	r := rand.New(rand.NewPCG(2026, 11))
	b := &schoolbook{}
	number := 22400000
	for cohort := firstYear - 4; cohort <= lastYear; cohort++ {
		size := 381 + (cohort-firstYear+4)%2
		for i := 0; i < size; i++ {
			number++
			b.follow(r, number, cohort)
		}
	}
	b.employ(r)
	b.spend(r)
	b.connect(r)
	return b
}

// follow writes the years of one student.
func (b *schoolbook) follow(r *rand.Rand, number, cohort int) {
	sex := "M"
	if r.IntN(100) < 31 {
		sex = "F"
	}
	dept := departments[r.IntN(3)]
	level := 1
	for year := cohort; year <= lastYear && level <= 5; year++ {
		entry := "Réinscription"
		if level == 1 && year == cohort {
			entry = "Primo-entrant"
		}
		reg := registration{number: number, year: year, name: fmt.Sprintf("ÉTUDIANT%04d", number%10000), first: fmt.Sprintf("Prénom%02d", number%97), sex: sex,
			department: dept, track: []string{"Conception", "Production", "Énergie"}[number%3], entry: entry, state: "Inscrit"}
		reg.level = []string{"CP1", "CP2", "ING1", "ING2", "ING3"}[level-1]
		reg.stage = []string{"P1", "P2", "I3", "I4", "I5"}[level-1] + dept
		passed := true
		switch dice := r.IntN(100); {
		case dice < 5:
			reg.state, reg.left = "Démission", fmt.Sprintf("%02d/%02d/%d", 1+r.IntN(28), 10+r.IntN(3), year)
			if year == lastYear {
				reg.left = fmt.Sprintf("%02d/%02d/%d", 1+r.IntN(28), 10, year)
			}
		case dice < 7:
			reg.state = "Césure"
		case dice < 14 && level == 4:
			reg.state, reg.country = "Mobilité sortante", []string{"Espagne", "Canada", "Allemagne", "Japon"}[r.IntN(4)]
		}
		if year < lastYear && reg.state != "Césure" {
			passed = b.examine(r, reg)
		}
		if year >= firstYear {
			b.registrations = append(b.registrations, reg)
		}
		switch {
		case reg.state == "Démission":
			return
		case reg.state != "Césure" && passed:
			level++
		}
	}
}

// examine gives the results of a year, the second session for who failed the first.
func (b *schoolbook) examine(r *rand.Rand, reg registration) bool {
	m := mark{number: reg.number, year: reg.year, session: 1, stage: reg.stage, department: reg.department}
	keep := func() {
		if m.year >= firstYear {
			b.marks = append(b.marks, m)
		}
	}
	if reg.state == "Démission" {
		m.code = "DEF"
		keep()
		return false
	}
	switch dice := r.IntN(100); {
	case dice < 74:
		m.code, m.points = "ADM", 10+float64(r.IntN(90))/10
	case dice < 94:
		m.code, m.points = "AJ", 4+float64(r.IntN(59))/10
	default:
		m.code = "ABI"
	}
	keep()
	if m.code == "ADM" {
		return true
	}
	m.session = 2
	if r.IntN(100) < 55 {
		m.code, m.points = "ADM", 10+float64(r.IntN(30))/10
	} else if m.code != "ABI" {
		m.code, m.points = "AJ", 5+float64(r.IntN(49))/10
	}
	keep()
	return m.code == "ADM"
}

var services = []string{"Scolarité", "Direction", "Patrimoine", "Informatique"}

func (b *schoolbook) employ(r *rand.Rand) {
	bodies := []string{"MCF", "PR", "PRAG", "ATER", "A", "B", "C"}
	for i := 0; i < 180; i++ {
		a := agent{number: 5000 + i, name: fmt.Sprintf("AGENT%03d", i), sex: "FM"[i%2 : i%2+1], body: bodies[r.IntN(len(bodies))], position: "Titulaire", fte: 1}
		if i%3 == 0 {
			a.position = []string{"CDD", "CDI"}[i%2]
		}
		if i%7 == 0 {
			a.fte = 0.8
		}
		a.cost = 2900 + float64(r.IntN(400000))/100
		if a.body == "A" || a.body == "B" || a.body == "C" {
			a.service = services[r.IntN(len(services))]
		} else {
			a.department = departments[r.IntN(4)]
			a.service = "Enseignement " + a.department
		}
		b.staff = append(b.staff, a)
	}
	for year := firstYear; year <= lastYear; year++ {
		for _, month := range []string{"09", "10", "11"} {
			if year == lastYear && month == "11" {
				continue
			}
			for _, a := range b.staff {
				if a.department == "" {
					continue
				}
				for _, kind := range []string{"CM", "TD", "TP"} {
					status := map[string]string{"MCF": "Maître de conférences", "PR": "Professeur des universités", "PRAG": "PRAG", "ATER": "ATER"}[a.body]
					b.lessons = append(b.lessons, taught{month: fmt.Sprintf("%s/%d", month, year), agent: a.number, department: a.department, course: "M" + a.department + kind, kind: kind, status: status, hours: float64(2+r.IntN(20)) / 2})
				}
			}
		}
	}
}

func (b *schoolbook) spend(r *rand.Rand) {
	for _, day := range []string{"31/12/2024", "31/12/2025", "31/10/2026"} {
		for _, s := range append(services, "Enseignement GC", "Enseignement GM") {
			for _, nature := range []string{"Personnel", "Fonctionnement", "Investissement"} {
				voted := float64(20000000+r.IntN(90000000)) / 100
				committed := float64(int(voted*float64(60+r.IntN(35)))) / 100
				paid := float64(int(committed*float64(70+r.IntN(30)))) / 100
				b.lines = append(b.lines, budgetLine{day: day, service: s, nature: nature, voted: voted, committed: committed, paid: paid})
			}
		}
	}
}

func (b *schoolbook) connect(r *rand.Rand) {
	var enrolled []registration
	for _, reg := range b.registrations {
		if reg.year == lastYear && reg.state == "Inscrit" {
			enrolled = append(enrolled, reg)
		}
	}
	for i := 0; i < 6000; i++ {
		reg := enrolled[r.IntN(len(enrolled))]
		b.clicks = append(b.clicks, click{at: fmt.Sprintf("%d/%02d/26, %02d:%02d:%02d", 1+r.IntN(28), 9+r.IntN(2), 8+r.IntN(11), r.IntN(60), r.IntN(60)),
			name: reg.first + " " + reg.name, user: reg.number, course: []string{"MECA1", "RDM2", "INFO1"}[r.IntN(3)],
			component: []string{"Système", "Test", "Fichier"}[r.IntN(3)], event: []string{"Cours consulté", "Module de cours consulté"}[r.IntN(2)]})
	}
}

// latin writes a text in Windows-1252: the letters of these files are all in Latin-1 but the euro.
func latin(text string) []byte {
	var out []byte
	for _, r := range text {
		switch {
		case r == '€':
			out = append(out, 0x80)
		case r == '’':
			out = append(out, 0x92)
		case r < 256:
			out = append(out, byte(r))
		default:
			panic(fmt.Sprintf("%q is not in Latin-1", r))
		}
	}
	return out
}

func comma(x float64) string { return strings.Replace(fmt.Sprintf("%.2f", x), ".", ",", 1) }

// euros writes an amount as an office does: spaces in the thousands, a comma, the sign of the euro.
func euros(x float64) string {
	whole, cents, _ := strings.Cut(fmt.Sprintf("%.2f", x), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + " " + whole[i:]
	}
	return whole + "," + cents + " €"
}

// registrationFile is the extraction of all years.
func (b *schoolbook) registrationFile() []byte {
	var s strings.Builder
	s.WriteString("N° étudiant;Nom de famille;Prénom;Sexe;Année univ.;Code étape;Libellé étape;Dpt;Spécialité;Année d'études;Type d'entrée;État inscription;Pays d'accueil;Date inscription;Date démission\r\n")
	for _, r := range b.registrations {
		fmt.Fprintf(&s, "%d;%s;%s;%s;%d/%d;%s;%s de %s;%s;%s;%s;%s;%s;%s;%s;%s\r\n", r.number, r.name, r.first, r.sex, r.year, r.year+1, r.stage, r.level, departmentNames[r.department],
			r.department, r.track, r.level, r.entry, r.state, r.country, fmt.Sprintf("%02d/09/%d", 1+r.number%12, r.year), r.left)
	}
	return latin(s.String())
}

func (b *schoolbook) markFile(session int) []byte {
	var s strings.Builder
	s.WriteString("N° étudiant;Année univ.;Code étape;Dpt;Session;Résultat;Moyenne\r\n")
	for _, m := range b.marks {
		if m.session != session {
			continue
		}
		points := comma(m.points)
		if m.points == 0 {
			points = ""
		}
		fmt.Fprintf(&s, "%d;%d/%d;%s;%s;Session %d;%s;%s\r\n", m.number, m.year, m.year+1, m.stage, m.department, m.session, m.code, points)
	}
	return latin(s.String())
}

func (b *schoolbook) staffFile() []byte {
	var s strings.Builder
	s.WriteString("Matricule agent;Nom d'usage;Sexe;Situation au;Affectation principale;Dpt;Population;Position statutaire;ETP\r\n")
	for _, a := range b.staff {
		fmt.Fprintf(&s, "%d;%s;%s;31/10/2026;%s;%s;%s;%s;%s\r\n", a.number, a.name, a.sex, a.service, a.department, a.body, a.position, comma(a.fte))
	}
	return latin(s.String())
}

func (b *schoolbook) payFile() []byte {
	var s strings.Builder
	s.WriteString("Matricule agent;Nom d'usage;Mois de paie;Affectation;Dpt;Population;Coût employeur\r\n")
	for _, month := range []string{"09/2026", "10/2026"} {
		for _, a := range b.staff {
			fmt.Fprintf(&s, "%d;%s;%s;%s;%s;%s;%s\r\n", a.number, a.name, month, a.service, a.department, a.body, euros(a.cost))
		}
	}
	return latin(s.String())
}

func (b *schoolbook) lessonFile() []byte {
	var s strings.Builder
	s.WriteString("Mois;Matricule agent;Intervenant;Dpt;Code matière;Type heure;Statut enseignant;Nb heures;Heures ETD\r\n")
	for _, l := range b.lessons {
		fmt.Fprintf(&s, "%s;%d;AGENT%03d;%s;%s;%s;%s;%s;%s\r\n", l.month, l.agent, l.agent-5000, l.department, l.course, l.kind, l.status, comma(l.hours), comma(l.etd()))
	}
	return latin(s.String())
}

func (l taught) etd() float64 {
	if l.kind == "CM" {
		return l.hours * 1.5
	}
	return l.hours
}

func (b *schoolbook) budgetFile(uai string) []byte {
	var s strings.Builder
	s.WriteString("Établissement;Situation au;Centre financier;Enveloppe;Budget ouvert;Engagements;Mandaté\r\n")
	for _, l := range b.lines {
		fmt.Fprintf(&s, "%s;%s;%s;%s;%s;%s;%s\r\n", uai, l.day, l.service, l.nature, euros(l.voted), euros(l.committed), euros(l.paid))
	}
	return latin(s.String())
}

func (b *schoolbook) clickFile() []byte {
	var s strings.Builder
	s.WriteString("Heure,\"Nom complet de l’utilisateur\",\"Utilisateur touché\",\"Contexte de l’événement\",Composant,\"Nom de l’événement\",Description,Origine,\"Adresse IP\"\n")
	for _, c := range b.clicks {
		fmt.Fprintf(&s, "\"%s\",\"%s\",-,\"Cours: %s\",%s,\"%s\",\"The user with id '%d' viewed the course with id '%d'.\",web,192.0.2.%d\n", c.at, c.name, c.course, c.component, c.event, c.user, map[string]int{"MECA1": 11, "RDM2": 12, "INFO1": 13}[c.course], c.user%250)
	}
	return []byte(s.String())
}
