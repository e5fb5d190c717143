package parts

import (
	"strings"
	"testing"

	"belvedere"
)

func TestFrench(t *testing.T) {
	for in, want := range map[string]string{
		`Qui ? Lui : 5 %`:               `Qui_? Lui~: 5_%`,
		`comptes "Vie scolaire" et "A"`: `comptes «~Vie scolaire~» et «~A~»`,
		`l'intérêt d'Anne`:              `l’intérêt d’Anne`,
		`"F" attendu`:                   `«~F~» attendu`,
		`valeurs : a, b, ….`:            `valeurs~: a, b, …`,
		`un " seul`:                     `un " seul`,
		`5' et 6"`:                      `5' et 6"`,
		`« déjà »`:                      `«~déjà~»`,
	} {
		want = strings.NewReplacer("_", belvedere.NarrowSpace, "~", belvedere.NoBreak).Replace(want)
		if got := French(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestReadable(t *testing.T) {
	for name, want := range map[string]bool{"commune": true, "codes_postaux": true, "type": false, "latitude": false, "longitude": false, "secteur": false} {
		if Readable(belvedere.Attribute{Name: name, Value: "x"}) != want {
			t.Errorf("%s", name)
		}
	}
	if Readable(belvedere.Attribute{Name: "commune"}) {
		t.Error("an empty detail is read")
	}
}
