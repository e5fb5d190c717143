package app

import (
	"context"
	"sync"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

// ViewerOf is an account as the one who asks: its scope is computed from the rights, groups and
// agreements of this moment, so that a change bites on the next request. An account that is not
// active is nobody.
func (a *App) ViewerOf(ctx context.Context, account registry.Account) (_ belvedere.Viewer, err error) {
	defer belvedere.Wrap(&err, "ViewerOf(%d)", account.ID)
	if account.State != registry.Active {
		return belvedere.Viewer{}, nil
	}
	grants, err := a.grantsOf(ctx, account.ID)
	if err != nil {
		return belvedere.Viewer{}, err
	}
	key := scopeKey{account: account.ID, version: account.Version, grants: grantKey(grants)}
	scope, err := a.scope(ctx, key, func(in rights.Input) belvedere.Scope {
		in.Account, in.Grants = account, grants
		return rights.Scope(in)
	})
	return belvedere.Viewer{
		ID: account.ID, Login: account.Login, Name: account.Name(), Kind: belvedere.AccountViewer,
		Admin: account.Admin, Auditor: account.Auditor, School: account.Place == registry.InSchool && !account.Admin, Grants: grants, Scope: scope,
	}, err
}

// TokenViewer is a program with a token as the one who asks. That of a person is the account as it is now.
func (a *App) TokenViewer(ctx context.Context, token registry.Token) (_ belvedere.Viewer, err error) {
	defer belvedere.Wrap(&err, "TokenViewer(%d)", token.ID)
	if token.Account != 0 {
		return a.ownTokenViewer(ctx, token)
	}
	v := belvedere.Viewer{Login: token.Name, Name: token.Name, Kind: belvedere.TokenViewer}
	if !token.Read || !token.Revoked.IsZero() {
		return v, nil
	}
	v.Scope, err = a.scope(ctx, scopeKey{token: token.ID}, func(in rights.Input) belvedere.Scope { return rights.TokenScope(token, in) })
	return v, err
}

// ownTokenViewer is the person whose token it is, for reading alone: the scope is that of a session at this
// moment, nothing of the office of an administrator comes with it, and of the grants only what composes a
// question. It is nobody once the account is gone, not active, or owes a second factor that the token was made without.
func (a *App) ownTokenViewer(ctx context.Context, token registry.Token) (belvedere.Viewer, error) {
	if !token.Read || !token.Revoked.IsZero() {
		return belvedere.Viewer{}, nil
	}
	account, err := a.Registry.Account(ctx, token.Account)
	switch {
	case belvedere.KindOf(err) == belvedere.NotFound:
		return belvedere.Viewer{}, nil
	case err != nil:
		return belvedere.Viewer{}, err
	case (account.Admin || account.Auditor) && !token.Strong:
		return belvedere.Viewer{}, nil
	}
	v, err := a.ViewerOf(ctx, account)
	if err != nil || v.Kind == belvedere.Nobody {
		return belvedere.Viewer{}, err
	}
	out := belvedere.Viewer{ID: v.ID, Login: v.Login, Name: v.Name, Kind: belvedere.TokenViewer, Scope: v.Scope}
	if v.May(belvedere.Author) {
		out.Grants = []belvedere.Grant{{Account: v.ID, Capability: belvedere.Author}}
	}
	return out, nil
}

// territorial is what anyone of the territory with all rights sees: what its schools share today.
func (a *App) territorial(ctx context.Context) (belvedere.Scope, error) {
	return a.scope(ctx, scopeKey{token: -1}, func(in rights.Input) belvedere.Scope {
		return rights.TokenScope(registry.Token{Read: true, AllSchools: true}, in)
	})
}

// operator is the account that the command line acts as: whoever holds the data folder sees all
// schools and widgets, and agreements bind as they bind an administrator.
var operator = registry.Account{Login: "operateur", LastName: "Opérateur", State: registry.Active, Place: registry.InTerritory, Admin: true}

// Operator is the command line of the machine that holds the data: "--as admin".
func (a *App) Operator(ctx context.Context) (belvedere.Viewer, error) {
	v, err := a.ViewerOf(ctx, operator)
	v.Kind = belvedere.Operator
	return v, err
}

// Unchanged refuses what was prepared under rights that have changed since: whoever is about to
// hand out a file that took long to make asks first.
func (a *App) Unchanged(ctx context.Context, viewer belvedere.Viewer) (err error) {
	var now belvedere.Viewer
	switch viewer.Kind {
	case belvedere.Operator:
		now, err = a.Operator(ctx)
	case belvedere.AccountViewer:
		account, e := a.Registry.Account(ctx, viewer.ID)
		if belvedere.KindOf(e) == belvedere.NotFound { // deleted meanwhile: nobody
			break
		} else if e != nil {
			return e
		}
		now, err = a.ViewerOf(ctx, account)
	case belvedere.TokenViewer:
		if viewer.ID == 0 { // one of a person is asked for again by its secret: see internal/api
			now, err = a.namedToken(ctx, viewer.Login)
		}
	}
	same := viewer.Kind == now.Kind && viewer.Scope.Fingerprint == now.Scope.Fingerprint && grantKey(viewer.Grants) == grantKey(now.Grants)
	if err != nil || same {
		return err
	}
	return belvedere.Errorf(belvedere.Forbidden, "vos droits ou une convention ont changé pendant la préparation de ce fichier"+belvedere.NarrowSpace+"; demandez-le de nouveau")
}

// namedToken is the program whose token bears a name today, nobody when none does.
func (a *App) namedToken(ctx context.Context, name string) (belvedere.Viewer, error) {
	list, err := a.Registry.ListTokens(ctx)
	if err != nil {
		return belvedere.Viewer{}, err
	}
	for _, t := range list {
		if t.Account == 0 && t.Name == name && t.Revoked.IsZero() && (t.Expires.IsZero() || a.clock()().Before(t.Expires)) {
			return a.TokenViewer(ctx, t)
		}
	}
	return belvedere.Viewer{}, nil
}

// Explain says why a viewer sees or does not see what a question is about. A program has no one
// to explain to: its token says what it may.
func (a *App) Explain(ctx context.Context, viewer belvedere.Viewer, q rights.Question) (_ rights.Explanation, err error) {
	defer belvedere.Wrap(&err, "Explain(%s)", viewer.Login)
	account := operator
	switch viewer.Kind {
	case belvedere.Operator:
	case belvedere.AccountViewer:
		if account, err = a.Registry.Account(ctx, viewer.ID); err != nil {
			return rights.Explanation{}, err
		}
	default:
		return rights.Explanation{}, belvedere.Errorf(belvedere.Forbidden, "les règles s’expliquent à une personne qui s’est identifiée")
	}
	kept, err := a.rightsNow(ctx)
	if err != nil {
		return rights.Explanation{}, err
	}
	settings, err := a.Registry.Settings(ctx)
	if err != nil {
		return rights.Explanation{}, err
	}
	people, _, err := a.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active}, registry.Page{})
	if err != nil {
		return rights.Explanation{}, err
	}
	in := kept.input
	in.Account = account
	in.Grants = kept.holding(account.ID, a.clock()())
	return rights.Explain(in, rights.Contacts{Setting: settings[registry.SettingContact], Accounts: people}, q), nil
}

// rightsKept is all that decides, as of one moment, and the scopes made from it.
type rightsKept struct {
	version int64 // of the rights
	edition int
	input   rights.Input                // without account
	grants  map[int64][]belvedere.Grant // by account: those in force, and those to come

	mu     sync.Mutex
	scopes map[scopeKey]belvedere.Scope
}

// A scopeKey tells apart who asks, as long as nothing about rights changes.
type scopeKey struct {
	account, version, token int64
	grants                  string // those in force: one that ends changes the scope at that instant
}

// mostScopes bounds the scopes that are kept: each may list thousands of schools.
const mostScopes = 512

// scope makes the scope of who asks, or finds the one made before.
func (a *App) scope(ctx context.Context, key scopeKey, make func(rights.Input) belvedere.Scope) (belvedere.Scope, error) {
	kept, err := a.rightsNow(ctx)
	if err != nil {
		return belvedere.Scope{}, err
	}
	kept.mu.Lock()
	defer kept.mu.Unlock()
	scope, ok := kept.scopes[key]
	if !ok {
		if scope = make(kept.input); len(kept.scopes) >= mostScopes {
			clear(kept.scopes)
		}
		kept.scopes[key] = scope
	}
	return scope, nil
}

// rightsNow gives what decides at this moment. It is read again when anything about rights has
// changed, when an edition is out, and when the day changes in the territory.
func (a *App) rightsNow(ctx context.Context) (*rightsKept, error) {
	if a.Reporter == nil {
		return nil, belvedere.WrapError(belvedere.Unavailable, ErrHeld, "un autre processus tient l’entrepôt, le serveur sans doute\u00a0: arrêtez-le pour cette commande")
	}
	version, err := a.Registry.RightsVersion(ctx) // before what it stands for: never newer than that
	if err != nil {
		return nil, err
	}
	edition, err := a.Reporter.Edition(ctx, 0)
	if err != nil {
		return nil, err
	}
	today := a.today()
	a.rightsMu.Lock()
	kept := a.rights
	a.rightsMu.Unlock()
	if kept != nil && kept.version == version && kept.edition == edition.Number && kept.input.Today.Equal(today) {
		return kept, nil
	}
	kept = &rightsKept{version: version, edition: edition.Number, scopes: map[scopeKey]belvedere.Scope{}}
	if kept.input, err = a.rightsInput(ctx, edition.Number); err != nil {
		return nil, err
	}
	if kept.grants, err = a.liveGrants(ctx); err != nil {
		return nil, err
	}
	kept.input.Today = today
	a.rightsMu.Lock()
	a.rights = kept
	a.rightsMu.Unlock()
	return kept, nil
}

// rightsInput reads groups, agreements and schools.
func (a *App) rightsInput(ctx context.Context, edition int) (in rights.Input, err error) {
	model, err := a.Definitions(ctx)
	if err != nil {
		return in, err
	}
	in = rights.Input{Model: model, Zone: a.Config.Location()}
	if in.Groups, err = a.Registry.ListGroups(ctx); err != nil {
		return in, err
	}
	if in.Agreements, _, err = a.Registry.ListAgreements(ctx, registry.AgreementFilter{}, registry.Page{}); err != nil {
		return in, err
	}
	directory, err := a.Reporter.Directory(ctx, edition)
	if err != nil {
		return in, err
	}
	for _, s := range directory.Schools() {
		in.Schools = append(in.Schools, rights.School{UAI: s.UAI, Name: s.Name, Attributes: s.Attributes})
	}
	return in, nil
}

// today is the calendar date in the territory.
func (a *App) today() time.Time { return belvedere.Date(a.clock()().In(a.Config.Location()).Date()) }
