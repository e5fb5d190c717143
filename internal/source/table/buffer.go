package table

import (
	"io"
	"unicode/utf8"
)

// A buffer is a window on a stream that always holds the whole current record. It grows up to
// most bytes and never further; positions within the window survive fill.
type buffer struct {
	src      io.Reader
	data     []byte
	pos, end int   // data[pos:end] is the window
	base     int64 // offset of data[0] in the stream
	most     int
	err      error // why src gives no more
}

// The answers of fill.
type filling uint8

const (
	grew  filling = iota // the window is longer
	full                 // the window has reached its cap
	ended                // src has ended: see err
)

const firstBuffer = 128 << 10

func newBuffer(src io.Reader, most int) buffer {
	return buffer{src: src, data: make([]byte, min(firstBuffer, most)), most: most}
}

func (b *buffer) window() []byte { return b.data[b.pos:b.end] }
func (b *buffer) advance(n int)  { b.pos += n }

// at is the offset of the window in the stream.
func (b *buffer) at() int64 { return b.base + int64(b.pos) }

// fill reads more of the stream behind the window.
func (b *buffer) fill() filling {
	if b.err != nil {
		return ended
	}
	if b.pos > 0 {
		copy(b.data, b.data[b.pos:b.end])
		b.base, b.end, b.pos = b.at(), b.end-b.pos, 0
	}
	if len(b.data)-b.end < utf8.UTFMax { // no room for what a decoder gives at once
		if len(b.data) >= b.most {
			return full
		}
		larger := make([]byte, min(2*len(b.data), b.most))
		copy(larger, b.data)
		b.data = larger
	}
	for range 100 {
		n, err := b.src.Read(b.data[b.end:])
		b.end += n
		if err != nil {
			b.err = err
		}
		if n > 0 {
			return grew
		}
		if err != nil {
			return ended
		}
	}
	b.err = io.ErrNoProgress
	return ended
}
