package semantic

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"belvedere"
)

// A builder turns the columns of a query into sources and atoms.
type builder struct {
	plan        *Plan
	scope       belvedere.Scope
	needSchools bool
}

// A refusal is a column that has no answer: its state and why.
type refusal struct {
	state belvedere.State
	why   string
}

func (r refusal) Error() string { return r.why }

// mustSeeSchools tells whether the answer depends on which schools are added.
func (b *builder) mustSeeSchools() bool {
	if !b.scope.AllSchools {
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
		if ind := b.plan.model.Indicator(c.Indicator); ind != nil && b.pairsSchools(ind, c.Rate) {
			return true
		}
	}
	return false
}

// pairsSchools tells whether a ratio must be taken over the schools that have both sides: its
// sides come from two datasets, or a measure may be absent.
func (b *builder) pairsSchools(ind *belvedere.Indicator, rate bool) bool {
	var refs []belvedere.MeasureRef
	ratio := rate
	var walk func(belvedere.Expr)
	walk = func(e belvedere.Expr) {
		switch e := e.(type) {
		case belvedere.Binary:
			ratio = ratio || e.Op == '/'
			walk(e.L)
			walk(e.R)
		case belvedere.MeasureRef:
			refs = append(refs, e)
		}
	}
	if rate && ind.Rate != nil {
		walk(ind.Rate.Num)
		walk(ind.Rate.Den)
	} else if ind.Value != nil {
		walk(ind.Value)
	}
	if !ratio {
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
	pc := PlanColumn{QueryColumn: c, Indicator: b.plan.model.Indicator(c.Indicator)}
	if pc.Indicator == nil {
		return pc, belvedere.Errorf(belvedere.Invalid, "l’indicateur %q est inconnu", c.Indicator)
	}
	if err := b.plan.checkFilters(c.Where); err != nil {
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
	if !b.scope.Sees(ind.Widget) {
		pc.State, pc.Why = belvedere.NotShared, "Vos droits n’ouvrent pas ce thème."
		return pc, nil
	}
	if year := b.plan.Query.Period.Year(); ind.SinceYear > year && !slices.Contains(b.plan.Query.By, "annee") {
		pc.State, pc.Why = belvedere.NotAvailable, fmt.Sprintf("Cet indicateur est disponible depuis le millésime %d.", ind.SinceYear)
		return pc, nil
	}
	if ind.SchoolOnly {
		pc.Withheld, pc.Shared = true, b.sharedSchools(ind)
	}
	e, err := b.expression(&pc, expr)
	if r, ok := err.(refusal); ok {
		pc.State, pc.Why = r.state, r.why
		return pc, nil
	}
	pc.Expr = e
	return pc, err
}

// sharedSchools are the schools that share an indicator kept for schools: the viewer's own and
// those whose agreement extends its recipients over the last day of the period (DESIGN section 6).
func (b *builder) sharedSchools(ind *belvedere.Indicator) map[belvedere.UAI]bool {
	number := ind.Number
	if number == 0 {
		number = ind.Of
	}
	day := b.plan.Query.Period.To.AddDate(0, 0, -1)
	shared := map[belvedere.UAI]bool{}
	for _, u := range b.scope.Own {
		shared[u] = true
	}
	for _, e := range b.scope.Extended {
		if e.Indicator == number && !day.Before(e.From) && (e.To.IsZero() || day.Before(e.To)) {
			shared[e.School] = true
		}
	}
	return shared
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
		if dim.Kind == KindCode && d.Dimension(dim.Name) == nil {
			return nil, refusal{belvedere.NotApplicable, fmt.Sprintf("%s : pas de détail par %s.", d.Label, strings.ToLower(dim.Dim.Label))}
		}
	}
	where := slices.Concat(ref.Where, pc.Where)
	common, err := b.commonConds(d, pc)
	if err != nil {
		return nil, err
	}
	var conds []Cond
	var guard []string
	for _, f := range where {
		dim := d.Dimension(f.Dim)
		if dim == nil {
			return nil, refusal{belvedere.NotAvailable, fmt.Sprintf("%s : pas de détail par %s.", d.Label, f.Dim)}
		}
		conds = append(conds, codeCond(d, dim, f))
		if dim.Optional && !slices.Contains(f.Values, "") {
			guard = append(guard, f.Dim)
		}
	}
	if d.Kind == belvedere.Distinct {
		distinct, err := b.distinctConds(d, where)
		if err != nil {
			return nil, err
		}
		conds = append(conds, distinct...)
	}
	source, err := b.source(d, pc, common, where)
	if err != nil {
		return nil, err
	}
	return atomRef{source.atom(ref.Measure, conds, guard)}, nil
}

// codeCond is a filter on a code list; a group stands for its members, except where persons
// are counted once and members must not be added.
func codeCond(d *belvedere.Dataset, dim *belvedere.Dimension, f belvedere.Filter) Cond {
	c := Cond{Column: f.Dim, Op: "IN", Type: belvedere.Text}
	if f.Not {
		c.Op = "NOT IN"
	}
	add := func(v string) {
		if !slices.Contains(c.Values, any(v)) {
			c.Values = append(c.Values, v)
		}
	}
	for _, v := range f.Values {
		known := dim.List == nil || dim.List.Find(v) != nil || v == ""
		if known {
			add(v)
		}
		if d.Kind != belvedere.Distinct && dim.List != nil {
			for _, code := range dim.List.Codes {
				if code.Group == v {
					add(code.Code)
				}
			}
		}
		if !known && len(c.Values) == 0 {
			add(v)
		}
	}
	return c
}

// commonConds are the filters of the query itself that hold for every atom of a source.
func (b *builder) commonConds(d *belvedere.Dataset, pc *PlanColumn) ([]Cond, error) {
	var conds []Cond
	for _, f := range b.plan.Query.Where {
		switch {
		case f.Dim == "etablissement":
			conds = append(conds, schoolCond(f.Values, f.Not))
		case recordAttributes[f.Dim] != "":
			conds = append(conds, attributeCond(f))
		default:
			dim := d.Dimension(f.Dim)
			if dim == nil {
				return nil, refusal{belvedere.NotAvailable, fmt.Sprintf("%s : pas de détail par %s.", d.Label, f.Dim)}
			}
			conds = append(conds, codeCond(d, dim, f))
		}
	}
	if !b.scope.AllSchools {
		conds = append(conds, uaiCond(b.scope.Schools))
	}
	if pc.Withheld {
		shared := make([]belvedere.UAI, 0, len(pc.Shared))
		for u := range pc.Shared {
			shared = append(shared, u)
		}
		slices.Sort(shared)
		conds = append(conds, uaiCond(shared))
	}
	return conds, nil
}

func schoolCond(values []string, not bool) Cond {
	uais := make([]belvedere.UAI, len(values))
	for i, v := range values {
		uais[i], _ = belvedere.ParseUAI(v)
	}
	c := uaiCond(uais)
	if not {
		c.Op = "NOT IN"
	}
	return c
}

func uaiCond(uais []belvedere.UAI) Cond {
	c := Cond{Column: "etablissement", Op: "IN", Type: belvedere.Int32}
	for _, u := range uais {
		c.Values = append(c.Values, int64(u.Number()))
	}
	return c
}

func attributeCond(f belvedere.Filter) Cond {
	c := Cond{Column: recordAttributes[f.Dim], Op: "IN", Type: belvedere.Text, Record: true}
	if f.Not {
		c.Op = "NOT IN"
	}
	for _, v := range f.Values {
		c.Values = append(c.Values, v)
	}
	return c
}

// distinctConds pins the dimensions of a dataset of distinct persons: members are never added,
// so a dimension that neither lines nor filters name takes its total, and one that a filter
// names takes one member.
func (b *builder) distinctConds(d *belvedere.Dataset, where []belvedere.Filter) ([]Cond, error) {
	var conds []Cond
	for _, dim := range d.Dimensions {
		named := 0
		for _, f := range slices.Concat(where, b.plan.Query.Where) {
			if f.Dim == dim.Name {
				named++
				if len(f.Values) != 1 || f.Not {
					return nil, refusal{belvedere.NotAvailable, "Des personnes comptées une fois ne s’additionnent pas : choisissez une seule valeur de " + strings.ToLower(dim.Label) + "."}
				}
			}
		}
		total := ""
		for _, c := range dim.List.Codes {
			if c.Total {
				total = c.Code
			}
		}
		line := slices.ContainsFunc(b.plan.Dims, func(x Dim) bool { return x.Name == dim.Name })
		switch {
		case named > 0:
		case line:
			conds = append(conds, Cond{Column: dim.Name, Op: "<>", Type: belvedere.Text, Values: []any{total}})
		default:
			conds = append(conds, Cond{Column: dim.Name, Op: "=", Type: belvedere.Text, Values: []any{total}})
		}
	}
	return conds, nil
}

// source finds the source that has the same conditions, or makes it.
func (b *builder) source(d *belvedere.Dataset, pc *PlanColumn, common []Cond, where []belvedere.Filter) (*Source, error) {
	timeConds, grain, last, err := b.timeConds(d)
	if err != nil {
		return nil, err
	}
	_, lines := b.grain(b.plan.Query.Period)
	dims := []string{}
	for _, x := range b.plan.Dims {
		dims = append(dims, x.Name)
	}
	for _, f := range slices.Concat(where, b.plan.Query.Where) {
		dims = append(dims, f.Dim)
	}
	t := choose(d, grain, dims, b.needSchools || pc.Withheld)
	if last && t.rollup != nil && (t.time == belvedere.ByYear || t.time == belvedere.ByMonth && lines == "mois") {
		last = false // the roll-up holds the last observation already
	}
	conds := slices.Concat(timeConds, common)
	key := fmt.Sprint(t.name, last, conds)
	for _, s := range b.plan.Sources {
		if s.key == key {
			return s, nil
		}
	}
	s := &Source{
		Name: fmt.Sprintf("s%d", len(b.plan.Sources)+1), Dataset: d, Table: t, Conds: conds, Last: last, key: key,
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
		what += "; only schools that share annex " + fmt.Sprint(max(pc.Indicator.Number, pc.Indicator.Of))
	}
	return what
}

// atom finds or adds a sum.
func (s *Source) atom(measure string, where []Cond, guard []string) *Atom {
	sort.Strings(guard)
	for _, a := range s.Atoms {
		if a.Measure == measure && fmt.Sprint(a.Where, a.Guard) == fmt.Sprint(where, guard) {
			return a
		}
	}
	a := &Atom{Name: fmt.Sprintf("%s_%d", s.Name, len(s.Atoms)+1), Measure: measure, Where: where, Guard: guard}
	s.Atoms = append(s.Atoms, a)
	return a
}

// timeConds says which rows the period takes, the grain that it needs, and whether only the
// last observation of each school counts.
func (b *builder) timeConds(d *belvedere.Dataset) (conds []Cond, grain belvedere.TimeGrain, last bool, err error) {
	period := b.plan.Query.Period
	grain, lines := b.grain(period)
	yearly := period.From.Equal(belvedere.SchoolYearOf(period.From).First()) && period.To.Equal(belvedere.SchoolYearOf(period.To).First())
	years := func(from, to time.Time) []Cond {
		a, z := belvedere.SchoolYearOf(from), belvedere.SchoolYearOf(to.AddDate(0, 0, -1))
		if a == z {
			return []Cond{{Column: "annee", Op: "=", Type: belvedere.Int16, Values: []any{int64(a)}}}
		}
		return []Cond{
			{Column: "annee", Op: ">=", Type: belvedere.Int16, Values: []any{int64(a)}},
			{Column: "annee", Op: "<=", Type: belvedere.Int16, Values: []any{int64(z)}},
		}
	}
	switch d.Kind {
	case belvedere.Distinct:
		conds, err = b.distinctTime(period, lines)
		return conds, grain, false, err
	case belvedere.Stock:
		if lines == "" {
			from := period.Year().First()
			conds = years(from, period.To)
			if d.Time != belvedere.ByYear && !period.To.Equal(period.Year().End()) {
				conds = append(conds, dayCond("<", period.To))
				grain = belvedere.ByDay
			}
			return conds, grain, d.Time != belvedere.ByYear, nil
		}
	}
	if d.Time == belvedere.ByYear || lines == "annee" && yearly {
		if d.Time == belvedere.ByYear && (lines == "mois" || lines == "jour" || lines == "heure") {
			return nil, grain, false, refusal{belvedere.NotAvailable, d.Label + " : compté par année scolaire."}
		}
		return years(period.From, period.To), grain, d.Kind == belvedere.Stock && lines == "annee" && d.Time != belvedere.ByYear, nil
	}
	if grainRank(grain) < grainRank(d.Time) {
		return nil, grain, false, refusal{belvedere.NotAvailable, fmt.Sprintf("%s : compté par %s, pas plus finement.", d.Label, grainWord(d.Time))}
	}
	conds = years(period.From, period.To)
	if !yearly {
		conds = append(conds, dayCond(">=", period.From), dayCond("<", period.To))
	}
	return conds, grain, d.Kind == belvedere.Stock && lines == "mois" && d.Time == belvedere.ByDay, nil
}

// distinctTime picks the period that the source counted: exactly a day, a month or a school year.
func (b *builder) distinctTime(p belvedere.Period, lines string) ([]Cond, error) {
	kind := lines
	if kind == "" {
		switch {
		case p.WholeYear():
			kind = "annee"
		case p.WholeMonths() && p.From.AddDate(0, 1, 0).Equal(p.To):
			kind = "mois"
		case p.From.AddDate(0, 0, 1).Equal(p.To):
			kind = "jour"
		default:
			return nil, refusal{belvedere.NotAvailable, "Les personnes distinctes sont comptées à la source par jour, mois ou année scolaire."}
		}
	}
	if kind == "heure" {
		return nil, refusal{belvedere.NotAvailable, "Les personnes distinctes ne sont pas comptées par heure."}
	}
	return []Cond{
		{Column: "periode", Op: "=", Type: belvedere.Text, Values: []any{kind}},
		dayCond(">=", p.From), dayCond("<", p.To),
	}, nil
}

// grain is the time grain that lines and period need, and the time dimension of the lines
// ("" when there is none; the finest one of several).
func (b *builder) grain(p belvedere.Period) (belvedere.TimeGrain, string) {
	lines := ""
	for _, name := range timeDims {
		if slices.ContainsFunc(b.plan.Dims, func(d Dim) bool { return d.Name == name }) {
			lines = name
		}
	}
	switch lines {
	case "heure":
		return belvedere.ByHour, lines
	case "jour":
		return belvedere.ByDay, lines
	}
	first := func(t time.Time) bool { return t.Equal(belvedere.SchoolYearOf(t).First()) }
	switch {
	case lines != "mois" && first(p.From) && first(p.To):
		return belvedere.ByYear, lines
	case p.WholeMonths():
		return belvedere.ByMonth, lines
	}
	return belvedere.ByDay, lines
}

func dayCond(op string, day time.Time) Cond {
	return Cond{Column: "jour", Op: op, Type: belvedere.DateOnly, Values: []any{day.Format("2006-01-02")}}
}

func grainWord(t belvedere.TimeGrain) string {
	switch t {
	case belvedere.ByDay:
		return "jour"
	case belvedere.ByMonth:
		return "mois"
	case belvedere.ByYear:
		return "année scolaire"
	}
	return "heure"
}
