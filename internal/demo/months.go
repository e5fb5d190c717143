package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"belvedere"
)

// flows writes one file a year of a dataset counted by month.
func (w *world) flows(dataset string, head []string, each func(t *table, s *school, y belvedere.SchoolYear, month time.Time)) error {
	for _, y := range w.years() {
		t, err := w.create(dataset, fmt.Sprintf("%s-%s.csv", dataset, y), append([]string{"etablissement", "mois"}, head...)...)
		if err != nil {
			return err
		}
		for _, month := range w.closedMonths(y) {
			for _, s := range w.schools {
				if s.delivers(month) {
					each(t, s, y, month)
				}
			}
		}
		if err := t.close(); err != nil {
			return err
		}
	}
	return nil
}

// month begins a line of a school and month.
func (t *table) month(s *school, month time.Time) *table {
	return t.text(string(s.uai)).text(month.Format("2006-01"))
}

// attendance writes the assiduite.
func (w *world) attendance() error {
	return w.flows("assiduite", []string{"niveau", "demi_journees", "demi_journees_attendues", "retards"}, func(t *table, s *school, y belvedere.SchoolYear, month time.Time) {
		days := schoolDays(month)
		season := 1 + 0.35*math.Cos(2*math.Pi*(float64(month.Month())-1.5)/12) // winter
		for _, l := range s.levels(w, y) {
			r := w.random("assiduite", s.index, month.Unix(), l.code)
			due := l.pupils() * days * 9 / 5
			t.month(s, month).text(l.code).number(part(r, due, 0.034*s.hardship()*season, 0.18)).number(due).
				number(poisson(r, float64(l.pupils()*days)*0.026*s.hardship())).end()
		}
	})
}

// discipline writes sanctions and the rest.
func (w *world) discipline() error {
	return w.flows("discipline", []string{"niveau", "sanctions", "punitions", "incidents", "mesures", "exclusions"}, func(t *table, s *school, y belvedere.SchoolYear, month time.Time) {
		days := float64(schoolDays(month))
		for _, l := range s.levels(w, y) {
			r := w.random("discipline", s.index, month.Unix(), l.code)
			base := float64(l.pupils()) * days * s.hardship()
			t.month(s, month).text(l.code).number(poisson(r, base*0.0014)).number(poisson(r, base*0.005)).number(poisson(r, base*0.0017)).
				number(poisson(r, base*0.0001)).number(poisson(r, base*0.0021)).end()
		}
	})
}

// rooms writes the salles and their occupation.
func (w *world) rooms() error {
	err := w.flows("salles", []string{"salles"}, func(t *table, s *school, _ belvedere.SchoolYear, month time.Time) {
		t.month(s, month).number(s.rooms()).end()
	})
	if err != nil {
		return err
	}
	return w.flows("occupation", []string{"heures_occupees", "heures_disponibles"}, func(t *table, s *school, y belvedere.SchoolYear, month time.Time) {
		r := w.random("occupation", s.index, month.Unix())
		open := s.rooms() * schoolDays(month) * 8
		t.month(s, month).number(part(r, open, 0.38+0.16*w.random("occupation", s.index, int(y)).Float64(), 0.04)).number(open).end()
	})
}

// rooms of a school.
func (s *school) rooms() int { return 9 + s.size/18 }

// pedagogy writes what teachers and pupils do with the software.
func (w *world) pedagogy() error {
	head := []string{"niveau", "qcm", "qcm_soumis", "documents", "liens", "manuels", "acces_manuels_enseignants", "acces_manuels_eleves", "forums",
		"contenus", "travaux", "travaux_a_rendre", "copies", "corriges", "evaluations", "notes", "devoirs_notes", "evaluations_competences", "sujets", "corriges_evaluations", "stages"}
	return w.flows("pedagogie", head, func(t *table, s *school, y belvedere.SchoolYear, month time.Time) {
		days := float64(schoolDays(month))
		for _, l := range s.levels(w, y) {
			r := w.random("pedagogie", s.index, month.Unix(), l.code)
			pedagogyLine(t.month(s, month).text(l.code), r, l, float64(l.pupils())/26*days*s.digital, float64(l.pupils()), month)
		}
	})
}

// pedagogyLine writes the measures of one level and month. Unit is classes × days; each part is
// drawn from its whole, so that no share passes 100 %.
func pedagogyLine(t *table, r *rand.Rand, l level, unit, pupils float64, month time.Time) {
	quiz := poisson(r, unit*0.05)
	lessons, homework := poisson(r, unit*3.1), poisson(r, unit*1.5)
	online := part(r, homework, 0.07, 0.3)
	copies := poisson(r, float64(online)*11)
	tests := poisson(r, unit*0.62)
	marked := part(r, tests, 0.68, 0.08)
	t.number(quiz).number(part(r, quiz, 0.6, 0.2)).number(poisson(r, unit*1.3)).number(poisson(r, unit*0.22)).number(poisson(r, pupils/60)).
		number(poisson(r, unit*0.4)).number(poisson(r, unit*2.2)).number(poisson(r, unit*0.008)).
		number(lessons).number(homework).number(online).number(copies).number(part(r, copies, 0.3, 0.3)).
		number(tests).number(poisson(r, float64(marked)*24)).number(marked).number(tests - marked).number(part(r, tests, 0.12, 0.3)).number(part(r, tests, 0.05, 0.4))
	interns := 0
	switch {
	case l.code == "3eme" && month.Month() == time.January:
		interns = part(r, int(pupils), 0.96, 0.02)
	case l.code == "2nde" && month.Month() == time.June:
		interns = part(r, int(pupils), 0.8, 0.05)
	case len(l.code) > 4 && (l.code[len(l.code)-3:] == "pro" || l.code[:3] == "cap") && (month.Month() == time.December || month.Month() == time.March):
		interns = part(r, int(pupils), 0.9, 0.05)
	}
	t.number(interns).end()
}

// messages writes the communications.
func (w *world) messages() error {
	head := []string{"discussions", "messages", "informations", "sondages", "imprimes", "courriels", "courriers", "pdf", "evenements", "documents_casier", "liens_utiles"}
	return w.flows("communications", head, func(t *table, s *school, _ belvedere.SchoolYear, month time.Time) {
		r := w.random("communications", s.index, month.Unix())
		unit := float64(s.size) * float64(schoolDays(month)) * s.digital
		talks := poisson(r, unit*0.045)
		post := 0
		if s.index%4 == 0 {
			post = poisson(r, unit*0.001)
		}
		t.month(s, month).number(talks).number(talks + poisson(r, float64(talks)*1.5)).number(poisson(r, unit*0.006)).number(poisson(r, unit*0.0004)).
			number(poisson(r, unit*0.02)).number(poisson(r, unit*0.004)).number(post).number(poisson(r, unit*0.008)).number(poisson(r, unit*0.002)).
			number(poisson(r, unit*0.0009)).number(poisson(r, 0.3)).end()
	})
}

// works writes the requests to the authority.
func (w *world) works() error {
	return w.flows("travaux", []string{"nature", "demandes"}, func(t *table, s *school, _ belvedere.SchoolYear, month time.Time) {
		r := w.random("travaux", s.index, month.Unix())
		for _, n := range []struct {
			code string
			mean float64
		}{{"maintenance", 6}, {"informatique", 4.5}, {"secretariat", 1.6}, {"autres", 0.7}} {
			t.month(s, month).text(n.code).number(poisson(r, n.mean*float64(s.size)/400*float64(schoolDays(month))/17)).end()
		}
	})
}
