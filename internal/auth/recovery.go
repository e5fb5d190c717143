package auth

import (
	"context"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// makeCodes replaces the recovery codes: 128 bits each, kept as MACs only.
func (s *Service) makeCodes(ctx context.Context, a registry.Account) ([]string, error) {
	var codes, hashes []string
	for range recoveryCodes {
		text := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(randomBytes(16)))
		code := text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
		codes, hashes = append(codes, code), append(hashes, s.recoveryHash(a, code))
	}
	return codes, s.Store.SetRecovery(ctx, a.ID, hashes)
}

func (s *Service) recoveryHash(a registry.Account, code string) string {
	bare := strings.Map(func(r rune) rune {
		if (r >= 'a' && r <= 'z') || (r >= '2' && r <= '7') {
			return r
		}
		return -1
	}, strings.ToLower(cut(code, 100)))
	return hex.EncodeToString(s.Keys.MAC(secret.Pepper+"/secours", []byte(strconv.FormatInt(a.ID, 10)), []byte(bare)))
}

// RenewCodes replaces the recovery codes and shows the new ones once.
func (s *Service) RenewCodes(ctx context.Context, a registry.Account, n registry.Session, password string, from From) (codes []string, err error) {
	defer belvedere.Wrap(&err, "RenewCodes(%d)", a.ID)
	if err := s.confirm(ctx, a, n, password, from); err != nil {
		return nil, err
	}
	if !a.SecondFactor {
		return nil, belvedere.Errorf(belvedere.Conflict, "Les codes de secours accompagnent un second facteur. Ajoutez-en un d’abord.")
	}
	if codes, err = s.makeCodes(ctx, a); err != nil {
		return nil, err
	}
	s.notice(ctx, a, mail.RecoveryMade, "", from)
	return codes, nil
}

// SealCodes lets the page that shows codes offer them as a file; OpenCodes gives them back.
func (s *Service) SealCodes(a registry.Account, codes []string) string {
	text, err := json.Marshal(codes)
	if err != nil {
		panic(err) // a list of texts
	}
	return s.seal(codesTicket, enrolLife, ticket{Account: a.ID, Data: string(text)})
}

// OpenCodes reads what SealCodes made for the same account.
func (s *Service) OpenCodes(a registry.Account, sealed string) (codes []string, ok bool) {
	t, ok := s.unseal(codesTicket, sealed)
	if !ok || t.Account != a.ID || json.Unmarshal([]byte(t.Data), &codes) != nil {
		return nil, false
	}
	return codes, true
}
