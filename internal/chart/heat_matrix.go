package chart

import (
	"io"
	"math"
	"strconv"
	"strings"

	"belvedere"
)

// What one table of shades holds: more lines or columns are read as a table that scrolls and sorts.
const (
	mostShadedLines   = 200
	mostShadedColumns = 60
)

// A matrix is a heat map that is no timetable: lines by columns of one unit, each figure on its shade.
// It is a table, so that each figure is read with its two headings whatever reads it.
type matrix struct {
	*heat
	g    *grid
	list []series
	flat bool // no value is near zero: the shades part the range that there is
}

// shaded draws the crossings of a result as tables of shades, one for each unit.
func shaded(w io.Writer, r *belvedere.Result, o Options) error {
	g := newGrid(r, o)
	id := o.id(r)
	if len(g.points) == 0 {
		return nothing(w, id, emptyWords(g))
	}
	p := newPage(id)
	p.s(`<div class="graph graph-chaleur" id="`, id, `">`)
	p.patterns()
	for n, list := range byUnit(g.series) {
		one := *p
		m := &matrix{heat: &heat{page: &one, o: o, col: list[0].col, zone: o.zone()}, g: g, list: list}
		m.draw(n)
		p.b = one.b
	}
	p.s("</div>\n")
	return p.flush(w)
}

func (m *matrix) draw(n int) {
	lines, columns := len(m.g.points), len(m.list)
	m.g.points, m.list = m.g.points[:min(lines, mostShadedLines)], m.list[:min(columns, mostShadedColumns)]
	m.cut()
	title := m.title(n)
	if m.sum.shown == 0 {
		m.note("Rien à représenter. " + m.sum.sentence())
		return
	}
	m.s(`<div class="scroller shades-box" tabindex="0" role="region" aria-label="`).t(title + ", à faire défiler").s(`"><table class="shades">`)
	m.s(`<caption class="hidden-words">`).t(title + ". " + m.desc()).s(`</caption><thead><tr><th scope="col">`).t(m.g.dim.Label).s(`</th>`)
	for _, s := range m.list {
		m.s(`<th scope="col">`).t(s.label).s(`</th>`)
	}
	m.s(`</tr></thead><tbody>`)
	for i, p := range m.g.points {
		m.s(`<tr><th scope="row">`).t(p.label).s(`</th>`)
		for _, s := range m.list {
			m.cell(s.col, s.cells[i])
		}
		m.s(`</tr>`)
	}
	m.s(`</tbody></table></div>`)
	m.ramp()
	m.s(`<p class="readout">`).t(m.desc()).s(`</p>`)
	if left := lines - len(m.g.points); left > 0 {
		m.note("Seules les " + strconv.Itoa(mostShadedLines) + " premières lignes sont montrées" + semicolon + belvedere.Plural(left, "autre est", "autres sont") + " dans les données.")
	}
	if left := columns - len(m.list); left > 0 {
		m.note("Seules les " + strconv.Itoa(mostShadedColumns) + " premières colonnes sont montrées" + semicolon + belvedere.Plural(left, "autre est", "autres sont") + " dans les données.")
	}
}

// title names one table; where there are several, each by its unit.
func (m *matrix) title(n int) string {
	title := m.g.titleOf(m.o)
	if len(byUnit(m.g.series)) > 1 {
		title += " (" + strconv.Itoa(n+1) + ", " + columnLabel(m.col) + ")"
	}
	return title
}

// cut finds the classes. Counts are parted from zero, as in a timetable; rates that all lie far from it
// are parted between the least and the most, or one shade would cover them all.
func (m *matrix) cut() {
	least, lo, hi := math.Inf(1), math.Inf(1), math.Inf(-1)
	for _, s := range m.list {
		for i := range m.g.points {
			c := s.cells[i]
			if m.sum.add(c); !c.State.Shown() {
				continue
			}
			lo, hi = math.Min(lo, c.Value), math.Max(hi, c.Value)
			if c.Value > 0 {
				least = math.Min(least, c.Value)
			}
		}
	}
	if m.partial = m.sum.few(); m.sum.shown == 0 {
		return
	}
	m.top, m.ring = hi, hi > 0 && hi > lo
	if m.flat = lo > .4*hi && hi > lo; !m.flat {
		m.bounds = thresholds(least, hi, !m.col.Percent && m.col.Decimals == 0)
		return
	}
	step := niceStep((hi - lo) / 7)
	for v := math.Floor(lo/step+1e-9) * step; v <= hi*(1+1e-12) && len(m.bounds) < 9; v += step {
		m.bounds = append(m.bounds, v)
	}
	m.noZero = true
}

// cell writes a figure on its shade, or the word of its absence on the hatch of all absences.
func (m *matrix) cell(col belvedere.ResultColumn, c belvedere.Cell) {
	if !c.State.Shown() {
		m.s(`<td class="void">`).t(word(c)).s(`</td>`)
		return
	}
	class := m.shade(c.Value)
	if m.rings(c) {
		class += " peak"
	}
	if c.State == belvedere.Partial && m.partial {
		class += " part"
	}
	m.s(`<td class="`, class, `">`)
	if m.rings(c) {
		m.s(`<span aria-hidden="true">▲` + belvedere.NoBreak + `</span>`)
	}
	m.t(figure(col, c.Value))
	if m.rings(c) {
		m.s(`<span class="hidden-words">, maximum</span>`)
	}
	if c.State == belvedere.Partial {
		m.s(`<span class="hidden-words">, partiel</span>`)
	}
	m.s(`</td>`)
}

// desc is the reading of the table: where its most and its least are.
func (m *matrix) desc() string {
	if m.o.Desc != "" {
		return m.o.Desc
	}
	var most, least []string
	low := math.Inf(1)
	for _, s := range m.list {
		for i := range m.g.points {
			if c := s.cells[i]; c.State.Shown() && c.Value < low {
				low = c.Value
			}
		}
	}
	for i, p := range m.g.points {
		for _, s := range m.list {
			switch c := s.cells[i]; {
			case !c.State.Shown():
			case c.Value == m.top:
				most = append(most, p.label+", "+s.label)
			case c.Value == low:
				least = append(least, p.label+", "+s.label)
			}
		}
	}
	said := func(head string, v float64, at []string) string {
		if len(at) == 0 {
			return ""
		}
		text := head + amount(m.col, v) + colon + at[0]
		if len(at) > 1 {
			text += " et " + belvedere.Plural(len(at)-1, "autre case", "autres cases")
		}
		return text + ". "
	}
	return strings.TrimSpace(said("Maximum ", m.top, most) + said("Minimum ", low, least) + m.sum.sentence())
}
