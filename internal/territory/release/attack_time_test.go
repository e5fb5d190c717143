package release_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"belvedere/internal/territory/release"
)

// A diary holds all that was ever shown: its unknowns are the versions of each cell, a new one when the
// count that readers see changes. Whoever kept the figures of each day works on all of them at once.
type diary struct {
	number map[release.Coord]int // of the version of today
	value  map[release.Coord]float64
	values []float64 // by version
	notes  [][]int
	wanted [][]int
	seen   map[question][]float64 // the values that were shown
}

// A question is one line of a table of the lattice.
type question struct {
	table int
	line  string
	one   bool // of one school
}

func newDiary() *diary {
	return &diary{number: map[release.Coord]int{}, value: map[release.Coord]float64{}, seen: map[question][]float64{}}
}

// day gives its number to each cell as readers see it today.
func (d *diary) day(cells map[release.Coord]float64) {
	for at, v := range cells {
		if _, ok := d.number[at]; !ok || d.value[at] != v {
			d.number[at], d.value[at] = len(d.values), v
			d.values = append(d.values, v)
		}
	}
}

func (d *diary) versions(p *plane, cells []int) []int {
	var out []int
	for _, c := range cells {
		out = append(out, d.number[p.cells[c]])
	}
	return out
}

// note keeps the figures that are shown, and remembers the small ones that are not.
func (d *diary) note(p *plane, is []bool, floor float64) {
	for i, f := range p.figures {
		cells := d.versions(p, f.cells)
		switch {
		case is[i]:
			d.notes = append(d.notes, cells)
			q := question{f.table, f.line, p.tables[f.table].ways[0] == byMember}
			if old := d.seen[q]; len(old) == 0 || old[len(old)-1] != f.value {
				d.seen[q] = append(old, f.value)
			}
		case f.value < floor:
			d.wanted = append(d.wanted, cells)
		}
	}
}

// read tries to get each small figure of each day from all figures of all days: exactly, and for some
// within bounds narrower than the floor.
func (d *diary) read(floor float64) (exact, narrow int) {
	n := len(d.values)
	s := newSpan(n)
	var equations [][]float64
	for _, cells := range d.notes {
		if s.add(cells) {
			row := make([]float64, n)
			for _, c := range cells {
				row[c] = 1
			}
			equations = append(equations, row)
		}
	}
	var some [][]int
	for i, cells := range d.wanted {
		if s.tells(cells) {
			exact++
		}
		if i%(1+len(d.wanted)/200) == 0 {
			some = append(some, cells)
		}
	}
	low, high := make([]float64, n), make([]float64, n)
	for i := range low {
		low[i], high[i] = 1, math.Inf(1)
	}
	for _, w := range newPolytope(d.values, low, high, equations).intervals(some, floor) {
		if w.width() < floor {
			narrow++
		}
	}
	return exact, narrow
}

// near counts the pairs of answers to one question that differ by too few persons: those about one
// school, and those about several, of which each moved by enough or not at all.
func (d *diary) near(floor float64) (one, several int) {
	rule := release.Rule{Floor: floor}
	for q, values := range d.seen {
		for i, v := range values {
			for _, w := range values[:i] {
				switch {
				case !rule.Small(v - w):
				case q.one:
					one++
				default:
					several++
				}
			}
		}
	}
	return one, several
}

// TestAttackReleases lets pupils come and go for a year of daily releases; readers see changes by steps
// of the floor. Beside it, another way is measured: a school's new counts enter whole when none of its
// figures moves by too few persons since the day before, and what moved is protected anew.
func TestAttackReleases(t *testing.T) {
	days, seeds := 60, 4
	if whole() {
		days, seeds = 365, 20
	}
	for seed := range seeds {
		a, b := newYear(uint64(seed)), newYear(uint64(seed))
		exact, narrow, one, several := a.run(days, a.steps)
		t.Logf("seed %2d, by steps:   %v: %d read exactly, %d too narrow, answers too near: %d about one school, %d about several", seed, a, exact, narrow, one, several)
		if exact+narrow+one+several > 0 {
			t.Errorf("seed %d: %d small figures read exactly, %d too narrow, %d pairs of answers differ by too few persons", seed, exact, narrow, one+several)
		}
		exact, narrow, one, several = b.run(days, b.slices)
		t.Logf("seed %2d, by schools: %v: %d read exactly, %d too narrow, answers too near: %d about one school, %d about several", seed, b, exact, narrow, one, several)
	}
}

// A year is a territory whose pupils come and go.
type year struct {
	*territory
	*diary
	r          *rand.Rand
	now, start map[release.Coord]float64
	moves      []release.Move
	added      []release.Move
	days       int
	changes    int
	late       float64
}

func newYear(seed uint64) *year {
	r := rand.New(rand.NewPCG(seed, 365))
	y := &year{territory: pupils(r, 6+r.IntN(8), []float64{1, 0.3}[seed%2], 0.3), diary: newDiary(), r: r}
	y.whole.Low = nil
	y.now, y.start = maps.Clone(y.whole.Cells), maps.Clone(y.whole.Cells)
	return y
}

func (y *year) String() string {
	return fmt.Sprintf("%d days, %d with changes, %.1f persons late by cell, %d moves, %d added, %d unknowns, %d figures noted, %d small ones hidden",
		y.days, y.changes, y.late/float64(max(y.days*len(y.start), 1)), len(y.moves), len(y.added), len(y.values), len(y.notes), len(y.wanted))
}

// run releases each day and reads all at the end; enter changes what readers see and says what is fresh.
func (y *year) run(days int, enter func() (changed bool, fresh func(release.Coord) bool)) (exact, narrow, one, several int) {
	c := y.whole
	for ; y.days < days; y.days++ {
		changed, fresh := enter()
		switch {
		case y.days == 0:
			y.moves = release.Protect(c, y.rule, nil, nil)
		case changed:
			y.changes++
			kept := len(y.moves)
			y.moves = release.Protect(c, y.rule, y.moves, fresh)
			y.added = append(y.added, y.moves[kept:]...)
		}
		if y.days == 0 || changed {
			p := newPlane(c)
			y.day(c.Cells)
			y.note(p, p.shown(&release.Mask{Axes: c.Axes, Moves: y.moves}), y.rule.Floor)
		}
		for at, v := range y.now {
			y.late += math.Abs(v - c.Cells[at])
		}
		live(y.r, y.now, y.start)
	}
	exact, narrow = y.read(y.rule.Floor)
	one, several = y.near(y.rule.Floor)
	return exact, narrow, one, several
}

func (y *year) steps() (changed bool, fresh func(release.Coord) bool) {
	hidden := map[release.Coord]bool{}
	for _, m := range y.moves {
		m.Each(func(at release.Coord, _ float64) { hidden[at] = true })
	}
	for at, v := range y.now {
		was := y.whole.Cells[at]
		if to := release.Step(was, v, y.rule.Floor, hidden[at]); to != was {
			y.whole.Cells[at], changed = to, true
		}
	}
	return changed, func(release.Coord) bool { return false }
}

func (y *year) slices() (changed bool, fresh func(release.Coord) bool) {
	cells := enter(y.whole, y.now, y.rule.Floor)
	return len(cells) > 0, func(at release.Coord) bool { return cells[at] }
}

// enter lets the counts of schools in, where that singles nobody out; it says which cells are new.
func enter(c *release.Cube, now map[release.Coord]float64, floor float64) map[release.Coord]bool {
	rule := release.Rule{Floor: floor}
	fresh := map[release.Coord]bool{}
	for school := range c.Axes[0].Codes {
		diff := &release.Cube{Axes: c.Axes, Cells: map[release.Coord]float64{}}
		for at, v := range now {
			if int(at[0]) == school {
				diff.Cells[at] = v - c.Cells[at]
			}
		}
		figures, singles := newPlane(diff).figures, false
		for _, f := range figures {
			singles = singles || rule.Small(f.value)
		}
		if len(figures) == 0 || singles {
			continue
		}
		for at, v := range now {
			if int(at[0]) != school {
				continue
			}
			if c.Cells[at] != v {
				fresh[at] = true
			}
			if c.Cells[at] = v; v == 0 {
				delete(c.Cells, at)
			}
		}
	}
	return fresh
}

// live changes a few counts: a pupil comes or goes here and there; now and then a class opens or closes.
func live(r *rand.Rand, now, start map[release.Coord]float64) {
	all := make([]release.Coord, 0, len(start))
	for at := range start {
		all = append(all, at)
	}
	slices.SortFunc(all, func(a, b release.Coord) int { return slices.Compare(a[:], b[:]) })
	for _, at := range all {
		switch r.IntN(1200) {
		case 0, 1, 2, 3:
			now[at] = max(0, now[at]-1)
		case 4, 5, 6, 7:
			now[at]++
		case 8:
			now[at] = max(0, now[at]+float64(r.IntN(41)-20))
		}
	}
}
