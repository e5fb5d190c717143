package chart

import (
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"belvedere"
)

// This file places words beside the lines so that none covers another.

// chooseAnchors finds the point that the labels stand for: the last one where all series have
// a value, a school day if there is one among the last seven; else the last value of each.
func (d *plot) chooseAnchors() []int {
	out := make([]int, len(d.list))
	all := -1
	for i := range d.g.points {
		full := true
		for _, s := range d.list {
			full = full && s.cells[i].State.Shown()
		}
		if full {
			all = i
		}
	}
	if all >= 0 && d.g.kind == daily {
		for i := all; i >= 0 && i > all-4; i-- {
			p := d.g.points[i]
			if !weekend(p.date) && holiday(p.date) == "" && !d.hole(i) && d.fullAt(i) {
				all = i
				break
			}
		}
	}
	for j, s := range d.list {
		out[j] = all
		if all >= 0 && all >= len(d.g.points)-8 {
			continue
		}
		out[j] = -1
		for i, c := range s.cells {
			if c.State.Shown() {
				out[j] = i
			}
		}
	}
	return out
}

func (d *plot) fullAt(i int) bool {
	for _, s := range d.list {
		if !s.cells[i].State.Shown() {
			return false
		}
	}
	return true
}

// leaders joins the point that a label stands for to the edge of the plot.
func (d *plot) leaders() {
	for j, i := range d.anchors {
		if i < 0 || d.x(i) > 99.5 {
			continue
		}
		y := d.y(d.list[j].cells[i].Value)
		d.s(`<line class="leader"`).pc("x1", d.x(i)).s(` x2="100%"`).a("y1", y).a("y2", y).s(`/>`)
	}
}

// A tag is the name of a series beside the plot.
type tag struct {
	series int
	lines  []string
	value  string
	from   float64 // px where the line ends, negative when it has no value
	at     float64 // px of the first line of text
}

const (
	tagLetters = 15 // letters on one line
	tagLine    = 14.0
)

// names writes the column of names at the right, spread so that they do not touch.
func (d *plot) names() {
	tags := make([]tag, len(d.list))
	longest, value := 0, 0
	for j, s := range d.list {
		t := tag{series: j, lines: fold(s.label, tagLetters, 3), from: -1, at: d.bottom}
		if i := d.anchors[j]; i >= 0 {
			t.from = d.y(s.cells[i].Value)
			t.at, t.value = t.from, tagValue(s.col, s.cells[i].Value)
		} else {
			t.value = d.lastWord(s)
		}
		for _, l := range t.lines {
			longest = max(longest, utf8.RuneCountInString(l))
		}
		value = max(value, utf8.RuneCountInString(t.value))
		tags[j] = t
	}
	spread(tags, 26, d.height-8)
	d.s(`<svg class="chart labels w`, strconv.Itoa(labelsWidth(longest, value)), `"`).a("height", d.height).s(` aria-hidden="true">`)
	if h := d.anchorName(); h != "" {
		d.s(`<text x="8" y="12">`).t(h).s(`</text>`)
	}
	for _, t := range tags {
		d.tag(t)
	}
	d.s(`</svg>`)
}

func tagValue(c belvedere.ResultColumn, v float64) string {
	if math.Abs(v) >= 1e9 {
		return compact(v, 0)
	}
	return figure(c, v)
}

// labelsWidth is the width of the column in rem, one of those of chart.css.
func labelsWidth(name, value int) int {
	rem := int(math.Ceil((32 + 6.8*float64(name) + 14 + letter*float64(value)) / 16))
	return max(9, min(18, rem))
}

// anchorName heads the names with the point that their values belong to.
func (d *plot) anchorName() string {
	at := -1
	for _, i := range d.anchors {
		if i < 0 {
			continue
		}
		if at >= 0 && i != at {
			return "dernière valeur"
		}
		at = i
	}
	if at < 0 {
		return ""
	}
	p := d.g.points[at]
	switch d.g.kind {
	case daily:
		return belvedere.DayName(p.date.Weekday()) + " " + strconv.Itoa(p.date.Day())
	case monthly, yearly:
		return p.label
	}
	return clipLabel(p.label)
}

func (d *plot) lastWord(s series) string {
	for i := len(s.cells) - 1; i >= 0; i-- {
		if w := word(s.cells[i]); w != "" && !d.g.points[i].later {
			return w
		}
	}
	return "sans valeur"
}

func (d *plot) tag(t tag) {
	class := d.class[t.series]
	if t.from >= 0 && math.Abs(t.from-t.at) > .5 {
		d.s(`<line class="leader" x1="0" x2="6"`).a("y1", t.from).a("y2", t.at).s(`/>`)
	}
	d.s(`<line class="line `, class, `" x1="6" x2="26"`).a("y1", t.at).a("y2", t.at).s(`/>`)
	for k, l := range t.lines {
		d.s(`<text class="strong" x="32"`).a("y", t.at+4+float64(k)*tagLine).s(`>`).t(l).s(`</text>`)
	}
	d.s(`<text class="num end" x="100%"`).a("y", t.at+4).s(`>`).t(t.value).s(`</text>`)
}

// spread moves tags apart, keeping their order, and back inside the plot.
func spread(tags []tag, top, bottom float64) {
	sort.SliceStable(tags, func(a, b int) bool { return tags[a].at < tags[b].at })
	height := func(t tag) float64 { return float64(max(1, len(t.lines)))*tagLine + 3 }
	at := top
	for i := range tags {
		tags[i].at = math.Max(tags[i].at, at)
		at = tags[i].at + height(tags[i])
	}
	limit := bottom
	for i := len(tags) - 1; i >= 0; i-- {
		limit -= height(tags[i])
		if tags[i].at <= limit+3 {
			break
		}
		tags[i].at = math.Max(top, limit+3)
	}
}

// fold cuts a label in lines at its spaces; what does not fit ends with "…".
func fold(s string, letters, lines int) []string {
	var out []string
	line := ""
	for _, w := range strings.Fields(s) {
		if r := []rune(w); len(r) > letters {
			w = string(r[:letters-1]) + "…"
		}
		switch {
		case line == "":
			line = w
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) <= letters:
			line += " " + w
		default:
			out, line = append(out, line), w
		}
	}
	if line != "" {
		out = append(out, line)
	}
	if len(out) > lines {
		out = out[:lines]
		last := []rune(out[lines-1])
		out[lines-1] = string(last[:min(len(last), letters-1)]) + "…"
	}
	return out
}

// values labels the points of a single series that matter: the last, the first, the largest,
// the smallest, as far as they do not touch.
func (d *plot) values() {
	for j, s := range d.list {
		if d.class[j] == "twin" {
			continue
		}
		var taken []box
		for _, i := range remarkable(s) {
			d.value(s, i, &taken)
		}
	}
}

type box struct{ x0, x1, y0, y1 float64 }

func (a box) touches(b box) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

func remarkable(s series) []int {
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
	if last < 0 {
		return nil
	}
	var out []int
	for _, i := range []int{last, hi, lo, first} {
		if !in(out, i) {
			out = append(out, i)
		}
	}
	return out
}

func in(list []int, v int) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// value writes one label, under the point where its neighbours stand higher, else above.
func (d *plot) value(s series, i int, taken *[]box) {
	y, words := d.y(s.cells[i].Value), tagValue(s.col, s.cells[i].Value)
	higher, n := 0.0, 0.0
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(s.cells) && s.cells[k].State.Shown() {
			higher, n = higher+d.y(s.cells[k].Value), n+1
		}
	}
	base := y - 9
	if n > 0 && higher/n < y-1 && y+18 < d.bottom-3 {
		base = y + 18
	}
	_, phone := d.widths()
	x, w := d.x(i)/100*phone, wordWidth(words)
	class, x0 := "strong middle halo-text", x-w/2
	switch {
	case x-w/2 < -4:
		class, x0 = "strong halo-text", x
	case x+w/2 > phone+4:
		class, x0 = "strong end halo-text", x-w
	}
	b := box{x0 - 4, x0 + w + 4, base - 11, base + 3}
	for _, t := range *taken {
		if b.touches(t) {
			return
		}
	}
	*taken = append(*taken, b)
	d.text(class, d.x(i), base, words)
}
