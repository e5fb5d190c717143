package app

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Bounds of a connection. A sender or a reader that is slower holds a place that others need.
const (
	mostConnections = 4096
	mostAtOnce      = 512              // requests being answered
	stepTime        = 30 * time.Second // for one read or one piece of an answer
	leastRate       = 2 << 10          // bytes a second of a body, once it has lasted for stepTime
	pieceSize       = 64 << 10
)

var errTooSlow = errors.New("app: the body comes too slowly")

// paced gives every read of a body and every piece of an answer its own deadline, and refuses
// bodies that trickle: neither a large file nor a slow line is a fault, a held connection is.
func paced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		r.Body = &pacedBody{ReadCloser: r.Body, control: control, start: time.Now()}
		next.ServeHTTP(&pacedWriter{ResponseWriter: w, control: control}, r)
	})
}

type pacedBody struct {
	io.ReadCloser
	control *http.ResponseController
	start   time.Time
	read    int64
}

func (b *pacedBody) Read(p []byte) (int, error) {
	b.control.SetReadDeadline(time.Now().Add(stepTime)) // not every connection can
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if held := time.Since(b.start); err == nil && held > stepTime && float64(b.read) < leastRate*held.Seconds() {
		return n, errTooSlow
	}
	return n, err
}

type pacedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w *pacedWriter) Write(b []byte) (written int, err error) {
	for {
		piece := b[written:min(len(b), written+pieceSize)]
		w.control.SetWriteDeadline(time.Now().Add(stepTime))
		n, err := w.ResponseWriter.Write(piece)
		if written += n; err != nil || written == len(b) {
			return written, err
		}
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// crowded answers the requests beyond mostAtOnce that they must come again: a flood must not
// take the memory of those that are being answered.
func crowded(most int, next http.Handler) http.Handler {
	turns := make(chan struct{}, most)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", "2")
			http.Error(w, "Trop de demandes à la fois. Réessayez dans un instant.", http.StatusServiceUnavailable)
		}
	})
}
