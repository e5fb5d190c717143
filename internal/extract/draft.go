package extract

import (
	"context"
	"crypto/rand"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Draft begins an extract that is not asked for yet. It is written down, so that no page has to carry what people
// type from step to step.
func (s *Service) Draft(ctx context.Context, v belvedere.Viewer, x Spec) (_ registry.Extract, err error) {
	defer belvedere.Wrap(&err, "Draft(%s)", v.Login)
	if err := s.may(v, Spec{}); err != nil {
		return registry.Extract{}, err
	}
	e := registry.Extract{Account: v.ID, Login: v.Login, State: registry.ExtractDraft, Created: s.Now().UTC()}
	x.into(&e)
	return s.Registry.CreateExtract(ctx, e)
}

// Save changes a draft of one's own.
func (s *Service) Save(ctx context.Context, v belvedere.Viewer, id int64, x Spec) (registry.Extract, error) {
	return s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error {
		if err := isDraft(v, e); err != nil {
			return err
		}
		x.into(e)
		return nil
	})
}

func isDraft(v belvedere.Viewer, e *registry.Extract) error {
	switch {
	case e.Account != v.ID || v.ID == 0:
		return noSuch()
	case e.State != registry.ExtractDraft:
		return belvedere.Errorf(belvedere.Conflict, "Cet extrait est déjà demandé\u00a0: il ne change plus.")
	}
	return nil
}

func noSuch() error {
	return belvedere.Errorf(belvedere.NotFound, "Cet extrait n’existe pas, ou plus.")
}

// Own finds an extract of one's own; those of others do not exist.
func (s *Service) Own(ctx context.Context, v belvedere.Viewer, id int64) (registry.Extract, error) {
	e, err := s.Registry.Extract(ctx, id)
	if err == nil && (v.ID == 0 || e.Account != v.ID) {
		return registry.Extract{}, noSuch()
	}
	return e, err
}

// Ask puts a draft among those that wait. Who asks has read the duty to delete.
func (s *Service) Ask(ctx context.Context, v belvedere.Viewer, id int64, promised bool) (_ registry.Extract, err error) {
	defer belvedere.Wrap(&err, "Ask(%d)", id)
	e, err := s.Own(ctx, v, id)
	if err != nil {
		return e, err
	}
	if err := isDraft(v, &e); err != nil {
		return e, err
	}
	x := specOf(e)
	if !promised {
		return e, belvedere.Errorf(belvedere.Invalid, "Cochez l’engagement à détruire les copies à leur terme.")
	}
	if err := s.Check(v, x, StepConfirm); err != nil {
		return e, err
	}
	size, err := s.Estimate(ctx, v, x)
	if err != nil {
		return e, err
	}
	if size.Empty {
		return e, belvedere.Errorf(belvedere.TooLarge, "Il n’y a aucune ligne à extraire\u00a0: élargissez les filtres.")
	}
	if size.TooLarge != "" {
		return e, belvedere.Errorf(belvedere.TooLarge, "%s", size.TooLarge)
	}
	e, err = s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error {
		if err := isDraft(v, e); err != nil {
			return err
		}
		e.State, e.Asked, e.Total, e.Code = registry.ExtractWaiting, s.Now().UTC(), size.Rows, newCode()
		if e.Label == "" {
			e.Label = size.Label
		}
		return nil
	})
	if err == nil {
		s.signal()
	}
	return e, err
}

// newCode is the name of an extract in its file: "X" and nine characters that nobody guesses.
func newCode() string { return "X" + rand.Text()[:9] }

// signal wakes who makes extracts.
func (s *Service) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Cancel stops an extract of one's own that is not ready yet.
func (s *Service) Cancel(ctx context.Context, v belvedere.Viewer, id int64) (registry.Extract, error) {
	return s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error {
		if v.ID == 0 || e.Account != v.ID {
			return noSuch()
		}
		switch e.State {
		case registry.ExtractDraft, registry.ExtractWaiting:
			e.State, e.Ended = registry.ExtractCancelled, s.Now().UTC()
		case registry.ExtractRunning:
			e.Cancel = true // whoever makes it stops at its next rows
		default:
			return belvedere.Errorf(belvedere.Conflict, "Cet extrait n’est plus en préparation.")
		}
		return nil
	})
}

// Again makes a draft of what was asked before.
func (s *Service) Again(ctx context.Context, v belvedere.Viewer, id int64) (registry.Extract, error) {
	e, err := s.Own(ctx, v, id)
	if err != nil {
		return e, err
	}
	x := specOf(e)
	x.Rights, x.Phrase = "", ""
	return s.Draft(ctx, v, x)
}

// List gives one's own extracts, newest first.
func (s *Service) List(ctx context.Context, v belvedere.Viewer, p registry.Page) ([]registry.Extract, int, error) {
	if v.ID == 0 {
		return nil, 0, nil
	}
	return s.Registry.ListExtracts(ctx, registry.ExtractFilter{Account: v.ID}, p)
}

// A Choice keeps some of the extracts of all.
type Choice struct {
	Flagged bool
	Overdue bool   // whose copies should be gone, and nobody said that they are
	Login   string // of one account
}

// All gives the extracts of all, to those who answer for the data: what was asked and what became of it, never
// what a file holds.
func (s *Service) All(ctx context.Context, v belvedere.Viewer, c Choice, p registry.Page) ([]registry.Extract, int, error) {
	if !Oversees(v) {
		return nil, 0, belvedere.Errorf(belvedere.Forbidden, "Les extraits de tous sont montrés aux responsables des données.")
	}
	f := registry.ExtractFilter{Flagged: c.Flagged, States: []registry.ExtractState{registry.ExtractWaiting, registry.ExtractRunning, registry.ExtractReady, registry.ExtractDownloaded, registry.ExtractSent,
		registry.ExtractExpired, registry.ExtractDeleted, registry.ExtractFailed, registry.ExtractRefused, registry.ExtractCancelled}}
	if c.Overdue {
		f.Overdue = s.Now().UTC()
	}
	if c.Login != "" {
		account, err := s.Registry.AccountByLogin(ctx, c.Login)
		switch {
		case belvedere.KindOf(err) == belvedere.NotFound && err != nil:
			return nil, 0, nil
		case err != nil:
			return nil, 0, err
		}
		f.Account = account.ID
	}
	return s.Registry.ListExtracts(ctx, f, p)
}

// Oversees tells who answers for the extracts of others: data officers, the data protection officer, the operator.
func Oversees(v belvedere.Viewer) bool {
	return v.Kind == belvedere.Operator || v.Auditor || v.May(belvedere.DataOfficer)
}

// Watched finds an extract for who oversees them.
func (s *Service) Watched(ctx context.Context, v belvedere.Viewer, id int64) (registry.Extract, error) {
	if !Oversees(v) {
		return s.Own(ctx, v, id)
	}
	e, err := s.Registry.Extract(ctx, id)
	if err == nil && e.State == registry.ExtractDraft && e.Account != v.ID {
		return registry.Extract{}, noSuch()
	}
	return e, err
}

// until is a day so many days later, at its end in the time of the territory.
func (s *Service) until(from time.Time, days int) time.Time {
	y, m, d := from.In(s.Zone).Date()
	return time.Date(y, m, d+days+1, 0, 0, 0, 0, s.Zone).UTC()
}

// Request asks for an extract at once, as a draft that is asked for in the same breath.
func (s *Service) Request(ctx context.Context, v belvedere.Viewer, r Request) (_ registry.Extract, err error) {
	defer belvedere.Wrap(&err, "Request(%s)", v.Login)
	x, err := r.Spec()
	if err != nil {
		return registry.Extract{}, err
	}
	if err := s.Check(v, x, StepConfirm); err != nil { // no draft is left of what is faulty
		return registry.Extract{}, err
	}
	if !r.Promise {
		return registry.Extract{}, belvedere.Errorf(belvedere.Invalid, "Prenez l’engagement à détruire les copies à leur terme.")
	}
	e, err := s.Draft(ctx, v, x)
	if err != nil {
		return e, err
	}
	return s.Ask(ctx, v, e.ID, true)
}
