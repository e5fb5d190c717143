package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

func TestReplaceTakesThePlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	for _, text := range []string{"first", "second, and longer", "3"} {
		if err := Replace(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("read %q, %v, want %q", got, err, text)
		}
	}
	alone(t, path)
}

func TestCreateHasOneWinner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	var won atomic.Int32
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			mine := fmt.Sprintf("%08d", i)
			switch err := Create(path, []byte(mine), 0o600); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
			if got, err := os.ReadFile(path); err != nil || len(got) != len(mine) {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 {
		t.Errorf("%d processes created the file", won.Load())
	}
	alone(t, path)
}

func TestModeIsTheOneAsked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := Replace(path, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestWithoutFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent", "a")
	for _, write := range []func(string, []byte, os.FileMode) error{Replace, Create} {
		if err := write(path, nil, 0o600); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v", err)
		}
	}
}

// alone checks that nothing is left beside the file.
func alone(t *testing.T, path string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(list) != 1 {
		t.Errorf("%d files beside it, %v", len(list)-1, err)
	}
}
