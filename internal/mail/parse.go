package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// mostParts bounds what is looked at in search of the text.
const mostParts = 20

// parseLetter reads what an administrator wants to see of a message: to whom, about what, and
// its plain text.
func parseLetter(raw []byte) (l Letter, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return l, err
	}
	words := new(mime.WordDecoder)
	if l.Subject, err = words.DecodeHeader(m.Header.Get("Subject")); err != nil {
		l.Subject = m.Header.Get("Subject")
	}
	if to, err := m.Header.AddressList("To"); err == nil && len(to) > 0 {
		l.To = to[0].Address
		if to[0].Name != "" {
			l.To = clean(to[0].Name, longestName) + " <" + to[0].Address + ">"
		}
	}
	l.Text, err = plainText(m)
	return l, err
}

// plainText finds the first text/plain of a message.
func plainText(m *mail.Message) (string, error) {
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return decode(m.Body, m.Header.Get("Content-Transfer-Encoding"))
	}
	return textPart(m.Body, params["boundary"])
}

// textPart looks for the text in parts, and in the parts of the first: files come after.
func textPart(body io.Reader, boundary string) (string, error) {
	parts := multipart.NewReader(body, boundary)
	for range mostParts {
		p, err := parts.NextRawPart()
		if err != nil {
			return "", err
		}
		switch kind, params, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); kind {
		case "text/plain":
			return decode(p, p.Header.Get("Content-Transfer-Encoding"))
		case "multipart/alternative":
			return textPart(p, params["boundary"])
		}
	}
	return "", errors.New("no text")
}

func decode(r io.Reader, encoding string) (string, error) {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	text, err := io.ReadAll(io.LimitReader(r, longestBody))
	return strings.ReplaceAll(string(text), "\r\n", "\n"), err
}
