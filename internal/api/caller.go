package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/registry"
)

// Headers of the local command line.
const (
	localScheme = "Belvedere-Local"
	asHeader    = "Belvedere-Au-Nom-De"
)

// A caller is who sends a request: a token, an account, or the command line of the machine.
type caller struct {
	viewer belvedere.Viewer
	token  *registry.Token // nil without one
	local  bool            // the command line of the machine
}

// key is under which limits count a caller; "" counts nothing.
func (c caller) key() string {
	switch {
	case c.local:
		return "" // who holds the machine holds the data
	case c.token != nil:
		return "jeton " + c.token.Hash
	}
	return "compte " + c.viewer.Login
}

// whoAsks finds who sends a request, or refuses it in the same words whatever is wrong with what
// it presents. A presented token decides alone: a session beside it is not looked at.
func (s *server) whoAsks(r *http.Request) (caller, error) {
	given := r.Header.Values("Authorization")
	switch {
	case len(given) > 1:
		return caller{}, unknown("plusieurs en-têtes Authorization")
	case len(given) == 0 && len(r.Header.Values(asHeader)) > 0:
		return caller{}, unknown("en-tête " + asHeader + " sans le secret de la machine")
	case len(given) == 0:
		return s.bySession(r)
	}
	scheme, secret, _ := strings.Cut(given[0], " ")
	switch {
	case strings.EqualFold(scheme, localScheme):
		return s.byMachine(r, secret)
	case len(r.Header.Values(asHeader)) > 0:
		return caller{}, unknown("en-tête " + asHeader + " avec un jeton")
	case strings.EqualFold(scheme, "Bearer"):
		return s.byToken(r.Context(), secret)
	}
	return caller{}, unknown("en-tête Authorization d’un autre genre")
}

// byToken looks a token up by its hash: the time that it takes says nothing of the token.
func (s *server) byToken(ctx context.Context, secret string) (caller, error) {
	hash, ok := door.TokenHash(secret)
	if !ok {
		return caller{}, unknown("ce qui est présenté n’a pas la forme d’un jeton")
	}
	t, err := s.Store.Token(ctx, hash)
	switch {
	case belvedere.KindOf(err) == belvedere.NotFound:
		return caller{}, unknown("jeton inconnu")
	case err != nil:
		return caller{}, err
	case !t.Revoked.IsZero():
		return caller{}, unknown("jeton retiré\u00a0: " + t.Name)
	case !t.Expires.IsZero() && !s.Now().Before(t.Expires):
		return caller{}, unknown("jeton expiré\u00a0: " + t.Name)
	}
	v, err := s.TokenViewer(ctx, t)
	if err != nil {
		return caller{}, err
	}
	if t.Account != 0 {
		if v.Kind == belvedere.Nobody {
			return caller{}, unknown("jeton d’un compte qui n’entre plus\u00a0: " + t.Name)
		}
		v.Kind, v.Admin, v.Auditor, v.School, v.Strong = belvedere.TokenViewer, false, false, false, false
		return caller{viewer: v, token: &t}, nil
	}
	v.ID, v.Login, v.Kind, v.Admin, v.Auditor, v.School = 0, t.Name, belvedere.TokenViewer, false, false, false
	return caller{viewer: v, token: &t}, nil
}

// bySession knows who is signed in to the console, for reading only: another site can make a
// browser send a request with the cookie of its reader.
func (s *server) bySession(r *http.Request) (caller, error) {
	if s.Viewer == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return caller{}, unknown("ni jeton ni session")
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return caller{}, unknown("session présentée par un autre site")
	}
	v, err := s.Viewer(r)
	if err != nil {
		return caller{}, err
	}
	if v.Kind != belvedere.AccountViewer {
		return caller{}, unknown("ni jeton ni session")
	}
	return caller{viewer: v}, nil
}

// byMachine knows the command line of the machine by the secret of this run, on the loopback
// address only and through no proxy. It may act in the name of an account.
func (s *server) byMachine(r *http.Request, secret string) (c caller, err error) {
	if s.Local == "" || !door.FromMachine(r) || !equal(secret, s.Local) {
		return caller{}, unknown("secret de la machine refusé")
	}
	names := r.Header.Values(asHeader)
	switch {
	case len(names) > 1:
		return caller{}, unknown("plusieurs en-têtes " + asHeader)
	case len(names) == 0 || names[0] == "" || names[0] == "admin":
		c.viewer, err = s.Operator(r.Context())
		c.viewer.Kind = belvedere.Operator
	default:
		c.viewer, err = s.As(r.Context(), names[0])
		c.viewer.Kind, c.viewer.Strong = belvedere.AccountViewer, true // the machine vouches
	}
	c.local = true
	return c, err
}

// equal compares secrets in a time that depends on neither of them.
func equal(given, want string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// same tells whether the one who asked may still have what was made: nothing that decided has changed.
func (c caller) same(now caller) bool {
	return c.sender(now) && c.viewer.Scope.Fingerprint == now.viewer.Scope.Fingerprint &&
		c.viewer.May(belvedere.Author) == now.viewer.May(belvedere.Author)
}

// personal tells whether a token of a person asks: it reads the figures that its account sees, and nothing else.
func (c caller) personal() bool { return c.token != nil && c.token.Account != 0 }

// sender tells whether it is still the same one, whatever it may read.
func (c caller) sender(now caller) bool {
	return c.viewer.Kind == now.viewer.Kind && c.viewer.ID == now.viewer.ID && c.viewer.Login == now.viewer.Login
}

// still asks again who sends a request, once its answer is made and while it is sent.
func (s *server) still(r *http.Request) error {
	now, err := s.whoAsks(r)
	if err != nil {
		return err
	}
	v := visitOf(r)
	if same := v.caller.same(now); !same && !(v.pushes && v.caller.sender(now)) {
		return belvedere.Errorf(belvedere.Forbidden, "Vos droits ou une convention ont changé pendant la préparation de la réponse. Demandez-la de nouveau.")
	}
	return nil
}
