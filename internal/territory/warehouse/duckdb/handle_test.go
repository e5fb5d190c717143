package duckdb

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
)

func opened(t *testing.T, o Options) *engine {
	t.Helper()
	o.Threads = 2
	e, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e.(*engine)
}

// breakIt makes the engine believe that DuckDB gave up, as the end of a failed call would.
func breakIt(e *engine) {
	e.mu.Lock()
	e.broken = true
	e.mu.Unlock()
}

// TestReopen breaks the handle under a query in progress and an open stage.
func TestReopen(t *testing.T) {
	e := opened(t, Options{Path: filepath.Join(t.TempDir(), "entrepot.duckdb")})
	if err := do(e, "CREATE TABLE t AS SELECT 1 AS x"); err != nil {
		t.Fatal(err)
	}
	s, err := e.Stage(context.Background(), "s", []belvedere.TableColumn{{Name: "x", Type: belvedere.Int64}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Append([]any{int64(1)}); err != nil {
		t.Fatal(err)
	}
	before := e.h
	err = e.Query(context.Background(), belvedere.Statement{SQL: "SELECT x FROM t"}, func([]any) error {
		breakIt(e)
		if err := do(e, "DELETE FROM t"); belvedere.KindOf(err) != belvedere.Unavailable {
			t.Errorf("a call beside one on the broken handle: %v, want Unavailable", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows := rowsOf(t, e, "SELECT x FROM t"); len(rows) != 1 || e.h == before {
		t.Fatalf("not opened again: %v", rows)
	}
	for i := range int64(5000) { // into the memory of a stage that was let go
		if err = s.Append([]any{i}); err != nil {
			break
		}
	}
	if belvedere.KindOf(err) != belvedere.Unavailable || belvedere.KindOf(s.Close()) != belvedere.Unavailable {
		t.Errorf("a stage of the broken handle: %v, want Unavailable", err)
	}
}

func TestMemoryCannotReopen(t *testing.T) {
	e := opened(t, Options{})
	breakIt(e)
	if err := do(e, "CREATE TABLE t (x INTEGER)"); belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("%v, want Unavailable", err)
	}
}

// TestCloseWaits closes while queries and a stage run; nothing may be used after it is freed.
func TestCloseWaits(t *testing.T) {
	e := opened(t, Options{Path: filepath.Join(t.TempDir(), "entrepot.duckdb")})
	if err := do(e, "CREATE TABLE t AS SELECT i FROM range(10000) r(i)"); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	ready := make(chan struct{}, 8)
	for i := range 4 {
		running.Go(func() {
			for n := 0; ; n++ {
				err := e.Query(context.Background(), belvedere.Statement{SQL: "SELECT i FROM t"}, func([]any) error { return nil })
				if n == 0 {
					ready <- struct{}{}
				}
				if err != nil {
					return
				}
			}
		})
		running.Go(func() {
			s, err := e.Stage(context.Background(), fmt.Sprint("s", i), []belvedere.TableColumn{{Name: "x", Type: belvedere.Text}})
			ready <- struct{}{}
			for err == nil {
				err = s.Append([]any{"un texte de plus de douze octets"})
			}
		})
	}
	for range cap(ready) {
		<-ready
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	running.Wait()
}

// TestCacheForgets prepares more statements than are kept.
func TestCacheForgets(t *testing.T) {
	e := opened(t, Options{})
	for round := range 2 {
		for i := range maxCached + 50 {
			if rows := rowsOf(t, e, fmt.Sprintf("SELECT %d + ?::BIGINT", i), round); rows[0][0] != int64(i+round) {
				t.Fatalf("%d: %v", i, rows)
			}
		}
	}
	for _, c := range e.h.readers.free {
		if n := c.cache.order.Len(); n != len(c.cache.byText) || n > maxCached {
			t.Errorf("%d statements kept, %d by text", n, len(c.cache.byText))
		}
	}
}

// TestCacheForgetsLongTexts prepares few statements of long texts, as many values in filters make.
func TestCacheForgetsLongTexts(t *testing.T) {
	e := opened(t, Options{})
	for i := range 30 {
		if rows := rowsOf(t, e, fmt.Sprintf("SELECT %d + length('%s')", i, strings.Repeat("x", 200_000))); rows[0][0] != int64(i+200_000) {
			t.Fatalf("%d: %v", i, rows)
		}
	}
	for _, c := range e.h.readers.free {
		held := 0
		for sql := range c.cache.byText {
			held += len(sql)
		}
		if held != c.cache.text || held > maxCachedText || c.cache.order.Len() != len(c.cache.byText) {
			t.Errorf("%d bytes of text are kept in %d statements, %d counted", held, c.cache.order.Len(), c.cache.text)
		}
	}
}

func TestDrain(t *testing.T) {
	e := opened(t, Options{})
	p := e.h.readers
	c, err := p.get(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if p.drain(time.Millisecond) != nil {
		t.Fatal("drained with a connection lent")
	}
	p.put(c)
	resume := p.drain(time.Hour)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.get(ctx); err == nil {
		t.Error("a connection was lent while drained")
	}
	resume()
	if rows := rowsOf(t, e, "SELECT 1"); len(rows) != 1 {
		t.Error(rows)
	}
}

// TestPlanRace commits while readers run cached plans: no result may come from a plan older than
// the data it read.
func TestPlanRace(t *testing.T) {
	e := opened(t, Options{Path: filepath.Join(t.TempDir(), "entrepot.duckdb")})
	if err := do(e, "CREATE TABLE f (k INTEGER, entree INTEGER)"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				n := int64(0)
				err := e.Query(context.Background(), belvedere.Statement{SQL: "SELECT entree, count(*) FROM f GROUP BY 1 ORDER BY 1"}, func(row []any) error {
					if n++; row[0] != n || row[1] != int64(100) {
						t.Errorf("edition %d reads %v", n, row)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := 1; i <= 25; i++ {
		if err := do(e, fmt.Sprintf("INSERT INTO f SELECT i + 1000 * %d, %d FROM range(100) r(i)", i, i)); err != nil {
			t.Error(err)
		}
	}
	cancel()
	readers.Wait()
}

// hooked runs a function once, when the engine asks whether the context ended: between the choice
// of the plan and its execution.
type hooked struct {
	context.Context
	hook func()
}

func (h *hooked) Err() error {
	if f := h.hook; f != nil {
		h.hook = nil
		f()
	}
	return h.Context.Err()
}

// TestPlanOvertaken commits at the one moment when a cached plan could meet newer data.
func TestPlanOvertaken(t *testing.T) {
	e := opened(t, Options{})
	edition := func(n int) {
		err := e.Exec(context.Background(),
			belvedere.Statement{SQL: "UPDATE f SET sortie = ?::INTEGER WHERE sortie = 99", Args: []any{n}},
			belvedere.Statement{SQL: "INSERT INTO f SELECT ?::INTEGER, 99 FROM range(3000)", Args: []any{n}})
		if err != nil {
			t.Error(err)
		}
	}
	if err := do(e, "CREATE TABLE f (entree INTEGER, sortie INTEGER)"); err != nil {
		t.Fatal(err)
	}
	edition(1)
	const text = "SELECT entree, sortie, count(*) FROM f GROUP BY 1, 2 ORDER BY 1, 2"
	rowsOf(t, e, text) // keeps the plan
	for last := 2; last < 5; last++ {
		var got [][]any
		ctx := &hooked{context.Background(), func() { edition(last) }}
		err := e.Query(ctx, belvedere.Statement{SQL: text}, func(row []any) error {
			got = append(got, append([]any(nil), row...))
			return nil
		})
		if err != nil || len(got) != last {
			t.Fatalf("edition %d: %v, %v", last, got, err)
		}
		for i, row := range got[:last-1] {
			if row[0] != int64(i+1) || row[1] != int64(i+2) || row[2] != int64(3000) {
				t.Errorf("edition %d: %v", last, row)
			}
		}
	}
}
