package rule

import (
	"strings"

	"belvedere"
)

var timetable = Rule{
	Number: 20, Code: "emploi_du_temps", Title: "Cours de l’emploi du temps", Severity: Warning, Tool: ToolTimetable,
	Text:   "Chaque cours a une classe, une matière, un horaire et des élèves\u202f; un professeur ou une salle n’ont pas deux cours au même moment d’une même semaine\u202f; chaque alternance a des semaines\u202f; un co-enseignement est déclaré\u202f; les cours placés font les heures du service.",
	Origin: "Contrôles des logiciels d’emploi du temps avant la remontée",
	needs:  [][]string{needTimetable},
	run: func(f *facts, found func(Finding)) {
		for _, l := range f.lessons {
			f.judgeLesson(l, found)
		}
		f.clashes(found)
		f.alternationsKnown(found)
		f.coTeaching(found)
		f.placedHours(found)
	},
}

// judgeLesson says in one finding all that a lesson lacks.
func (f *facts) judgeLesson(l *lesson, found func(Finding)) {
	var lacks []string
	for _, w := range []struct {
		missing bool
		what    string
	}{
		{len(l.audiences) == 0, "ni classe ni groupe"},
		{l.subject == "" && l.label == "", "pas de matière"},
		{!l.placed(), "pas d’horaire"},
		{l.headcount == 0, "un effectif de 0"},
	} {
		if w.missing {
			lacks = append(lacks, w.what)
		}
	}
	if len(lacks) > 0 {
		if l.room == "" {
			lacks = append(lacks, "pas de salle") // alone, it may take place outdoors
		}
		found(Finding{Key: key("incomplet", l.key()),
			Message: l.describe() + " est incomplet\u00a0: " + listed(lacks) + ".",
			Mend:    "Complétez le cours dans l’emploi du temps, ou retirez-le s’il n’a pas lieu\u00a0: aucun appel ne peut s’y faire.",
			A:       l.side("CLASSE", ""), B: l.side("JOUR", "")})
	}
	if classes := l.classes(); len(classes) > 1 {
		found(Finding{Key: key("classes", l.key()), Structure: classes[0],
			Message: l.describe() + " réunit " + belvedere.Plural(len(classes), "classe", "classes") + " entières (" + strings.Join(classes, ", ") + ") sans groupe.",
			Mend:    "Créez un groupe de ces classes\u00a0: STS-Web n’accepte un cours que sur une division ou sur un groupe.",
			A:       l.side("CLASSE", strings.Join(classes, ", "))})
	}
}

// alternationsKnown says which alternations have no weeks.
func (f *facts) alternationsKnown(found func(Finding)) {
	for _, a := range f.alternations {
		if len(a.weeks) == 0 {
			found(Finding{Key: key("alternance", a.code),
				Message: "L’alternance " + quoted(a.code) + " n’a aucune semaine\u00a0: ses cours n’auraient jamais lieu.",
				Mend:    "Donnez ses semaines à l’alternance dans l’emploi du temps, puis refaites la remontée.",
				A:       a.side("emp_sts", "SEMAINES", "")})
		}
	}
	said := map[string]bool{}
	for _, l := range f.timetable() {
		if _, ok := f.share(l.alternation); ok || said[l.alternation] || f.alternationOf(l.alternation) != nil {
			continue
		}
		said[l.alternation] = true
		found(Finding{Key: key("alternance", l.alternation),
			Message: "L’alternance " + quoted(l.alternation) + " de " + sourceName(l.source) + " n’a pas de semaines connues.",
			Mend:    "Importez la remontée emp_sts, qui donne les semaines de chaque alternance.",
			A:       l.side("ALTERNANCE", l.alternation)})
	}
}

// coTeaching says which lessons have two teachers without saying so.
func (f *facts) coTeaching(found func(Finding)) {
	first := map[string]*lesson{}
	said := map[string]bool{}
	for _, l := range f.lessons {
		if l.number == "" || l.teacher.name == "" {
			continue
		}
		o := first[l.number]
		if o == nil {
			first[l.number] = l
			continue
		}
		if o.teacher == l.teacher || yes(o.together) || yes(l.together) || !o.at(l) || said[l.number] {
			continue
		}
		said[l.number] = true
		found(Finding{Key: key("co_ens", o.key()),
			Message: o.describe() + " a aussi pour enseignant " + strings.TrimSpace(l.teacher.name+" "+l.teacher.first) + ", sans être déclaré en co-enseignement.",
			Mend:    "Déclarez le co-enseignement dans l’emploi du temps, ou séparez les deux cours.",
			A:       o.side("CO-ENS.", o.together), B: l.side("PROF_NOM", strings.TrimSpace(l.teacher.name+" "+l.teacher.first))})
	}
	for _, s := range f.placed {
		if len(s.teachers) > 1 && !yes(s.together) && f.together(s) {
			found(Finding{Key: key("co_ens", s.key()), Structure: s.structure,
				Message: "Le service " + f.subjectName(s.subject) + " de " + quoted(s.structure) + " a plusieurs enseignants au même moment, sans être déclaré en co-enseignement.",
				Mend:    "Déclarez le co-enseignement (CO_ENS) avant la remontée.",
				A:       s.side("CO_ENS", s.together)})
		}
	}
}

func yes(s string) bool {
	switch strings.ToUpper(s) {
	case "O", "1", "OUI", "TRUE", "Y":
		return true
	}
	return false
}

// at tells whether two rows are of one moment.
func (l *lesson) at(o *lesson) bool {
	return l.day == o.day && l.start == o.start && l.alternation == o.alternation
}

// together tells whether two teachers of a service have lessons at once.
func (f *facts) together(s *service) bool {
	var mine []*lesson
	for _, l := range f.up {
		if l.service == s {
			mine = append(mine, l)
		}
	}
	for i, l := range mine {
		for _, o := range mine[:i] {
			if l.who != o.who && l.placed() && f.overlap(l, o) {
				return true
			}
		}
	}
	return false
}
