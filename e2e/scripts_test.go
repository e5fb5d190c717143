package e2e_test

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

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
			e.Setenv("BELVEDERE_DATA", filepath.Join(e.WorkDir, "data"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serveCommand, "stop": stopCommand, "misuse": exits(2), "refused": exits(1), "numbers": numbersCommand,
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

// serveCommand is "serve [flags]": it starts a server and puts its address in $URL.
func serveCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! serve")
	}
	bin, err := program()
	ts.Check(err)
	s, err := start(bin, ts.Getenv("BELVEDERE_DATA"), []string{"BELVEDERE_TOKEN=" + ts.Getenv("BELVEDERE_TOKEN")}, args...)
	ts.Check(err)
	ts.Setenv("URL", s.url)
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

// httpCommand is "http [-H header] [-d file] METHOD URL": it prints status, type and body. Its
// exit code is 1 from status 400 on.
func httpCommand() {
	var headers []string
	flags := flag.NewFlagSet("http", flag.ExitOnError)
	flags.Func("H", "header: value", func(s string) error { headers = append(headers, s); return nil })
	data := flags.String("d", "", "file to send")
	into := flags.String("o", "", "file for the body")
	flags.Parse(os.Args[1:])
	status, err := send(flags.Arg(0), flags.Arg(1), headers, *data, *into)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if status >= 400 {
		os.Exit(1)
	}
}

func send(method, url string, headers []string, data, into string) (int, error) {
	var body io.Reader
	if data != "" {
		f, err := os.Open(data)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		body = f
	}
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		return 0, err
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Add(name, strings.TrimSpace(value))
		if strings.EqualFold(name, "Host") {
			req.Host = strings.TrimSpace(value)
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	fmt.Println(res.Status)
	names := make([]string, 0, len(res.Header))
	for name := range res.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, res.Header.Get(name))
	}
	var out io.Writer = os.Stdout
	if into != "" {
		f, err := os.Create(into)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		out = f
	}
	_, err = io.Copy(out, res.Body)
	return res.StatusCode, err
}
