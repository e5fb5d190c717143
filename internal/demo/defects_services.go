package demo

import (
	"slices"
	"strconv"
	"time"
)

// division is one by its code.
func (d *damage) division(code string) *structure {
	return d.divisions[slices.IndexFunc(d.divisions, func(s *structure) bool { return s.code == code })]
}

func (d *damage) headcount() {
	s := d.division("4C")
	s.off = 2
	d.add("sts_emp", "effectif de STS-Web trop grand de deux", []string{s.code}, Sight{5, s.code})
}

func (d *damage) noTeacher() {
	s := d.division("5D").services[4]
	s.vacant = true
	d.add("sts_emp", "service sans enseignant\u00a0: "+s.subject.short, []string{s.of.code}, Sight{18, s.of.code}, Sight{19, s.teacher.last})
}

func (d *damage) headOfNothing() {
	i := slices.IndexFunc(d.staff, func(e *employee) bool { return e.function == "ENS" && e.head == nil })
	e := d.staff[i]
	e.headOf = "7A"
	d.add("sts_emp", "professeur principal d’une division inconnue", []string{strconv.Itoa(e.id)}, Sight{18, e.last + " " + e.first})
}

func (d *damage) otherHours() {
	e := d.division("3B").services[0].teacher
	e.due = e.half + 4
	d.add("sts_emp", "deux heures de moins que l’apport", []string{strconv.Itoa(e.id)}, Sight{19, e.last + " " + e.first})
}

func (d *damage) oldStructures() {
	d.stale = map[string]time.Time{"Structures": d.older(45)}
	d.add("siecle_structures", "export de plus d’un mois avant les autres", []string{"siecle_structures"}, Sight{2, ""})
}

func (d *damage) otherClassName() {
	s := d.division("6B")
	s.inEDT = "6 B"
	d.add("edt_cours", "division écrite «\u00a06 B\u00a0» dans l’emploi du temps", []string{s.code, s.inEDT}, Sight{3, s.code})
}

func (d *damage) otherTeacherName() {
	i := slices.IndexFunc(d.staff, func(e *employee) bool { return e.function == "ENS" && plain(e.first) != e.first })
	e := d.staff[i]
	e.inEDT = plain(e.first)
	d.add("edt_cours", "enseignant écrit sans accents", []string{e.last}, Sight{16, e.last + " " + e.first})
}

// lesson is the place of the first one of a division that fits.
func (d *damage) lesson(code string, fits func(*lesson) bool) int {
	return slices.IndexFunc(d.lessons, func(l *lesson) bool { return l.of.code == code && fits(l) })
}

func (d *damage) otherSubject() {
	i := d.lesson("6C", func(l *lesson) bool { return l.subject.short == "HIGEO" })
	d.lessons[i].code = "HISTGEO"
	d.add("edt_cours", "matière que la nomenclature ne connaît pas", []string{strconv.Itoa(i + 1)}, Sight{17, "HISTGEO"})
}

func (d *damage) emptyLesson() {
	l := *d.lessons[0]
	l.slot, l.hollow = -1, true
	d.lessons = append(d.lessons, &l)
	n := strconv.Itoa(len(d.lessons))
	d.add("edt_cours", "cours sans classe, sans matière et sans place", []string{n}, Sight{20, n})
}

// twoPlaces moves a lesson to an hour at which its division is free and its teacher is not.
func (d *damage) twoPlaces() {
	busy := map[*structure][slots]bool{}
	for _, l := range d.lessons {
		if l.slot < 0 {
			continue
		}
		for _, s := range append(slices.Clone(l.of.divisions), l.of) {
			b := busy[s]
			for i := l.slot; i < l.slot+l.length; i++ {
				b[i] = true
			}
			busy[s] = b
		}
	}
	for i, l := range d.lessons {
		for _, m := range d.lessons {
			if l == m || l.teacher != m.teacher || l.of.group || l.length > 1 || l.frequency != "H" || m.frequency != "H" || m.slot < 0 || l.slot < 0 || busy[l.of][m.slot] {
				continue
			}
			l.slot = m.slot
			d.add("edt_cours", "enseignant à deux endroits à la fois", []string{strconv.Itoa(i + 1), l.of.code}, Sight{20, l.teacher.last}, Sight{20, l.room})
			return
		}
	}
}

func (d *damage) noWeeks() {
	d.alternances["Q2"] = nil
	d.add("emp_sts", "alternance sans semaines", []string{"Q2"}, Sight{20, "Q2"})
}
