package form

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// root is the folder that holds go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

var loaded struct {
	once  sync.Once
	model *belvedere.Model
	err   error
}

// model is the shipped catalogue without its indicators and pages, which no form needs.
func model(t testing.TB) *belvedere.Model {
	t.Helper()
	loaded.once.Do(func() {
		part := fstest.MapFS{}
		catalog := os.DirFS(filepath.Join(root(t), "catalog"))
		for _, dir := range []string{"codes", "datasets", "forms"} {
			names, err := fs.Glob(catalog, dir+"/*.yaml")
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				text, err := fs.ReadFile(catalog, name)
				if err != nil {
					t.Fatal(err)
				}
				part[name] = &fstest.MapFile{Data: text}
			}
		}
		loaded.model, loaded.err = semantic.Load(part)
	})
	if loaded.err != nil {
		t.Fatal(loaded.err)
	}
	return loaded.model
}

func paris(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no time zone database:", err)
	}
	return zone
}

// shared opens a file of the open data beside the repository, or skips the test.
func shared(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), "..", "shared", "data", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("real data absent: %s", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// outcome is all that a mapper gave for a file.
type outcome struct {
	target Target
	rows   []map[string]any
	byData map[string]int
	faults []belvedere.Fault
	counts Counts
	skips  map[string]int64
}

// records reads CSV text; the delimiter is the first of ; , tab in the header.
func records(t testing.TB, text []byte) (header []string, rows [][]string) {
	t.Helper()
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	line, _, _ := bufio.NewReader(bytes.NewReader(text)).ReadLine()
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	if !bytes.ContainsRune(line, ';') {
		r.Comma = ','
	}
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return header, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		if header == nil {
			header = rec
			continue
		}
		rows = append(rows, rec)
	}
}

// load maps a whole file and keeps what comes out. Values are copied under the names of the
// staged columns, beside "dataset".
func load(t testing.TB, text []byte) outcome {
	t.Helper()
	header, rows := records(t, text)
	target, err := Recognise(model(t), header)
	if err != nil {
		t.Fatal(err)
	}
	return loadAs(t, target, header, rows)
}

func loadAs(t testing.TB, target Target, header []string, rows [][]string) outcome {
	t.Helper()
	m, err := NewMapper(target, model(t), header, paris(t))
	if err != nil {
		t.Fatal(err)
	}
	out := outcome{target: target, byData: map[string]int{}}
	var bytesOfRow []byte // used again for each row, as readers do: nothing may keep a part of it
	for i, r := range rows {
		row := belvedere.SourceRow{Line: int64(i + 2)}
		bytesOfRow = append(bytesOfRow[:0], strings.Join(r, "")...)
		at := 0
		for _, f := range r {
			row.Fields = append(row.Fields, bytesOfRow[at:at+len(f):at+len(f)])
			at += len(f)
		}
		err := m.Map(row, func(r Row) error {
			out.keep(t, r)
			return nil
		}, func(f belvedere.Fault) { out.faults = append(out.faults, f) })
		if err != nil {
			t.Fatal(err)
		}
	}
	out.counts, out.skips = m.Counts(), m.Skipped()
	return out
}

func (o *outcome) keep(t testing.TB, r Row) {
	t.Helper()
	cols := semantic.StageColumns(r.Dataset)
	if len(cols) != len(r.Values) {
		t.Fatalf("%s: %d values for %d columns", r.Dataset.Name, len(r.Values), len(cols))
	}
	row := map[string]any{"dataset": r.Dataset.Name}
	for i, c := range cols {
		row[c.Name] = r.Values[i]
		if !rightType(c.Type, r.Values[i]) {
			t.Fatalf("%s.%s is %s and holds a %T", r.Dataset.Name, c.Name, c.Type, r.Values[i])
		}
	}
	o.byData[r.Dataset.Name]++
	o.rows = append(o.rows, row)
}

func rightType(c belvedere.ColumnType, v any) bool {
	if v == nil {
		return true
	}
	ok := false
	switch c {
	case belvedere.Int32:
		_, ok = v.(int32)
	case belvedere.Int16:
		_, ok = v.(int16)
	case belvedere.Uint8:
		_, ok = v.(uint8)
	case belvedere.Int64:
		_, ok = v.(int64)
	case belvedere.Float64:
		_, ok = v.(float64)
	case belvedere.DateOnly, belvedere.Timestamp:
		_, ok = v.(time.Time)
	case belvedere.Text:
		_, ok = v.(string)
	}
	return ok
}

// sum adds a measure over the rows of a dataset that satisfy where.
func (o *outcome) sum(dataset, measure string, where func(row map[string]any) bool) int64 {
	total := int64(0)
	for _, r := range o.rows {
		if v, ok := r[measure].(int64); ok && r["dataset"] == dataset && (where == nil || where(r)) {
			total += v
		}
	}
	return total
}

func year(y int) func(map[string]any) bool {
	return func(r map[string]any) bool { return r["annee"] == int16(y) }
}

// complaints writes faults short, for comparison.
func complaints(faults []belvedere.Fault) string {
	var b strings.Builder
	for _, f := range faults {
		b.WriteString(f.Error() + " [" + f.Rule + "] " + f.Mend + "\n")
	}
	return b.String()
}

// flat writes the spaces of French typography as plain ones, to compare messages.
func flat(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func said(err error) string {
	if err == nil {
		return ""
	}
	return flat(err.Error())
}
