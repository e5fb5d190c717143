package release_test

import (
	"testing"

	"belvedere/internal/territory/release"
)

// TestCount counts by hand: two schools and two sexes make nine cells (four base cells, two totals a
// side, one whole), and a move over both axes hides the four base cells alone.
func TestCount(t *testing.T) {
	c := &release.Cube{
		Axes: []release.Axis{
			{Name: "etablissement", Codes: []string{"a", "b"}, Sum: true},
			{Name: "temps", Codes: []string{""}},
			{Name: "sexe", Codes: []string{"F", "G"}, Sum: true},
		},
		Cells: map[release.Coord]float64{{0, 0, 0}: 2, {0, 0, 1}: 30, {1, 0, 0}: 40, {1, 0, 1}: 50},
	}
	if got := c.Count(nil); got != (release.Count{Cells: 9}) {
		t.Errorf("nothing hidden: %+v", got)
	}
	moves := release.Protect(c, release.Rule{Floor: 5}, nil, nil)
	if got := c.Count(moves); got != (release.Count{Cells: 9, Hidden: 4}) {
		t.Errorf("one small cell: %+v with %v", got, moves)
	}
	c.Cells[release.Coord{0, 0, 0}] = 0 // a zero is no figure to hide, nor counted
	if got := c.Count(release.Protect(c, release.Rule{Floor: 5}, nil, nil)); got != (release.Count{Cells: 8}) {
		t.Errorf("zero: %+v", got)
	}
}
