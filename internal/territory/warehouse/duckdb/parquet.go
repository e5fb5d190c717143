package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"belvedere"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// maxParquetColumns bounds what a delivered file may ask of us.
const maxParquetColumns = 1000

// ReadParquet streams a file of the landing folder, given by its absolute path or by its path in
// that folder. The line is the number of the row, from 1. A file that is not Parquet, or whose
// columns hold lists or structures, is belvedere.Invalid.
func (e *engine) ReadParquet(ctx context.Context, path string, head func([]string) error, each func(int64, [][]byte) error) (err error) {
	defer belvedere.Wrap(&err, "ReadParquet(%q)", path)
	real, err := e.landed(path)
	if err != nil {
		return err
	}
	h, err := e.begin(ctx)
	if err != nil {
		return err
	}
	defer e.end(&err)
	c, err := h.connect() // of its own: the stream holds it as long as the reader takes
	if err != nil {
		return err
	}
	defer c.close()
	sql, names, err := parquetQuery(c, real)
	if err != nil {
		return readable(err)
	}
	if err := head(names); err != nil {
		return err
	}
	return c.stream(ctx, sql, each)
}

// landed checks that a path leads to an ordinary file inside the landing folder, links followed.
func (e *engine) landed(path string) (string, error) {
	if e.opts.LandingDir == "" {
		return "", errors.New("no landing folder")
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.opts.LandingDir, path)
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", belvedere.WrapError(belvedere.NotFound, err, "Ce fichier n’est plus dans le dossier des livraisons.")
	}
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(e.opts.LandingDir, real); err != nil || !filepath.IsLocal(rel) {
		return "", belvedere.Errorf(belvedere.Forbidden, "Ce fichier n’est pas dans le dossier des livraisons.")
	}
	if info, err := os.Stat(real); err != nil || !info.Mode().IsRegular() {
		return "", belvedere.Errorf(belvedere.Invalid, "Ce n’est pas un fichier ordinaire.")
	}
	return real, nil
}

// source writes the call that reads exactly this file: its name is neither a pattern nor a
// partition, whatever characters it holds.
func source(path string) string {
	return "read_parquet(" + quoteText(escapePattern(path)) + ", hive_partitioning = false, binary_as_string = true)"
}

// escapePattern puts each character that DuckDB's patterns know in brackets of its own.
func escapePattern(p string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(p)
}

// parquetQuery is the statement that reads a file, with the types that Go does not write itself
// turned to text by DuckDB, and the names of the columns.
func parquetQuery(c *conn, path string) (sql string, names []string, err error) {
	p, err := c.prepare("SELECT * FROM " + source(path))
	if err != nil {
		return "", nil, err
	}
	defer p.close()
	n := int(mapping.PreparedStatementColumnCount(p.raw))
	if n > maxParquetColumns {
		return "", nil, belvedere.Errorf(belvedere.TooLarge, "Ce fichier Parquet compte %d colonnes%s; %d au plus sont lues.", n, belvedere.NarrowSpace, maxParquetColumns)
	}
	var parts []string
	for i := range n {
		name := mapping.PreparedStatementColumnName(p.raw, mapping.IdxT(i))
		lt := mapping.PreparedStatementColumnLogicalType(p.raw, mapping.IdxT(i))
		expr, err := parquetColumn(name, lt)
		mapping.DestroyLogicalType(&lt)
		if err != nil {
			return "", nil, err
		}
		names = append(names, name)
		parts = append(parts, expr)
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM " + source(path), names, nil
}

func parquetColumn(name string, lt mapping.LogicalType) (string, error) {
	switch mapping.GetTypeId(lt) {
	case mapping.TypeList, mapping.TypeArray, mapping.TypeStruct, mapping.TypeMap, mapping.TypeUnion:
		return "", belvedere.Errorf(belvedere.Invalid,
			"La colonne «%s%s%s» du fichier Parquet contient des listes ou des structures. Livrez une valeur simple par colonne.",
			belvedere.NoBreak, name, belvedere.NoBreak)
	}
	var c column
	if c.describe(name, lt) != nil {
		return "CAST(" + quoteName(name) + " AS VARCHAR)", nil
	}
	return quoteName(name), nil
}

// readable turns what DuckDB says about a bad file into a fault of the file.
func readable(err error) error {
	if has(err, "Invalid Input Error", "Invalid Error", "IO Error", "Serialization Error", "Conversion Error", "Not implemented Error", "Binder Error",
		"Out of Range Error", "TProtocolException", "magic bytes") && !diskFull(err) && !has(err, "FATAL Error") {
		return belvedere.WrapError(belvedere.Invalid, err, "Ce fichier n’est pas un fichier Parquet lisible%s: il est abîmé, chiffré ou d’un autre format.", belvedere.NoBreak)
	}
	return err
}

// stream runs a query whose rows are made while they are read, so that a file of any size needs
// a few chunks of memory. The driver's own package does not offer this call.
func (c *conn) stream(ctx context.Context, sql string, each func(int64, [][]byte) error) error {
	p, err := c.prepare(sql)
	if err != nil {
		return readable(err)
	}
	defer p.close()
	var pending mapping.PendingResult
	var res mapping.Result
	err = c.interruptible(ctx, func() error {
		defer mapping.DestroyPending(&pending)
		if bindings.PendingPreparedStreaming(p.raw, &pending) == mapping.StateError {
			return engineError(mapping.PendingError(pending))
		}
		if mapping.ExecutePending(pending, &res) == mapping.StateError {
			return engineError(mapping.ResultError(&res))
		}
		return nil
	})
	defer mapping.DestroyResult(&res)
	if err != nil {
		return readable(err)
	}
	r, err := newRows(&res)
	if err != nil {
		return err
	}
	return c.streamRows(ctx, r, each)
}

func (c *conn) streamRows(ctx context.Context, r *rows, each func(int64, [][]byte) error) error {
	fields := make([][]byte, len(r.cols))
	w := fieldWriter{}
	line := int64(0)
	for {
		var chunk mapping.DataChunk
		err := c.interruptible(ctx, func() error {
			if chunk = mapping.FetchChunk(*r.res); chunk.Ptr == nil {
				if m := mapping.ResultError(r.res); m != "" {
					return engineError(m)
				}
			}
			return nil
		})
		if err != nil {
			return readable(err)
		}
		if chunk.Ptr == nil || mapping.DataChunkGetSize(chunk) == 0 {
			mapping.DestroyDataChunk(&chunk)
			return nil
		}
		err = r.chunk(chunk, func(n int) error {
			for row := range n {
				line++
				w.row(r.cols, row, fields)
				if err := each(line, fields); err != nil {
					return err
				}
			}
			return nil
		})
		mapping.DestroyDataChunk(&chunk)
		if err != nil {
			return err
		}
	}
}

// WriteParquet writes the rows to a new file in the folder "sortie" of the landing folder.
func (e *engine) WriteParquet(ctx context.Context, columns []belvedere.TableColumn, rows func(yield func(row []any) error) error) (path string, err error) {
	defer belvedere.Wrap(&err, "WriteParquet")
	if e.opts.LandingDir == "" {
		return "", errors.New("no landing folder")
	}
	dir := filepath.Join(e.opts.LandingDir, "sortie")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	name := "sortie_" + randomName()
	s, err := e.newStage(ctx, name, columns)
	if err != nil {
		return "", err
	}
	defer e.dropStage(name)
	err = rows(s.Append)
	if err = errors.Join(err, s.Close()); err != nil {
		return "", err
	}
	path = filepath.Join(dir, name+".parquet")
	if err := e.copyOut(ctx, name, path); err != nil {
		os.Remove(path)
		return "", err
	}
	return path, nil
}

func (e *engine) copyOut(ctx context.Context, name, path string) (err error) {
	h, err := e.begin(ctx)
	if err != nil {
		return err
	}
	defer e.end(&err)
	c, err := h.connect()
	if err != nil {
		return err
	}
	defer c.close()
	return c.exec(ctx, fmt.Sprintf("COPY (SELECT * FROM %s.main.%s) TO %s (FORMAT parquet, COMPRESSION zstd)",
		stageCatalog, quoteName(name), quoteText(path)))
}

func (e *engine) dropStage(name string) {
	h, err := e.begin(context.Background())
	if err != nil {
		return // closed or opened again: the table is gone
	}
	defer e.end(&err)
	c, err := h.connect()
	if err != nil {
		return
	}
	defer c.close()
	err = h.commits.commit(func() error {
		return c.exec(context.Background(), "DROP TABLE IF EXISTS "+stageCatalog+".main."+quoteName(name))
	})
}
