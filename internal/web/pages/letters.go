package pages

import (
	"strings"
	"time"

	"belvedere/internal/mail"
	"belvedere/internal/web/parts"
)

// Letters is the list of the mails that no server sends.
type Letters struct {
	Frame parts.Frame
	Total int
	List  []mail.Letter
	Zone  *time.Location
	Pages []parts.Link
}

// OneLetter is one of them.
type OneLetter struct {
	Frame  parts.Frame
	Letter mail.Letter
	Zone   *time.Location
}

// A letterLine is a line of a mail, or the link that it is.
type letterLine struct {
	text string
	link bool
}

// lines parts the text of a mail so that a link on a line of its own can be followed.
func (l OneLetter) lines() (out []letterLine) {
	for _, line := range strings.Split(strings.ReplaceAll(l.Letter.Text, "\r\n", "\n"), "\n") {
		link := (strings.HasPrefix(line, "http://") || strings.HasPrefix(line, "https://")) && !strings.ContainsAny(line, " \t\"<>")
		out = append(out, letterLine{line, link})
	}
	return out
}
