package auth

import (
	"context"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// An Outcome of a right answer. Cookies are set whatever comes next.
type Outcome struct {
	Account registry.Account
	Cookies []*http.Cookie
	Code    bool // the password was right; the second factor is awaited
}

// ErrRefused is told whatever was wrong with a sign-in: name, password or account.
var ErrRefused = belvedere.Errorf(belvedere.Invalid, "L’identifiant ou le mot de passe est incorrect.")

// errCode is told whatever was wrong with a second factor.
var errCode = belvedere.Errorf(belvedere.Invalid, "Ce code n’est pas valable, ou plus. Attendez le suivant, puis réessayez.")

// ErrStep is told when the time for the second factor is over.
var ErrStep = belvedere.Errorf(belvedere.Forbidden, "Le délai pour donner le code est passé, ou trop de codes étaient faux. Recommencez la connexion.")

const (
	stepLife  = 5 * time.Minute
	stepTries = 5
)

// SignIn checks a name (identifier or address) and a password. *Slow refuses a try that comes
// too early, ErrRefused a wrong one; neither tells whether the account exists.
func (s *Service) SignIn(ctx context.Context, name, password string, from From) (out Outcome, err error) {
	defer belvedere.Wrap(&err, "SignIn")
	a, err := s.find(ctx, name)
	if err != nil {
		return out, err
	}
	phc, err := s.Store.Password(ctx, a.ID) // of nobody, too: the same work
	if err != nil {
		return out, err
	}
	good, stale, err := s.try(ctx, a, name, phc, password, from)
	if err != nil {
		return out, err
	}
	out.Account = a
	if !good || a.State != registry.Active {
		return out, ErrRefused
	}
	if stale {
		if err := s.rehash(ctx, a, password); err != nil {
			return out, err
		}
	}
	if a.SecondFactor {
		out.Code = true
		t := ticket{Account: a.ID, Since: a.PasswordSet.UnixMicro()}
		out.Cookies = []*http.Cookie{s.cookie(stepCookie, s.seal(stepTicket, stepLife, t), stepLife)}
		return out, nil
	}
	out.Cookies, err = s.begin(ctx, a, from, false)
	return out, err
}

// try takes a try of the network and of the account, then hashes. A browser that the account has
// used before has a lane of its own and pays nothing for its network.
func (s *Service) try(ctx context.Context, a registry.Account, name, phc, password string, from From) (good, stale bool, err error) {
	known, network := s.knows(from, a), door.Network(from.Addr)
	lane := s.laneOf("passe", a, name, from)
	if !known {
		if wait := s.networks.take(network); wait > 0 {
			return false, false, &Slow{wait}
		}
	}
	if wait := s.attempts.enter(lane); wait > 0 {
		return false, false, &Slow{wait}
	}
	good, stale, err = s.hasher.check(ctx, phc, password, known)
	switch {
	case err != nil:
		s.attempts.back(lane)
	case good && a.State == registry.Active:
		s.attempts.passed(lane)
		if !known {
			s.networks.back(network)
		}
	}
	return good, stale, err
}

// laneOf names the lane of an account at one door, or of a name that nobody has, without
// keeping the name. A known browser has its own.
func (s *Service) laneOf(what string, a registry.Account, name string, from From) string {
	who := []byte("nom " + strings.ToLower(norm.NFKC.String(strings.TrimSpace(name))))
	if a.ID != 0 {
		who = []byte("compte " + strconv.FormatInt(a.ID, 10))
	}
	device := ""
	if t, ok := s.unseal(deviceTicket, from.device); ok && a.ID != 0 && t.Account == a.ID {
		device = t.Serial
	}
	return hex.EncodeToString(s.Keys.MAC(secret.Cookie+"/essais", []byte(what), who, []byte(device))[:16])
}

// rehash keeps a password at today's cost. It is the same password, set when it was set.
func (s *Service) rehash(ctx context.Context, a registry.Account, password string) error {
	phc, err := s.hasher.make(ctx, password)
	if err != nil {
		return err
	}
	return s.Store.SetPassword(ctx, a.ID, phc, a.PasswordSet)
}

// Hashes counts the hashes that were computed, for measures.
func (s *Service) Hashes() uint64 { return s.hasher.count.Load() }

// Awaited is the account whose second factor is awaited from a browser, false when none is.
func (s *Service) Awaited(ctx context.Context, from From) (_ registry.Account, ok bool, err error) {
	defer belvedere.Wrap(&err, "Awaited")
	a, _, ok, err := s.step(ctx, from)
	return a, ok, err
}

// step reads the ticket of the second factor: not expired, not used, without too many wrong
// codes, for an account that is as it was.
func (s *Service) step(ctx context.Context, from From) (a registry.Account, t ticket, ok bool, err error) {
	t, ok = s.unseal(stepTicket, from.step)
	if !ok {
		return a, t, false, nil
	}
	s.spent.with(t.Serial, func(used *bool) { ok = ok && !*used })
	s.codes.with(t.Serial, func(n *int) { ok = ok && *n < stepTries })
	if !ok {
		return a, t, false, nil
	}
	if a, err = s.Store.Account(ctx, t.Account); err != nil {
		return a, t, false, unlessMissing(err)
	}
	return a, t, a.State == registry.Active && a.PasswordSet.UnixMicro() == t.Since, nil
}

// Code checks the second factor: a code of the application, or one of those kept for the day
// when it is lost. ErrStep says to begin again.
func (s *Service) Code(ctx context.Context, code string, from From) (out Outcome, err error) {
	defer belvedere.Wrap(&err, "Code")
	a, t, ok, err := s.step(ctx, from)
	if err != nil {
		return out, err
	}
	out.Account = a
	if !ok {
		return out, ErrStep
	}
	lane := s.laneOf("code", a, "", from)
	if wait := s.attempts.enter(lane); wait > 0 {
		return out, &Slow{wait}
	}
	s.codes.with(t.Serial, func(n *int) { ok = *n < stepTries; *n++ })
	if !ok {
		return out, ErrStep
	}
	if err := s.useCode(ctx, a, code, from); err != nil {
		return out, err
	}
	if !s.spend(t) {
		return out, ErrStep
	}
	s.attempts.passed(lane)
	out.Cookies, err = s.begin(ctx, a, from, true)
	return out, err
}
