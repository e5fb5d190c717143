package words

import (
	"slices"
	"strings"
	"unicode"
)

// Stem is a folded word without what French adds for numbers and genders, so that « inscrite »,
// « inscrits » and « inscrit » are one: enough to find a text, not to name a thing.
func Stem(word string) string {
	if n := len(word); n > 4 && strings.HasSuffix(word, "aux") && !strings.HasSuffix(word, "eaux") {
		return word[:n-3] + "al"
	}
	for _, end := range []string{"s", "x", "e"} {
		if len(word) > 3 {
			word = strings.TrimSuffix(word, end)
		}
	}
	return word
}

// empty are the words of a question that say nothing of what it is about.
var empty = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`a ai au aux avec c ce ces cet cette ci combien comment d dans de des doit doivent dois du elle elles en est et etre fait faire faut il ils
		j je l la le les leur leurs lui m ma mais me mes mon n ne nos notre nous on ont ou par pas peut peuvent peux plus pour pourquoi qu quand que quel quelle quelles quels
		qui quoi s sa se ses si son sont sur t ta te tes ton tu un une va vos votre vous y`) {
		out[w] = true
	}
	return out
}()

// A Search is what someone looks for: words, each with those that mean the same.
type Search struct {
	wanted [][]string // stems, one of each row is wanted
}

// NewSearch reads a search. Each row of alike is words of one meaning. Words that say nothing are left
// out, unless there are no others.
func NewSearch(text string, alike [][]string) Search {
	var s Search
	list := parted(Fold(text))
	telling := slices.DeleteFunc(slices.Clone(list), func(w string) bool { return empty[w] })
	if len(telling) == 0 {
		telling = list
	}
	for _, w := range telling {
		stem := Stem(w)
		row := []string{stem}
		for _, words := range alike {
			if slices.ContainsFunc(words, func(o string) bool { return Stem(Fold(o)) == stem }) {
				for _, o := range words {
					row = append(row, Stem(Fold(o)))
				}
			}
		}
		s.wanted = append(s.wanted, row)
	}
	return s
}

// parted are the runs of letters and digits of a folded text.
func parted(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Words is how many words are looked for.
func (s Search) Words() int { return len(s.wanted) }

// Found tells how many of the words a text holds: as they were typed, in another number or gender, as
// the beginning of a word, or by one that means the same.
func (s Search) Found(text string) (n int) {
	stems := parted(Fold(text))
	for i, w := range stems {
		stems[i] = Stem(w)
	}
	for _, row := range s.wanted {
		if slices.ContainsFunc(row, func(stem string) bool {
			return slices.ContainsFunc(stems, func(w string) bool { return w == stem || len(stem) > 2 && strings.HasPrefix(w, stem) })
		}) {
			n++
		}
	}
	return n
}
