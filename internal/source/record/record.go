// Package record is what every reader of a school's files yields: rows of a declared kind, with
// their place, in which a field that is absent and one that is empty are told apart.
//
// A reader drops what no check and no figure needs (phones of staff, bank details, the name of
// the head) by not declaring it: what is not in a Kind cannot be kept. It is pure: bytes in,
// rows out.
package record

import (
	"io"
	"time"

	"belvedere"
)

// A Kind is a sort of row of a source: "siecle_eleve". Its name and the names of its fields are
// SQL identifiers, ASCII and lower case: the vault makes its tables of them.
type Kind struct {
	Name   string
	Doc    string   // one sentence, with the section of formats.md
	Fields []string // in the order of Record.Values
	Key    []string // fields that name a row within one file; empty: rows may repeat
}

// Index is the place of a field, -1 when the kind has none of that name.
func (k *Kind) Index(field string) int {
	for i, f := range k.Fields {
		if f == field {
			return i
		}
	}
	return -1
}

// A Value is a field as the file holds it, trimmed of white space around and decoded, never
// changed otherwise. Present is false when the file says nothing of it.
type Value struct {
	Text    string
	Present bool
}

// A Record is one row. Values belong to the visitor only until it returns.
type Record struct {
	Kind   *Kind
	Values []Value
	Line   int64 // of its first byte in the file, from 1
}

// Get is a field by name, absent when the kind has none.
func (r Record) Get(field string) Value {
	if i := r.Kind.Index(field); i >= 0 && i < len(r.Values) {
		return r.Values[i]
	}
	return Value{}
}

// A Head says what a file is, as far as it tells.
type Head struct {
	Format   string        // code of the format: "siecle_eleves", "sts_emp", "edt_cours", …
	Source   string        // who owns what it says: "siecle", "sts", "edt", "udt", "aaf", "onde", "journal"
	Version  string        // of its schema, "" when it does not say
	School   belvedere.UAI // "" when it does not say, or names several
	Year     int           // first year of the school year, 0 when it does not say
	Exported time.Time     // zero when it does not say
	Delta    bool          // changes since an earlier file, not the whole
}

// A Visitor takes what a reader finds, in the order of the file. An error of its own ends the
// reading and is returned as it is.
type Visitor interface {
	// Head is called once, before the first record.
	Head(Head) error
	Record(Record) error
	// Fault is a defect of the file that leaves the rest readable.
	Fault(belvedere.Fault) error
}

// A Format is a kind of file that a reader recognises by its content.
type Format struct {
	Code  string // as in Head.Format
	Label string // French: "SIECLE, élèves"
	Kinds []*Kind
	// Detect tells whether the first bytes (64 KiB at most, decompressed, as they lie in the
	// file) are of this format.
	Detect func(start []byte) bool
	// Read reads the whole file. Its error says in French what is wrong with the file as a whole.
	Read func(in io.Reader, v Visitor) error
}
