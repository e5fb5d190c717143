package web_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"belvedere/internal/web"
	"belvedere/internal/web/parts"
)

// TestNothingElseIsServed asks for what careless servers give away.
func TestNothingElseIsServed(t *testing.T) {
	f := newFort(t)
	set := parts.Assets()
	for _, path := range []string{
		"/.git/config", "/.git/HEAD", "/.env", "/.svn/entries", "/.htaccess", "/go.mod", "/internal/web/web.go", "/web.go", "/main.go", "/belvedere", "/data/registre.sqlite",
		"/registre.sqlite", "/entrepot.duckdb", "/cles.json", "/serveur.json", "/journal.ancre", "/depot/", "/courrier/", "/courrier", "/backup.zip", "/config.yaml", "/belvedere.yaml",
		"/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/debug/requests", "/status", "/server-status", "/phpinfo.php", "/wp-login.php", "/actuator/env", "/swagger-ui/", "/graphql",
		"/assets/", "/assets", "/assets/" + set.Sum, "/assets/" + set.Sum + "/", "/assets/" + set.Sum + "/belvedere.css.map", "/assets/" + set.Sum + "/..%2f..%2fweb.go",
		"/assets/" + set.Sum + "/%2e%2e/%2e%2e/go.mod", "/logo/", "/logo/..%2f..%2fcles.json", "/logo/" + strings.Repeat("0", 64) + ".png", "/%2e%2e/%2e%2e/etc/passwd", "/setup", "/install", "/api/setup",
	} {
		w := f.ask("GET " + path)
		for w.Code == 301 || w.Code == 307 || w.Code == 308 { // the clean form of the address
			w = f.ask("GET " + w.Header().Get("Location"))
		}
		if w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
		for _, word := range []string{"package web", "module belvedere", "root:x:", "SQLite format", "Index of", "<pre>"} {
			if strings.Contains(w.Body.String(), word) {
				t.Errorf("%s shows %q", path, word)
			}
		}
	}
	for _, method := range []string{"TRACE", "TRACK", "CONNECT", "OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND", "DEBUG"} {
		w := f.ask(method+" /indicateurs", header("X-Essai", "rendu"))
		if w.Code != 405 || strings.Contains(w.Body.String(), "rendu") {
			t.Errorf("%s: %d", method, w.Code)
		}
		for k := range w.Header() {
			if strings.HasPrefix(k, "Access-Control-") || k == "Server" || k == "X-Powered-By" {
				t.Errorf("%s: header %s", method, k)
			}
		}
	}
}

// tame are the words that scripts of pages have no use for.
var tame = []string{"eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment", "postMessage", "sessionStorage", "indexedDB",
	"document.cookie", "WebSocket", "EventSource", "importScripts", "__proto__", "window.name", "javascript:", "http://", "https://", "window.open", "'paste'", ".setAttribute('on", "setTimeout('", `setTimeout("`}

// TestScriptsAreTame reads the scripts as they are served.
func TestScriptsAreTame(t *testing.T) {
	n := 0
	for name, file := range parts.Assets().Files {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		n++
		text := string(file.Body)
		for _, word := range tame {
			if strings.Contains(text, word) {
				t.Errorf("%s holds %s", name, word)
			}
		}
		for line := range strings.Lines(text) {
			loose := strings.NewReplacer("===", "", "!==", "", "<=", "", ">=", "", "=>", "").Replace(line)
			if strings.Contains(loose, "==") || strings.Contains(loose, "!=") {
				t.Errorf("%s compares loosely: %s", name, strings.TrimSpace(line))
			}
			if strings.Contains(line, "localStorage") && !strings.Contains(line, "offKey") {
				t.Errorf("%s keeps something in the browser: %s", name, strings.TrimSpace(line))
			}
		}
	}
	if n == 0 {
		t.Error("no script was read")
	}
}

// FuzzSafeReturn looks at addresses as browsers read them: they drop tabs and line ends, and take
// "\" for "/".
func FuzzSafeReturn(f *testing.F) {
	for _, s := range []string{"/", "", "//evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "/\n/evil.example", "https:evil.example", "https:/evil.example", "///evil.example",
		"/%2f/evil.example", "/%5cevil.example", "/@evil.example", "//user@evil.example", "/a?b=//c", "javascript:alert(1)", " //evil.example", "\x00//evil.example", "/./\\evil.example", "/..//evil.example", "http://[::1", "/a#//b", "/\u2028/evil.example", "/\u3000/evil"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		out := web.SafeReturn(address)
		read := strings.Map(func(r rune) rune {
			if r == '\t' || r == '\n' || r == '\r' {
				return -1
			}
			if r == '\\' {
				return '/'
			}
			return r
		}, strings.TrimFunc(out, func(r rune) bool { return r <= ' ' }))
		if !strings.HasPrefix(read, "/") || strings.HasPrefix(read, "//") || strings.ContainsAny(out, "\r\n\x00") {
			t.Errorf("%q leads to %q", address, out)
		}
		base, _ := url.Parse("https://console.exemple.fr/compte")
		if u, err := base.Parse(out); err != nil || u.Host != "console.exemple.fr" || u.Scheme != "https" || u.User != nil {
			t.Errorf("%q leads to %v %v", address, u, err)
		}
	})
}

// TestAmbiguousLengths sends requests whose end two readers could see in two places.
func TestAmbiguousLengths(t *testing.T) {
	f := newFort(t)
	server := httptest.NewServer(f)
	defer server.Close()
	smuggled := "GET /administration/utilisateurs HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, request := range map[string]string{
		"two lengths":          "POST /theme HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 57\r\n\r\n" + smuggled,
		"unknown coding":       "POST /theme HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n" + smuggled,
		"two codings":          "POST /theme HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + smuggled,
		"a negative length":    "POST /theme HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" + smuggled,
		"a signed length":      "POST /theme HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n" + smuggled,
		"a space in a name":    "POST /theme HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n" + smuggled,
		"a folded header":      "POST /theme HTTP/1.1\r\nHost: x\r\nX-A: b\r\n\tContent-Length: 0\r\nContent-Length: zz\r\n\r\n" + smuggled,
		"two hosts":            "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" + smuggled,
		"an endless chunk":     "POST /theme HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n" + smuggled,
		"a chunk with a sign":  "POST /theme HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" + smuggled,
		"a NUL in a header":    "GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n" + smuggled,
		"an old line ending":   "GET / HTTP/1.1\rHost: x\r\r" + smuggled,
		"a version of its own": "GET / HTTP/3.7\r\nHost: x\r\n\r\n" + smuggled,
	} {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		f.must(err)
		_, err = c.Write([]byte(request))
		f.must(err)
		first, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if first.StatusCode < 400 {
			t.Errorf("%s: %s", name, first.Status)
		} else if !first.Close {
			t.Errorf("%s: the connection stays open for what follows", name)
		}
		c.Close()
	}
}
