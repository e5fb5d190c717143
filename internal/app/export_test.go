package app_test

import (
	"context"
	"errors"
	"fmt"
	stdio "io"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/warehouse"
)

// manyColumns makes files that no connection holds on its way.
const manyColumns = "/api/v1/donnees?indicateurs=eleves,filles,garcons,classes,salles,enseignants&par=etablissement&annee=2025"

// downloads are the addresses of files, with who has them. No more than two are of the API, which
// makes as many at once.
var downloads = [][]struct{ name, path, who string }{
	{{"page as CSV", pagePath + "&format=csv", "session"}, {"API by session", manyColumns + "&format=csv", "session"}, {"API by token", manyColumns, "bearer"}},
	{{"page as XLSX", pagePath + "&format=xlsx", "session"}, {"command line", manyColumns + "&format=json", "machine"}},
}

// header is what proves who asks.
func (h *house) header(who string) []string {
	switch who {
	case "session":
		return h.session
	case "bearer":
		return h.bearer
	}
	return append(machine(h.app), "Belvedere-Au-Nom-De", h.account.Login)
}

// loses tells whether a revocation takes anything from who asks.
func (r revocation) loses(who string) bool {
	switch who {
	case "bearer":
		return len(r.token) < 2
	case "machine":
		return len(r.account) < 2 && !r.sessionOnly
	}
	return len(r.account) < 2
}

// newCounty is a house of 1,500 schools, over connections that hold little.
func newCounty(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, app: openBare(t)}
	h.watch = newWatch(h.app, beforeMidnight)
	register, figures := manySchools(t, 1500)
	load(t, h.app, register, figures)
	for i := range 1500 {
		h.schools = append(h.schools, belvedere.UAI(uai(t, fmt.Sprintf("999%04d", i))))
	}
	h.one = registry.Agreement{AllThemes: true, Basis: "coresponsabilité"}
	h.narrow()
	return h
}

// TestRunningExportsAreCut begins to read a file over a narrow connection, takes a right away and
// reads on: what is left does not come, and the reader can tell. Who loses nothing gets it whole.
func TestRunningExportsAreCut(t *testing.T) {
	county := newCounty(t)
	for i, r := range revocations {
		for k, list := range downloads {
			if testing.Short() && (i+k)%2 == 1 {
				continue
			}
			t.Run(r.name+" "+list[0].name, func(t *testing.T) {
				h := county.anew(t, r.byGroup)
				var running []*http.Response
				for _, d := range list {
					running = append(running, h.begin(d.path, h.header(d.who)))
				}
				if err := r.do(h); err != nil {
					t.Fatal(err)
				}
				h.watch.pass(2 * time.Second)
				for i, d := range list {
					n, err := stdio.Copy(stdio.Discard, running[i].Body)
					n += first
					whole := err == nil && n == running[i].ContentLength
					if cut := errors.Is(err, stdio.ErrUnexpectedEOF) && n < running[i].ContentLength; whole == r.loses(d.who) || !whole && !cut {
						t.Errorf("%s: %d of %d bytes, %v", d.name, n, running[i].ContentLength, err)
					}
				}
			})
		}
	}
}

// first is how many bytes of a file are read before the right goes.
const first = 1000

// begin asks for a file and reads its first bytes.
func (h *house) begin(path string, header []string) *http.Response {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodGet, h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true, DialContext: h.pipes.dial}}
	res, err := client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { res.Body.Close() })
	if _, err := stdio.CopyN(stdio.Discard, res.Body, first); err != nil || res.StatusCode != http.StatusOK || res.ContentLength < 80<<10 {
		h.t.Fatalf("%s: %s, %d bytes, %v", path, res.Status, res.ContentLength, err)
	}
	return res
}

// narrow serves the house over connections that hold nothing: what the reader has not taken is
// not sent.
func (h *house) narrow() {
	h.t.Helper()
	handler, err := h.app.Handler()
	if err != nil {
		h.t.Fatal(err)
	}
	h.pipes, h.url = pipes{make(chan net.Conn), make(chan struct{})}, "http://127.0.0.1"
	s := &http.Server{Handler: machineOnly(handler)}
	done := make(chan error, 1)
	go func() { done <- s.Serve(h.pipes) }()
	h.t.Cleanup(func() {
		s.Close()
		<-done
	})
}

// machineOnly says that all comes from this machine: a pipe has no address.
func machineOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "127.0.0.1:1"
		next.ServeHTTP(w, r)
	})
}

// pipes are a listener and its way in.
type pipes struct {
	in     chan net.Conn
	closed chan struct{}
}

func (p pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.in <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.in:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// An interrupter does something once, while a question is being answered.
type interrupter struct {
	warehouse.Engine
	do atomic.Pointer[func()]
}

func (e *interrupter) Query(ctx context.Context, s belvedere.Statement, each func(row []any) error) error {
	err := e.Engine.Query(ctx, s, each)
	if do := e.do.Swap(nil); do != nil {
		(*do)()
	}
	return err
}

// TestFilesMadeUnderOldRightsAreRefused takes a right away after the engine has answered and
// before the file is handed out.
func TestFilesMadeUnderOldRightsAreRefused(t *testing.T) {
	house := newHouse(t)
	engine := &interrupter{Engine: house.app.Engine}
	house.app.Reporter = report.New(report.Config{Engine: engine, Registry: house.app.Registry, Model: house.app.Model, Zone: house.app.Config.Location(), Answers: -1})
	house.url = site(t, house.app).URL
	for _, r := range revocations {
		for _, d := range []struct{ name, path, who string }{
			{"page as CSV", pagePath + "&format=csv", "session"}, {"API by session", dataPath + "&format=csv", "session"},
			{"API by token", dataPath, "bearer"}, {"command line", dataPath + "&format=json", "machine"},
		} {
			t.Run(r.name+" "+d.name, func(t *testing.T) {
				h := house.anew(t, r.byGroup)
				if status, body := h.get(d.path, h.header(d.who)); status != http.StatusOK || !slices.Equal(h.shown(body), both) {
					t.Fatalf("before: %d %.300s", status, body)
				}
				do := func() {
					if err := r.do(h); err != nil {
						t.Error(err)
					}
				}
				engine.do.Store(&do)
				status, body := h.get(d.path, h.header(d.who))
				if lost := len(h.shown(body)) == 0 && status >= 400 && status < 500; engine.do.Load() != nil || lost != r.loses(d.who) {
					t.Errorf("%d %.300s", status, body)
				}
			})
		}
	}
}
