package auth

import (
	"context"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// A Creation is what a person fills in to create the account that an invitation opens. The name
// and the address are asked of the first administrator only: of others, they are known.
type Creation struct {
	Login, Password, Again     string
	FirstName, LastName, Email string
}

// Invited is the account that an invitation opens; first tells that it is the one that the
// first administrator makes, whose name is not known yet.
func (s *Service) Invited(ctx context.Context, text string) (a registry.Account, first bool, err error) {
	defer belvedere.Wrap(&err, "Invited")
	_, a, first, err = s.invited(ctx, text)
	return a, first, err
}

func (s *Service) invited(ctx context.Context, text string) (l registry.Link, a registry.Account, first bool, err error) {
	if l, a, err = s.opened(ctx, registry.LinkInvite, text); err != nil {
		return l, a, false, err
	}
	first = l.Data == firstAdmin
	if a.State != registry.Invited {
		return l, a, first, ErrLink
	}
	if first {
		if done, err := s.administered(ctx); err != nil || done {
			return l, a, first, joinLink(err)
		}
	}
	return l, a, first, nil
}

func joinLink(err error) error {
	if err != nil {
		return err
	}
	return ErrLink
}

// CreateAccount answers an invitation: identifier and password are kept, the account is active,
// its address confirmed. Faults say what is wrong with the form; the link stays good then.
func (s *Service) CreateAccount(ctx context.Context, text string, c Creation, from From) (_ registry.Account, cookies []*http.Cookie, err error) {
	defer belvedere.Wrap(&err, "CreateAccount")
	l, a, first, err := s.invited(ctx, text)
	if err != nil {
		return a, nil, err
	}
	a, faults, err := s.filled(ctx, a, c, first)
	if err != nil || len(faults) > 0 {
		return a, nil, orFaults(err, faults)
	}
	phc, err := s.hasher.make(ctx, c.Password)
	if err != nil {
		return a, nil, err
	}
	// The name is taken first, while the account is still closed: when another has it meanwhile,
	// the link can be used again.
	take := func(now *registry.Account) {
		now.Login, now.FirstName, now.LastName, now.Email = a.Login, a.FirstName, a.LastName, a.Email
	}
	if _, err := s.change(ctx, a.ID, take); err != nil {
		return a, nil, err
	}
	if err := s.consume(ctx, l); err != nil {
		return a, nil, err
	}
	at := s.Now().UTC()
	if err := s.Store.SetPassword(ctx, a.ID, phc, at); err != nil {
		return a, nil, err
	}
	a, err = s.change(ctx, a.ID, func(now *registry.Account) {
		take(now)
		now.State = registry.Active
		if !first { // the link was sent to the address
			now.EmailConfirmed = at
		}
	})
	if err != nil {
		return a, nil, err
	}
	s.ready(ctx, a, first)
	return a, []*http.Cookie{s.deviceOf(a)}, nil
}

// change writes an account as it stands now, again when someone else writes it meanwhile. An
// identifier that another account bears is a fault of the form.
func (s *Service) change(ctx context.Context, id int64, f func(*registry.Account)) (a registry.Account, err error) {
	for range 10 {
		if a, err = s.Store.Account(ctx, id); err != nil {
			return a, err
		}
		f(&a)
		login := a.Login
		if a, err = s.Store.UpdateAccount(ctx, a); belvedere.KindOf(err) != belvedere.Conflict {
			return a, err
		}
		if taken, err := s.taken(ctx, login, id); err != nil {
			return a, err
		} else if taken {
			return a, fault("identifiant", "Cet identifiant est déjà pris. Ajoutez-lui un chiffre, par exemple.")
		}
	}
	return a, err
}

// ready sends the letter that confirms the creation. To the first administrator, whose address
// nobody has checked, it comes with the link that confirms it.
func (s *Service) ready(ctx context.Context, a registry.Account, first bool) {
	err := s.send(ctx, func(c mail.Console) mail.Message { return c.AccountReady(personOf(a)) })
	if err == nil && first {
		err = s.sendConfirmation(ctx, a, a.Email)
	}
	if err != nil {
		s.Log.Warn("the letter of a new account could not be sent", "account", a.ID, "err", err)
	}
}

func orFaults(err error, faults Faults) error {
	if err != nil {
		return err
	}
	return faults
}

// filled checks the form of a creation and puts it into the account.
func (s *Service) filled(ctx context.Context, a registry.Account, c Creation, first bool) (_ registry.Account, faults Faults, err error) {
	if first {
		a.FirstName, faults = nameOf(c.FirstName, "prenom", "Le prénom", faults)
		a.LastName, faults = nameOf(c.LastName, "nom", "Le nom", faults)
		a.Email = strings.TrimSpace(c.Email)
		if err := mail.CheckAddress(a.Email); err != nil {
			faults = append(faults, Fault{"mel", belvedere.Message(err)})
		}
		if strings.TrimSpace(c.Login) == "" && a.FirstName != "" && a.LastName != "" {
			if c.Login, err = s.FreeLogin(ctx, a.FirstName, a.LastName); err != nil {
				return a, nil, err
			}
		}
	}
	login, err := registry.ParseLogin(c.Login)
	if err != nil {
		faults = append(faults, Fault{"identifiant", belvedere.Message(err)})
	} else if taken, err := s.taken(ctx, login, a.ID); err != nil {
		return a, nil, err
	} else if taken {
		faults = append(faults, Fault{"identifiant", "Cet identifiant est déjà pris. Ajoutez-lui un chiffre, par exemple."})
	}
	a.Login = login
	more, err := s.refuse(ctx, a, c.Password, c.Again)
	return a, append(faults, more...), err
}

// nameOf reads a name of a person.
func nameOf(typed, field, what string, faults Faults) (string, Faults) {
	name := strings.Join(strings.Fields(norm.NFC.String(typed)), " ")
	n := utf8.RuneCountInString(name)
	switch {
	case n == 0:
		faults = append(faults, Fault{field, what + " est à remplir."})
	case n > 80:
		faults = append(faults, Fault{field, what + " compte au plus 80 caractères."})
	case !utf8.ValidString(typed) || strings.ContainsFunc(typed, func(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) }):
		faults = append(faults, Fault{field, what + " contient un caractère invisible\u00a0: retapez-le."})
	}
	return cut(name, 80), faults
}

// Resetting is the account whose password a link lets choose.
func (s *Service) Resetting(ctx context.Context, text string) (a registry.Account, err error) {
	defer belvedere.Wrap(&err, "Resetting")
	_, a, err = s.opened(ctx, registry.LinkReset, text)
	if err == nil && a.State != registry.Active {
		err = ErrLink
	}
	return a, err
}

// FinishReset keeps the new password and signs the account out everywhere. The second factor
// stays: who only reads the mail does not get in.
func (s *Service) FinishReset(ctx context.Context, text, password, again string, from From) (_ registry.Account, cookies []*http.Cookie, err error) {
	defer belvedere.Wrap(&err, "FinishReset")
	l, a, err := s.opened(ctx, registry.LinkReset, text)
	if err != nil {
		return a, nil, err
	}
	if a.State != registry.Active {
		return a, nil, ErrLink
	}
	faults, err := s.refuse(ctx, a, password, again)
	if err != nil || len(faults) > 0 {
		return a, nil, orFaults(err, faults)
	}
	phc, err := s.hasher.make(ctx, password)
	if err != nil {
		return a, nil, err
	}
	if err := s.consume(ctx, l); err != nil {
		return a, nil, err
	}
	if err := s.Store.SetPassword(ctx, a.ID, phc, s.Now().UTC()); err != nil {
		return a, nil, err
	}
	if err := s.EndSessions(ctx, a); err != nil {
		return a, nil, err
	}
	s.notice(ctx, a, mail.PasswordChanged, "", from)
	return a, []*http.Cookie{s.deviceOf(a)}, nil
}

// ChangePassword keeps a new password and ends the other sessions; this one gets a new token.
func (s *Service) ChangePassword(ctx context.Context, a registry.Account, n registry.Session, current, password, again string, from From) (cookies []*http.Cookie, err error) {
	defer belvedere.Wrap(&err, "ChangePassword(%d)", a.ID)
	if a.PasswordSet.IsZero() {
		err = s.confirmWithout(n)
	} else {
		err = s.prove(ctx, a, current, from)
	}
	if err != nil {
		return nil, err
	}
	faults, err := s.refuse(ctx, a, password, again)
	if err != nil || len(faults) > 0 {
		return nil, orFaults(err, faults)
	}
	phc, err := s.hasher.make(ctx, password)
	if err != nil {
		return nil, err
	}
	if err := s.Store.SetPassword(ctx, a.ID, phc, s.Now().UTC()); err != nil {
		return nil, err
	}
	if _, err := s.Store.DeleteSessions(ctx, a.ID, n.Hash); err != nil {
		return nil, err
	}
	if err := s.Store.DeleteLinks(ctx, a.ID, registry.LinkReset); err != nil {
		return nil, err
	}
	s.notice(ctx, a, mail.PasswordChanged, "", from)
	return s.raise(ctx, n, from, n.Strong)
}

// confirmWithout wants a recent sign-in of an account that has no password to type.
func (s *Service) confirmWithout(n registry.Session) error {
	if s.fresh(n) {
		return nil
	}
	return belvedere.Errorf(belvedere.Forbidden, "Ce compte n’a pas encore de mot de passe. Entrez de nouveau par un lien, puis choisissez-en un dans les dix minutes.")
}
