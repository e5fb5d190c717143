package release

import "slices"

// Moves tells whether some cell of some table of a cube of differences is under the floor and not
// zero: one who compares before and after would see so few persons come or go. Cells are those of one
// school at one time.
func (c *Cube) Moves(floor float64) bool {
	rule := Rule{Floor: floor}
	for _, s := range c.shapes() {
		if s[0] != byMember || s[1] == byNone {
			continue
		}
		for _, v := range c.sums(s, c.Cells) {
			if rule.Small(v) {
				return true
			}
		}
	}
	return false
}

// Sort orders what is held, so that the same counts give the same bytes.
func Sort(list []Delta) {
	slices.SortFunc(list, func(a, b Delta) int { return a.At.compare(b.At) })
}
