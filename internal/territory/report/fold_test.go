package report

import (
	"strings"
	"testing"
)

// TestFold compares the quick way with the general one, letter by letter and within words.
func TestFold(t *testing.T) {
	for r := rune(0); r < 0x3000; r++ {
		for _, s := range []string{string(r), "É" + string(r) + "cole"} {
			if got, want := fold(s), foldAny(s); got != want {
				t.Errorf("%U in %q: got %q, want %q", r, s, got, want)
			}
		}
	}
	for s, want := range map[string]string{
		"Lycée Émile-Zola, L’Œuvre": "lycee emile zola, l oeuvre",
		"E\u0301cole d'Aÿ":          "ecole d ay",
		"\xff":                      foldAny("\xff"),
		strings.Repeat("Çà ", 3):    "ca ca ca ",
	} {
		if got := fold(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}
