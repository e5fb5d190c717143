package vault

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"belvedere"
)

// Fold is what names of people are compared by: capitals without accents, ligatures undone, one
// space for whatever separates words ("Jean-Marc", "JEAN MARC"). It is its own fold.
func Fold(s string) string { return fold(s, ' ') }

// Code is what codes of divisions, groups, rooms and subjects are compared by: as Fold, but
// without what separates ("6 B", "6/B", "6-b").
func Code(s string) string { return fold(s, 0) }

// nameKey joins the parts that a person is compared by.
func nameKey(parts ...string) string {
	for i, p := range parts {
		parts[i] = Fold(p)
	}
	return strings.Join(parts, "|")
}

// fold writes separators as sep, none when it is 0. Checks and matches call it for every pair of
// names: what is its own fold costs nothing, and most of the rest one allocation.
func fold(s string, sep byte) string {
	if isPlain(s) {
		return s
	}
	var room [64]byte
	out, pending := room[:0], false // pending: a separator is due before the next letter
	for _, r := range s {
		switch {
		case r < firstLatin:
			out, pending = addFold(out, r, sep, pending)
		case r < endLatin:
			for _, part := range latin[r-firstLatin] {
				out, pending = addFold(out, part, sep, pending)
			}
		default: // marks may have to change places, or bytes are no text
			out, pending = room[:0], false
			for _, part := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
				out, pending = addFold(out, part, sep, pending)
			}
			return string(out)
		}
	}
	return string(out)
}

// isPlain tells whether a text is one word of capitals and digits.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// addFold adds the next letter, parted from its accents.
func addFold(out []byte, r rune, sep byte, pending bool) ([]byte, bool) {
	text := ""
	switch {
	case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
	case r >= 'a' && r <= 'z':
		r -= 'a' - 'A'
	case r < firstLatin && r != '?' && r != '+' && r != '*': // most separators, without a search
		return out, len(out) > 0
	case unicode.In(r, unicode.Mn, unicode.Cf):
		return out, pending
	case r == 'œ' || r == 'Œ':
		text = "OE"
	case r == 'æ' || r == 'Æ':
		text = "AE"
	case r == 'ß' || r == 'ẞ':
		text = "SS"
	case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '?' || r == '+' || r == '*':
		// "?" is a lost letter in SIECLE, "+" and "*" tell codes apart.
		r = unicode.ToUpper(unicode.ToLower(r))
	default:
		return out, len(out) > 0
	}
	if pending && sep != 0 {
		out = append(out, sep)
	}
	if text != "" {
		return append(out, text...), false
	}
	return utf8.AppendRune(out, r), false
}

// The letters of French files beyond ASCII. Each is parted from its accents on its own, since
// none of them is a mark that would go with the letter before.
const firstLatin, endLatin = 0x80, 0x180

// latin are these letters parted from their accents.
var latin = func() (parts [endLatin - firstLatin]string) {
	for i := range parts {
		parts[i] = norm.NFKD.String(string(rune(firstLatin + i)))
	}
	return parts
}()

// Phone is what phone numbers are compared by: their digits in the national form ("+33 6 12…" and
// "06 12…" are the same), "" when they are too few to tell anybody.
func Phone(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	n := b.String()
	for _, prefix := range []string{"0033", "33"} {
		if rest, ok := strings.CutPrefix(n, prefix); ok && len(rest) >= 9 {
			return "0" + strings.TrimPrefix(rest, "0")
		}
	}
	if len(n) < 9 {
		return ""
	}
	return n
}

// Micros writes an instant as the columns of instants hold it; Instant reads it back.
func Micros(t time.Time) int64 { return t.UnixMicro() }

func Instant(us int64) time.Time { return time.UnixMicro(us).UTC() }

// Day writes a date as the columns of dates hold it, "" for the zero time.
func Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// readDay turns a date as files write it ("14/03/2015", "2015-03-14") into that of a column, ""
// when it is none.
func readDay(s string) string {
	d, err := belvedere.ParseDate(s)
	if err != nil {
		return ""
	}
	return Day(d)
}

// mondayOf is the Monday of the week that a file names by its first day, Monday or Sunday before.
func mondayOf(s string) string {
	d, err := belvedere.ParseDate(s)
	if err != nil {
		return ""
	}
	if d.Weekday() == time.Sunday {
		return Day(d.AddDate(0, 0, 1))
	}
	return Day(d.AddDate(0, 0, -int(d.Weekday()-time.Monday)))
}
