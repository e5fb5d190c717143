package demo

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// table writes one CSV file with semicolons; nothing that is written needs quotes.
type table struct {
	out    *bufio.Writer
	closer []io.Closer
	line   []byte
	err    error
}

// create starts a file of a dataset; a name that ends in .gz is compressed.
func (w *world) create(dataset, name string, head ...string) (*table, error) {
	path := filepath.Join(w.dir, name)
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	w.files = append(w.files, File{dataset, path})
	t := &table{closer: []io.Closer{f}}
	var to io.Writer = f
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
		if err != nil {
			return nil, err
		}
		t.closer = append(t.closer, z)
		to = z
	}
	t.out = bufio.NewWriterSize(to, 1<<16)
	for _, h := range head {
		t.text(h)
	}
	t.end()
	return t, nil
}

func (t *table) text(s string) *table {
	if len(t.line) > 0 {
		t.line = append(t.line, ';')
	}
	t.line = append(t.line, s...)
	return t
}

func (t *table) number(n int) *table {
	if len(t.line) > 0 {
		t.line = append(t.line, ';')
	}
	t.line = strconv.AppendInt(t.line, int64(n), 10)
	return t
}

// end writes the line; the first error is kept for close.
func (t *table) end() {
	t.line = append(t.line, '\n')
	if _, err := t.out.Write(t.line); err != nil && t.err == nil {
		t.err = err
	}
	t.line = t.line[:0]
}

func (t *table) close() error {
	errs := []error{t.err, t.out.Flush()}
	for i := len(t.closer) - 1; i >= 0; i-- {
		errs = append(errs, t.closer[i].Close())
	}
	return errors.Join(errs...)
}
