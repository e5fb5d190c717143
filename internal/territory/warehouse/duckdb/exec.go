package duckdb

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"belvedere"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// mergeInto is DUCKDB_STATEMENT_TYPE_MERGE_INTO, which the driver does not name yet.
const mergeInto mapping.StatementType = 30

// writes are the kinds of statement that Exec runs.
func writes(kind mapping.StatementType) bool {
	switch kind {
	case mapping.StatementTypeSelect, mapping.StatementTypeInsert, mapping.StatementTypeUpdate, mapping.StatementTypeDelete,
		mapping.StatementTypeCreate, mapping.StatementTypeAlter, mapping.StatementTypeDrop, mapping.StatementTypeAnalyze, mergeInto:
		return true
	}
	return false
}

// Exec runs the statements in one transaction and checkpoints. Each text holds one statement. An
// error, a panic or the end of the context before the commit rolls everything back. A failed
// checkpoint is noted in the log and fails nothing: the commit is in the write-ahead log.
func (e *engine) Exec(ctx context.Context, statements ...belvedere.Statement) (err error) {
	if len(statements) == 0 {
		return nil
	}
	if err := e.lockWriting(ctx); err != nil {
		return err
	}
	defer e.unlockWriting()
	h, err := e.begin(ctx)
	if err != nil {
		return err
	}
	defer e.end(&err)
	later, err := h.transact(ctx, statements)
	if err != nil {
		return err
	}
	e.afterCommit(h, later)
	return nil
}

// transact commits the statements and gives those that were put off.
func (h *handle) transact(ctx context.Context, statements []belvedere.Statement) (later []string, err error) {
	if err := h.writer.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return nil, err
	}
	committed := false
	defer func() {
		if !committed { // also when a panic passes
			h.rollback()
		}
	}()
	for i, s := range statements {
		if h.dropsStage(s.SQL) {
			later = append(later, s.SQL)
			continue
		}
		if err := h.writeOne(ctx, s); err != nil {
			return nil, fmt.Errorf("statement %d of %d: %w", i+1, len(statements), err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// From here on the outcome must be known: no interruption.
	err = h.commits.commit(func() error { return h.writer.exec(context.WithoutCancel(ctx), "COMMIT") })
	if err != nil {
		return nil, err
	}
	committed = true
	return later, nil
}

func (h *handle) rollback() {
	// After a failed commit no transaction is left and DuckDB says so: nothing to do about it.
	_ = h.writer.exec(context.Background(), "ROLLBACK")
}

func (h *handle) writeOne(ctx context.Context, s belvedere.Statement) error {
	if err := guard(s.SQL); err != nil {
		return err
	}
	p, err := h.writer.prepare(s.SQL)
	if err != nil {
		return err
	}
	defer p.close()
	if !writes(p.kind) {
		return fmt.Errorf("statement of kind %d refused: %.80q", p.kind, s.SQL)
	}
	return h.writer.do(ctx, p, s.Args)
}

var dropTable = regexp.MustCompile(`(?is)^\s*DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?((?:"?stage"?\.)?)"?([a-z_][a-z0-9_]*)"?\s*;?\s*$`)

// dropsStage recognises DROP TABLE of a stage table. It lies in another database, which the
// transaction may not change too, and it belongs to no edition: it goes after the commit.
func (h *handle) dropsStage(sql string) bool {
	m := dropTable.FindStringSubmatch(sql)
	if m == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return m[1] != "" || h.names[strings.ToLower(m[2])]
}

func (e *engine) afterCommit(h *handle, later []string) {
	for _, sql := range later {
		err := h.commits.commit(func() error { return h.writer.exec(context.Background(), sql) })
		if err != nil {
			e.log.Warn("stage table not dropped", "sql", sql, "error", err)
		}
	}
	if e.opts.Path == "" {
		return
	}
	err := h.checkpoint()
	switch {
	case err == nil:
		return
	case has(err, "Cannot CHECKPOINT"):
		e.log.Debug("checkpoint of the warehouse put off: queries are running")
	case diskFull(err):
		e.log.Error("disk full during the checkpoint of the warehouse; what was published is safe", "path", e.opts.Path, "error", err)
	default:
		e.log.Warn("checkpoint of the warehouse failed; what was published is safe", "path", e.opts.Path, "error", err)
	}
	if fatal(err) {
		e.mu.Lock()
		e.broken = true
		e.mu.Unlock()
	}
}

// patience is how long a checkpoint holds up new queries while those in progress end.
const patience = 50 * time.Millisecond

// checkpoint moves the write-ahead log into the file. DuckDB refuses it while a query reads what
// an update replaced; then the queries are held up for a moment. A long query wins: the log is
// kept until the next commit.
func (h *handle) checkpoint() error {
	ctx := context.Background()
	err := h.writer.exec(ctx, "CHECKPOINT")
	if !has(err, "Cannot CHECKPOINT") {
		return err
	}
	if resume := h.readers.drain(patience); resume != nil {
		defer resume()
		return h.writer.exec(ctx, "CHECKPOINT")
	}
	return err
}

// lockWriting waits for the turn of writers: one at a time.
func (e *engine) lockWriting(ctx context.Context) error {
	select {
	case e.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *engine) unlockWriting() { <-e.writing }
