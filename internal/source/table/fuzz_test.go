package table_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"belvedere/internal/source/table"
)

// tight limits make fuzzing reach every cap with short inputs.
var tight = table.Limits{Unpacked: 1 << 20, Entries: 8, Record: 64, Columns: 8}

// FuzzCSV holds the reader to encoding/csv on every input that both read: the same records, blank ones aside.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a;b\n1;2\n", "a,b\r\n\"x\"\"y\",\"z\n\n\"\r\n", "a\tb\n\n\t\n1\t2", "a|b\n\"1|2\n3|4\n", "sep=;\na;b\n", "a;b;;\n1;2;3;4\n",
		"\xef\xbb\xbfa;b\n\"1\"x;2\n", "a;b\r1;2\r", " \"a\" ;b\n", "\"\"\";x\";\"abc\n\"\"\";x\";\"abc\n", "é;b\n\xe9;\x00\n", "a;b\n1;" + strings.Repeat("x", 80) + "\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, lim := range []table.Limits{tight, {}} {
			if r := read(t, data, lim, table.Options{}); r.err == nil && int(r.offset) != len(data) {
				t.Errorf("%d bytes of %d consumed", r.offset, len(data))
			}
		}
		if !utf8.Valid(data) || bytes.ContainsAny(data, "\x00\x1a") || bytes.Contains(bytes.ReplaceAll(data, []byte("\r\n"), nil), []byte("\r")) {
			return
		}
		compareCSV(t, data)
	})
}

func compareCSV(t *testing.T, data []byte) {
	r := read(t, data, table.Limits{}, table.Options{Encoding: table.UTF8, Delimiter: ';'})
	if r.err != nil || r.format.Kind != table.CSV || bytes.HasPrefix(bytes.ToLower(bytes.TrimLeft(data, "\ufeff\" ")), []byte("sep=")) {
		return
	}
	std := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	std.Comma, std.FieldsPerRecord = ';', -1
	records, err := std.ReadAll()
	if err != nil {
		return
	}
	var want [][]string
	for i, rec := range slices.DeleteFunc(records, blankRecord) {
		width := len(r.header)
		if i > 0 && len(rec) == width {
			want = append(want, rec)
		}
	}
	var got [][]string
	for _, row := range r.rows {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
		}
		got = append(got, row)
	}
	// Rows wider than the header are given when the excess is empty or nameless; the standard
	// library has no such notion, so that only records of the exact width are compared.
	missing := slices.DeleteFunc(want, func(w []string) bool {
		return slices.ContainsFunc(got, func(g []string) bool { return slices.Equal(g, w) })
	})
	if len(missing) > 0 {
		t.Errorf("records %q of encoding/csv are not among %q (faults %s)", missing, got, r.marks())
	}
}

func blankRecord(rec []string) bool {
	return !slices.ContainsFunc(rec, func(f string) bool { return strings.Trim(f, " \t") != "" })
}

// FuzzWellFormed writes records with encoding/csv and reads them back in all encodings.
func FuzzWellFormed(f *testing.F) {
	f.Add("a", "b", "x;y", "say \"no\"", "é\nà", " z ", false)
	f.Add("é", "", "\r\n", "\"", ";", "€œ", true)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g string, crlf bool) {
		records := [][]string{{"col 1", "col 2", "fin"}, {a, b, "1"}, {c, d, "2"}, {e, g, "3"}}
		var text strings.Builder
		w := csv.NewWriter(&text)
		w.Comma, w.UseCRLF = ';', crlf
		if w.WriteAll(records) != nil || !utf8.ValidString(text.String()) || strings.ContainsAny(text.String(), "\x00\x1a") || controls(text.String()) {
			return
		}
		if crlf {
			for _, rec := range records {
				for i := range rec { // the writer turns line ends of fields into CRLF, too
					rec[i] = strings.ReplaceAll(strings.ReplaceAll(rec[i], "\r", ""), "\n", "\r\n")
				}
			}
		}
		for _, enc := range []table.Encoding{table.UTF8, table.UTF16LE, table.UTF16BE} {
			r := read(t, encode(t, enc, text.String(), true), table.Limits{}, table.Options{Delimiter: ';'})
			if r.err != nil || len(r.faults) > 0 || !slices.EqualFunc(r.rows, records[1:], slices.Equal[[]string]) {
				t.Errorf("%s: %q\ngot  %q, faults %s, error %v\nwant %q", enc, text.String(), r.rows, r.marks(), r.err, records[1:])
			}
		}
	})
}

// controls tells whether a text would not pass for one.
func controls(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\n' && c != '\r' && c != '\t' })
}

// FuzzNDJSON holds the reader to encoding/json: what it takes for an object is one, with the same
// values; what it refuses is none, or is one of the refusals of the format.
func FuzzNDJSON(f *testing.F) {
	for _, s := range []string{
		"{\"a\":1}\n{\"a\":\"\\u00e9\\ud83d\\ude00\",\"b\":null}", "{\"a\":-0.5e-3,\"b\":true}\n{\"b\":false}\n", "{\"a\":[{\"b\":\"]\"}]}\n{}", "{\"a\":01}\n{\"a\":\"\\x\"}\n", "\xef\xbb\xbf {\"\":\"\"}\r\n", "{\"a\":1,\"a\":2}\n{\"A\":1}\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read(t, data, tight, table.Options{})
		r := read(t, data, table.Limits{}, table.Options{})
		if r.format.Kind != table.NDJSON || r.format.Encoding != table.UTF8 || r.err != nil {
			return
		}
		lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
		for i, row := range r.rows {
			compareObject(t, lines[r.lines[i]-1], r.header, row)
		}
		for _, fault := range r.faults {
			line := lines[fault.Line-1]
			if fault.Rule == table.RuleJSON && json.Valid([]byte(line)) && strings.HasPrefix(strings.TrimSpace(line), "{") && !strings.Contains(line, "\\u") && !strings.Contains(line, "[[[") {
				t.Errorf("%q is refused: %s", line, fault.Message)
			}
		}
	})
}

func compareObject(t *testing.T, line string, header, row []string) {
	var want map[string]any
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatalf("%q is read as %q, but: %v", line, row, err)
	}
	values := map[string]int{}
	for _, v := range row {
		if v != "∅" {
			values[v]++
		}
	}
	for key, v := range want {
		text, ok := "", true
		switch v := v.(type) {
		case string:
			text = v
		case json.Number:
			text = v.String()
		case bool:
			text = map[bool]string{true: "true", false: "false"}[v]
		default:
			ok = v == nil
			if ok {
				continue
			}
		}
		if text == "∅" {
			continue
		}
		if values[text]--; values[text] < 0 || !ok {
			t.Errorf("%q: key %q has %v, row %q under %q", line, key, v, row, header)
		}
	}
}

// FuzzArchive opens anything and reads all that it finds, within tight limits.
func FuzzArchive(f *testing.F) {
	f.Add(zipped(f, entry{"a.csv", small}, entry{"b.json", "{\"a\":1}"}))
	f.Add(zipped(f, entry{"a.csv.gz", string(gzipped(f, []byte(small)))}))
	f.Add(zipped(f, entry{"../a.csv", small}))
	f.Add(gzipped(f, []byte(small)))
	f.Add(gzipped(f, gzipped(f, []byte("{\"a\":1}\n"))))
	f.Add(gzipped(f, []byte(strings.Repeat(small, 100)))[:60])
	f.Add([]byte("PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := open(data, tight)
		if err != nil {
			return
		}
		if len(a.Members) == 0 || len(a.Members)+len(a.Skipped) > tight.Entries {
			t.Fatalf("%d members, %d skipped", len(a.Members), len(a.Skipped))
		}
		total := int64(0)
		for _, m := range a.Members {
			if r, err := m.Reader(); err == nil {
				n, _ := io.Copy(io.Discard, r)
				total += n
			}
			if m.Kind != table.Parquet {
				drain(t, m, table.Options{})
			}
		}
		if total > int64(len(a.Members))*tight.Unpacked {
			t.Errorf("%d bytes unpacked", total)
		}
	})
}

// FuzzDecode reads a cell of arbitrary UTF-16 units and arbitrary bytes: the text is right, or the
// row is a fault.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xe9\x00\x3d\xd8\x00\xde"), false)
	f.Add([]byte("\xd8\x00"), true)
	f.Add([]byte("\xe9l\xe8ve \x80\xa4\xbd"), false)
	f.Add([]byte("a\x00b"), true)
	f.Fuzz(func(t *testing.T, cell []byte, big bool) {
		enc := table.UTF16LE
		if big {
			enc = table.UTF16BE
		}
		file := append(encode(t, enc, "a;b\nx;", true), cell...)
		r := read(t, file, table.Limits{}, table.Options{})
		if r.err != nil && r.format.Kind != "" {
			t.Fatalf("%q: %v", cell, r.err)
		}
		if want, ok := decodeUnits(cell, big); ok && !strings.ContainsAny(want, "\r\n;\"\x00") {
			if len(r.rows) != 1 || r.rows[0][1] != want {
				t.Errorf("%q: rows %q, faults %s, want %q", cell, r.rows, r.marks(), want)
			}
		} else if !ok && len(r.faults) == 0 {
			t.Errorf("%q: broken UTF-16 without a fault: %q", cell, r.rows)
		}
		for _, e := range []table.Encoding{"", table.Windows1252, table.ISO885915, table.UTF8, table.UTF16LE} {
			for _, row := range read(t, append([]byte("a;b\nx;"), cell...), table.Limits{}, table.Options{Encoding: e}).rows {
				if !utf8.ValidString(strings.Join(row, "")) {
					t.Errorf("%q in %q: row %q is no text", cell, e, row)
				}
			}
		}
	})
}

// decodeUnits is what UTF-16 means, and whether it is sound.
func decodeUnits(b []byte, big bool) (string, bool) {
	if len(b)%2 != 0 {
		return "", false
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) > 0; b = b[2:] {
		u := uint16(b[0]) | uint16(b[1])<<8
		if big {
			u = u<<8 | u>>8
		}
		units = append(units, u)
	}
	s := string(utf16.Decode(units))
	return s, slices.Equal(utf16.Encode([]rune(s)), units)
}
