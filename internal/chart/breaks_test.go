package chart

import (
	"bytes"
	"strings"
	"testing"

	"belvedere"
)

// TestBreaks: a change of definition is a dashed line with its label in a chart with an axis, and words
// under each chart, whatever its text holds.
func TestBreaks(t *testing.T) {
	r := sampleYears()
	r.Breaks = []belvedere.Break{{Indicator: "eleves", Label: "<b>Élèves</b>", Version: 2, From: belvedere.Date(2023, 9, 1), Line: "2023"}}
	for kind, lines := range map[string]int{KindLines: 1, KindStacked: 0} {
		var out bytes.Buffer
		if err := Draw(&out, kind, r, Options{Title: "Élèves"}); err != nil {
			t.Fatal(err)
		}
		got := out.String()
		if n := strings.Count(got, `<line class="mark-line break"`); n != lines {
			t.Errorf("%s: %d lines, want %d", kind, n, lines)
		}
		if !strings.Contains(got, "Rupture de série") || !strings.Contains(got, "&lt;b&gt;Élèves&lt;/b&gt;") || strings.Contains(got, "<b>") {
			t.Errorf("%s: %s", kind, got)
		}
		if lines > 0 && !strings.Contains(got, ">rupture de série</text>") {
			t.Errorf("%s: the line has no label", kind)
		}
	}
	r.Breaks = nil
	var out bytes.Buffer
	if err := Draw(&out, KindLines, r, Options{}); err != nil || strings.Contains(out.String(), "upture") {
		t.Errorf("a break without change: %v", err)
	}
}
