package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/auth"
	"belvedere/internal/config"
	"belvedere/internal/door"
	"belvedere/internal/registry"
	"belvedere/internal/registry/registrytest/pgtest"
	"belvedere/internal/territory/ingest"
)

func TestMain(m *testing.M) {
	if work, ok := children[os.Getenv(childWork)]; ok {
		if err := work(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(pgtest.Main(m))
}

// engines are where a registry may stand: each gives the address of an empty one.
var engines = map[string]func(t testing.TB) string{
	"SQLite":     func(testing.TB) string { return "" },
	"PostgreSQL": pgtest.Start,
}

// openOn opens an app in a folder, over the registry of an address; the test closes it, once or more.
func openOn(t testing.TB, folder, registry string) *app.App {
	t.Helper()
	c := config.Default()
	c.Data, c.RegistryURL = folder, registry
	a, err := app.Open(context.Background(), c, slog.New(slog.NewTextHandler(io(t), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// A watch is a clock that tests set.
type watch struct{ at atomic.Int64 }

// newWatch sets one on an app; nothing of the app may have asked for the time by then.
func newWatch(a *app.App, at time.Time) *watch {
	w := &watch{}
	w.at.Store(at.UnixNano())
	a.Now = w.now
	return w
}

func (w *watch) now() time.Time       { return time.Unix(0, w.at.Load()).UTC() }
func (w *watch) pass(d time.Duration) { w.at.Add(int64(d)) }

// member keeps an active account; its identifier, place and address are made up when they are not said.
func member(t testing.TB, a *app.App, x registry.Account) registry.Account {
	t.Helper()
	if x.Login == "" {
		x.Login = x.FirstName + "@" + x.LastName
	}
	if x.Email == "" {
		x.Email = strings.ToLower(strings.ReplaceAll(x.Login, "@", ".")) + "@exemple.fr"
	}
	if x.Place == "" {
		x.Place = registry.InTerritory
	}
	x.State, x.Created, x.EmailConfirmed = registry.Active, time.Unix(1e9, 0), time.Unix(1e9, 0)
	x, err := a.Registry.CreateAccount(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// enter signs an account in by a link of the operator and gives the header of the session.
func enter(t testing.TB, a *app.App, x registry.Account) []string {
	t.Helper()
	ctx := context.Background()
	link, err := a.Auth.EntryLink(ctx, x, 0)
	if err != nil {
		t.Fatal(err)
	}
	out, err := a.Auth.Enter(ctx, path.Base(link), auth.From{})
	if err != nil {
		t.Fatal(err)
	}
	var cookies []string
	for _, c := range out.Cookies {
		if c.MaxAge >= 0 {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
	}
	return []string{"Cookie", strings.Join(cookies, "; ")}
}

// program keeps a token and gives its header.
func program(t testing.TB, a *app.App, x registry.Token) (registry.Token, []string) {
	t.Helper()
	token, hash, err := door.NewToken()
	if err != nil {
		t.Fatal(err)
	}
	x.Hash, x.Created = hash, time.Unix(1e9, 0)
	if x.Vendor == "" {
		x.Vendor = "editeur"
	}
	if x, err = a.Registry.CreateToken(context.Background(), x); err != nil {
		t.Fatal(err)
	}
	return x, []string{"Authorization", "Bearer " + token}
}

// serve runs an app as "belvedere serve" does, on a port of its own, until the test ends.
func serve(t testing.TB, a *app.App) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	a.Config.Listen = "127.0.0.1:0"
	go func() { done <- a.Serve(ctx, func(url string) { ready <- url }) }()
	select {
	case url = <-ready:
	case err := <-done:
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return url
}

// edition publishes several files together: one edition for all of them.
func edition(t testing.TB, a *app.App, files map[string]string) {
	t.Helper()
	ctx := context.Background()
	var seqs []int64
	for dataset, file := range files {
		d, _, err := a.Ingest.Accept(ctx, ingest.Submission{Source: "test", Dataset: dataset, FileName: dataset + ".csv", Body: strings.NewReader(file)})
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, d.Seq)
	}
	if _, err := a.Ingest.Process(ctx, seqs, nil); err != nil {
		t.Fatal(err)
	}
	for _, seq := range seqs {
		if d, err := a.Registry.Delivery(ctx, seq); err != nil || d.State != belvedere.Published {
			t.Fatalf("%s: %v %s %s", d.FileName, err, d.State, d.Reason)
		}
	}
}

// unprotected is for tests of arithmetic and rights: masks would hide the figures of small made-up schools.
func unprotected(t testing.TB) { app.Unprotected(t) }

// configIn is the configuration of a folder; discard is a log that nobody reads.
func configIn(folder string) config.Config {
	c := config.Default()
	c.Data = folder
	return c
}

var discard = slog.New(slog.DiscardHandler)
