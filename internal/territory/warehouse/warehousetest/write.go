package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/warehouse"
)

func testAtomic(t *testing.T, e warehouse.Engine) {
	exec(t, e, sql("CREATE TABLE t (x INTEGER)"), sql("INSERT INTO t VALUES (1)"))
	for _, bad := range []belvedere.Statement{
		sql("INSERT INTO absent VALUES (1)"),
		sql("INSERT INTO t VALUES ('pas un nombre')"),
		sql("INSERT INTO t VALUES (?::INTEGER)", struct{}{}),
		sql("COMMIT"), sql("ROLLBACK"), sql("INSERT INTO t VALUES (3); COMMIT"),
		sql("pas du SQL"),
	} {
		err := e.Exec(context.Background(), sql("INSERT INTO t VALUES (2)"), sql("CREATE TABLE u (x INTEGER)"), bad)
		if err == nil {
			t.Errorf("Exec accepted %q", bad.SQL)
		}
		want(t, one(t, e, "SELECT sum(x) FROM t"), int64(1))
		if err := e.Query(context.Background(), sql("SELECT * FROM u"), nop); err == nil {
			t.Errorf("%q left a table behind", bad.SQL)
		}
	}
	exec(t, e) // nothing to do
	exec(t, e, sql("INSERT INTO t VALUES (?::INTEGER)", 4))
	want(t, one(t, e, "SELECT sum(x) FROM t"), int64(5))
}

func testCancelled(t *testing.T, e warehouse.Engine) {
	exec(t, e, sql("CREATE TABLE t (x INTEGER)"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := e.Exec(ctx, sql("INSERT INTO t VALUES (1)")); !errors.Is(err, context.Canceled) {
		t.Errorf("Exec: %v, want Canceled", err)
	}
	if err := e.Query(ctx, sql("SELECT x FROM t"), nop); !errors.Is(err, context.Canceled) {
		t.Errorf("Query: %v, want Canceled", err)
	}
	want(t, one(t, e, "SELECT count(*) FROM t"), int64(0))
}

// testPublish does what a publication does: close the rows of the slices that arrive, insert the
// staged ones, keep a roll-up, and drop the stage, in one transaction, edition after edition.
func testPublish(t *testing.T, e warehouse.Engine) {
	stage := []belvedere.TableColumn{{Name: "etablissement", Type: belvedere.Int32}, {Name: "jour", Type: belvedere.DateOnly}, {Name: "n", Type: belvedere.Int64}}
	exec(t, e, sql("CREATE TABLE faits (etablissement INTEGER, jour DATE, n BIGINT, entree INTEGER, sortie INTEGER)"),
		sql("CREATE TABLE mois (etablissement INTEGER, jour DATE, n BIGINT, edition INTEGER)"))
	for edition := 1; edition <= 3; edition++ {
		name := fmt.Sprintf("livraison_%d", edition)
		var rows [][]any
		for i := range 5000 {
			rows = append(rows, []any{int32(i % 50), date(2025, 9, 1).AddDate(0, 0, i/50), int64(edition)})
		}
		fill(t, e, name, stage, rows...)
		exec(t, e,
			sql("UPDATE faits SET sortie = ?::INTEGER WHERE sortie = 2147483647 AND (etablissement, jour) IN (SELECT etablissement, jour FROM stage."+name+")", edition),
			sql("INSERT INTO faits SELECT etablissement, jour, n, ?::INTEGER, 2147483647 FROM "+name+" ORDER BY etablissement, jour", edition),
			sql("CREATE OR REPLACE TEMP TABLE touche AS SELECT DISTINCT etablissement FROM faits WHERE entree = ?::INTEGER", edition),
			sql("INSERT INTO mois SELECT etablissement, date_trunc('month', jour)::DATE, sum(n), ?::INTEGER FROM faits WHERE sortie = 2147483647 AND etablissement IN (SELECT etablissement FROM touche) GROUP BY 1, 2", edition),
			sql("DROP TABLE stage."+name))
		want(t, one(t, e, "SELECT sum(n) FROM faits WHERE sortie = 2147483647"), int64(5000*edition))
		want(t, one(t, e, "SELECT sum(n) FROM mois WHERE edition = ?::INTEGER", edition), int64(5000*edition))
		if err := e.Query(context.Background(), sql("SELECT * FROM stage."+name), nop); err == nil {
			t.Error("the stage table was not dropped")
		}
	}
	want(t, one(t, e, "SELECT sum(n) FROM faits WHERE entree <= 2 AND sortie > 2"), int64(10000))
}

func testStage(t *testing.T, e warehouse.Engine) {
	cols := []belvedere.TableColumn{{Name: "n", Type: belvedere.Int64}, {Name: "code", Type: belvedere.Text}}
	const rows = 250_001
	for range 2 { // the second time empties what the first made
		s, err := e.Stage(context.Background(), "grande", cols)
		if err != nil {
			t.Fatal(err)
		}
		row := make([]any, 2)
		for i := range rows {
			row[0], row[1] = int64(i), any(strings.Repeat("x", i%20))
			if i%7 == 0 {
				row[1] = nil
			}
			if err := s.Append(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatalf("second Close: %v", err)
		}
		if err := s.Append(row); err == nil {
			t.Fatal("a row was taken after Close")
		}
		want(t, one(t, e, "SELECT count(*) FROM stage.grande"), int64(rows))
		want(t, one(t, e, "SELECT sum(n) FROM grande"), int64(rows)*(rows-1)/2)
		want(t, one(t, e, "SELECT count(*) FROM grande WHERE (code IS NULL) <> (n % 7 = 0) OR length(code) <> n % 20"), int64(0))
	}
	fill(t, e, "grande", []belvedere.TableColumn{{Name: "autre", Type: belvedere.Bool}})
	want(t, one(t, e, "SELECT count(autre) FROM stage.grande"), int64(0))
}

func testStageRefuses(t *testing.T, e warehouse.Engine) {
	ctx := context.Background()
	for _, name := range []string{"", "a b", "a;b", `a"b`, "main.a", "stage.a.b", "1a"} {
		if _, err := e.Stage(ctx, name, columns); err == nil {
			t.Errorf("a stage named %q was made", name)
		}
	}
	if _, err := e.Stage(ctx, "t", nil); err == nil {
		t.Error("a stage without columns was made")
	}
	if _, err := e.Stage(ctx, "t", []belvedere.TableColumn{{Name: "x", Type: "BLOB"}}); err == nil {
		t.Error("a stage with an unknown type was made")
	}
	s, err := e.Stage(ctx, "stage.t", columns)
	if err != nil {
		t.Fatal(err)
	}
	good := []any{int32(1), int16(1), time.Unix(0, 0), date(2025, 1, 1), uint8(1), "a", int64(1), 1.0, true}
	for column, bad := range map[int]any{0: "1", 1: int32(40000), 2: "hier", 3: 7, 4: 256, 5: "\xff", 6: 1.5, 7: "x", 8: 1} {
		row := append([]any(nil), good...)
		row[column] = bad
		if column > 0 {
			row[0] = nil // must leave no trace in the next row
		}
		if err := s.Append(row); err == nil {
			t.Errorf("%v was taken in %s", bad, columns[column].Name)
		}
	}
	if err := s.Append(good[:3]); err == nil {
		t.Error("a short row was taken")
	}
	if err := s.Append(good); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, one(t, e, "SELECT sum(etablissement) FROM stage.t"), int64(1))
	want(t, one(t, e, "SELECT count(*) FROM stage.t"), int64(1))
}

// testTwoStages fills two tables in turn while an edition is published and queries run.
func testTwoStages(t *testing.T, e warehouse.Engine) {
	cols := []belvedere.TableColumn{{Name: "n", Type: belvedere.Int64}}
	a, err := e.Stage(context.Background(), "a", cols)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.Stage(context.Background(), "b", cols)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, e, sql("CREATE TABLE t (n BIGINT)"))
	for i := range 5000 {
		if err := errors.Join(a.Append([]any{int64(i)}), b.Append([]any{int64(2 * i)})); err != nil {
			t.Fatal(err)
		}
		if i%1000 == 0 {
			exec(t, e, sql("INSERT INTO t VALUES (1)"))
			one(t, e, "SELECT count(*) FROM t")
		}
	}
	if err := errors.Join(b.Close(), a.Close()); err != nil {
		t.Fatal(err)
	}
	want(t, one(t, e, "SELECT sum(b.n) - sum(a.n) FROM stage.a JOIN stage.b ON b.n = 2 * a.n"), int64(4999*5000/2))
}
