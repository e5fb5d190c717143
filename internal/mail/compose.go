package mail

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"belvedere"
)

// compose writes a checked message after RFC 5322.
func compose(m Message, from mail.Address, at time.Time) (_ *gomail.Msg, err error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(&from)
	msg.ToMailAddress(&mail.Address{Name: m.ToName, Address: m.To})
	msg.Subject(m.Subject)
	msg.SetDateWithValue(at)
	_, domain, _ := strings.Cut(from.Address, "@")
	msg.SetMessageIDWithValue(fmt.Sprintf("%s@%s", rand.Text(), domain))
	// A machine does not answer a machine (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	if m.Unsubscribe != "" {
		msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
	}
	for _, a := range m.Attachments {
		if err := msg.AttachReader(a.Name, bytes.NewReader(a.Body), gomail.WithFileContentType(gomail.ContentType(a.Type))); err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// parseFrom reads the address of the sender, with a name or not.
func parseFrom(from string) (mail.Address, error) {
	a, err := mail.ParseAddress(from)
	if err != nil || strings.ContainsFunc(from, hostile) || CheckAddress(a.Address) != nil {
		return mail.Address{}, belvedere.Errorf(belvedere.Invalid,
			"L’expéditeur des courriers, «\u00a0%s\u00a0», n’est pas une adresse valable. Exemple\u00a0: Console <console@departement.fr>.", clean(from, 80))
	}
	return *a, nil
}
