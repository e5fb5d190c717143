package benchmark

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"belvedere"
)

func uai(i int) belvedere.UAI { return belvedere.UAIFromNumber(int32(9_990_001 + i)) }

// draw makes figures of one of the shapes that indicators have.
func draw(r *rand.Rand, n int) []float64 {
	out := make([]float64, n)
	shape := r.IntN(5)
	for i := range out {
		switch shape {
		case 0:
			out[i] = math.Round(300 + 200*r.NormFloat64())
		case 1:
			out[i] = r.Float64()
		case 2: // mostly zero
			out[i] = float64(max(0, r.IntN(8)-4))
		case 3: // a few huge
			out[i] = math.Exp(3 * r.NormFloat64())
		default: // nearly alike
			out[i] = 100 + float64(r.IntN(2))
		}
	}
	return out
}

// TestNobodyIsRevealed is the attack: who asks knows its own figure and that of one accomplice, the
// method, and all that is published. Whatever school it aims at, another world must be possible in
// which that school has a figure farther than the rounding, and all that it knows is the same.
func TestNobodyIsRevealed(t *testing.T) {
	r := rand.New(rand.NewPCG(35, 1))
	published := 0
	for round := range 3000 {
		values := draw(r, 8+r.IntN(60))
		s := Summarise(values, Need(0))
		if s.Why != "" {
			if s.Low.Known || s.Median.Known || s.High.Known || s.Quarter(values[0]) != 0 {
				t.Fatalf("round %d: %+v says nothing and publishes", round, s)
			}
			continue
		}
		published++
		asker, accomplice := r.IntN(len(values)), r.IntN(len(values))
		for target := range values {
			if target == asker || target == accomplice {
				continue
			}
			if !deceived(values, s, asker, accomplice, target) {
				t.Fatalf("round %d: the figure %v of school %d is known within %v from %+v of %v", round, values[target], target, s.Step, s, values)
			}
		}
	}
	if published < 500 {
		t.Errorf("only %d groups were published: the test sees nothing", published)
	}
}

// deceived looks for another world by exchanging figures among those that nobody knows.
func deceived(values []float64, s Summary, asker, accomplice, target int) bool {
	for other := range values {
		if other == asker || other == accomplice || math.Abs(values[other]-values[target]) <= s.Step {
			continue
		}
		world := slices.Clone(values)
		world[other], world[target] = world[target], world[other]
		w := Summarise(world, Need(0))
		if w == s && w.Quarter(world[asker]) == s.Quarter(values[asker]) && w.Quarter(world[accomplice]) == s.Quarter(values[accomplice]) {
			return true
		}
	}
	return false
}

// TestQuantilesAreOfNobody holds that a published number rests on three schools at least, that it
// follows their figures, and that the large one among small ones is withheld.
func TestQuantilesAreOfNobody(t *testing.T) {
	values := make([]float64, 41)
	for i := range values {
		values[i] = float64(10 * i)
	}
	s := Summarise(values, Need(0))
	if !s.Low.Known || s.Low.Value != 40 || s.Median.Value != 200 || s.High.Value != 360 || s.Step != 10 {
		t.Errorf("%+v", s)
	}
	for i, want := range map[int]int{0: 1, 8: 1, 12: 2, 25: 3, 40: 4} {
		if got := s.Quarter(values[i]); got != want {
			t.Errorf("quarter of %v: %d, want %d", values[i], got, want)
		}
	}
	small := make([]float64, 12)
	for i := range small {
		small[i] = float64(i + 1)
	}
	small[11] = 10_000
	if s := Summarise(small, Need(0)); s.High.Known {
		t.Errorf("a decile that one school makes is published: %+v", s)
	}
	huge := slices.Clone(small)
	huge[11] = 9_000_000
	if a, b := Summarise(small, Need(0)), Summarise(huge, Need(0)); a != b {
		t.Errorf("the size of the school that dominates shows: %+v, %+v", a, b)
	}
	if s := Summarise(values[:10], Need(0)); s.Why == "" || s.Schools != 10 {
		t.Errorf("ten schools are nine beside the asker: %+v", s)
	}
	if s := Summarise(values[:15], Need(20)); s.Why == "" {
		t.Errorf("a territory that asks for more is not heard: %+v", s)
	}
	if s := Summarise(values[:11], 3); s.Why != "" {
		t.Errorf("eleven schools: %+v", s)
	}
	if Need(3) != Least+1 || Need(15) != 16 {
		t.Error("the minimum moves upward only")
	}
}

// TestLeaveOneOut holds that whoever asks, the group and its numbers are the same, and that removing
// a school can only be published with ten others.
func TestLeaveOneOut(t *testing.T) {
	r := rand.New(rand.NewPCG(35, 2))
	for range 200 {
		n := 11 + r.IntN(60)
		var group, shuffled []belvedere.UAI
		for i := range n {
			group = append(group, uai(i))
		}
		shuffled = slices.Clone(group)
		r.Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if !Apart(nil, group, 0) || !Apart([][]belvedere.UAI{group}, shuffled, 0) {
			t.Fatal("the same group again is refused")
		}
		k := 1 + r.IntN(n-1)
		without := group[k:]
		want := k >= Least && n-k >= Least
		if got := Apart([][]belvedere.UAI{group}, without, 0); got != want {
			t.Fatalf("%d of %d less: %v", k, n, got)
		}
	}
	// Two steps of ten that together tell one school apart from the others.
	var all []belvedere.UAI
	for i := range 40 {
		all = append(all, uai(i))
	}
	first, second := all[:30], all[10:40]
	if !Apart([][]belvedere.UAI{first}, second, 0) {
		t.Fatal("ten, twenty and ten are large enough")
	}
	if third := append(slices.Clone(all[:19]), all[20:40]...); Apart([][]belvedere.UAI{first, second}, third, 0) {
		t.Error("one school in the middle is told apart")
	}
	var many [][]belvedere.UAI
	for range 20 {
		many = append(many, first)
	}
	if Apart(many, all[1:30], 0) || !Apart(many, first, 0) {
		t.Error("many groups")
	}
}

// TestPartition draws territories: groups are large enough, hold each school once, overlap nowhere, and
// do not depend on the order of the schools.
func TestPartition(t *testing.T) {
	r := rand.New(rand.NewPCG(35, 3))
	for round := range 500 {
		n := r.IntN(160)
		var members []Member
		for i := range n {
			m := Member{School: uai(i), Value: r.Float64(), Size: math.Round(450 + 250*r.NormFloat64()), Social: 103 + 12*r.NormFloat64()}
			if r.IntN(10) == 0 {
				m.Size = math.NaN()
			}
			if r.IntN(5) == 0 {
				m.Social = math.NaN()
			}
			members = append(members, m)
		}
		need := Need(r.IntN(20))
		groups := Partition(members, need)
		if n < need {
			if groups != nil {
				t.Fatal("groups of too few")
			}
			continue
		}
		in := map[belvedere.UAI]int{}
		for _, g := range groups {
			if len(g.Members) < need {
				t.Fatalf("round %d: %d schools in %v", round, len(g.Members), g.Stratum)
			}
			for _, m := range g.Members {
				in[m.School]++
			}
			if back, ok := ParseStratum(g.Code()); !ok || back != g.Stratum || g.Words() == "" && len(groups) > 1 {
				t.Fatalf("%v %q", back, g.Words())
			}
		}
		for size := 0.; size < 1500; size += 47 {
			for social := 60.; social < 150; social += 7 {
				holds := 0
				for _, g := range groups {
					if g.Holds(size, social) {
						holds++
					}
				}
				if holds != 1 {
					t.Fatalf("round %d: %v pupils, index %v: %d strata", round, size, social, holds)
				}
			}
		}
		if len(in) != n {
			t.Fatalf("%d of %d schools are placed", len(in), n)
		}
		r.Shuffle(n, func(i, j int) { members[i], members[j] = members[j], members[i] })
		if fmt.Sprint(groups) != fmt.Sprint(Partition(members, need)) {
			t.Fatal("the order of the schools shows")
		}
	}
}
