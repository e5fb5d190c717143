package extract

import (
	"context"
	"sync"
	"time"
)

// tick is how often the server looks for what waits; minutes are for what is due or over.
const tick = 2 * time.Second

// makers are how many extracts are made at once, each for another account: a large one does not keep the others
// waiting.
const makers = 2

// Run makes what waits, puts what is ready at its place, asks for what is due and deletes what is over, until the
// context ends.
func (s *Service) Run(ctx context.Context) error {
	if err := s.Recover(ctx); err != nil && ctx.Err() == nil {
		s.Errors.Error("extracts could not be taken up again", "err", err)
	}
	var all sync.WaitGroup
	for range makers {
		all.Go(func() { s.work(ctx) })
	}
	all.Go(func() {
		s.every(ctx, 5*tick, "deposits", func(ctx context.Context) error { _, err := s.Deposit(ctx); return err })
	})
	all.Go(func() { s.every(ctx, time.Minute, "time", s.house) })
	all.Wait()
	return nil
}

// work makes what waits, one after the other.
func (s *Service) work(ctx context.Context) {
	for ctx.Err() == nil {
		done, err := s.RunOnce(ctx)
		if err != nil && ctx.Err() == nil {
			s.Errors.Error("an extract could not be made", "err", err)
		}
		if done && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-time.After(tick):
		}
	}
}

// every does something again and again. What fails is noted and tried again.
func (s *Service) every(ctx context.Context, pause time.Duration, name string, do func(context.Context) error) {
	for ctx.Err() == nil {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.Errors.Error("work on extracts failed", "work", name, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// house does what comes with time.
func (s *Service) house(ctx context.Context) error {
	for name, do := range map[string]func(context.Context) error{
		"regular":   s.RunSchedules,
		"expiry":    func(ctx context.Context) error { _, err := s.Expire(ctx); return err },
		"reminders": func(ctx context.Context) error { _, err := s.Remind(ctx); return err },
		"left over": s.sweep, // what could not be deleted when its extract ended
	} {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.Errors.Error("work on extracts failed", "work", name, "err", err)
		}
	}
	return nil
}
