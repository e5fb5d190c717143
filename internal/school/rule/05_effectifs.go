package rule

import (
	"belvedere"
	"belvedere/internal/school/vault"
)

var headcounts = Rule{
	Number: 5, Code: "effectifs", Title: "Effectifs des divisions et des groupes", Severity: Warning, Tool: ToolSTS,
	Text:   "Les élèves scolarisés (un MEF, une division, pas de date de sortie) sont aussi nombreux que ce que STS-Web a calculé et que ce que l’emploi du temps annonce.",
	Origin: "SIECLE\u00a0: règle «\u00a0scolarisé\u00a0», 10.2\u202f; les effectifs remontent à STS-Web chaque soir",
	needs:  [][]string{needPupils, {"sts_division", "edt_cours", "udt_cours"}},
	run: func(f *facts, found func(Finding)) {
		if f.owner() == "sts" {
			for _, d := range f.divisions["sts"] {
				f.declaredCount(d, "division", f.enrolledIn(d), f.leaversIn(d), found)
			}
			for _, g := range f.groups["sts"] {
				f.declaredCount(g, "groupe", f.enrolledIn(g), 0, found)
			}
		}
		f.lessonCounts(found)
	},
}

// declaredCount compares what STS-Web has calculated.
func (f *facts) declaredCount(s *structure, sort string, n, leavers int, found func(Finding)) {
	if s.headcount < 0 || s.headcount == n {
		return
	}
	why := ""
	if leavers > 0 && sort == "division" {
		why = " SIECLE y laisse aussi " + belvedere.Plural(leavers, "élève sorti", "élèves sortis") + ", qu’il ne faut plus compter."
	}
	found(Finding{Key: key("sts", sort, vault.Code(s.code)), Structure: s.code,
		Message: theStructure(sort) + quoted(s.code) + " compte " + belvedere.Plural(n, "élève scolarisé", "élèves scolarisés") + " dans SIECLE, et STS-Web en a calculé " + itoa(int64(s.headcount)) + "." + why,
		Mend:    "Si l’écart reste le lendemain, renvoyez les structures de STS-Web vers SIECLE\u00a0: les effectifs reviennent la nuit.",
		A:       Side{Source: "siecle", Field: "élèves scolarisés", Value: itoa(int64(n))},
		B:       s.side("EFFECTIF_CALCULE", itoa(int64(s.headcount)))})
}

func theStructure(sort string) string {
	if sort == "groupe" {
		return "Le groupe "
	}
	return "La division "
}

// enrolledIn counts the pupils of a division or a group of the owner, by the official rule.
func (f *facts) enrolledIn(s *structure) int {
	if f.enrolled == nil {
		f.enrolled = map[*structure]int{}
		for _, p := range f.pupils {
			if !p.enrolled() {
				continue
			}
			d, _ := f.division("siecle", p.division())
			f.enrolled[d]++
			in := map[*structure]bool{}
			for _, m := range p.groups {
				if g, _ := f.group("siecle", m.code); !in[g] {
					in[g] = true
					f.enrolled[g]++
				}
			}
		}
		delete(f.enrolled, nil) // of structures that nobody knows
	}
	return f.enrolled[s]
}

// leaversIn counts the pupils who have left and still stand in a division.
func (f *facts) leaversIn(d *structure) (n int) {
	for _, p := range f.pupils {
		if p.active() {
			continue
		}
		for _, m := range p.divisions {
			if s, _ := f.division("siecle", m.code); s == d {
				n++
				break
			}
		}
	}
	return n
}

// lessonCounts compares the headcounts that a timetable gives to lessons of one whole division
// or one group: once for each structure and number.
func (f *facts) lessonCounts(found func(Finding)) {
	said := map[string]bool{}
	for _, l := range f.lessons {
		if l.headcount <= 0 || len(l.audiences) != 1 || l.audiences[0].sort == "partie" {
			continue // 0 is said with the lesson
		}
		a := l.audiences[0]
		s, sort := f.audienceOf(l, a)
		n := f.enrolledIn(s)
		if s == nil || n == l.headcount {
			continue
		}
		k := key(l.source, sort, vault.Code(s.code))
		if said[k] {
			continue
		}
		said[k] = true
		found(Finding{Key: k, Structure: s.code, Tool: ToolTimetable,
			Message: theStructure(sort) + quoted(s.code) + " compte " + belvedere.Plural(n, "élève scolarisé", "élèves scolarisés") + " dans SIECLE, et " + sourceName(l.source) + " en annonce " + itoa(int64(l.headcount)) + ".",
			Mend:    "Mettez à jour les élèves de l’emploi du temps depuis SIECLE.",
			A:       Side{Source: "siecle", Field: "élèves scolarisés", Value: itoa(int64(n))},
			B:       l.side("EFFECTIF", itoa(int64(l.headcount)))})
	}
}
