package table

import (
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"belvedere"
)

// A counter reads a part of the delivered file and tells how far it is.
type counter struct {
	src  io.Reader
	base int64 // where the part starts in the file
	n    atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n.Add(int64(n))
	if err != nil && err != io.EOF {
		err = &diskError{err}
	}
	return n, err
}

func (c *counter) offset() int64 { return c.base + c.n.Load() }

// A diskError is ours, whereas other errors of reading come from what the file holds.
type diskError struct{ cause error }

func (e *diskError) Error() string { return "reading the landing file: " + e.cause.Error() }
func (e *diskError) Unwrap() error { return e.cause }

// A guard stops an unpacking that goes over the limits.
type guard struct {
	src    io.Reader
	packed *counter
	lim    Limits
	n      int64
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.src.Read(p)
	g.n += int64(n)
	switch {
	case g.n > g.lim.Unpacked:
		return 0, tooBig(g.lim)
	case g.n > freeUnpacking && g.n/g.lim.Ratio > g.packed.n.Load():
		return 0, tooDense(g.lim)
	}
	return n, err
}

func tooBig(lim Limits) error {
	return refusal(belvedere.TooLarge, "Le fichier décompressé dépasse "+sizeOf(lim.Unpacked)+". Découpez-le en plusieurs livraisons.")
}

func tooDense(lim Limits) error {
	return refusal(belvedere.TooLarge, "Le fichier est refusé : décompressé, il occupe plus de "+number(lim.Ratio)+
		" fois sa taille, comme une archive piégée. Envoyez-le sans compression.")
}

// gunzip gives the bytes of a gzip stream, its parts one after the other.
func gunzip(src io.Reader, packed *counter, lim Limits) (io.Reader, error) {
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, err
	}
	return &guard{src: z, packed: packed, lim: lim}, nil
}

// inflate gives the bytes of a deflate stream.
func inflate(src io.Reader) io.Reader { return flate.NewReader(src) }

// A sealed reader holds a member to the size and checksum that its archive announces.
type sealed struct {
	src  io.Reader
	left int64
	sum  hash.Hash32
	want uint32
}

func newSealed(src io.Reader, size int64, sum uint32) *sealed {
	return &sealed{src: src, left: size, sum: crc32.NewIEEE(), want: sum}
}

func (s *sealed) Read(p []byte) (int, error) {
	n, err := s.src.Read(p)
	s.sum.Write(p[:n])
	s.left -= int64(n)
	switch {
	case s.left < 0:
		return 0, errSeal
	case err == io.EOF && s.left > 0:
		return n, io.ErrUnexpectedEOF
	case err == io.EOF && s.sum.Sum32() != s.want:
		return 0, errSeal
	}
	return n, err
}

// errSeal says that a member is not what its archive announces.
var errSeal = errors.New("size or checksum differ from those announced")

// A place is where rows come from, for messages and progress.
type place struct {
	member string // of an archive, "" otherwise
	packed *counter
}

// Offset implements Rows.
func (p place) Offset() int64 { return p.packed.offset() }

// errorf makes an error whose subject is the file.
func (p place) errorf(kind belvedere.Kind, says string) error {
	if p.member == "" {
		return refusal(kind, "Le fichier "+says)
	}
	return refusal(kind, "Dans l’archive, le fichier « "+excerpt([]byte(p.member))+" » "+says)
}

// noTable makes the error about a file that holds something else than a table.
func (p place) noTable(says string) error {
	return &belvedere.Error{Kind: belvedere.Invalid, Message: belvedere.Message(p.errorf(belvedere.Invalid, says)), Cause: errNoTable}
}

// broken explains an error met after some whole lines.
func (p place) broken(err error, line int64) error {
	where := "dès le début"
	if line > 0 {
		where = "après la ligne " + number(line)
	}
	var said *belvedere.Error
	var disk *diskError
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &disk):
		return belvedere.WrapError(belvedere.Internal, err, "La lecture du fichier a échoué.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return p.errorf(belvedere.Invalid, "est tronqué "+where+" : la fin de ses données compressées manque. Renvoyez-le en entier.")
	}
	return &belvedere.Error{Kind: belvedere.Invalid, Cause: err, Message: belvedere.Message(
		p.errorf(belvedere.Invalid, "est abîmé "+where+" : ses données compressées ne correspondent pas à leur somme de contrôle. Refaites-le, puis renvoyez-le."))}
}

// endless refuses a file one of whose lines does not end.
func (p place) endless(line int64, most int) error {
	return p.errorf(belvedere.TooLarge, "est refusé : la ligne "+number(line)+" dépasse "+sizeOf(int64(most)*longestSkip)+
		" sans se terminer. Vérifiez ses fins de ligne, puis renvoyez-le.")
}

func refusal(kind belvedere.Kind, message string) error {
	return belvedere.Errorf(kind, "%s", french(message))
}
