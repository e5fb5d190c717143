package semantic

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"belvedere"
)

// A builder turns the columns of a query into sources and atoms.
type builder struct {
	plan        *Plan
	scope       belvedere.Scope
	needSchools bool
	prefix      string // of the names of sources
	sharings    []sharing
}

// A refusal is a column that has no answer: its state and why.
type refusal struct {
	state belvedere.State
	why   string
}

func (r refusal) Error() string { return r.why }

// mustSeeSchools tells whether the answer depends on which schools are added.
func (b *builder) mustSeeSchools() bool {
	if !b.scope.AllSchools || b.scope.Limited() {
		return true
	}
	for _, d := range b.plan.Dims {
		if d.Kind == KindSchool || d.Kind == KindAttribute {
			return true
		}
	}
	for _, f := range b.plan.Query.Where {
		if f.Dim == "etablissement" || recordAttributes[f.Dim] != "" {
			return true
		}
	}
	for _, c := range b.plan.Query.Columns {
		ind := b.plan.model.Column(c)
		if ind != nil && (len(ind.Needs()) > 0 || b.pairsSchools(ind, c.Rate) || b.countsSchools(ind, c)) {
			return true
		}
	}
	return false
}

// countsSchools tells whether the schools of a single figure must be counted by their rows: the
// coverage knows months, neither days nor the details that a school leaves out.
func (b *builder) countsSchools(ind *belvedere.Indicator, c belvedere.QueryColumn) bool {
	if len(b.plan.Dims) > 0 && !b.plan.Total {
		return false
	}
	if !b.plan.Query.Period.WholeMonths() {
		return true
	}
	for _, ref := range ind.Measures(c.Rate) {
		d := b.plan.model.Dataset(ref.Dataset)
		for _, f := range slices.Concat(ref.Where, c.Where, b.plan.Query.Where) {
			if dim := d.Dimension(f.Dim); dim != nil && dim.Optional {
				return true
			}
		}
	}
	return false
}

// pairsSchools tells whether a ratio must be taken over the schools that have both sides: its
// sides come from two datasets, or a measure may be absent.
func (b *builder) pairsSchools(ind *belvedere.Indicator, rate bool) bool {
	refs := ind.Measures(rate)
	if len(ind.Reads) > 0 { // sums of a formula, too, run over the schools that have all of it
		return len(refs) > 1
	}
	value, _ := ind.Value.(belvedere.Binary)
	if !rate && value.Op != '/' { // a division comes last
		return false
	}
	for _, r := range refs {
		d := b.plan.model.Dataset(r.Dataset)
		if d == nil || r.Dataset != refs[0].Dataset || d.Measure(r.Measure) == nil || !d.Measure(r.Measure).Required {
			return true
		}
	}
	return false
}

// column plans one column: rights first, then time, then the expression.
func (b *builder) column(c belvedere.QueryColumn) (PlanColumn, error) {
	pc := PlanColumn{QueryColumn: c, Indicator: b.plan.model.Column(c)}
	if pc.Indicator == nil {
		if b.plan.model.Indicator(c.Indicator) != nil {
			return pc, belvedere.Errorf(belvedere.Invalid, "l’indicateur %q n’a pas de définition %d", c.Indicator, c.Version)
		}
		return pc, belvedere.Errorf(belvedere.Invalid, "l’indicateur %q est inconnu", c.Indicator)
	}
	if err := b.plan.checkFilters(c.Where, b.scope); err != nil {
		return pc, err
	}
	ind := pc.Indicator
	expr := ind.Value
	if c.Rate {
		if ind.Rate == nil {
			return pc, belvedere.Errorf(belvedere.Invalid, "l’indicateur %q n’a pas de taux", c.Indicator)
		}
		expr = belvedere.Binary{Op: '/', L: ind.Rate.Num, R: ind.Rate.Den}
	}
	if expr == nil {
		return pc, belvedere.Errorf(belvedere.Invalid, "l’indicateur %q est un référentiel : demandez ses membres (%s)", c.Indicator, strings.Join(ind.Members, ", "))
	}
	if !b.scope.SeesAll(ind) {
		pc.State, pc.Why = belvedere.NotShared, whyNotOpen(ind)
		return pc, nil
	}
	if !b.scope.AllSchools && len(b.scope.Schools) == 0 {
		pc.State, pc.Why = belvedere.NotShared, "Vos droits n’ouvrent aucun établissement."
		return pc, nil
	}
	if year := b.plan.Query.Period.Year(); ind.SinceYear > year {
		pc.State, pc.Why = belvedere.NotAvailable, fmt.Sprintf("Cet indicateur est disponible depuis le millésime %d.", ind.SinceYear)
		return pc, nil
	}
	if b.share(&pc); pc.State == belvedere.NotShared {
		return pc, nil
	}
	if why := b.misplaced(&pc); why != "" {
		pc.State, pc.Why = belvedere.NotApplicable, why
		return pc, nil
	}
	e, err := b.expression(&pc, expr)
	if r, ok := err.(refusal); ok {
		pc.State, pc.Why = r.state, r.why
		return pc, nil
	}
	pc.Expr = e
	return pc, err
}

// whyNotOpen says why rights withhold a column.
func whyNotOpen(ind *belvedere.Indicator) string {
	if len(ind.Reads) > 0 {
		return "Vos droits n’ouvrent pas tout ce que lit cette formule."
	}
	return "Vos droits n’ouvrent pas ce thème."
}

// expression plans a tree; each measure becomes an atom of a source.
func (b *builder) expression(pc *PlanColumn, e belvedere.Expr) (planExpr, error) {
	switch e := e.(type) {
	case belvedere.Number:
		return constant(e), nil
	case belvedere.Binary:
		l, err := b.expression(pc, e.L)
		if err != nil {
			return nil, err
		}
		r, err := b.expression(pc, e.R)
		if err != nil {
			return nil, err
		}
		return binary{e.Op, l, r}, nil
	case belvedere.MeasureRef:
		return b.measure(pc, e)
	}
	return nil, fmt.Errorf("semantic: unknown expression %T", e)
}

// measure finds or makes the source and the atom of a measure. Filters on dimensions that the
// dataset lacks cannot be answered: the cell is n.d. and says which.
func (b *builder) measure(pc *PlanColumn, ref belvedere.MeasureRef) (planExpr, error) {
	d := b.plan.model.Dataset(ref.Dataset)
	if d == nil || d.Measure(ref.Measure) == nil {
		return nil, fmt.Errorf("semantic: unknown measure %s.%s", ref.Dataset, ref.Measure)
	}
	if !slices.Contains(pc.Datasets, d.Name) {
		pc.Datasets = append(pc.Datasets, d.Name)
	}
	for _, dim := range b.plan.Dims {
		if dim.Groups && d.Kind == belvedere.Distinct {
			return nil, refusal{belvedere.NotAvailable, "Des personnes comptées une fois ne s’additionnent pas en groupes."}
		}
		if dim.Kind == KindCode && d.Dimension(dim.Base()) == nil {
			return nil, refusal{belvedere.NotApplicable, fmt.Sprintf("%s : pas de détail par %s.", d.Label, strings.ToLower(dim.Dim.Label))}
		}
	}
	where := slices.Concat(ref.Where, pc.Where, b.codeFilters())
	within := b.bound(d, pc.openings)
	if within != nil {
		where = append(where, within.filters...)
	}
	common := b.commonConds(pc)
	conds := b.sinceConds(pc.Indicator)
	var guard []string
	for _, f := range where {
		dim := d.Dimension(f.Dim)
		if dim == nil {
			return nil, refusal{belvedere.NotAvailable, fmt.Sprintf("%s : pas de détail par %s.", d.Label, f.Dim)}
		}
		conds = append(conds, codeCond(d, dim, f))
		if dim.Optional && !f.Not && !slices.Contains(f.Values, "") {
			guard = append(guard, f.Dim)
		}
	}
	if d.Kind == belvedere.Distinct {
		pins, lines, err := b.distinctConds(d, where)
		if err != nil {
			return nil, err
		}
		conds, common = append(conds, pins...), append(common, lines...)
	}
	if within != nil && within.boxes != nil {
		if d.Kind == belvedere.Distinct {
			return nil, refusal{belvedere.NotAvailable, "Des personnes comptées une fois ne s’additionnent pas\u00a0: plusieurs de vos droits n’en ouvrent chacun qu’une partie."}
		}
		conds = append(conds, within.cond())
	}
	source, err := b.source(d, pc, common, where, within)
	if err != nil {
		return nil, err
	}
	return atomRef{source.atom(ref.Measure, conds, guard)}, nil
}

// source finds the source that has the same conditions, or makes it.
func (b *builder) source(d *belvedere.Dataset, pc *PlanColumn, common []Cond, where []belvedere.Filter, within *bound) (*Source, error) {
	timeConds, grain, last, err := b.timeConds(d)
	if err != nil {
		return nil, err
	}
	_, lines := b.grain(b.plan.Query.Period)
	dims := []string{}
	for _, x := range b.plan.Dims {
		dims = append(dims, x.Base())
	}
	for _, f := range where {
		dims = append(dims, f.Dim)
	}
	if within != nil {
		dims = append(dims, within.dims...)
	}
	// One figure of distinct persons says how many schools it holds, which only the rows by school tell.
	t := choose(d, grain, dims, b.needSchools || pc.Withheld || d.Kind == belvedere.Distinct && lines == "")
	if last && t.rollup != nil && (t.time == belvedere.ByYear || t.time == belvedere.ByMonth && lines == "mois") {
		last = false // the roll-up holds the last observation already
	}
	conds := slices.Concat(timeConds, common)
	key := fmt.Sprint(t.name, last)
	for _, c := range conds {
		key += c.key()
	}
	if within != nil { // columns of other limits have other lines
		key += "\nwithin " + within.key
	}
	for _, s := range b.plan.Sources {
		if s.key == key {
			return s, nil
		}
	}
	s := &Source{
		Name: fmt.Sprintf("%s%d", b.prefix, len(b.plan.Sources)+1), Dataset: d, Table: t, Conds: conds, Last: last, key: key,
		Comment: b.comment(d, t, last, pc), byMonth: lines == "mois",
	}
	b.plan.Sources = append(b.plan.Sources, s)
	return s, nil
}

// comment says in the SQL why a source stands there.
func (b *builder) comment(d *belvedere.Dataset, t table, last bool, pc *PlanColumn) string {
	what := d.Name
	switch {
	case last:
		what += ": last observation of each school in the period"
	case d.Kind == belvedere.Stock:
		what += ": state kept for each year or month"
	case d.Kind == belvedere.Distinct:
		what += ": persons counted at source, never added over periods, media or profiles"
	case t.rollup != nil:
		what += ": roll-up by " + string(t.time)
	}
	if pc.Withheld {
		what += fmt.Sprintf("; only schools that share annex %d", annexNumber(pc.Indicator))
	}
	if pc.Limits != nil {
		what += "; only the members that rights open"
	}
	return what
}

// atom finds or adds a sum.
func (s *Source) atom(measure string, where []Cond, guard []string) *Atom {
	sort.Strings(guard)
	key := fmt.Sprint(measure, where, guard)
	for _, a := range s.Atoms {
		if a.key == key {
			return a
		}
	}
	a := &Atom{Name: fmt.Sprintf("%s_%d", s.Name, len(s.Atoms)+1), Measure: measure, Where: where, Guard: guard, key: key}
	s.Atoms = append(s.Atoms, a)
	return a
}
