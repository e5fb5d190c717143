package parts

import (
	"strings"

	"belvedere"
	"belvedere/internal/chart"
	"belvedere/internal/territory/report"
)

// stripClass lets few figures stand at their natural width: six columns hold two of them badly.
func stripClass(n int) string {
	switch {
	case n <= 3:
		return "strip of-3"
	case n == 4 || n == 8:
		return "strip of-4"
	case n == 5 || n == 10:
		return "strip of-5"
	}
	return "strip"
}

// figureUnit is the line under a value: its context, or the unit that the label does not say.
func figureUnit(f report.FigureView) string {
	if len(f.Context) > 0 {
		return French(strings.Join(f.Context, ", "))
	}
	if f.Column.Percent || strings.EqualFold(f.Column.Unit, f.Label) {
		return ""
	}
	return f.Column.Unit
}

// partialFigure leaves a partial value without its mark when the coverage beside it says the same.
func partialFigure(f report.FigureView) bool {
	return f.Cell.State == belvedere.Partial && f.Coverage == ""
}

// hasTrend needs two years with a value.
func hasTrend(f report.FigureView) bool {
	n := 0
	for _, p := range f.Trend {
		if p.Cell.State.Shown() {
			n++
		}
	}
	return n > 1
}

// trendPoints is the trend of a figure, fit for drawing.
func trendPoints(f report.FigureView) []chart.Point {
	points := make([]chart.Point, len(f.Trend))
	for i, p := range f.Trend {
		points[i] = chart.Point{Label: p.Label, Cell: p.Cell}
	}
	return points
}
