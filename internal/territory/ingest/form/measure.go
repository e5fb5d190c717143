package form

import (
	"fmt"
	"math"
	"strconv"
)

// bounds are the widest values of the decimals that are places on earth, in degrees.
var bounds = map[string]float64{"latitude": 90, "longitude": 180}

func decimalMeasure(c *column, slot int, signed bool) {
	bound := bounds[c.name]
	put := func(f float64, b []byte, values []any) *problem {
		switch {
		case bound > 0 && math.Abs(f) > bound:
			return &problem{rule: "hors_bornes", message: fmt.Sprintf("%s dépasse %v degrés", quote(b), bound), mend: "Écrivez les coordonnées en degrés décimaux (WGS 84)."}
		case math.IsNaN(f) || math.Abs(f) > maxInteger:
			return tooLarge(b)
		case f < 0 && !signed:
			return negative(b)
		}
		values[slot] = f
		return nil
	}
	c.number = func(f float64, values []any) *problem {
		return put(f, strconv.AppendFloat(nil, f, 'f', -1, 64), values)
	}
	c.read = func(b []byte, values []any) *problem {
		t := trim(b)
		if len(t) == 0 {
			return c.absent(values)
		}
		f, p := parseDecimal(t)
		if p != nil {
			return p
		}
		return put(f, t, values)
	}
}

func integerMeasure(c *column, slot int, signed bool) {
	boxes := newBoxes()
	c.read = func(b []byte, values []any) *problem {
		n, ok := plainDigits(b)
		if !ok {
			t := trim(b)
			if len(t) == 0 {
				return c.absent(values)
			}
			var p *problem
			if n, p = parseInteger(t); p != nil {
				return p
			}
			if n < 0 && !signed {
				return negative(t)
			}
		}
		values[slot] = boxes.box(n)
		return nil
	}
	c.number = func(f float64, values []any) *problem {
		n := math.Round(f)
		written := strconv.AppendFloat(nil, f, 'f', -1, 64)
		switch {
		case math.IsNaN(f) || math.Abs(f) > maxInteger:
			return tooLarge(written)
		case math.Abs(f-n) > 1e-6:
			return &problem{rule: "entier_attendu", message: fmt.Sprintf("le calcul donne %s, qui n’est pas un nombre entier", quote(written)), mend: "Vérifiez les valeurs de la ligne."}
		case n < 0 && !signed:
			return negative(written)
		}
		values[slot] = boxes.box(int64(n))
		return nil
	}
}

// boxes keeps integers as interface values, so that common ones cost no memory.
type boxes struct {
	small [1024]any
	keys  [1024]int64
	large [1024]any
}

func newBoxes() *boxes {
	b := &boxes{}
	for i := range b.small {
		b.small[i] = int64(i)
	}
	return b
}

func (b *boxes) box(n int64) any {
	if n >= 0 && n < int64(len(b.small)) {
		return b.small[n]
	}
	at := uint64(n) % uint64(len(b.large))
	if b.large[at] == nil || b.keys[at] != n {
		b.keys[at], b.large[at] = n, n
	}
	return b.large[at]
}
