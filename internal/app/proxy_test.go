package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestThroughProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy", "198.51.100.7:4000", nil, "198.51.100.7:4000"},
		{"a client that lies", "198.51.100.7:4000", []string{"127.0.0.1"}, "198.51.100.7:4000"},
		{"one proxy", "10.1.2.3:4000", []string{"198.51.100.7"}, "198.51.100.7:0"},
		{"a client that lies behind a proxy", "10.1.2.3:4000", []string{"127.0.0.1, 198.51.100.7"}, "198.51.100.7:0"},
		{"two proxies", "10.1.2.3:4000", []string{"198.51.100.7, 10.9.9.9"}, "198.51.100.7:0"},
		{"two headers", "10.1.2.3:4000", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7:0"},
		{"no address", "10.1.2.3:4000", []string{"198.51.100.7, unknown"}, "10.1.2.3:4000"},
		{"only proxies", "10.1.2.3:4000", []string{"10.9.9.9"}, "10.1.2.3:4000"},
		{"version 6", "[fd00::1]:4000", []string{"2001:db8::7"}, "[2001:db8::7]:0"},
		{"mapped", "[::ffff:10.1.2.3]:4000", []string{"::ffff:198.51.100.7"}, "198.51.100.7:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			h := throughProxies(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.peer
			for _, f := range c.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestOwnHost(t *testing.T) {
	h := ownHost(map[string]bool{"console.sarvane.example": true, "localhost": true}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, want := range map[string]int{
		"console.sarvane.example": 200, "CONSOLE.sarvane.example:8443": 200, "localhost:8080": 200, "127.0.0.1": 200, "[::1]:8080": 200,
		"autre.example": 421, "127.0.0.1.autre.example": 421, "192.0.2.1": 421, "": 421,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestCrowded(t *testing.T) {
	in, out := make(chan struct{}), make(chan struct{})
	h := crowded(1, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { in <- struct{}{}; <-out }))
	go h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	<-in
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("the second got %d", w.Code)
	}
	close(out)
}
