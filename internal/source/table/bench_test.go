package table_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"belvedere/internal/source/table"
)

const benchRows = 200_000

// benchCSV is what a vendor delivers: six short fields on each line.
func benchCSV() []byte {
	var b bytes.Buffer
	b.WriteString("etablissement;heure;profil;support;ent;connexions\n")
	for i := range benchRows {
		fmt.Fprintf(&b, "%07dA;2025-11-%02dT%02d:00:00+01:00;eleves;web;0;%d\n", 350_000+i%500, 1+i%30, i%24, i%97)
	}
	return b.Bytes()
}

func benchmarkRows(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		a, err := table.Open(bytes.NewReader(data), int64(len(data)), "bench", table.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		rows, err := a.Members[0].Rows(table.Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for {
			row, err := rows.Next()
			if err == io.EOF {
				break
			}
			if err != nil || row.Fault != nil {
				b.Fatal(err, row.Fault)
			}
			n++
		}
		if n != benchRows {
			b.Fatalf("%d rows", n)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func BenchmarkCSV(b *testing.B) { benchmarkRows(b, benchCSV()) }

func BenchmarkCSVQuoted(b *testing.B) {
	text := strings.ReplaceAll(string(benchCSV()), ";", "\";\"")
	benchmarkRows(b, []byte("\""+strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\"\n\"")+"\"\n"))
}

func BenchmarkCSVGzip(b *testing.B) { benchmarkRows(b, gzipped(b, benchCSV())) }

func BenchmarkCSVAccents(b *testing.B) {
	benchmarkRows(b, bytes.ReplaceAll(benchCSV(), []byte("eleves"), []byte("\xe9l\xe8ves")))
}

func BenchmarkCSVUTF16(b *testing.B) {
	benchmarkRows(b, encode(b, table.UTF16LE, string(benchCSV()), true))
}

func BenchmarkNDJSON(b *testing.B) {
	var t bytes.Buffer
	for i := range benchRows {
		fmt.Fprintf(&t, "{\"etablissement\":\"%07dA\",\"heure\":\"2025-11-%02dT%02d:00:00+01:00\",\"profil\":\"eleves\",\"support\":\"web\",\"ent\":0,\"connexions\":%d}\n", 350_000+i%500, 1+i%30, i%24, i%97)
	}
	benchmarkRows(b, t.Bytes())
}

// BenchmarkEncodingCSV is the standard library on the data of BenchmarkCSV.
func BenchmarkEncodingCSV(b *testing.B) {
	data := benchCSV()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(data))
		r.Comma, r.ReuseRecord = ';', true
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
