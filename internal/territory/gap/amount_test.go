package gap

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestWrittenAmountsAddUp: whoever adds the printed amounts with a pencil finds the printed gap.
func TestWrittenAmountsAddUp(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 8))
		decimals := r.IntN(3)
		var list []*big.Rat
		for range 1 + r.IntN(6) {
			list = append(list, big.NewRat(int64(r.IntN(20000)-10000), int64(1+r.IntN(720))))
		}
		total := Sum(list)
		exact := new(big.Rat).Mul(total, unitOf(decimals))
		list = append(list, new(big.Rat).Quo(new(big.Rat).SetInt(rounded(exact)), unitOf(decimals)))
		list[len(list)-1].Sub(list[len(list)-1], total) // what rounding adds
		total = Sum(list)
		out := Written(list, total, decimals)
		if got := Sum(out); got.Cmp(total) != 0 {
			t.Fatalf("seed %d: written %v, want %v", seed, got, total)
		}
		for i, w := range out {
			if off := new(big.Rat).Sub(w, list[i]); off.Abs(off).Cmp(new(big.Rat).Inv(unitOf(decimals))) >= 0 {
				t.Fatalf("seed %d: %v is written %v", seed, list[i], w)
			}
		}
	}
}

func TestDecimals(t *testing.T) {
	half, third := big.NewRat(191, 2), big.NewRat(1, 3)
	for _, c := range []struct {
		list []*big.Rat
		want int
	}{{[]*big.Rat{big.NewRat(4, 1)}, 0}, {[]*big.Rat{half}, 1}, {[]*big.Rat{half, third}, 1}, {[]*big.Rat{big.NewRat(1, 4)}, 2}} {
		if got := Decimals(c.list, 0, 2); got != c.want {
			t.Errorf("%v: %d decimals, want %d", c.list, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text     string
		value    *big.Rat
		decimals int
		percent  bool
	}{
		{"1 234", big.NewRat(1234, 1), 0, false},
		{"1\u202f234,50", big.NewRat(2469, 2), 2, false},
		{"−3", big.NewRat(-3, 1), 0, false},
		{"46,4 %", big.NewRat(464, 10), 1, true},
		{"+12.5", big.NewRat(25, 2), 1, false},
	} {
		value, decimals, percent, ok := Parse(c.text)
		if !ok || value.Cmp(c.value) != 0 || decimals != c.decimals || percent != c.percent {
			t.Errorf("%q: %v %d %v %v", c.text, value, decimals, percent, ok)
		}
	}
	for _, text := range []string{"", "élèves", "12a", "7KQ2-M9XD", "1e9", "--2", "1/2", ".5", "1,2,3", "9999999999999999999"} {
		if v, _, _, ok := Parse(text); ok {
			t.Errorf("%q is no number but reads %v", text, v)
		}
	}
}

func TestSigned(t *testing.T) {
	for _, c := range []struct {
		r    *big.Rat
		d    int
		want string
	}{{big.NewRat(-96, 1), 0, "−96"}, {big.NewRat(12345, 10), 1, "+1\u202f234,5"}, {new(big.Rat), 1, "0,0"}, {big.NewRat(-1, 100), 1, "0,0"}} {
		if got := Signed(c.r, c.d); got != c.want {
			t.Errorf("%v: %q, want %q", c.r, got, c.want)
		}
	}
}

// FuzzParse: a number that is read is written again as it was, and nothing else is a number.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"1 234,5", "46,4 %", "−3", "1e9", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, decimals, _, ok := Parse(text)
		if !ok {
			return
		}
		again, _, _, ok := Parse(Signed(value, decimals))
		if !ok || again.Cmp(value) != 0 {
			t.Errorf("%q reads %v, written %q", text, value, Signed(value, decimals))
		}
	})
}

// Sum adds amounts.
func Sum(list []*big.Rat) *big.Rat {
	total := new(big.Rat)
	for _, r := range list {
		total.Add(total, r)
	}
	return total
}
