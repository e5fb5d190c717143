package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/warehouse"
)

func testParquet(t *testing.T, e warehouse.Engine) {
	ctx := context.Background()
	const rows = 10_000
	path, err := e.WriteParquet(ctx, columns, func(yield func([]any) error) error {
		for i := range rows {
			row := []any{int32(i), int16(2025), time.Date(2025, 9, 1, 7, 30, 0, 500_000_000, time.UTC), date(2025, 9, 1), uint8(i % 24), "l’été", int64(-i), 0.25, i%2 == 0}
			if i == 1 {
				row = make([]any, len(columns))
			}
			if err := yield(row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(filepath.Dir(path)) != "sortie" {
		t.Errorf("written to %s, want a folder named sortie", path)
	}
	var names []string
	var lines int64
	err = e.ReadParquet(ctx, path, func(n []string) error { names = n; return nil }, func(line int64, fields [][]byte) error {
		lines++
		if line != lines {
			return fmt.Errorf("line %d after %d", line, lines-1)
		}
		switch line {
		case 1:
			return expect(fields, "0", "2025", "2025-09-01T07:30:00.5Z", "2025-09-01", "0", "l’été", "0", "0.25", "true")
		case 2:
			if i := slices.IndexFunc(fields, func(f []byte) bool { return f != nil }); i >= 0 {
				return fmt.Errorf("field %d of the row of NULL is %q", i, fields[i])
			}
		case rows:
			return expect(fields, "9999", "2025", "2025-09-01T07:30:00.5Z", "2025-09-01", "15", "l’été", "-9999", "0.25", "false")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if lines != rows || len(names) != len(columns) || names[0] != "etablissement" {
		t.Fatalf("%d rows with columns %q", lines, names)
	}
	testParquetStops(t, e, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := e.ReadParquet(ctx, path, noHead, noRow); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a file that is gone: %v, want NotFound", err)
	}
}

// testParquetStops checks that the errors of the caller come back as they are.
func testParquetStops(t *testing.T, e warehouse.Engine, path string) {
	stop := errors.New("assez")
	if err := e.ReadParquet(context.Background(), path, func([]string) error { return stop }, noRow); !errors.Is(err, stop) {
		t.Errorf("error of head: %v", err)
	}
	if err := e.ReadParquet(context.Background(), path, noHead, func(int64, [][]byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error of each: %v", err)
	}
	_, err := e.WriteParquet(context.Background(), columns, func(yield func([]any) error) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("error of rows: %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if len(left) != 1 {
		t.Errorf("files left by a refused writing: %q", left)
	}
}

func expect(fields [][]byte, texts ...string) error {
	for i, w := range texts {
		if string(fields[i]) != w {
			return fmt.Errorf("field %d is %q, want %q", i, fields[i], w)
		}
	}
	return nil
}

func noHead([]string) error          { return nil }
func noRow(int64, [][]byte) error    { return nil }
func noRows(func([]any) error) error { return nil }

func testParquetRefusals(t *testing.T, e warehouse.Engine) {
	ctx := context.Background()
	path, err := e.WriteParquet(ctx, columns, noRows) // an empty file has its columns
	if err != nil {
		t.Fatal(err)
	}
	landing := filepath.Dir(filepath.Dir(path))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "dehors.parquet")
	put(t, outside, good)
	put(t, filepath.Join(landing, "texte.parquet"), []byte("etablissement;annee\n0350017D;2025\n"))
	put(t, filepath.Join(landing, "vide.parquet"), nil)
	put(t, filepath.Join(landing, "coupe.parquet"), good[:len(good)-20])
	put(t, filepath.Join(landing, "annee=2025 [1]*.parquet"), good)
	if err := os.Symlink(outside, filepath.Join(landing, "lien.parquet")); err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]belvedere.Kind{
		outside:                            belvedere.Forbidden,
		"../dehors.parquet":                belvedere.NotFound,
		"sortie/../../../../../etc/passwd": belvedere.Forbidden,
		"/etc/passwd":                      belvedere.Forbidden,
		"lien.parquet":                     belvedere.Forbidden,
		"sortie":                           belvedere.Invalid,
		"texte.parquet":                    belvedere.Invalid,
		"vide.parquet":                     belvedere.Invalid,
		"coupe.parquet":                    belvedere.Invalid,
		"*.parquet":                        belvedere.NotFound,
	} {
		if err := e.ReadParquet(ctx, name, noHead, noRow); err == nil || belvedere.KindOf(err) != kind {
			t.Errorf("%s: %v, want kind %d", name, err, kind)
		}
	}
	// A name is never a pattern nor a partition.
	var names []string
	err = e.ReadParquet(ctx, "annee=2025 [1]*.parquet", func(n []string) error { names = n; return nil }, noRow)
	if err != nil || len(names) != len(columns) {
		t.Errorf("a name full of marks: %v, columns %q", err, names)
	}
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
