package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"

	"belvedere"
	"belvedere/internal/territory/report"
)

// A cursor is where the next page of an answer begins. It names the edition of the first page, so that what
// is published meanwhile neither repeats nor skips a line, and the question, so that it goes on no other.
type cursor struct {
	Edition int    `json:"e"`
	Offset  int    `json:"d"`
	Limit   int    `json:"l"`
	Ask     string `json:"q"`
}

// Bounds of a cursor: no sum of them overflows.
const (
	mostOffset      = 1 << 30
	mostCursorBytes = 400
)

// askOf names a question by its parameters, without those of its pages and format.
func askOf(v url.Values) string {
	kept := url.Values{}
	for name, values := range v {
		switch name {
		case "curseur", "limite", "debut", "edition", "format":
		default:
			kept[name] = values
		}
	}
	sum := sha256.Sum256([]byte(kept.Encode()))
	return hex.EncodeToString(sum[:8])
}

// String writes a cursor for an address.
func (c cursor) String() string {
	text, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor reads a cursor: any text that is none is refused with the same words.
func parseCursor(text string) (c cursor, err error) {
	bad := belvedere.Errorf(belvedere.Invalid, "curseur\u00a0: il se recopie tel que la page précédente l’a donné")
	if len(text) > mostCursorBytes {
		return c, bad
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return cursor{}, bad
	}
	if c.Edition < 0 || c.Offset <= 0 || c.Limit <= 0 || c.Edition > mostOffset || c.Offset > mostOffset || c.Limit > mostOffset || len(c.Ask) != 16 {
		return cursor{}, bad
	}
	return c, nil
}

// paged puts the page that a cursor names into a question.
func paged(v url.Values, ask *report.Ask) error {
	text := v.Get("curseur")
	if text == "" {
		return nil
	}
	c, err := parseCursor(text)
	if err != nil {
		return err
	}
	if c.Ask != askOf(v) {
		return belvedere.Errorf(belvedere.Invalid, "curseur\u00a0: il est d’une autre question")
	}
	ask.Edition, ask.Offset, ask.Limit = c.Edition, c.Offset, c.Limit
	return nil
}

// nextPage says in the headers where the next page begins, when there is one.
func nextPage(head http.Header, r *http.Request, v url.Values, out *belvedere.Result) {
	q := out.Query
	if q.Limit <= 0 || len(out.Rows) == 0 || q.Offset+len(out.Rows) >= out.RowCount {
		return
	}
	next := cursor{Edition: out.Edition.Number, Offset: q.Offset + len(out.Rows), Limit: q.Limit, Ask: askOf(v)}.String()
	head.Set("X-Belvedere-Suite", next)
	address := r.URL.Query()
	address.Del("debut")
	address.Del("edition")
	address.Set("curseur", next)
	head.Set("Link", "<"+r.URL.Path+"?"+address.Encode()+`>; rel="next"`)
}

// etag names the bytes of an answer: one receipt in one format.
func etag(out *belvedere.Result, format string) string {
	if out.Receipt.Hash == "" || out.Edition.Number == 0 {
		return ""
	}
	return `"` + out.Receipt.Hash[:min(32, len(out.Receipt.Hash))] + "-" + format + `"`
}
