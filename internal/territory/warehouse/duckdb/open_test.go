package duckdb

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"belvedere"
)

func TestOpenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "entrepot.duckdb")
	c := start(t, "hold", path)
	if !c.lines.Scan() {
		t.Fatal("the holder did not open the file")
	}
	_, err := Open(context.Background(), Options{Path: path})
	if belvedere.KindOf(err) != belvedere.Unavailable || !strings.Contains(belvedere.Message(err), "processus "+strconv.Itoa(c.cmd.Process.Pid)) {
		t.Errorf("while another process holds it: %v", err)
	}
	c.stdin.Close()
	if err := c.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	e, err := Open(context.Background(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "lien")
	if err := os.Symlink(filepath.Dir(path), link); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(link, "entrepot.duckdb")} {
		if _, err := Open(context.Background(), Options{Path: p}); belvedere.KindOf(err) != belvedere.Unavailable {
			t.Errorf("%s twice in one process: %v", p, err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if e, err = Open(context.Background(), Options{Path: path}); err != nil {
		t.Fatalf("after Close: %v", err)
	}
	e.Close()
}

// sample makes a closed warehouse with some blocks of data and gives its bytes.
func sample(t *testing.T, path string) []byte {
	t.Helper()
	e, err := Open(context.Background(), Options{Path: path, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := do(e, "CREATE TABLE f AS SELECT i, hash(i) AS h, hash(i + 1) AS g FROM range(200000) r(i)"); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOpenDamaged(t *testing.T) {
	good := sample(t, filepath.Join(t.TempDir(), "bon.duckdb"))
	flip := func(at, n int) []byte {
		b := bytes.Clone(good)
		for i := at; i < at+n; i++ {
			b[i] ^= 0xff
		}
		return b
	}
	for name, data := range map[string][]byte{
		"text":          []byte(strings.Repeat("etablissement;annee\n", 1000)),
		"SQLite":        append([]byte("SQLite format 3\x00"), make([]byte, 8192)...),
		"zeros":         make([]byte, 1<<16),
		"one byte":      {1},
		"magic":         flip(8, 4),
		"main header":   flip(0, 4096),
		"both headers":  flip(4096, 8192),
		"cut in header": good[:5000],
		"cut in data":   good[:20000],
		"blocks":        flip(12288, len(good)-12288),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "entrepot.duckdb")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			e, err := Open(context.Background(), Options{Path: path})
			if err == nil {
				e.Close()
			}
			var corrupt *ErrCorrupt
			if !errors.As(err, &corrupt) || corrupt.Path != path || belvedere.KindOf(err) != belvedere.Unavailable {
				t.Fatalf("%v, want ErrCorrupt with the path", err)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(after, data) {
				t.Error("the file was changed")
			}
		})
	}
}

// TestOpenDamagedLog puts noise behind a good file: what the file holds is never at stake, so the
// engine either opens with all of it or says that the warehouse is to be rebuilt.
func TestOpenDamagedLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "entrepot.duckdb")
	sample(t, path)
	for _, noise := range []string{"x", strings.Repeat("\xff", 5000), strings.Repeat("\x00", 5000), strings.Repeat("etablissement;annee\n", 500)} {
		if err := os.WriteFile(path+".wal", []byte(noise), 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := Open(context.Background(), Options{Path: path})
		var corrupt *ErrCorrupt
		switch {
		case errors.As(err, &corrupt):
		case err != nil:
			t.Errorf("%.10q: %v, want ErrCorrupt or an open warehouse", noise, err)
		default:
			if rows := rowsOf(t, e, "SELECT count(*) FROM f"); rows[0][0] != int64(200000) {
				t.Errorf("%.10q: %v rows", noise, rows)
			}
			e.Close()
		}
	}
}

// TestReadDamaged damages a block that the opening does not read.
func TestReadDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "entrepot.duckdb")
	data := sample(t, path)
	const block = 256 << 10
	seen := false
	for at := 12288 + 1000; at < len(data); at += block {
		bad := bytes.Clone(data)
		bad[at] ^= 0xff
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := Open(context.Background(), Options{Path: path})
		if err == nil {
			err = e.Query(context.Background(), belvedere.Statement{SQL: "SELECT sum(i), bit_xor(h), bit_xor(g) FROM f"}, func([]any) error { return nil })
			seen = seen || err != nil
			e.Close()
		}
		var corrupt *ErrCorrupt
		if err != nil && !errors.As(err, &corrupt) {
			t.Errorf("block at %d: %v, want ErrCorrupt", at, err)
		}
	}
	if !seen {
		t.Error("no damage was found while reading")
	}
}

func TestOpenOptions(t *testing.T) {
	dir := t.TempDir()
	for name, o := range map[string]Options{
		"memory":               {MemoryLimit: "beaucoup"},
		"named like the stage": {Path: filepath.Join(dir, "stage.duckdb")},
		"question mark":        {Path: filepath.Join(dir, "quoi?.duckdb")},
		"folder":               {Path: dir},
	} {
		if e, err := Open(context.Background(), o); err == nil {
			e.Close()
			t.Errorf("%s was accepted", name)
		}
	}
	odd := filepath.Join(dir, "l’été [1] 'x'", "données du département.duckdb")
	e, err := Open(context.Background(), Options{Path: odd, LandingDir: filepath.Join(dir, "dépôts de l’été 'x'")})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := do(e, "CREATE TABLE t AS SELECT 1 AS x"); err != nil {
		t.Fatal(err)
	}
	if rows := rowsOf(t, e, "SELECT current_database() IS NOT NULL, x FROM t"); len(rows) != 1 {
		t.Fatal(rows)
	}
}

// TestCancelRunning ends the context of statements that would take hours.
func TestCancelRunning(t *testing.T) {
	e, err := Open(context.Background(), Options{Threads: 2, MemoryLimit: "500MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := do(e, "CREATE TABLE t (x BIGINT)", "INSERT INTO t VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	const long = "FROM range(100000000) a(i), range(100000000) b(j) WHERE i * j = -1"
	for range 2 { // planned first, cached then
		ctx, cancel := context.WithTimeout(context.Background(), 30e6)
		err = e.Query(ctx, belvedere.Statement{SQL: "SELECT count(*) " + long}, func([]any) error { return nil })
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Query: %v, want DeadlineExceeded", err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30e6)
	defer cancel()
	err = e.Exec(ctx, belvedere.Statement{SQL: "DELETE FROM t"}, belvedere.Statement{SQL: "INSERT INTO t SELECT i " + long})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Exec: %v, want DeadlineExceeded", err)
	}
	if rows := rowsOf(t, e, "SELECT sum(x) FROM t"); rows[0][0] != int64(1) {
		t.Errorf("after the interruption: %v", rows)
	}
}

// TestCrashLeftovers finds spilled files of a killed process gone after Open.
func TestCrashLeftovers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "entrepot.duckdb")
	left := filepath.Join(path+".tmp", "duckdb_temp_storage_DEFAULT-0.tmp")
	if err := os.MkdirAll(filepath.Dir(left), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := Open(context.Background(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := os.Stat(left); err == nil {
		t.Error("the spilled file is still there")
	}
}
