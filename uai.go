package belvedere

import (
	"fmt"
	"strings"
)

// A UAI identifies a French school: seven digits and a check letter ("0350017D").
type UAI string

// uaiLetters are the check letters in the order of the remainder of the seven digits by 23.
const uaiLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// ParseUAI reads a UAI, tolerating spaces and lower case. The error says in French what
// is wrong: the length, a character, or the check letter with the one that was expected.
func ParseUAI(s string) (UAI, error) {
	t := strings.ToUpper(strings.TrimSpace(s))
	if len(t) != 8 {
		return "", fmt.Errorf("l’UAI %q doit compter sept chiffres et une lettre", clip(s))
	}
	n := 0
	for i := 0; i < 7; i++ {
		if t[i] < '0' || t[i] > '9' {
			return "", fmt.Errorf("l’UAI %q doit commencer par sept chiffres", clip(s))
		}
		n = n*10 + int(t[i]-'0')
	}
	if want := uaiLetters[n%23]; t[7] != want {
		return "", fmt.Errorf("la lettre de contrôle de l’UAI %q est fausse : %q attendu", clip(s), string(want))
	}
	return UAI(t), nil
}

// UAIFromNumber gives back the UAI of its seven digits read as a number, as the
// warehouse stores it: the check letter follows from the digits.
func UAIFromNumber(n int32) UAI {
	if n < 0 || n > 9_999_999 {
		return ""
	}
	return UAI(fmt.Sprintf("%07d%c", n, uaiLetters[n%23]))
}

// Number is the seven digits of a valid UAI as a number, and -1 for anything else.
func (u UAI) Number() int32 {
	if len(u) != 8 {
		return -1
	}
	n := int32(0)
	for i := 0; i < 7; i++ {
		if u[i] < '0' || u[i] > '9' {
			return -1
		}
		n = n*10 + int32(u[i]-'0')
	}
	return n
}

// clip keeps quoted values short in messages.
func clip(s string) string {
	const most = 40
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}
