package chart

import (
	"io"
	"strings"

	"belvedere"
)

// Describe is the description of a chart as one paragraph of plain text, in French: what Draw
// writes for those who do not see the picture. It is "" for an unknown kind.
func Describe(kind string, r *belvedere.Result, o Options) string {
	g := newGrid(r, o)
	if _, _, ok := bounds(g.series); !ok {
		return emptyWords(g)
	}
	switch kind {
	case KindLines, KindBars, KindStacked:
		if o.Desc != "" {
			return o.Desc
		}
		return g.describe(g.series)
	case KindHeat:
		h := newHeat(r, o)
		if !h.read(r) {
			return h.why(g)
		}
		h.cutWeeks()
		h.measure()
		return h.desc()
	case KindMap:
		m := &chartMap{page: newPage(""), o: o}
		m.read(r)
		if len(m.places) == 0 {
			return "Aucun établissement n’est situé."
		}
		m.fit()
		return m.desc()
	case KindSteps:
		t := &stepTable{page: newPage(""), g: g, o: o}
		t.spans()
		return t.desc()
	}
	return ""
}

// Twin writes the numbers of a chart as a folded table: lines of the axis, columns of the
// series, each absence with its word. A heat map becomes hours by days.
func Twin(w io.Writer, kind string, r *belvedere.Result, o Options) error {
	g := newGrid(r, o)
	if len(g.points) == 0 || len(g.series) == 0 {
		return nil
	}
	p := newPage(o.id(r))
	title := g.titleOf(o)
	if kind == KindHeat && g.kind == daily && len(r.Dims) > 1 {
		g = g.transposed()
	}
	p.s(`<details class="twin-data"><summary>Voir les données<span class="hidden-words">, `).t(title).s(`</span></summary>`)
	p.s(`<div class="scroller" tabindex="0" role="region" aria-label="`).t("Données" + colon + title).s(`"><table class="data">`)
	p.s(`<caption class="hidden-words">`).t(title).s(`</caption><thead><tr><th scope="col" class="first">`).t(capital(g.dim.Label)).s(`</th>`)
	for _, s := range g.series {
		p.s(`<th scope="col">`).t(s.label).s(`</th>`)
	}
	p.s(`</tr></thead><tbody>`)
	for i, at := range g.points {
		p.s(`<tr>`).name(at, "row", 1)
		for _, s := range g.series {
			p.cell(s.col, s.cells[i], at.later)
		}
		p.s(`</tr>`)
	}
	p.s("</tbody></table></div></details>\n")
	return p.flush(w)
}

// cell writes one number or word of the twin table.
func (p *page) cell(col belvedere.ResultColumn, c belvedere.Cell, later bool) {
	switch {
	case !c.State.Shown() && later:
		p.s(`<td class="state">à venir</td>`)
	case !c.State.Shown():
		p.s(`<td class="state">`).t(word(c)).s(`</td>`)
	case c.State == belvedere.Partial:
		p.s(`<td><span class="partial">`).t(figure(col, c.Value)).s(`</span><span class="hidden-words">, partiel</span></td>`)
	default:
		p.s(`<td>`).t(figure(col, c.Value)).s(`</td>`)
	}
}

// transposed swaps points and series: a timetable reads with days across.
func (g *grid) transposed() *grid {
	out := &grid{dim: belvedere.ResultDim{Name: "heure", Label: "Heure"}, kind: hourly}
	for _, s := range g.series {
		out.points = append(out.points, point{label: s.label, short: s.label})
	}
	for i, p := range g.points {
		s := series{label: strings.TrimSpace(p.short), col: g.series[0].col, cells: make([]belvedere.Cell, len(g.series))}
		for j := range g.series {
			if s.cells[j] = g.series[j].cells[i]; p.later && !s.cells[j].State.Shown() {
				s.cells[j] = belvedere.Cell{State: belvedere.Expected}
			}
		}
		out.series = append(out.series, s)
	}
	return out
}
