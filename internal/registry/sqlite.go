package registry

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/driver"

	"belvedere"
)

//go:embed migrations/*.sql
var migrations embed.FS

// store is the registry in one SQLite file.
type store struct{ db *sql.DB }

// OpenSQLite opens the registry in a file, makes it when it is absent, and brings its schema up
// to date. A schema newer than this program is refused.
func OpenSQLite(ctx context.Context, path string) (_ Registry, err error) {
	defer belvedere.Wrap(&err, "OpenSQLite(%s)", filepath.Base(path))
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "_txlock=immediate" +
		"&_pragma=busy_timeout(20000)&_pragma=synchronous(full)&_pragma=foreign_keys(on)"}
	db, err := sql.Open("sqlite3", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	s := &store{db}
	if err := s.prepare(ctx); err != nil {
		db.Close()
		return nil, explain(err)
	}
	return s, nil
}

// prepare switches the file to WAL, which lasts, and migrates it.
func (s *store) prepare(ctx context.Context) error {
	// Switching needs the file for itself and does not wait for it: two processes that
	// start together would collide.
	for try := 0; ; try++ {
		_, err := s.db.ExecContext(ctx, "PRAGMA journal_mode=wal")
		if err == nil {
			break
		}
		if !errors.Is(err, sqlite3.BUSY) || try == 100 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return s.write(ctx, func(tx *sql.Tx) error { return migrate(ctx, tx, migrations) })
}

// migrate runs the migrations that the file has not seen, by name, in one transaction.
func migrate(ctx context.Context, tx *sql.Tx, files fs.FS) error {
	if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migration (
		name TEXT PRIMARY KEY, applied INTEGER NOT NULL) STRICT, WITHOUT ROWID`); err != nil {
		return err
	}
	applied := map[string]bool{}
	if err := each(ctx, tx, "SELECT name FROM migration", nil, func(scan scanner) error {
		var name string
		err := scan(&name)
		applied[name] = true
		return err
	}); err != nil {
		return err
	}
	names, err := fs.Glob(files, "migrations/*.sql") // sorted, and the names start with a date
	if err != nil {
		return err
	}
	for _, name := range names {
		if applied[filepath.Base(name)] {
			delete(applied, filepath.Base(name))
			continue
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO migration VALUES (?, ?)", filepath.Base(name), micros(time.Now())); err != nil {
			return err
		}
	}
	for name := range applied {
		return belvedere.Errorf(belvedere.Unavailable,
			"Le registre a été écrit par une version plus récente de Belvédère (%s). Installez-la, ou restaurez une sauvegarde.", name)
	}
	return nil
}

func (s *store) Close() error { return s.db.Close() }

// write runs f in a transaction that holds the write lock from its start, so that what f read
// still holds when it writes.
func (s *store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	if err := f(tx); err != nil {
		tx.Rollback()
		return explain(err)
	}
	return explain(tx.Commit())
}

// read runs f over one state of the registry.
func (s *store) read(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	return explain(f(tx))
}

// exec runs one statement in a transaction of its own and wants it to touch a row.
func (s *store) exec(ctx context.Context, missing, query string, args ...any) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err == nil && n == 0 {
			return belvedere.Errorf(belvedere.NotFound, "%s", missing)
		}
		return nil
	})
}

// explain gives the failures of the store that an operator can mend their kind.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED):
		return belvedere.WrapError(belvedere.Unavailable, err, "Le registre est occupé par une autre opération. Réessayez dans un instant.")
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR_WRITE):
		return belvedere.WrapError(belvedere.Unavailable, err, "Le disque du registre est plein. Libérez de la place, puis réessayez.")
	case errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.CORRUPT):
		return belvedere.WrapError(belvedere.Unavailable, err, "Le fichier du registre est abîmé. Restaurez une sauvegarde.")
	}
	return err
}

// scanner reads the columns of the current row.
type scanner func(dest ...any) error

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls f with every row of a query.
func each(ctx context.Context, q querier, query string, args []any, f func(scan scanner) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// micros writes an instant, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant reads what micros wrote.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// limit writes a page as the end of a query.
func (p Page) limit() string {
	if p.Limit <= 0 {
		return fmt.Sprintf(" LIMIT -1 OFFSET %d", max(p.Offset, 0))
	}
	return fmt.Sprintf(" LIMIT %d OFFSET %d", p.Limit, max(p.Offset, 0))
}
