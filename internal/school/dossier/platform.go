package dossier

import (
	"path"
	"strings"

	"belvedere"
	"belvedere/internal/source/moodle"
	"belvedere/internal/source/table"
)

// moodle reads the logs of a Moodle platform, with the lists that say who has which role and how
// courses are called, when they are given.
func (s *Service) moodle(files []File) (b Batch, err error) {
	k, err := s.kind("activite")
	if err != nil {
		return b, err
	}
	parts, err := tables(files)
	if err != nil {
		return b, err
	}
	b = Batch{Files: files, Mapping: "moodle"}
	p := &platform{k: k, roles: map[[2]string]string{}, courses: map[string]string{}}
	for _, one := range parts {
		if err := p.take(one); err != nil {
			return b, err
		}
	}
	if len(p.logs) == 0 {
		return b, belvedere.Errorf(belvedere.Invalid, "Aucun de ces fichiers n’est un journal de Moodle\u00a0: joignez le rapport « Logs » ou l’export de logstore_standard_log.")
	}
	b.Fill = func(into Sink) error {
		for _, log := range p.logs {
			if err := p.fill(moodle.Reader{Zone: s.Zone}, log, into); err != nil {
				return err
			}
		}
		return nil
	}
	return b, nil
}

// A platform is what the files of a Moodle say together.
type platform struct {
	k       *Kind
	logs    []part
	roles   map[[2]string]string // course and user → code of profile; without course on all
	courses map[string]string    // number → short name
}

// take sorts a table. The role of a list stands in the name of its file alone: Moodle does not say it inside.
func (p *platform) take(one part) error {
	sort := moodle.Recognise(one.header)
	if sort == moodle.Report || sort == moodle.Store {
		p.logs = append(p.logs, one)
		return nil
	}
	if sort == "" {
		return belvedere.Errorf(belvedere.Invalid, "%s n’est ni un journal de Moodle, ni une liste de rôles ou de cours.", one.name)
	}
	rows, err := one.open()
	if err != nil {
		return err
	}
	role := roleOf(one.name)
	return moodle.Pairs(rows, func(course, other string) {
		switch {
		case sort == moodle.Courses:
			p.courses[course] = other
		case p.roles[[2]string{course, other}] != "enseignants": // who teaches also follows at times
			p.roles[[2]string{course, other}] = role
		}
	})
}

// roleOf is the profile that the name of a file of roles tells.
func roleOf(name string) string {
	name = squash(path.Base(name))
	for _, w := range []struct{ word, profile string }{{"teacher", "enseignants"}, {"enseignant", "enseignants"}, {"student", "eleves"}, {"etudiant", "eleves"}} {
		if strings.Contains(name, w.word) {
			return w.profile
		}
	}
	return "autres"
}

// profile is that of a user in a course, of her on the platform, or that of students.
func (p *platform) profile(course, user string) string {
	for _, at := range []string{course, ""} {
		if role := p.roles[[2]string{at, user}]; role != "" {
			return role
		}
	}
	return ""
}

// fill gives the actions of a log; those of guests and of nobody are of no person.
func (p *platform) fill(r moodle.Reader, log part, into Sink) error {
	f := newFiller(p.k)
	return r.Actions(func() (table.Rows, error) { return log.open() }, func(line int64, a moodle.Action) error {
		if a.User == "" {
			return nil
		}
		f.clear()
		course := a.Course
		if name := p.courses[course]; name != "" {
			course = name
		}
		for column, text := range map[string]string{"jour": a.Day, "usager": a.User, "nom": a.Name, "cours": course, "activite": a.Component, "profil": p.profile(a.Course, a.User), "actions": "1"} {
			f.set(column, text)
		}
		return into.Row(p.k, Place{File: log.name, Line: line}, f.cells)
	}, func(fault belvedere.Fault) error {
		fault.File = log.name
		return into.Fault(fault)
	})
}
