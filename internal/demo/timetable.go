package demo

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// A lesson is an hour or two of a service, each week or each fortnight.
type lesson struct {
	*service
	frequency string // H, Q1, Q2
	length    int    // hours
	slot      int    // -1: not placed
	room      string

	code   string // of the subject, when the timetable tool writes another
	hollow bool   // a course of the timetable tool without class, subject or room
}

// slots of a week: eight hours a day, four on Wednesdays.
const slots = 36

var (
	dayStarts = [6]int{0, 8, 16, 20, 28, 36}
	dayNames  = [5]string{"lundi", "mardi", "mercredi", "jeudi", "vendredi"}
	clocks    = [8]int{8 * 60, 9 * 60, 10 * 60, 11 * 60, 13*60 + 30, 14*60 + 30, 15*60 + 30, 16*60 + 30}
)

// when is the day (1 is Monday) and the minute at which a slot begins.
func when(slot int) (day, minute int) {
	for d := range 5 {
		if slot < dayStarts[d+1] {
			return d + 1, clocks[slot-dayStarts[d]]
		}
	}
	panic("no such slot")
}

// A unit is what is placed at once: the lessons of a bar, or two that share an hour by fortnights.
type unit struct {
	lessons []*lesson
	needs   []int // who cannot be elsewhere: places of divisions, then of teachers
	length  int
	slot    int // -1 while it is not placed
	ousted  int
}

// timetable places every lesson so that no division and no teacher is twice in an hour, then
// gives rooms.
func (c *campus) timetable() error {
	units := c.units()
	slices.SortStableFunc(units, func(a, b *unit) int { return cmp.Or(len(b.needs)-len(a.needs), b.length-a.length) })
	p := &planner{busy: make([][slots]*unit, len(c.divisions)+len(c.staff)), r: c.random("timetable"),
		most: c.s.rooms() - specialRooms[0].n - 4}
	if err := p.place(units); err != nil {
		return err
	}
	for _, u := range units {
		for _, l := range u.lessons {
			l.slot = u.slot
			c.lessons = append(c.lessons, l)
		}
	}
	slices.SortStableFunc(c.lessons, func(a, b *lesson) int { return cmp.Or(a.slot-b.slot, cmp.Compare(a.of.code, b.of.code)) })
	return c.house()
}

// units cuts the services into what is to be placed.
func (c *campus) units() []*unit {
	var out []*unit
	for _, b := range c.bars {
		for range b[0].half / 2 {
			out = append(out, c.unit(1, "H", b...))
		}
		if b[0].half%2 == 1 {
			out = append(out, c.unit(1, "Q1", b...))
		}
	}
	for _, d := range c.divisions {
		var odd *unit
		for _, s := range d.services {
			hours := s.half / 2
			if s.subject.discipline == "SPORT" {
				for ; hours > 1; hours -= 2 {
					out = append(out, c.unit(2, "H", s))
				}
			}
			for range hours {
				out = append(out, c.unit(1, "H", s))
			}
			switch {
			case s.half%2 == 0:
			case odd == nil:
				odd = c.unit(1, "Q1", s)
				out = append(out, odd)
			default:
				second := c.unit(1, "Q2", s)
				odd.lessons = append(odd.lessons, second.lessons...)
				odd.needs = append(odd.needs, second.needs...)
				odd = nil
			}
		}
	}
	return out
}

func (c *campus) unit(length int, frequency string, services ...*service) *unit {
	u := &unit{length: length, slot: -1}
	for _, s := range services {
		u.lessons = append(u.lessons, &lesson{service: s, frequency: frequency, length: length})
		for _, d := range append(s.of.divisions, s.of) {
			if i := slices.Index(c.divisions, d); i >= 0 && !slices.Contains(u.needs, i) {
				u.needs = append(u.needs, i)
			}
		}
		if s.teacher != nil {
			u.needs = append(u.needs, len(c.divisions)+slices.Index(c.staff, s.teacher))
		}
	}
	return u
}

// A planner places units; one that finds no free slot ousts those that are cheapest to move.
type planner struct {
	busy [][slots]*unit // by who
	load [slots]int     // lessons
	most int            // lessons that there are rooms for
	r    *rand.Rand
}

// mostMoves is after how many moves a planner gives up; a school takes a few thousand.
const mostMoves = 400_000

func (p *planner) place(units []*unit) error {
	queue := slices.Clone(units)
	for moves := 0; len(queue) > 0; moves++ {
		if moves > mostMoves {
			return errors.New("no timetable was found")
		}
		u := queue[0]
		queue = queue[1:]
		slot := p.best(u)
		for _, other := range p.conflicts(u, slot) {
			p.set(other, nil)
			other.ousted++
			other.slot = -1
			queue = append(queue, other)
		}
		u.slot = slot
		p.set(u, u)
	}
	return nil
}

// best is the slot whose conflicts cost least, late hours last; draws settle ties.
func (p *planner) best(u *unit) int {
	best, least := -1, 0.0
	for _, slot := range p.r.Perm(slots) {
		day, _ := when(slot)
		hour := slot - dayStarts[day-1]
		if u.length == 2 && hour%2 == 1 {
			continue
		}
		cost := []float64{.02, 0, 0, 0, 0, 0, .01, .03}[hour]
		for i := slot; i < slot+u.length; i++ {
			if p.load[i]+len(u.lessons) > p.most {
				cost += 100
			}
		}
		for _, other := range p.conflicts(u, slot) {
			cost += float64(len(other.needs)) * float64(1+other.ousted)
		}
		if best < 0 || cost < least {
			best, least = slot, cost
		}
	}
	return best
}

func (p *planner) conflicts(u *unit, slot int) []*unit {
	var out []*unit
	for i := slot; i < slot+u.length; i++ {
		for _, n := range u.needs {
			if other := p.busy[n][i]; other != nil && !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	return out
}

// set marks the hours of a unit.
func (p *planner) set(u, by *unit) {
	for i := u.slot; i < u.slot+u.length; i++ {
		if by == nil {
			p.load[i] -= len(u.lessons)
		} else {
			p.load[i] += len(u.lessons)
		}
		for _, n := range u.needs {
			p.busy[n][i] = by
		}
	}
}

// special rooms by discipline: how many, and how they are called. The rest are ordinary ones.
var specialRooms = []struct {
	discipline, name string
	n                int
}{{"SPORT", "EPS", 9}, {"BIOLO", "SVT", 5}, {"PHYSI", "PHY", 6}, {"TECHN", "TEC", 4}, {"MUSIQ", "MUS", 2}, {"PLAST", "ART", 2}}

// house gives each lesson a room that nobody else has at that hour: one of its kind, else the one
// of its division, else any.
func (c *campus) house() error {
	kinds := map[string][]int{}
	for _, k := range specialRooms {
		for i := range k.n {
			kinds[k.discipline] = append(kinds[k.discipline], len(c.rooms))
			c.rooms = append(c.rooms, fmt.Sprintf("%s%d", k.name, i+1))
		}
	}
	plain := len(c.rooms)
	for i := 0; len(c.rooms) < c.s.rooms(); i++ {
		c.rooms = append(c.rooms, fmt.Sprint(100*(1+i/20)+1+i%20))
	}
	taken := make([][slots]bool, len(c.rooms))
	for _, l := range c.lessons {
		free := func(room int) bool {
			return !taken[room][l.slot] && (l.length == 1 || !taken[room][l.slot+1])
		}
		wanted := kinds[l.subject.discipline]
		if home := slices.Index(c.divisions, l.of); home >= 0 && plain+home < len(c.rooms) {
			wanted = append(slices.Clone(wanted), plain+home)
		}
		for i := len(c.rooms) - 1; i >= specialRooms[0].n; i-- { // a laboratory will do, a gymnasium will not
			wanted = append(wanted, i)
		}
		at := slices.IndexFunc(wanted, free)
		if at < 0 {
			return fmt.Errorf("no room is free for %s of %s", l.subject.short, l.of.code)
		}
		for i := l.slot; i < l.slot+l.length; i++ {
			taken[wanted[at]][i] = true
		}
		l.room = c.rooms[wanted[at]]
	}
	return nil
}
