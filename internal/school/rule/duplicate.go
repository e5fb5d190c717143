package rule

import (
	"cmp"
	"slices"
	"strings"

	"belvedere/internal/school/vault"
)

// A Certainty is how sure it is that two guardians are one person.
type Certainty string

// The grades. Only certain pairs are merged for mailing before someone has looked.
const (
	Certain  Certainty = "certain"  // same name, and two things in common or one that nobody shares
	Probable Certainty = "probable" // same name and something in common, or nearly the same name
	Possible Certainty = "possible" // same name only: homonyms, father and son
)

// A PairState is what someone decided about a pair.
type PairState string

// The states of a pair.
const (
	PairProposed PairState = "propose"
	PairMerged   PairState = "fusionne" // one for mailing
	PairDistinct PairState = "distinct"
)

// A Duplicate is a pair of guardians who may be one.
type Duplicate struct {
	A, B      Guardian // A has the lower id
	Certainty Certainty
	Clues     []string // what they share: prenom_proche, nom_proche, naissance, portable, telephone, mel, adresse, enfant
	State     PairState
}

// A Guardian is what pairs are graded on.
type Guardian struct {
	ID                    int64
	PersonID              string // of SIECLE
	Civility              string
	Name, Usage, First    string
	Birth                 string // of the directory of the academy, which alone may know it
	Mobile, Phone, Work   string
	Mail                  string
	Address               string // folded
	Source                string
	children              []child
	name, usage, first    string // folded
	mobile, phone, office string // digits
}

type child struct {
	pupil int64
	kin   string
}

// fold prepares what is compared.
func (g *Guardian) fold() {
	g.name, g.usage, g.first = vault.Fold(g.Name), vault.Fold(g.Usage), vault.Fold(g.First)
	g.mobile, g.phone, g.office = vault.Phone(g.Mobile), vault.Phone(g.Phone), vault.Phone(g.Work)
	g.Mail = strings.ToLower(strings.TrimSpace(g.Mail))
}

// sameName tells how alike two names are: 2 the same, 1 nearly so, 0 others.
func (g *Guardian) sameName(o *Guardian) int {
	last := 0
	for _, a := range []string{g.name, g.usage} {
		for _, b := range []string{o.name, o.usage} {
			last = max(last, near(a, b))
		}
	}
	return min(last, near(g.first, o.first))
}

// near is 2 for two words that are the same, 1 for one letter of difference in words long enough.
func near(a, b string) int {
	switch {
	case a == "" || b == "":
		return 0
	case strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", ""):
		return 2
	case min(len(a), len(b)) >= 5 && edits(a, b) <= 1:
		return 1
	}
	return 0
}

// grade tells how sure it is that two guardians are one; ok is false when they are not, or when
// nothing but a likeness of names speaks for it.
func grade(a, b *Guardian) (c Certainty, clues []string, ok bool) {
	alike := a.sameName(b)
	if alike == 0 || a.contradicts(b) {
		return "", nil, false
	}
	weight := 0
	clue := func(name string, w int, holds bool) {
		if holds {
			clues = append(clues, name)
			weight += w
		}
	}
	clue("naissance", 3, a.Birth != "" && a.Birth == b.Birth)
	clue("mel", 3, a.Mail != "" && a.Mail == b.Mail)
	clue("portable", 3, a.mobile != "" && a.mobile == b.mobile)
	clue("telephone", 1, a.phone != "" && (a.phone == b.phone || a.phone == b.mobile) || a.mobile != "" && a.mobile == b.phone || a.office != "" && a.office == b.office)
	clue("adresse", 2, a.Address != "" && a.Address == b.Address)
	clue("enfant", 2, a.sharesChild(b))
	if apart(a.mobile, b.mobile) || apart(a.Mail, b.Mail) {
		weight -= 2 // each has his own: father and son under one roof
	}
	switch {
	case alike == 1 && weight < 3:
		return "", nil, false
	case alike == 1:
		return Probable, append([]string{"nom_proche"}, clues...), true
	case weight >= 3:
		return Certain, clues, true
	case weight >= 2:
		return Probable, clues, true
	}
	return Possible, clues, true
}

// apart tells two values that are known and differ.
func apart(a, b string) bool { return a != "" && b != "" && a != b }

// contradicts tells what cannot be one person: two births, two titles, or two parents of one
// child, whom their kinship tells apart.
func (g *Guardian) contradicts(o *Guardian) bool {
	if apart(g.Birth, o.Birth) || apart(g.Civility, o.Civility) {
		return true
	}
	for _, a := range g.children {
		for _, b := range o.children {
			if a.pupil == b.pupil && apart(a.kin, b.kin) {
				return true
			}
		}
	}
	return false
}

func (g *Guardian) sharesChild(o *Guardian) bool {
	return slices.ContainsFunc(g.children, func(a child) bool { return a.kin != "" && slices.Contains(o.children, a) })
}

// pairs grades all that may be one. Names are compared with those that share a word or a clue, so
// that a school of a thousand pupils stays quick.
func pairs(list []*Guardian) (found []Duplicate) {
	buckets := map[string][]*Guardian{}
	for _, g := range list {
		keys := []string{"n:" + strings.ReplaceAll(g.name, " ", "") + "|" + strings.ReplaceAll(g.first, " ", "")}
		if g.usage != "" && g.usage != g.name {
			keys = append(keys, "n:"+strings.ReplaceAll(g.usage, " ", "")+"|"+strings.ReplaceAll(g.first, " ", ""))
		}
		for _, v := range []string{g.mobile, g.Mail} {
			if v != "" {
				keys = append(keys, "c:"+v)
			}
		}
		if g.Address != "" {
			keys = append(keys, "a:"+g.Address)
		}
		for _, k := range keys {
			buckets[k] = append(buckets[k], g)
		}
	}
	seen := map[[2]int64]bool{}
	for _, k := range sorted(buckets) {
		members := buckets[k]
		for i, a := range members {
			for _, b := range members[:i] {
				p := [2]int64{min(a.ID, b.ID), max(a.ID, b.ID)}
				if a == b || seen[p] {
					continue
				}
				seen[p] = true
				if c, clues, ok := grade(a, b); ok {
					x, y := a, b
					if x.ID > y.ID {
						x, y = y, x
					}
					found = append(found, Duplicate{A: *x, B: *y, Certainty: c, Clues: clues, State: PairProposed})
				}
			}
		}
	}
	slices.SortFunc(found, func(x, y Duplicate) int { return cmp.Or(cmp.Compare(x.A.ID, y.A.ID), cmp.Compare(x.B.ID, y.B.ID)) })
	return found
}

// clueWords are the clues in sentences.
var clueWords = map[string]string{
	"nom_proche": "presque le même nom", "naissance": "même date de naissance", "mel": "même adresse électronique", "portable": "même portable",
	"telephone": "même téléphone", "adresse": "même adresse", "enfant": "même élève",
}

// shared is what a pair has in common, as the end of a sentence.
func (d Duplicate) shared() string {
	var words []string
	for _, c := range d.Clues {
		words = append(words, clueWords[c])
	}
	if len(words) == 0 {
		return ""
	}
	return "\u00a0: " + listed(words)
}
