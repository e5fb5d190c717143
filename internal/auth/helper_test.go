package auth_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"belvedere/internal/auth"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// good is a password that every rule accepts.
const good = "les girafes mangent 4 trombones!"

// cheap makes hashes fast: what is tested is not their cost.
var cheap = auth.Cost{Passes: 1, Memory: 64}

// clock is set by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// post takes letters.
type post chan mail.Message

func (p post) Send(_ context.Context, m mail.Message) error {
	p <- m
	return nil
}

// next waits for a letter.
func (p post) next(t *testing.T) mail.Message {
	t.Helper()
	select {
	case m := <-p:
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("no letter came")
		return mail.Message{}
	}
}

// none fails when a letter lies there.
func (p post) none(t *testing.T) {
	t.Helper()
	select {
	case m := <-p:
		t.Errorf("a letter went to %s: %s", m.To, m.Subject)
	default:
	}
}

// bench is a service on a real registry, with what stands around it.
type bench struct {
	*auth.Service
	registry.Registry
	clock *clock
	post  post
}

func newBench(t testing.TB, change ...func(*auth.Config)) *bench {
	t.Helper()
	store, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	keys, err := secret.Load(filepath.Join(t.TempDir(), "cles.json"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Registry: store, clock: &clock{at: time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC)}, post: make(post, 1000)}
	c := auth.Config{Store: store, Keys: keys, Mail: b.post, URL: "https://console.exemple.fr", Now: b.clock.now, Cost: cheap, Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&c)
	}
	if b.Service, err = auth.New(c); err != nil {
		t.Fatal(err)
	}
	return b
}

// claire is a person of the territory with an active account and the good password.
func (b *bench) claire(t testing.TB, change ...func(*registry.Account)) registry.Account {
	t.Helper()
	a := registry.Account{Login: "Claire@MORVAN", FirstName: "Claire", LastName: "Morvan", Email: "claire.morvan@departement.example",
		State: registry.Invited, Place: registry.InTerritory, AllWidgets: true, Created: b.clock.now()}
	for _, f := range change {
		f(&a)
	}
	a, err := b.Registry.CreateAccount(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	link, err := b.InviteLink(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if a, _, err = b.Service.CreateAccount(t.Context(), tokenOf(link), auth.Creation{Login: a.Login, Password: good, Again: good}, auth.From{}); err != nil {
		t.Fatal(err)
	}
	for len(b.post) > 0 {
		<-b.post
	}
	return b.account(t, a.ID)
}

func (b *bench) account(t testing.TB, id int64) registry.Account {
	t.Helper()
	a, err := b.Registry.Account(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A browser keeps cookies, as browsers do.
type browser struct {
	b       *bench
	addr    string
	cookies map[string]*http.Cookie
}

func (b *bench) browser(addr string) *browser {
	return &browser{b, addr, map[string]*http.Cookie{}}
}

func (w *browser) request(t testing.TB) *http.Request {
	r := httptest.NewRequestWithContext(t.Context(), "GET", "https://console.exemple.fr/", nil)
	r.RemoteAddr = w.addr + ":4000"
	r.Header.Set("User-Agent", "Essai/1.0")
	for _, c := range w.cookies {
		r.AddCookie(c)
	}
	return r
}

func (w *browser) from(t testing.TB) auth.From { return w.b.From(w.request(t)) }

func (w *browser) keep(cookies []*http.Cookie) {
	for _, c := range cookies {
		if c.MaxAge < 0 {
			delete(w.cookies, c.Name)
		} else {
			w.cookies[c.Name] = c
		}
	}
}

// in is who the browser is signed in as.
func (w *browser) in(t testing.TB) (registry.Session, registry.Account, bool) {
	t.Helper()
	n, a, ok, err := w.b.Service.Session(w.request(t))
	if err != nil {
		t.Fatal(err)
	}
	return n, a, ok
}

// signIn signs in and wants it to work.
func (w *browser) signIn(t testing.TB, name, password string) auth.Outcome {
	t.Helper()
	out, err := w.b.SignIn(t.Context(), name, password, w.from(t))
	if err != nil {
		t.Fatalf("sign-in of %s: %v", name, err)
	}
	w.keep(out.Cookies)
	return out
}

var link = regexp.MustCompile(`https?://[a-z0-9.:]+/[a-z]+/([A-Za-z0-9_-]{43})`)

// tokenOf finds the token of the link in a text.
func tokenOf(text string) string {
	m := link.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[1]
}

// enrol gives an account an application of codes and returns its key and recovery codes.
func (w *browser) enrol(t testing.TB) (key string, codes []string) {
	t.Helper()
	n, a, ok := w.in(t)
	if !ok {
		t.Fatal("not signed in")
	}
	e, err := w.b.BeginTOTP(a, n)
	if err != nil {
		t.Fatal(err)
	}
	key = strings.ReplaceAll(e.Key, " ", "")
	codes, cookies, err := w.b.ConfirmTOTP(t.Context(), a, n, e.Sealed, w.b.code(t, key), "", w.from(t))
	if err != nil {
		t.Fatal(err)
	}
	w.keep(cookies)
	return key, codes
}

// code is what the application shows now.
func (b *bench) code(t testing.TB, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, b.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}
