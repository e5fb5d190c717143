package rule

import (
	"cmp"

	"belvedere/internal/school/vault"
)

// A teacher is a person of STS-Web.
type teacher struct {
	place
	Subject
	typ, id             string
	name, maiden, first string
	sex, function       string
	due                 float64 // hours of his disciplines
	hasDue              bool
	heads               []membership // divisions of which he is head teacher
	services            int
	hours               float64 // HEURES_AGENT × weighting, over all his services
}

func (t *teacher) title() string { return t.name + " " + t.first }

func (t *teacher) side(field, value string) Side { return t.place.side("sts", field, value) }

func (t *teacher) key() string {
	if t.ID != 0 {
		return "personnel:" + itoa(t.ID)
	}
	return "individu:" + t.typ + ":" + t.id
}

// teaches tells whether his function is to teach; STS-Web leaves it out for people typed locally.
func (t *teacher) teaches() bool { return t.function == "ENS" || t.function == "" }

func (f *facts) readTeachers() error {
	f.byTeacher = map[string]*teacher{}
	err := f.rows("sts_individu", []string{"type", "id", "nom_usage", "nom_patronymique", "prenom", "sexe", "fonction"}, func(r vault.SourceRow) {
		t := &teacher{place: at(r), typ: r.Text(0), id: r.Text(1), name: cmp.Or(r.Text(2), r.Text(3)), maiden: r.Text(3), first: r.Text(4),
			sex: r.Text(5), function: r.Text(6)}
		t.Subject = f.subject("personnel", "sts_"+cmp.Or(t.typ, "epp"), t.id)
		f.teachers = append(f.teachers, t)
		f.byTeacher[t.typ+":"+t.id] = t
	})
	if err != nil {
		return err
	}
	err = f.rows("sts_discipline", []string{"individu_type", "individu_id", "nb_heures"}, func(r vault.SourceRow) {
		if t := f.byTeacher[r.Text(0)+":"+r.Text(1)]; t != nil {
			if h, ok := decimal(r.Text(2)); ok {
				t.due, t.hasDue = t.due+h, true
			}
		}
	})
	if err != nil {
		return err
	}
	return f.rows("sts_prof_principal", []string{"individu_type", "individu_id", "code_structure"}, func(r vault.SourceRow) {
		if t := f.byTeacher[r.Text(0)+":"+r.Text(1)]; t != nil {
			t.heads = append(t.heads, membership{at(r), r.Text(2)})
		}
	})
}

// A service is a subject taught to a division or a group.
type service struct {
	place
	source    string // sts or emp_sts
	structure string
	group     bool
	subject   string
	mode      string
	rank      string
	hours     float64
	hasHours  bool
	together  string // CO_ENS
	teachers  []serviceTeacher
}

type serviceTeacher struct {
	place
	who      *teacher // nil when STS-Web does not know him
	typ, id  string
	hours    float64
	hasHours bool
	weight   float64
}

func (s *service) side(field, value string) Side { return s.place.side(s.source, field, value) }

// key names a service for the life of a finding.
func (s *service) key() string {
	sort := "division"
	if s.group {
		sort = "groupe"
	}
	return key(sort, vault.Code(s.structure), s.subject, s.mode)
}

// id names a service within one file.
func serviceID(typ, structure, subject, mode, rank string) string {
	return typ + "|" + structure + "|" + subject + "|" + mode + "|" + rank
}

func (f *facts) readServices() (err error) {
	if f.services, err = f.servicesOf("sts", "sts_"); err != nil {
		return err
	}
	for _, s := range f.services {
		for _, t := range s.teachers {
			if t.who != nil {
				t.who.services++
				t.who.hours += t.hours * t.weight
			}
		}
	}
	f.placed, err = f.servicesOf("emp_sts", "empsts_")
	return err
}

func (f *facts) servicesOf(source, prefix string) (list []*service, err error) {
	by := map[string]*service{}
	names := []string{"structure_type", "structure", "matiere", "mod_cours", "service_rang"}
	err = f.rows(prefix+"service", append(names, "heures_structure", "co_ens"), func(r vault.SourceRow) {
		s := &service{place: at(r), source: source, structure: r.Text(1), group: r.Text(0) == "G", subject: r.Text(2), mode: r.Text(3), rank: r.Text(4), together: r.Text(6)}
		s.hours, s.hasHours = decimal(r.Text(5))
		list = append(list, s)
		by[serviceID(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4))] = s
	})
	if err != nil {
		return nil, err
	}
	err = f.rows(prefix+"service_enseignant", append(names, "individu_type", "individu_id", "heures_agent", "taux_ponderation"), func(r vault.SourceRow) {
		s := by[serviceID(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4))]
		if s == nil {
			return
		}
		t := serviceTeacher{place: at(r), typ: r.Text(5), id: r.Text(6), weight: 1}
		t.who = f.teacherOf(t.typ, t.id)
		t.hours, t.hasHours = decimal(r.Text(7))
		if w, ok := decimal(r.Text(8)); ok {
			t.weight = w
		}
		s.teachers = append(s.teachers, t)
	})
	return list, err
}

// teacherOf finds a teacher; emp_sts may leave the type out.
func (f *facts) teacherOf(typ, id string) *teacher {
	if t := f.byTeacher[typ+":"+id]; t != nil || typ != "" {
		return t
	}
	return f.byTeacher["epp:"+id]
}
