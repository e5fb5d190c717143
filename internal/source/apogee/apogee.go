// Package apogee reads what Apogée and the tools around it exchange about marks and results
// (formats.md 5.1 and 5.2): the maquette, a file of tabulated sections that the registry hands out
// for one diploma and takes back filled in, and the extraction of the table of results.
//
// Codes of results are those that the file lists, never a list of ours: universities define their
// own. Values stay as they are written, decimal comma included; a cell that the file lacks and one
// that it leaves empty are told apart.
package apogee

import "belvedere/internal/source/record"

// source is who owns what these files say.
const source = "apogee"

// The kinds of rows.
var (
	Title = &record.Kind{
		Name:   "apogee_titre",
		Doc:    "Une ligne de titre d’une maquette : année, diplôme, version (formats.md 5.1).",
		Fields: []string{"cle", "valeur"},
		Key:    []string{"cle"},
	}
	Code = &record.Kind{
		Name:   "apogee_code_resultat",
		Doc:    "Un code de résultat qu’une maquette admet, dans l’ordre de ses listes ; la dernière est celle des codes qui remplacent une note (formats.md 5.1).",
		Fields: []string{"liste", "code", "libelle"},
		Key:    []string{"liste", "code"},
	}
	Column = &record.Kind{
		Name:   "apogee_colonne",
		Doc:    "Une colonne d’une maquette : la note, le barème, les points de jury ou le résultat d’un objet (formats.md 5.1).",
		Fields: []string{"id", "type_objet", "code", "version", "annee", "session", "admission", "type_resultat", "libelle", "intitule"},
		Key:    []string{"id"},
	}
	Student = &record.Kind{
		Name:   "apogee_etudiant",
		Doc:    "Un étudiant d’une maquette (formats.md 5.1).",
		Fields: []string{"nip", "nom", "prenom", "naissance"},
		Key:    []string{"nip"},
	}
	Mark = &record.Kind{
		Name:   "apogee_valeur",
		Doc:    "Ce qu’une colonne d’une maquette dit d’un étudiant (formats.md 5.1).",
		Fields: []string{"nip", "colonne", "valeur"},
		Key:    []string{"nip", "colonne"},
	}
	Result = &record.Kind{
		Name:   "apogee_resultat",
		Doc:    "Un résultat à un élément, extrait de RESULTAT_ELP (formats.md 5.2).",
		Fields: []string{"cod_ind", "cod_etu", "cod_anu", "cod_ses", "cod_adm", "cod_elp", "not_elp", "bar_not_elp", "not_sub_elp", "cod_tre"},
	}
)

// Formats are the kinds of files that this package reads.
func Formats() []record.Format {
	return []record.Format{
		{Code: "apogee_maquette", Label: "Apogée, maquette", Kinds: []*record.Kind{Student, Title, Code, Column, Mark}, Detect: isMaquette, Read: readMaquette},
		{Code: "apogee_resultats", Label: "Apogée, extraction des résultats", Kinds: []*record.Kind{Result}, Detect: results.Detect, Read: readResults},
	}
}
