package ingest_test

import (
	"io"
	"os"
	"strconv"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/ingest"
)

// hourly writes a published file of connections: schools × hours × profiles lines.
func hourly(rows int) io.Reader {
	r, w := io.Pipe()
	go func() {
		buf := []byte("etablissement;heure;profil;connexions\n")
		start := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)
		n := 0
		for school := 0; n < rows; school++ {
			uai := belvedere.UAIFromNumber(int32(350000 + school))
			for hour := 0; hour < 24*300 && n < rows; hour++ {
				for _, profile := range []string{"eleves", "enseignants"} {
					buf = append(buf, uai...)
					buf = append(buf, ';')
					buf = start.Add(time.Duration(hour)*time.Hour).AppendFormat(buf, time.RFC3339)
					buf = append(buf, ';')
					buf = append(buf, profile...)
					buf = append(buf, ';')
					buf = strconv.AppendInt(buf, int64(n%977), 10)
					buf = append(buf, '\n')
					n++
				}
			}
			if len(buf) > 1<<20 {
				w.Write(buf)
				buf = buf[:0]
			}
		}
		w.Write(buf)
		w.Close()
	}()
	return r
}

// BenchmarkHourly brings a file of hourly rows from landing to an edition, and says how many
// rows a second each part takes. BELVEDERE_BENCH_ROWS sets its size.
func BenchmarkHourly(b *testing.B) {
	rows := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("BELVEDERE_BENCH_ROWS")); err == nil {
		rows = n
	}
	var staged, published time.Duration
	for b.Loop() {
		b.StopTimer()
		h := newHouse(b)
		d, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "mesure", Body: hourly(rows)})
		h.must(err)
		b.StartTimer()
		start := time.Now()
		_, err = h.service.Process(h.ctx, []int64{d.Seq}, func(d belvedere.Delivery) {
			if d.State == belvedere.Checked {
				staged += time.Since(start)
			}
		})
		published += time.Since(start)
		h.must(err)
		b.StopTimer()
		h.published(h.delivery(d.Seq))
		h.close()
		b.StartTimer()
	}
	total := float64(rows) * float64(b.N)
	b.ReportMetric(total/staged.Seconds(), "rows/s-staged")
	b.ReportMetric(total/published.Seconds(), "rows/s-published")
}
