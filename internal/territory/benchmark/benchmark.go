// Package benchmark places a school among its like without revealing any other. It is pure
// arithmetic: it knows no right and opens no store.
//
// Who looks knows the figure of its own school, the method, every number that is published, and
// perhaps the figures of a few others. What it must not learn is the figure of a school, exactly or
// within the rounding. What is published of a group, and why that is safe:
//
//   - Groups are strata, declared beforehand (type, band of size, band of social index) and merged
//     with their neighbours until each holds enough schools. For one figure they are a partition: no
//     two of them overlap, so that none can be subtracted from another. A group never depends on who
//     asks: all who belong to it read the same numbers, so that two askers, or one asker with and
//     without its school, have nothing to subtract.
//   - A group holds at least eleven schools that have the figure and share it: ten beside any asker.
//   - Each quantile is a mean of three consecutive ranks at least, moved between ranks, then rounded to
//     a fiftieth of the spread: it is the figure of no school. It is withheld when one school
//     makes nearly all of its mean, so that the second could work the first out.
//   - A school reads the quarter that its figure falls in, never a rank, against limits that are
//     rounded too.
//   - What is published is symmetric in the schools of the group. For each of them there must be
//     three others whose figures differ from its own by more than the rounding: exchanging two of
//     them changes no published number, so that its figure cannot be told from theirs, even by two
//     schools that put their figures together. A group of schools that are nearly alike is withheld.
//   - Groups change as schools come and go, and figures are corrected. Apart answers whether a new group
//     may be published after older ones: every set of schools that the published groups tell
//     apart (in the first and not in the second, and so on) must be as large as a group. So a school that
//     withdraws, or joins, is not found by comparing before and after. Figures of one group
//     are renewed when as many of its schools have changed theirs, and stay as they were until then.
//
// It does not protect against schools that deliver false figures to probe the limits of a quarter,
// which gives them a rounded mean of several ranks and no more; nor against more than two schools of
// one group that share their figures.
package benchmark

import (
	"math"
	"slices"

	"belvedere"
)

// Least is the smallest number of other schools beside any asker. A territory may ask for more.
const Least = 10

// Need is how many schools a group holds at least, for a minimum of others: never less than Least.
func Need(least int) int { return max(least, Least) + 1 }

// distinctNeighbours is how many schools must differ from each by more than the rounding: one is
// the asker, another puts its figures together with the asker's.
const distinctNeighbours = 3

// dominance is the least share of the largest figure of a mean that the others must make, beside
// the second: with less, the second knows the first within that share.
const dominance = .1

// A Quantile is a published number, or the reason of its absence.
type Quantile struct {
	Value float64
	Known bool
}

// A Summary is what is published of a group.
type Summary struct {
	Schools           int
	Low, Median, High Quantile // first decile, median, ninth decile
	Step              float64  // to which all are rounded
	limits            [3]Quantile
	Why               string // why nothing is published, "" when something is
}

// Summarise works out what may be published of the figures of a group.
func Summarise(values []float64, need int) Summary {
	s := Summary{Schools: len(values)}
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) < max(need, Need(0)) {
		s.Why = "Trop peu d’établissements comparables ont ce chiffre et le partagent."
		return s
	}
	low, median, high := at(sorted, .1, tails), at(sorted, .5, middle), at(sorted, .9, tails)
	spread := high.Value - low.Value
	switch { // the rounding must not tell a quantile that is withheld
	case !high.Known && !low.Known:
		spread = 0
	case !high.Known:
		spread = 2 * (median.Value - low.Value)
	case !low.Known:
		spread = 2 * (high.Value - median.Value)
	}
	s.Step = step(spread)
	if s.Step == 0 || !median.Known || !varied(sorted, s.Step) {
		s.Step, s.Why = 0, "Les chiffres de ces établissements se ressemblent trop, ou l’un d’eux les domine : les publier en révélerait."
		return s
	}
	s.Low, s.Median, s.High = low.rounded(s.Step), median.rounded(s.Step), high.rounded(s.Step)
	for i, p := range []float64{.25, .5, .75} {
		s.limits[i] = at(sorted, p, middle).rounded(s.Step)
	}
	return s
}

// Quarter is the quarter of the group that a figure falls in, from the lowest (1) to the highest
// (4); 0 when it cannot be told.
func (s Summary) Quarter(v float64) int {
	if s.Why != "" {
		return 0
	}
	for i, limit := range s.limits {
		if !limit.Known {
			return 0
		}
		if v < limit.Value {
			return i + 1
		}
	}
	return 4
}

// Half the width of the window of a quantile, for n figures. A window must lie within the ranks: a
// tenth of ten steps leaves one on each side.
func tails(n int) int  { return max(1, n/20) }
func middle(n int) int { return max(2, n/10) }

// at is the mean of the figures around a share of the ranks, moved between ranks.
func at(sorted []float64, p float64, half func(int) int) Quantile {
	n := len(sorted)
	place := p * float64(n-1) // from 0
	below := int(math.Floor(place + 1e-9))
	share := math.Max(0, place-float64(below))
	if share < 1e-9 {
		share = 0
	}
	first, known := window(sorted, below, half(n))
	if share == 0 {
		return Quantile{first, known}
	}
	second, also := window(sorted, below+1, half(n))
	return Quantile{(1-share)*first + share*second, known && also}
}

// window is the mean of the figures around a place, and whether none dominates it.
func window(sorted []float64, center, half int) (float64, bool) {
	from, to := max(0, center-half), min(len(sorted), center+half+1)
	part := sorted[from:to]
	if len(part) < 3 {
		return 0, false
	}
	sum, all, first, second := 0., 0., 0., 0.
	for _, v := range part {
		sum += v
		size := math.Abs(v)
		all += size
		switch {
		case size > first:
			first, second = size, first
		case size > second:
			second = size
		}
	}
	return sum / float64(len(part)), all-first-second >= dominance*first
}

// step is the rounding for a spread: 1, 2 or 5 times a power of ten, a fiftieth of it at least.
func step(spread float64) float64 {
	least := spread / 50
	if !(least > 0) || math.IsInf(least, 0) {
		return 0
	}
	ten := math.Pow(10, math.Floor(math.Log10(least)))
	for _, k := range []float64{1, 2, 5, 10} {
		if k*ten >= least {
			return k * ten
		}
	}
	return 10 * ten
}

func (q Quantile) rounded(step float64) Quantile {
	if !q.Known {
		return Quantile{}
	}
	return Quantile{math.Round(q.Value/step) * step, true}
}

// varied tells whether each figure has enough others farther than the rounding.
func varied(sorted []float64, step float64) bool {
	for _, v := range sorted {
		low, _ := slices.BinarySearch(sorted, v-step)
		high, _ := slices.BinarySearchFunc(sorted, v+step, func(x, limit float64) int {
			if x <= limit {
				return -1
			}
			return 1
		})
		if low+len(sorted)-high < distinctNeighbours {
			return false
		}
	}
	return true
}

// Apart tells whether a group may be published after others of the same figure: whether each set
// of schools that the groups tell apart is as large as least, or empty.
func Apart(published [][]belvedere.UAI, group []belvedere.UAI, least int) bool {
	all := append(slices.Clone(published), group)
	signature := map[belvedere.UAI]string{}
	for i, g := range all {
		for _, u := range g {
			for len(signature[u]) < i/8+1 {
				signature[u] += "\x00"
			}
			bits := []byte(signature[u])
			bits[i/8] |= 1 << (i % 8)
			signature[u] = string(bits)
		}
	}
	count := map[string]int{}
	for _, sig := range signature {
		for len(sig) < (len(all)+7)/8 {
			sig += "\x00"
		}
		count[sig]++
	}
	for _, n := range count {
		if n < max(least, Least) {
			return false
		}
	}
	return true
}
