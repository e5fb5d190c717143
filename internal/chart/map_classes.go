package chart

import (
	"math"
	"sort"
	"strconv"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// This file is about maps of rates and means: the area of a circle says nothing of them, nearly
// all would be of one size.

// tones are the classes of the sequence of colours, from the palest that stands out of the
// ground to the darkest.
var tones = []int{2, 4, 5, 7, 8}

// spread over fewer schools than this, classes say less than the numbers.
const fewestClassed = 10

// classes finds the lower bounds of the classes: as many schools in each, at values that the
// legend can write. A column of counts has none.
func (m *chartMap) classes() {
	if !m.col.Percent && !m.col.Rate && m.col.Decimals == 0 {
		return
	}
	var values []float64
	for _, p := range m.places {
		if p.cell.State.Shown() {
			values = append(values, p.cell.Value)
		}
	}
	if len(values) == 0 {
		return
	}
	sort.Float64s(values)
	n := len(tones)
	if len(values) < fewestClassed {
		n = 3
	}
	m.steps = []float64{math.Inf(-1)}
	for k := 1; k < n; k++ {
		v := m.rounded(values[k*len(values)/n])
		if v > m.steps[len(m.steps)-1] && v > values[0] && v <= values[len(values)-1] {
			m.steps = append(m.steps, v)
		}
	}
}

// rounded is a value as the legend writes it.
func (m *chartMap) rounded(v float64) float64 {
	scale := math.Pow(10, float64(m.col.Decimals))
	if m.col.Percent {
		scale *= 100
	}
	return math.Round(v*scale) / scale
}

// toneOf is the class of a value.
func (m *chartMap) toneOf(v float64) int {
	k := sort.Search(len(m.steps), func(i int) bool { return m.steps[i] > v })
	return max(0, k-1)
}

// toneRadius grows with the class, so that grey print tells them apart.
func (m *chartMap) toneRadius(k int) float64 {
	const least, most = 4.5, 8.5
	size := most
	if len(m.places) > 250 {
		size = 6.5
	}
	if len(m.steps) == 1 {
		return size
	}
	return least + (size-least)*float64(k)/float64(len(m.steps)-1)
}

// toneClass spreads few classes over the whole sequence.
func (m *chartMap) toneClass(k int) string {
	at := len(tones) - 1
	if n := len(m.steps); n > 1 {
		at = k * (len(tones) - 1) / (n - 1)
	}
	return "school toned q" + strconv.Itoa(tones[at])
}

// toneKey shows each class at its size.
func (m *chartMap) toneKey() {
	for k := range m.steps {
		r := m.toneRadius(k)
		size := 2*r + 3
		m.s(`<li><svg class="map-size"`).a("width", size).a("height", size).s(` aria-hidden="true"><circle class="`, m.toneClass(k), `"`)
		m.a("cx", size/2).a("cy", size/2).a("r", r).s(`/></svg>`).t(m.toneWords(k)).s(`</li>`)
	}
}

func (m *chartMap) toneWords(k int) string {
	last := k == len(m.steps)-1
	switch {
	case k == 0 && last:
		return "tous"
	case k == 0:
		return "moins de " + figure(m.col, m.steps[1])
	case last:
		return figure(m.col, m.steps[k]) + " et plus"
	}
	return "de " + figure(m.col, m.steps[k]) + " à " + figure(m.col, m.steps[k+1])
}

// lowered starts a label in lower case, unless it is an acronym or a sign.
func lowered(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	if next, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}

// mostEnds is how many schools stand at each end beside the map.
const mostEnds = 5

// ends lists the largest and the smallest values with the schools that have them. A partial
// value is neither.
func (m *chartMap) ends() {
	var list []place
	for _, p := range m.places {
		if p.cell.State == belvedere.Value {
			list = append(list, p)
		}
	}
	if len(list) < 2*mostEnds {
		return
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].cell.Value > list[j].cell.Value })
	m.s(`<div class="map-ends">`)
	m.end("max", "▲ Les plus élevés", list[:mostEnds])
	low := append([]place(nil), list[len(list)-mostEnds:]...)
	sort.SliceStable(low, func(i, j int) bool { return low[i].cell.Value < low[j].cell.Value })
	m.end("min", "▼ Les plus bas", low)
	m.s(`</div>`)
}

func (m *chartMap) end(class, head string, list []place) {
	m.s(`<div><h3><span class="end-`, class, `" aria-hidden="true">`).t(head[:len("▲")]).s(`</span>`).t(head[len("▲"):]).s(`</h3><ol>`)
	for _, p := range list {
		m.s(`<li><span>`).t(p.name)
		if p.town != "" {
			m.s(` <small>`).t(p.town).s(`</small>`)
		}
		m.s(`</span><b>`).t(figure(m.col, p.cell.Value)).s(`</b></li>`)
	}
	m.s(`</ol></div>`)
}
