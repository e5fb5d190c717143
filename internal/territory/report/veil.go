package report

import (
	"context"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/territory/release"
	"belvedere/internal/territory/semantic"
)

// What is said of protected cells. One that holds few persons and one that is hidden to protect
// another look the same, and no text carries a number.
const (
	whySecret = "Chiffre protégé par le secret statistique\u00a0: il concerne trop peu de personnes, ou permettrait d’en retrouver un autre qui en concerne trop peu."
	whyEarly  = "Chiffre protégé, jamais diffusé pour une édition si ancienne."
	whyWaits  = "Données reçues : ce chiffre protégé entre à la prochaine diffusion."
	whyPeriod = "Chiffre protégé\u00a0: il n’est pas diffusé pour cette période, ou pas si finement."
)

// A veil is what the release of an edition says of the columns of an answer.
type veil struct {
	state   *diffusion.State // nil when the edition is older than the first release
	columns []bool           // by column: something in it is protected
	sides   map[*belvedere.ResultRow][][2]float64
	sums    map[*belvedere.ResultRow][]formulaSums // of guarded formulas
}

// veil finds which columns of a plan are protected from a viewer, and makes the plan read them as of
// their release. The own staff of all schools that are asked sees their figures as they are.
func (r *Reporter) veil(ctx context.Context, plan *semantic.Plan, scope belvedere.Scope, edition int) (*veil, error) {
	releases := r.config.Releases
	if releases == nil || edition == 0 || own(scope) {
		return nil, nil
	}
	state, err := releases.At(ctx, edition)
	if err != nil {
		return nil, err
	}
	v := &veil{state: state, columns: make([]bool, len(plan.Columns)), sides: map[*belvedere.ResultRow][][2]float64{}, sums: map[*belvedere.ResultRow][]formulaSums{}}
	for i := range plan.Columns {
		v.columns[i] = slices.ContainsFunc(plan.Guards(i), func(g semantic.Guard) bool {
			return releases.Protects(state, g.Dataset.Name, g.Measure)
		})
	}
	if !slices.Contains(v.columns, true) {
		return nil, nil
	}
	plan.Guard(v.columns, func(dataset, measure string) bool { return releases.Protects(state, dataset, measure) }, func(dataset string) (int, bool) {
		if state == nil || !state.Covers(dataset) {
			return 0, false
		}
		return state.Edition, true
	})
	return v, nil
}

// own tells whether a viewer works in every school that the scope opens.
func own(scope belvedere.Scope) bool {
	if scope.AllSchools || len(scope.Schools) == 0 {
		return false
	}
	return !slices.ContainsFunc(scope.Schools, func(u belvedere.UAI) bool { return !slices.Contains(scope.Own, u) })
}

// guarded tells whether a column is protected.
func (v *veil) guarded(column int) bool { return v != nil && v.columns[column] }

// note keeps the two sides of a guarded ratio.
func (v *veil) note(row *belvedere.ResultRow, column int, values []any) {
	if v.sides[row] == nil {
		v.sides[row] = make([][2]float64, len(v.columns))
	}
	if len(values) > 2 {
		v.noteSums(row, column, values[2:])
	}
	above, _ := values[0].(float64)
	below, _ := values[1].(float64)
	v.sides[row][column] = [2]float64{above, below}
}

// rules names the release for a receipt, "" when nothing in the answer is protected.
func (v *veil) rules() string {
	switch {
	case v == nil:
		return ""
	case v.state == nil:
		return "aucune diffusion"
	}
	return "diffusion " + strconv.Itoa(v.state.Number) + ", édition " + strconv.Itoa(v.state.Edition)
}

// draw withholds the cells of protected columns, and puts what readers were shown in the place of what
// has changed since.
func (v *veil) draw(ctx context.Context, a *answer) error {
	if v == nil {
		return nil
	}
	for i := range a.plan.Columns {
		if !v.columns[i] || a.plan.Columns[i].Expr == nil {
			continue
		}
		if v.state == nil {
			a.eachRow(func(row *belvedere.ResultRow, _ string, _ bool) {
				row.Cells[i] = belvedere.Cell{State: belvedere.NotAvailable, Why: whyEarly}
			})
			continue
		}
		ruling, err := v.judge(ctx, a, i)
		if err != nil {
			return err
		}
		a.eachRow(func(row *belvedere.ResultRow, line string, whole bool) { v.cell(a, i, ruling, row, line, whole) })
	}
	return nil
}

// eachRow calls f with each line and with the totals.
func (a *answer) eachRow(f func(row *belvedere.ResultRow, line string, whole bool)) {
	for line, row := range a.rows {
		f(row, line, false)
	}
	if a.total != nil {
		f(a.total, "", true)
	}
}

// A verdict is what the release says of one column: by line, then over all of them.
type verdict struct {
	secret, unsure, waits    map[string]bool
	totalSecret, totalUnsure bool
	allUnsure                bool
	parts                    []sumPart
}

// A sumPart is one protected sum of a column, with what is held of it.
type sumPart struct {
	guard semantic.Guard
	place int // among the sums of the column
	floor float64
	held  release.Effect
}

// judge asks the masks of each protected sum of a column, year by year.
func (v *veil) judge(ctx context.Context, a *answer, column int) (*verdict, error) {
	out := &verdict{secret: map[string]bool{}, unsure: map[string]bool{}, waits: map[string]bool{}}
	guards := a.plan.Guards(column)
	pair := a.pairs(column, guards)
	for k, g := range guards {
		if !v.state.Protects(g.Dataset.Name, g.Measure) {
			continue
		}
		p := sumPart{guard: g, place: k, held: release.Effect{Lines: map[string]float64{}}}
		for _, year := range v.state.Years(g.Dataset.Name) {
			if !semantic.TakesYear(g.Conds, year) {
				continue
			}
			sheet, err := v.state.Sheet(ctx, g.Dataset.Name, year)
			if err != nil {
				return nil, err
			}
			for _, part := range g.Parts() { // moves of parts without a row in common add up
				p.sheet(out, &probe{a: a, guard: part, sheet: sheet, year: year}, pair)
			}
		}
		out.parts = append(out.parts, p)
	}
	return out, nil
}

// sheet adds what a sheet says of a sum: of the schools that both sides of a ratio know, and to be
// safe of all.
func (p *sumPart) sheet(out *verdict, q *probe, pair func(belvedere.UAI) bool) {
	asks := []*release.Ask{q.ask(nil)}
	if pair != nil {
		asks = append(asks, q.ask(pair))
	}
	for line := range q.unsure {
		out.unsure[line], out.totalUnsure = true, true
	}
	out.allUnsure = out.allUnsure || q.all
	for _, line := range q.waiting(asks[0]) {
		out.waits[line] = true
	}
	for apart, mask := range q.sheet.Of(q.guard.Measure) {
		if q.takesApart(apart) {
			p.floor = max(p.floor, mask.Floor)
			p.take(out, mask, asks)
		}
	}
}

// take adds what a mask says: withheld for any of the asks, held by the last one, which is the exact.
func (p *sumPart) take(out *verdict, mask *release.Mask, asks []*release.Ask) {
	for _, k := range asks {
		lines, total := mask.Withheld(k)
		for line := range lines {
			out.secret[line] = true
		}
		out.totalSecret = out.totalSecret || total
	}
	e := mask.Restore(asks[len(asks)-1])
	p.held.Total += e.Total
	for line, add := range e.Lines {
		p.held.Lines[line] += add
	}
}

// pairs are the schools over which a ratio runs: those that delivered all its datasets; nil for a sum.
func (a *answer) pairs(column int, guards []semantic.Guard) func(belvedere.UAI) bool {
	c := &a.plan.Columns[column]
	if !slices.ContainsFunc(guards, func(g semantic.Guard) bool { return g.Below }) && (!c.Composed() || len(guards) < 2) {
		return nil
	}
	return func(u belvedere.UAI) bool {
		for _, g := range guards {
			if cover := a.coverage(c, g.Dataset.Name); cover != nil {
				if _, has := cover.schools[u]; !has {
					return false
				}
			}
		}
		return true
	}
}

// cell withholds or restores one cell.
func (v *veil) cell(a *answer, column int, ruling *verdict, row *belvedere.ResultRow, line string, whole bool) {
	cell := &row.Cells[column]
	if !cell.State.Shown() {
		return
	}
	secret, unsure := ruling.secret[line], ruling.unsure[line]
	if whole {
		secret, unsure = ruling.totalSecret, ruling.totalUnsure
	}
	if a.plan.Columns[column].Composed() {
		v.formulaCell(a, column, ruling, row, line, whole, secret, unsure)
		return
	}
	sides := [2]float64{cell.Value, 0}
	ratio := a.plan.Columns[column].Guarded
	if ratio {
		sides = v.sides[row][column]
	}
	changed := ruling.restore(&sides, line, whole)
	switch {
	case !whole && ruling.waits[line]:
		*cell = belvedere.Cell{State: belvedere.Expected, Why: whyWaits, Expected: cell.Expected}
	case unsure || ruling.allUnsure:
		*cell = belvedere.Cell{State: belvedere.NotAvailable, Why: whyPeriod}
	case secret || ruling.small(a.plan.Columns[column], sides, changed):
		*cell = belvedere.Cell{State: belvedere.Secret, Why: whySecret}
	case changed && ratio:
		cell.Value = sides[0] / sides[1]
	case changed:
		cell.Value = sides[0]
	}
}

// restore adds what is held to the two sides of a figure.
func (r *verdict) restore(sides *[2]float64, line string, whole bool) (changed bool) {
	for _, p := range r.parts {
		add := p.held.Lines[line]
		if whole {
			add = p.held.Total
		}
		if add == 0 {
			continue
		}
		changed = true
		if p.guard.Below {
			sides[1] += add * p.guard.Factor
		} else {
			sides[0] += add * p.guard.Factor
		}
	}
	return changed
}

// small tells whether a figure tells of too few persons by itself: its number, what it is divided by,
// or for a share the rest. A zero that has come to hold someone since is not told either.
func (r *verdict) small(c semantic.PlanColumn, sides [2]float64, changed bool) bool {
	for _, p := range r.parts {
		rule := release.Rule{Floor: p.floor}
		factor := p.guard.Factor
		if factor == 0 {
			factor = 1
		}
		side := sides[0]
		if p.guard.Below {
			side = sides[1]
		}
		if rule.Small(side/factor) || changed && side == 0 {
			return true
		}
		share := c.Guarded && c.Rate && c.Indicator.Rate.Percent
		if share && rule.Small((sides[1]-sides[0])/factor) {
			return true
		}
	}
	return false
}
