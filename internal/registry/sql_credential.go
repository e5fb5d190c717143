package registry

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"

	"belvedere"
)

// needAccount wants an account to be there before something is given to it.
func needAccount(ctx context.Context, tx querier, id int64) error {
	var n int
	err := tx.row(ctx, "SELECT count(*) FROM account WHERE id = ?", []any{id}, &n)
	if err == nil && n == 0 {
		err = noAccount()
	}
	return err
}

// writeFor writes something of an account that shows in it.
func (s *store) writeFor(ctx context.Context, account int64, f func(tx querier) error) error {
	return s.writeRights(ctx, func(tx querier) error {
		if err := needAccount(ctx, tx, account); err != nil {
			return err
		}
		return f(tx)
	})
}

func (s *store) Password(ctx context.Context, account int64) (hash string, err error) {
	defer belvedere.Wrap(&err, "Password(%d)", account)
	err = s.now().row(ctx, "SELECT hash FROM account_password WHERE account = ?", []any{account}, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return hash, s.d.explain(err)
}

func (s *store) SetPassword(ctx context.Context, account int64, hash string, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "SetPassword(%d)", account)
	return s.writeFor(ctx, account, func(tx querier) error {
		if hash == "" {
			return tx.run(ctx, "DELETE FROM account_password WHERE account = ?", account)
		}
		return tx.run(ctx, `INSERT INTO account_password VALUES (?, ?, ?)
			ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at`, account, hash, micros(at))
	})
}

func (s *store) TOTP(ctx context.Context, account int64) (sealed string, lastStep int64, err error) {
	defer belvedere.Wrap(&err, "TOTP(%d)", account)
	err = s.now().row(ctx, "SELECT sealed, last_step FROM account_totp WHERE account = ?", []any{account}, &sealed, &lastStep)
	if errors.Is(err, sql.ErrNoRows) {
		return "", 0, nil
	}
	return sealed, lastStep, s.d.explain(err)
}

func (s *store) SetTOTP(ctx context.Context, account int64, sealed string) (err error) {
	defer belvedere.Wrap(&err, "SetTOTP(%d)", account)
	return s.writeFor(ctx, account, func(tx querier) error {
		if sealed == "" {
			return tx.run(ctx, "DELETE FROM account_totp WHERE account = ?", account)
		}
		return tx.run(ctx, `INSERT INTO account_totp (account, sealed) VALUES (?, ?)
			ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed, last_step = 0`, account, sealed)
	})
}

func (s *store) UseTOTP(ctx context.Context, account, step int64) (err error) {
	defer belvedere.Wrap(&err, "UseTOTP(%d)", account)
	return s.write(ctx, func(tx querier) error {
		n, err := tx.touch(ctx, "UPDATE account_totp SET last_step = ? WHERE account = ? AND last_step < ?", step, account, step)
		if err != nil || n > 0 {
			return err
		}
		var last int64
		err = tx.row(ctx, "SELECT last_step FROM account_totp WHERE account = ?", []any{account}, &last)
		if err != nil {
			return found(err, "Ce compte n’a pas d’application de codes.")
		}
		return belvedere.Errorf(belvedere.Conflict, "Ce code a déjà servi\u00a0: attendez que l’application en montre un autre.")
	})
}

func (s *store) SetRecovery(ctx context.Context, account int64, hashes []string) (err error) {
	defer belvedere.Wrap(&err, "SetRecovery(%d, %d)", account, len(hashes))
	return s.writeFor(ctx, account, func(tx querier) error {
		if err := tx.run(ctx, "DELETE FROM recovery_code WHERE account = ?", account); err != nil {
			return err
		}
		for _, h := range sorted(hashes) {
			if err := tx.run(ctx, "INSERT INTO recovery_code VALUES (?, ?)", account, h); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *store) UseRecovery(ctx context.Context, account int64, hash string) (err error) {
	defer belvedere.Wrap(&err, "UseRecovery(%d)", account)
	return s.exec(ctx, "Ce code de secours n’est pas valable, ou a déjà servi.",
		"DELETE FROM recovery_code WHERE account = ? AND hash = ?", account, hash)
}

func (s *store) RecoveryLeft(ctx context.Context, account int64) (n int, err error) {
	defer belvedere.Wrap(&err, "RecoveryLeft(%d)", account)
	err = s.now().row(ctx, "SELECT count(*) FROM recovery_code WHERE account = ?", []any{account}, &n)
	return n, s.d.explain(err)
}

const passkeyColumns = "credential, account, name, data, created, last_used"

func scanPasskey(scan scanner) (k Passkey, err error) {
	var credential, data string
	if err = scan(&credential, &k.Account, &k.Name, &data, scanTime{&k.Created}, scanTime{&k.LastUsed}); err != nil {
		return k, err
	}
	k.Data = []byte(data)
	k.Credential, err = base64.RawURLEncoding.DecodeString(credential)
	return k, err
}

func (s *store) Passkeys(ctx context.Context, account int64) (keys []Passkey, err error) {
	defer belvedere.Wrap(&err, "Passkeys(%d)", account)
	err = s.now().each(ctx, "SELECT "+passkeyColumns+" FROM passkey WHERE account = ? ORDER BY created, credential", []any{account}, func(scan scanner) error {
		k, err := scanPasskey(scan)
		keys = append(keys, k)
		return err
	})
	return keys, s.d.explain(err)
}

func (s *store) PasskeyByID(ctx context.Context, credential []byte) (k Passkey, err error) {
	defer belvedere.Wrap(&err, "PasskeyByID")
	n := 0
	err = s.now().each(ctx, "SELECT "+passkeyColumns+" FROM passkey WHERE credential = ?",
		[]any{base64.RawURLEncoding.EncodeToString(credential)}, func(scan scanner) (err error) {
			n++
			k, err = scanPasskey(scan)
			return err
		})
	if err == nil && n == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "Cette clé d’accès n’est pas connue ici.")
	}
	return k, s.d.explain(err)
}

func (s *store) PutPasskey(ctx context.Context, k Passkey) (err error) {
	defer belvedere.Wrap(&err, "PutPasskey(%d)", k.Account)
	credential := base64.RawURLEncoding.EncodeToString(k.Credential)
	return s.write(ctx, func(tx querier) error {
		if err := needAccount(ctx, tx, k.Account); err != nil {
			return err
		}
		var owner int64
		err := tx.row(ctx, "SELECT account FROM passkey WHERE credential = ?", []any{credential}, &owner)
		switch {
		case errors.Is(err, sql.ErrNoRows): // the account gets a second factor
			if err := raiseRights(ctx, tx); err != nil {
				return err
			}
		case err != nil:
			return err
		case owner != k.Account:
			return belvedere.Errorf(belvedere.Conflict, "Cette clé d’accès est déjà celle d’un autre compte.")
		}
		return tx.run(ctx, "INSERT INTO passkey ("+passkeyColumns+`) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (credential) DO UPDATE SET name = excluded.name, data = excluded.data, created = excluded.created, last_used = excluded.last_used`,
			credential, k.Account, k.Name, string(k.Data), micros(k.Created), micros(k.LastUsed))
	})
}

func (s *store) DeletePasskey(ctx context.Context, account int64, credential []byte) (err error) {
	defer belvedere.Wrap(&err, "DeletePasskey(%d)", account)
	return s.writeRights(ctx, func(tx querier) error {
		return tx.must(ctx, "Cette clé d’accès n’existe pas, ou plus.", "DELETE FROM passkey WHERE account = ? AND credential = ?",
			account, base64.RawURLEncoding.EncodeToString(credential))
	})
}
