package chart

import (
	"math"
	"sort"
	"unicode/utf8"
)

// A frame projects degrees to % of a rectangle whose height is ratio times its width.
type frame struct {
	lon0, lat1 float64 // west and north edges
	dlon, dlat float64 // width and height, degrees
	ratio      float64
}

func (f frame) at(lon, lat float64) (x, y float64) {
	return 100 * (lon - f.lon0) / f.dlon, 100 * (f.lat1 - lat) / f.dlat
}

const (
	farDegrees = 12.0 // from the middle of the schools: another territory, or a wrong place
	leastSpan  = .04  // degrees shown around a single school
	mapUnits   = 1000 // width of the ground in its own units
)

// fit frames the border when there is one, else the schools; what lies far outside is left out
// and named.
func (m *chartMap) fit() {
	var lons, lats []float64
	for _, o := range m.o.Outlines {
		for _, ring := range o.Rings {
			for _, c := range ring {
				if validPoint(c) {
					lons, lats = append(lons, c[0]), append(lats, c[1])
				}
			}
		}
	}
	drawn := len(lons) > 0
	if !drawn {
		for _, p := range m.places {
			lons, lats = append(lons, p.lon), append(lats, p.lat)
		}
	}
	lon, lat := median(lons), median(lats)
	box := newBox()
	for i := range lons {
		if drawn || math.Abs(lons[i]-lon) < farDegrees && math.Abs(lats[i]-lat) < farDegrees {
			box.add(lons[i], lats[i])
		}
	}
	m.keep(box, drawn)
	m.frame = box.frame()
}

// keep leaves out the places that lie outside of the box; beside a drawn territory, a margin
// keeps those just over its border.
func (m *chartMap) keep(box *geoBox, drawn bool) {
	margin := 0.0
	if drawn {
		margin = .1 * math.Max(box.x1-box.x0, box.y1-box.y0)
	}
	kept := m.places[:0]
	for _, p := range m.places {
		if p.lon < box.x0-margin || p.lon > box.x1+margin || p.lat < box.y0-margin || p.lat > box.y1+margin {
			m.outside = append(m.outside, p.name)
			continue
		}
		kept = append(kept, p)
	}
	m.places = kept
	for _, p := range kept {
		box.add(p.lon, p.lat)
	}
}

func validPoint(c [2]float64) bool { return math.Abs(c[0]) <= 180 && math.Abs(c[1]) <= 90 }

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	return s[len(s)/2]
}

// A geoBox grows around points.
type geoBox struct{ x0, x1, y0, y1 float64 }

func newBox() *geoBox {
	return &geoBox{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
}

func (b *geoBox) add(lon, lat float64) {
	b.x0, b.x1 = math.Min(b.x0, lon), math.Max(b.x1, lon)
	b.y0, b.y1 = math.Min(b.y0, lat), math.Max(b.y1, lat)
}

// frame adds margins and keeps the shape between a band and a square: a degree of longitude is
// cos(latitude) of one of latitude.
func (b *geoBox) frame() frame {
	if b.x1 < b.x0 {
		b.add(2.5, 46.5)
	}
	mid := (b.y0 + b.y1) / 2
	squeeze := math.Max(.05, math.Cos(mid*math.Pi/180))
	w := math.Max((b.x1-b.x0)*squeeze, leastSpan)
	h := math.Max(b.y1-b.y0, leastSpan)
	margin := .06 * math.Max(w, h)
	w, h = w+2*margin, h+2*margin
	h = math.Max(h, .45*w)
	w = math.Max(w, h/.95)
	f := frame{dlon: w / squeeze, dlat: h, ratio: h / w}
	f.lon0 = (b.x0+b.x1)/2 - f.dlon/2
	f.lat1 = mid + f.dlat/2
	return f
}

// ground draws the polygons, without text, in a picture that gives the map its height.
func (m *chartMap) ground() {
	m.s(`<svg class="map map-ground" viewBox="0 0 `).n(mapUnits).s(" ").n(math.Round(mapUnits * m.frame.ratio)).s(`" aria-hidden="true" focusable="false">`)
	if len(m.o.Outlines) == 0 {
		m.hull()
	}
	for _, border := range []bool{false, true} {
		for _, o := range m.o.Outlines {
			if o.Border == border {
				m.outline(o)
			}
		}
	}
	m.s(`</svg>`)
}

func (m *chartMap) outline(o Outline) {
	class := "commune"
	if o.Border {
		class = "border"
	}
	start := len(m.b)
	m.s(`<path class="`, class, `" d="`)
	empty := true
	for _, ring := range o.Rings {
		n, lastX, lastY := 0, math.Inf(1), math.Inf(1)
		for _, c := range ring {
			if !validPoint(c) {
				continue
			}
			x, y := m.frame.at(c[0], c[1])
			x, y = math.Round(x*mapUnits/10)/10, math.Round(y*mapUnits*m.frame.ratio/10)/10
			if math.Abs(x-lastX)+math.Abs(y-lastY) < .8 {
				continue
			}
			if lastX, lastY = x, y; n == 0 {
				m.s("M")
			} else {
				m.s("L")
			}
			m.n(x).s(" ").n(y)
			n++
		}
		if n > 0 {
			m.s("Z")
			empty = false
		}
	}
	if empty {
		m.b = m.b[:start]
		return
	}
	m.s(`"/>`)
}

// mostNamed bounds the names written on the map, mostTried the schools whose name may not fit.
const (
	mostNamed = 6
	mostTried = 60
)

// names writes the towns or, without any, the largest schools where the name covers no other
// one; what only fits on a wide screen is left out on a narrow one.
func (m *chartMap) names() {
	if m.townNames() {
		return
	}
	const wide, phone = 700.0, 350.0
	var takenWide, takenPhone []box
	n := 0
	for i, p := range m.places {
		if n == mostNamed || i == mostTried || !p.cell.State.Shown() || p.cell.Value <= 0 || len(m.places) > 25 && p.cell.Value < m.top/3 {
			break
		}
		words := clipName(p.name)
		side, b := m.side(p, words, wide, takenWide)
		if side == "" {
			continue
		}
		takenWide = append(takenWide, b)
		class := "halo-text" + side
		bp := nameBox(p, words, phone, m.frame.ratio, side)
		if bp.x0 < 0 || bp.x1 > phone || hits(bp, takenPhone) || m.covers(bp, p, phone) {
			class += " tight"
		} else {
			takenPhone = append(takenPhone, bp)
		}
		dx := p.r + 4
		if side == " end" {
			dx = -dx
		}
		m.s(`<text class="`, class, `"`).pc("x", p.x).pc("y", p.y).a("dx", dx).s(` dy="4">`).t(words).s(`</text>`)
		n++
	}
}

// side finds the side of the circle where a name fits: "" for none, " start" or " end".
func (m *chartMap) side(p place, words string, width float64, taken []box) (string, box) {
	for _, side := range []string{" start", " end"} {
		b := nameBox(p, words, width, m.frame.ratio, side)
		if b.x0 < 0 || b.x1 > width || hits(b, taken) || m.covers(b, p, width) {
			continue
		}
		return side, b
	}
	return "", box{}
}

// covers tells whether a name would lie on another circle.
func (m *chartMap) covers(b box, own place, width float64) bool {
	for _, q := range m.places {
		if q.x == own.x && q.y == own.y {
			continue
		}
		x, y, r := q.x/100*width, q.y/100*width*m.frame.ratio, q.r
		if width < 500 {
			r *= .66 // as chart.css draws them on a narrow screen
		}
		if b.touches(box{x - r, x + r, y - r, y + r}) {
			return true
		}
	}
	return false
}

func nameBox(p place, words string, width, ratio float64, side string) box {
	x, y, w := p.x/100*width, p.y/100*width*ratio, wordWidth(words)
	if side == " end" {
		return box{x - p.r - 6 - w, x - p.r - 2, y - 8, y + 8}
	}
	return box{x + p.r + 2, x + p.r + 6 + w, y - 8, y + 8}
}

func hits(b box, list []box) bool {
	for _, t := range list {
		if b.touches(t) {
			return true
		}
	}
	return false
}

func clipName(s string) string {
	const most = 26
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
