package export

import (
	"strings"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
)

// family is the name of the embedded type in documents.
const family = "dejavu"

// A colour of the page.
type colour struct{ r, g, b int }

var (
	black        = colour{0x16, 0x20, 0x1f}
	faint        = colour{0x5d, 0x6b, 0x69}
	maximumInk   = colour{0xb3, 0x26, 0x1e}
	minimumInk   = colour{0x1b, 0x6b, 0x3a}
	partialInk   = colour{0x85, 0x56, 0x00}
	ruleColour   = colour{0xe0, 0xe5, 0xe3}
	firmColour   = colour{0xb4, 0xbe, 0xbb}
	hairline     = 0.15
	lineUnderAll = 0.3
)

// font chooses colour, style ("" or "B") and size in points of what follows.
func (p *printer) font(c colour, style string, size float64) {
	p.doc.SetFont(family, style, size)
	p.doc.SetTextColor(c.r, c.g, c.b)
}

// at writes a text with its base line at y.
func (p *printer) at(x, y float64, s string) {
	if s != "" {
		p.doc.Text(x, y, plane(s))
	}
}

// plane replaces the characters beyond the basic plane, which the library cannot write.
func plane(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return '\uFFFD'
		}
		return r
	}, s)
}

// rule draws a line across.
func (p *printer) rule(x, y, width, thickness float64, c colour) {
	p.doc.SetDrawColor(c.r, c.g, c.b)
	p.doc.SetLineWidth(thickness)
	p.doc.Line(x, y, x+width, y)
}

// lines writes a paragraph over the printable width and moves down; it goes on to the next page.
func (p *printer) lines(s string, height float64) {
	if s == "" {
		return
	}
	for _, line := range wrap(p.doc, plane(s), p.across()) {
		if p.y+height > p.bottom() {
			size, _ := p.doc.GetFontSize()
			r, g, b := p.doc.GetTextColor()
			p.newPage()
			p.font(colour{r, g, b}, "", size)
		}
		p.at(margin, p.y+height*0.75, line)
		p.y += height
	}
}

// shorten cuts a text that is wider than width, with an ellipsis.
func (p *printer) shorten(s string, width float64) string {
	s = plane(s)
	if p.doc.GetStringWidth(s) <= width {
		return s
	}
	for s != "" {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
		if p.doc.GetStringWidth(s+"…") <= width {
			break
		}
	}
	return s + "…"
}

// wrap cuts a text into lines no wider than width in the current type, at spaces where it can
// and within a word where it must.
func wrap(doc *fpdf.Fpdf, s string, width float64) []string {
	if doc.GetStringWidth(s) <= width {
		return []string{s}
	}
	var out []string
	line := ""
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) {
		try := joinWith(line, " ", w)
		if doc.GetStringWidth(try) <= width {
			line = try
			continue
		}
		if line != "" {
			out = append(out, line)
		}
		for line = w; doc.GetStringWidth(line) > width; {
			head := fitting(doc, line, width)
			out = append(out, head)
			line = line[len(head):]
		}
	}
	return append(out, line)
}

// fitting is the longest start of a word that fits, at least one character.
func fitting(doc *fpdf.Fpdf, s string, width float64) string {
	end := 0
	for i, r := range s {
		next := i + utf8.RuneLen(r)
		if end > 0 && doc.GetStringWidth(s[:next]) > width {
			break
		}
		end = next
	}
	return s[:end]
}
