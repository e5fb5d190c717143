package apogee

import (
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/source/record"
)

// A header names the columns of the section of values, in their order.
type header struct {
	ids  []string // "" is passed over
	role []int    // as identity tells it
}

// at is the place of a column of identity, -1 when there is none.
func (h *header) at(role int) int { return slices.Index(h.role, role) }

// student takes a line of the section of values: its header first, then a student each.
func (m *maquette) student() error {
	if m.header == nil {
		return m.names()
	}
	merged, err := m.part()
	if err != nil {
		return err
	}
	who := make([]record.Value, len(Student.Fields))
	for role := range who {
		if i := m.header.at(role); i >= 0 && i < len(m.fields) && (role != firstName || !merged) {
			who[role] = said(m.fields[i])
		}
	}
	nip := who[0].Text
	switch {
	case nip == "":
		return m.fault(belvedere.SeverityError, "nip", "", ruleNobody, "La ligne n’a pas de numéro d’étudiant"+belvedere.NoBreak+": elle n’est pas lue.", mendFile)
	case m.known[nip]:
		return m.fault(belvedere.SeverityError, "nip", nip, ruleTwice, "L’étudiant de cette ligne en a déjà une"+belvedere.NoBreak+": la seconde n’est pas lue.", mendFile)
	case len(m.known) < mostKnown:
		m.known[nip] = true
	}
	if err := m.v.Record(record.Record{Kind: Student, Values: who, Line: m.number}); err != nil {
		return err
	}
	for i, id := range m.header.ids {
		if id == "" || m.header.role[i] >= 0 {
			continue
		}
		cell := record.Value{Text: m.cell(i), Present: i < len(m.fields)}
		if err := m.v.Record(record.Record{Kind: Mark, Values: []record.Value{said(nip), said(id), cell}, Line: m.number}); err != nil {
			return err
		}
	}
	return m.counted()
}

// names takes the line that names the columns of values.
func (m *maquette) names() error {
	fields := m.fields
	for len(fields) > 0 && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	if len(fields) > mostColumns {
		return m.tooMany()
	}
	m.header = &header{}
	for _, id := range fields {
		if id != "" && slices.Contains(m.header.ids, id) {
			if err := m.fault(belvedere.SeverityError, "id", id, ruleTwice, "La colonne "+id+" est deux fois dans les valeurs"+belvedere.NoBreak+": la seconde n’est pas lue.", mendFile); err != nil {
				return err
			}
			id = ""
		}
		m.header.ids, m.header.role = append(m.header.ids, id), append(m.header.role, identity(id))
	}
	if m.header.at(0) < 0 {
		return belvedere.Errorf(belvedere.Invalid, "Les valeurs de la maquette n’ont pas de colonne apoL_a01_code (ligne %d)"+belvedere.NoBreak+
			": rien ne dit de qui elles sont. Exportez-la de nouveau depuis Apogée.", m.number)
	}
	return nil
}

// The places of the first name and of the birth among the fields of a student.
const (
	firstName = 2
	birthDate = 3
)

// part puts a row back in its columns when the name and the first name are in one, as tools that
// hide names leave them: what should be the first name is then the date of birth. The whole name
// stays in that of the name, since nothing tells where it ends.
func (m *maquette) part() (merged bool, err error) {
	first, birth := m.header.at(firstName), m.header.at(birthDate)
	if first < 0 || birth != first+1 || !isDay(m.cell(first)) || isDay(m.cell(birth)) {
		return false, nil
	}
	m.fields = slices.Insert(m.fields, first, "")
	return true, m.fault(belvedere.SeverityWarning, "prenom", "", ruleMerged, "Le nom et le prénom sont dans une seule colonne"+belvedere.NoBreak+": la ligne a un champ de moins.",
		"Redonnez au fichier ses deux colonnes de nom avant de le rendre à Apogée"+belvedere.NoBreak+": les notes y seraient décalées.")
}

func isDay(s string) bool {
	_, err := belvedere.ParseDate(s)
	return err == nil
}

// counted says that a row lacks cells, or has more than the columns.
func (m *maquette) counted() error {
	n := len(m.fields)
	for n > len(m.header.ids) && m.fields[n-1] == "" {
		n--
	}
	if n == len(m.header.ids) {
		return nil
	}
	counts := strconv.Itoa(n) + " champs pour " + strconv.Itoa(len(m.header.ids)) + " colonnes"
	if n < len(m.header.ids) {
		return m.fault(belvedere.SeverityWarning, "", "", ruleShort, "La ligne a "+counts+belvedere.NoBreak+": les dernières valeurs manquent.", mendFile)
	}
	return m.fault(belvedere.SeverityError, "", "", ruleLong, "La ligne a "+counts+belvedere.NoBreak+": ce qui dépasse n’est pas lu.", mendFile)
}
