package belvedere

// A SourceRow is one record of a file with its place. Fields are bytes that stay valid until
// the next row only; a reader that keeps one copies it. Fault is set when the row itself could
// not be read (ragged, bad quotes, bad bytes): a bad row is a value, not the end of the file.
type SourceRow struct {
	Line   int64 // of its first byte, from 1
	Fields [][]byte
	Fault  *Fault
}
