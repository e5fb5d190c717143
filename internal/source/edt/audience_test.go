package edt

import (
	"strings"
	"testing"
)

func TestParseAudience(t *testing.T) {
	tests := map[string]string{
		"6A":                      "classe:6A",
		"6 B":                     "classe:6 B",
		"[6AGL1]":                 "groupe:6AGL1",
		"6A, 6B":                  "classe:6A classe:6B",
		"6A <LATIN>":              "partie:LATIN/6A",
		"<6A> LATIN":              "partie:LATIN/6A",
		"<6A> <6A GR1>, <6B> GR1": "partie:6A GR1/6A partie:GR1/6B",
		"6A <G1> <G2>":            "partie:G1/6A partie:G2/6A",
		"[3LAT, 3GREC], 3D":       "groupe:3LAT, 3GREC classe:3D",
		"<6A>":                    "classe:6A",
		"":                        "",
		"  , ,":                   "",
		"<":                       "",
		"6A <":                    "classe:6A",
		"[6A":                     "groupe:6A",
		"]6A[":                    "classe:6A",
	}
	for text, want := range tests {
		if got := show(parseAudience(text)); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func show(parts []Part) string {
	var list []string
	for _, p := range parts {
		s := p.Type + ":" + p.Name
		if p.Class != "" {
			s += "/" + p.Class
		}
		list = append(list, s)
	}
	return strings.Join(list, " ")
}

func TestPupilClass(t *testing.T) {
	tests := map[string]string{
		"3D":                         "3D | ",
		"3D <3D> <LATIN>, [3LATGR1]": "3D | partie:LATIN/3D groupe:3LATGR1",
		"<3D> <LATIN>":               "3D | partie:LATIN/3D",
		"[6AGL1], 6A":                "6A | groupe:6AGL1",
		"":                           " | ",
	}
	for text, want := range tests {
		class, parts := pupilClass(text)
		if got := class + " | " + show(parts); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// FuzzAudience: what users type in a name never stops the reading.
func FuzzAudience(f *testing.F) {
	for _, s := range []string{"6A <LATIN>, [x]", "<", "[<]>", "é<>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pupilClass(s)
		for _, p := range parseAudience(s) {
			if p.Name == "" || p.Type == SubClass && p.Class == "" {
				t.Errorf("%q gives %+v", s, p)
			}
		}
	})
}
