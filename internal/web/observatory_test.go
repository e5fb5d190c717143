package web_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// observatory grades an answer by the published rules of the MDN HTTP Observatory: 100 points at
// first, penalties, and bonuses that count from 90 on. Cookies are all that the site sets. It
// supposes that the site is reached over TLS alone.
func observatory(h http.Header, body string, cookies []*http.Cookie) (score int, why []string) {
	score, bonus := 100, 0
	for _, rule := range []struct {
		name   string
		points int
	}{
		{"content-security-policy", pointsOfPolicy(h.Get("Content-Security-Policy"))},
		{"cookies", pointsOfCookies(cookies, h.Get("Strict-Transport-Security") != "")},
		{"cross-origin-resource-sharing", pointsOfSharing(h)},
		{"referrer-policy", pointsOfReferrer(h.Get("Referrer-Policy"))},
		{"strict-transport-security", pointsOfTransport(h.Get("Strict-Transport-Security"))},
		{"subresource-integrity", pointsOfScripts(body)},
		{"x-content-type-options", or(h.Get("X-Content-Type-Options") == "nosniff", 0, -5)},
		{"x-frame-options", pointsOfFrames(h)},
		{"cross-origin-resource-policy", pointsOfResource(h.Get("Cross-Origin-Resource-Policy"))},
	} {
		if rule.points > 0 {
			bonus += rule.points
		} else {
			score += rule.points
		}
		why = append(why, rule.name+" "+strconv.Itoa(rule.points))
	}
	if score >= 90 {
		score += bonus
	}
	return max(score, 0), why
}

func or(good bool, a, b int) int {
	if good {
		return a
	}
	return b
}

// directives reads a policy; a directive that is written twice counts the first time.
func directives(policy string) map[string][]string {
	out := map[string][]string{}
	for part := range strings.SplitSeq(strings.ToLower(policy), ";") {
		words := strings.Fields(part)
		if len(words) > 0 && out[words[0]] == nil {
			out[words[0]] = append([]string{}, words[1:]...)
		}
	}
	return out
}

func pointsOfPolicy(policy string) int {
	d := directives(policy)
	if len(d) == 0 {
		return -25
	}
	source := func(name string) []string {
		if s, ok := d[name]; ok {
			return s
		}
		if s, ok := d["default-src"]; ok {
			return s
		}
		return []string{"*"}
	}
	loose := func(name string, words ...string) bool {
		return slices.ContainsFunc(source(name), func(s string) bool { return slices.Contains(words, s) })
	}
	broad := []string{"'unsafe-inline'", "data:", "https:", "http:", "*", "blob:"}
	switch {
	case loose("script-src", broad...), loose("object-src", broad...):
		return -20
	case loose("script-src", "'unsafe-eval'"), loose("style-src", "'unsafe-eval'"):
		return -10
	case loose("img-src", "http:"), loose("media-src", "http:"):
		return -10
	case loose("style-src", broad...):
		return 0
	}
	action := d["form-action"]
	if slices.Equal(d["default-src"], []string{"'none'"}) && (slices.Equal(action, []string{"'self'"}) || slices.Equal(action, []string{"'none'"})) {
		return 10
	}
	return 5
}

func pointsOfCookies(cookies []*http.Cookie, hsts bool) int {
	points := 5
	if len(cookies) == 0 {
		return 0
	}
	for _, c := range cookies {
		switch {
		case !c.Secure && !hsts:
			points = min(points, -40)
		case !c.HttpOnly:
			points = min(points, -30)
		case c.SameSite == http.SameSiteNoneMode:
			points = min(points, -20)
		case !c.Secure:
			points = min(points, -10)
		case c.SameSite != http.SameSiteLaxMode && c.SameSite != http.SameSiteStrictMode:
			points = min(points, 0)
		}
	}
	return points
}

func pointsOfSharing(h http.Header) int {
	return or(h.Get("Access-Control-Allow-Origin") == "" || h.Get("Access-Control-Allow-Credentials") == "", 0, -50)
}

func pointsOfReferrer(value string) int {
	switch value {
	case "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin":
		return 5
	case "":
		return 0
	}
	return -5
}

func pointsOfTransport(value string) int {
	for part := range strings.SplitSeq(value, ";") {
		if age, ok := strings.CutPrefix(strings.TrimSpace(part), "max-age="); ok {
			n, err := strconv.Atoi(age)
			return or(err == nil && n >= 15768000, 0, or(err == nil, -10, -20))
		}
	}
	return -20
}

// pointsOfScripts wants the integrity of each script that a page asks for.
func pointsOfScripts(body string) int {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return -20
	}
	scripts, bare, away := 0, 0, 0
	walk(doc, func(n *html.Node) {
		src := attr(n, "src")
		if n.Data != "script" || src == "" {
			return
		}
		scripts++
		if attr(n, "integrity") == "" {
			bare++
		}
		if !strings.HasPrefix(src, "/") || strings.HasPrefix(src, "//") {
			away++
		}
	})
	switch {
	case away > 0:
		return or(bare == 0, -20, -50)
	case scripts == 0 || bare > 0:
		return 0
	}
	return 5
}

func pointsOfFrames(h http.Header) int {
	if d := directives(h.Get("Content-Security-Policy")); len(d["frame-ancestors"]) > 0 {
		return 5
	}
	value := strings.ToUpper(h.Get("X-Frame-Options"))
	return or(value == "DENY" || value == "SAMEORIGIN", 0, -20)
}

func pointsOfResource(value string) int {
	switch value {
	case "same-origin", "same-site":
		return 10
	case "", "cross-origin":
		return 0
	}
	return -5
}

// TestObservatoryRules grades answers whose grade is known, so that the measure itself can fail.
func TestObservatoryRules(t *testing.T) {
	const page = `<script src="/a.js" integrity="sha384-x"></script>`
	best := func() http.Header {
		return http.Header{
			"Content-Security-Policy":      {"default-src 'none'; script-src 'self'; form-action 'self'; frame-ancestors 'none'"},
			"Referrer-Policy":              {"same-origin"},
			"Strict-Transport-Security":    {"max-age=31536000; includeSubDomains"},
			"X-Content-Type-Options":       {"nosniff"},
			"Cross-Origin-Resource-Policy": {"same-origin"},
		}
	}
	session := &http.Cookie{Name: "__Host-x", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	with := func(name, value string) http.Header {
		h := best()
		h.Set(name, value)
		return h
	}
	for _, c := range []struct {
		name   string
		header http.Header
		body   string
		cookie *http.Cookie
		want   int
	}{
		{"the best", best(), page, session, 140},
		{"nothing at all", http.Header{}, "", nil, 100 - 25 - 20 - 5 - 20},
		{"inline scripts", with("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'"), page, session, 80},
		{"inline styles", with("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"), page, session, 130},
		{"forms to anywhere", with("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), page, session, 135},
		{"no frame-ancestors", with("Content-Security-Policy", "default-src 'none'; form-action 'self'"), page, session, 80},
		{"a short HSTS", with("Strict-Transport-Security", "max-age=60"), page, session, 90 + 40},
		{"a script from elsewhere", best(), `<script src="https://cdn.example/a.js"></script>`, session, 50},
		{"no integrity", best(), `<script src="/a.js"></script>`, session, 135},
		{"a cookie that scripts read", best(), page, &http.Cookie{Name: "a", Secure: true, SameSite: http.SameSiteLaxMode}, 70},
		{"a cookie in clear", best(), page, &http.Cookie{Name: "a", HttpOnly: true, SameSite: http.SameSiteLaxMode}, 90 + 35},
		{"credentials for all", func() http.Header {
			h := with("Access-Control-Allow-Origin", "https://evil.example")
			h.Set("Access-Control-Allow-Credentials", "true")
			return h
		}(), page, session, 50},
	} {
		var cookies []*http.Cookie
		if c.cookie != nil {
			cookies = append(cookies, c.cookie)
		}
		if got, why := observatory(c.header, c.body, cookies); got != c.want {
			t.Errorf("%s: %d, want %d (%v)", c.name, got, c.want, why)
		}
	}
}
