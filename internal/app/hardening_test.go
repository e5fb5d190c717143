package app_test

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/registry"
)

// openAs opens an app of a configuration that the test changes.
func openAs(t *testing.T, change func(*config.Config)) *app.App {
	t.Helper()
	c := config.Default()
	c.Data, c.Listen = t.TempDir(), "127.0.0.1:0"
	change(&c)
	a, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// TestServesUnderTLS signs in over TLS: the cookies are bound to the host and to TLS, browsers are
// told to stay there, old versions of TLS are refused, and the command line still reaches the server.
func TestServesUnderTLS(t *testing.T) {
	a := openAs(t, func(c *config.Config) { c.TLSCert, c.TLSKey = app.MakeCertificate(t, t.TempDir(), 1) })
	owner, _ := enrol(t, a, registry.Account{FirstName: "Claire", LastName: "MORVAN", AllWidgets: true})
	base := serve(t, a)
	if !strings.HasPrefix(base, "https://127.0.0.1:") {
		t.Fatal(base)
	}
	pem, err := os.ReadFile(a.Config.TLSCert)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := func(most uint16) *http.Client {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MaxVersion: most, MinVersion: tls.VersionTLS10}, ForceAttemptHTTP2: true}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	form := url.Values{"identifiant": {owner.Login}, "mot_de_passe": {password}}.Encode()
	res, body := send(t, client(0), http.MethodPost, base+"/connexion", form, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Origin", base)
	if res.StatusCode != http.StatusSeeOther || res.ProtoMajor != 2 || !strings.HasPrefix(res.Header.Get("Strict-Transport-Security"), "max-age=31536000") {
		t.Errorf("%s %s %v\n%.300s", res.Proto, res.Status, res.Header, body)
	}
	names := ""
	for _, c := range res.Cookies() {
		names += c.Name + " "
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("cookie %+v", c)
		}
	}
	if !strings.Contains(names, "__Host-belvedere ") {
		t.Errorf("no session: %s", names)
	}
	if _, err := client(tls.VersionTLS11).Get(base + "/connexion"); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if res, _ := call(t, http.MethodGet, strings.Replace(base, "https", "http", 1)+"/connexion", ""); res.StatusCode != http.StatusBadRequest {
		t.Errorf("in clear: %s", res.Status)
	}
	if _, _, err := a.Ask(t.Context(), "/api/v1/editions", ""); err != nil {
		t.Errorf("the command line: %v", err)
	}
}

// TestJournalKnowsFromWhere sends a request with the header of a proxy: the address that it names
// is believed of proxies alone.
func TestJournalKnowsFromWhere(t *testing.T) {
	for name, proxies := range map[string][]string{"198.51.100.7": {"127.0.0.1"}, "127.0.0.1": nil} {
		a := openAs(t, func(c *config.Config) { c.Proxies = proxies })
		k := newKnocker(t, serve(t, a))
		if got, err := k.try("203.0.113.9, 198.51.100.7", "personne", "faux", ""); err != nil || got != http.StatusUnauthorized {
			t.Fatal(got, err)
		}
		list, _, err := a.Registry.ListJournal(t.Context(), registry.JournalFilter{Actions: []string{"connexion_refusee"}}, registry.Page{})
		if err != nil || len(list) != 1 || list[0].From != name {
			t.Errorf("proxies %v: %+v %v, want one from %s", proxies, list, err, name)
		}
	}
}

// TestMonitorIsApart asks the address of those who watch the server, and that of everyone.
func TestMonitorIsApart(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := openAs(t, func(c *config.Config) { c.Monitor = free.Addr().String() })
	free.Close()
	base := serve(t, a)
	for path, want := range map[string]int{"/metrics": 200, "/sante": 200, "/": 404, "/connexion": 404, "/api/v1/openapi.json": 404, "/api/v1/editions": 404, "/metrics/": 404, "//metrics": 404} {
		// The secret of the machine and a session open nothing here.
		res, body := callOnce(t, http.MethodGet, "http://"+a.Config.Monitor+path, "", machine(a)...)
		if res.StatusCode != want {
			t.Errorf("%s: %s\n%.200s", path, res.Status, body)
		}
	}
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	outside := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	outside.RemoteAddr = "192.0.2.1:4000"
	w := httptest.NewRecorder()
	if handler.ServeHTTP(w, outside); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "belvedere_info") {
		t.Errorf("/metrics from outside: %d", w.Code)
	}
	for _, header := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"} {
		if res, _ := call(t, http.MethodGet, base+"/metrics", "", header, "127.0.0.1"); res.StatusCode != http.StatusNotFound {
			t.Errorf("/metrics through a proxy that says %s: %s", header, res.Status)
		}
	}
}

// TestForeignHostsAreRefused asks the server under a name that is not its own.
func TestForeignHostsAreRefused(t *testing.T) {
	base := serve(t, openAs(t, func(*config.Config) {}))
	for host, want := range map[string]int{"console.attaque.example": 421, "127.0.0.1.nip.example": 421, "localhost": 200, "127.0.0.1": 200} {
		req, err := http.NewRequest(http.MethodGet, base+"/connexion", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %s", host, res.Status)
		}
	}
}

// TestBodiesAreBounded sends more than each route takes.
func TestBodiesAreBounded(t *testing.T) {
	a := openAs(t, func(c *config.Config) { c.MaxFile = 200 << 10 })
	s := site(t, a)
	session := signIn(t, a)
	_, push := program(t, a, registry.Token{Name: "dépôt", Push: true, AllSchools: true})
	large := "identifiant=" + strings.Repeat("x", 100<<10)
	for _, c := range []struct {
		method, path, body string
		header             []string
	}{
		{http.MethodPost, "/connexion", large, nil},
		{http.MethodPost, "/oubli", large, nil},
		{http.MethodPost, "/administration/utilisateurs/nouveau", strings.Repeat(large, 50), session},
		{http.MethodPost, "/livraisons", "--x\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"a.csv\"\r\n\r\n" + strings.Repeat("x", 300<<10) + "\r\n--x--\r\n",
			append([]string{"Content-Type", "multipart/form-data; boundary=x"}, session...)},
		{http.MethodPut, "/api/v1/livraisons/x", strings.Repeat("x", 300<<10), push},
	} {
		header := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, c.header...)
		res, body := callOnce(t, c.method, s.URL+c.path, c.body, header...)
		if res.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %s: %s\n%s", c.method, c.path, res.Status, body)
		}
	}
}
