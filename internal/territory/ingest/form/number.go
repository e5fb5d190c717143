package form

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

const (
	maxInteger = 999_999_999_999_999 // 15 digits: exact as a float64 too, and sums cannot overflow
	maxText    = 500                 // runes of an attribute
	maxMemo    = 1 << 16             // entries of a cache; a file with more different values starts it again
	maxKey     = 64                  // bytes of a value worth remembering
)

// parseInteger reads an integer as files write it: "1234", "1 234", "1 234" with any no-break
// space, "520.0", "520,0", "−3". Spaces must part groups of three digits.
func parseInteger(b []byte) (int64, *problem) {
	if n, ok := plainDigits(b); ok {
		return n, nil
	}
	d, p := scanNumber(b)
	if p != nil {
		return 0, p
	}
	if d.fractional {
		return 0, &problem{
			rule:    "entier_attendu",
			message: fmt.Sprintf("%s n’est pas un nombre entier", quote(b)),
			mend:    "Écrivez un nombre entier, sans décimale ni point entre les milliers.",
		}
	}
	n, err := strconv.ParseInt(string(d.whole), 10, 64)
	if err != nil || n > maxInteger {
		return 0, tooLarge(b)
	}
	if d.negative {
		n = -n
	}
	return n, nil
}

// parseDecimal reads a number with a decimal point or comma; offices write the sign of the euro or of a
// share behind it.
func parseDecimal(b []byte) (float64, *problem) {
	if n, ok := plainDigits(b); ok {
		return float64(n), nil
	}
	d, p := scanNumber(cutUnit(b))
	if p != nil {
		return 0, p
	}
	f, err := strconv.ParseFloat(string(append(append(d.whole, '.'), d.fraction...))+"0", 64)
	if err != nil || math.Abs(f) > maxInteger {
		return 0, tooLarge(b)
	}
	if d.negative {
		f = -f
	}
	return f, nil
}

// cutUnit takes one sign of unit off the end of a number.
func cutUnit(b []byte) []byte {
	t := trim(b)
	for _, unit := range []string{"€", "%"} {
		if rest, ok := bytes.CutSuffix(t, []byte(unit)); ok {
			return trim(rest)
		}
	}
	return b
}

// plainDigits is the fast path: one to fifteen ASCII digits and nothing else.
func plainDigits(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 15 {
		return 0, false
	}
	n := int64(0)
	for _, c := range b {
		c -= '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	return n, true
}

type scanned struct {
	negative   bool
	whole      []byte // digits only, at least one
	fraction   []byte
	fractional bool // the fraction has a digit other than 0
}

// scanNumber takes a number apart without interpreting it. No exponent, no NaN, no
// hexadecimal: a file that holds one holds a mistake.
func scanNumber(b []byte) (scanned, *problem) {
	var d scanned
	t := trim(b)
	if len(t) > 64 {
		return d, unreadable(b)
	}
	t, d.negative = cutSign(t)
	group, grouped := 0, false
	i := 0
	for i < len(t) {
		if isDigit(t[i]) {
			d.whole = append(d.whole, t[i])
			group++
			i++
			continue
		}
		w := spaceWidth(t[i:])
		if w == 0 {
			break
		}
		if group == 0 || group > 3 || (grouped && group != 3) {
			return d, unreadable(b)
		}
		group, grouped = 0, true
		i += w
	}
	if len(d.whole) == 0 || (grouped && group != 3) {
		return d, unreadable(b)
	}
	if i == len(t) {
		return d, nil
	}
	if (t[i] != '.' && t[i] != ',') || i+1 == len(t) {
		return d, unreadable(b)
	}
	for _, c := range t[i+1:] {
		if !isDigit(c) {
			return d, unreadable(b)
		}
		d.fraction = append(d.fraction, c)
		d.fractional = d.fractional || c != '0'
	}
	return d, nil
}

// cutSign takes a leading sign off: "-", the typographic minus, or "+".
func cutSign(t []byte) ([]byte, bool) {
	switch {
	case len(t) > 0 && t[0] == '-':
		return trim(t[1:]), true
	case len(t) > 2 && string(t[:3]) == "−":
		return trim(t[3:]), true
	case len(t) > 0 && t[0] == '+':
		return t[1:], false
	}
	return t, false
}

// spaceWidth is the length of the space that starts b: ASCII, no-break U+00A0, thin U+2009 or
// narrow no-break U+202F; 0 when there is none.
func spaceWidth(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == ' ':
		return 1
	case len(b) > 1 && b[0] == 0xc2 && b[1] == 0xa0:
		return 2
	case len(b) > 2 && b[0] == 0xe2 && b[1] == 0x80 && (b[2] == 0xaf || b[2] == 0x89):
		return 3
	}
	return 0
}

func unreadable(b []byte) *problem {
	return &problem{
		rule:    "nombre",
		message: fmt.Sprintf("%s n’est pas un nombre", quote(b)),
		mend:    "Écrivez un nombre en chiffres, ou laissez la case vide si la valeur est inconnue.",
	}
}

func tooLarge(b []byte) *problem {
	return &problem{
		rule:    "nombre_trop_grand",
		message: fmt.Sprintf("%s dépasse 999 999 999 999 999", quote(b)),
		mend:    "Vérifiez la valeur et son unité.",
	}
}

func negative(b []byte) *problem {
	return &problem{
		rule:    "valeur_negative",
		message: fmt.Sprintf("%s est négatif, ce que cette mesure n’admet pas", quote(b)),
		mend:    "Vérifiez la valeur à la source.",
	}
}

// trim takes the spaces off both ends: ASCII white space, no-break spaces, byte order mark.
func trim(b []byte) []byte {
	for len(b) > 0 {
		if c := b[0]; c > ' ' && c < 0x80 {
			break
		}
		w := leadingBlank(b)
		if w == 0 {
			break
		}
		b = b[w:]
	}
	for len(b) > 0 {
		c := b[len(b)-1]
		if c == ' ' || (c >= '\t' && c <= '\r') {
			b = b[:len(b)-1]
			continue
		}
		if c < 0x80 {
			break
		}
		w := trailingBlank(b)
		if w == 0 {
			break
		}
		b = b[:len(b)-w]
	}
	return b
}

func leadingBlank(b []byte) int {
	if c := b[0]; c == ' ' || (c >= '\t' && c <= '\r') {
		return 1
	}
	if len(b) > 2 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
		return 3
	}
	return spaceWidth(b)
}

func trailingBlank(b []byte) int {
	for _, w := range []int{2, 3} {
		if len(b) >= w && spaceWidth(b[len(b)-w:]) == w {
			return w
		}
	}
	if n := len(b); n > 2 && b[n-3] == 0xef && b[n-2] == 0xbb && b[n-1] == 0xbf {
		return 3
	}
	return 0
}

// isAbsent tells the ways in which foreign files write that there is no value.
func isAbsent(t []byte) bool {
	switch len(t) {
	case 0:
		return true
	case 1:
		return t[0] == '-'
	case 2:
		return (t[0] == 'N' && (t[1] == 'A' || t[1] == 'D' || t[1] == 'S')) || string(t) == "--"
	case 3:
		return string(t) == "N/A" || string(t) == "NaN" || string(t) == "–" || string(t) == "—"
	case 4:
		return string(t) == "n.d." || string(t) == "s.o." || string(t) == "NULL" || string(t) == "null"
	}
	return false
}
