package registry

import (
	"context"
	"embed"
	"fmt"
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
	names, err := fs.Glob(files, "migrations/"+tx.d.folder+"/*.sql") // sorted, and the names start with a date
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, name := range applied {
		seen[name] = true
	}
	for _, file := range names {
		name := path.Base(file)
		if seen[name] {
			delete(seen, name)
			continue
		}
		if err := apply(ctx, tx, files, file); err != nil {
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

// apply runs one migration and notes it.
func apply(ctx context.Context, tx querier, files fs.FS, file string) error {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return err
	}
	if _, err := tx.raw.ExecContext(ctx, string(text)); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if after := afterwards[path.Base(file)]; after != nil {
		if err := after(ctx, tx); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return tx.run(ctx, "INSERT INTO migration VALUES (?, ?)", path.Base(file), micros(time.Now()))
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
