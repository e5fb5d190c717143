package duckdb

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
)

func TestInline(t *testing.T) {
	for _, c := range []struct {
		name, sql string
		args      []any
		want      string
		left      int
	}{
		{"codes and numbers", "SELECT a FROM t WHERE b IN (?::VARCHAR, ?::VARCHAR) AND n = ?::INTEGER", []any{"6eme", "", int64(-3)}, "SELECT a FROM t WHERE b IN ('6eme'::VARCHAR, ''::VARCHAR) AND n = (-3)::INTEGER", 0},
		{"other texts stay", "SELECT ?::VARCHAR, ?::VARCHAR, ?::INTEGER", []any{"L’Haÿ", "a", 1}, "SELECT ?::VARCHAR, 'a'::VARCHAR, (1)::INTEGER", 1},
		{"a quote stays", "SELECT ?::VARCHAR", []any{"x' OR '1'='1"}, "SELECT ?::VARCHAR", 1},
		{"a backslash, a NUL and a mark stay", "SELECT ?::VARCHAR, ?::VARCHAR, ?::VARCHAR", []any{`\`, "a\x00", "?"}, "SELECT ?::VARCHAR, ?::VARCHAR, ?::VARCHAR", 3},
		{"a long text stays", "SELECT ?::VARCHAR", []any{strings.Repeat("a", 101)}, "SELECT ?::VARCHAR", 1},
		{"marks in comments are passed", "-- why?\nSELECT ?::INTEGER -- ?", []any{int64(1)}, "-- why?\nSELECT (1)::INTEGER -- ?", 0},
		{"an empty literal is known", "SELECT '' <> ?::VARCHAR", []any{"a"}, "SELECT '' <> 'a'::VARCHAR", 0},
		{"another literal is not", "SELECT '?::VARCHAR' <> ?::VARCHAR", []any{"a"}, "SELECT '?::VARCHAR' <> ?::VARCHAR", 1},
		{"nor a quote within one", "SELECT '''?::VARCHAR' <> ?::VARCHAR", []any{"a"}, "SELECT '''?::VARCHAR' <> ?::VARCHAR", 1},
		{"nor a quoted name", `SELECT "?::VARCHAR", ?::VARCHAR`, []any{"a"}, `SELECT "?::VARCHAR", ?::VARCHAR`, 1},
		{"nor a comment of lines", "SELECT /* ?::INTEGER */ ?::INTEGER", []any{int64(1)}, "SELECT /* ?::INTEGER */ ?::INTEGER", 1},
		{"nor a mark without type", "SELECT ?", []any{int64(1)}, "SELECT ?", 1},
		{"nor a number too few", "SELECT ?::INTEGER, ?::INTEGER", []any{int64(1)}, "SELECT ?::INTEGER, ?::INTEGER", 1},
	} {
		got := inline(belvedere.Statement{SQL: c.sql, Args: c.args})
		if got.SQL != c.want || len(got.Args) != c.left {
			t.Errorf("%s: got %q with %d values, want %q with %d", c.name, got.SQL, len(got.Args), c.want, c.left)
		}
	}
}

// FuzzInline asks the engine for a text and a number: whatever they are, they come back as they went.
func FuzzInline(f *testing.F) {
	e, err := Open(context.Background(), Options{Path: filepath.Join(f.TempDir(), "e.duckdb"), Threads: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { e.Close() })
	f.Add("6eme", int64(2025))
	f.Add("'; DROP TABLE t; --", int64(-1))
	f.Add("2025-09-01", int64(-1<<63))
	f.Fuzz(func(t *testing.T, text string, n int64) {
		var got string
		s := belvedere.Statement{SQL: "SELECT ?::VARCHAR, ?::BIGINT", Args: []any{text, n}}
		err := e.Query(context.Background(), s, func(row []any) error {
			got = fmt.Sprint(row...)
			return nil
		})
		if want := fmt.Sprint(text, n); err == nil && got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
