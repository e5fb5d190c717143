package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// hurried is a pace at which tests need not wait.
var hurried = pace{100 * time.Millisecond, 10_000, 10_000}

// served answers by a handler whose error the test reads.
func served(t *testing.T, h func(w http.ResponseWriter, r *http.Request) error) (*httptest.Server, chan error) {
	t.Helper()
	errs := make(chan error, 10)
	s := httptest.NewServer(hurried.around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { errs <- h(w, r) })))
	t.Cleanup(s.Close)
	return s, errs
}

// dial opens a connection and writes the head of a request.
func dial(t *testing.T, s *httptest.Server, head string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, head); err != nil {
		t.Fatal(err)
	}
	return c
}

func readAll(_ http.ResponseWriter, r *http.Request) error {
	_, err := io.Copy(io.Discard, r.Body)
	return err
}

const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"

// TestSlowBodies sends a body that stops, and one that trickles: both are given up.
func TestSlowBodies(t *testing.T) {
	s, errs := served(t, readAll)
	dial(t, s, post+"x")
	if err := <-errs; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a body that stops: %v", err)
	}
	c := dial(t, s, post)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				c.Write([]byte("x"))
			}
		}
	}()
	if err := <-errs; !errors.Is(err, errTooSlow) {
		t.Errorf("a body that trickles: %v", err)
	}
}

// TestSlowReaders asks for much and reads nothing, or a little at a time.
func TestSlowReaders(t *testing.T) {
	much := make([]byte, 64<<20)
	s, errs := served(t, func(w http.ResponseWriter, _ *http.Request) error { _, err := w.Write(much); return err })
	dial(t, s, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if err := <-errs; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("nothing is read: %v", err)
	}
	slow := pace{time.Minute, 0, 0}
	w := &pacedWriter{ResponseWriter: httptest.NewRecorder(), pace: slow, control: http.NewResponseController(httptest.NewRecorder()), start: time.Now().Add(-2 * time.Minute)}
	if _, err := w.Write(much[:3*pieceSize]); err != nil {
		t.Errorf("a slow reader that no rate hurries: %v", err)
	}
	w.pace.out = 8 << 10
	if n, err := w.Write(much[:3*pieceSize]); !errors.Is(err, errTooSlow) || n != pieceSize {
		t.Errorf("a slow reader: %d bytes, %v", n, err)
	}
}

// TestLongWorkAfterABody reads a body, then works for longer than any step: who waits for the
// answer gets it.
func TestLongWorkAfterABody(t *testing.T) {
	s, errs := served(t, func(w http.ResponseWriter, r *http.Request) error {
		if err := readAll(w, r); err != nil {
			return err
		}
		select {
		case <-r.Context().Done():
			return fmt.Errorf("the request ended: %w", r.Context().Err())
		case <-time.After(3 * hurried.step):
		}
		_, err := io.WriteString(w, "fait")
		return err
	})
	res, err := http.Post(s.URL, "text/plain", strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "fait" {
		t.Errorf("%q %v", body, err)
	}
	if err := <-errs; err != nil {
		t.Error(err)
	}
}

// TestSlowHeads begins a request and never ends it.
func TestSlowHeads(t *testing.T) {
	usual := new(App).server(nil)
	if usual.ReadHeaderTimeout <= 0 || usual.ReadHeaderTimeout > 10*time.Second || usual.IdleTimeout <= 0 || usual.MaxHeaderBytes > 64<<10 {
		t.Errorf("the server waits %v for a head of %d bytes and %v for the next", usual.ReadHeaderTimeout, usual.MaxHeaderBytes, usual.IdleTimeout)
	}
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config = usual
	usual.Handler, usual.ReadHeaderTimeout = http.NotFoundHandler(), 50*time.Millisecond
	s.Start()
	defer s.Close()
	c := dial(t, s, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Errorf("the connection is not closed: %v", err)
	}
	c = dial(t, s, "GET / HTTP/1.1\r\nHost: x\r\nX-Large: "+strings.Repeat("x", 100<<10)+"\r\n\r\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "431") {
		t.Errorf("a large head: %q %v", line, err)
	}
}

// TestOneNetworkLeavesRoom fills the places of one network: others have theirs.
func TestOneNetworkLeavesRoom(t *testing.T) {
	in, out := make(chan struct{}), make(chan struct{})
	h := shared(2, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { in <- struct{}{}; <-out }))
	ask := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	done := make(chan struct{}, 5)
	for _, address := range []string{"[2001:db8::1]:1", "[2001:db8::2]:1", "192.0.2.1:1", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"} {
		go func() { ask(address); done <- struct{}{} }()
		<-in
	}
	if w := ask("[2001:db8::3]:1"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("the third of a network got %d", w.Code)
	}
	for range 6 {
		out <- struct{}{}
		<-done
	}
	go func() { ask("[2001:db8::3]:1"); done <- struct{}{} }()
	<-in
	out <- struct{}{}
	<-done
}
