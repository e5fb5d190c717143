package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"belvedere"
)

// A campus is one school in one year, person by person: what its files are written from. Its
// counts are those of the deliveries of the département on the last day that they observe.
type campus struct {
	w      *world
	s      *school
	year   belvedere.SchoolYear
	seen   time.Time // the day that deliveries observed last
	first  time.Time // of class
	export time.Time // when the files were exported, on the clock of the school

	formations []*formation
	divisions  []*structure
	groups     []*structure
	pupils     []*pupil
	persons    []*person
	links      []link
	addresses  []*address
	staff      []*employee // teachers first
	bars       [][]*service
	lessons    []*lesson
	rooms      []string

	alternances map[string][]time.Time // weeks of H, Q1 and Q2
	names       map[string]bool        // borne by someone, and addresses where someone lives
	stale       map[string]time.Time   // when a file of SIECLE was exported long before the others, by its name
}

// A structure is a division or a group.
type structure struct {
	code, label string
	group       bool
	formation   *formation
	divisions   []*structure // of a group
	pupils      []*pupil     // leavers too
	services    []*service

	off   int    // what STS-Web counts too many
	inEDT string // how the timetable tool writes it, "" as here
}

// size counts the pupils who are still there.
func (s *structure) size() int {
	n := 0
	for _, p := range s.pupils {
		if p.exit.IsZero() {
			n++
		}
	}
	return n
}

type pupil struct {
	id, number   int // ELEVE_ID, ELENOET
	aaf          int
	ine          string
	last, first  string
	middle       string
	girl         bool
	birth        time.Time
	regime       string
	transport    bool
	entry, exit  time.Time
	formation    *formation
	level        string
	division     *structure
	groups       []*structure
	options      []choice
	address      *address
	repeat, came bool

	unsexed   bool       // SIECLE does not know the sex
	second    *structure // a division too many
	elsewhere *structure // the division that the AAF says
	absent    bool       // the AAF does not know this pupil
	extra     bool       // entered by mistake
}

// A choice is an option of a pupil.
type choice struct {
	*subject
	mode string
}

type employee struct {
	id, aaf     int
	woman       bool
	last, first string
	birth       time.Time
	function    string // ENS, DIR, EDU, DOC, ADF, AED, AEH
	profile     string // of the logs
	discipline  string
	head        *structure
	half        int // taught

	due    int    // half hours of the disciplines, when they are not those taught
	headOf string // the division that STS-Web says
	inEDT  string // how the timetable tool writes the name
}

// A service is a subject taught to a structure.
type service struct {
	of      *structure
	subject *subject
	half    int
	teacher *employee
	vacant  bool // STS-Web knows no teacher
}

// newCampus makes one school. It is the same each time that it is made.
func (w *world) newCampus(s *school) (*campus, error) {
	y := belvedere.SchoolYearOf(w.last)
	days := w.observations(y)
	c := &campus{w: w, s: s, year: y, seen: days[len(days)-1], first: y.First(), names: map[string]bool{}}
	for dayKind(c.first) == off || dayKind(c.first) == saturday || dayKind(c.first) == sunday {
		c.first = c.first.AddDate(0, 0, 1)
	}
	c.export = time.Date(w.last.Year(), w.last.Month(), w.last.Day(), 18, 40, 12, 0, w.o.Zone)
	c.weeks()
	for _, l := range s.levels(w, y) {
		if err := c.addLevel(l); err != nil {
			return nil, err
		}
	}
	c.choose()
	c.families()
	c.plan()
	c.employ()
	if err := c.timetable(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.uai, err)
	}
	return c, nil
}

// random is a generator of its own for each thing of this school.
func (c *campus) random(what ...any) *rand.Rand {
	return c.w.random(append([]any{"campus", c.s.index, int(c.year)}, what...)...)
}

// addLevel makes the divisions and the pupils of a level, as many of each as are delivered.
func (c *campus) addLevel(l level) error {
	f := formationOf(l.code)
	if f == nil {
		return fmt.Errorf("level %q has no formation", l.code)
	}
	c.formations = append(c.formations, f)
	n := int(math.Ceil(float64(l.pupils()) / f.most))
	start := len(c.divisions)
	for i := range n {
		d := &structure{code: f.initial + string(rune('A'+i)), label: fmt.Sprintf("%s %c", f.short, 'A'+i), formation: f}
		c.divisions = append(c.divisions, d)
	}
	var list []*pupil
	for _, half := range []struct {
		sex string
		n   int
	}{{"F", l.girls}, {"M", l.boys}} {
		list = append(list, c.enrol(f, half.sex, half.n)...)
	}
	for i, p := range list { // girls, then boys, dealt out in turn
		d := c.divisions[start+i%n]
		p.division = d
		d.pupils = append(d.pupils, p)
	}
	c.pupils = append(c.pupils, list...)
	return nil
}

// enrol makes the pupils of one sex of a level: those delivered at the rentrée, of whom some have
// left since, with the half boarders, boarders and bus passes of the last observation.
func (c *campus) enrol(f *formation, sex string, n int) []*pupil {
	r := c.random("pupils", f.level, sex)
	e := c.w.enrolment(c.s, c.year, f.level, sex, n, c.seen)
	regimes := make([]string, 0, n)
	for i := range e.pupils {
		switch {
		case i < e.boarders:
			regimes = append(regimes, "35")
		case i < e.boarders+e.lunch:
			regimes = append(regimes, []string{"24", "24", "24", "25", "22", "29"}[r.IntN(6)])
		default:
			regimes = append(regimes, "0")
		}
	}
	r.Shuffle(len(regimes), func(i, j int) { regimes[i], regimes[j] = regimes[j], regimes[i] })
	bus := r.Perm(e.pupils)
	out := make([]*pupil, n)
	for i := range out {
		p := &pupil{girl: sex == "F", formation: f, level: f.level, regime: "0", entry: c.first}
		out[i] = p
		if i < e.pupils {
			p.regime, p.transport = regimes[i], bus[i] < e.transport
			if span := int(c.seen.Sub(c.first).Hours() / 24); r.IntN(150) == 0 && span > 20 {
				p.entry, p.came = c.workday(c.first.AddDate(0, 0, 7+r.IntN(span-14))), true
			}
		} else {
			p.exit = c.workday(c.first.AddDate(0, 0, 4+r.IntN(max(1, int(c.seen.Sub(c.first).Hours()/24)-8))))
		}
	}
	r.Shuffle(n, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// workday is the first day of class from a day on, and never after the last observation.
func (c *campus) workday(day time.Time) time.Time {
	for d := day; !d.After(c.seen); d = d.AddDate(0, 0, 1) {
		if k := dayKind(d); k == schoolDay || k == wednesday {
			return d
		}
	}
	return c.first
}

// weeks lists the Mondays of the weeks of class, all of them and by fortnight.
func (c *campus) weeks() {
	c.alternances = map[string][]time.Time{}
	monday := c.first.AddDate(0, 0, -(int(c.first.Weekday())+6)%7)
	for n := 0; monday.Before(c.year.End()); monday = monday.AddDate(0, 0, 7) {
		if !slices.ContainsFunc([]int{0, 1, 2, 3, 4}, func(i int) bool {
			k := dayKind(monday.AddDate(0, 0, i))
			return (k == schoolDay || k == wednesday) && !monday.AddDate(0, 0, i).Before(c.first)
		}) {
			continue
		}
		c.alternances["H"] = append(c.alternances["H"], monday)
		q := []string{"Q1", "Q2"}[n%2]
		c.alternances[q] = append(c.alternances[q], monday)
		n++
	}
}

// present are the pupils who are still there, and everyone else's links and groups with them.
func (c *campus) present() []*pupil {
	var out []*pupil
	for _, p := range c.pupils {
		if p.exit.IsZero() {
			out = append(out, p)
		}
	}
	return out
}
