package web_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/web"
	"belvedere/internal/web/parts"
	"belvedere/internal/web/webtest"
)

func TestHeaders(t *testing.T) {
	c := newConsole(t, func(w *web.Config, _ *console) { w.Secure = true })
	want := map[string]string{
		"Content-Security-Policy":      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cache-Control":                "no-store",
		"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
	}
	for _, address := range []string{"/", "/nulle-part", "/livraisons/2", "/sante", "/?annee=x", "/moyens/par-etablissement?format=csv"} {
		w := c.get(address)
		for name, value := range want {
			if got := w.Header().Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", address, name, got, value)
			}
		}
		if w.Header().Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", address)
		}
	}
	if got := newConsole(t).get("/").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("HSTS without TLS: %q", got)
	}
}

func TestAssets(t *testing.T) {
	c := newConsole(t)
	set := parts.Assets()
	page := c.get("/").Body.String()
	for name, a := range set.Files {
		w := c.get(set.URL(name), header("Accept-Encoding", "gzip"))
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Type") != a.Type {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
		if body := unzip(t, w.Header(), w.Body); body != string(a.Body) {
			t.Errorf("%s: the compressed body is another", name)
		}
		if plain := c.get(set.URL(name)); plain.Body.String() != string(a.Body) {
			t.Errorf("%s: the plain body is another", name)
		}
	}
	for _, name := range []string{"belvedere.css", "belvedere.js"} {
		if !strings.Contains(page, set.URL(name)) || !strings.Contains(page, set.Files[name].Integrity) {
			t.Errorf("the page does not ask for %s with its integrity", name)
		}
	}
	for _, address := range []string{"/assets/0000000000000000/belvedere.css", "/assets/" + set.Sum + "/rien.css", "/assets/" + set.Sum + "/..%2fweb.go"} {
		if w := c.get(address); w.Code != 404 {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
}

func unzip(t *testing.T, h http.Header, body io.Reader) string {
	t.Helper()
	if h.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		body = z
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPagesAreCompressed(t *testing.T) {
	c := newConsole(t)
	plain := c.get("/social/par-etablissement").Body.String()
	for accept, zipped := range map[string]bool{"gzip": true, "br, gzip;q=0.8": true, "*": true, "gzip;q=0": false, "br": false, "": false} {
		w := c.get("/social/par-etablissement", header("Accept-Encoding", accept))
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != zipped {
			t.Errorf("%q: compressed %v", accept, got)
		}
		if unzip(t, w.Header(), w.Body) != plain {
			t.Errorf("%q: another page", accept)
		}
	}
	if w := c.do("HEAD", "/", nil); w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d bytes, length %q", w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

func TestMethods(t *testing.T) {
	c := newConsole(t)
	for _, one := range []struct{ method, address, allow string }{
		{"POST", "/", "GET"}, {"DELETE", "/livraisons", "GET, HEAD, POST"}, {"GET", "/theme", "POST"}, {"PUT", "/indicateurs", "GET"},
	} {
		w := c.do(one.method, one.address, nil)
		if w.Code != 405 || !strings.Contains(w.Header().Get("Allow"), strings.Split(one.allow, ",")[0]) {
			t.Errorf("%s %s: %d, Allow %q", one.method, one.address, w.Code, w.Header().Get("Allow"))
		}
		if !strings.Contains(w.Body.String(), "<h1>") || !strings.Contains(w.Body.String(), "n’accepte que") {
			t.Errorf("%s %s is not answered by a page in French", one.method, one.address)
		}
	}
}

func TestOtherSitesCannotAct(t *testing.T) {
	c := newConsole(t)
	body := url.Values{"theme": {"dark"}, "retour": {"/"}}.Encode()
	form := header("Content-Type", "application/x-www-form-urlencoded")
	for name, option := range map[string]func(*http.Request){
		"fetch metadata": header("Sec-Fetch-Site", "cross-site"),
		"origin":         header("Origin", "https://ailleurs.example"),
	} {
		w := c.do("POST", "/theme", strings.NewReader(body), form, option)
		if w.Code != 403 || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: %d, cookie %q", name, w.Code, w.Header().Get("Set-Cookie"))
		}
	}
	if w := c.do("POST", "/theme", strings.NewReader(body), form, header("Sec-Fetch-Site", "same-origin")); w.Code != 303 {
		t.Errorf("same origin: %d", w.Code)
	}
}

func TestTheme(t *testing.T) {
	c := newConsole(t, func(w *web.Config, _ *console) { w.Secure = true })
	post := func(theme, back string) (int, string, string) {
		w := c.do("POST", "/theme", strings.NewReader(url.Values{"theme": {theme}, "retour": {back}}.Encode()), header("Content-Type", "application/x-www-form-urlencoded"))
		return w.Code, w.Header().Get("Location"), w.Header().Get("Set-Cookie")
	}
	for back, want := range map[string]string{
		"/social?tri=-a": "/social?tri=-a", "": "/", "//ailleurs.example": "/", "https://ailleurs.example/": "/",
		"/\\ailleurs.example": "/", "javascript:alert(1)": "/", "/a\r\nX: y": "/", "relatif": "/",
	} {
		code, location, cookie := post("dark", back)
		if code != 303 || location != want {
			t.Errorf("%q leads to %q (%d), want %q", back, location, code, want)
		}
		for _, part := range []string{"theme=dark", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("cookie %q lacks %s", cookie, part)
			}
		}
	}
	if code, _, cookie := post("rose", "/"); code != 400 || cookie != "" {
		t.Errorf("an unknown theme: %d %q", code, cookie)
	}
	if body := c.get("/", header("Cookie", "theme=dark")).Body.String(); !strings.Contains(body, `data-theme="dark"`) {
		t.Error("the first paint is not dark")
	}
	if body := c.get("/", header("Cookie", `theme=x" onload="alert(1)`)).Body.String(); strings.Contains(body, "data-theme=") {
		t.Error("an unknown theme is written")
	}
}

func TestErrorsKeepTheirCauseInside(t *testing.T) {
	c := newConsole(t, func(_ *web.Config, c *console) {
		c.reports.Fail["accueil"] = errors.New("mot de passe de la base")
		c.reports.Fail["moyens_synthese"] = belvedere.WrapError(belvedere.Unavailable, errors.New("disk /var/secret"), "Le serveur est occupé.")
	})
	w := c.get("/")
	if w.Code != 500 || strings.Contains(w.Body.String(), "mot de passe") || !strings.Contains(w.Body.String(), "journal du serveur") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = c.get("/moyens/synthese")
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "/var/secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// panicking has a report that breaks.
type panicking struct{ *webtest.Reports }

func (panicking) Unlisted(context.Context, belvedere.Viewer) ([]belvedere.Key, error) { panic("boom") }

func TestAPanicIsAPage(t *testing.T) {
	c := newConsole(t, func(w *web.Config, c *console) { w.Reports = panicking{c.reports} })
	if w := c.get("/etablissements/hors-registre"); w.Code != 500 || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestDeclaredAddresses(t *testing.T) {
	for path, why := range map[string]string{"/livraisons": "déjà prise", "/a b": "ne peut pas", "/{x}": "ne peut pas", "sans-barre": "ne peut pas", "/social/par-niveau": "déjà prise"} {
		m := webtest.Model()
		m.Pages = append(m.Pages, &belvedere.Page{Code: "essai", Path: path})
		_, err := web.New(web.Config{Reports: &webtest.Reports{Catalogue: m}, Deliveries: webtest.NewDeliveries(), Viewer: func(*http.Request) (belvedere.Viewer, error) { return belvedere.Viewer{}, nil }})
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", path, err, why)
		}
	}
}

func TestHealth(t *testing.T) {
	sick := errors.New("registre illisible")
	c := newConsole(t, func(w *web.Config, _ *console) { w.Health = func(context.Context) error { return sick } })
	if w := c.get("/sante"); w.Code != 503 || strings.Contains(w.Body.String(), "registre") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	sick = nil
	if w := c.get("/sante"); w.Code != 200 || w.Body.String() != "ok\n" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	w := c.get("/sante", header("Accept", "application/json"))
	var answer map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer["etat"] != "ok" || answer["version"] == "" {
		t.Errorf("%v %v", answer, err)
	}
}

func TestMetrics(t *testing.T) {
	c := newConsole(t)
	c.get("/livraisons/2")
	c.get("/livraisons/3")
	c.get("/nulle-part/" + strings.Repeat("x", 30))
	body := c.get("/metrics", func(r *http.Request) { r.RemoteAddr = "127.0.0.1:4242" }).Body.String()
	if w := c.get("/metrics"); w.Code != http.StatusNotFound {
		t.Errorf("from another machine: %d", w.Code)
	}
	for _, line := range []string{
		`belvedere_http_requests_total{method="GET",route="/livraisons/{seq}",status="200"} 2`,
		`belvedere_http_requests_total{method="GET",route="aucune",status="404"} 1`,
		`belvedere_http_request_seconds_count{route="/livraisons/{seq}"} 2`,
		`belvedere_http_request_seconds_bucket{route="/livraisons/{seq}",le="+Inf"} 2`,
		`belvedere_deliveries{state="publiee"} 2`, `belvedere_deliveries{state="refusee"} 1`, `belvedere_edition 408`,
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no line %s in\n%s", line, body)
		}
	}
}
