package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
)

// A house is an app with two collèges, an account that sees both by each surface, a token that
// does too, and whatever a revocation may take from them.
type house struct {
	t     *testing.T
	app   *app.App
	url   string
	watch *watch

	schools []belvedere.UAI
	figures []string // of each school, as no page writes it by chance
	account registry.Account
	group   registry.Group
	one     registry.Agreement // of the first school, until the end of the day
	token   registry.Token

	session, bearer []string
	pipes           pipes // the way in of a house that is served over them
}

// newHouse publishes two editions and serves them.
func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, app: openBare(t), figures: []string{"41017", "52029"}}
	h.watch = newWatch(h.app, beforeMidnight)
	register, pupils := "etablissement;nom;type\n", "etablissement;jour;niveau;sexe;eleves\n"
	for i, name := range []string{"Aristide-Briand", "Bel-Air"} {
		u := uai(t, fmt.Sprintf("999000%d", i+1))
		h.schools = append(h.schools, belvedere.UAI(u))
		register += fmt.Sprintf("%s;%s;college\n", u, name)
		pupils += fmt.Sprintf("%s;2025-10-01;6eme;F;%s\n", u, h.figures[i])
	}
	edition(t, h.app, map[string]string{"etablissements": register, "effectifs": pupils})
	edition(t, h.app, map[string]string{"effectifs": strings.ReplaceAll(pupils, "2025-10-01", "2025-10-02")})
	agree(t, h.app, registry.Agreement{School: h.schools[1], AllThemes: true})
	h.one = registry.Agreement{School: h.schools[0], AllThemes: true}
	return h
}

// anew is the house for one test: the clock stands ten minutes before midnight, the agreement is in
// force, and a new account and a new token see all schools.
func (h house) anew(t *testing.T, byGroup bool) *house {
	t.Helper()
	h.t = t
	h.watch.at.Store(beforeMidnight.UnixNano())
	h.one.To = belvedere.Date(2026, 3, 11)
	h.one = agree(t, h.app, h.one)
	t.Cleanup(func() { h.app.Registry.DeleteAgreement(context.Background(), h.one.ID) })
	h.people(byGroup)
	return &h
}

// people makes the account and the token, each seeing all schools until the rights say else.
func (h *house) people(byGroup bool) {
	h.t.Helper()
	n := made.Add(1)
	x := registry.Account{FirstName: "Thomas", LastName: fmt.Sprint("DUBOIS", n), AllWidgets: true, Schools: h.schools}
	if byGroup {
		var err error
		if h.group, err = h.app.Registry.PutGroup(h.t.Context(), registry.Group{Name: fmt.Sprint("Nord ", n), Rule: "liste", Schools: h.schools}); err != nil {
			h.t.Fatal(err)
		}
		x.Schools, x.Groups = nil, []int64{h.group.ID}
	}
	h.account = member(h.t, h.app, x)
	h.session = enter(h.t, h.app, h.account)
	h.token, h.bearer = program(h.t, h.app, registry.Token{Name: fmt.Sprint("lecteur ", n), Read: true, Schools: h.schools, Expires: h.watch.now().Add(15 * time.Minute)})
}

var made atomic.Int64

// beforeMidnight is ten minutes before the end of a day of the territory.
var beforeMidnight = time.Date(2026, 3, 10, 22, 50, 0, 0, time.UTC)

// The surfaces by which figures leave the program.
const pagePath, dataPath = "/moyens/par-etablissement?annee=2025", "/api/v1/donnees?indicateurs=eleves&par=etablissement&annee=2025"

var surfaces = []struct {
	name    string
	account bool // what the account sees, else the token
	session bool // by its session
	ask     func(h *house, more string) (status int, body string)
}{
	{"page", true, true, func(h *house, more string) (int, string) { return h.get(pagePath+more, h.session) }},
	{"file", true, true, func(h *house, more string) (int, string) { return h.get(pagePath+more+"&format=csv", h.session) }},
	{"sheet", true, true, func(h *house, more string) (int, string) { return h.get(dataPath+more+"&format=tableur", h.session) }},
	{"API by session", true, true, func(h *house, more string) (int, string) { return h.get(dataPath+more, h.session) }},
	{"page by session as data", true, true, func(h *house, more string) (int, string) {
		return h.get("/api/v1/donnees?format=csv&page="+url.QueryEscape(pagePath+more), h.session)
	}},
	{"API by token", false, false, func(h *house, more string) (int, string) { return h.get(dataPath+more, h.bearer) }},
	{"command line", true, false, func(h *house, more string) (int, string) {
		body, _, err := h.app.Ask(h.t.Context(), dataPath+more+"&format=csv", h.account.Login)
		if err != nil {
			return http.StatusForbidden, err.Error()
		}
		return http.StatusOK, string(body)
	}},
	{"command line without server", true, false, func(h *house, more string) (int, string) {
		v, err := h.app.As(h.t.Context(), h.account.Login)
		if err != nil {
			return http.StatusForbidden, err.Error()
		}
		u, err := url.Parse(pagePath + more)
		if err != nil {
			h.t.Fatal(err)
		}
		view, err := h.app.Reporter.PageAt(h.t.Context(), v, u)
		if err != nil {
			h.t.Fatal(err)
		}
		var b strings.Builder
		if err := h.app.Write(h.t.Context(), &b, "csv", view.Result, view.Heading); err != nil {
			h.t.Fatal(err)
		}
		return http.StatusOK, b.String()
	}},
}

// get asks without following redirections: a page of sign-in is no answer.
func (h *house) get(path string, header []string) (int, string) {
	h.t.Helper()
	res, body := callOnce(h.t, http.MethodGet, h.url+path, "", header...)
	return res.StatusCode, body
}

var unspaced = strings.NewReplacer("\u202f", "", "\u00a0", "", " ", "")

// shown are the places of the schools whose figures an answer holds.
func (h *house) shown(body string) (out []int) {
	body = unspaced.Replace(body)
	for i, f := range h.figures {
		if strings.Contains(body, f) {
			out = append(out, i)
		}
	}
	return out
}

// A revocation, and the places of the schools that the account and the token see after it.
type revocation struct {
	name           string
	do             func(h *house) error
	account, token []int
	sessionOnly    bool // the account itself keeps its rights: only its session is gone
	byGroup        bool
}

var both, second, neither = []int{0, 1}, []int{1}, []int(nil)

var revocations = []revocation{
	{name: "nothing", do: func(*house) error { return nil }, account: both, token: both},
	{name: "a right of a widget", do: func(h *house) error {
		return h.update(func(x *registry.Account) { x.AllWidgets, x.Widgets = false, []string{"social.discipline"} })
	}, account: neither, token: both},
	{name: "a school", do: func(h *house) error {
		return h.update(func(x *registry.Account) { x.Schools = h.schools[1:] })
	}, account: second, token: both},
	{name: "a school of a group", byGroup: true, do: func(h *house) error {
		h.group.Schools = h.schools[1:]
		_, err := h.app.Registry.PutGroup(h.t.Context(), h.group)
		return err
	}, account: second, token: both},
	{name: "a group", byGroup: true, do: func(h *house) error {
		return h.app.Registry.DeleteGroup(h.t.Context(), h.group.ID, 0)
	}, account: neither, token: both},
	{name: "an agreement withdrawn", do: func(h *house) error {
		return h.app.Agreements.Withdraw(h.t.Context(), h.one.ID)
	}, account: second, token: second},
	{name: "an agreement deleted", do: func(h *house) error {
		return h.app.Registry.DeleteAgreement(h.t.Context(), h.one.ID)
	}, account: second, token: second},
	{name: "an agreement that ends at midnight", do: func(h *house) error {
		h.watch.pass(10 * time.Minute)
		return nil
	}, account: second, token: second},
	{name: "an account locked", do: func(h *house) error {
		_, _, err := h.app.Users.Lock(h.t.Context(), belvedere.Viewer{Login: "Claire@MORVAN", Admin: true}, h.account.ID)
		return err
	}, account: neither, token: both},
	{name: "an account deleted", do: func(h *house) error {
		_, err := h.app.Users.Delete(h.t.Context(), belvedere.Viewer{Login: "Claire@MORVAN", Admin: true}, h.account.ID, 0)
		return err
	}, account: neither, token: both},
	{name: "a session signed out", sessionOnly: true, do: func(h *house) error {
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		if h.pipes.in != nil {
			client.Transport = &http.Transport{DisableKeepAlives: true, DialContext: h.pipes.dial}
		}
		res, _ := send(h.t, client, http.MethodPost, h.url+"/deconnexion", "", h.session...)
		if res.StatusCode != http.StatusSeeOther {
			return fmt.Errorf("signing out: %s", res.Status)
		}
		return nil
	}, account: neither, token: both},
	{name: "all sessions ended by an administrator", sessionOnly: true, do: func(h *house) error {
		return h.app.Auth.EndSessions(h.t.Context(), h.account)
	}, account: neither, token: both},
	{name: "a token that expires after midnight", do: func(h *house) error {
		h.watch.pass(15 * time.Minute)
		return nil
	}, account: second, token: neither},
	{name: "a token withdrawn", do: func(h *house) error {
		_, err := h.app.Tokens.Revoke(h.t.Context(), h.token.ID)
		return err
	}, account: both, token: neither},
}

func (h *house) update(change func(*registry.Account)) error {
	x, err := h.app.Registry.Account(h.t.Context(), h.account.ID)
	if err != nil {
		return err
	}
	change(&x)
	_, err = h.app.Registry.UpdateAccount(h.t.Context(), x)
	return err
}

// TestRevocationsBiteOnTheNextRequest takes each right away while the server runs, and asks each
// surface for each edition at once.
func TestRevocationsBiteOnTheNextRequest(t *testing.T) {
	unprotected(t)
	first := newHouse(t)
	first.url = serve(t, first.app)
	for _, r := range revocations {
		t.Run(r.name, func(t *testing.T) {
			h := first.anew(t, r.byGroup)
			for _, s := range surfaces {
				for _, more := range []string{"", "&edition=1", "&edition=2"} {
					if status, body := s.ask(h, more); status != http.StatusOK || !slices.Equal(h.shown(body), both) {
						t.Fatalf("%s%s before: %d, shows %v\n%.600s", s.name, more, status, h.shown(body), body)
					}
				}
			}
			if err := r.do(h); err != nil {
				t.Fatal(err)
			}
			for _, s := range surfaces {
				want := r.token
				if s.account {
					want = r.account
				}
				if r.sessionOnly && s.account && !s.session {
					want = both
				}
				for _, more := range []string{"", "&edition=1", "&edition=2"} {
					status, body := s.ask(h, more)
					if !slices.Equal(h.shown(body), want) || status >= 500 {
						t.Errorf("%s%s after: %d, shows %v, want %v\n%.600s", s.name, more, status, h.shown(body), want, body)
					}
				}
			}
		})
	}
}
