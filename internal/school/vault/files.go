package vault

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3/driver"

	"belvedere"
)

// copying begins the name of a copy in the making; List does not see it.
const copying = ".copie-"

// List names the schools that have a vault in a folder, sorted. A folder that does not exist has none.
func List(dir string) (schools []belvedere.UAI, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), extension)
		if !ok || !e.Type().IsRegular() {
			continue
		}
		if uai, err := belvedere.ParseUAI(name); err == nil && string(uai) == name {
			schools = append(schools, uai)
		}
	}
	return schools, nil
}

// sweep removes copies that a crash left half-way, a day after.
func (v *Vault) sweep() {
	left, err := filepath.Glob(filepath.Join(v.dir, copying+"*"))
	if err != nil {
		return
	}
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && v.now().Sub(info.ModTime()) > 24*time.Hour {
			os.RemoveAll(path) // another process may be faster
		}
	}
}

// Backup writes the vault as it stands at one instant, encrypted with its key, while others go
// on writing.
func (v *Vault) Backup(ctx context.Context, w io.Writer) error { return v.HandOver(ctx, w, v.key) }

// HandOver is Backup with another key, for the installation that takes the school over.
func (v *Vault) HandOver(ctx context.Context, w io.Writer, key []byte) (err error) {
	defer belvedere.Wrap(&err, "vault.Backup(%s)", v.uai)
	if len(key) != KeySize {
		return fmt.Errorf("a key of %d bytes, %d expected", len(key), KeySize)
	}
	temp, err := os.CreateTemp(v.dir, copying+"*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if err := v.copyTo(ctx, temp.Name(), key); err != nil {
		return v.explain(err)
	}
	_, err = io.Copy(w, temp)
	return err
}

// copyTo fills an empty file with the pages of the vault. It goes by SQLite's own copy, which
// reads one state and writes through the cipher.
func (v *Vault) copyTo(ctx context.Context, path string, key []byte) error {
	conn, err := v.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		// This address, unlike others, holds the key: the other end has no statements.
		to := dsn(path) + "&hexkey=" + hex.EncodeToString(key)
		b, err := c.(driver.Conn).Raw().BackupInit("main", to)
		if err != nil {
			return err
		}
		done, err := b.Step(-1)
		if err == nil && !done {
			err = fmt.Errorf("the copy is not whole")
		}
		return errors.Join(err, b.Close())
	})
}

// Restore puts a copy made by Backup or HandOver in its place, once it has been opened with the
// key and found whole. A school that has a vault already is a Conflict.
func Restore(ctx context.Context, dir string, uai belvedere.UAI, key []byte, r io.Reader, options ...Option) (err error) {
	defer belvedere.Wrap(&err, "vault.Restore(%s)", uai)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	stage, err := os.MkdirTemp(dir, copying+"*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	v, err := prepare(stage, uai, key, options)
	if err != nil {
		return err
	}
	if err := writeSynced(v.Path(), r); err != nil {
		return err
	}
	if err := inspect(ctx, stage, uai, key, options); err != nil {
		return err
	}
	to := filepath.Join(dir, filepath.Base(v.Path()))
	if err := os.Link(v.Path(), to); errors.Is(err, fs.ErrExist) {
		return belvedere.Errorf(belvedere.Conflict,
			"L’établissement %s a déjà un coffre. Sauvegardez-le et détruisez-le avant d’en restaurer un autre.", uai)
	} else if err != nil {
		return err
	}
	return syncFolder(dir)
}

func writeSynced(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

// inspect opens a copy, which brings its schema up to date, and reads all of it. When it is
// closed, its log is back in the file.
func inspect(ctx context.Context, dir string, uai belvedere.UAI, key []byte, options []Option) error {
	v, err := Open(ctx, dir, uai, key, options...)
	if err != nil {
		return err
	}
	var verdict string
	err = v.Read(ctx, func(tx *Tx) error {
		_, err := tx.Get("PRAGMA integrity_check(1)", nil, &verdict)
		return err
	})
	if err == nil && verdict != "ok" {
		err = belvedere.Errorf(belvedere.Invalid, "La copie du coffre de l’établissement %s est abîmée. Prenez-en une autre.", uai)
	}
	if err == nil {
		err = v.truncateLog(ctx)
	}
	return errors.Join(err, v.Close())
}

// truncateLog brings the log back into the file and empties it.
func (v *Vault) truncateLog(ctx context.Context) error {
	for try := 0; ; try++ {
		var busy, pages, moved int
		err := v.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return v.explain(err)
		}
		if busy == 0 {
			return nil
		}
		if try == 100 {
			return belvedere.Errorf(belvedere.Unavailable,
				"Le coffre de l’établissement %s est lu par un autre travail\u00a0: son journal n’a pas pu être vidé. Réessayez dans un instant.", v.uai)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Destroy closes the vault and removes it for good.
func (v *Vault) Destroy() (err error) {
	defer belvedere.Wrap(&err, "vault.Destroy(%s)", v.uai)
	if err := v.Close(); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm", ""} { // the file last: a crash leaves what can be destroyed again
		if err := os.Remove(v.Path() + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncFolder(v.dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
