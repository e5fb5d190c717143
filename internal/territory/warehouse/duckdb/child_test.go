package duckdb

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"belvedere"
)

// Some tests need a second process: this binary, started again with a role in its environment.
const roleVariable, pathVariable = "BELVEDERE_WAREHOUSE_ROLE", "BELVEDERE_WAREHOUSE_PATH"

func TestMain(m *testing.M) {
	role, ok := roles[os.Getenv(roleVariable)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := role(os.Getenv(pathVariable)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var roles = map[string]func(path string) error{
	"hold":    hold,
	"publish": publishForever,
	"logging": enableLogging,
}

type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	stdin io.Closer
}

func start(t *testing.T, role, path string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role, pathVariable+"="+path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{cmd, bufio.NewScanner(out), in}
}

// hold keeps the file open until its input ends.
func hold(path string) error {
	e, err := Open(context.Background(), Options{Path: path})
	if err != nil {
		return err
	}
	defer e.Close()
	fmt.Println("ouvert")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func do(e interface {
	Exec(context.Context, ...belvedere.Statement) error
}, texts ...string) error {
	var all []belvedere.Statement
	for _, text := range texts {
		all = append(all, belvedere.Statement{SQL: text})
	}
	return e.Exec(context.Background(), all...)
}

// rowsOf gathers the rows of a query.
func rowsOf(t *testing.T, e interface {
	Query(context.Context, belvedere.Statement, func([]any) error) error
}, text string, args ...any) (out [][]any) {
	t.Helper()
	err := e.Query(context.Background(), belvedere.Statement{SQL: text, Args: args}, func(row []any) error {
		out = append(out, append([]any(nil), row...))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}
