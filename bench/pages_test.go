package bench

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/warehouse"
)

// A recorder notes the statements that a page sends to the engine, to run them again bare.
type recorder struct {
	warehouse.Engine
	mu   sync.Mutex
	on   bool
	list []belvedere.Statement
}

func (r *recorder) Query(ctx context.Context, s belvedere.Statement, each func(row []any) error) error {
	r.mu.Lock()
	if r.on {
		r.list = append(r.list, s)
	}
	r.mu.Unlock()
	return r.Engine.Query(ctx, s, each)
}

func (r *recorder) record(f func()) []belvedere.Statement {
	r.mu.Lock()
	r.on, r.list = true, nil
	r.mu.Unlock()
	f()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = false
	return r.list
}

// A site is a data folder served over HTTP, with what its pages ask noted.
type site struct {
	app    *app.App
	engine *recorder
	server *httptest.Server
	client *http.Client
	cookie string // of the session of the reader
	viewer belvedere.Viewer
	bare   *sql.DB // the same file through the driver alone
	rows   []line
}

func serve(b *testing.B, a *app.App) *site {
	s := &site{app: a, engine: &recorder{Engine: a.Engine}}
	a.Reporter = report.New(report.Config{Engine: s.engine, Registry: a.Registry, Model: a.Model, Zone: a.Config.Location(), Answers: -1})
	handler, err := a.Handler()
	must(b, err)
	s.server = httptest.NewServer(handler)
	b.Cleanup(s.server.Close)
	// Compressed as for a browser; the client reads the bytes as they come.
	s.client = &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8}}
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the door is no page
	shareAll(b, a)
	s.cookie = cookieOf(b, a)
	s.viewer, err = a.ViewerOf(context.Background(), readerOf(b, a))
	must(b, err)
	s.bare, err = sql.Open("duckdb", a.Config.Warehouse()+"?threads=2&access_mode=read_only")
	must(b, err)
	b.Cleanup(func() { s.bare.Close() })
	return s
}

// A line of the table that a run prints.
type line struct {
	name              string
	queries           int
	bare              time.Duration // medians: the statements through the driver,
	sql, answer, http time.Duration // through the engine, answered, as a page
	eight             time.Duration // median of one request among 8 clients
	slowest           time.Duration // query of the page
	kilobytes         int
}

// An address is a state of a page to measure.
type address struct {
	name  string
	page  *belvedere.Page
	state report.State
}

// addresses are each declared page, each of its tables where they are shown one at a time, in
// values and in rates.
func addresses(m *belvedere.Model) (out []address) {
	for _, p := range m.Pages {
		var tables []*belvedere.TableBlock
		rates := false
		for _, block := range p.Blocks {
			if block.Table != nil {
				tables = append(tables, block.Table)
				rates = rates || block.Table.Rates
			}
		}
		add := func(id string, rates bool) {
			name := p.Path
			if id != "" {
				name += " " + id
			}
			if rates {
				name += " (taux)"
			}
			out = append(out, address{name, p, report.State{Filters: map[string][]string{}, Page: 1, Table: id, Rates: rates}})
		}
		if !p.Tabs {
			tables = []*belvedere.TableBlock{{Rates: rates}}
		}
		for _, t := range tables {
			add(t.ID, false)
			if t.Rates {
				add(t.ID, true)
			}
		}
	}
	return out
}

// measure times one address in rounds of its bare SQL, its answer and its page over HTTP.
func (s *site) measure(b *testing.B, at address) {
	ctx := context.Background()
	l := line{name: at.name}
	answer := func() {
		if _, err := s.app.Reporter.Page(ctx, s.viewer, at.page, at.state, false); err != nil {
			b.Fatal(err)
		}
	}
	url := s.server.URL + at.state.Address(at.page)
	answer() // fills the caches of register and coverage
	statements := s.engine.record(answer)
	l.queries, l.kilobytes = len(statements), s.get(b, url)/1024
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
		answers = append(answers, timed(answer))
		pages = append(pages, timed(func() { s.get(b, url) }))
	}
	l.bare, l.sql, l.answer, l.http = median(bare), median(sql), median(answers), median(pages)
	for _, list := range each {
		l.slowest = max(l.slowest, median(list))
	}
	l.eight = s.clients(b, url, 8, l.http)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(l.bare), "driver-ms")
	b.ReportMetric(ms(l.sql), "sql-ms")
	b.ReportMetric(ms(l.answer), "report-ms")
	b.ReportMetric(ms(l.http), "http-ms")
	b.ReportMetric(float64(l.http)/float64(l.bare), "http/driver")
	b.ReportMetric(float64(l.http)/float64(l.sql), "http/sql")
	b.ReportMetric(float64(l.eight)/float64(l.http), "8-clients/1")
	s.rows = append(s.rows, l)
}

// drain runs statements as a program without the engine would: text, parameters, rows.
func (s *site) drain(b *testing.B, statements []belvedere.Statement) {
	for _, st := range statements {
		rows, err := s.bare.QueryContext(context.Background(), st.SQL, st.Args...)
		must(b, err)
		for rows.Next() {
		}
		must(b, rows.Err())
		must(b, rows.Close())
	}
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func (s *site) get(b *testing.B, url string) int {
	req, err := http.NewRequest("GET", url, nil)
	must(b, err)
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Cookie", s.cookie)
	res, err := s.client.Do(req)
	must(b, err)
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	must(b, err)
	if res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s", url, res.Status)
	}
	return int(n)
}

// clients gives the median of a request when several readers ask without a pause.
func (s *site) clients(b *testing.B, url string, n int, alone time.Duration) time.Duration {
	each := int(max(3, min(20, time.Second/(time.Duration(n)*alone+1))))
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for range each {
				took := timed(func() { s.get(b, url) })
				mu.Lock()
				all = append(all, took)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return median(all)
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// print writes what was measured, and how it stands to the bars.
func (s *site) print(title string) {
	fmt.Println(title)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "page\tqueries\tdriver ms\tSQL ms\tslowest\treport ms\tHTTP ms\tKB gzip\tHTTP/driver\tHTTP/SQL\t8 clients ms\t8/1\t")
	for _, l := range s.rows {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%d\t%.2f\t%.2f\t%.0f\t%.1f\t\n", l.name, l.queries, ms(l.bare), ms(l.sql), ms(l.slowest), ms(l.answer), ms(l.http),
			l.kilobytes, float64(l.http)/float64(l.bare), float64(l.http)/float64(l.sql), ms(l.eight), float64(l.eight)/float64(l.http))
	}
	w.Flush()
}

// BenchmarkPageQueries measures every page over 25 million hourly rows.
func BenchmarkPageQueries(b *testing.B) {
	s := serve(b, folder(b, "annee", fillYear))
	for _, at := range addresses(s.app.Model) {
		b.Run(strings.ReplaceAll(at.name, " ", "_"), func(b *testing.B) { s.measure(b, at) })
	}
	s.print("500 établissements, 25 millions de lignes horaires")
}
