package duckdb

import (
	"container/list"
	"context"
	"fmt"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// A conn is one connection. It runs one statement at a time.
type conn struct {
	raw   mapping.Connection
	cache *cache
}

func (c *conn) close() {
	c.cache.clear()
	mapping.Disconnect(&c.raw)
}

// A prepared is a statement ready to run, with the types that its parameters expect.
type prepared struct {
	raw    mapping.PreparedStatement
	kind   mapping.StatementType
	params []mapping.Type // TypeInvalid where DuckDB leaves it open
}

func (p *prepared) close() { mapping.DestroyPrepare(&p.raw) }

// prepare plans one statement for the data as they are. Run it in the same transaction, or make
// sure that nothing was committed since.
func (c *conn) prepare(sql string) (*prepared, error) {
	var all mapping.ExtractedStatements
	n := mapping.ExtractStatements(c.raw, sql, &all)
	defer mapping.DestroyExtracted(&all)
	switch {
	case n == 0 && mapping.ExtractStatementsError(all) != "":
		return nil, engineError(mapping.ExtractStatementsError(all))
	case n != 1:
		return nil, fmt.Errorf("%d statements in one text, want 1: %.80q", n, sql)
	}
	p := &prepared{}
	if mapping.PrepareExtractedStatement(c.raw, all, 0, &p.raw) == mapping.StateError {
		err := engineError(mapping.PrepareError(p.raw))
		p.close()
		return nil, err
	}
	p.kind = mapping.PreparedStatementType(p.raw)
	p.params = make([]mapping.Type, mapping.NParams(p.raw))
	for i := range p.params {
		p.params[i] = mapping.ParamType(p.raw, mapping.IdxT(i+1))
	}
	return p, nil
}

// run binds the values and executes. The caller destroys the result.
func (c *conn) run(ctx context.Context, p *prepared, args []any) (res mapping.Result, err error) {
	if err := p.bind(args); err != nil {
		return res, err
	}
	err = c.interruptible(ctx, func() error {
		if mapping.ExecutePrepared(p.raw, &res) == mapping.StateError {
			err := engineError(mapping.ResultError(&res))
			mapping.DestroyResult(&res)
			return err
		}
		return nil
	})
	return res, err
}

// do prepares and runs a statement once and drops its result.
func (c *conn) do(ctx context.Context, p *prepared, args []any) error {
	res, err := c.run(ctx, p, args)
	if err != nil {
		return err
	}
	mapping.DestroyResult(&res)
	return nil
}

// exec runs a statement of the engine's own.
func (c *conn) exec(ctx context.Context, sql string) error {
	p, err := c.prepare(sql)
	if err != nil {
		return err
	}
	defer p.close()
	return c.do(ctx, p, nil)
}

// interruptible runs f and interrupts it when the context ends. DuckDB forgets an interruption
// that comes between two steps, so it is repeated until f returns.
func (c *conn) interruptible(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ctx.Done() == nil {
		return f()
	}
	done, gone := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(gone)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			mapping.Interrupt(c.raw)
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	err := f()
	close(done)
	if !stop() {
		<-gone // or it would interrupt the next statement of the connection
	}
	return interrupted(ctx, err)
}

// maxCached bounds the statements kept by one connection. A console has some hundred pages.
const maxCached = 256

// maxCachedText bounds their text, in bytes: values stand in it, so that whoever filters by many
// of them makes long texts, and plans some times as large.
const maxCachedText = 2 << 20

// A cache keeps prepared statements by their text and drops the one unused for longest.
type cache struct {
	byText map[string]*list.Element
	order  *list.List // of *cacheItem, latest first
	text   int        // bytes of all texts
}

type cacheItem struct {
	sql   string
	epoch uint64 // of the data that the plan was made for
	stmt  *prepared
}

func newCache() *cache { return &cache{byText: map[string]*list.Element{}, order: list.New()} }

// get gives the plan of a text if it was made for the present data. An older one is dropped:
// DuckDB bakes the bounds of the data into a plan, and a plan that has outlived a commit gives
// wrong results (duckdb/duckdb issues 23704 and 24182).
func (c *cache) get(sql string, epoch uint64) *prepared {
	el := c.byText[sql]
	if el == nil {
		return nil
	}
	item := el.Value.(*cacheItem)
	if item.epoch != epoch {
		c.drop(el)
		return nil
	}
	c.order.MoveToFront(el)
	return item.stmt
}

func (c *cache) put(sql string, epoch uint64, p *prepared) {
	if el := c.byText[sql]; el != nil {
		c.drop(el)
	}
	c.byText[sql] = c.order.PushFront(&cacheItem{sql, epoch, p})
	c.text += len(sql)
	for c.order.Len() > maxCached || c.text > maxCachedText && c.order.Len() > 1 {
		c.drop(c.order.Back()) // never the one just put, which is about to run
	}
}

func (c *cache) drop(el *list.Element) {
	item := c.order.Remove(el).(*cacheItem)
	delete(c.byText, item.sql)
	c.text -= len(item.sql)
	item.stmt.close()
}

func (c *cache) clear() {
	for el := c.order.Front(); el != nil; el = el.Next() {
		el.Value.(*cacheItem).stmt.close()
	}
	c.order.Init()
	clear(c.byText)
	c.text = 0
}
