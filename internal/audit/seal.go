package audit

import (
	"encoding/binary"
	"encoding/hex"

	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// seal authenticates an entry, with its number, over the seal of the one before it ("" for the
// first). Each part is preceded by its length: no text can pass for another field.
func seal(keys *secret.Keys, previous string, e registry.Entry) string {
	return hex.EncodeToString(keys.MAC(secret.Journal+"/entree",
		[]byte(previous), whole(e.Seq), whole(e.At.UnixMicro()), whole(e.Account),
		[]byte(e.Login), []byte(e.Door), []byte(e.Action), []byte(e.Object), []byte(e.Result),
		[]byte(e.From), []byte(e.Perimeter), []byte(e.Detail)))
}

// sealedAt is the seal that an entry would bear under another number.
func sealedAt(keys *secret.Keys, previous string, e registry.Entry, seq int64) string {
	e.Seq = seq
	return seal(keys, previous, e)
}

// follows tells whether an entry is what was sealed after a link.
func follows(keys *secret.Keys, before link, e registry.Entry) bool {
	return secret.Equal([]byte(seal(keys, before.Seal, e)), []byte(e.Seal))
}

func whole(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
