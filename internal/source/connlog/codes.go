package connlog

import (
	"belvedere"
	"belvedere/internal/source/sheet"
	"belvedere/internal/source/table"
)

// A vocabulary turns the words of logs into the codes of a list of the catalogue.
type vocabulary struct {
	field, label string
	words        map[string]string // normalised word → code
}

func words(field, label string, codes map[string][]string) *vocabulary {
	v := &vocabulary{field, label, map[string]string{}}
	for code, list := range codes {
		for _, w := range append(list, code) {
			v.words[table.Normalise(w)] = code
		}
	}
	return v
}

var (
	profiles = words("profil", "Le profil", map[string][]string{
		"eleves":         {"élève", "étudiant", "étudiants", "student", "students", "National_ELV", "ELV"},
		"responsables":   {"responsable", "parent", "parents", "responsable légal", "responsables légaux", "tuteur", "tuteurs légaux", "famille", "guardian", "National_TUT", "TUT"},
		"accompagnants":  {"accompagnant", "AESH", "AVS", "aidant numérique", "aidants numériques"},
		"enseignants":    {"enseignant", "professeur", "professeurs", "prof", "teacher", "teachers", "documentaliste", "National_ENS", "ENS", "National_DOC", "DOC"},
		"personnels":     {"personnel", "staff", "personnels non ventilés", "National_ETA", "ETA"},
		"administratifs": {"administratif", "administration", "personnel administratif", "direction", "personnel de direction", "admin", "National_DIR", "DIR"},
		"vie_scolaire":   {"vie scolaire", "CPE", "surveillant", "surveillants", "AED", "personnel de vie scolaire", "National_EVS", "EVS"},
		"autres":         {"autre", "invité", "invités", "guest", "inspecteur", "inspecteurs", "entreprise", "collectivité", "National_COL", "COL", "National_ACA", "ACA"},
	})
	media = words("support", "Le support", map[string][]string{
		"logiciel":    {"client", "client lourd", "client windows", "application windows"},
		"web":         {"espace web", "navigateur", "ordinateur", "pc", "desktop", "browser", ".net"},
		"web_mobile":  {"espace mobile", "navigateur mobile", "mobile", "smartphone", "téléphone", "tablette", "tablet", "web mobile"},
		"application": {"appli", "app", "application mobile", "application mobile android", "application mobile ios", "android", "ios"},
	})
	ways = words("ent", "La voie d’accès", map[string][]string{
		"oui": {"1", "o", "vrai", "true", "yes", "y", "ent", "via ent", "cas", "sso"},
		"non": {"0", "n", "faux", "false", "no", "direct", "hors ent"},
	})
)

// mostUnknown is how many different unknown words are told.
const mostUnknown = 100

// code is that of a word, "" when it says nothing or is unknown; an unknown word is told once.
func (w *writer) code(line int64, v *vocabulary, word string) (string, error) {
	if word == "" {
		return "", nil
	}
	if code, ok := v.words[table.Normalise(word)]; ok {
		return code, nil
	}
	seen := v.field + "\x00" + word
	if w.unknown[seen] || len(w.unknown) == mostUnknown {
		return "", nil
	}
	w.unknown[seen] = true
	return "", w.v.Fault(sheet.Doubt(line, v.field, word, v.field+"_inconnu",
		v.label+" n’est pas connu"+belvedere.NoBreak+": ces connexions comptent sans lui.",
		"Donnez à cette valeur l’un des mots connus du catalogue, puis renvoyez le journal."))
}
