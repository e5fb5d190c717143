package api_test

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/api"
	"belvedere/internal/registry"
)

// TestAnswersAreData looks at every kind of answer: none can be taken for a page, framed, read by
// another site or kept by a cache, and none tells what made it.
func TestAnswersAreData(t *testing.T) {
	h := newHouse(t, func(c *api.Config) { c.Secure = true })
	both, _ := h.token(registry.Token{Name: "deux", Vendor: "alpha", Push: true, Read: true, Schools: []belvedere.UAI{schoolA}})
	statuses := map[int]bool{}
	for _, address := range []string{
		"GET /api/v1/openapi.json", "HEAD /api/v1/openapi.json", "GET /api/v1/indicateurs", "GET /api/v1/donnees?indicateurs=eleves", "GET /api/v1/donnees?format=csv&indicateurs=eleves",
		"GET /api/v1/donnees?indicateurs=<script>alert(1)</script>", "GET /api/v1/editions", "GET /api/v1/livraisons", "GET /api/v1/livraisons/<img src=x>", "PUT /api/v1/livraisons/une",
		"PUT /api/v1/livraisons/deux?jeu=inconnu", "DELETE /api/v1/livraisons/une", "TRACE /api/v1/editions", "OPTIONS /api/v1/donnees", "POST /api/v1/livraisons/une", "GET /api/v1/rien",
		"GET /api/v1/", "GET /api/", "GET /api/v1/../../etc/passwd", "GET /api/v1//editions",
	} {
		for name, as := range map[string][]option{
			"nobody": nil, "a token": {bearer(both)}, "a reader": {signedIn("lecteur")}, "a reader elsewhere": {signedIn("lecteur"), header("Origin", "https://evil.example"), header("Sec-Fetch-Site", "cross-site")},
		} {
			method, target, _ := strings.Cut(address, " ")
			target = strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20").Replace(target)
			w := h.do(method, target, file(schoolA, 1), as...)
			statuses[w.Code] = true
			head := w.Header()
			fault := func(format string, args ...any) {
				t.Errorf("%s as %s (%d): %s", address, name, w.Code, fmt.Sprintf(format, args...))
			}
			if w.Code/100 == 3 {
				if to, err := url.Parse(head.Get("Location")); err != nil || to.Host != "" {
					fault("leads to %q", head.Get("Location"))
				}
				continue
			}
			for k, want := range map[string]string{"Strict-Transport-Security": "max-age=31536000; includeSubDomains", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"} {
				if got := head.Get(k); got != want {
					fault("%s is %q", k, got)
				}
			}
			if policy := head.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
				fault("policy %q", policy)
			}
			kind := head.Get("Content-Type")
			if w.Body.Len() > 0 && (strings.HasPrefix(kind, "text/html") || !strings.Contains(kind, "charset=utf-8")) {
				fault("type %q", kind)
			}
			for k := range head {
				if strings.HasPrefix(k, "Access-Control-") || k == "Server" || k == "Set-Cookie" {
					fault("header %s", k)
				}
			}
			for _, word := range []string{"<script>", "<img", ".go:", "goroutine", "SELECT ", "sqlite"} {
				if strings.Contains(w.Body.String(), word) {
					fault("the body holds %q: %s", word, w.Body)
				}
			}
		}
	}
	if got := newHouse(t).do("GET", "/api/v1/openapi.json", "").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("without TLS: Strict-Transport-Security is %q", got)
	}
	for _, want := range []int{200, 202, 400, 401, 403, 404, 405} {
		if !statuses[want] {
			t.Errorf("no answer had the status %d: the test shows less than it says", want)
		}
	}
}

// TestTokensStayInside presents tokens where they do not belong: no answer and no entry of the
// journal gives them back, and none opens anything from an address.
func TestTokensStayInside(t *testing.T) {
	h := newHouse(t)
	live, _ := h.token(registry.Token{Name: "vivant", Vendor: "alpha", Push: true, Read: true, AllSchools: true})
	for _, try := range []struct {
		target string
		as     []option
	}{
		{"/api/v1/donnees?indicateurs=eleves&token=" + live, nil},
		{"/api/v1/donnees?indicateurs=eleves&access_token=" + live, nil},
		{"/api/v1/donnees?indicateurs=" + live, []option{bearer(live)}},
		{"/api/v1/livraisons/" + live, []option{bearer(live)}},
		{"/api/v1/" + live, []option{bearer(live)}},
		{"/api/v1/livraisons?source=" + url.QueryEscape("Bearer "+live), []option{bearer(live)}},
		{"/api/v1/donnees", []option{header("Authorization", "Basic "+live)}},
		{"/api/v1/donnees", []option{header("Cookie", "belvedere="+live)}},
		{"/api/v1/donnees", []option{header("X-Api-Key", live)}},
	} {
		w := h.do("GET", try.target, "", try.as...)
		if w.Code == 200 && len(try.as) == 0 {
			t.Errorf("%.60s: a token in an address opens", try.target)
		}
		path, _, _ := strings.Cut(try.target, "?") // a problem names the path, as its sender wrote it
		if body := strings.ReplaceAll(w.Body.String(), path, ""); strings.Contains(body, live) {
			t.Errorf("%.60s: the answer holds the token: %s", try.target, w.Body)
		}
	}
	if len(h.journal.entries) == 0 {
		t.Fatal("the journal is empty")
	}
	for _, e := range h.journal.entries {
		if strings.Contains(fmt.Sprint(e), live) {
			t.Errorf("the journal holds the token: %+v", e)
		}
	}
}

// TestAttackOfNamesOfDatasets reads the catalogue of indicators, some of which people have named, as a spreadsheet
// would open it: no text of it runs as a formula, and what the annex prints stays as it is.
func TestAttackOfNamesOfDatasets(t *testing.T) {
	h := newHouse(t)
	m := model()
	for i, text := range []string{`=HYPERLINK("http://evil.example";"Repas")`, "+33 1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "Repas, =1+1", "---", "Repas servis"} {
		m.Indicators = append(m.Indicators, &belvedere.Indicator{Code: fmt.Sprint("i", i), Label: text, Definition: text, Theme: text, Unit1: text, LegalBasis: text})
	}
	h.reports.live = m
	w := h.do("GET", "/api/v1/indicateurs?format=csv", "", signedIn("lecteur"))
	rows, err := csv.NewReader(strings.NewReader(w.Body.String())).ReadAll()
	if err != nil || len(rows) != 1+len(m.Indicators) {
		t.Fatalf("%d, %d rows, %v", w.Code, len(rows), err)
	}
	for i, row := range rows[1:] {
		for _, cell := range row[:10] {
			if plain := i > 6; plain && cell != m.Indicators[i].Label && cell != m.Indicators[i].Code && cell != "" {
				t.Errorf("%q became %q", m.Indicators[i].Label, cell)
			} else if !plain && cell != "" && (strings.ContainsAny(cell[:1], "=+-@\t\r") || strings.Contains(cell, ", =")) {
				t.Errorf("the catalogue holds the formula %q", cell)
			}
		}
	}
}
