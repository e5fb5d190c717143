package auth

import (
	"context"
	"strings"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// AskEmail sends a new address the link that confirms it. Whether another account has the
// address is not told: nothing is sent then.
func (s *Service) AskEmail(ctx context.Context, a registry.Account, n registry.Session, email, password string, from From) (err error) {
	defer belvedere.Wrap(&err, "AskEmail(%d)", a.ID)
	email = strings.TrimSpace(email)
	if err := mail.CheckAddress(email); err != nil {
		return fault("mel", "%s", belvedere.Message(err))
	}
	if err := s.confirm(ctx, a, n, password, from); err != nil {
		return err
	}
	if wait := s.letters.enter(s.laneOf("adresse", a, "", From{})); wait > 0 {
		return &Slow{wait}
	}
	if taken, err := s.taken(ctx, email, a.ID); err != nil || taken {
		return err
	}
	return s.sendConfirmation(ctx, a, email)
}

func (s *Service) sendConfirmation(ctx context.Context, a registry.Account, email string) error {
	address, until, err := s.makeLink(ctx, registry.LinkEmail, a, email, emailLife)
	if err != nil {
		return err
	}
	to := personOf(a)
	to.Address = email
	return s.send(ctx, func(c mail.Console) mail.Message { return c.EmailChange(to, address, until) })
}

// Confirming is the account and the address that a link confirms.
func (s *Service) Confirming(ctx context.Context, text string) (a registry.Account, email string, err error) {
	defer belvedere.Wrap(&err, "Confirming")
	l, a, err := s.opened(ctx, registry.LinkEmail, text)
	if err == nil && a.State == registry.Locked {
		err = ErrLink
	}
	return a, l.Data, err
}

// ConfirmEmail gives the account its new address. The old one is told.
func (s *Service) ConfirmEmail(ctx context.Context, text string, from From) (before, after registry.Account, err error) {
	defer belvedere.Wrap(&err, "ConfirmEmail")
	l, before, err := s.opened(ctx, registry.LinkEmail, text)
	if err != nil {
		return before, after, err
	}
	if before.State == registry.Locked {
		return before, after, ErrLink
	}
	if err := s.consume(ctx, l); err != nil {
		return before, after, err
	}
	at := s.Now().UTC()
	after, err = s.change(ctx, before.ID, func(now *registry.Account) { now.Email, now.EmailConfirmed = l.Data, at })
	if err != nil {
		return before, after, err
	}
	if before.Email != after.Email {
		s.notice(ctx, before, mail.EmailChanged, after.Email, from)
	}
	return before, after, nil
}
