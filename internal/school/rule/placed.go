package rule

import (
	"math"

	"belvedere/internal/school/vault"
)

// mostApart is how far hours placed and hours of a service may lie apart: three minutes a week.
const mostApart = 0.05

// placedHours compares the lessons placed with the hours of the services, by emp_sts when it is
// there, which attaches lessons to services, else by the timetable.
func (f *facts) placedHours(found func(Finding)) {
	if f.any("empsts_service") {
		f.placedByUp(found)
		f.servicesNotUp(found)
		return
	}
	if len(f.lessons) > 0 && f.lessons[0].source == "edt" { // UnDeuxTemps does not say how long lessons last
		f.placedByLessons(found)
	}
}

func (f *facts) placedByUp(found func(Finding)) {
	for _, s := range f.placed {
		if f.leftOut(s.structure, s.subject, s.mode) {
			continue
		}
		for _, t := range s.teachers {
			if !t.hasHours {
				continue
			}
			minutes, known := 0.0, true
			for _, l := range f.up {
				if l.service == s && (l.who == t.who && t.who != nil || t.who == nil && len(s.teachers) == 1) {
					part, ok := f.share(l.alternation)
					known = known && ok && l.minutes >= 0
					minutes += float64(l.minutes) * part
				}
			}
			if !known || math.Abs(minutes/60-t.hours) <= mostApart {
				continue
			}
			name, who := t.typ+" "+t.id, Subject{}
			if t.who != nil {
				name, who = t.who.title(), t.who.Subject
			}
			found(Finding{Key: key("place", s.key(), t.typ, t.id), Who: who, Structure: s.structure,
				Message: "Le service " + f.subjectName(s.subject) + " de " + name + " en " + quoted(s.structure) + " a " + hours(minutes/60) + " de cours placés pour " + hours(t.hours) + ".",
				Mend:    "Placez les cours qui manquent, ou corrigez les heures du service.",
				A:       t.side("emp_sts", "COURS", hours(minutes/60)), B: t.side("emp_sts", "HEURES_AGENT", hours(t.hours))})
		}
	}
}

// servicesNotUp says which services of STS-Web the timetable does not send up. A division that it
// has not at all is said by its own check.
func (f *facts) servicesNotUp(found func(Finding)) {
	up, structures := map[string]bool{}, map[string]bool{}
	for _, s := range f.placed {
		up[s.key()] = true
		structures[vault.Code(s.structure)] = true
	}
	for _, s := range f.services {
		if up[s.key()] || !structures[vault.Code(s.structure)] || f.leftOut(s.structure, s.subject, s.mode) {
			continue
		}
		found(Finding{Key: key("remontee", s.key()), Structure: s.structure,
			Message: "Le service " + f.subjectName(s.subject) + " de " + quoted(s.structure) + " est dans STS-Web, et l’emploi du temps ne le remonte pas.",
			Mend:    "Placez ses cours, ou laissez ce service de côté s’il n’est pas final.",
			A:       s.side("SERVICE", hoursText(s.hours, s.hasHours)), B: absent("emp_sts", "SERVICE")})
	}
}

// A placing is the lessons of a subject in a structure.
type placing struct {
	hours float64 // a week
	known bool    // lengths and weeks of all of them are
	first *lesson
}

// placings adds the lessons of each division and group, by subject.
func (f *facts) placings() map[string]*placing {
	sums, seen := map[string]*placing{}, map[string]bool{}
	for _, l := range f.lessons {
		code, _ := f.subjectOf(l)
		if code == "" || !l.placed() {
			continue
		}
		for _, a := range l.audiences {
			s, sort := f.audienceOf(l, a)
			once := key(l.number, itoa(int64(l.day)), itoa(int64(l.start)), l.alternation, a.sort, a.name)
			if s == nil || seen[once] { // rows of co-teaching repeat a lesson
				continue
			}
			seen[once] = l.number != ""
			k := key(sort, vault.Code(s.code), code)
			if sums[k] == nil {
				sums[k] = &placing{known: true, first: l}
			}
			part, ok := f.share(l.alternation)
			sums[k].known = sums[k].known && ok && l.minutes >= 0
			sums[k].hours += float64(l.minutes) / 60 * part
		}
	}
	return sums
}

// placedByLessons compares the lessons of each division and group with its services.
func (f *facts) placedByLessons(found func(Finding)) {
	sums, said := f.placings(), map[string]bool{}
	for _, s := range f.services {
		sort := "division"
		if s.group {
			sort = "groupe"
		}
		k := key(sort, vault.Code(s.structure), s.subject)
		due, ok := f.hoursOfServices(s)
		placed := sums[k]
		if placed == nil {
			placed = &placing{known: true}
		}
		if !ok || said[k] || !placed.known || f.leftOut(s.structure, s.subject, s.mode) || math.Abs(placed.hours-due) <= mostApart {
			continue
		}
		said[k] = true
		x := Finding{Key: key("place", k), Structure: s.structure,
			Message: "Le service " + f.subjectName(s.subject) + " de " + quoted(s.structure) + " a " + hours(placed.hours) + " de cours placés pour " + hours(due) + ".",
			Mend:    "Placez les cours qui manquent, ou laissez ce service de côté s’il n’est pas final.",
			A:       Side{Source: "edt", Field: "DUREE", Value: hours(placed.hours)}, B: s.side("HEURES_STRUCTURE", hours(due))}
		if placed.first != nil {
			x.A = placed.first.side("DUREE", hours(placed.hours))
		}
		found(x)
	}
}

// audienceOf is the division or group of the owner that follows a lesson; a part of a class is
// a group.
func (f *facts) audienceOf(l *lesson, a audience) (s *structure, sort string) {
	if a.sort == "classe" {
		s, _ = f.division(l.source, a.name)
		return s, "division"
	}
	s, _ = f.group(l.source, a.name)
	return s, "groupe"
}

// hoursOfServices adds the services of a structure in one subject, whatever their mode.
func (f *facts) hoursOfServices(s *service) (sum float64, known bool) {
	for _, o := range f.services {
		if o.structure == s.structure && o.group == s.group && o.subject == s.subject && o.hasHours {
			sum, known = sum+o.hours, true
		}
	}
	return sum, known
}
