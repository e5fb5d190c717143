package auth

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

const (
	step          = 30 // seconds of a code
	recoveryCodes = 10
	enrolLife     = 15 * time.Minute
)

// Security is what an account proves itself with.
type Security struct {
	TOTP     bool
	Passkeys []registry.Passkey
	Recovery int // codes left
	Sessions []registry.Session
	Owed     bool // must have a second factor and has none
	Fresh    bool // the sign-in is recent: the password need not be typed again
	Password bool // has one
}

// Security gives it.
func (s *Service) Security(ctx context.Context, a registry.Account, n registry.Session) (out Security, err error) {
	defer belvedere.Wrap(&err, "Security(%d)", a.ID)
	sealed, _, err := s.Store.TOTP(ctx, a.ID)
	if err != nil {
		return out, err
	}
	out = Security{TOTP: sealed != "", Owed: (a.Admin || a.Auditor) && !a.SecondFactor, Fresh: s.fresh(n), Password: !a.PasswordSet.IsZero()}
	if out.Passkeys, err = s.Store.Passkeys(ctx, a.ID); err != nil {
		return out, err
	}
	if out.Recovery, err = s.Store.RecoveryLeft(ctx, a.ID); err != nil {
		return out, err
	}
	out.Sessions, err = s.Store.ListSessions(ctx, a.ID)
	return out, err
}

// An Enrolment of an application of codes, not kept yet.
type Enrolment struct {
	Sealed  string   // goes with the form
	Key     string   // to type, in groups of four
	Address string   // otpauth://…
	QR      []string // rows of modules: '1' is dark
}

// BeginTOTP proposes a new secret.
func (s *Service) BeginTOTP(a registry.Account, n registry.Session) (_ Enrolment, err error) {
	defer belvedere.Wrap(&err, "BeginTOTP(%d)", a.ID)
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Belvédère", AccountName: a.Login, SecretSize: 20, Period: step, Rand: rand.Reader})
	if err != nil {
		return Enrolment{}, err
	}
	return s.enrolment(a, n, key)
}

// AgainTOTP shows the same secret again, after a wrong code.
func (s *Service) AgainTOTP(a registry.Account, n registry.Session, sealed string) (_ Enrolment, ok bool, err error) {
	defer belvedere.Wrap(&err, "AgainTOTP(%d)", a.ID)
	address, ok := s.enrolled(a, n, sealed)
	if !ok {
		return Enrolment{}, false, nil
	}
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return Enrolment{}, false, err
	}
	e, err := s.enrolment(a, n, key)
	e.Sealed = sealed
	return e, true, err
}

func (s *Service) enrolment(a registry.Account, n registry.Session, key *otp.Key) (Enrolment, error) {
	code, err := qr.Encode(key.URL(), qr.M, qr.Auto)
	if err != nil {
		return Enrolment{}, err
	}
	e := Enrolment{Key: grouped(key.Secret()), Address: key.URL()}
	e.Sealed = s.seal(enrolTicket+"/"+n.Hash, enrolLife, ticket{Account: a.ID, Data: key.URL()})
	for y := range code.Bounds().Dy() {
		row := make([]byte, code.Bounds().Dx())
		for x := range row {
			row[x] = '0'
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				row[x] = '1'
			}
		}
		e.QR = append(e.QR, string(row))
	}
	return e, nil
}

// enrolled reads the secret that a form carried for this session.
func (s *Service) enrolled(a registry.Account, n registry.Session, sealed string) (string, bool) {
	t, ok := s.unseal(enrolTicket+"/"+n.Hash, sealed)
	return t.Data, ok && t.Account == a.ID
}

// grouped writes a key in groups of four, to be typed.
func grouped(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ConfirmTOTP keeps the secret once a code of it was typed, and raises the session. Codes for
// the day when the telephone is lost are made when there are none: they are shown once.
func (s *Service) ConfirmTOTP(ctx context.Context, a registry.Account, n registry.Session, sealed, code, password string, from From) (codes []string, cookies []*http.Cookie, err error) {
	defer belvedere.Wrap(&err, "ConfirmTOTP(%d)", a.ID)
	if err := s.confirm(ctx, a, n, password, from); err != nil {
		return nil, nil, err
	}
	address, ok := s.enrolled(a, n, sealed)
	if !ok {
		return nil, nil, belvedere.Errorf(belvedere.Conflict, "Cette inscription a expiré. Recommencez depuis la page Sécurité.")
	}
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return nil, nil, err
	}
	at, ok := s.stepOf(key.Secret(), code)
	if !ok {
		return nil, nil, fault("code", "Ce code n’est pas celui que l’application montre. Vérifiez l’heure du téléphone, puis tapez le code suivant.")
	}
	if err := s.Store.SetTOTP(ctx, a.ID, s.Keys.Seal(totpPlace(a.ID), []byte(key.Secret()))); err != nil {
		return nil, nil, err
	}
	if err := s.Store.UseTOTP(ctx, a.ID, at); err != nil { // the code that enrolled does not also sign in
		return nil, nil, err
	}
	codes, cookies, err = s.added(ctx, a, n, from)
	if err == nil {
		s.notice(ctx, a, mail.MethodAdded, "application de codes", from)
	}
	return codes, cookies, err
}

// added makes recovery codes when there are none, and raises the session.
func (s *Service) added(ctx context.Context, a registry.Account, n registry.Session, from From) (codes []string, cookies []*http.Cookie, err error) {
	left, err := s.Store.RecoveryLeft(ctx, a.ID)
	if err != nil {
		return nil, nil, err
	}
	if left == 0 {
		if codes, err = s.makeCodes(ctx, a); err != nil {
			return nil, nil, err
		}
	}
	cookies, err = s.raise(ctx, n, from, true)
	return codes, cookies, err
}

func totpPlace(account int64) string { return "totp/" + strconv.FormatInt(account, 10) }

// stepOf finds the step whose code was typed: this one, the one before or the one after.
func (s *Service) stepOf(key, code string) (int64, bool) {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != 6 {
		return 0, false
	}
	now := s.Now().Unix() / step
	opts := totp.ValidateOpts{Period: step, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	for _, at := range []int64{now, now - 1, now + 1} {
		if ok, err := totp.ValidateCustom(code, key, time.Unix(at*step, 0), opts); err == nil && ok {
			return at, true
		}
	}
	return 0, false
}

// useCode uses up a code of the application, or a recovery code.
func (s *Service) useCode(ctx context.Context, a registry.Account, code string, from From) error {
	sealed, _, err := s.Store.TOTP(ctx, a.ID)
	if err != nil {
		return err
	}
	if sealed != "" {
		key, err := s.Keys.Open(totpPlace(a.ID), sealed)
		if err != nil {
			return err
		}
		if at, ok := s.stepOf(string(key), code); ok {
			if err := s.Store.UseTOTP(ctx, a.ID, at); belvedere.KindOf(err) == belvedere.Conflict {
				return errCode
			} else if err != nil {
				return err
			}
			return nil
		}
	}
	err = s.Store.UseRecovery(ctx, a.ID, s.recoveryHash(a, code))
	switch {
	case belvedere.KindOf(err) == belvedere.NotFound:
		return errCode
	case err != nil:
		return err
	}
	s.notice(ctx, a, mail.RecoveryUsed, "", from)
	return nil
}

// RemoveTOTP removes the application of codes.
func (s *Service) RemoveTOTP(ctx context.Context, a registry.Account, n registry.Session, password string, from From) (err error) {
	defer belvedere.Wrap(&err, "RemoveTOTP(%d)", a.ID)
	return s.remove(ctx, a, n, password, from, "application de codes", func() error { return s.Store.SetTOTP(ctx, a.ID, "") })
}

// RemovePasskey removes one.
func (s *Service) RemovePasskey(ctx context.Context, a registry.Account, n registry.Session, credential []byte, password string, from From) (err error) {
	defer belvedere.Wrap(&err, "RemovePasskey(%d)", a.ID)
	return s.remove(ctx, a, n, password, from, "clé d’accès", func() error { return s.Store.DeletePasskey(ctx, a.ID, credential) })
}

// remove takes a second factor away, unless it is the last of an account that must have one.
// The recovery codes go with the last.
func (s *Service) remove(ctx context.Context, a registry.Account, n registry.Session, password string, from From, what string, f func() error) error {
	if err := s.confirm(ctx, a, n, password, from); err != nil {
		return err
	}
	has, err := s.Security(ctx, a, n)
	if err != nil {
		return err
	}
	left := len(has.Passkeys) - 1
	if has.TOTP {
		left++
	}
	if left <= 0 && (a.Admin || a.Auditor) {
		return belvedere.Errorf(belvedere.Conflict, "Votre rôle demande un second facteur\u00a0: ajoutez-en un autre avant de retirer celui-ci.")
	}
	if err := f(); err != nil {
		return err
	}
	if left <= 0 {
		if err := s.Store.SetRecovery(ctx, a.ID, nil); err != nil {
			return err
		}
	}
	s.notice(ctx, a, mail.MethodRemoved, what, from)
	return nil
}
