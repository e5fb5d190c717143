package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// administrator is the account that the tests make in a folder of their own.
const administrator = "Jeanne@VALMONT"

var administered sync.Map // data folders that have one

// withAdministrator makes the administrator of a data folder, once.
func withAdministrator(t testing.TB, data string) {
	t.Helper()
	if _, made := administered.LoadOrStore(data, true); !made {
		done(t, data, "user", "invite", "--admin", "--first-name", "Jeanne", "--last-name", "Valmont", "--mail", "jeanne@valmont.example", "--confirmed")
	}
}

// sharing notes a convention by which all schools of a data folder share all themes.
func sharing(t testing.TB, data string) {
	t.Helper()
	done(t, data, "agreement", "add", "--all", "--from", "2000-09-01", "--themes", "tous", "--base", "données ouvertes")
}

// tokenFor makes a token of the vendor "essai" that may push for all schools, and read.
func tokenFor(t testing.TB, data, name string) string {
	t.Helper()
	return strings.TrimSpace(done(t, data, "--quiet", "token", "create", "--vendor", "essai", "--name", name, "--push", "--read", "--all-schools"))
}

// A visitor is a client of a server that keeps its cookies, signed in or not.
type visitor struct {
	site   string
	client *http.Client
}

// visitor comes without any session.
func (s *server) visitor() *visitor {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &visitor{s.url, &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signedIn is the visitor who came in by a link of the command line, in the name of an account.
func (s *server) signedIn(t testing.TB, login string) *visitor {
	t.Helper()
	if login == administrator {
		withAdministrator(t, s.data)
	}
	v := s.visitor()
	entering.Lock()
	defer entering.Unlock()
	link := entryLink(t, s, login)
	if status, body := v.post(t, strings.TrimPrefix(link, s.url), nil); status != http.StatusSeeOther {
		t.Fatalf("%s cannot enter: %d %s", login, status, body)
	}
	return v
}

// entering lets one come in at a time: a new link of an account ends the one before.
var entering sync.Mutex

// entryLink is a link that signs someone in once.
func entryLink(t testing.TB, s *server, login string) string {
	t.Helper()
	link := strings.TrimSpace(done(t, s.data, "--quiet", "user", "link", login))
	if !strings.HasPrefix(link, s.url+"/entree/") {
		t.Fatalf("the link of %s is %q, want one of the server that runs at %s", login, link, s.url)
	}
	return link
}

// get reads an address of the server. It follows no redirection.
func (v *visitor) get(t testing.TB, path string) (int, string) {
	t.Helper()
	return v.do(t, http.MethodGet, path, nil)
}

// post sends a form.
func (v *visitor) post(t testing.TB, path string, form url.Values) (int, string) {
	t.Helper()
	return v.do(t, http.MethodPost, path, form)
}

func (v *visitor) do(t testing.TB, method, path string, form url.Values) (int, string) {
	t.Helper()
	status, body, err := v.try(t.Context(), method, path, form)
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

// try sends a request that may go wrong.
func (v *visitor) try(ctx context.Context, method, path string, form url.Values) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, v.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return answered(v.client.Do(req))
}

// answered reads the whole of an answer.
func answered(res *http.Response, err error) (int, string, error) {
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// do sends a request of a program and reads the whole answer.
func do(req *http.Request) (int, string, error) { return answered(http.DefaultClient.Do(req)) }

// bearing puts a token on a request.
func bearing(req *http.Request, token string) *http.Request {
	req.Header.Set("Authorization", fmt.Sprint("Bearer ", token))
	return req
}
