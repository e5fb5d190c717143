package table_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/table"
)

func TestCSV(t *testing.T) {
	tests := []struct {
		name, text    string
		header, rows  string
		lines, faults string
	}{
		{"semicolons", "uai;nom\n1;a\n2;b\n", "uai|nom", "1|a / 2|b", "2 3", ""},
		{"commas", "uai,nom\n1,a\n", "uai|nom", "1|a", "2", ""},
		{"tabs", "uai\tnom\n1\ta\n", "uai|nom", "1|a", "2", ""},
		{"bars", "uai|nom\n1|a\n", "uai|nom", "1|a", "2", ""},
		{"one column", "uai\n1\n2\n", "uai", "1 / 2", "2 3", ""},
		{"commas within names", "nom, prénom, usage;ville\nA, B;R\nC;S\n", "nom, prénom, usage|ville", "A, B|R / C|S", "2 3", ""},
		{"delimiter within quotes", "\"a;b;c\",d\n1,2\n", "a;b;c|d", "1|2", "2", ""},
		{"announced delimiter", "sep=,\na,b;c;d\n1,2\n", "a|b;c;d", "1|2", "3", ""},
		{"CRLF", "a;b\r\n1;2\r\n\r\n3;4\r\n", "a|b", "1|2 / 3|4", "2 4", ""},
		{"CR", "a;b\r1;2\r\r3;4", "a|b", "1|2 / 3|4", "2 4", ""},
		{"mixed line ends", "a;b\n1;2\r\n3;4\r5;6", "a|b", "1|2 / 3|4 / 5|6", "2 3 4", ""},
		{"no last line end", "a;b\n1;", "a|b", "1|", "2", ""},
		{"blank lines and delimiters", "\n;;\na;b\n;\n  ; \n\n1;2\n;;;;;;\n3;4\n\n", "a|b", "1|2 / 3|4", "7 9", ""},
		{"DOS end mark", "a;b\n1;2\n\x1a", "a|b", "1|2", "2", ""},
		{"quotes", "a;b\n\"x;y\";\"say \"\"no\"\"\"\n", "a|b", "x;y|say \"no\"", "2", ""},
		{"line ends in quotes", "a;b\n\"x\r\ny\nz\";2\n3;4\n", "a|b", "x\r\ny\nz|2 / 3|4", "2 5", ""},
		{"quotes within a text", "a;b\nCollège \"Les Ormes\";2\n", "a|b", "Collège \"Les Ormes\"|2", "2", ""},
		{"spaces around quotes", "a;b\n \"x;y\" ;2\n", "a|b", "x;y|2", "2", ""},
		{"quoted at the end", "a;b\n1;\"2\"", "a|b", "1|2", "2", ""},
		{"spaces are kept", "a;b\n x ;2\n", "a|b", " x |2", "2", ""},
		{"header trimmed", "\xef\xbb\xbf a ;\u00a0b\u00a0;\"c\nd\"\n1;2;3\n", "a|b|c d", "1|2|3", "3", ""},
		{"names alike or missing", "a;;A;a (2)\n1;2;3;4\n", "a|colonne 2|A (2)|a (2) (2)", "1|2|3|4", "2", ""},
		{"nameless columns at the end", "a;b;;;\n1;2;3;4;5\n6;7\n", "a|b", "1|2 / 6|7", "2 3", ""},
		{"empty fields at the end", "a;b\n1;2;;; ;\n", "a|b", "1|2", "2", ""},
		{"ragged", "a;b;c\n1;2\n1;2;3;4\n5;6;7\n", "a|b|c", "5|6|7", "4", "colonnes@2 colonnes@3"},
		{"quote never closed", "a;b\n\"1;2\n3;4\n5;6\n", "a|b", "3|4 / 5|6", "3 4", "guillemets@2"},
		{"quote closed by the next one", "a;b\n1;\"x\n3;\"y\"\n5;6\n", "a|b", "3|y / 5|6", "3 4", "guillemets@2"},
		{"quote that swallows rows", "a;b\n1;\"x\n2;y\n3;\";z\n5;6\n", "a|b", "2|y / 5|6", "3 5", "guillemets@2 guillemets@4"},
		{"text after a quote", "a;b\n\"1\"x;2\n3;4\n", "a|b", "3|4", "3", "guillemets@2"},
		{"quote that opens on the second line", "a;b\n\"1\n1\";\"2\n3;4\n", "a|b", "3|4", "4", "guillemets@3"},
		{"NUL", "a;b\n1;x\x00y\n3;4\n", "a|b", "3|4", "3", "caractere_nul@2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, tt.text)
			if r.err != nil {
				t.Fatal(r.err)
			}
			var lines []string
			for _, n := range r.lines {
				lines = append(lines, belvedere.FormatNumber(float64(n), 0))
			}
			got := []string{strings.Join(r.header, "|"), r.flat(), strings.Join(lines, " "), r.marks()}
			if want := []string{tt.header, tt.rows, tt.lines, tt.faults}; !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestCSVRefused(t *testing.T) {
	tests := []struct {
		name, text string
		kind       belvedere.Kind
		says       string
	}{
		{"empty", "", belvedere.Invalid, "est vide"},
		{"mark only", "\xef\xbb\xbf", belvedere.Invalid, "est vide"},
		{"delimiters only", ";;;\n;;\n", belvedere.Invalid, "n’a pas d’en-tête"},
		{"quote open in the header", "a;\"b\n1;2\n", belvedere.Invalid, "en-tête illisible"},
		{"too many columns", strings.Repeat("c;", 5000) + "c\n1\n", belvedere.TooLarge, "4\u202f096 au plus"},
		{"endless header", strings.Repeat("c", 3<<20), belvedere.TooLarge, "1\u00a0Mio"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantRefusal(t, readText(t, tt.text).err, tt.kind, tt.says)
		})
	}
}

// TestFaultHoldsNoControl quotes fields that would colour a terminal or turn the direction of writing.
func TestFaultHoldsNoControl(t *testing.T) {
	r := readText(t, "a;b\n1;2\n1;2;\x1b[31mred;\u202eevil;x\ty\n")
	if len(r.faults) != 1 {
		t.Fatalf("%d faults", len(r.faults))
	}
	if v := r.faults[0].Value + r.faults[0].Message; strings.ContainsAny(v, "\x1b\u202e") {
		t.Errorf("%q", v)
	}
	name := "\u202e<b>\x07.csv"
	if _, err := open(zipped(t, entry{name: name, data: "a;b\n1;2\n"}), table.Limits{}); err == nil || strings.ContainsAny(belvedere.Message(err), "\x07\u202e") {
		t.Errorf("an entry named %q: %v", name, err)
	}
}

// TestColumnsFault checks all that a fault tells.
func TestColumnsFault(t *testing.T) {
	r := readText(t, "a;b;c\n1;2\n1;2;3;4;5\n")
	if len(r.faults) != 2 {
		t.Fatalf("faults %s", r.marks())
	}
	for i, want := range []string{"3\u00a0colonnes attendues, 2\u00a0trouvées.", "3\u00a0colonnes attendues, 5\u00a0trouvées."} {
		if got := r.faults[i].Message; got != want {
			t.Errorf("message %q, want %q", got, want)
		}
	}
}

// TestBlankLines skips what spreadsheets leave under a table, and still counts its lines.
func TestBlankLines(t *testing.T) {
	r := readText(t, "a;b;c\n"+strings.Repeat(";;\n", 60_000)+"1;2;3\n"+strings.Repeat(strings.Repeat(";", 16_000)+"\n", 5))
	if r.err != nil || r.flat() != "1|2|3" || r.lines[0] != 60_002 || len(r.faults) > 0 {
		t.Errorf("rows %s at %v, faults %s, error %v", r.flat(), r.lines, r.marks(), r.err)
	}
}

// TestWideSheet reads a table under a header with more nameless columns than the cap.
func TestWideSheet(t *testing.T) {
	tail := strings.Repeat(";", 9_000)
	r := readText(t, "a;b"+tail+"\n1;2"+tail+"\n3;4"+tail+"x\n5;6"+tail+";x\n")
	if r.err != nil || r.flat() != "1|2 / 3|4" || r.marks() != "colonnes@4" {
		t.Errorf("rows %s, faults %s, error %v", r.flat(), r.marks(), r.err)
	}
}

func TestLongLine(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	r := readText(t, "a;b\n1;2\n3;"+long+"\n5;6\n")
	if r.err != nil || r.flat() != "1|2 / 5|6" || r.marks() != "ligne_longue@3" || r.lines[1] != 4 {
		t.Errorf("rows %s at %v, faults %s, error %v", r.flat(), r.lines, r.marks(), r.err)
	}
	under := strings.Repeat("x", 1<<19)
	if r = readText(t, "a;b\n1;"+under+"\n"); r.err != nil || len(r.rows) != 1 || r.rows[0][1] != under {
		t.Errorf("a long field is not read: %d rows, faults %s, error %v", len(r.rows), r.marks(), r.err)
	}
	r = readText(t, "a;b\n1;\""+long+"\n3;4\n")
	if r.err != nil || r.flat() != "3|4" || r.marks() != "guillemets@2" && r.marks() != "ligne_longue@2" {
		t.Errorf("rows %s, faults %s, error %v", r.flat(), r.marks(), r.err)
	}
}

// endless is a file made as it is read: a start, then one byte over and over.
type endless struct {
	start string
	fill  byte
	read  int64 // furthest byte asked for
}

func (e *endless) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		p[i] = e.fill
		if at := off + int64(i); at < int64(len(e.start)) {
			p[i] = e.start[at]
		}
	}
	e.read = max(e.read, off+int64(len(p)))
	return len(p), nil
}

// TestEndlessLine refuses a line of 1 GB after a small part of it, with little memory.
func TestEndlessLine(t *testing.T) {
	for _, start := range []string{"a;b\n1;2\n3;", "{\"a\":1}\n{\"a\":\"", "a;b\n1;2\n3;\""} {
		file := &endless{start: start, fill: 'x'}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a, err := table.Open(file, 1<<30, "long", table.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		r := drain(t, a.Members[0], table.Options{})
		wantRefusal(t, r.err, belvedere.TooLarge, "sans se terminer")
		if len(r.rows) != 1 {
			t.Errorf("%q: %d rows before the long line, want 1", start, len(r.rows))
		}
		if file.read > 32<<20 {
			t.Errorf("%q: %d bytes read before the refusal", start, file.read)
		}
		if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 8<<20 {
			t.Errorf("%q: %d bytes allocated", start, after.TotalAlloc-before.TotalAlloc)
		}
	}
}

// TestHostileQuotes reads lines that each open a quote which no later line closes. It ends only if each byte
// is looked at a few times, not once for each of the lines before it.
func TestHostileQuotes(t *testing.T) {
	line := "\"\"\";x\";\"abc\n"
	text := "a;b;c\n" + strings.Repeat(line, 300_000)
	r := readText(t, text)
	if r.err != nil || len(r.rows)+len(r.faults) < 100_000 {
		t.Errorf("%d rows, %d faults, error %v", len(r.rows), len(r.faults), r.err)
	}
}

// TestNoAllocation reads rows of every kind without a piece of memory for each.
func TestNoAllocation(t *testing.T) {
	for name, text := range map[string]string{
		"plain":  "a;b\n" + strings.Repeat("1;2\n", 50_000),
		"quoted": "a;b\n" + strings.Repeat("\"x\"\"y\";\"é\n\"\n", 50_000),
		"latin":  "a;b\n" + strings.Repeat("\xe9l\xe8ve;2\n", 50_000),
		"ndjson": strings.Repeat("{\"a\":\"\\u00e9\",\"b\":1.5}\n", 50_000),
	} {
		a, err := table.Open(strings.NewReader(text), int64(len(text)), name, table.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := a.Members[0].Rows(table.Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := testing.AllocsPerRun(40_000, func() {
			if _, err := rows.Next(); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations for each row", name, n)
		}
	}
}

func TestOptions(t *testing.T) {
	data := []byte("a;b,c\n1;2,3\n")
	if r := read(t, data, table.Limits{}, table.Options{Delimiter: ','}); r.flat() != "1;2|3" || r.header[0] != "a;b" {
		t.Errorf("rows %q under %q", r.flat(), r.header)
	}
	wantRefusal(t, read(t, data, table.Limits{}, table.Options{Delimiter: 'x'}).err, belvedere.Invalid, "séparateur")
}

// TestRowsStayValid reads fields before the next row only, and finds them whole over refills of the buffer.
func TestRowsStayValid(t *testing.T) {
	var b strings.Builder
	b.WriteString("n;texte\n")
	for i := range 50_000 {
		b.WriteString(strings.Repeat("é", i%40))
		b.WriteString(";\"")
		b.WriteString(strings.Repeat("\"\"", i%7))
		b.WriteString("\"\n")
	}
	r := readText(t, b.String())
	if r.err != nil || len(r.faults) > 0 {
		t.Fatalf("error %v, faults %s", r.err, r.marks())
	}
	at := 0
	for i := range 50_000 {
		if i%40 == 0 && i%7 == 0 {
			continue // a blank line
		}
		if row := r.rows[at]; row[0] != strings.Repeat("é", i%40) || row[1] != strings.Repeat("\"", i%7) {
			t.Fatalf("row %d: %q", i, row)
		}
		at++
	}
	if at != len(r.rows) {
		t.Errorf("%d rows, want %d", len(r.rows), at)
	}
}
