package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
)

// A gate is a console at whose door someone asks for names, some of which have an account.
type gate struct {
	app     *app.App
	watch   *watch
	handler http.Handler
	asked   int
}

const someone, nobody = "Claire@MORVAN", "Claire@MORVIN"

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{app: openBare(t)}
	g.watch = newWatch(g.app, time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC))
	enrol(t, g.app, registry.Account{FirstName: "Claire", LastName: "MORVAN"})
	var err error
	if g.handler, err = g.app.Handler(); err != nil {
		t.Fatal(err)
	}
	return g
}

// ask sends a request from a network that was not seen before, or from one that was.
func (g *gate) ask(method, path, address string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if g.asked++; address == "" {
		address = fmt.Sprintf("10.%d.%d.%d", g.asked>>16&255, g.asked>>8&255, g.asked&255)
	}
	r.RemoteAddr = address + ":4000"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	g.handler.ServeHTTP(w, r)
	return w
}

// The questions that could tell whether an account, or a link, exists.
func (g *gate) signIn(login string) *httptest.ResponseRecorder {
	return g.ask(http.MethodPost, "/connexion", "", url.Values{"identifiant": {login}, "mot_de_passe": {"faux"}})
}

func (g *gate) forgot(by, value string) *httptest.ResponseRecorder {
	return g.ask(http.MethodPost, "/oubli", "", url.Values{"par": {by}, "valeur": {value}})
}

func (g *gate) open(kind, token string) *httptest.ResponseRecorder {
	return g.ask(http.MethodGet, "/"+kind+"/"+token, "", nil)
}

func (g *gate) finish(kind, token string) *httptest.ResponseRecorder {
	return g.ask(http.MethodPost, "/"+kind+"/"+token, "", url.Values{"mot_de_passe": {password}, "confirmation": {password}, "identifiant": {someone}})
}

// expired makes a link of an invitation that is over, and one that was used.
func (g *gate) links(t *testing.T) (expired, used string) {
	t.Helper()
	make := func(login string) (registry.Account, string) {
		x, err := g.app.Registry.CreateAccount(t.Context(), registry.Account{Login: login, Email: login + "@exemple.fr", State: registry.Invited, Place: registry.InTerritory, Created: g.watch.now()})
		if err != nil {
			t.Fatal(err)
		}
		link, err := g.app.Auth.InviteLink(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		return x, path.Base(link)
	}
	_, expired = make("expire")
	g.watch.pass(80 * time.Hour)
	x, used := make("utilise")
	if w := g.ask(http.MethodPost, "/invitation/"+used, "", url.Values{"identifiant": {x.Login}, "mot_de_passe": {password}, "confirmation": {password}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return expired, used
}

// nowhere is a token that was never given.
var nowhere = strings.Repeat("A", 43)

// TestStrangersAreAnsweredAlike compares each answer about an account or a link that exists with
// the one about another that does not: status, headers and bytes are the same, also when tries
// are slowed.
func TestStrangersAreAnsweredAlike(t *testing.T) {
	g := newGate(t)
	expired, used := g.links(t)
	locked, _ := enrol(t, g.app, registry.Account{FirstName: "Odile", LastName: "RIOU"})
	if _, _, err := g.app.Users.Lock(t.Context(), belvedere.Viewer{Admin: true}, locked.ID); err != nil {
		t.Fatal(err)
	}
	same := func(what string, one, other *httptest.ResponseRecorder, names ...string) {
		t.Helper()
		hide := strings.NewReplacer(names...)
		a, b := hide.Replace(one.Body.String()), hide.Replace(other.Body.String())
		if one.Code != other.Code || !cmp.Equal(one.Header(), other.Header()) || a != b || a == "" && one.Header().Get("Location") == "" {
			t.Errorf("%s: %d %v\n%s\nand %d %v\n%s", what, one.Code, one.Header(), a, other.Code, other.Header(), b)
		}
	}
	for n := range 8 { // from the fifth on, they are slowed
		w := g.signIn(someone)
		same(fmt.Sprintf("sign-in %d", n+1), w, g.signIn(nobody), someone, "?", nobody, "?")
		if slow := w.Code == http.StatusTooManyRequests; slow != (n >= 5) {
			t.Errorf("try %d: %d", n+1, w.Code)
		}
	}
	same("a locked account", g.signIn(locked.Login), g.signIn("Odile@RIOX"), locked.Login, "?", "Odile@RIOX", "?")
	same("its right password", g.ask(http.MethodPost, "/connexion", "", url.Values{"identifiant": {locked.Login}, "mot_de_passe": {password}}),
		g.ask(http.MethodPost, "/connexion", "", url.Values{"identifiant": {"Odile@RIOX"}, "mot_de_passe": {password}}), locked.Login, "?", "Odile@RIOX", "?")
	same("forgotten, by identifier", g.forgot("identifiant", someone), g.forgot("identifiant", nobody))
	same("forgotten, by address", g.forgot("mel", "claire@exemple.fr"), g.forgot("mel", "clairf@exemple.fr"))
	same("forgotten, of a locked account", g.forgot("identifiant", locked.Login), g.forgot("identifiant", nobody))
	for _, kind := range []string{"invitation", "reinitialiser", "adresse", "entree"} {
		for name, token := range map[string]string{"an expired link": expired, "a used link": used} {
			same(name+" opened as "+kind, g.open(kind, token), g.open(kind, nowhere), token, "?", nowhere, "?")
			same(name+" sent as "+kind, g.finish(kind, token), g.finish(kind, nowhere), token, "?", nowhere, "?")
		}
	}
}

// TestStrangersTakeAsLong times 1,000 sign-ins, resets and links each, known and unknown in turn.
func TestStrangersTakeAsLong(t *testing.T) {
	if os.Getenv("BELVEDERE_LONG") == "" {
		t.Skip("depends on the load of the machine: set BELVEDERE_LONG")
	}
	g := newGate(t)
	expired, used := g.links(t)
	compare := func(what string, known, unknown func()) {
		t.Helper()
		var times [2][]time.Duration
		for i := range 1000 {
			for k := range 2 {
				who := (k + i) % 2 // in turn the first
				start := time.Now()
				[]func(){known, unknown}[who]()
				times[who] = append(times[who], time.Since(start))
			}
			g.watch.pass(25 * time.Hour) // nobody is slowed
		}
		for who := range times {
			slices.Sort(times[who])
		}
		m, n := times[0][500], times[1][500]
		t.Logf("%s: known %v, unknown %v, %+.1f %%", what, m, n, 100*(float64(m)/float64(n)-1))
		if d := float64(m-n) / float64(n); d > 0.05 || d < -0.05 {
			t.Errorf("%s: medians differ by %.1f %%", what, 100*d)
		}
	}
	compare("sign-in", func() { g.signIn(someone) }, func() { g.signIn(nobody) })
	compare("reset", func() { g.forgot("identifiant", someone) }, func() { g.forgot("identifiant", nobody) })
	compare("reset by address", func() { g.forgot("mel", "claire@exemple.fr") }, func() { g.forgot("mel", "clairf@exemple.fr") })
	compare("expired invitation", func() { g.open("invitation", expired) }, func() { g.open("invitation", nowhere) })
	compare("used invitation", func() { g.open("invitation", used) }, func() { g.open("invitation", nowhere) })
	compare("used invitation sent", func() { g.finish("invitation", used) }, func() { g.finish("invitation", nowhere) })
}
