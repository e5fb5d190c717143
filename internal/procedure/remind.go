package procedure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

const (
	// mostReminders is how often a late step is told: at its deadline, then every remindEvery.
	mostReminders = 3
	remindEvery   = 7 * 24 * time.Hour

	// completeWithin is how many days a file that was sent back waits for what it lacks, and
	// completeWarning how many before its end who filed it is warned.
	completeWithin  = 30
	completeWarning = 10
)

// reminders are how often those whose turn a file is were reminded since it came to them.
func (st *stage) reminders() (n int) {
	for i := len(st.events) - 1; i >= 0 && st.events[i].Act == ActRemind; i-- {
		n++
	}
	return n
}

// remindLate tells those who let a step go past its deadline, three times at most; from the second on
// those who answer for the data are told too, for they may name another person.
func (s *Service) remindLate(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "remindLate")
	return s.eachOpen(ctx, func(st *stage) error {
		n := st.reminders()
		if !s.late(st) || st.r.State == registry.RequestToComplete || s.Mail == nil || n >= mostReminders || s.Now().Before(st.r.Due.Add(time.Duration(n)*remindEvery)) {
			return nil
		}
		if ok, err := s.reminded(ctx, st); err != nil || !ok {
			return err
		}
		return s.tellLate(ctx, st, n > 0)
	})
}

// reminded notes a reminder before it is sent, so that it is sent once, whichever server looks.
func (s *Service) reminded(ctx context.Context, st *stage) (bool, error) {
	e := registry.RequestEvent{Request: st.r.ID, Seq: int64(len(st.events) + 1), At: s.Now().UTC(), Act: ActRemind, Before: st.r.State, After: st.r.State, Step: st.r.Step, Next: st.r.Step, Holder: s.holder(st)}
	err := s.Registry.NoteRequest(ctx, e)
	return err == nil, repeated(err)
}

// tellLate writes to those who can decide a late file, and when it goes further to those who answer for
// the data. When nobody can decide it, these alone are told.
func (s *Service) tellLate(ctx context.Context, st *stage, further bool) error {
	people, err := s.deciders(ctx, st)
	if err != nil {
		return err
	}
	step := st.step()
	facts := [][2]string{{"Demande", fmt.Sprintf("n° %d, %s", st.r.ID, st.r.Title)}, {"Par", st.r.Name}, {"Prévue avant le", belvedere.DayMonthYear(st.r.Due.In(s.Zone))}}
	told := map[int64]bool{st.r.Account: step.Actor.Role != "demandeur"}
	for _, to := range people {
		told[to.ID] = true
		s.send(ctx, to, News{Subject: st.p.Label + " : en retard", What: "Une demande attend votre décision depuis plus longtemps que prévu, à l’étape « " + step.Label + " ».",
			Facts: facts, Button: "Ouvrir la demande", Link: Path(st.r.ID)})
	}
	if !further && len(people) > 0 {
		return nil
	}
	keepers, err := s.keepers(ctx)
	if err != nil {
		return err
	}
	what := "Une demande n’avance pas, à l’étape « " + step.Label + " »."
	if step.Actor.Field != "" {
		what += " Vous pouvez désigner une autre personne sur sa page."
	}
	for _, to := range keepers {
		if !told[to.ID] {
			s.send(ctx, to, News{Subject: st.p.Label + " : sans décision", What: what, Facts: facts, Button: "Ouvrir la demande", Link: Path(st.r.ID)})
		}
	}
	return nil
}

// keepers are those who answer for the data, administrators where there are none.
func (s *Service) keepers(ctx context.Context) (out []registry.Account, err error) {
	people, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active}, registry.Page{})
	if err != nil {
		return nil, err
	}
	for _, a := range people {
		if !a.Admin && s.holdsRole(ctx, a.ID, Actor{Role: "donnees"}) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		return s.administrators(ctx)
	}
	return out, nil
}

// tendComplete reminds who does not complete a file, and drops it when its time is past; a file whose
// applicant has no account any longer is dropped too.
func (s *Service) tendComplete(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "tendComplete")
	return s.eachOpen(ctx, func(st *stage) error {
		if step := st.step(); step == nil || step.Kind == WaitStep {
			return nil
		}
		applicant, err := s.Registry.Account(ctx, st.r.Account)
		switch gone := belvedere.KindOf(err) == belvedere.NotFound && err != nil; {
		case err != nil && !gone:
			return err
		case gone || applicant.State == registry.Locked && s.Now().After(st.r.Since.AddDate(0, 0, completeWithin)):
			return s.drop(ctx, st, "Le compte de la personne qui a fait la demande est fermé.")
		case st.r.State != registry.RequestToComplete || st.r.Due.IsZero():
			return nil
		case !s.Now().Before(st.r.Due):
			return s.drop(ctx, st, "Rien n’a été ajouté dans le délai.")
		case s.Now().Before(st.r.Due.AddDate(0, 0, -completeWarning)) || st.reminders() > 0 || s.Mail == nil:
			return nil
		}
		if ok, err := s.reminded(ctx, st); err != nil || !ok {
			return err
		}
		s.send(ctx, applicant, News{Subject: st.p.Label + " : toujours à compléter", What: "Votre demande attend ce qui lui manque. Sans réponse, elle sera classée sans suite.",
			Facts: [][2]string{{"Demande", fmt.Sprintf("n° %d, %s", st.r.ID, st.r.Title)}, {"Avant le", belvedere.DayMonthYear(st.r.Due.In(s.Zone))}}, Button: "Ouvrir la demande", Link: Path(st.r.ID)})
		return nil
	})
}

// drop ends a file with which nobody went on.
func (s *Service) drop(ctx context.Context, st *stage, why string) error {
	now := s.Now().UTC()
	e := registry.RequestEvent{At: now, Act: ActDrop, Before: st.r.State, Step: st.r.Step, Reason: why}
	s.stay(st, nil, now)
	st.r.State, st.r.Ended = registry.RequestDropped, now
	_, err := s.move(ctx, st, e, nil, nil)
	return repeated(err)
}

// silence takes a step for approved when whose turn it was said nothing, where its declaration says so:
// a week after the deadline, so that the reminder is read first.
func (s *Service) silence(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "silence")
	return s.eachOpen(ctx, func(st *stage) error {
		step, now := st.step(), s.Now().UTC()
		if !s.late(st) || step.Silence != Approve || st.r.State == registry.RequestToComplete || now.Before(st.r.Due.Add(remindEvery)) || st.p.gives() {
			return nil
		}
		before := st.r.State
		if st.r.State = registry.RequestClosed; step.Gives != "" {
			st.r.State = step.Gives
		}
		e := registry.RequestEvent{At: now, Act: ActSilence, Before: before, Step: st.r.Step, Reason: "Personne n’a répondu dans le délai."}
		if err := s.advance(ctx, st, step, now, nil, nil); err != nil {
			return err
		}
		_, err := s.move(ctx, st, e, nil, nil)
		return repeated(err)
	})
}

// eachOpen calls f with each file that has a step.
func (s *Service) eachOpen(ctx context.Context, f func(*stage) error) error {
	list, _, err := s.Registry.ListRequests(ctx, registry.RequestFilter{Open: true}, registry.Page{})
	if err != nil {
		return err
	}
	var errs []error
	for _, r := range list {
		st, err := s.stage(ctx, r.ID)
		if err == nil {
			err = f(&st)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
