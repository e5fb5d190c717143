package registry

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/driver"

	"belvedere"
)

var sqliteDialect = dialect{
	folder:   "sqlite",
	snapshot: sql.TxOptions{ReadOnly: true},
	elements: "json_each(?)",
	conns:    4,
	explain:  explainSQLite,
	sequence: func(ctx context.Context, q querier, t table) (last int64, err error) {
		err = q.row(ctx, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", []any{t.name}, &last)
		return last, err
	},
	setSequence: func(ctx context.Context, q querier, t table, last int64) error {
		if err := q.run(ctx, "DELETE FROM sqlite_sequence WHERE name = ?", t.name); err != nil {
			return err
		}
		return q.run(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", t.name, last)
	},
}

// OpenSQLite opens the registry in a file, makes it when it is absent, and brings its schema up
// to date. A schema newer than this program is refused.
func OpenSQLite(ctx context.Context, path string) (_ Registry, err error) {
	defer belvedere.Wrap(&err, "OpenSQLite(%s)", filepath.Base(path))
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := private(abs); err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "_txlock=immediate" +
		"&_pragma=busy_timeout(20000)&_pragma=synchronous(full)&_pragma=foreign_keys(on)" +
		"&modeof=" + strings.ReplaceAll(url.QueryEscape(abs), "+", "%20")} // the log has the rights of the file
	db, err := sql.Open("sqlite3", dsn.String())
	if err != nil {
		return nil, err
	}
	s := newStore(db, &sqliteDialect)
	if err := s.useWAL(ctx); err != nil {
		db.Close()
		return nil, explainSQLite(err)
	}
	if err := s.write(ctx, func(tx querier) error { return migrate(ctx, tx, migrations) }); err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// private makes the file readable by its owner alone: it holds what proves who people are. One
// that was made before it did keeps what its group may do. The log beside it follows it.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if open := info.Mode().Perm(); open&0o007 != 0 {
		return f.Chmod(open &^ 0o007)
	}
	return nil
}

// useWAL switches the file to WAL, which lasts. Switching needs the file for itself and does not
// wait for it: two processes that start together would collide.
func (s *store) useWAL(ctx context.Context) error {
	for try := 0; ; try++ {
		_, err := s.db.ExecContext(ctx, "PRAGMA journal_mode=wal")
		if err == nil || !errors.Is(err, sqlite3.BUSY) || try == 100 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// explainSQLite gives the failures of the file that an operator can mend their kind.
func explainSQLite(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED):
		return belvedere.WrapError(belvedere.Unavailable, err, busyRegistry)
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR_WRITE):
		return belvedere.WrapError(belvedere.Unavailable, err, "Le disque du registre est plein. Libérez de la place, puis réessayez.")
	case errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.CORRUPT):
		return belvedere.WrapError(belvedere.Unavailable, err, "Le fichier du registre est abîmé. Restaurez une sauvegarde.")
	}
	return err
}
