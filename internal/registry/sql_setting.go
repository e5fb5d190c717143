package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"belvedere"
)

func (s *store) Settings(ctx context.Context) (values map[string]string, err error) {
	defer belvedere.Wrap(&err, "Settings")
	values = map[string]string{}
	err = each(ctx, s.db, "SELECT key, value FROM setting", nil, func(scan scanner) error {
		var key, value string
		err := scan(&key, &value)
		values[key] = value
		return err
	})
	return values, explain(err)
}

func (s *store) PutSettings(ctx context.Context, values map[string]string) (err error) {
	defer belvedere.Wrap(&err, "PutSettings")
	return s.write(ctx, func(tx *sql.Tx) error {
		for key, value := range values {
			query, args := "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", []any{key, value}
			if value == "" {
				query, args = "DELETE FROM setting WHERE key = ?", []any{key}
			}
			if _, err := tx.ExecContext(ctx, query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *store) Meta(ctx context.Context, key string) (value string, err error) {
	defer belvedere.Wrap(&err, "Meta(%s)", key)
	err = s.db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, explain(err)
}

func (s *store) SetMeta(ctx context.Context, key, value string) (err error) {
	defer belvedere.Wrap(&err, "SetMeta(%s)", key)
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)
		return err
	})
}

func (s *store) ListExtensions(ctx context.Context) (list []Extension, err error) {
	defer belvedere.Wrap(&err, "ListExtensions")
	err = each(ctx, s.db, `SELECT id, school, indicator, valid_from, valid_to, basis, reference
		FROM agreement_extension ORDER BY school, indicator, valid_from`, nil, func(scan scanner) error {
		var e Extension
		var from, to string
		if err := scan(&e.ID, &e.School, &e.Indicator, &from, &to, &e.Basis, &e.Reference); err != nil {
			return err
		}
		list = append(list, e)
		last := &list[len(list)-1]
		return errors.Join(parseDay(from, &last.From), parseDay(to, &last.To))
	})
	return list, explain(err)
}

func (s *store) PutExtension(ctx context.Context, e Extension) (_ Extension, err error) {
	defer belvedere.Wrap(&err, "PutExtension(%s, %d)", e.School, e.Indicator)
	err = s.write(ctx, func(tx *sql.Tx) error { return putExtension(ctx, tx, &e) })
	return e, err
}

func (s *store) ImportExtensions(ctx context.Context, list []Extension) (err error) {
	defer belvedere.Wrap(&err, "ImportExtensions(%d)", len(list))
	return s.write(ctx, func(tx *sql.Tx) error {
		for i := range list {
			e := list[i]
			if err := putExtension(ctx, tx, &e); err != nil {
				return fmt.Errorf("extension %d: %w", i+1, err)
			}
		}
		return nil
	})
}

func putExtension(ctx context.Context, tx *sql.Tx, e *Extension) error {
	if err := e.check(); err != nil {
		return err
	}
	if e.ID != 0 {
		// The key may have changed: the row of that ID makes room.
		if _, err := tx.ExecContext(ctx, "DELETE FROM agreement_extension WHERE id = ?", e.ID); err != nil {
			return err
		}
	}
	id := sql.NullInt64{Int64: e.ID, Valid: e.ID != 0}
	return tx.QueryRowContext(ctx, `INSERT INTO agreement_extension (id, school, indicator, valid_from, valid_to, basis, reference)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (school, indicator, valid_from) DO UPDATE SET
			valid_to = excluded.valid_to, basis = excluded.basis, reference = excluded.reference
		RETURNING id`, id, e.School, e.Indicator, day(e.From), day(e.To), e.Basis, e.Reference).Scan(&e.ID)
}

// check says in French what is wrong with an extension.
func (e *Extension) check() error {
	school, err := belvedere.ParseUAI(string(e.School))
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "Accord\u00a0: %v.", err)
	}
	e.School = school
	switch {
	case e.Indicator < 1 || e.Indicator > 80:
		return belvedere.Errorf(belvedere.Invalid, "L’indicateur n°\u00a0%d n’existe pas\u00a0: l’annexe les numérote de 1 à 80.", e.Indicator)
	case e.From.IsZero():
		return belvedere.Errorf(belvedere.Invalid, "L’accord de %s pour l’indicateur n°\u00a0%d doit avoir une date de début.", e.School, e.Indicator)
	case !e.To.IsZero() && !e.To.After(e.From):
		return belvedere.Errorf(belvedere.Invalid, "L’accord de %s pour l’indicateur n°\u00a0%d finit avant d’avoir commencé.", e.School, e.Indicator)
	case e.Basis == "":
		return belvedere.Errorf(belvedere.Invalid, "L’accord de %s pour l’indicateur n°\u00a0%d doit dire sa base légale.", e.School, e.Indicator)
	}
	return nil
}

func (s *store) DeleteExtension(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteExtension(%d)", id)
	return s.exec(ctx, fmt.Sprintf("Aucun accord n°\u00a0%d.", id), "DELETE FROM agreement_extension WHERE id = ?", id)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func parseDay(s string, into *time.Time) (err error) {
	if s != "" {
		*into, err = time.Parse(time.DateOnly, s)
	}
	return err
}
