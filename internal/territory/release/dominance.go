package release

// leaders are the two largest schools of a sum.
type leaders struct {
	first, second, all float64
	hidden             [2]bool
}

// take counts one school.
func (l *leaders) take(v float64, hidden bool) {
	l.all += v
	switch {
	case v > l.first:
		l.second, l.hidden[1] = l.first, l.hidden[0]
		l.first, l.hidden[0] = v, hidden
	case v > l.second:
		l.second, l.hidden[1] = v, hidden
	}
}

// dominated hides the sums over schools of which two make nearly everything while one of them is
// hidden: each of the two would read the other from the sum.
func (p *protector) dominated(s shape) {
	schools := append(shape{byMember}, s[1:]...)
	hidden, done := map[Coord]bool{}, map[Coord]bool{}
	for i, m := range p.moves {
		p.cube.touched(schools, m, hidden)
		if p.wide[i] {
			p.cube.touched(s, m, done)
		}
	}
	sums := map[Coord]*leaders{}
	for node, v := range p.cube.sums(schools, p.cube.Cells) {
		at, ok := p.cube.over(s, node)
		if !ok || v <= 0 {
			continue
		}
		if sums[at] == nil {
			sums[at] = &leaders{}
		}
		sums[at].take(v, hidden[node])
	}
	want := map[Coord]bool{}
	for at, l := range sums {
		if !done[at] && (l.hidden[0] || l.hidden[1]) && l.first+l.second > p.rule.Dominance*l.all {
			want[at] = true
		}
	}
	p.protect(s, want, done)
}

// over is the cell of a table that adds schools, in which a cell by school lies.
func (c *Cube) over(s shape, node Coord) (Coord, bool) {
	if s[0] == byNone {
		node[0] = whole
		return node, true
	}
	node[0] = c.Axes[0].Groups[s[0]].Of[node[0]]
	return node, node[0] >= 0
}
