package apogee

import (
	"io"

	"belvedere/internal/source/xmlscan"
	"belvedere/internal/source/xmltree"
)

// A Registered is a student as the portal of Apogée answers ScoDoc: one element <etudiant> each
// (formats.md 5.2). What no figure needs (address, phone, photograph) is not read.
type Registered struct {
	Line   int64
	fields map[string]string
}

// Get is the text of an element of the student, "" when it is not there.
func (r Registered) Get(name string) string { return r.fields[name] }

// registered are the elements that are read.
var registered = []string{"nip", "etape", "versionetape", "versiondiplome", "gender", "nom", "nomusuel", "prenom", "naissance", "inscription", "mail", "bac", "bourse",
	"datefinalisationinscription", "ine", "cod_rgi", "cod_pru", "cod_dip", "cod_etp"}

// IsRegistered tells an answer of the portal by its first bytes.
func IsRegistered(start []byte) bool {
	root, child := xmltree.Peek(start)
	return root == "etudiant" || root == "etudiants" && (child == "etudiant" || child == "")
}

// ReadRegistered hands each student of an answer.
func ReadRegistered(in io.Reader, each func(Registered) error) error {
	take := func(e xmltree.Element) error {
		r := Registered{Line: e.Line(), fields: map[string]string{}}
		for _, name := range registered {
			r.fields[name] = e.Value(name).Text
		}
		return each(r)
	}
	return xmltree.Walk(in, xmlscan.Limits{}, xmltree.Handlers{"etudiants/etudiant": take, "etudiant": take})
}
