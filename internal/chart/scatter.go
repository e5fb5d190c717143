package chart

import (
	"io"
	"math"
	"strconv"

	"belvedere"
)

// KindScatter is a cloud of points: one for each line of the result, its first column across and its
// second upwards.
const KindScatter = "nuage"

// A scatter is the cloud being drawn.
type scatter struct {
	*page
	o        Options
	x, y     belvedere.ResultColumn
	points   []scatterPoint
	left     int // lines without one of both figures
	xs, ys   scale
	xts, yts []float64
	height   float64
}

type scatterPoint struct {
	name string
	x, y belvedere.Cell
}

// mostDots is what one cloud shows: more of them hide each other, and a page could not hold them.
const mostDots = 2000

// Scatter draws the lines of a result by two of its columns. A line of which one of the two figures is
// not shown has no point, and the text says how many there are. Axes need not start from zero, and say
// where they do.
func Scatter(w io.Writer, r *belvedere.Result, o Options) error {
	id := o.id(r)
	if r == nil || len(r.Columns) < 2 || len(r.Rows) == 0 {
		return nothing(w, id, "Un nuage de points croise deux indicateurs sur plusieurs lignes.")
	}
	s := &scatter{page: newPage(id), o: o, x: r.Columns[0], y: r.Columns[1], height: 340}
	for _, row := range r.Rows {
		a, b := cellAt(row, 0), cellAt(row, 1)
		if row.Level > 0 {
			continue
		}
		if !a.State.Shown() || !b.State.Shown() || math.IsNaN(a.Value+b.Value) || math.IsInf(a.Value+b.Value, 0) {
			s.left++
			continue
		}
		name := ""
		for i, k := range row.Keys {
			if i > 0 {
				name += ", "
			}
			name += k.Label
		}
		s.points = append(s.points, scatterPoint{name, a, b})
	}
	if len(s.points) == 0 {
		return nothing(w, id, "Aucune ligne n’a les deux chiffres à la fois.")
	}
	s.fit()
	s.draw()
	return s.flush(w)
}

// fit finds the axes.
func (s *scatter) fit() {
	ends := func(of func(scatterPoint) float64) (scale, []float64) {
		lo, hi := of(s.points[0]), of(s.points[0])
		for _, p := range s.points {
			lo, hi = min(lo, of(p)), max(hi, of(p))
		}
		if lo > 0 && lo < hi/2 {
			lo = 0
		}
		if lo == hi {
			lo, hi = lo-1, hi+1
		}
		step := cloudStep((hi - lo) / 5)
		lo, hi = math.Floor(lo/step)*step, math.Ceil(hi/step)*step
		var ticks []float64
		for v := lo; v <= hi+step/2 && len(ticks) < 12; v += step {
			ticks = append(ticks, v)
		}
		return scale{lo: lo, hi: hi}, ticks
	}
	s.xs, s.xts = ends(func(p scatterPoint) float64 { return p.x.Value })
	s.ys, s.yts = ends(func(p scatterPoint) float64 { return p.y.Value })
}

// cloudStep is the first of 1, 2 and 5 times a power of ten that is not smaller.
func cloudStep(v float64) float64 {
	if v <= 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power >= v {
			return m * power
		}
	}
	return 10 * power
}

func (s *scatter) share(sc scale, v float64) float64 { return 100 * (v - sc.lo) / (sc.hi - sc.lo) }

func pct(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }

func (s *scatter) draw() {
	title := s.o.Title
	if title == "" {
		title = s.y.Label + " selon " + s.x.Label
	}
	h := s.height
	s.s(`<div class="graph graph-nuage" id="`, s.id, `"><p class="axis-name">`).t(axisName(s.y)).s(` ↑</p><div class="cloud"><svg class="chart" width="100%" height="`,
		strconv.Itoa(int(h)+24), `" role="img" aria-labelledby="`, s.id, `-t `, s.id, `-d"><title id="`, s.id, `-t">`).t(title).s(`</title><desc id="`, s.id, `-d">`).t(s.desc()).s(`</desc>`)
	s.s(`<svg class="cloud-plot" x="12%" width="84%" height="`, strconv.Itoa(int(h)+24), `" overflow="visible">`)
	for _, v := range s.yts {
		y := h - h*s.share(s.ys, v)/100 + 8
		at := strconv.FormatFloat(y, 'f', 1, 64)
		s.s(`<line class="grid" x1="0" x2="100%" y1="`, at, `" y2="`, at, `"/><text class="tick" x="-8" y="`, at, `" dy=".32em" text-anchor="end">`).t(s.y.Format(v)).s(`</text>`)
	}
	for _, v := range s.xts {
		s.s(`<text class="tick" x="`, pct(s.share(s.xs, v)), `" y="`, strconv.Itoa(int(h)+22), `" text-anchor="middle">`).t(s.x.Format(v)).s(`</text>`)
	}
	for i, p := range s.points {
		if i == mostDots {
			break
		}
		y := strconv.FormatFloat(h-h*s.share(s.ys, p.y.Value)/100+8, 'f', 1, 64)
		class := "dot"
		if p.x.State == belvedere.Partial || p.y.State == belvedere.Partial {
			class = "dot partial-dot"
		}
		s.s(`<circle class="`, class, `" cx="`, pct(s.share(s.xs, p.x.Value)), `" cy="`, y, `" r="4"><title>`).t(p.name + belvedere.NoBreak + ": " + s.x.Format(p.x.Value) + belvedere.NarrowSpace + "; " + s.y.Format(p.y.Value)).s(`</title></circle>`)
	}
	s.s(`</svg></svg></div><p class="axis-name axis-across">`).t(axisName(s.x)).s(` →</p>`)
	if n := len(s.points) - mostDots; n > 0 {
		s.s(`<p class="graph-note">`).t(belvedere.Plural(n, "point n’est pas tracé", "points ne sont pas tracés") + "\u00a0: les données les ont tous.").s(`</p>`)
	}
	s.s("</div>\n")
}

func axisName(c belvedere.ResultColumn) string {
	name := c.Label
	if c.Group != "" {
		name = c.Group + ", " + name
	}
	if c.Unit != "" && c.Unit != c.Label {
		name += " (" + c.Unit + ")"
	}
	return name
}

// desc says the cloud in words: how many points, from where to where, and what is left out.
func (s *scatter) desc() string {
	if s.o.Desc != "" {
		return s.o.Desc
	}
	lowest, highest := s.points[0], s.points[0]
	xlo, xhi := s.points[0].x.Value, s.points[0].x.Value
	for _, p := range s.points {
		xlo, xhi = min(xlo, p.x.Value), max(xhi, p.x.Value)
		if p.y.Value < lowest.y.Value {
			lowest = p
		}
		if p.y.Value > highest.y.Value {
			highest = p
		}
	}
	text := belvedere.Plural(len(s.points), "point", "points") + ". " + axisName(s.x) + ", en travers, de " + s.x.Format(xlo) + " à " + s.x.Format(xhi) + ". " +
		axisName(s.y) + ", en hauteur, de " + s.y.Format(lowest.y.Value) + " (" + lowest.name + ") à " + s.y.Format(highest.y.Value) + " (" + highest.name + ")."
	if s.left > 0 {
		text += " " + belvedere.Plural(s.left, "ligne n’a pas", "lignes n’ont pas") + " les deux chiffres."
	}
	return text
}
