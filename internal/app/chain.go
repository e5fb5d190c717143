package app

import (
	"context"
	"sync"

	"belvedere"
	"belvedere/internal/web"
)

// lastCheck remembers what the last verification of the journal found: reading all of it on each
// page would cost more than the page.
type lastCheck struct {
	mu    sync.Mutex
	found web.ChainState
}

// chain gives the last verification of the journal, or makes a new one when check is set.
func (a *App) chain(ctx context.Context, check bool) (web.ChainState, error) {
	a.checked.mu.Lock()
	defer a.checked.mu.Unlock()
	if !check {
		return a.checked.found, nil
	}
	r, err := a.Journal.Verify(ctx)
	if err != nil {
		return web.ChainState{}, err
	}
	s := web.ChainState{At: a.clock()(), Entries: r.Entries, Sound: r.OK(), Anchor: r.Anchor}
	switch {
	case r.Fault != nil:
		s.Message = r.Fault.Message
	case len(r.Breaks) > 0:
		s.Message = belvedere.Plural(len(r.Breaks), "rupture est notée", "ruptures sont notées") + " dans le journal : cherchez l’action « Rupture du journal »."
	}
	a.checked.found = s
	return s, nil
}
