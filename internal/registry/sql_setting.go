package registry

import (
	"context"
	"database/sql"
	"errors"

	"belvedere"
)

func (s *store) Settings(ctx context.Context) (values map[string]string, err error) {
	defer belvedere.Wrap(&err, "Settings")
	values = map[string]string{}
	err = s.now().each(ctx, "SELECT key, value FROM setting", nil, func(scan scanner) error {
		var key, value string
		err := scan(&key, &value)
		values[key] = value
		return err
	})
	return values, s.d.explain(err)
}

func (s *store) PutSettings(ctx context.Context, values map[string]string) (err error) {
	defer belvedere.Wrap(&err, "PutSettings")
	return s.write(ctx, func(tx querier) error {
		for key, value := range values {
			query, args := "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", []any{key, value}
			if value == "" {
				query, args = "DELETE FROM setting WHERE key = ?", []any{key}
			}
			if err := tx.run(ctx, query, args...); err != nil {
				return err
			}
		}
		if _, ok := values[SettingSecrecy]; ok { // what may be shown: readers ask again
			return raiseRights(ctx, tx)
		}
		return nil
	})
}

func (s *store) Meta(ctx context.Context, key string) (value string, err error) {
	defer belvedere.Wrap(&err, "Meta(%s)", key)
	value, err = s.now().meta(ctx, key)
	return value, s.d.explain(err)
}

func (s *store) SetMeta(ctx context.Context, key, value string) (err error) {
	defer belvedere.Wrap(&err, "SetMeta(%s)", key)
	return s.write(ctx, func(tx querier) error { return tx.setMeta(ctx, key, value) })
}

func (q querier) meta(ctx context.Context, key string) (value string, err error) {
	err = q.row(ctx, "SELECT value FROM meta WHERE key = ?", []any{key}, &value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

func (q querier) setMeta(ctx context.Context, key, value string) error {
	return q.run(ctx, "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
}
