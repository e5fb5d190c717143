package demo

import (
	"math"
	"slices"
	"time"

	"belvedere"
)

// media that distinct persons are counted for; each lists the media that it stands for.
var media = []struct {
	code  string
	parts []string
}{
	{"ensemble", []string{"logiciel", "web", "web_mobile", "application"}},
	{"net", []string{"web", "web_mobile", "application"}},
	{"mobile", []string{"web_mobile", "application"}},
	{"logiciel", []string{"logiciel"}},
	{"web", []string{"web"}},
	{"web_mobile", []string{"web_mobile"}},
	{"application", []string{"application"}},
}

var peopleHead = []string{"etablissement", "periode", "debut", "profil", "support", "ent", "individus"}

// detailDays is for how many of the last days persons are counted for each medium; before, for
// the whole, .Net and mobile only.
const detailDays = 40

// people writes the distinct persons of each day of a month, then of the month.
func (w *world) people(month time.Time) error {
	t, err := w.create("individus", "individus-"+month.Format("2006-01")+".csv.gz", peopleHead...)
	if err != nil {
		return err
	}
	days := w.daysOf(month)
	for _, s := range w.schools {
		if !s.delivers(month) {
			continue
		}
		for _, d := range days {
			w.persons(t, s, "jour", d, []time.Time{d}, w.last.Sub(d) < detailDays*24*time.Hour)
		}
		w.persons(t, s, "mois", month, days, true)
	}
	return t.close()
}

// peopleOfYears writes the distinct persons of the school years that the connections reach.
func (w *world) peopleOfYears() error {
	months := w.connectionMonths()
	for _, y := range w.years()[1:] {
		t, err := w.create("individus", "individus-"+y.String()+".csv.gz", peopleHead...)
		if err != nil {
			return err
		}
		var days []time.Time
		for _, m := range months {
			if belvedere.SchoolYearOf(m) == y {
				days = append(days, w.daysOf(m)...)
			}
		}
		for _, s := range w.schools {
			if slices.ContainsFunc(days, s.delivers) {
				w.persons(t, s, "annee", y.First(), days, true)
			}
		}
		if err := t.close(); err != nil {
			return err
		}
	}
	return nil
}

// persons writes the persons of a period for each profile, medium and way in.
func (w *world) persons(t *table, s *school, period string, start time.Time, days []time.Time, detail bool) {
	p := s.population(w, belvedere.SchoolYearOf(start))
	for _, m := range media {
		if !detail && m.code != "ensemble" && m.code != "net" && m.code != "mobile" {
			continue
		}
		for _, ent := range []string{"ensemble", "oui", "non"} {
			if !detail && ent != "ensemble" {
				continue
			}
			whole, used := 0, false
			for pi, prof := range profiles {
				if !uses(prof, m.parts) {
					continue
				}
				used = true
				n := w.distinct(s, pi, prof, prof.count(p), days, m.parts, ent)
				whole += n
				t.person(s, period, start, prof.code, m.code, ent, n)
			}
			if used {
				t.person(s, period, start, "ensemble", m.code, ent, whole)
			}
		}
	}
}

func (t *table) person(s *school, period string, start time.Time, profile, medium, ent string, n int) {
	t.text(string(s.uai)).text(period).text(start.Format("2006-01-02")).text(profile).text(medium).text(ent).number(n).end()
}

func uses(p profile, parts []string) bool {
	return slices.ContainsFunc(p.ways, func(w way) bool { return slices.Contains(parts, w.medium) })
}

// distinct is how many persons made the connections of some ways in: few connections are as
// many persons, many connections come from persons who come back. The law is concave and starts
// with slope one, so that a whole never passes the sum of its parts nor falls below one of them.
func (w *world) distinct(s *school, pi int, prof profile, persons int, days []time.Time, parts []string, ent string) int {
	u := w.uses[useKey{s.index, pi}]
	if u == nil {
		return 0
	}
	total := 0
	counts := make([]int, len(prof.ways))
	for _, d := range days {
		for i, n := range u.days[d] {
			if slices.Contains(parts, prof.ways[i].medium) && (ent == "ensemble" || ent == prof.ways[i].ent) {
				counts[i] += n
				total += n
			}
		}
	}
	n, sum := comingBack(total, persons), 0
	for _, c := range counts {
		sum += comingBack(c, persons)
	}
	return min(n, sum)
}

// comingBack is the number of persons behind a number of connections.
func comingBack(connections, persons int) int {
	const uneven = 0.7
	active := 0.97 * float64(persons)
	if active <= 0 {
		return 0
	}
	return min(connections, int(active*(1-math.Pow(1+float64(connections)/(active*uneven), -uneven))+0.999))
}
