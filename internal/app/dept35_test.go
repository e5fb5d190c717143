package app_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/check"
	"belvedere/internal/config"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
)

// shared finds a folder of the real data beside the project, or skips.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	dir := filepath.Join(append([]string{"..", "..", "..", "shared"}, parts...)...)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	return dir
}

// open builds an app on an empty folder, where an agreement shares everything that may be shared.
func open(t testing.TB) *app.App {
	t.Helper()
	a := openBare(t)
	agree(t, a, registry.Agreement{AllThemes: true, Basis: "données ouvertes"})
	return a
}

// agree keeps an agreement, in force since long ago unless it says else.
func agree(t testing.TB, a *app.App, one registry.Agreement) registry.Agreement {
	t.Helper()
	if one.From.IsZero() {
		one.From = belvedere.Date(2010, 9, 1)
	}
	if one.Basis == "" {
		one.Basis = "consentement"
	}
	kept, err := a.Registry.PutAgreement(context.Background(), one)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// openBare builds an app on an empty folder, where nobody agreed to anything.
func openBare(t testing.TB) *app.App {
	t.Helper()
	c := config.Default()
	c.Data = t.TempDir()
	a, err := app.Open(context.Background(), c, slog.New(slog.NewTextHandler(io(t), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// io sends the log to the test.
func io(t testing.TB) writer { return writer{t} }

type writer struct{ t testing.TB }

func (w writer) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// load delivers files together and wants them published.
func load(t testing.TB, a *app.App, files ...string) []belvedere.Delivery {
	t.Helper()
	ctx := context.Background()
	var seqs []int64
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d, _, err := a.Ingest.Accept(ctx, ingest.Submission{Source: "test", FileName: filepath.Base(name), Body: bytes.NewReader(text)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		seqs = append(seqs, d.Seq)
	}
	if _, err := a.Ingest.Process(ctx, seqs, nil); err != nil {
		t.Fatal(err)
	}
	var out []belvedere.Delivery
	for _, seq := range seqs {
		d, err := a.Registry.Delivery(ctx, seq)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

// ask answers a question in the words of the command line, as a table of texts.
func ask(t testing.TB, a *app.App, q report.Ask) [][]string {
	t.Helper()
	ctx := context.Background()
	viewer, err := a.Operator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	query, err := a.Reporter.Build(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	result, err := a.Reporter.Query(ctx, viewer, query)
	if err != nil {
		text, _ := a.Reporter.SQL(ctx, viewer, query)
		t.Fatalf("%v\n%s", err, text)
	}
	return check.Table(result)
}

// text joins a table for comparison, ratios at four decimals.
func text(rows [][]string) string {
	var b strings.Builder
	for _, r := range rows[1:] {
		for i, c := range r {
			if i > 0 {
				b.WriteByte(' ')
			}
			if v, err := strconv.ParseFloat(c, 64); err == nil && strings.Contains(c, ".") {
				c = strconv.FormatFloat(v, 'f', 4, 64)
			}
			b.WriteString(c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestDept35 loads the six real files of Ille-et-Vilaine, in two orders, and finds their totals.
func TestDept35(t *testing.T) {
	dir := shared(t, "data", "dept35")
	var files []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".csv" && !strings.Contains(name, "carte-scolaire") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, reversed := range []bool{false, true} {
		if reversed {
			for i, j := 0, len(files)-1; i < j; i, j = i+1, j-1 {
				files[i], files[j] = files[j], files[i]
			}
		}
		a := open(t)
		for _, d := range load(t, a, files...) {
			if d.State != belvedere.Published {
				t.Fatalf("%s: %s, %s", d.FileName, d.State, d.Reason)
			}
		}
		for _, c := range []struct {
			name string
			ask  report.Ask
			want string
		}{
			{"écoles", report.Ask{Indicators: []string{"eleves", "eleves_taux"}, By: []string{"annee"}, Where: []string{"type=ecole", "annee=2019|2020|2021|2022"}},
				"2019 111629 23.4712\n2020 110324 23.0033\n2021 108848 22.7050\n2022 107729 22.6037\n"},
			{"collèges", report.Ask{Indicators: []string{"eleves"}, By: []string{"annee"}, Where: []string{"niveau=6eme|5eme|4eme|3eme", "annee=2019|2020|2021"}},
				"2019 56959\n2020 57639\n2021 57649\n"},
		} {
			if got := text(ask(t, a, c.ask)); got != c.want {
				t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
			}
		}
	}
}
