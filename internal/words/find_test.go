package words

import "testing"

func TestStem(t *testing.T) {
	for _, alike := range [][]string{{"inscrit", "inscrits", "inscrite", "inscrites"}, {"journal", "journaux"}, {"note", "notes"}, {"bureau", "bureaux"}, {"etape", "etapes"}} {
		for _, w := range alike {
			if Stem(w) != Stem(alike[0]) {
				t.Errorf("%s: %s, want %s", w, Stem(w), Stem(alike[0]))
			}
		}
	}
	for _, w := range []string{"", "s", "ue", "les"} { // short words stay
		if Stem(w) != w {
			t.Errorf("%q: %q", w, Stem(w))
		}
	}
}

func TestSearch(t *testing.T) {
	alike := [][]string{{"démission", "abandon", "décrochage"}, {"étudiant", "inscrit"}}
	for _, c := range []struct {
		search, text string
		found, of    int
	}{
		{"", "x", 0, 0}, {"ABANDONS", "Que faire d’une démission ?", 1, 1}, {"Comment saisir les césures ?", "Saisie de la césure", 1, 2}, {"césure", "Les CESURES", 1, 1},
		{"qui est", "Qui est-ce ?", 2, 2}, {"etudiants inscrits", "une inscrite", 2, 2}, {"inscri", "inscriptions", 1, 1}, {"ue", "rue", 0, 1}, {"l'étape", "Étapes", 1, 1}, {"x\x00y", "z", 0, 1},
	} {
		s := NewSearch(c.search, alike)
		if got := s.Found(c.text); got != c.found || s.Words() != c.of {
			t.Errorf("%q in %q: %d of %d, want %d of %d", c.search, c.text, got, s.Words(), c.found, c.of)
		}
	}
}
