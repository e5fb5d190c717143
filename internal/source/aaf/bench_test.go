package aaf_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/aaf"
	"belvedere/internal/source/record"
	"belvedere/internal/source/record/recordtest"
)

// nobody takes records and keeps none.
type nobody struct{ n int }

func (*nobody) Head(record.Head) error       { return nil }
func (c *nobody) Record(record.Record) error { c.n++; return nil }
func (*nobody) Fault(belvedere.Fault) error  { return nil }

// BenchmarkPupils reads the pupils of an academy: the sample, many times over.
func BenchmarkPupils(b *testing.B) {
	sample := recordtest.Sample(b, "aaf/derived_ENT_Complet_20130117_Eleve_0000.xml")
	from, to := bytes.Index(sample, []byte("<addRequest>")), bytes.LastIndex(sample, []byte("</ficAlimMENESR>"))
	const times = 20
	b.SetBytes(int64(times * (to - from)))
	b.ReportAllocs()
	for b.Loop() {
		parts := []io.Reader{strings.NewReader(string(sample[:from]))}
		for range times {
			parts = append(parts, bytes.NewReader(sample[from:to]))
		}
		parts = append(parts, bytes.NewReader(sample[to:]))
		v := &nobody{}
		if err := aaf.Formats()[0].Read(io.MultiReader(parts...), v); err != nil || v.n < times*642 {
			b.Fatalf("%v, %d rows", err, v.n)
		}
	}
}
