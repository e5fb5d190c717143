package rule

import (
	"strings"
	"unicode/utf8"

	"belvedere/internal/school/vault"
)

// Likeness of names goes from 0 to 1; 1 is kept for names that are the same once case, accents,
// spaces, hyphens and "/" are set aside.

// jaroWinkler is the likeness of Jaro, raised for a common beginning (Winkler 1990): it bears
// swapped letters and forgives the ends of words more than their beginnings.
func jaroWinkler(a, b string) float64 {
	s, t := []rune(a), []rune(b)
	j := jaro(s, t)
	prefix := 0
	for prefix < min(4, len(s), len(t)) && s[prefix] == t[prefix] {
		prefix++
	}
	return j + float64(prefix)*0.1*(1-j)
}

func jaro(s, t []rune) float64 {
	if len(s) == 0 || len(t) == 0 {
		if len(s) == len(t) {
			return 1
		}
		return 0
	}
	window := max(len(s), len(t))/2 - 1
	taken := make([]bool, len(t))
	var common []rune
	for i, r := range s {
		for j := max(0, i-window); j < min(len(t), i+window+1); j++ {
			if !taken[j] && t[j] == r {
				taken[j] = true
				common = append(common, r)
				break
			}
		}
	}
	if len(common) == 0 {
		return 0
	}
	swapped, k := 0, 0
	for j, r := range t {
		if !taken[j] {
			continue
		}
		if common[k] != r {
			swapped++
		}
		k++
	}
	m := float64(len(common))
	return (m/float64(len(s)) + m/float64(len(t)) + (m-float64(swapped)/2)/m) / 3
}

// edits counts the insertions, losses, changes and swaps of neighbours that lead from one text to
// the other (Damerau, restricted).
func edits(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, now := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		now[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(t)]
}

// likeCodes is the likeness of two codes or labels of structures. A code tells by each of its
// letters and figures: "6A1" and "6A2" are two divisions, so that only what is longer written
// ("6EME A" for "6A") or numbered otherwise ("601" for "6-1") may be the same.
func likeCodes(a, b string) float64 {
	a, b = vault.Code(a), vault.Code(b)
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 1
	case figures(a) != figures(b):
		return 0
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	switch {
	case len(figures(a)) > 1 && (numeric(a) || numeric(b)):
		return 0.8 // "601" for "6EME 1"
	case within(a, b):
		return 0.75 + 0.24*float64(len(a))/float64(len(b))
	case utf8.RuneCountInString(a) == utf8.RuneCountInString(b):
		return 0.5 * jaroWinkler(a, b)
	}
	return 0.9 * jaroWinkler(a, b)
}

// figures are the digits of a code but zeros, which only pad.
func figures(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '1' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func numeric(s string) bool { return strings.Trim(s, "0123456789") == "" }

// within tells whether the letters of a come in that order in b, from the first one.
func within(a, b string) bool {
	if a[0] != b[0] {
		return false
	}
	for i := range len(b) {
		if a != "" && a[0] == b[i] {
			a = a[1:]
		}
	}
	return a == ""
}

// likeLabels is the likeness of two labels: words may be cut or left out.
func likeLabels(a, b string) float64 {
	a, b = vault.Fold(a), vault.Fold(b)
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 1
	case figures(a) != figures(b):
		return 0
	}
	return 0.99 * max(jaroWinkler(a, b), words(a, b))
}

// words is the share of the words of the shorter label that begin one of the longer, or are begun
// by it ("ANGL LV" for "ANGLAIS LV").
func words(a, b string) float64 {
	s, t := strings.Fields(a), strings.Fields(b)
	if len(s) > len(t) {
		s, t = t, s
	}
	found := 0
	for _, w := range s {
		for _, x := range t {
			if strings.HasPrefix(x, w) || strings.HasPrefix(w, x) {
				found++
				break
			}
		}
	}
	return 0.95 * float64(found) / float64(len(s))
}

// A personName is what tells a person apart in a timetable.
type personName struct{ name, first string }

// likePersons is the likeness of two names of people. An initial stands for a first name; a first
// name that is missing neither helps nor forbids; name and first name may be swapped.
func likePersons(a, b personName) float64 {
	swapped := max(likeInOrder(a, personName{b.first, b.name}), likeInOrder(personName{a.first, a.name}, b))
	return max(likeInOrder(a, b), 0.98*swapped)
}

func likeInOrder(a, b personName) float64 {
	n, m := vault.Fold(a.name), vault.Fold(b.name)
	if n == "" || m == "" {
		return 0
	}
	name := jaroWinkler(n, m)
	if vault.Code(n) == vault.Code(m) {
		name = 1
	}
	f, g := vault.Fold(a.first), vault.Fold(b.first)
	switch {
	case f == "" || g == "":
		return 0.93 * name
	case vault.Code(f) == vault.Code(g):
		return 0.7*name + 0.3
	case len(f) == 1 || len(g) == 1:
		if f[0] == g[0] {
			return 0.95 * name
		}
		return 0.5 * name
	}
	if first := jaroWinkler(f, g); first >= 0.85 {
		return 0.7*name + 0.3*min(0.97, first)
	}
	return 0.75 * name // of the same family, at most
}
