// Package siecle reads the exports of SIECLE, the register of pupils of secondary schools: Eleves,
// Responsables, Structures, Nomenclature, Communs, as XML in all their versions, and the extraction of
// pupils as a table (formats.md 1).
//
// It keeps what checks, figures and letters need: who the pupils and their guardians are, where
// they are reached, what they follow. It has no field for the rest, so that it cannot be kept:
// birthplaces, nationalities, professions, grants, phones and mails of pupils, the name of the
// head. Files with bank details are refused (see Refused).
//
// Fields are called like the tags of the files, in lower case, and hold what the file says.
// Fields that this package derives are named in the documentation of their kind.
package siecle

import (
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
)

const source = "siecle"

// RuleCode marks a code that the format does not know.
const RuleCode = "code_inconnu"

// Formats are the kinds of files that this package reads.
func Formats() []record.Format {
	return []record.Format{
		pupils.Format(), guardians.Format(), structures.Format(), nomenclature.Format(), common.Format(), extractionFormat,
	}
}

// head is what every export says of itself.
var head = map[string]string{
	"uai":      "PARAMETRES/UAJ|PARAMETRES/UAJ/@CODE",
	"year":     "PARAMETRES/ANNEE_SCOLAIRE|PARAMETRES/ANNEE_SCOLAIRE/@ANNEE",
	"exported": "PARAMETRES/HORODATAGE|PARAMETRES/DATE_EXPORT",
	"version":  "@VERSION",
}

// field gives the place of a field of a kind, which has it.
func field(k *record.Kind, name string) int {
	i := k.Index(name)
	if i < 0 {
		panic(k.Name + " has no field " + name)
	}
	return i
}

// flag reads a boolean as the exports write them, "1", "true", "O"; "" for anything else.
func flag(s string) string {
	switch s {
	case "1", "true", "TRUE", "True", "O", "o", "OUI", "Oui", "oui":
		return "1"
	case "0", "false", "FALSE", "False", "N", "n", "NON", "Non", "non":
		return "0"
	}
	return ""
}

// doubtCode reports a code that is none of those known. It says nothing of an empty one.
func doubtCode(f *xmlscan.Found, i int, what string) error {
	if f.Text(i) == "" {
		return nil
	}
	return f.Doubt(i, RuleCode, "Ce code n’est pas un "+what+" connu : il n’est pas repris.", "Vérifiez la valeur dans SIECLE, puis exportez de nouveau.")
}
