package auth

import (
	"context"
	"slices"
	"sync"
)

// turns lets a few work at a time. Those who wait stand in two bounded queues; the trusted one
// is served first, so that a flood of strangers does not keep out those who were here before.
type turns struct {
	mu     sync.Mutex
	free   int
	most   int
	queues [2][]chan struct{} // trusted, others
}

func newTurns(free, most int) *turns { return &turns{free: free, most: most} }

// take waits for a turn; leave gives it back. It is refused at once when too many wait.
func (t *turns) take(ctx context.Context, trusted bool) error {
	q := 1
	if trusted {
		q = 0
	}
	t.mu.Lock()
	if t.free > 0 {
		t.free--
		t.mu.Unlock()
		return nil
	}
	if len(t.queues[q]) >= t.most {
		t.mu.Unlock()
		return errBusy
	}
	mine := make(chan struct{})
	t.queues[q] = append(t.queues[q], mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(t.queues[q], mine)
	if i >= 0 {
		t.queues[q] = slices.Delete(t.queues[q], i, i+1)
	}
	t.mu.Unlock()
	if i < 0 { // the turn came as we left: it goes on to the next
		t.leave()
	}
	return ctx.Err()
}

func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for q := range t.queues {
		if len(t.queues[q]) > 0 {
			next := t.queues[q][0]
			t.queues[q] = t.queues[q][1:]
			close(next)
			return
		}
	}
	t.free++
}
