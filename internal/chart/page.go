package chart

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
)

// A page is the fragment being written. Its methods chain, so that a mark reads in one line.
type page struct {
	b  []byte
	id string
}

func newPage(id string) *page { return &page{b: make([]byte, 0, 16<<10), id: id} }

func (p *page) flush(w io.Writer) error {
	_, err := w.Write(p.b)
	return err
}

// s appends markup as it is.
func (p *page) s(markup ...string) *page {
	for _, m := range markup {
		p.b = append(p.b, m...)
	}
	return p
}

// t appends text, escaped for content and attributes alike.
func (p *page) t(text string) *page {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < 0x20 || c >= 0x7f || c == '<' || c == '>' || c == '&' || c == '"' || c == '\'' {
			return p.escaped(text)
		}
	}
	p.b = append(p.b, text...)
	return p
}

// escaped also replaces what XML forbids: control characters and broken UTF-8.
func (p *page) escaped(text string) *page {
	if !strings.ContainsAny(text, "<>&\"'") && plainUTF8(text) {
		p.b = append(p.b, text...)
		return p
	}
	buf := bytes.NewBuffer(p.b)
	xml.EscapeText(buf, []byte(text))
	p.b = buf.Bytes()
	return p
}

func plainUTF8(s string) bool {
	for _, r := range s {
		if r < 0x20 || r == 0xFFFD || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}

// n appends a coordinate with two decimals at most. What is not a number becomes 0: an
// attribute never holds NaN or Inf.
func (p *page) n(v float64) *page {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	v = math.Max(-1e6, math.Min(1e6, v))
	c := int64(math.Round(v * 100))
	if c < 0 {
		p.b = append(p.b, '-')
		c = -c
	}
	p.b = strconv.AppendInt(p.b, c/100, 10)
	if d := c % 100; d != 0 {
		p.b = append(p.b, '.', byte('0'+d/10))
		if d%10 != 0 {
			p.b = append(p.b, byte('0'+d%10))
		}
	}
	return p
}

// a appends an attribute that holds a length in px, pc one in %.
func (p *page) a(name string, v float64) *page  { return p.s(" ", name, `="`).n(v).s(`"`) }
func (p *page) pc(name string, v float64) *page { return p.s(" ", name, `="`).n(v).s(`%"`) }

// text appends an SVG text at x % and y px.
func (p *page) text(class string, x, y float64, words string) *page {
	p.s("<text")
	if class != "" {
		p.s(` class="`, class, `"`)
	}
	return p.pc("x", x).a("y", y).s(">").t(words).s("</text>")
}

// img opens an SVG that stands for a picture; title and description name it.
func (p *page) img(class, part string, height float64, title, desc string) *page {
	id := p.id + part
	p.s(`<svg class="`, class, `"`).a("height", height)
	return p.named(id, title, desc)
}

// named ends the opening tag of an SVG with its role, its title and its description.
func (p *page) named(id, title, desc string) *page {
	p.s(` role="img" aria-labelledby="`, id, `-t `, id, `-d">`)
	p.s(`<title id="`, id, `-t">`).t(title).s(`</title>`)
	return p.s(`<desc id="`, id, `-d">`).t(desc).s(`</desc>`)
}

// hatches defines the patterns of the fragment: a missing value and a paper hatch over a fill.
func (p *page) hatches() *page {
	p.s(`<defs><pattern id="`, p.id, `-h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="waiting-line" x1="0" y1="0" x2="0" y2="5"/></pattern>`)
	return p.s(`<pattern id="`, p.id, `-m" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="on-hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>`)
}

// patterns defines the hatches outside any picture, for tables of small ones.
func (p *page) patterns() *page {
	return p.s(`<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">`).hatches().s(`</svg>`)
}

// missing and over are the fills by those patterns.
func (p *page) missing() *page { return p.s(` fill="url(#`, p.id, `-h)"`) }
func (p *page) over() *page    { return p.s(` fill="url(#`, p.id, `-m)"`) }

// note appends a sentence under the chart.
func (p *page) note(words string) *page {
	if words == "" {
		return p
	}
	return p.s(`<p class="graph-note">`).t(words).s(`</p>`)
}

// nothing writes the whole fragment of a result that has nothing to draw.
func nothing(w io.Writer, id, words string) error {
	p := newPage(id)
	p.s(`<p class="graph-nothing" id="`, id, `">`).t(words).s("</p>\n")
	return p.flush(w)
}
