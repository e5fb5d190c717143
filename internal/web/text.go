package web

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"belvedere"
)

// fold makes a text comparable: no case, no accents, no hyphens. text.js does the same.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'œ':
			b.WriteString("oe")
		case r == 'æ':
			b.WriteString("ae")
		case r == '’' || r == '\'' || r == '-' || unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// holds tells whether a folded text contains all words of a folded search.
func holds(text, search string) bool {
	for _, w := range strings.Fields(search) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// clean bounds a text that came from an address and drops what no one can read in it.
func clean(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s
}

// localAddress is the path and query of a request, as a link of the same site.
func localAddress(r *http.Request) string {
	a := r.URL.EscapedPath()
	if !strings.HasPrefix(a, "/") || strings.HasPrefix(a, "//") {
		a = "/"
	}
	if r.URL.RawQuery != "" {
		a += "?" + r.URL.RawQuery
	}
	return a
}

func notFound(message string) error { return belvedere.Errorf(belvedere.NotFound, "%s", message) }
