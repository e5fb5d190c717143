package door

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/big"
	"regexp"
	"strings"
)

// The form of a token: a prefix that scanners of leaked keys can look for, 256 random bits, and a
// checksum that tells a token cut short or mistyped from one that is not known.
const (
	tokenPrefix = "bvd_"
	secretSigns = 43 // of 256 bits in base 62
	sumSigns    = 6  // of 32 bits
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// NewToken makes the key of a program, and the hash under which it is kept.
func NewToken() (token, hash string, err error) {
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return "", "", fmt.Errorf("NewToken: %w", err)
	}
	body := tokenPrefix + inBase62(new(big.Int).SetBytes(secret[:]), secretSigns)
	token = body + sumOf(body)
	return token, hashOf(token), nil
}

// TokenHash gives the hash under which a token is kept; ok tells whether it has the form of one.
func TokenHash(token string) (hash string, ok bool) {
	if len(token) != len(tokenPrefix)+secretSigns+sumSigns || !strings.HasPrefix(token, tokenPrefix) {
		return "", false
	}
	body := token[:len(token)-sumSigns]
	if sumOf(body) != token[len(body):] || strings.Trim(body[len(tokenPrefix):], base62) != "" {
		return "", false
	}
	return hashOf(token), true
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func sumOf(body string) string {
	return inBase62(new(big.Int).SetUint64(uint64(crc32.ChecksumIEEE([]byte(body)))), sumSigns)
}

// inBase62 writes a number with a fixed count of signs.
func inBase62(n *big.Int, signs int) string {
	out := make([]byte, signs)
	digit, base := new(big.Int), big.NewInt(62)
	for i := signs - 1; i >= 0; i-- {
		n.DivMod(n, base, digit)
		out[i] = base62[digit.Int64()]
	}
	return string(out)
}

var anyToken = regexp.MustCompile(tokenPrefix + `[0-9A-Za-z]+`)

// WithoutTokens masks what looks like a token in a text that will be kept or logged.
func WithoutTokens(text string) string { return anyToken.ReplaceAllString(text, tokenPrefix+"…") }
