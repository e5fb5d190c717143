// Package api is the door for programs: JSON, CSV and Parquet answers of the same reports that
// pages show, and the push of deliveries. openapi.json describes it and errors are problem+json
// (RFC 9457).
//
// Each route declares the right that it asks. Who asks is told by a token, by the session of the
// console, or by the secret of the local command line; which figures that opens is decided by
// the plan of the report. Whatever is read, pushed or refused stands in the journal before the
// first byte of the answer.
package api

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/dashboard"
	"belvedere/internal/definition"
	"belvedere/internal/door"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
)

//go:embed openapi.json
var openAPI []byte

// Reports answers questions. Whatever it returns, this viewer may see; a report.Reporter is one.
type Reports interface {
	Definitions(ctx context.Context) (*belvedere.Model, error)
	Build(ctx context.Context, ask report.Ask) (belvedere.Query, error)
	Replay(ctx context.Context, viewer belvedere.Viewer, code string) (*report.Replay, error)
	Verify(ctx context.Context, since time.Time, last int, tell func(done, all int)) (*report.Verification, error)
	Receipted(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) (*belvedere.Result, belvedere.Heading, error)
	// Holdings are the first and last day with data of each dataset, and the name of the territory.
	Holdings(ctx context.Context) (map[string][2]time.Time, string, error)
	Register(ctx context.Context, viewer belvedere.Viewer) ([]*report.School, error)
	Coverage(ctx context.Context, viewer belvedere.Viewer, ask report.CoverageAsk, all bool) (*report.CoverageView, error)
	Benchmark(ctx context.Context, viewer belvedere.Viewer, ask report.BenchmarkAsk) (*report.BenchmarkView, error)
	PageAt(ctx context.Context, viewer belvedere.Viewer, u *url.URL) (*report.PageView, error)
	Gap(ctx context.Context, viewer belvedere.Viewer, ask report.GapAsk) (*report.GapView, error)
	GapHeading(ctx context.Context, v *report.GapView) belvedere.Heading
}

// Store is the part of the registry that the API uses; a registry.Registry is one.
type Store interface {
	Delivery(ctx context.Context, seq int64) (belvedere.Delivery, error)
	DeliveryByID(ctx context.Context, source, id string) (belvedere.Delivery, error)
	List(ctx context.Context, f registry.DeliveryFilter, p registry.Page) ([]belvedere.Delivery, int, error)
	Faults(ctx context.Context, seq int64, p registry.Page) ([]belvedere.Fault, int, error)
	ListEditions(ctx context.Context, p registry.Page) ([]belvedere.Edition, int, error)
	Token(ctx context.Context, hash string) (registry.Token, error)
	TokenUsed(ctx context.Context, id int64, at time.Time, from string) error
}

// Receiver takes deliveries; an ingest.Service is one.
type Receiver interface {
	Accept(ctx context.Context, in ingest.Submission) (d belvedere.Delivery, replayed bool, err error)
}

// Config is what the API needs. Reports, Store, Ingest, Journal, TokenViewer and Write are required.
type Config struct {
	Reports Reports
	Store   Store
	Ingest  Receiver
	Journal door.Journal
	// Meanings of indicators: versions, proposals, questions; nil tells none.
	Meanings *definition.Service
	Write    func(ctx context.Context, w io.Writer, format string, r *belvedere.Result, h belvedere.Heading) error

	// TokenViewer is what a live token sees (rights.TokenScope); its Kind is belvedere.TokenViewer.
	TokenViewer func(ctx context.Context, t registry.Token) (belvedere.Viewer, error)
	// Viewer is who is signed in to the console, the zero Viewer for nobody; nil knows no sessions.
	Viewer func(*http.Request) (belvedere.Viewer, error)
	// Local is the secret of the local command line, made anew at each start; "" closes that door.
	Local string
	// Operator is what the local command line sees, As what an account does. Needed with Local.
	Operator func(ctx context.Context) (belvedere.Viewer, error)
	As       func(ctx context.Context, login string) (belvedere.Viewer, error)

	Explorer saved.Explorer // nil answers no state of the explorer
	Saved    *saved.Service // nil keeps no queries

	Notices Notices // nil has neither alerts nor sendings

	Extracts *extract.Service // nil makes none

	Dashboards    *dashboard.Service // nil has none
	DashboardFile DashboardFile

	URL     string // public address of the server, for names that last; "" takes that of the request
	Secure  bool   // served over TLS: Strict-Transport-Security
	MaxFile int64  // bytes of one pushed file; 2 GB when 0
	Limits  Limits // zero fields take their default
	Now     func() time.Time
	Log     *slog.Logger
}

type server struct {
	Config
	turns  chan struct{} // bounds how many answers are held in memory at once
	limits limiters
	used   *usage
}

// New builds the handler of /api/. It refuses a route that declares no right.
func New(c Config) (http.Handler, error) {
	switch {
	case c.Reports == nil || c.Store == nil || c.Ingest == nil || c.Write == nil:
		return nil, errors.New("api: reports, store, ingest and writer are needed")
	case c.Journal == nil:
		return nil, errors.New("api: nothing is answered without journal")
	case c.TokenViewer == nil:
		return nil, errors.New("api: the rights of tokens are needed")
	case c.Local != "" && (c.Operator == nil || c.As == nil || len(c.Local) < 32):
		return nil, errors.New("api: the local door needs a long secret and who stands behind it")
	}
	s := newServer(c)
	return s.handler(s.routes())
}

func newServer(c Config) *server {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.MaxFile <= 0 {
		c.MaxFile = 2_000_000_000
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &server{Config: c, turns: make(chan struct{}, 2), limits: newLimiters(c.Limits, c.Now), used: newUsage()}
}

func (s *server) handler(routes []route) (http.Handler, error) {
	mux := http.NewServeMux()
	methods := map[string][]string{}
	for _, rt := range routes {
		if rt.right == undeclared {
			return nil, fmt.Errorf("api: %s %s declares no right", rt.method, rt.path)
		}
		mux.Handle(rt.method+" "+rt.path, s.serve(rt))
		methods[rt.path] = append(methods[rt.path], rt.method)
	}
	for path, allowed := range methods {
		mux.Handle(path, s.serve(route{"", path, known, "refus", notAllowed(allowed)}))
	}
	mux.Handle("/api/", s.serve(route{"", "/api/", known, "refus", func(http.ResponseWriter, *http.Request) error {
		return belvedere.Errorf(belvedere.NotFound, "cette adresse de l’API n’existe pas\u202f; voir /api/v1/openapi.json")
	}}))
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Log.Warn("api: sent by another site", "method", r.Method, "path", r.URL.Path)
		s.sent(writeProblem(w, http.StatusForbidden, "Cette demande vient d’un autre site\u00a0: elle n’a pas été exécutée.", r.URL.Path))
	}))
	return s.dataOnly(guard.Handler(mux)), nil
}

// dataOnly puts around every answer, refusals included, that it is no page: nothing of it runs,
// nobody frames it, no other site reads it, no cache keeps it.
func (s *server) dataOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Cache-Control", "no-store")
		head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Referrer-Policy", "no-referrer")
		if s.Secure {
			head.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// notAllowed answers the methods that an address does not know; the list says which it does.
func notAllowed(methods []string) handler {
	slices.Sort(methods)
	allowed := strings.Join(methods, ", ")
	return func(_ http.ResponseWriter, r *http.Request) error {
		return &refusal{status: http.StatusMethodNotAllowed, header: "Allow", value: allowed,
			detail: "cette adresse répond à " + allowed + " et pas à " + r.Method}
	}
}

// handler answers a request or says why not; it writes nothing before it knows.
type handler func(w http.ResponseWriter, r *http.Request) error

// guarded makes a panic an Internal error like the others.
func guarded(h handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(w, r)
}
