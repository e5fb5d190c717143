package release_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"belvedere/internal/territory/release"
)

// answer adds up a question over a world cell by cell.
func answer(k *release.Ask, world map[release.Coord]float64) (lines map[string]float64, total float64) {
	lines = map[string]float64{}
	for at, v := range world {
		if !taken(k, at) || k.Last != nil && k.Last[at[0]] != at[1] {
			continue
		}
		var names []string
		for _, l := range k.Lines {
			names = append(names, l.Names[at[l.Axis]])
		}
		lines[strings.Join(names, "\x00")] += v
		total += v
	}
	return lines, total
}

// small is a cube of few codes with moves drawn at random, wide or not.
func small(r *rand.Rand) (*release.Cube, []release.Move) {
	c := &release.Cube{Cells: map[release.Coord]float64{}}
	for a := range 1 + r.IntN(4) {
		x := release.Axis{Name: fmt.Sprint("a", a), Sum: r.IntN(3) > 0}
		for i := range 2 + r.IntN(4) {
			x.Codes = append(x.Codes, fmt.Sprint(i))
		}
		c.Axes = append(c.Axes, x)
	}
	c.Axes = append(c.Axes, axis("last", true, "u", "v", "w"))
	draw := func() (at release.Coord) {
		for a, x := range c.Axes {
			at[a] = int32(r.IntN(len(x.Codes)))
		}
		return at
	}
	for range 60 {
		c.Cells[draw()] = float64(1 + r.IntN(20))
	}
	var moves []release.Move
	for range 1 + r.IntN(6) {
		m := release.Move{A: draw()}
		m.B = m.A
		other := draw()
		for a := range c.Axes {
			if r.IntN(2) == 0 && other[a] != m.A[a] {
				m.B[a], m.Flip = other[a], m.Flip|1<<a
			}
		}
		moves = append(moves, m)
	}
	return c, moves
}

// TestWithheld compares with two worlds: a line is withheld when some move makes another sum of it.
func TestWithheld(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		compareWorlds(t, r)
	}
}

func FuzzWithheld(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { compareWorlds(t, rand.New(rand.NewPCG(seed, 2))) })
}

func compareWorlds(t *testing.T, r *rand.Rand) {
	c, moves := small(r)
	p := &plane{cube: c}
	k := p.question(r)
	if r.IntN(3) == 0 {
		for range c.Axes[0].Codes {
			k.Last = append(k.Last, int32(r.IntN(len(c.Axes[1].Codes)+1))-1)
		}
	}
	want, wantTotal := map[string]bool{}, false
	lines, total := answer(&k, c.Cells)
	for _, m := range moves {
		world := maps.Clone(c.Cells)
		m.Each(func(at release.Coord, sign float64) { world[at] += sign })
		moved, sum := answer(&k, world)
		for name, v := range moved {
			if v != lines[name] {
				want[name] = true
			}
		}
		wantTotal = wantTotal || sum != total
	}
	got, gotTotal := (&release.Mask{Axes: c.Axes, Moves: moves}).Withheld(&k)
	if !maps.Equal(got, want) || gotTotal != wantTotal {
		t.Fatalf("question %+v, moves %+v: withheld %v (total %v), want %v (total %v)", k, moves, got, gotTotal, want, wantTotal)
	}
}

// TestSameMoves: the same counts give the same moves, in whatever order maps are walked.
func TestSameMoves(t *testing.T) {
	for seed := range uint64(12) {
		var first []release.Move
		for range 4 {
			tr := newTerritory(seed, 14)
			moves := release.Protect(tr.whole, tr.rule, nil, nil)
			if first == nil {
				first = moves
			}
			if !reflect.DeepEqual(moves, first) {
				t.Fatalf("seed %d (%s): other moves for the same counts", seed, tr.kind)
			}
		}
	}
}

// TestZerosStay: a cell that holds nobody is never moved.
func TestZerosStay(t *testing.T) {
	for seed := range uint64(18) {
		tr := newTerritory(seed, 14)
		for _, m := range release.Protect(tr.whole, tr.rule, nil, nil) {
			m.Each(func(at release.Coord, _ float64) {
				if tr.whole.Cells[at] == 0 {
					t.Fatalf("seed %d (%s): a move touches %v, which holds nobody", seed, tr.kind, at)
				}
			})
		}
	}
}

// TestStep: counts move by whole floors, stay near the truth, and never become small.
func TestStep(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		floor, hidden := float64(2+r.IntN(10)), r.IntN(2) == 0
		start := float64(r.IntN(60))
		shown, now := start, start
		for range 100 {
			now = max(0, now+float64(r.IntN(9)-4))
			shown = release.Step(shown, now, floor, hidden)
			switch d := (shown - start) / floor; {
			case d != float64(int(d)):
				t.Fatalf("from %v to %v: no whole number of floors of %v", start, shown, floor)
			case shown < floor && shown != start && start != 0 && shown < start:
				t.Fatalf("from %v to %v: small under a floor of %v", start, shown, floor)
			case shown > 2*floor && (shown-now >= floor || now-shown >= floor):
				t.Fatalf("%v is shown for %v, too far for a floor of %v", shown, now, floor)
			}
		}
	}
}

func benchCube(schools int, event bool) *release.Cube {
	r := rand.New(rand.NewPCG(7, uint64(schools)))
	if !event {
		return pupils(r, schools, 1, 0.25).whole
	}
	return eventsOf(r, schools, 12)
}

func BenchmarkProtectPupils500(b *testing.B) { benchProtect(b, benchCube(500, false), 5) }
func BenchmarkProtectEvents500(b *testing.B) { benchProtect(b, benchCube(500, true), 10) }

func benchProtect(b *testing.B, c *release.Cube, floor float64) {
	for b.Loop() {
		release.Protect(c, release.Rule{Floor: floor, Dominance: 0.85}, nil, nil)
	}
}

func BenchmarkWithheld500(b *testing.B) {
	c := benchCube(500, true)
	m := &release.Mask{Axes: c.Axes, Moves: release.Protect(c, release.Rule{Floor: 10}, nil, nil)}
	b.ReportMetric(float64(len(m.Moves)), "moves")
	for _, ways := range [][]int{{byNone, byNone, byMember}, {byMember, byNone, byNone}, {byMember, byNone, byMember}} {
		k := ask(c.Axes, ways)
		b.Run(fmt.Sprint(ways), func(b *testing.B) {
			for b.Loop() {
				m.Withheld(&k)
			}
		})
	}
}
