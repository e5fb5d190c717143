package release_test

import "belvedere/internal/territory/release"

// What other tools do, to measure ours beside it. Primary suppression hides each small figure of the
// lattice and nothing else. Greedy secondary suppression then looks at one line at a time: where one
// figure alone is hidden among a total and what it adds, the smallest of the others is hidden too.

// primary tells which figures of the lattice it shows.
func (p *plane) primary(rule release.Rule) []bool {
	shown := make([]bool, len(p.figures))
	rest := map[[2]any]float64{}
	if p.cube.Whole != nil {
		w := newPlane(&release.Cube{Axes: p.cube.Axes, Cells: p.cube.Whole})
		for _, f := range w.figures {
			rest[[2]any{f.table, f.line}] = f.value
		}
	}
	for i, f := range p.figures {
		shown[i] = !rule.Small(f.value)
		if p.cube.Whole != nil && rule.Small(rest[[2]any{f.table, f.line}]-f.value) {
			shown[i] = false
		}
	}
	return shown
}

// greedy hides more, until no line has exactly one hidden figure.
func (p *plane) greedy(rule release.Rule) []bool {
	shown := p.primary(rule)
	lines := p.lines()
	for again := true; again; {
		again = false
		for _, line := range lines {
			hidden, best := 0, -1
			for k, i := range line {
				switch {
				case !shown[i]:
					hidden++
				case k > 0 && (best < 0 || p.figures[i].value < p.figures[best].value):
					best = i
				}
			}
			if best < 0 {
				best = line[0]
			}
			if hidden == 1 && shown[best] {
				shown[best], again = false, true
			}
		}
	}
	return shown
}

// lines are the equations of the lattice: a total, then what it adds along one axis.
func (p *plane) lines() [][]int {
	place := map[[2]any]int{}
	tables := map[string]int{}
	for i, t := range p.tables {
		tables[key(t.ways)] = i
	}
	for i, f := range p.figures {
		place[[2]any{f.table, f.line}] = i
	}
	var out [][]int
	for number, t := range p.tables {
		for a, way := range t.ways {
			if way == byMember || !p.cube.Axes[a].Sum {
				continue
			}
			finer := []int{byMember}
			if way == byNone {
				for g := range p.cube.Axes[a].Groups {
					finer = append(finer, g)
				}
			}
			for _, f := range finer {
				ways := append([]int(nil), t.ways...)
				ways[a] = f
				out = append(out, p.children(number, tables[key(ways)])...)
			}
		}
	}
	return out
}

func key(ways []int) string {
	var b []byte
	for _, w := range ways {
		b = append(b, byte(w+2))
	}
	return string(b)
}

// children groups the figures of a finer table below those of a coarser one, by their cells.
func (p *plane) children(coarse, fine int) [][]int {
	holder := map[int]int{} // by cell: the coarse figure
	lines := map[int][]int{}
	var order []int
	for i, f := range p.figures {
		if f.table == coarse {
			lines[i] = []int{i}
			order = append(order, i)
			for _, c := range f.cells {
				holder[c] = i
			}
		}
	}
	covered := map[int]float64{}
	for i, f := range p.figures {
		if f.table != fine {
			continue
		}
		if h, ok := holder[f.cells[0]]; ok {
			lines[h] = append(lines[h], i)
			covered[h] += f.value
		}
	}
	var out [][]int
	for _, i := range order {
		if len(lines[i]) > 1 && covered[i] == p.figures[i].value {
			out = append(out, lines[i])
		}
	}
	return out
}
