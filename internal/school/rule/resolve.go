package rule

import (
	"strings"

	"belvedere/internal/school/vault"
)

// How a name of one source is found in another.
type match int

const (
	unknown   match = iota
	exact           // written the same
	nearly          // but for case, accents, spaces, hyphens and "/"
	confirmed       // as someone said
	nobody          // someone said that it is none of them
)

// The sorts of names (rapprochement.sorte).
const (
	SortDivision = "division"
	SortGroup    = "groupe"
	SortTeacher  = "enseignant"
	SortSubject  = "matiere"
	SortMEF      = "mef"
	SortOption   = "option"
	SortRoom     = "salle"
)

// owner is the source that owns structures: STS-Web, else SIECLE, which receives them.
func (f *facts) owner() string {
	if len(f.divisions["sts"]) > 0 {
		return "sts"
	}
	return "siecle"
}

// importer names a source as confirmations do: emp_sts is of STS-Web.
func importer(source string) string {
	if source == "emp_sts" {
		return "sts"
	}
	return source
}

// division finds what a source means by the name of a division.
func (f *facts) division(source, name string) (*structure, match) {
	return f.structureOf(SortDivision, source, name, f.divisions[f.owner()])
}

// group finds what a source means by the name of a group.
func (f *facts) group(source, name string) (*structure, match) {
	return f.structureOf(SortGroup, source, name, f.groups[f.owner()])
}

// structureOf remembers its answers: checks ask for each pupil again.
func (f *facts) structureOf(sort, source, name string, list []*structure) (*structure, match) {
	k := [3]string{sort, source, name}
	if r, ok := f.resolved[k]; ok {
		return r.structure, r.match
	}
	s, how := f.lookUp(sort, source, name, list)
	f.resolved[k] = resolved{s, how}
	return s, how
}

type resolved struct {
	*structure
	match
}

func (f *facts) lookUp(sort, source, name string, list []*structure) (*structure, match) {
	if target, ok := f.confirmed[[3]string{sort, importer(source), name}]; ok {
		if s := find(list, target); s != nil {
			return s, confirmed
		}
		return nil, nobody
	}
	if s := find(list, name); s != nil {
		return s, exact
	}
	var one *structure
	for _, s := range list {
		if vault.Code(s.code) == vault.Code(name) {
			if one != nil {
				return nil, unknown // two codes that differ by spaces only: which?
			}
			one = s
		}
	}
	if one == nil {
		return nil, unknown
	}
	return one, nearly
}

// teacher finds whom of STS-Web a timetable means.
func (f *facts) teacher(source string, n personName) (*teacher, match) {
	text := strings.TrimSpace(n.name + " " + n.first)
	if target, ok := f.confirmed[[3]string{SortTeacher, source, text}]; ok {
		for _, t := range f.teachers {
			if target != "" && itoa(t.ID) == target {
				return t, confirmed
			}
		}
		return nil, nobody
	}
	var near []*teacher
	for _, t := range f.teachers {
		switch t.called(n) {
		case exact:
			return t, exact
		case nearly:
			near = append(near, t)
		}
	}
	if len(near) == 1 {
		return near[0], nearly
	}
	return nil, unknown
}

// called tells whether a timetable may call a teacher so: by name in use or of birth. A timetable
// that has one field for both (UnDeuxTemps) writes them together, in either order or with an initial.
func (t *teacher) called(n personName) match {
	best := unknown
	for _, last := range []string{t.name, t.maiden} {
		if last == "" {
			continue
		}
		if n.first != "" {
			if strings.EqualFold(last, n.name) && strings.EqualFold(t.first, n.first) {
				return exact
			}
			if vault.Code(last) == vault.Code(n.name) && vault.Code(t.first) == vault.Code(n.first) {
				best = nearly
			}
			continue
		}
		whole := vault.Fold(n.name)
		f, first := vault.Fold(last), vault.Fold(t.first)
		switch whole {
		case "":
		case f, f + " " + first, first + " " + f:
			return exact
		case f + " " + first[:min(1, len(first))]:
			return exact
		}
	}
	return best
}

// subjectOf finds what a timetable means by a subject: by mnemonic, as the tools exchange it, or
// by code.
func (f *facts) subjectOf(l *lesson) (code string, how match) {
	if l.source == "emp_sts" {
		if f.subjects[l.subject] != nil {
			return l.subject, exact
		}
		return "", unknown
	}
	for _, name := range []string{l.subject, l.label} {
		if target, ok := f.confirmed[[3]string{SortSubject, l.source, name}]; ok && name != "" {
			if target == "" {
				return "", nobody
			}
			return target, confirmed
		}
	}
	if code := f.gestion[vault.Code(l.subject)]; code != "" {
		if s := f.subjects[code]; s.gestion == l.subject {
			return code, exact
		}
		return code, nearly
	}
	if f.subjects[l.subject] != nil {
		return l.subject, nearly
	}
	return "", unknown
}
