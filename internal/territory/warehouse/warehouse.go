// Package warehouse runs the SQL that it is given over the statistics of the territory.
//
// It knows no indicator and no right: semantic writes the text, ingest and report send it.
// Each engine lives in a folder of its own (duckdb) and passes the suite of warehousetest.
package warehouse

import (
	"context"
	"io"

	"belvedere"
)

// An Engine is a store of statistics. One process writes; queries run beside.
type Engine interface {
	// Exec runs the statements in one transaction, all or nothing, then makes them durable.
	Exec(ctx context.Context, statements ...belvedere.Statement) error

	// Query calls each with every row in turn. The slice is reused: keep values, not it.
	// Values are int64, float64, string, bool, time.Time or nil whatever the width of the column.
	// An error of each ends the query and is returned as it is.
	Query(ctx context.Context, s belvedere.Statement, each func(row []any) error) error

	// Stage makes (or empties) a table outside any edition and returns a writer to it.
	// A stage left behind by a crash is dropped at the next Open.
	Stage(ctx context.Context, table string, columns []belvedere.TableColumn) (Stage, error)

	// ReadParquet calls each with every row of a Parquet file in the landing folder as text
	// fields (nil slices for NULL), after one call of head with the column names. Dates are
	// written 2006-01-02, timestamps RFC 3339 in UTC.
	ReadParquet(ctx context.Context, path string, head func(names []string) error, each func(line int64, fields [][]byte) error) error

	// WriteParquet writes rows to a new file under the landing folder's "sortie" directory and
	// returns its path; the caller removes it.
	WriteParquet(ctx context.Context, columns []belvedere.TableColumn, rows func(yield func(row []any) error) error) (path string, err error)

	// Snapshot calls each with the files of the store, none of which changes meanwhile: writers
	// wait, queries go on. Together and under the names given they can be opened again. A store
	// without files gives none.
	Snapshot(ctx context.Context, each func(name string, size int64, content io.Reader) error) error

	// Close checkpoints and closes.
	Close() error
}

// A Stage takes typed rows. It is not safe for concurrent use.
type Stage interface {
	// Append adds one row; values in the order and of the Go types of the columns.
	Append(row []any) error
	// Close flushes; the table can then be read by its name in the same engine.
	Close() error
}
