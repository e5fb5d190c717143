package table

import (
	"io"

	"belvedere"
)

// A Packing is how a delivered file is compressed.
type Packing string

// The packings that are opened.
const (
	Bare Packing = ""
	Gzip Packing = "gzip"
	Zip  Packing = "zip"
)

// An Archive is a delivered file and the tables in it: one for a bare or gzip file, one or more
// for a zip.
type Archive struct {
	Name    string // as the sender called the file
	Packing Packing
	Members []*Member
	Skipped []Skipped // entries of a zip that hold no table
}

// Skipped is an entry of a zip left aside, and why in French.
type Skipped struct{ Name, Why string }

// A Member is one table of an archive. It may be read several times, each time from its start.
type Member struct {
	Name  string // path in the zip; "" for a file that is no zip
	Sheet string // of a workbook
	Kind  Kind
	Size  int64 // bytes once unpacked, -1 when only reading tells
	text  textKind
	lim   Limits
	open  func() (io.Reader, *counter, error)
	book  interface {
		rows(part string) (Rows, error)
	} // of a sheet, and its part
	part string
}

// Open finds out from its content what a file of size bytes holds; its name is for display only. Its error is a
// *belvedere.Error: Invalid for what is no table or no sound archive, TooLarge for what is over
// the limits. The file must stay open as long as its members are read.
func Open(file io.ReaderAt, size int64, name string, lim Limits) (*Archive, error) {
	lim = lim.orDefault()
	m := &Member{Size: size, lim: lim, open: part(file, 0, size)}
	r, c, _ := m.open()
	head, err := readHead(r)
	if err != nil {
		return nil, place{packed: c}.broken(err, 0)
	}
	if layerOf(head) == zipLayer {
		return openZip(file, size, name, lim)
	}
	const nesting = 2 // .csv.gz, packed once more by a browser or a transfer
	if err := m.identify(nesting); err != nil {
		return nil, err
	}
	a := &Archive{Name: name, Members: []*Member{m}}
	if layerOf(head) == gzipLayer {
		a.Packing = Gzip
	}
	return a, nil
}

// part opens a stretch of the file.
func part(file io.ReaderAt, from, size int64) func() (io.Reader, *counter, error) {
	return func() (io.Reader, *counter, error) {
		c := &counter{src: io.NewSectionReader(file, from, size), base: from}
		return c, c, nil
	}
}

// identify finds the kind of a member, under at most nesting layers of gzip.
func (m *Member) identify(nesting int) error {
	for {
		r, c, err := m.open()
		p := place{m.Name, c}
		if err != nil {
			return p.broken(err, 0)
		}
		head, err := readHead(r)
		if err != nil {
			return p.broken(err, 0)
		}
		switch layerOf(head) {
		case gzipLayer:
			if nesting == 0 {
				return p.errorf(belvedere.Invalid, "est compressé plusieurs fois. Renvoyez-le compressé une seule fois.")
			}
			nesting--
			m.unpackGzip()
			continue
		case zipLayer:
			return p.errorf(belvedere.Invalid, "est une archive ou un classeur dans une archive. Envoyez les tableaux eux-mêmes, au format CSV.")
		case parquetLayer:
			m.Kind = Parquet
			return nil
		}
		m.text, err = sniffText(head, p)
		m.Kind = m.text.kind
		return err
	}
}

// unpackGzip puts a layer of unpacking around a member.
func (m *Member) unpackGzip() {
	packed := m.open
	m.Size = -1
	m.open = func() (io.Reader, *counter, error) {
		r, c, err := packed()
		if err != nil {
			return nil, c, err
		}
		z, err := gunzip(r, c, m.lim)
		return z, c, err
	}
}

// Reader gives the unpacked bytes of a member, within the limits: for Parquet, which an engine
// reads by itself. Its errors are those of Rows.Next.
func (m *Member) Reader() (io.Reader, error) {
	if m.Kind == XLSX {
		return nil, refusal(belvedere.Internal, "Une feuille de classeur se lit ligne par ligne.")
	}
	r, c, err := m.open()
	p := place{m.Name, c}
	if err != nil {
		return nil, p.broken(err, 0)
	}
	return &explained{r, p}, nil
}

// explained tells in French what goes wrong in a reader.
type explained struct {
	io.Reader
	place
}

func (e *explained) Read(b []byte) (int, error) {
	n, err := e.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = e.broken(err, 0)
	}
	return n, err
}

// Rows reads the member from its first row. Its error is a *belvedere.Error: no header, or a
// file that is broken at once.
func (m *Member) Rows(opt Options) (Rows, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	if m.Kind == Parquet {
		return nil, refusal(belvedere.Internal, "Un fichier Parquet se lit par l’entrepôt, non ligne par ligne.")
	}
	if m.Kind == XLSX {
		return m.book.rows(m.part)
	}
	e := opt.Encoding
	if e == "" {
		e = m.encoding()
	}
	src, c, err := m.characters(e)
	p := place{m.Name, c}
	if err != nil {
		return nil, p.broken(err, 0)
	}
	if m.Kind == CSV {
		return newCSV(src, p, newDecoder(e), opt, m.lim)
	}
	keys, err := newNDJSON(src, p, e, m.lim).collectKeys()
	if err != nil {
		return nil, err
	}
	if src, p.packed, err = m.characters(e); err != nil {
		return nil, p.broken(err, 0)
	}
	rows := newNDJSON(src, p, e, m.lim)
	rows.setKeys(keys)
	return rows, nil
}

func (o Options) check() error {
	switch o.Encoding {
	case "", UTF8, UTF16LE, UTF16BE, Windows1252, ISO885915:
	default:
		return refusal(belvedere.Invalid, "L’encodage « "+excerpt([]byte(o.Encoding))+" » n’est pas connu.")
	}
	switch o.Delimiter {
	case 0, ';', ',', '\t', '|':
		return nil
	}
	return refusal(belvedere.Invalid, "Le séparateur doit être un point-virgule, une virgule, une tabulation ou une barre verticale.")
}

// encoding is what the first bytes say, or else a survey of the whole text.
func (m *Member) encoding() Encoding {
	if m.text.encoding != "" {
		return m.text.encoding
	}
	r, _, err := m.open()
	if err != nil {
		return UTF8
	}
	return detect(r)
}

// characters opens the text behind its byte order mark, UTF-16 already turned into UTF-8.
func (m *Member) characters(e Encoding) (io.Reader, *counter, error) {
	r, c, err := m.open()
	if err != nil {
		return nil, c, err
	}
	if _, err := io.CopyN(io.Discard, r, int64(m.text.mark)); err != nil {
		return nil, c, err
	}
	if e == UTF16LE || e == UTF16BE {
		r = newUTF16Reader(r, e)
	}
	return r, c, nil
}
