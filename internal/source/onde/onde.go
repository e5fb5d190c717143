// Package onde reads the three extractions of ONDE, the register of primary schools: pupils,
// guardians, teachers (formats.md 8).
//
// ONDE gives no identifiers: children of a guardian are known by their names only. Addresses,
// phones and mails of teachers are not kept, nor attestations and authorisations of pupils.
package onde

import (
	"io"
	"strconv"

	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
	"belvedere/internal/source/table"
)

// The kinds of rows.
var (
	Pupil = &record.Kind{
		Name:   "onde_eleve",
		Doc:    "Un élève d’ONDE (formats.md 8).",
		Fields: []string{"rang", "nom", "nom_usage", "prenom", "naissance", "sexe", "ine", "cycle", "niveau", "classe"},
		Key:    []string{"rang"},
	}
	Guardian = &record.Kind{
		Name: "onde_responsable",
		Doc:  "Un responsable d’ONDE (formats.md 8).",
		Fields: []string{"rang", "civilite", "nom_usage", "nom", "prenom", "adresse", "code_postal", "commune", "pays", "courriel",
			"tel_domicile", "tel_travail", "tel_portable"},
		Key: []string{"rang"},
	}
	Link = &record.Kind{
		Name:   "onde_lien",
		Doc:    "Un enfant d’un responsable d’ONDE, par son nom (formats.md 8).",
		Fields: []string{"responsable_rang", "ordre", "enfant_nom_usage", "enfant_nom", "enfant_prenom", "classe"},
		Key:    []string{"responsable_rang", "ordre"},
	}
	Teacher = &record.Kind{
		Name:   "onde_enseignant",
		Doc:    "Un enseignant d’ONDE (formats.md 8).",
		Fields: []string{"rang", "civilite", "nom_usage", "nom", "prenom", "directeur", "classe"},
		Key:    []string{"rang"},
	}
)

var pupils = &sheet.Layout{Kind: Pupil, Columns: []sheet.Column{
	{Field: "nom", Headers: []string{"Nom Elève", "Nom de famille Elève"}, Needed: true},
	{Field: "nom_usage", Headers: []string{"Nom d'usage Elève"}},
	{Field: "prenom", Headers: []string{"Prénom Elève"}, Needed: true},
	{Field: "naissance", Headers: []string{"Date naissance", "Date de naissance"}, Needed: true},
	{Field: "sexe", Headers: []string{"Sexe"}},
	{Field: "ine", Headers: []string{"INE", "INE Elève", "Identifiant national Elève"}},
	{Field: "cycle", Headers: []string{"Cycle"}, Needed: true},
	{Field: "niveau", Headers: []string{"Niveau"}, Needed: true},
	{Field: "classe", Headers: []string{"Classe", "Libellé classe"}},
}}

var guardians = &sheet.Layout{Kind: Guardian, Ragged: true, Columns: []sheet.Column{
	{Field: "civilite", Headers: []string{"Civilité Responsable"}},
	{Field: "nom_usage", Headers: []string{"Nom usage responsable", "Nom d'usage responsable"}},
	{Field: "nom", Headers: []string{"Nom responsable", "Nom de famille responsable"}, Needed: true},
	{Field: "prenom", Headers: []string{"Prénom responsable"}, Needed: true},
	{Field: "adresse", Headers: []string{"Adresse responsable"}},
	{Field: "code_postal", Headers: []string{"CP responsable"}},
	{Field: "commune", Headers: []string{"Commune responsable"}},
	{Field: "pays", Headers: []string{"Pays"}},
	{Field: "courriel", Headers: []string{"Courriel"}},
	{Field: "tel_domicile", Headers: []string{"Téléphone domicile"}},
	{Field: "tel_travail", Headers: []string{"Téléphone travail"}},
	{Field: "tel_portable", Headers: []string{"Téléphone portable"}},
}}

var teachers = &sheet.Layout{Kind: Teacher, Columns: []sheet.Column{
	{Field: "civilite", Headers: []string{"Civilité"}, Needed: true},
	{Field: "nom_usage", Headers: []string{"Nom usage", "Nom d'usage"}},
	{Field: "nom", Headers: []string{"Nom", "Nom de famille"}, Needed: true},
	{Field: "prenom", Headers: []string{"Prénom"}, Needed: true},
	{Field: "directeur", Headers: []string{"Directeur"}, Needed: true},
	{Field: "classe", Headers: []string{"Classe"}},
}}

const source = "onde"

// Formats are the kinds of files that this package reads.
func Formats() []record.Format {
	return []record.Format{
		{Code: "onde_eleves", Label: "ONDE, élèves", Kinds: []*record.Kind{Pupil}, Detect: pupils.Detect, Read: plain("onde_eleves", pupils)},
		{Code: "onde_responsables", Label: "ONDE, responsables", Kinds: []*record.Kind{Guardian, Link}, Detect: detectGuardians, Read: readGuardians},
		{Code: "onde_enseignants", Label: "ONDE, enseignants", Kinds: []*record.Kind{Teacher}, Detect: teachers.Detect, Read: plain("onde_enseignants", teachers)},
	}
}

// plain reads rows that are records as they stand.
func plain(code string, l *sheet.Layout) func(io.Reader, record.Visitor) error {
	return func(in io.Reader, v record.Visitor) error {
		return sheet.Read(in, l, record.Head{Format: code, Source: source}, v, nil)
	}
}

// childColumns are the four columns of a child, repeated as often as the largest family needs.
var childColumns = [][]string{
	{"Nom d'usage enfant"}, {"Nom de famille enfant", "Nom enfant"}, {"Prénom enfant"}, {"Classes enfants", "Classe enfant"},
}

func detectGuardians(start []byte) bool {
	header := table.Peek(start)
	child := &sheet.Layout{Columns: []sheet.Column{{Headers: childColumns[1], Needed: true}, {Headers: childColumns[2], Needed: true}}}
	return guardians.Fits(header) && child.Fits(header)
}

func readGuardians(in io.Reader, v record.Visitor) error {
	return sheet.Read(in, guardians, record.Head{Format: "onde_responsables", Source: source}, v, func(r *sheet.Row) error {
		if err := v.Record(r.Record); err != nil {
			return err
		}
		return children(r, v)
	})
}

// children gives the children of a guardian.
func children(r *sheet.Row, v record.Visitor) error {
	var places [4][]int
	for i, headers := range childColumns {
		places[i] = r.Repeated(headers...)
	}
	for n := range places[2] {
		values := []record.Value{{Text: r.Rank, Present: true}, {Text: strconv.Itoa(n + 1), Present: true}}
		for _, at := range places {
			cell := record.Value{}
			if n < len(at) {
				cell = r.Cell(at[n])
			}
			values = append(values, cell)
		}
		if values[3].Text == "" && values[4].Text == "" {
			continue
		}
		if err := v.Record(record.Record{Kind: Link, Line: r.Record.Line, Values: values}); err != nil {
			return err
		}
	}
	return nil
}
