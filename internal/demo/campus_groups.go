package demo

import (
	"fmt"
	"slices"
)

// neighbours cuts the divisions of a formation into runs of about n that share their bars.
func (c *campus) neighbours(f *formation, n int) [][]*structure {
	var list []*structure
	for _, d := range c.divisions {
		if d.formation == f {
			list = append(list, d)
		}
	}
	var out [][]*structure
	for runs := max(1, len(list)/n); runs > 0; runs-- {
		size := (len(list) + runs - 1) / runs
		out = append(out, list[:size:size])
		list = list[size:]
	}
	return out
}

// choose gives pupils their options, and makes the groups in which these are taught.
func (c *campus) choose() {
	for _, p := range c.pupils {
		p.options = append(p.options, choice{subjects["AGL1"], required})
	}
	for _, f := range c.formations {
		for i, run := range c.neighbours(f, 2) {
			if f.language.half > 0 {
				c.languages(f, i, run)
			}
			if f.latin > 0 {
				c.latin(f, i, run)
			}
		}
		for i, run := range c.neighbours(f, 4) {
			c.specialities(f, i, run)
		}
	}
	for _, p := range c.pupils { // options that are required come first, whatever was drawn first
		slices.SortStableFunc(p.options, func(a, b choice) int { return optionRank(a) - optionRank(b) })
	}
}

func optionRank(o choice) int {
	if o.mode == optional {
		return 1
	}
	return 0
}

// group makes a group of a run of divisions.
func (c *campus) group(f *formation, short string, run, number int, divisions []*structure) *structure {
	s := subjects[short]
	name := short
	if short == "LCALA" {
		name = "LAT"
	} else if short == "ESP2" || short == "ALL2" {
		name = short[:3]
	}
	g := &structure{code: fmt.Sprintf("%s%s%c%d", f.initial, name, 'A'+run, number), label: fmt.Sprintf("%s GR %c%d", s.short, 'A'+run, number),
		group: true, formation: f, divisions: divisions}
	if len(f.initial) > 1 { // eight characters at most
		g.code = fmt.Sprintf("%c%s%c%d", f.initial[0], name, 'A'+run, number)
	}
	c.groups = append(c.groups, g)
	return g
}

func (g *structure) join(p *pupil) {
	g.pupils = append(g.pupils, p)
	p.groups = append(p.groups, g)
}

// languages opens the bar of the second language of a run: groups of one language are taught
// beside those of the other.
func (c *campus) languages(f *formation, run int, divisions []*structure) {
	r := c.random("language", f.level, run)
	takers := map[string][]*pupil{}
	for _, d := range divisions {
		for _, p := range d.pupils {
			short := "ESP2"
			if r.Float64() < 0.28 {
				short = "ALL2"
			}
			takers[short] = append(takers[short], p)
			p.options = append(p.options, choice{subjects[short], required})
		}
	}
	var together []*service
	for _, short := range collegeBars {
		list := takers[short]
		n := (len(list) + 29) / 30
		for i := range n {
			g := c.group(f, short, run, i+1, divisions)
			for _, p := range list[i*len(list)/n : (i+1)*len(list)/n] {
				g.join(p)
			}
			together = append(together, g.teach(short, f.language.half))
		}
	}
	c.bars = append(c.bars, together)
}

// latin is taken by a few of each run.
func (c *campus) latin(f *formation, run int, divisions []*structure) {
	r := c.random("latin", f.level, run)
	var g *structure
	for _, d := range divisions {
		for _, p := range d.pupils {
			if r.Float64() > 0.17 {
				continue
			}
			if g == nil {
				g = c.group(f, "LCALA", run, 1, divisions)
			}
			g.join(p)
			p.options = append(p.options, choice{subjects["LCALA"], optional})
		}
	}
	if g != nil {
		c.bars = append(c.bars, []*service{g.teach("LCALA", f.latin)})
	}
}

// specialities opens the bars of a lycée: each pupil takes one group of each bar, and no subject twice.
func (c *campus) specialities(f *formation, run int, divisions []*structure) {
	r := c.random("special", f.level, run)
	groups := make([][]*structure, len(f.special))
	for i, b := range f.special {
		var together []*service
		for _, short := range b {
			g := c.group(f, short, run, i+1, divisions)
			groups[i] = append(groups[i], g)
			together = append(together, g.teach(short, f.specialHalf))
		}
		c.bars = append(c.bars, together)
	}
	if len(f.special) == 0 {
		return
	}
	for _, d := range divisions {
		for _, p := range d.pupils {
			for i, b := range f.special {
				at := c.emptiest(r.IntN(len(b)), p, groups[i], b)
				groups[i][at].join(p)
				p.options = append(p.options, choice{subjects[b[at]], required})
			}
		}
	}
}

// emptiest is a group of a bar that has room and whose subject the pupil has not: the one drawn
// when it will do, the smallest else.
func (c *campus) emptiest(drawn int, p *pupil, groups []*structure, b bar) int {
	has := func(short string) bool {
		return slices.ContainsFunc(p.options, func(o choice) bool { return o.short == short })
	}
	if !has(b[drawn]) && len(groups[drawn].pupils) < 34 {
		return drawn
	}
	best := -1
	for i, g := range groups {
		if !has(b[i]) && (best < 0 || len(g.pupils) < len(groups[best].pupils)) {
			best = i
		}
	}
	return best
}

func (g *structure) teach(short string, half int) *service {
	s := &service{of: g, subject: subjects[short], half: half}
	g.services = append(g.services, s)
	return s
}
