package mail

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"

	"belvedere"
)

// A Console is what each of its letters says of it.
type Console struct {
	Territory string         // "Département de l’Ille-et-Vilaine", or ""
	URL       string         // public address
	Zone      *time.Location // in which hours are written; nil: UTC
}

// A Person receives a letter.
type Person struct {
	Name    string // "Claire MORVAN", or ""
	Address string
	Login   string // identifiant, or "" before the account has one
}

// A letter is a message in blocks. It is written twice, as text and as HTML, and each way
// escapes what it must: those who compose letters hand values over as they are.
type letter struct {
	to      Person
	subject string
	blocks  []block
}

// A block is a part of a letter: a paragraph, a link on a line of its own, or a list of facts.
type block struct {
	text  string
	link  string
	facts [][2]string
}

func say(format string, args ...any) block {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = clean(s, 200)
		}
	}
	return block{text: fmt.Sprintf(format, args...)}
}

func follow(label, link string) block   { return block{text: label, link: safeLink(link)} }
func tell(facts ...[2]string) block     { return block{facts: facts} }
func fact(name, value string) [2]string { return [2]string{name, clean(value, 300)} }
func (c Console) name() string          { return clean(c.Territory, 120) }
func (c Console) instant(t time.Time) string {
	return belvedere.DayMonthYear(c.local(t)) + " à " + c.hour(t)
}
func (c Console) hour(t time.Time) string { return c.local(t).Format("15\u00a0h\u00a004") }
func (c Console) site() string            { return safeLink(c.URL) }

func (c Console) local(t time.Time) time.Time {
	if c.Zone == nil {
		return t.UTC()
	}
	return t.In(c.Zone)
}

// safeLink gives a link back, or "" when it is anything but an address of the web.
func safeLink(link string) string {
	u, err := url.Parse(link)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || len(link) > 2000 || strings.ContainsAny(link, " <>\"'") {
		return ""
	}
	return link
}

// write makes the message of a letter, with its greeting and its end.
func (c Console) write(l letter) Message {
	hello := "Bonjour,"
	if name := clean(l.to.Name, 120); name != "" {
		hello = "Bonjour " + name + ","
	}
	blocks := append([]block{{text: hello}}, l.blocks...)
	end := "Ce message est envoyé automatiquement par la console territoriale"
	if c.name() != "" {
		end += " («\u00a0" + c.name() + "\u00a0»)"
	}
	blocks = append(blocks, block{text: end + ". Ses liens sont personnels\u00a0: ne le transférez pas."})
	return Message{
		To: l.to.Address, ToName: clean(l.to.Name, longestName), Subject: clean(l.subject, longestSubject),
		Text: asText(blocks), HTML: asHTML(l.subject, blocks),
	}
}

func asText(blocks []block) string {
	var b strings.Builder
	for i, k := range blocks {
		if i > 0 {
			b.WriteString("\n")
		}
		switch {
		case k.facts != nil:
			for _, f := range k.facts {
				fmt.Fprintf(&b, "- %s\u00a0: %s\n", f[0], f[1])
			}
		case k.link != "":
			fmt.Fprintf(&b, "%s\u00a0:\n%s\n", k.text, k.link)
		default:
			b.WriteString(k.text + "\n")
		}
	}
	return b.String()
}

// asHTML writes a document without style, image or script: each reader of mails shows it in
// its own fonts, sizes and contrasts.
func asHTML(title string, blocks []block) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n</head>\n<body>\n", html.EscapeString(title))
	for _, k := range blocks {
		switch {
		case k.facts != nil:
			b.WriteString("<ul>\n")
			for _, f := range k.facts {
				fmt.Fprintf(&b, "<li>%s\u00a0: <strong>%s</strong></li>\n", html.EscapeString(f[0]), html.EscapeString(f[1]))
			}
			b.WriteString("</ul>\n")
		case k.link != "":
			fmt.Fprintf(&b, "<p><a href=\"%s\">%s</a></p>\n", html.EscapeString(k.link), html.EscapeString(k.text))
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(k.text))
		}
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}
