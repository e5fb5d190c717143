package registry

import (
	"context"
	"time"

	"belvedere"
)

const grantColumns = `id, account, capability, all_widgets, widgets, all_schools, schools, members, level, purpose, approver, request,
	valid_from, valid_until, revoked, revoked_by, revoked_why, created, created_by, reminded`

func scanGrant(scan scanner) (g Grant, err error) {
	err = scan(&g.ID, &g.Account, &g.Capability, &g.AllWidgets, scanList{&g.Widgets}, &g.AllSchools, scanList{&g.Schools}, scanList{&g.Within}, &g.Level, &g.Purpose,
		&g.Approver, &g.Request, scanTime{&g.From}, scanTime{&g.Until}, scanTime{&g.Revoked}, &g.RevokedBy, &g.RevokedWhy,
		scanTime{&g.Created}, &g.CreatedBy, scanTime{&g.Reminded})
	return g, err
}

func (s *store) ListGrants(ctx context.Context, f GrantFilter, p Page) (list []Grant, total int, err error) {
	defer belvedere.Wrap(&err, "ListGrants")
	var c conditions
	if f.Account != 0 {
		c.add("account = ?", f.Account)
	}
	if f.Request != 0 {
		c.add("request = ?", f.Request)
	}
	if !f.Live.IsZero() {
		c.add("revoked = 0 AND valid_until > ?", micros(f.Live))
	}
	if !f.Ended.IsZero() {
		c.add("(revoked > 0 OR valid_until <= ?)", micros(f.Ended))
	}
	if !f.EndsBy.IsZero() {
		c.add("valid_until <= ?", micros(f.EndsBy))
	}
	total, err = s.counted(ctx, "access_grant", c, grantColumns, "id DESC", p, func(scan scanner) error {
		g, err := scanGrant(scan)
		list = append(list, g)
		return err
	})
	return list, total, err
}

func (s *store) Grant(ctx context.Context, id int64) (_ Grant, err error) {
	defer belvedere.Wrap(&err, "Grant(%d)", id)
	g, err := oneGrant(ctx, s.now(), id)
	return g, s.d.explain(err)
}

func oneGrant(ctx context.Context, q querier, id int64) (g Grant, err error) {
	err = q.each(ctx, "SELECT "+grantColumns+" FROM access_grant WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		g, err = scanGrant(scan)
		return err
	})
	if err == nil && g.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "L’habilitation n°\u00a0%d n’existe pas, ou plus.", id)
	}
	return g, err
}

func (s *store) CreateGrant(ctx context.Context, g Grant) (_ Grant, err error) {
	defer belvedere.Wrap(&err, "CreateGrant(%d)", g.Account)
	err = s.write(ctx, func(tx querier) error { return createGrant(ctx, tx, &g) })
	return g, err
}

// createGrant adds g within a transaction and reads it back.
func createGrant(ctx context.Context, tx querier, g *Grant) error {
	if err := g.check(); err != nil {
		return err
	}
	if _, err := oneAccount(ctx, tx, "a.id = ?", g.Account); err != nil {
		return err
	}
	err := tx.row(ctx, `INSERT INTO access_grant (account, capability, all_widgets, widgets, all_schools, schools, members, level, purpose, approver, request,
		valid_from, valid_until, revoked, revoked_by, revoked_why, created, created_by, reminded)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', ?, ?, 0) RETURNING id`,
		[]any{g.Account, string(g.Capability), g.AllWidgets, set(g.Widgets), g.AllSchools, set(g.Schools), limits(g.Within), string(g.Level), g.Purpose, g.Approver, g.Request,
			micros(g.From), micros(g.Until), micros(g.Created), g.CreatedBy}, &g.ID)
	if err != nil {
		return err
	}
	if *g, err = oneGrant(ctx, tx, g.ID); err != nil {
		return err
	}
	return raiseRights(ctx, tx)
}

func (s *store) RenewGrant(ctx context.Context, id int64, until time.Time) (g Grant, err error) {
	defer belvedere.Wrap(&err, "RenewGrant(%d)", id)
	err = s.writeRights(ctx, func(tx querier) error {
		kept, err := oneGrant(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !kept.Revoked.IsZero():
			return belvedere.Errorf(belvedere.Conflict, "L’habilitation n°\u00a0%d a été retirée\u00a0: elle ne se renouvelle pas, il en faut une autre.", id)
		case !until.After(kept.From):
			return belvedere.Errorf(belvedere.Invalid, "Une habilitation a une fin, après son début.")
		}
		if err := tx.run(ctx, "UPDATE access_grant SET valid_until = ?, reminded = 0 WHERE id = ?", micros(until), id); err != nil {
			return err
		}
		g, err = oneGrant(ctx, tx, id)
		return err
	})
	return g, err
}

func (s *store) RevokeGrant(ctx context.Context, id int64, by, why string, at time.Time) (g Grant, err error) {
	defer belvedere.Wrap(&err, "RevokeGrant(%d)", id)
	if err := checkLength("Le motif", why, mostDefinition); err != nil {
		return g, err
	}
	err = s.writeRights(ctx, func(tx querier) error {
		if g, err = oneGrant(ctx, tx, id); err != nil || !g.Revoked.IsZero() {
			return err
		}
		if err := tx.run(ctx, "UPDATE access_grant SET revoked = ?, revoked_by = ?, revoked_why = ? WHERE id = ?", micros(at), by, why, id); err != nil {
			return err
		}
		g, err = oneGrant(ctx, tx, id)
		return err
	})
	return g, err
}

func (s *store) GrantReminded(ctx context.Context, id int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "GrantReminded(%d)", id)
	return s.exec(ctx, "Cette habilitation n’existe pas, ou plus.", "UPDATE access_grant SET reminded = ? WHERE id = ?", micros(at), id)
}
