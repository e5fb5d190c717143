package release_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"belvedere/internal/territory/release"
)

// TestAttackAgreements withdraws and gives back agreements fifty times: sums then leave schools out, and
// what was shown with them is still known. A total less the same total without some schools is those
// schools; totals of which each lacks a school of the other differ by anything.
func TestAttackAgreements(t *testing.T) {
	seeds, most := 6, 10
	if whole() {
		seeds, most = 60, 24
	}
	for seed := range seeds {
		tr := newTerritory(uint64(seed), most)
		c := tr.whole
		m := &release.Mask{Axes: c.Axes, Moves: release.Protect(c, tr.rule, nil, nil)}
		r := rand.New(rand.NewPCG(uint64(seed), 50))
		p := newPlane(c)
		s := newSpan(len(p.cells))
		var hidden []figure
		near := 0
		type answer struct {
			value float64
			away  []bool
		}
		given := map[[2]any][]answer{}
		away := make([]bool, len(c.Axes[0].Codes))
		for range 50 {
			away[r.IntN(len(away))] = r.IntN(2) == 0
			for i := range p.tables {
				k := without(p.tables[i].ask, away)
				lines, _ := m.Withheld(&k)
				for _, f := range p.figuresOf(i, &k) {
					if lines[f.line] {
						if tr.rule.Small(f.value) {
							hidden = append(hidden, f)
						}
						continue
					}
					s.add(f.cells)
					q := [2]any{i, f.line}
					for _, was := range given[q] {
						if tr.rule.Small(was.value-f.value) && (within(was.away, away) || within(away, was.away)) {
							near++
						}
					}
					given[q] = append(given[q], answer{f.value, slices.Clone(away)})
				}
			}
		}
		exact := 0
		for _, f := range hidden {
			if s.tells(f.cells) {
				exact++
			}
		}
		if exact > 0 || near > 0 {
			t.Errorf("seed %d (%s): %d small figures read exactly, %d differences single somebody out", seed, tr.kind, exact, near)
		}
	}
}

// within tells whether the schools of one set are all in another.
func within(a, b []bool) bool {
	for i, in := range a {
		if in && !b[i] {
			return false
		}
	}
	return true
}

// without leaves schools out of a question.
func without(k release.Ask, away []bool) release.Ask {
	all := k.Takes[0]
	k.Takes = append([][]bool{make([]bool, len(away))}, k.Takes[1:]...)
	for i := range away {
		k.Takes[0][i] = !away[i] && (all == nil || all[i])
	}
	return k
}
