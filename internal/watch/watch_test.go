package watch

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"belvedere"
)

func shown(v float64) belvedere.Cell { return belvedere.Cell{Value: v, Covered: 20, Expected: 20} }

func series(values ...float64) []belvedere.Cell {
	var out []belvedere.Cell
	for _, v := range values {
		out = append(out, shown(v))
	}
	return out
}

// TestWithheldIsSilent judges random figures by random rules: as soon as the figure, or the one
// that it is compared with, is not shown, the verdict does not depend on its value.
func TestWithheldIsSilent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		r := Rule{Kind: []Kind{Threshold, Change, Unusual}[random.IntN(3)], Side: []Side{Over, Under, Both}[random.IntN(3)],
			Amount: float64(random.IntN(100)), Percent: random.IntN(2) == 0, Against: belvedere.YearBefore}
		hidden := belvedere.Expected + belvedere.State(random.IntN(5))
		now := shown(float64(random.IntN(1000)))
		m := Measure{Now: now, Gap: &belvedere.Gap{Other: shown(50), Fair: true, Change: now.Value - 50}, History: series(1, 2, 3, 4, 5, 6, 7)}
		m.Now.State = hidden
		if v := r.Judge(m); v != Silent {
			t.Fatalf("%+v says %v of a figure that is %v", r, v, hidden)
		}
		m.Now.State, m.Gap.Other.State = belvedere.Value, hidden
		if v := r.Judge(m); r.Kind == Change && v != Silent {
			t.Fatalf("%+v compares with what is %v", r, hidden)
		}
		for i := range m.History {
			m.History[i].State = hidden
		}
		if v := r.Judge(m); r.Kind == Unusual && v != Silent {
			t.Fatalf("%+v knows a history that is %v", r, hidden)
		}
		m = Measure{Now: now, Gap: &belvedere.Gap{Other: shown(50), Fair: true, Change: now.Value - 50}, History: series(1, 2, 3, 4, 5, 6, 7)}
		if m.Now.Covered = 17; r.Judge(m) != Silent {
			t.Fatalf("%+v judges a figure of 17 schools of 20", r)
		}
	}
}

func TestJudge(t *testing.T) {
	gap := func(now, other float64) Measure {
		return Measure{Now: shown(now), Gap: &belvedere.Gap{Other: shown(other), Fair: true, Change: now - other}}
	}
	share := gap(.46, .40)
	share.Scale = 100
	unusual := func(now float64, past ...float64) Measure { return Measure{Now: shown(now), History: series(past...)} }
	for name, test := range map[string]struct {
		rule Rule
		m    Measure
		want Verdict
	}{
		"over":                  {Rule{Kind: Threshold, Side: Over, Amount: 10}, Measure{Now: shown(11)}, Alarm},
		"at the threshold":      {Rule{Kind: Threshold, Side: Over, Amount: 10}, Measure{Now: shown(10)}, Calm},
		"zero is a value":       {Rule{Kind: Threshold, Side: Under, Amount: 1}, Measure{Now: shown(0)}, Alarm},
		"share over":            {Rule{Kind: Threshold, Side: Over, Amount: 45}, share, Alarm},
		"rise in percent":       {Rule{Kind: Change, Side: Over, Amount: 10, Percent: true}, gap(112, 100), Alarm},
		"exactly ten percent":   {Rule{Kind: Change, Side: Over, Amount: 10, Percent: true}, gap(110, 100), Calm},
		"a fall is no rise":     {Rule{Kind: Change, Side: Over, Amount: 10, Percent: true}, gap(50, 100), Calm},
		"a fall both ways":      {Rule{Kind: Change, Side: Both, Amount: 10, Percent: true}, gap(50, 100), Alarm},
		"from nothing":          {Rule{Kind: Change, Side: Over, Amount: 10, Percent: true}, gap(50, 0), Silent},
		"units":                 {Rule{Kind: Change, Side: Under, Amount: 5}, gap(94, 100), Alarm},
		"points":                {Rule{Kind: Change, Side: Over, Amount: 5}, share, Alarm},
		"unfair":                {Rule{Kind: Change, Side: Over, Amount: 5}, Measure{Now: shown(9), Gap: &belvedere.Gap{Other: shown(1)}}, Silent},
		"usual":                 {Rule{Kind: Unusual, Side: Both}, unusual(104, 100, 98, 103, 99, 101, 102), Calm},
		"unusual":               {Rule{Kind: Unusual, Side: Both}, unusual(160, 100, 98, 103, 99, 101, 102), Alarm},
		"five figures":          {Rule{Kind: Unusual, Side: Both}, unusual(160, 100, 98, 103, 99, 101), Silent},
		"one odd month before":  {Rule{Kind: Unusual, Side: Both}, unusual(160, 100, 98, 103, 99, 900, 102), Alarm},
		"always the same":       {Rule{Kind: Unusual, Side: Both}, unusual(7, 5, 5, 5, 5, 5, 5), Alarm},
		"always the same, same": {Rule{Kind: Unusual, Side: Both}, unusual(5, 5, 5, 5, 5, 5, 5), Calm},
		"partial school":        {Rule{Kind: Threshold, Side: Over, Amount: 1}, Measure{Now: belvedere.Cell{State: belvedere.Partial, Value: 9}, OneSchool: true}, Silent},
	} {
		if got := test.rule.Judge(test.m); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// TestNormalIsRobust moves fewer than half of the past anywhere: the middle stays within the rest.
func TestNormalIsRobust(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		n := LeastHistory + random.IntN(20)
		var past []float64
		for range n {
			past = append(past, 100+random.Float64()*10)
		}
		for i := range random.IntN((n - 1) / 2) {
			past[i] = random.NormFloat64() * 1e6
		}
		normal, ok := Measure{Now: shown(105), History: series(past...)}.Normal()
		if !ok || normal.Middle < 100 || normal.Middle > 110 || normal.Reach < 0 || math.IsNaN(normal.Reach) {
			t.Fatalf("%+v of %v", normal, past)
		}
	}
}

// TestSlots walks through a year minute by quarter: each day, week and month has one slot, never
// before seven o'clock, whatever the clock of the territory does.
func TestSlots(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	since := time.Date(2025, 12, 31, 0, 0, 0, 0, zone)
	first := map[string]time.Time{}
	counts := map[Rhythm]map[string]bool{EachDay: {}, EachMonday: {}, EachMonth: {}}
	for at := time.Date(2026, 1, 1, 0, 0, 0, 0, zone); at.Year() == 2026; at = at.Add(15 * time.Minute) {
		for r, seen := range counts {
			slot := r.Slot(at.UTC(), zone, belvedere.Edition{}, since)
			if slot == "" {
				continue
			}
			if !seen[slot] {
				seen[slot], first[slot] = true, at
			}
		}
	}
	if d, w, m := len(counts[EachDay]), len(counts[EachMonday]), len(counts[EachMonth]); d != 365 || w != 52 || m != 12 {
		t.Errorf("%d days, %d weeks, %d months", d, w, m)
	}
	for slot, at := range first {
		if h, min, _ := at.In(zone).Clock(); (h != Hour || min != 0) && slot != "semaine du 2025-12-29" {
			t.Errorf("%s is first due at %v", slot, at.In(zone))
		}
	}
	e := belvedere.Edition{Number: 3, Published: since.Add(time.Hour)}
	if s := EachPublication.Slot(since.Add(2*time.Hour), zone, e, since); s != "édition 3" {
		t.Errorf("edition: %q", s)
	}
	for name, now := range map[string]time.Time{"set after": e.Published.Add(time.Hour), "long ago": e.Published.Add(8 * 24 * time.Hour)} {
		from := since
		if name == "set after" {
			from = e.Published
		}
		if s := EachPublication.Slot(now, zone, e, from); s != "" {
			t.Errorf("%s: %q", name, s)
		}
	}
	if s := EachMonday.Slot(time.Date(2026, 11, 25, 12, 0, 0, 0, zone), zone, e, time.Date(2026, 11, 24, 12, 0, 0, 0, zone)); s != "" {
		t.Errorf("set on Tuesday, due on Wednesday: %q", s)
	}
}

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]float64{"1 200": 1200, "12,5": 12.5, "−3": -3, "1\u202f200,5": 1200.5, "12.5 %": 12.5} {
		if got, ok := ParseAmount(text); !ok || got != want {
			t.Errorf("%q: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "x", "NaN", "Inf", "1e400", "1e99"} {
		if got, ok := ParseAmount(text); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}
