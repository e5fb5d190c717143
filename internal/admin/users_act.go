package admin

import (
	"context"

	"belvedere"
	"belvedere/internal/registry"
)

// knownWidgets checks codes against the catalogue and gives them in its order.
func (u *Users) knownWidgets(codes []string) ([]string, error) {
	asked := map[string]bool{}
	for _, c := range codes {
		asked[c] = true
	}
	var out []string
	for _, w := range u.Widgets {
		if asked[w.Code] {
			out = append(out, w.Code)
			delete(asked, w.Code)
		}
	}
	for c := range asked {
		return nil, Flaws{{"rubrique", "La rubrique « " + quoted(c) + " » n’existe pas\u00a0: rechargez la page."}}
	}
	return out, nil
}

// Invite sends the invitation again. Conflict when the person has already created the account.
func (u *Users) Invite(ctx context.Context, id int64) (a registry.Account, err error) {
	defer belvedere.Wrap(&err, "Invite(%d)", id)
	if a, err = u.account(ctx, id); err != nil {
		return a, err
	}
	if a.State != registry.Invited {
		return a, belvedere.Errorf(belvedere.Conflict, "%s a déjà répondu à son invitation, ou son compte est verrouillé.", a.Name())
	}
	return a, u.Inviter.Invite(ctx, a)
}

// StartReset sends the link to choose a new password; nobody else chooses it.
func (u *Users) StartReset(ctx context.Context, id int64) (a registry.Account, err error) {
	defer belvedere.Wrap(&err, "StartReset(%d)", id)
	if a, err = u.account(ctx, id); err != nil {
		return a, err
	}
	if a.State != registry.Active {
		return a, belvedere.Errorf(belvedere.Conflict, "Le compte de %s n’est pas actif\u00a0: un mot de passe ne se réinitialise que sur un compte actif.", a.Name())
	}
	return a, u.Inviter.Reset(ctx, a)
}

// Lock closes an account and ends its sessions at once. Locking again is harmless.
func (u *Users) Lock(ctx context.Context, by belvedere.Viewer, id int64) (before, after registry.Account, err error) {
	defer belvedere.Wrap(&err, "Lock(%d)", id)
	if before, err = u.account(ctx, id); err != nil {
		return before, after, err
	}
	if by.ID == id {
		return before, before, belvedere.Errorf(belvedere.Forbidden, "Vous ne pouvez pas verrouiller votre propre compte.")
	}
	after = before
	after.State = registry.Locked
	if before.State != registry.Locked {
		if after, err = u.Registry.UpdateAccount(ctx, after); err != nil {
			return before, after, err
		}
	}
	return before, after, u.Inviter.EndSessions(ctx, after)
}

// Unlock opens a locked account again: active when its person had created it, else invited.
func (u *Users) Unlock(ctx context.Context, id int64) (before, after registry.Account, err error) {
	defer belvedere.Wrap(&err, "Unlock(%d)", id)
	if before, err = u.account(ctx, id); err != nil || before.State != registry.Locked {
		return before, before, err
	}
	after = before
	after.State = registry.Active
	if after.PasswordSet.IsZero() {
		keys, err := u.Registry.Passkeys(ctx, id)
		if err != nil {
			return before, after, err
		}
		if len(keys) == 0 {
			after.State = registry.Invited
		}
	}
	after, err = u.Registry.UpdateAccount(ctx, after)
	return before, after, err
}

// ResetSecondFactor removes the codes, keys and recovery codes of who has lost them, ends the
// sessions and tells the person. The next sign-in of who owes a second factor asks for a new one.
func (u *Users) ResetSecondFactor(ctx context.Context, by belvedere.Viewer, id int64) (a registry.Account, err error) {
	defer belvedere.Wrap(&err, "ResetSecondFactor(%d)", id)
	if a, err = u.account(ctx, id); err != nil {
		return a, err
	}
	if by.ID == id {
		return a, belvedere.Errorf(belvedere.Forbidden, "Vous ne pouvez pas lever votre propre double authentification ici\u00a0: voyez « Mon compte ».")
	}
	if !a.SecondFactor {
		return a, belvedere.Errorf(belvedere.Conflict, "%s n’a pas de double authentification\u00a0: il n’y a rien à lever.", a.Name())
	}
	if err := u.Registry.SetTOTP(ctx, id, ""); err != nil {
		return a, err
	}
	keys, err := u.Registry.Passkeys(ctx, id)
	if err != nil {
		return a, err
	}
	for _, k := range keys {
		if err := u.Registry.DeletePasskey(ctx, id, k.Credential); err != nil {
			return a, err
		}
	}
	if err := u.Registry.SetRecovery(ctx, id, nil); err != nil {
		return a, err
	}
	if err := u.Inviter.EndSessions(ctx, a); err != nil {
		return a, err
	}
	return a, u.Inviter.SecondFactorRemoved(ctx, a)
}

// Delete removes an account with all that it has open. Version 0 does not care who changed it
// last; else a change meanwhile is a Conflict. Nobody deletes oneself, nor the last administrator.
func (u *Users) Delete(ctx context.Context, by belvedere.Viewer, id, version int64) (a registry.Account, err error) {
	defer belvedere.Wrap(&err, "Delete(%d)", id)
	if a, err = u.account(ctx, id); err != nil {
		return a, err
	}
	if by.ID == id {
		return a, belvedere.Errorf(belvedere.Forbidden, "Vous ne pouvez pas supprimer votre propre compte\u00a0: demandez-le à un autre administrateur.")
	}
	if err := u.Registry.DeleteAccount(ctx, id, version); err != nil {
		return a, err
	}
	return a, u.Inviter.EndSessions(ctx, a)
}
