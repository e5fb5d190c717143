package web_test

import (
	"testing"

	"belvedere/internal/web"
)

// BenchmarkPage answers the page of 500 schools and 20 columns whole: routing, layout, frame,
// table and compression, without the query.
func BenchmarkPage(b *testing.B) {
	c := newConsole(b, func(_ *web.Config, c *console) { c.reports.SchoolsN = 500 })
	b.ReportAllocs()
	for b.Loop() {
		if w := c.get("/moyens/par-etablissement", header("Accept-Encoding", "gzip")); w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
