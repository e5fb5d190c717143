// Package sts reads the two near-mirror files between STS-Web and the timetable: sts_emp, down
// (root STS_EDT), and emp_sts, up (root EDT_STS), in all the variants of formats.md 2.
//
// Who takes one for the other is told so. Phones, the address and hour reductions are not kept.
package sts

import (
	"bufio"
	"io"
	"strconv"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
	"belvedere/internal/source/xmltree"
)

// The roots of the two files.
const (
	downRoot = "STS_EDT"
	upRoot   = "EDT_STS"
)

// Formats are the kinds of files that this package reads.
func Formats() []record.Format {
	return []record.Format{
		{Code: "sts_emp", Label: "STS-Web, export pour l’emploi du temps (sts_emp)", Detect: hasRoot(downRoot), Read: readDown,
			Kinds: []*record.Kind{School, LessonKind, Weight, Subject, Mef, Programme, Person, Discipline, HeadTeacher, Division, DivisionMef,
				Group, GroupDivision, GroupMef, Service, ServiceTeacher}},
		{Code: "emp_sts", Label: "Emploi du temps, remontée vers STS-Web (emp_sts)", Detect: hasRoot(upRoot), Read: readUp,
			Kinds: []*record.Kind{UpSchool, Hours, Alternation, Week, Room, Allowance, UpDivision, UpDivisionMef, UpGroup, UpGroupDivision,
				UpGroupMef, UpService, UpServiceTeacher, Lesson}},
	}
}

func hasRoot(name string) func([]byte) bool {
	return func(start []byte) bool {
		root, _ := xmltree.Peek(start)
		return root == name
	}
}

// A reader gives rows to a visitor, the head before the first one.
type reader struct {
	v      record.Visitor
	head   record.Head
	headed bool
}

// walk reads a document whose root is the expected one.
func (r *reader) walk(in io.Reader, root string, handlers xmltree.Handlers) error {
	b := bufio.NewReaderSize(in, 64<<10)
	start, err := b.Peek(64 << 10)
	if err != nil && err != io.EOF && len(start) == 0 {
		return err
	}
	if got, _ := xmltree.Peek(start); got != root && got != "" {
		return wrongRoot(root, got)
	}
	if err := xmltree.Walk(b, xmlscan.Limits{}, handlers); err != nil {
		return err
	}
	return r.begin()
}

func wrongRoot(want, got string) error {
	switch {
	case want == downRoot && got == upRoot:
		return belvedere.Errorf(belvedere.Invalid, "Ce fichier est emp_sts, que le logiciel d’emploi du temps remonte vers STS-Web. "+
			"Il faut ici son miroir sts_emp, à exporter de STS-Web (menu Exports, Emploi du temps).")
	case want == upRoot && got == downRoot:
		return belvedere.Errorf(belvedere.Invalid, "Ce fichier est sts_emp, que STS-Web donne au logiciel d’emploi du temps. "+
			"Il faut ici son miroir emp_sts, à exporter du logiciel d’emploi du temps.")
	}
	return belvedere.Errorf(belvedere.Invalid, "Ce fichier n’est pas un échange avec STS-Web"+belvedere.NoBreak+": sa racine est « %.40s », « %s » attendue.", got, want)
}

// begin gives the head, once.
func (r *reader) begin() error {
	if r.headed {
		return nil
	}
	r.headed = true
	return r.v.Head(r.head)
}

func (r *reader) give(k *record.Kind, e xmltree.Element, values ...record.Value) error {
	if err := r.begin(); err != nil {
		return err
	}
	return r.v.Record(record.Record{Kind: k, Values: values, Line: e.Line()})
}

// identify fills the head from the school and the year that the file names. A school whose letter is
// wrong is told and left out.
func (r *reader) identify(e xmltree.Element, school, year record.Value) error {
	if n, err := strconv.Atoi(year.Text); err == nil && n >= 1990 && n <= 2200 {
		r.head.Year = n
	}
	uai, wrong := belvedere.ParseUAI(school.Text)
	if wrong == nil {
		r.head.School = uai
	}
	if err := r.begin(); err != nil {
		return err
	}
	if wrong == nil || school.Text == "" {
		return nil
	}
	return r.v.Fault(belvedere.Fault{Line: e.Line(), Field: "UAJ", Value: school.Text, Rule: "uai", Severity: belvedere.SeverityWarning,
		Message: "L’identifiant de l’établissement est faux" + belvedere.NoBreak + ": " + wrong.Error() + ".",
		Mend:    "Vérifiez que le fichier vient bien de votre établissement."})
}

func text(s string) record.Value { return record.Value{Text: s, Present: true} }

// either is the first value that the file has.
func either(list ...record.Value) record.Value {
	for _, v := range list {
		if v.Present {
			return v
		}
	}
	return record.Value{}
}
