package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"belvedere"
)

// A Cost is what one hash takes: passes over a memory of so many KiB.
type Cost struct{ Passes, Memory uint32 }

// normalCost is the second choice of ASVS 5 for argon2id, with one lane: 23 ms and 19 MiB.
var normalCost = Cost{Passes: 2, Memory: 19 << 10}

const (
	saltSize = 16
	hashSize = 32
)

// A hasher makes and checks hashes, two at a time: each takes memory, and a flood of sign-ins
// must not take all of it.
type hasher struct {
	cost   Cost
	pepper func([]byte) []byte
	turns  *turns
	dummy  string // checked when there is no account, or no password
	count  atomic.Uint64
}

func newHasher(c Cost, pepper func([]byte) []byte) *hasher {
	if c == (Cost{}) {
		c = normalCost
	}
	h := &hasher{cost: c, pepper: pepper, turns: newTurns(2, 64)}
	h.dummy = h.write(randomBytes(saltSize), randomBytes(hashSize))
	return h
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// errBusy is told to who comes when too many wait.
var errBusy = belvedere.Errorf(belvedere.Unavailable, "Beaucoup de personnes se connectent en ce moment. Réessayez dans un instant.")

// make hashes a password in PHC form.
func (h *hasher) make(ctx context.Context, password string) (string, error) {
	if err := h.turns.take(ctx, true); err != nil {
		return "", err
	}
	defer h.turns.leave()
	salt := randomBytes(saltSize)
	return h.write(salt, h.derive(password, salt, h.cost)), nil
}

// check tells whether a password has a hash, and whether the hash should be made again at
// today's cost. "" is the hash of nobody: it takes the same time and never fits. Who is trusted
// goes before the others.
func (h *hasher) check(ctx context.Context, phc, password string, trusted bool) (fits, stale bool, err error) {
	nobody := phc == ""
	if nobody {
		phc = h.dummy
	}
	cost, salt, want, err := readPHC(phc)
	if err != nil {
		return false, false, err
	}
	if err := h.turns.take(ctx, trusted); err != nil {
		return false, false, err
	}
	defer h.turns.leave()
	same := subtle.ConstantTimeCompare(h.derive(password, salt, cost), want) == 1
	return same && !nobody, cost != h.cost, nil
}

// derive mixes the pepper in first, so that hashes stolen from the registry alone cannot be tried.
func (h *hasher) derive(password string, salt []byte, c Cost) []byte {
	h.count.Add(1)
	return argon2.IDKey(h.pepper([]byte(norm.NFKC.String(password))), salt, c.Passes, c.Memory, 1, hashSize)
}

const phcForm = "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"

func (h *hasher) write(salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf(phcForm, h.cost.Memory, h.cost.Passes, b64(salt), b64(sum))
}

// readPHC reads what write wrote. Bounds keep a damaged registry from asking for all memory.
func readPHC(text string) (c Cost, salt, sum []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v=19" {
		return c, nil, nil, fmt.Errorf("auth: not a hash of argon2id")
	}
	var lanes int
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &lanes); err != nil || lanes != 1 ||
		c.Memory < 8 || c.Memory > 256<<10 || c.Passes < 1 || c.Passes > 16 {
		return c, nil, nil, fmt.Errorf("auth: a hash of unknown cost")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return c, nil, nil, fmt.Errorf("auth: a hash with a damaged salt")
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(sum) != hashSize {
		return c, nil, nil, fmt.Errorf("auth: a damaged hash")
	}
	return c, salt, sum, nil
}
