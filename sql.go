package belvedere

// A Statement is SQL text with its parameters, bound by position to "?". Only semantic writes
// the text of statements over data; engines and the registry write what is theirs alone.
type Statement struct {
	SQL  string
	Args []any
}

// A TableColumn of a warehouse table.
type TableColumn struct {
	Name string
	Type ColumnType
}

// ColumnType is a column type common to all engines.
type ColumnType string

// The types, and the Go values that stand for them (nil is NULL everywhere).
const (
	Int32     ColumnType = "INTEGER"   // int32
	Int16     ColumnType = "SMALLINT"  // int16
	Uint8     ColumnType = "UTINYINT"  // uint8
	Int64     ColumnType = "BIGINT"    // int64
	Float64   ColumnType = "DOUBLE"    // float64
	DateOnly  ColumnType = "DATE"      // time.Time, midnight UTC
	Timestamp ColumnType = "TIMESTAMP" // time.Time, UTC
	Text      ColumnType = "VARCHAR"   // string
	Bool      ColumnType = "BOOLEAN"   // bool
)
