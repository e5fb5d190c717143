package extract

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

func person(a registry.Account) mail.Person {
	return mail.Person{Name: a.Name(), Address: a.Email, Login: a.Login}
}

// reachable tells whether an account has an address that it confirmed.
func reachable(a registry.Account) bool {
	return a.State == registry.Active && a.Email != "" && !a.EmailConfirmed.IsZero()
}

// news is what letters say of an extract: never a row, never a passphrase.
func (s *Service) news(ctx context.Context, e registry.Extract) mail.ExtractNews {
	return mail.ExtractNews{Code: e.Code, Label: e.Label, Purpose: e.Purpose, Rows: int(e.Rows), Until: e.Expires.In(s.Zone), Due: e.Due.Add(-time.Hour).In(s.Zone),
		Who: e.Login, Why: e.Flagged, Error: e.Error, Link: s.Console(ctx).URL + "/extractions/" + strconv.FormatInt(e.ID, 10), All: s.Console(ctx).URL + "/extractions/toutes"}
}

// tellReady tells who asked that the file is there, and the data protection officer when something is unusual.
func (s *Service) tellReady(ctx context.Context, a registry.Account, e registry.Extract) error {
	if reachable(a) && e.Schedule == 0 {
		if err := s.Mail.Send(ctx, s.Console(ctx).ExtractReady(person(a), s.news(ctx, e))); err != nil {
			s.Errors.Warn("a letter about an extract could not be sent", "extract", e.ID, "err", err)
		}
	}
	if e.Flagged == "" {
		return nil
	}
	people, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active}, registry.Page{})
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Auditor && p.ID != e.Account && reachable(p) {
			if err := s.Mail.Send(ctx, s.Console(ctx).ExtractFlagged(person(p), s.news(ctx, e))); err != nil {
				s.Errors.Warn("a letter about an extract could not be sent", "extract", e.ID, "err", err)
			}
		}
	}
	return nil
}

// tellDue reminds someone of the duty to destroy copies; told is false when nobody can be reached.
func (s *Service) tellDue(ctx context.Context, e registry.Extract) (told bool, err error) {
	a, err := s.Registry.Account(ctx, e.Account)
	if belvedere.KindOf(err) == belvedere.NotFound && err != nil {
		return false, nil
	}
	if err != nil || !reachable(a) {
		return false, err
	}
	return true, s.Mail.Send(ctx, s.Console(ctx).ExtractDue(person(a), s.news(ctx, e)))
}

// tellMissed tells the owner of a regular extract that it came to nothing. Who can mend a place, or let the
// schedule go, is told too: the first time of a row, or when the owner cannot be reached.
func (s *Service) tellMissed(ctx context.Context, owner int64, n mail.ExtractNews, stopped, first bool) error {
	people, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active}, registry.Page{})
	if err != nil {
		return err
	}
	told, errs := false, []error{}
	for _, p := range people {
		if p.ID != owner || !reachable(p) {
			continue
		}
		told = true
		letter := s.Console(ctx).ExtractMissed
		if stopped {
			letter = s.Console(ctx).ExtractStopped
		}
		errs = append(errs, s.Mail.Send(ctx, letter(person(p), n)))
	}
	if told && (stopped || !first) {
		return errors.Join(errs...)
	}
	for _, p := range people {
		if p.ID != owner && (p.Admin || p.Auditor && stopped) && reachable(p) {
			errs = append(errs, s.Mail.Send(ctx, s.Console(ctx).ExtractMissedBy(person(p), n, stopped)))
		}
	}
	return errors.Join(errs...)
}

// unusual says why the data protection officer is told of an extract, "" when nothing is.
func (s *Service) unusual(ctx context.Context, e registry.Extract, c content, l Limits) (string, error) {
	var why []string
	if e.Identities {
		why = append(why, "colonnes nominatives")
	}
	if e.Kind == Persons && c.rows >= l.Flag {
		why = append(why, "volume\u00a0: "+belvedere.FormatNumber(float64(c.rows), 0)+" lignes")
	}
	recent, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{Account: e.Account}, registry.Page{Limit: 1000})
	if err != nil {
		return "", err
	}
	n := 0
	for _, o := range recent {
		if !o.Asked.IsZero() && s.Now().Sub(o.Asked) < 24*time.Hour {
			n++
		}
	}
	if n >= l.FlagDay {
		why = append(why, belvedere.Plural(n, "extrait", "extraits")+" en un jour")
	}
	return strings.Join(why, ", "), nil
}
