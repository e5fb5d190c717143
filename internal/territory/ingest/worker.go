package ingest

import (
	"context"
	"time"

	"belvedere"
)

// How often the worker looks for deliveries accepted by another process, and how long it leaves
// alone a delivery that failed on our side: longer each time.
const (
	pollEvery  = time.Second
	retryFirst = 5 * time.Second
	retryMost  = 10 * time.Minute
)

// retry is when to try a failed delivery again.
type retry struct {
	after time.Time
	wait  time.Duration
}

// Worker publishes deliveries as they arrive, whichever process accepted them, until the context
// ends. What it was doing then is put back and starts anew at the next run. Its error is nil.
func (s *Service) Worker(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	retries := map[int64]retry{}
	for ctx.Err() == nil {
		more, err := s.workOnce(ctx, retries)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("deliveries not processed", "error", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-tick.C:
		}
	}
	return nil
}

// workOnce processes one batch of what waits and tells whether there may be more.
func (s *Service) workOnce(ctx context.Context, retries map[int64]retry) (more bool, err error) {
	if err := s.tidyLeftovers(ctx); err != nil {
		return false, err
	}
	pending, err := s.Registry.Pending(ctx, 0)
	if err != nil {
		return false, err
	}
	var batch []int64
	for _, d := range pending {
		if r, failed := retries[d.Seq]; failed && s.Now().Before(r.after) {
			continue
		}
		if len(batch) == s.Limits.Batch {
			more = true
			break
		}
		batch = append(batch, d.Seq)
	}
	if len(batch) == 0 {
		return false, nil
	}
	_, err = s.Process(ctx, batch, nil)
	s.scheduleRetries(ctx, batch, retries)
	return more, err
}

// tidyLeftovers ends what a failure left open, even when nothing new arrives.
func (s *Service) tidyLeftovers(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.untidy {
		return nil
	}
	return s.tidy(ctx)
}

// scheduleRetries leaves alone for a while the deliveries of a batch that still wait.
func (s *Service) scheduleRetries(ctx context.Context, batch []int64, retries map[int64]retry) {
	for _, seq := range batch {
		d, err := s.Registry.Delivery(ctx, seq)
		if err != nil || d.State != belvedere.Received {
			delete(retries, seq)
			continue
		}
		r := retries[seq]
		r.wait = min(max(2*r.wait, retryFirst), retryMost)
		r.after = s.Now().Add(r.wait)
		retries[seq] = r
		step := belvedere.Progress{Step: "en attente d’un nouvel essai après une erreur", Total: d.Size}
		if err := s.Registry.SetProgress(ctx, seq, step); err != nil {
			s.Log.Warn("progress not recorded", "seq", seq, "error", err)
		}
	}
}
