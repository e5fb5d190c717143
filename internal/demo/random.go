package demo

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// random gives a generator of its own to each thing named, so that one more figure somewhere
// changes nothing elsewhere.
func (w *world) random(what ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, what...)
	return rand.New(rand.NewPCG(w.o.Seed, h.Sum64()))
}

// poisson draws a count of a mean: by products when it is small, by the normal law when large.
func poisson(r *rand.Rand, mean float64) int {
	switch {
	case mean <= 0:
		return 0
	case mean > 30:
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	limit, product, n := math.Exp(-mean), r.Float64(), 0
	for product > limit {
		product *= r.Float64()
		n++
	}
	return n
}

// part draws a share of a whole around a mean share, never more than the whole.
func part(r *rand.Rand, whole int, share, spread float64) int {
	s := share * math.Exp(spread*r.NormFloat64())
	return min(whole, max(0, int(math.Round(float64(whole)*s))))
}

// split shares a whole out by weights, so that the parts add up to it.
func split(whole int, weights []float64) []int {
	total := 0.0
	for _, x := range weights {
		total += x
	}
	out := make([]int, len(weights))
	given, at := 0, 0.0
	for i, x := range weights {
		at += x
		out[i] = int(math.Round(float64(whole)*at/total)) - given
		given += out[i]
	}
	return out
}

// negativeBinomial is the share of persons with 0, 1, 2… up to n events around a mean: few have
// many, as absences and sanctions go.
func negativeBinomial(mean, k float64, n int) []float64 {
	out := make([]float64, n+1)
	p := k / (k + mean)
	out[0] = math.Pow(p, k)
	for i := 1; i <= n; i++ {
		out[i] = out[i-1] * (float64(i) - 1 + k) / float64(i) * (1 - p)
	}
	return out
}
