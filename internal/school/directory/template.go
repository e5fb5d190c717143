package directory

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Template is the text of the letters of a profile, in a language.
type Template struct {
	Profile  string
	Language string
	Subject  string
	Body     string // paragraphs parted by line breaks; the one that is {acces} is the table of accesses
	Changed  bool   // by the school
}

// Languages are those in which letters may be written beside French, with the name that people
// give them. The type of the letters has no signs for others.
var Languages = [][2]string{{"fr", "français"}, {"en", "anglais"}, {"es", "espagnol"}, {"pt", "portugais"}, {"it", "italien"}, {"de", "allemand"},
	{"tr", "turc"}, {"ro", "roumain"}, {"pl", "polonais"}, {"uk", "ukrainien"}, {"ru", "russe"}, {"sq", "albanais"}, {"br", "breton"}, {"oc", "occitan"}}

// A Field is a word between braces that a letter replaces.
type Field struct{ Name, Means string }

// Fields are the words that templates may have.
var Fields = []Field{
	{"destinataire", "nom de la personne, ou des personnes, à qui l’on écrit"},
	{"eleve", "nom de l’élève qui porte le courrier"},
	{"eleves", "noms des élèves du foyer, avec leur division"},
	{"division", "division de l’élève"},
	{"etablissement", "nom de l’établissement"},
	{"annee", "année scolaire"},
	{"expiration", "dernier jour des codes"},
	{"acces", "tableau des identifiants et des codes, seul sur sa ligne"},
}

var fieldPattern = regexp.MustCompile(`\{([^{}\n]*)\}`)

const accessField = "{acces}"

// fill replaces the fields of a text.
func fill(text string, values map[string]string) string {
	return fieldPattern.ReplaceAllStringFunc(text, func(f string) string {
		if v, ok := values[f[1:len(f)-1]]; ok {
			return v
		}
		return f
	})
}

const (
	mostSubject = 150
	mostBody    = 4000
)

// check tells what is wrong with a template, by field of the form.
func (t Template) check() error {
	t.Body = strings.ReplaceAll(t.Body, "\r", "")
	switch {
	case strings.TrimSpace(t.Subject) == "" || strings.TrimSpace(t.Body) == "":
		return belvedere.Errorf(belvedere.Invalid, "Un modèle a un objet et un texte.")
	case len([]rune(t.Subject)) > mostSubject || len([]rune(t.Body)) > mostBody || strings.Contains(t.Subject, "\n"):
		return belvedere.Errorf(belvedere.Invalid, "L’objet tient en une ligne de %d caractères, le texte en %d.", mostSubject, mostBody)
	case strings.Contains(t.Subject, accessField):
		return belvedere.Errorf(belvedere.Invalid, "{acces} va dans le texte, non dans l’objet.")
	}
	for _, m := range fieldPattern.FindAllStringSubmatch(t.Subject+"\n"+t.Body, -1) {
		if !slices.ContainsFunc(Fields, func(f Field) bool { return f.Name == m[1] }) {
			return belvedere.Errorf(belvedere.Invalid, "Le champ {%s} n’existe pas. Voyez la liste des champs sous le texte.", m[1])
		}
	}
	if rest := fieldPattern.ReplaceAllString(t.Subject+t.Body, ""); strings.ContainsAny(rest, "{}") {
		return belvedere.Errorf(belvedere.Invalid, "Une accolade est seule\u00a0: un champ s’écrit entre deux, comme {eleve}.")
	}
	places := 0
	for line := range strings.SplitSeq(t.Body, "\n") {
		if strings.Contains(line, accessField) {
			if strings.TrimSpace(line) != accessField {
				return belvedere.Errorf(belvedere.Invalid, "{acces} doit être seul sur sa ligne\u00a0: c’est un tableau.")
			}
			places++
		}
	}
	if places > 1 || places == 0 && t.Language == "fr" {
		return belvedere.Errorf(belvedere.Invalid, "Le texte français doit dire une fois, seul sur une ligne, {acces}\u00a0: c’est là que vont les identifiants et les codes.")
	}
	return printable(t.Subject + t.Body)
}

// printable refuses the letters that the type of the letters has no sign for.
func printable(text string) error {
	for _, r := range text {
		if r > 0x7f && unicode.IsLetter(r) && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
			return belvedere.Errorf(belvedere.Invalid, "Les courriers ne savent pas imprimer « %c »\u00a0: ils s’écrivent en lettres latines, grecques ou cyrilliques.", r)
		}
	}
	return nil
}

func checkLanguage(code string) error {
	if !slices.ContainsFunc(Languages, func(l [2]string) bool { return l[0] == code }) {
		return belvedere.Errorf(belvedere.Invalid, "Les courriers ne s’écrivent pas dans la langue « %s ».", code)
	}
	return nil
}

// template is the text of a profile in a language: the school's, else ours.
func template(tx *vault.Tx, profile, language string) (t Template, err error) {
	t = Template{Profile: profile, Language: language}
	t.Changed, err = tx.Get("SELECT objet, corps FROM modele WHERE code = ? AND langue = ?", []any{profile, language}, &t.Subject, &t.Body)
	if own, ok := ours[profile+"/"+language]; !t.Changed && ok {
		t.Subject, t.Body = own[0], own[1]
	}
	return t, err
}

// Template is the text of a profile in a language, empty when nobody wrote it.
func (s *Service) Template(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, profile, language string) (t Template, err error) {
	defer belvedere.Wrap(&err, "Template(%s, %s/%s)", uai, profile, language)
	if err := checkProfile(profile); err != nil {
		return t, err
	}
	if err := checkLanguage(language); err != nil {
		return t, err
	}
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		t, err = template(tx, profile, language)
		return err
	})
	return t, err
}

// PutTemplate changes a text; one without subject and body is ours again.
func (s *Service) PutTemplate(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, t Template) (err error) {
	defer belvedere.Wrap(&err, "PutTemplate(%s, %s/%s)", uai, t.Profile, t.Language)
	if err := checkProfile(t.Profile); err != nil {
		return err
	}
	if err := checkLanguage(t.Language); err != nil {
		return err
	}
	back := strings.TrimSpace(t.Subject+t.Body) == ""
	if !back {
		if err := t.check(); err != nil {
			return err
		}
	}
	return s.write(ctx, who, uai, func(tx *vault.Tx) error {
		if back {
			_, err := tx.Exec("DELETE FROM modele WHERE code = ? AND langue = ?", t.Profile, t.Language)
			return err
		}
		_, err := tx.Exec(`INSERT INTO modele (code, langue, objet, corps, le, par) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET objet = excluded.objet, corps = excluded.corps, le = excluded.le, par = excluded.par`,
			t.Profile, t.Language, strings.TrimSpace(t.Subject), strings.TrimSpace(strings.ReplaceAll(t.Body, "\r", "")), vault.Micros(s.Now()), who.Login)
		return err
	})
}
