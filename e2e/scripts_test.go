package e2e_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the program prints into the scripts")

// TestScripts runs scripts/*.txtar, which read like a manual. Each has a folder of its own and
// BELVEDERE_DATA pointing into it.
func TestScripts(t *testing.T) {
	bin := binary(t)
	testscript.Run(t, testscript.Params{
		Dir:                "scripts",
		RequireUniqueNames: true,
		UpdateScripts:      *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(bin)+string(filepath.ListSeparator)+e.Getenv("PATH"))
			e.Setenv("SOON", time.Now().AddDate(0, 2, 0).Format(time.DateOnly))
			e.Setenv("BELVEDERE_DATA", filepath.Join(e.WorkDir, "data"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serveCommand, "stop": stopCommand, "misuse": exits(2), "refused": exits(1), "numbers": numbersCommand,
			"signin": signInCommand, "token": tokenCommand, "certificate": certificateCommand, "port": portCommand, "sql": sqlCommand, "flip": flipCommand, "truncate": truncateCommand, "field": fieldCommand,
		},
	})
}

// servers of the running scripts, by the name of the script's work folder.
var servers = map[string]*server{}
var serversLock = make(chan struct{}, 1)

// exits runs a program that must end with an exit code: 2 for misuse, 1 for what is refused.
func exits(want int) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) == 0 {
			ts.Fatalf("usage: misuse program [args…]")
		}
		var exit *exec.ExitError
		err := ts.Exec(args[0], args[1:]...)
		if !errors.As(err, &exit) || exit.ExitCode() != want {
			ts.Fatalf("%s: %v, want exit code %d", strings.Join(args, " "), err, want)
		}
	}
}

// numbersCommand is "numbers file N": the first column of the CSV file holds each of 1 to N once.
func numbersCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: numbers file N")
	}
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	seen := map[string]int{}
	for _, row := range rows[1:] {
		seen[row[0]]++
	}
	delete(seen, "") // details of an indicator have no number
	for n := 1; n <= most; n++ {
		if seen[strconv.Itoa(n)] != 1 {
			ts.Fatalf("number %d stands %d times", n, seen[strconv.Itoa(n)])
		}
	}
	if len(seen) != most {
		ts.Fatalf("%d numbers, want %d", len(seen), most)
	}
}

// settings of a script that a server takes with it.
var settings = []string{"BELVEDERE_TOKEN", "BELVEDERE_TLS_CERT", "BELVEDERE_TLS_KEY", "BELVEDERE_URL", "BELVEDERE_PROXIES", "BELVEDERE_MONITOR", "BELVEDERE_CONFIG"}

// serveCommand is "serve [flags]": it starts a server and puts its public address in $URL, the one
// where it listens in $ADDRESS (without scheme).
func serveCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! serve")
	}
	bin, err := program()
	ts.Check(err)
	var env []string
	for _, name := range settings {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	s, err := start(bin, ts.Getenv("BELVEDERE_DATA"), env, args...)
	ts.Check(err)
	ts.Setenv("URL", s.url)
	var at struct {
		Address string `json:"adresse"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(ts.Getenv("BELVEDERE_DATA"), "serveur.json"))), &at))
	ts.Setenv("ADDRESS", at.Address)
	serversLock <- struct{}{}
	servers[ts.Getenv("WORK")] = s
	<-serversLock
	ts.Defer(s.kill)
}

// stopCommand is "stop": the server ends as a service manager asks it to, and well.
func stopCommand(ts *testscript.TestScript, neg bool, _ []string) {
	serversLock <- struct{}{}
	s := servers[ts.Getenv("WORK")]
	<-serversLock
	if s == nil {
		ts.Fatalf("no server runs")
	}
	if err := s.stop(); (err != nil) != neg {
		ts.Fatalf("stop: %v\n%s", err, s.log)
	}
}
