package registry

import (
	"context"
	"embed"
	"io/fs"
	"path"
	"time"

	"belvedere"
)

//go:embed migrations
var migrations embed.FS

// migrate runs the migrations that the database has not seen, by name, in the transaction of its
// caller: all of them or none.
func migrate(ctx context.Context, tx querier, files fs.FS) error {
	if err := tx.run(ctx, "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied BIGINT NOT NULL)"); err != nil {
		return err
	}
	applied, err := migrated(ctx, tx)
	if err != nil {
		return err
	}
	names, err := migrationNames(files, tx.d)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, name := range applied {
		seen[name] = true
	}
	for _, name := range names {
		if seen[name] {
			delete(seen, name)
			continue
		}
		if err := apply(ctx, tx, files, name); err != nil {
			return err
		}
	}
	for name := range seen {
		return belvedere.Errorf(belvedere.Unavailable,
			"Le registre a été écrit par une version plus récente de Belvédère (%s). Installez-la, ou restaurez une sauvegarde.", name)
	}
	return nil
}

// migrated are the names of the migrations that the database has seen, sorted.
func migrated(ctx context.Context, tx querier) (names []string, err error) {
	err = tx.each(ctx, "SELECT name FROM migration ORDER BY name", nil, func(scan scanner) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

// migrationNames are the names of the migrations of an engine, in order: they start with a date. They
// are the same for each engine.
func migrationNames(files fs.FS, d *dialect) ([]string, error) {
	names, err := fs.Glob(files, "migrations/"+d.folder+"/*.sql")
	for i := range names {
		names[i] = path.Base(names[i])
	}
	return names, err
}

// apply runs one migration and notes it.
func apply(ctx context.Context, tx querier, files fs.FS, name string) (err error) {
	defer belvedere.Wrap(&err, "migration %s", name)
	text, err := fs.ReadFile(files, "migrations/"+tx.d.folder+"/"+name)
	if err != nil {
		return err
	}
	if _, err := tx.raw.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	if after := afterwards[name]; after != nil {
		if err := after(ctx, tx); err != nil {
			return err
		}
	}
	return tx.run(ctx, "INSERT INTO migration VALUES (?, ?)", name, micros(time.Now()))
}

// afterwards is what SQL cannot do of a migration.
var afterwards = map[string]func(ctx context.Context, tx querier) error{
	"2026-11-26-accounts.sql": func(ctx context.Context, tx querier) error {
		moved := map[int64]string{}
		err := tx.each(ctx, "SELECT id, school, basis, reference FROM agreement", nil, func(scan scanner) error {
			var a Agreement
			err := scan(&a.ID, &a.School, &a.Basis, &a.Reference)
			moved[a.ID] = a.search()
			return err
		})
		for id, search := range moved {
			if err == nil {
				err = tx.run(ctx, "UPDATE agreement SET search = ? WHERE id = ?", search, id)
			}
		}
		return err
	},
}
