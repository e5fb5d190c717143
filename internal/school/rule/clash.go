package rule

import (
	"cmp"
	"slices"
	"strings"

	"belvedere/internal/school/vault"
)

// overlap tells whether two placed lessons share a moment of a week, for sure.
func (f *facts) overlap(a, b *lesson) bool {
	return a.day == b.day && a.start < b.end() && b.start < a.end() && f.meet(a.alternation, b.alternation)
}

// end is when a lesson is over; one of unknown length lasts a minute at least.
func (l *lesson) end() int { return l.start + max(1, l.minutes) }

// same tells whether two rows are of one lesson: co-teaching and regroupings repeat it.
func (l *lesson) same(o *lesson) bool {
	if l.number != "" && l.number == o.number && l.source != "emp_sts" {
		return true
	}
	return l.start == o.start && vault.Code(l.subject) == vault.Code(o.subject) && l.teacher == o.teacher && vault.Code(l.room) == vault.Code(o.room)
}

// clashes says which teachers and rooms are taken twice.
func (f *facts) clashes(found func(Finding)) {
	teachers, rooms := map[string][]*lesson{}, map[string][]*lesson{}
	for _, l := range f.timetable() {
		if !l.placed() {
			continue
		}
		if who := vault.Fold(l.teacher.name + " " + l.teacher.first); who != "" {
			teachers[who] = append(teachers[who], l)
		}
		for _, room := range strings.Split(l.room, ",") {
			if code := vault.Code(room); code != "" {
				rooms[code] = append(rooms[code], l)
			}
		}
	}
	f.clashesOf(teachers, "enseignant", func(l *lesson) (string, Side) {
		name := strings.TrimSpace(l.teacher.name + " " + l.teacher.first)
		return name, l.side("PROF_NOM", name)
	}, found)
	f.clashesOf(rooms, "salle", func(l *lesson) (string, Side) {
		return "La salle " + quoted(l.room), l.side("SALLE", l.room)
	}, found)
}

func (f *facts) clashesOf(by map[string][]*lesson, sort string, name func(*lesson) (string, Side), found func(Finding)) {
	for _, who := range sorted(by) {
		list := by[who]
		slices.SortStableFunc(list, func(a, b *lesson) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.start, b.start)) })
		for i, l := range list {
			for _, o := range list[i+1:] {
				if o.day != l.day || o.start >= l.end() {
					break
				}
				if l.same(o) || !f.overlap(l, o) {
					continue
				}
				what, a := name(l)
				_, b := name(o)
				x := Finding{Key: key(sort, who, l.key(), o.key()), Structure: firstName(l),
					Message: what + " a deux cours à la fois, " + l.slot() + "\u00a0: " + audiencesOf(l) + " et " + audiencesOf(o) + ".",
					Mend:    "Déplacez l’un des deux cours dans l’emploi du temps.", A: a, B: b}
				if sort == "enseignant" {
					x.Who = f.subjectOfLesson(l)
				}
				found(x)
			}
		}
	}
}

// subjectOfLesson is the member of staff who teaches a lesson, as far as the vault knows.
func (f *facts) subjectOfLesson(l *lesson) Subject {
	t := l.who
	if t == nil {
		t, _ = f.teacher(l.source, l.teacher)
	}
	if t == nil {
		return Subject{}
	}
	return t.Subject
}

// audiencesOf names who follows a lesson, and what.
func audiencesOf(l *lesson) string {
	var names []string
	for _, a := range l.audiences {
		names = append(names, a.name)
	}
	text := cmp.Or(l.label, l.subject, "un cours")
	if len(names) > 0 {
		text += " (" + listed(names) + ")"
	}
	return text
}

func firstName(l *lesson) string {
	if len(l.audiences) == 0 {
		return ""
	}
	return l.audiences[0].name
}

// sorted are the keys of a map in order: findings come the same way each time.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
