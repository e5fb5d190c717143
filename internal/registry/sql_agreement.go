package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"belvedere"
)

const agreementColumns = `id, version, school, valid_from, valid_to, revoked, all_themes, themes, indicators, extended,
	recipients, basis, reference, created, reminded`

func scanAgreement(scan scanner) (a Agreement, err error) {
	err = scan(&a.ID, &a.Version, &a.School, scanDay{&a.From}, scanDay{&a.To}, scanTime{&a.Revoked}, &a.AllThemes,
		scanList{&a.Themes}, scanList{&a.Indicators}, scanList{&a.Extended}, scanList{&a.Recipients}, &a.Basis, &a.Reference,
		scanTime{&a.Created}, scanTime{&a.Reminded})
	return a, err
}

func (s *store) ListAgreements(ctx context.Context, f AgreementFilter, p Page) (agreements []Agreement, total int, err error) {
	defer belvedere.Wrap(&err, "ListAgreements")
	var c conditions
	c.contains("search", f.Text)
	if f.School != "" {
		c.add("school = ?", f.School)
	}
	if !f.InForce.IsZero() {
		c.add("revoked = 0 AND valid_from <= ? AND (valid_to = '' OR valid_to > ?)", day(f.InForce), day(f.InForce))
	}
	if !f.EndsBy.IsZero() {
		c.add("valid_to <> '' AND valid_to <= ?", day(f.EndsBy))
	}
	total, err = s.counted(ctx, "agreement", c, agreementColumns, "school, valid_from, id", p, func(scan scanner) error {
		a, err := scanAgreement(scan)
		agreements = append(agreements, a)
		return err
	})
	return agreements, total, err
}

func (s *store) Agreement(ctx context.Context, id int64) (_ Agreement, err error) {
	defer belvedere.Wrap(&err, "Agreement(%d)", id)
	a, err := oneAgreement(ctx, s.now(), id)
	return a, s.d.explain(err)
}

func oneAgreement(ctx context.Context, q querier, id int64) (a Agreement, err error) {
	err = q.each(ctx, "SELECT "+agreementColumns+" FROM agreement WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		a, err = scanAgreement(scan)
		return err
	})
	if err == nil && a.ID == 0 {
		err = noAgreement(id)
	}
	return a, err
}

func noAgreement(id int64) error {
	return belvedere.Errorf(belvedere.NotFound, "La convention n°\u00a0%d n’existe pas, ou plus.", id)
}

func (s *store) PutAgreement(ctx context.Context, a Agreement) (_ Agreement, err error) {
	defer belvedere.Wrap(&err, "PutAgreement(%s)", a.School)
	err = s.write(ctx, func(tx querier) error { return putAgreement(ctx, tx, &a) })
	return a, err
}

func (s *store) ImportAgreements(ctx context.Context, list []Agreement) (err error) {
	defer belvedere.Wrap(&err, "ImportAgreements(%d)", len(list))
	return s.write(ctx, func(tx querier) error {
		for i, a := range list {
			if err := putAgreement(ctx, tx, &a); err != nil {
				return fmt.Errorf("agreement %d: %w", i+1, err)
			}
		}
		return nil
	})
}

// putAgreement adds a or replaces the one that it stands for, and reads it back.
func putAgreement(ctx context.Context, tx querier, a *Agreement) error {
	if err := a.check(); err != nil {
		return err
	}
	same, err := sameAgreement(ctx, tx, a)
	if err != nil {
		return err
	}
	switch {
	case same != 0 && a.ID == 0:
		kept, err := oneAgreement(ctx, tx, same)
		if err != nil {
			return err
		}
		if kept.says(*a) {
			*a = kept // the same file again
			return nil
		}
		a.ID, a.Version = kept.ID, kept.Version
	case same != 0 && same != a.ID:
		return belvedere.Errorf(belvedere.Conflict, "Une autre convention (n°\u00a0%d) a le même établissement, le même début et la même référence\u00a0: modifiez celle-là.", same)
	}
	if err := raiseRights(ctx, tx); err != nil {
		return err
	}
	if a.ID == 0 {
		return insertAgreement(ctx, tx, a)
	}
	return replaceAgreement(ctx, tx, a)
}

func insertAgreement(ctx context.Context, tx querier, a *Agreement) error {
	err := tx.row(ctx, `INSERT INTO agreement (version, school, valid_from, valid_to, revoked, all_themes, themes, indicators, extended,
		recipients, basis, reference, created, reminded, search) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		[]any{a.School, day(a.From), day(a.To), micros(a.Revoked), a.AllThemes, set(a.Themes), set(a.Indicators), set(a.Extended),
			set(a.Recipients), a.Basis, a.Reference, micros(a.Created), micros(a.Reminded), a.search()}, &a.ID)
	if err == nil {
		*a, err = oneAgreement(ctx, tx, a.ID)
	}
	return err
}

// replaceAgreement never brings a withdrawn agreement back to life, and lets the reminder be sent
// again when the end has moved.
func replaceAgreement(ctx context.Context, tx querier, a *Agreement) error {
	n, err := tx.touch(ctx, `UPDATE agreement SET version = version + 1, school = ?, valid_from = ?,
		reminded = CASE WHEN valid_to = ? THEN reminded ELSE 0 END, valid_to = ?,
		revoked = CASE WHEN revoked > 0 THEN revoked ELSE ? END, all_themes = ?, themes = ?, indicators = ?, extended = ?,
		recipients = ?, basis = ?, reference = ?, search = ? WHERE id = ? AND version = ?`,
		a.School, day(a.From), day(a.To), day(a.To), micros(a.Revoked), a.AllThemes, set(a.Themes), set(a.Indicators), set(a.Extended),
		set(a.Recipients), a.Basis, a.Reference, a.search(), a.ID, a.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale(ctx, tx, "agreement", a.ID, noAgreement(a.ID), "cette convention")
	}
	*a, err = oneAgreement(ctx, tx, a.ID)
	return err
}

// sameAgreement is the number of a kept agreement of the same school, start and reference, a's own
// when it is among them, 0 when there is none.
func sameAgreement(ctx context.Context, tx querier, a *Agreement) (id int64, err error) {
	err = tx.row(ctx, `SELECT id FROM agreement WHERE school = ? AND valid_from = ? AND reference = ?
		ORDER BY CASE WHEN id = ? THEN 0 ELSE id END LIMIT 1`, []any{a.School, day(a.From), a.Reference, a.ID}, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// says tells whether a already says all that b does.
func (a Agreement) says(b Agreement) bool {
	return a.To.Equal(b.To) && (b.Revoked.IsZero() || !a.Revoked.IsZero()) && a.AllThemes == b.AllThemes &&
		slices.Equal(a.Themes, sorted(b.Themes)) && slices.Equal(a.Indicators, sorted(b.Indicators)) &&
		slices.Equal(a.Extended, sorted(b.Extended)) && slices.Equal(a.Recipients, sorted(b.Recipients)) && a.Basis == b.Basis
}

func (a *Agreement) search() string { return searchable(string(a.School), a.Basis, a.Reference) }

func (s *store) RevokeAgreement(ctx context.Context, id int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "RevokeAgreement(%d)", id)
	return s.writeRights(ctx, func(tx querier) error {
		kept, err := oneAgreement(ctx, tx, id)
		if err != nil || !kept.Revoked.IsZero() {
			return err
		}
		return tx.run(ctx, "UPDATE agreement SET revoked = ?, version = version + 1 WHERE id = ?", micros(at), id)
	})
}

func (s *store) DeleteAgreement(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteAgreement(%d)", id)
	return s.changeAgreement(ctx, id, "DELETE FROM agreement WHERE id = ?", id)
}

func (s *store) Reminded(ctx context.Context, id int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "Reminded(%d)", id)
	return s.changeAgreement(ctx, id, "UPDATE agreement SET reminded = ? WHERE id = ?", micros(at), id)
}

func (s *store) changeAgreement(ctx context.Context, id int64, query string, args ...any) error {
	return s.writeRights(ctx, func(tx querier) error {
		n, err := tx.touch(ctx, query, args...)
		if err == nil && n == 0 {
			err = noAgreement(id)
		}
		return err
	})
}
