package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/registry"
)

// Ages of a session.
const (
	idle      = 30 * time.Minute
	idleAdmin = 15 * time.Minute // of those who manage the console
	absolute  = 12 * time.Hour
	touchOnce = time.Minute      // last use is written at most so often
	freshFor  = 10 * time.Minute // after a sign-in, the password need not be typed again
)

// Names of the cookies. Over TLS the prefix __Host- binds them to this host and path /.
const (
	sessionCookie = "belvedere"
	deviceCookie  = "belvedere-appareil" // this browser has signed in before
	stepCookie    = "belvedere-etape"    // the password was right, a code is awaited
	keyCookie     = "belvedere-cle"      // challenge of a passkey
)

// From is where a request comes from, and what its browser keeps for us.
type From struct {
	Addr    string
	Browser string
	session string
	device  string
	step    string
	key     string
}

// From reads a request.
func (s *Service) From(r *http.Request) From {
	return From{
		Addr: door.Address(r), Browser: cut(strings.Join(strings.Fields(strings.ToValidUTF8(r.UserAgent(), "")), " "), 200),
		session: s.read(r, sessionCookie), device: s.read(r, deviceCookie), step: s.read(r, stepCookie), key: s.read(r, keyCookie),
	}
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

func (s *Service) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

func (s *Service) read(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(name))
	if err != nil || len(c.Value) > 4096 {
		return ""
	}
	return c.Value
}

// cookie makes one; a life of 0 lasts as long as the browser is open, a negative one ends it.
func (s *Service) cookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode}
	switch {
	case life < 0:
		c.MaxAge = -1
	case life > 0:
		c.MaxAge = int(life / time.Second)
	}
	return c
}

// Session is who sent a request, as far as its cookie tells: false when nobody is signed in.
// What was locked, deleted or signed out a moment ago is nobody.
func (s *Service) Session(r *http.Request) (_ registry.Session, _ registry.Account, in bool, err error) {
	defer belvedere.Wrap(&err, "Session")
	text := s.read(r, sessionCookie)
	if text == "" {
		return registry.Session{}, registry.Account{}, false, nil
	}
	ctx := r.Context()
	n, err := s.Store.Session(ctx, hashOf(text))
	if err != nil {
		return registry.Session{}, registry.Account{}, false, unlessMissing(err)
	}
	a, err := s.Store.Account(ctx, n.Account)
	if err != nil {
		return registry.Session{}, registry.Account{}, false, unlessMissing(err)
	}
	now := s.Now().UTC()
	if a.State != registry.Active || !now.Before(n.Expires) || now.Sub(n.LastUsed) >= idleOf(a) {
		return registry.Session{}, registry.Account{}, false, unlessMissing(s.Store.DeleteSession(ctx, n.Hash))
	}
	if now.Sub(n.LastUsed) >= touchOnce {
		n.LastUsed = now
		if err := unlessMissing(s.Store.TouchSession(ctx, n.Hash, now)); err != nil {
			return registry.Session{}, registry.Account{}, false, err
		}
	}
	return n, a, true, nil
}

// idleOf is how long an account may rest before it must sign in again.
func idleOf(a registry.Account) time.Duration {
	return Idle(a.Admin || a.Auditor || a.Place == registry.InSchool)
}

// Idle is how long a session may rest: less for those who manage the console, read its
// journal, or may open the names of a school.
func Idle(strict bool) time.Duration {
	if strict {
		return idleAdmin
	}
	return idle
}

// unlessMissing takes "there is none" for an answer.
func unlessMissing(err error) error {
	if belvedere.KindOf(err) == belvedere.NotFound {
		return nil
	}
	return err
}

// begin opens a session under a new token; the one that the browser had before ends, so that
// nobody can fix a token in advance.
func (s *Service) begin(ctx context.Context, a registry.Account, from From, strong bool) ([]*http.Cookie, error) {
	now := s.Now().UTC()
	n := registry.Session{Account: a.ID, Strong: strong, Created: now, LastUsed: now, Expires: now.Add(absolute), From: from.Addr, Browser: from.Browser}
	cookies, err := s.open(ctx, n, from)
	if err != nil {
		return nil, err
	}
	if err := s.Store.SignedIn(ctx, a.ID, now); err != nil {
		return nil, err
	}
	if !s.knows(from, a) {
		cookies = append(cookies, s.deviceOf(a))
	}
	return append(cookies, s.cookie(stepCookie, "", -1), s.cookie(keyCookie, "", -1)), nil
}

// open keeps a session under a new token and ends the one of the browser.
func (s *Service) open(ctx context.Context, n registry.Session, from From) ([]*http.Cookie, error) {
	text, hash := token()
	n.Hash = hash
	if err := s.Store.PutSession(ctx, n); err != nil {
		return nil, err
	}
	if from.session != "" {
		if err := s.Store.DeleteSession(ctx, hashOf(from.session)); err != nil {
			return nil, err
		}
	}
	return []*http.Cookie{s.cookie(sessionCookie, text, 0)}, nil
}

// raise gives a session another level, under another token. It is as old as before.
func (s *Service) raise(ctx context.Context, n registry.Session, from From, strong bool) ([]*http.Cookie, error) {
	n.Strong = strong
	return s.open(ctx, n, from)
}

// SignOut ends the session of a request and gives the cookies that say so.
func (s *Service) SignOut(ctx context.Context, from From) (_ []*http.Cookie, err error) {
	defer belvedere.Wrap(&err, "SignOut")
	if from.session != "" {
		err = s.Store.DeleteSession(ctx, hashOf(from.session))
	}
	return []*http.Cookie{s.cookie(sessionCookie, "", -1), s.cookie(stepCookie, "", -1), s.cookie(keyCookie, "", -1)}, err
}

// EndSessions signs an account out everywhere; the links that lead in die, and so do its tokens.
func (s *Service) EndSessions(ctx context.Context, a registry.Account) (err error) {
	defer belvedere.Wrap(&err, "EndSessions(%d)", a.ID)
	if _, err := s.Store.DeleteSessions(ctx, a.ID, ""); err != nil {
		return err
	}
	if err := s.Store.RevokeTokensOf(ctx, a.ID, s.Now().UTC()); err != nil {
		return err
	}
	for _, kind := range []registry.LinkKind{registry.LinkReset, registry.LinkEntry} {
		if err := s.Store.DeleteLinks(ctx, a.ID, kind); err != nil {
			return err
		}
	}
	return nil
}

// EndOthers signs an account out everywhere but here, and says how many sessions ended.
func (s *Service) EndOthers(ctx context.Context, here registry.Session) (n int, err error) {
	defer belvedere.Wrap(&err, "EndOthers(%d)", here.Account)
	return s.Store.DeleteSessions(ctx, here.Account, here.Hash)
}

// Remaining is when a session ends if nothing more is asked.
func (s *Service) Remaining(n registry.Session, a registry.Account) time.Duration {
	now := s.Now()
	return min(n.Expires.Sub(now), idleOf(a))
}
