package rule

import (
	"cmp"
	"slices"
	"strings"

	"belvedere/internal/school/vault"
)

// A lesson is a row of a timetable.
type lesson struct {
	place
	source      string // edt, udt or emp_sts
	number      string // rows of one lesson share it, "" when the file has none
	day, start  int    // 1 Monday; minutes since midnight; -1 when it is not placed
	minutes     int    // -1 unknown
	subject     string // as written: a mnemonic of EDT, a code of emp_sts
	label       string
	teacher     personName // as written
	who         *teacher   // whom it means, nil when STS-Web does not know him
	alternation string
	room        string
	audiences   []audience
	headcount   int // -1 when it is not told
	together    string
	structure   string // of the service, in emp_sts
	group       bool
	service     *service // in emp_sts
}

// An audience is one of those who follow a lesson.
type audience struct {
	sort  string // classe, groupe, partie
	name  string
	class string // of a part
}

func (l *lesson) side(field, value string) Side { return l.place.side(l.source, field, value) }

func (l *lesson) placed() bool { return l.day > 0 && l.start >= 0 }

// classes are the divisions that follow it as a whole.
func (l *lesson) classes() (list []string) {
	for _, a := range l.audiences {
		if a.sort == "classe" {
			list = append(list, a.name)
		}
	}
	return list
}

// describe names a lesson in a sentence.
func (l *lesson) describe() string {
	var parts []string
	for _, p := range []string{cmp.Or(l.label, l.subject), strings.TrimSpace(l.teacher.name + " " + l.teacher.first)} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	what := "Le cours"
	if l.number != "" {
		what += " n°\u00a0" + l.number
	}
	if len(parts) > 0 {
		what += " (" + strings.Join(parts, ", ") + ")"
	}
	return what
}

var dayNames = [...]string{"", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}

// slot is when a placed lesson is: "lundi à 8 h 05".
func (l *lesson) slot() string {
	text := dayNames[l.day] + " à " + itoa(int64(l.start/60)) + "\u00a0h"
	if m := l.start % 60; m > 0 {
		text += "\u00a0" + itoa(int64(m/10)) + itoa(int64(m%10))
	}
	return text
}

// key names a lesson for the life of a finding: by what it is, since numbers change with exports.
func (l *lesson) key() string {
	var names []string
	for _, a := range l.audiences {
		names = append(names, vault.Code(a.name))
	}
	slices.Sort(names)
	return key(l.source, itoa(int64(l.day)), itoa(int64(l.start)), l.alternation, vault.Code(l.subject), vault.Fold(l.teacher.name+" "+l.teacher.first), strings.Join(names, "+"))
}

// readLessons reads the timetable, of EDT, else of UnDeuxTemps, and what emp_sts places.
func (f *facts) readLessons() (err error) {
	if f.up, err = f.lessonsOfUp(); err != nil {
		return err
	}
	switch {
	case f.any("edt_cours"):
		err = f.lessonsOfEDT()
	case f.any("udt_cours"):
		err = f.lessonsOfUDT()
	}
	return err
}

// timetable is the one to judge: of the tool, which says more, else of emp_sts.
func (f *facts) timetable() []*lesson {
	if f.any("edt_cours", "udt_cours") {
		return f.lessons
	}
	return f.up
}

func (f *facts) lessonsOfEDT() error {
	by := map[place]map[string]*lesson{}
	err := f.rows("edt_cours", []string{"rang", "numero", "jour_numero", "debut_minutes", "duree_minutes", "mat_code", "mat_libelle", "prof_nom", "prof_prenom",
		"alternance", "frequence", "salle", "effectif", "co_ens"}, func(r vault.SourceRow) {
		l := &lesson{place: at(r), source: "edt", number: r.Text(1), day: number(r.Text(2)), start: number(r.Text(3)), minutes: number(r.Text(4)),
			subject: r.Text(5), label: r.Text(6), teacher: personName{r.Text(7), r.Text(8)}, alternation: cmp.Or(r.Text(9), r.Text(10)),
			room: r.Text(11), headcount: number(r.Text(12)), together: r.Text(13)}
		f.lessons = append(f.lessons, l)
		file := place{imp: r.Import}
		if by[file] == nil {
			by[file] = map[string]*lesson{}
		}
		by[file][r.Text(0)] = l
	})
	if err != nil {
		return err
	}
	return f.rows("edt_cours_classe", []string{"cours_rang", "type", "nom", "classe"}, func(r vault.SourceRow) {
		if l := by[place{imp: r.Import}][r.Text(0)]; l != nil {
			l.audiences = append(l.audiences, audience{r.Text(1), r.Text(2), r.Text(3)})
		}
	})
}

func (f *facts) lessonsOfUDT() error {
	return f.rows("udt_cours", []string{"jour_numero", "debut_minutes", "matiere", "professeur", "frequence", "salle", "effectif", "division", "groupe"},
		func(r vault.SourceRow) {
			l := &lesson{place: at(r), source: "udt", day: number(r.Text(0)), start: number(r.Text(1)), minutes: -1, subject: r.Text(2),
				teacher: personName{name: r.Text(3)}, alternation: r.Text(4), room: r.Text(5), headcount: number(r.Text(6))}
			if group := r.Text(8); group != "" {
				l.audiences = append(l.audiences, audience{"groupe", group, r.Text(7)})
			} else if class := r.Text(7); class != "" {
				l.audiences = append(l.audiences, audience{"classe", class, ""})
			}
			f.lessons = append(f.lessons, l)
		})
}

// lessonsOfUp are those of emp_sts, each attached to its service.
func (f *facts) lessonsOfUp() (list []*lesson, err error) {
	services := map[string]*service{}
	for _, s := range f.placed {
		typ := "D"
		if s.group {
			typ = "G"
		}
		services[serviceID(typ, s.structure, s.subject, s.mode, s.rank)] = s
	}
	err = f.rows("empsts_cours", []string{"structure_type", "structure", "matiere", "mod_cours", "service_rang", "individu_type", "individu_id",
		"alternance", "jour", "debut_minutes", "duree_minutes", "salle"}, func(r vault.SourceRow) {
		l := &lesson{place: at(r), source: "emp_sts", structure: r.Text(1), group: r.Text(0) == "G", subject: r.Text(2), alternation: r.Text(7),
			day: number(r.Text(8)), start: number(r.Text(9)), minutes: number(r.Text(10)), room: r.Text(11), headcount: -1,
			service: services[serviceID(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4))]}
		sort := "classe"
		if l.group {
			sort = "groupe"
		}
		l.audiences = []audience{{sort, l.structure, ""}}
		if l.who = f.teacherOf(r.Text(5), r.Text(6)); l.who != nil {
			l.teacher = personName{l.who.name, l.who.first}
		}
		list = append(list, l)
	})
	return list, err
}

// A calendar is the weeks of alternations that emp_sts declares.
type calendar struct {
	alternations []*alternation
	weeks        map[string]bool // all those named
}

type alternation struct {
	place
	code  string
	weeks []string // Mondays, or Sundays as some tools write
}

func (f *facts) readCalendar() error {
	f.weeks = map[string]bool{}
	err := f.rows("empsts_alternance", []string{"code"}, func(r vault.SourceRow) {
		f.alternations = append(f.alternations, &alternation{place: at(r), code: r.Text(0)})
	})
	if err != nil {
		return err
	}
	return f.rows("empsts_alternance_semaine", []string{"alternance", "date_debut"}, func(r vault.SourceRow) {
		if a := f.alternationOf(r.Text(0)); a != nil {
			a.weeks = append(a.weeks, r.Text(1))
			f.weeks[r.Text(1)] = true
		}
	})
}

func (c *calendar) alternationOf(code string) *alternation {
	for _, a := range c.alternations {
		if strings.EqualFold(a.code, code) {
			return a
		}
	}
	return nil
}

// share is the part of the weeks that an alternation takes; known is false when nothing tells.
func (c *calendar) share(code string) (part float64, known bool) {
	if a := c.alternationOf(code); a != nil && len(c.weeks) > 0 {
		return float64(len(a.weeks)) / float64(len(c.weeks)), len(a.weeks) > 0
	}
	switch vault.Code(code) {
	case "", "H", "HEBDO", "HEBDOMADAIRE":
		return 1, true
	case "Q", "Q1", "Q2", "A", "B", "QA", "QB", "SA", "SB", "1", "2", "S1", "S2":
		return 0.5, true
	}
	return 0, false
}

// meet tells whether two alternations share a week, for sure.
func (c *calendar) meet(a, b string) bool {
	x, y := c.alternationOf(a), c.alternationOf(b)
	if x != nil && y != nil && len(x.weeks) > 0 && len(y.weeks) > 0 {
		return slices.ContainsFunc(x.weeks, func(w string) bool { return slices.Contains(y.weeks, w) })
	}
	if whole, ok := c.share(a); ok && whole == 1 {
		return true
	}
	if whole, ok := c.share(b); ok && whole == 1 {
		return true
	}
	return vault.Code(a) == vault.Code(b)
}
