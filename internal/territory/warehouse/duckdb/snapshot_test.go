package duckdb_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"belvedere"
	"belvedere/internal/territory/warehouse/duckdb"
)

// TestSnapshot takes one while a query runs, opens the copy, and finds what was committed before.
func TestSnapshot(t *testing.T) {
	ctx, dir, copies := context.Background(), t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "entrepot.duckdb")
	e := open(t, duckdb.Options{Path: path, LandingDir: filepath.Join(dir, "depots")})
	defer e.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(e.Exec(ctx, belvedere.Statement{SQL: "CREATE TABLE garde (n BIGINT)"}, belvedere.Statement{SQL: "INSERT INTO garde VALUES (41), (42)"}))
	taken := false
	must(e.Query(ctx, belvedere.Statement{SQL: "SELECT n FROM garde ORDER BY n"}, func([]any) error {
		if taken {
			return nil
		}
		taken = true
		return e.Snapshot(ctx, func(name string, size int64, content io.Reader) error {
			f, err := os.Create(filepath.Join(copies, name))
			if err != nil {
				return err
			}
			defer f.Close()
			if n, err := io.Copy(f, content); err != nil || n != size {
				t.Errorf("%s: %d bytes of %d, %v", name, n, size, err)
			}
			return nil
		})
	}))
	must(e.Exec(ctx, belvedere.Statement{SQL: "INSERT INTO garde VALUES (43)"}))
	if got := sumIn(t, e); got != 126 {
		t.Errorf("the store itself holds %d, want 126", got)
	}
	second := open(t, duckdb.Options{Path: filepath.Join(copies, "entrepot.duckdb"), LandingDir: filepath.Join(copies, "depots")})
	defer second.Close()
	if got := sumIn(t, second); got != 83 {
		t.Errorf("the copy holds %d, want 83", got)
	}
	lockStands(t, path)
}

func sumIn(t *testing.T, e interface {
	Query(context.Context, belvedere.Statement, func([]any) error) error
}) (sum int64) {
	t.Helper()
	err := e.Query(context.Background(), belvedere.Statement{SQL: "SELECT sum(n)::BIGINT FROM garde"}, func(row []any) error {
		sum, _ = row[0].(int64)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// lockStands asks another process for the lock of the file: reading it must not have lost it.
func lockStands(t *testing.T, path string) {
	t.Helper()
	if os.Getenv("BELVEDERE_SECOND_OPENER") != "" {
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestSecondOpener$")
	cmd.Env = append(os.Environ(), "BELVEDERE_SECOND_OPENER="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("another process could open the store: %s", out)
	}
}

// TestSecondOpener is the other process of lockStands: it passes when the file is refused.
func TestSecondOpener(t *testing.T) {
	path := os.Getenv("BELVEDERE_SECOND_OPENER")
	if path == "" {
		t.Skip("runs as a child only")
	}
	e, err := duckdb.Open(context.Background(), duckdb.Options{Path: path, LandingDir: t.TempDir(), Threads: 1, MemoryLimit: "256MB"})
	if err == nil {
		e.Close()
		t.Fatal("opened")
	}
}
