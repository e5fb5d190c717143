package release

import "slices"

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
func (p *protector) dominated(t *cut) {
	if t.shape[0] == byMember {
		return
	}
	schools := p.bySchool(t)
	sums := make([]leaders, t.count)
	all := make([]bool, schools.count)
	for n, v := range schools.sum {
		all[n] = v > 0
	}
	for n, cells := range p.inCells(schools, all) {
		if len(cells) == 0 {
			continue
		}
		if at := p.node(t, cells[0]); at >= 0 {
			sums[at].take(schools.sum[n], schools.hidden[n] > 0)
		}
	}
	want := make([]bool, t.count)
	for n, l := range sums {
		want[n] = (l.hidden[0] || l.hidden[1]) && l.first+l.second > p.rule.Dominance*l.all
	}
	p.protect(t, want)
}

// bySchool is the table that shows the schools of which another shows sums.
func (p *protector) bySchool(t *cut) *cut {
	way := append(shape{byMember}, t.shape[1:]...)
	return p.tables[slices.IndexFunc(p.tables, func(o *cut) bool { return slices.Equal(o.shape, way) })]
}
