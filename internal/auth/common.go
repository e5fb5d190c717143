package auth

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/trustelem/zxcvbn/frequency"
	"golang.org/x/text/unicode/norm"
)

// words.txt holds what French-speaking people type first: rows of their keyboards, first names,
// clubs, towns, words of schools and offices. It is ours; the rest of the list (93,855 leaked
// passwords, names and words of films and of an encyclopaedia) comes with package frequency.
//
//go:embed words.txt
var wordsFile string

var frenchWords = sync.OnceValue(func() []string { return strings.Fields(wordsFile) })

// commonWords is the list: as it is, and as canon and letters read it.
var commonWords = sync.OnceValue(func() map[string]bool {
	all := make(map[string]bool, 200_000)
	add := func(w string) {
		w = fold(w)
		all[w], all[canon(w)] = true, true
		if bare := letters(w); len(bare) >= 4 {
			all[bare], all[canon(bare)] = true, true
		}
	}
	for _, list := range frequency.FrequencyLists {
		for _, w := range list {
			add(w)
		}
	}
	for _, w := range frenchWords() {
		add(w)
	}
	delete(all, "")
	return all
})

// common tells a password of the list, however it was dressed up: capitals, accents, digits and
// signs around or between its letters, letters written as digits, twice or more, backwards, or
// two such words joined.
func common(password string) bool {
	folded := fold(password)
	notLetter := func(r rune) bool { return !unicode.IsLetter(r) }
	readings := []string{folded, letters(folded), letters(canon(folded)), canon(strings.TrimFunc(folded, notLetter)), letters(canon(strings.TrimRightFunc(folded, notLetter)))}
	for _, core := range cores(folded) {
		readings = append(readings, core, canon(core), letters(canon(core)))
	}
	for _, r := range readings {
		if listed(r) || listed(backwards(r)) {
			return true
		}
	}
	return false
}

// cores gives a text without what people add at its end: signs, a year, a run of one character.
func cores(text string) []string {
	out := []string{text}
	signs := strings.TrimRightFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	out = append(out, signs, trimYear(signs))
	for _, t := range []string{text, signs, trimYear(signs)} {
		if r := []rune(t); len(r) > 0 {
			last := string(r[len(r)-1])
			run := strings.TrimRight(t, last)
			out = append(out, run, run+last)
		}
	}
	return out
}

// trimYear takes a year away from the end of a text.
func trimYear(s string) string {
	if n := len(s); n > 4 && (s[n-4:n-2] == "19" || s[n-4:n-2] == "20") && strings.Trim(s[n-2:], "0123456789") == "" {
		return s[:n-4]
	}
	return s
}

// listed tells whether a text is one word of the list, once or repeated, or two of them.
func listed(text string) bool {
	all := commonWords()
	if text == "" || len(text) > 2*judged {
		return false
	}
	if all[text] {
		return true
	}
	for n := 1; n <= len(text)/2; n++ { // repeated, the last time perhaps cut
		if word := text[:n]; strings.HasPrefix(strings.Repeat(word, len(text)/n+1), text) && (n < 4 || all[word]) {
			return true
		}
	}
	for i := 3; i <= len(text)-3; i++ {
		if all[text[:i]] && all[text[i:]] {
			return true
		}
	}
	return false
}

// restsOn tells whether little is left of a password without some names.
func restsOn(password string, names []string) bool {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, fold(password))
	for _, text := range []string{bare, canon(bare), letters(canon(fold(password)))} {
		rest := text
		for _, n := range names {
			if n = letters(n); len(n) >= 3 {
				rest = strings.ReplaceAll(strings.ReplaceAll(rest, n, ""), canon(n), "")
			}
		}
		if rest != text && len(letters(rest)) < 8 {
			return true
		}
	}
	return false
}

// canon gives digits and signs the letters that they stand for, and letters that one digit
// stands for the same form.
func canon(s string) string { return leet.Replace(s) }

var leet = strings.NewReplacer("l", "i", "1", "i", "!", "i", "|", "i", "0", "o", "2", "z", "3", "e", "€", "e", "4", "a", "@", "a",
	"5", "s", "$", "s", "6", "g", "9", "g", "7", "t", "8", "b")

// fold takes accents and capitals away.
func fold(s string) string {
	s = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss").Replace(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
}

// foldAll folds names, the longest first, so that a name goes before its parts.
func foldAll(names []string) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		if n = fold(strings.TrimSpace(n)); len(n) >= 3 {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(out)
}

// letters keeps the letters of a text.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// asQwerty gives what the same keys type on the other keyboard, whose walks are known.
func asQwerty(s string) string { return azerty.Replace(strings.ToLower(s)) }

var azerty = strings.NewReplacer("a", "q", "q", "a", "z", "w", "w", "z", "m", ";", ",", "m", ";", ",",
	"&", "1", "é", "2", `"`, "3", "'", "4", "(", "5", "-", "6", "è", "7", "_", "8", "ç", "9", "à", "0")
