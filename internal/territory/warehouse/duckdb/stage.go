package duckdb

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"belvedere"
	"belvedere/internal/territory/warehouse"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// stageName is a table of the stage, with or without the name of its database.
var stageName = regexp.MustCompile(`^(?i:stage\.)?([A-Za-z_][A-Za-z0-9_]{0,99})$`)

// A stage fills one table, in one transaction of its own. Rows gather in one chunk of DuckDB's
// memory, which needs no connection; only a full chunk calls DuckDB.
type stage struct {
	e     *engine
	h     *handle
	ctx   context.Context // of the call that opened the stage: its end stops the filling
	name  string
	conn  *conn
	app   mapping.Appender
	chunk mapping.DataChunk
	cols  []vector
	rows  int // in the chunk
	size  int // of a chunk
	err   error
	done  bool
}

// Stage makes an empty table stage.<table> and a writer to it. The rows are seen by queries
// once the writer is closed, all together. The end of ctx stops the writer.
func (e *engine) Stage(ctx context.Context, table string, columns []belvedere.TableColumn) (_ warehouse.Stage, err error) {
	defer belvedere.Wrap(&err, "Stage(%q)", table)
	m := stageName.FindStringSubmatch(table)
	if m == nil || len(columns) == 0 {
		return nil, fmt.Errorf("not a name for a stage table, or no column")
	}
	return e.newStage(ctx, m[1], columns)
}

func (e *engine) newStage(ctx context.Context, name string, columns []belvedere.TableColumn) (_ *stage, err error) {
	h, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer e.end(&err)
	s := &stage{e: e, h: h, ctx: ctx, name: name, size: int(mapping.VectorSize())}
	if s.conn, err = h.connect(); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, columns); err != nil {
		s.release()
		s.free()
		return nil, err
	}
	h.mu.Lock()
	h.stages[s] = struct{}{}
	h.names[strings.ToLower(name)] = true
	h.mu.Unlock()
	return s, nil
}

func (s *stage) prepare(ctx context.Context, columns []belvedere.TableColumn) error {
	defs := make([]string, len(columns))
	for i, c := range columns {
		v, ok := vectorFor(c)
		if !ok {
			return fmt.Errorf("column %q: unknown type %q", c.Name, c.Type)
		}
		s.cols = append(s.cols, v)
		defs[i] = quoteName(c.Name) + " " + string(c.Type)
	}
	create := "CREATE OR REPLACE TABLE " + stageCatalog + ".main." + quoteName(s.name) + " (" + strings.Join(defs, ", ") + ")"
	err := s.h.commits.commit(func() error { return s.conn.exec(ctx, create) })
	if err != nil {
		return err
	}
	if err := s.conn.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	if mapping.AppenderCreateExt(s.conn.raw, stageCatalog, "main", s.name, &s.app) == mapping.StateError {
		return s.appendError()
	}
	types := make([]mapping.LogicalType, len(s.cols))
	for i := range types {
		types[i] = mapping.AppenderColumnType(s.app, mapping.IdxT(i))
	}
	s.chunk = mapping.CreateDataChunk(types)
	for i := range types {
		mapping.DestroyLogicalType(&types[i])
	}
	s.load()
	return nil
}

// load points the columns at an empty chunk.
func (s *stage) load() {
	s.rows = 0
	for i := range s.cols {
		s.cols[i].load(mapping.DataChunkGetVector(s.chunk, mapping.IdxT(i)))
	}
}

func (s *stage) appendError() error {
	data := mapping.AppenderErrorData(s.app)
	defer mapping.DestroyErrorData(&data)
	return engineError(mapping.ErrorDataMessage(data))
}

// Append adds one row. A row with a wrong value is not added; the stage can go on.
func (s *stage) Append(row []any) error {
	if s.err != nil {
		return s.err
	}
	if s.done {
		return fmt.Errorf("stage %s: row after Close", s.name)
	}
	if len(row) != len(s.cols) {
		return fmt.Errorf("stage %s: %d values for %d columns", s.name, len(row), len(s.cols))
	}
	for i, v := range row {
		if err := s.cols[i].set(s.rows, v); err != nil {
			return fmt.Errorf("stage %s, column %s: %w", s.name, s.cols[i].name, err)
		}
	}
	s.rows++
	if s.rows == s.size {
		return s.flush(false)
	}
	return nil
}

// flush hands the chunk to DuckDB, and at the end commits the rows.
func (s *stage) flush(last bool) (err error) {
	h, err := s.e.begin(s.ctx)
	if err != nil {
		s.err = err
		s.free()
		return err
	}
	defer func() {
		s.e.end(&err)
		s.err = err
		if err != nil || last {
			s.free()
		}
	}()
	if h != s.h {
		return errAgain // let go of when the file was opened again
	}
	if err = s.ctx.Err(); err == nil {
		err = s.send(last)
	}
	if err != nil || last {
		h.mu.Lock()
		delete(h.stages, s)
		h.mu.Unlock()
		s.release()
	}
	return err
}

func (s *stage) send(last bool) error {
	if s.rows > 0 {
		mapping.DataChunkSetSize(s.chunk, mapping.IdxT(s.rows))
		if mapping.AppendDataChunk(s.app, s.chunk) == mapping.StateError {
			return s.appendError()
		}
		mapping.DataChunkReset(s.chunk)
		s.load()
	}
	if !last {
		return nil
	}
	err := s.conn.interruptible(s.ctx, func() error {
		if mapping.AppenderFlush(s.app) == mapping.StateError {
			return s.appendError()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.h.commits.commit(func() error { return s.conn.exec(context.WithoutCancel(s.ctx), "COMMIT") })
}

// Close commits the rows. It gives the first error of the stage, whose table then stays empty.
func (s *stage) Close() error {
	if s.done || s.err != nil {
		return s.err
	}
	err := s.flush(true)
	s.done = true
	return err
}

// release gives back what belongs to the database. The handle calls it too, when it closes under
// an open stage. What was not committed is rolled back with the connection.
func (s *stage) release() {
	if s.app.Ptr != nil {
		mapping.AppenderClear(s.app)
		mapping.AppenderDestroy(&s.app)
	}
	if s.conn != nil {
		s.conn.close()
		s.conn = nil
	}
}

// free gives back the chunk. Only the owner of the stage may, who may be writing to it while the
// handle closes.
func (s *stage) free() {
	if s.chunk.Ptr != nil {
		mapping.DestroyDataChunk(&s.chunk)
	}
}
