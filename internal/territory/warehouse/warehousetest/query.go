package warehousetest

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/warehouse"
)

// testValues stages rows with the extremes of each type and reads them back as the wide types.
func testValues(t *testing.T, e warehouse.Engine) {
	long := strings.Repeat("établissement ", 40)
	instant := time.Date(2025, 10, 26, 1, 30, 15, 123456000, time.UTC)
	in := [][]any{
		{int32(350017), int16(2025), instant, date(2025, 10, 26), uint8(2), "eleves", int64(12), 0.464, true},
		{int32(math.MinInt32), int16(math.MinInt16), time.Unix(0, 0).UTC(), date(1899, 12, 31), uint8(0), "", int64(math.MinInt64), math.Copysign(0, -1), false},
		{int32(math.MaxInt32), int16(math.MaxInt16), date(2999, 1, 1), date(2999, 12, 31), uint8(255), long, int64(math.MaxInt64), math.MaxFloat64, true},
		{nil, nil, nil, nil, nil, nil, nil, nil, nil},
		{int32(1), int16(1), date(1969, 12, 31), date(1969, 12, 31), uint8(1), "douze octets", int64(1), 1.5, false},
		{int32(2), int16(1), date(1969, 12, 31), date(1969, 12, 31), uint8(1), "treize octets", int64(1), 1.5, nil},
		{int32(3), int16(1), date(1969, 12, 31), date(1969, 12, 31), uint8(1), "l’été\x00nul", int64(1), 1.5, true},
	}
	fill(t, e, "valeurs", columns, in...)
	out := all(t, e, sql("SELECT * FROM stage.valeurs ORDER BY etablissement NULLS LAST"))
	if len(out) != len(in) {
		t.Fatalf("%d rows, want %d", len(out), len(in))
	}
	sorted := [][]any{in[1], in[4], in[5], in[6], in[0], in[2], in[3]}
	for i, row := range sorted {
		for j, v := range row {
			if w := wide(v); !same(out[i][j], w) {
				t.Errorf("row %d, %s: got %T %v, want %T %v", i, columns[j].Name, out[i][j], out[i][j], w, w)
			}
		}
	}
}

func same(a, b any) bool {
	x, ok := a.(time.Time)
	y, also := b.(time.Time)
	if ok && also {
		return x.Equal(y) && x.Location() == time.UTC
	}
	return a == b
}

func wide(v any) any {
	switch v := v.(type) {
	case int32:
		return int64(v)
	case int16:
		return int64(v)
	case uint8:
		return int64(v)
	}
	return v
}

func testNumbers(t *testing.T, e warehouse.Engine) {
	exec(t, e, sql("CREATE TABLE n (a BIGINT, b DOUBLE)"),
		sql("INSERT INTO n VALUES (9223372036854775807, 0.5), (-7, 0.25), (NULL, NULL)"))
	want(t, one(t, e, "SELECT sum(a) FROM n WHERE a < 0"), int64(-7))
	want(t, one(t, e, "SELECT sum(a) FROM n WHERE a IS NULL"), nil)
	want(t, one(t, e, "SELECT sum(a) FROM (SELECT a FROM n UNION ALL SELECT a FROM n) x WHERE a > 0"), float64(1<<64))
	want(t, one(t, e, "SELECT -sum(a) FROM n WHERE a > 0"), int64(-math.MaxInt64))
	want(t, one(t, e, "SELECT sum(b) FROM n"), 0.75)
	want(t, one(t, e, "SELECT count(*) FROM n"), int64(3))
	want(t, one(t, e, "SELECT CAST(12345.67 AS DECIMAL(10,2))"), 12345.67)
	want(t, one(t, e, "SELECT CAST(-0.5 AS DECIMAL(4,1))"), -0.5)
	want(t, one(t, e, "SELECT CAST(1 AS SMALLINT) = 1"), true)
	want(t, one(t, e, "SELECT NULL"), nil)
	want(t, one(t, e, "SELECT DATE '2025-09-01'"), date(2025, 9, 1))
}

type year int

type school string

func testParameters(t *testing.T, e warehouse.Engine) {
	day := date(2025, 11, 17)
	for _, c := range []struct {
		sql  string
		arg  any
		want any
	}{
		{"SELECT ?::INTEGER", int64(350017), int64(350017)},
		{"SELECT ?::SMALLINT", 2025, int64(2025)},
		{"SELECT ?::SMALLINT", year(2025), int64(2025)},
		{"SELECT ?::UTINYINT", uint8(255), int64(255)},
		{"SELECT ?::BIGINT", int32(-1), int64(-1)},
		{"SELECT ?::DOUBLE", 3, 3.0},
		{"SELECT ?::DOUBLE", 0.1, 0.1},
		{"SELECT ?::DATE", day, day},
		{"SELECT ?::DATE", "2025-11-17", day},
		{"SELECT ?::DATE", date(1899, 1, 1), date(1899, 1, 1)},
		{"SELECT ?::TIMESTAMP", day.Add(90 * time.Minute), day.Add(90 * time.Minute)},
		{"SELECT ?::VARCHAR", "l’été '; DROP TABLE x; --", "l’été '; DROP TABLE x; --"},
		{"SELECT ?::VARCHAR", school("0350017D"), "0350017D"},
		{"SELECT ?::VARCHAR", "a\x00b", "a\x00b"},
		{"SELECT ?::BOOLEAN", true, true},
		{"SELECT ?::BIGINT", nil, nil},
		{"SELECT ?", "sans type", "sans type"},
	} {
		for range 2 { // the second time comes from the cache of statements
			if got := one(t, e, c.sql, c.arg); !same(got, c.want) {
				t.Errorf("%s with %v: got %T %v, want %v", c.sql, c.arg, got, got, c.want)
			}
		}
	}
	if err := e.Query(context.Background(), sql("SELECT ?::SMALLINT", 40000), nop); err == nil {
		t.Error("a value beyond its type was accepted")
	}
	for _, args := range [][]any{{}, {1, 2}, {struct{}{}}} {
		if err := e.Query(context.Background(), sql("SELECT ?::BIGINT", args...), nop); err == nil {
			t.Errorf("parameters %v were accepted for one", args)
		}
	}
}

func nop([]any) error { return nil }

func testEach(t *testing.T, e warehouse.Engine) {
	exec(t, e, sql("CREATE TABLE many AS SELECT a.x * 100 + b.x AS x FROM (SELECT unnest([0,1,2,3,4,5,6,7,8,9]) AS x) a, (SELECT unnest([0,1,2,3,4]) AS x) b"))
	stop, seen := errors.New("assez"), 0
	err := e.Query(context.Background(), sql("SELECT x FROM many"), func([]any) error {
		seen++
		if seen == 3 {
			return stop
		}
		return nil
	})
	if err != stop || seen != 3 {
		t.Fatalf("error %v after %d rows, want the error itself after 3", err, seen)
	}
	want(t, one(t, e, "SELECT count(*) FROM many"), int64(50))
}

// testNested queries while rows are read, deeper than any pool of connections.
func testNested(t *testing.T, e warehouse.Engine) {
	exec(t, e, sql("CREATE TABLE t AS SELECT 1 AS x"))
	var dive func(depth int) error
	dive = func(depth int) error {
		if depth == 0 {
			return e.Exec(context.Background(), sql("UPDATE t SET x = 2"))
		}
		return e.Query(context.Background(), sql("SELECT x FROM t"), func([]any) error { return dive(depth - 1) })
	}
	if err := dive(30); err != nil {
		t.Fatal(err)
	}
	want(t, one(t, e, "SELECT x FROM t"), int64(2))
}

func testReadOnly(t *testing.T, e warehouse.Engine) {
	exec(t, e, sql("CREATE TABLE t AS SELECT 1 AS x"))
	for _, text := range []string{
		"INSERT INTO t VALUES (2)", "UPDATE t SET x = 2", "DELETE FROM t", "DROP TABLE t", "CREATE TABLE u (x INTEGER)",
		"SELECT 1; DELETE FROM t", "",
	} {
		if err := e.Query(context.Background(), sql(text), nop); err == nil {
			t.Errorf("Query ran %q", text)
		}
	}
	want(t, one(t, e, "SELECT sum(x) FROM t"), int64(1))
}

// testIsolation moves a unit between two rows in each edition; readers must always count both.
func testIsolation(t *testing.T, e warehouse.Engine) {
	exec(t, e, sql("CREATE TABLE t (k INTEGER, n BIGINT)"), sql("INSERT INTO t VALUES (1, 1000), (2, 0)"))
	ctx, cancel := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				err := e.Query(context.Background(), sql("SELECT sum(n) FROM t"), func(row []any) error {
					if row[0] != int64(1000) {
						t.Errorf("a query saw %v of 1000", row[0])
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 15 {
		exec(t, e, sql("UPDATE t SET n = n - 1 WHERE k = 1"), sql("UPDATE t SET n = n + 1 WHERE k = 2"))
	}
	cancel()
	readers.Wait()
	want(t, one(t, e, "SELECT n FROM t WHERE k = 2"), int64(15))
}

func testClosed(t *testing.T, e warehouse.Engine) {
	s, err := e.Stage(context.Background(), "ouverte", columns)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err == nil {
		t.Error("a stage survived its engine")
	}
	for name, err := range map[string]error{
		"Query": e.Query(context.Background(), sql("SELECT 1"), nop),
		"Exec":  e.Exec(context.Background(), sql("CREATE TABLE t (x INTEGER)")),
	} {
		if belvedere.KindOf(err) != belvedere.Unavailable {
			t.Errorf("%s after Close: %v, want Unavailable", name, err)
		}
	}
}

// testPlansFollowData repeats the same texts over data that grow and change: an engine that keeps
// plans must not keep what they assumed of the data.
func testPlansFollowData(t *testing.T, e warehouse.Engine) {
	exec(t, e, sql("CREATE TABLE f (k INTEGER, n BIGINT, entree INTEGER, sortie INTEGER)"), sql("CREATE TABLE d (k INTEGER)"))
	for edition := 1; edition <= 4; edition++ {
		var rows [][]any
		for i := range 3000 {
			rows = append(rows, []any{int32(i + 1000*edition), int64(edition)})
		}
		fill(t, e, "s", []belvedere.TableColumn{{Name: "k", Type: belvedere.Int32}, {Name: "n", Type: belvedere.Int64}}, rows...)
		want(t, one(t, e, "SELECT min(k) FROM stage.s"), int64(1000*edition))
		exec(t, e, sql("UPDATE f SET sortie = ?::INTEGER WHERE sortie = 2147483647", edition),
			sql("INSERT INTO f SELECT k, n, ?::INTEGER, 2147483647 FROM stage.s", edition),
			sql("DELETE FROM d"), sql("INSERT INTO d VALUES (?::INTEGER)", 1000*edition+7))
		got := all(t, e, sql("SELECT entree, sortie, count(*), sum(n) FROM f GROUP BY 1, 2 ORDER BY 1, 2"))
		if len(got) != edition {
			t.Fatalf("edition %d: %v", edition, got)
		}
		for i, row := range got {
			end := int64(i + 2)
			if i == edition-1 {
				end = 2147483647
			}
			if row[0] != int64(i+1) || row[1] != end || row[2] != int64(3000) || row[3] != int64(3000*(i+1)) {
				t.Errorf("edition %d, row %d: %v", edition, i, row)
			}
		}
		want(t, one(t, e, "SELECT count(*) FROM f WHERE k = 4500"), int64(max(0, edition-1)))
		want(t, one(t, e, "SELECT count(*) FROM f JOIN d USING (k) WHERE f.sortie = 2147483647"), int64(1))
		want(t, one(t, e, "SELECT count(*) FROM f WHERE entree = ?::INTEGER", 4), int64(edition/4*3000))
	}
}
