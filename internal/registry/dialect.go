package registry

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// A dialect is all in which the engines differ. Statements are written once, with ? for their
// parameters, in the SQL that both understand.
type dialect struct {
	folder   string // of migrations
	numbered bool   // parameters are $1, $2… instead of ?
	lock     string // first statement of a transaction that writes, "" when the engine locks by itself
	patient  string // first statement of a reading that may last, "" when nothing limits it
	snapshot sql.TxOptions
	elements string                // a FROM item with one column "value" of the elements of the JSON list ?
	conns    int                   // most connections at once
	explain  func(err error) error // gives failures that an operator can mend their kind

	// What backups need of a table whose numbers are given: the last one, and to set it.
	sequence    func(ctx context.Context, q querier, t table) (int64, error)
	setSequence func(ctx context.Context, q querier, t table, last int64) error
}

// rebind writes the parameters as the engine wants them. No statement of this package holds a
// question mark in a literal.
func (d *dialect) rebind(query string) string {
	if !d.numbered {
		return query
	}
	var b strings.Builder
	n := 0
	for {
		i := strings.IndexByte(query, '?')
		if i < 0 {
			b.WriteString(query)
			return b.String()
		}
		n++
		b.WriteString(query[:i])
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = query[i+1:]
	}
}

// raw is what database/sql gives: a database or a transaction.
type raw interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// A querier runs statements in the dialect of its engine.
type querier struct {
	raw raw
	d   *dialect
}

func (q querier) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return q.raw.ExecContext(ctx, q.d.rebind(query), plain(args)...)
}

// touch runs a statement and says how many rows it touched.
func (q querier) touch(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := q.exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// run runs a statement whose count does not matter.
func (q querier) run(ctx context.Context, query string, args ...any) error {
	_, err := q.exec(ctx, query, args...)
	return err
}

// row reads the first row of a query; sql.ErrNoRows when there is none.
func (q querier) row(ctx context.Context, query string, args []any, dest ...any) error {
	return q.raw.QueryRowContext(ctx, q.d.rebind(query), plain(args)...).Scan(dest...)
}

// scanner reads the columns of the current row.
type scanner func(dest ...any) error

// each calls f with every row of a query.
func (q querier) each(ctx context.Context, query string, args []any, f func(scan scanner) error) error {
	rows, err := q.raw.QueryContext(ctx, q.d.rebind(query), plain(args)...)
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

// A statement is run many times with other values.
type statement struct{ stmt *sql.Stmt }

func (q querier) prepare(ctx context.Context, query string) (statement, error) {
	stmt, err := q.raw.PrepareContext(ctx, q.d.rebind(query))
	return statement{stmt}, err
}

func (s statement) run(ctx context.Context, args ...any) error {
	_, err := s.stmt.ExecContext(ctx, plain(args)...)
	return err
}

func (s statement) close() { s.stmt.Close() }
