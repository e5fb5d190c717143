package registry

import (
	"context"
	"slices"
	"time"

	"belvedere"
)

const (
	noDashboard    = "Ce tableau de bord n’existe pas, ou plus."
	staleDashboard = "Ce tableau de bord a été modifié entre-temps\u00a0: rouvrez-le pour voir la dernière version."
)

const dashboardColumns = "id, owner, owner_name, title, description, sharing, schools, verified_by, verified_at, version, origin, created, updated"

func scanDashboard(scan scanner) (d Dashboard, err error) {
	err = scan(&d.ID, &d.Owner, &d.OwnerName, &d.Title, &d.Description, &d.Sharing, scanList{&d.Schools}, &d.VerifiedBy, scanTime{&d.Verified},
		&d.Version, &d.Origin, scanTime{&d.Created}, scanTime{&d.Updated})
	return d, err
}

func (s *store) ListDashboards(ctx context.Context) (list []Dashboard, err error) {
	defer belvedere.Wrap(&err, "ListDashboards")
	err = s.read(ctx, func(tx querier) error {
		list = nil
		at := map[int64]int{}
		err := tx.each(ctx, "SELECT "+dashboardColumns+" FROM dashboard ORDER BY title, id", nil, func(scan scanner) error {
			d, err := scanDashboard(scan)
			at[d.ID] = len(list)
			list = append(list, d)
			return err
		})
		if err != nil {
			return err
		}
		err = tx.each(ctx, "SELECT v.dashboard, v.content FROM dashboard_version v JOIN dashboard d ON d.id = v.dashboard AND d.version = v.number", nil, func(scan scanner) error {
			var id int64
			var content string
			err := scan(&id, &content)
			if i, ok := at[id]; ok {
				list[i].Content = content
			}
			return err
		})
		if err != nil {
			return err
		}
		return tx.each(ctx, "SELECT dashboard, account FROM dashboard_account ORDER BY dashboard, account", nil, func(scan scanner) error {
			var id, account int64
			err := scan(&id, &account)
			if i, ok := at[id]; ok {
				list[i].Accounts = append(list[i].Accounts, account)
			}
			return err
		})
	})
	return list, err
}

func (s *store) Dashboard(ctx context.Context, id int64) (d Dashboard, err error) {
	defer belvedere.Wrap(&err, "Dashboard(%d)", id)
	err = s.read(ctx, func(tx querier) error {
		d, err = oneDashboard(ctx, tx, id)
		return err
	})
	return d, err
}

func oneDashboard(ctx context.Context, tx querier, id int64) (d Dashboard, err error) {
	err = tx.each(ctx, "SELECT "+dashboardColumns+" FROM dashboard WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		d, err = scanDashboard(scan)
		return err
	})
	if err != nil {
		return d, err
	}
	if d.ID == 0 {
		return d, belvedere.Errorf(belvedere.NotFound, noDashboard)
	}
	err = tx.each(ctx, "SELECT account FROM dashboard_account WHERE dashboard = ? ORDER BY account", []any{id}, func(scan scanner) error {
		var account int64
		err := scan(&account)
		d.Accounts = append(d.Accounts, account)
		return err
	})
	if err != nil {
		return d, err
	}
	return d, tx.row(ctx, "SELECT content FROM dashboard_version WHERE dashboard = ? AND number = ?", []any{id, d.Version}, &d.Content)
}

func (s *store) CreateDashboard(ctx context.Context, d Dashboard) (_ Dashboard, err error) {
	defer belvedere.Wrap(&err, "CreateDashboard(%s)", d.Title)
	if err := d.check(); err != nil {
		return d, err
	}
	err = s.write(ctx, func(tx querier) error {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM dashboard WHERE owner = ?", []any{d.Owner}, &n); err != nil {
			return err
		}
		if n >= MostDashboards && d.Owner != 0 {
			return belvedere.Errorf(belvedere.Conflict, "Un compte a au plus %d tableaux de bord\u00a0: retirez d’abord ceux qui ne servent plus.", MostDashboards)
		}
		err := tx.row(ctx, `INSERT INTO dashboard (owner, owner_name, title, description, sharing, schools, verified_by, verified_at, version, origin, created, updated)
			VALUES (?, ?, ?, ?, ?, ?, '', 0, 1, ?, ?, ?) RETURNING id`, []any{d.Owner, d.OwnerName, d.Title, d.Description, d.Sharing, ordered(d.Schools),
			d.Origin, micros(d.Created), micros(d.Created)}, &d.ID)
		if err != nil {
			return err
		}
		v := DashboardVersion{Number: 1, Title: d.Title, Description: d.Description, Content: d.Content, By: d.OwnerName, At: d.Created}
		if err := addVersion(ctx, tx, d.ID, v); err != nil {
			return err
		}
		if err := shareAmong(ctx, tx, d); err != nil {
			return err
		}
		d, err = oneDashboard(ctx, tx, d.ID)
		return err
	})
	return d, err
}

func addVersion(ctx context.Context, tx querier, id int64, v DashboardVersion) error {
	return tx.run(ctx, "INSERT INTO dashboard_version VALUES (?, ?, ?, ?, ?, ?, ?, ?)", id, v.Number, v.Title, v.Description, v.Content, v.By, micros(v.At), v.Note)
}

// shareAmong writes the persons that a dashboard is shared with, in place of those before.
func shareAmong(ctx context.Context, tx querier, d Dashboard) error {
	if err := tx.run(ctx, "DELETE FROM dashboard_account WHERE dashboard = ?", d.ID); err != nil {
		return err
	}
	accounts := slices.Compact(slices.Sorted(slices.Values(d.Accounts)))
	for _, account := range accounts {
		if err := tx.run(ctx, "INSERT INTO dashboard_account VALUES (?, ?)", d.ID, account); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) SaveDashboard(ctx context.Context, d Dashboard, v DashboardVersion, account int64) (_ Dashboard, err error) {
	defer belvedere.Wrap(&err, "SaveDashboard(%d)", d.ID)
	d.Title, d.Description, d.Content = v.Title, v.Description, v.Content
	if err := d.check(); err != nil {
		return d, err
	}
	if err := checkText("La note de version", v.Note); err != nil {
		return d, err
	}
	err = s.write(ctx, func(tx querier) error {
		held, err := oneDashboard(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if held.Version != d.Version {
			return belvedere.Errorf(belvedere.Conflict, staleDashboard)
		}
		v.Number = held.Version + 1
		if err := addVersion(ctx, tx, d.ID, v); err != nil {
			return err
		}
		err = tx.run(ctx, "UPDATE dashboard SET title = ?, description = ?, version = ?, updated = ?, verified_by = '', verified_at = 0 WHERE id = ?",
			v.Title, v.Description, v.Number, micros(v.At), d.ID)
		if err != nil {
			return err
		}
		if err := tx.run(ctx, "DELETE FROM dashboard_draft WHERE dashboard = ? AND account = ?", d.ID, account); err != nil {
			return err
		}
		d, err = oneDashboard(ctx, tx, d.ID)
		return err
	})
	return d, err
}

func (s *store) ShareDashboard(ctx context.Context, d Dashboard) (err error) {
	defer belvedere.Wrap(&err, "ShareDashboard(%d)", d.ID)
	return s.write(ctx, func(tx querier) error {
		if err := tx.must(ctx, noDashboard, "UPDATE dashboard SET sharing = ?, schools = ? WHERE id = ?", d.Sharing, ordered(d.Schools), d.ID); err != nil {
			return err
		}
		return shareAmong(ctx, tx, d)
	})
}

func (s *store) VerifyDashboard(ctx context.Context, id int64, version int, by string, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "VerifyDashboard(%d)", id)
	return s.write(ctx, func(tx querier) error {
		held, err := oneDashboard(ctx, tx, id)
		if err != nil {
			return err
		}
		if held.Version != version {
			return belvedere.Errorf(belvedere.Conflict, staleDashboard)
		}
		return tx.run(ctx, "UPDATE dashboard SET verified_by = ?, verified_at = ? WHERE id = ?", by, micros(at), id)
	})
}

func (s *store) DeleteDashboard(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteDashboard(%d)", id)
	return s.exec(ctx, noDashboard, "DELETE FROM dashboard WHERE id = ?", id)
}

func (s *store) DashboardVersions(ctx context.Context, id int64) (list []DashboardVersion, err error) {
	defer belvedere.Wrap(&err, "DashboardVersions(%d)", id)
	err = s.now().each(ctx, "SELECT number, title, description, content, made_by, made_at, note FROM dashboard_version WHERE dashboard = ? ORDER BY number DESC",
		[]any{id}, func(scan scanner) error {
			var v DashboardVersion
			err := scan(&v.Number, &v.Title, &v.Description, &v.Content, &v.By, scanTime{&v.At}, &v.Note)
			list = append(list, v)
			return err
		})
	return list, s.d.explain(err)
}

func (s *store) DashboardDraft(ctx context.Context, id, account int64) (d DashboardDraft, err error) {
	defer belvedere.Wrap(&err, "DashboardDraft(%d)", id)
	d, err = lastStep(ctx, s.now(), id, account)
	return d, s.d.explain(err)
}

func lastStep(ctx context.Context, q querier, id, account int64) (d DashboardDraft, err error) {
	d = DashboardDraft{Dashboard: id, Account: account}
	err = q.each(ctx, `SELECT step, base, title, description, content, say, at FROM dashboard_draft
		WHERE dashboard = ? AND account = ? ORDER BY step DESC LIMIT 1`, []any{id, account}, func(scan scanner) error {
		return scan(&d.Step, &d.Base, &d.Title, &d.Description, &d.Content, &d.Say, scanTime{&d.At})
	})
	return d, err
}

func (s *store) StepDashboard(ctx context.Context, d DashboardDraft) (err error) {
	defer belvedere.Wrap(&err, "StepDashboard(%d)", d.Dashboard)
	if len(d.Content) > mostContent {
		return belvedere.Errorf(belvedere.TooLarge, "Ce tableau de bord est trop volumineux\u00a0: retirez des éléments.")
	}
	return s.write(ctx, func(tx querier) error {
		held, err := lastStep(ctx, tx, d.Dashboard, d.Account)
		if err != nil {
			return err
		}
		if held.Step != d.Step-1 {
			return belvedere.Errorf(belvedere.Conflict, "Ce brouillon a changé dans une autre fenêtre\u00a0: rien n’a été modifié.")
		}
		err = tx.run(ctx, "INSERT INTO dashboard_draft VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", d.Dashboard, d.Account, d.Step, d.Base, d.Title, d.Description, d.Content, d.Say, micros(d.At))
		if err != nil {
			return err
		}
		return tx.run(ctx, "DELETE FROM dashboard_draft WHERE dashboard = ? AND account = ? AND step <= ?", d.Dashboard, d.Account, d.Step-MostDashboardSteps)
	})
}

func (s *store) UndoDashboard(ctx context.Context, id, account int64, all bool) (err error) {
	defer belvedere.Wrap(&err, "UndoDashboard(%d)", id)
	return s.write(ctx, func(tx querier) error {
		if all {
			return tx.run(ctx, "DELETE FROM dashboard_draft WHERE dashboard = ? AND account = ?", id, account)
		}
		held, err := lastStep(ctx, tx, id, account)
		if err != nil {
			return err
		}
		return tx.run(ctx, "DELETE FROM dashboard_draft WHERE dashboard = ? AND account = ? AND step = ?", id, account, held.Step)
	})
}

func (s *store) HomeDashboard(ctx context.Context, account int64) (home string, err error) {
	defer belvedere.Wrap(&err, "HomeDashboard(%d)", account)
	err = s.now().each(ctx, "SELECT dashboard FROM account_home WHERE account = ?", []any{account}, func(scan scanner) error { return scan(&home) })
	return home, s.d.explain(err)
}

func (s *store) PutHomeDashboard(ctx context.Context, account int64, dashboard string) (err error) {
	defer belvedere.Wrap(&err, "PutHomeDashboard(%d)", account)
	return s.write(ctx, func(tx querier) error {
		if dashboard == "" {
			return tx.run(ctx, "DELETE FROM account_home WHERE account = ?", account)
		}
		return tx.run(ctx, "INSERT INTO account_home VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET dashboard = excluded.dashboard", account, dashboard)
	})
}
