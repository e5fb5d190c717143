package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"belvedere/internal/registry/registrytest/pgtest"
)

// tempDir holds the built program for the whole run.
var tempDir string

func TestMain(m *testing.M) {
	testscript.Main(withTempDir{m}, map[string]func(){"http": httpCommand})
}

// withTempDir removes the folder of the built program once all tests have run.
type withTempDir struct{ m *testing.M }

func (w withTempDir) Run() int {
	dir, err := os.MkdirTemp("", "belvedere-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	tempDir = dir
	defer closeStand()
	defer pgtest.Stop()
	return w.m.Run()
}

// program builds the binary once for all tests. BELVEDERE_BIN names one that is built already.
var program = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv("BELVEDERE_BIN"); bin != "" {
		return filepath.Abs(bin)
	}
	bin := filepath.Join(tempDir, "belvedere")
	out, err := exec.Command("go", "build", "-o", bin, "belvedere/cmd/belvedere").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
})

func binary(t testing.TB) string {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// answer is what one run of the program gave.
type answer struct {
	out, err string
	code     int
}

// run runs the program on a data folder.
func run(t testing.TB, data string, args ...string) answer {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.Command(binary(t), args...)
	cmd.Env = append(os.Environ(), "BELVEDERE_DATA="+data)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return answer{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// done runs the program and wants exit code 0.
func done(t testing.TB, data string, args ...string) string {
	t.Helper()
	a := run(t, data, args...)
	if a.code != 0 {
		t.Fatalf("belvedere %s: exit code %d\n%s%s", strings.Join(args, " "), a.code, a.out, a.err)
	}
	return a.out
}

// A server is the program, serving.
type server struct {
	url  string
	data string // its folder
	cmd  *exec.Cmd
	log  *tail
}

// tail keeps the last bytes of a log for the message of a failure.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (l *tail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	if n := len(l.text); n > 8000 {
		l.text = l.text[n-8000:]
	}
	return len(p), nil
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

// start serves a data folder on a free port and returns once the server answers.
func start(bin, data string, env []string, args ...string) (*server, error) {
	s := &server{data: data, log: &tail{}}
	s.cmd = exec.Command(bin, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.Env = append(append(os.Environ(), "BELVEDERE_DATA="+data), env...)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, after, ok := strings.Cut(lines.Text(), " répond sur "); ok {
			s.url = strings.TrimRight(after, "/")
			go io.Copy(s.log, out)
			return s, nil
		}
	}
	return nil, fmt.Errorf("the server never answered: %w\n%s", s.cmd.Wait(), s.log)
}

// serve starts a server that the test stops at its end.
func serve(t testing.TB, data string, args ...string) *server {
	t.Helper()
	s, err := start(binary(t), data, nil, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("the server did not stop well: %v\n%s", err, s.log)
		}
	})
	return s
}

// stop asks the server to end, as an operator's service manager does, and waits for it.
func (s *server) stop() error {
	if s.cmd.ProcessState != nil {
		return nil
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	over := time.AfterFunc(30*time.Second, func() { s.cmd.Process.Kill() })
	defer over.Stop()
	return s.cmd.Wait()
}

// kill ends the server without warning.
func (s *server) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// shared finds real data beside the project, or skips.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(append([]string{"..", "..", "shared"}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the real files are absent: %v", err)
	}
	return dir
}
