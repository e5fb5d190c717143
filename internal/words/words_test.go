package words

import (
	"strings"
	"testing"
)

// TestFold compares the quick way with the general one, letter by letter and within words.
func TestFold(t *testing.T) {
	for r := rune(0); r < 0x3000; r++ {
		for _, s := range []string{string(r), "É" + string(r) + "cole"} {
			got, want := Fold(s), tidy(foldAny(s))
			if got != want {
				t.Errorf("%U in %q: got %q, want %q", r, s, got, want)
			}
			if again := Fold(got); again != got {
				t.Errorf("%U in %q: %q folds again, to %q", r, s, got, again)
			}
		}
	}
	for s, want := range map[string]string{
		"Lycée Émile-Zola, L’Œuvre": "lycee emile zola, l oeuvre",
		"E\u0301cole d'Aÿ":          "ecole d ay",
		"\xff":                      "\ufffd",
		strings.Repeat("Çà ", 3):    "ca ca ca",
		" moyens__généraux\u202f":   "moyens generaux",
		"Collège\u00a0 public":      "college public",
	} {
		if got := Fold(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestHolds(t *testing.T) {
	for search, want := range map[string]bool{"": true, "zola emile": true, "emil": true, "emile hugo": false} {
		if Holds(Fold("Lycée Émile-Zola"), search) != want {
			t.Errorf("%q: want %t", search, want)
		}
	}
}
