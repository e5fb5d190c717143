package table

import (
	"io"
)

// An Entry is a file as it was before it was packed, of whatever kind: a delivered file out of its
// gzip, or an entry of a zip. It may be read several times.
type Entry struct {
	Name  string // path in the zip; "" for a file that is no zip
	Size  int64  // bytes once unpacked, -1 when only reading tells
	IsZip bool   // a zip within a zip
	m     *Member
}

// Reader gives the bytes of the entry within the limits. Its errors are those of Rows.Next.
func (e *Entry) Reader() (io.Reader, error) { return e.m.Reader() }

// Entries unpacks a file of size bytes without asking what it holds. Its error is a
// *belvedere.Error: the archive is broken, hostile or over the limits.
func Entries(file io.ReaderAt, size int64, lim Limits) ([]*Entry, error) {
	lim = lim.orDefault()
	m := &Member{Size: size, lim: lim, open: part(file, 0, size)}
	layer, err := m.layer()
	if err != nil {
		return nil, err
	}
	if layer != zipLayer {
		e, err := m.entry(2) // .xml.gz, packed once more by a transfer
		return []*Entry{e}, err
	}
	files, err := readDirectory(file, size, lim)
	if err != nil {
		return nil, err
	}
	if err := checkWorkbook(files); err != nil {
		return nil, err
	}
	var list []*Entry
	for _, f := range files {
		m, err := entryMember(file, f, lim)
		if err != nil {
			return nil, err
		}
		if m == nil {
			continue
		}
		e, err := m.entry(1)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// layer tells how a member is packed, by its first bytes.
func (m *Member) layer() (layer, error) {
	r, c, err := m.open()
	p := place{m.Name, c}
	if err != nil {
		return 0, p.broken(err, 0)
	}
	head, err := readHead(r)
	if err != nil {
		return 0, p.broken(err, 0)
	}
	return layerOf(head), nil
}

// entry takes at most nesting layers of gzip off a member.
func (m *Member) entry(nesting int) (*Entry, error) {
	for ; ; nesting-- {
		l, err := m.layer()
		if err != nil {
			return nil, err
		}
		if l != gzipLayer || nesting == 0 {
			return &Entry{Name: m.Name, Size: m.Size, IsZip: l == zipLayer, m: m}, nil
		}
		m.unpackGzip()
	}
}
