package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"belvedere"
)

// store is the registry in a database. The files sql_*.go say in SQL what the interfaces
// promise, once for both engines.
type store struct {
	db *sql.DB
	d  *dialect
}

func newStore(db *sql.DB, d *dialect) *store {
	db.SetMaxOpenConns(d.conns)
	db.SetMaxIdleConns(d.conns)
	return &store{db, d}
}

func (s *store) Close() error { return s.db.Close() }

// now runs single statements outside any transaction.
func (s *store) now() querier { return querier{s.db, s.d} }

// write runs f in a transaction that holds the write lock from its start, so that what f read
// still holds when it writes.
func (s *store) write(ctx context.Context, f func(tx querier) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.d.explain(err)
	}
	if s.d.lock != "" {
		if _, err := tx.ExecContext(ctx, s.d.lock); err != nil {
			tx.Rollback()
			return s.d.explain(err)
		}
	}
	if err := f(querier{tx, s.d}); err != nil {
		tx.Rollback()
		return s.d.explain(err)
	}
	return s.d.explain(tx.Commit())
}

// read runs f over one state of the registry.
func (s *store) read(ctx context.Context, f func(tx querier) error) error {
	tx, err := s.db.BeginTx(ctx, &s.d.snapshot)
	if err != nil {
		return s.d.explain(err)
	}
	defer tx.Rollback()
	return s.d.explain(f(querier{tx, s.d}))
}

// walk is read for what may last: no limit of time but that of the caller.
func (s *store) walk(ctx context.Context, f func(tx querier) error) error {
	return s.read(ctx, func(tx querier) error {
		if s.d.patient != "" {
			if err := tx.run(ctx, s.d.patient); err != nil {
				return err
			}
		}
		return f(tx)
	})
}

// exec runs one statement in a transaction of its own and wants it to touch a row.
func (s *store) exec(ctx context.Context, missing, query string, args ...any) error {
	return s.write(ctx, func(tx querier) error { return tx.must(ctx, missing, query, args...) })
}

// must runs a statement and wants it to touch a row.
func (q querier) must(ctx context.Context, missing, query string, args ...any) error {
	n, err := q.touch(ctx, query, args...)
	if err == nil && n == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "%s", missing)
	}
	return err
}

// found turns the absence of a row into NotFound, in the words of missing.
func found(err error, missing string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return belvedere.Errorf(belvedere.NotFound, missing, args...)
	}
	return err
}

// limit writes a page as the end of a query.
func (p Page) limit() string {
	most := int64(p.Limit)
	if most <= 0 {
		most = 1<<63 - 1 // all: what both engines read as no limit
	}
	return fmt.Sprintf(" LIMIT %d OFFSET %d", most, max(p.Offset, 0))
}

// conditions gathers what a filter asks.
type conditions struct {
	text string
	args []any
}

func (c *conditions) add(cond string, args ...any) {
	if c.text == "" {
		c.text = " WHERE " + cond
	} else {
		c.text += " AND " + cond
	}
	c.args = append(c.args, args...)
}

// in adds that a column is one of some words.
func (c *conditions) in(column string, words []string) {
	args := make([]any, len(words))
	for i, w := range words {
		args[i] = w
	}
	c.add(column+" IN ("+strings.TrimSuffix(strings.Repeat("?,", len(words)), ",")+")", args...)
}

// counted reads a part of a list and how long the whole is, in one state of the registry.
func (s *store) counted(ctx context.Context, from string, c conditions, columns, order string, p Page, f func(scan scanner) error) (total int, err error) {
	err = s.read(ctx, func(tx querier) error {
		if err := tx.row(ctx, "SELECT count(*) FROM "+from+c.text, c.args, &total); err != nil {
			return err
		}
		return tx.each(ctx, "SELECT "+columns+" FROM "+from+c.text+" ORDER BY "+order+p.limit(), c.args, f)
	})
	return total, err
}
