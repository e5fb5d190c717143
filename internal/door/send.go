package door

import (
	"errors"
	"fmt"
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
	connection := http.NewResponseController(w)
	asked := now()
	for len(body) > 0 {
		n := min(piece, len(body))
		if err := connection.SetWriteDeadline(time.Now().Add(pieceTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return nil // the connection is closed
		}
		if _, err := w.Write(body[:n]); err != nil {
			return nil // the reader went away
		}
		body = body[n:]
		if now().Sub(asked) > askAgainAt && len(body) > 0 {
			if err := still(); err != nil {
				return fmt.Errorf("answer stopped: %w", err)
			}
			asked = now()
		}
	}
	return nil
}
