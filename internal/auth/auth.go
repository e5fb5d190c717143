// Package auth proves who someone is: passwords, second factors, passkeys, sessions, and the
// one-time links that lead in for the first time or back in.
//
// It never tells whether an account exists: known and unknown names get the same words, the
// same work and the same time. What it keeps are hashes, seals and public keys. It slows those
// who guess without locking those who know: a browser that has signed in before has a lane of
// its own. What a person may see is decided elsewhere.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// Store is the part of the registry that keeps accounts and their proofs.
type Store interface {
	registry.Accounts
	registry.Credentials
	registry.Sessions
	Settings(ctx context.Context) (map[string]string, error)
	RevokeTokensOf(ctx context.Context, account int64, at time.Time) error
}

// Config is what the service needs. Store, Keys and URL are required.
type Config struct {
	Store Store
	Keys  *secret.Keys
	Mail  mail.Sender // should not wait for a server (mail.Queue); nil sends nothing
	URL   string      // public address of the console: "https://console.example.fr"

	// Words are names that no password of an account may rest on, beside those of the account
	// itself: its schools, their towns, the territory. Nil knows none.
	Words func(ctx context.Context, a registry.Account) []string
	Zone  *time.Location // in which mails write hours
	Now   func() time.Time
	Log   *slog.Logger
	Cost  Cost // of one hash; zero is the normal one
}

// Service signs people in and keeps them signed in.
type Service struct {
	Config
	secure   bool
	hasher   *hasher
	attempts *lanes // tries of passwords and codes, by account and door
	networks *buckets
	letters  *lanes // links asked for, by account
	codes    *memory[int]
	spent    *memory[bool] // tickets that were used
	requests chan request
	keys     *webauthn.WebAuthn // nil where the address has no name: passkeys want one
}

// New builds the service. The error says what is wrong with the public address.
func New(c Config) (_ *Service, err error) {
	defer belvedere.Wrap(&err, "auth.New(%s)", c.URL)
	u, err := url.Parse(c.URL)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || (u.Path != "" && u.Path != "/") {
		return nil, belvedere.Errorf(belvedere.Invalid, "L’adresse publique «\u00a0%s\u00a0» doit s’écrire https://console.exemple.fr, sans chemin.", c.URL)
	}
	c.URL = u.Scheme + "://" + u.Host
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	s := &Service{
		Config: c, secure: u.Scheme == "https",
		hasher:   newHasher(c.Cost, func(p []byte) []byte { return c.Keys.MAC(secret.Pepper+"/mot-de-passe", p) }),
		attempts: newLanes(c.Now), letters: newLanes(c.Now), networks: newBuckets(c.Now),
		codes: newMemory[int](mostKept), spent: newMemory[bool](mostKept),
		requests: make(chan request, mostRequests),
	}
	if _, err := netip.ParseAddr(u.Hostname()); err != nil {
		s.keys, err = webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Belvédère", RPOrigins: []string{c.URL}})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Secure tells whether cookies go over TLS only.
func (s *Service) Secure() bool { return s.secure }

// Run answers the links that were asked for and forgets what has expired, until the context ends.
func (s *Service) Run(ctx context.Context) error {
	sweep := time.NewTicker(time.Hour)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case r := <-s.requests:
			if err := s.answer(ctx, r); err != nil && ctx.Err() == nil {
				s.Log.Error("a link could not be sent", "err", err)
			}
		case <-sweep.C:
			if err := s.Store.Sweep(ctx, s.Now().UTC()); err != nil && ctx.Err() == nil {
				s.Log.Error("expired sessions could not be removed", "err", err)
			}
		}
	}
}

// token makes 256 random bits for a session or a link, and the hash by which it is kept.
func token() (text, hash string) {
	b := make([]byte, 32)
	rand.Read(b) // never fails: the runtime stops the program instead
	text = base64.RawURLEncoding.EncodeToString(b)
	return text, hashOf(text)
}

// hashOf is what is kept of a token.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// A Fault says what is wrong with one field of a form.
type Fault struct{ Field, Message string }

// Faults are all that is wrong with a form.
type Faults []Fault

// Error joins the messages.
func (f Faults) Error() string {
	var all []string
	for _, one := range f {
		all = append(all, one.Message)
	}
	return strings.Join(all, " ")
}

// fault is one fault alone.
func fault(field, format string, args ...any) Faults {
	return Faults{{field, fmt.Sprintf(format, args...)}}
}

// A Slow refuses a try that comes too early.
type Slow struct{ Wait time.Duration }

// Error says how long to wait, in whole minutes once there is one.
func (e *Slow) Error() string {
	wait := belvedere.Plural(max(1, int(e.Wait.Round(time.Second)/time.Second)), "seconde", "secondes")
	if e.Wait > time.Minute {
		wait = belvedere.Plural(int((e.Wait+time.Minute-1)/time.Minute), "minute", "minutes")
	}
	return "Trop d’essais à la suite. Réessayez dans " + wait + "."
}
