package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"belvedere"
	"belvedere/internal/archive"
	"belvedere/internal/config"
	"belvedere/internal/registry"
)

// Restore makes an installation again from a backup, in a data folder that is empty or absent
// (and, when the configuration names PostgreSQL, in an empty database). Everything is unpacked
// and compared beside the folder first: a backup that is damaged leaves nothing behind. The next
// start brings a warehouse that is behind its registry, or absent, up to date.
func Restore(ctx context.Context, c config.Config, in io.Reader, passphrase string, log *slog.Logger) (m archive.Manifest, err error) {
	if err := c.Validate(); err != nil {
		return m, belvedere.Errorf(belvedere.Invalid, "la configuration est à corriger :\n%v", err)
	}
	if err := emptyFolder(c.Data); err != nil {
		return m, err
	}
	temp := filepath.Clean(c.Data) + ".restauration"
	if err := os.Mkdir(temp, 0o700); err != nil {
		return m, belvedere.WrapError(belvedere.Unavailable, err, "le dossier %s ne peut pas être créé : retirez ce qu’une restauration interrompue y a laissé", temp)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(temp)
		}
	}()
	if m, err = unpack(in, passphrase, temp); err != nil {
		return m, err
	}
	target := c
	target.Data = temp
	if err := restoreKeys(c, temp); err != nil {
		return m, err
	}
	if err := restoreRegistry(ctx, target, filepath.Join(temp, backupRegistry)); err != nil {
		return m, err
	}
	if err := os.Remove(filepath.Join(temp, backupRegistry)); err != nil {
		return m, err
	}
	if err := os.Remove(c.Data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	log.Info("installation restored", "made", m.Made, "files", len(m.Files))
	return m, os.Rename(temp, c.Data)
}

// emptyFolder refuses a folder that holds anything: nothing that stands is overwritten.
func emptyFolder(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return belvedere.WrapError(belvedere.Unavailable, err, "le dossier %s ne peut pas être lu", dir)
	}
	if len(list) > 0 {
		return belvedere.Errorf(belvedere.Conflict, "le dossier %s n’est pas vide : une sauvegarde se restaure dans un dossier vide, choisissez-en un autre avec --data", dir)
	}
	return nil
}

// unpack writes the files of a backup into a folder. Only the names that Backup gives are taken.
func unpack(in io.Reader, passphrase, dir string) (archive.Manifest, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return archive.Manifest{}, err
	}
	defer root.Close()
	return archive.Read(in, passphrase, func(name string, _ int64, content io.Reader) error {
		if !expected(name) {
			return belvedere.Errorf(belvedere.Invalid, "La sauvegarde contient un fichier inattendu : %s.", name)
		}
		if folder := filepath.Dir(filepath.FromSlash(name)); folder != "." {
			if err := root.MkdirAll(folder, 0o700); err != nil {
				return err
			}
		}
		f, err := root.OpenFile(filepath.FromSlash(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, content)
		return errors.Join(err, f.Sync(), f.Close())
	})
}

func expected(name string) bool {
	switch name {
	case backupKeys, backupAnchor, backupRegistry, "entrepot.duckdb", "entrepot.duckdb.wal":
		return true
	}
	folder, _, inside := strings.Cut(strings.TrimPrefix(name, backupLanding), "/")
	return strings.HasPrefix(name, backupLanding) && inside && len(folder) == 2
}

// restoreKeys puts the keys where the configuration wants them, when that is not the data folder.
func restoreKeys(c config.Config, temp string) error {
	if c.KeysFile == "" {
		return nil
	}
	from := filepath.Join(temp, backupKeys)
	text, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.KeysFile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return belvedere.WrapError(belvedere.Conflict, err, "les clés ne peuvent pas être écrites dans %s", c.KeysFile)
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(from))
}

func restoreRegistry(ctx context.Context, c config.Config, file string) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("the backup holds no registry: %w", err)
	}
	defer f.Close()
	r, err := registry.Open(ctx, registryAt(c))
	if err != nil {
		return err
	}
	return errors.Join(registry.Restore(ctx, r, f), r.Close())
}

// registryAt is where the registry stands: the database that the configuration names, else a
// file of the data folder.
func registryAt(c config.Config) string {
	if c.RegistryURL != "" {
		return c.RegistryURL
	}
	return c.Registry()
}
