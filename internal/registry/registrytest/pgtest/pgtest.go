// Package pgtest gives tests a real PostgreSQL: Debian's, in a folder of its own, on a socket that
// nobody else reaches. A process starts one server, at the first test that asks, and each test
// gets a fresh schema of it, which takes a tenth of the time of a database.
package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Required is the variable that turns the absence of PostgreSQL from a skip into a failure.
const Required = "BELVEDERE_REQUIRE_PG"

// server is the one of this process.
var server struct {
	once   sync.Once
	err    error
	folder string
	cmd    *exec.Cmd
	given  atomic.Int64
}

// Main runs the tests of a package and stops the server that they started. TestMain calls it, or
// Stop when it has work of its own; without, the server dies with the process and leaves its folder
// to the next one:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m *testing.M) int {
	defer Stop()
	return m.Run()
}

// Start gives the address of a fresh, empty schema, which is dropped when the test ends. It skips
// the test when PostgreSQL is not installed. Registries at two of these addresses share nothing but
// the turn to write.
func Start(t testing.TB) (dsn string) {
	t.Helper()
	server.once.Do(func() { server.err = start() })
	if errors.Is(server.err, errAbsent) && os.Getenv(Required) == "" {
		t.Skipf("%v: on Debian, apt-get install postgresql", server.err)
	}
	if server.err != nil {
		t.Fatalf("PostgreSQL: %v", server.err)
	}
	name := fmt.Sprintf("essai_%d", server.given.Add(1))
	execute(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { execute(t, "DROP SCHEMA "+name+" CASCADE") })
	return address(url.Values{"search_path": {name}})
}

// execute runs a statement of the server's own.
func execute(t testing.TB, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", address(url.Values{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}

// address leads to the socket of the server.
func address(more url.Values) string {
	for name, value := range map[string]string{"host": server.folder, "user": "belvedere", "port": "5432"} {
		more.Set(name, value)
	}
	return "postgres:///postgres?" + more.Encode()
}

var errAbsent = errors.New("PostgreSQL is not installed")

// start makes a cluster in a temporary folder and starts its server.
func start() (err error) {
	bin, err := binaries()
	if err != nil {
		return err
	}
	sweep()
	// The path of a socket is at most 107 bytes, so the folder of the test would not do.
	if server.folder, err = os.MkdirTemp("", fmt.Sprintf("%s%d-", prefix, os.Getpid())); err != nil {
		return err
	}
	as, err := owner(server.folder)
	if err != nil {
		return err
	}
	data := filepath.Join(server.folder, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "belvedere", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
	initdb.SysProcAttr, initdb.Dir = as, server.folder
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	log, err := os.Create(filepath.Join(server.folder, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	server.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", server.folder, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB", "-c", "max_connections=60")
	server.cmd.SysProcAttr, server.cmd.Dir = as, server.folder
	server.cmd.Stdout, server.cmd.Stderr = log, log
	if err := startTied(server.cmd); err != nil {
		return err
	}
	return ready(log.Name())
}

// prefix begins the name of a folder, before the number of the process that it serves.
const prefix = "belvedere-pg-"

// sweep removes the folders of processes that ended without Stop: their servers died with them.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	for _, folder := range left {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), prefix), "-")
		if pid, err := strconv.Atoi(number); err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			os.RemoveAll(folder)
		}
	}
}

// startTied starts a process that dies with this one, even when a test run is killed. The kernel
// ties it to the thread that starts it, so that thread stays for as long as the process.
func startTied(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		select {} // the thread must not end before the process does
	}()
	return <-started
}

// binaries finds the folder of the newest version installed.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", errAbsent
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// owner is how the server's processes start: PostgreSQL refuses to run as root, who becomes the
// user of Debian's package.
func owner(folder string) (*syscall.SysProcAttr, error) {
	as := &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
	if os.Getuid() != 0 {
		return as, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w: no user postgres to run it as root (%v)", errAbsent, err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2, os.Chown(folder, uid, gid)); err != nil {
		return nil, err
	}
	as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return as, nil
}

// ready waits until the server answers.
func ready(log string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("pgx", address(url.Values{}))
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(log)
			return fmt.Errorf("%w\n%s", err, strings.TrimSpace(string(text)))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop ends the server of this process and removes its folder; harmless when there is none.
func Stop() {
	if server.cmd == nil || server.cmd.Process == nil {
		return
	}
	server.cmd.Process.Signal(syscall.SIGINT) // fast shutdown
	server.cmd.Wait()
	os.RemoveAll(server.folder)
}
