package auth

import (
	"context"

	"belvedere"
	"belvedere/internal/registry"
)

// firstAdmin marks the invitation of the first administrator.
const firstAdmin = "premier"

// firstLogin is what the account of the first administrator is called until it is created.
const firstLogin = "administrateur"

// administered tells whether someone manages the console already.
func (s *Service) administered(ctx context.Context) (bool, error) {
	_, n, err := s.Store.ListAccounts(ctx, registry.AccountFilter{Admin: true, State: registry.Active}, registry.Page{Limit: 1})
	return n > 0, err
}

// Bootstrap makes the link by which the first administrator creates his or her account. The link
// is "" once an administrator is active; each call makes a new one, and the former dies. An account
// that waited for the first administrator while another one came by other ways is forgotten.
func (s *Service) Bootstrap(ctx context.Context) (link string, err error) {
	defer belvedere.Wrap(&err, "Bootstrap")
	done, err := s.administered(ctx)
	if err != nil {
		return "", err
	}
	if done {
		return "", s.forgetFirst(ctx)
	}
	a, err := s.first(ctx)
	if err != nil {
		return "", err
	}
	link, _, err = s.makeLink(ctx, registry.LinkInvite, a, firstAdmin, inviteLife)
	return link, err
}

// waiting is the account that waits for the first administrator: an invited one without address.
func (s *Service) waiting(ctx context.Context) (_ registry.Account, found bool, err error) {
	list, _, err := s.Store.ListAccounts(ctx, registry.AccountFilter{Admin: true, State: registry.Invited}, registry.Page{})
	for _, a := range list {
		if a.Email == "" {
			return a, true, err
		}
	}
	return registry.Account{}, false, err
}

func (s *Service) forgetFirst(ctx context.Context) error {
	a, found, err := s.waiting(ctx)
	if err != nil || !found {
		return err
	}
	return unlessMissing(s.Store.DeleteAccount(ctx, a.ID, 0))
}

// first finds that account, or makes it.
func (s *Service) first(ctx context.Context) (registry.Account, error) {
	if a, found, err := s.waiting(ctx); err != nil || found {
		return a, err
	}
	login, err := s.freeName(ctx, firstLogin)
	if err != nil {
		return registry.Account{}, err
	}
	return s.Store.CreateAccount(ctx, registry.Account{
		Login: login, State: registry.Invited, Place: registry.InTerritory, Admin: true, AllSchools: true, AllWidgets: true, Created: s.Now().UTC(),
	})
}

// Lock closes an account at once, with its sessions and links; Unlock opens it again.
func (s *Service) Lock(ctx context.Context, a registry.Account) (_ registry.Account, err error) {
	defer belvedere.Wrap(&err, "Lock(%d)", a.ID)
	a.State = registry.Locked
	if a, err = s.Store.UpdateAccount(ctx, a); err != nil {
		return a, err
	}
	return a, s.EndSessions(ctx, a)
}

// Unlock opens a locked account: active when its owner had created it, else invited.
func (s *Service) Unlock(ctx context.Context, a registry.Account) (_ registry.Account, err error) {
	defer belvedere.Wrap(&err, "Unlock(%d)", a.ID)
	if a.State != registry.Locked {
		return a, belvedere.Errorf(belvedere.Conflict, "Le compte «\u00a0%s\u00a0» n’est pas verrouillé.", a.Login)
	}
	a.State = registry.Active
	if a.PasswordSet.IsZero() {
		a.State = registry.Invited
	}
	return s.Store.UpdateAccount(ctx, a)
}
