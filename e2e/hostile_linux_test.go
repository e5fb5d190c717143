package e2e_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestDataFolderIsPrivate serves and loads in a folder that others may read: no file that the
// program makes there is open to them.
func TestDataFolderIsPrivate(t *testing.T) {
	data := t.TempDir()
	if err := os.Chmod(data, 0o755); err != nil {
		t.Fatal(err)
	}
	token := tokenFor(t, data, "essai")
	s := serve(t, data)
	if status, body := push(t, s, token, "un", schoolFile("Les Tilleuls")); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	seen := 0
	if err := filepath.WalkDir(data, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == data {
			return err
		}
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a journal of the registry comes and goes
		}
		if err != nil {
			return err
		}
		if seen++; info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", strings.TrimPrefix(path, data), info.Mode())
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if seen < 5 {
		t.Errorf("%d files and folders were looked at", seen)
	}
}

// schoolFile is a register of one school.
func schoolFile(name string) string {
	return "etablissement;nom;type\n9990001X;" + name + ";college\n"
}

// TestSecondSignalEndsAtOnce stops a server that a stuck sender holds back, twice.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	long(t)
	data := t.TempDir()
	token := tokenFor(t, data, "essai")
	s, err := start(binary(t), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	address := strings.TrimPrefix(s.url, "http://")
	stuck, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	fmt.Fprintf(stuck, "PUT /api/v1/livraisons/a?jeu=etablissements HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n", address, token)
	if line, err := bufio.NewReader(stuck).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("the body is not awaited: %q, %v", line, err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // until the first signal was understood
		c, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		c.Close()
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var ended *exec.ExitError
	if err := s.cmd.Wait(); !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("the server ended by itself: %v\n%s", err, s.log)
	}
	done(t, data, "load", write(t, t.TempDir(), "registre.csv", schoolFile("Les Tilleuls")))
}

// TestManySendersTakeFewThreads sends files from 200 programs at once: each is acknowledged, and
// the process takes turns at the disk instead of a thread of the system for each.
func TestManySendersTakeFewThreads(t *testing.T) {
	long(t)
	data := t.TempDir()
	tokens := []string{tokenFor(t, data, "un"), tokenFor(t, data, "deux"), tokenFor(t, data, "trois")} // each may push 120 files a minute
	s := serve(t, data)
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Go(func() {
			if status, body := push(t, s, tokens[i%len(tokens)], "p"+strconv.Itoa(i), schoolFile("École n° "+strconv.Itoa(i))); status != http.StatusAccepted && status != http.StatusOK {
				t.Errorf("%d: %d %s", i, status, body)
			}
		})
	}
	wait.Wait()
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if len(tasks) > 60 {
		t.Errorf("%d threads", len(tasks))
	}
}

// long skips what depends on how busy the machine is: signals in flight, threads of the moment.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("BELVEDERE_LONG") == "" {
		t.Skip("depends on the load of the machine: set BELVEDERE_LONG")
	}
}
