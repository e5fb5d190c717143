package report

import (
	"math/big"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/gap"
)

// A number typed from a paper is looked for among the figures that one or two changes of the other
// side give: another edition, another date, another population, without a filter, the sum of the
// lines. The bounds keep the search within the cost of an explanation.
const (
	mostTriedEditions    = 5
	mostTriedPopulations = 8
	mostTriedQuestions   = 9
)

// A trial is a figure that a typed number may be.
type trial struct {
	figure  gap.Figure
	changes int
	cell    belvedere.Cell
	off     *big.Rat // the typed number less the figure as it would be printed
	held    *big.Rat // of a sum of lines: what it lacks of the total
}

// explainTyped finds the figure that a typed number is, or the nearest, and explains the gap to it.
func (b *gapBuilder) explainTyped() error {
	typed, known := b.view.A, b.view.B
	if known.Typed != nil {
		typed, known = known, typed
	}
	if !known.Cell.State.Shown() || typed.Percent && !known.Column.Percent {
		typed.Column, typed.Cell = known.Column, belvedere.Cell{State: belvedere.Value}
		if typed.Percent {
			typed.Column.Percent = true
		}
		b.view.Refused = refusedWhy(b.view.A, b.view.B)
		return nil
	}
	best, others, err := b.search(typed, known)
	if err != nil {
		return err
	}
	typed.Column, typed.Cell, typed.Figure = known.Column, best.cell, best.figure
	typed.Percent = known.Column.Percent
	typed.Exact = exactly(known.Column, best.cell.Value)
	typed.Held = best.held
	typed.Rounding = new(big.Rat).Sub(typed.Shown, best.off)
	typed.Rounding.Sub(typed.Rounding, typed.Exact).Sub(typed.Rounding, typed.Held)
	b.view.Residual.Set(best.off)
	if typed == b.view.A {
		b.view.Residual.Neg(best.off)
	}
	b.noteTrial(typed, best, others)
	return b.explain()
}

// noteTrial says which figure a typed number is taken for.
func (b *gapBuilder) noteTrial(typed *GapSide, best trial, others int) {
	words := b.figureWords(&GapSide{Figure: best.figure})
	if best.held.Sign() != 0 {
		words += ", somme des lignes affichées"
	}
	typed.Words = "nombre donné, lu comme" + belvedere.NoBreak + ": " + words
	note := "Le nombre donné est retrouvé exactement" + belvedere.NoBreak + ": " + words + "."
	switch {
	case best.off.Sign() != 0 && best.changes == 0:
		note = "Aucun des changements essayés (édition, date, population, filtre, somme des lignes) ne redonne ce nombre ni ne s’en approche."
	case best.off.Sign() != 0:
		note = "Aucun des changements essayés (édition, date, population, filtre, somme des lignes) ne redonne ce nombre. Le plus proche" + belvedere.NoBreak + ": " + words + "."
	case others > 0:
		note += " " + belvedere.Plural(others, "autre changement le redonne", "autres changements le redonnent") + " aussi" + belvedere.NoBreak + ": c’est le plus simple qui est retenu, vérifiez-le."
	}
	b.view.Notes = append(b.view.Notes, note)
}

// search tries changes of a figure, one at a time and then two, and gives the trial whose printed
// form is the typed number, or the nearest; others is how many more give it.
func (b *gapBuilder) search(typed, known *GapSide) (best trial, others int, err error) {
	trials := []trial{}
	keep := func(list []trial) {
		for _, t := range list {
			if t.cell.State.Shown() {
				printed := new(big.Rat).Add(gap.Rounded(exactly(known.Column, t.cell.Value), typed.Decimals), t.held)
				t.off = printed.Sub(typed.Shown, printed)
				trials = append(trials, t)
			}
		}
	}
	contexts, err := b.contexts(known.Figure)
	if err != nil {
		return best, 0, err
	}
	sum, err := b.sumTrial(known)
	if err != nil {
		return best, 0, err
	}
	keep(sum)
	for i, c := range contexts {
		if i >= mostTriedQuestions || c.changes > 1 && found(trials, 1) > 0 {
			break
		}
		list, err := b.inners(c)
		if err != nil {
			return best, 0, err
		}
		keep(list)
	}
	slices.SortStableFunc(trials, func(x, y trial) int {
		if c := new(big.Rat).Abs(x.off).Cmp(new(big.Rat).Abs(y.off)); c != 0 {
			return c
		}
		return x.changes - y.changes
	})
	best = trials[0]
	if best.off.Sign() == 0 {
		others = found(trials, best.changes) - 1
	}
	return best, others, nil
}

// found counts the trials of at most some changes that give the number.
func found(trials []trial, changes int) (n int) {
	for _, t := range trials {
		if t.changes <= changes && t.off.Sign() == 0 {
			n++
		}
	}
	return n
}

// sumTrial is the sum of the schools as they are shown, where it is not the total.
func (b *gapBuilder) sumTrial(known *GapSide) ([]trial, error) {
	if known.Column.Percent || known.Column.Rate || len(known.Figure.Lines) > 0 {
		return nil, nil
	}
	b.bySchool = true
	worlds, err := b.worlds(known.Figure, known.Figure, nil, nil)
	b.bySchool = false
	if err != nil || !worlds[0].cell.State.Shown() || worlds[0].schools == nil || !b.additiveOf(known.Figure) {
		return nil, err
	}
	held := new(big.Rat).Neg(worlds[0].value(known.Column))
	for _, c := range worlds[0].schools {
		if c.State.Shown() {
			held.Add(held, shownAs(known.Column, c.Value))
		}
	}
	if held.Sign() == 0 {
		return nil, nil
	}
	return []trial{{figure: known.Figure, changes: 1, cell: worlds[0].cell, held: held}}, nil
}

// contexts are a figure as it is, then with one outer change, then with two.
func (b *gapBuilder) contexts(f gap.Figure) ([]trial, error) {
	editions, err := b.editionsToTry(f)
	if err != nil {
		return nil, err
	}
	var changes []func(gap.Figure) gap.Figure
	for _, e := range editions {
		changes = append(changes, func(f gap.Figure) gap.Figure { f.Edition = e; return f })
	}
	for _, p := range periodsToTry(f.Period) {
		changes = append(changes, func(f gap.Figure) gap.Figure { f.Period = p; return f })
	}
	var dims []string
	for _, one := range f.Where {
		if outer(gap.Factor{Kind: gap.Filter, Dim: one.Dim}) || one.Dim == "etablissement" {
			if !slices.Contains(dims, one.Dim) {
				dims = append(dims, one.Dim)
			}
		}
	}
	for _, dim := range dims {
		changes = append(changes, func(f gap.Figure) gap.Figure { return without(f, dim) })
	}
	out := []trial{{figure: f}}
	for _, change := range changes {
		out = append(out, trial{figure: change(f).Normal(), changes: 1})
	}
	for i, one := range changes {
		for _, two := range changes[i+1:] {
			both := two(one(f)).Normal()
			if len(gap.Factors(f, both)) == 2 {
				out = append(out, trial{figure: both, changes: 2})
			}
		}
	}
	return out, nil
}

// without takes the filters on a dimension away.
func without(f gap.Figure, dim string) gap.Figure {
	f.Where = slices.DeleteFunc(slices.Clone(f.Where), func(one belvedere.Filter) bool { return one.Dim == dim })
	f.Lines = slices.DeleteFunc(slices.Clone(f.Lines), func(line string) bool { return line == dim })
	return f
}

// periodsToTry are the same period a year before, the whole school year, and the month before.
func periodsToTry(p belvedere.Period) []belvedere.Period {
	out := []belvedere.Period{{Kind: belvedere.FreeRange, From: p.From.AddDate(-1, 0, 0), To: p.To.AddDate(-1, 0, 0)}}
	if !p.WholeYear() {
		year := p.Year()
		out = append(out, belvedere.Period{Kind: belvedere.FreeRange, From: year.First(), To: year.End()})
	}
	if p.WholeMonths() && p.From.AddDate(0, 1, 0).Equal(p.To) {
		out = append(out, belvedere.Period{Kind: belvedere.FreeRange, From: p.From.AddDate(0, -1, 0), To: p.From})
	}
	return out
}

// editionsToTry are those near the one of a figure at which a delivery changed the data that it
// reads, and the last before each.
func (b *gapBuilder) editionsToTry(f gap.Figure) ([]int, error) {
	changed := map[int]bool{}
	for _, dataset := range b.measured(f) {
		list, _, err := b.r.registry.List(b.ctx, registry.DeliveryFilter{States: []belvedere.DeliveryState{belvedere.Published}, Dataset: dataset}, registry.Page{Limit: mostDeliveries})
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			changed[d.Edition] = true
		}
	}
	var out []int
	for e := range changed {
		if e != f.Edition {
			out = append(out, e)
		}
		if e <= f.Edition && e > 1 && !slices.Contains(out, e-1) {
			out = append(out, e-1)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	slices.SortStableFunc(out, func(x, y int) int { return abs(x-f.Edition) - abs(y-f.Edition) })
	return out[:min(len(out), mostTriedEditions)], nil
}

func abs(n int) int { return max(n, -n) }

// inners are the figures of one context with other populations, and without filters on codes: all
// of them columns of one question.
func (b *gapBuilder) inners(c trial) ([]trial, error) {
	out := []trial{c}
	if c.changes == 0 { // with another change beside it a coincidence is likelier than a cause
		for _, code := range b.populations(c.figure) {
			f := c.figure
			f.Indicator = code
			out = append(out, trial{figure: f, changes: c.changes + 1})
		}
	}
	var dims []string
	for _, one := range c.figure.Where {
		if c.changes < 2 && !outer(gap.Factor{Kind: gap.Filter, Dim: one.Dim}) && one.Dim != "etablissement" && !slices.Contains(dims, one.Dim) {
			dims = append(dims, one.Dim)
		}
	}
	for _, t := range slices.Clone(out) {
		for _, dim := range dims {
			if f := without(t.figure, dim); slices.Equal(f.Lines, c.figure.Lines) {
				out = append(out, trial{figure: f.Normal(), changes: t.changes + 1})
			}
		}
	}
	figures := make([]gap.Figure, len(out))
	for i := range out {
		figures[i] = out[i].figure
	}
	worlds, err := b.answer(figures)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].cell, out[i].held = worlds[i].cell, new(big.Rat)
	}
	return out, nil
}

// populations are the other indicators that count the same things in the same datasets.
func (b *gapBuilder) populations(f gap.Figure) []string {
	own := b.r.model.Indicator(f.Indicator)
	if own == nil || f.Rate {
		return nil
	}
	reads := b.measured(f)
	var out []string
	for _, ind := range b.r.model.Indicators {
		if ind == own || ind.Value == nil || ind.Unit != own.Unit || ind.Decimals != own.Decimals || divides(ind.Value) != divides(own.Value) {
			continue
		}
		others := b.measured(gap.Figure{Indicator: ind.Code})
		if len(others) > 0 && !slices.ContainsFunc(others, func(name string) bool { return !slices.Contains(reads, name) }) {
			out = append(out, ind.Code)
		}
	}
	return out[:min(len(out), mostTriedPopulations)]
}
