package table_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/table"
)

// A reading is all that a member gave.
type reading struct {
	header []string
	rows   [][]string // fault-free rows; an absent field is "∅"
	lines  []int64
	faults []belvedere.Fault
	err    error // that ended the file, nil at its proper end
	offset int64
	format table.Format
}

// read takes the first member of a file to its end.
func read(t testing.TB, data []byte, lim table.Limits, opt table.Options) reading {
	t.Helper()
	a, err := table.Open(bytes.NewReader(data), int64(len(data)), "essai.csv", lim)
	if err != nil {
		return reading{err: err}
	}
	return drain(t, a.Members[0], opt)
}

func readText(t testing.TB, text string) reading {
	t.Helper()
	return read(t, []byte(text), table.Limits{}, table.Options{})
}

func drain(t testing.TB, m *table.Member, opt table.Options) reading {
	t.Helper()
	rows, err := m.Rows(opt)
	if err != nil {
		return reading{err: err}
	}
	r := reading{header: rows.Header(), format: table.FormatOf(rows)}
	for {
		row, err := rows.Next()
		if err != nil {
			if _, again := rows.Next(); again != err {
				t.Errorf("after %v, Next gives %v", err, again)
			}
			if err != io.EOF {
				r.err = err
			}
			break
		}
		r.add(t, row)
	}
	r.offset = rows.Offset()
	return r
}

func (r *reading) add(t testing.TB, row belvedere.SourceRow) {
	t.Helper()
	if row.Fault != nil {
		if row.Fields != nil {
			t.Errorf("line %d: a fault with fields", row.Line)
		}
		if row.Fault.Rule == "" || row.Fault.Message == "" || row.Fault.Mend == "" || row.Fault.Line < row.Line {
			t.Errorf("line %d: incomplete fault %+v", row.Line, row.Fault)
		}
		r.faults = append(r.faults, *row.Fault)
		return
	}
	if len(row.Fields) != len(r.header) {
		t.Errorf("line %d: %d fields under %d names", row.Line, len(row.Fields), len(r.header))
	}
	fields := make([]string, len(row.Fields))
	for i, f := range row.Fields {
		if fields[i] = string(f); f == nil {
			fields[i] = "∅"
		}
	}
	r.rows, r.lines = append(r.rows, fields), append(r.lines, row.Line)
}

// flat writes rows as "a|b / c|d".
func (r reading) flat() string {
	lines := make([]string, len(r.rows))
	for i, row := range r.rows {
		lines[i] = strings.Join(row, "|")
	}
	return strings.Join(lines, " / ")
}

// marks writes faults as "rule@line".
func (r reading) marks() string {
	var b strings.Builder
	for i, f := range r.faults {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f.Rule + "@" + belvedere.FormatNumber(float64(f.Line), 0))
	}
	return b.String()
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type entry struct{ name, data string }

func zipped(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wantRefusal checks that an error is one for the sender, in whole French sentences.
func wantRefusal(t testing.TB, err error, kind belvedere.Kind, says string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", says)
	}
	m := belvedere.Message(err)
	if belvedere.KindOf(err) != kind || !strings.Contains(m, says) || !strings.HasSuffix(m, ".") {
		t.Errorf("error of kind %d: %q\nwant kind %d saying %q", belvedere.KindOf(err), m, kind, says)
	}
}

// shared finds a folder of the data beside the repository, and skips the test without it.
func shared(t testing.TB, folder string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("go.mod not found")
		}
		dir = filepath.Dir(dir)
	}
	found := filepath.Join(dir, "..", "shared", folder)
	if _, err := os.Stat(found); err != nil {
		t.Skipf("no %s beside the repository", folder)
	}
	return found
}
