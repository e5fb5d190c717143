package gap

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// Exact is a value of the engine as a fraction, with nothing lost.
func Exact(v float64) *big.Rat {
	r := new(big.Rat)
	if r.SetFloat64(v) == nil {
		return new(big.Rat)
	}
	return r
}

// Shown is a value as it is written with some decimals: what a reader can copy.
func Shown(v float64, decimals int) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', decimals, 64))
	if r == nil {
		return new(big.Rat)
	}
	return r
}

// Decimals is how many decimals amounts need to be written, between least and most: the fewest
// that lose nothing, least+1 when something is lost whatever is written.
func Decimals(list []*big.Rat, least, most int) int {
	for d := least; d <= most; d++ {
		unit := unitOf(d)
		if !slices.ContainsFunc(list, func(r *big.Rat) bool { return !new(big.Rat).Mul(r, unit).IsInt() }) {
			return d
		}
	}
	return min(least+1, most)
}

// Written rounds amounts to some decimals in such a way that what is written adds up to the
// total as it is written: whoever adds the printed amounts finds the printed gap. None moves by a
// unit of its last decimal or more.
func Written(list []*big.Rat, total *big.Rat, decimals int) []*big.Rat {
	unit := unitOf(decimals)
	whole := make([]*big.Int, len(list))
	rest := make([]*big.Rat, len(list))
	left := rounded(new(big.Rat).Mul(total, unit))
	for i, r := range list {
		scaled := new(big.Rat).Mul(r, unit)
		whole[i] = new(big.Int).Quo(scaled.Num(), scaled.Denom()) // towards zero, so that signs play no part
		rest[i] = scaled.Sub(scaled, new(big.Rat).SetInt(whole[i]))
		left.Sub(left, whole[i])
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	sign := int64(left.Sign())
	slices.SortStableFunc(order, func(a, b int) int { return -int(sign) * rest[a].Cmp(rest[b]) })
	one := big.NewInt(sign)
	for n := 0; left.Sign() != 0 && len(order) > 0; n++ {
		i := order[n%len(order)]
		whole[i].Add(whole[i], one)
		left.Sub(left, one)
	}
	out := make([]*big.Rat, len(list))
	for i := range out {
		out[i] = new(big.Rat).Quo(new(big.Rat).SetInt(whole[i]), unit)
	}
	return out
}

// Rounded is an amount as it is written with some decimals.
func Rounded(r *big.Rat, decimals int) *big.Rat {
	unit := unitOf(decimals)
	return new(big.Rat).Quo(new(big.Rat).SetInt(rounded(new(big.Rat).Mul(r, unit))), unit)
}

// rounded is the nearest integer, halves away from zero.
func rounded(r *big.Rat) *big.Int {
	twice := new(big.Int).Lsh(new(big.Int).Abs(r.Num()), 1)
	twice.Add(twice, r.Denom())
	out := twice.Quo(twice, new(big.Int).Lsh(r.Denom(), 1))
	if r.Sign() < 0 {
		out.Neg(out)
	}
	return out
}

// unitOf is 10^d.
func unitOf(d int) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d)), nil))
}

// Format writes an amount in French, without sign.
func Format(r *big.Rat, decimals int) string {
	text := new(big.Rat).Abs(r).FloatString(decimals)
	whole, frac, _ := strings.Cut(text, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(belvedere.NarrowSpace)
		}
		b.WriteRune(c)
	}
	if frac != "" {
		b.WriteString("," + frac)
	}
	return b.String()
}

// Signed writes an amount in French with its sign: "+24", "−96", "0".
func Signed(r *big.Rat, decimals int) string {
	text := Format(r, decimals)
	switch {
	case strings.Trim(text, "0,") == "":
		return text
	case r.Sign() < 0:
		return belvedere.Minus + text
	}
	return "+" + text
}

// Parse reads a number as a person copies it from a paper ("1 234,5", "−3", "46,4 %"): its
// value and how many decimals it has. Percent tells whether it ends in %.
func Parse(text string) (value *big.Rat, decimals int, percent, ok bool) {
	text = strings.TrimSpace(text)
	if cut, found := strings.CutSuffix(text, "%"); found {
		text, percent = strings.TrimSpace(cut), true
	}
	text = strings.NewReplacer(belvedere.NarrowSpace, "", belvedere.NoBreak, "", " ", "", belvedere.Minus, "-", "–", "-", ",", ".").Replace(text)
	digits := strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	whole, frac, _ := strings.Cut(digits, ".")
	if whole == "" || len(digits) > 18 || strings.Trim(whole+frac, "0123456789") != "" {
		return nil, 0, false, false
	}
	value, ok = new(big.Rat).SetString(strings.TrimPrefix(text, "+"))
	return value, len(frac), percent, ok
}
