package chart

import (
	"io"
	"math"

	"belvedere"
)

// A plot is one set of axes with its series.
type plot struct {
	*page
	g       *grid
	o       Options
	list    []series
	class   []string // stroke of each series
	scale   scale
	height  float64
	top     float64 // px of the top of the scale
	bottom  float64 // px of its foot
	labels  bool    // names stand in a column at the right
	band    float64 // width of a step, %
	sum     tally
	anchors []int // point that the label of each series stands for, -1 for none
	running int   // point that is not over, -1 for none
}

// Lines draws the evolution of the columns along the rows: years, months, days (week-ends and
// public holidays grey), hours or any list. Columns of different units get axes of their own.
// A step without value breaks the line; a step where no series has one is hatched.
func Lines(w io.Writer, r *belvedere.Result, o Options) error {
	o = o.broken(r)
	g := newGrid(r, o)
	g.limit()
	id := o.id(r)
	if _, _, ok := bounds(g.series); !ok {
		return nothing(w, id, emptyWords(g))
	}
	p := newPage(id)
	p.s(`<div class="graph graph-lignes" id="`, id, `">`)
	groups := byUnit(g.series)
	if len(groups) > 1 {
		p.s(`<div class="`, panelsClass(len(groups)), `">`)
	}
	for i, list := range groups {
		if len(groups) > 1 {
			p.s(`<div><h3 class="graph-unit">`).t(groupName(list)).s(`</h3>`)
		}
		if lo, hi, ok := bounds(list); ok {
			g.plot(p, o, list, newScale(lo, hi, whole(list))).draw(string(rune('a'+i%26)), i == 0)
		} else {
			p.note(capital(g.describe(list)))
		}
		if len(groups) > 1 {
			p.s(`</div>`)
		}
	}
	if len(groups) > 1 {
		p.s(`</div>`)
	}
	g.sayRunning(p, o)
	if g.left > 0 {
		p.note(belvedere.Plural(g.left, "série n’est pas tracée", "séries ne sont pas tracées") + semicolon + "les données les donnent toutes.")
	}
	p.s("</div>\n")
	return p.flush(w)
}

// panelsClass lays an even number of panels out in two columns: four in three leave a hole.
func panelsClass(n int) string {
	if n%2 == 0 {
		return "panels even"
	}
	return "panels"
}

// Panels tells how many sets of axes Lines gives to some columns: one for each unit.
func Panels(columns []belvedere.ResultColumn) int {
	list := make([]series, len(columns))
	for i, c := range columns {
		list[i].col = c
	}
	return len(byUnit(list))
}

// runningAt is the point of Options.Running, -1 when it is not among the steps.
func (g *grid) runningAt(o Options) int {
	for i, p := range g.points {
		if o.Running != "" && p.code == o.Running {
			return i
		}
	}
	return -1
}

// sayRunning says under the plot that a step is not over.
func (g *grid) sayRunning(p *page, o Options) {
	i := g.runningAt(o)
	if i < 0 || !g.shownAt(i) {
		return
	}
	switch g.kind {
	case yearly:
		p.note("En pointillé" + colon + "l’année " + g.points[i].label + " n’est pas finie, ses nombres vont encore grandir.")
	case monthly:
		p.note("En pointillé" + colon + "le mois de " + g.points[i].label + " n’est pas fini, ses nombres vont encore grandir.")
	default:
		p.note("En pointillé" + colon + g.points[i].label + ", qui n’est pas fini.")
	}
}

func (g *grid) shownAt(i int) bool {
	for _, s := range g.series {
		if s.cells[i].State.Shown() {
			return true
		}
	}
	return false
}

func groupName(list []series) string {
	if len(list) == 1 {
		return list[0].label
	}
	if u := list[0].col.Unit; u != "" {
		return capital(u)
	}
	if list[0].col.Percent {
		return "En %"
	}
	return "Nombre"
}

func (g *grid) plot(p *page, o Options, list []series, s scale) *plot {
	d := &plot{page: p, g: g, o: o, list: list, class: lineClasses(list, o.Compare), scale: s, sum: g.tallyOf(list), running: g.runningAt(o)}
	named := 0
	for _, c := range d.class {
		if c != "twin" {
			named++
		}
	}
	d.labels = named > 1
	d.height, d.top = 248, 26
	if d.labels {
		d.height = math.Max(310, float64(20*len(list)+80))
	}
	foot := 34.0
	if g.kind == daily || g.kind == monthly {
		foot = 46
	}
	d.bottom = d.height - foot
	d.band = 100 / float64(len(g.points))
	if d.labels {
		d.anchors = d.chooseAnchors()
	}
	return d
}

func (d *plot) x(i int) float64     { return (float64(i) + .5) * d.band }
func (d *plot) y(v float64) float64 { return d.bottom - d.scale.at(v)*(d.bottom-d.top) }

// draw writes axis, picture, names and key.
func (d *plot) draw(part string, patterns bool) {
	d.s(`<div class="plot"><svg class="chart axis"`).a("height", d.height).s(` aria-hidden="true">`)
	for _, v := range d.scale.ticks {
		d.text("end", 86, d.y(v)+4, tickLabel(d.list[0].col, d.scale, v))
	}
	d.s(`</svg>`)
	d.img("chart", "-"+part, d.height, d.g.titleOf(d.o), d.desc())
	if patterns {
		d.hatches()
	}
	d.shade()
	d.gaps()
	for _, v := range d.scale.ticks {
		class := "grid"
		if v == 0 || v == d.scale.lo && d.scale.lo > 0 {
			class = "base"
		}
		d.s(`<line class="`, class, `" x1="0" x2="100%"`).a("y1", d.y(v)).a("y2", d.y(v)).s(`/>`)
	}
	d.marks()
	d.leaders()
	d.s(`<svg x="0" y="0" width="100%"`).a("height", d.height).s(` viewBox="0 0 100 `).n(d.height).s(`" preserveAspectRatio="none">`)
	for i, s := range d.list {
		d.strokes(s, d.class[i])
	}
	d.s(`</svg>`)
	d.dots()
	if !d.labels {
		d.values()
	}
	d.steps()
	d.s(`</svg>`)
	if d.labels {
		d.names()
	}
	d.s(`</div>`)
	d.key()
}

// desc is the description of the picture: what the caller wrote, else what is computed, and
// always how the axis runs.
func (d *plot) desc() string {
	words := d.o.Desc
	if words == "" {
		words = d.g.describe(d.list)
	}
	if d.scale.zero {
		return words + " L’axe part de zéro."
	}
	return words + " L’axe ne part pas de zéro."
}

// strokes draws one series: a line for each run of shown values. What leads to a step that is
// not over is dotted.
func (d *plot) strokes(s series, class string) {
	open := false
	for i, c := range s.cells {
		if !c.State.Shown() {
			continue
		}
		before := i > 0 && s.cells[i-1].State.Shown() && i != d.running
		after := i+1 < len(s.cells) && s.cells[i+1].State.Shown() && i+1 != d.running
		if i == d.running && i > 0 && s.cells[i-1].State.Shown() {
			d.s(`<polyline class="line `, class, ` running" points="`).n(d.x(i - 1)).s(",").n(d.y(s.cells[i-1].Value))
			d.s(" ").n(d.x(i)).s(",").n(d.y(c.Value)).s(`"/>`)
		}
		if !before && after {
			d.s(`<polyline class="line `, class, `" points="`)
			open = true
		}
		if open {
			d.n(d.x(i)).s(",").n(d.y(c.Value))
			if after {
				d.s(" ")
			} else {
				d.s(`"/>`)
				open = false
			}
		}
	}
}

// fewPoints is the length under which each value has its dot.
const fewPoints = 14

// dots marks single values, partial ones, and each value of a short single series.
func (d *plot) dots() {
	for j, s := range d.list {
		for i, c := range s.cells {
			if !c.State.Shown() {
				continue
			}
			alone := (i == 0 || !s.cells[i-1].State.Shown()) && (i+1 == len(s.cells) || !s.cells[i+1].State.Shown())
			switch {
			case c.State == belvedere.Partial && d.sum.few():
				d.dot("dot-partial", i, c.Value, 3.5)
			case i == d.running && !d.labels:
				d.dot("dot-running", i, c.Value, 3.5)
			case d.class[j] == "twin" && !alone:
			case alone || !d.labels && len(s.cells) <= fewPoints:
				d.dot("dot d-"+d.class[j], i, c.Value, 3)
			}
		}
	}
}

func (d *plot) dot(class string, i int, v, r float64) {
	d.s(`<circle class="`, class, `"`).pc("cx", d.x(i)).a("cy", d.y(v)).a("r", r).s(`/>`)
}

// key names what stands in the plot and is not labelled there.
func (d *plot) key() {
	t := d.sum
	hatched := d.hatchedWords()
	twin := false
	for _, c := range d.class {
		twin = twin || c == "twin"
	}
	if twin || t.few() || hatched != "" {
		d.s(`<ul class="key">`)
		for i, s := range d.list {
			if twin && (!d.labels || d.class[i] == "twin") {
				d.s(`<li><svg width="26" height="8" aria-hidden="true"><line class="line `, d.class[i], `" x1="0" x2="26" y1="4" y2="4"/></svg>`).t(s.label).s(`</li>`)
			}
		}
		if t.few() {
			d.s(`<li><svg width="12" height="12" aria-hidden="true"><circle class="dot-partial" cx="6" cy="6" r="3.5"/></svg>partiel`, colon, `des établissements ou des jours manquent</li>`)
		}
		if hatched != "" {
			d.s(`<li><svg width="24" height="12" aria-hidden="true"><rect width="24" height="12"`).missing().s(`/></svg>`).t(hatched).s(`</li>`)
		}
		d.s(`</ul>`)
	}
	if !d.scale.zero {
		d.note("L’axe ne part pas de zéro.")
	}
	for _, words := range d.absences() {
		d.note(words)
	}
	if !t.few() {
		d.note(t.partialWords())
	}
}
