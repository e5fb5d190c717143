package demo

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"belvedere"
)

// register writes the schools.
func (w *world) register() error {
	t, err := w.create("etablissements", "etablissements.csv", "etablissement", "type", "secteur", "nom", "nom_court", "adresse", "codes_postaux", "commune", "code_commune",
		"departement", "academie", "latitude", "longitude", "internat", "ouverture", "fermeture", "etat", "devient")
	if err != nil {
		return err
	}
	for _, s := range w.schools {
		for _, v := range s.record() {
			t.cell(v)
		}
		t.end()
	}
	return t.close()
}

// cell writes a text that may be empty, even as the first of its line.
func (t *table) cell(s string) {
	if len(t.line) == 0 {
		t.line = append(t.line, s...)
		return
	}
	t.text(s)
}

// states writes one file a year of a dataset noted at dates: each is called for each school and day.
func (w *world) states(dataset string, head []string, each func(t *table, s *school, y belvedere.SchoolYear, day time.Time)) error {
	for _, y := range w.years() {
		t, err := w.create(dataset, fmt.Sprintf("%s-%s.csv", dataset, y), append([]string{"etablissement", "jour"}, head...)...)
		if err != nil {
			return err
		}
		for _, day := range w.observations(y) {
			for _, s := range w.schools {
				if s.delivers(day) {
					each(t, s, y, day)
				}
			}
		}
		if err := t.close(); err != nil {
			return err
		}
	}
	return nil
}

// start begins a line of a school and day.
func (t *table) start(s *school, day time.Time) *table {
	return t.text(string(s.uai)).text(day.Format("2006-01-02"))
}

// drift lets the number of pupils move a little over the year: a few leave, fewer come.
func drift(n int, day time.Time) int {
	months := (int(day.Month()) + 3) % 12 // since September
	return int(math.Round(float64(n) * (1 - 0.0012*float64(months))))
}

// An enrolment is the pupils of one sex of a level on a day.
type enrolment struct{ pupils, lunch, boarders, outside, transport, ulis int }

// enrolment draws those of a level that began the year with n.
func (w *world) enrolment(s *school, y belvedere.SchoolYear, code, sex string, n int, day time.Time) enrolment {
	r := w.random("effectifs", s.index, int(y))
	lunch, out, bus := 0.55+0.3*r.Float64(), 0.04+0.14*r.Float64(), 0.15+0.45*r.Float64()
	rr := w.random("effectifs", s.index, int(y), code, sex)
	e := enrolment{pupils: drift(n, day)}
	if s.boarding {
		e.boarders = part(rr, e.pupils, 0.14, 0.2)
	}
	e.lunch = part(rr, e.pupils-e.boarders, lunch, 0.08)
	e.outside = part(rr, e.pupils, out, 0.2)
	e.transport = part(rr, e.pupils, bus, 0.1)
	e.ulis = part(rr, e.pupils, 0.025, 0.4)
	return e
}

// pupils writes the effectifs.
func (w *world) pupils() error {
	head := []string{"niveau", "sexe", "eleves", "demi_pensionnaires", "internes", "hors_secteur", "transports", "segpa", "ulis"}
	return w.states("effectifs", head, func(t *table, s *school, y belvedere.SchoolYear, day time.Time) {
		for _, l := range s.levels(w, y) {
			for _, half := range []struct {
				sex string
				n   int
			}{{"F", l.girls}, {"M", l.boys}} {
				e := w.enrolment(s, y, l.code, half.sex, half.n, day)
				segpa := 0
				if l.segpa {
					segpa = e.pupils
				}
				t.start(s, day).text(l.code).text(half.sex).number(e.pupils).number(e.lunch).number(e.boarders).
					number(e.outside).number(e.transport).number(segpa).number(e.ulis).end()
			}
		}
	})
}

// classes writes the structures.
func (w *world) classes() error {
	return w.states("structures", []string{"niveau", "classes"}, func(t *table, s *school, y belvedere.SchoolYear, day time.Time) {
		for _, l := range s.levels(w, y) {
			most := 26.5
			if l.segpa || l.code == "cap1" || l.code == "cap2" {
				most = 15
			} else if s.kind == "lycee" {
				most = 33
			}
			t.start(s, day).text(l.code).number(int(math.Ceil(float64(l.pupils()) / most))).end()
		}
	})
}

// staff writes the personnels, the teachers and the guardians.
func (w *world) staff() error {
	head := []string{"categorie", "personnels", "enseignants", "responsables"}
	return w.states("personnels", head, func(t *table, s *school, y belvedere.SchoolYear, day time.Time) {
		p := s.population(w, y)
		for _, c := range []struct {
			code string
			n    int
		}{{"administratifs", p.admin}, {"vie_scolaire", p.life}, {"accompagnants", p.aides}, {"autres", p.others}} {
			t.start(s, day).text(c.code).number(c.n).text("").text("").end()
		}
		t.start(s, day).text("").text("").number(p.teachers).number(p.parents).end()
	})
}

// accounts writes the comptes.
func (w *world) accounts() error {
	return w.states("comptes", []string{"profil", "sexe", "comptes"}, func(t *table, s *school, y belvedere.SchoolYear, day time.Time) {
		p := s.population(w, y)
		girls, boys := 0, 0
		for _, l := range s.levels(w, y) {
			girls, boys = girls+drift(l.girls, day), boys+drift(l.boys, day)
		}
		for _, c := range []struct {
			profile, sex string
			n            int
		}{{"eleves", "F", girls}, {"eleves", "M", boys}, {"responsables", "", p.parents}, {"enseignants", "", p.teachers}, {"administratifs", "", p.admin},
			{"vie_scolaire", "", p.life}, {"accompagnants", "", p.aides}, {"autres", "", p.others}} {
			t.start(s, day).text(c.profile).text(c.sex).number(c.n).end()
		}
	})
}

// hardship is how much more is needed or goes wrong in a school, from its social index.
func (s *school) hardship() float64 { return math.Exp((100 - s.social) / 26) }

// support writes the accompagnement.
func (w *world) support() error {
	head := []string{"niveau", "projets", "projets_medicaux", "eleves_projet", "eleves_projet_medical", "accompagnes", "decrocheurs"}
	return w.states("accompagnement", head, func(t *table, s *school, y belvedere.SchoolYear, day time.Time) {
		since := day.Sub(y.First()).Hours() / 24 / 300
		for _, l := range s.levels(w, y) {
			r := w.random("accompagnement", s.index, int(y), l.code)
			n := l.pupils()
			with := part(r, n, 0.09*s.hardship(), 0.2)
			medical := part(r, n, 0.045, 0.25)
			t.start(s, day).text(l.code).number(with + part(r, with, 0.1, 0.3)).number(medical + part(r, medical, 0.04, 0.3)).number(with).number(medical).
				number(part(r, n, 0.06*s.hardship(), 0.25)).number(part(r, n, 0.016*s.hardship()*since*2, 0.3)).end()
		}
	})
}

// bands writes how many pupils have had how many events since the rentrée.
func (w *world) bands() error {
	five, four := []int{0, 4, 9, 19}, []int{0, 2, 5}
	codes := map[int][]string{5: {"0", "1_4", "5_9", "10_19", "20_plus"}, 4: {"0", "1_2", "3_5", "6_plus"}}
	return w.states("assiduite_tranches", []string{"evenement", "niveau", "tranche", "eleves"}, func(t *table, s *school, y belvedere.SchoolYear, day time.Time) {
		since := math.Min(1, day.Sub(y.First()).Hours()/24/300)
		for _, e := range []struct {
			code   string
			mean   float64
			k      float64
			bounds []int
		}{{"absence", 11, 0.7, five}, {"retard", 5, 0.5, five}, {"sanction", 0.25, 0.25, four}, {"punition", 0.9, 0.3, four}, {"incident", 0.3, 0.25, four}} {
			for _, l := range s.levels(w, y) {
				law := negativeBinomial(e.mean*s.hardship()*since+0.01, e.k, e.bounds[len(e.bounds)-1])
				weights := bandWeights(law, e.bounds)
				r := w.random("tranches", s.index, int(y), l.code, e.code)
				for i := range weights {
					weights[i] *= math.Exp(0.3 * r.NormFloat64())
				}
				pupils := drift(l.girls, day) + drift(l.boys, day) // as in the effectifs
				counts := split(pupils, weights)
				for i, n := range counts {
					t.start(s, day).text(e.code).text(l.code).text(codes[len(counts)][i]).number(n).end()
				}
			}
		}
	})
}

// bandWeights adds a law up over bands that end at the bounds; the last band is the rest.
func bandWeights(law []float64, bounds []int) []float64 {
	out := make([]float64, len(bounds)+1)
	rest, from := 1.0, 0
	for i, to := range bounds {
		for n := from; n <= to; n++ {
			out[i] += law[n]
		}
		rest -= out[i]
		from = to + 1
	}
	out[len(bounds)] = math.Max(rest, 0)
	return out
}

// index writes the social index of each school, once a year.
func (w *world) index() error {
	for _, y := range w.years() {
		t, err := w.create("ips", fmt.Sprintf("ips-%s.csv", y), "etablissement", "annee", "points", "eleves")
		if err != nil {
			return err
		}
		for _, s := range w.schools {
			if !s.open(y.First()) {
				continue
			}
			n := s.pupils(w, y)
			value := s.social + 0.6*w.random("ips", s.index, int(y)).NormFloat64()
			t.text(string(s.uai)).text(y.String()).text(strconv.FormatFloat(value*float64(n), 'f', 1, 64)).number(n).end()
		}
		if err := t.close(); err != nil {
			return err
		}
	}
	return nil
}
