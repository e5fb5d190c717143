package vault

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A lessonIn is a lesson of the week as the timetable says it: lines that co-teaching repeats are one.
type lessonIn struct {
	number    string
	day       any // 1 Monday … 7, NULL when it is not placed
	start     any // minutes
	length    any
	subject   string
	label     string
	rhythm    string
	mode      string
	together  any
	headcount any
	source    string
	line      int64
	divisions []string
	groups    []string
	teachers  []int64
	rooms     []string
}

// key is what makes a lesson the same from one import to the next.
func (l *lessonIn) key() string {
	return fmt.Sprint(l.day, "|", l.start, "|", l.length, "|", cmp.Or(l.subject, Code(l.label)), "|", l.rhythm, "|",
		strings.Join(l.divisions, ","), "|", strings.Join(l.groups, ","))
}

// gatherLessons reads the lessons of the first timetable that the year has.
func (c *consolidation) gatherLessons() ([]*lessonIn, error) {
	switch c.first("edt_cours", "udt_cours", "empsts_cours") {
	case "edt_cours":
		return c.edtLessons()
	case "udt_cours":
		return c.udtLessons()
	case "empsts_cours":
		return c.empLessons()
	}
	return nil, nil
}

// An audience is one of those that a line of EDT names.
type audience struct{ kind, name, class string }

func (c *consolidation) edtLessons() (list []*lessonIn, err error) {
	heard := map[string][]audience{} // by import and rank of the line
	err = c.rows("edt_cours_classe", []string{"cours_rang", "type", "nom", "classe"}, func(r SourceRow) error {
		k := place(r.Import, r.Text(0))
		heard[k] = append(heard[k], audience{r.Text(1), r.Text(2), r.Text(3)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	by := map[string]*lessonIn{}
	err = c.rows("edt_cours", []string{"rang", "numero", "duree_minutes", "frequence", "mat_code", "mat_libelle", "prof_nom", "prof_prenom", "salle", "alternance",
		"modalite", "co_ens", "jour_numero", "debut_minutes", "effectif"}, func(r SourceRow) error {
		l := &lessonIn{number: r.Text(1), day: whole(r.Text(12)), start: whole(r.Text(13)), length: whole(r.Text(2)), rhythm: cmp.Or(r.Text(9), r.Text(3)),
			label: r.Text(5), mode: r.Text(10), together: truth(r.Text(11)), headcount: whole(r.Text(14)), source: "edt", line: r.Line}
		l.subject = c.subject("edt", r.Text(4), r.Text(5))
		k := place(r.Import, r.Text(0))
		if l.number != "" {
			k = fmt.Sprint(l.number, "|", l.day, "|", l.start, "|", l.rhythm)
		}
		if by[k] == nil {
			by[k] = l
			list = append(list, l)
		}
		if err := c.attend(by[k], heard[place(r.Import, r.Text(0))]); err != nil {
			return err
		}
		by[k].rooms = union(by[k].rooms, splitList(r.Text(8)))
		return c.teach(by[k], r.Text(6), r.Text(7), "")
	})
	return list, err
}

func place(imp int64, rank string) string { return strconv.FormatInt(imp, 10) + "#" + rank }

// attend adds those who follow a lesson. A group that nobody declares is made, so that its roll can be called.
func (c *consolidation) attend(l *lessonIn, list []audience) error {
	for _, a := range list {
		if a.kind == "classe" {
			code, known := c.resolve(sortDivision, l.source, a.name)
			if !known {
				if group, ok := c.resolve(sortGroup, l.source, a.name); ok {
					l.groups = union(l.groups, []string{group})
					continue
				}
				if err := c.unknown("division_inconnue", l, a.name, "La classe "+a.name+" de l’emploi du temps n’est pas une division de l’établissement."); err != nil {
					return err
				}
			}
			l.divisions = union(l.divisions, distinct(code))
			continue
		}
		name := a.name
		group, known := c.resolve(sortGroup, l.source, name)
		if !known && a.class != "" {
			name = a.class + " " + a.name // parts of two classes may have one name
			group, known = c.resolve(sortGroup, l.source, name)
		}
		if !known && group != "" {
			class, _ := c.resolve(sortDivision, l.source, a.class)
			if err := c.addGroup(group, class, l.source, l.line); err != nil {
				return err
			}
			c.learn(sortGroup, group, group)
			if err := c.unknown("groupe_inconnu", l, a.name, "Le groupe "+a.name+" n’est connu que de l’emploi du temps."); err != nil {
				return err
			}
		}
		l.groups = union(l.groups, distinct(group))
	}
	return nil
}

// unknown notes a name of the timetable, once.
func (c *consolidation) unknown(sort string, l *lessonIn, name, message string) error {
	if c.noted[sort+"|"+name] {
		return nil
	}
	c.noted[sort+"|"+name] = true
	return c.note(sort, who{}, name, message)
}

// teach adds who gives a lesson. A teacher whom no file of staff has gets a record of his own.
func (c *consolidation) teach(l *lessonIn, last, first, whole string) error {
	if last == "" && whole == "" {
		return nil
	}
	id, known := c.teacherOf(l.source, last, first, whole)
	if !known {
		if _, none, ok := c.teacher(l.source, cmp.Or(whole, last+" "+first)); ok && none {
			return nil
		}
		s := &staffIn{last: cmp.Or(last, whole), first: first, function: "ENS", source: l.source, line: l.line}
		if err := c.keepStaff([]*staffIn{s}); err != nil {
			return err
		}
		id = s.id
		name := strings.TrimSpace(s.last + " " + first)
		if err := c.unknown("enseignant_inconnu", l, name, "L’enseignant "+name+" de l’emploi du temps n’est pas dans les fichiers des personnels."); err != nil {
			return err
		}
	}
	c.staff.teaching[id] = true
	if !slices.Contains(l.teachers, id) {
		l.teachers = append(l.teachers, id)
	}
	return nil
}

// subject is the code of a subject that a timetable writes by its mnemonic, or by its label only.
func (c *consolidation) subject(source, code, label string) string {
	for _, name := range distinct(code, label) {
		if found, known := c.resolve(sortSubject, source, name); known {
			return found
		}
	}
	return c.labels[Fold(label)]
}

func (c *consolidation) udtLessons() (list []*lessonIn, err error) {
	by := map[string]*lessonIn{}
	err = c.rows("udt_cours", []string{"rang", "jour_numero", "debut_minutes", "division", "matiere", "professeur", "salle", "groupe", "effectif", "modalite", "frequence"},
		func(r SourceRow) error {
			l := &lessonIn{day: whole(r.Text(1)), start: whole(r.Text(2)), rhythm: r.Text(10), label: r.Text(4), mode: r.Text(9), headcount: whole(r.Text(8)),
				source: "udt", line: r.Line}
			l.subject = c.subject("udt", "", r.Text(4))
			k := fmt.Sprint(l.day, "|", l.start, "|", l.rhythm, "|", r.Text(4), "|", r.Text(5), "|", r.Text(6))
			if by[k] == nil {
				by[k] = l
				list = append(list, l)
			}
			heard := []audience{{"classe", r.Text(3), ""}}
			if r.Text(7) != "" {
				heard = []audience{{"groupe", r.Text(7), r.Text(3)}}
			}
			if r.Text(3) == "" && r.Text(7) == "" {
				heard = nil
			}
			if err := c.attend(by[k], heard); err != nil {
				return err
			}
			by[k].rooms = union(by[k].rooms, splitList(r.Text(6)))
			return c.teach(by[k], "", "", r.Text(5))
		})
	return list, err
}

func (c *consolidation) empLessons() (list []*lessonIn, err error) {
	by := map[string]*lessonIn{}
	err = c.rows("empsts_cours", []string{"structure_type", "structure", "matiere", "mod_cours", "service_rang", "individu_type", "individu_id", "alternance",
		"jour", "debut_minutes", "duree_minutes", "salle"}, func(r SourceRow) error {
		l := &lessonIn{day: whole(r.Text(8)), start: whole(r.Text(9)), length: whole(r.Text(10)), rhythm: r.Text(7), subject: r.Text(2), mode: r.Text(3),
			source: "sts", line: r.Line}
		k := fmt.Sprint(serviceKey(r), "|", l.day, "|", l.start, "|", l.length, "|", l.rhythm)
		if by[k] == nil {
			by[k] = l
			list = append(list, l)
		}
		kind := "classe"
		if r.Text(0) == "G" {
			kind = "groupe"
		}
		if err := c.attend(by[k], []audience{{kind, r.Text(1), ""}}); err != nil {
			return err
		}
		by[k].rooms = union(by[k].rooms, splitList(r.Text(11)))
		if id := c.numbered(r.Text(5), r.Text(6)); id != 0 && !slices.Contains(by[k].teachers, id) {
			by[k].teachers = append(by[k].teachers, id)
			c.staff.teaching[id] = true
		}
		return nil
	})
	return list, err
}

// union adds to a sorted list what it lacks.
func union(list, more []string) []string {
	for _, m := range more {
		if i, found := slices.BinarySearch(list, m); !found {
			list = slices.Insert(list, i, m)
		}
	}
	return list
}

// splitList cuts « 101, 102 » into rooms.
func splitList(s string) []string {
	var list []string
	for item := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}
