package registry

import "testing"

func TestKeys(t *testing.T) {
	for _, same := range [][]string{
		{"Claire@MORVAN", " claire@morvan\u00a0", "CLAIRE@Morvan"},
		{"éric", "E\u0301RIC", "Éric"},
		{"kelvin", "\u212aelvin"},
		{"ﬁle", "FILE"},
		{"ς", "Σ", "σ"},
	} {
		for _, s := range same {
			if key(s) != key(same[0]) || key(key(s)) != key(s) {
				t.Errorf("key of %q is %q, of %q %q", s, key(s), same[0], key(same[0]))
			}
		}
	}
	if key("Eric") == key("Éric") || key("ab") == key("a b") {
		t.Error("accents and spaces within count")
	}
	for given, want := range map[string]string{"Œuvrard": "oeuvrard", "L’Été": "l'ete", " ÀÉÎÕÜÇ ": "aeiouc", "100 %": "100 %"} {
		if got := loose(given); got != want {
			t.Errorf("loose form of %q is %q, want %q", given, got, want)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add("Claire@MORVAN")
	f.Add("E\u0301\u0345ǰß\u1e9eİ")
	f.Fuzz(func(t *testing.T, s string) {
		if k := key(s); key(k) != k {
			t.Errorf("%q has the key %q, which has the key %q", s, k, key(k))
		}
	})
}

func TestRebind(t *testing.T) {
	if got := postgresDialect.rebind("a = ? AND b IN (?, ?)"); got != "a = $1 AND b IN ($2, $3)" {
		t.Error(got)
	}
	if got := sqliteDialect.rebind("a = ?"); got != "a = ?" {
		t.Error(got)
	}
}
