// Package aaf reads the files by which an academy feeds an ENT (AAF, SDET annex 4): pupils,
// guardians, staff, structures, subjects, formations, whole or as the changes of a day
// (formats.md 3).
//
// A file holds one category. A whole one has addRequests only. A file of changes may add, modify
// and delete: what an addRequest or a modifyRequest replaces is told by rows of Replacement before
// the new ones, so that rows apply in the order in which they come: a row whose kind has a key
// changes the fields that it has, and only those.
//
// Phones of staff and structures, grants, mails and addresses of pupils are not kept.
package aaf

import (
	"bufio"
	"bytes"
	"io"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
	"belvedere/internal/source/xmltree"
)

const (
	source = "aaf"
	root   = "ficAlimMENESR"
)

// A category is what a file is about.
type category struct {
	code, label string
	names       []string                       // in operationalAttributes
	kinds       []*record.Kind                 // the main one first
	read        func(r *request, v give) error // the rows of a request
	parts       map[*record.Kind][]string      // attributes that each secondary kind is made of
}

// give hands over a row of a kind; the values go behind the key.
type give func(k *record.Kind, values ...record.Value) error

var categories = []*category{
	{code: "aaf_eleve", label: "AAF, élèves", names: []string{"Eleve"}, read: readPupil,
		kinds: []*record.Kind{Pupil, PupilClass, PupilGroup, PupilStudy, Link},
		parts: map[*record.Kind][]string{
			PupilClass: {"ENTEleveClasses", "ENTPersonClasses", "ENTEleveDateEntreeClasses", "ENTEleveDateSortieClasses"},
			PupilGroup: {"ENTEleveGroupes"},
			PupilStudy: {"ENTEleveEnseignements", "ENTEleveCodeEnseignements"},
			Link:       append([]string{"ENTElevePersRelEleve"}, olderLinks...),
		}},
	{code: "aaf_responsable", label: "AAF, responsables", names: []string{"PersRelEleve"}, read: readGuardian,
		kinds: []*record.Kind{Guardian, GuardianPupil}, parts: map[*record.Kind][]string{GuardianPupil: {"ENTAuxPersRelEleveEleve"}}},
	{code: "aaf_personnel", label: "AAF, personnels", names: []string{"PersEducNat"}, read: readStaff,
		kinds: []*record.Kind{Staff, StaffFunction, StaffClass, StaffDiscipline, StaffSubject, StaffMef},
		parts: map[*record.Kind][]string{
			StaffFunction:   {"ENTPersonFonctions"},
			StaffClass:      staffClasses,
			StaffDiscipline: {"ENTAuxEnsCategoDiscipline", "ENTAuxEnsDisciplinesPoste"},
			StaffSubject:    {"ENTAuxEnsMatiereEnseignEtab"},
			StaffMef:        {"ENTAuxEnsMEF"},
		}},
	{code: "aaf_structure", label: "AAF, structures", names: []string{"EtabEducNat"}, read: readStructure,
		kinds: []*record.Kind{Structure, StructureClass}, parts: map[*record.Kind][]string{StructureClass: {"ENTStructureClasses", "ENTStructureGroupes"}}},
	{code: "aaf_matiere", label: "AAF, matières", names: []string{"MatEducNat", "MatiereEducNat"}, read: readSubject, kinds: []*record.Kind{Subject}},
	{code: "aaf_mef", label: "AAF, formations", names: []string{"MefEducNat"}, read: readMef, kinds: []*record.Kind{Mef}},
}

// Formats are the kinds of files that this package reads. Reading finds out whether a file is one of changes
// by the requests in it; one that only adds looks like a whole file: see Changes.
func Formats() []record.Format {
	var list []record.Format
	for _, c := range categories {
		list = append(list, c.format(false))
	}
	return append(list, record.Format{Code: "aaf_vide", Label: "AAF, fichier sans aucun changement", Kinds: []*record.Kind{Deletion},
		Detect: func(start []byte) bool { r, name := peek(start); return r == root && name == "" },
		Read: func(in io.Reader, v record.Visitor) error {
			return read(in, nil, record.Head{Format: "aaf_vide", Source: source, Delta: true}, v)
		}})
}

// Changes are the same formats for files that are known to hold the changes of a day, by their
// name or by who sends them.
func Changes() []record.Format {
	var list []record.Format
	for _, c := range categories {
		list = append(list, c.format(true))
	}
	return list
}

func (c *category) format(delta bool) record.Format {
	return record.Format{Code: c.code, Label: c.label, Kinds: append(c.kinds[:len(c.kinds):len(c.kinds)], Replacement, Deletion),
		Detect: func(start []byte) bool { r, name := peek(start); return r == root && c.named(name) },
		Read: func(in io.Reader, v record.Visitor) error {
			return read(in, c, record.Head{Format: c.code, Source: source, Delta: delta}, v)
		}}
}

func (c *category) named(name string) bool {
	for _, n := range c.names {
		if n == name {
			return true
		}
	}
	return false
}

// peek gives the root of a file and the category of its first request.
func peek(start []byte) (string, string) {
	s := xmlscan.New(bytes.NewReader(start), xmlscan.Limits{})
	top, inside := "", false
	for {
		event, err := s.Next()
		if err != nil {
			return top, ""
		}
		switch {
		case event == xmlscan.Start && top == "":
			if top = string(s.Name()); top != root {
				return top, ""
			}
		case event == xmlscan.Start && string(s.Name()) == "operationalAttributes":
			inside = true
		case event == xmlscan.Text && inside:
			if name := bytes.TrimSpace(s.Text()); len(name) > 0 {
				return top, string(name)
			}
		}
	}
}

// lookAhead is how far modifyRequests and deleteRequests are looked for before the head is given:
// far more than the changes of a day.
const lookAhead = 4 << 20

// read reads a file of one category, or none.
func read(in io.Reader, c *category, head record.Head, v record.Visitor) error {
	b := bufio.NewReaderSize(in, lookAhead)
	start, err := b.Peek(lookAhead)
	if err != nil && err != io.EOF && len(start) == 0 {
		return err
	}
	head.Delta = head.Delta || bytes.Contains(start, []byte("<modifyRequest")) || bytes.Contains(start, []byte("<deleteRequest"))
	describe(&head, start)
	if err := v.Head(head); err != nil {
		return err
	}
	r := newRequest(c, head.Delta, v)
	return xmltree.Walk(b, xmlscan.Limits{}, xmltree.Handlers{
		root + "/addRequest":    r.add,
		root + "/modifyRequest": r.modify,
		root + "/deleteRequest": r.remove,
	})
}

// stray tells of a request that does not belong into the file.
func stray(line int64, rule, message, mend string) belvedere.Fault {
	return belvedere.Fault{Line: line, Rule: rule, Severity: belvedere.SeverityError, Message: message, Mend: mend}
}
