package duckdb_test

import (
	"context"
	"path/filepath"
	"testing"

	"belvedere/internal/territory/warehouse"
	"belvedere/internal/territory/warehouse/duckdb"
	"belvedere/internal/territory/warehouse/warehousetest"
)

func TestSuiteOnFile(t *testing.T) {
	warehousetest.Run(t, func(t *testing.T) warehouse.Engine {
		dir := t.TempDir()
		return open(t, duckdb.Options{Path: filepath.Join(dir, "entrepot.duckdb"), LandingDir: filepath.Join(dir, "depots")})
	})
}

func TestSuiteInMemory(t *testing.T) {
	warehousetest.Run(t, func(t *testing.T) warehouse.Engine {
		return open(t, duckdb.Options{LandingDir: filepath.Join(t.TempDir(), "depots")})
	})
}

func open(t testing.TB, o duckdb.Options) warehouse.Engine {
	t.Helper()
	o.Threads, o.MemoryLimit = 2, "1GB"
	e, err := duckdb.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
