package door

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	piece      = 64 << 10
	pieceTime  = time.Minute // a reader slower than that keeps others waiting for its turn
	askAgainAt = time.Second
)

// Send writes a body piece by piece and asks again, each second that it lasts, whether its reader
// may still have it: a slow connection must not outlive a right. Its error is that of still; a
// reader that went away is none.
func Send(w http.ResponseWriter, body []byte, now func() time.Time, still func() error) error {
	_, err := Copy(w, bytes.NewReader(body), now, still)
	return err
}

// Copy is Send for what does not fit in memory. It tells how much was written; its error is that of
// still, or of what it reads.
func Copy(w http.ResponseWriter, body io.Reader, now func() time.Time, still func() error) (written int64, err error) {
	connection := http.NewResponseController(w)
	asked, buf := now(), make([]byte, piece)
	for {
		n, err := io.ReadFull(body, buf)
		if n > 0 {
			if err := connection.SetWriteDeadline(time.Now().Add(pieceTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return written, nil // the connection is closed
			}
			if _, err := w.Write(buf[:n]); err != nil {
				return written, nil // the reader went away
			}
			written += int64(n)
		}
		switch {
		case err == io.EOF, err == io.ErrUnexpectedEOF:
			return written, nil
		case err != nil:
			return written, err
		}
		if now().Sub(asked) > askAgainAt {
			if err := still(); err != nil {
				return written, fmt.Errorf("answer stopped: %w", err)
			}
			asked = now()
		}
	}
}
