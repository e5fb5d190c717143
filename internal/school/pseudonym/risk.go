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
	Mend     []Mend `json:"remedes,omitempty"`  // columns by which most would hide, the best first
	Partial  bool   `json:"partielle,omitzero"` // too many rows to be measured before
}

// A Mend is a column that would leave fewer persons unique, were it left out or made coarser.
type Mend struct {
	Column string `json:"colonne"`
	Label  string `json:"libelle"`
	Unique int64  `json:"uniques"` // persons still unique without it
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

// measure groups persons by all that leaves of them, and again without each column.
func (s *Service) measure(ctx context.Context, p *plan) (Risk, error) {
	r := Risk{Named: p.order.Names}
	width := len(p.makers)
	seed := maphash.MakeSeed()
	sums := map[int64][]uint64{} // by person: of all columns, then without each
	for row, err := range s.rows(ctx, p) {
		if err != nil {
			return r, err
		}
		r.Rows++
		who := personOf(row, r.Rows)
		of := sums[who]
		if of == nil {
			of = make([]uint64, width+1)
			sums[who] = of
		}
		if r.Named {
			continue
		}
		all := uint64(0)
		cells := make([]uint64, width)
		for i, m := range p.makers {
			if m.token { // tells nothing by itself
				continue
			}
			cells[i] = maphash.Comparable(seed, cell{i, m.cell(row.Values[i])})
			all += cells[i]
		}
		of[0] += maphash.Comparable(seed, all)
		for i, c := range cells {
			of[i+1] += maphash.Comparable(seed, all-c)
		}
	}
	r.People = int64(len(sums))
	if r.Named || r.People == 0 {
		return r, nil
	}
	r.Smallest, r.Unique, r.Few = groups(sums, 0)
	for i, m := range p.makers {
		if m.token {
			continue
		}
		if _, unique, _ := groups(sums, i+1); unique < r.Unique {
			r.Mend = append(r.Mend, Mend{Column: m.column.Name, Label: m.column.Label, Unique: unique})
		}
	}
	slices.SortStableFunc(r.Mend, func(a, b Mend) int { return cmp.Compare(a.Unique, b.Unique) })
	r.Mend = r.Mend[:min(len(r.Mend), 3)]
	return r, nil
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
