package table_test

import (
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/table"
)

func TestNDJSON(t *testing.T) {
	tests := []struct {
		name, text           string
		header, rows, faults string
	}{
		{"kinds of values", `{"uai":"0350017D","n":-12.50e3,"vrai":true,"faux":false,"rien":null,"vide":""}`, "uai|n|vrai|faux|rien|vide", "0350017D|-12.50e3|true|false|∅|", ""},
		{"numbers keep their text", `{"a":1.0,"b":0,"c":12345678901234567890.10}`, "a|b|c", "1.0|0|12345678901234567890.10", ""},
		{"union of keys", "{\"a\":1}\n{\"b\":2,\"a\":3}\n{}\n", "a|b", "1|∅ / 3|2 / ∅|∅", ""},
		{"escapes", `{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é"}`, "a", "\"\\/\b\f\n\r\té😀é", ""},
		{"escaped keys", "{\"\\u0061\":1}\n{\"a\":2}", "a", "1 / 2", ""},
		{"white space", " { \"a\" : 1 , \"b\" : 2 } \r\n\n  \n{\"a\":3,\"b\":4}", "a|b", "1|2 / 3|4", ""},
		{"mark", "\xef\xbb\xbf{\"a\":1}\n", "a", "1", ""},
		{"key twice", "{\"a\":1,\"a\":2}\n{\"a\":3}\n", "a", "3", "cle_double@1"},
		{"key twice, null first", "{\"a\":null,\"a\":2}\n{\"a\":3}\n", "a", "3", "cle_double@1"},
		{"nested", "{\"a\":{\"b\":[\"}\",{}]},\"c\":1}\n{\"a\":[],\"c\":2}\n{\"a\":1,\"c\":3}\n", "a|c", "1|3", "valeur_imbriquee@1 valeur_imbriquee@2"},
		{"cut line", "{\"a\":1}\n{\"a\":\"x\n{\"a\":2}\n", "a", "1 / 2", "json@2"},
		{"no object", "{\"a\":1}\n[1]\n12\nnull\n{\"a\":2} {\"a\":3}\n{\"a\":2},\n", "a", "1", "json@2 json@3 json@4 json@5 json@6"},
		{"bad numbers", "{\"a\":1}\n{\"a\":01}\n{\"a\":1.}\n{\"a\":-}\n{\"a\":1e}\n{\"a\":+1}\n{\"a\":NaN}\n{\"a\":-01}\n", "a", "1", "json@2 json@3 json@4 json@5 json@6 json@7 json@8"},
		{"bad grammar", "{\"a\":1}\n{\"a\"}\n{\"a\":}\n{,}\n{\"a\":1,}\n{\"a\":1 \"b\":2}\n{a:1}\n{'a':1}\n{\"a\":tru}\n{", "a", "1", "json@2 json@3 json@4 json@5 json@6 json@7 json@8 json@9 json@10"},
		{"bad escapes", "{\"a\":1}\n{\"a\":\"\\x\"}\n{\"a\":\"\\u12\"}\n{\"a\":\"\\ud800\"}\n{\"a\":\"\\u0000\"}\n{\"a\":\"\t\"}\n{\"a\":\"\\\"}\n", "a", "1", "json@2 json@3 json@4 json@5 json@6 json@7"},
		{"NUL", "{\"a\":1}\n{\"a\":\"\x00\"}\n", "a", "1", "caractere_nul@2"},
		{"not UTF-8", "{\"a\":\"é\"}\n{\"a\":\"\xe9\"}\n{\"a\":\"è\"}\n", "a", "é / è", "encodage@2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, tt.text)
			if r.err != nil {
				t.Fatal(r.err)
			}
			if header := strings.Join(r.header, "|"); header != tt.header || r.flat() != tt.rows || r.marks() != tt.faults {
				t.Errorf("got  %q %q %q\nwant %q %q %q", header, r.flat(), r.marks(), tt.header, tt.rows, tt.faults)
			}
		})
	}
}

// TestLateKey sets aside an object whose key the first hundred do not have.
func TestLateKey(t *testing.T) {
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, "{\"n\":%d}\n", i)
	}
	b.WriteString("{\"n\":1,\"tard\":2}\n{\"n\":150}\n")
	r := readText(t, b.String())
	if len(r.rows) != 151 || r.marks() != "cle_inconnue@151" || r.faults[0].Field != "tard" {
		t.Errorf("%d rows, faults %v", len(r.rows), r.faults)
	}
}

func TestNDJSONLimits(t *testing.T) {
	deep := "{\"a\":1}\n{\"a\":" + strings.Repeat("[", 200_000) + "\n{\"a\":2}\n"
	if r := readText(t, deep); r.flat() != "1 / 2" || r.marks() != "json@2" {
		t.Errorf("deep nesting: rows %s, faults %s", r.flat(), r.marks())
	}
	long := "{\"a\":1}\n{\"a\":\"" + strings.Repeat("x", 3<<20) + "\"}\n{\"a\":2}\n"
	if r := readText(t, long); r.flat() != "1 / 2" || r.marks() != "ligne_longue@2" {
		t.Errorf("long line: rows %s, faults %s", r.flat(), r.marks())
	}
	var b strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&b, "%c\"k%d\":1", "{,"[min(i, 1)], i)
	}
	wantRefusal(t, readText(t, b.String()+"}\n").err, belvedere.TooLarge, "clés différentes")
	wantRefusal(t, readText(t, "{\n  \"a\": 1\n}\n").err, belvedere.Invalid, "un objet complet par ligne")
	wantRefusal(t, readText(t, "[\n {\"a\": 1}\n]\n").err, belvedere.Invalid, "liste JSON")
}

// TestNDJSONInOtherEncodings reads objects in UTF-16 and Windows-1252.
func TestNDJSONInOtherEncodings(t *testing.T) {
	text := "{\"é\":\"à l’école\"}\n"
	for _, e := range []table.Encoding{table.UTF16LE, table.UTF16BE, table.Windows1252} {
		r := read(t, encode(t, e, text, true), table.Limits{}, table.Options{})
		if r.err != nil || r.flat() != "à l’école" || r.header[0] != "é" || r.format.Encoding != e {
			t.Errorf("%s: %q, error %v, read as %v", e, r.flat(), r.err, r.format)
		}
	}
}
