package chart

import (
	"io"
	"math"
	"sort"
	"strconv"
	"strings"

	"belvedere"
)

// A place is a school with its value, in degrees and then in % of the frame.
type place struct {
	name string
	town string
	lon  float64
	lat  float64
	cell belvedere.Cell
	x, y float64
	r    float64 // px
	tone int     // class of a map in classes, from 0
}

// A chartMap is the map being drawn.
type chartMap struct {
	*page
	o       Options
	col     belvedere.ResultColumn
	title   string
	places  []place
	nowhere []string // without coordinates
	outside []string // too far from the others
	below   []string // negative values have no area
	frame   frame
	unit    float64 // px of radius for a value of 1
	top     float64
	sum     tally
	steps   []float64 // lower bounds of the classes, empty when areas are proportional
}

// Map draws the column Options.Column as circles at the "longitude" and "latitude" of the
// details of each row: counts as areas in proportion, rates and means, which do not add up, as
// classes of as many schools each, told by tone and size. The projection is equirectangular at
// the middle latitude. A school whose value is not shown is a hollow dashed circle; one without
// usable coordinates is named under the map. Towns ("commune" of the details) name the ground,
// and the largest and smallest values stand beside it.
func Map(w io.Writer, r *belvedere.Result, o Options) error {
	id := o.id(r)
	m := &chartMap{page: newPage(id), o: o}
	if r == nil || len(r.Columns) == 0 || len(r.Rows) == 0 {
		return nothing(w, id, emptyWords(&grid{}))
	}
	m.read(r)
	m.title = newGrid(r, o).titleOf(o)
	if len(m.places) == 0 {
		return m.unplaced(w)
	}
	m.fit()
	m.sizes()
	m.s(`<div class="graph graph-carte" id="`, id, `"><div class="map-and-ends"><div><div class="map-box">`)
	m.ground()
	m.marks()
	m.s(`</div>`)
	m.key()
	m.s(`</div>`)
	m.ends()
	m.s(`</div>`)
	m.absences()
	m.s("</div>\n")
	return m.flush(w)
}

// unplaced says that no school can be drawn, and names them.
func (m *chartMap) unplaced(w io.Writer) error {
	m.s(`<div class="graph graph-carte"><p class="graph-nothing" id="`, m.id, `">Rien à représenter`, colon, `aucun établissement n’est situé.</p>`)
	m.absences()
	m.s("</div>\n")
	return m.flush(w)
}

// read collects the schools.
func (m *chartMap) read(r *belvedere.Result) {
	j := max(0, min(m.o.Column, len(r.Columns)-1))
	m.col = r.Columns[j]
	m.col.Decimals = max(0, min(6, m.col.Decimals))
	for _, row := range r.Rows {
		k, c := keyAt(row, 0), cellAt(row, j)
		m.sum.add(c)
		lon, okLon := coordinate(k, "longitude", 180)
		lat, okLat := coordinate(k, "latitude", 90)
		name := labelOf(k)
		if !okLon || !okLat || lon == 0 && lat == 0 {
			m.nowhere = append(m.nowhere, name)
			continue
		}
		m.places = append(m.places, place{name: name, town: detailOf(k, "commune"), lon: lon, lat: lat, cell: c})
	}
}

// detailOf is the value of an attribute, "" without it.
func detailOf(k belvedere.Key, name string) string {
	for _, a := range k.Detail {
		if strings.EqualFold(a.Name, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// coordinate reads an attribute as degrees, with a decimal point or comma.
func coordinate(k belvedere.Key, name string, most float64) (float64, bool) {
	for _, a := range k.Detail {
		if !strings.EqualFold(a.Name, name) {
			continue
		}
		v, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(a.Value), ",", ".", 1), 64)
		return v, err == nil && math.Abs(v) <= most
	}
	return 0, false
}

// sizes gives each place its radius: the largest one leaves room for its neighbours.
func (m *chartMap) sizes() {
	shown := 0
	for i := range m.places {
		p := &m.places[i]
		p.x, p.y = m.frame.at(p.lon, p.lat)
		if p.cell.State.Shown() {
			m.top = math.Max(m.top, p.cell.Value)
			shown++
		}
	}
	absent, under := 5.0, shown < len(m.places)/2
	if under {
		absent = 3 // so many are the ground of the others
	}
	largest := math.Max(7, math.Min(24, 135/math.Sqrt(float64(len(m.places)))))
	if m.top > 0 {
		m.unit = largest / math.Sqrt(m.top)
	}
	m.classes()
	for i := range m.places {
		p := &m.places[i]
		switch {
		case !p.cell.State.Shown():
			p.r = absent
		case len(m.steps) > 0:
			p.tone = m.toneOf(p.cell.Value)
			p.r = m.toneRadius(p.tone)
		case p.cell.Value > 0:
			p.r = math.Max(1, m.unit*math.Sqrt(p.cell.Value))
		default:
			p.r = 2
			if p.cell.Value < 0 {
				m.below = append(m.below, p.name+" ("+figure(m.col, p.cell.Value)+")")
			}
		}
	}
	sort.SliceStable(m.places, func(i, j int) bool {
		a, b := m.places[i], m.places[j]
		if under && a.cell.State.Shown() != b.cell.State.Shown() {
			return b.cell.State.Shown()
		}
		return a.r > b.r
	})
}

// marks draws the circles, the largest first, and the names.
func (m *chartMap) marks() {
	m.s(`<svg class="chart map-marks" width="100%" height="100%"`).named(m.id+"-c", m.title, m.desc())
	for _, p := range m.places {
		class := "school"
		switch {
		case !p.cell.State.Shown():
			class = "school absent"
		case len(m.steps) > 0:
			class = m.toneClass(p.tone)
			if p.cell.State == belvedere.Partial && m.sum.few() {
				class += " part"
			}
		case p.cell.Value <= 0:
			class = "school zero"
		case p.cell.State == belvedere.Partial && m.sum.few():
			class = "school part"
		}
		m.s(`<circle class="`, class, `"`).pc("cx", p.x).pc("cy", p.y).a("r", p.r).s(`><title>`).t(p.name + colon + m.said(p.cell)).s(`</title></circle>`)
	}
	m.names()
	m.s(`</svg>`)
}

func (m *chartMap) said(c belvedere.Cell) string {
	switch {
	case !c.State.Shown():
		return word(c)
	case c.State == belvedere.Partial:
		return amount(m.col, c.Value) + ", partiel"
	}
	return amount(m.col, c.Value)
}

// key shows circles of round values at the scale of the map, and names the other signs.
func (m *chartMap) key() {
	m.s(`<ul class="key map-key">`)
	if len(m.steps) > 0 {
		m.toneKey()
	}
	for _, v := range m.keyValues() {
		r := math.Max(1, m.unit*math.Sqrt(v))
		size := 2*r + 3
		m.s(`<li><svg class="map-size"`).a("width", size).a("height", size).s(` aria-hidden="true"><circle class="size"`)
		m.a("cx", size/2).a("cy", size/2).a("r", r).s(`/></svg>`).t(figure(m.col, v)).s(`</li>`)
	}
	if len(m.sum.words) > 0 {
		m.s(`<li><svg width="14" height="14" aria-hidden="true"><circle class="school absent" cx="7" cy="7" r="5.5"/></svg>`).t(m.sum.legend()).s(`</li>`)
	}
	if m.sum.few() {
		m.s(`<li><svg width="14" height="14" aria-hidden="true"><circle class="school part" cx="7" cy="7" r="5.5"/></svg>partiel</li>`)
	}
	if len(m.steps) == 0 && m.any(func(c belvedere.Cell) bool { return c.Value == 0 }) {
		m.s(`<li><svg width="8" height="14" aria-hidden="true"><circle class="school zero" cx="4" cy="7" r="2"/></svg>zéro</li>`)
	}
	says := "surface du cercle"
	if len(m.steps) > 0 {
		says = "teinte et taille du cercle"
	}
	m.s(`<li class="muted">`, says, colon).t(lowered(columnLabel(m.col))).s(`</li></ul>`)
}

func (m *chartMap) any(is func(belvedere.Cell) bool) bool {
	for _, p := range m.places {
		if p.cell.State.Shown() && is(p.cell) {
			return true
		}
	}
	return false
}

// keyValues are three round values between the largest and the smallest circle.
func (m *chartMap) keyValues() []float64 {
	var out []float64
	if len(m.steps) > 0 {
		return nil
	}
	for _, share := range []float64{1, .35, .1} {
		v := niceFloor(m.top * share)
		if m.col.Decimals == 0 && !m.col.Percent {
			v = math.Floor(v)
		}
		if v > 0 && (len(out) == 0 || v < out[len(out)-1]) {
			out = append(out, v)
		}
	}
	return out
}

// absences names what the map cannot place.
func (m *chartMap) absences() {
	if t := m.sum.sentence(); t != "" {
		m.note(t)
	}
	m.enumerate("Sans coordonnées, absents de la carte", m.nowhere)
	m.enumerate("Hors du cadre de la carte", m.outside)
	m.enumerate("Valeurs négatives, sans surface", m.below)
}

// enumerate writes a list of names: in the page when short, folded when long.
func (m *chartMap) enumerate(head string, names []string) {
	switch {
	case len(names) == 0:
	case len(names) <= 8:
		m.note(head + colon + list(names) + ".")
	default:
		m.s(`<details class="graph-note"><summary>`).t(head + colon + belvedere.Plural(len(names), "établissement", "établissements") + ".")
		m.s(`</summary><p>`).t(list(names) + ".").s(`</p></details>`)
	}
}

func (m *chartMap) desc() string {
	if m.o.Desc != "" {
		return m.o.Desc
	}
	var shown []place
	for _, p := range m.places {
		if p.cell.State.Shown() {
			shown = append(shown, p)
		}
	}
	out := belvedere.Plural(len(shown), "établissement en cercle proportionnel", "établissements en cercles proportionnels") + " à la valeur"
	if len(m.steps) > 0 {
		out = belvedere.Plural(len(shown), "établissement rangé", "établissements rangés") + " en " + belvedere.Plural(len(m.steps), "classe", "classes")
	}
	if len(shown) > 0 {
		hi, lo := shown[0], shown[0]
		for _, p := range shown {
			if p.cell.Value > hi.cell.Value {
				hi = p
			}
			if p.cell.Value < lo.cell.Value {
				lo = p
			}
		}
		out += ", de " + figure(m.col, lo.cell.Value) + " (" + lo.name + ") à " + amount(m.col, hi.cell.Value) + " (" + hi.name + ")"
	}
	out += ". "
	if t := m.sum.sentence(); t != "" {
		out += t + " "
	}
	if len(m.nowhere) > 0 {
		out += belvedere.Plural(len(m.nowhere), "établissement sans coordonnées", "établissements sans coordonnées") + "."
	}
	return strings.TrimSpace(out)
}
