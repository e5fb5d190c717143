package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"belvedere"
)

// The two institutions of higher education of La Sarvane: an engineering school, whose students
// and staff are drawn one by one, and a university of which only the public accounts are told.
const (
	instituteNumber  = 9_990_201
	universityNumber = 9_990_202
	instituteName    = "École nationale d’ingénieurs de la Sarvane"
)

// InstituteUAI is the engineering school.
func InstituteUAI() belvedere.UAI { return belvedere.UAIFromNumber(instituteNumber) }

// A department of the school, with its programme after the two common years.
type department struct {
	composante, formation string
	parcours              []string
	code                  string // in the codes of its étapes
	share                 float64
}

var departments = []department{
	{"Génie mécanique", "Diplôme d’ingénieur Génie mécanique", []string{"Conception", "Procédés de fabrication"}, "GM", 0.42},
	{"Génie civil", "Diplôme d’ingénieur Génie civil", []string{"Bâtiment durable", "Ouvrages d’art"}, "GC", 0.33},
	{"Informatique industrielle", "Diplôme d’ingénieur Informatique industrielle", []string{"Systèmes embarqués", "Données et robotique"}, "II", 0.25},
}

const commonYears = "Cycle préparatoire"

// levels of the five years, as the catalogue codes them.
var instituteLevels = []string{"prepa_integree1", "prepa_integree2", "ingenieur1", "ingenieur2", "ingenieur3"}

// A student of the school over the years; dept is -1 in the common years.
type student struct {
	nip           int
	surname, name string
	girl          bool
	born          time.Time
	dept, track   int
	apprentice    bool
}

// A registration is one student in one year.
type registration struct {
	*student
	year    belvedere.SchoolYear
	rank    int // 0 to 4
	entry   string
	left    time.Time // zero: stayed
	pause   bool      // césure, the whole year
	abroad  string    // country of a term abroad, "" for none
	autumn  bool      // it is the first term of the year
	session int       // that decided: 1 or 2
	code    string    // of the year: ADM, ADMC, AJ, DEF, ABAN; "" while the year goes on
}

// institute is the school, drawn.
type institute struct {
	w    *world
	uai  belvedere.UAI
	regs map[belvedere.SchoolYear][]*registration
	next int // number of the next student
}

// newInstitute draws the students of the three years, who go on, repeat or leave.
func (w *world) newInstitute() *institute {
	in := &institute{w: w, uai: InstituteUAI(), regs: map[belvedere.SchoolYear][]*registration{}, next: 22_301_001}
	r := w.random("institute")
	years := w.years()
	for rank, n := range []int{210, 185, 205, 190, 178} {
		for range n {
			in.enter(r, years[0], rank, "reinscrit")
		}
	}
	for _, reg := range in.regs[years[0]] {
		if reg.rank == 0 || r.Float64() < 0.04 {
			reg.entry = "primo_entrant"
		}
	}
	for i, y := range years {
		if i > 0 {
			in.goOn(r, y)
		}
		in.live(w.random("institute", int(y)), y)
	}
	return in
}

var abroad = []string{"Allemagne", "Espagne", "Canada", "Portugal", "Irlande", "Suède", "Japon", "Brésil", "Maroc", "Italie"}

// enter draws someone and registers him or her.
func (in *institute) enter(r *rand.Rand, y belvedere.SchoolYear, rank int, entry string) {
	s := &student{nip: in.next, girl: r.Float64() < 0.27, surname: surnames[r.IntN(len(surnames))], dept: -1}
	in.next += 1 + r.IntN(7)
	names := boyNames
	if s.girl {
		names = girlNames
	}
	s.name = names[r.IntN(len(names))]
	s.born = belvedere.Date(int(y)-18-rank, time.January, 1).AddDate(0, 0, r.IntN(365))
	if rank >= 2 {
		in.specialise(r, s)
	}
	in.regs[y] = append(in.regs[y], &registration{student: s, year: y, rank: rank, entry: entry})
}

func (in *institute) specialise(r *rand.Rand, s *student) {
	at, x := 0.0, r.Float64()
	for i, d := range departments {
		if at += d.share; x < at || i == len(departments)-1 {
			s.dept = i
			break
		}
	}
	s.track, s.apprentice = r.IntN(2), r.Float64() < 0.18
}

// goOn registers those who passed one year further, those who failed again, and newcomers.
func (in *institute) goOn(r *rand.Rand, y belvedere.SchoolYear) {
	for _, was := range in.regs[y-1] {
		passed := strings.HasPrefix(was.code, "ADM")
		switch {
		case was.code == "ABAN" || passed && was.rank == 4 || !passed && r.Float64() < 0.35:
			continue
		case passed || was.pause:
			rank := was.rank + 1
			if was.pause {
				rank = was.rank
			}
			if rank >= 2 && was.dept < 0 {
				in.specialise(r, was.student)
			}
			in.regs[y] = append(in.regs[y], &registration{student: was.student, year: y, rank: rank, entry: "reinscrit"})
		default:
			in.regs[y] = append(in.regs[y], &registration{student: was.student, year: y, rank: was.rank, entry: "redoublant"})
		}
	}
	for range 205 + r.IntN(20) {
		in.enter(r, y, 0, "primo_entrant")
	}
	for range 38 + r.IntN(8) { // from classes préparatoires and BUT
		in.enter(r, y, 2, "primo_entrant")
	}
}

// live decides what becomes of each registration of a year.
func (in *institute) live(r *rand.Rand, y belvedere.SchoolYear) {
	leave := []float64{0.09, 0.05, 0.03, 0.015, 0.008}
	pass := []float64{0.74, 0.82, 0.88, 0.93, 0.95}
	for _, reg := range in.regs[y] {
		x, more := r.Float64(), r.Float64()
		switch {
		case x < leave[reg.rank]:
			reg.left, reg.code = y.First().AddDate(0, 0, 20+int(more*230)), "ABAN"
		case reg.rank == 3 && x < leave[3]+0.05:
			reg.pause, reg.code = true, ""
		default:
			if reg.rank >= 3 && more < 0.22 {
				reg.abroad = abroad[int(more*1000)%len(abroad)]
				reg.autumn = int(more*10_000)%3 == 0
			}
			in.judge(r, reg, pass[reg.rank])
		}
	}
}

// judge gives the result of a year: at the first session, by compensation, at the second, or not.
func (in *institute) judge(r *rand.Rand, reg *registration, pass float64) {
	x := r.Float64()
	reg.session = 1
	switch {
	case x < pass*0.82:
		reg.code = "ADM"
	case x < pass*0.88:
		reg.code = "ADMC"
	case x < pass:
		reg.code, reg.session = "ADM", 2
	case x < pass+(1-pass)*0.82:
		reg.code, reg.session = "AJ", 2
	default:
		reg.code = "DEF"
	}
}

// issue is the class of a code of result.
func issueOf(code string) string {
	switch code {
	case "ADM", "ADMC":
		return "admis"
	case "AJ":
		return "ajourne"
	case "DEF":
		return "absent"
	}
	return "abandon"
}

func (reg *registration) sex() string {
	if reg.girl {
		return "F"
	}
	return "M"
}

func (reg *registration) composante() string {
	if reg.dept < 0 || reg.rank < 2 {
		return commonYears
	}
	return departments[reg.dept].composante
}

func (reg *registration) formation() string {
	if reg.dept < 0 || reg.rank < 2 {
		return commonYears
	}
	return departments[reg.dept].formation
}

func (reg *registration) parcours() string {
	if reg.dept < 0 || reg.rank < 3 {
		return ""
	}
	return departments[reg.dept].parcours[reg.track]
}

// etape is the code of the year of study, as the school calls it: CP1, GM2.
func (reg *registration) etape() string {
	if reg.dept < 0 || reg.rank < 2 {
		return fmt.Sprintf("CP%d", reg.rank+1)
	}
	return fmt.Sprintf("%s%d", departments[reg.dept].code, reg.rank-1)
}

func (reg *registration) regime() string {
	if reg.apprentice && reg.rank >= 2 {
		return "apprentissage"
	}
	return "initiale"
}

// status is what the registration is on a day.
func (reg *registration) status(day time.Time) string {
	second := !day.Before(reg.year.First().AddDate(0, 5, 0)) // the other term begins in February
	switch {
	case !reg.left.IsZero() && !day.Before(reg.left):
		return "demissionnaire"
	case reg.pause:
		return "cesure"
	case reg.abroad != "" && second != reg.autumn:
		return "mobilite"
	}
	return "actif"
}
