package chart

import (
	"regexp"
	"strings"
	"testing"

	"belvedere"
)

// A map of rates tells values by class, since areas would all be of one size: a larger value is
// never paler or smaller, and each class holds about as many schools.
func TestRatesAreClassed(t *testing.T) {
	r := sampleSchools()
	r.Columns[0] = percent("part", "Part du mobile")
	for i := range r.Rows {
		r.Rows[i].Cells[0].Value = .6 + float64(i)/1000
	}
	m := &chartMap{page: newPage("g"), o: Options{}}
	m.read(r)
	m.fit()
	m.sizes()
	if len(m.steps) != len(tones) {
		t.Fatalf("%d classes, want %d", len(m.steps), len(tones))
	}
	count := make([]int, len(m.steps))
	for _, p := range m.places {
		if !p.cell.State.Shown() {
			continue
		}
		count[p.tone]++
		for _, q := range m.places {
			if q.cell.State.Shown() && q.cell.Value > p.cell.Value && (q.tone < p.tone || q.r < p.r) {
				t.Errorf("%s has more than %s and looks less", q.name, p.name)
			}
		}
	}
	for k, n := range count {
		if n < 6 || n > 10 {
			t.Errorf("class %d holds %d schools of 38", k, n)
		}
	}
	out := plain(render(t, KindMap, r, Options{}))
	for _, want := range []string{"moins de 60,", " et plus", "teinte et taille du cercle : part du mobile"} {
		if !strings.Contains(out, want) {
			t.Errorf("the legend does not say %q", want)
		}
	}
}

// Values that are all the same make one class, and a legend that says so.
func TestOneClass(t *testing.T) {
	r := sampleSchools()
	r.Columns[0].Decimals = 1
	for i := range r.Rows {
		r.Rows[i].Cells[0].Value = 100
	}
	if out := render(t, KindMap, r, Options{}); !strings.Contains(out, ">tous</li>") {
		t.Error("one class is not said")
	}
}

// The ends beside a map are whole values, the largest first and the smallest first.
func TestEndsOfMap(t *testing.T) {
	out := plain(render(t, KindMap, sampleSchools(), Options{}))
	var got []string
	for _, m := range regexp.MustCompile(`<b>([^<]*)</b>`).FindAllStringSubmatch(out, -1) {
		got = append(got, m[1])
	}
	if len(got) != 2*mostEnds || got[0] != "859" || got[mostEnds] != "0" {
		t.Errorf("ends are %q", got)
	}
	if strings.Contains(strings.Join(got, " "), "410") {
		t.Error("a partial value stands at an end")
	}
}

func TestHullHoldsAllSchools(t *testing.T) {
	points := [][2]float64{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {5, 5}, {10, 5}, {2, 9}}
	ring := convex(append([][2]float64(nil), points...))
	if len(ring) != 4 {
		t.Fatalf("the hull of a square has %d corners: %v", len(ring), ring)
	}
	for i := range ring {
		for _, p := range points {
			if turn(ring[i], ring[(i+1)%len(ring)], p) < 0 {
				t.Errorf("%v lies outside", p)
			}
		}
	}
	for _, few := range [][][2]float64{nil, {{1, 1}}, {{1, 1}, {1, 1}}} {
		if got := convex(few); len(got) > 2 {
			t.Errorf("the hull of %v is %v", few, got)
		}
	}
}

// A year that is not over must not look like a fall: its part of the line is apart, and said.
func TestRunningStep(t *testing.T) {
	r := sampleYears()
	out := plain(render(t, KindLines, r, Options{Running: "2025"}))
	if strings.Count(out, "running\" points") != 1 || !strings.Contains(out, "l’année 2025-2026 n’est pas finie") {
		t.Error("the running year is not told")
	}
	for _, o := range []Options{{}, {Running: "2031"}} {
		if out := plain(render(t, KindLines, r, o)); strings.Contains(out, "running") || strings.Contains(out, "pas finie") {
			t.Errorf("%+v: a whole year is said to run", o)
		}
	}
	r.Rows[5].Cells[0] = none(belvedere.Expected)
	if out := plain(render(t, KindLines, r, Options{Running: "2025"})); strings.Contains(out, "pas finie") {
		t.Error("a year without a value is said to grow")
	}
}

func TestLowered(t *testing.T) {
	for in, want := range map[string]string{"Élèves": "élèves", "IPS": "IPS", "Part du .Net": "part du .Net", ".Net": ".Net", "": ""} {
		if got := lowered(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func plain(s string) string {
	return strings.NewReplacer(belvedere.NoBreak, " ", belvedere.NarrowSpace, " ").Replace(s)
}
