package rule

import (
	"cmp"
	"slices"
	"strings"

	"belvedere/internal/school/vault"
)

// What is less alike is not proposed: a wrong proposal costs more than none.
const (
	leastLike       = 0.78 // codes and labels
	leastLikePerson = 0.85
	mostProposed    = 3 // for one name
	takenByAnother  = 0.8
)

// A name is what one source calls something that no other calls so.
type name struct {
	sort, source, value string
	person              personName // of a teacher
	label               string     // beside a subject's code
}

// A candidate is what a name may mean.
type candidate struct {
	target string
	score  float64
}

// unknownNames are those that nothing resolves.
func (f *facts) unknownNames() (list []name) {
	seen := map[[3]string]bool{}
	add := func(n name, how match) {
		k := [3]string{n.sort, n.source, n.value}
		if how == unknown && n.value != "" && !seen[k] {
			seen[k] = true
			list = append(list, n)
		}
	}
	structures := func(sort, source, value string, of func(source, value string) (*structure, match)) {
		if len(f.divisions[f.owner()]) > 0 {
			_, how := of(source, value)
			add(name{sort: sort, source: importer(source), value: value}, how)
		}
	}
	for _, p := range f.pupils {
		if !p.active() {
			continue
		}
		for _, m := range p.divisions {
			structures(SortDivision, "siecle", m.code, f.division)
		}
		for _, m := range p.groups {
			structures(SortGroup, "siecle", m.code, f.group)
		}
	}
	for _, d := range f.divisions["emp_sts"] {
		structures(SortDivision, "emp_sts", d.code, f.division)
	}
	for _, l := range f.directory {
		for _, c := range l.classes {
			structures(SortDivision, "aaf", c, f.division)
		}
	}
	for _, l := range f.lessons {
		f.unknownOfLesson(l, structures, add)
	}
	return append(list, f.unknownOfPupils()...)
}

// unknownOfLesson adds the names of a lesson of EDT or UnDeuxTemps.
func (f *facts) unknownOfLesson(l *lesson, structures func(sort, source, value string, of func(string, string) (*structure, match)), add func(name, match)) {
	for _, a := range l.audiences {
		if a.sort == "classe" {
			structures(SortDivision, l.source, a.name, f.division)
			continue
		}
		structures(SortGroup, l.source, a.name, f.group)
		if a.class != "" {
			structures(SortDivision, l.source, a.class, f.division)
		}
	}
	if len(f.teachers) > 0 {
		_, how := f.teacher(l.source, l.teacher)
		add(name{sort: SortTeacher, source: l.source, value: strings.TrimSpace(l.teacher.name + " " + l.teacher.first), person: l.teacher}, how)
	}
	if len(f.subjects) > 0 {
		_, how := f.subjectOf(l)
		add(name{sort: SortSubject, source: l.source, value: cmp.Or(l.subject, l.label), label: l.label}, how)
	}
}

// unknownOfPupils are the formations and options that EDT writes beside its pupils.
func (f *facts) unknownOfPupils() (list []name) {
	for _, k := range []struct{ sort, kind, field string }{{SortMEF, "edt_eleve", "formation"}, {SortOption, "edt_eleve_option", "option"}} {
		seen := map[string]bool{}
		f.must(f.rows(k.kind, []string{k.field}, func(r vault.SourceRow) {
			value := r.Text(0)
			if value == "" || seen[value] {
				return
			}
			seen[value] = true
			if _, ok := f.confirmed[[3]string{k.sort, "edt", value}]; ok {
				return
			}
			for _, c := range f.alike(k.sort, value) {
				if c.score == 1 {
					return
				}
			}
			list = append(list, name{sort: k.sort, source: "edt", value: value})
		}))
	}
	return list
}

// candidates are what a name may mean, best first.
func (f *facts) candidates(n name, taken map[[3]string]bool) (list []candidate) {
	least := leastLike
	switch n.sort {
	case SortDivision, SortGroup:
		structures := f.divisions[f.owner()]
		if n.sort == SortGroup {
			structures = f.groups[f.owner()]
		}
		for _, s := range structures {
			list = append(list, candidate{s.code, min(0.99, max(likeCodes(n.value, s.code), likeCodes(n.value, s.label), likeLabels(n.value, s.label)))})
		}
	case SortTeacher:
		least = leastLikePerson
		for _, t := range f.teachers {
			if t.ID != 0 {
				list = append(list, candidate{itoa(t.ID), min(0.99, t.like(n.person))})
			}
		}
	default:
		list = f.alike(n.sort, n.value)
		if n.label != "" {
			list = append(list, f.alike(n.sort, n.label)...)
		}
	}
	for i := range list {
		if taken[[3]string{n.sort, n.source, list[i].target}] {
			list[i].score *= takenByAnother
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.target, b.target))
	})
	seen := map[string]bool{}
	list = slices.DeleteFunc(list, func(c candidate) bool {
		twice := seen[c.target]
		seen[c.target] = true
		return twice || c.score < least
	})
	return list[:min(mostProposed, len(list))]
}

// alike are the subjects or formations that a word may mean.
func (f *facts) alike(sort, value string) (list []candidate) {
	if sort == SortMEF {
		for _, code := range sorted(f.mefs) {
			list = append(list, candidate{code, max(likeCodes(value, code), likeLabels(value, f.mefs[code].label))})
		}
		return list
	}
	for _, code := range sorted(f.subjects) {
		s := f.subjects[code]
		list = append(list, candidate{code, max(likeCodes(value, s.gestion), likeLabels(value, s.label), likeLabels(value, s.gestion))})
	}
	return list
}

// like is how alike a teacher and a name are. A name in one piece is cut wherever it may be.
func (t *teacher) like(n personName) (best float64) {
	ways := []personName{n}
	if n.first == "" {
		words := strings.Fields(n.name)
		for i := 1; i < len(words); i++ {
			ways = append(ways, personName{strings.Join(words[:i], " "), strings.Join(words[i:], " ")})
		}
	}
	for _, last := range []string{t.name, t.maiden} {
		for _, w := range ways {
			best = max(best, likePersons(w, personName{last, t.first}))
		}
	}
	return best
}

// takenTargets are the structures and people that a source already names well.
func (f *facts) takenTargets() map[[3]string]bool {
	taken := map[[3]string]bool{}
	for k, r := range f.resolved {
		if r.structure != nil {
			taken[[3]string{k[0], importer(k[1]), r.structure.code}] = true
		}
	}
	for _, l := range f.lessons {
		if t, _ := f.teacher(l.source, l.teacher); t != nil {
			taken[[3]string{SortTeacher, l.source, itoa(t.ID)}] = true
		}
	}
	return taken
}

// refreshProposals writes what unknown names may mean; what people refused is not proposed again.
func (f *facts) refreshProposals() (n int, err error) {
	names := f.unknownNames()
	taken := f.takenTargets()
	if _, err := f.tx.Exec("DELETE FROM rapprochement WHERE annee = ? AND etat = 'propose'", int(f.year)); err != nil {
		return 0, err
	}
	now := vault.Micros(f.tx.Vault().Now())
	for _, x := range names {
		some := false
		for _, c := range f.candidates(x, taken) {
			rows, err := f.tx.Exec(`INSERT INTO rapprochement (annee, sorte, source, valeur, cible, score, etat, le, par)
				SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'propose', ?7, '' WHERE NOT EXISTS (SELECT 1 FROM rapprochement
				WHERE annee IN (0, ?1) AND sorte = ?2 AND source = ?3 AND valeur = ?4 AND cible = ?5)`,
				int(f.year), x.sort, x.source, x.value, c.target, c.score, now)
			if err != nil {
				return 0, err
			}
			some = some || rows > 0
		}
		if some {
			n++
		}
	}
	return n, nil
}
