package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"belvedere"
)

// Process brings received deliveries to their end: each is read, checked and staged, or refused
// with its reason; then all staged ones are published as one edition, in the order of their
// numbers. progress, which may be nil, is told of every step.
//
// The edition is zero when nothing was published. A refusal is no error: it stands in the
// registry. An error is a failure on our side: the deliveries concerned are Received again, and
// the others went on.
func (s *Service) Process(ctx context.Context, seqs []int64, progress func(belvedere.Delivery)) (e belvedere.Edition, err error) {
	defer belvedere.Wrap(&err, "ingest.Process(%d deliveries)", len(seqs))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.tidy(ctx); err != nil {
		return e, err
	}
	var list []*prepared
	var errs []error
	defer func() { s.dropStages(list) }()
	for _, seq := range slices.Sorted(slices.Values(seqs)) {
		p, err := s.prepare(ctx, seq, progress)
		if err != nil {
			errs = append(errs, s.putBack(ctx, seq, err))
		} else if p != nil {
			list = append(list, p)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if len(list) > 0 {
		published, perr := s.publish(ctx, list, progress)
		e = published
		errs = append(errs, perr)
	}
	return e, errors.Join(errs...)
}

// prepare reads, checks and stages one delivery. It gives nil when the delivery was refused, or
// was no longer waiting.
func (s *Service) prepare(ctx context.Context, seq int64, progress func(belvedere.Delivery)) (*prepared, error) {
	d, err := s.Registry.Delivery(ctx, seq)
	if err != nil || d.State != belvedere.Received {
		return nil, err
	}
	asked, err := s.Registry.Asked(ctx, seq)
	if err != nil {
		return nil, err
	}
	t := &teller{s: s, ctx: ctx, progress: progress}
	p, err := s.read(ctx, d, asked, t)
	if err == nil {
		p.delivery.State = belvedere.Read
		t.step(p.delivery, "contrôle")
		err = s.check(ctx, p)
	}
	if p != nil {
		p.count()
	}
	if err == nil {
		err = s.learn(ctx, p)
	}
	if err == nil {
		p.delivery.State = belvedere.Checked
		return p, s.record(ctx, p, progress)
	}
	if p != nil {
		s.dropStages([]*prepared{p})
	}
	if !refusal(err) {
		return nil, err
	}
	return nil, s.refuse(ctx, p, err, progress)
}

// refuse ends a delivery with the reason that an error gives.
func (s *Service) refuse(ctx context.Context, p *prepared, reason error, progress func(belvedere.Delivery)) error {
	p.delivery.State, p.delivery.Reason, p.delivery.Finished = belvedere.Refused, belvedere.Message(reason), s.Now().UTC()
	p.delivery.Kept = 0
	s.Log.Info("delivery refused", "seq", p.delivery.Seq, "reason", p.delivery.Reason)
	if p.personal != "" {
		return s.erase(ctx, p, progress)
	}
	return s.record(ctx, p, progress)
}

// refusal tells the errors that the file deserves from those that are ours.
func refusal(err error) bool {
	switch belvedere.KindOf(err) {
	case belvedere.Invalid, belvedere.NotFound, belvedere.Conflict, belvedere.TooLarge, belvedere.Forbidden:
		return true
	}
	return false
}

// record writes the delivery as it stands and tells of it.
func (s *Service) record(ctx context.Context, p *prepared, progress func(belvedere.Delivery)) error {
	p.delivery.Progress = belvedere.Progress{Done: p.delivery.Size, Total: p.delivery.Size}
	if err := s.Registry.Record(ctx, p.delivery, p.rank, p.faults.first); err != nil {
		return err
	}
	if progress != nil {
		progress(p.delivery)
	}
	return nil
}

// putBack makes a delivery wait again after a failure on our side.
func (s *Service) putBack(ctx context.Context, seq int64, cause error) error {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	if err := s.Registry.SetState(ctx, seq, belvedere.Received); err != nil {
		s.untidy = true
		cause = errors.Join(cause, err)
	}
	return fmt.Errorf("delivery %d: %w", seq, cause)
}

// tidy makes the warehouse ready and ends what earlier work could not, because a disk was full
// for instance: open plans, and deliveries that could not be put back.
func (s *Service) tidy(ctx context.Context) error {
	if err := s.follow(ctx); err != nil {
		return err
	}
	if err := s.ensure(ctx); err != nil {
		return err
	}
	if err := s.resolvePlans(ctx); err != nil {
		return err
	}
	if s.untidy {
		// This process holds the warehouse, and s.mu is held: nobody is working on a delivery.
		if _, err := s.Registry.Requeue(ctx); err != nil {
			return err
		}
		s.untidy = false
	}
	return nil
}

// afterwards gives time to tidy up when the context of the work has ended.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
}

// dropStages removes the stage tables of deliveries. A table that stays costs space until the
// engine opens again, and nothing else.
func (s *Service) dropStages(list []*prepared) {
	for _, p := range list {
		p.closeStages()
		for _, st := range p.stages {
			s.dropNow(st.table)
		}
		p.stages = nil
	}
}

// A teller says how far a delivery is: to the caller, and at a slower pace to the registry, where
// other processes see it.
type teller struct {
	s        *Service
	ctx      context.Context
	progress func(belvedere.Delivery)
	last     time.Time
}

// tell reports a running step.
func (t *teller) tell(d belvedere.Delivery, step string, done int64) {
	if t == nil {
		return
	}
	d.Progress = belvedere.Progress{Step: step, Done: min(done, d.Size), Total: d.Size}
	if t.progress != nil {
		t.progress(d)
	}
	if now := time.Now(); now.Sub(t.last) >= time.Second {
		t.last = now
		if err := t.s.Registry.SetProgress(t.ctx, d.Seq, d.Progress); err != nil {
			t.s.Log.Warn("progress not recorded", "seq", d.Seq, "error", err)
		}
	}
}

// step reports a new state.
func (t *teller) step(d belvedere.Delivery, step string) {
	if t == nil {
		return
	}
	if err := t.s.Registry.SetState(t.ctx, d.Seq, d.State); err != nil {
		t.s.Log.Warn("state not recorded", "seq", d.Seq, "error", err)
	}
	t.tell(d, step, d.Size)
}

// sheltered runs the reading of a file from outside: whatever it does to the reader, the other
// deliveries go on.
func (s *Service) sheltered(seq int64, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("panic while reading a delivery", "seq", seq, "panic", r, "stack", string(debug.Stack()))
			err = wrapf(belvedere.Invalid, fmt.Errorf("panic: %v", r), "Ce fichier n’a pas pu être lu : il a provoqué une erreur interne, notée dans le journal du serveur. Signalez-la à l’exploitant.")
		}
	}()
	return f()
}
