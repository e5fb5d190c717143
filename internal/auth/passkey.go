package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

const (
	keyLife      = 5 * time.Minute
	mostPasskeys = 20
)

// errKey is told whatever was wrong with a passkey.
var errKey = belvedere.Errorf(belvedere.Invalid, "Cette clé d’accès n’a pas été reconnue. Réessayez, ou connectez-vous autrement.")

// errNoName is told where the console has no name.
var errNoName = belvedere.Errorf(belvedere.Conflict, "Les clés d’accès demandent que la console ait une adresse par nom, et non par chiffres. Utilisez une application de codes.")

// Passkeys tells whether they work at the address of the console.
func (s *Service) Passkeys() bool { return s.keys != nil }

// person is an account as WebAuthn knows it.
type person struct {
	account registry.Account
	handle  []byte
	keys    []webauthn.Credential
}

func (p person) WebAuthnID() []byte                         { return p.handle }
func (p person) WebAuthnName() string                       { return p.account.Login }
func (p person) WebAuthnDisplayName() string                { return p.account.Name() }
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.keys }

// handle is how an authenticator names an account: it tells nothing.
func (s *Service) handle(account int64) []byte {
	return s.Keys.MAC(secret.Cookie+"/personne", []byte(strconv.FormatInt(account, 10)))
}

func (s *Service) person(ctx context.Context, a registry.Account) (person, error) {
	p := person{account: a, handle: s.handle(a.ID)}
	list, err := s.Store.Passkeys(ctx, a.ID)
	if err != nil {
		return p, err
	}
	for _, k := range list {
		var c webauthn.Credential
		if err := json.Unmarshal(k.Data, &c); err != nil {
			return p, err
		}
		p.keys = append(p.keys, c)
	}
	return p, nil
}

// challenge makes the cookie that remembers a challenge.
func (s *Service) challenge(data *webauthn.SessionData, account int64, what string) (*http.Cookie, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	return s.cookie(keyCookie, s.seal(keyTicket+"/"+what, keyLife, ticket{Account: account, Data: string(text)}), keyLife), nil
}

// challenged reads the challenge that a browser answers. It is good once.
func (s *Service) challenged(from From, what string) (data webauthn.SessionData, t ticket, ok bool) {
	t, ok = s.unseal(keyTicket+"/"+what, from.key)
	if !ok || s.keys == nil || json.Unmarshal([]byte(t.Data), &data) != nil || !s.spend(t) {
		return data, t, false
	}
	return data, t, true
}

// BeginPasskey asks the browser to make a passkey for an account: the options and a cookie.
func (s *Service) BeginPasskey(ctx context.Context, a registry.Account, n registry.Session, password string, from From) (options []byte, c *http.Cookie, err error) {
	defer belvedere.Wrap(&err, "BeginPasskey(%d)", a.ID)
	if s.keys == nil {
		return nil, nil, errNoName
	}
	if err := s.confirm(ctx, a, n, password, from); err != nil {
		return nil, nil, err
	}
	p, err := s.person(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	if len(p.keys) >= mostPasskeys {
		return nil, nil, belvedere.Errorf(belvedere.Conflict, "Un compte a au plus %d clés d’accès. Retirez celles qui ne servent plus.", mostPasskeys)
	}
	creation, data, err := s.keys.BeginRegistration(p,
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationRequired}),
		webauthn.WithExclusions(webauthn.Credentials(p.keys).CredentialDescriptors()),
		webauthn.WithConveyancePreference(protocol.PreferNoAttestation))
	if err != nil {
		return nil, nil, err
	}
	if c, err = s.challenge(data, a.ID, "ajout"); err != nil {
		return nil, nil, err
	}
	options, err = json.Marshal(creation)
	return options, c, err
}

// FinishPasskey keeps the passkey that the browser made, under a name, and raises the session.
func (s *Service) FinishPasskey(ctx context.Context, a registry.Account, n registry.Session, body []byte, name string, from From) (codes []string, cookies []*http.Cookie, err error) {
	defer belvedere.Wrap(&err, "FinishPasskey(%d)", a.ID)
	data, t, ok := s.challenged(from, "ajout")
	if !ok || t.Account != a.ID {
		return nil, nil, errKey
	}
	p, err := s.person(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil {
		return nil, nil, s.keyRefused(err)
	}
	credential, err := s.keys.CreateCredential(p, data, parsed)
	if err != nil {
		return nil, nil, s.keyRefused(err)
	}
	if _, err := s.Store.PasskeyByID(ctx, credential.ID); err == nil {
		return nil, nil, belvedere.Errorf(belvedere.Conflict, "Cette clé d’accès est déjà enregistrée.")
	} else if unlessMissing(err) != nil {
		return nil, nil, err
	}
	text, err := json.Marshal(credential)
	if err != nil {
		return nil, nil, err
	}
	k := registry.Passkey{Account: a.ID, Credential: credential.ID, Name: keyName(name), Data: text, Created: s.Now().UTC()}
	if err := s.Store.PutPasskey(ctx, k); err != nil {
		return nil, nil, err
	}
	if codes, cookies, err = s.added(ctx, a, n, from); err == nil {
		s.notice(ctx, a, mail.MethodAdded, "clé d’accès «\u00a0"+k.Name+"\u00a0»", from)
	}
	return codes, append(cookies, s.cookie(keyCookie, "", -1)), err
}

// keyName cleans the name that a person gives to a key.
func keyName(name string) string {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != ' ' || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)), " ")
	if name == "" {
		return "Clé d’accès"
	}
	return cut(name, 60)
}

func (s *Service) keyRefused(err error) error {
	return belvedere.WrapError(belvedere.Invalid, err, "%s", belvedere.Message(errKey))
}

// BeginKey asks the browser for a passkey: of the account whose code is awaited, as its second
// factor, or of whoever holds one.
func (s *Service) BeginKey(ctx context.Context, from From) (options []byte, c *http.Cookie, err error) {
	defer belvedere.Wrap(&err, "BeginKey")
	if s.keys == nil {
		return nil, nil, errNoName
	}
	a, _, awaited, err := s.step(ctx, from)
	if err != nil {
		return nil, nil, err
	}
	if wait := s.networks.take(door.Network(from.Addr)); wait > 0 {
		return nil, nil, &Slow{wait}
	}
	var assertion *protocol.CredentialAssertion
	var data *webauthn.SessionData
	var account int64
	if awaited {
		p, err := s.person(ctx, a)
		if err != nil {
			return nil, nil, err
		}
		if len(p.keys) == 0 {
			return nil, nil, belvedere.Errorf(belvedere.Conflict, "Ce compte n’a pas de clé d’accès. Donnez un code de l’application ou un code de secours.")
		}
		account = a.ID
		assertion, data, err = s.keys.BeginLogin(p, webauthn.WithUserVerification(protocol.VerificationPreferred))
		if err != nil {
			return nil, nil, err
		}
	} else if assertion, data, err = s.keys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired)); err != nil {
		return nil, nil, err
	}
	if c, err = s.challenge(data, account, "entree"); err != nil {
		return nil, nil, err
	}
	options, err = json.Marshal(assertion)
	return options, c, err
}

// FinishKey signs in who answers the challenge. As a second factor the key must be of the
// account whose password was right; alone, it must have verified its user.
func (s *Service) FinishKey(ctx context.Context, body []byte, from From) (out Outcome, err error) {
	defer belvedere.Wrap(&err, "FinishKey")
	data, t, ok := s.challenged(from, "entree")
	if !ok {
		return out, errKey
	}
	var awaited ticket
	if t.Account != 0 {
		a, w, ok, err := s.step(ctx, from)
		if err != nil {
			return out, err
		}
		if !ok || a.ID != t.Account {
			return out, ErrStep
		}
		awaited = w
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return out, s.keyRefused(err)
	}
	p, credential, err := s.assert(ctx, data, t.Account, parsed)
	out.Account = p.account
	if err != nil {
		return out, err
	}
	if awaited.Serial != "" && !s.spend(awaited) {
		return out, ErrStep
	}
	if err := s.used(ctx, p.account, credential); err != nil {
		return out, err
	}
	s.networks.back(door.Network(from.Addr))
	out.Cookies, err = s.begin(ctx, p.account, from, true)
	return out, err
}

// assert checks the answer of an authenticator. Account 0 lets the key say whose it is.
func (s *Service) assert(ctx context.Context, data webauthn.SessionData, account int64, parsed *protocol.ParsedCredentialAssertionData) (p person, c *webauthn.Credential, err error) {
	k, err := s.Store.PasskeyByID(ctx, parsed.RawID)
	if err != nil {
		return p, nil, s.keyRefused(err)
	}
	a, err := s.Store.Account(ctx, k.Account)
	if err != nil {
		return p, nil, s.keyRefused(err)
	}
	if p, err = s.person(ctx, a); err != nil {
		return p, nil, err
	}
	if a.State != registry.Active || (account != 0 && account != a.ID) {
		return p, nil, errKey
	}
	if account != 0 {
		c, err = s.keys.ValidateLogin(p, data, parsed)
	} else {
		find := func(_, handle []byte) (webauthn.User, error) {
			if !bytes.Equal(handle, p.handle) {
				return nil, errKey
			}
			return p, nil
		}
		c, err = s.keys.ValidateDiscoverableLogin(find, data, parsed)
	}
	if err != nil {
		return p, nil, s.keyRefused(err)
	}
	if c.Authenticator.CloneWarning {
		s.Log.Warn("a passkey may have been copied", "account", a.ID)
		return p, nil, errKey
	}
	return p, c, nil
}

// used keeps the counter of a key and when it was used.
func (s *Service) used(ctx context.Context, a registry.Account, c *webauthn.Credential) error {
	k, err := s.Store.PasskeyByID(ctx, c.ID)
	if err != nil {
		return err
	}
	if k.Data, err = json.Marshal(c); err != nil {
		return err
	}
	k.LastUsed = s.Now().UTC()
	return s.Store.PutPasskey(ctx, k)
}
