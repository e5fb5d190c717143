package parts

import (
	"context"
	"io"
	"math"
	"strconv"
	"sync"

	"github.com/a-h/templ"

	"belvedere"
)

// body renders the rows of a grid. It is written by hand: a table of 2,000 schools and 25
// columns is 50,000 cells, and each is appended to one buffer without passing by strings.
func (g *Grid) body() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		b := rowBuffers.Get().(*[]byte)
		defer func() { rowBuffers.Put(b) }()
		buf := (*b)[:0]
		for i := range g.Result.Rows {
			buf = g.appendRow(buf, i, &g.Result.Rows[i], g.gapsOf(i))
			if len(buf) > flushAt {
				if _, err := w.Write(buf); err != nil {
					return err
				}
				buf = buf[:0]
			}
		}
		*b = buf
		_, err := w.Write(buf)
		return err
	})
}

// total renders the row of totals, which stands under the headings.
func (g *Grid) total() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		t := g.Result.Total
		buf := append([]byte(nil), `<tr class="totals"><th scope="row"`...)
		if len(g.Names) > 1 {
			buf = append(buf, ` colspan="`...)
			buf = strconv.AppendInt(buf, int64(len(g.Names)), 10)
			buf = append(buf, '"')
		}
		buf = append(buf, `><b>Ensemble</b>`...)
		if note := g.totalNote(); note != "" {
			buf = append(buf, ` <small>`...)
			buf = appendEscaped(buf, note)
			buf = append(buf, `</small>`...)
		}
		buf = append(buf, `</th>`...)
		buf = g.appendCells(buf, t.Cells, g.totalGaps())
		_, err := w.Write(append(buf, `</tr>`...))
		return err
	})
}

const flushAt = 64 << 10

var rowBuffers = sync.Pool{New: func() any { b := make([]byte, 0, flushAt+4096); return &b }}

func (g *Grid) appendRow(buf []byte, at int, row *belvedere.ResultRow, gaps []belvedere.Gap) []byte {
	if row.Level > 0 {
		buf = append(buf, `<tr class="subtotal">`...)
	} else {
		buf = append(buf, `<tr>`...)
	}
	for i := range row.Keys {
		k := &row.Keys[i]
		buf = append(buf, `<th scope="row"`...)
		if i == 0 && g.Explain != "" && g.Result.Dims[0].Name == "etablissement" {
			buf = append(buf, ` data-etablissement="`...)
			buf = appendEscaped(buf, k.Code)
			buf = append(buf, '"')
		}
		buf = append(buf, `><b>`...)
		if k.Label == "" {
			buf = appendEscaped(buf, k.Code)
		} else {
			buf = appendEscaped(buf, k.Label)
		}
		buf = append(buf, `</b>`...)
		if i == 0 {
			buf = g.appendBeside(buf, k, row.Note)
			buf = g.appendDrill(buf, at, row)
		}
		buf = append(buf, `</th>`...)
	}
	buf = g.appendCells(buf, row.Cells, gaps)
	return append(buf, "</tr>\n"...)
}

// appendDrill writes the button that goes down from a line. One stands at each line, so that a keyboard
// meets as many as there are lines; a mouse may take any figure.
func (g *Grid) appendDrill(buf []byte, at int, row *belvedere.ResultRow) []byte {
	if g.Drill == "" {
		return buf
	}
	buf = append(buf, ` <button class="drill no-print" type="submit" name="detail" form="`...)
	buf = appendEscaped(buf, g.Drill)
	buf = append(buf, `" value="`...)
	buf = strconv.AppendInt(buf, int64(at), 10)
	buf = append(buf, `"><span aria-hidden="true">⋯</span><span class="hidden-words">Détailler `...)
	for i := range row.Keys {
		if i > 0 {
			buf = append(buf, ", "...)
		}
		buf = appendEscaped(buf, row.Keys[i].Label)
	}
	return append(buf, `</span></button>`...)
}

// Readable tells whether a detail of a school says something beside its name: its town does, the
// codes that sort it and its place in degrees do not.
func Readable(a belvedere.Attribute) bool {
	switch a.Name {
	case "type", "secteur", "latitude", "longitude":
		return false
	}
	return a.Value != ""
}

// appendBeside writes what stands beside a name: its postcodes, with the way to correct them, its
// town, and the note of a line that is partial.
func (g *Grid) appendBeside(buf []byte, k *belvedere.Key, note string) []byte {
	written, mended := false, g.Mend == ""
	for i := range k.Detail {
		if !Readable(k.Detail[i]) {
			continue
		}
		switch {
		case !written:
			buf = append(buf, ` <small>`...)
		case g.Mend != "" && k.Detail[i-1].Name == "codes_postaux":
			buf = append(buf, ' ') // after the pencil
		default:
			buf = append(buf, ", "...)
		}
		buf = appendEscaped(buf, k.Detail[i].Value)
		written = true
		if !mended && k.Detail[i].Name == "codes_postaux" {
			buf, mended = appendMend(buf, g.Mend, k), true
		}
	}
	if written {
		buf = append(buf, `</small>`...)
	}
	if !mended {
		buf = appendMend(buf, g.Mend, k)
	}
	if note != "" {
		buf = append(buf, ` <small class="note-partial">`...)
		buf = appendEscaped(buf, note)
		buf = append(buf, `</small>`...)
	}
	return buf
}

// appendMend writes the link to the correction of a school, whose code is an UAI.
func appendMend(buf []byte, prefix string, k *belvedere.Key) []byte {
	if _, err := belvedere.ParseUAI(k.Code); err != nil {
		return buf // "non ventilé" is no school
	}
	buf = append(buf, `<a class="mend-link" href="`...)
	buf = appendEscaped(buf, prefix)
	buf = appendEscaped(buf, k.Code)
	buf = append(buf, `"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 13l.7-3L11 2.7l2.3 2.3L6 12.3 3 13ZM9.5 4.2l2.3 2.3"></path></svg><span class="hidden-words">Modifier les codes postaux de `...)
	buf = appendEscaped(buf, k.Label)
	return append(buf, `</span></a>`...)
}

func (g *Grid) appendCells(buf []byte, cells []belvedere.Cell, gaps []belvedere.Gap) []byte {
	n := min(len(cells), len(g.Heads))
	for i := 0; i < n; i++ {
		c := &cells[i]
		if c.State.Shown() {
			buf = g.appendShown(buf, c, i, gapAt(gaps, i))
			continue
		}
		if end := g.spanFrom(cells[:n], i); end > i {
			buf = g.appendSpan(buf, c, i, end)
			i = end - 1
			continue
		}
		buf = g.appendAbsent(buf, c, i)
	}
	for i := n; i < len(g.Heads); i++ { // a result that is short of cells keeps its table whole
		buf = appendOpen(buf, "", g.Heads[i].Starts)
		buf = append(buf, `</td>`...)
	}
	return buf
}

func (g *Grid) appendShown(buf []byte, c *belvedere.Cell, i int, gap *belvedere.Gap) []byte {
	column := &g.Result.Columns[i]
	if c.State == belvedere.Partial {
		buf = appendOpen(buf, "", g.Heads[i].Starts)
		buf = append(buf, `<span class="partial"`...)
		if c.Why != "" {
			buf = append(buf, ` title="`...)
			buf = appendEscaped(buf, c.Why)
			buf = append(buf, '"')
		}
		buf = append(buf, '>')
		buf = appendValue(buf, c.Value, column)
		buf = append(buf, `</span><span class="hidden-words"> partiel</span>`...)
		return append(g.appendGap(buf, gap, column), `</td>`...)
	}
	class, word := "", ""
	if c.Value == 0 {
		class = "nil" // a sea of zeros must not hide the numbers
	}
	switch c.Extreme {
	case belvedere.Maximum:
		class, word = "max", `<span class="hidden-words"> maximum</span>`
	case belvedere.Minimum:
		class, word = "min", `<span class="hidden-words"> minimum</span>`
	}
	buf = appendOpen(buf, class, g.Heads[i].Starts)
	buf = appendValue(buf, c.Value, column)
	buf = append(buf, word...)
	return append(g.appendGap(buf, gap, column), `</td>`...)
}

func appendOpen(buf []byte, class string, starts bool) []byte {
	switch {
	case class == "" && !starts:
		return append(buf, `<td>`...)
	case class == "":
		return append(buf, `<td class="starts">`...)
	}
	buf = append(buf, `<td class="`...)
	buf = append(buf, class...)
	if starts {
		buf = append(buf, ` starts`...)
	}
	return append(buf, `">`...)
}

// appendAbsent writes the word of a state in its cell.
func (g *Grid) appendAbsent(buf []byte, c *belvedere.Cell, i int) []byte {
	class := "state"
	if c.State == belvedere.Secret {
		class = "state secret"
	}
	buf = appendOpen(buf, class, g.Heads[i].Starts)
	if explained(c.State) {
		buf = g.appendWhy(buf, c, i)
	} else {
		buf = appendAbbr(buf, c)
	}
	return append(buf, `</td>`...)
}

// explained tells whether the word of a state opens a panel. "n.d." and "s.o." often fill whole
// columns: a button in each cell would stand in the way of the keyboard, so they carry a title,
// and the legend says them.
func explained(s belvedere.State) bool {
	return s == belvedere.Expected || s == belvedere.NotShared || s == belvedere.Secret
}

func appendAbbr(buf []byte, c *belvedere.Cell) []byte {
	buf = append(buf, `<abbr title="`...)
	if c.Why != "" {
		buf = appendEscaped(buf, c.Why)
	} else {
		buf = appendEscaped(buf, defaultWhy(c.State))
	}
	buf = append(buf, `">`...)
	buf = append(buf, c.State.Word()...)
	return append(buf, `</abbr>`...)
}

func (g *Grid) appendWhy(buf []byte, c *belvedere.Cell, i int) []byte {
	buf = append(buf, `<button class="why-button" type="button" popovertarget="`...)
	buf = append(buf, g.Reasons[g.reason(c, g.only[i])].ID...)
	buf = append(buf, `">`...)
	buf = append(buf, c.State.Word()...)
	return append(buf, `</button>`...)
}

// appendSpan writes one cell over those that share a reason: the word of the state and, where
// there is room, the reason.
func (g *Grid) appendSpan(buf []byte, c *belvedere.Cell, from, to int) []byte {
	short := g.roomOf(from, to) < sentenceWidth(c)
	class := "state spanned"
	if short {
		class = "state spanned short"
	}
	buf = appendOpen(buf, class, g.Heads[from].Starts)
	buf = append(buf[:len(buf)-1], ` colspan="`...)
	buf = strconv.AppendInt(buf, int64(to-from), 10)
	buf = append(buf, `"><span class="stay">`...)
	buf = g.appendWhy(buf, c, from)
	if c.Why != "" && !short {
		buf = append(buf, `<span class="because">, `...)
		buf = appendEscaped(buf, clause(c.Why))
		buf = append(buf, `</span>`...)
	}
	return append(buf, `</span></td>`...)
}

// appendValue writes the number of a cell without its unit, which the heading says.
func appendValue(buf []byte, v float64, c *belvedere.ResultColumn) []byte {
	if c.Percent {
		v *= 100
	}
	return appendNumber(buf, v, c.Decimals)
}

// appendNumber writes as belvedere.FormatNumber does.
func appendNumber(buf []byte, v float64, decimals int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(buf, "n.d."...)
	}
	var scratch [64]byte
	digits := scratch[:0]
	if abs := math.Abs(v); decimals == 0 && abs < 1<<53 && abs == math.Trunc(abs) {
		digits = strconv.AppendInt(digits, int64(abs), 10)
	} else {
		digits = strconv.AppendFloat(digits, abs, 'f', decimals, 64)
	}
	whole, zero := len(digits), true
	for i, d := range digits {
		if d == '.' {
			whole = i
		} else if d != '0' {
			zero = false
		}
	}
	if v < 0 && !zero {
		buf = append(buf, belvedere.Minus...)
	}
	for i := 0; i < whole; i++ {
		if i > 0 && (whole-i)%3 == 0 {
			buf = append(buf, belvedere.NarrowSpace...)
		}
		buf = append(buf, digits[i])
	}
	if whole < len(digits) {
		buf = append(buf, ',')
		buf = append(buf, digits[whole+1:]...)
	}
	return buf
}

// appendEscaped writes text fit for an element or a quoted attribute.
func appendEscaped(buf []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		var entity string
		switch s[i] {
		case '&':
			entity = "&amp;"
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;"
		case '"':
			entity = "&#34;"
		case '\'':
			entity = "&#39;"
		case 0:
			entity = "\uFFFD"
		default:
			continue
		}
		buf = append(buf, s[from:i]...)
		buf = append(buf, entity...)
		from = i + 1
	}
	return append(buf, s[from:]...)
}
