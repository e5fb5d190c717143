package table_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"belvedere"
	"belvedere/internal/source/table"
)

// encode writes a text in an encoding, with its byte order mark if it has one and is asked for.
func encode(t testing.TB, e table.Encoding, text string, mark bool) []byte {
	t.Helper()
	switch e {
	case table.Windows1252, table.ISO885915:
		m := charmap.Windows1252
		if e == table.ISO885915 {
			m = charmap.ISO8859_15
		}
		b, err := m.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	case table.UTF16LE, table.UTF16BE:
		if mark {
			text = "\ufeff" + text
		}
		var b []byte
		for _, u := range utf16.Encode([]rune(text)) {
			if e == table.UTF16LE {
				b = append(b, byte(u), byte(u>>8))
			} else {
				b = append(b, byte(u>>8), byte(u))
			}
		}
		return b
	}
	if mark {
		text = "\ufeff" + text
	}
	return []byte(text)
}

func TestEncodings(t *testing.T) {
	const text = "numéro;intitulé\n1;élève à l'école\n2;ça coûte 3\n"
	const rows = "1|élève à l'école / 2|ça coûte 3"
	tests := []struct {
		name string
		data []byte
		want table.Encoding
		rows string
	}{
		{"UTF-8", encode(t, table.UTF8, text, false), table.UTF8, rows},
		{"UTF-8 with mark", encode(t, table.UTF8, text, true), table.UTF8, rows},
		{"UTF-16LE with mark", encode(t, table.UTF16LE, text, true), table.UTF16LE, rows},
		{"UTF-16BE with mark", encode(t, table.UTF16BE, text, true), table.UTF16BE, rows},
		{"UTF-16LE", encode(t, table.UTF16LE, text, false), table.UTF16LE, rows},
		{"UTF-16BE", encode(t, table.UTF16BE, text, false), table.UTF16BE, rows},
		{"Latin-1", encode(t, table.Windows1252, text, false), table.Windows1252, rows},
		{"Windows-1252", []byte("a;b\nl\x92\xe9cole;3 \x80\n"), table.Windows1252, "l’école|3 €"},
		{"ISO-8859-15 by its euro", []byte("a;b\n\xe9cole;3 \xa4\n"), table.ISO885915, "école|3 €"},
		{"ISO-8859-15 by its œ", []byte("a;b\n\xe9cole;s\xbdur\n"), table.ISO885915, "école|sœur"},
		{"a half is no œ", []byte("a;b\n\xe9cole;2\xbd\n"), table.Windows1252, "école|2½"},
		{"ASCII", []byte("a;b\n1;2\n"), table.UTF8, "1|2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := read(t, tt.data, table.Limits{}, table.Options{})
			if r.err != nil || r.flat() != tt.rows || r.format.Encoding != tt.want || len(r.faults) > 0 {
				t.Errorf("%q in %s, error %v, faults %s\nwant %q in %s", r.flat(), r.format.Encoding, r.err, r.marks(), tt.rows, tt.want)
			}
		})
	}
	r := read(t, []byte("a;b\n\xe9;\xa4\n"), table.Limits{}, table.Options{Encoding: table.Windows1252})
	if r.flat() != "é|¤" {
		t.Errorf("with the encoding given: %q", r.flat())
	}
	r = read(t, []byte("a;b\n1;2\n"), table.Limits{}, table.Options{Encoding: "ebcdic"})
	wantRefusal(t, r.err, belvedere.Invalid, "n’est pas connu")
}

// TestLateAccent decides by an accent that comes after megabytes of plain text.
func TestLateAccent(t *testing.T) {
	plain := "a;b\n" + strings.Repeat("0350017D;12\n", 500_000)
	for end, want := range map[string]table.Encoding{"\xe9l\xe8ve;1\n": table.Windows1252, "élève;1\n": table.UTF8} {
		r := read(t, []byte(plain+end), table.Limits{}, table.Options{})
		if last := r.rows[len(r.rows)-1]; last[0] != "élève" || r.format.Encoding != want {
			t.Errorf("%q in %s, want %s", last, r.format.Encoding, want)
		}
	}
}

// TestTwoEncodings keeps the rows of the larger part and sets the others aside, wherever they
// come first.
func TestTwoEncodings(t *testing.T) {
	utf8Row, winRow := "élève;1\n", "\xe9l\xe8ve;1\n"
	plain := strings.Repeat("abc;1\n", 100_000)
	tests := []struct {
		name, text string
		want       table.Encoding
		rows       int
		marks      string
		says       string
	}{
		{"one line in Windows-1252", "a;b\n" + strings.Repeat(utf8Row, 5310) + winRow + utf8Row, table.UTF8, 5311, "encodage@5\u202f312", "n’est pas en UTF-8"},
		{"the first one", "a;b\n" + winRow + plain + strings.Repeat(utf8Row, 3), table.UTF8, 100_003, "encodage@2", "n’est pas en UTF-8"},
		{"one line in UTF-8", "a;b\n" + strings.Repeat(winRow, 3) + plain + utf8Row + winRow, table.Windows1252, 100_004, "encodage@100\u202f005", "est en UTF-8, alors que"},
		{"a hole of Windows-1252", "a;b\n" + winRow + "\x81;2\n" + winRow, table.Windows1252, 2, "encodage@3", "un octet qui n’existe pas"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := read(t, []byte(tt.text), table.Limits{}, table.Options{})
			if r.err != nil || r.format.Encoding != tt.want || len(r.rows) != tt.rows || r.marks() != tt.marks {
				t.Fatalf("%d rows in %s, faults %s, error %v", len(r.rows), r.format.Encoding, r.marks(), r.err)
			}
			if f := r.faults[0]; !strings.Contains(f.Message, tt.says) || f.Column != 1 || f.Field != "a" || f.Value == "" {
				t.Errorf("fault %+v, want one that says %q", f, tt.says)
			}
		})
	}
}

// TestHeaderInAnotherEncoding reads the names of a header typed over an export.
func TestHeaderInAnotherEncoding(t *testing.T) {
	for _, text := range []string{"num\xe9ro;b\nélève;1\nécole;2\n", "numéro;b\n\xe9l\xe8ve;1\n\xe9cole;2\n"} {
		r := readText(t, text)
		if r.err != nil || r.header[0] != "numéro" || r.flat() != "élève|1 / école|2" {
			t.Errorf("header %q, rows %q, error %v", r.header, r.flat(), r.err)
		}
	}
}

func TestBrokenUTF16(t *testing.T) {
	whole := encode(t, table.UTF16LE, "a;b\n1;é\n2;😀\n", true)
	cut := whole[:len(whole)-1]
	if r := read(t, cut, table.Limits{}, table.Options{}); r.flat() != "1|é" || r.marks() != "encodage@3" {
		t.Errorf("cut in a unit: rows %q, faults %s, error %v", r.flat(), r.marks(), r.err)
	}
	lone := encode(t, table.UTF16LE, "a;b\n1;X\n2;y\n", true)
	at := 2 + 2*6
	lone[at], lone[at+1] = 0x3d, 0xd8
	if r := read(t, lone, table.Limits{}, table.Options{}); r.flat() != "2|y" || r.marks() != "encodage@2" {
		t.Errorf("half a pair: rows %q, faults %s, error %v", r.flat(), r.marks(), r.err)
	}
	nul := encode(t, table.UTF16BE, "a;b\n1;\x00\n2;y\n", true)
	if r := read(t, nul, table.Limits{}, table.Options{}); r.flat() != "2|y" || r.marks() != "caractere_nul@2" {
		t.Errorf("NUL: rows %q, faults %s, error %v", r.flat(), r.marks(), r.err)
	}
}

func TestNormalise(t *testing.T) {
	same := [][]string{
		{"Numéro du collège", "numero_du_college", "NUMERO DU COLLEGE", " Nume\u0301ro-du-colle\u0300ge\u00a0:", "numéroDuCollège"},
		{"Nombre d'élèves", "Nombre d’élèves", "nombre_d_eleves", "NOMBRE D´ÉLÈVES"},
		{"N° UAI", "Nº UAI", "n uai"},
		{"Sœurs", "soeurs", "SŒURS"},
		{"6èmes (total)", "6emes total"},
	}
	for _, names := range same {
		for _, name := range names[1:] {
			if a, b := table.Normalise(names[0]), table.Normalise(name); a != b || a == "" {
				t.Errorf("%q gives %q, %q gives %q", names[0], a, name, b)
			}
		}
	}
	if got := table.Normalise(" _-’%\xff"); got != "" {
		t.Errorf("signs give %q", got)
	}
}
