// Package table turns the bytes of a delivered file into rows: CSV in all the dialects that
// schools and ministries really send, NDJSON, plain or packed in gzip or zip, and the sheets of
// workbooks of Excel and LibreOffice. It also names a Parquet file without reading it.
//
// It promises four things. What a file is comes from its content, never from its name. Memory is
// bounded whatever the file holds: members stream, records, columns, entries and unpacked bytes
// have caps. A bad row is a value with its place (SourceRow.Fault) and the rows around it stay;
// an error of Next means that the file itself is broken, and says in French what, where, why and
// what to do. A row is never half read: the last line of a truncated file is not given.
//
// The package is pure: it reads from an io.ReaderAt and touches nothing else.
package table

import "belvedere"

// Rows reads a table from its first row to its last. It is used by one goroutine, except Offset,
// which another one may call to show progress.
type Rows interface {
	// Header names the columns: trimmed, never empty, no two alike once normalised.
	Header() []string
	// Next gives the next row, io.EOF after the last one. A row without Fault has as many
	// fields as the header: a nil field is absent, an empty one is empty. A row with a Fault
	// has no fields. Any other error is a *belvedere.Error: the file itself is broken, and
	// every later call gives the same error.
	Next() (belvedere.SourceRow, error)
	// Offset is how many bytes of the underlying file have been consumed, as it is on disk.
	Offset() int64
}

// A Kind is what a member holds.
type Kind string

// The kinds of tables.
const (
	CSV     Kind = "csv"
	NDJSON  Kind = "ndjson"
	Parquet Kind = "parquet"
	XLSX    Kind = "xlsx" // a sheet of a workbook, of LibreOffice too
)

// Limits bound what a hostile file can cost. A zero field takes its default.
type Limits struct {
	Unpacked int64 // bytes of one file once unpacked, all members together; 4 GiB
	Ratio    int64 // unpacked bytes for one packed byte, past the first 32 MiB; 200
	Entries  int   // of a zip; 256
	Record   int   // bytes of one record; 1 MiB
	Columns  int   // of one record; 4096
}

// freeUnpacking is what may be unpacked before the ratio counts: blank lines and zeros compress
// a thousand times, and a small file harms nobody.
const freeUnpacking = 32 << 20

func (l Limits) orDefault() Limits {
	if l.Unpacked <= 0 {
		l.Unpacked = 4 << 30
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	if l.Entries <= 0 {
		l.Entries = 256
	}
	if l.Record <= 0 {
		l.Record = 1 << 20
	}
	if l.Columns <= 0 {
		l.Columns = 4096
	}
	return l
}

// Options force what is otherwise detected. The zero value detects everything.
type Options struct {
	Encoding  Encoding
	Delimiter byte // ';', ',', '\t' or '|'
	Ragged    bool // of CSV: a row that is too short is given, its last fields absent
}

// A Format is how a table was read, to be shown beside it.
type Format struct {
	Kind      Kind
	Encoding  Encoding
	Delimiter byte // 0 when there is none
}

// FormatOf tells how rows given by Member.Rows are read.
func FormatOf(rows Rows) Format {
	if r, ok := rows.(interface{ format() Format }); ok {
		return r.format()
	}
	return Format{}
}
