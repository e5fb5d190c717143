package semantic

import (
	"fmt"

	"belvedere"
)

// A Dialect is the short list of verbs in which engines differ.
type Dialect interface {
	Name() string
	// Param is a placeholder with its type; untyped placeholders cost DuckDB three times the time.
	Param(t belvedere.ColumnType) string
	// Month is the first day of the month of a date column.
	Month(column string) string
	// Ratio divides two sums as floating point, NULL when the denominator is zero.
	Ratio(num, den string) string
}

// DuckDB is the dialect of the embedded warehouse.
type DuckDB struct{}

// Name of the dialect, for golden files.
func (DuckDB) Name() string { return "duckdb" }

// Param casts each placeholder.
func (DuckDB) Param(t belvedere.ColumnType) string { return "?::" + string(t) }

// Month truncates to the first of the month.
func (DuckDB) Month(column string) string {
	return fmt.Sprintf("date_trunc('month', %s)::DATE", column)
}

// Ratio guards against zero.
func (DuckDB) Ratio(num, den string) string { return num + " / nullif(" + den + ", 0)" }
