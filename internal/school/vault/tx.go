package vault

import (
	"context"
	"database/sql"
	"errors"
)

// A Tx is a transaction on a vault: what it read still holds when it writes. It belongs to one
// goroutine, until the function that received it returns.
type Tx struct {
	ctx   context.Context
	tx    *sql.Tx
	v     *Vault
	stmts map[string]*sql.Stmt // of statements that end before the next
}

// Read runs f over one state of the vault, while others go on writing.
func (v *Vault) Read(ctx context.Context, f func(tx *Tx) error) error {
	tx, err := v.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return v.explain(err)
	}
	defer tx.Rollback()
	return v.explain(f(v.wrap(ctx, tx)))
}

// Write runs f in a transaction that holds the write lock from its start: all that it does is
// on disk when Write returns nil, or none of it.
func (v *Vault) Write(ctx context.Context, f func(tx *Tx) error) error {
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return v.explain(err)
	}
	defer tx.Rollback() // after Commit it does nothing
	if err := f(v.wrap(ctx, tx)); err != nil {
		return v.explain(err)
	}
	return v.explain(tx.Commit())
}

func (v *Vault) wrap(ctx context.Context, tx *sql.Tx) *Tx {
	return &Tx{ctx: ctx, tx: tx, v: v, stmts: map[string]*sql.Stmt{}}
}

// Context is that of Read or Write.
func (t *Tx) Context() context.Context { return t.ctx }

// Vault is the one that the transaction is of.
func (t *Tx) Vault() *Vault { return t.v }

// prepared keeps the statement of a text until the transaction ends.
func (t *Tx) prepared(query string) (*sql.Stmt, error) {
	if s := t.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.tx.PrepareContext(t.ctx, query)
	if err == nil {
		t.stmts[query] = s
	}
	return s, err
}

// Exec runs a statement and counts the rows that it touched.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	s, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	result, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Insert runs an INSERT and gives the number of its row.
func (t *Tx) Insert(query string, args ...any) (int64, error) {
	s, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	result, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// Get reads the first row of a query into pointers; found is false when there is none.
func (t *Tx) Get(query string, args []any, into ...any) (found bool, err error) {
	s, err := t.prepared(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Each hands each row of a query to f, which scans it.
func (t *Tx) Each(query string, args []any, f func(scan func(into ...any) error) error) error {
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
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

// script runs statements that take no parameters.
func (t *Tx) script(text string) error {
	_, err := t.tx.ExecContext(t.ctx, text)
	return err
}
