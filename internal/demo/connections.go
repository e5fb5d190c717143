package demo

import (
	"time"

	"belvedere"
)

// a way in: medium and whether the connection came through the ENT.
type way struct {
	medium, ent string
	share       float64
}

// profile of users: how they come in, how often on each kind of day, and at which hours.
type profile struct {
	code  string
	ways  []way
	rate  [5]float64 // connections per person, by kindOfDay
	hours func(k kindOfDay) *[24]float64
	count func(p population) int
}

// Shares of the hours of a day, before they are made to add up to one.
var (
	pupilHours   = [24]float64{.6, .2, .1, .1, .1, .3, 1.5, 5, 5.5, 3.5, 3.5, 4, 5, 5, 3.5, 3.5, 5, 8.5, 9.5, 8, 7, 6, 4, 1.8}
	parentHours  = [24]float64{.5, .2, .1, .1, .1, .4, 2, 5, 5, 3.5, 3.5, 4, 6, 5, 3.5, 4, 5, 7, 9, 9, 9, 8, 5, 2}
	teacherHours = [24]float64{.1, .05, .05, .05, .05, .3, 2.5, 9, 10.5, 9, 9.5, 9, 5, 8.5, 9, 8.5, 7, 5, 3, 2.5, 3.5, 3.5, 2, .6}
	officeHours  = [24]float64{0, 0, 0, 0, 0, .1, 1.5, 9, 13, 12, 11.5, 10, 4, 10, 11, 10, 8, 4, 1, .2, .2, .1, 0, 0}
	eveningHours = [24]float64{1, .4, .2, .1, .1, .2, .5, 1, 2, 4, 5.5, 6, 4.5, 4, 5, 6, 7, 8.5, 10, 10.5, 10, 8, 5, 2.5}
)

func hoursOf(school, rest *[24]float64) func(kindOfDay) *[24]float64 {
	return func(k kindOfDay) *[24]float64 {
		if k == schoolDay || k == wednesday {
			return school
		}
		return rest
	}
}

var profiles = []profile{
	{"eleves", []way{{"web", "oui", .13}, {"web", "non", .19}, {"web_mobile", "non", .13}, {"application", "non", .55}},
		[5]float64{.74, .56, .3, .58, .1}, hoursOf(&pupilHours, &eveningHours), func(p population) int { return p.pupils }},
	{"responsables", []way{{"web", "oui", .08}, {"web", "non", .2}, {"web_mobile", "non", .14}, {"application", "non", .58}},
		[5]float64{.27, .22, .12, .2, .05}, hoursOf(&parentHours, &eveningHours), func(p population) int { return p.parents }},
	{"accompagnants", []way{{"web", "oui", .22}, {"web", "non", .33}, {"application", "non", .45}},
		[5]float64{.5, .3, .05, .06, .02}, hoursOf(&teacherHours, &eveningHours), func(p population) int { return p.aides }},
	{"enseignants", []way{{"logiciel", "non", .44}, {"web", "oui", .11}, {"web", "non", .3}, {"application", "non", .15}},
		[5]float64{2.5, 1.6, .5, 1.3, .28}, hoursOf(&teacherHours, &eveningHours), func(p population) int { return p.teachers }},
	{"personnels", []way{{"logiciel", "non", .75}, {"web", "oui", .05}, {"web", "non", .14}, {"application", "non", .06}},
		[5]float64{2.3, 1.6, .1, .04, .3}, hoursOf(&officeHours, &officeHours), func(p population) int { return p.staff }},
}

// connectionMonths are the last thirteen months, the running one included.
func (w *world) connectionMonths() []time.Time {
	month := belvedere.Date(w.last.Year(), w.last.Month(), 1)
	var out []time.Time
	for i := 12; i >= 0; i-- {
		out = append(out, month.AddDate(0, -i, 0))
	}
	return out
}

// useKey and use keep the connections of a school and profile by day and way, from which the
// distinct persons follow.
type useKey struct {
	school, profile int
}

type use struct{ days map[time.Time][]int }

// an hour of a local day: its label with the offset, and its place on the clock.
type hour struct {
	label string
	clock int
}

// hoursOfDay are the real hours of a day: 23 or 25 of them twice a year.
func (w *world) hoursOfDay(day time.Time) []hour {
	var out []hour
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, w.o.Zone)
	end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, w.o.Zone)
	for h := start; h.Before(end); h = h.Add(time.Hour) {
		local := h.In(w.o.Zone)
		out = append(out, hour{local.Format(time.RFC3339), local.Hour()})
	}
	return out
}

// connections writes the hourly connections of one month.
func (w *world) connections(month time.Time) error {
	t, err := w.create("connexions", "connexions-"+month.Format("2006-01")+".csv.gz", "etablissement", "heure", "profil", "support", "ent", "connexions")
	if err != nil {
		return err
	}
	days := w.daysOf(month)
	hours := make([][]hour, len(days))
	for i, d := range days {
		hours[i] = w.hoursOfDay(d)
	}
	for _, s := range w.schools {
		if !s.delivers(month) {
			continue
		}
		for i, d := range days {
			w.day(t, s, d, hours[i])
		}
	}
	return t.close()
}

// daysOf are the days of a month up to the last one.
func (w *world) daysOf(month time.Time) []time.Time {
	var out []time.Time
	for d := month; d.Before(month.AddDate(0, 1, 0)) && !d.After(w.last); d = d.AddDate(0, 0, 1) {
		out = append(out, d)
	}
	return out
}

// day writes the connections of a school on a day.
func (w *world) day(t *table, s *school, day time.Time, hours []hour) {
	counts := make([][]int, len(profiles))
	for i, p := range profiles {
		counts[i] = make([]int, len(p.ways))
	}
	w.eachHour(s, day, hours, func(profile int, h hour, wi, n int) {
		way := profiles[profile].ways[wi]
		counts[profile][wi] += n
		t.text(string(s.uai)).text(h.label).text(profiles[profile].code).text(way.medium).text(way.ent).number(n).end()
	})
	for i := range profiles {
		w.note(s, i, day, counts[i])
	}
}

// eachHour draws the connections of a school on a day, by profile, hour and way in.
func (w *world) eachHour(s *school, day time.Time, hours []hour, each func(profile int, h hour, way, n int)) {
	r := w.random("connexions", s.index, day.Unix())
	kind := dayKind(day)
	mood := s.digital * (0.9 + 0.2*r.Float64())
	p := s.population(w, belvedere.SchoolYearOf(day))
	for pi, prof := range profiles {
		shape := prof.hours(kind)
		whole := 0.0
		for _, x := range shape {
			whole += x
		}
		mean := float64(prof.count(p)) * prof.rate[kind] * mood / whole
		for _, h := range hours {
			for wi, way := range prof.ways {
				if n := poisson(r, mean*way.share*shape[h.clock]); n > 0 {
					each(pi, h, wi, n)
				}
			}
		}
	}
}

func (w *world) note(s *school, profile int, day time.Time, counts []int) {
	k := useKey{s.index, profile}
	u := w.uses[k]
	if u == nil {
		u = &use{days: map[time.Time][]int{}}
		w.uses[k] = u
	}
	u.days[day] = counts
}
