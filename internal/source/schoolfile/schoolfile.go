// Package schoolfile tells what the files that a school drops are, in any order and under any
// names: out of their zip or gzip, each is given the format that its content shows, or the reason
// in French why it is not read.
//
// Nothing is unpacked to a disk: what these files hold is nominative.
package schoolfile

import (
	"bytes"
	"io"
	"strings"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/table"
)

// mostNested is the size of a zip within a zip: it is held in memory while it is read.
const mostNested = 64 << 20

// startSize is how much of a file tells its format.
const startSize = 64 << 10

// Limits bound what a delivered file can cost; zero fields take the defaults of package table.
type Limits = table.Limits

// A File is a delivered file with what was in it.
type File struct {
	Name    string // as the sender called it, for display only
	Entries []*Entry
}

// An Entry is one file, out of its packing.
type Entry struct {
	Name   string         // path in the archive, "" for a file that is none
	Size   int64          // bytes once unpacked, -1 when only reading tells
	Format *record.Format // nil when it is not read
	Why    string         // it is not read, in French
	open   func() (io.Reader, error)
}

// Open finds out from its content what a file of size bytes holds. Its error is a
// *belvedere.Error about the archive as a whole; an entry that is not read has its reason. The
// file must stay open as long as its entries are read.
func Open(file io.ReaderAt, size int64, name string, lim Limits) (*File, error) {
	f := &File{Name: name}
	if size == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Le fichier est vide. Refaites l’export, puis renvoyez-le.")
	}
	return f, f.add(file, size, "", lim, true)
}

// add finds the entries of a file whose path is under a prefix.
func (f *File) add(file io.ReaderAt, size int64, prefix string, lim Limits, nest bool) error {
	entries, err := table.Entries(file, size, lim)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.Name = prefix + e.Name
		if e.IsZip && nest {
			err = f.nested(e, lim)
		} else {
			err = f.one(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nested opens a zip within a zip: people pack several exports, which SIECLE has each packed.
func (f *File) nested(e *table.Entry, lim Limits) error {
	in, err := e.Reader()
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(in, mostNested+1))
	if err != nil {
		return err
	}
	if len(b) > mostNested {
		f.Entries = append(f.Entries, &Entry{Name: e.Name, Size: e.Size, Why: "Cette archive dans une archive est trop grande. Envoyez-la seule."})
		return nil
	}
	return f.add(bytes.NewReader(b), int64(len(b)), e.Name+"/", lim, false)
}

// one finds the format of an entry.
func (f *File) one(e *table.Entry) error {
	one := &Entry{Name: e.Name, Size: e.Size, open: e.Reader}
	f.Entries = append(f.Entries, one)
	if e.IsZip {
		one.Why = "Des archives sont emboîtées trop profond. Envoyez les fichiers eux-mêmes."
		return nil
	}
	in, err := e.Reader()
	if err != nil {
		return err
	}
	start, err := io.ReadAll(io.LimitReader(in, startSize))
	if err != nil {
		return err
	}
	one.Format, one.Why = Detect(start)
	one.Format = asChanges(one.Format, f.Name+"/"+e.Name)
	return nil
}

// Read reads the entry for a visitor, whose faults then name the entry. Its error is that of the
// visitor as it is, or a *belvedere.Error that says in French what is wrong with the file.
func (e *Entry) Read(v record.Visitor) error {
	if e.Format == nil {
		return e.named(belvedere.Errorf(belvedere.Invalid, "%s", e.Why))
	}
	in, err := e.open()
	if err != nil {
		return err
	}
	w := &within{Visitor: v, name: e.Name}
	if err := e.Format.Read(in, w); err != nil && w.said == nil {
		return e.named(err)
	}
	return w.said
}

// named says of which entry of an archive an error is, unless it says so itself.
func (e *Entry) named(err error) error {
	said, ok := err.(*belvedere.Error)
	if !ok || e.Name == "" || said.Kind == belvedere.Internal || strings.Contains(said.Message, e.Name) {
		return err
	}
	return belvedere.WrapError(said.Kind, said.Cause, "%s", "«"+belvedere.NoBreak+e.Name+belvedere.NoBreak+"»"+belvedere.NoBreak+": "+said.Message)
}

// within passes on what a reader finds in an entry, and keeps apart the errors of the visitor.
type within struct {
	record.Visitor
	name string
	said error
}

func (w *within) Head(h record.Head) error {
	w.said = w.Visitor.Head(h)
	return w.said
}

func (w *within) Record(r record.Record) error {
	w.said = w.Visitor.Record(r)
	return w.said
}

func (w *within) Fault(f belvedere.Fault) error {
	if f.File == "" {
		f.File = w.name
	}
	w.said = w.Visitor.Fault(f)
	return w.said
}
