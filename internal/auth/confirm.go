package auth

import (
	"context"
	"net/http"

	"belvedere"
	"belvedere/internal/registry"
)

// fresh tells whether a sign-in is recent enough to change what proves who someone is.
func (s *Service) fresh(n registry.Session) bool { return s.Now().Sub(n.Created) < freshFor }

// confirm wants the password again when the sign-in is not recent.
func (s *Service) confirm(ctx context.Context, a registry.Account, n registry.Session, password string, from From) error {
	if s.fresh(n) {
		return nil
	}
	return s.prove(ctx, a, password, from)
}

// prove checks the password of someone who is inside already.
func (s *Service) prove(ctx context.Context, a registry.Account, password string, from From) error {
	phc, err := s.Store.Password(ctx, a.ID)
	if err != nil {
		return err
	}
	lane := s.laneOf("passe", a, "", from)
	if wait := s.attempts.enter(lane); wait > 0 {
		return &Slow{wait}
	}
	good, _, err := s.hasher.check(ctx, phc, password, true)
	if err != nil {
		s.attempts.back(lane)
		return err
	}
	if !good {
		return fault("actuel", "Ce n’est pas votre mot de passe actuel.")
	}
	s.attempts.passed(lane)
	return nil
}

// Fresh tells whether a sign-in is recent enough to change what proves who someone is.
func (s *Service) Fresh(n registry.Session) bool { return s.fresh(n) }

// Confirm takes the password again and makes the sign-in of a session recent, under a new token.
func (s *Service) Confirm(ctx context.Context, a registry.Account, n registry.Session, password string, from From) (cookies []*http.Cookie, err error) {
	defer belvedere.Wrap(&err, "Confirm(%d)", a.ID)
	if a.PasswordSet.IsZero() {
		return nil, s.confirmWithout(n)
	}
	if err := s.prove(ctx, a, password, from); err != nil {
		return nil, err
	}
	n.Created = s.Now().UTC()
	return s.raise(ctx, n, from, n.Strong)
}
