package report_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

func pairs(xs, ys []float64) *belvedere.Result {
	r := &belvedere.Result{Columns: []belvedere.ResultColumn{{QueryColumn: belvedere.QueryColumn{Label: "x"}}, {QueryColumn: belvedere.QueryColumn{Label: "y"}}}}
	for i := range xs {
		r.Rows = append(r.Rows, belvedere.ResultRow{Keys: []belvedere.Key{{Label: string(rune('A' + i))}}, Cells: []belvedere.Cell{{Value: xs[i]}, {Value: ys[i]}}})
	}
	return r
}

// TestCorrelation holds the figures of a textbook, the invariances, and what is left out.
func TestCorrelation(t *testing.T) {
	// Anscombe's first set.
	xs := []float64{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5}
	ys := []float64{8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68}
	c := report.Correlate(pairs(xs, ys), 0, 1)
	if !c.Known || c.N != 11 || math.Abs(c.Pearson-0.81642) > 1e-5 || math.Abs(c.Spearman-0.81818) > 1e-5 {
		t.Errorf("%+v", c)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		n := 3 + r.IntN(30)
		xs, ys := make([]float64, n), make([]float64, n)
		for i := range xs {
			xs[i], ys[i] = float64(r.IntN(9)), float64(r.IntN(9))
		}
		one := report.Correlate(pairs(xs, ys), 0, 1)
		for i := range xs {
			xs[i], ys[i] = 3*xs[i]+7, -2*ys[i]
		}
		two := report.Correlate(pairs(xs, ys), 0, 1)
		if one.Known != two.Known || one.Known && (math.Abs(one.Pearson+two.Pearson) > 1e-9 || math.Abs(one.Spearman+two.Spearman) > 1e-9 || math.Abs(one.Pearson) > 1) {
			t.Fatalf("%+v against %+v", one, two)
		}
	}
	hidden := pairs([]float64{1, 2, 3, 4, 1000}, []float64{2, 4, 6, 8, -1000})
	hidden.Rows[4].Cells[1].State = belvedere.Secret
	hidden.Rows = append(hidden.Rows, belvedere.ResultRow{Level: 1, Keys: []belvedere.Key{{}}, Cells: []belvedere.Cell{{Value: 1e9}, {Value: -1e9}}})
	if c := report.Correlate(hidden, 0, 1); c.N != 4 || c.Left != 1 || !c.Secret || math.Abs(c.Pearson-1) > 1e-12 {
		t.Errorf("a hidden point or a subtotal counted: %+v", c)
	} else if text := strings.Join(c.Words(hidden), " "); !strings.Contains(text, "Peu de points") || !strings.Contains(text, "secret") || !strings.Contains(text, "pas une cause") {
		t.Errorf("words: %s", text)
	}
	if c := report.Correlate(pairs([]float64{1, 1, 1, 1}, []float64{1, 2, 3, 4}), 0, 1); c.Known {
		t.Errorf("a figure that does not vary: %+v", c)
	}
	if c := report.Correlate(pairs([]float64{1, 2}, []float64{1, 2}), 0, 1); c.Known || len(c.Words(pairs([]float64{1, 2}, []float64{1, 2}))) == 0 {
		t.Errorf("two points: %+v", c)
	}
}
