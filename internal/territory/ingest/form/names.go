package form

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"belvedere/internal/source/table"
	"belvedere/internal/words"
)

// plain is how members of lists are compared.
func plain(s string) string { return words.Plain(s) }

// keys are what headers are compared by: no case, no accents, no separators.
func keys(header []string) []string {
	out := make([]string, len(header))
	for i, h := range header {
		out[i] = table.Normalise(h)
	}
	return out
}

// closest is the candidate that a mistyped name most likely meant, "" when none is near.
func closest(name string, candidates []string) string {
	name = printable(name, 40)
	best, least := "", 1+utf8.RuneCountInString(name)/3
	n := plain(name)
	for _, c := range candidates {
		if d := distance(n, plain(c)); d < least || (d == least && best == "") {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to add, drop or change from a to b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}

// list writes names for a message, the first ones when they are many.
func list(names []string, most int) string {
	quoted := make([]string, 0, most)
	for i, n := range names {
		if i == most {
			break
		}
		quoted = append(quoted, "«\u00a0"+printable(n, 60)+"\u00a0»")
	}
	s := strings.Join(quoted, ", ")
	if rest := len(names) - len(quoted); rest == 1 {
		s += " et une autre"
	} else if rest > 1 {
		s += " et " + strconv.Itoa(rest) + " autres"
	}
	return s
}
