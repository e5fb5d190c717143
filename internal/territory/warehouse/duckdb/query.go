package duckdb

import (
	"context"
	"sync/atomic"

	"belvedere"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Query runs a SELECT. The connection is given back before the first row is handed over, so
// each may query in turn, and however slowly it reads it holds nobody up.
func (e *engine) Query(ctx context.Context, s belvedere.Statement, each func(row []any) error) (err error) {
	h, err := e.begin(ctx)
	if err != nil {
		return err
	}
	defer e.end(&err)
	res, err := h.query(ctx, s)
	if err != nil {
		return err
	}
	defer mapping.DestroyResult(&res)
	rows, err := newRows(&res)
	if err != nil {
		return err
	}
	return rows.each(ctx, each)
}

func (h *handle) query(ctx context.Context, s belvedere.Statement) (res mapping.Result, err error) {
	c, err := h.readers.get(ctx)
	if err != nil {
		return res, err
	}
	defer h.readers.put(c)
	s = inline(s)
	if epoch, quiet := h.commits.quiet(); quiet {
		if p := c.cache.get(s.SQL, epoch); p != nil {
			res, err = c.run(ctx, p, s.Args)
			if h.commits.same(epoch) || ctx.Err() != nil {
				return res, err
			}
			if err == nil { // the data changed under the plan
				mapping.DestroyResult(&res)
			}
		}
	}
	return h.querySnapshot(ctx, c, s)
}

// querySnapshot plans and runs in one transaction, so that plan and data belong together.
func (h *handle) querySnapshot(ctx context.Context, c *conn, s belvedere.Statement) (res mapping.Result, err error) {
	if err := guard(s.SQL); err != nil {
		return res, err
	}
	if err := c.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return res, err
	}
	defer c.exec(context.WithoutCancel(ctx), "ROLLBACK") // it only read
	epoch, quiet := h.commits.quiet()
	p, err := c.prepare(s.SQL)
	if err != nil {
		return res, err
	}
	if p.kind != mapping.StatementTypeSelect {
		p.close()
		return res, belvedere.Errorf(belvedere.Internal, "statement of kind %d refused: %.80q", p.kind, s.SQL)
	}
	if quiet && h.commits.same(epoch) {
		c.cache.put(s.SQL, epoch, p)
	} else {
		defer p.close()
	}
	return c.run(ctx, p, s.Args)
}

// epochs counts the commits. A plan made while the count stands still is good for as long as it
// does.
type epochs struct{ started, finished atomic.Uint64 }

// commit runs f, which commits.
func (e *epochs) commit(f func() error) error {
	e.started.Add(1)
	defer e.finished.Add(1)
	return f()
}

// quiet gives the present epoch, and false while a commit is under way.
func (e *epochs) quiet() (epoch uint64, quiet bool) {
	finished := e.finished.Load()
	epoch = e.started.Load()
	return epoch, epoch == finished
}

// same tells that no commit began since the epoch was read.
func (e *epochs) same(epoch uint64) bool { return e.started.Load() == epoch }

// rows hands over a result, one chunk of DuckDB after the other.
type rows struct {
	res  *mapping.Result
	cols []column
}

func newRows(res *mapping.Result) (*rows, error) {
	r := &rows{res: res, cols: make([]column, mapping.ColumnCount(res))}
	for i := range r.cols {
		at := mapping.IdxT(i)
		lt := mapping.ColumnLogicalType(res, at)
		err := r.cols[i].describe(mapping.ColumnName(res, at), lt)
		mapping.DestroyLogicalType(&lt)
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *rows) each(ctx context.Context, each func(row []any) error) error {
	out := make([]any, len(r.cols))
	return r.chunks(ctx, func(n int) error {
		for at := range n {
			for i := range r.cols {
				out[i] = r.cols[i].value(at)
			}
			if err := each(out); err != nil {
				return err
			}
		}
		return nil
	})
}

// chunks calls use with the columns set on each chunk in turn and its number of rows.
func (r *rows) chunks(ctx context.Context, use func(n int) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		chunk := mapping.FetchChunk(*r.res)
		if chunk.Ptr == nil {
			return nil
		}
		err := r.chunk(chunk, use)
		mapping.DestroyDataChunk(&chunk)
		if err != nil {
			return err
		}
	}
}

func (r *rows) chunk(chunk mapping.DataChunk, use func(n int) error) error {
	for i := range r.cols {
		v := mapping.DataChunkGetVector(chunk, mapping.IdxT(i))
		r.cols[i].data, r.cols[i].mask = mapping.VectorGetData(v), mapping.VectorGetValidity(v)
	}
	return use(int(mapping.DataChunkGetSize(chunk)))
}
