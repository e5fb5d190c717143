package admin

import (
	"context"
	"errors"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

// An Inviter reaches people and ends what they have open. Invite and Reset send a link by mail,
// the former ones of the same kind die; SecondFactorRemoved tells the person, AddressChanged too, at the
// former address; EndSessions signs an account out everywhere.
type Inviter interface {
	Invite(ctx context.Context, a registry.Account) error
	Reset(ctx context.Context, a registry.Account) error
	SecondFactorRemoved(ctx context.Context, a registry.Account) error
	AddressChanged(ctx context.Context, before, after registry.Account) error
	EndSessions(ctx context.Context, a registry.Account) error
}

// UsersConfig is what the management of users needs; all is required but Now.
type UsersConfig struct {
	Registry registry.Registry
	Schools  Directory
	Inviter  Inviter
	Widgets  []belvedere.Widget      // of the catalogue, in the order of the form
	Model    func() *belvedere.Model // of the moment: to whose members rights may be limited; nil limits none
	Now      func() time.Time
}

// Users manages who may sign in and what each may see.
type Users struct{ UsersConfig }

// NewUsers makes the management of users.
func NewUsers(c UsersConfig) *Users {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Users{c}
}

// A User is an account as the list shows it.
type User struct {
	registry.Account
	Everything bool // sees all schools
	Managed    int  // schools managed one by one or by group, when not Everything
	OwesFactor bool // must have a second factor and has none
	Self       bool // is who asks
}

// List gives the users that pass a filter, by name, and how many there are in all.
func (u *Users) List(ctx context.Context, by belvedere.Viewer, f registry.AccountFilter, p registry.Page) (_ []User, total int, err error) {
	defer belvedere.Wrap(&err, "List")
	accounts, total, err := u.Registry.ListAccounts(ctx, f, p)
	if err != nil {
		return nil, 0, err
	}
	held, err := u.heldBy(ctx, accounts)
	if err != nil {
		return nil, 0, err
	}
	list := make([]User, len(accounts))
	for i, a := range accounts {
		list[i] = userOf(by, a, held)
	}
	return list, total, nil
}

// User gives one. NotFound when there is none.
func (u *Users) User(ctx context.Context, by belvedere.Viewer, id int64) (_ User, err error) {
	defer belvedere.Wrap(&err, "User(%d)", id)
	a, err := u.account(ctx, id)
	if err != nil {
		return User{}, err
	}
	held, err := u.heldBy(ctx, []registry.Account{a})
	if err != nil {
		return User{}, err
	}
	return userOf(by, a, held), nil
}

// account finds one; a number that nobody has is told as any address that leads nowhere.
func (u *Users) account(ctx context.Context, id int64) (registry.Account, error) {
	a, err := u.Registry.Account(ctx, id)
	if belvedere.KindOf(err) == belvedere.NotFound {
		return a, errNowhere
	}
	return a, err
}

var errNowhere = belvedere.Errorf(belvedere.NotFound, "Cette adresse ne mène à aucune page. Elle a pu changer de nom.")

func userOf(by belvedere.Viewer, a registry.Account, held map[int64][]belvedere.UAI) User {
	out := User{
		Account: a, Everything: a.Admin || a.AllSchools,
		OwesFactor: (a.Admin || a.Auditor) && !a.SecondFactor && a.State != registry.Locked,
		Self:       by.ID != 0 && by.ID == a.ID,
	}
	if !out.Everything {
		out.Managed = len(managed(a, held))
	}
	return out
}

// managed is the union of the schools of an account and of its groups.
func managed(a registry.Account, held map[int64][]belvedere.UAI) map[belvedere.UAI]bool {
	all := make(map[belvedere.UAI]bool, len(a.Schools))
	for _, s := range a.Schools {
		all[s] = true
	}
	for _, g := range a.Groups {
		for _, s := range held[g] {
			all[s] = true
		}
	}
	return all
}

// heldBy gives the schools of the groups that accounts have, by group.
func (u *Users) heldBy(ctx context.Context, accounts []registry.Account) (map[int64][]belvedere.UAI, error) {
	used := map[int64]bool{}
	for _, a := range accounts {
		for _, g := range a.Groups {
			used[g] = true
		}
	}
	held := map[int64][]belvedere.UAI{}
	if len(used) == 0 {
		return held, nil
	}
	groups, err := u.Registry.ListGroups(ctx)
	if err != nil {
		return nil, err
	}
	schools, err := u.Schools.Schools(ctx)
	if err != nil {
		return nil, err
	}
	plain := forRights(schools)
	for _, g := range groups {
		if used[g.ID] {
			held[g.ID] = rights.Members(g, plain)
		}
	}
	return held, nil
}

// Create adds a user, who is invited by mail. When the mail cannot leave, the account is there
// all the same (its ID is not 0) and the error says to send the invitation again.
func (u *Users) Create(ctx context.Context, f UserForm) (a registry.Account, err error) {
	defer belvedere.Wrap(&err, "Create")
	known, err := u.known(ctx)
	if err != nil {
		return a, err
	}
	base := registry.Account{State: registry.Invited, AllWidgets: true, Created: u.Now().UTC()}
	proposed := writtenText(f.Login) == ""
	for tries := 0; ; tries++ {
		if a, err = u.checked(ctx, base, f, known); err != nil {
			return registry.Account{}, err
		}
		a, err = u.Registry.CreateAccount(ctx, a)
		if err == nil {
			break
		}
		if !proposed || tries == 3 || belvedere.KindOf(err) != belvedere.Conflict {
			return registry.Account{}, err
		}
	}
	if err := u.Inviter.Invite(ctx, a); err != nil {
		return a, belvedere.WrapError(belvedere.Unavailable, err,
			"Le compte de %s est créé, mais l’invitation n’a pas pu partir. Renvoyez-la depuis sa fiche.", a.Name())
	}
	return a, nil
}

// Update changes what the form of a user holds. The error is *Stale when someone else has
// changed the user since the form was read; nothing is written then.
func (u *Users) Update(ctx context.Context, by belvedere.Viewer, id int64, f UserForm) (before, after registry.Account, err error) {
	defer belvedere.Wrap(&err, "Update(%d)", id)
	if before, err = u.account(ctx, id); err != nil {
		return before, after, err
	}
	known, err := u.known(ctx)
	if err != nil {
		return before, after, err
	}
	if before.Version != f.Version {
		return before, after, u.stale(ctx, before, formDifferences(before, f, known))
	}
	if after, err = u.checked(ctx, before, f, known); err != nil {
		return before, after, err
	}
	if before.Admin && !after.Admin && by.ID == id {
		return before, after, Flaws{{"administrateur", "Vous ne pouvez pas retirer votre propre droit d’administrateur\u00a0: demandez-le à un autre administrateur."}}
	}
	written, err := u.Registry.UpdateAccount(ctx, after)
	if err != nil {
		return before, after, u.staleOr(ctx, err, before, func(kept registry.Account) []Difference { return formDifferences(kept, f, known) })
	}
	return before, written, u.addressChanged(ctx, before, written)
}

// addressChanged ends the links that were sent to the former address of an account. Who was not
// there yet is invited again; who was is told at the former address, lest it be how an account is stolen.
func (u *Users) addressChanged(ctx context.Context, before, after registry.Account) error {
	if before.Email == after.Email {
		return nil
	}
	for _, kind := range []registry.LinkKind{registry.LinkInvite, registry.LinkReset, registry.LinkEmail} {
		if err := u.Registry.DeleteLinks(ctx, after.ID, kind); err != nil {
			return err
		}
	}
	if after.State != registry.Invited {
		return u.Inviter.AddressChanged(ctx, before, after)
	}
	if err := u.Inviter.Invite(ctx, after); err != nil {
		return belvedere.WrapError(belvedere.Unavailable, err,
			"L’adresse est changée, mais l’invitation n’a pas pu partir. Renvoyez-la depuis la fiche de %s.", after.Name())
	}
	return nil
}

// SetWidgets opens all menus and widgets to a user, or those that are named. The error is *Stale
// as for Update.
func (u *Users) SetWidgets(ctx context.Context, id, version int64, all bool, widgets []string) (before, after registry.Account, err error) {
	defer belvedere.Wrap(&err, "SetWidgets(%d)", id)
	return u.setRights(ctx, id, version, all, widgets, func(a registry.Account) ([]belvedere.Within, error) { return a.Within, nil })
}

func (u *Users) setRights(ctx context.Context, id, version int64, all bool, widgets []string, within func(registry.Account) ([]belvedere.Within, error)) (before, after registry.Account, err error) {
	if before, err = u.account(ctx, id); err != nil {
		return before, after, err
	}
	list, err := u.knownWidgets(widgets)
	if err != nil {
		return before, after, err
	}
	after = before
	after.AllWidgets, after.Widgets = all, list
	if after.Within, err = within(before); err != nil {
		return before, after, err
	}
	if all {
		after.Widgets = nil
	}
	differences := func(kept registry.Account) []Difference {
		return changes(kept, withRights(kept, after), u.emptyKnown())
	}
	if before.Version != version {
		return before, after, u.stale(ctx, before, differences(before))
	}
	written, err := u.Registry.UpdateAccount(ctx, after)
	if err != nil {
		return before, after, u.staleOr(ctx, err, before, differences)
	}
	return before, written, nil
}

func withRights(a, from registry.Account) registry.Account {
	a.AllWidgets, a.Widgets, a.Within = from.AllWidgets, from.Widgets, from.Within
	return a
}

// staleOr tells a conflict of versions from the others.
func (u *Users) staleOr(ctx context.Context, err error, before registry.Account, differences func(registry.Account) []Difference) error {
	if belvedere.KindOf(err) != belvedere.Conflict {
		return err
	}
	kept, again := u.account(ctx, before.ID)
	if again != nil {
		return errors.Join(again, err)
	}
	if kept.Version == before.Version {
		return err // a name that is taken, the last administrator
	}
	return u.stale(ctx, kept, differences(kept))
}
