package demo

import (
	"fmt"
	"math"
	"slices"
	"time"

	"belvedere"
)

// school is one school of the département.
type school struct {
	index    int
	uai      belvedere.UAI
	name     string
	short    string
	kind     string // college, lycee, lycee_pro
	private  bool
	town     town
	address  string
	lat, lon float64
	boarding bool
	segpa    bool
	size     int     // pupils in the first year
	trend    float64 // growth by year
	social   float64 // social index
	digital  float64 // how much it uses the software, around 1
	opened   time.Time
	closed   time.Time // zero while open
	becomes  belvedere.UAI
	lateFrom time.Time // nothing delivered from this month on; zero when punctual
	gap      time.Time // a month that was never delivered; zero when none
}

type town struct {
	name     string
	postcode string
	lat, lon float64
	weight   int
}

// code is the code of the commune, made of the code of the département and of its place.
func (t town) code() string {
	return fmt.Sprintf("99%03d", 1+slices.IndexFunc(towns, func(u town) bool { return u.name == t.name }))
}

var streets = []string{"rue des Écoles", "avenue de la République", "rue du Moulin", "place du Marché", "chemin de la Sarve", "boulevard des Tilleuls", "route de Castelbruc", "allée des Sports"}

// towns of La Sarvane, the largest first; the weight is the number of schools.
var towns = []town{
	{"Castelbruc", "99000", 45.18, 2.62, 14}, {"Marsauval", "99100", 45.31, 2.41, 9}, {"Vieilleroche", "99200", 45.02, 2.83, 8},
	{"Thorigneul", "99300", 45.36, 2.78, 6}, {"Saint-Aubrac", "99400", 44.98, 2.44, 5}, {"Pont-l’Évesne", "99110", 45.24, 2.49, 4},
	{"La Ferrandière", "99210", 45.10, 2.91, 4}, {"Brizac", "99120", 45.42, 2.56, 3}, {"Les Essartines", "99310", 45.28, 2.95, 3},
	{"Lormeval", "99410", 44.91, 2.61, 3}, {"Montreval", "99220", 44.94, 2.95, 3}, {"Chambrelle", "99130", 45.20, 2.30, 3},
	{"Roquesolane", "99420", 44.86, 2.36, 2}, {"Villefleur", "99140", 45.47, 2.33, 2}, {"Saint-Orens-des-Bois", "99320", 45.45, 2.91, 2},
	{"Aigremont-le-Vieux", "99330", 45.52, 2.70, 2}, {"Beaucastel", "99230", 45.05, 3.02, 2}, {"Courvières", "99150", 45.12, 2.20, 2},
	{"L’Hermine-sur-Sarve", "99430", 44.82, 2.78, 2}, {"Grandlieu-la-Tour", "99340", 45.38, 3.02, 2},
}

var collegeNames = []string{
	"Aristide-Briand", "Bel-Air", "Denis-Diderot", "Descartes", "George-Sand", "Germaine-Tillion", "Henri-Wallon", "Jacques-Prévert",
	"Jean-Lurçat", "Jean-Moulin", "Jean-Zay", "Jules-Ferry", "La Garenne", "Le Parc", "Les Trois-Rivières", "Louise-Michel",
	"Lucie-Aubrac", "Marie-Curie", "Olympe-de-Gouges", "Paul-Éluard", "Pierre-Brossolette", "Rosa-Parks", "Saint-Exupéry", "Sainte-Thècle",
	"Simone-Veil", "Victor-Hugo", "Alphonse-Daudet", "Anne-Frank", "Camille-Claudel", "Colette", "Émile-Zola", "Les Aubépines",
	"François-Villon", "Frédéric-Mistral", "Gérard-Philipe", "Jean-Rostand", "Joachim-du-Bellay", "Joliot-Curie", "La Fontaine", "Le Grand-Pré",
	"Les Hautes-Sources", "Marcel-Pagnol", "Maurice-Genevoix", "Molière", "Nelson-Mandela", "Notre-Dame", "Pablo-Neruda", "Paul-Langevin",
	"Pierre-de-Ronsard", "Robert-Desnos", "Romain-Rolland", "Saint-Joseph", "Saint-Martin", "Sévigné", "Sonia-Delaunay", "Stendhal",
	"Théodore-Monod", "Val-de-Sarve", "Vauban", "Voltaire",
}

var lyceeNames = []string{
	"Condorcet", "Blaise-Pascal", "Jean-Jaurès", "Rosa-Luxemburg", "Les Granges", "Montesquieu", "Sophie-Germain", "Evariste-Galois",
	"Claude-Bernard", "Arago", "Saint-Vincent", "Jeanne-Barret", "Louis-Armand", "Gustave-Eiffel", "Les Métiers-du-Bois", "Marie-Marvingt",
	"Auguste-Perret", "Le Moulin-Neuf", "Élisa-Lemonnier", "Denis-Papin",
}

// places in the list of schools that have a story.
const (
	closedSchool = 31 // closes at the end of the first year
	mergedA      = 39 // two collèges that become one
	mergedB      = 40
	newSchool    = 58 // what they become, open in the last year
)

// withFiles are the places of the schools that WriteSchools writes the files of: two collèges and
// a general lycée, large ones, where accounts of the demonstration work.
var withFiles = []int{9, noAgreementA, 60}

// makeSchools draws the schools.
func (w *world) makeSchools() []*school {
	var out []*school
	spread := make([]int, 0, 100)
	for i, t := range towns {
		for range t.weight {
			spread = append(spread, i)
		}
	}
	y := w.years()
	for i := range len(collegeNames) + len(lyceeNames) {
		r := w.random("school", i)
		s := &school{index: i, uai: belvedere.UAIFromNumber(int32(firstSchool + i)), town: towns[spread[(i*37)%len(spread)]]}
		s.private = r.Float64() < 0.22
		s.trend = -0.008 + 0.012*r.NormFloat64()
		s.social = 103 + 11*r.NormFloat64()
		s.digital = math.Exp(0.25 * r.NormFloat64())
		s.opened = belvedere.Date(1965+r.IntN(45), time.September, 1)
		angle, far := 2*math.Pi*r.Float64(), 0.035*math.Sqrt(r.Float64())
		s.lat, s.lon = s.town.lat+far*math.Sin(angle), s.town.lon+far*math.Cos(angle)*1.4
		if i < len(collegeNames) {
			s.kind, s.short = "college", collegeNames[i]
			s.name = "Collège " + s.short
			s.size = 210 + int(260*r.Float64())
			s.segpa, s.boarding = r.Float64() < 0.22 && !s.private, r.Float64() < 0.06
		} else {
			s.makeLycee(lyceeNames[i-len(collegeNames)], i)
			s.size = 330 + int(420*r.Float64())
			s.boarding = r.Float64() < 0.55
		}
		if slices.Contains(withFiles, i) {
			s.size, s.segpa = 990+int(60*r.Float64()), false
		}
		s.address = fmt.Sprintf("%d %s", 1+r.IntN(90), streets[r.IntN(len(streets))])
		w.story(s, y)
		out = append(out, s)
	}
	return out
}

func (s *school) makeLycee(name string, i int) {
	s.kind, s.short, s.name = "lycee", name, "Lycée "+name
	if i%3 == 1 {
		s.kind, s.name = "lycee_pro", "Lycée professionnel "+name
	}
}

// story gives some schools a date of closing, a merger, a delay or a hole.
func (w *world) story(s *school, y []belvedere.SchoolYear) {
	switch s.index {
	case closedSchool:
		s.closed = y[0].End().AddDate(0, 0, -1)
	case mergedA, mergedB:
		s.closed = y[1].End().AddDate(0, 0, -1)
		s.becomes = belvedere.UAIFromNumber(int32(9_990_001 + newSchool))
	case newSchool:
		s.opened, s.size = y[2].First(), 520
	}
	month := belvedere.Date(w.last.Year(), w.last.Month(), 1)
	switch s.index % 20 {
	case 7:
		s.lateFrom = month.AddDate(0, -1, 0)
	case 13:
		s.gap = month.AddDate(0, -3-s.index%4, 0)
	}
	if s.index == 12 { // nothing since the rentrée
		s.lateFrom = y[2].First()
	}
}

// open tells whether the school is open on a day.
func (s *school) open(day time.Time) bool {
	return !day.Before(s.opened) && (s.closed.IsZero() || !day.After(s.closed))
}

// delivers tells whether the school delivered what concerns a day.
func (s *school) delivers(day time.Time) bool {
	month := belvedere.Date(day.Year(), day.Month(), 1)
	return s.open(day) && (s.lateFrom.IsZero() || month.Before(s.lateFrom)) && !month.Equal(s.gap)
}

// pupils of the school in a year.
func (s *school) pupils(w *world, y belvedere.SchoolYear) int {
	n := float64(y - w.years()[0])
	return int(math.Round(float64(s.size) * math.Pow(1+s.trend, n)))
}

// a level of a school with its pupils by sex.
type level struct {
	code        string
	girls, boys int
	segpa       bool
}

func (l level) pupils() int { return l.girls + l.boys }

// levels shares the pupils of a year out.
func (s *school) levels(w *world, y belvedere.SchoolYear) []level {
	r := w.random("levels", s.index, int(y))
	var codes []string
	var weights []float64
	add := func(weight float64, list ...string) {
		for _, c := range list {
			codes, weights = append(codes, c), append(weights, weight*(0.94+0.12*r.Float64()))
		}
	}
	switch s.kind {
	case "college":
		add(1, "6eme", "5eme", "4eme", "3eme")
		if s.segpa {
			add(0.13, "6eme_segpa", "5eme_segpa", "4eme_segpa", "3eme_segpa")
		}
	case "lycee":
		add(1, "2nde", "1ere", "terminale")
	default:
		add(1, "2nde_pro", "1ere_pro", "terminale_pro")
		add(0.35, "cap1", "cap2")
	}
	girls := 0.49
	if s.kind == "lycee_pro" {
		girls = 0.44
	}
	var out []level
	for i, n := range split(s.pupils(w, y), weights) {
		g := part(r, n, girls, 0.06)
		out = append(out, level{codes[i], g, n - g, len(codes[i]) > 6 && codes[i][len(codes[i])-5:] == "segpa"})
	}
	return out
}

// population of each profile in a year. Staff are the accounts that the profile "personnels"
// groups: administration and school life, without the other accounts.
type population struct{ pupils, parents, teachers, admin, life, aides, others, staff int }

func (s *school) population(w *world, y belvedere.SchoolYear) population {
	r := w.random("population", s.index, int(y)/9) // stable over the years, but for the pupils
	n := s.pupils(w, y)
	perTeacher := 13.6
	if s.kind == "lycee_pro" {
		perTeacher = 9.8
	}
	p := population{
		pupils: n, parents: int(float64(n) * (1.5 + 0.12*r.Float64())),
		teachers: int(math.Round(float64(n)/perTeacher + 3*r.Float64())),
		admin:    3 + n/160 + r.IntN(2), life: 3 + n/95 + r.IntN(2), aides: 2 + n/110 + r.IntN(4), others: 4 + n/75 + r.IntN(3),
	}
	p.staff = p.admin + p.life
	return p
}

// record writes the attributes of the register.
func (s *school) record() []string {
	sector, boarding, state := "public", "non", "OUVERT"
	if s.private {
		sector = "prive"
	}
	if s.boarding {
		boarding = "oui"
	}
	closed := ""
	if !s.closed.IsZero() {
		closed, state = s.closed.Format("2006-01-02"), "FERMÉ"
	}
	return []string{string(s.uai), s.kind, sector, s.name, s.short, s.address, s.town.postcode, s.town.name, s.town.code(), "999", "Académie de Sarvane",
		fmt.Sprintf("%.5f", s.lat), fmt.Sprintf("%.5f", s.lon), boarding, s.opened.Format("2006-01-02"), closed, state, string(s.becomes)}
}
