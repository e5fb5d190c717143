package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/api"
	"belvedere/internal/door"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
)

// Schools of the tests: their check letters are right.
const (
	schoolA belvedere.UAI = "0350017D"
	schoolB belvedere.UAI = "0351234B"
)

const localSecret = "a-secret-of-this-run-that-nobody-guesses"

// reports answers any question with the schools of the viewer, so that a test sees what leaks.
type reports struct {
	before func() // called while an answer is made
	fail   error
	live   *belvedere.Model // nil is model()
}

func (f *reports) Definitions(context.Context) (*belvedere.Model, error) {
	if f.live != nil {
		return f.live, nil
	}
	return model(), nil
}

func (*reports) Build(_ context.Context, ask report.Ask) (belvedere.Query, error) {
	q := belvedere.Query{}
	for _, where := range ask.Where {
		if name, value, ok := strings.Cut(where, "="); ok {
			q.Where = append(q.Where, belvedere.Filter{Dim: name, Values: strings.Split(value, "|")})
		}
	}
	return q, nil
}

func (f *reports) Query(_ context.Context, v belvedere.Viewer, _ belvedere.Query) (*belvedere.Result, error) {
	if f.before != nil {
		f.before()
	}
	r := &belvedere.Result{Receipt: belvedere.Receipt{Code: "7kq2-m9xd"}}
	for _, u := range v.Scope.Schools {
		r.Rows = append(r.Rows, belvedere.ResultRow{Keys: []belvedere.Key{{Code: string(u)}}})
	}
	return r, f.fail
}

func (f *reports) Replay(ctx context.Context, v belvedere.Viewer, code string) (*report.Replay, error) {
	if code != "7kq2-m9xd" {
		return nil, belvedere.Errorf(belvedere.NotFound, "Aucun reçu ne porte ce code.")
	}
	out, err := f.Query(ctx, v, belvedere.Query{})
	return &report.Replay{Same: true, Result: out}, err
}

func (f *reports) Holdings(context.Context) (map[string][2]time.Time, string, error) {
	return map[string][2]time.Time{}, "Essai", f.fail
}

func (f *reports) Verify(context.Context, time.Time, int, func(done, all int)) (*report.Verification, error) {
	return &report.Verification{}, f.fail
}

func (f *reports) Receipted(ctx context.Context, v belvedere.Viewer, q belvedere.Query) (*belvedere.Result, belvedere.Heading, error) {
	out, err := f.Query(ctx, v, q)
	return out, f.QueryHeading(ctx, v, q), err
}

func (*reports) QueryHeading(context.Context, belvedere.Viewer, belvedere.Query) belvedere.Heading {
	return belvedere.Heading{Title: "Essai"}
}

func (f *reports) PageAt(ctx context.Context, v belvedere.Viewer, _ *url.URL) (*report.PageView, error) {
	r, err := f.Query(ctx, v, belvedere.Query{})
	return &report.PageView{Result: r}, err
}

func (f *reports) Gap(ctx context.Context, v belvedere.Viewer, ask report.GapAsk) (*report.GapView, error) {
	_, err := f.Query(ctx, v, belvedere.Query{})
	side := &report.GapSide{Ask: ask.A}
	return &report.GapView{A: side, B: side, Refused: "Rien à comparer."}, err
}

func (*reports) GapHeading(context.Context, *report.GapView) belvedere.Heading {
	return belvedere.Heading{Title: "Essai"}
}

func model() *belvedere.Model {
	m := &belvedere.Model{Version: "essai", Datasets: []*belvedere.Dataset{
		{Name: "effectifs", Label: "Effectifs", Kind: belvedere.Stock, Time: belvedere.ByDay, Slice: []string{"etablissement", "jour"}, OnRepeat: "erreur",
			Measures: []belvedere.Measure{{Name: "eleves", Label: "Élèves", Required: true}}},
	}}
	m.Index()
	return m
}

// journal is a journal in memory that fails when told.
type journal struct {
	mu      sync.Mutex
	entries []registry.Entry
	fail    error
}

func (j *journal) Record(_ context.Context, e registry.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fail == nil {
		j.entries = append(j.entries, e)
	}
	return j.fail
}

func (j *journal) Perimeter(_ context.Context, schools []belvedere.UAI, all bool) (string, error) {
	if all {
		return "*", nil
	}
	return fmt.Sprint(schools), nil
}

func (j *journal) last() registry.Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == 0 {
		return registry.Entry{}
	}
	return j.entries[len(j.entries)-1]
}

// house is the API over a real registry and a real landing folder.
type house struct {
	http.Handler
	t        testing.TB
	registry registry.Registry
	journal  *journal
	reports  *reports
	clock    time.Time
	changed  string // part of each fingerprint: rights changed
}

func newHouse(t testing.TB, change ...func(*api.Config)) *house {
	t.Helper()
	h := &house{t: t, journal: &journal{}, reports: &reports{}, clock: time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	var err error
	h.registry, err = registry.OpenSQLite(t.Context(), filepath.Join(dir, "registre.db"))
	h.must(err)
	t.Cleanup(func() { h.must(h.registry.Close()) })
	now := func() time.Time { return h.clock }
	service, err := ingest.New(ingest.Config{Registry: h.registry, Model: model(), LandingDir: filepath.Join(dir, "arrivees"), Now: now, Limits: ingest.Limits{FreeBytes: -1}})
	h.must(err)
	t.Cleanup(func() { h.must(service.Close()) })
	config := api.Config{
		Reports: h.reports, Store: h.registry, Ingest: service, Journal: h.journal, Local: localSecret, Now: now, MaxFile: 1 << 16, Log: slog.New(slog.DiscardHandler),
		Write: func(_ context.Context, w io.Writer, format string, r *belvedere.Result, _ belvedere.Heading) error {
			for _, row := range r.Rows {
				fmt.Fprintln(w, format, row.Keys[0].Code)
			}
			return nil
		},
		TokenViewer: func(_ context.Context, t registry.Token) (belvedere.Viewer, error) {
			v := belvedere.Viewer{Kind: belvedere.TokenViewer, Scope: belvedere.Scope{Fingerprint: t.Name + h.changed}}
			if t.Read {
				v.Scope.AllSchools, v.Scope.Schools, v.Scope.AllWidgets = t.AllSchools, t.Schools, true
			}
			return v, nil
		},
		Viewer: h.session,
		Operator: func(context.Context) (belvedere.Viewer, error) {
			return belvedere.Viewer{Admin: true, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true, Fingerprint: "operateur"}}, nil
		},
		As: func(_ context.Context, login string) (belvedere.Viewer, error) {
			if v, found := people()[login]; found {
				return v, nil
			}
			return belvedere.Viewer{}, belvedere.Errorf(belvedere.NotFound, "Aucun compte actif ne porte cet identifiant.")
		},
	}
	for _, f := range change {
		f(&config)
	}
	h.Handler, err = api.New(config)
	h.must(err)
	return h
}

// people are accounts by login.
func people() map[string]belvedere.Viewer {
	reader := belvedere.Scope{Schools: []belvedere.UAI{schoolA}, AllWidgets: true, Fingerprint: "lecteur"}
	all := belvedere.Scope{AllSchools: true, AllWidgets: true, Fingerprint: "tout"}
	return map[string]belvedere.Viewer{
		"lecteur":   {ID: 1, Login: "lecteur", Kind: belvedere.AccountViewer, Scope: reader},
		"admin1":    {ID: 2, Login: "admin1", Kind: belvedere.AccountViewer, Admin: true, Strong: true, Scope: all},
		"admin0":    {ID: 3, Login: "admin0", Kind: belvedere.AccountViewer, Admin: true, Scope: all},
		"dpo":       {ID: 4, Login: "dpo", Kind: belvedere.AccountViewer, Auditor: true, Strong: true, Scope: belvedere.Scope{Fingerprint: "dpo"}},
		"principal": {ID: 5, Login: "principal", Kind: belvedere.AccountViewer, School: true, Scope: reader},
	}
}

// session is who the cookie names; nobody else is signed in.
func (h *house) session(r *http.Request) (belvedere.Viewer, error) {
	c, err := r.Cookie("session")
	if err != nil {
		return belvedere.Viewer{}, nil
	}
	if c.Value == "panne" {
		return belvedere.Viewer{}, errors.New("the registry does not answer")
	}
	v := people()[c.Value]
	v.Scope.Fingerprint += h.changed
	return v, nil
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// token makes a token and keeps it.
func (h *house) token(t registry.Token) (secret string, kept registry.Token) {
	h.t.Helper()
	secret, hash, err := door.NewToken()
	h.must(err)
	t.Hash, t.Created = hash, h.clock
	if t.Expires.IsZero() {
		t.Expires = h.clock.AddDate(1, 0, 0)
	}
	kept, err = h.registry.CreateToken(h.t.Context(), t)
	h.must(err)
	return secret, kept
}

type option = func(*http.Request)

func bearer(secret string) option { return header("Authorization", "Bearer "+secret) }

func signedIn(login string) option {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "session", Value: login}) }
}

func header(name, value string) option { return func(r *http.Request) { r.Header.Add(name, value) } }

func from(address string) option { return func(r *http.Request) { r.RemoteAddr = address } }

// local is the command line of the machine, in the name of a login or of nobody.
func local(login string) option {
	return func(r *http.Request) {
		r.RemoteAddr = "127.0.0.1:4242"
		r.Header.Set("Authorization", "Belvedere-Local "+localSecret)
		if login != "" {
			r.Header.Set("Belvedere-Au-Nom-De", login)
		}
	}
}

func (h *house) do(method, address, body string, options ...option) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	for _, o := range options {
		o(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// file is a published file of one school.
func file(school belvedere.UAI, pupils int) string {
	return fmt.Sprintf("etablissement;jour;eleves\n%s;2025-10-01;%d\n", school, pupils)
}

// ids are the ids of deliveries in an answer.
func ids(t testing.TB, body string) (out []string) {
	t.Helper()
	var list struct {
		Deliveries []struct {
			ID string `json:"id"`
		} `json:"livraisons"`
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for _, d := range list.Deliveries {
		out = append(out, d.ID)
	}
	slices.Sort(out)
	return out
}

// Register gives the two schools of the fake, as far as the viewer may see them.
func (f *reports) Register(_ context.Context, viewer belvedere.Viewer) (out []*report.School, _ error) {
	for _, u := range []belvedere.UAI{"9990001X", "9990002Y"} {
		if viewer.Scope.AllSchools || slices.Contains(viewer.Scope.Schools, u) {
			out = append(out, &report.School{UAI: u, Name: "Collège " + string(u), Listed: true, Attributes: map[string]string{"type": "college"}})
		}
	}
	return out, nil
}

func (*reports) Coverage(_ context.Context, viewer belvedere.Viewer, ask report.CoverageAsk, _ bool) (*report.CoverageView, error) {
	return &report.CoverageView{Ask: ask, Year: 2025, Lines: []report.CoverageLine{{Key: belvedere.Key{Code: "effectifs", Label: "Effectifs"}}}}, nil
}

func (*reports) Benchmark(_ context.Context, viewer belvedere.Viewer, ask report.BenchmarkAsk) (*report.BenchmarkView, error) {
	return &report.BenchmarkView{Ask: ask, School: belvedere.Key{Code: string(ask.School)}, Year: 2025}, nil
}
