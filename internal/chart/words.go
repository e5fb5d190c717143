package chart

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// colon and semicolon carry the spaces of French typography.
const (
	colon     = belvedere.NoBreak + ": "
	semicolon = belvedere.NarrowSpace + "; "
)

// amount is a value with its unit, for sentences: "42 930 élèves".
func amount(c belvedere.ResultColumn, v float64) string {
	if u := c.Unit; u != "" && u != "%" && !c.Percent {
		return figure(c, v) + belvedere.NoBreak + u
	}
	return figure(c, v)
}

// figure is a value as shown beside a mark: "42 930", "46,4 %".
func figure(c belvedere.ResultColumn, v float64) string {
	s := c.Format(v)
	if c.Unit == "%" && !c.Percent {
		s += belvedere.NarrowSpace + "%"
	}
	return s
}

// compact shortens a number for the foot of a column: "132 k", "1,2 M", "3 Md".
func compact(v float64, decimals int) string {
	size, sign := 1.0, ""
	switch a := math.Abs(v); {
	case a >= 1e15:
		return strings.Replace(strconv.FormatFloat(v, 'e', 1, 64), ".", ",", 1)
	case a >= 1e9:
		size, sign = 1e9, "Md"
	case a >= 1e6:
		size, sign = 1e6, "M"
	case a >= 1e4:
		size, sign = 1e3, "k"
	default:
		return belvedere.FormatNumber(v, decimals)
	}
	d := 0
	if tenths := math.Round(v / size * 10); math.Abs(tenths) < 100 && math.Mod(tenths, 10) != 0 {
		d = 1
	}
	return belvedere.FormatNumber(v/size, d) + belvedere.NoBreak + sign
}

// tickLabel is a value on an axis; the whole axis takes k, M or Md together.
func tickLabel(c belvedere.ResultColumn, s scale, v float64) string {
	top := math.Max(math.Abs(s.lo), math.Abs(s.hi))
	if c.Percent || c.Unit == "%" {
		if c.Percent {
			v *= 100
		}
		return belvedere.FormatNumber(v, max(0, decimalsOf(stepOf(c, s)))) + belvedere.NarrowSpace + "%"
	}
	for _, u := range []struct {
		size float64
		sign string
	}{{1e15, ""}, {1e9, "Md"}, {1e6, "M"}} {
		if top < u.size {
			continue
		}
		if u.sign == "" {
			return compact(v, 0)
		}
		if v == 0 {
			return "0"
		}
		return belvedere.FormatNumber(v/u.size, decimalsOf(stepOf(c, s)/u.size)) + belvedere.NoBreak + u.sign
	}
	return belvedere.FormatNumber(v, s.decimals)
}

func stepOf(c belvedere.ResultColumn, s scale) float64 {
	if len(s.ticks) < 2 {
		return 1
	}
	step := s.ticks[1] - s.ticks[0]
	if c.Percent {
		return step * 100
	}
	return step
}

// emptyWords says why there is nothing to draw.
func emptyWords(g *grid) string {
	if len(g.points) == 0 || len(g.series) == 0 {
		return "Rien à représenter" + colon + "aucune ligne ne correspond à la sélection."
	}
	t := g.tallyOf(g.series)
	words := t.sentence()
	if words == "" {
		words = "aucune valeur n’est encore attendue."
	}
	return "Rien à représenter. " + capital(words)
}

// titleOf is the title of the chart, made of the columns when the caller gave none.
func (g *grid) titleOf(o Options) string {
	if t := strings.TrimSpace(o.Title); t != "" {
		return t
	}
	var names []string
	for i, s := range g.series {
		if i == 3 {
			names = append(names, "…")
			break
		}
		names = append(names, s.label)
	}
	title := strings.Join(names, ", ")
	if g.dim.Label != "" {
		title += " par " + strings.ToLower(g.dim.Label)
	}
	if title == "" {
		return "Graphique"
	}
	return title
}

// mostDescribed bounds the series that a description details.
const mostDescribed = 6

// describe says range, extremes, trend and absences of some series.
func (g *grid) describe(list []series) string {
	var b strings.Builder
	for i, s := range list {
		if i == mostDescribed {
			b.WriteString("Et " + belvedere.Plural(len(list)-i, "autre série", "autres séries") + ". ")
			break
		}
		if len(list) > 1 {
			b.WriteString(s.label + colon)
		}
		b.WriteString(g.summary(s) + " ")
	}
	t := g.tallyOf(list)
	b.WriteString(t.sentence())
	return capital(strings.TrimSpace(b.String()))
}

// summary is what one series does, in one sentence.
func (g *grid) summary(s series) string {
	first, last, lo, hi := -1, -1, -1, -1
	for i, c := range s.cells {
		if !c.State.Shown() {
			continue
		}
		if last = i; first < 0 {
			first, lo, hi = i, i, i
		}
		if c.Value < s.cells[lo].Value {
			lo = i
		}
		if c.Value > s.cells[hi].Value {
			hi = i
		}
	}
	at := func(i int) string { return amount(s.col, s.cells[i].Value) + " (" + g.points[i].label + ")" }
	switch {
	case first < 0:
		return "aucune valeur."
	case first == last:
		return at(first) + ", seule valeur."
	case s.cells[lo].Value == s.cells[hi].Value:
		return amount(s.col, s.cells[lo].Value) + " partout."
	}
	ends := "maximum " + at(hi) + ", minimum " + at(lo)
	if g.kind == category || g.kind == hourly {
		return ends + "."
	}
	trend := "de " + at(first) + " à " + at(last) + ", " + change(s.col, s.cells[first].Value, s.cells[last].Value)
	if (lo == first && hi == last) || (hi == first && lo == last) {
		return trend + "."
	}
	return trend + semicolon + ends + "."
}

// change is the trend between two values, in % or in points.
func change(c belvedere.ResultColumn, from, to float64) string {
	if c.Percent || c.Unit == "%" {
		d := to - from
		if c.Percent {
			d *= 100
		}
		if math.Abs(d) < .05 {
			return "stable"
		}
		unit := "points"
		if math.Abs(d) < 2 {
			unit = "point"
		}
		return direction(d) + " de " + belvedere.FormatNumber(math.Abs(d), 1) + belvedere.NoBreak + unit
	}
	if from <= 0 || to < 0 {
		return direction(to - from)
	}
	ratio := to/from - 1
	if math.Abs(ratio) < .0005 {
		return "stable"
	}
	return direction(ratio) + " de " + belvedere.FormatPercent(math.Abs(ratio), 1)
}

func direction(d float64) string {
	switch {
	case d > 0:
		return "en hausse"
	case d < 0:
		return "en baisse"
	}
	return "stable"
}

// capital writes the first letter of a sentence in upper case.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// list joins names as a sentence does: "a, b et c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " et " + names[len(names)-1]
}
