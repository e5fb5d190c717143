package registrytest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func testCredentials(t *testing.T, s *suite) {
	a := s.create(person("Claire", "Morvan"))
	if hash, err := s.Password(s.ctx, a.ID); hash != "" || err != nil {
		t.Errorf("password before any: %q, %v", hash, err)
	}
	if sealed, step, err := s.TOTP(s.ctx, a.ID); sealed != "" || step != 0 || err != nil {
		t.Errorf("TOTP before any: %q, %d, %v", sealed, step, err)
	}
	s.must(s.SetPassword(s.ctx, a.ID, "$argon2id$1", arrival))
	s.must(s.SetPassword(s.ctx, a.ID, "$argon2id$2", arrival.Add(time.Hour)))
	if hash, err := s.again().Password(s.ctx, a.ID); hash != "$argon2id$2" || err != nil {
		t.Errorf("password: %q, %v", hash, err)
	}
	if got, err := s.Account(s.ctx, a.ID); err != nil || !got.PasswordSet.Equal(arrival.Add(time.Hour)) || got.SecondFactor || got.Version != 1 {
		t.Errorf("account: %+v, %v", got, err)
	}
	s.must(s.SetTOTP(s.ctx, a.ID, "scellé"))
	if got, err := s.Account(s.ctx, a.ID); err != nil || !got.SecondFactor {
		t.Errorf("account: %+v, %v", got, err)
	}
	s.must(s.SetTOTP(s.ctx, a.ID, ""))
	s.kinds(belvedere.NotFound, map[string]error{
		"password": s.SetPassword(s.ctx, 9, "x", arrival), "TOTP": s.SetTOTP(s.ctx, 9, "x"), "step": s.UseTOTP(s.ctx, a.ID, 1),
		"recovery": s.SetRecovery(s.ctx, 9, []string{"x"}), "code": s.UseRecovery(s.ctx, a.ID, "x"),
		"passkey": s.PutPasskey(s.ctx, registry.Passkey{Account: 9, Credential: []byte("x")}), "delete": s.DeletePasskey(s.ctx, a.ID, []byte("x"))})
	if got, err := s.Account(s.ctx, a.ID); err != nil || got.SecondFactor {
		t.Errorf("a removed secret still counts: %+v, %v", got, err)
	}
}

// testTOTP presents codes again and out of order, and the same by many at once.
func testTOTP(t *testing.T, s *suite) {
	a := s.create(person("Claire", "Morvan"))
	s.must(s.SetTOTP(s.ctx, a.ID, "scellé"))
	s.must(s.UseTOTP(s.ctx, a.ID, 100))
	s.kinds(belvedere.Conflict, map[string]error{"again": s.UseTOTP(s.ctx, a.ID, 100), "before": s.UseTOTP(s.ctx, a.ID, 99)})
	got := s.together(10, func(_ int, r registry.Registry) error { return r.UseTOTP(s.ctx, a.ID, 101) })
	if fmt.Sprint(got) != "map[-1:1 3:9]" {
		t.Errorf("outcomes by kind: %v", got)
	}
	if sealed, last, err := s.TOTP(s.ctx, a.ID); sealed != "scellé" || last != 101 || err != nil {
		t.Errorf("TOTP: %q, %d, %v", sealed, last, err)
	}
	s.must(s.SetTOTP(s.ctx, a.ID, "autre"))
	s.must(s.UseTOTP(s.ctx, a.ID, 3)) // a new secret has no past
}

func testRecovery(t *testing.T, s *suite) {
	a, b := s.create(person("Claire", "Morvan")), s.create(person("Luc", "Petit"))
	s.must(s.SetRecovery(s.ctx, a.ID, []string{"vieux"}))
	s.must(s.SetRecovery(s.ctx, a.ID, []string{"h1", "h2", "h3"}))
	s.must(s.SetRecovery(s.ctx, b.ID, []string{"h1"}))
	s.kinds(belvedere.NotFound, map[string]error{"replaced": s.UseRecovery(s.ctx, a.ID, "vieux"), "another's": s.UseRecovery(s.ctx, b.ID, "h2")})
	got := s.together(10, func(_ int, r registry.Registry) error { return r.UseRecovery(s.ctx, a.ID, "h1") })
	if fmt.Sprint(got) != "map[-1:1 2:9]" {
		t.Errorf("outcomes by kind: %v", got)
	}
	for account, want := range map[int64]int{a.ID: 2, b.ID: 1} {
		if n, err := s.RecoveryLeft(s.ctx, account); n != want || err != nil {
			t.Errorf("left of %d: %d, %v", account, n, err)
		}
	}
}

func testPasskeys(t *testing.T, s *suite) {
	a, b := s.create(person("Claire", "Morvan")), s.create(person("Luc", "Petit"))
	second := registry.Passkey{Account: a.ID, Credential: []byte{0, 1, 255}, Name: "Clé rouge", Data: []byte(`{"é":1}`), Created: arrival.Add(time.Hour)}
	first := registry.Passkey{Account: a.ID, Credential: []byte("première"), Name: "Clé bleue", Data: []byte("{}"), Created: arrival, LastUsed: arrival}
	s.must(s.PutPasskey(s.ctx, second))
	s.must(s.PutPasskey(s.ctx, first))
	if got, err := s.Account(s.ctx, a.ID); err != nil || !got.SecondFactor {
		t.Errorf("account: %+v, %v", got, err)
	}
	version := s.rights()
	second.Data, second.LastUsed = []byte(`{"é":2}`), arrival.Add(2*time.Hour)
	s.must(s.PutPasskey(s.ctx, second))
	if s.rights() != version {
		t.Error("a use of a passkey made rights be computed again")
	}
	stolen := second
	stolen.Account = b.ID
	s.kinds(belvedere.Conflict, map[string]error{"of another": s.PutPasskey(s.ctx, stolen)})
	keys, err := s.again().Passkeys(s.ctx, a.ID)
	if err != nil || fmt.Sprint(keys) != fmt.Sprint([]registry.Passkey{first, second}) {
		t.Errorf("keys %+v, %v", keys, err)
	}
	if k, err := s.PasskeyByID(s.ctx, []byte{0, 1, 255}); err != nil || !bytes.Equal(k.Data, second.Data) || k.Account != a.ID {
		t.Errorf("key %+v, %v", k, err)
	}
	s.kinds(belvedere.NotFound, map[string]error{"of another": s.DeletePasskey(s.ctx, b.ID, second.Credential)})
	s.must(s.DeletePasskey(s.ctx, a.ID, second.Credential))
	_, gone := s.PasskeyByID(s.ctx, second.Credential)
	s.kinds(belvedere.NotFound, map[string]error{"gone": gone})
}

// testDeletedAccount leaves nothing that proves who someone was.
func testDeletedAccount(t *testing.T, s *suite) {
	s.fillAccounts() // and deletes number 3, Hors JEU
	_, session := s.Session(s.ctx, "s-Hors@Jeu")
	_, link := s.Link(s.ctx, "l-Hors@Jeu", arrival)
	_, key := s.PasskeyByID(s.ctx, []byte{0, 255, 3})
	s.kinds(belvedere.NotFound, map[string]error{"session": session, "link": link, "passkey": key, "code": s.UseRecovery(s.ctx, 3, "h1"), "step": s.UseTOTP(s.ctx, 3, 99)})
	if hash, err := s.Password(s.ctx, 3); hash != "" || err != nil {
		t.Errorf("password %q, %v", hash, err)
	}
	if _, err := s.Session(s.ctx, "s-Claire@Morvan"); err != nil {
		t.Errorf("another's session went too: %v", err)
	}
}
