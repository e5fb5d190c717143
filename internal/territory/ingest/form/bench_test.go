package form

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
)

// hourly makes rows like those of a vendor: 60 schools, each hour of a fortnight, 6 profiles, 3 media.
func hourly() [][][]byte {
	var rows [][][]byte
	profiles := []string{"eleves", "responsables", "accompagnants", "enseignants", "administratifs", "vie_scolaire"}
	media := []string{"web", "web_mobile", "application"}
	start := time.Date(2025, 11, 3, 0, 0, 0, 0, time.UTC)
	n := 0
	for school := range 60 {
		uai := belvedere.UAIFromNumber(int32(350000 + school))
		for h := range 24 * 7 {
			hour := start.Add(time.Duration(h) * time.Hour).Format(time.RFC3339)
			for _, p := range profiles {
				for _, s := range media {
					n++
					line := fmt.Sprintf("%s;%s;%s;%s;oui;%d", uai, hour, p, s, n*7919%3000)
					var fields [][]byte
					for _, f := range strings.Split(line, ";") {
						fields = append(fields, []byte(f))
					}
					rows = append(rows, fields)
				}
			}
		}
	}
	return rows
}

func BenchmarkPublishedHourly(b *testing.B) {
	header := strings.Split("etablissement;heure;profil;support;ent;connexions", ";")
	target, err := Recognise(model(b), header)
	if err != nil {
		b.Fatal(err)
	}
	m, err := NewMapper(target, model(b), header, paris(b))
	if err != nil {
		b.Fatal(err)
	}
	rows := hourly()
	emit := func(Row) error { return nil }
	fault := func(f belvedere.Fault) { b.Error(f) }
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := m.Map(belvedere.SourceRow{Line: int64(i), Fields: rows[i%len(rows)]}, emit, fault); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkFormColleges(b *testing.B) {
	header, lines := records(b, shared(b, "dept35/fr-en-college-effectifs-niveau-sexe-lv.csv"))
	target, err := Recognise(model(b), header)
	if err != nil {
		b.Fatal(err)
	}
	m, err := NewMapper(target, model(b), header, paris(b))
	if err != nil {
		b.Fatal(err)
	}
	var rows [][][]byte
	for _, l := range lines {
		var fields [][]byte
		for _, f := range l {
			fields = append(fields, []byte(f))
		}
		rows = append(rows, fields)
	}
	emit := func(Row) error { return nil }
	fault := func(f belvedere.Fault) { b.Error(f) }
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := m.Map(belvedere.SourceRow{Line: int64(i), Fields: rows[i%len(rows)]}, emit, fault); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(m.Counts().Rows)/b.Elapsed().Seconds(), "rows/s")
}
