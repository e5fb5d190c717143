package auth

import (
	"context"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// send writes a letter with the name of the territory and hands it over.
func (s *Service) send(ctx context.Context, write func(mail.Console) mail.Message) error {
	if s.Mail == nil {
		return belvedere.Errorf(belvedere.Unavailable, "L’envoi de courriers n’est pas réglé sur ce serveur.")
	}
	settings, err := s.Store.Settings(ctx)
	if err != nil {
		return err
	}
	return s.Mail.Send(ctx, write(mail.Console{Territory: settings[registry.SettingTerritoryName], URL: s.URL, Zone: s.Zone}))
}

func personOf(a registry.Account) mail.Person {
	return mail.Person{Name: a.Name(), Address: a.Email, Login: a.Login}
}

// notice tells the owner of an account what has just happened to it. A letter that cannot leave
// does not undo what was done.
func (s *Service) notice(ctx context.Context, a registry.Account, event mail.SecurityEvent, detail string, from From) {
	if a.Email == "" {
		return
	}
	err := s.send(ctx, func(c mail.Console) mail.Message {
		return c.SecurityNotice(personOf(a), event, s.Now(), detail, from.Addr, from.Browser)
	})
	if err != nil {
		s.Log.Warn("a notice could not be sent", "account", a.ID, "err", err)
	}
}

// SecondFactorRemoved tells someone that an administrator has taken the second factor away, and
// ends the sessions that it had opened.
func (s *Service) SecondFactorRemoved(ctx context.Context, a registry.Account) (err error) {
	defer belvedere.Wrap(&err, "SecondFactorRemoved(%d)", a.ID)
	if err := s.EndSessions(ctx, a); err != nil {
		return err
	}
	s.notice(ctx, a, mail.MethodRemoved, "par un administrateur", From{})
	return nil
}

// TokenMade tells someone that a token now reads as the account.
func (s *Service) TokenMade(ctx context.Context, a registry.Account, name string, from From) {
	s.notice(ctx, a, mail.TokenMade, name, from)
}

// AddressChanged tells someone, at the former address, that an administrator has put another in its place.
func (s *Service) AddressChanged(ctx context.Context, before, after registry.Account) error {
	s.notice(ctx, before, mail.EmailChanged, after.Email+", par un administrateur", From{})
	return nil
}
