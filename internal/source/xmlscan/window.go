package xmlscan

import (
	"bytes"
	"errors"
	"io"
)

// errShort asks for more of the file than the window shows.
var errShort = errors.New("the token goes on behind the window")

const firstWindow = 64 << 10

// A window shows a stretch of a stream that holds at least the current token. It grows up to
// most bytes and never further.
type window struct {
	src      io.Reader
	data     []byte
	pos, end int   // data[pos:end] is shown
	base     int64 // offset of data[0] in the stream
	most     int
	err      error // why src gives no more
	wide     bool  // characters may take several bytes

	mark      int64 // offset of the current event
	counted   int64 // offset up to which line ends are counted
	lines     int64 // counted so far
	lineStart int64 // offset of the line where counting stands
}

func newWindow(src io.Reader, lim Limits) window {
	return window{src: src, most: lim.Token, data: make([]byte, min(firstWindow, lim.Token))}
}

func (w *window) view() []byte  { return w.data[w.pos:w.end] }
func (w *window) advance(n int) { w.pos += n }
func (w *window) at() int64     { return w.base + int64(w.pos) }
func (w *window) total() int64  { return w.base + int64(w.end) }

// fill reads on behind the window, as much as there is room: a token that is read again each
// time then costs no more than twice its length.
func (w *window) fill() {
	w.count(w.at())
	copy(w.data, w.view())
	w.base, w.end, w.pos = w.at(), w.end-w.pos, 0
	if w.end > len(w.data)/2 && len(w.data) < w.most {
		larger := make([]byte, min(2*len(w.data), w.most))
		copy(larger, w.data[:w.end])
		w.data = larger
	}
	for empty := 0; w.end < len(w.data) && w.err == nil; {
		n, err := w.src.Read(w.data[w.end:])
		w.end += n
		w.err = err
		if empty++; n > 0 {
			empty = 0
		} else if empty == 100 && err == nil {
			w.err = io.ErrNoProgress
		}
	}
}

// count counts the line ends up to an offset, which lies in the data.
func (w *window) count(to int64) {
	if to <= w.counted {
		return
	}
	b := w.data[w.counted-w.base : to-w.base]
	w.counted = to
	if last := bytes.LastIndexByte(b, '\n'); last >= 0 {
		w.lines += int64(bytes.Count(b, []byte{'\n'}))
		w.lineStart = to - int64(len(b)-last-1)
	}
}

// place gives line and column of an offset that no earlier call has gone past, from 1. The column
// counts characters of the encoding of the file, as far as the line still lies in the window.
func (w *window) place(offset int64) (line int64, column int64) {
	w.count(offset)
	column = offset - w.lineStart + 1
	for _, c := range w.data[max(w.lineStart, w.base)-w.base : offset-w.base] {
		if c&0xc0 == 0x80 && w.wide {
			column--
		}
	}
	return w.lines + 1, column
}
