package api_test

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/api"
	"belvedere/internal/registry"
)

// TestJournal looks at the entry that each request leaves.
func TestJournal(t *testing.T) {
	h := newHouse(t)
	read, _ := h.token(registry.Token{Name: "lecture", Vendor: "alpha", Read: true, Schools: []belvedere.UAI{schoolA, schoolB}})
	push, _ := h.token(registry.Token{Name: "depot", Vendor: "alpha", Push: true, Schools: []belvedere.UAI{schoolA}})
	for _, c := range []struct {
		method, address                             string
		as                                          []option
		login, door, action, result, perimeter, how string // how: part of the detail
	}{
		{"GET", "/api/v1/donnees?indicateurs=eleves", []option{bearer(read)}, "lecture", "api", "consultation", "fait", "[0350017D 0351234B]", ""},
		{"GET", "/api/v1/donnees?indicateurs=eleves&etablissement=0351234B", []option{bearer(read)}, "lecture", "api", "consultation", "fait", "[0351234B]", ""},
		{"GET", "/api/v1/donnees?page=%2Fsocial%3Fetablissement%3D0351234B", []option{bearer(read)}, "lecture", "api", "consultation", "fait", "[0351234B]", ""},
		{"GET", "/api/v1/donnees?indicateurs=eleves&format=csv", []option{bearer(read)}, "lecture", "api", "export", "fait", "[0350017D 0351234B]", ""},
		{"GET", "/api/v1/donnees?indicateurs=eleves", []option{local("")}, "exploitant", "commande", "consultation", "fait", "*", ""},
		{"GET", "/api/v1/donnees?indicateurs=eleves", []option{local("lecteur")}, "lecteur", "commande", "consultation", "fait", "[0350017D]", "au nom de"},
		{"GET", "/api/v1/donnees?indicateurs=eleves", []option{signedIn("admin1")}, "admin1", "api", "consultation", "fait", "*", ""},
		{"GET", "/api/v1/donnees?indicateurs=eleves", []option{bearer(push)}, "depot", "api", "refus", "refuse", "", "ne lit pas"},
		{"GET", "/api/v1/donnees?indicateurs=eleves&edition=x", []option{bearer(read)}, "lecture", "api", "consultation", "refuse", "", "entier"},
		{"GET", "/api/v1/livraisons", []option{bearer(read)}, "lecture", "api", "consultation", "fait", "", ""},
		{"GET", "/api/v1/livraisons/rien", []option{bearer(read)}, "lecture", "api", "consultation", "refuse", "", "identifiant"},
		{"GET", "/api/v1/editions", nil, "", "api", "refus", "refuse", "", "ni jeton"},
		{"GET", "/api/v1/editions", []option{bearer(strings.Repeat("x", 53))}, "", "api", "refus", "refuse", "", "forme"},
		{"PUT", "/api/v1/livraisons/a", []option{bearer(push)}, "depot", "api", "livraison", "fait", "", "n° 1"},
		{"PUT", "/api/v1/livraisons/a?source=autre", []option{bearer(push)}, "depot", "api", "livraison", "fait", "", "n° 1"},
		{"PUT", "/api/v1/livraisons/b?tranche=0351234B", []option{bearer(push)}, "depot", "api", "refus", "refuse", "", "0351234B"},
		{"PUT", "/api/v1/livraisons/c", []option{bearer(read)}, "lecture", "api", "refus", "refuse", "", "dépôt"},
	} {
		before := len(h.journal.entries)
		h.do(c.method, c.address, file(schoolA, 3), append(c.as, from("192.0.2.5:99"))...)
		if c.door == "commande" {
			h.do(c.method, c.address, "", c.as...)
			before++ // the first came from elsewhere and was refused
		}
		if n := len(h.journal.entries) - before; n != 1 {
			t.Errorf("%s %s left %d entries", c.method, c.address, n)
			continue
		}
		e := h.journal.last()
		if e.Login != c.login || e.Door != c.door || e.Action != c.action || e.Result != c.result || e.Perimeter != c.perimeter || !strings.Contains(e.Detail, c.how) {
			t.Errorf("%s %s: %+v", c.method, c.address, e)
		}
		if e.Object != c.address || !e.At.Equal(h.clock) || e.From == "" {
			t.Errorf("%s %s: %+v", c.method, c.address, e)
		}
	}
	before := len(h.journal.entries)
	h.do("GET", "/api/v1/openapi.json", "")
	if len(h.journal.entries) != before {
		t.Error("reading the description of the API is kept")
	}
	h.do("GET", "/api/v1/donnees?jeton="+read, "", bearer(read))
	h.do("GET", "/api/v1/livraisons/"+read, "", bearer(read))
	for _, e := range h.journal.entries {
		if strings.Contains(e.Object+e.Detail, read[4:20]) {
			t.Errorf("the journal keeps a token: %+v", e)
		}
	}
}

// TestNothingWithoutJournal breaks the journal: no figure, no state, no refusal tells anything.
func TestNothingWithoutJournal(t *testing.T) {
	h := newHouse(t)
	read, _ := h.token(registry.Token{Name: "lecture", Vendor: "alpha", Read: true, Push: true, Schools: []belvedere.UAI{schoolA}})
	h.journal.fail = errors.New("disk full")
	for _, address := range []string{"/api/v1/donnees?indicateurs=eleves", "/api/v1/livraisons", "/api/v1/indicateurs", "/api/v1/editions", "/api/v1/livraisons/x"} {
		w := h.do("GET", address, "", bearer(read))
		if w.Code != 503 || strings.Contains(w.Body.String(), string(schoolA)) || w.Header().Get("X-Belvedere-Recu") != "" || w.Header().Get("Retry-After") == "" ||
			w.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" || w.Header().Get("Content-Length") != "" {
			t.Errorf("%s: %d %v %s", address, w.Code, w.Header(), w.Body)
		}
	}
	if w := h.do("PUT", "/api/v1/livraisons/a", file(schoolA, 1), bearer(read)); w.Code != 503 {
		t.Errorf("push: %d", w.Code)
	}
	h.journal.fail = nil
	if w := h.do("PUT", "/api/v1/livraisons/a", file(schoolA, 1), bearer(read)); w.Code != 200 || h.journal.last().Action != "livraison" {
		t.Errorf("sent again: %d %s", w.Code, w.Body)
	}
}

// TestRightsEndMeanwhile withdraws what let a request in while its answer is made.
func TestRightsEndMeanwhile(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(h *house, t registry.Token)
		as   func(secret string) option
		want int
	}{
		{"nothing", func(*house, registry.Token) {}, bearer, 200},
		{"token revoked", func(h *house, t registry.Token) { h.must(h.registry.RevokeToken(h.t.Context(), t.ID, h.clock)) }, bearer, 401},
		{"token expired", func(h *house, t registry.Token) { h.clock = t.Expires }, bearer, 401},
		{"agreement withdrawn", func(h *house, _ registry.Token) { h.changed = "retrait" }, bearer, 403},
		{"agreement withdrawn, session", func(h *house, _ registry.Token) { h.changed = "retrait" }, func(string) option { return signedIn("lecteur") }, 403},
	} {
		h := newHouse(t)
		secret, kept := h.token(registry.Token{Name: "lecture", Vendor: "alpha", Read: true, Schools: []belvedere.UAI{schoolA}})
		h.reports.before = func() { c.end(h, kept) }
		w := h.do("GET", "/api/v1/donnees?indicateurs=eleves", "", c.as(secret))
		if w.Code != c.want || strings.Contains(w.Body.String(), string(schoolA)) != (c.want == 200) {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
		if want := map[int]string{200: "fait"}[c.want]; want == "fait" != (h.journal.last().Result == "fait") {
			t.Errorf("%s: %+v", c.name, h.journal.last())
		}
	}
}

// hook is a body that does something once it was read.
type hook struct {
	io.Reader
	end func()
}

func (b *hook) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.end != nil {
		b.end()
		b.end = nil
	}
	return n, err
}

// TestPushEndsWithItsToken withdraws a token while its file is on the way: nothing is kept.
func TestPushEndsWithItsToken(t *testing.T) {
	h := newHouse(t)
	secret, kept := h.token(registry.Token{Name: "depot", Vendor: "alpha", Push: true, Schools: []belvedere.UAI{schoolA}})
	send := func(id string, end func()) int {
		r := httptest.NewRequest("PUT", "/api/v1/livraisons/"+id, &hook{strings.NewReader(file(schoolA, 1)), end})
		bearer(secret)(r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	if got := send("a", func() { h.changed = "d’autres droits de lecture" }); got != 202 {
		t.Errorf("what the token reads has changed: %d", got)
	}
	if got := send("b", func() { h.must(h.registry.RevokeToken(t.Context(), kept.ID, h.clock)) }); got != 401 {
		t.Errorf("the token was withdrawn: %d", got)
	}
	if _, err := h.registry.DeliveryByID(t.Context(), "alpha", "b"); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("the delivery was kept: %v", err)
	}
}

// TestSenderGone lets a sender leave while it waits for publication: its delivery is in the journal.
func TestSenderGone(t *testing.T) {
	h := newHouse(t)
	secret, _ := h.token(registry.Token{Name: "depot", Vendor: "alpha", Push: true, Schools: []belvedere.UAI{schoolA}})
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequest("PUT", "/api/v1/livraisons/a", strings.NewReader(file(schoolA, 1))).WithContext(ctx)
	bearer(secret)(r)
	r.Header.Set("Prefer", "wait=60")
	go func() {
		for {
			if _, err := h.registry.DeliveryByID(context.WithoutCancel(ctx), "alpha", "a"); err == nil {
				leave()
				return
			}
		}
	}()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if e := h.journal.last(); w.Body.Len() > 0 || e.Action != "livraison" || e.Result != "fait" {
		t.Errorf("%d bytes, %+v", w.Body.Len(), e)
	}
}

// TestPushIsBoundToItsToken looks at what the registry keeps of a push.
func TestPushIsBoundToItsToken(t *testing.T) {
	h := newHouse(t)
	one, _ := h.token(registry.Token{Name: "un", Vendor: "alpha", Push: true, Schools: []belvedere.UAI{schoolA}})
	all, _ := h.token(registry.Token{Name: "tous", Vendor: "beta", Push: true, AllSchools: true})
	none, _ := h.token(registry.Token{Name: "aucun", Vendor: "gamma", Push: true})
	for _, c := range []struct {
		name   string
		as     option
		query  string
		want   int
		source string
		only   int // schools kept, 0: all
	}{
		{"one school", bearer(one), "?source=beta", 202, "alpha", 1},
		{"all schools", bearer(all), "?source=alpha", 202, "beta", 0},
		{"no school is not all", bearer(none), "", 403, "", 0},
		{"command line", local(""), "?source=reprise", 202, "reprise", 0},
		{"command line, unnamed", local(""), "", 202, "api", 0},
		{"another school announced", bearer(one), "?tranche=0351234B/2025", 403, "", 0},
		{"its school announced", bearer(one), "?tranche=0350017D/2025", 202, "alpha", 1},
	} {
		id := strings.ReplaceAll(c.name, " ", "-")
		w := h.do("PUT", "/api/v1/livraisons/"+strings.ReplaceAll(id, ",", "")+c.query, file(schoolA, 1), c.as)
		if w.Code != c.want {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
			continue
		}
		if c.want == 403 {
			continue
		}
		d, err := h.registry.DeliveryByID(t.Context(), c.source, strings.ReplaceAll(id, ",", ""))
		if err != nil || len(d.Only) != c.only || c.only == 0 && d.Only != nil {
			t.Errorf("%s: %+v %v", c.name, d, err)
		}
	}
}

// TestLimits sends more than a token, an account and a network may.
func TestLimits(t *testing.T) {
	h := newHouse(t, func(c *api.Config) { c.Limits = api.Limits{Reads: 10, Pushes: 3, Addresses: 50, Failures: 5} })
	read, _ := h.token(registry.Token{Name: "un", Vendor: "alpha", Read: true, Push: true, Schools: []belvedere.UAI{schoolA}})
	other, _ := h.token(registry.Token{Name: "deux", Vendor: "alpha", Read: true, Schools: []belvedere.UAI{schoolA}})
	count := func(n int, method string, as ...option) map[int]int {
		out := map[int]int{}
		for i := range n {
			w := h.do(method, "/api/v1/editions", "", as...)
			if method == "PUT" {
				w = h.do(method, "/api/v1/livraisons/"+strconv.Itoa(i), file(schoolA, i), as...)
			}
			out[w.Code]++
			if seconds, err := strconv.Atoi(w.Header().Get("Retry-After")); w.Code == 429 && (err != nil || seconds < 1) {
				t.Errorf("429 without Retry-After: %v", w.Header())
			}
		}
		return out
	}
	at := func(a string) option { return from(a + ":1") }
	if got := count(20, "GET", bearer(read), at("192.0.2.1")); got[200] != 10 || got[429] != 10 {
		t.Errorf("a token reads: %v", got)
	}
	if got := count(5, "GET", bearer(other), at("192.0.2.1")); got[200] != 5 {
		t.Errorf("another token of the same vendor: %v", got)
	}
	if got := count(9, "PUT", bearer(read), at("192.0.2.2")); got[202] != 3 {
		t.Errorf("a token pushes: %v", got)
	}
	before := len(h.journal.entries)
	if got := count(40, "GET", at("192.0.2.3")); got[401] != 5 || got[429] != 35 {
		t.Errorf("nobody: %v", got)
	}
	if n := len(h.journal.entries) - before; n != 6 {
		t.Errorf("a flood of refusals left %d entries, want the refusals and the first 429", n)
	}
	if got := count(3, "GET", bearer(other), at("192.0.2.3")); got[200] != 3 {
		t.Errorf("a valid token beside the flood: %v", got)
	}
	if got := count(60, "GET", signedIn("lecteur"), at("2001:db8::1")); got[200] != 10 || got[429] != 50 {
		t.Errorf("a session: %v", got)
	}
	if got := count(5, "GET", signedIn("admin1"), at("2001:db8::2")); got[429] != 5 {
		t.Errorf("the same network by another address: %v", got)
	}
	if got := count(100, "GET", local("")); got[200] != 100 {
		t.Errorf("the command line of the machine: %v", got)
	}
	h.clock = h.clock.Add(time.Minute)
	if got := count(5, "GET", bearer(read), at("192.0.2.1")); got[200] != 5 {
		t.Errorf("a minute later: %v", got)
	}
}

// TestLastUse is noted once a minute at most.
func TestLastUse(t *testing.T) {
	h := newHouse(t)
	read, kept := h.token(registry.Token{Name: "un", Vendor: "alpha", Read: true, Schools: []belvedere.UAI{schoolA}})
	use := func() registry.Token {
		h.do("GET", "/api/v1/editions", "", bearer(read), from("192.0.2.8:1"))
		now, err := h.registry.Token(t.Context(), kept.Hash)
		h.must(err)
		return now
	}
	start := h.clock
	if now := use(); !now.LastUsed.Equal(start) || now.LastFrom != "192.0.2.8" {
		t.Errorf("first use: %v from %s", now.LastUsed, now.LastFrom)
	}
	h.clock = start.Add(59 * time.Second)
	if now := use(); !now.LastUsed.Equal(start) {
		t.Errorf("59 seconds later: %v", now.LastUsed)
	}
	h.clock = start.Add(2 * time.Minute)
	if now := use(); !now.LastUsed.Equal(h.clock) {
		t.Errorf("two minutes later: %v", now.LastUsed)
	}
}

// TestHead answers the head of what GET answers, and keeps it as a read.
func TestHead(t *testing.T) {
	h := newHouse(t)
	read, _ := h.token(registry.Token{Name: "un", Vendor: "alpha", Read: true, Schools: []belvedere.UAI{schoolA}})
	w := h.do("HEAD", "/api/v1/donnees?indicateurs=eleves", "", bearer(read))
	if w.Code != 200 || w.Body.Len() > 0 || h.journal.last().Action != "consultation" {
		t.Errorf("%d, %d bytes, %+v", w.Code, w.Body.Len(), h.journal.last())
	}
}
