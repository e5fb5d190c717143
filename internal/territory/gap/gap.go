// Package gap takes the difference of two figures apart into causes. It is pure: it opens no
// store and knows no viewer.
//
// What it promises: the amounts of the causes add up to the gap, exactly, whatever the figures;
// each cause gets the mean of what it changes over all the orders in which the causes can be put
// (Shapley), so that no order is chosen; exchanging both figures changes the signs and nothing
// else; a cause that changes nothing gets nothing. It reads the figures that are shown and no
// other: where a figure between the two is withheld, the causes that only it could tell apart
// become one.
package gap

import (
	"math/big"
	"math/bits"
)

// A World is the figure in which the causes of a set are as the second side has them and all
// others as the first: bit i stands for cause i. Worlds are numbered from 0, the first side, to
// 1<<k - 1, the second.
type World = uint32

// Shares gives the amount of each of k causes from the figures of all 2^k worlds. They add up to
// the last figure less the first, exactly.
func Shares(figures []*big.Rat) []*big.Rat {
	k := bits.Len(uint(len(figures))) - 1
	if counts, ok := countsOf(figures); ok && k <= mostCounted {
		return sharesOfCounts(counts, k)
	}
	weights := weightsOf(k)
	shares := make([]*big.Rat, k)
	step, part := new(big.Rat), new(big.Rat)
	for i := range shares {
		shares[i] = new(big.Rat)
		own := World(1) << i
		for w := range World(len(figures)) {
			if w&own != 0 {
				continue
			}
			step.Sub(figures[w|own], figures[w])
			if step.Sign() != 0 {
				shares[i].Add(shares[i], part.Mul(weights[bits.OnesCount32(w)], step))
			}
		}
	}
	return shares
}

// weightsOf gives the part of the k! orders in which exactly those s causes come before another:
// s!(k-s-1)!/k!, for each s.
func weightsOf(k int) []*big.Rat {
	out := make([]*big.Rat, k)
	for s := range out {
		n := new(big.Int).Mul(factorial(s), factorial(k-s-1))
		out[s] = new(big.Rat).SetFrac(n, factorial(k))
	}
	return out
}

func factorial(n int) *big.Int { return new(big.Int).MulRange(1, int64(n)) }

// Quotient keeps of the figures of all worlds those in which the causes of each group change
// together, in the order of the groups.
func Quotient(figures []*big.Rat, groups []World) []*big.Rat {
	out := make([]*big.Rat, 1<<len(groups))
	for w := range out {
		out[w] = figures[Union(groups, World(w))]
	}
	return out
}

// Union is the world of the causes in the groups that a set names.
func Union(groups []World, set World) World {
	var w World
	for i, g := range groups {
		if set>>i&1 == 1 {
			w |= g
		}
	}
	return w
}

// Counts of persons and events are whole numbers, and there are as many games as schools: they
// are added as machine integers where none can overflow.
const (
	mostCounted = 8
	largest     = 1 << 40
)

// countsOf gives the figures as integers when all of them are, and small enough.
func countsOf(figures []*big.Rat) ([]int64, bool) {
	out := make([]int64, len(figures))
	for i, r := range figures {
		if !r.IsInt() || !r.Num().IsInt64() {
			return nil, false
		}
		if out[i] = r.Num().Int64(); out[i] > largest || out[i] < -largest {
			return nil, false
		}
	}
	return out, true
}

// sharesOfCounts is Shares times k!, in integers, divided at the end.
func sharesOfCounts(figures []int64, k int) []*big.Rat {
	weights := make([]int64, k)
	for s := range weights {
		weights[s] = factorial(s).Int64() * factorial(k-s-1).Int64()
	}
	shares := make([]*big.Rat, k)
	for i := range shares {
		own, sum := World(1)<<i, int64(0)
		for w := range World(len(figures)) {
			if w&own == 0 {
				sum += weights[bits.OnesCount32(w)] * (figures[w|own] - figures[w])
			}
		}
		shares[i] = big.NewRat(sum, factorial(k).Int64())
	}
	return shares
}
