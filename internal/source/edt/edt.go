// Package edt reads the exports of the timetable tool EDT (and of PRONOTE, the same ones):
// EXP_COURS and EXP_ELEVES, as XML or as a table (formats.md 4.1).
//
// It keeps what lessons need and who the pupils are. Addresses, phones and guardians that a user
// chose to export are not kept: SIECLE owns them.
package edt

import (
	"bufio"
	"io"
	"slices"

	"belvedere/internal/source/record"
	"belvedere/internal/source/xmltree"
)

// Lesson is one row of EXP_COURS. Co-teaching repeats a number.
var Lesson = &record.Kind{
	Name: "edt_cours",
	Doc:  "Un cours de l’emploi du temps, par enseignant (formats.md 4.1).",
	Fields: []string{"rang", "numero", "duree", "duree_minutes", "frequence", "mat_code", "mat_libelle", "prof_nom", "prof_prenom",
		"classe", "salle", "alternance", "modalite", "co_ens", "pond", "jour", "jour_numero", "debut", "debut_minutes", "effectif"},
	Key: []string{"rang"},
}

// Audience is one of those that the column CLASSE of a lesson names.
var Audience = &record.Kind{
	Name:   "edt_cours_classe",
	Doc:    "Une classe, un groupe ou une partie de classe qui suit un cours (formats.md 4.1, colonne CLASSE).",
	Fields: []string{"cours_rang", "cours_numero", "type", "nom", "classe"},
}

// Pupil is one row of EXP_ELEVES.
var Pupil = &record.Kind{
	Name: "edt_eleve",
	Doc:  "Un élève de l’emploi du temps (formats.md 4.1).",
	Fields: []string{"rang", "numero", "nom", "prenom", "naissance", "sexe", "ine", "classe", "classe_nom", "groupes",
		"redoublant", "formation", "regime"},
	Key: []string{"rang"},
}

// PupilGroup is one of the groups or parts of a pupil.
var PupilGroup = &record.Kind{
	Name:   "edt_eleve_groupe",
	Doc:    "Un groupe ou une partie de classe d’un élève (formats.md 4.1, colonnes CLASSE et GROUPES).",
	Fields: []string{"eleve_rang", "type", "nom", "classe"},
}

// PupilOption is one of the options of a pupil.
var PupilOption = &record.Kind{
	Name:   "edt_eleve_option",
	Doc:    "Une option d’un élève (formats.md 4.1, colonnes OPTION_n).",
	Fields: []string{"eleve_rang", "numero", "option"},
}

const source = "edt"

// Formats are the kinds of files that this package reads. A table and its XML twin are one format:
// what comes last replaces the other.
func Formats() []record.Format {
	return []record.Format{
		{Code: "edt_cours", Label: "EDT, cours (EXP_COURS)", Kinds: []*record.Kind{Lesson, Audience},
			Detect: either(isTable(lessonTags...), lessonLayout.Detect), Read: twin(readLessonsXML, readLessonsCSV)},
		{Code: "edt_eleves", Label: "EDT, élèves (EXP_ELEVES)", Kinds: []*record.Kind{Pupil, PupilGroup, PupilOption},
			Detect: either(isTable(pupilTags...), detectPupilsCSV), Read: twin(readPupilsXML, readPupilsCSV)},
	}
}

// The names of rows in XML.
var (
	lessonTags = []string{"Cours"}
	pupilTags  = []string{"Eleves", "Eleves_et_leurs_responsables"}
)

func either(list ...func([]byte) bool) func([]byte) bool {
	return func(start []byte) bool {
		return slices.ContainsFunc(list, func(is func([]byte) bool) bool { return is(start) })
	}
}

// isTable recognises an XML table of EDT by the name of its rows.
func isTable(rows ...string) func([]byte) bool {
	return func(start []byte) bool {
		root, child := xmltree.Peek(start)
		return root == "TABLE" && slices.Contains(rows, child)
	}
}

// twin reads XML or a table, whichever it is.
func twin(xml, table func(io.Reader, record.Visitor) error) func(io.Reader, record.Visitor) error {
	return func(in io.Reader, v record.Visitor) error {
		b := bufio.NewReaderSize(in, 64<<10)
		start, err := b.Peek(64 << 10)
		if err != nil && err != io.EOF && len(start) == 0 {
			return err
		}
		if root, _ := xmltree.Peek(start); root != "" {
			return xml(b, v)
		}
		return table(b, v)
	}
}
