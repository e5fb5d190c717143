package pseudonym

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"regexp"
)

// alphabet is that of receipts: no letter that is taken for a digit. Its order is that of bytes, so that the order
// of codes is that of their bits.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// A Namer makes the pseudonyms of one extract.
type Namer struct {
	key  []byte // of this extract alone
	mark []byte // of the installation
	code string // of the extract
}

// NewNamer makes one from a key that serves one extract, the key of the marks, and the code of the extract.
func NewNamer(key, mark []byte, code string) Namer { return Namer{key, mark, code} }

// digest is what a pseudonym is made of: 256 bits that the key alone ties to a person.
func (n Namer) digest(domain, id string) [sha256.Size]byte {
	h := hmac.New(sha256.New, n.key)
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(domain)))
	h.Write(length[:])
	h.Write([]byte(domain))
	h.Write([]byte(id))
	return [sha256.Size]byte(h.Sum(nil))
}

// Code is the pseudonym of someone or something within the extract: twelve characters of the digest (60 bits) and
// four that mark the extract, "7KQ2-M9XD-4T1H-9W0Z".
func (n Namer) Code(domain, id string) string {
	d := n.digest(domain, id)
	return n.written(d)
}

func (n Namer) written(d [sha256.Size]byte) string {
	body := letters(d[:8], 12)
	all := body + tag(n.mark, n.code, body)
	return all[:4] + "-" + all[4:8] + "-" + all[8:12] + "-" + all[12:]
}

// letters writes the first bits of bytes, five to a character.
func letters(raw []byte, count int) string {
	out := make([]byte, count)
	bits := binary.BigEndian.Uint64(append(append([]byte(nil), raw...), make([]byte, 8)...)[:8])
	for i := range out {
		out[i] = alphabet[bits>>59]
		bits <<= 5
	}
	return string(out)
}

// tag marks a body as one of an extract: 20 bits that the key of the marks ties to both.
func tag(mark []byte, code, body string) string {
	h := hmac.New(sha256.New, mark)
	h.Write([]byte(code + "/" + body))
	return letters(h.Sum(nil)[:8], 4)
}

// shape is how pseudonyms are written.
var shape = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b`)

// Find gives the distinct pseudonyms of a text, at most so many.
func Find(text []byte, most int) []string {
	seen := map[string]bool{}
	var out []string
	for at := 0; at < len(text) && len(out) < most; {
		where := shape.FindIndex(text[at:])
		if where == nil {
			break
		}
		code := string(text[at+where[0] : at+where[1]])
		at += where[1]
		if !seen[code] {
			seen[code] = true
			out = append(out, code)
		}
	}
	return out
}

// Marked counts the pseudonyms that bear the mark of an extract. By chance one in a million does.
func Marked(mark []byte, code string, pseudonyms []string) (n int) {
	for _, p := range pseudonyms {
		if len(p) == 19 && tag(mark, code, p[:4]+p[5:9]+p[10:14]) == p[15:] {
			n++
		}
	}
	return n
}
