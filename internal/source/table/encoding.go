package table

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// An Encoding is a character encoding of a file.
type Encoding string

// The encodings that are read. The empty one means that it is to be detected.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1252 Encoding = "windows-1252"
	ISO885915   Encoding = "iso-8859-15"
)

// Label is the name of the encoding as people write it.
func (e Encoding) Label() string {
	switch e {
	case UTF16LE, UTF16BE:
		return "UTF-16"
	case Windows1252:
		return "Windows-1252"
	case ISO885915:
		return "ISO-8859-15"
	}
	return "UTF-8"
}

// byteOrderMark tells which encoding a file announces and how long its mark is.
func byteOrderMark(head []byte) (Encoding, int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return UTF16BE, 2
	}
	return "", 0
}

// silentUTF16 recognises UTF-16 without a mark: nearly every other byte of French text is NUL.
func silentUTF16(head []byte) Encoding {
	var nul [2]int
	pairs := len(head) / 2
	for i := range pairs * 2 {
		if head[i] == 0 {
			nul[i&1]++
		}
	}
	switch {
	case pairs < 2:
		return ""
	case nul[1]*10 >= pairs*6 && nul[0]*20 <= pairs:
		return UTF16LE
	case nul[0]*10 >= pairs*6 && nul[1]*20 <= pairs:
		return UTF16BE
	}
	return ""
}

// A survey counts what tells the one-byte encodings and UTF-8 apart.
type survey struct {
	sequences int // characters of several bytes, valid in UTF-8
	strays    int // bytes that UTF-8 does not allow
	controls  int // strays in 0x80-0x9F: letters and quotes of Windows-1252 only
	latin9    int // strays that make sense in ISO-8859-15 only: €, and œ beside a letter
}

// Enough evidence to stop reading.
const plenty = 8192

// longestBlind is how far a survey goes through text without a line end: such a file is refused
// by its reader, and must be refused quickly.
const longestBlind = 8 << 20

// detect reads a text until its encoding is beyond doubt, to its end when it has to: the first
// accent may come after megabytes. An error of r ends it; the reader of rows will meet it again.
func detect(r io.Reader) Encoding {
	var s survey
	chunk := make([]byte, 64<<10)
	kept, blind := 0, 0
	for !s.settled() && blind < longestBlind {
		n, err := io.ReadFull(r, chunk[kept:])
		b := chunk[:kept+n]
		blind += n
		if bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') >= 0 {
			blind = 0
		}
		kept = copy(chunk, s.add(b, err != nil))
		if err != nil {
			break
		}
	}
	return s.verdict()
}

// add counts a chunk and gives back its unfinished end.
func (s *survey) add(b []byte, last bool) []byte {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			for i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&highBits == 0 {
				i += 8
			}
			continue
		}
		if !last && !utf8.FullRune(b[i:]) {
			return b[i:]
		}
		if _, size := utf8.DecodeRune(b[i:]); size > 1 {
			s.sequences++
			i += size
			continue
		}
		s.stray(b, i)
		i++
	}
	return nil
}

func (s *survey) stray(b []byte, i int) {
	s.strays++
	switch c := b[i]; {
	case c < 0xa0:
		s.controls++
	case c == 0xa4:
		s.latin9++
	case (c == 0xbc || c == 0xbd) && i+1 < len(b) && letter(b[i+1]):
		s.latin9++
	}
}

func letter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

func (s *survey) settled() bool {
	if s.strays == 0 {
		return s.sequences >= plenty
	}
	return s.sequences == 0 && s.controls > 0 && s.strays >= plenty || s.sequences+s.strays >= 64*plenty
}

// verdict prefers what the larger number of characters says; the rows of the other encoding
// become faults.
func (s *survey) verdict() Encoding {
	switch {
	case s.sequences >= s.strays:
		return UTF8
	case s.controls == 0 && s.latin9 > 0:
		return ISO885915
	}
	return Windows1252
}
