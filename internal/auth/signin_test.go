package auth_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/registry"
)

func TestSignIn(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	for _, name := range []string{"Claire@MORVAN", " claire@morvan ", "claire.morvan@departement.example", "CLAIRE.MORVAN@departement.example"} {
		w := b.browser("192.0.2.1")
		if out := w.signIn(t, name, good); out.Account.ID != a.ID || out.Code {
			t.Errorf("%q: %+v", name, out)
		}
		n, in, ok := w.in(t)
		if !ok || in.ID != a.ID || n.Strong || n.From != "192.0.2.1" || n.Browser != "Essai/1.0" {
			t.Errorf("%q: %+v %v", name, n, ok)
		}
	}
	if got := b.account(t, a.ID).LastSignIn; !got.Equal(b.clock.now()) {
		t.Errorf("last sign-in %v", got)
	}
}

func TestSignInRefusesAlike(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	locked := b.claire(t, func(a *registry.Account) { a.Login, a.Email = "ferme", "ferme@departement.example" })
	if _, err := b.Lock(t.Context(), locked); err != nil {
		t.Fatal(err)
	}
	invited, err := b.Registry.CreateAccount(t.Context(), registry.Account{Login: "invite", Email: "i@departement.example", State: registry.Invited, Place: registry.InTerritory})
	if err != nil {
		t.Fatal(err)
	}
	for _, try := range [][2]string{
		{a.Login, "autre chose que le bon mot"}, {a.Login, ""}, {a.Login, strings.Repeat("x", 60_000)}, {"personne", good}, {"", good}, {"", ""},
		{locked.Login, good}, {invited.Login, ""}, {invited.Login, good}, {"a\x00b", good}, {"\xff", good}, {strings.Repeat("é", 10_000), good},
		{"' OR 1=1 --", good}, {a.Login, good + " "}, {"claire@morvan\u202e", good},
	} {
		before := b.Hashes()
		out, err := b.SignIn(t.Context(), try[0], try[1], b.browser(fmt.Sprint("192.0.2.", rand.IntN(250))).from(t))
		if !errors.Is(err, auth.ErrRefused) || len(out.Cookies) > 0 {
			t.Errorf("%.40q: %v %v", try[0], err, out.Cookies)
		}
		if n := b.Hashes() - before; n != 1 {
			t.Errorf("%.40q took %d hashes", try[0], n)
		}
	}
}

// TestCookies holds their flags: over TLS they are bound to the host.
func TestCookies(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	out := w.signIn(t, a.Login, good)
	for _, c := range out.Cookies {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite == 0 {
			t.Errorf("%+v", c)
		}
		if strings.Contains(c.Value, "Claire") || c.Name == "__Host-belvedere" && len(c.Value) != 43 {
			t.Errorf("%s = %s", c.Name, c.Value)
		}
	}
	list, err := b.ListSessions(t.Context(), a.ID)
	if err != nil || len(list) != 1 || list[0].Hash == w.cookies["__Host-belvedere"].Value {
		t.Errorf("%v %v", list, err)
	}
	local := newBench(t, func(c *auth.Config) { c.URL = "http://127.0.0.1:8080" })
	local.claire(t)
	lw := local.browser("127.0.0.1")
	lw.signIn(t, "Claire@MORVAN", good)
	if c := lw.cookies["belvedere"]; c == nil || c.Secure || !c.HttpOnly {
		t.Errorf("without TLS: %+v", c)
	}
}

func TestSessionsEnd(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	admin := b.claire(t, func(a *registry.Account) { a.Login, a.Email, a.Admin = "chef", "chef@departement.example", true })
	enter := func(a registry.Account) *browser {
		w := b.browser("192.0.2.1")
		w.signIn(t, a.Login, good)
		return w
	}
	for _, c := range []struct {
		name string
		who  registry.Account
		act  func(w *browser)
		in   bool
	}{
		{"in use", a, func(*browser) {}, true},
		{"29 minutes idle", a, func(*browser) { b.clock.pass(29 * time.Minute) }, true},
		{"30 minutes idle", a, func(*browser) { b.clock.pass(30 * time.Minute) }, false},
		{"14 minutes idle, administrator", admin, func(*browser) { b.clock.pass(14 * time.Minute) }, true},
		{"15 minutes idle, administrator", admin, func(*browser) { b.clock.pass(15 * time.Minute) }, false},
		{"12 hours in use", a, func(w *browser) {
			for range 12*3 - 1 {
				b.clock.pass(20 * time.Minute)
				if _, _, ok := w.in(t); !ok {
					t.Fatal("ended in use")
				}
			}
			b.clock.pass(20 * time.Minute)
		}, false},
		{"signed out", a, func(w *browser) {
			if _, err := b.SignOut(t.Context(), w.from(t)); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"ended by an administrator", a, func(*browser) {
			if err := b.EndSessions(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"forged", a, func(w *browser) { w.cookies["__Host-belvedere"].Value = strings.Repeat("A", 43) }, false},
		{"locked", a, func(*browser) {
			locked, err := b.Lock(t.Context(), b.account(t, a.ID))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {})
			if _, err := b.Unlock(t.Context(), locked); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"deleted", a, func(*browser) {
			if err := b.DeleteAccount(t.Context(), a.ID, 0); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		w := enter(c.who)
		c.act(w)
		if _, _, ok := w.in(t); ok != c.in {
			t.Errorf("%s: in %v", c.name, ok)
		}
	}
}

// TestTokensRotate holds that nobody fixes a token in advance: it changes with each sign-in and
// each change of level, and the former one is dead.
func TestTokensRotate(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	seen := map[string]bool{}
	check := func(what string) {
		t.Helper()
		value := w.cookies["__Host-belvedere"].Value
		if seen[value] {
			t.Errorf("%s: the token is the same", what)
		}
		seen[value] = true
		if list, err := b.ListSessions(t.Context(), a.ID); err != nil || len(list) != 1 {
			t.Errorf("%s: %d sessions, %v", what, len(list), err)
		}
	}
	w.signIn(t, a.Login, good)
	check("first")
	w.signIn(t, a.Login, good)
	check("again")
	w.enrol(t)
	check("second factor added")
	n, in, _ := w.in(t)
	if !n.Strong {
		t.Error("the session is not strong")
	}
	cookies, err := b.ChangePassword(t.Context(), in, n, good, good+" mauves", good+" mauves", w.from(t))
	if err != nil {
		t.Fatal(err)
	}
	w.keep(cookies)
	check("password changed")
	if n, _, ok := w.in(t); !ok || !n.Strong {
		t.Error("the session fell back")
	}
}

func TestThrottle(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	known := b.browser("192.0.2.1")
	known.signIn(t, a.Login, good)
	for _, name := range []string{a.Login, "personne"} {
		before := b.Hashes()
		var waits []time.Duration
		for range 20 {
			_, err := b.SignIn(t.Context(), name, "faux", b.browser("198.51.100.7").from(t))
			var slow *auth.Slow
			switch {
			case errors.As(err, &slow):
				waits = append(waits, slow.Wait)
				b.clock.pass(slow.Wait)
			case errors.Is(err, auth.ErrRefused):
			default:
				t.Fatal(err)
			}
		}
		want := []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second, 128 * time.Second}
		if !slices.Equal(waits, want) || b.Hashes()-before != 12 {
			t.Errorf("%s: waits %v, %d hashes", name, waits, b.Hashes()-before)
		}
	}
	longest := time.Duration(0)
	hashed := b.Hashes()
	burst := 50_000
	if auth.Raced {
		burst = 2_000
	}
	for range burst {
		_, err := b.SignIn(t.Context(), a.Login, "faux", b.browser(fmt.Sprint("203.0.113.", rand.IntN(250))).from(t))
		if slow := (*auth.Slow)(nil); errors.As(err, &slow) {
			longest = max(longest, slow.Wait)
		}
	}
	if n := b.Hashes() - hashed; n > 100 || longest > 15*time.Minute {
		t.Errorf("%d tries were hashed, the longest wait is %v", n, longest)
	}
	known.signIn(t, a.Login, good) // the lane of the known browser is free
	b.clock.pass(15 * time.Minute)
	b.browser("192.0.2.99").signIn(t, a.Login, good) // and 15 minutes later, anyone's
	b.browser("192.0.2.99").signIn(t, a.Login, good)
}

// TestDeviceCookieIsOfOneAccount gives it to another and forges one: neither opens a lane.
func TestDeviceCookieIsOfOneAccount(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	other := b.claire(t, func(a *registry.Account) { a.Login, a.Email = "autre", "autre@departement.example" })
	thief := b.browser("192.0.2.66")
	thief.signIn(t, other.Login, good)
	forged := b.browser("192.0.2.66")
	forged.cookies["__Host-belvedere-appareil"] = thief.cookies["__Host-belvedere-appareil"]
	forged.cookies["__Host-belvedere-appareil"].Value += "A"
	for range 30 {
		b.SignIn(t.Context(), a.Login, "faux", b.browser("198.51.100.7").from(t))
	}
	for name, w := range map[string]*browser{"of another account": thief, "forged": forged} {
		if _, err := b.SignIn(t.Context(), a.Login, good, w.from(t)); !errors.As(err, new(*auth.Slow)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNetworksAreSlowed(t *testing.T) {
	b := newBench(t)
	for network, addr := range map[string]func(i int) string{
		"one address":         func(int) string { return "203.0.113.1" },
		"one /64":             func(i int) string { return fmt.Sprintf("[2001:db8:1:2::%x]", i+1) },
		"successes count not": nil,
	} {
		refused := 0
		for i := range 300 {
			var err error
			if addr == nil {
				continue
			}
			_, err = b.SignIn(t.Context(), fmt.Sprint("inconnu", network, i), "faux", b.browser(addr(i)).from(t))
			if errors.As(err, new(*auth.Slow)) {
				refused++
			}
		}
		if addr != nil && refused != 300-60 {
			t.Errorf("%s: %d refused", network, refused)
		}
	}
	a := b.claire(t)
	for range 100 {
		b.browser("192.0.2.200").signIn(t, a.Login, good)
	}
}

// TestFlood sends 10,000 sign-ins at the real cost: memory stays bounded, few are hashed, who
// signed in before enters meanwhile, and anyone afterwards.
func TestFlood(t *testing.T) {
	tries := 10_000
	if auth.Raced || testing.Short() {
		tries = 1_000
	}
	b := newBench(t, func(c *auth.Config) { c.Cost = auth.Cost{}; c.Now = time.Now })
	a := b.claire(t)
	real := b.browser("192.0.2.1")
	real.signIn(t, a.Login, good)
	before := b.Hashes()
	var peak atomic.Uint64
	measure := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.HeapInuse > peak.Load() {
			peak.Store(m.HeapInuse)
		}
	}
	var next, busy atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(tries); i = next.Add(1) {
				name := a.Login
				if i%2 == 0 {
					name = fmt.Sprint("inconnu", i)
				}
				_, err := b.SignIn(context.Background(), name, "faux", auth.From{Addr: fmt.Sprint("203.0.", i%4, ".", i%5)})
				if belvedere.KindOf(err) == belvedere.Unavailable {
					busy.Add(1)
				}
				if err == nil {
					t.Error("a wrong password entered")
				}
				if i%100 == 0 {
					measure()
				}
			}
		})
	}
	for range 5 {
		real.signIn(t, a.Login, good)
		measure()
	}
	wg.Wait()
	hashed := b.Hashes() - before
	t.Logf("%d tries: %d hashed, %d told to come back, at most %d MB of heap", tries, hashed, busy.Load(), peak.Load()>>20)
	if peak.Load() > 600<<20 || hashed > 20*60+200 {
		t.Errorf("%d hashed, %d MB", hashed, peak.Load()>>20)
	}
	other := b.claire(t, func(a *registry.Account) { a.Login, a.Email = "autre", "autre@departement.example" })
	b.browser("192.0.2.77").signIn(t, other.Login, good)
}

// TestTimesAreAlike measures what TestSignInRefusesAlike counts.
func TestTimesAreAlike(t *testing.T) {
	if os.Getenv("BELVEDERE_LONG") == "" {
		t.Skip("depends on the load of the machine: set BELVEDERE_LONG")
	}
	b := newBench(t, func(c *auth.Config) { c.Cost = auth.Cost{} })
	a := b.claire(t)
	ctx := t.Context()
	compare := func(what string, rounds int, known, unknown func(i int)) {
		var times [2][]time.Duration
		for i := range rounds {
			for n := range 2 { // now one first, now the other: the second finds caches warm
				k := (n + i) % 2
				start := time.Now()
				[]func(int){known, unknown}[k](i)
				times[k] = append(times[k], time.Since(start))
			}
			b.clock.pass(25 * time.Hour)
		}
		for k := range times {
			slices.Sort(times[k])
		}
		m, n := times[0][rounds/2], times[1][rounds/2]
		t.Logf("%s: known %v, unknown %v", what, m, n)
		if d := float64(m-n) / float64(n); d > 0.05 || d < -0.05 {
			t.Errorf("%s: medians differ by %.1f %%", what, 100*d)
		}
	}
	try := func(name string) func(int) {
		return func(i int) { b.SignIn(ctx, name, "faux", auth.From{Addr: fmt.Sprint("10.0.", i/250, ".", i%250)}) }
	}
	compare("sign-in", 1000, try(a.Login), try("personne"))
	ask := func(name string) func(int) {
		return func(i int) {
			for j := range 1000 { // one alone is too short for the clock
				b.AskReset(name, "", auth.From{Addr: fmt.Sprint("10.", j%250, ".", i/250, ".", i%250)})
			}
		}
	}
	compare("reset", 1000, ask(a.Login), ask("personne"))
	link, err := b.EntryLink(ctx, a, 0)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.pass(time.Hour) // expired
	open := func(text string) func(int) {
		return func(int) {
			for range 20 {
				b.Entering(ctx, text)
			}
		}
	}
	compare("links", 1000, open(tokenOf(link)), open(strings.Repeat("A", 43)))
}

func TestRehash(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	before, _ := b.Registry.Password(t.Context(), a.ID)
	set := b.account(t, a.ID).PasswordSet
	b.browser("192.0.2.1").signIn(t, a.Login, good)
	if same, _ := b.Registry.Password(t.Context(), a.ID); same != before {
		t.Error("hashed again at the same cost")
	}
	old := strings.Replace(before, "m=64,t=1", "m=64,t=2", 1)
	if old == before || b.Registry.SetPassword(t.Context(), a.ID, old, set) != nil {
		t.Fatal(before)
	}
	if _, err := b.SignIn(t.Context(), a.Login, good, auth.From{}); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("another cost gives the same hash: %v", err)
	}
	stronger, err := auth.New(auth.Config{Store: b.Registry, Keys: b.Keys, URL: b.URL, Now: b.clock.now, Cost: auth.Cost{Passes: 2, Memory: 128}})
	if err != nil || b.Registry.SetPassword(t.Context(), a.ID, before, set) != nil {
		t.Fatal(err)
	}
	if _, err := stronger.SignIn(t.Context(), a.Login, good, auth.From{}); err != nil {
		t.Fatal(err)
	}
	if after, _ := b.Registry.Password(t.Context(), a.ID); !strings.Contains(after, "m=128,t=2") || !b.account(t, a.ID).PasswordSet.Equal(set) {
		t.Errorf("kept as %s, set %v", after, b.account(t, a.ID).PasswordSet)
	}
	b.browser("192.0.2.1").signIn(t, a.Login, good)
}

// TestDamagedHashes reads what no registry should hold.
func TestDamagedHashes(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	for _, phc := range []string{"x", "$argon2id$v=19$m=64,t=1,p=1$$", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		if err := b.Registry.SetPassword(t.Context(), a.ID, phc, b.clock.now()); err != nil {
			t.Fatal(err)
		}
		if _, err := b.SignIn(t.Context(), a.Login, good, auth.From{}); err == nil || errors.Is(err, auth.ErrRefused) {
			t.Errorf("%s: %v", phc, err)
		}
		b.clock.pass(25 * time.Hour)
	}
}

func TestFreeLogin(t *testing.T) {
	b := newBench(t)
	b.claire(t)
	if got, err := b.FreeLogin(t.Context(), "Claire", "Morvan"); err != nil || got != "Claire@MORVAN2" {
		t.Errorf("%q %v", got, err)
	}
}
