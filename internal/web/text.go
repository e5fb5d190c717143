package web

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// secretFields are the fields whose text is nobody's to see, and is compared as it was typed.
var secretFields = []string{"actuel", "mot_de_passe", "confirmation"}

// visible drops from a text of several lines what turns, hides or breaks the words around it wherever it is
// shown later: signs without a shape, and controls but tabs and line ends.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// clean bounds a text that came from an address and drops what no one can read in it.
func clean(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
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
