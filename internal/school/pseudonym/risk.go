package pseudonym

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// A Risk says how well persons hide among others who look alike in the columns that leave (k-anonymity). All that
// is said of a person counts: the whole of his or her rows.
type Risk struct {
	Rows     int64  `json:"lignes"`
	People   int64  `json:"personnes"`
	Named    bool   `json:"nommees,omitempty"`  // the rows name persons: there is nothing to measure
	Smallest int64  `json:"plus_petit"`         // size of the smallest group of persons alike
	Unique   int64  `json:"uniques"`            // persons who are like nobody else
	Few      int64  `json:"peu"`                // persons in groups of fewer than five
	Mend     []Mend `json:"remedes,omitempty"`  // by which most would hide: the three columns that tell most, how to take each
	Partial  bool   `json:"partielle,omitzero"` // too many rows to be measured before
}

// A Mend would leave fewer persons unique: a column taken in a coarser way, or left out.
type Mend struct {
	Column string `json:"colonne"`
	Label  string `json:"libelle"`
	Way    Coarse `json:"finesse,omitempty"` // AsItIs: the column is left out
	Unique int64  `json:"uniques"`           // persons still unique with it
}

// Share is the part of the persons who are unique.
func (r Risk) Share() float64 {
	if r.People == 0 {
		return 0
	}
	return float64(r.Unique) / float64(r.People)
}

// Measure reads the rows of an order and says their risk.
func (s *Service) Measure(ctx context.Context, who belvedere.Viewer, o Order) (_ Risk, err error) {
	defer belvedere.Wrap(&err, "Measure(%s, %s)", o.School, o.Kind)
	p, err := s.plan(who, o, Namer{})
	if err != nil {
		return Risk{}, err
	}
	if err := s.findRare(ctx, p); err != nil {
		return Risk{}, err
	}
	return s.measure(ctx, p)
}

// findRare finds the values that fewer than five persons have, of the columns where they are put together.
func (s *Service) findRare(ctx context.Context, p *plan) error {
	holders := map[int]map[string][]int64{} // by column and value: at most rareUnder persons
	for i, m := range p.makers {
		if m.coarse == Rare && !m.token && p.kind.Space != "" { // rows of nobody are rare for nobody
			holders[i] = map[string][]int64{}
		}
	}
	if len(holders) == 0 {
		return nil
	}
	n := int64(0)
	for row, err := range s.rows(ctx, p) {
		if err != nil {
			return err
		}
		n++
		for i, of := range holders {
			text, _ := row.Values[i].(string)
			who := personOf(row, n)
			if list := of[text]; len(list) < rareUnder && !slices.Contains(list, who) {
				of[text] = append(list, who)
			}
		}
	}
	for i, of := range holders {
		p.makers[i].rare = map[string]bool{}
		for text, list := range of {
			if text != "" && len(list) < rareUnder {
				p.makers[i].rare[text] = true
			}
		}
	}
	return nil
}

// personOf is whose a row is; one of nobody stands for itself.
func personOf(row dossier.Row, number int64) int64 {
	if row.Person == 0 {
		return -number
	}
	return row.Person
}

// mostMended is how many columns an order may have for coarser ways of them to be weighed: each costs memory.
const mostMended = 12

// An alternative is one column taken in another way, or left out.
type alternative struct {
	at    int // of the maker that it takes the place of
	maker *cellMaker
}

// alternatives are those that would make rows coarser.
func (s *Service) alternatives(ctx context.Context, p *plan) (list []alternative, err error) {
	if n, err := s.Source.Count(ctx, machine, p.order.School, p.counted()); err != nil || n.Rows > mostLooked {
		return nil, err
	}
	rare := *p
	rare.makers = nil
	for i, m := range p.makers {
		if m.token { // tells nothing by itself
			continue
		}
		list = append(list, alternative{at: i})
		if len(p.makers) > mostMended {
			continue
		}
		for _, way := range coarser(m.column, m.coarse) {
			other := *m
			other.coarse = way
			list = append(list, alternative{i, &other})
			if way == Rare {
				rare.makers = append(rare.makers, &other)
			}
		}
	}
	if len(rare.makers) > 0 {
		rare.request.Columns = nil
		for _, m := range rare.makers {
			rare.request.Columns = append(rare.request.Columns, m.column.Name)
		}
		err = s.findRare(ctx, &rare)
	}
	return list, err
}

// fineness orders the ways from the finest.
var fineness = map[Coarse]int{AsItIs: 0, Month: 1, Year: 2, AgeBand: 3, Rare: 4, Rounded: 5}

// coarser are the ways of a column, where nobody is named, that say less than one.
func coarser(c *dossier.Column, than Coarse) (list []Coarse) {
	for _, way := range ways(c, false) {
		if fineness[way] > fineness[than] {
			list = append(list, way)
		}
	}
	return list
}

// measure groups persons by all that leaves of them, and again with each alternative.
func (s *Service) measure(ctx context.Context, p *plan) (Risk, error) {
	r := Risk{Named: p.order.Names}
	var others []alternative
	if !r.Named {
		var err error
		if others, err = s.alternatives(ctx, p); err != nil {
			return r, err
		}
	}
	seed := maphash.MakeSeed()
	cells := make([]uint64, len(p.makers))
	sums := map[int64][]uint64{} // by person: of what leaves, then with each alternative
	for row, err := range s.rows(ctx, p) {
		if err != nil {
			return r, err
		}
		r.Rows++
		who := personOf(row, r.Rows)
		of := sums[who]
		if of == nil {
			of = make([]uint64, len(others)+1)
			sums[who] = of
		}
		if r.Named {
			continue
		}
		all := uint64(0)
		for i, m := range p.makers {
			if m.token {
				continue
			}
			cells[i] = maphash.Comparable(seed, cell{i, m.cell(row.Values[i])})
			all += cells[i]
		}
		of[0] += maphash.Comparable(seed, all)
		for i, o := range others {
			with := all - cells[o.at]
			if o.maker != nil {
				with += maphash.Comparable(seed, cell{o.at, o.maker.cell(row.Values[o.at])})
			}
			of[i+1] += maphash.Comparable(seed, with)
		}
	}
	r.People = int64(len(sums))
	if r.Named || r.People == 0 {
		return r, nil
	}
	r.Smallest, r.Unique, r.Few = groups(sums, 0)
	r.Mend = mends(p, others, sums, r.Unique)
	return r, nil
}

// mends are what would hide most, by column: how to take it, then without it.
func mends(p *plan, others []alternative, sums map[int64][]uint64, unique int64) (list []Mend) {
	without := map[int]int64{} // by column: persons unique without it, which no coarser way beats
	var columns []int
	by := map[int][]Mend{}
	for i, o := range others {
		_, n, _ := groups(sums, i+1)
		m := Mend{Column: p.makers[o.at].column.Name, Label: p.makers[o.at].column.Label, Unique: n}
		if o.maker == nil {
			without[o.at] = n
			columns = append(columns, o.at)
		} else {
			m.Way = o.maker.coarse
		}
		if n < unique {
			by[o.at] = append(by[o.at], m)
		}
	}
	slices.SortStableFunc(columns, func(a, b int) int { return cmp.Compare(without[a], without[b]) })
	for _, at := range columns[:min(len(columns), 3)] {
		slices.SortStableFunc(by[at], func(a, b Mend) int { return cmp.Compare(b.Unique, a.Unique) })
		list = append(list, by[at]...)
	}
	return list
}

// A cell is a value in its column.
type cell struct {
	column int
	value  any
}

// groups counts persons alike.
func groups(sums map[int64][]uint64, at int) (smallest, unique, few int64) {
	sizes := map[uint64]int64{}
	for _, of := range sums {
		sizes[of[at]]++
	}
	for _, n := range sizes {
		if smallest == 0 || n < smallest {
			smallest = n
		}
		if n == 1 {
			unique++
		}
		if n < rareUnder {
			few += n
		}
	}
	return smallest, unique, few
}
