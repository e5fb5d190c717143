// Package secret holds the keys of an installation: made at random at its first start, kept in
// one file that its owner alone reads, never defaulted, never made again behind one's back,
// and never printed, whatever the verb.
package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"belvedere"
)

// What keys are for. Each purpose has a key of its own, so that what is made for one proves
// nothing for another. "journal/ancre" is a part of Journal that is apart from the rest of it.
const (
	Journal = "journal" // seals of the journal
	Cookie  = "cookie"  // what a browser keeps for us
	Sealing = "scelles" // what lies in the registry and must be read again, such as the secrets of TOTP
	Pepper  = "poivre"  // what is mixed with passwords, and lies outside the registry
	Local   = "local"   // the command line that speaks to the server of its machine
)

var purposes = []string{Journal, Cookie, Sealing, Pepper, Local}

const size = 32 // bytes of a key

// Keys of an installation. They are safe for concurrent use.
type Keys struct {
	// Fresh tells that Load has just made the file. Where the registry already knows other
	// keys, they are lost: see Check.
	Fresh bool

	// all gives one key for each purpose. It is a function because fmt follows a pointer, even an
	// unexported one, when the verb is not made for it; of a function it shows the address.
	all func() map[string][]byte
}

func hold(keys map[string][]byte) *Keys {
	return &Keys{all: func() map[string][]byte { return keys }}
}

// generate makes keys at random.
func generate() *Keys {
	keys := map[string][]byte{}
	for _, p := range purposes {
		k := make([]byte, size)
		rand.Read(k) // never fails: the runtime stops the program instead
		keys[p] = k
	}
	return hold(keys)
}

// key is the one of a purpose or of a part of it ("journal/ancre"). A purpose that nobody
// declared is a mistake of the program.
func (k *Keys) key(purpose string) []byte {
	head, _, _ := strings.Cut(purpose, "/")
	key, ok := k.all()[head]
	if !ok {
		panic("secret: no key for " + purpose)
	}
	return key
}

// MAC authenticates parts for a purpose: HMAC-SHA-256, 32 bytes. Each part is preceded by its
// length, so that "ab", "c" and "a", "bc" differ.
func (k *Keys) MAC(purpose string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, k.key(purpose))
	var length [8]byte
	for _, p := range append([][]byte{[]byte(purpose)}, parts...) {
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		h.Write(length[:])
		h.Write(p)
	}
	return h.Sum(nil)
}

// Equal compares two codes in a time that does not tell where they differ.
func Equal(a, b []byte) bool { return hmac.Equal(a, b) }

// sealed begins what Seal makes, so that another way can follow this one.
const sealed = "s1."

// Seal encrypts what the registry keeps. The place says what it is and whose ("totp/42"): it
// opens there only, so that a row copied to another account is worth nothing.
func (k *Keys) Seal(place string, plain []byte) string {
	aead, err := chacha20poly1305.NewX(k.key(Sealing))
	if err != nil {
		panic(err) // the size of the key was checked
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	rand.Read(nonce)
	return sealed + base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, plain, []byte(place)))
}

// Open decrypts what Seal made for the same place.
func (k *Keys) Open(place, text string) (_ []byte, err error) {
	defer belvedere.Wrap(&err, "Open(%s)", place)
	aead, err := chacha20poly1305.NewX(k.key(Sealing))
	if err != nil {
		return nil, err
	}
	body, ok := strings.CutPrefix(text, sealed)
	if !ok {
		return nil, fmt.Errorf("not sealed by this program")
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || len(raw) < aead.NonceSize()+aead.Overhead() {
		return nil, fmt.Errorf("cut short or damaged")
	}
	return aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(place))
}

// Bearer is what the command line shows to the server of its machine. Who can read the file of
// keys has it.
func (k *Keys) Bearer() string {
	return "local." + base64.RawURLEncoding.EncodeToString(k.MAC(Local+"/porteur"))
}

// IsBearer tells whether a bearer is the one of the command line.
func (k *Keys) IsBearer(given string) bool { return Equal([]byte(given), []byte(k.Bearer())) }

// Derive makes a key of 32 bytes for a use of its own under a purpose.
func (k *Keys) Derive(purpose, use string) []byte {
	out, err := hkdf.Key(sha256.New, k.key(purpose), nil, purpose+"/"+use, size)
	if err != nil {
		panic(err) // 32 bytes are never too many
	}
	return out
}

// hidden is what stands for keys wherever they are printed.
const hidden = "(clés masquées)"

// Printed by whatever way, keys do not show. Format takes all verbs of fmt, the others what
// else may write them.
func (Keys) Format(f fmt.State, _ rune)   { f.Write([]byte(hidden)) }
func (Keys) String() string               { return hidden }
func (Keys) GoString() string             { return hidden }
func (Keys) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Keys) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (Keys) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
