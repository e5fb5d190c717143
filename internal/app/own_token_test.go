package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

// ownToken makes a token of a person and gives its header.
func ownToken(t *testing.T, h *house, account registry.Account, name string) (registry.Token, []string) {
	t.Helper()
	return program(t, h.app, registry.Token{Account: account.ID, Name: name, Read: true, Expires: h.watch.now().Add(24 * time.Hour)})
}

// ownReadings are addresses of the API that read figures.
var ownReadings = []string{
	"/api/v1/donnees?indicateurs=inscrits&par=composante&ou=annee=2025&total=oui", "/api/v1/donnees?indicateurs=inscrits&par=formation&ou=annee=2025&format=csv",
	"/api/v1/donnees?indicateurs=budget_vote&par=composante&ou=annee=2025&format=csv", "/api/v1/donnees?indicateurs=etudiants&ou=annee=2025&format=csv",
	"/api/v1/explorer?indicateurs=inscrits&lignes=composante&annee=2025", "/api/v1/explorer?indicateurs=inscrits&lignes=sexe&colonnes=composante&annee=2025",
	"/api/v1/jeux", "/api/v1/etablissements", "/api/v1/jeux/inscriptions/donnees?annee=2025&format=csv",
}

// A token of a person of a school reads what the session of that person reads, letter by letter: for the whole
// school, and for one limited to a department, from the next request on. A program of the territory has no such figure.
func TestOwnTokenReadsAsTheSession(t *testing.T) {
	unprotected(t)
	h := institution(t)
	_, bearer := ownToken(t, h, h.account, "carnet")
	_, other := program(t, h.app, registry.Token{Name: "programme", Read: true, AllSchools: true})
	for _, limit := range []string{"", "composante=Genie_civil"} {
		h.limit(limit)
		figures := 0
		for _, address := range ownReadings {
			status, session := h.get(address, h.session)
			if again, token := h.get(address, bearer); again != status || token != session {
				t.Errorf("%s, limit %q: the session is answered %d, the token %d\n%.600s\n%.600s", address, limit, status, again, session, token)
			}
			for figure, open := range map[string]bool{civil: true, computing: limit == ""} {
				if holds := strings.Contains(unspaced.Replace(session), figure); holds && !open {
					t.Errorf("%s, limit %q: %s", address, limit, figure)
				} else if holds {
					figures++
				}
			}
		}
		if figures < 4 {
			t.Errorf("limit %q: %d figures read, it proves nothing", limit, figures)
		}
	}
	if _, body := h.get(ownReadings[0], other); strings.Contains(unspaced.Replace(body), civil) {
		t.Error("a program of the territory reads what no school shares")
	}
}

// What ends the rights of a person ends those of the token at the next request.
func TestOwnTokenEndsWithRights(t *testing.T) {
	unprotected(t)
	h := institution(t)
	const address = "/api/v1/donnees?indicateurs=inscrits&par=composante&ou=annee=2025&format=csv"
	compose := "/api/v1/explorer?indicateurs=inscrits&lignes=composante&annee=2025"
	update := func(change func(*registry.Account)) func() error { return func() error { return h.update(change) } }
	for i, c := range []struct {
		name    string
		end     func(registry.Token) error
		status  int
		address string
		back    func() error
	}{
		{"withdrawn", func(x registry.Token) error { return h.app.Registry.RevokeToken(t.Context(), x.ID, h.watch.now()) }, 401, address, nil},
		{"by its person", func(x registry.Token) error {
			_, err := h.app.Tokens.RevokeOwn(t.Context(), h.account.ID, x.ID)
			return err
		}, 401, address, nil},
		{"account closed", func(registry.Token) error { return update(func(x *registry.Account) { x.State = registry.Locked })() }, 401, address, update(func(x *registry.Account) { x.State = registry.Active })},
		{"sessions cut", func(registry.Token) error { return h.app.Auth.EndSessions(t.Context(), h.account) }, 401, address, nil},
		{"became auditor, without second factor", func(registry.Token) error { return update(func(x *registry.Account) { x.Auditor = true })() }, 401, address, update(func(x *registry.Account) { x.Auditor = false })},
		{"school withdrawn", func(registry.Token) error { return update(func(x *registry.Account) { x.Schools = nil })() }, 200, address, update(func(x *registry.Account) { x.Schools = h.schools })},
		{"widgets withdrawn", func(registry.Token) error { return update(func(x *registry.Account) { x.AllWidgets = false })() }, 200, address, update(func(x *registry.Account) { x.AllWidgets = true })},
		{"limited to another department", func(registry.Token) error { h.limit("composante=Informatique"); return nil }, 200, address, func() error { h.limit(""); return nil }},
		{"grant ended", func(registry.Token) error { h.watch.pass(time.Hour); return nil }, 403, compose, nil},
		{"day over", func(registry.Token) error { h.watch.pass(48 * time.Hour); return nil }, 401, address, nil},
		{"account deleted", func(registry.Token) error { return h.app.Registry.DeleteAccount(t.Context(), h.account.ID, 0) }, 401, address, nil},
	} {
		token, bearer := ownToken(t, h, h.account, fmt.Sprint("carnet ", i))
		if status, body := h.get(c.address, bearer); status != 200 || !strings.Contains(unspaced.Replace(body), civil) {
			t.Fatalf("%s, before: %d %.400s", c.name, status, body)
		}
		if err := c.end(token); err != nil {
			t.Fatal(c.name, err)
		}
		if status, body := h.get(c.address, bearer); status != c.status && !(c.status == 200 && status >= 400) || strings.Contains(unspaced.Replace(body), civil) {
			t.Errorf("%s, after: %d %.400s", c.name, status, body)
		}
		if c.back == nil {
			continue
		}
		if err := c.back(); err != nil {
			t.Fatal(c.name, err)
		}
	}
}

// A token of a person reads figures: it pushes nothing, follows no delivery, has no extract, and opens no page,
// whoever the person is; the journal says the person and the token.
func TestOwnTokenOnlyReads(t *testing.T) {
	unprotected(t)
	h := institution(t)
	chief := member(t, h.app, registry.Account{FirstName: "Claire", LastName: "MORVAN", Admin: true, AllSchools: true, AllWidgets: true})
	for _, who := range []registry.Account{h.account, chief} {
		token, bearer := program(t, h.app, registry.Token{Account: who.ID, Strong: true, Name: "carnet", Read: true})
		if status, body := h.get(ownReadings[0], bearer); status != 200 {
			t.Fatalf("%s: %d %.300s", who.Login, status, body)
		}
		for _, address := range []string{"/api/v1/extractions", "/api/v1/extractions/1", "/api/v1/alertes", "/api/v1/envois", "/api/v1/livraisons", "/api/v1/livraisons/1", "/api/v1/verification-recus",
			"/mon-etablissement/" + string(h.schools[0]) + "/eleves", "/administration/jetons", "/administration/utilisateurs", "/compte/jetons", "/compte/jetons/nouveau", "/journal"} {
			status, body := h.get(address, bearer)
			if page := !strings.HasPrefix(address, "/api/"); !page && status != http.StatusForbidden || page && status < 400 && !strings.Contains(body, "/connexion") {
				t.Errorf("%s by %s: %d %.200s", address, who.Login, status, body)
			}
		}
		for method, address := range map[string]string{"PUT": "/api/v1/livraisons/essai?jeu=inscriptions", "POST": "/api/v1/extractions"} {
			req, err := http.NewRequest(method, h.url+address, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set(bearer[0], bearer[1])
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s by %s: %d", method, address, who.Login, resp.StatusCode)
			}
		}
		list, _, err := h.app.Registry.ListJournal(t.Context(), registry.JournalFilter{Account: who.ID}, registry.Page{Limit: 50})
		if err != nil || len(list) < 5 {
			t.Fatal(len(list), err)
		}
		for _, e := range list {
			if e.Door == "api" && (e.Login != who.Login || !strings.Contains(e.Detail, fmt.Sprintf("jeton de lecture %d ", token.ID))) {
				t.Errorf("the journal says %+v", e)
			}
		}
	}
}

// What is of one person does not exist for another.
func TestOwnTokensOfOthers(t *testing.T) {
	h := institution(t)
	other := member(t, h.app, registry.Account{FirstName: "Anna", LastName: "KERVELLA", AllWidgets: true})
	token, bearer := ownToken(t, h, h.account, "carnet")
	cookie := enter(t, h.app, other)
	if _, body := h.get("/compte/jetons", cookie); strings.Contains(body, "carnet<") {
		t.Error("another person sees the token")
	}
	if _, body := h.get("/compte/jetons", h.session); !strings.Contains(body, "carnet<") {
		t.Error("its person does not see it")
	}
	for who, header := range map[string][]string{"other": cookie, "own": h.session} {
		req, err := http.NewRequest("POST", fmt.Sprintf("%s/compte/jetons/%d/retirer", h.url, token.ID), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(header[0], header[1])
		resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if want := map[string]int{"other": 404, "own": 303}[who]; resp.StatusCode != want {
			t.Errorf("%s: %d", who, resp.StatusCode)
		}
		if who == "other" {
			if kept, err := h.app.Registry.Token(t.Context(), token.Hash); err != nil || !kept.Revoked.IsZero() && kept.Revoked.Before(h.watch.now().Add(-time.Hour)) {
				t.Errorf("%+v %v", kept, err)
			}
		}
	}
	if status, _ := h.get(ownReadings[0], bearer); status != 401 {
		t.Errorf("withdrawn by its person: %d", status)
	}
	if _, err := h.app.Tokens.RevokeOwn(t.Context(), other.ID, token.ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
}

// A person makes a token on the page of the account and reads with it what the guide shows; a session that is not
// recent makes none, and neither does who owes a second factor.
func TestOwnTokenIsMadeOnThePage(t *testing.T) {
	unprotected(t)
	h := institution(t)
	post := func(form url.Values, header []string) (*http.Response, string) {
		req, err := http.NewRequest("POST", h.url+"/compte/jetons/nouveau", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(header[0], header[1])
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var body bytes.Buffer
		if _, err := body.ReadFrom(resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp, body.String()
	}
	for field, form := range map[string]url.Values{
		"nom": {"nom": {" "}}, "fin": {"nom": {"a"}, "fin": {"hier"}}, "fin ": {"nom": {"a"}, "fin": {h.watch.now().AddDate(0, 0, 367).Format(time.DateOnly)}}, "fin  ": {"nom": {"a"}, "fin": {"2020-01-01"}},
	} {
		if resp, body := post(form, h.session); resp.StatusCode != 422 || strings.Contains(body, "bvd_") || !strings.Contains(body, "champ-"+strings.TrimSpace(field)) {
			t.Errorf("%s: %d %.300s", field, resp.StatusCode, body)
		}
	}
	resp, body := post(url.Values{"nom": {"Carnet"}, "compte": {"1"}, "depot": {"oui"}, "portee": {"tous"}}, h.session)
	secret := regexp.MustCompile(`<code>(bvd_[0-9A-Za-z]+)</code>`).FindStringSubmatch(body)
	if resp.StatusCode != 201 || len(secret) != 2 || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %q %.500s", resp.StatusCode, resp.Header.Get("Cache-Control"), body)
	}
	bearer := []string{"Authorization", "Bearer " + secret[1]}
	if status, body := h.get("/api/v1/donnees?indicateurs=inscrits&par=composante&annee=2025", bearer); status != 200 || !strings.Contains(body, civil) {
		t.Errorf("%d %s", status, body)
	}
	_, file := h.get("/api/v1/donnees?indicateurs=inscrits&par=composante&annee=2025&format=parquet", bearer)
	if got := readers["parquet"](t, h.app, file, 1)["Genie_civil"]["inscrits"]; got != civil || !strings.Contains(file, "composante_libelle") || !strings.Contains(file, "inscrits_etat") {
		t.Errorf("the file of the guide holds %q", got)
	}
	list, err := h.app.Tokens.Own(t.Context(), h.account.ID)
	if err != nil || len(list) != 1 || list[0].Push || list[0].AllSchools || list[0].Account != h.account.ID || list[0].Owner != h.account.Login || list[0].LastUsed.IsZero() {
		t.Errorf("%+v %v", list, err)
	}
	if days := list[0].Expires.Sub(h.watch.now()).Hours() / 24; days < 88.9 || days > 90 {
		t.Errorf("it lives %.1f days", days)
	}
	h.watch.pass(11 * time.Minute)
	if resp, body := post(url.Values{"nom": {"Autre"}}, h.session); resp.StatusCode != 303 || !strings.HasPrefix(resp.Header.Get("Location"), "/compte/confirmer") || strings.Contains(body, "bvd_") {
		t.Errorf("a session of eleven minutes: %d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	if err := h.update(func(x *registry.Account) { x.Auditor = true }); err != nil {
		t.Fatal(err)
	}
	h.account.Auditor = true
	if _, _, err := h.app.Tokens.CreateOwn(t.Context(), h.account, false, h.account.Login, admin.OwnTokenForm{Name: "Faible"}); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("who owes a second factor: %v", err)
	}
}
