package form

import "testing"

// Amounts come as offices write them; a unit alone, or in the middle, is no number.
func TestDecimalsWithTheirUnit(t *testing.T) {
	for text, want := range map[string]float64{"352 449,66 €": 352449.66, "1\u202f063\u202f132,53\u00a0€": 1063132.53, "-12,5€": -12.5, "12 %": 12, "0 €": 0, "7": 7} {
		if got, p := parseDecimal([]byte(text)); p != nil || got != want {
			t.Errorf("%q: %v %+v, want %v", text, got, p, want)
		}
	}
	for _, text := range []string{"€", "%", "12 € 5", "€ 12", "12 €€", "12 $", "12 %€"} {
		if got, p := parseDecimal([]byte(text)); p == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
