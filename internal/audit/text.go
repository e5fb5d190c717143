package audit

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"belvedere/internal/registry"
)

// Longest texts of an entry, in runes.
const (
	longestWord   = 40
	longestLogin  = 200
	longestFrom   = 100
	longestObject = 500
	longestDetail = 2000
)

// tidy makes an entry what will be sealed, kept and shown: texts of bounded length, where what
// cannot be seen is visible, and an instant that a store keeps whole.
func tidy(e registry.Entry) registry.Entry {
	for _, f := range []struct {
		text    *string
		longest int
	}{
		{&e.Login, longestLogin}, {&e.Door, longestWord}, {&e.Action, longestWord}, {&e.Object, longestObject},
		{&e.Result, longestWord}, {&e.From, longestFrom}, {&e.Perimeter, longestFrom}, {&e.Detail, longestDetail},
	} {
		*f.text = visible(*f.text, f.longest)
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	return e
}

// visible writes a text with its controls, turned directions and invisible runes spelled out, so
// that no entry passes for two, or reads otherwise than it is written; and cuts it.
func visible(text string, longest int) string {
	var b strings.Builder
	n := 0 // runes of b
	write := func(s string) { b.WriteString(s); n += utf8.RuneCountInString(s) }
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r < ' ':
			write(string(0x2400 + r)) // ␊ for a line feed
		case r == 0x7f:
			write("␡")
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
			write(fmt.Sprintf("‹U+%04X›", r))
		default:
			write(string(r))
		}
		if n > longest {
			return string([]rune(b.String())[:longest-1]) + "…"
		}
	}
	return b.String()
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
