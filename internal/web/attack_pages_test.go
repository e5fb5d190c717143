package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// pages are the answers that an administrator, a school or nobody gets as pages, by address.
func (f *fort) pages() map[string]*httptest.ResponseRecorder {
	out := map[string]*httptest.ResponseRecorder{}
	for _, who := range roles {
		f.as = who.viewer
		for address, rt := range f.addresses() {
			if rt.Method != "GET" {
				continue
			}
			if w := f.ask(address); w.Code/100 != 3 && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
				out[address+" as "+who.name] = w
			}
		}
	}
	f.as = boss
	out["GET /nulle-part"] = f.ask("GET /nulle-part")
	return out
}

// TestObservatoryGrade grades every page of every role, with all the cookies that the site sets.
func TestObservatoryGrade(t *testing.T) {
	f := newFort(t)
	theme := f.do("POST", "/theme", strings.NewReader("theme=dark&retour=/"), header("Content-Type", "application/x-www-form-urlencoded"))
	cookies := theme.Result().Cookies()
	if len(cookies) == 0 {
		t.Fatal("no cookie was set")
	}
	pages := f.pages()
	for address, w := range pages {
		if score, why := observatory(w.Header(), w.Body.String(), cookies); score < 140 {
			t.Errorf("%s: %d points: %v", address, score, why)
		}
	}
	t.Logf("%d pages", len(pages))
}

// TestEveryCookieIsBoundToItsHost looks at the cookies that answers set over TLS.
func TestEveryCookieIsBoundToItsHost(t *testing.T) {
	f := newFort(t)
	answers := map[string]*httptest.ResponseRecorder{"the theme": f.send("POST", "/theme", "theme=dark")}
	f.as.ID = 0
	signIn := f.send("POST", "/connexion", url.Values{"identifiant": {"Anna@KERVELLA"}, "mot_de_passe": {fortPassword}}.Encode())
	answers["a sign-in"], f.as = signIn, boss
	for address := range f.addresses() {
		answers[address] = f.ask(address)
	}
	n := 0
	for address, w := range answers {
		for _, c := range w.Result().Cookies() {
			n++
			if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode {
				t.Errorf("%s: %+v", address, c)
			}
			if len(c.Name)+len(c.Value) > 4096 {
				t.Errorf("%s: the cookie %s has %d bytes", address, c.Name, len(c.Value))
			}
		}
	}
	if n < 4 || len(signIn.Result().Cookies()) < 2 {
		t.Errorf("%d cookies were looked at", n)
	}
}

// TestEveryPageLeadsOut looks for the way to sign out on every page that asks for a session.
func TestEveryPageLeadsOut(t *testing.T) {
	f := newFort(t)
	addresses, n := f.addresses(), 0
	for key, w := range f.pages() {
		address, who, _ := strings.Cut(key, " as ")
		if rt := addresses[address]; w.Code != 200 || rt.Right == "" || rt.Right == "public" {
			continue
		}
		n++
		if !strings.Contains(w.Body.String(), `action="/deconnexion"`) {
			t.Errorf("%s as %s: no way out", address, who)
		}
	}
	if n < 100 {
		t.Errorf("only %d pages were looked at", n)
	}
}

// urls are the attributes that lead somewhere or fetch something.
var urls = []string{"href", "src", "action", "formaction", "poster", "srcset", "data", "xlink:href"}

// TestPagesHoldNothingInline parses every page of every role: no style, script or handler in the
// page, nothing fetched from elsewhere, no form that could carry a secret in its address.
func TestPagesHoldNothingInline(t *testing.T) {
	f := newFort(t)
	for address, w := range f.pages() {
		doc, err := html.Parse(strings.NewReader(w.Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		fault := func(format string, args ...any) {
			t.Helper()
			t.Errorf("%s: %s", address, fmt.Sprintf(format, args...))
		}
		walk(doc, func(n *html.Node) {
			checkInline(n, fault)
			checkControl(n, fault)
		})
	}
}

func checkInline(n *html.Node, fault func(string, ...any)) {
	switch n.Data {
	case "style", "iframe", "object", "embed", "base", "applet", "frame":
		fault("<%s>", n.Data)
	case "script":
		if attr(n, "src") == "" || attr(n, "integrity") == "" || n.FirstChild != nil {
			fault("a script inside the page, or without integrity")
		}
	case "meta":
		if strings.EqualFold(attr(n, "http-equiv"), "refresh") {
			fault("a refresh")
		}
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "srcdoc":
			fault("<%s %s>", n.Data, a.Key)
		case a.Key == "target":
			fault("<%s target=%q>", n.Data, a.Val)
		case slices.Contains(urls, a.Key) && !ownAddress(n.Data, a.Val):
			fault("<%s %s=%q> leads away", n.Data, a.Key, a.Val)
		}
	}
}

// ownAddress admits paths of this site, places of the page, and, for links, the mail of the person
// to ask and the address that an application of codes reads.
func ownAddress(element, address string) bool {
	if element == "a" && (strings.HasPrefix(address, "mailto:") || strings.HasPrefix(address, "otpauth:")) {
		return true
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && u.Opaque == "" && (strings.HasPrefix(address, "/") || strings.HasPrefix(address, "#") || strings.HasPrefix(address, "?"))
}

// checkControl holds passwords to controls that mask them and let password managers work, in
// forms that do not put them in the address.
func checkControl(n *html.Node, fault func(string, ...any)) {
	if n.Data != "input" || !strings.Contains(attr(n, "name"), "mot_de_passe") && attr(n, "type") != "password" {
		return
	}
	if attr(n, "type") != "password" || attr(n, "value") != "" {
		fault("the password %s is shown", attr(n, "name"))
	}
	if complete := attr(n, "autocomplete"); complete != "current-password" && complete != "new-password" {
		fault("the password %s has autocomplete %q", attr(n, "name"), complete)
	}
	if most := attr(n, "maxlength"); most != "" && atoi(most) < 64 {
		fault("the password %s is cut at %s", attr(n, "name"), most)
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "form" && !strings.EqualFold(attr(p, "method"), "post") {
			fault("the password %s goes into an address", attr(n, "name"))
		}
	}
}
