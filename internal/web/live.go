package web

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"belvedere"
)

// A site serves the pages of the catalogue of this moment: when people declare something in the
// product, its pages, menus and lists are made anew for the requests that follow.
type site struct {
	config  Config
	metrics *metrics
	turns   chan struct{}

	making sync.Mutex
	now    atomic.Pointer[generation]
}

// A generation is the pages of one catalogue.
type generation struct {
	model   *belvedere.Model
	handler http.Handler
}

// newSite makes the pages of the catalogue as it stands.
func newSite(c Config) (*site, error) {
	w := &site{config: withDefaults(c), metrics: newMetrics(), turns: make(chan struct{}, 4)}
	return w, w.renew(c.Reports.Model())
}

// renew makes the pages of a catalogue.
func (w *site) renew(m *belvedere.Model) (err error) {
	defer func() {
		if r := recover(); r != nil { // addresses that a router cannot tell apart
			err = fmt.Errorf("web: %v", r)
		}
	}()
	s := &server{Config: w.config, model: m, metrics: w.metrics, turns: w.turns}
	h, err := s.handler()
	if err == nil {
		w.now.Store(&generation{m, h})
	}
	return err
}

// follow takes the catalogue of this moment. One that cannot be served is noted, and the pages of the
// one before stay.
func (w *site) follow(ctx context.Context) {
	if w.config.Live == nil {
		return
	}
	m, err := w.config.Live(ctx)
	if err != nil || w.now.Load().model == m {
		return // what the registry cannot tell, the page that is asked for will say
	}
	w.making.Lock()
	defer w.making.Unlock()
	if w.now.Load().model == m {
		return
	}
	if err := w.renew(m); err != nil {
		w.config.Log.Error("the catalogue cannot be served: the pages of the one before stay", "err", err)
		w.now.Store(&generation{m, w.now.Load().handler})
	}
}

func (w *site) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.follow(r.Context())
	w.now.Load().handler.ServeHTTP(rw, r)
}

// handler routes the pages of one catalogue.
func (s *server) handler() (http.Handler, error) {
	s.uses, s.widgets = usesOf(s.model), widgetsOf(s.model)
	mux := http.NewServeMux()
	taken := map[string]bool{}
	for _, r := range s.routes() {
		if r.right == undeclared {
			return nil, fmt.Errorf("web: %s %s declares no right", r.method, r.path)
		}
		mux.Handle(r.method+" "+r.path, s.handle(r))
		taken[r.path] = true
	}
	for _, page := range s.model.Pages {
		if err := checkPath(page, taken); err != nil {
			return nil, err
		}
		taken[page.Path] = true
		mux.Handle("GET "+exact(page.Path), s.handle(get(page.Path, signedIn, "consultation", s.console(page))))
	}
	return s.wrap(mux), nil
}
