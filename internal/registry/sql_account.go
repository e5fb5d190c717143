package registry

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

const accountColumns = `a.id, a.version, a.login, a.first_name, a.last_name, a.email, a.function, a.state, a.place,
	a.admin, a.auditor, a.all_schools, a.all_widgets, a.widgets, a.members, a.created, a.email_confirmed, a.last_sign_in,
	coalesce((SELECT string_agg(s.school, ' ') FROM account_school s WHERE s.account = a.id), ''),
	coalesce((SELECT string_agg(CAST(g.school_group AS TEXT), ' ') FROM account_group g WHERE g.account = a.id), ''),
	coalesce((SELECT p.set_at FROM account_password p WHERE p.account = a.id), 0),
	(SELECT count(*) FROM account_totp t WHERE t.account = a.id) + (SELECT count(*) FROM passkey k WHERE k.account = a.id)`

func scanAccount(scan scanner) (a Account, err error) {
	var schools, groups string
	var factors int
	err = scan(&a.ID, &a.Version, &a.Login, &a.FirstName, &a.LastName, &a.Email, &a.Function, &a.State, &a.Place,
		&a.Admin, &a.Auditor, &a.AllSchools, &a.AllWidgets, scanList{&a.Widgets}, scanList{&a.Within}, scanTime{&a.Created},
		scanTime{&a.EmailConfirmed}, scanTime{&a.LastSignIn}, &schools, &groups, scanTime{&a.PasswordSet}, &factors)
	if err != nil {
		return a, err
	}
	a.SecondFactor = factors > 0
	for _, u := range strings.Fields(schools) {
		a.Schools = append(a.Schools, belvedere.UAI(u))
	}
	for _, g := range strings.Fields(groups) {
		id, err := strconv.ParseInt(g, 10, 64)
		if err != nil {
			return a, err
		}
		a.Groups = append(a.Groups, id)
	}
	slices.Sort(a.Schools)
	slices.Sort(a.Groups)
	return a, nil
}

// oneAccount reads the account that a condition names.
func oneAccount(ctx context.Context, q querier, where string, args ...any) (a Account, err error) {
	err = q.each(ctx, "SELECT "+accountColumns+" FROM account a WHERE "+where, args, func(scan scanner) (err error) {
		a, err = scanAccount(scan)
		return err
	})
	if err == nil && a.ID == 0 {
		err = noAccount()
	}
	return a, err
}

func noAccount() error {
	return belvedere.Errorf(belvedere.NotFound, "Ce compte n’existe pas, ou plus.")
}

func (s *store) Account(ctx context.Context, id int64) (_ Account, err error) {
	defer belvedere.Wrap(&err, "Account(%d)", id)
	a, err := oneAccount(ctx, s.now(), "a.id = ?", id)
	return a, s.d.explain(err)
}

func (s *store) AccountByLogin(ctx context.Context, login string) (_ Account, err error) {
	defer belvedere.Wrap(&err, "AccountByLogin")
	a, err := oneAccount(ctx, s.now(), "a.login_key = ?", key(login))
	return a, s.d.explain(err)
}

func (s *store) AccountByEmail(ctx context.Context, email string) (_ Account, err error) {
	defer belvedere.Wrap(&err, "AccountByEmail")
	a, err := oneAccount(ctx, s.now(), "a.email_key = ? AND a.email_key <> ''", key(email))
	return a, s.d.explain(err)
}

func (s *store) ListAccounts(ctx context.Context, f AccountFilter, p Page) (list []Account, total int, err error) {
	defer belvedere.Wrap(&err, "ListAccounts")
	var c conditions
	c.contains("a.search", f.Text)
	if f.State != "" {
		c.add("a.state = ?", f.State)
	}
	if f.Admin {
		c.add("a.admin = 1")
	}
	if f.School != "" {
		c.add("a.id IN (SELECT account FROM account_school WHERE school = ?)", f.School)
	}
	total, err = s.counted(ctx, "account a", c, accountColumns, "a.sort_key, a.id", p, func(scan scanner) error {
		a, err := scanAccount(scan)
		list = append(list, a)
		return err
	})
	return list, total, err
}

func (s *store) CreateAccount(ctx context.Context, a Account) (_ Account, err error) {
	defer belvedere.Wrap(&err, "CreateAccount(%s)", a.Login)
	err = s.writeRights(ctx, func(tx querier) error { return createAccount(ctx, tx, &a) })
	return a, err
}

func (s *store) UpdateAccount(ctx context.Context, a Account) (_ Account, err error) {
	defer belvedere.Wrap(&err, "UpdateAccount(%d)", a.ID)
	err = s.writeRights(ctx, func(tx querier) error {
		return keepAdmin(ctx, tx, func() error { return updateAccount(ctx, tx, &a) })
	})
	return a, err
}

func (s *store) DeleteAccount(ctx context.Context, id, version int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteAccount(%d)", id)
	return s.writeRights(ctx, func(tx querier) error {
		return keepAdmin(ctx, tx, func() error {
			n, err := tx.touch(ctx, "DELETE FROM account WHERE id = ? AND (version = ? OR CAST(? AS BIGINT) = 0)", id, version, version)
			if err != nil || n > 0 {
				return err // what belongs to the account goes with it
			}
			return stale(ctx, tx, "account", id, noAccount(), "ce compte")
		})
	})
}

func (s *store) SignedIn(ctx context.Context, id int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "SignedIn(%d)", id)
	return s.write(ctx, func(tx querier) error {
		n, err := tx.touch(ctx, "UPDATE account SET last_sign_in = ? WHERE id = ?", micros(at), id)
		if err == nil && n == 0 {
			err = noAccount()
		}
		return err
	})
}

func (s *store) ImportAccounts(ctx context.Context, list []Account) (err error) {
	defer belvedere.Wrap(&err, "ImportAccounts(%d)", len(list))
	return s.writeRights(ctx, func(tx querier) error {
		return keepAdmin(ctx, tx, func() error {
			for i, a := range list {
				put := updateAccount
				if a.ID == 0 {
					put = createAccount
				}
				if err := put(ctx, tx, &a); err != nil {
					return fmt.Errorf("account %d: %w", i+1, err)
				}
			}
			return nil
		})
	})
}

// keepAdmin runs a change and refuses it when it leaves nobody to manage the console.
func keepAdmin(ctx context.Context, tx querier, change func() error) error {
	const count = "SELECT count(*) FROM account WHERE admin = 1 AND state = ?"
	var before, after int
	if err := tx.row(ctx, count, []any{Active}, &before); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	if err := tx.row(ctx, count, []any{Active}, &after); err != nil {
		return err
	}
	if before > 0 && after == 0 {
		return belvedere.Errorf(belvedere.Conflict,
			"C’est le dernier compte d’administrateur actif\u00a0: il ne peut être ni supprimé, ni verrouillé, ni privé de ce rôle. Nommez d’abord un autre administrateur.")
	}
	return nil
}

// stale says why no row had the number and the version that a change was made from.
func stale(ctx context.Context, tx querier, table string, id int64, missing error, what string) error {
	var n int
	if err := tx.row(ctx, "SELECT count(*) FROM "+table+" WHERE id = ?", []any{id}, &n); err != nil {
		return err
	}
	if n == 0 {
		return missing
	}
	return meanwhile(what)
}

// meanwhile refuses a change made from what is no longer kept.
func meanwhile(what string) error {
	return belvedere.Errorf(belvedere.Conflict,
		"Quelqu’un d’autre a modifié %s entre-temps\u00a0: rechargez la page pour voir ce qui a changé, puis refaites votre modification.", what)
}
