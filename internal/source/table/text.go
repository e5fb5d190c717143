package table

import (
	"encoding/binary"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Masks to look at eight bytes at once.
const (
	highBits = 0x8080808080808080
	lowBits  = 0x0101010101010101
)

// look tells whether a text holds bytes outside ASCII, and NUL bytes.
func look(b []byte) (high, nul bool) {
	var highs, nuls uint64
	for ; len(b) >= 8; b = b[8:] {
		v := binary.LittleEndian.Uint64(b)
		highs |= v
		nuls |= (v - lowBits) &^ v
	}
	for _, c := range b {
		highs |= uint64(c)
		nuls |= (uint64(c) - 1) &^ uint64(c) & 0x80
	}
	return highs&highBits != 0, nuls&highBits != 0
}

// A letterTable gives the UTF-8 of each byte of a one-byte encoding; an empty text marks a byte
// that means nothing there.
type letterTable [256][]byte

var letters = map[Encoding]*letterTable{
	Windows1252: newLetterTable(charmap.Windows1252),
	ISO885915:   newLetterTable(charmap.ISO8859_15),
}

func newLetterTable(m *charmap.Charmap) *letterTable {
	var t letterTable
	for c := range t {
		r := m.DecodeByte(byte(c))
		// The five holes of Windows-1252, and the controls 0x80-0x9F: no school writes them.
		if r == utf8.RuneError || (r >= 0x80 && r < 0xa0) {
			continue
		}
		t[c] = utf8.AppendRune(nil, r)
	}
	return &t
}

// A decoder turns the text of one record into UTF-8. Its result stays valid until the next record.
type decoder struct {
	encoding Encoding
	letters  *letterTable // of a one-byte encoding, else nil
	room     []byte
	// undecided until the first text outside ASCII: see settle.
	undecided bool
}

func newDecoder(e Encoding) decoder { return decoder{encoding: e, letters: letters[e]} }

// refuses tells whether a record cannot be of the encoding: bytes that it does not allow, or a
// line in UTF-8 amid a one-byte encoding.
func (d *decoder) refuses(record []byte) bool {
	if d.letters == nil {
		return !utf8.Valid(record)
	}
	for _, c := range record {
		if c >= utf8.RuneSelf && d.letters[c] == nil {
			return true
		}
	}
	return looksUTF8(record)
}

// reserve makes room for a record, so that decoding its fields moves nothing.
func (d *decoder) reserve(record int) {
	if cap(d.room) < 3*record {
		d.room = make([]byte, 0, 3*record)
	}
	d.room = d.room[:0]
}

// decode gives a part of a record as UTF-8. Reserve was called for the record.
func (d *decoder) decode(b []byte) []byte {
	if d.letters == nil {
		return b
	}
	if high, _ := look(b); !high {
		return b
	}
	from := len(d.room)
	for _, c := range b {
		if c < utf8.RuneSelf {
			d.room = append(d.room, c)
		} else {
			d.room = append(d.room, d.letters[c]...)
		}
	}
	return d.room[from:len(d.room):len(d.room)]
}

// looksUTF8 tells whether a text outside ASCII is UTF-8 of the letters that French uses (é, ç, €,
// ’…), read in a one-byte encoding as "Ã©" or "â€™". Such pairs do not occur in real words,
// whereas "É»" might.
func looksUTF8(b []byte) bool {
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		switch c {
		case 0xc2, 0xc3, 0xc5, 0xe2:
			return utf8.Valid(b[i:])
		}
		return false
	}
	return false
}
