package table

import (
	"bytes"
	"io"
)

// streamStart is how much of a stream is looked at before its first row is given.
const streamStart = 1 << 20

// Stream reads a table from a stream that cannot be read twice, as a member of an archive that
// must never lie unpacked on a disk. What Open finds out from the whole file comes from its first
// MiB here; when that holds no accent, from the first row that has one. The stream is already
// unpacked, and bounded by who opened it. Its error is a *belvedere.Error.
func Stream(in io.Reader, lim Limits, opt Options) (Rows, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	lim = lim.orDefault()
	p := place{packed: &counter{src: in}}
	start, err := beginning(p.packed)
	if err != nil && len(start) == 0 && err != io.EOF {
		return nil, p.broken(err, 0)
	}
	head := start[:min(len(start), sniffSize)]
	if l := layerOf(head); l != textLayer {
		return nil, p.noTable("est compressé ou n’est pas un texte. Envoyez le tableau lui-même, au format CSV.")
	}
	text, wrong := sniffText(head, p)
	if wrong != nil {
		return nil, wrong
	}
	start = start[text.mark:]
	d := streamDecoder(opt.Encoding, text.encoding, start, err != nil)
	src := &sample{seen: start, rest: p.packed, err: err}
	if text.kind == CSV {
		return newCSV(characters(src, d.encoding), p, d, opt, lim)
	}
	keys, wrong := newNDJSON(characters(bytes.NewReader(start), d.encoding), p, d.encoding, lim).collectKeys()
	if wrong != nil {
		return nil, wrong
	}
	rows := newNDJSON(characters(src, d.encoding), p, d.encoding, lim)
	rows.decoder = d
	rows.setKeys(keys)
	return rows, nil
}

// beginning reads the first bytes of a stream. An error after some of them is given too.
func beginning(in io.Reader) ([]byte, error) {
	var start bytes.Buffer
	_, err := io.CopyN(&start, in, streamStart)
	return start.Bytes(), err
}

// streamDecoder is of the encoding that was asked for, or announced, or that the start of the
// text shows; otherwise the first row outside ASCII will tell.
func streamDecoder(asked, announced Encoding, start []byte, whole bool) decoder {
	switch {
	case asked != "":
		return newDecoder(asked)
	case announced != "":
		return newDecoder(announced)
	}
	var s survey
	s.add(start, whole)
	d := newDecoder(s.verdict())
	d.undecided = s.sequences+s.strays == 0 && !whole
	return d
}

// settle decides the encoding by a text that goes on from the first row outside ASCII.
func (d *decoder) settle(text []byte) {
	if !d.undecided {
		return
	}
	var s survey
	s.add(text, false)
	*d = newDecoder(s.verdict())
}

// characters gives a text as the scanners read it: UTF-16 turned into UTF-8.
func characters(src io.Reader, e Encoding) io.Reader {
	if e == UTF16LE || e == UTF16BE {
		return newUTF16Reader(src, e)
	}
	return src
}

// Peek names the columns of a table by its first bytes, as they lie in the file; none when it is
// no table.
func Peek(start []byte) []string {
	rows, err := Stream(bytes.NewReader(start), Limits{}, Options{})
	if err != nil {
		return nil
	}
	return rows.Header()
}
