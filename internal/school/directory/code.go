package directory

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// alphabet has 32 signs that nobody takes for one another on paper: neither 0 and O, nor 1 and I.
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

const (
	codeSigns = 12                  // of 5 bits each: 60
	codeLife  = 30 * 24 * time.Hour // from its printing
)

// newCode draws a code, written in threes of four: "K7QM-2XVA-9RHD".
func newCode() string {
	var raw [codeSigns]byte
	rand.Read(raw[:]) // never fails
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[r%32]) // 256 is a multiple of 32: all signs are as likely
	}
	return b.String()
}

// hashCode is what is kept of a code, in the vault of one school. Sixty bits at random, for thirty
// days, need no slow hash.
func hashCode(uai belvedere.UAI, code string) string {
	h := sha256.New()
	h.Write([]byte("belvedere/activation\x00" + string(uai) + "\x00" + plainCode(code)))
	return hex.EncodeToString(h.Sum(nil))
}

// plainCode takes a code as people type it: any case, with or without its hyphens.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
}

// issue gives an account a new code, the one before is dead. It returns the code and its row.
func issue(tx *vault.Tx, account int64, now time.Time) (code string, row int64, err error) {
	if err := revoke(tx, account, now); err != nil {
		return "", 0, err
	}
	code = newCode()
	row, err = tx.Insert("INSERT INTO code_activation (compte, empreinte, emis, expire) VALUES (?, ?, ?, ?)",
		account, hashCode(tx.Vault().UAI(), code), vault.Micros(now), vault.Micros(now.Add(codeLife)))
	return code, row, err
}

// revoke kills the codes of an account that were not used.
func revoke(tx *vault.Tx, account int64, now time.Time) error {
	_, err := tx.Exec("UPDATE code_activation SET annule = ? WHERE compte = ? AND utilise IS NULL AND annule IS NULL", vault.Micros(now), account)
	return err
}

// Activate opens an account with its identifier and its code, which then is of no use any more. One
// error covers all that may be wrong, so that nothing is learnt from it.
func (s *Service) Activate(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, login, code string) (err error) {
	defer belvedere.Wrap(&err, "Activate(%s)", uai)
	login = strings.ToLower(strings.TrimSpace(login))
	return s.write(ctx, who, uai, func(tx *vault.Tx) error {
		now := vault.Micros(s.Now())
		n, err := tx.Exec(`UPDATE code_activation SET utilise = ?1 WHERE empreinte = ?2 AND utilise IS NULL AND annule IS NULL AND expire > ?1
			AND compte = (SELECT id FROM compte WHERE identifiant = ?3 AND etat <> 'ferme')`, now, hashCode(uai, code), login)
		if err == nil && n == 0 {
			err = belvedere.Errorf(belvedere.Invalid, "Cet identifiant et ce code ne vont pas ensemble, ou le code a servi, a été remplacé ou a plus de trente jours. Demandez un nouveau courrier à l’établissement.")
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE compte SET etat = 'ouvert', ouvert = ifnull(ouvert, ?) WHERE identifiant = ?", now, login)
		return err
	})
}
