package tally_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/tally"
)

// A console is a territory on another machine.
type console struct {
	*httptest.Server
	t      *testing.T
	kept   map[string]string // id → file
	status int               // of the next answer, 0 for the right one
	puts   int
}

func newConsole(t *testing.T) *console {
	c := &console{t: t, kept: map[string]string{}}
	c.Server = httptest.NewServer(http.HandlerFunc(c.answer))
	t.Cleanup(c.Close)
	return c
}

func (c *console) answer(w http.ResponseWriter, r *http.Request) {
	if c.status != 0 {
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(c.status)
		fmt.Fprint(w, `{"detail":"refusé par la console"}`)
		return
	}
	id, ok := strings.CutPrefix(r.URL.Path, "/api/v1/livraisons/")
	if !ok || r.Header.Get("Authorization") != "Bearer secret" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodPut {
		c.puts++
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			c.t.Error(err)
			return
		}
		body, err := io.ReadAll(z)
		if old, known := c.kept[id]; err != nil || known && old != string(body) {
			c.t.Errorf("%s: %v, other bytes", id, err)
		}
		c.kept[id] = string(body)
		if r.URL.Query().Get("jeu") == "" {
			c.t.Error("the dataset is not named")
		}
		w.WriteHeader(http.StatusAccepted)
	}
	json.NewEncoder(w).Encode(map[string]any{"numero": 5, "etat": map[string]string{"PUT": "recue", "GET": "publiee"}[r.Method], "edition": 12})
}

func TestRemote(t *testing.T) {
	d, c, ctx := newDesk(t, "2026-11-14"), newConsole(t), context.Background()
	populate(t, d, rand.New(rand.NewPCG(1, 1)))
	to := tally.Destination{URL: c.URL, Token: "secret"}
	if err := d.SetDestination(ctx, head(), school, to); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("a head sets where it goes: %v", err)
	}
	if err := d.SetDestination(ctx, operator(), school, to); err != nil {
		t.Fatal(err)
	}
	d.order(t, tally.Order{Datasets: []string{"effectifs"}})
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusUnauthorized, http.StatusFound, http.StatusTooManyRequests} {
		c.status = status
		if out := d.send(t); out.Waiting != 1 || out.Acknowledged != 0 || out.Refused != 0 {
			t.Errorf("%d: %+v", status, out)
		}
		d.now = d.now.Add(7 * time.Hour)
	}
	c.status = 0
	if out := d.send(t); out.Acknowledged != 1 || len(d.got) != 0 || len(c.kept) != 1 {
		t.Errorf("%+v; %d here, %d there", out, len(d.got), len(c.kept))
	}
	view, err := d.View(ctx, head(), school, year)
	if err != nil {
		t.Fatal(err)
	}
	if f := view.Datasets[0].Files[0]; f.State != tally.Published || f.Edition != 12 || f.Number != 5 || f.Acked.IsZero() || "http://"+f.To != c.URL {
		t.Errorf("%+v", f)
	}
	d.order(t, tally.Order{Datasets: []string{"structures"}})
	c.status = http.StatusForbidden
	if out := d.send(t); out.Refused != 1 || out.Trouble != "refusé par la console" {
		t.Errorf("%+v", out)
	}
}

func TestAddressesOfTerritories(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://console.exemple.fr": true, "https://console.exemple.fr/belvedere/": true, "http://127.0.0.1:8080": true, "http://localhost:8080": true, "http://[::1]:80": true,
		"http://console.exemple.fr": false, "http://192.168.1.2": false, "ftp://console.exemple.fr": false, "console.exemple.fr": false,
		"https://user:pass@console.exemple.fr": false, "https://console.exemple.fr?x=1": false, "": false,
	} {
		_, err := tally.NewRemote(tally.Destination{URL: address, Token: "t"})
		if (err == nil) != ok || err != nil && belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := tally.NewRemote(tally.Destination{URL: "https://console.exemple.fr"}); err == nil {
		t.Error("a destination without token")
	}
	for _, one := range []struct {
		address           string
		loopback, private bool
		ok                bool
	}{
		{"93.184.216.34:443", false, false, true}, {"[2606:2800::1]:443", false, false, true},
		{"10.1.2.3:443", false, false, false}, {"10.1.2.3:443", false, true, true}, {"[fd00::1]:443", false, false, false}, {"100.64.1.1:443", false, false, false},
		{"127.0.0.1:443", false, true, false}, {"[::ffff:127.0.0.1]:443", false, true, false}, {"127.0.0.1:80", true, false, true}, {"93.184.216.34:80", true, true, false},
		{"169.254.169.254:443", false, true, false}, {"[fe80::1]:443", false, true, false}, {"0.0.0.0:443", false, true, false}, {"224.0.0.1:443", false, true, false},
	} {
		if err := tally.Judge(one.address, one.loopback, one.private); (err == nil) != one.ok {
			t.Errorf("%+v: %v", one, err)
		}
	}
}

// A token goes to nobody but the console, and no error shows it.
func TestTokenStays(t *testing.T) {
	other := newConsole(t)
	lead := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer lead.Close()
	r, err := tally.NewRemote(tally.Destination{URL: lead.URL, Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Accept(context.Background(), tally.Submission{ID: "x", Dataset: "effectifs", Body: bytes.Repeat([]byte("a"), 10)})
	if err == nil || strings.Contains(err.Error(), "secret") || other.puts != 0 {
		t.Errorf("followed: %v, %d", err, other.puts)
	}
}
