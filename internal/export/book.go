package export

import (
	"archive/zip"
	"bufio"
	"hash/crc32"
	"io"
	"strings"
	"time"
)

// A book is the archive that a workbook of a spreadsheet is, written part after part: what is written leaves at
// once, so that rows of persons lie in no temporary file, as they do when a library gathers the parts first.
type book struct {
	zip  *zip.Writer
	made time.Time
	err  error // the first one; nothing is written after it
}

func newBook(w io.Writer, made time.Time) *book { return &book{zip: zip.NewWriter(w), made: made} }

// raw adds a part that is not compressed, with its size before it: readers know a format of OpenDocument by it.
func (b *book) raw(name, text string) {
	if b.err != nil {
		return
	}
	h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(text)), CompressedSize64: uint64(len(text)), UncompressedSize64: uint64(len(text))}
	var w io.Writer
	if w, b.err = b.zip.CreateRaw(h); b.err == nil {
		_, b.err = io.WriteString(w, text)
	}
}

// text adds a part.
func (b *book) text(name, text string) {
	b.part(name, func(w *bufio.Writer) error { _, err := w.WriteString(text); return err })
}

// part adds a part that write writes.
func (b *book) part(name string, write func(*bufio.Writer) error) {
	if b.err != nil {
		return
	}
	var w io.Writer
	if w, b.err = b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.made}); b.err != nil {
		return
	}
	buffered := bufio.NewWriterSize(w, 32<<10)
	if b.err = write(buffered); b.err == nil {
		b.err = buffered.Flush()
	}
}

func (b *book) close() error {
	if b.err != nil {
		return b.err
	}
	return b.zip.Close()
}

// xmlHead begins each part.
const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

var xmlSigns = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// xmlText is a clean text within an element or an attribute.
func xmlText(s string) string { return xmlSigns.Replace(s) }
