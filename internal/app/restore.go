package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"belvedere"
	"belvedere/internal/archive"
	"belvedere/internal/config"
	"belvedere/internal/durable"
	"belvedere/internal/registry"
)

// restoring is the folder of a restoration that has not ended: as long as it stands nothing opens.
const restoring = ".restauration"

// Restore makes an installation again from a backup, in a data folder that is empty or absent
// (and, when the configuration names PostgreSQL, in an empty database). Everything is unpacked
// and compared apart first: a backup that is damaged leaves nothing behind, and one that is cut off
// by a crash leaves a folder that Open refuses. The next start brings a warehouse that is behind
// its registry, or absent, up to date.
func Restore(ctx context.Context, c config.Config, in io.Reader, passphrase string, log *slog.Logger) (m archive.Manifest, err error) {
	if err := c.Validate(); err != nil {
		return m, belvedere.Errorf(belvedere.Invalid, "la configuration est à corriger :\n%v", err)
	}
	absent, err := emptyFolder(c.Data)
	if err != nil {
		return m, err
	}
	temp := filepath.Join(c.Data, restoring)
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return m, belvedere.WrapError(belvedere.Unavailable, err, "le dossier %s ne peut pas être créé", c.Data)
	}
	if err := os.Mkdir(temp, 0o700); err != nil {
		return m, belvedere.WrapError(belvedere.Unavailable, err, "le dossier %s ne peut pas être créé", temp)
	}
	kept := false // the registry is written: what goes wrong now is not undone
	defer func() {
		if err == nil || kept {
			return
		}
		err = errors.Join(err, os.RemoveAll(temp))
		if absent {
			err = errors.Join(err, os.Remove(c.Data))
		}
	}()
	if m, err = unpack(in, passphrase, temp); err != nil {
		return m, err
	}
	undo, err := restoreKeys(c, temp)
	if err != nil {
		return m, err
	}
	target := c
	target.Data = temp
	file := filepath.Join(temp, backupRegistry)
	if err := restoreRegistry(ctx, target, file); err != nil {
		return m, errors.Join(err, undo())
	}
	kept = true
	if err := os.Remove(file); err != nil {
		return m, err
	}
	log.Info("installation restored", "made", m.Made, "files", len(m.Files))
	return m, settle(temp, c.Data)
}

// settle moves what was restored to its place. The folder that says that a restoration is not over
// goes last.
func settle(temp, data string) error {
	list, err := os.ReadDir(temp)
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := os.Rename(filepath.Join(temp, e.Name()), filepath.Join(data, e.Name())); err != nil {
			return err
		}
	}
	if err := syncFolder(data); err != nil {
		return err
	}
	return errors.Join(os.Remove(temp), syncFolder(data))
}

func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// whole refuses a folder that a restoration was filling when it was cut off.
func whole(c config.Config) error {
	if _, err := os.Stat(filepath.Join(c.Data, restoring)); err != nil {
		return nil // no such folder, or none that can be read: what opens next says so
	}
	base := ""
	if c.RegistryURL != "" {
		base = ", videz la base PostgreSQL"
	}
	return belvedere.Errorf(belvedere.Conflict, "une restauration du dossier %s n’est pas terminée ou a été interrompue : si aucune n’est en cours, videz ce dossier%s, puis restaurez de nouveau", c.Data, base)
}

// emptyFolder refuses a folder that holds anything: nothing that stands is overwritten. It tells
// whether the folder is not there at all.
func emptyFolder(dir string) (absent bool, err error) {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, belvedere.WrapError(belvedere.Unavailable, err, "le dossier %s ne peut pas être lu", dir)
	}
	if len(list) > 0 {
		return false, belvedere.Errorf(belvedere.Conflict, "le dossier %s n’est pas vide : une sauvegarde se restaure dans un dossier vide, choisissez-en un autre avec --data", dir)
	}
	return false, nil
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
	if vault, found := strings.CutPrefix(name, backupVaults); found {
		return !strings.Contains(vault, "/")
	}
	folder, _, inside := strings.Cut(strings.TrimPrefix(name, backupLanding), "/")
	return strings.HasPrefix(name, backupLanding) && inside && len(folder) == 2
}

// restoreKeys puts the keys where the configuration wants them, when that is not the data folder;
// undo takes them away again. The same keys may lie there already.
func restoreKeys(c config.Config, temp string) (undo func() error, err error) {
	undo = func() error { return nil }
	from := filepath.Join(temp, backupKeys)
	text, err := os.ReadFile(from)
	if err != nil {
		return undo, belvedere.WrapError(belvedere.Invalid, err, "la sauvegarde ne contient pas de clés : sans elles, ni mot de passe ni journal ne pourraient être vérifiés")
	}
	if c.KeysFile == "" {
		return undo, nil
	}
	switch err := durable.Create(c.KeysFile, text, 0o600); {
	case err == nil:
		undo = func() error { return os.Remove(c.KeysFile) }
	case errors.Is(err, fs.ErrExist):
		if there, err := os.ReadFile(c.KeysFile); err != nil || !bytes.Equal(there, text) {
			return undo, belvedere.Errorf(belvedere.Conflict, "le fichier %s contient d’autres clés que la sauvegarde : déplacez-le, puis restaurez de nouveau", c.KeysFile)
		}
	default:
		return undo, belvedere.WrapError(belvedere.Unavailable, err, "les clés ne peuvent pas être écrites dans %s", c.KeysFile)
	}
	return undo, os.Remove(from)
}

func restoreRegistry(ctx context.Context, c config.Config, file string) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "la sauvegarde ne contient pas de registre")
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
