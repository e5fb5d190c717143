package release_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"belvedere/internal/territory/release"
)

// A territory is a made-up one: a measure, perhaps with a part of it, and what its class asks.
type territory struct {
	kind  string
	seed  uint64
	rule  release.Rule
	whole *release.Cube
	part  *release.Cube // nil when there is none
}

// The kinds of territories, as the catalogue shapes their cubes, and how many of twelve are of each.
var kinds = []struct {
	name string
	of   int
	make func(r *rand.Rand, schools int) *territory
}{
	{"pupils", 4, func(r *rand.Rand, n int) *territory { return pupils(r, n, 1, 0.25) }},
	{"thin level", 1, func(r *rand.Rand, n int) *territory { return pupils(r, n, 1, 1) }},
	{"events", 3, events},
	{"projects", 1, projects},
	{"bands", 2, func(r *rand.Rand, n int) *territory { return bands(r, min(n, 24)) }},
	{"all small", 1, func(r *rand.Rand, n int) *territory { return pupils(r, n, 0.1, 0.5) }},
}

// newTerritory is the same for the same seed; kinds take turns.
func newTerritory(seed uint64, most int) *territory {
	r := rand.New(rand.NewPCG(seed, 34))
	n := 3 + r.IntN(22)
	if r.IntN(6) == 0 {
		n = 25 + r.IntN(36)
	}
	turn := int(seed * 5 % 12)
	for _, kind := range kinds {
		if turn -= kind.of; turn < 0 {
			t := kind.make(r, min(n, most))
			t.kind, t.seed = kind.name, seed
			return t
		}
	}
	panic("kinds are not twelve")
}

// schools are n of them: communes of one to a few, three types of which the last has one or two.
func schools(r *rand.Rand, n int) release.Axis {
	a := release.Axis{Name: "etablissement", Sum: true}
	commune := release.Grouping{Name: "commune"}
	kind := release.Grouping{Name: "type"}
	rare := 1 + r.IntN(2)
	for i := range n {
		a.Codes = append(a.Codes, fmt.Sprintf("E%02d", i))
		commune.Of = append(commune.Of, int32(r.IntN(1+n/3)))
		switch {
		case i < rare:
			kind.Of = append(kind.Of, 2)
		default:
			kind.Of = append(kind.Of, int32(r.IntN(2)))
		}
	}
	a.Groups = []release.Grouping{commune, kind}
	return a
}

func axis(name string, sum bool, codes ...string) release.Axis {
	return release.Axis{Name: name, Codes: codes, Sum: sum}
}

// poisson draws a count.
func poisson(r *rand.Rand, mean float64) float64 {
	if mean > 40 {
		return math.Max(0, math.Round(mean+math.Sqrt(mean)*r.NormFloat64()))
	}
	limit, p, k := math.Exp(-mean), 1.0, 0.0
	for {
		if p *= r.Float64(); p <= limit {
			return k
		}
		k++
	}
}

// pupils by school, level and sex, with those who lunch there; some schools have a thin level beside
// each level.
func pupils(r *rand.Rand, n int, size, thin float64) *territory {
	levels := axis("niveau", true, "6e", "5e", "4e", "3e", "6e SEGPA", "5e SEGPA", "4e SEGPA", "3e SEGPA")
	if r.IntN(2) == 0 {
		levels.Groups = []release.Grouping{{Name: "cycle", Of: []int32{0, 0, 0, 0, 1, 1, 1, 1}}}
	}
	axes := []release.Axis{schools(r, n), axis("annee", false, "2025"), levels, axis("sexe", true, "F", "M")}
	whole := &release.Cube{Axes: axes, Cells: map[release.Coord]float64{}, Low: map[release.Coord]float64{}}
	part := &release.Cube{Axes: axes, Cells: map[release.Coord]float64{}, High: whole.Cells, Whole: whole.Cells}
	for s := range n {
		mean, segpa, lunch := size*(20+60*r.Float64()), r.Float64() < thin, 0.3+0.6*r.Float64()
		for l := range 8 {
			if l >= 4 && !segpa {
				continue
			}
			for x := range 2 {
				at := release.Coord{int32(s), 0, int32(l), int32(x)}
				v := poisson(r, mean)
				if l >= 4 {
					v = float64(1 + r.IntN(4))
				}
				p := 0.0
				for range int(v) {
					if r.Float64() < lunch {
						p++
					}
				}
				put(whole, at, v)
				put(part, at, p)
				if p > 0 {
					whole.Low[at] = p
				}
			}
		}
	}
	return &territory{rule: release.Rule{Floor: 5, Dominance: 0.85}, whole: whole, part: part}
}

func put(c *release.Cube, at release.Coord, v float64) {
	if v > 0 {
		c.Cells[at] = v
	}
}

// events by school, month and level: absences, sanctions.
func events(r *rand.Rand, n int) *territory {
	often := []float64{100, 40, 12, 4}[r.IntN(4)]
	return &territory{rule: release.Rule{Floor: 10, Dominance: 0.85}, whole: eventsOf(r, min(n, 24), often)}
}

func eventsOf(r *rand.Rand, n int, often float64) *release.Cube {
	levels := axis("niveau", true, "6e", "5e", "4e", "3e")
	if r.IntN(2) == 0 {
		levels.Codes = append(levels.Codes, "2de", "1re", "Tle")
		levels.Groups = []release.Grouping{{Name: "cycle", Of: []int32{0, 0, 0, 0, 1, 1, 1}}}
	}
	months := axis("mois", true, "09", "10", "11", "12", "01", "02", "03", "04", "05", "06")
	c := &release.Cube{Axes: []release.Axis{schools(r, n), months, levels}, Cells: map[release.Coord]float64{}}
	for s := range c.Axes[0].Codes {
		mean := often * (0.3 + r.Float64())
		for m := range months.Codes {
			for l := range levels.Codes {
				if len(levels.Codes) > 4 && (l >= 4) != (s%3 == 0) {
					continue
				}
				put(c, release.Coord{int32(s), int32(m), int32(l)}, poisson(r, mean*(0.5+r.Float64())))
			}
		}
	}
	return c
}

// projects by school and level: thin everywhere.
func projects(r *rand.Rand, n int) *territory {
	levels := axis("niveau", true, "6e", "5e", "4e", "3e")
	c := &release.Cube{Axes: []release.Axis{schools(r, n), axis("annee", false, "2025"), levels}, Cells: map[release.Coord]float64{}}
	for s := range n {
		mean := 3 + 4*r.Float64()
		for l := range levels.Codes {
			put(c, release.Coord{int32(s), 0, int32(l)}, poisson(r, mean))
		}
	}
	return &territory{rule: release.Rule{Floor: 10, Dominance: 0.85}, whole: c}
}

// bands are pupils by number of events: neither the natures nor the days may be added.
func bands(r *rand.Rand, n int) *territory {
	levels := axis("niveau", true, "6e", "5e", "4e", "3e")
	axes := []release.Axis{schools(r, n), axis("mois", false, "10", "11"), axis("evenement", false, "absences", "sanctions"),
		levels, axis("tranche", true, "0", "1-4", "5-9", "10+")}
	c := &release.Cube{Axes: axes, Cells: map[release.Coord]float64{}}
	for s := range n {
		mean := 60 + 80*r.Float64()
		for d := range 2 {
			for e := range 2 {
				for l := range 4 {
					for b, share := range []float64{0.7, 0.2, 0.07, 0.03} {
						put(c, release.Coord{int32(s), int32(d), int32(e), int32(l), int32(b)}, poisson(r, mean*share))
					}
				}
			}
		}
	}
	return &territory{rule: release.Rule{Floor: 5, Dominance: 0.85}, whole: c}
}
