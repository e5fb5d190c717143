package lesson

import "slices"

// A Clash is another lesson at the same time that asks for the same teacher, room or pupils.
type Clash struct {
	What string // "enseignant", "salle", "division" or "groupe"
	Name string
	With int64 // the other lesson
}

// clashes finds those of a lesson among others of its day.
func clashes(l Lesson, day []Lesson) (list []Clash) {
	if l.Off {
		return nil
	}
	for _, other := range day {
		if other.ID == l.ID || other.Off || other.Start >= l.End() || l.Start >= other.End() {
			continue
		}
		if l.Unsure && other.Unsure && l.Rhythm != other.Rhythm {
			continue // they may never be of the same week
		}
		for _, p := range l.Teachers {
			if slices.ContainsFunc(other.Teachers, func(q Person) bool { return q.ID == p.ID }) {
				list = append(list, Clash{"enseignant", p.Name, other.ID})
			}
		}
		for _, r := range l.Rooms {
			if slices.Contains(other.Rooms, r) {
				list = append(list, Clash{"salle", r, other.ID})
			}
		}
		list = append(list, sharedPupils(l, other)...)
	}
	return list
}

// sharedPupils are the whole divisions that two lessons share, or that one asks for whole while
// the other takes a group of it; two groups of a division are two halves of it.
func sharedPupils(a, b Lesson) (list []Clash) {
	for _, d := range a.Divisions {
		if slices.Contains(b.reach, d) {
			list = append(list, Clash{"division", d, b.ID})
		}
	}
	for _, d := range b.Divisions {
		if slices.Contains(a.reach, d) && !slices.Contains(a.Divisions, d) {
			list = append(list, Clash{"division", d, b.ID})
		}
	}
	for _, g := range a.Groups {
		if slices.Contains(b.Groups, g) {
			list = append(list, Clash{"groupe", g, b.ID})
		}
	}
	return list
}
