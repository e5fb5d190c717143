package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
)

// parquetFile has DuckDB write a file of any types, as a vendor's program would.
func parquetFile(t *testing.T, e *engine, name, query string) {
	t.Helper()
	to := filepath.Join(e.opts.LandingDir, name)
	if err := e.h.writer.exec(context.Background(), "COPY ("+query+") TO "+quoteText(to)+" (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
}

func landing(t *testing.T) *engine {
	t.Helper()
	e, err := Open(context.Background(), Options{LandingDir: t.TempDir(), Threads: 2, MemoryLimit: "500MB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e.(*engine)
}

// TestParquetTypes reads the types that other programs write.
func TestParquetTypes(t *testing.T) {
	e := landing(t)
	cases := []struct{ expr, want string }{
		{"TRUE", "true"},
		{"(-128)::TINYINT", "-128"},
		{"65535::USMALLINT", "65535"},
		{"4294967295::UINTEGER", "4294967295"},
		{"18446744073709551615::UBIGINT", "18446744073709551615"},
		{"(-9223372036854775808)::BIGINT", "-9223372036854775808"},
		{"0.1::FLOAT", "0.1"},
		{"1e300::DOUBLE", "1e+300"},
		{"(-1234567.5)::DOUBLE", "-1234567.5"},
		{"123456789012345::DOUBLE", "123456789012345"},
		{"0::DOUBLE", "0"},
		{"12.30::DECIMAL(4,2)", "12.30"},
		{"(-0.05)::DECIMAL(4,2)", "-0.05"},
		{"7::DECIMAL(9,0)", "7"},
		{"12345678901234567890.123::DECIMAL(30,3)", "12345678901234567890.123"},
		{"(-12345678901234567890.123)::DECIMAL(30,3)", "-12345678901234567890.123"},
		{"DATE '1899-12-31'", "1899-12-31"},
		{"TIMESTAMP '2025-10-26 01:30:00'", "2025-10-26T01:30:00Z"},
		{"TIMESTAMP_MS '2025-10-26 01:30:00.125'", "2025-10-26T01:30:00.125Z"},
		{"TIMESTAMP_NS '2025-10-26 01:30:00.123456789'", "2025-10-26T01:30:00.123456789Z"},
		{"TIMESTAMPTZ '2025-10-26 02:30:00+01'", "2025-10-26T01:30:00Z"},
		{"TIME '08:05:00'", "08:05:00"},
		{"'l’été'", "l’été"},
		{"''", ""},
		{"repeat('é', 5000)", strings.Repeat("é", 5000)},
		{"'0350017D'::BLOB", "0350017D"},
		{"'3f1c2a34-0000-4000-8000-00000000beef'::UUID", "3f1c2a34-0000-4000-8000-00000000beef"},
		{"'6eme'::ENUM ('6eme', '5eme')", "6eme"},
	}
	var columns []string
	for i, c := range cases {
		columns = append(columns, fmt.Sprintf("%s AS \"c%d ; 'é'\"", c.expr, i))
	}
	parquetFile(t, e, "types.parquet", "SELECT "+strings.Join(columns, ", "))
	rows := 0
	err := e.ReadParquet(context.Background(), "types.parquet", func(names []string) error {
		if len(names) != len(cases) || names[1] != "c1 ; 'é'" {
			t.Errorf("names %q", names)
		}
		return nil
	}, func(_ int64, fields [][]byte) error {
		rows++
		for i, c := range cases {
			if fields[i] == nil || string(fields[i]) != c.want {
				t.Errorf("%s: %q, want %q", c.expr, fields[i], c.want)
			}
		}
		return nil
	})
	if err != nil || rows != 1 {
		t.Fatalf("%d rows, %v", rows, err)
	}
}

func TestParquetNested(t *testing.T) {
	e := landing(t)
	for name, expr := range map[string]string{"list": "[1, 2]", "structure": "{'a': 1}", "map": "MAP {'a': 1}"} {
		parquetFile(t, e, name+".parquet", "SELECT 1 AS n, "+expr+" AS notes")
		err := e.ReadParquet(context.Background(), name+".parquet", func([]string) error { t.Error("head was called"); return nil }, nil)
		if belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(belvedere.Message(err), "notes") {
			t.Errorf("%s: %v, want Invalid with the name of the column", name, err)
		}
	}
}

// TestParquetStream reads a file of many row groups and stops half-way, then by its context.
func TestParquetStream(t *testing.T) {
	e := landing(t)
	parquetFile(t, e, "grand.parquet", "SELECT i, 'code ' || i AS code FROM range(600000) r(i)")
	count, head := int64(0), func([]string) error { return nil }
	err := e.ReadParquet(context.Background(), "grand.parquet", head, func(line int64, fields [][]byte) error {
		if count++; line != count || string(fields[0]) != fmt.Sprint(line-1) {
			return fmt.Errorf("line %d: %q", line, fields)
		}
		return nil
	})
	if err != nil || count != 600000 {
		t.Fatalf("%d rows, %v", count, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err = e.ReadParquet(ctx, "grand.parquet", head, func(line int64, _ [][]byte) error {
		if line == 5000 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

// TestParquetDamaged flips bytes all over a file: it is read or refused, and the engine lives on.
func TestParquetDamaged(t *testing.T) {
	e := landing(t)
	parquetFile(t, e, "bon.parquet", "SELECT i, 'code ' || (i % 50) AS code, DATE '2025-09-01' + (i % 300)::INTEGER AS jour FROM range(3000) r(i)")
	good, err := os.ReadFile(filepath.Join(e.opts.LandingDir, "bon.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for at := 0; at < len(good); at += 1 + len(good)/300 {
		bad := append([]byte(nil), good...)
		bad[at] ^= 0x5a
		name := fmt.Sprintf("abime-%d.parquet", at)
		if err := os.WriteFile(filepath.Join(e.opts.LandingDir, name), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		err := e.ReadParquet(context.Background(), name, func([]string) error { return nil }, func(int64, [][]byte) error { return nil })
		if err != nil {
			refused++
			if k := belvedere.KindOf(err); k != belvedere.Invalid && k != belvedere.Unavailable {
				t.Errorf("byte %d: %v, want Invalid", at, err)
			}
		}
		if e.broken {
			t.Fatalf("byte %d broke the engine: %v", at, err)
		}
	}
	if refused == 0 {
		t.Error("no damage was noticed")
	}
}
