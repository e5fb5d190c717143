// Package entcsv reads the tables by which people are put into an ENT by hand: the published
// templates for pupils, guardians, teachers, staff and guests, with identifiers or without.
//
// Phones, mails and addresses of staff and guests are not kept; those of guardians are, for
// letters and duplicates. What tells a pupil from a guest is the star that the template puts
// behind a date of birth that it demands.
package entcsv

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
	"belvedere/internal/source/table"
)

// The kinds of rows.
var (
	Pupil = &record.Kind{
		Name:   "ent_eleve",
		Doc:    "Un élève d’un tableau d’import d’ENT.",
		Fields: []string{"rang", "id", "nom", "prenom", "naissance", "classe"},
		Key:    []string{"rang"},
	}
	Guardian = &record.Kind{
		Name:   "ent_responsable",
		Doc:    "Un responsable d’un tableau d’import d’ENT.",
		Fields: []string{"rang", "id", "nom", "prenom", "adresse", "code_postal", "ville", "pays", "courriel", "telephone", "telephone_travail"},
		Key:    []string{"rang"},
	}
	Link = &record.Kind{
		Name:   "ent_lien",
		Doc:    "Un enfant d’un responsable, par son identifiant ou par son nom.",
		Fields: []string{"responsable_rang", "ordre", "enfant_id", "enfant_nom", "enfant_prenom", "classe"},
		Key:    []string{"responsable_rang", "ordre"},
	}
	Staff = &record.Kind{
		Name:   "ent_personnel",
		Doc:    "Un enseignant, un personnel ou un invité d’un tableau d’import d’ENT.",
		Fields: []string{"rang", "profil", "id", "nom", "prenom", "naissance", "fonction"},
		Key:    []string{"rang"},
	}
	StaffClass = &record.Kind{
		Name:   "ent_personnel_classe",
		Doc:    "Une classe d’un enseignant ou d’un invité.",
		Fields: []string{"personnel_rang", "classe"},
	}
)

func identity(more ...sheet.Column) []sheet.Column {
	return append([]sheet.Column{
		{Field: "id", Headers: []string{"externalid"}},
		{Field: "nom", Headers: []string{"Nom"}, Needed: true},
		{Field: "prenom", Headers: []string{"Prénom"}, Needed: true},
	}, more...)
}

var birth = []string{"Date de naissance"}

var (
	pupils = &sheet.Layout{Kind: Pupil, Columns: identity(
		sheet.Column{Field: "naissance", Headers: birth, Needed: true},
		sheet.Column{Field: "classe", Headers: []string{"Classe", "Classes"}, Needed: true})}
	guardians = &sheet.Layout{Kind: Guardian, Columns: identity(
		sheet.Column{Field: "adresse", Headers: []string{"Adresse"}},
		sheet.Column{Field: "code_postal", Headers: []string{"Code postal", "cp"}},
		sheet.Column{Field: "ville", Headers: []string{"Ville"}},
		sheet.Column{Field: "pays", Headers: []string{"Pays"}},
		sheet.Column{Field: "courriel", Headers: []string{"Courriel", "email"}},
		sheet.Column{Field: "telephone", Headers: []string{"Téléphone"}},
		sheet.Column{Field: "telephone_travail", Headers: []string{"telephonetravail"}})}
	staff = &sheet.Layout{Kind: Staff, Columns: identity(
		sheet.Column{Field: "naissance", Headers: birth, Needed: true},
		sheet.Column{Field: "fonction", Headers: []string{"Fonction"}})}
)

// Headers of the children of a guardian, repeated.
var (
	childID    = []string{"Childexternalid"}
	childName  = []string{"Nom de l'élève"}
	childFirst = []string{"Prénom de l'élève"}
	childClass = []string{"Classes de l'élève", "Classe de l'élève"}
)

// Formats are the kinds of files that this package reads.
func Formats() []record.Format {
	people := []*record.Kind{Staff, StaffClass}
	return []record.Format{
		{Code: "ent_eleves", Label: "ENT, élèves (CSV)", Kinds: []*record.Kind{Pupil}, Detect: is("ent_eleves"), Read: readPupils},
		{Code: "ent_responsables", Label: "ENT, responsables (CSV)", Kinds: []*record.Kind{Guardian, Link}, Detect: is("ent_responsables"), Read: readGuardians},
		{Code: "ent_enseignants", Label: "ENT, enseignants (CSV)", Kinds: people, Detect: is("ent_enseignants"), Read: readStaff("ent_enseignants", "enseignant")},
		{Code: "ent_personnels", Label: "ENT, personnels (CSV)", Kinds: people, Detect: is("ent_personnels"), Read: readStaff("ent_personnels", "personnel")},
		{Code: "ent_invites", Label: "ENT, invités (CSV)", Kinds: people, Detect: is("ent_invites"), Read: readStaff("ent_invites", "invite")},
	}
}

func is(code string) func([]byte) bool {
	return func(start []byte) bool { return template(table.Peek(start)) == code }
}

// template tells which of the templates a header is of, "" for none.
func template(header []string) string {
	has := func(names ...string) bool {
		return slices.ContainsFunc(header, func(h string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return table.Normalise(h) == table.Normalise(n) })
		})
	}
	demanded := slices.ContainsFunc(header, func(h string) bool {
		return table.Normalise(h) == table.Normalise(birth[0]) && strings.HasSuffix(h, "*")
	})
	class := has("Classe", "Classes")
	switch {
	case !has("Nom") || !has("Prénom"):
		return ""
	case has(childID...) || has(childName...) && has(childFirst...):
		return "ent_responsables"
	case !has(birth...):
		return ""
	case has("Fonction") && class:
		return "ent_enseignants"
	case has("Fonction"):
		return "ent_personnels"
	case class && demanded:
		return "ent_eleves"
	case class && has("telephonetravail"):
		return "ent_invites"
	}
	return ""
}

func head(code string) record.Head { return record.Head{Format: code, Source: "ent"} }

func readPupils(in io.Reader, v record.Visitor) error {
	return sheet.Read(in, pupils, head("ent_eleves"), v, nil)
}

func readStaff(code, profile string) func(io.Reader, record.Visitor) error {
	return func(in io.Reader, v record.Visitor) error {
		return sheet.Read(in, staff, head(code), v, func(r *sheet.Row) error {
			r.Set("profil", profile)
			if err := v.Record(r.Record); err != nil {
				return err
			}
			for _, i := range append(r.Repeated("Classe"), r.Repeated("Classes")...) {
				class := r.Cell(i)
				if class.Text == "" {
					continue
				}
				if err := v.Record(record.Record{Kind: StaffClass, Line: r.Record.Line, Values: []record.Value{{Text: r.Rank, Present: true}, class}}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func readGuardians(in io.Reader, v record.Visitor) error {
	return sheet.Read(in, guardians, head("ent_responsables"), v, func(r *sheet.Row) error {
		if err := v.Record(r.Record); err != nil {
			return err
		}
		return children(r, v)
	})
}

// children gives the children of a guardian, who have an identifier or a name each.
func children(r *sheet.Row, v record.Visitor) error {
	columns := [][]int{r.Repeated(childID...), r.Repeated(childName...), r.Repeated(childFirst...), r.Repeated(childClass...)}
	for n := range max(len(columns[0]), len(columns[1])) {
		values := []record.Value{{Text: r.Rank, Present: true}, {Text: strconv.Itoa(n + 1), Present: true}}
		some := false
		for i, at := range columns {
			cell := record.Value{}
			if n < len(at) {
				cell = r.Cell(at[n])
			}
			some = some || i < 3 && cell.Text != ""
			values = append(values, cell)
		}
		if !some {
			continue
		}
		if err := v.Record(record.Record{Kind: Link, Line: r.Record.Line, Values: values}); err != nil {
			return err
		}
	}
	return nil
}
