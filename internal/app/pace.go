package app

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"belvedere/internal/door"
)

// Bounds of what is answered at once. A sender or a reader that is slow holds a place that others need.
const (
	mostConnections = 4096
	mostAtOnce      = 512            // requests being answered
	mostOfNetwork   = mostAtOnce / 2 // of which one network holds no more
	pieceSize       = 64 << 10
)

// A pace is how slowly a body may come and an answer go.
type pace struct {
	step time.Duration // for one read or one piece of an answer
	in   float64       // bytes a second of a body, once it has lasted for step
	out  float64       // of an answer: until it is sent it keeps others from theirs
}

var usualPace = pace{30 * time.Second, 2 << 10, 8 << 10}

var errTooSlow = errors.New("app: the other end is too slow")

// kept tells whether so many bytes in a time are enough.
func (p pace) kept(bytes int64, since time.Time, rate float64) bool {
	held := time.Since(since)
	return held <= p.step || float64(bytes) >= rate*held.Seconds()
}

// around gives every read of a body and every piece of an answer its own deadline, and refuses
// bodies that trickle: neither a large file nor a slow line is a fault, a held connection is.
func (p pace) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &pacedBody{ReadCloser: r.Body, pace: p, control: control, start: time.Now()}
		}
		next.ServeHTTP(&pacedWriter{ResponseWriter: w, pace: p, control: control}, r)
	})
}

type pacedBody struct {
	io.ReadCloser
	pace    pace
	control *http.ResponseController
	start   time.Time
	read    int64
}

func (b *pacedBody) Read(p []byte) (int, error) {
	b.control.SetReadDeadline(time.Now().Add(b.pace.step)) // not every connection can
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if err == nil && !b.pace.kept(b.read, b.start, b.pace.in) {
		return n, errTooSlow
	}
	return n, err
}

type pacedWriter struct {
	http.ResponseWriter
	pace    pace
	control *http.ResponseController
	start   time.Time // of the first piece
	sent    int64
}

func (w *pacedWriter) Write(b []byte) (written int, err error) {
	if w.start.IsZero() {
		w.start = time.Now()
	}
	for {
		piece := b[written:min(len(b), written+pieceSize)]
		w.control.SetWriteDeadline(time.Now().Add(w.pace.step))
		n, err := w.ResponseWriter.Write(piece)
		w.sent += int64(n)
		if written += n; err != nil || written == len(b) {
			return written, err
		}
		if !w.pace.kept(w.sent, w.start, w.pace.out) {
			return written, errTooSlow
		}
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// crowded answers the requests beyond a number that they must come again: a flood must not take
// the memory of those that are being answered.
func crowded(most int, next http.Handler) http.Handler {
	turns := make(chan struct{}, most)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
			next.ServeHTTP(w, r)
		default:
			tooMany(w)
		}
	})
}

// shared does so for each network, so that none of them takes the places of all others. This
// machine is none.
func shared(most int, next http.Handler) http.Handler {
	var mu sync.Mutex
	held := map[string]int{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if door.FromMachine(r) {
			next.ServeHTTP(w, r)
			return
		}
		network := door.Network(door.Address(r))
		mu.Lock()
		full := held[network] >= most
		if !full {
			held[network]++
		}
		mu.Unlock()
		if full {
			tooMany(w)
			return
		}
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			if held[network]--; held[network] == 0 {
				delete(held, network)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func tooMany(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "2")
	http.Error(w, "Trop de demandes à la fois. Réessayez dans un instant.", http.StatusServiceUnavailable)
}
