package table_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"belvedere"
	"belvedere/internal/source/table"
)

// stream reads a table that cannot be rewound, a few bytes at a time.
func stream(t testing.TB, in io.Reader, opt table.Options) reading {
	t.Helper()
	rows, err := table.Stream(in, table.Limits{}, opt)
	if err != nil {
		return reading{err: err}
	}
	r := reading{header: rows.Header(), format: table.FormatOf(rows)}
	for {
		row, err := rows.Next()
		if err == io.EOF {
			return r
		}
		if err != nil {
			r.err = err
			return r
		}
		r.add(t, row)
	}
}

// TestStreamReadsAsOpenDoes holds a stream to what a whole file gives.
func TestStreamReadsAsOpenDoes(t *testing.T) {
	texts := map[string]string{
		"CSV":          "nom;ville\nÉlise;Orléans\n\"a;b\";c\n1\n",
		"header alone": "nom;ville\n",
		"NDJSON":       "{\"a\":1,\"b\":\"é\"}\n{\"a\":2,\"b\":null}\n{\"b\":3}\n",
	}
	for name, text := range texts {
		for _, enc := range []table.Encoding{table.UTF8, table.UTF16LE, table.UTF16BE, table.Windows1252} {
			data := encode(t, enc, text, true)
			whole := read(t, data, table.Limits{}, table.Options{})
			streamed := stream(t, iotest.HalfReader(bytes.NewReader(data)), table.Options{})
			if !slices.Equal(whole.header, streamed.header) || !slices.EqualFunc(whole.rows, streamed.rows, slices.Equal[[]string]) || whole.marks() != streamed.marks() {
				t.Errorf("%s in %s:\nstream %v %q %s\nwhole  %v %q %s", name, enc, streamed.header, streamed.rows, streamed.marks(), whole.header, whole.rows, whole.marks())
			}
		}
	}
}

// TestStreamFindsALateAccent: the encoding of a log whose first accent comes after megabytes is
// decided there.
func TestStreamFindsALateAccent(t *testing.T) {
	for name, last := range map[string]string{"windows-1252": "\xc9lise", "utf-8": "Élise", "iso-8859-15": "c\xbdur"} {
		want := map[string]string{"windows-1252": "Élise", "utf-8": "Élise", "iso-8859-15": "cœur"}[name]
		text := "nom;age\n" + strings.Repeat("Anne;12\n", 300_000) + last + ";13\n"
		r := stream(t, strings.NewReader(text), table.Options{})
		if len(r.faults) > 0 || len(r.rows) != 300_001 || r.rows[300_000][0] != want {
			t.Errorf("%s: %d rows, faults %s, last %q", name, len(r.rows), r.marks(), r.rows[len(r.rows)-1])
		}
	}
}

func TestRaggedRows(t *testing.T) {
	r := stream(t, strings.NewReader("a;b;c\n1\n1;2;\n1;2;3;;\n1;2;3;4\n"), table.Options{Ragged: true})
	want := [][]string{{"1", "∅", "∅"}, {"1", "2", ""}, {"1", "2", "3"}}
	if !slices.EqualFunc(r.rows, want, slices.Equal[[]string]) || r.marks() != "colonnes@5" {
		t.Errorf("rows %q, faults %s", r.rows, r.marks())
	}
}

func TestStreamRefuses(t *testing.T) {
	for name, data := range map[string]string{"gzip": "\x1f\x8b\x08", "XML": "<?xml version=\"1.0\"?><a/>", "nothing": "", "binary": "\x00\x01\x02\x03\x04\x05"} {
		if _, err := table.Stream(strings.NewReader(data), table.Limits{}, table.Options{}); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("the disk is gone")
	if _, err := table.Stream(iotest.ErrReader(broken), table.Limits{}, table.Options{}); !errors.Is(err, broken) {
		t.Errorf("a broken source gives %v", err)
	}
	r := stream(t, io.MultiReader(strings.NewReader("a;b\n1;2\n"), iotest.ErrReader(broken)), table.Options{})
	if !errors.Is(r.err, broken) || len(r.rows) != 1 {
		t.Errorf("a source that breaks gives %v after %q", r.err, r.rows)
	}
}

func TestPeek(t *testing.T) {
	if got := table.Peek([]byte("\xef\xbb\xbfNom;Prénom\nDUPRÉ;É")); !slices.Equal(got, []string{"Nom", "Prénom"}) {
		t.Errorf("header %q", got)
	}
	if got := table.Peek([]byte("<?xml version=\"1.0\"?><a/>")); got != nil {
		t.Errorf("markup gives %q", got)
	}
}

// FuzzStream holds a stream to what Open gives of the same bytes.
func FuzzStream(f *testing.F) {
	for _, s := range []string{"a;b\n\xe9;2\n", "{\"a\":\"\xe9\"}\n", "\xff\xfea\x00;\x00b\x00", "a\n\"x", "\xef\xbb\xbfsep=,\na,b\n1"} {
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, ragged bool) {
		if bytes.HasPrefix(data, []byte("PK")) || bytes.HasPrefix(data, []byte("\x1f\x8b")) || bytes.HasPrefix(data, []byte("PAR1")) {
			return
		}
		opt := table.Options{Ragged: ragged}
		whole, streamed := read(t, data, table.Limits{}, opt), stream(t, bytes.NewReader(data), opt)
		if (whole.err == nil) != (streamed.err == nil) || !slices.EqualFunc(whole.rows, streamed.rows, slices.Equal[[]string]) || whole.marks() != streamed.marks() {
			t.Errorf("stream %q %s %v\nwhole  %q %s %v", streamed.rows, streamed.marks(), streamed.err, whole.rows, whole.marks(), whole.err)
		}
	})
}
