package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"belvedere/internal/auth"
	"belvedere/internal/web/webtest"
)

// A canary is a secret that was given to the console, or by it, and must sing nowhere.
type canaries map[string]string // name by secret

// sings looks for secrets in what someone could read.
func (c canaries) sings(t *testing.T, where, text string) {
	t.Helper()
	for secret, name := range c {
		if strings.Contains(text, secret) {
			t.Errorf("%s stands in %s", name, where)
		}
	}
}

var (
	keyOfApp     = regexp.MustCompile(`[A-Z2-7]{4}( [A-Z2-7]{4}){7}`)
	keyOfProgram = regexp.MustCompile(`bvd_[0-9A-Za-z]+`)
	recoveryCode = regexp.MustCompile(`[a-z2-7]{4}(-[a-z2-7]{4}){2,6}`)
	hiddenTicket = regexp.MustCompile(`name="(graine)" value="([^"]+)"`)
)

// TestSecretsStayInside lives a life of an account, well and badly, with secrets that are known,
// then reads the log, the journal, the measures, the registry and every answer.
func TestSecretsStayInside(t *testing.T) {
	f := newFort(t)
	secrets := canaries{}
	keep := func(secret, name string) {
		t.Helper()
		if len(secret) < 8 {
			t.Fatalf("no %s was found", name)
		}
		secrets[secret] = name
	}
	seen := map[string]*httptest.ResponseRecorder{}
	post := func(path string, values url.Values) *httptest.ResponseRecorder {
		w := f.send("POST", path, values.Encode())
		seen[fmt.Sprint("POST ", path, len(seen))] = w
		return w
	}
	f.secretsOfTheDoor(post, keep)
	f.secretsOfAnAccount(t, post, keep)
	f.as = boss
	w := f.send("POST", "/administration/jetons/nouveau", url.Values{"nom": {"essai"}, "editeur": {"canari"}, "lecture": {"oui"}, "portee": {"tous"}}.Encode())
	keep(keyOfProgram.FindString(w.Body.String()), "the key of a program")
	for address, rt := range f.addresses() {
		if rt.Method == "GET" && !strings.Contains(rt.Path, "{jeton}") {
			seen[address] = f.ask(address)
		}
	}
	f.as.ID = 0
	measures := f.do("GET", "/metrics", http.NoBody, func(r *http.Request) { r.RemoteAddr = "127.0.0.1:1" })
	if measures.Code != 200 || !strings.Contains(f.log.String(), "request failed") || len(f.journal.entries) < 10 {
		t.Fatalf("measures %d, %d bytes of log, %d entries: little would show", measures.Code, len(f.log.String()), len(f.journal.entries))
	}
	secrets.sings(t, "the measures", measures.Body.String())
	secrets.sings(t, "the log", f.log.String())
	secrets.sings(t, "the journal", f.journal.String())
	secrets.sings(t, "the registry", f.dump())
	for address, w := range seen {
		body := w.Body.String()
		for _, token := range linkTokens { // who holds a link sees it in its own page
			if strings.Contains(address, token) {
				body = strings.ReplaceAll(body, token, "")
			}
		}
		secrets.sings(t, "the answer to "+address, body)
		secrets.sings(t, "a header of "+address, fmt.Sprint(w.Header().Get("Location"), w.Header()["Link"], w.Header()["Refresh"]))
	}
	t.Logf("%d secrets, %d answers", len(secrets), len(seen))
}

// secretsOfTheDoor tries passwords, right and wrong, and links that serve, have served and never will.
func (f *fort) secretsOfTheDoor(post func(string, url.Values) *httptest.ResponseRecorder, keep func(secret, name string)) {
	f.as = roles[0].viewer
	keep(fortPassword, "the password")
	keep("canari mauvais mot 42", "a wrong password")
	keep("canari tout neuf 57 ans", "a new password")
	keep("canari invisible 93 km", "the password of an invitation")
	for path, token := range linkTokens {
		keep(token, "the token of "+path)
	}
	unknown := strings.Repeat("Z", 43)
	keep(unknown, "an unknown token")
	post("/connexion", url.Values{"identifiant": {"Anna@KERVELLA"}, "mot_de_passe": {"canari mauvais mot 42"}})
	post("/connexion", url.Values{"identifiant": {"personne"}, "mot_de_passe": {"canari mauvais mot 42"}})
	in := post("/connexion", url.Values{"identifiant": {"Anna@KERVELLA"}, "mot_de_passe": {fortPassword}})
	for _, c := range in.Result().Cookies() {
		if c.MaxAge >= 0 {
			keep(c.Value, "the cookie "+c.Name)
		}
	}
	for _, path := range []string{auth.InvitePath, auth.ResetPath, auth.EmailPath, auth.EntryPath} {
		f.ask("GET " + path + unknown)
		f.ask("HEAD " + path + linkTokens[path] + "?a=b")
		f.ask("DELETE " + path + linkTokens[path])
		f.ask("GET " + path + linkTokens[path] + "/")
		f.send("POST", path+linkTokens[path], "%zz")
		f.do("POST", path+linkTokens[path], strings.NewReader(""), header("Sec-Fetch-Site", "cross-site"))
		new := url.Values{"identifiant": {"Paul@GUEGUEN"}, "mot_de_passe": {"canari invisible 93 km"}, "confirmation": {"canari mauvais mot 42"}}
		f.send("POST", path+linkTokens[path], new.Encode())
		new.Set("confirmation", "canari invisible 93 km")
		post(path+linkTokens[path], new)
		post(path+linkTokens[path], new) // a second time
	}
}

// secretsOfAnAccount changes a password and takes an application of codes.
func (f *fort) secretsOfAnAccount(t *testing.T, post func(string, url.Values) *httptest.ResponseRecorder, keep func(secret, name string)) {
	t.Helper()
	f.as = school
	f.enter(school.ID)
	keep(f.cookies[school.ID][0].Value, "the cookie of a session")
	page := f.ask("GET /compte/securite/application").Body.String()
	grouped := keyOfApp.FindString(page)
	key := strings.ReplaceAll(grouped, " ", "")
	keep(grouped, "the key of the application, as it is typed")
	keep(key, "the key of the application")
	ticket := hiddenTicket.FindStringSubmatch(page)
	if ticket == nil {
		t.Fatal("the page of the application has no ticket")
	}
	code, err := totp.GenerateCode(key, webtest.Published)
	f.must(err)
	f.send("POST", "/compte/securite/application", url.Values{ticket[1]: {ticket[2]}, "code": {"00" + code}}.Encode()) // shows the key again
	w := f.send("POST", "/compte/securite/application", url.Values{ticket[1]: {ticket[2]}, "code": {code}}.Encode())
	codes := recoveryCode.FindAllString(w.Body.String(), -1)
	if len(codes) < 5 {
		t.Fatalf("%d recovery codes: %d %s", len(codes), w.Code, plain(w.Body.String()))
	}
	for _, c := range codes {
		keep(c, "a recovery code")
	}
	f.revive()
	post("/compte/mot-de-passe", url.Values{"actuel": {"canari mauvais mot 42"}, "mot_de_passe": {"canari tout neuf 57 ans"}, "confirmation": {"canari tout neuf 57 ans"}})
	post("/compte/mot-de-passe", url.Values{"actuel": {fortPassword}, "mot_de_passe": {"canari tout neuf 57 ans"}, "confirmation": {"canari tout neuf 57 ans"}})
	f.revive()
	a, err := f.reg.Account(t.Context(), school.ID)
	f.must(err)
	if !a.SecondFactor || a.PasswordSet.Before(webtest.Published.Add(-time.Hour)) {
		t.Errorf("the account has changed nothing: %+v", a)
	}
}
