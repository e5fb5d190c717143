package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/registry"
)

// A token is an authenticator made of software: one key, as a telephone would hold it.
type token struct {
	id       []byte
	key      *ecdsa.PrivateKey
	handle   string
	counter  uint32
	origin   string
	verified bool
}

func newToken(t *testing.T) *token {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	rand.Read(id)
	return &token{id: id, key: key, origin: "https://console.exemple.fr", verified: true}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// client is what the browser signs for.
func (k *token) client(kind, challenge string) []byte {
	text, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.origin, "crossOrigin": false})
	return text
}

// data is what the authenticator says of itself.
func (k *token) data(rp string, attested []byte) []byte {
	hash := sha256.Sum256([]byte(rp))
	flags := byte(0x01)
	if k.verified {
		flags |= 0x04
	}
	if attested != nil {
		flags |= 0x40
	}
	k.counter++
	return append(binary.BigEndian.AppendUint32(append(hash[:], flags), k.counter), attested...)
}

// create answers the request to make a passkey.
func (k *token) create(t *testing.T, options []byte) []byte {
	t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string
			RP        struct{ ID string }
			User      struct{ ID string }
		}
	}
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	k.handle = o.PublicKey.User.ID
	point, err := k.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		t.Fatal(err)
	}
	attested := append(make([]byte, 16), binary.BigEndian.AppendUint16(nil, uint16(len(k.id)))...)
	attested = append(append(attested, k.id...), public...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": k.data(o.PublicKey.RP.ID, attested)})
	if err != nil {
		t.Fatal(err)
	}
	return k.answer(map[string]any{"clientDataJSON": b64(k.client("webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64(object)})
}

// get answers the request to prove that one has it.
func (k *token) get(t *testing.T, options []byte) []byte {
	t.Helper()
	var o struct {
		PublicKey struct{ Challenge, RPID string }
	}
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	client := k.client("webauthn.get", o.PublicKey.Challenge)
	data := k.data(o.PublicKey.RPID, nil)
	clientHash := sha256.Sum256(client)
	sum := sha256.Sum256(append(data[:len(data):len(data)], clientHash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return k.answer(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": k.handle})
}

func (k *token) answer(response map[string]any) []byte {
	text, _ := json.Marshal(map[string]any{"id": b64(k.id), "rawId": b64(k.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	return text
}

// addKey gives the account of a browser a passkey.
func (w *browser) addKey(t *testing.T, k *token) (codes []string, err error) {
	t.Helper()
	n, a, ok := w.in(t)
	if !ok {
		t.Fatal("not signed in")
	}
	options, cookie, err := w.b.BeginPasskey(t.Context(), a, n, "", w.from(t))
	if err != nil {
		return nil, err
	}
	w.cookies[cookie.Name] = cookie
	codes, cookies, err := w.b.FinishPasskey(t.Context(), a, n, k.create(t, options), "Téléphone\u202e de\nClaire", w.from(t))
	w.keep(cookies)
	return codes, err
}

// useKey signs in with a passkey.
func (w *browser) useKey(t *testing.T, k *token) error {
	t.Helper()
	options, cookie, err := w.b.BeginKey(t.Context(), w.from(t))
	if err != nil {
		return err
	}
	w.cookies[cookie.Name] = cookie
	out, err := w.b.FinishKey(t.Context(), k.get(t, options), w.from(t))
	w.keep(out.Cookies)
	return err
}

func TestPasskeys(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	w.signIn(t, a.Login, good)
	phone := newToken(t)
	codes, err := w.addKey(t, phone)
	if err != nil || len(codes) != 10 {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	if n, in, _ := w.in(t); !n.Strong || !in.SecondFactor {
		t.Error("the session is not strong")
	}
	list, err := b.Registry.Passkeys(t.Context(), a.ID)
	if err != nil || len(list) != 1 || list[0].Name != "Téléphone deClaire" {
		t.Errorf("%+v %v", list, err)
	}
	alone := b.browser("192.0.2.2")
	if err := alone.useKey(t, phone); err != nil {
		t.Fatal(err)
	}
	if n, in, ok := alone.in(t); !ok || !n.Strong || in.ID != a.ID {
		t.Errorf("%+v %v", n, ok)
	}
	second := b.browser("192.0.2.3")
	if out := second.signIn(t, a.Login, good); !out.Code {
		t.Fatal("no second factor is asked")
	}
	if err := second.useKey(t, phone); err != nil {
		t.Fatal(err)
	}
	if n, _, ok := second.in(t); !ok || !n.Strong {
		t.Error("not in by password and key")
	}
	if list, _ = b.Registry.Passkeys(t.Context(), a.ID); list[0].LastUsed.IsZero() {
		t.Error("its use is not noted")
	}
}

// TestPasskeysThatDoNotOpen tries what attackers of passkeys try.
func TestPasskeysThatDoNotOpen(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	other := b.claire(t, func(a *registry.Account) { a.Login, a.Email = "autre", "autre@departement.example" })
	phone, hers := newToken(t), newToken(t)
	owner, second := b.browser("192.0.2.1"), b.browser("192.0.2.2")
	owner.signIn(t, a.Login, good)
	second.signIn(t, other.Login, good)
	if _, err := owner.addKey(t, phone); err != nil {
		t.Fatal(err)
	}
	if _, err := second.addKey(t, hers); err != nil {
		t.Fatal(err)
	}
	changed := func(f func(k *token)) *token {
		k := *phone
		k.counter += 1000
		f(&k)
		return &k
	}
	for name, k := range map[string]*token{
		"unknown":            newToken(t),
		"another key":        changed(func(k *token) { k.key = newToken(t).key }),
		"another site":       changed(func(k *token) { k.origin = "https://console.exemple.fr.pirate.example" }),
		"user not verified":  changed(func(k *token) { k.verified = false }),
		"handle of another":  changed(func(k *token) { k.handle = hers.handle }),
		"without handle":     changed(func(k *token) { k.handle = "" }),
		"counter going back": changed(func(k *token) { k.counter = 0 }),
	} {
		if name == "counter going back" {
			if err := b.browser("192.0.2.7").useKey(t, phone); err != nil {
				t.Fatal(err)
			}
		}
		w := b.browser("192.0.2.9")
		if err := w.useKey(t, k); err == nil || belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, ok := w.in(t); ok {
			t.Errorf("%s: entered", name)
		}
	}
	step := b.browser("192.0.2.9")
	step.signIn(t, a.Login, good)
	if err := step.useKey(t, hers); err == nil {
		t.Error("the key of another is a second factor")
	}
	if _, err := owner.addKey(t, phone); err == nil {
		t.Error("the same key twice")
	}
	if _, err := second.addKey(t, phone); err == nil {
		t.Error("the key of another account is taken over")
	}
}

// TestChallengesServeOnce replays an answer, in its own browser and in another.
func TestChallengesServeOnce(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	owner := b.browser("192.0.2.1")
	owner.signIn(t, a.Login, good)
	phone := newToken(t)
	if _, err := owner.addKey(t, phone); err != nil {
		t.Fatal(err)
	}
	w := b.browser("192.0.2.2")
	options, cookie, err := b.BeginKey(t.Context(), w.from(t))
	if err != nil {
		t.Fatal(err)
	}
	answer := phone.get(t, options)
	if _, err := b.FinishKey(t.Context(), answer, w.from(t)); err == nil {
		t.Error("an answer without its challenge")
	}
	w.cookies[cookie.Name] = cookie
	if _, err := b.FinishKey(t.Context(), answer, w.from(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.FinishKey(t.Context(), answer, w.from(t)); err == nil {
		t.Error("the same answer again")
	}
	options, cookie, _ = b.BeginKey(t.Context(), w.from(t))
	w.cookies[cookie.Name] = cookie
	answer = phone.get(t, options)
	b.clock.pass(5 * time.Minute)
	if _, err := b.FinishKey(t.Context(), answer, w.from(t)); err == nil {
		t.Error("a challenge of five minutes ago")
	}
	if _, err := b.Lock(t.Context(), b.account(t, a.ID)); err != nil {
		t.Fatal(err)
	}
	if err := b.browser("192.0.2.3").useKey(t, phone); err == nil {
		t.Error("a locked account")
	}
}

func TestPasskeysWantAName(t *testing.T) {
	b := newBench(t, func(c *auth.Config) { c.URL = "http://127.0.0.1:8080" })
	if _, _, err := b.BeginKey(t.Context(), auth.From{}); b.Service.Passkeys() || belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("%v", err)
	}
	if _, err := b.FinishKey(t.Context(), []byte("{}"), auth.From{}); err == nil {
		t.Error("a key without a name")
	}
	for _, address := range []string{"", "console.exemple.fr", "ftp://console.exemple.fr", "https://console.exemple.fr/chemin", "https://"} {
		if _, err := auth.New(auth.Config{Store: b.Registry, Keys: b.Keys, URL: address}); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func FuzzPasskeyAnswers(f *testing.F) {
	for _, s := range []string{"", "{}", "null", "[", `{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA"}}`, strings.Repeat("[", 1000)} {
		f.Add([]byte(s))
	}
	b := newBench(f)
	w := b.browser("192.0.2.1")
	f.Fuzz(func(t *testing.T, body []byte) {
		b.clock.pass(time.Minute)
		_, cookie, err := b.BeginKey(t.Context(), w.from(t))
		if err != nil {
			t.Skip(err)
		}
		w.cookies[cookie.Name] = cookie
		out, err := b.FinishKey(t.Context(), body, w.from(t))
		if err == nil || len(out.Cookies) > 0 {
			t.Errorf("%q entered", body)
		}
		if belvedere.KindOf(err) != belvedere.Invalid && !errors.As(err, new(*auth.Slow)) {
			t.Errorf("%q: %v", body, err)
		}
	})
}
