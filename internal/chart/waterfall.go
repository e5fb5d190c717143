package chart

import (
	"io"
	"math"
	"strings"

	"belvedere"
)

// KindSteps leads from a first figure to a last one by the amounts between both.
const KindSteps = "cascade"

// Steps draws how the first line of a result becomes the last: both have bars from zero, and each
// line between adds its amount where the one before it ended. The last line must be what the
// others add up to. Only the first column is drawn. It is a table: names, bars and amounts are read
// line by line, and need no twin.
func Steps(w io.Writer, r *belvedere.Result, o Options) error {
	id := o.id(r)
	g := newGrid(r, o)
	if _, _, ok := bounds(g.series); !ok || len(g.points) < 2 {
		return nothing(w, id, emptyWords(g))
	}
	t := &stepTable{page: newPage(id), g: g, o: o}
	t.spans()
	t.s(`<div class="graph graph-barres graph-cascade" id="`, id, `">`).patterns()
	t.s(`<table class="bars cascade" aria-describedby="`, id, `-d"><caption class="hidden-words">`).t(g.titleOf(o)).s(`</caption>`)
	t.s(`<thead><tr><th scope="col">`).t(capital(g.dim.Label)).s(`</th><td class="bar"></td><th scope="col" class="n">`).t(columnHead(g.series[0].col)).s(`</th></tr></thead><tbody>`)
	for i := range g.points {
		t.line(i)
	}
	t.s(`</tbody></table><p class="hidden-words" id="`, id, `-d">`).t(t.desc()).s(`</p>`)
	if t.scale.lo > 0 {
		t.note("L’axe ne part pas de zéro.")
	}
	t.s("</div>\n")
	return t.flush(w)
}

func columnHead(c belvedere.ResultColumn) string {
	if c.Unit != "" && c.Unit != "%" && c.Unit != c.Label {
		return c.Label + " (" + c.Unit + ")"
	}
	return c.Label
}

// A stepTable is the table of Steps; each line runs from one value to another.
type stepTable struct {
	*page
	g        *grid
	o        Options
	from, to []float64
	scale    scale
}

// spans works out where each bar begins and ends. An axis that starts far under small steps would
// hide them: it then begins near them, and the two whole bars are cut.
func (t *stepTable) spans() {
	n := len(t.g.points)
	t.from, t.to = make([]float64, n), make([]float64, n)
	at := 0.0
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range n {
		v := t.value(i)
		switch i {
		case 0:
			at = v
			t.to[i] = v
		case n - 1:
			t.to[i] = v
		default:
			t.from[i], t.to[i] = at, at+v
			at += v
		}
		lo, hi = math.Min(lo, t.to[i]), math.Max(hi, t.to[i])
	}
	if lo > 0 && hi-lo < .3*hi && hi > lo {
		lo = math.Max(0, lo-(hi-lo)/2)
	} else {
		lo, hi = math.Min(lo, 0), math.Max(hi, 0)
	}
	t.scale = scale{lo: lo, hi: hi}
	t.from[0], t.from[n-1] = math.Max(lo, 0), math.Max(lo, 0)
}

// value is the amount of a line, 0 when it has none.
func (t *stepTable) value(i int) float64 {
	if c := t.g.series[0].cells[i]; c.State.Shown() {
		return c.Value
	}
	return 0
}

func (t *stepTable) line(i int) {
	col, cell := t.g.series[0].col, t.g.series[0].cells[i]
	whole, down := i == 0 || i == len(t.g.points)-1, t.to[i] < t.from[i]
	class := "leap"
	if whole {
		class, down = "ends", false
	} else if down {
		class = "leap fall"
	}
	t.s(`<tr class="`, class, `">`).name(t.g.points[i], "row", 1)
	t.s(`<td class="bar"><svg class="chart" height="14" aria-hidden="true"><rect class="track" width="100%" height="14"/>`)
	from, to := 100*t.scale.at(t.from[i]), 100*t.scale.at(t.to[i])
	x, width := math.Min(from, to), math.Max(math.Abs(to-from), .2)
	t.s(`<rect class="fill"`).pc("x", x).pc("width", width).s(` height="14"/>`)
	if down {
		t.s(`<rect`).pc("x", x).pc("width", width).s(` height="14"`).over().s(`/>`)
	}
	t.s(`<line class="base"`).pc("x1", to).pc("x2", to).s(` y1="-4" y2="18"/></svg></td>`)
	if whole || !cell.State.Shown() || cell.Value <= 0 {
		t.number(col, cell, 1)
	} else {
		t.s(`<td class="n">+`).t(figure(col, cell.Value)).s(`</td>`)
	}
	t.s(`</tr>`)
}

// mostSteps bounds the steps that a description names.
const mostSteps = 12

func (t *stepTable) desc() string {
	if t.o.Desc != "" {
		return t.o.Desc
	}
	last := len(t.g.points) - 1
	col := t.g.series[0].col
	var steps []string
	for i := 1; i < last && i <= mostSteps; i++ {
		text := figure(col, t.value(i))
		if t.value(i) > 0 {
			text = "+" + text
		}
		steps = append(steps, t.g.points[i].label+" "+text)
	}
	words := "De " + amount(col, t.value(0)) + " à " + amount(col, t.value(last))
	if len(steps) > 0 {
		words += colon + strings.Join(steps, semicolon)
	}
	if t.scale.lo > 0 {
		words += ". L’axe ne part pas de zéro"
	}
	return words + "."
}
