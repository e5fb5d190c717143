package bench

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/territory/warehouse/duckdb"

	raw "github.com/duckdb/duckdb-go/v2"
)

// BenchmarkLoad brings a file of hourly connections from the landing folder to an edition, and
// stores the same rows by the driver's appender and by the engine's stage, in turn in one run.
func BenchmarkLoad(b *testing.B) {
	zone, err := time.LoadLocation("Europe/Paris")
	must(b, err)
	var file bytes.Buffer
	rows := hourly(&file, schools(1, 480, smallKinds), zone, lastYear.First(), lastYear.First().AddDate(0, 1, 0), 53)
	columns := semantic.StageColumns(open(b, b.TempDir()).Model.Dataset("connexions"))
	values := typed(file.Bytes(), zone)
	if len(values) != rows {
		b.Fatalf("%d rows, %d read", rows, len(values))
	}
	var appender, stage, accept, process []time.Duration
	for b.Loop() {
		appender = append(appender, appended(b, columns, values))
		stage = append(stage, staged(b, columns, values))
		a, p := loaded(b, file.Bytes())
		accept, process = append(accept, a), append(process, p)
	}
	rate := func(list []time.Duration) float64 { return float64(rows) / median(list).Seconds() }
	base := rate(appender)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(base, "appender-rows/s")
	b.ReportMetric(rate(stage)/base, "stage/appender")
	b.ReportMetric(rate(process), "load-rows/s")
	b.ReportMetric(rate(process)/base, "load/appender")
	total := median(accept) + median(process)
	b.ReportMetric(float64(rows)/total.Seconds()/base, "accept+load/appender")
	b.Logf("%d rows, %d MB", rows, file.Len()>>20)
}

// typed reads the file into the values of the columns, so that the bare methods only store.
func typed(file []byte, zone *time.Location) [][]driver.Value {
	var out [][]driver.Value
	texts := map[string]string{}
	keep := func(b []byte) string {
		s, ok := texts[string(b)]
		if !ok {
			s = string(b)
			texts[s] = s
		}
		return s
	}
	for i, row := range bytes.Split(bytes.TrimSpace(file), []byte("\n")) {
		if i == 0 {
			continue
		}
		f := bytes.Split(row, []byte(";"))
		at, err := time.Parse(time.RFC3339, string(f[1]))
		if err != nil {
			panic(err)
		}
		wall := at.In(zone)
		var n int64
		for _, c := range f[5] {
			n = n*10 + int64(c-'0')
		}
		day := belvedere.Date(wall.Year(), wall.Month(), wall.Day())
		out = append(out, []driver.Value{belvedere.UAI(f[0]).Number(), int16(belvedere.SchoolYearOf(day)), at.UTC(), day, uint8(wall.Hour()),
			keep(f[2]), keep(f[3]), keep(f[4]), n})
	}
	return out
}

// appended stores the rows by the driver alone.
func appended(b *testing.B, columns []belvedere.TableColumn, values [][]driver.Value) time.Duration {
	db, err := sql.Open("duckdb", filepath.Join(b.TempDir(), "brut.duckdb")+"?threads=2")
	must(b, err)
	defer db.Close()
	conn, err := db.Conn(context.Background())
	must(b, err)
	defer conn.Close()
	create := "CREATE TABLE t ("
	for i, c := range columns {
		if i > 0 {
			create += ", "
		}
		create += c.Name + " " + string(c.Type)
	}
	_, err = conn.ExecContext(context.Background(), create+")")
	must(b, err)
	return timed(func() {
		must(b, conn.Raw(func(dc any) error {
			a, err := raw.NewAppenderFromConn(dc.(driver.Conn), "", "t")
			if err != nil {
				return err
			}
			for _, row := range values {
				if err := a.AppendRow(row...); err != nil {
					return err
				}
			}
			return a.Close()
		}))
		_, err := conn.ExecContext(context.Background(), "CHECKPOINT")
		must(b, err)
	})
}

// staged stores the rows by the engine's columnar path, up to a table of the file.
func staged(b *testing.B, columns []belvedere.TableColumn, values [][]driver.Value) time.Duration {
	e, err := duckdb.Open(context.Background(), duckdb.Options{Path: filepath.Join(b.TempDir(), "etage.duckdb"), Threads: 2})
	must(b, err)
	defer e.Close()
	return timed(func() {
		s, err := e.Stage(context.Background(), "t", columns)
		must(b, err)
		row := make([]any, len(columns))
		for _, v := range values {
			for i := range v {
				row[i] = v[i]
			}
			must(b, s.Append(row))
		}
		must(b, s.Close())
		must(b, e.Exec(context.Background(), belvedere.Statement{SQL: "CREATE TABLE f AS SELECT * FROM t"}))
	})
}

// loaded takes the file in and publishes it: decoded, checked, staged, stored, rolled up.
func loaded(b *testing.B, file []byte) (accept, process time.Duration) {
	ctx := context.Background()
	a := open(b, b.TempDir())
	defer a.Close()
	var d belvedere.Delivery
	accept = timed(func() {
		var err error
		d, _, err = a.Ingest.Accept(ctx, ingest.Submission{Source: "mesure", Dataset: "connexions", FileName: "connexions.csv", Body: bytes.NewReader(file)})
		must(b, err)
	})
	process = timed(func() {
		_, err := a.Ingest.Process(ctx, []int64{d.Seq}, nil)
		must(b, err)
	})
	if d, err := a.Registry.Delivery(ctx, d.Seq); err != nil || d.State != belvedere.Published {
		b.Fatalf("%v %s %v", d.State, d.Reason, err)
	}
	return accept, process
}
