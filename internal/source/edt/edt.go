// Package edt reads the exports of the timetable tool EDT (and of PRONOTE, the same ones):
// EXP_COURS and EXP_ELEVES, as XML or as a table (formats.md 4.1).
//
// It keeps what lessons need and who the pupils are. Addresses, phones and guardians that a user
// chose to export are not kept: SIECLE owns them.
package edt

import (
	"belvedere/internal/source/record"
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

// Formats are the kinds of files that this package reads.
func Formats() []record.Format {
	lessons := []*record.Kind{Lesson, Audience}
	pupils := []*record.Kind{Pupil, PupilGroup, PupilOption}
	return []record.Format{
		{Code: "edt_cours", Label: "EDT, cours (XML)", Kinds: lessons, Detect: detectXML("Cours"), Read: readLessonsXML},
		{Code: "edt_cours_csv", Label: "EDT, cours (CSV ou TXT)", Kinds: lessons, Detect: lessonLayout.Detect, Read: readLessonsCSV},
		{Code: "edt_eleves", Label: "EDT, élèves (XML)", Kinds: pupils, Detect: detectXML("Eleves", "Eleves_et_leurs_responsables"), Read: readPupilsXML},
		{Code: "edt_eleves_csv", Label: "EDT, élèves (CSV ou TXT)", Kinds: pupils, Detect: detectPupilsCSV, Read: readPupilsCSV},
	}
}
