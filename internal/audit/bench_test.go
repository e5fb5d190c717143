package audit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere/internal/registry"
)

// BenchmarkRecord says what an entry costs beside the least that can be done: to append its
// bytes to a file and sync it.
func BenchmarkRecord(b *testing.B) {
	e := registry.Entry{Account: 1, Login: "Claire@MORVAN", Door: Page, Action: Read, Result: Done,
		Object: "/social/par-etablissement?annee=2025", From: "192.0.2.7", Perimeter: AllSchools}
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			h := newHouse(b)
			b.SetParallelism(writers)
			if writers == 1 {
				for b.Loop() {
					if err := h.Record(context.Background(), e); err != nil {
						b.Fatal(err)
					}
				}
				return
			}
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if err := h.Record(context.Background(), e); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
	b.Run("registry alone", func(b *testing.B) {
		h := newHouse(b)
		for b.Loop() {
			if err := h.store.AppendJournal(context.Background(), []registry.Entry{e}, func(string, *registry.Entry) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("write and sync", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "x"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		line := []byte(strings.Repeat("x", 300))
		for b.Loop() {
			if _, err := f.Write(line); err != nil {
				b.Fatal(err)
			}
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkVerify says what an entry costs to check.
func BenchmarkVerify(b *testing.B) {
	h := newHouse(b)
	const entries = 20_000
	list := make([]registry.Entry, entries)
	for i := range list {
		list[i] = tidy(registry.Entry{At: h.at, Door: Page, Action: Read, Result: Done, Object: fmt.Sprint("/page/", i), Perimeter: AllSchools})
	}
	if err := h.append(b.Context(), list); err != nil {
		b.Fatal(err)
	}
	h.drop(end{link: h.last})
	for b.Loop() {
		if r := h.verify(); !r.OK() {
			b.Fatal(r.Fault)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/entries, "ns/entry")
}
