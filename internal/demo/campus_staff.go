package demo

import (
	"cmp"
	"slices"
	"time"

	"belvedere"
)

// plan opens the services of each division.
func (c *campus) plan() {
	for _, d := range c.divisions {
		for _, t := range d.formation.whole {
			d.teach(t.subject, t.half)
		}
	}
}

// services are all of them, those of bars first.
func (c *campus) services() []*service {
	var out []*service
	for _, b := range c.bars {
		out = append(out, b...)
	}
	for _, d := range c.divisions {
		out = append(out, d.services...)
	}
	return out
}

// employ takes on the staff that deliveries count, and gives each teacher services.
func (c *campus) employ() {
	p := c.s.population(c.w, c.year)
	k := &cast{c.random("staff"), c.names}
	counts := c.posts(p.teachers)
	for _, code := range c.disciplines() {
		for range counts[code] {
			c.hire(k, "ENS", "enseignants").discipline = code
		}
	}
	c.share()
	for i := range p.admin {
		c.hire(k, []string{"DIR", "DIR", "ADF"}[min(i, 2)], "personnels")
	}
	for i := range p.life {
		c.hire(k, []string{"EDU", "EDU", "AED"}[min(i, 2)], "personnels")
	}
	for range p.aides {
		c.hire(k, "AEH", "accompagnants")
	}
	for i := range p.others {
		c.hire(k, []string{"DOC", "ORI", "-"}[min(i, 2)], "")
	}
	c.heads()
}

func (c *campus) hire(k *cast, function, profile string) *employee {
	woman := k.r.Float64() < 0.62
	firsts := menNames
	if woman {
		firsts = womenNames
	}
	last := k.one(surnames)
	e := &employee{woman: woman, last: last, first: k.name(last, firsts), function: function, profile: profile,
		birth: belvedere.Date(int(c.year)-26-k.r.IntN(37), time.January, 1).AddDate(0, 0, k.r.IntN(365))}
	c.staff = append(c.staff, e)
	n := len(c.staff)
	e.id, e.aaf = 20_000+c.s.index*200+n, c.idOf(staffAAF, n)
	return e
}

// disciplines are those that the services need, in a fixed order.
func (c *campus) disciplines() []string {
	var out []string
	for _, s := range c.services() {
		if !slices.Contains(out, s.subject.discipline) {
			out = append(out, s.subject.discipline)
		}
	}
	slices.Sort(out)
	return out
}

// posts shares the teachers out between disciplines by their hours: enough for the groups of a bar,
// and none with more than twenty hours.
func (c *campus) posts(teachers int) map[string]int {
	half, out := map[string]int{}, map[string]int{}
	for _, s := range c.services() {
		half[s.subject.discipline] += s.half
	}
	codes := c.disciplines()
	for _, code := range codes {
		out[code] = (half[code] + 39) / 40
		for _, b := range c.bars {
			n := 0
			for _, s := range b {
				if s.subject.discipline == code {
					n++
				}
			}
			out[code] = max(out[code], n)
		}
		teachers -= out[code]
	}
	for ; teachers > 0; teachers-- {
		most := slices.MaxFunc(codes, func(a, b string) int { return cmp.Compare(half[a]*out[b], half[b]*out[a]) })
		out[most]++
	}
	return out
}

// share gives each service the teacher of its discipline who has fewest hours; in a bar, nobody twice.
func (c *campus) share() {
	give := func(s *service, busy []*employee) *employee {
		var best *employee
		for _, e := range c.staff {
			if e.discipline == s.subject.discipline && !slices.Contains(busy, e) && (best == nil || e.half < best.half) {
				best = e
			}
		}
		s.teacher = best
		best.half += s.half
		return best
	}
	for _, b := range c.bars {
		var busy []*employee
		for _, s := range b {
			busy = append(busy, give(s, busy))
		}
	}
	var rest []*service
	for _, d := range c.divisions {
		rest = append(rest, d.services...)
	}
	slices.SortStableFunc(rest, func(a, b *service) int { return b.half - a.half })
	for _, s := range rest {
		give(s, nil)
	}
}

// heads names a head teacher for each division: one of its teachers, who is head of no other.
func (c *campus) heads() {
	for _, d := range c.divisions {
		for _, s := range d.services {
			if s.teacher.head == nil {
				s.teacher.head = d
				break
			}
		}
	}
}

func (e *employee) title() string {
	if e.woman {
		return "Mme"
	}
	return "M."
}
