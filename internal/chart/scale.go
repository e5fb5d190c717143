package chart

import "math"

// absurd is the size over which a value is a defect, not a count: it is said, not drawn.
const absurd = 1e18

// A scale maps values to positions, 0 at lo and 1 at hi.
type scale struct {
	lo, hi   float64
	ticks    []float64
	decimals int  // of the ticks
	zero     bool // the axis starts at or crosses zero
}

func (s scale) at(v float64) float64 {
	if s.hi <= s.lo {
		return 0
	}
	return math.Max(0, math.Min(1, (v-s.lo)/(s.hi-s.lo)))
}

// leastReach is the part of the largest value that an axis which does not start from zero covers at
// least: four students more of a thousand are no cliff.
const leastReach = .1

// newScale chooses a readable axis. It starts from zero unless all values stand close together
// far from it: a line then shows its slope, and the chart says so in words.
func newScale(min, max float64, whole bool) scale {
	lo, hi := math.Min(min, 0), math.Max(max, 0)
	if min > 0 && max-min < .3*max && max > min {
		pad := math.Max((max-min)*.15, (leastReach*max-(max-min))/2)
		lo, hi = math.Max(0, min-pad), max+pad
	}
	if hi == lo {
		hi = lo + 1
	}
	step := niceStep((hi - lo) / 5)
	if whole && step < 1 {
		step = 1
	}
	first, last := math.Floor(lo/step+1e-9), math.Floor(hi/step+.25)
	s := scale{lo: first * step, hi: math.Max(hi, last*step), zero: first <= 0 && last >= 0}
	for k := first; k <= last && len(s.ticks) < 12; k++ {
		s.ticks = append(s.ticks, k*step)
	}
	if len(s.ticks) < 2 {
		s.ticks, s.hi = append(s.ticks, (first+1)*step), math.Max(s.hi, (first+1)*step)
	}
	s.decimals = decimalsOf(step)
	return s
}

// niceStep is the first of 1, 2, 2.5, 5 × 10^k that is not under v.
func niceStep(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*p >= v*(1-1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// niceFloor is the last of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8 × 10^k that is not over v.
func niceFloor(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return 0
	}
	p := math.Pow(10, math.Floor(math.Log10(v)))
	best := p
	for _, m := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8} {
		if m*p <= v*(1+1e-9) {
			best = m * p
		}
	}
	return best
}

// niceNear is the round number of two digits at most that is nearest to v.
func niceNear(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return 0
	}
	p := math.Pow(10, math.Floor(math.Log10(v)))
	best := p
	for _, m := range []float64{1.2, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 7.5, 8, 9, 10} {
		if math.Abs(m*p-v) < math.Abs(best-v) {
			best = m * p
		}
	}
	return best
}

func decimalsOf(step float64) int {
	for d := 0; d < 6; d++ {
		if x := step * math.Pow(10, float64(d)); math.Abs(x-math.Round(x)) < 1e-6*x {
			return d
		}
	}
	return 6
}

// thresholds cuts the values of a heat map in at most eight classes over zero. Their bounds
// grow as squares, so that the few busy hours do not flatten the many quiet ones, and are round
// numbers that the key can show. The first bound is the smallest positive value, rounded down.
func thresholds(least, max float64, whole bool) []float64 {
	if !(max > 0) {
		return nil
	}
	var out []float64
	add := func(v float64) {
		if whole {
			v = math.Max(1, math.Round(v))
		}
		if v > 0 && v <= max && (len(out) == 0 || v > out[len(out)-1]*(1+1e-9)) {
			out = append(out, v)
		}
	}
	first := niceFloor(least)
	if second := niceFloor(max / 64); first >= second && second > 0 && !whole {
		first = second / 2
	}
	if whole {
		first = 1
	}
	add(first)
	for i := 1; i < 8; i++ {
		add(niceNear(max * float64(i*i) / 64))
	}
	return out
}

// class is the number of thresholds that v reaches: 0 for zero, 8 for the top.
func class(bounds []float64, v float64) int {
	n := 0
	for n < len(bounds) && v >= bounds[n] {
		n++
	}
	if n == 0 && v > 0 {
		n = 1
	}
	return n
}
