package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
)

// buffers holds the pages being rendered. A buffer that grew past keepAtMost is let go.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keepAtMost = 4 << 20

func getBuffer() *bytes.Buffer {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	return b
}

func putBuffer(b *bytes.Buffer) {
	if b.Cap() <= keepAtMost {
		buffers.Put(b)
	}
}

// zippers compress answers; the lowest level already divides a table by ten.
var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return z
}}

// write renders a page whole, then sends it.
func (s *server) write(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	b := getBuffer()
	defer putBuffer(b)
	if err := page.Render(r.Context(), b); err != nil {
		return err
	}
	out := getBuffer()
	defer putBuffer(out)
	typeset(out, b.Bytes())
	send(w, r, status, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// worthZipping is the size under which compression costs more than it gains.
const worthZipping = 1 << 10

// send writes a body, compressed when it is text and the reader takes it. An error of the
// connection is the reader's: nothing is left to answer.
func send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	if compressible(contentType) {
		h.Add("Vary", "Accept-Encoding")
		if len(body) >= worthZipping && acceptsGzip(r) {
			z := getBuffer()
			defer putBuffer(z)
			zip(z, body)
			h.Set("Content-Encoding", "gzip")
			body = z.Bytes()
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

func zip(into *bytes.Buffer, body []byte) {
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(into)
	z.Write(body)
	z.Close()
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "image/svg+xml"
}

// acceptsGzip reads Accept-Encoding: gzip (or *) with a weight above zero.
func acceptsGzip(r *http.Request) bool {
	for _, line := range r.Header.Values("Accept-Encoding") {
		for _, one := range strings.Split(line, ",") {
			name, weight, _ := strings.Cut(one, ";")
			if n := strings.ToLower(strings.TrimSpace(name)); n != "gzip" && n != "*" {
				continue
			}
			q, weighted := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			if v, err := strconv.ParseFloat(strings.TrimSpace(q), 64); !weighted || (err == nil && v > 0) {
				return true
			}
		}
	}
	return false
}
