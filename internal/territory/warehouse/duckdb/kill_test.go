package duckdb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/warehouse"
)

const batchRows = 700

// publishForever publishes one edition after the other as ingest does, and says so on its output
// once Exec has acknowledged it. It goes on where the file stands.
func publishForever(path string) error {
	e, err := Open(context.Background(), Options{Path: path, Threads: 2, MemoryLimit: "500MB"})
	if err != nil {
		return err
	}
	if err := do(e, "CREATE TABLE IF NOT EXISTS f (k INTEGER, code VARCHAR, n BIGINT, entree INTEGER, sortie INTEGER)"); err != nil {
		return err
	}
	last := int64(0)
	err = e.Query(context.Background(), belvedere.Statement{SQL: "SELECT coalesce(max(entree), 0) FROM f"}, func(row []any) error {
		last = row[0].(int64)
		return nil
	})
	for err == nil {
		last++
		if err = publishOne(e, last); err == nil {
			_, err = fmt.Println(last)
		}
	}
	return err
}

func publishOne(e warehouse.Engine, edition int64) error {
	s, err := e.Stage(context.Background(), "lot", []belvedere.TableColumn{
		{Name: "k", Type: belvedere.Int32}, {Name: "code", Type: belvedere.Text}, {Name: "n", Type: belvedere.Int64}})
	if err != nil {
		return err
	}
	for i := range batchRows {
		if err := s.Append([]any{int32(i), "code de plus de douze octets", edition}); err != nil {
			return err
		}
	}
	if err := s.Close(); err != nil {
		return err
	}
	return e.Exec(context.Background(),
		belvedere.Statement{SQL: "UPDATE f SET sortie = ?::INTEGER WHERE sortie = 2147483647 AND k IN (SELECT k FROM stage.lot)", Args: []any{edition}},
		belvedere.Statement{SQL: "INSERT INTO f SELECT k, code, n, ?::INTEGER, 2147483647 FROM stage.lot ORDER BY k", Args: []any{edition}},
		belvedere.Statement{SQL: "CREATE TABLE IF NOT EXISTS t" + strconv.FormatInt(edition%5, 10) + " AS SELECT 1 AS x"},
		belvedere.Statement{SQL: "DROP TABLE IF EXISTS t" + strconv.FormatInt((edition+2)%5, 10)},
		belvedere.Statement{SQL: "DROP TABLE stage.lot"})
}

// TestKill kills the publisher at random moments. Whatever it acknowledged must be there, whole,
// and what it was doing must be there whole or not at all.
func TestKill(t *testing.T) {
	const kills = 25
	path := filepath.Join(t.TempDir(), "entrepot.duckdb")
	acknowledged, inFlight := int64(0), 0
	for range kills {
		c := start(t, "publish", path)
		wanted := rand.IntN(12) // acknowledgements before the knife, then a moment more
		for range wanted + 1 {
			if !c.lines.Scan() {
				t.Fatal("the publisher stopped by itself")
			}
			acknowledged = parse(t, c.lines.Text())
		}
		knife := time.AfterFunc(time.Duration(rand.IntN(8000))*time.Microsecond, func() { c.cmd.Process.Kill() })
		for c.lines.Scan() {
			acknowledged = parse(t, c.lines.Text())
		}
		knife.Stop()
		if err := c.cmd.Wait(); err == nil {
			t.Fatal("the publisher ended without being killed")
		}
		if present := checkEditions(t, path, acknowledged); present > acknowledged {
			acknowledged = present
			inFlight++
		}
	}
	t.Logf("%d kills, %d editions, %d published and not yet acknowledged", kills, acknowledged, inFlight)
}

func parse(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// checkEditions opens the file and gives the last edition in it.
func checkEditions(t *testing.T, path string, acknowledged int64) (last int64) {
	t.Helper()
	e, err := Open(context.Background(), Options{Path: path, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for i, row := range rowsOf(t, e, "SELECT entree, count(*), sum(n), min(sortie), max(sortie) FROM f GROUP BY 1 ORDER BY 1") {
		last = row[0].(int64)
		if last != int64(i+1) || row[1] != int64(batchRows) || row[2] != last*batchRows || row[3] != row[4] {
			t.Fatalf("edition %d is not whole: %v", i+1, row)
		}
	}
	if last < acknowledged || last > acknowledged+1 {
		t.Fatalf("%d editions acknowledged, %d found", acknowledged, last)
	}
	open := rowsOf(t, e, "SELECT count(*) FROM f WHERE sortie = 2147483647")
	if open[0][0] != int64(batchRows) {
		t.Fatalf("%v rows are current, want %d", open[0][0], batchRows)
	}
	return last
}
