package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/auth"
	"belvedere/internal/dashboard"
	"belvedere/internal/registry"
)

// The learning platforms of some institutions over a year of courses: 20 × 200 days × 50 courses × 25
// activities × 2 profiles, ten million rows.
const (
	platformSchools    = 20
	platformDays       = 20 // of each of ten months
	platformCourses    = 50
	platformActivities = 25
)

// platformDay writes the file of a month.
func platformMonth(w io.Writer, list []school, from time.Time) (rows int) {
	out := bufio.NewWriterSize(w, 1<<20)
	defer out.Flush()
	out.WriteString("etablissement;jour;composante;cours;activite_plateforme;profil;actions\n")
	for _, s := range list {
		for d := range platformDays {
			day := from.AddDate(0, 0, d).Format("2006-01-02")
			for c := range platformCourses {
				for a := range platformActivities {
					for _, profile := range []string{"eleves", "enseignants"} {
						n := mix(uint64(s.number)<<32+uint64(d*platformCourses+c)<<12+uint64(a)) % 60
						fmt.Fprintf(out, "%s;%s;ufr%d;c%02d;a%02d;%s;%d\n", s.uai, day, c%6, c, a, profile, n+1)
						rows++
					}
				}
			}
		}
	}
	return rows
}

// fillPlatform delivers the year, month by month, as files.
func fillPlatform(b testing.TB, a *app.App) {
	list := schools(1, platformSchools, []string{"lycee"})
	deliver(b, a, map[string]io.Reader{"etablissements": strings.NewReader(register(list))})
	total, busy := 0, time.Duration(0)
	for m := range 10 {
		from := lastYear.First().AddDate(0, m, 0)
		rows := 0
		busy += deliver(b, a, map[string]io.Reader{"plateforme": zipped(func(w io.Writer) { rows = platformMonth(w, list, from) })})
		total += rows
	}
	b.Logf("plateforme: %d rows in %s, %.0f rows/s from gzip to edition", total, busy.Round(time.Second), float64(total)/busy.Seconds())
}

// insider is the reader of a folder as someone who works in all of its institutions: their figures are
// their own.
func insider(b testing.TB, a *app.App, list []school) {
	b.Helper()
	ctx := context.Background()
	if _, err := a.Registry.AccountByLogin(ctx, readerLogin); err == nil {
		return
	}
	x := registry.Account{Login: readerLogin, FirstName: "Mesure", LastName: "LECTRICE", Email: "mesure@exemple.fr",
		State: registry.Invited, Place: registry.InSchool, AllWidgets: true, Created: time.Now()}
	for _, s := range list {
		x.Schools = append(x.Schools, s.uai)
	}
	x, err := a.Registry.CreateAccount(ctx, x)
	must(b, err)
	link, err := a.Auth.InviteLink(ctx, x)
	must(b, err)
	_, _, err = a.Auth.CreateAccount(ctx, path.Base(link), auth.Creation{Login: readerLogin, Password: password, Again: password}, auth.From{})
	must(b, err)
}

// BenchmarkDashboard measures dashboards of a reader over ten million rows, page by page beside the
// statements of the same figures through the driver, nothing kept between requests; then the same
// again as readers meet them, with what the reporter keeps.
func BenchmarkDashboard(b *testing.B) {
	a := folder(b, "plateforme", fillPlatform)
	list := schools(1, platformSchools, []string{"lycee"})
	insider(b, a, list)
	kept := a.Reporter
	s := serve(b, a)
	one := string(list[3].uai)
	for _, at := range []struct{ name, query string }{
		{"la page", ""}, {"un établissement", "etablissement=" + one}, {"une composante", "composante=ufr2"}, {"un cours", "cours=c07"}, {"une activité", "activite_plateforme=a03"},
	} {
		b.Run(strings.ReplaceAll(at.name, " ", "_"), func(b *testing.B) { s.measureBoard(b, at.name, at.query) })
	}
	s.print("tableau de bord « plateforme », 10 millions de lignes")
	b.Run("encore", func(b *testing.B) {
		a.Reporter = kept
		address := s.server.URL + dashboard.Path + "/plateforme"
		s.get(b, address)
		var pages []time.Duration
		for b.Loop() {
			pages = append(pages, timed(func() { s.get(b, address) }))
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(ms(median(pages)), "http-ms")
	})
}

// measureBoard times a dashboard in rounds of its bare SQL, its answer and its page over HTTP.
func (s *site) measureBoard(b *testing.B, name, query string) {
	ctx := context.Background()
	board, err := s.app.Dashboards.Find(ctx, s.viewer, "plateforme")
	must(b, err)
	values, err := url.ParseQuery(query)
	must(b, err)
	answer := func() *dashboard.Answer {
		a, err := s.app.Dashboards.Answer(ctx, s.viewer, board, values, false)
		must(b, err)
		return a
	}
	for _, t := range answer().Tiles { // fills the caches of register and coverage
		if t.Err != "" {
			b.Fatalf("%s: %s", t.ID, t.Err)
		}
		if r := t.Result(); t.ID != "usagers" && r != nil && (len(r.Rows) == 0 || r.Rows[0].Cells[0].State > belvedere.Partial) {
			b.Fatalf("%s shows nothing: %+v", t.ID, r.Rows)
		}
	}
	statements := s.engine.record(func() { answer() })
	address := s.server.URL + dashboard.Path + "/plateforme?" + query
	l := line{name: name, queries: len(statements), kilobytes: s.get(b, address) / 1024}
	each := make([][]time.Duration, len(statements))
	var bare, sql, answers, pages []time.Duration
	for b.Loop() {
		start := time.Now()
		for i, st := range statements {
			one := time.Now()
			must(b, s.engine.Engine.Query(ctx, st, func([]any) error { return nil }))
			each[i] = append(each[i], time.Since(one))
		}
		sql = append(sql, time.Since(start))
		bare = append(bare, timed(func() { s.drain(b, statements) }))
		answers = append(answers, timed(func() { answer() }))
		pages = append(pages, timed(func() { s.get(b, address) }))
	}
	l.bare, l.sql, l.answer, l.http = median(bare), median(sql), median(answers), median(pages)
	for i, list := range each {
		if m := median(list); m > l.slowest {
			l.slowest = m
		} else if m > 20*time.Millisecond {
			b.Logf("%s: %.0f ms: %.300s", name, ms(m), statements[i].SQL)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(l.bare), "driver-ms")
	b.ReportMetric(ms(l.sql), "sql-ms")
	b.ReportMetric(ms(l.answer), "report-ms")
	b.ReportMetric(ms(l.http), "http-ms")
	b.ReportMetric(float64(l.http)/float64(l.bare), "http/driver")
	s.rows = append(s.rows, l)
}
