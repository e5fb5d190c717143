package rule

import (
	"math"
	"testing"
	"testing/quick"
)

func TestJaroWinkler(t *testing.T) {
	// Values of the literature (Winkler 1990).
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"MARTHA", "MARHTA", 0.9611}, {"DWAYNE", "DUANE", 0.84}, {"DIXON", "DICKSONX", 0.8133},
		{"", "", 1}, {"A", "", 0}, {"ABC", "XYZ", 0}, {"SAME", "SAME", 1},
	} {
		if got := jaroWinkler(c.a, c.b); math.Abs(got-c.want) > 0.0001 {
			t.Errorf("jaroWinkler(%q, %q) = %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

func TestLikenessIsSymmetricAndBounded(t *testing.T) {
	for name, like := range map[string]func(a, b string) float64{
		"jaroWinkler": jaroWinkler, "codes": likeCodes, "labels": likeLabels,
		"persons": func(a, b string) float64 { return likePersons(personName{a, b}, personName{b, a}) },
	} {
		f := func(a, b string) bool {
			x, y := like(a, b), like(b, a)
			return x >= 0 && x <= 1.0000001 && math.Abs(x-y) < 1e-9
		}
		if err := quick.Check(f, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ABC", 3}, {"CLAIRE", "CLAIRE", 0}, {"CLAIRE", "CLARIE", 1}, {"CLAIRE", "CLAIR", 1},
		{"CLAIRE", "CLEIRE", 1}, {"CA", "ABC", 3}, {"NICOLAS", "MICHEL", 5},
	} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := edits(c.b, c.a); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestLikeCodes(t *testing.T) {
	for _, c := range []struct {
		a, b     string
		from, to float64
	}{
		{"6 B", "6B", 1, 1}, {"6/b", "6-B", 1, 1},
		{"6EME A", "6A", leastLike, 0.99}, {"601", "6EME 1", leastLike, 0.99}, {"TERM S1", "TS1", leastLike, 0.99},
		{"6A", "6B", 0, leastLike - 0.01}, {"6A1", "6A2", 0, 0}, {"3EMEA", "3EMEB", 0, leastLike - 0.01},
		{"", "6A", 0, 0}, {"5A", "6A", 0, 0}, {"6A", "A6", 0, leastLike - 0.01},
	} {
		if got := likeCodes(c.a, c.b); got < c.from || got > c.to {
			t.Errorf("likeCodes(%q, %q) = %.3f, want %.3f to %.3f", c.a, c.b, got, c.from, c.to)
		}
	}
}

func TestLikePersons(t *testing.T) {
	for _, c := range []struct {
		a, b     personName
		from, to float64
	}{
		{personName{"LE GOFF", "Hélène"}, personName{"Le Goff", "Helene"}, 1, 1},
		{personName{"LE GOFF", "Hélène"}, personName{"LEGOFF", "Helene"}, 1, 1},
		{personName{"LE GOFF", "H."}, personName{"LE GOFF", "Hélène"}, leastLikePerson, 0.99},
		{personName{"LE GOFF", ""}, personName{"LE GOFF", "Hélène"}, leastLikePerson, 0.99},
		{personName{"Hélène", "LE GOFF"}, personName{"LE GOFF", "Hélène"}, leastLikePerson, 0.99},
		{personName{"DUPRE", "Elise"}, personName{"DUPREY", "Élise"}, leastLikePerson, 0.999},
		{personName{"MARTIN", "Paul"}, personName{"MARTIN", "Julie"}, 0, leastLikePerson - 0.01},
		{personName{"MARTIN", "P."}, personName{"MARTIN", "Julie"}, 0, leastLikePerson - 0.01},
		{personName{"BENALI", "Karim"}, personName{"CHAOUI", "Karim"}, 0, leastLikePerson - 0.01},
		{personName{"", ""}, personName{"MARTIN", "Julie"}, 0, 0},
	} {
		if got := likePersons(c.a, c.b); got < c.from || got > c.to {
			t.Errorf("likePersons(%v, %v) = %.3f, want %.3f to %.3f", c.a, c.b, got, c.from, c.to)
		}
	}
}

func TestLikeLabels(t *testing.T) {
	for _, c := range []struct {
		a, b     string
		from, to float64
	}{
		{"Français", "FRANCAIS", 1, 1}, {"ANGL LV1", "ANGLAIS LV1", leastLike, 0.99}, {"ANGLAIS LV1", "ANGLAIS LV2", 0, 0},
		{"MATHS", "MATHEMATIQUES", leastLike, 0.99}, {"LCA LATIN", "LATIN", leastLike, 0.99}, {"MUSIQUE", "FRANCAIS", 0, leastLike - 0.01},
	} {
		if got := likeLabels(c.a, c.b); got < c.from || got > c.to {
			t.Errorf("likeLabels(%q, %q) = %.3f, want %.3f to %.3f", c.a, c.b, got, c.from, c.to)
		}
	}
}
