package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"belvedere"
)

// A person is a guardian, or someone to call.
type person struct {
	id, aaf            int
	woman              bool
	last, usual, first string
	home, mobile, mail string
	sms, news          bool
	address            *address
	contact            bool // no guardian: someone to call
	extra              bool // entered by mistake
	profession         string
}

// A link is what a person is to a pupil.
type link struct {
	pupil           *pupil
	person          *person
	level           int
	kin             string
	pays, here, due bool // pays the fees; the pupil lives there; is called first
}

type address struct {
	id     int
	street string
	town   town
}

// ids of the people of a school begin where no other school's do.
func (c *campus) idOf(kind, n int) int { return kind*1_000_000 + c.s.index*10_000 + n }

// The kinds of ids.
const (
	pupilID = iota + 3
	personID
	addressID
	pupilAAF
	personAAF
	staffAAF
)

// cast hands out names that no two people of a school share.
type cast struct {
	r    *rand.Rand
	seen map[string]bool
}

func (k *cast) one(list []string) string { return list[k.r.IntN(len(list))] }

func (k *cast) name(last string, firsts []string) string {
	for {
		first := k.one(firsts)
		if key := plain(last + " " + first); !k.seen[key] {
			k.seen[key] = true
			return first
		}
	}
}

// families gives pupils names, births, homes and guardians: as many guardians as are delivered.
func (c *campus) families() {
	r := c.random("families")
	order := r.Perm(len(c.pupils))
	var homes [][]*pupil
	for i := 0; i < len(order); {
		size := 1
		if d := r.Float64(); d < 0.01 {
			size = 3
		} else if d < 0.13 {
			size = 2
		}
		var home []*pupil
		for ; size > 0 && i < len(order); size, i = size-1, i+1 {
			home = append(home, c.pupils[order[i]])
		}
		homes = append(homes, home)
	}
	parents := c.s.population(c.w, c.year).parents
	couples := min(len(homes), max(0, parents-len(homes)))
	k := &cast{r, c.names}
	for i, n := range r.Perm(len(homes)) {
		c.family(k, homes[n], i < couples)
	}
	c.number()
}

// family makes one household.
func (c *campus) family(k *cast, home []*pupil, couple bool) {
	last := k.one(surnames)
	at := c.newAddress(k)
	births := map[string]time.Time{}
	for _, p := range home {
		firsts := boyNames
		if p.girl {
			firsts = girlNames
		}
		p.last, p.first, p.address = last, k.name(last, firsts), at
		if k.r.Float64() < 0.4 {
			p.middle = k.one(firsts)
		}
		p.repeat = k.r.Float64() < 0.02
		b, twin := births[p.level]
		if !twin {
			y := int(c.year) - p.formation.age
			if p.repeat {
				y--
			}
			b = belvedere.Date(y, time.January, 1).AddDate(0, 0, k.r.IntN(365))
			births[p.level] = b
		}
		p.birth = b
	}
	woman := k.r.Float64() < 0.6 || !couple && k.r.Float64() < 0.7
	one := c.newPerson(k, last, woman, at)
	c.tie(home, one, true)
	if couple {
		c.other(k, home, last, one)
	}
	if k.r.Float64() < 0.02 {
		elder := c.newPerson(k, last, k.r.IntN(2) == 0, c.newAddress(k))
		elder.contact = true
		for _, p := range home {
			c.links = append(c.links, link{pupil: p, person: elder, level: 3, kin: "38"})
		}
	}
}

// other adds the second guardian of a household, who may live elsewhere or bear another name.
func (c *campus) other(k *cast, home []*pupil, last string, one *person) {
	woman := !one.woman
	if k.r.Float64() < 0.02 {
		woman = one.woman
	}
	at := one.address
	if k.r.Float64() < 0.17 {
		at = c.newAddress(k)
	}
	name := last
	if k.r.Float64() < 0.35 || at != one.address {
		name = k.one(surnames)
	}
	two := c.newPerson(k, name, woman, at)
	if at == one.address {
		two.home = one.home
		if woman && name != last && k.r.Float64() < 0.3 {
			two.usual = last
		}
	}
	c.tie(home, two, false)
}

// tie links a guardian to the pupils of a household.
func (c *campus) tie(home []*pupil, p *person, first bool) {
	kin := "20"
	if p.woman {
		kin = "10"
	}
	for _, child := range home {
		c.links = append(c.links, link{pupil: child, person: p, level: 1, kin: kin, pays: first, here: p.address == child.address, due: first})
	}
}

func (c *campus) newAddress(k *cast) *address {
	near := c.s.town
	if k.r.Float64() < 0.3 {
		near = towns[k.r.IntN(len(towns))]
	}
	a := &address{town: near}
	for a.street == "" || k.seen[a.street+a.town.name] { // a household each
		a.street = fmt.Sprintf("%d %s", 1+k.r.IntN(160), moreStreets[k.r.IntN(len(moreStreets))])
	}
	k.seen[a.street+a.town.name] = true
	c.addresses = append(c.addresses, a)
	a.id = c.idOf(addressID, len(c.addresses))
	return a
}

// professions are codes of PCS.
var professions = []string{"10", "21", "22", "23", "31", "33", "34", "37", "38", "42", "43", "45", "46", "47", "48", "52", "53", "54", "55", "56", "62", "63", "65", "67", "68", "69", "85", "99"}

// newPerson makes a person who can be reached at numbers and addresses that are nobody's.
func (c *campus) newPerson(k *cast, last string, woman bool, at *address) *person {
	firsts := menNames
	if woman {
		firsts = womenNames
	}
	p := &person{woman: woman, last: last, first: k.name(last, firsts), address: at, sms: k.r.Float64() < 0.8, news: k.r.Float64() < 0.6,
		profession: professions[k.r.IntN(len(professions))]}
	c.persons = append(c.persons, p)
	n := len(c.persons)
	p.id, p.aaf = c.idOf(personID, n), c.idOf(personAAF, n)
	place := 0 // of the school among those with files: no two people share a number
	for i, index := range withFiles {
		if index == c.s.index {
			place = i
		}
	}
	line := place*3000 + n
	if k.r.Float64() < 0.95 {
		p.mobile = fmt.Sprintf("+336399%05d", 80_000+line%10_000)
	}
	if k.r.Float64() < 0.35 {
		p.home = fmt.Sprintf("+3319900%04d", line%10_000)
	}
	if k.r.Float64() < 0.9 {
		p.mail = fmt.Sprintf("%s%d@courriel.example", mailbox(p.first, p.last), line)
	}
	return p
}

// number gives pupils the numbers of the register, in the order of the divisions.
func (c *campus) number() {
	r := c.random("ine")
	for i, p := range c.pupils {
		p.id, p.aaf, p.number = c.idOf(pupilID, i+1), c.idOf(pupilAAF, i+1), 1201+i
		p.ine = fmt.Sprintf("99%02d%05d%c%c", c.s.index, i+1, 'A'+r.IntN(26), 'A'+r.IntN(26))
	}
}
