package belvedere_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"belvedere"
)

// TestOtherPeriod checks on random periods what a comparison promises: the other period ends
// before this one starts, whole months stay whole months, and weeks keep their days.
func TestOtherPeriod(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		from := belvedere.Date(2020, 1, 1).AddDate(0, 0, random.IntN(2200))
		p := belvedere.Period{From: from, To: from.AddDate(0, 0, 1+random.IntN(360))}
		switch random.IntN(3) {
		case 0:
			p.From = belvedere.Date(from.Year(), from.Month(), 1)
			p.To = p.From.AddDate(0, 1+random.IntN(11), 0)
		case 1:
			p.To = p.From.AddDate(0, 0, 7*(1+random.IntN(3)))
		}
		for _, c := range []belvedere.Compare{belvedere.Previous, belvedere.YearBefore} {
			other := c.Other(p)
			if other.To.After(p.From) || !other.From.Before(other.To) {
				t.Fatalf("%s of %v: %v", c, p, other)
			}
			if p.WholeMonths() && !other.WholeMonths() {
				t.Fatalf("%s of whole months %v: %v", c, p, other)
			}
			if _, days := c.Back(p); days%7 != 0 || days > 0 && other.From.Weekday() != p.From.Weekday() {
				t.Fatalf("%s of %v moves days of the week: %v", c, p, other)
			}
			until := p.From.AddDate(0, 0, 1+random.IntN(30))
			if cut := c.Running(p, until); cut.To.After(other.To) || !cut.From.Equal(other.From) {
				t.Fatalf("%s of %v until %v: %v", c, p, until, cut)
			}
		}
	}
}

func TestOtherPeriodByHand(t *testing.T) {
	day := belvedere.Date
	for _, test := range []struct {
		with           belvedere.Compare
		from, to       time.Time
		wantFrom, want time.Time
	}{
		{belvedere.YearBefore, day(2025, 9, 1), day(2026, 9, 1), day(2024, 9, 1), day(2025, 9, 1)},
		{belvedere.Previous, day(2025, 9, 1), day(2026, 9, 1), day(2024, 9, 1), day(2025, 9, 1)},
		{belvedere.Previous, day(2025, 3, 1), day(2025, 4, 1), day(2025, 2, 1), day(2025, 3, 1)},
		{belvedere.YearBefore, day(2025, 2, 1), day(2025, 3, 1), day(2024, 2, 1), day(2024, 3, 1)},
		{belvedere.Previous, day(2025, 11, 14), day(2025, 11, 15), day(2025, 11, 7), day(2025, 11, 8)},     // a Friday and the one before
		{belvedere.YearBefore, day(2025, 11, 14), day(2025, 11, 15), day(2024, 11, 15), day(2024, 11, 16)}, // a Friday too
		{belvedere.Previous, day(2025, 11, 3), day(2025, 12, 1), day(2025, 10, 6), day(2025, 11, 3)},       // four weeks
		{belvedere.YearBefore, day(2025, 9, 1), day(2025, 11, 15), day(2024, 9, 1), day(2024, 11, 15)},     // since the start of the year
		{belvedere.Previous, day(2025, 11, 10), day(2025, 11, 20), day(2025, 10, 27), day(2025, 11, 6)},    // ten days, from a Monday
		{belvedere.YearBefore, day(2024, 2, 29), day(2024, 3, 1), day(2023, 3, 2), day(2023, 3, 3)},        // a Thursday
	} {
		got := test.with.Other(belvedere.Period{From: test.from, To: test.to})
		if !got.From.Equal(test.wantFrom) || !got.To.Equal(test.want) {
			t.Errorf("%s of %v to %v: %v to %v", test.with, test.from, test.to, got.From, got.To)
		}
	}
}

// TestSpread lays out cells of every state: a difference stands only where both figures are
// shown, and a withheld figure is in no column of the file.
func TestSpread(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	const hidden = 123456789
	for range 500 {
		r := &belvedere.Result{Compared: &belvedere.Comparison{With: belvedere.YearBefore}}
		r.Columns = []belvedere.ResultColumn{{QueryColumn: belvedere.QueryColumn{Key: "n"}}, {QueryColumn: belvedere.QueryColumn{Key: "t"}, Percent: true}}
		var row belvedere.ResultRow
		var gaps []belvedere.Gap
		for range r.Columns {
			now, other := cell(random, hidden), cell(random, hidden)
			g := belvedere.Gap{Other: other, State: belvedere.NotApplicable}
			if now.State.Shown() && other.State.Shown() {
				g = belvedere.Gap{Other: other, Fair: true, Change: now.Value - other.Value}
			}
			row.Cells, gaps = append(row.Cells, now), append(gaps, g)
		}
		r.Rows, r.Compared.Rows = []belvedere.ResultRow{row}, [][]belvedere.Gap{gaps}
		out := r.Spread()
		if len(out.Columns) != 7 || len(out.Rows[0].Cells) != 7 || out.Compared != nil {
			t.Fatalf("%d columns, %d cells", len(out.Columns), len(out.Rows[0].Cells))
		}
		for i, c := range out.Rows[0].Cells {
			if c.State.Shown() && math.Abs(c.Value) >= hidden/2 {
				t.Fatalf("cell %d shows what is withheld: %+v of %+v and %+v", i, c, row.Cells, gaps)
			}
		}
		now, other, change := out.Rows[0].Cells[0], out.Rows[0].Cells[1], out.Rows[0].Cells[2]
		if both := now.State.Shown() && other.State.Shown(); both != change.State.Shown() {
			t.Fatalf("difference %+v of %+v and %+v", change, now, other)
		}
		if len(r.Rows[0].Cells) != 2 {
			t.Fatal("the result itself was changed")
		}
	}
}

func cell(random *rand.Rand, hidden float64) belvedere.Cell {
	state := belvedere.State(random.IntN(int(belvedere.NotApplicable) + 1))
	if !state.Shown() {
		return belvedere.Cell{State: state, Value: hidden}
	}
	return belvedere.Cell{State: state, Value: float64(random.IntN(1000))}
}

func TestChangeText(t *testing.T) {
	count := &belvedere.ResultColumn{}
	share := &belvedere.ResultColumn{Percent: true, Decimals: 1}
	for _, test := range []struct {
		col         *belvedere.ResultColumn
		now, other  float64
		text, ratio string
	}{
		{count, 1234, 1204, "+30", "+2,5\u202f%"},
		{count, 1204, 1234, "−30", "−2,4\u202f%"},
		{count, 5, 5, "0", "0,0\u202f%"},
		{count, 5, 0, "+5", ""},
		{share, .464, .452, "+1,2\u00a0point", ""},
		{share, .40, .452, "−5,2\u00a0points", ""},
	} {
		g := belvedere.Gap{Other: belvedere.Cell{Value: test.other}, Fair: true, Change: test.now - test.other}
		if text, ratio := g.ChangeText(test.col), g.RatioText(test.col); text != test.text || ratio != test.ratio {
			t.Errorf("from %v to %v: %q, %q", test.other, test.now, text, ratio)
		}
	}
}
