package table

import (
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// badUnit stands in the UTF-8 output for what UTF-16 does not allow. UTF-8 does not allow it
// either, so the row that holds it becomes a fault.
const badUnit = 0xff

// A utf16Reader gives UTF-16 text as UTF-8. A lone surrogate and an odd last byte become badUnit.
type utf16Reader struct {
	src   io.Reader
	order binary.ByteOrder
	raw   []byte // raw[from:to] is read and not yet decoded
	from  int
	to    int
	err   error
}

func newUTF16Reader(src io.Reader, e Encoding) *utf16Reader {
	r := &utf16Reader{src: src, order: binary.LittleEndian, raw: make([]byte, 32<<10)}
	if e == UTF16BE {
		r.order = binary.BigEndian
	}
	return r
}

// Read decodes as many whole characters as p can hold; p must have room for one (four bytes).
func (r *utf16Reader) Read(p []byte) (int, error) {
	if len(p) < utf8.UTFMax {
		return 0, io.ErrShortBuffer
	}
	n := 0
	for n+utf8.UTFMax <= len(p) {
		c, size := r.character()
		if size == 0 {
			if n > 0 {
				return n, nil
			}
			if r.err != nil {
				return 0, r.err
			}
			r.fill()
			continue
		}
		r.from += size
		if c < 0 {
			p[n] = badUnit
			n++
			continue
		}
		n += utf8.EncodeRune(p[n:], c)
	}
	return n, nil
}

// character decodes the next one and tells how many bytes it takes: none when more must be
// read first, and -1 instead of a rune for what UTF-16 does not allow.
func (r *utf16Reader) character() (rune, int) {
	b := r.raw[r.from:r.to]
	final := r.err != nil
	switch {
	case len(b) == 1 && final:
		return -1, 1
	case len(b) < 2:
		return 0, 0
	}
	c := rune(r.order.Uint16(b))
	if !utf16.IsSurrogate(c) {
		return c, 2
	}
	if len(b) < 4 && !final {
		return 0, 0
	}
	if len(b) >= 4 {
		if pair := utf16.DecodeRune(c, rune(r.order.Uint16(b[2:]))); pair != utf8.RuneError {
			return pair, 4
		}
	}
	return -1, 2
}

func (r *utf16Reader) fill() {
	r.to = copy(r.raw, r.raw[r.from:r.to])
	r.from = 0
	n, err := r.src.Read(r.raw[r.to:])
	r.to += n
	r.err = err
}
