package chart

import (
	"io"
	"math"

	"belvedere"
)

// A barTable is the table of Bars.
type barTable struct {
	*page
	g     *grid
	o     Options
	bars  []series // drawn: all of the unit of the first
	nums  []series // other units: numbers only
	scale scale
	total *belvedere.ResultRow
	share bool
	group []string // of each point
}

// Bars draws one row for each line of the result: name, bar, value, and its share of the total
// when the result carries one. Columns of the unit of the first have bars, others numbers. All
// bars start from zero. Lines of the same group of the options stand together.
func Bars(w io.Writer, r *belvedere.Result, o Options) error {
	g := newGrid(r, o)
	g.limit()
	id := o.id(r)
	if _, _, ok := bounds(g.series); !ok {
		return nothing(w, id, emptyWords(g))
	}
	units := byUnit(g.series)
	t := &barTable{page: newPage(id), g: g, o: o, bars: units[0]}
	for _, u := range units[1:] {
		t.nums = append(t.nums, u...)
	}
	if lo, hi, ok := bounds(t.bars); ok {
		t.scale = scale{lo: math.Min(lo, 0), hi: math.Max(hi, 0)}
	}
	if len(r.Dims) < 2 {
		t.total = r.Total
	}
	t.share = t.shares()
	t.group = t.groups()
	t.s(`<div class="graph graph-barres" id="`, id, `">`).patterns()
	t.s(`<table class="bars" aria-describedby="`, id, `-d">`)
	t.s(`<caption class="hidden-words">`).t(g.titleOf(o)).s(`</caption>`)
	t.head()
	t.body()
	t.foot()
	t.s(`</table><p class="hidden-words" id="`, id, `-d">`).t(t.desc()).s(`</p>`)
	t.notes()
	t.s("</div>\n")
	return t.flush(w)
}

// shares tells whether a share of the total means something: one counted column, a total, and
// no line larger than it.
func (t *barTable) shares() bool {
	if t.total == nil || len(t.bars) != 1 || t.bars[0].col.Percent || t.bars[0].col.Rate || t.bars[0].col.Unit == "%" {
		return false
	}
	all := cellAt(*t.total, 0)
	if !all.State.Shown() || all.Value <= 0 {
		return false
	}
	for _, c := range t.bars[0].cells {
		if c.State.Shown() && (c.Value < 0 || c.Value > all.Value) {
			return false
		}
	}
	return true
}

// groups gives each point its group, and brings the points of a group together.
func (t *barTable) groups() []string {
	names := make([]string, len(t.g.points))
	for i, p := range t.g.points {
		names[i] = t.o.Groups[p.code]
	}
	return names
}

// order lists the points group after group, in the order of their first appearance.
func (t *barTable) order() [][]int {
	var out [][]int
	at := map[string]int{}
	for i, name := range t.group {
		k, ok := at[name]
		if !ok {
			k = len(out)
			at[name], out = k, append(out, nil)
		}
		out[k] = append(out[k], i)
	}
	return out
}

func (t *barTable) head() {
	t.s(`<thead><tr><th scope="col">`).t(capital(t.g.dim.Label)).s(`</th>`)
	if len(t.bars) > 1 {
		t.s(`<th scope="col" class="of">Détail</th>`)
	}
	t.s(`<td class="bar"></td><th scope="col" class="n">`)
	if len(t.bars) == 1 {
		t.t(t.bars[0].label)
	} else {
		t.t(groupName(t.bars))
	}
	t.s(`</th>`)
	if t.share {
		t.s(`<th scope="col" class="n wide">Part</th>`)
	}
	for _, s := range t.nums {
		t.s(`<th scope="col" class="n">`).t(s.label).s(`</th>`)
	}
	t.s(`</tr></thead>`)
}

func (t *barTable) body() {
	for _, group := range t.order() {
		if len(t.bars) == 1 {
			t.s(`<tbody>`)
		}
		for _, i := range group {
			if len(t.bars) > 1 {
				t.cluster(i)
				continue
			}
			t.s(`<tr>`).name(t.g.points[i], "row", 1)
			t.bar(t.bars[0], i)
			t.others(i, 1)
			t.s(`</tr>`)
		}
		if len(t.bars) == 1 {
			t.s(`</tbody>`)
		}
	}
}

func (p *page) name(at point, scope string, rows int) *page {
	p.s(`<th scope="`, scope, `"`)
	if rows > 1 {
		p.a("rowspan", float64(rows))
	}
	p.s(`>`).t(at.label)
	if at.note != "" {
		p.s(` <small class="muted">`).t(at.note).s(`</small>`)
	}
	return p.s(`</th>`)
}

// cluster draws the several bars of one line, with the name of each.
func (t *barTable) cluster(i int) {
	t.s(`<tbody class="cluster">`)
	for j, s := range t.bars {
		t.s(`<tr>`)
		if j == 0 {
			t.name(t.g.points[i], "rowgroup", len(t.bars))
		}
		t.s(`<th scope="row" class="of">`).t(s.label).s(`</th>`)
		t.bar(s, i)
		if j == 0 {
			t.others(i, len(t.bars))
		}
		t.s(`</tr>`)
	}
	t.s(`</tbody>`)
}

// bar writes the picture and the value of one cell.
func (t *barTable) bar(s series, i int) {
	c := s.cells[i]
	t.s(`<td class="bar"><svg class="chart" height="14" aria-hidden="true">`)
	if !c.State.Shown() {
		t.s(`<rect width="100%" height="14"`).missing().s(`/>`)
	} else {
		t.s(`<rect class="track" width="100%" height="14"/>`)
		zero, at := 100*t.scale.at(0), 100*t.scale.at(c.Value)
		t.s(`<rect class="fill"`).pc("x", math.Min(zero, at)).pc("width", math.Abs(at-zero)).s(` height="14"/>`)
		if c.State == belvedere.Partial {
			t.s(`<line class="partial-end"`).pc("x1", at).pc("x2", at).s(` y1="-1" y2="15"/>`)
		}
		if t.scale.lo < 0 {
			t.s(`<line class="base"`).pc("x1", zero).pc("x2", zero).s(` y1="-4" y2="18"/>`)
		}
	}
	t.s(`</svg></td>`)
	t.number(s.col, c, 1)
	if t.share {
		t.part(c)
	}
}

func (t *barTable) part(c belvedere.Cell) {
	all := cellAt(*t.total, 0)
	if !c.State.Shown() {
		t.s(`<td class="n wide"></td>`)
		return
	}
	t.s(`<td class="n wide">`).t(belvedere.FormatPercent(c.Value/all.Value, 1)).s(`</td>`)
}

func (t *barTable) others(i, rows int) {
	for _, s := range t.nums {
		t.number(s.col, s.cells[i], rows)
	}
}

// number writes a cell as a number or its word.
func (p *page) number(col belvedere.ResultColumn, c belvedere.Cell, rows int) {
	class := "n"
	if !c.State.Shown() {
		class = "n state"
	}
	p.s(`<td class="`, class, `"`)
	if rows > 1 {
		p.a("rowspan", float64(rows))
	}
	p.s(`>`)
	switch {
	case !c.State.Shown():
		p.t(word(c))
	case c.State == belvedere.Partial:
		p.s(`<span class="partial">`).t(figure(col, c.Value)).s(`</span><span class="hidden-words">, partiel</span>`)
	default:
		p.t(figure(col, c.Value))
	}
	p.s(`</td>`)
}

// foot is the line of the total, when the result carries one.
func (t *barTable) foot() {
	if t.total == nil || len(t.bars) > 1 {
		return
	}
	t.s(`<tfoot><tr><th scope="row">Ensemble</th><td class="bar"></td>`)
	t.number(t.bars[0].col, t.totalOf(t.bars[0]), 1)
	if t.share {
		t.s(`<td class="n wide">`).t(belvedere.FormatPercent(1, 0)).s(`</td>`)
	}
	for _, s := range t.nums {
		t.number(s.col, t.totalOf(s), 1)
	}
	t.s(`</tr></tfoot>`)
}

// totalOf finds the total of a series by the order of the columns.
func (t *barTable) totalOf(s series) belvedere.Cell {
	for j := range t.g.series {
		if t.g.series[j].key == s.key && &t.g.series[j].cells[0] == &s.cells[0] {
			return cellAt(*t.total, j)
		}
	}
	return belvedere.Cell{State: belvedere.NotAvailable}
}

func (t *barTable) desc() string {
	if t.o.Desc != "" {
		return t.o.Desc
	}
	return t.g.describe(t.g.series) + " Les barres partent de zéro."
}

func (t *barTable) notes() {
	all := t.g.tallyOf(t.g.series)
	t.note(all.sentence())
	if t.g.left > 0 {
		t.note(belvedere.Plural(t.g.left, "colonne n’est pas représentée", "colonnes ne sont pas représentées") + ".")
	}
}
