package tally

import (
	"slices"
)

// A file that is corrected, or a person who is erased, may leave a day or a month without any row. What was
// sent of it would stand for ever, since a delivery replaces only what it has rows of: such a slice is taken back.

// withdrawn stands for the sum of a slice that was taken back.
const withdrawn = "retiree"

// lost names the slices that the territory holds, that the count decides, and that have no row left.
func (s *sheet) lost(each map[string]sent) (names []string) {
	if s.decides == nil {
		return nil
	}
	for name, before := range each {
		if s.slices[name] == nil && before.sum != withdrawn && before.state != "refuse" && s.decides(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Announced says to the territory which slices a file takes back: "-0350017D/2025-11".
func (s Submission) Announced() (list []string) {
	for _, name := range s.Withdrawn {
		list = append(list, "-"+string(s.School)+"/"+name)
	}
	return list
}
