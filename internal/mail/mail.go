// Package mail writes the letters of the console in French and sends them by SMTP, or keeps
// them in a folder when no server is named. No text of a person can become a header, a second
// recipient or markup, and no request waits for a server of mails.
package mail

import (
	"context"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// A Message goes to one person. HTML may be empty.
type Message struct {
	To      string // address alone
	ToName  string
	Subject string
	Text    string
	HTML    string

	Attachments []Attachment
	Unsubscribe string      // address of the page where one says that one wants no more of these, or ""
	Done        func(error) // told once, when a queue has sent the message (nil) or given it up
}

// An Attachment is a file that a message carries.
type Attachment struct {
	Name string // ASCII, as the file is saved
	Type string // of MIME
	Body []byte
}

// MostAttached bounds the files of a message, in bytes: as mails travel, a third is added.
const MostAttached = 5 << 20

// A Sender takes a message over. Its error is Invalid when the message itself is wrong: sending
// it again would not help.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Longest parts of a message: an address after RFC 5321, the others far above our letters.
const (
	longestAddress = 254 // bytes
	longestName    = 200 // runes
	longestSubject = 200 // runes
	longestBody    = 100 << 10
)

// CheckAddress tells whether a text is one address alone, which a letter can be sent to.
func CheckAddress(address string) error {
	bad := func() error {
		return belvedere.Errorf(belvedere.Invalid,
			"L’adresse de courrier «\u00a0%s\u00a0» n’est pas valable. Écrivez-la comme prenom.nom@departement.fr, sans espace ni accent.", clean(address, 60))
	}
	if len(address) > longestAddress {
		return bad()
	}
	for _, r := range address {
		if r <= ' ' || r >= unicode.MaxASCII || strings.ContainsRune(`()<>[]:;,\"`, r) {
			return bad()
		}
	}
	local, domain, ok := strings.Cut(address, "@")
	parsed, err := mail.ParseAddress(address)
	if err != nil || !ok || parsed.Address != address || len(local) > 64 || !checkDomain(domain) {
		return bad()
	}
	return nil
}

// checkDomain wants the labels of a domain: letters, digits and inner hyphens.
func checkDomain(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
				return false
			}
		}
	}
	return true
}

// check refuses a message that would not arrive as it was meant.
func (m Message) check() error {
	if err := CheckAddress(m.To); err != nil {
		return err
	}
	for _, line := range []struct {
		text    string
		longest int
		name    string
	}{{m.ToName, longestName, "Le nom du destinataire"}, {m.Subject, longestSubject, "L’objet"}} {
		if !utf8.ValidString(line.text) || strings.ContainsFunc(line.text, hostile) {
			return belvedere.Errorf(belvedere.Invalid, "%s d’un courrier contient un caractère invisible ou un saut de ligne. Retirez-le.", line.name)
		}
		if utf8.RuneCountInString(line.text) > line.longest {
			return belvedere.Errorf(belvedere.Invalid, "%s d’un courrier dépasse %d caractères. Raccourcissez-le.", line.name, line.longest)
		}
	}
	if m.Subject == "" || m.Text == "" || len(m.Text) > longestBody || len(m.HTML) > longestBody {
		return belvedere.Errorf(belvedere.Invalid, "Un courrier sans objet, sans texte ou de plus de %d octets n’est pas envoyé.", longestBody)
	}
	if m.Unsubscribe != "" && safeLink(m.Unsubscribe) == "" {
		return belvedere.Errorf(belvedere.Invalid, "L’adresse de désabonnement d’un courrier n’est pas une adresse du web.")
	}
	if err := m.checkAttachments(); err != nil {
		return err
	}
	if !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML) {
		return belvedere.Errorf(belvedere.Invalid, "Le texte d’un courrier n’est pas de l’UTF-8.")
	}
	return nil
}

// hostile tells the runes that have no place on a line: controls, separators of lines, and
// those that turn the direction of writing or cannot be seen.
func hostile(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) || r == utf8.RuneError
}

// clean makes a line of a text that a person has written: what is hostile becomes a space, and
// what is too long is cut.
func clean(text string, longest int) string {
	text = strings.Join(strings.FieldsFunc(strings.Map(func(r rune) rune {
		if hostile(r) {
			return ' '
		}
		return r
	}, text), func(r rune) bool { return r == ' ' }), " ")
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest-1]) + "…"
}

// fileName is the form of the names of attachments, and fileType that of their types: neither can
// become a header or a path.
var (
	fileName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}$`)
	fileType = regexp.MustCompile(`^[a-z]+/[a-zA-Z0-9.+-]+(; ?[a-z]+=[a-zA-Z0-9-]+)*$`)
)

func (m Message) checkAttachments() error {
	size := 0
	for _, a := range m.Attachments {
		if !fileName.MatchString(a.Name) || !fileType.MatchString(a.Type) {
			return belvedere.Errorf(belvedere.Invalid, "Un fichier joint a un nom ou un type qui ne convient pas à un courrier.")
		}
		size += len(a.Body)
	}
	if size > MostAttached {
		return belvedere.Errorf(belvedere.Invalid, "Les fichiers joints d’un courrier dépassent %d octets.", MostAttached)
	}
	return nil
}

// size is about what a message takes in memory.
func (m Message) size() int {
	n := len(m.Text) + len(m.HTML)
	for _, a := range m.Attachments {
		n += len(a.Body)
	}
	return n
}
