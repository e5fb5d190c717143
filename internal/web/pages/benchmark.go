package pages

import (
	"fmt"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// Benchmark is a school among its like.
type Benchmark struct {
	Frame   parts.Frame
	View    *report.BenchmarkView
	Filters parts.FilterForm
	Files   []parts.Link
}

// quantileText writes a published number in the unit of its column; its word when it is withheld.
func quantileText(row report.BenchmarkRow, q report.Quantile) string {
	if !q.Known {
		return "secret"
	}
	return row.Column.Format(q.Value)
}

// ownText is the figure of the school, or the word in its place.
func ownText(row report.BenchmarkRow) string {
	if row.Own.State.Shown() {
		return row.Column.Format(row.Own.Value)
	}
	return row.Own.State.Word()
}

// unitText is the unit under the name of an indicator.
func unitText(row report.BenchmarkRow) string {
	if row.Column.Percent {
		return "en %"
	}
	return row.Column.Unit
}

// A scale places a figure between the deciles of its group, across in percent.
type scale struct{ low, median, high, own string }

// scaleOf leaves room beyond the deciles on both sides, where figures stop at the edge.
func scaleOf(row report.BenchmarkRow) (scale, bool) {
	s := row.Summary
	width := s.High.Value - s.Low.Value
	if !s.Low.Known || !s.High.Known || !s.Median.Known || width <= 0 || !row.Own.State.Shown() {
		return scale{}, false
	}
	at := func(v float64) string {
		x := 20 + 60*(v-s.Low.Value)/width
		return fmt.Sprintf("%.1f%%", min(98, max(2, x)))
	}
	return scale{at(s.Low.Value), at(s.Median.Value), at(s.High.Value), at(row.Own.Value)}, true
}

// groupNote says what a school is compared with.
func groupNote(row report.BenchmarkRow) string {
	return belvedere.Plural(row.Summary.Schools, "établissement", "établissements") + belvedere.NoBreak + ": " + row.Group
}
