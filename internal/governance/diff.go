package governance

import "strings"

// A Change is what became of a line between two texts.
type Change int

// The changes.
const (
	Kept Change = iota
	Removed
	Added
)

// A DiffLine is a line of one text or of both.
type DiffLine struct {
	Change Change
	Text   string
}

// mostCompared bounds the table of a comparison: beyond, what differs is shown as removed then added.
const mostCompared = 4_000_000

// Diff compares two texts line by line: the lines kept and removed are those of the first in their order,
// the lines kept and added those of the second, and as many as can be are kept.
func Diff(before, after string) (out []DiffLine) {
	a, b := lines(before), lines(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for _, s := range a[:head] {
		out = append(out, DiffLine{Kept, s})
	}
	out = append(out, compare(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, s := range a[len(a)-tail:] {
		out = append(out, DiffLine{Kept, s})
	}
	return out
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// compare finds a longest common subsequence.
func compare(a, b []string) (out []DiffLine) {
	common := make([][]int32, 0)
	if len(a)*len(b) <= mostCompared {
		common = make([][]int32, len(a)+1)
		for i := range common {
			common[i] = make([]int32, len(b)+1)
		}
		for i := len(a) - 1; i >= 0; i-- {
			for j := len(b) - 1; j >= 0; j-- {
				if a[i] == b[j] {
					common[i][j] = common[i+1][j+1] + 1
				} else {
					common[i][j] = max(common[i+1][j], common[i][j+1])
				}
			}
		}
	}
	i, j := 0, 0
	for len(common) > 0 && i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out = append(out, DiffLine{Kept, a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			out = append(out, DiffLine{Removed, a[i]})
			i++
		default:
			out = append(out, DiffLine{Added, b[j]})
			j++
		}
	}
	for ; i < len(a); i++ {
		out = append(out, DiffLine{Removed, a[i]})
	}
	for ; j < len(b); j++ {
		out = append(out, DiffLine{Added, b[j]})
	}
	return out
}
