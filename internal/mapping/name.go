package mapping

import (
	"slices"
	"strings"
	"unicode"

	"belvedere/internal/words"
)

// A name is a header as it is compared: its words without case, accents, small words and plural.
type name struct {
	words  []string
	joined string // all of them in one
}

func newName(s string) name {
	var n name
	for _, w := range strings.FieldsFunc(camel(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '%' }) {
		if w = singular(words.Fold(w)); w != "" && !small[w] {
			n.words = append(n.words, w)
		}
	}
	n.joined = strings.Join(n.words, "")
	return n
}

// camel parts the words of "codeCommune" and folds what is written otherwise in files.
func camel(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range s {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return strings.NewReplacer("N°", "numero ", "n°", "numero ", "Nº", "numero ", "nº", "numero ").Replace(b.String())
}

// small words tell nothing about a column.
var small = map[string]bool{"de": true, "du": true, "des": true, "d": true, "la": true, "le": true, "les": true, "l": true, "un": true, "une": true,
	"a": true, "au": true, "aux": true, "et": true, "en": true, "par": true, "pour": true, "the": true, "of": true, "of_": true}

// singular drops the mark of the plural of words that are long enough not to be codes.
func singular(w string) string {
	if len(w) > 4 && (strings.HasSuffix(w, "s") || strings.HasSuffix(w, "x")) {
		return w[:len(w)-1]
	}
	if long, ok := short[w]; ok {
		return long
	}
	return w
}

// short forms that files use for the same words.
var short = map[string]string{
	"nb": "nombre", "nbre": "nombre", "nbr": "nombre", "num": "numero", "no": "numero", "etab": "etablissement", "ets": "etablissement", "eff": "effectif",
	"dept": "departement", "dep": "departement", "cp": "codepostal", "dt": "date", "an": "annee", "lib": "libelle", "libe": "libelle", "cod": "code", "tel": "telephone",
	"rne": "uai", "qte": "quantite", "mt": "montant", "mnt": "montant", "tx": "taux", "moy": "moyenne", "insee": "insee", "sex": "sexe", "gender": "sexe", "year": "annee", "month": "mois", "school": "etablissement",
}

// similarity of two names: 1 when they are the same words, 0 when nothing is common.
func similarity(a, b name) float64 {
	if len(a.words) == 0 || len(b.words) == 0 {
		return 0
	}
	if a.joined == b.joined {
		return 1
	}
	common := 0
	for _, w := range a.words {
		if slices.ContainsFunc(b.words, func(o string) bool { return near(w, o) }) {
			common++
		}
	}
	whole := len(a.words) + len(b.words) - common
	best := 0.95 * float64(common) / float64(whole)
	// All the words of the one stand in the other: "Nombre total d'élèves" and "élèves".
	if least := min(len(a.words), len(b.words)); common >= least {
		best = max(best, 0.55+0.35*float64(least)/float64(max(len(a.words), len(b.words))))
	}
	return max(best, 0.9*dice(a.joined, b.joined))
}

// near tells whether two words are the same but for a slip of the hand.
func near(a, b string) bool {
	if a == b {
		return true
	}
	if min(len(a), len(b)) < 5 {
		return false
	}
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) || dice(a, b) >= 0.8
}

// dice compares two texts by the pairs of letters that they share.
func dice(a, b string) float64 {
	if len(a) < 2 || len(b) < 2 {
		return 0
	}
	pairs := map[string]int{}
	for i := 0; i+1 < len(a); i++ {
		pairs[a[i:i+2]]++
	}
	common := 0
	for i := 0; i+1 < len(b); i++ {
		if pairs[b[i:i+2]] > 0 {
			pairs[b[i:i+2]]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b)-2)
}

// Names are names to find the nearest of.
type Names struct{ list []name }

// NewNames makes ready names that others are compared with.
func NewNames(list []string) *Names {
	n := &Names{}
	for _, one := range list {
		n.list = append(n.list, newName(one))
	}
	return n
}

// Nearest is the place of the name that a text most resembles, and how much; -1 when two are as near.
func (n *Names) Nearest(text string) (at int, score float64) {
	mine := newName(text)
	at, second := -1, 0.0
	for i, one := range n.list {
		if v := similarity(mine, one); v > score {
			at, second, score = i, score, v
		} else if v > second {
			second = v
		}
	}
	if at >= 0 && score == second {
		return -1, score
	}
	return at, score
}
