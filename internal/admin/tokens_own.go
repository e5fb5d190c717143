package admin

import (
	"context"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/registry"
)

// The limits of a token of a person.
const (
	OwnTokenDays  = 90  // that it lives when nothing else is said
	mostTokenDays = 366 // at most
)

// An OwnTokenForm is what a person fills in to make a token that reads as the account.
type OwnTokenForm struct {
	Name    string // what it is for
	LastDay string // 2027-02-26 or 26/02/2027; "" is OwnTokenDays from now
}

// Own lists the tokens of an account, newest first.
func (t *Tokens) Own(ctx context.Context, account int64) (out []TokenView, err error) {
	list, err := t.List(ctx)
	for _, one := range list {
		if account != 0 && one.Account == account {
			out = append(out, one)
		}
	}
	return out, err
}

// CreateOwn makes a token that reads as an account and gives the only sight of its secret; strong tells
// whether who asks has shown a second factor. Flaws when the form is wrong, Conflict when a live token of the
// account bears the name or there are too many, Forbidden for an account that is not active or owes a second factor.
func (t *Tokens) CreateOwn(ctx context.Context, account registry.Account, strong bool, by string, f OwnTokenForm) (secret string, made registry.Token, err error) {
	defer belvedere.Wrap(&err, "CreateOwn(%s)", f.Name)
	switch {
	case account.ID == 0 || account.State != registry.Active:
		return "", made, belvedere.Errorf(belvedere.Forbidden, "Le compte %s n’est pas actif\u00a0: il ne peut pas avoir de jeton de lecture.", account.Login)
	case (account.Admin || account.Auditor) && !strong:
		return "", made, belvedere.Errorf(belvedere.Forbidden, "Ce compte demande un second facteur\u00a0: entrez avec lui pour créer un jeton de lecture.")
	}
	var flaws Flaws
	made = registry.Token{Account: account.ID, Strong: strong, Name: tokenName(&flaws, f.Name), Read: true, Created: t.now().UTC(), CreatedBy: by}
	made.Expires = t.ownLastDay(&flaws, f.LastDay)
	if err := flaws.orNil(); err != nil {
		return "", made, err
	}
	if secret, made.Hash, err = door.NewToken(); err != nil {
		return "", made, err
	}
	if made, err = t.Registry.CreateToken(ctx, made); err != nil {
		return "", made, err
	}
	return secret, made, nil
}

// ownLastDay is the instant after the last day that the form of a person says.
func (t *Tokens) ownLastDay(flaws *Flaws, typed string) time.Time {
	if strings.TrimSpace(typed) == "" {
		return t.today().AddDate(0, 0, OwnTokenDays).UTC()
	}
	return t.until(flaws, typed, t.today().AddDate(0, 0, mostTokenDays-1), belvedere.FormatNumber(mostTokenDays, 0)+" jours")
}

// RevokeOwn withdraws a token of an account. That of another does not exist: NotFound.
func (t *Tokens) RevokeOwn(ctx context.Context, account, id int64) (registry.Token, error) {
	list, err := t.Own(ctx, account)
	if err != nil {
		return registry.Token{}, err
	}
	for _, one := range list {
		if one.ID == id {
			return one.Token, t.Registry.RevokeToken(ctx, id, t.now().UTC())
		}
	}
	return registry.Token{}, belvedere.Errorf(belvedere.NotFound, "Aucun de vos jetons ne porte ce numéro.")
}

// owners names the accounts of a list of tokens.
func (t *Tokens) owners(ctx context.Context, list []registry.Token) (map[int64]string, error) {
	names := map[int64]string{}
	for _, one := range list {
		if _, known := names[one.Account]; known || one.Account == 0 {
			continue
		}
		a, err := t.Registry.Account(ctx, one.Account)
		switch {
		case belvedere.KindOf(err) == belvedere.NotFound:
			names[one.Account] = "compte supprimé"
		case err != nil:
			return nil, err
		default:
			names[one.Account] = a.Login
		}
	}
	return names, nil
}
