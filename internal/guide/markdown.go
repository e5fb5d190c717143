package guide

import (
	"regexp"
	"strings"
	"unicode"
)

// The kinds of blocks.
const (
	Heading   = "titre"
	Paragraph = "texte"
	List      = "liste"
	Numbers   = "liste numérotée"
	Table     = "tableau"
	Code      = "code"
	Quote     = "citation"
	Image     = "image"
)

// A Block is a part of a chapter.
type Block struct {
	Kind   string
	Level  int        // of a heading
	ID     string     // of a heading
	Text   []Span     // of a heading, a paragraph, a quotation
	Items  [][]Span   // of a list
	First  int        // number of the first item
	Head   [][]Span   // of a table
	Rows   [][][]Span // of a table
	Number int        // of a table in its chapter, from 1
	Source string     // lines of code; name of a picture
	Alt    string     // of a picture
}

// words are all words of a block.
func (b *Block) words() string {
	var out []string
	for _, group := range append([][][]Span{{b.Text}, b.Items, b.Head}, b.Rows...) {
		for _, one := range group {
			out = append(out, Plain(one))
		}
	}
	return strings.Join(append(out, b.Alt, b.Source), " ")
}

// The styles of spans.
const (
	Bold   = "gras"
	Italic = "italique"
	Mono   = "code"
	Linked = "lien"
)

// A Span is a run of text in one style. What is bold or linked holds spans.
type Span struct {
	Style   string
	Text    string // of a plain or monospaced run
	Inner   []Span
	Address string // of a link, as the guide is served
}

// Plain is the text without its styles.
func Plain(list []Span) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s.Text)
		b.WriteString(Plain(s.Inner))
	}
	return b.String()
}

var (
	heading  = regexp.MustCompile(`^(#{1,4}) +(.+)$`)
	bullet   = regexp.MustCompile(`^[-*] +(.+)$`)
	numbered = regexp.MustCompile(`^([0-9]+)\. +(.+)$`)
	picture  = regexp.MustCompile(`^!\[([^\]]*)\]\(images/([^)]+)\)$`)
	ruler    = regexp.MustCompile(`^\|(?: *:?-+:? *\|)+$`)
)

// Parse reads the Markdown that the guide is written in: headings, paragraphs, lists, tables, code,
// quotations and pictures. What is anything else stays text.
func Parse(text string) (list []Block) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	tables := 0
	for i := 0; i < len(lines); {
		line := strings.TrimRight(lines[i], " ")
		var b Block
		n := 1
		switch {
		case line == "":
			i++
			continue
		case strings.HasPrefix(line, "```"):
			b, n = code(lines[i:])
		case heading.MatchString(line):
			m := heading.FindStringSubmatch(line)
			b = Block{Kind: Heading, Level: len(m[1]), Text: spans(m[2])}
			b.ID = Anchor(Plain(b.Text))
		case picture.MatchString(line):
			m := picture.FindStringSubmatch(line)
			b = Block{Kind: Image, Alt: m[1], Source: m[2]}
		case strings.HasPrefix(line, "> "):
			b, n = quote(lines[i:])
		case strings.HasPrefix(line, "|") && i+1 < len(lines) && ruler.MatchString(strings.TrimSpace(lines[i+1])):
			b, n = table(lines[i:])
		case bullet.MatchString(line), numbered.MatchString(line):
			b, n = items(lines[i:])
		default:
			b, n = paragraph(lines[i:])
		}
		if b.Kind == Table {
			tables++
			b.Number = tables
		}
		list = append(list, b)
		i += n
	}
	return list
}

func code(lines []string) (Block, int) {
	b := Block{Kind: Code}
	for n := 1; n < len(lines); n++ {
		if strings.HasPrefix(lines[n], "```") {
			b.Source = strings.Join(lines[1:n], "\n")
			return b, n + 1
		}
	}
	b.Source = strings.Join(lines[1:], "\n")
	return b, len(lines)
}

func quote(lines []string) (Block, int) {
	var said []string
	n := 0
	for ; n < len(lines) && strings.HasPrefix(lines[n], ">"); n++ {
		said = append(said, strings.TrimSpace(lines[n][1:]))
	}
	return Block{Kind: Quote, Text: spans(strings.Join(said, " "))}, n
}

func table(lines []string) (Block, int) {
	b := Block{Kind: Table, Head: cells(lines[0])}
	n := 2
	for ; n < len(lines) && strings.HasPrefix(lines[n], "|"); n++ {
		row := cells(lines[n])
		for len(row) < len(b.Head) {
			row = append(row, nil)
		}
		b.Rows = append(b.Rows, row[:len(b.Head)])
	}
	return b, n
}

// cells cuts a line of a table at the bars that no backslash keeps.
func cells(line string) (out [][]Span) {
	const kept = "\x00"
	line = strings.Trim(strings.TrimSpace(strings.ReplaceAll(line, `\|`, kept)), "|")
	for _, cell := range strings.Split(line, "|") {
		out = append(out, spans(strings.ReplaceAll(strings.TrimSpace(cell), kept, "|")))
	}
	return out
}

// items reads a list; an indented line goes on with the item before it.
func items(lines []string) (Block, int) {
	b := Block{Kind: List}
	var texts []string
	n := 0
	for ; n < len(lines); n++ {
		line := lines[n]
		if m := bullet.FindStringSubmatch(line); m != nil && b.Kind == List {
			texts = append(texts, m[1])
		} else if m := numbered.FindStringSubmatch(line); m != nil && (n == 0 || b.Kind == Numbers) {
			if n == 0 {
				b.Kind, b.First = Numbers, atoi(m[1])
			}
			texts = append(texts, m[2])
		} else if strings.HasPrefix(line, "  ") && strings.TrimSpace(line) != "" && n > 0 {
			texts[len(texts)-1] += " " + strings.TrimSpace(line)
		} else {
			break
		}
	}
	for _, t := range texts {
		b.Items = append(b.Items, spans(t))
	}
	return b, n
}

func atoi(s string) (n int) {
	for _, c := range s[:min(len(s), 6)] {
		n = 10*n + int(c-'0')
	}
	return n
}

func paragraph(lines []string) (Block, int) {
	var said []string
	n := 0
	for ; n < len(lines); n++ {
		line := strings.TrimSpace(lines[n])
		if line == "" || n > 0 && (heading.MatchString(line) || bullet.MatchString(line) || strings.HasPrefix(line, "```") || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "> ") || picture.MatchString(line)) {
			break
		}
		said = append(said, line)
	}
	return Block{Kind: Paragraph, Text: spans(strings.Join(said, " "))}, n
}

// spans reads the styles in a line: `code`, **bold**, *italics*, [words](address).
func spans(text string) (list []Span) {
	plain := func(s string) {
		if s != "" {
			list = append(list, Span{Text: s})
		}
	}
	start := 0
	for i := 0; i < len(text); {
		s, n := span(text[i:])
		if n == 0 {
			i++
			continue
		}
		plain(text[start:i])
		list = append(list, s)
		i += n
		start = i
	}
	plain(text[start:])
	return list
}

// span reads one styled run at the beginning of a text; n is 0 when there is none.
func span(text string) (s Span, n int) {
	between := func(mark, style string) (Span, int) {
		end := strings.Index(text[len(mark):], mark)
		if end <= 0 {
			return Span{}, 0
		}
		inner := text[len(mark) : len(mark)+end]
		if style == Mono {
			return Span{Style: Mono, Text: inner}, end + 2*len(mark)
		}
		return Span{Style: style, Inner: spans(inner)}, end + 2*len(mark)
	}
	switch {
	case strings.HasPrefix(text, "`"):
		return between("`", Mono)
	case strings.HasPrefix(text, "**"):
		return between("**", Bold)
	case strings.HasPrefix(text, "*") && len(text) > 1 && text[1] != ' ':
		return between("*", Italic)
	case strings.HasPrefix(text, "["):
		words, rest, ok := strings.Cut(text[1:], "](")
		end := strings.IndexByte(rest, ')')
		if !ok || end < 0 || strings.ContainsAny(words, "\n[") {
			return Span{}, 0
		}
		return Span{Style: Linked, Inner: spans(words), Address: addressOf(rest[:end])}, len(words) + end + len("[](") + 1
	}
	return Span{}, 0
}

// addressOf is where a link of the guide leads in the product; "" for what the product does not serve.
func addressOf(link string) string {
	if strings.HasPrefix(link, "#") || strings.HasPrefix(link, "https://") {
		return link
	}
	file, anchor, has := strings.Cut(link, "#")
	if !strings.HasSuffix(file, ".md") || strings.Contains(file, "/") {
		return ""
	}
	address := Path
	if name := nameOf(file); name != contents {
		address += "/" + name
	}
	if has {
		address += "#" + anchor
	}
	return address
}

// Anchor is the name of a heading in addresses, as forges make it: small letters and digits, dashes
// for spaces, nothing of the rest.
func Anchor(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ': // a space that does not break makes none
			b.WriteByte('-')
		}
	}
	return b.String()
}
