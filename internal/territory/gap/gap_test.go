package gap

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// games draws figures of all worlds of k causes: counts, or fractions as rates have.
func games(r *rand.Rand, k int) []*big.Rat {
	out := make([]*big.Rat, 1<<k)
	rate := r.IntN(2) == 0
	for i := range out {
		out[i] = big.NewRat(int64(r.IntN(2000)-300), 1)
		if rate {
			out[i] = Exact(float64(r.IntN(1000)) / float64(1+r.IntN(999)))
		}
	}
	return out
}

// byOrders is the definition: the mean over all orders of what each cause adds when its turn comes.
func byOrders(figures []*big.Rat, k int) []*big.Rat {
	sums := make([]*big.Rat, k)
	for i := range sums {
		sums[i] = new(big.Rat)
	}
	orders := int64(0)
	var walk func(done World)
	turn := make([]int, 0, k)
	walk = func(done World) {
		if len(turn) == k {
			orders++
			var w World
			for _, i := range turn {
				sums[i].Add(sums[i], new(big.Rat).Sub(figures[w|1<<i], figures[w]))
				w |= 1 << i
			}
			return
		}
		for i := range k {
			if done>>i&1 == 0 {
				turn = append(turn, i)
				walk(done | 1<<i)
				turn = turn[:len(turn)-1]
			}
		}
	}
	walk(0)
	for i := range sums {
		sums[i].Quo(sums[i], new(big.Rat).SetInt64(orders))
	}
	return sums
}

func equal(a, b []*big.Rat) bool {
	return slices.EqualFunc(a, b, func(x, y *big.Rat) bool { return x.Cmp(y) == 0 })
}

func TestSharesAreTheMeanOverAllOrders(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		k := r.IntN(6)
		figures := games(r, k)
		if got, want := Shares(figures), byOrders(figures, k); !equal(got, want) {
			t.Fatalf("seed %d: %v, want %v", seed, got, want)
		}
	}
}

func TestSharesAddUpToTheLastBit(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		k := 1 + r.IntN(7)
		figures := games(r, k)
		want := new(big.Rat).Sub(figures[len(figures)-1], figures[0])
		if got := Sum(Shares(figures)); got.Cmp(want) != 0 {
			t.Fatalf("seed %d: causes add up to %v, the gap is %v", seed, got, want)
		}
	}
}

// TestCountsAreSharedAsFractionsAre compares the fast way of whole numbers with the general one.
func TestCountsAreSharedAsFractionsAre(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		k := 1 + r.IntN(6)
		counts, halves := make([]*big.Rat, 1<<k), make([]*big.Rat, 1<<k)
		for i := range counts {
			n := r.Int64N(largest)
			counts[i], halves[i] = big.NewRat(n, 1), big.NewRat(2*n+1, 2) // all moved by one half: the same shares
		}
		if a, b := Shares(counts), Shares(halves); !equal(a, b) {
			t.Fatalf("seed %d: %v and %v", seed, a, b)
		}
	}
}

func TestSharesIgnoreOrderNamesAndSides(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 4))
		k := 1 + r.IntN(5)
		figures := games(r, k)
		shares := Shares(figures)

		to := r.Perm(k) // path independence: causes put in another order keep their amounts
		moved := make([]*big.Rat, len(figures))
		for w := range figures {
			var v World
			for i := range k {
				if w>>i&1 == 1 {
					v |= 1 << to[i]
				}
			}
			moved[v] = figures[w]
		}
		for i, share := range Shares(moved) {
			if share.Cmp(shares[slices.Index(to, i)]) != 0 {
				t.Fatalf("seed %d: the amounts depend on the order of the causes", seed)
			}
		}
		back := slices.Clone(figures)
		slices.Reverse(back) // the complement of each world: both sides exchanged
		for i, share := range Shares(back) {
			if share.Neg(share).Cmp(shares[i]) != 0 {
				t.Fatalf("seed %d: the way back is not the opposite", seed)
			}
		}
	}
}

func TestDummyAndTwins(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		k := 2 + r.IntN(4)
		figures := games(r, k)
		idle := r.IntN(k)
		for w := range figures { // it changes nothing anywhere
			figures[w|1<<idle] = figures[w&^(1<<idle)]
		}
		if s := Shares(figures)[idle]; s.Sign() != 0 {
			t.Fatalf("seed %d: a cause that changes nothing gets %v", seed, s)
		}
		figures = games(r, k)
		for w := range figures { // causes 0 and 1 do the same
			if w&3 == 2 {
				figures[w] = figures[w&^3|1]
			}
		}
		if s := Shares(figures); s[0].Cmp(s[1]) != 0 {
			t.Fatalf("seed %d: twins get %v and %v", seed, s[0], s[1])
		}
	}
}

// TestSharesAreLinear is what lets a cause be told school by school: the amounts of the schools
// add up to that of the cause.
func TestSharesAreLinear(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 200 {
		k := 1 + r.IntN(5)
		total, sums := make([]*big.Rat, 1<<k), make([]*big.Rat, k)
		for i := range total {
			total[i] = new(big.Rat)
		}
		for i := range sums {
			sums[i] = new(big.Rat)
		}
		for range 4 {
			school := games(r, k)
			for w := range total {
				total[w] = new(big.Rat).Add(total[w], school[w])
			}
			for i, s := range Shares(school) {
				sums[i].Add(sums[i], s)
			}
		}
		if !equal(Shares(total), sums) {
			t.Fatal("the schools do not add up to the whole")
		}
	}
}

func TestGroupsReadShownWorldsOnly(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 7))
		k := 1 + r.IntN(6)
		hidden := map[World]bool{}
		for w := World(1); w < 1<<k-1; w++ {
			hidden[w] = r.IntN(6) == 0
		}
		groups := Groups(k, func(w World) bool { return !hidden[w] })
		var all World
		for _, g := range groups {
			if all&g != 0 {
				t.Fatalf("seed %d: a cause stands in two groups", seed)
			}
			all |= g
		}
		if all != 1<<k-1 {
			t.Fatalf("seed %d: causes are missing", seed)
		}
		for set := range World(1) << len(groups) {
			if hidden[Union(groups, set)] {
				t.Fatalf("seed %d: groups %v need a withheld figure", seed, groups)
			}
		}
		figures := games(r, k)
		for w := range figures {
			if hidden[World(w)] {
				figures[w] = nil // reading it would panic
			}
		}
		want := new(big.Rat).Sub(figures[len(figures)-1], figures[0])
		if got := Sum(Shares(Quotient(figures, groups))); got.Cmp(want) != 0 {
			t.Fatalf("seed %d: %v, want %v", seed, got, want)
		}
	}
}

func TestGroupsKeepApartWhatTheyCan(t *testing.T) {
	shown := func(hidden ...World) func(World) bool {
		return func(w World) bool { return !slices.Contains(hidden, w) }
	}
	for _, c := range []struct {
		k      int
		hidden []World
		want   string
	}{
		{3, nil, "[1 2 4]"},
		{2, []World{0b01}, "[3]"},
		{3, []World{0b001}, "[3 4]"},        // the first and its neighbour
		{3, []World{0b001, 0b011}, "[5 2]"}, // parting the first from the third hides both
		{4, []World{0b1000, 0b0100}, "[1 2 12]"},
	} {
		if got := fmt.Sprint(Groups(c.k, shown(c.hidden...))); got != c.want {
			t.Errorf("%d causes without %v: %s, want %s", c.k, c.hidden, got, c.want)
		}
	}
}
