package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/archive"
	"belvedere/internal/registry"
)

// Names of what a backup holds, beside the files of the landing folder and of the warehouse.
const (
	backupKeys     = "cles.json"
	backupAnchor   = "journal.ancre"
	backupRegistry = "registre.ndjson"
	backupLanding  = "depot/"
	backupVaults   = "coffres/"
)

// Backup writes the whole installation into one sealed file while it goes on working: keys,
// anchor of the journal, warehouse, vaults of schools, registry, landing folder.
//
// The order makes the copy whole: each part may only be behind those that come after it. A
// warehouse behind its registry is brought up to date from landing at the next start, and every
// delivery that the registry names lies in the landing folder by then.
func (a *App) Backup(ctx context.Context, w io.Writer, passphrase string) (m archive.Manifest, err error) {
	defer belvedere.Wrap(&err, "Backup")
	out, err := archive.NewWriter(w, passphrase, time.Now())
	if err != nil {
		return m, err
	}
	for _, f := range []struct{ name, path string }{{backupKeys, a.Config.KeysPath()}, {backupAnchor, a.Config.Anchor()}} {
		if err := addFile(out, f.name, f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return m, err
		}
	}
	if a.Engine != nil {
		if err := a.Engine.Snapshot(ctx, out.Add); err != nil {
			return m, err
		}
	}
	if err := a.addVaults(ctx, out); err != nil {
		return m, err
	}
	if err := a.addRegistry(ctx, out); err != nil {
		return m, err
	}
	if err := a.addLanding(ctx, out); err != nil {
		return m, err
	}
	return out.Close()
}

// addVaults adds the vault of each school, encrypted under the keys of the installation.
func (a *App) addVaults(ctx context.Context, out *archive.Writer) error {
	schools, err := a.Vaults.List()
	if err != nil {
		return err
	}
	for _, uai := range schools {
		v, err := a.Vaults.Vault(ctx, uai, false)
		if err != nil {
			return err
		}
		if err := a.addWritten(out, backupVaults+filepath.Base(v.Path()), func(w io.Writer) error { return v.Backup(ctx, w) }); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) addRegistry(ctx context.Context, out *archive.Writer) error {
	return a.addWritten(out, backupRegistry, func(w io.Writer) error { return registry.Backup(ctx, a.Registry, w) })
}

// addWritten writes to a file first: the archive wants to know the size.
func (a *App) addWritten(out *archive.Writer, name string, write func(io.Writer) error) error {
	temp, err := os.CreateTemp(a.Config.Data, ".sauvegarde-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if err := write(temp); err != nil {
		return err
	}
	size, err := temp.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := temp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return out.Add(name, size, temp)
}

// addLanding adds every file that was received whole, under the name that its hash gave it.
func (a *App) addLanding(ctx context.Context, out *archive.Writer) error {
	root := a.Config.Landing()
	return filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && rel != "." && len(path.Base(rel)) != 2: // what is on its way in or out
			return fs.SkipDir
		case !d.Type().IsRegular() || !strings.Contains(rel, "/"):
			return nil
		}
		return addFile(out, backupLanding+rel, file)
	})
}

func addFile(out *archive.Writer, name, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return out.Add(name, info.Size(), f)
}
