package registry_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/registry/registrytest"
	"belvedere/internal/registry/registrytest/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestPostgres(t *testing.T) {
	pgtest.Start(t) // skips here when it is absent
	registrytest.Run(t, pgtest.Start)
}

// Processes that start together on a new database must all come up.
func TestPostgresOpenTogether(t *testing.T) {
	dsn := pgtest.Start(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r, err := registry.Open(context.Background(), dsn)
			if err != nil {
				t.Error(err)
				return
			}
			r.Close()
		}()
	}
	wg.Wait()
}

// with adds a parameter to an address.
func with(t *testing.T, dsn, name, value string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func raw(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// What an operator has set wrong is told in words, and never with the password.
func TestPostgresRefusals(t *testing.T) {
	dsn := pgtest.Start(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	_, port, _ := net.SplitHostPort(closed.Addr().String())
	if _, err := raw(t, dsn).Exec(`CREATE ROLE lecteur LOGIN;
		DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO lecteur', current_schema()); END $$`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw(t, dsn).Exec("DROP OWNED BY lecteur; DROP ROLE lecteur") })
	for name, c := range map[string]struct {
		dsn  string
		kind belvedere.Kind
		says string
	}{
		"closed port":    {"postgres://belvedere:s3cret-mdp@127.0.0.1:" + port + "/base", belvedere.Unavailable, "ne répond pas"},
		"no host":        {"postgres://belvedere:s3cret-mdp@hote.invalid/base?connect_timeout=2", belvedere.Unavailable, "ne répond pas"},
		"no socket":      {"postgres://belvedere:s3cret-mdp@/base?host=" + url.QueryEscape(t.TempDir()), belvedere.Unavailable, "ne répond pas"},
		"malformed":      {"postgres://belvedere:s3cret-mdp@hote:port/base", belvedere.Invalid, "postgres://compte"},
		"unknown option": {"postgres://belvedere:s3cret-mdp@hote/base?sslmode=peutetre", belvedere.Invalid, "postgres://compte"},
		"no database":    {with(t, dsn, "dbname", "absente"), belvedere.Unavailable, "n’existe pas"},
		"no role":        {with(t, dsn, "user", "inconnu"), belvedere.Unavailable, "refuse le compte"},
		"no schema":      {with(t, dsn, "search_path", "absent"), belvedere.Unavailable, "schéma"},
		"no right":       {with(t, dsn, "user", "lecteur"), belvedere.Unavailable, "n’a pas le droit"},
		"read only":      {with(t, dsn, "default_transaction_read_only", "on"), belvedere.Unavailable, "lecture seule"},
	} {
		_, err := registry.Open(context.Background(), c.dsn)
		if belvedere.KindOf(err) != c.kind || !strings.Contains(belvedere.Message(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "s3cret-mdp") {
			t.Errorf("%s tells the password", name)
		}
	}
}

// A database that cannot hold French is refused before anything is kept in it.
func TestPostgresEncoding(t *testing.T) {
	db := raw(t, pgtest.Start(t))
	if _, err := db.Exec("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Exec("DROP DATABASE latin WITH (FORCE)") })
	if _, err := registry.Open(context.Background(), with(t, pgtest.Start(t), "dbname", "latin")); belvedere.KindOf(err) != belvedere.Unavailable || !strings.Contains(err.Error(), "UTF8") {
		t.Errorf("opened: %v", err)
	}
}

// One who waits too long for another writer is told, and readers do not wait.
func TestPostgresBusy(t *testing.T) {
	dsn := pgtest.Start(t)
	first, second := open(t, dsn), open(t, with(t, dsn, "lock_timeout", "50"))
	ctx := context.Background()
	err := first.AppendJournal(ctx, []registry.Entry{{Login: "Claire"}}, func(string, *registry.Entry) error {
		if _, err := second.Settings(ctx); err != nil {
			t.Errorf("a reader waits for a writer: %v", err)
		}
		if err := second.SetMeta(ctx, "a", "b"); belvedere.KindOf(err) != belvedere.Unavailable {
			t.Errorf("two wrote at once: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.SetMeta(ctx, "a", "b"); err != nil {
		t.Errorf("after the other: %v", err)
	}
}

// A server that cuts all connections costs at most one answer for each.
func TestPostgresComesBack(t *testing.T) {
	dsn := pgtest.Start(t)
	r := open(t, dsn)
	ctx := context.Background()
	if err := r.SetMeta(ctx, "a", "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := raw(t, dsn).Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
		t.Fatal(err)
	}
	err := errors.New("never asked")
	for try := 0; err != nil && try < 20; try++ {
		if err = r.SetMeta(ctx, "a", "2"); err != nil && belvedere.KindOf(err) != belvedere.Unavailable {
			t.Fatalf("try %d: %v", try, err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if v, err := r.Meta(ctx, "a"); v != "2" || err != nil {
		t.Errorf("kept %q, %v", v, err)
	}
}
