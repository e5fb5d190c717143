package schoolfile

import (
	"bytes"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/source/table"
	"belvedere/internal/source/xmlscan"
)

// A notNeeded is a known file that no format reads, told by the first names of its elements.
type notNeeded struct {
	root   string
	within string // an element that follows the root, "" for any
	why    string
}

var notNeededXML = []notNeeded{
	{"lsun-bilans", "", "C’est un fichier d’import du livret scolaire unique (LSU) : il porte les bilans et les appréciations des élèves, dont Belvédère n’a pas besoin. " +
		"Il est refusé, et rien n’en a été gardé."},
	{"nomenclatures", "liste-parcours", "Ce sont les nomenclatures du livret scolaire unique (LSU) : elles ne sont pas nécessaires."},
	{"etapes", "etape", "C’est une liste d’étapes d’Apogée pour ScoDoc : elle n’est pas nécessaire. Envoyez la maquette d’Apogée (fichier qui commence par XX-APO_TITRES-XX)."},
	{"etudiant", "nip", "C’est une fiche d’étudiant du portail d’Apogée pour ScoDoc : elle n’est pas reprise. Envoyez la maquette d’Apogée (fichier qui commence par XX-APO_TITRES-XX)."},
}

// refused says why a file that is known is not read, "" when it is not known.
func refused(start []byte) string {
	text := bytes.TrimLeft(start, "\xef\xbb\xbf \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("#")):
		return "Le fichier commence par « # » : c’est un texte ou un fichier de réglages, qui n’a pas de données à lire." + expected
	case bytes.HasPrefix(text, []byte("<")):
		return refusedXML(start, text)
	case isSchoolList(table.Peek(start)):
		return "C’est une liste d’établissements : elle n’est pas nécessaire. Envoyez les fichiers de l’établissement lui-même."
	}
	return ""
}

func refusedXML(start, text []byte) string {
	names := xmlscan.Opening(start, 3)
	if len(names) == 0 {
		if bytes.Contains(text, []byte("<!ELEMENT")) && !bytes.Contains(text, []byte("<!DOCTYPE")) {
			return "C’est une DTD : elle décrit la forme de fichiers XML, et n’a pas de données. Envoyez les fichiers XML qui l’accompagnent."
		}
		return ""
	}
	for _, n := range notNeededXML {
		if n.root == names[0] && (n.within == "" || slices.Contains(names[1:], n.within)) {
			return n.why
		}
	}
	return ""
}

// isSchoolList tells lists of schools: by the names of columns of Apogée, or, without names, by a
// first row with a UAI and whether the school is public.
func isSchoolList(columns []string) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(c, name) })
	}
	if has("COD_ETB") && has("LIB_OFF_ETB") {
		return true
	}
	if len(columns) < 4 || !has("public") && !has("prive") && !has("privé") {
		return false
	}
	_, err := belvedere.ParseUAI(columns[0])
	return err == nil
}
