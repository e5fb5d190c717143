package door_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/registry"
)

func TestAddressAndNetwork(t *testing.T) {
	for _, c := range []struct{ remote, address, network string }{
		{"192.0.2.7:4000", "192.0.2.7", "192.0.2.7"},
		{"[::ffff:192.0.2.7]:4000", "192.0.2.7", "192.0.2.7"},
		{"[2001:db8:1:2:3:4:5:6]:4000", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:4000", "fe80::1", "fe80::/64"},
		{"@", "@", "@"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if got := door.Address(r); got != c.address || door.Network(got) != c.network {
			t.Errorf("%s: address %s, network %s", c.remote, got, door.Network(got))
		}
	}
}

func TestFromMachine(t *testing.T) {
	for _, c := range []struct {
		remote, header string
		want           bool
	}{
		{"127.0.0.1:1", "", true},
		{"[::1]:1", "", true},
		{"127.8.8.8:1", "", true},
		{"192.0.2.1:1", "", false},
		{"localhost:1", "", false},
		{"", "", false},
		{"127.0.0.1:1", "X-Forwarded-For", false},
		{"127.0.0.1:1", "X-Forwarded-Host", false},
		{"127.0.0.1:1", "Forwarded", false},
		{"127.0.0.1:1", "Via", false},
		{"127.0.0.1:1", "X-Real-IP", false},
		{"127.0.0.1:1", "X-Other", true},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.header != "" {
			r.Header.Set(c.header, "")
		}
		if got := door.FromMachine(r); got != c.want {
			t.Errorf("%s with %q: %v", c.remote, c.header, got)
		}
	}
}

func TestCovered(t *testing.T) {
	all := belvedere.Scope{AllSchools: true}
	one := belvedere.Scope{Schools: []belvedere.UAI{"0350017D"}}
	for _, c := range []struct {
		name   string
		scope  belvedere.Scope
		filter []string
		want   string
	}{
		{"administrator", all, nil, "[] true"},
		{"administrator, one school", all, []string{"0351234B"}, "[0351234B] false"},
		{"one school", one, nil, "[0350017D] false"},
		{"its own by name", one, []string{"0350017D", "0351234B"}, "[0350017D] false"},
		{"only another", one, []string{"0351234B"}, "[] false"},
		{"no school named", one, []string{"college"}, "[0350017D] false"},
		{"one named, one not", all, []string{"0351234B", "college"}, "[] true"},
		{"nobody", belvedere.Scope{}, nil, "[] false"},
	} {
		schools, whole := door.Covered(c.scope, c.filter)
		if got := fmt.Sprint(schools, whole); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// book is a journal in memory, which fails when told.
type book struct {
	entries []registry.Entry
	fail    error
}

func (b *book) Record(ctx context.Context, e registry.Entry) error {
	if err := errors.Join(b.fail, ctx.Err()); err != nil {
		return err
	}
	b.entries = append(b.entries, e)
	return nil
}

func (b *book) Perimeter(_ context.Context, schools []belvedere.UAI, all bool) (string, error) {
	if all {
		return "*", nil
	}
	return fmt.Sprint(schools), b.fail
}

// TestKeptBeforeTheFirstByte looks at the journal while the answer is written.
func TestKeptBeforeTheFirstByte(t *testing.T) {
	b := &book{}
	gone, leave := context.WithCancel(context.Background())
	leave()
	out := httptest.NewRecorder()
	w := door.NewWriter(out, func(status int) error {
		if out.Body.Len() > 0 {
			t.Error("the answer began before its entry")
		}
		return door.Keep(gone, b, registry.Entry{Login: "a"}, []belvedere.UAI{"0350017D"}, false, status)
	}, nil)
	fmt.Fprint(w, "figures")
	if len(b.entries) != 1 || b.entries[0].Result != "fait" || b.entries[0].Perimeter != "[0350017D]" || out.Body.String() != "figures" {
		t.Errorf("%+v, %q", b.entries, out.Body)
	}
	for status, want := range map[int]string{303: "fait", 403: "refuse", 500: "echec"} {
		if err := door.Keep(gone, b, registry.Entry{}, nil, true, status); err != nil {
			t.Fatal(err)
		}
		last := b.entries[len(b.entries)-1]
		if last.Result != want || (last.Perimeter == "*") != (want == "fait") {
			t.Errorf("%d: %+v", status, last)
		}
	}
}

func TestNothingWithoutJournal(t *testing.T) {
	b := &book{fail: errors.New("disk full")}
	out := httptest.NewRecorder()
	w := door.NewWriter(out, func(status int) error { return door.Keep(context.Background(), b, registry.Entry{}, nil, true, status) },
		func(w http.ResponseWriter) { http.Error(w, door.Unkept, http.StatusServiceUnavailable) })
	w.Header().Set("Set-Cookie", "secret=1")
	w.Header().Set("Content-Disposition", "attachment")
	w.WriteHeader(http.StatusOK)
	fmt.Fprint(w, "figures")
	fmt.Fprint(w, "more figures")
	if out.Code != 503 || strings.Contains(out.Body.String(), "figures") || out.Header().Get("Set-Cookie") != "" || out.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v %q", out.Code, out.Header(), out.Body)
	}
}

func TestLimiter(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := door.NewLimiter(60, func() time.Time { return now })
	through := func(key string, n int) (ok int, wait time.Duration, firsts int) {
		for range n {
			good, w, first := l.Take(key)
			if good {
				ok++
			}
			if first {
				firsts++
			}
			wait = w
		}
		return ok, wait, firsts
	}
	if ok, wait, firsts := through("a", 100); ok != 60 || wait != time.Second || firsts != 1 {
		t.Errorf("at once: %d, %v, %d", ok, wait, firsts)
	}
	if ok, _, _ := through("b", 1); ok != 1 {
		t.Error("another sender pays for the first")
	}
	now = now.Add(10 * time.Second)
	if ok, _, firsts := through("a", 100); ok != 10 || firsts != 1 {
		t.Errorf("ten seconds later: %d, %d", ok, firsts)
	}
	now = now.Add(-time.Hour)
	if ok, _, _ := through("a", 5); ok != 0 {
		t.Errorf("a clock that jumps back lets %d through", ok)
	}
	now = now.Add(24 * time.Hour)
	if ok, _, _ := through("a", 1000); ok != 60 {
		t.Errorf("a day later: %d", ok)
	}
	if _, full := l.Full("a"); !full {
		t.Error("nothing is left, and it is not full")
	}
	for i := range 200_000 {
		l.Take(fmt.Sprint("flood", i))
	}
}

// TestSendStops lets a right end between two pieces of a slow answer.
func TestSendStops(t *testing.T) {
	body := bytes.Repeat([]byte("x"), 1<<20)
	out := httptest.NewRecorder()
	if err := door.Send(out, body, time.Now, func() error { return nil }); err != nil || !bytes.Equal(out.Body.Bytes(), body) {
		t.Errorf("whole: %v, %d bytes", err, out.Body.Len())
	}
	clock := time.Unix(0, 0)
	slow := func() time.Time { // each look at the clock finds it 400 ms later
		clock = clock.Add(400 * time.Millisecond)
		return clock
	}
	gone := errors.New("revoked")
	out = httptest.NewRecorder()
	if err := door.Send(out, body, slow, func() error { return gone }); !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
	if n := out.Body.Len(); n == 0 || n >= len(body) {
		t.Errorf("%d bytes were sent", n)
	}
}
