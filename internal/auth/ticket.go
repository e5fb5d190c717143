package auth

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"belvedere/internal/registry"
)

// A ticket is what a browser or a form carries for us, sealed: nobody can read, change or make
// one, nor use one kind for another.
type ticket struct {
	Account int64  `json:"c,omitempty"`
	Until   int64  `json:"f"` // seconds
	Serial  string `json:"n"`
	Since   int64  `json:"d,omitempty"` // when the password was set; another one makes the ticket void
	Data    string `json:"v,omitempty"`
}

// Kinds of tickets.
const (
	deviceTicket = "appareil"
	stepTicket   = "etape"
	keyTicket    = "cle"
	enrolTicket  = "inscription"
	codesTicket  = "codes"
)

func (s *Service) seal(kind string, life time.Duration, t ticket) string {
	t.Until = s.Now().Add(life).Unix()
	t.Serial = base64.RawURLEncoding.EncodeToString(randomBytes(16))
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // a struct of texts and numbers
	}
	return s.Keys.Seal("billet/"+kind, text)
}

// unseal reads a ticket of a kind that is still good.
func (s *Service) unseal(kind, text string) (t ticket, ok bool) {
	if text == "" || len(text) > 8<<10 {
		return t, false
	}
	plain, err := s.Keys.Open("billet/"+kind, text)
	if err != nil || json.Unmarshal(plain, &t) != nil {
		return ticket{}, false
	}
	return t, s.Now().Unix() < t.Until
}

// spend uses a ticket up: false when it was before.
func (s *Service) spend(t ticket) bool {
	first := false
	s.spent.with(t.Serial, func(used *bool) { first, *used = !*used, true })
	return first
}

const deviceLife = 365 * 24 * time.Hour

// deviceOf is the cookie of a browser that an account has signed in with.
func (s *Service) deviceOf(a registry.Account) *http.Cookie {
	return s.cookie(deviceCookie, s.seal(deviceTicket, deviceLife, ticket{Account: a.ID}), deviceLife)
}

// knows tells whether the account has signed in with this browser before.
func (s *Service) knows(from From, a registry.Account) bool {
	t, ok := s.unseal(deviceTicket, from.device)
	return ok && a.ID != 0 && t.Account == a.ID
}
