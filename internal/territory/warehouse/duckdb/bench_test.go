package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/warehouse"

	raw "github.com/duckdb/duckdb-go/v2"
)

// Each benchmark stands beside the same work through the driver alone: read the ratios.

var benchColumns = []belvedere.TableColumn{
	{Name: "etablissement", Type: belvedere.Int32}, {Name: "annee", Type: belvedere.Int16},
	{Name: "instant", Type: belvedere.Timestamp}, {Name: "jour", Type: belvedere.DateOnly}, {Name: "heure", Type: belvedere.Uint8},
	{Name: "profil", Type: belvedere.Text}, {Name: "support", Type: belvedere.Text}, {Name: "ent", Type: belvedere.Text},
	{Name: "connexions", Type: belvedere.Int64},
}

const benchDDL = "(etablissement INTEGER, annee SMALLINT, instant TIMESTAMP, jour DATE, heure UTINYINT, profil VARCHAR, support VARCHAR, ent VARCHAR, connexions BIGINT)"

const benchRows = 500_000

// benchRow fills a row of the dataset "connexions".
func benchRow(i int, row []driver.Value) {
	at := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i%7000) * time.Hour)
	profiles := [...]string{"eleves", "responsables", "enseignants", "personnels_vie_scolaire", "accompagnants"}
	media := [...]string{"web", "logiciel", "mobile", "application_mobile"}
	row[0], row[1], row[2], row[3], row[4] = int32(350000+i%500), int16(2025), at, at.Truncate(24*time.Hour), uint8(at.Hour())
	row[5], row[6], row[7], row[8] = profiles[i%5], media[i/5%4], "oui", int64(i)
}

func BenchmarkStage(b *testing.B) {
	rate := func(name string, fill func(b *testing.B, path string)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fill(b, filepath.Join(b.TempDir(), "entrepot.duckdb"))
			}
			b.ReportMetric(benchRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	rate("driver-appender", func(b *testing.B, path string) { benchAppender(b, path) })
	rate("stage", func(b *testing.B, path string) { benchStage(b, path, false) })
	rate("stage-and-publish", func(b *testing.B, path string) { benchStage(b, path, true) })
	rate("rows-alone", func(*testing.B, string) {
		row := make([]driver.Value, len(benchColumns))
		for i := range benchRows {
			benchRow(i, row)
		}
	})
}

func benchAppender(b *testing.B, path string) {
	c := benchConn(b, path)
	must(b, c, "CREATE TABLE t "+benchDDL)
	err := c.Raw(func(dc any) error {
		a, err := raw.NewAppenderFromConn(dc.(driver.Conn), "", "t")
		if err != nil {
			return err
		}
		row := make([]driver.Value, len(benchColumns))
		for i := range benchRows {
			benchRow(i, row)
			if err := a.AppendRow(row...); err != nil {
				return err
			}
		}
		return a.Close()
	})
	if err != nil {
		b.Fatal(err)
	}
	must(b, c, "CHECKPOINT")
}

func benchStage(b *testing.B, path string, publish bool) {
	e := benchEngine(b, path)
	defer e.Close()
	s, err := e.Stage(context.Background(), "t", benchColumns)
	if err != nil {
		b.Fatal(err)
	}
	row, values := make([]driver.Value, len(benchColumns)), make([]any, len(benchColumns))
	for i := range benchRows {
		benchRow(i, row)
		for j, v := range row {
			values[j] = v
		}
		if err := s.Append(values); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	if !publish {
		return
	}
	if err := do(e, "CREATE TABLE f "+benchDDL, "INSERT INTO f SELECT * FROM stage.t", "DROP TABLE stage.t"); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkQuery(b *testing.B) {
	path := filepath.Join(b.TempDir(), "entrepot.duckdb")
	e := benchEngine(b, path)
	if err := do(e, "CREATE TABLE j AS SELECT (350000 + i % 500)::INTEGER AS etablissement, DATE '2025-09-01' + (i // 2500)::INTEGER AS jour, ['eleves','responsables','enseignants','personnels_vie_scolaire','accompagnants'][1 + i // 500 % 5] AS profil, i AS n FROM range(750000) r(i) ORDER BY 1, 2"); err != nil {
		b.Fatal(err)
	}
	e.Close()
	from := time.Date(2026, 5, 15, 0, 0, 0, 0, time.UTC)
	for _, q := range []struct {
		name, sql string
		args      []any
	}{
		{"one", "SELECT 1", nil},
		{"page", "SELECT jour, profil, sum(n) FROM j WHERE etablissement = ?::INTEGER AND jour >= ?::DATE AND jour < ?::DATE GROUP BY 1, 2 ORDER BY 1, 2", []any{350017, from, from.AddDate(0, 0, 28)}},
		{"rows", "SELECT etablissement, jour, profil, n FROM j LIMIT 100000", nil},
	} {
		b.Run(q.name+"/engine", func(b *testing.B) { benchQueryEngine(b, path, q.sql, q.args) })
		b.Run(q.name+"/driver", func(b *testing.B) { benchQueryDriver(b, path, q.sql, q.args, false) })
		b.Run(q.name+"/driver-prepared", func(b *testing.B) { benchQueryDriver(b, path, q.sql, q.args, true) })
	}
}

func benchQueryEngine(b *testing.B, path, text string, args []any) {
	e := benchEngine(b, path)
	defer e.Close()
	b.ReportAllocs()
	for b.Loop() {
		err := e.Query(context.Background(), belvedere.Statement{SQL: text, Args: args}, func([]any) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchQueryDriver(b *testing.B, path, text string, args []any, prepare bool) {
	c := benchConn(b, path)
	defer c.Close()
	query := func() (*sql.Rows, error) { return c.QueryContext(context.Background(), text, args...) }
	if prepare {
		s, err := c.PrepareContext(context.Background(), text)
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		query = func() (*sql.Rows, error) { return s.QueryContext(context.Background(), args...) }
	}
	b.ReportAllocs()
	for b.Loop() {
		rows, err := query()
		if err != nil {
			b.Fatal(err)
		}
		names, _ := rows.Columns()
		values, targets := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(targets...); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkExec is a small publication with its checkpoint.
func BenchmarkExec(b *testing.B) {
	e := benchEngine(b, filepath.Join(b.TempDir(), "entrepot.duckdb"))
	defer e.Close()
	if err := do(e, "CREATE TABLE f (k INTEGER, n BIGINT, sortie INTEGER)", "INSERT INTO f SELECT i, i, 2147483647 FROM range(100000) r(i)"); err != nil {
		b.Fatal(err)
	}
	edition := 0
	for b.Loop() {
		edition++
		err := e.Exec(context.Background(),
			belvedere.Statement{SQL: "UPDATE f SET sortie = ?::INTEGER WHERE sortie = 2147483647 AND k < 1000", Args: []any{edition}},
			belvedere.Statement{SQL: "INSERT INTO f SELECT i, i, 2147483647 FROM range(1000) r(i)"})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchEngine(b *testing.B, path string) warehouse.Engine {
	e, err := Open(context.Background(), Options{Path: path, Threads: 2})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

func benchConn(b *testing.B, path string) *sql.Conn {
	db, err := sql.Open("duckdb", path+"?threads=2")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	c, err := db.Conn(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func must(b *testing.B, c *sql.Conn, text string) {
	if _, err := c.ExecContext(context.Background(), text); err != nil {
		b.Fatal(err)
	}
}
