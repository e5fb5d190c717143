package registry_test

import (
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

func FuzzParseLogin(f *testing.F) {
	for _, s := range []string{"Thomas@DUBOIS", "a b", "", "éèà-_.@", "ﬁn", "а", "\u202eabc", strings.Repeat("x", 101), "a\nb", "\xff\xfe\xfd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		login, err := registry.ParseLogin(typed)
		if err != nil {
			if belvedere.KindOf(err) != belvedere.Invalid {
				t.Errorf("%q: %v", typed, err)
			}
			return
		}
		again, err := registry.ParseLogin(login)
		if err != nil || again != login || strings.ContainsAny(login, " \r\n\t<>\"'&;,/\\") {
			t.Errorf("%q gives %q, then %q %v", typed, login, again, err)
		}
	})
}

func TestProposeLogin(t *testing.T) {
	for _, c := range [][3]string{
		{"Thomas", "Dubois", "Thomas@DUBOIS"}, {"Jean Paul", "De La Tour", "Jean-Paul@DE-LA-TOUR"}, {"Éloïse", "L’Hénaff", "Éloïse@LHÉNAFF"},
		{"", "", "utilisateur"}, {"<b>", "\u202eX", "b@X"}, {"Anne", "", "Anne"}, {"@", "@", "utilisateur"},
	} {
		if got := registry.ProposeLogin(c[0], c[1]); got != c[2] {
			t.Errorf("%q %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
