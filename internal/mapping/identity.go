package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"belvedere/internal/words"
)

// An Identity is what a column tells about who a person is.
type Identity string

// The identities.
const (
	Name      Identity = "nom d’une personne"
	Mail      Identity = "adresse électronique"
	Phone     Identity = "numéro de téléphone"
	INE       Identity = "identifiant national d’élève ou d’étudiant"
	NIR       Identity = "numéro de sécurité sociale"
	Birth     Identity = "date ou lieu de naissance"
	Address   Identity = "adresse d’une personne"
	Bank      Identity = "coordonnées bancaires"
	PersonKey Identity = "numéro qui désigne une personne"
)

// A telltale is words of a header that betray an identity: all those of one set.
type telltale struct {
	identity Identity
	words    []string
}

var telltales = []telltale{
	{NIR, []string{"nir"}}, {NIR, []string{"securite", "sociale"}}, {NIR, []string{"numero", "secu"}}, {NIR, []string{"insee", "individu"}},
	{INE, []string{"ine"}}, {INE, []string{"nne"}}, {INE, []string{"bea"}}, {INE, []string{"inaph"}}, {INE, []string{"identifiant", "national"}}, {INE, []string{"numero", "national"}},
	{Birth, []string{"naissance"}}, {Birth, []string{"ne", "le"}}, {Birth, []string{"nee", "le"}}, {Birth, []string{"ddn"}}, {Birth, []string{"birth"}}, {Birth, []string{"birthdate"}}, {Birth, []string{"datenaissance"}}, {Birth, []string{"birthday"}},
	{Mail, []string{"mail"}}, {Mail, []string{"email"}}, {Mail, []string{"courriel"}}, {Mail, []string{"mel"}},
	{Phone, []string{"telephone"}}, {Phone, []string{"portable"}}, {Phone, []string{"phone"}}, {Phone, []string{"gsm"}}, {Phone, []string{"fax"}},
	{Bank, []string{"iban"}}, {Bank, []string{"rib"}}, {Bank, []string{"bic"}},
	{Name, []string{"prenom"}}, {Name, []string{"nom", "famille"}}, {Name, []string{"nom", "usage"}}, {Name, []string{"nom", "naissance"}}, {Name, []string{"nom", "patronymique"}},
	{Name, []string{"patronyme"}}, {Name, []string{"firstname"}}, {Name, []string{"lastname"}}, {Name, []string{"surname"}}, {Name, []string{"first", "name"}}, {Name, []string{"last", "name"}}, {Name, []string{"full", "name"}},
	{Name, []string{"nomuse"}}, {Name, []string{"nompat"}}, {Name, []string{"nomusuel"}}, {Name, []string{"patronymique"}}, {Name, []string{"civilite"}}, {Name, []string{"username"}}, {Name, []string{"login"}},
	{PersonKey, []string{"id", "student"}}, {PersonKey, []string{"student", "id"}}, {PersonKey, []string{"userid"}}, {PersonKey, []string{"user", "id"}}, {PersonKey, []string{"matricule"}}, {PersonKey, []string{"matcle"}}, {PersonKey, []string{"codetu"}}, {PersonKey, []string{"cod", "etu"}}, {PersonKey, []string{"nip"}}, {PersonKey, []string{"numen"}},
}

// persons are the words that make of "nom", "identifiant", "adresse" or "numéro" those of a person.
var persons = []string{"eleve", "etudiant", "agent", "enseignant", "professeur", "prof", "responsable", "parent", "tuteur", "personne", "individu", "usager", "pere", "mere",
	"cuisinier", "chauffeur", "gestionnaire", "animateur", "infirmier", "medecin", "formateur", "intervenant", "encadrant", "directrice", "proviseur", "principal",
	"secretaire", "conseiller", "correspondant", "referent", "surveillant", "pilote", "redacteur", "salarie", "stagiaire", "candidat", "apprenant", "representant", "contact", "directeur", "chef", "student", "person", "user", "beneficiaire"}

// counted are the words of a header that counts: a number of students identifies nobody.
var counted = []string{"nombre", "effectif", "taux", "part", "total", "moyenne", "somme", "pourcentage", "volume", "montant", "ratio"}

// byHeader says what identity the header announces, "" for none.
func byHeader(header string) Identity {
	list := strings.FieldsFunc(words.Fold(camel(header)), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	for i, w := range list {
		if w != "mail" {
			list[i] = singular(w)
		}
	}
	has := func(w string) bool { return slices.Contains(list, w) }
	if slices.ContainsFunc(counted, has) {
		return ""
	}
	for _, t := range telltales {
		all := true
		for _, w := range t.words {
			all = all && has(w)
		}
		if all && len(t.words) == 2 && t.words[0] == "full" && has("course") {
			continue // a platform names its courses so
		}
		if all {
			return t.identity
		}
	}
	person := slices.ContainsFunc(persons, has)
	switch {
	case has("nom") && (len(list) == 1 || person), has("name") && len(list) == 1:
		return Name
	case person && has("adresse"):
		return Address
	case person && (has("code") || has("numero") || has("id") || has("identifiant") || has("ident") || has("matricule")):
		return PersonKey
	}
	return ""
}

var (
	mailForm  = regexp.MustCompile(`^[^@\s;,]+@[^@\s;,]+\.[A-Za-z]{2,}$`)
	phoneForm = regexp.MustCompile(`^(?:(?:\+|00)33[ .\-]?[1-9]|0[1-9])(?:[ .\-]?\d{2}){4}$`)
	ineForm   = regexp.MustCompile(`^(?:\d{10}[A-Za-z]|\d{9}[A-Za-z]{2}|\d{4}[A-Za-z]\d{5}[0-9A-Za-z])$`)
	ibanForm  = regexp.MustCompile(`^[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){4,7}(?: ?[0-9A-Z]{1,4})?$`)
	nirForm   = regexp.MustCompile(`^[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}(\d{2})?$`)
)

// IdentityOf says what identity one value is by its shape, "" for none: what any list of codes must refuse.
func IdentityOf(s string) Identity {
	s = strings.TrimSpace(s)
	switch {
	case mailForm.MatchString(s):
		return Mail
	case phoneForm.MatchString(s):
		return Phone
	case ibanForm.MatchString(s):
		return Bank
	case ineForm.MatchString(s):
		return INE
	case isNIR(strings.ReplaceAll(s, " ", "")):
		return NIR
	}
	return ""
}

// isNIR reads a number of social security; with a key, the key decides.
func isNIR(s string) bool {
	m := nirForm.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	if m[1] == "" {
		return true
	}
	digits := strings.NewReplacer("2A", "19", "2B", "18").Replace(s[:13])
	n, err := strconv.ParseInt(digits, 10, 64)
	key, bad := strconv.ParseInt(m[1], 10, 64)
	return err == nil && bad == nil && 97-n%97 == key
}
