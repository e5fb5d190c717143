package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/semantic"
)

// generator is the version of the data; change it with them.
const generator = "1"

// The two territories.
const (
	lastYear = belvedere.SchoolYear(2025)

	yearsSmall, yearsLarge = 6, 15
)

func benchDir() string {
	if dir := os.Getenv("BELVEDERE_BENCH_DIR"); dir != "" {
		return dir
	}
	return filepath.Join(os.TempDir(), "belvedere-bench")
}

// folder opens a data folder, filled by fill when its marker is absent or of other code: the
// generator, or the tables of the catalogue.
func folder(b testing.TB, name string, fill func(testing.TB, *app.App)) *app.App {
	b.Helper()
	dir := filepath.Join(benchDir(), name)
	marker := filepath.Join(dir, "fait.txt")
	want := version(b)
	if have, _ := os.ReadFile(marker); string(have) == want {
		return open(b, dir)
	}
	if err := os.RemoveAll(dir); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	a := open(b, dir)
	fill(b, a)
	if err := a.Close(); err != nil {
		b.Fatal(err)
	}
	b.Logf("%s: made in %s", dir, time.Since(start).Round(time.Second))
	if err := os.WriteFile(marker, []byte(want), 0o644); err != nil {
		b.Fatal(err)
	}
	return open(b, dir)
}

// version tells whether a folder was made by this code.
func version(b testing.TB) string {
	m, err := app.Model(config.Default())
	if err != nil {
		b.Fatal(err)
	}
	h := sha256.New()
	fmt.Fprintln(h, generator)
	for _, s := range (semantic.Publisher{}).Tables(m) {
		fmt.Fprintln(h, s.SQL)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func open(b testing.TB, dir string) *app.App {
	b.Helper()
	c := config.Default()
	c.Data, c.Threads = dir, 2
	a, err := app.Open(context.Background(), c, slog.New(slog.NewTextHandler(logWriter{b}, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Close() })
	return a
}

type logWriter struct{ b testing.TB }

func (w logWriter) Write(p []byte) (int, error) {
	w.b.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// deliver brings files to one edition through the door of everyone and says how long the reading,
// checking and publishing took.
func deliver(b testing.TB, a *app.App, files map[string]io.Reader) time.Duration {
	b.Helper()
	ctx := context.Background()
	var seqs []int64
	for dataset, body := range files {
		d, _, err := a.Ingest.Accept(ctx, ingest.Submission{Source: "mesure", Dataset: dataset, FileName: dataset + ".csv.gz", Body: body})
		if err != nil {
			b.Fatal(err)
		}
		seqs = append(seqs, d.Seq)
	}
	start := time.Now()
	if _, err := a.Ingest.Process(ctx, seqs, nil); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	for _, seq := range seqs {
		d, err := a.Registry.Delivery(ctx, seq)
		if err != nil {
			b.Fatal(err)
		}
		if d.State != belvedere.Published || d.Faults > 0 {
			faults, _, _ := a.Registry.Faults(ctx, seq, registry.Page{Limit: 3})
			b.Fatalf("%s: %s, %s %v", d.Dataset, d.State, d.Reason, faults)
		}
	}
	return took
}

// fillYear makes 500 schools with a school year of hourly connections and six years of all the
// rest, delivered month by month and dataset by dataset as files.
func fillYear(b testing.TB, a *app.App) {
	list := schools(1, 500, smallKinds)
	deliver(b, a, map[string]io.Reader{"etablissements": strings.NewReader(register(list))})
	var years []belvedere.SchoolYear
	for y := lastYear - yearsSmall + 1; y <= lastYear; y++ {
		years = append(years, y)
	}
	for _, d := range a.Model.Datasets {
		if d.Kind == belvedere.Register || d.Time == belvedere.ByHour {
			continue
		}
		rows := 0
		took := deliver(b, a, map[string]io.Reader{d.Name: zipped(func(w io.Writer) { rows = table(w, d, list, years) })})
		b.Logf("%s: %d rows in %s", d.Name, rows, took.Round(time.Millisecond))
	}
	total, busy := 0, time.Duration(0)
	for m := range 12 {
		from := lastYear.First().AddDate(0, m, 0)
		rows := 0
		busy += deliver(b, a, map[string]io.Reader{"connexions": zipped(func(w io.Writer) {
			rows = hourly(w, list, a.Config.Location(), from, from.AddDate(0, 1, 0), 53)
		})})
		total += rows
	}
	b.Logf("connexions: %d rows in %s, %.0f rows/s from gzip to edition", total, busy.Round(time.Second), float64(total)/busy.Seconds())
}
