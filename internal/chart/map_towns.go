package chart

import (
	"math"
	"sort"
)

// This file gives the ground of a map without outlines its shape and its names.

// hull draws the smallest convex shape around the schools, as the ground that they stand on.
func (m *chartMap) hull() {
	var points [][2]float64
	for _, p := range m.places {
		x, y := m.frame.at(p.lon, p.lat)
		points = append(points, [2]float64{x * mapUnits / 100, y * mapUnits / 100 * m.frame.ratio})
	}
	ring := convex(points)
	if len(ring) < 3 {
		return
	}
	for _, class := range []string{"hull-edge", "hull"} {
		m.s(`<path class="`, class, `" d="`)
		for i, c := range ring {
			if i == 0 {
				m.s("M")
			} else {
				m.s("L")
			}
			m.n(math.Round(c[0])).s(" ").n(math.Round(c[1]))
		}
		m.s(`Z"/>`)
	}
}

// convex is the convex hull of some points, in order around it.
func convex(points [][2]float64) [][2]float64 {
	sort.Slice(points, func(i, j int) bool {
		return points[i][0] < points[j][0] || points[i][0] == points[j][0] && points[i][1] < points[j][1]
	})
	half := func(list [][2]float64) [][2]float64 {
		var out [][2]float64
		for _, p := range list {
			for len(out) > 1 && turn(out[len(out)-2], out[len(out)-1], p) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		}
		return out
	}
	lower := half(points)
	back := make([][2]float64, len(points))
	for i, p := range points {
		back[len(points)-1-i] = p
	}
	upper := half(back)
	if len(lower) < 2 || len(upper) < 2 {
		return nil
	}
	return append(lower[:len(lower)-1], upper[:len(upper)-1]...)
}

func turn(o, a, b [2]float64) float64 {
	return (a[0]-o[0])*(b[1]-o[1]) - (a[1]-o[1])*(b[0]-o[0])
}

// A town is the schools that name one commune.
type town struct {
	name    string
	x, y    float64 // middle, %
	schools int
}

const (
	mostTowns  = 10
	triedTowns = 40
	// the largest towns orient the reader most, and have no room around: their name lies over
	// their circles
	surelyNamed = 3
)

// towns gathers the schools by commune, the ones with most schools first.
func (m *chartMap) towns() []town {
	at := map[string]int{}
	var list []town
	for _, p := range m.places {
		if p.town == "" {
			continue
		}
		i, ok := at[p.town]
		if !ok {
			i = len(list)
			at[p.town], list = i, append(list, town{name: p.town})
		}
		list[i].x, list[i].y = list[i].x+p.x, list[i].y+p.y
		list[i].schools++
	}
	for i := range list {
		list[i].x /= float64(list[i].schools)
		list[i].y /= float64(list[i].schools)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].schools > list[j].schools })
	return list
}

// townNames writes the names of the main towns under or over their schools, where they cover
// no circle; it tells whether there is any.
func (m *chartMap) townNames() bool {
	const wide, phone = 700.0, 350.0
	var takenWide, takenPhone []box
	n := 0
	for i, t := range m.towns() {
		if n == mostTowns || i == triedTowns {
			break
		}
		words := clipName(t.name)
		b, dy, ok := m.townBox(t, words, wide, takenWide)
		if !ok && i < surelyNamed {
			b, dy, ok = m.townOver(t, words, wide, takenWide)
		}
		if !ok {
			continue
		}
		takenWide = append(takenWide, b)
		class := "town middle"
		bp, near, narrow := m.townBox(t, words, phone, takenPhone)
		if narrow {
			takenPhone = append(takenPhone, bp)
		}
		if narrow && near != dy {
			m.townName(class+" narrow-only", t, near, words)
		}
		if !narrow || near != dy {
			class += " tight"
		}
		m.townName(class, t, dy, words)
		n++
	}
	return n > 0
}

func (m *chartMap) townName(class string, t town, dy float64, words string) {
	m.s(`<text class="`, class, `"`).pc("x", t.x).pc("y", t.y).a("dy", dy).s(`>`).t(words).s(`</text>`)
}

// townBox looks for room near the middle of a town, under it first.
func (m *chartMap) townBox(t town, words string, width float64, taken []box) (box, float64, bool) {
	x, y, w := t.x/100*width, t.y/100*width*m.frame.ratio, wordWidth(words)
	for _, dy := range []float64{20, -12, 28, -20, 38, -30, 48, -40} {
		b := box{x - w/2 - 2, x + w/2 + 2, y + dy - 11, y + dy + 3}
		if b.x0 < 0 || b.x1 > width || b.y0 < 0 || b.y1 > width*m.frame.ratio || hits(b, taken) || m.covers(b, place{x: -1, y: -1}, width) {
			continue
		}
		return b, dy, true
	}
	return box{}, 0, false
}

// townOver lays a name on the middle of its town, when no other name is there.
func (m *chartMap) townOver(t town, words string, width float64, taken []box) (box, float64, bool) {
	const dy = 4
	x, y, w := t.x/100*width, t.y/100*width*m.frame.ratio, wordWidth(words)
	b := box{x - w/2 - 2, x + w/2 + 2, y + dy - 11, y + dy + 3}
	return b, dy, b.x0 >= 0 && b.x1 <= width && !hits(b, taken)
}
