package report

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/gap"
)

// drill tells each cause school by school: the share of a school is that of its own figures, and
// the shares of all schools add up to the cause, because sharing is linear. What cannot be told
// school by school stays together in Rest. Rates do not add up: their schools are named only.
func (b *gapBuilder) drill(factors []gap.Factor, clusters []gap.World, worlds []gapWorld) error {
	if worlds[0].schools == nil {
		return nil
	}
	adds := !b.view.A.Column.Percent && !b.view.A.Column.Rate && b.additive()
	for _, u := range b.schoolsOf(worlds) {
		figures, known := b.schoolFigures(u, worlds)
		if !known {
			continue
		}
		if figures == nil {
			b.hidden++
			continue
		}
		for i, share := range gap.Shares(gap.Quotient(figures, b.groups)) {
			cause := b.cause(b.groups[i])
			moved := share.Sign() != 0 || !adds && b.differs(figures, i)
			if !moved {
				continue
			}
			school := GapSchool{UAI: u, Name: b.dir.nameOf(u).Label, Amount: share}
			if !adds {
				school.Amount = nil
			}
			if isEdition(cause) {
				school.Move = moveOf(u, worlds, b.groups[i])
			}
			cause.Schools = append(cause.Schools, school)
		}
	}
	for i := range b.view.Causes {
		b.settle(&b.view.Causes[i], adds)
	}
	return b.deliveries(factors)
}

// additive tells whether the figure of a set of schools is the sum of theirs: ratios are not.
func (b *gapBuilder) additive() bool {
	return b.additiveOf(b.view.A.Figure) && b.additiveOf(b.view.B.Figure)
}

func (b *gapBuilder) additiveOf(f gap.Figure) bool {
	ind := b.r.model.Indicator(f.Indicator)
	return ind != nil && !f.Rate && !divides(ind.Value)
}

// divides tells whether an expression divides by something that varies.
func divides(e belvedere.Expr) bool {
	x, ok := e.(belvedere.Binary)
	if !ok {
		return false
	}
	_, fixed := x.R.(belvedere.Number)
	return x.Op == '/' && !fixed || divides(x.L) || divides(x.R)
}

// cause finds the line of a group.
func (b *gapBuilder) cause(group gap.World) *GapCause {
	for i := range b.view.Causes {
		if b.view.Causes[i].group == group {
			return &b.view.Causes[i]
		}
	}
	return &GapCause{}
}

func isEdition(c *GapCause) bool {
	return slices.ContainsFunc(c.Factors, func(f gap.Factor) bool { return f.Kind == gap.Edition })
}

// schoolsOf are the schools that a world names.
func (b *gapBuilder) schoolsOf(worlds []gapWorld) []belvedere.UAI {
	seen := map[belvedere.UAI]bool{}
	var out []belvedere.UAI
	for _, w := range worlds {
		for u := range w.schools {
			if !seen[u] {
				seen[u] = true
				out = append(out, u)
			}
		}
	}
	slices.Sort(out)
	return out
}

// schoolFigures are those of one school in all worlds that the causes need. Where it delivered
// nothing or shares nothing it adds nothing to the whole. Known is false when all are equal, and
// figures nil when one is withheld.
func (b *gapBuilder) schoolFigures(u belvedere.UAI, worlds []gapWorld) (figures []*big.Rat, known bool) {
	values := make([]float64, len(worlds))
	first, moved := true, false
	last := 0.0
	for set := range gap.World(1) << len(b.groups) {
		w := gap.Union(b.groups, set)
		cell := worlds[w].schools[u]
		if cell.State == belvedere.Secret {
			return nil, true
		}
		if cell.State.Shown() {
			values[w] = cell.Value
		}
		moved = moved || !first && values[w] != last
		first, last = false, values[w]
	}
	if !moved {
		return nil, false
	}
	figures = make([]*big.Rat, len(worlds))
	for w, v := range values {
		figures[w] = exactly(b.view.A.Column, v)
	}
	return figures, true
}

// differs tells whether a cause changes the figure of a school in some world.
func (b *gapBuilder) differs(figures []*big.Rat, group int) bool {
	for set := range gap.World(1) << len(b.groups) {
		if set>>group&1 == 0 && figures[gap.Union(b.groups, set)].Cmp(figures[gap.Union(b.groups, set|1<<group)]) != 0 {
			return true
		}
	}
	return false
}

// moveOf says what happened to the data of a school between two editions.
func moveOf(u belvedere.UAI, worlds []gapWorld, group gap.World) string {
	move := ""
	for w := range worlds {
		if gap.World(w)&group != 0 {
			continue
		}
		before, after := worlds[w].schools[u].State.Shown(), worlds[gap.World(w)|group].schools[u].State.Shown()
		if _, listed := worlds[w].schools[u]; !listed {
			before = false
		}
		if _, listed := worlds[gap.World(w)|group].schools[u]; !listed {
			after = false
		}
		switch {
		case before && after:
			return "correction"
		case after && move == "":
			move = "arrivée"
		case before && move == "":
			move = "retrait"
		}
	}
	if move == "" {
		return "correction"
	}
	return move
}

// settle orders the schools of a cause and counts what they leave over.
func (b *gapBuilder) settle(c *GapCause, adds bool) {
	c.Rest = new(big.Rat)
	if c.group == 0 {
		return
	}
	if adds {
		c.Rest.Set(c.Amount)
		for _, s := range c.Schools {
			c.Rest.Sub(c.Rest, s.Amount)
		}
		slices.SortStableFunc(c.Schools, func(x, y GapSchool) int {
			return new(big.Rat).Abs(y.Amount).Cmp(new(big.Rat).Abs(x.Amount))
		})
	}
	switch {
	case c.Rest.Sign() == 0:
	case b.hidden > 0:
		c.RestWhy = "établissements dont le détail est protégé"
	default:
		c.RestWhy = "établissements sans ligne"
	}
}

// mostDeliveries bounds how many deliveries between two editions are looked at one by one.
const mostDeliveries = 400

// deliveries finds, for each school that an edition moved, the deliveries that replaced its data
// between both, and adds up what the same ones moved.
func (b *gapBuilder) deliveries(factors []gap.Factor) error {
	for i := range b.view.Causes {
		c := &b.view.Causes[i]
		if !isEdition(c) || len(c.Schools) == 0 {
			continue
		}
		held, editions, err := b.deliveredBetween()
		if err != nil {
			return err
		}
		at := map[string]int{}
		for j := range c.Schools {
			s := &c.Schools[j]
			s.Deliveries = held[s.UAI]
			key := fmt.Sprint(s.Deliveries)
			n, known := at[key]
			if !known {
				n = len(c.Moves)
				at[key] = n
				c.Moves = append(c.Moves, GapMove{Deliveries: s.Deliveries, Editions: editionsOf(s.Deliveries, editions)})
			}
			m := &c.Moves[n]
			m.Schools++
			if s.Amount != nil {
				if m.Amount == nil {
					m.Amount = new(big.Rat)
				}
				m.Amount.Add(m.Amount, s.Amount)
			}
		}
	}
	return nil
}

func editionsOf(deliveries []int64, editions map[int64]int) []int {
	var out []int
	for _, seq := range deliveries {
		out = append(out, editions[seq])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// deliveredBetween gives the deliveries published between both editions that replaced slices of
// each school in the datasets that the figures read, and the edition of each.
func (b *gapBuilder) deliveredBetween() (map[belvedere.UAI][]int64, map[int64]int, error) {
	from, to := b.view.A.Figure.Edition, b.view.B.Figure.Edition
	if from > to {
		from, to = to, from
	}
	held, editions := map[belvedere.UAI][]int64{}, map[int64]int{}
	for _, dataset := range b.datasets() {
		list, _, err := b.r.registry.List(b.ctx, registry.DeliveryFilter{States: []belvedere.DeliveryState{belvedere.Published}, Dataset: dataset}, registry.Page{})
		if err != nil {
			return nil, nil, err
		}
		list = slices.DeleteFunc(list, func(d belvedere.Delivery) bool { return d.Edition <= from || d.Edition > to })
		for _, d := range list[:min(len(list), mostDeliveries)] {
			editions[d.Seq] = d.Edition
			if err := b.addSlices(b.ctx, held, d.Seq, dataset); err != nil {
				return nil, nil, err
			}
		}
	}
	for u := range held {
		slices.Sort(held[u])
		held[u] = slices.Compact(held[u])
	}
	return held, editions, nil
}

func (b *gapBuilder) addSlices(ctx context.Context, held map[belvedere.UAI][]int64, seq int64, dataset string) error {
	list, err := b.r.registry.Slices(ctx, seq)
	if err != nil {
		return err
	}
	for _, s := range list {
		school, when, _ := strings.Cut(s.Slice, "/")
		if s.Dataset == dataset && b.touches(when) {
			held[belvedere.UAI(school)] = append(held[belvedere.UAI(school)], seq)
		}
	}
	return nil
}

// touches tells whether a slice of a time bears on the period of either side. A stock may take an
// older observation of the school year.
func (b *gapBuilder) touches(when string) bool {
	from, to, ok := spanOfSlice(when)
	if !ok {
		return true // of the register, which has no time
	}
	for _, s := range []*GapSide{b.view.A, b.view.B} {
		if from.Before(s.Figure.Period.To) && belvedere.SchoolYearOf(s.Figure.Period.From).First().Before(to) {
			return true
		}
	}
	return false
}

// datasets are those that both sides read, and the register when it decides which schools count.
func (b *gapBuilder) datasets() []string {
	var out []string
	register := false
	for _, s := range []*GapSide{b.view.A, b.view.B} {
		out = append(out, b.measured(s.Figure)...)
		ind := b.r.model.Indicator(s.Figure.Indicator)
		register = register || ind != nil && ind.Applicable != "" ||
			slices.ContainsFunc(s.Figure.Where, func(f belvedere.Filter) bool { return slices.Contains(attributeDims, f.Dim) })
	}
	for _, d := range b.r.model.Datasets {
		if register && d.Kind == belvedere.Register {
			out = append(out, d.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// measured are the datasets that a figure reads.
func (b *gapBuilder) measured(f gap.Figure) []string {
	ind := b.r.model.Indicator(f.Indicator)
	if ind == nil {
		return nil
	}
	return belvedere.DatasetsOf(ind.Measures(f.Rate))
}
