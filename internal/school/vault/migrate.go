package vault

import (
	"embed"
	"io/fs"
	"path"

	"belvedere"
)

//go:embed migrations
var migrations embed.FS

// migrate runs the migrations that the vault has not seen, by name, in the transaction of its
// caller: all of them or none. Names start with a date.
func migrate(tx *Tx, files fs.FS) error {
	if err := tx.script("CREATE TABLE IF NOT EXISTS migration (nom TEXT PRIMARY KEY, le INTEGER NOT NULL) STRICT"); err != nil {
		return err
	}
	seen := map[string]bool{}
	err := tx.Each("SELECT nom FROM migration", nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		seen[name] = true
		return err
	})
	if err != nil {
		return err
	}
	paths, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, p := range paths {
		name := path.Base(p)
		if seen[name] {
			delete(seen, name)
		} else if err := apply(tx, files, p); err != nil {
			return err
		}
	}
	for name := range seen {
		return belvedere.Errorf(belvedere.Unavailable,
			"Le coffre de l’établissement %s a été écrit par une version plus récente de Belvédère (%s). Installez-la, ou restaurez une sauvegarde.", tx.v.uai, name)
	}
	return nil
}

// apply runs one migration and notes it.
func apply(tx *Tx, files fs.FS, p string) (err error) {
	defer belvedere.Wrap(&err, "migration %s", path.Base(p))
	text, err := fs.ReadFile(files, p)
	if err != nil {
		return err
	}
	if err := tx.script(string(text)); err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO migration VALUES (?, ?)", path.Base(p), Micros(tx.v.now()))
	return err
}
