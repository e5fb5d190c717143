package governance

import (
	"net/url"
	"strings"
	"unicode"
)

// The text of a rule is plain, with few marks: a line that begins with # is a heading (## a smaller one),
// - an item of a list, 1. an item of a numbered one; **words** are strong, [words](address) is a link. All
// else is what it is: nothing of a text becomes markup but by the types below.

// A BlockKind is what a block of a text is.
type BlockKind int

// The kinds of block.
const (
	Paragraph BlockKind = iota
	Heading             // Level 1 or 2
	List
	Numbered
)

// A Block is a part of a text.
type Block struct {
	Kind  BlockKind
	Level int
	Items [][]Span // one for a paragraph or a heading
}

// A Span is words of one kind.
type Span struct {
	Text   string
	Strong bool
	Link   string // local path, or address of the web; ""
}

// Blocks reads a text.
func Blocks(text string) (out []Block) {
	var para []string
	flush := func() {
		if len(para) > 0 {
			out = append(out, Block{Kind: Paragraph, Items: [][]Span{spans(strings.Join(para, "\n"))}})
			para = nil
		}
	}
	for line := range strings.Lines(tidyText(text)) {
		line = strings.TrimSpace(line)
		kind, level, rest := lineKind(line)
		switch {
		case line == "":
			flush()
			out = append(out, Block{Level: -1}) // keeps two lists apart
		case kind == Paragraph:
			para = append(para, line)
		case kind == Heading:
			flush()
			out = append(out, Block{Kind: Heading, Level: level, Items: [][]Span{spans(rest)}})
		default:
			flush()
			if n := len(out) - 1; n >= 0 && out[n].Kind == kind {
				out[n].Items = append(out[n].Items, spans(rest))
			} else {
				out = append(out, Block{Kind: kind, Items: [][]Span{spans(rest)}})
			}
		}
	}
	flush()
	kept := out[:0]
	for _, b := range out {
		if b.Level >= 0 {
			kept = append(kept, b)
		}
	}
	return kept
}

// lineKind says what the marks at the start of a line make of it.
func lineKind(line string) (kind BlockKind, level int, rest string) {
	if rest, ok := strings.CutPrefix(line, "## "); ok {
		return Heading, 2, rest
	}
	if rest, ok := strings.CutPrefix(line, "# "); ok {
		return Heading, 1, rest
	}
	if rest, ok := strings.CutPrefix(line, "- "); ok {
		return List, 0, rest
	}
	if digits := strings.TrimLeft(line, "0123456789"); len(digits) < len(line) && len(line)-len(digits) <= 3 {
		if rest, ok := strings.CutPrefix(digits, ". "); ok {
			return Numbered, 0, rest
		}
	}
	return Paragraph, 0, line
}

// spans reads the marks within a line.
func spans(s string) (out []Span) {
	add := func(x Span) {
		if x.Text != "" {
			out = append(out, x)
		}
	}
	for s != "" {
		i := strings.IndexAny(s, "*[")
		if i < 0 {
			add(Span{Text: s})
			return out
		}
		if inner, rest, ok := strong(s[i:]); ok {
			add(Span{Text: s[:i]})
			add(Span{Text: inner, Strong: true})
			s = rest
			continue
		}
		if label, link, rest, ok := linked(s[i:]); ok {
			add(Span{Text: s[:i]})
			add(Span{Text: label, Link: link})
			s = rest
			continue
		}
		add(Span{Text: s[:i+1]})
		s = s[i+1:]
	}
	return out
}

func strong(s string) (inner, rest string, ok bool) {
	if s, ok = strings.CutPrefix(s, "**"); !ok {
		return "", "", false
	}
	inner, rest, ok = strings.Cut(s, "**")
	return inner, rest, ok && inner != ""
}

func linked(s string) (label, link, rest string, ok bool) {
	if s, ok = strings.CutPrefix(s, "["); !ok {
		return "", "", "", false
	}
	if label, s, ok = strings.Cut(s, "]("); !ok || label == "" {
		return "", "", "", false
	}
	if link, rest, ok = strings.Cut(s, ")"); !ok || !SafeLink(link) {
		return "", "", "", false
	}
	return label, link, rest, true
}

// SafeLink tells whether an address may stand in a page: one of the web, or a path of this console.
func SafeLink(link string) bool {
	u, err := url.Parse(link)
	if err != nil || link == "" || len(link) > 500 || strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || strings.ContainsRune(`"'<>\`, r) }) {
		return false
	}
	if u.Scheme == "https" || u.Scheme == "http" {
		return u.Host != "" && u.User == nil
	}
	return u.Scheme == "" && u.Host == "" && strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//")
}

// tidyText is a text of several lines as it is kept: one kind of line end, no command, no spaces at ends.
func tidyText(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control):
			return -1
		}
		return r
	}, s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRightFunc(line, unicode.IsSpace)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
