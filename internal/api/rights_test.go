package api_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/api"
	"belvedere/internal/registry"
)

// TestRights asks each address as each kind of caller.
func TestRights(t *testing.T) {
	h := newHouse(t, func(c *api.Config) { c.Limits.Failures = 1e6 })
	all := []belvedere.UAI{schoolA}
	push, _ := h.token(registry.Token{Name: "depot", Vendor: "alpha", Push: true, Schools: all})
	read, _ := h.token(registry.Token{Name: "lecture", Vendor: "alpha", Read: true, Schools: all})
	both, _ := h.token(registry.Token{Name: "deux", Vendor: "alpha", Push: true, Read: true, AllSchools: true})
	expired, _ := h.token(registry.Token{Name: "vieux", Vendor: "alpha", Push: true, Read: true, AllSchools: true, Expires: h.clock})
	revoked, gone := h.token(registry.Token{Name: "retire", Vendor: "alpha", Push: true, Read: true, AllSchools: true})
	h.must(h.registry.RevokeToken(t.Context(), gone.ID, h.clock))
	unknown := strings.Repeat("x", 53)
	h.must(status(h.do("PUT", "/api/v1/livraisons/une", file(schoolA, 1), bearer(push)).Code, 202))

	addresses := []string{
		"GET /api/v1/openapi.json", "GET /api/v1/indicateurs", "GET /api/v1/donnees?indicateurs=eleves", "GET /api/v1/donnees?page=/social",
		"GET /api/v1/editions", "GET /api/v1/livraisons", "GET /api/v1/livraisons/une?source=alpha", "PUT /api/v1/livraisons/deux",
		"POST /api/v1/donnees", "GET /api/v1/rien",
	}
	n := 0
	nobody := []int{200, 401, 401, 401, 401, 401, 401, 401, 401, 401}
	for _, c := range []struct {
		name string
		as   []option
		want []int
	}{
		{"nobody", nil, nobody},
		{"unknown token", []option{bearer(unknown)}, nobody},
		{"expired token", []option{bearer(expired)}, nobody},
		{"revoked token", []option{bearer(revoked)}, nobody},
		{"nobody's session", []option{signedIn("inconnu")}, nobody},
		{"push token", []option{bearer(push)}, []int{200, 200, 403, 403, 200, 200, 200, 202, 405, 404}},
		{"read token", []option{bearer(read)}, []int{200, 200, 200, 200, 200, 200, 200, 403, 405, 404}},
		{"both", []option{bearer(both)}, []int{200, 200, 200, 200, 200, 200, 200, 202, 405, 404}},
		{"reader", []option{signedIn("lecteur")}, []int{200, 200, 200, 200, 200, 403, 403, 401, 401, 404}},
		{"school", []option{signedIn("principal")}, []int{200, 200, 200, 200, 200, 403, 403, 401, 401, 404}},
		{"auditor", []option{signedIn("dpo")}, []int{200, 200, 200, 200, 200, 403, 403, 401, 401, 404}},
		{"administrator", []option{signedIn("admin1")}, []int{200, 200, 200, 200, 200, 200, 200, 401, 401, 404}},
		{"administrator without second factor", []option{signedIn("admin0")}, []int{200, 403, 403, 403, 403, 403, 403, 401, 401, 403}},
		{"registry down", []option{signedIn("panne")}, []int{200, 500, 500, 500, 500, 500, 500, 401, 401, 500}},
		{"command line", []option{local("")}, []int{200, 200, 200, 200, 200, 200, 200, 202, 405, 404}},
		{"command line as admin", []option{local("admin")}, []int{200, 200, 200, 200, 200, 200, 200, 202, 405, 404}},
		{"command line as a reader", []option{local("lecteur")}, []int{200, 200, 200, 200, 200, 403, 403, 403, 405, 404}},
		{"command line as nobody", []option{local("inconnu")}, []int{200, 404, 404, 404, 404, 404, 404, 404, 404, 404}},
		{"command line from elsewhere", []option{local(""), from("192.0.2.9:1")}, nobody},
		{"command line through a proxy", []option{local(""), header("X-Forwarded-For", "127.0.0.1")}, nobody},
		{"token and the session of an administrator", []option{bearer(unknown), signedIn("admin1")}, nobody},
		{"session from another site", []option{signedIn("admin1"), header("Sec-Fetch-Site", "cross-site")}, []int{200, 401, 401, 401, 401, 401, 401, 403, 403, 401}},
	} {
		n++
		for i, address := range addresses {
			method, target, _ := strings.Cut(address, " ")
			w := h.do(method, strings.Replace(target, "deux", fmt.Sprint("deux", n), 1), file(schoolA, 2), c.as...)
			if w.Code != c.want[i] {
				t.Errorf("%s, %s: %d, want %d: %s", c.name, address, w.Code, c.want[i], w.Body)
			}
			if w.Code >= 400 && strings.Contains(w.Body.String(), string(schoolA)) {
				t.Errorf("%s, %s: a refusal holds data: %s", c.name, address, w.Body)
			}
		}
	}
}

func status(got, want int) error {
	if got != want {
		return fmt.Errorf("status %d, want %d", got, want)
	}
	return nil
}

// TestOneRefusalForAll presents what is wrong in many ways: the answers are the same byte for byte.
func TestOneRefusalForAll(t *testing.T) {
	h := newHouse(t)
	live, _ := h.token(registry.Token{Name: "vivant", Vendor: "alpha", Read: true, AllSchools: true})
	expired, _ := h.token(registry.Token{Name: "vieux", Vendor: "alpha", Read: true, AllSchools: true, Expires: h.clock.Add(-time.Second)})
	revoked, gone := h.token(registry.Token{Name: "retire", Vendor: "alpha", Read: true, AllSchools: true})
	h.must(h.registry.RevokeToken(t.Context(), gone.ID, h.clock))
	want := h.do("GET", "/api/v1/donnees", "").Body.String()
	auth := func(v string) option { return header("Authorization", v) }
	for name, as := range map[string][]option{
		"expired": {bearer(expired)}, "revoked": {bearer(revoked)}, "not a token": {bearer("bvd_x")}, "empty": {auth("")}, "no scheme": {auth(live)},
		"another scheme": {auth("Basic " + live)}, "twice": {bearer(live), bearer(live)}, "two spaces": {auth("Bearer  " + live)},
		"half a secret": {from("127.0.0.1:1"), auth("Belvedere-Local " + localSecret[:20])}, "a longer secret": {from("127.0.0.1:1"), auth("Belvedere-Local " + localSecret + "x")},
		"no secret": {from("127.0.0.1:1"), auth("Belvedere-Local ")}, "secret as a token": {from("127.0.0.1:1"), bearer(localSecret)},
		"token as the secret": {from("127.0.0.1:1"), auth("Belvedere-Local " + live)},
		"in the name of":      {header("Belvedere-Au-Nom-De", "admin")}, "token in the name of": {bearer(live), header("Belvedere-Au-Nom-De", "admin1")},
		"session in the name of": {signedIn("lecteur"), header("Belvedere-Au-Nom-De", "admin1")}, "two names": {local("lecteur"), header("Belvedere-Au-Nom-De", "admin")},
		"upper case": {bearer(strings.ToUpper(live))}, "NUL": {bearer(live + "\x00")}, "long": {bearer(strings.Repeat("A", 60_000))},
		"forwarded": {local(""), header("Forwarded", "for=127.0.0.1")}, "real ip": {local(""), header("X-Real-Ip", "127.0.0.1")}, "via": {local(""), header("Via", "1.1 x")},
		"spoofed": {from("192.0.2.1:1"), auth("Belvedere-Local " + localSecret), header("X-Forwarded-For", "127.0.0.1")},
	} {
		w := h.do("GET", "/api/v1/donnees", "", as...)
		if w.Code != http.StatusUnauthorized || w.Body.String() != want || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	for _, scheme := range []string{"Bearer ", "bearer ", "BEARER "} {
		if w := h.do("GET", "/api/v1/donnees?indicateurs=eleves", "", auth(scheme+live)); w.Code != 200 {
			t.Errorf("%s: %d", scheme, w.Code)
		}
	}
}

// TestClosedLocalDoor starts without secret: nothing opens that door.
func TestClosedLocalDoor(t *testing.T) {
	h := newHouse(t, func(c *api.Config) { c.Local = "" })
	for _, secret := range []string{"", " ", localSecret} {
		if w := h.do("GET", "/api/v1/editions", "", from("127.0.0.1:1"), header("Authorization", "Belvedere-Local "+secret)); w.Code != 401 {
			t.Errorf("%q: %d", secret, w.Code)
		}
	}
}

// TestOtherTenants tries all ids, sources and schools of each vendor as each other one, in every
// parameter and in many spellings: each answer is the one for what does not exist.
func TestOtherTenants(t *testing.T) {
	h := newHouse(t, func(c *api.Config) { c.Limits.Reads, c.Limits.Pushes, c.Limits.Addresses = 1e9, 1e9, 1e9 })
	type tenant struct{ vendor, secret, id string }
	var tenants []tenant
	schools := []belvedere.UAI{schoolA, schoolB}
	for i, vendor := range []string{"alpha", "beta", "gamma", "delta"} {
		secret, _ := h.token(registry.Token{Name: vendor, Vendor: vendor, Push: true, Read: true, Schools: schools[i%2 : i%2+1]})
		id := vendor + "-2025-10-01"
		h.must(status(h.do("PUT", "/api/v1/livraisons/"+id, file(schools[i%2], 10+i), bearer(secret)).Code, 202))
		tenants = append(tenants, tenant{vendor, secret, id})
	}
	spell := []func(string) string{
		func(s string) string { return s }, strings.ToUpper, url.QueryEscape,
		func(s string) string { return " " + s }, func(s string) string { return s + "\x00" }, func(s string) string { return s + "|" + s },
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	tries := 0
	for tries < 20_000 {
		a, b := tenants[rnd.IntN(len(tenants))], tenants[rnd.IntN(len(tenants))]
		if a == b {
			continue
		}
		word := func(s string) string { return url.QueryEscape(spell[rnd.IntN(len(spell))](s)) }
		id := url.PathEscape(b.id)
		missing := h.do("GET", "/api/v1/livraisons/nexiste-pas", "", bearer(a.secret))
		for _, query := range []string{
			"", "?source=" + b.vendor, "?source=" + word(b.vendor), "?source=" + a.vendor, "?source=" + a.vendor + "&source=" + b.vendor,
			"?source=" + b.vendor + "&source=" + a.vendor, "?jeu=effectifs&source=" + b.vendor, "?Source=" + b.vendor, "?source=&source=" + b.vendor, "?vendor=" + b.vendor,
		} {
			tries++
			w := h.do("GET", "/api/v1/livraisons/"+id+query, "", bearer(a.secret))
			if w.Code != 404 || strings.ReplaceAll(w.Body.String(), b.id, "nexiste-pas") != missing.Body.String() {
				t.Fatalf("%s reads %s%s: %d %s", a.vendor, id, query, w.Code, w.Body)
			}
			tries++
			w = h.do("GET", "/api/v1/livraisons"+query, "", bearer(a.secret))
			for _, found := range ids(t, w.Body.String()) {
				if found != a.id {
					t.Fatalf("%s lists %s with %s", a.vendor, found, query)
				}
			}
		}
		for _, query := range []string{"?indicateurs=eleves", "?indicateurs=eleves&par=etablissement&etablissement=" + word(string(schoolB)), "?page=" + word("/social?etablissement="+string(schoolA)), "?indicateurs=eleves&ou=etablissement=" + word(string(schoolB))} {
			tries++
			other := schoolA
			if a.vendor == "alpha" || a.vendor == "gamma" {
				other = schoolB
			}
			if w := h.do("GET", "/api/v1/donnees"+query, "", bearer(a.secret)); w.Code == 200 && strings.Contains(w.Body.String(), string(other)) {
				t.Fatalf("%s reads the figures of %s by %s: %s", a.vendor, other, query, w.Body)
			}
		}
	}
	for _, a := range tenants { // the same id is another delivery, whatever source is written
		for _, b := range tenants {
			if w := h.do("PUT", "/api/v1/livraisons/"+b.id+"?source="+b.vendor, file(schoolA, 99), bearer(a.secret)); a != b && w.Code != http.StatusAccepted {
				t.Errorf("%s pushes under the id of %s: %d %s", a.vendor, b.vendor, w.Code, w.Body)
			}
		}
	}
	for i, x := range tenants {
		d, err := h.registry.DeliveryByID(context.Background(), x.vendor, x.id)
		if err != nil || d.Size != int64(len(file(schools[i%2], 10+i))) || len(d.Only) != 1 || d.Only[0] != schools[i%2] {
			t.Errorf("the delivery of %s: %+v %v", x.vendor, d, err)
		}
	}
}
