package registry

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"belvedere"
	"belvedere/internal/registry/registrytest/pgtest"
)

const landed = "2026-11-22-deliveries.sql"

// engines are the places of a fresh registry, by engine.
var engines = map[string]func(t testing.TB) string{
	"SQLite":     func(t testing.TB) string { return filepath.Join(t.TempDir(), "registre.db") },
	"PostgreSQL": pgtest.Start,
}

func onEachEngine(t *testing.T, test func(t *testing.T, where string)) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) { test(t, place(t)) })
	}
}

// opened opens a registry and lets tests see inside.
func opened(t *testing.T, where string) *store {
	t.Helper()
	r, err := Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r.(*store)
}

// asLanded makes a registry as the first version left it, with data in it.
func asLanded(t *testing.T, where string) *store {
	t.Helper()
	s := opened(t, where)
	ctx := context.Background()
	if err := s.write(ctx, func(tx querier) error {
		if err := blank(ctx, tx); err != nil {
			return err
		}
		if err := apply(ctx, tx, migrations, landed); err != nil {
			return err
		}
		for _, statement := range []string{
			`INSERT INTO delivery (source, id, named, asked, dataset, file_name, sha256, size, announced, state, received)
				VALUES ('vendeur', 'lot-1', 1, '', 'effectifs', 'a.csv', 'aa', 10, '[]', 'received', 1763101800000000)`,
			"INSERT INTO setting VALUES ('territoire.code', '35')",
			`INSERT INTO agreement_extension (school, indicator, valid_from, valid_to, basis, reference) VALUES
				('0350017D', 31, '2025-09-01', '2026-09-01', 'Accord écrit', 'CONV-1'),
				('0350001L', 28, '2025-09-01', '', 'Accord écrit', ''),
				('0350017D', 28, '2025-09-01', '2026-09-01', 'Accord écrit', 'CONV-1'),
				('0350017D', 35, '2025-09-01', '', 'Accord écrit', 'CONV-1')`,
		} {
			if err := tx.run(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// What the first version kept is there after the migration, and extends what it extended.
func TestMigrateLanded(t *testing.T) {
	onEachEngine(t, func(t *testing.T, where string) {
		asLanded(t, where)
		s := opened(t, where)
		checkMoved(t, s)
		var left int
		if err := s.now().row(context.Background(), "SELECT count(*) FROM agreement_extension", nil, &left); err == nil {
			t.Error("the old table is still there")
		}
	})
}

func checkMoved(t *testing.T, s *store) {
	t.Helper()
	ctx := context.Background()
	list, total, err := s.ListAgreements(ctx, AgreementFilter{}, Page{})
	start, end := belvedere.Date(2025, 9, 1), belvedere.Date(2026, 9, 1)
	want := []Agreement{
		{ID: 2, Version: 1, School: "0350001L", From: start, Extended: []int{28}, Basis: "Accord écrit"},
		{ID: 1, Version: 1, School: "0350017D", From: start, To: end, Extended: []int{28, 31}, Basis: "Accord écrit", Reference: "CONV-1"},
		{ID: 3, Version: 1, School: "0350017D", From: start, Extended: []int{35}, Basis: "Accord écrit", Reference: "CONV-1"},
	}
	if err != nil || total != 3 || !reflect.DeepEqual(list, want) {
		t.Errorf("agreements\n%+v, want\n%+v, %v", list, want, err)
	}
	if _, n, err := s.ListAgreements(ctx, AgreementFilter{Text: "ACCORD ecrit"}, Page{}); n != 3 || err != nil {
		t.Errorf("%d found by their basis, %v", n, err)
	}
	d, err := s.DeliveryByID(ctx, "vendeur", "lot-1")
	if err != nil || d.Only != nil || d.Received.IsZero() {
		t.Errorf("delivery %+v, %v", d, err)
	}
}

// A migration that fails midway leaves the schema of before, which a mended program then migrates.
func TestFailedMigration(t *testing.T) {
	onEachEngine(t, func(t *testing.T, where string) {
		s := opened(t, where)
		ctx := context.Background()
		if _, err := s.CreateAccount(ctx, Account{Login: "claire", State: Active, Place: InTerritory}); err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{}
		names, err := migrationNames(migrations, s.d)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			files["migrations/"+s.d.folder+"/"+name] = &fstest.MapFile{}
		}
		next := "migrations/" + s.d.folder + "/2999-01-01-demain.sql"
		files[next] = &fstest.MapFile{Data: []byte("CREATE TABLE demain (a BIGINT); DROP TABLE account_password; UPDATE account SET login = absent.login;")}
		run := func() error {
			return s.write(ctx, func(tx querier) error { return migrate(ctx, tx, files) })
		}
		if err := run(); err == nil || !strings.Contains(err.Error(), "2999-01-01-demain.sql") {
			t.Fatalf("it does not say which: %v", err)
		}
		if err := s.now().run(ctx, "SELECT * FROM demain"); err == nil {
			t.Error("half of the migration is there")
		}
		if err := s.SetPassword(ctx, 1, "x", belvedere.Date(2025, 9, 1)); err != nil {
			t.Errorf("the old schema does not stand: %v", err)
		}
		again := opened(t, where) // the program of before opens it again
		again.Close()
		files[next] = &fstest.MapFile{Data: []byte("CREATE TABLE demain (a BIGINT);")}
		if err := run(); err != nil {
			t.Error(err)
		}
		if _, err := Open(ctx, where); belvedere.KindOf(err) != belvedere.Unavailable || !strings.Contains(err.Error(), "2999-01-01-demain.sql") {
			t.Errorf("opened a newer schema: %v", err)
		}
	})
}

// A program killed in the middle of the migration leaves a registry that the next one migrates.
func TestKilledMigration(t *testing.T) {
	onEachEngine(t, func(t *testing.T, where string) {
		asLanded(t, where).Close()
		child := exec.Command(os.Args[0], "-test.run=^TestMigrateThenHang$")
		child.Env = append(os.Environ(), "BELVEDERE_TEST_MIGRATE="+where)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || line != "in the middle\n" {
			t.Errorf("the child says %q, %v", line, err)
		}
		child.Process.Kill()
		child.Wait()
		checkMoved(t, opened(t, where))
	})
}

// TestMigrateThenHang is what TestKilledMigration kills.
func TestMigrateThenHang(t *testing.T) {
	where := os.Getenv("BELVEDERE_TEST_MIGRATE")
	if where == "" {
		t.Skip("runs as a child of TestKilledMigration")
	}
	names, err := fs.Glob(migrations, "migrations/*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	afterwards[filepath.Base(names[len(names)-1])] = func(context.Context, querier) error {
		fmt.Println("in the middle")
		select {}
	}
	t.Error(Open(context.Background(), where))
}

// The tables of a backup are those of the schema, on both engines, and the migrations bear the
// same names.
func TestBackupHoldsAllTables(t *testing.T) {
	want := map[string]bool{"migration": true}
	for _, table := range tables {
		want[table.name] = true
	}
	query := map[string]string{
		"sqlite":   "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
		"postgres": "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
	}
	lists := map[string]string{}
	onEachEngine(t, func(t *testing.T, where string) {
		s := opened(t, where)
		there := map[string]bool{}
		err := s.now().each(context.Background(), query[s.d.folder], nil, func(scan scanner) error {
			var name string
			err := scan(&name)
			there[name] = true
			return err
		})
		if err != nil || !reflect.DeepEqual(there, want) {
			t.Errorf("tables %v, want %v, %v", there, want, err)
		}
		names, err := migrationNames(migrations, s.d)
		if lists[s.d.folder] = fmt.Sprint(names); err != nil || len(names) == 0 {
			t.Errorf("migrations %v, %v", names, err)
		}
	})
	if len(lists) == 2 && lists["sqlite"] != lists["postgres"] {
		t.Errorf("migrations differ: %v", lists)
	}
}

var errNothing = errors.New("nothing")

// A walk may last longer than a statement may, and others write meanwhile.
func TestWalkWhileOthersWrite(t *testing.T) {
	onEachEngine(t, func(t *testing.T, where string) {
		s := opened(t, where)
		ctx := context.Background()
		seal := func(string, *Entry) error { return nil }
		if err := s.AppendJournal(ctx, make([]Entry, 3), seal); err != nil {
			t.Fatal(err)
		}
		seen := 0
		err := s.WalkJournal(ctx, 0, func(e Entry) error {
			seen++
			if err := s.PurgeJournal(ctx, 2, "deux"); err != nil {
				return err
			}
			return s.AppendJournal(ctx, make([]Entry, 1), seal)
		})
		if err != nil || seen != 3 {
			t.Errorf("saw %d of 3 entries, %v", seen, err)
		}
		if err := s.read(ctx, func(querier) error { return errNothing }); !errors.Is(err, errNothing) {
			t.Errorf("a reading that fails: %v", err)
		}
	})
}
