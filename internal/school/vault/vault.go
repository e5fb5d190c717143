package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // encrypts pages and log

	"belvedere"
)

// KeySize is the bytes of the key of a vault.
const KeySize = 32

// extension ends the name of a vault; its log and its index have longer ones.
const extension = ".coffre"

// A Vault is the store of one school, open. It is safe for concurrent use, and other processes
// may have it open.
type Vault struct {
	db   *sql.DB
	dir  string
	uai  belvedere.UAI
	key  []byte
	zone *time.Location
	now  func() time.Time
}

// An Option changes how a vault is opened.
type Option func(*Vault)

// InZone sets the time zone of the school, Europe/Paris by default.
func InZone(zone *time.Location) Option { return func(v *Vault) { v.zone = zone } }

// WithClock sets the clock, for tests.
func WithClock(now func() time.Time) Option { return func(v *Vault) { v.now = now } }

// Open opens the vault of a school in a folder, makes it when it is absent, and brings its
// schema up to date. The key has KeySize bytes and belongs to that school alone; without it, the
// file is noise. A schema newer than this program is refused.
func Open(ctx context.Context, dir string, uai belvedere.UAI, key []byte, options ...Option) (_ *Vault, err error) {
	defer belvedere.Wrap(&err, "vault.Open(%s)", uai)
	v, err := prepare(dir, uai, key, options)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(v.dir, 0o700); err != nil {
		return nil, err
	}
	v.sweep()
	if err := private(v.Path()); err != nil {
		return nil, err
	}
	if err := v.connect(ctx); err != nil {
		return nil, v.explain(err)
	}
	err = v.Write(ctx, func(tx *Tx) error {
		if err := migrate(tx, migrations); err != nil {
			return err
		}
		return v.claim(tx)
	})
	if err != nil {
		v.db.Close()
		return nil, err
	}
	return v, nil
}

// prepare checks what a vault is opened with.
func prepare(dir string, uai belvedere.UAI, key []byte, options []Option) (*Vault, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("a key of %d bytes, %d expected", len(key), KeySize)
	}
	if parsed, err := belvedere.ParseUAI(string(uai)); err != nil {
		return nil, err
	} else if parsed != uai {
		return nil, fmt.Errorf("%q is not written as a UAI is", uai)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	v := &Vault{dir: abs, uai: uai, key: append([]byte(nil), key...), now: time.Now}
	for _, o := range options {
		o(v)
	}
	if v.zone == nil {
		v.zone, err = time.LoadLocation("Europe/Paris")
	}
	return v, err
}

// private makes the file with the rights of its owner alone.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = f.Chmod(0o600)
	}
	return err
}

// dsn names a file for SQLite. The key is not part of it: addresses end up in messages.
func dsn(path string) string {
	at := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "vfs=adiantum&_txlock=immediate" +
		"&modeof=" + strings.ReplaceAll(url.QueryEscape(path), "+", "%20")} // the log has the rights of the file
	return at.String()
}

// unlock is what each connection begins with: the key first.
func unlock(c *sqlite3.Conn, key []byte) error {
	return c.Exec("PRAGMA hexkey='" + hex.EncodeToString(key) + "';" +
		"PRAGMA busy_timeout=20000; PRAGMA synchronous=full; PRAGMA foreign_keys=on;" +
		// What is erased is overwritten, and nothing is written elsewhere.
		"PRAGMA secure_delete=on; PRAGMA temp_store=memory; PRAGMA cache_size=-16000")
}

// connect opens the file and switches it to WAL, which lasts. Switching needs the file for
// itself and does not wait for it: two processes that start together would collide.
func (v *Vault) connect(ctx context.Context) (err error) {
	v.db, err = driver.Open(dsn(v.Path()), func(c *sqlite3.Conn) error { return unlock(c, v.key) })
	if err != nil {
		return err
	}
	v.db.SetMaxOpenConns(4)
	v.db.SetMaxIdleConns(2)
	for try := 0; ; try++ {
		_, err = v.db.ExecContext(ctx, "PRAGMA journal_mode=wal")
		if err == nil {
			return nil
		}
		if !errors.Is(err, sqlite3.BUSY) || try == 100 {
			v.db.Close()
			return err
		}
		select {
		case <-ctx.Done():
			v.db.Close()
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// claim writes which school the vault is of, or checks it: a file renamed to another school
// would mix them up.
func (v *Vault) claim(tx *Tx) error {
	var uai string
	found, err := tx.Get("SELECT uai FROM coffre", nil, &uai)
	if err != nil {
		return err
	}
	if !found {
		_, err := tx.Exec("INSERT INTO coffre (id, uai, cree) VALUES (1, ?, ?)", string(v.uai), Micros(v.now()))
		return err
	}
	if uai != string(v.uai) {
		return belvedere.Errorf(belvedere.Conflict,
			"Le fichier %s est le coffre de l’établissement %s, non de %s. Rendez-lui son nom.", filepath.Base(v.Path()), uai, v.uai)
	}
	return nil
}

// Close releases the file; what is committed stays.
func (v *Vault) Close() error { return v.db.Close() }

// UAI is the school that the vault is of.
func (v *Vault) UAI() belvedere.UAI { return v.uai }

// Zone is the time zone of the school.
func (v *Vault) Zone() *time.Location { return v.zone }

// Now is the instant by the clock of the vault, which tests set.
func (v *Vault) Now() time.Time { return v.now() }

// Path is the file.
func (v *Vault) Path() string { return filepath.Join(v.dir, string(v.uai)+extension) }

// UserHash names a user of a log without naming him: the same in one vault, nothing outside.
// A full name is the same whatever its accents and case.
func (v *Vault) UserHash(user string) string {
	user = strings.TrimSpace(user)
	if strings.ContainsAny(user, " \u00a0") {
		user = Fold(user)
	}
	h := hmac.New(sha256.New, v.key)
	h.Write([]byte("belvedere/usager\x00"))
	h.Write([]byte(strings.ToLower(user)))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// explain gives the failures of the file that an operator can mend their kind.
func (v *Vault) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED):
		return belvedere.WrapError(belvedere.Unavailable, err,
			"Le coffre de l’établissement %s est occupé par un autre travail. Réessayez dans un instant.", v.uai)
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR_WRITE):
		return belvedere.WrapError(belvedere.Unavailable, err,
			"Le disque du coffre de l’établissement %s est plein. Libérez de la place, puis réessayez\u00a0: rien n’a été perdu.", v.uai)
	case errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.CORRUPT):
		return belvedere.WrapError(belvedere.Unavailable, err,
			"Le coffre de l’établissement %s ne s’ouvre pas\u00a0: sa clé n’est pas celle de cette installation, ou le fichier est abîmé. Vérifiez le fichier des clés, ou restaurez une sauvegarde.", v.uai)
	}
	return err
}
