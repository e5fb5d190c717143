package registry

import (
	"context"
	"slices"

	"belvedere"
)

// createAccount adds a, and reads it back as it is kept.
func createAccount(ctx context.Context, tx querier, a *Account) error {
	if err := a.check(); err != nil {
		return err
	}
	if err := free(ctx, tx, a); err != nil {
		return err
	}
	err := tx.row(ctx, `INSERT INTO account (version, login, login_key, first_name, last_name, email, email_key, function,
		state, place, admin, auditor, all_schools, all_widgets, widgets, members, created, email_confirmed, sort_key, search)
		VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		[]any{a.Login, key(a.Login), a.FirstName, a.LastName, a.Email, key(a.Email), a.Function,
			a.State, a.Place, a.Admin, a.Auditor, a.AllSchools, a.AllWidgets, set(a.Widgets), limits(a.Within), micros(a.Created),
			micros(a.EmailConfirmed), a.sortKey(), a.search()}, &a.ID)
	if err != nil {
		return err
	}
	return putManaged(ctx, tx, a)
}

// updateAccount writes a over the version that it was made from, and reads it back.
func updateAccount(ctx context.Context, tx querier, a *Account) error {
	if err := a.check(); err != nil {
		return err
	}
	n, err := tx.touch(ctx, `UPDATE account SET version = version + 1, state = ?, place = ?, admin = ?, auditor = ?,
		all_schools = ?, all_widgets = ?, widgets = ?, members = ?, email_confirmed = ? WHERE id = ? AND version = ?`,
		a.State, a.Place, a.Admin, a.Auditor, a.AllSchools, a.AllWidgets, set(a.Widgets), limits(a.Within), micros(a.EmailConfirmed), a.ID, a.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale(ctx, tx, "account", a.ID, noAccount(), "ce compte")
	}
	if err := free(ctx, tx, a); err != nil {
		return err
	}
	if err := tx.run(ctx, `UPDATE account SET login = ?, login_key = ?, first_name = ?, last_name = ?, email = ?, email_key = ?,
		function = ?, sort_key = ?, search = ? WHERE id = ?`,
		a.Login, key(a.Login), a.FirstName, a.LastName, a.Email, key(a.Email), a.Function, a.sortKey(), a.search(), a.ID); err != nil {
		return err
	}
	for _, table := range []string{"account_school", "account_group"} {
		if err := tx.run(ctx, "DELETE FROM "+table+" WHERE account = ?", a.ID); err != nil {
			return err
		}
	}
	return putManaged(ctx, tx, a)
}

// putManaged writes the schools and groups of an account and reads it back whole.
func putManaged(ctx context.Context, tx querier, a *Account) error {
	for _, u := range sorted(a.Schools) {
		if err := tx.run(ctx, "INSERT INTO account_school VALUES (?, ?)", a.ID, u); err != nil {
			return err
		}
	}
	for _, g := range sorted(a.Groups) {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM school_group WHERE id = ?", []any{g}, &n); err != nil {
			return err
		}
		if n == 0 {
			return belvedere.Errorf(belvedere.Conflict, "Un groupe d’établissements choisi pour «\u00a0%s\u00a0» n’existe plus\u00a0: rechargez la page et choisissez-en un autre.", a.Login)
		}
		if err := tx.run(ctx, "INSERT INTO account_group VALUES (?, ?)", a.ID, g); err != nil {
			return err
		}
	}
	kept, err := oneAccount(ctx, tx, "a.id = ?", a.ID)
	if err == nil {
		*a = kept
	}
	return err
}

// free tells whether login and address of a belong to no other account.
func free(ctx context.Context, tx querier, a *Account) error {
	var login, email int
	err := tx.row(ctx, `SELECT (SELECT count(*) FROM account WHERE login_key = ? AND id <> ?),
		(SELECT count(*) FROM account WHERE email_key = ? AND email_key <> '' AND id <> ?)`,
		[]any{key(a.Login), a.ID, key(a.Email), a.ID}, &login, &email)
	switch {
	case err != nil:
		return err
	case login > 0:
		return belvedere.Errorf(belvedere.Conflict, "L’identifiant «\u00a0%s\u00a0» est déjà celui d’un autre compte\u00a0: choisissez-en un autre.", a.Login)
	case email > 0:
		return belvedere.Errorf(belvedere.Conflict, "L’adresse «\u00a0%s\u00a0» est déjà celle d’un autre compte\u00a0: une personne n’a qu’un compte.", a.Email)
	}
	return nil
}

// check says in French what no account may be.
func (a *Account) check() error {
	for _, f := range [][2]string{{"L’identifiant", a.Login}, {"Le prénom", a.FirstName}, {"Le nom", a.LastName},
		{"La fonction", a.Function}} {
		if err := checkText(f[0], f[1]); err != nil {
			return err
		}
	}
	if err := checkLength("L’adresse", a.Email, 254); err != nil { // the longest that mail carries
		return err
	}
	switch {
	case key(a.Login) == "":
		return belvedere.Errorf(belvedere.Invalid, "Un compte doit avoir un identifiant.")
	case !slices.Contains([]AccountState{Invited, Active, Locked}, a.State):
		return belvedere.Errorf(belvedere.Invalid, "L’état «\u00a0%s\u00a0» d’un compte n’existe pas\u00a0: %s, %s ou %s.", a.State, Invited, Active, Locked)
	case !slices.Contains([]AccountPlace{InTerritory, InSchool}, a.Place):
		return belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0» n’est pas un lieu de travail\u00a0: %s ou %s.", a.Place, InTerritory, InSchool)
	case a.Admin && a.Place != InTerritory:
		return belvedere.Errorf(belvedere.Invalid, "Un administrateur travaille dans la collectivité, pas dans un établissement.")
	case a.Admin && len(a.Within) > 0:
		return belvedere.Errorf(belvedere.Invalid, "Un administrateur voit tout\u00a0: ses droits ne se limitent pas à une composante, un service ou un autre détail.")
	}
	if err := checkWithin(a.Within); err != nil {
		return err
	}
	return checkSchools(a.Schools)
}

// mostWithin bounds the dimensions of a right; mostListed, the members of each.
const mostWithin = 16

// checkWithin says in French what is wrong with the members to which a right is limited.
func checkWithin(list []belvedere.Within) error {
	if len(list) > mostWithin {
		return belvedere.Errorf(belvedere.Invalid, "Un droit se limite selon %d dimensions au plus.", mostWithin)
	}
	for _, w := range list {
		switch {
		case key(w.Dim) == "" || len(w.Codes) == 0:
			return belvedere.Errorf(belvedere.Invalid, "Un droit limité nomme une dimension et au moins un de ses membres.")
		case len(w.Codes) > mostListed:
			return belvedere.Errorf(belvedere.Invalid, "Un droit se limite à %d membres au plus d’une dimension.", mostListed)
		}
		for _, text := range append([]string{w.Dim}, w.Codes...) {
			if err := checkText("Un membre", text); err != nil {
				return err
			}
		}
	}
	return nil
}

// limits writes members as JSON, in their order; none is "".
func limits(list []belvedere.Within) string {
	return ordered(belvedere.SortWithin(list))
}

// checkSchools wants each UAI to have its check letter.
func checkSchools(list []belvedere.UAI) error {
	for _, u := range list {
		if parsed, err := belvedere.ParseUAI(string(u)); err != nil || parsed != u {
			return belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0» n’est pas un UAI\u00a0: sept chiffres et leur lettre de contrôle.", u)
		}
	}
	return nil
}

// sortKey orders people by last name, then first name.
func (a *Account) sortKey() string { return loose(a.LastName) + "\t" + loose(a.FirstName) }

func (a *Account) search() string {
	return searchable(a.FirstName+" "+a.LastName+" "+a.FirstName, a.Login, a.Email, a.Function)
}
