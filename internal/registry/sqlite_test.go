package registry_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/registry/registrytest"
)

func TestSQLite(t *testing.T) {
	registrytest.Run(t, func(t testing.TB) string { return filepath.Join(t.TempDir(), "registre.db") })
}

func open(t *testing.T, path string) registry.Registry {
	t.Helper()
	r, err := registry.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// Processes that start together on a new file must all come up.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dossier ? à accents", "registre.db")
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r, err := registry.OpenSQLite(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			r.Close()
		}()
	}
	wg.Wait()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestSafeSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registre.db")
	open(t, path)
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var mode string
	if err := db.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

// What proves who people are is for the program alone, the log beside the file included.
func TestPrivateFile(t *testing.T) {
	for name, before := range map[string]os.FileMode{"new": 0, "of before": 0o664} {
		path := filepath.Join(t.TempDir(), "registre.db")
		want := os.FileMode(0o600)
		if before != 0 {
			want = 0o660
			if err := errors.Join(os.WriteFile(path, nil, before), os.Chmod(path, before)); err != nil {
				t.Fatal(err)
			}
		}
		r := open(t, path)
		if err := r.SetMeta(context.Background(), "a", "b"); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{path, path + "-wal"} {
			info, err := os.Stat(file)
			if err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %s is %v, want %v, %v", name, file, info.Mode().Perm(), want, err)
			}
		}
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registre.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("ceci n’est pas une base\n", 500)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.OpenSQLite(context.Background(), path); belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("opened: %v", err)
	}
}
