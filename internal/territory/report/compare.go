package report

import (
	"context"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// compared answers a query with its comparison: twice the same question, over two periods, as of
// one edition and with the same rights. A difference is made of two cells that are shown, and of
// no other.
func (r *Reporter) compared(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) (_ *belvedere.Result, err error) {
	edition, err := r.Edition(ctx, q.Edition)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	ctx = holdEdition(ctx, q.Edition, edition, directory)
	plain := q
	plain.Compare = ""
	if q.Constant && q.Against.From.IsZero() {
		plain.Against = againstOf(q)
	}
	now, err := r.Query(ctx, viewer, plain)
	if err != nil {
		return nil, err
	}
	out := *now
	c, err := r.comparison(ctx, viewer, now, q.Compare, q.Constant)
	if err != nil {
		return nil, err
	}
	out.Compared = c.out
	c.comparedSame(&out)
	out.Query = q
	out.Receipt = receipt(q, r.model.Version, edition.Number, viewer.Scope.Fingerprint, directory.edits, now.Receipt.Release)
	out.Notes = append(slices.Clone(out.Notes), comparisonNotes(out.Compared)...)
	return &out, nil
}

// againstOf is the period that a comparison at a constant perimeter holds its own against.
func againstOf(q belvedere.Query) belvedere.Period {
	for _, dim := range q.By {
		if isTime(dim) && dim != "heure" {
			months, days := lineStep(dim, q.Compare)
			return belvedere.Period{Kind: belvedere.FreeRange, From: q.Period.From.AddDate(0, -months, -days), To: q.Period.To.AddDate(0, -months, -days)}
		}
	}
	return q.Compare.Other(q.Period)
}

// comparison finds the other figure of each cell of a result; constant, over the schools that
// have both.
func (r *Reporter) comparison(ctx context.Context, viewer belvedere.Viewer, now *belvedere.Result, with belvedere.Compare, constant bool) (*comparer, error) {
	spans, err := r.spansOf(ctx, now.Edition.Number)
	if err != nil {
		return nil, err
	}
	c := &comparer{r: r, ctx: ctx, viewer: viewer, now: now, with: with, spans: spans, constant: constant}
	c.out = &belvedere.Comparison{With: with, Periods: make([]belvedere.Period, len(now.Columns)), Rows: make([][]belvedere.Gap, len(now.Rows))}
	for i := range now.Rows {
		c.out.Rows[i] = make([]belvedere.Gap, len(now.Columns))
	}
	if now.Total != nil {
		c.out.Total = make([]belvedere.Gap, len(now.Columns))
	}
	type span struct{ from, to time.Time }
	together := map[span][]int{} // columns that share the other period: one question for them all
	var order []span
	for i := range now.Columns {
		p, why := c.otherPeriod(now.Columns[i].QueryColumn)
		if why != "" {
			c.unfair(i, why)
			continue
		}
		c.out.Periods[i] = p
		key := span{p.From, p.To}
		if together[key] == nil {
			order = append(order, key)
		}
		together[key] = append(together[key], i)
	}
	for _, key := range order {
		if err := c.ask(together[key]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// A comparer fills the comparison of a result.
type comparer struct {
	r      *Reporter
	ctx    context.Context
	viewer belvedere.Viewer
	now    *belvedere.Result
	with   belvedere.Compare
	spans  map[string]span
	out    *belvedere.Comparison

	constant bool
	like     *likeness // of a constant perimeter
}

// unfair says for all cells of a column that no other period is comparable.
func (c *comparer) unfair(column int, why string) {
	none := belvedere.Gap{Other: belvedere.Cell{State: belvedere.NotApplicable, Why: why}, State: belvedere.NotApplicable, Why: why}
	for i := range c.out.Rows {
		c.out.Rows[i][column] = withState(none, c.now.Rows[i].Cells[column])
	}
	if c.out.Total != nil {
		c.out.Total[column] = withState(none, c.now.Total.Cells[column])
	}
}

// withState gives a gap the state of a figure that is not shown itself.
func withState(g belvedere.Gap, now belvedere.Cell) belvedere.Gap {
	if !now.State.Shown() {
		g.State, g.Why = now.State, now.Why
	}
	return g
}

// timeDims are the dimensions of time of the lines, by their place.
func (c *comparer) timeDim() string {
	for _, d := range c.now.Dims {
		if isTime(d.Name) && d.Name != "heure" {
			return d.Name
		}
	}
	return ""
}

// otherPeriod is the period that a column is compared with, or why there is none: while the
// period runs, the other one stops where the data stops; what is counted by month stops at the
// end of the last month; persons counted once per period are compared over whole periods alone;
// flows are compared with a past that their history reaches.
func (c *comparer) otherPeriod(col belvedere.QueryColumn) (belvedere.Period, string) {
	p := c.now.Query.Period
	datasets := c.r.datasetsOfColumn(col)
	other, why := c.runningOther(p, datasets)
	if why != "" {
		return other, why
	}
	if why := c.r.unlike(col, p, other); why != "" && c.timeDim() == "" {
		return other, why
	}
	for _, name := range datasets {
		first := c.spans[name].first
		if c.r.model.Dataset(name).Kind == belvedere.Flow && first.After(other.From) && c.timeDim() == "" {
			return other, "Les données ne commencent que le " + belvedere.DayMonthYear(first) + belvedere.NoBreak + ": la période comparée n’est pas couverte."
		}
	}
	return other, ""
}

// runningOther is the other period, cut when the present one is not over.
func (c *comparer) runningOther(p belvedere.Period, datasets []string) (belvedere.Period, string) {
	if dim := c.timeDim(); dim != "" { // each line is compared with another line
		months, days := lineStep(dim, c.with)
		return belvedere.Period{Kind: belvedere.FreeRange, From: p.From.AddDate(0, -months, -days), To: p.To.AddDate(0, -months, -days)}, ""
	}
	until := c.lastOf(datasets).AddDate(0, 0, 1)
	if !until.Before(p.To) {
		return c.with.Other(p), ""
	}
	for _, name := range datasets {
		switch d := c.r.model.Dataset(name); {
		case d.Kind == belvedere.Distinct:
			return p, "Des personnes comptées une fois par période ne se comparent qu’entre périodes complètes, et celle-ci n’est pas finie."
		case d.Time == belvedere.ByMonth && d.Kind == belvedere.Flow:
			until = belvedere.Date(until.Year(), until.Month(), 1)
		case d.Time == belvedere.ByYear:
			return c.with.Other(p), ""
		}
	}
	if !until.After(p.From) {
		return p, "Aucune donnée n’est encore reçue sur cette période."
	}
	return c.with.Running(p, until), ""
}

// lastOf is the last day with data of some datasets.
func (c *comparer) lastOf(datasets []string) time.Time {
	_, last := c.r.bounds(c.spans, datasets)
	return last
}

// lineStep is how far back a line of time is compared: the line before, or a year before. Days
// are compared with the same day of the week.
func lineStep(dim string, with belvedere.Compare) (months, days int) {
	switch {
	case dim == "annee" || dim == "mois" && with == belvedere.YearBefore:
		return 12, 0
	case dim == "mois":
		return 1, 0
	case with == belvedere.YearBefore:
		return 0, 364
	}
	return 0, 7
}

// ask asks some columns over their other period and fills their gaps.
func (c *comparer) ask(columns []int) error {
	q := c.now.Query
	q.Columns, q.Compare, q.Sort, q.Limit, q.Offset = nil, "", "", 0, 0
	for _, i := range columns {
		q.Columns = append(q.Columns, c.now.Columns[i].QueryColumn)
	}
	q.Period = c.out.Periods[columns[0]]
	if now, again := c.alikeQueries(&q); again {
		if err := c.likewise(now, columns); err != nil {
			return err
		}
	}
	total := (*belvedere.ResultRow)(nil)
	if cut := len(c.now.Rows) < c.now.RowCount; cut && len(q.By) == 1 && q.By[0] == "etablissement" && len(c.now.Rows) > 0 {
		whole := q // a page of a long table: its lines alone, and the total over all
		whole.By, whole.Total = nil, false
		if c.now.Total != nil {
			result, err := c.r.Query(c.ctx, c.viewer, whole)
			if err != nil {
				return err
			}
			total = firstRow(result)
		}
		var codes []string
		for _, row := range c.now.Rows {
			codes = append(codes, row.Keys[0].Code)
		}
		q.Total, q.Where = false, append(slices.Clone(q.Where), belvedere.Filter{Dim: "etablissement", Values: codes})
	}
	result, err := c.r.Query(c.ctx, c.viewer, q)
	if err != nil {
		return err
	}
	if total == nil {
		total = result.Total
	}
	c.fill(columns, result, total)
	return nil
}

func firstRow(r *belvedere.Result) *belvedere.ResultRow {
	if len(r.Rows) == 0 {
		return nil
	}
	return &r.Rows[0]
}

// fill sets the cells of the other period beside those of the result.
func (c *comparer) fill(columns []int, other *belvedere.Result, total *belvedere.ResultRow) {
	byCode := make(map[string]*belvedere.ResultRow, len(other.Rows))
	for i := range other.Rows {
		byCode[codeOf(other.Rows[i].Keys)] = &other.Rows[i]
	}
	for i := range c.now.Rows {
		row := byCode[c.otherCode(c.now.Rows[i].Keys)]
		for k, column := range columns {
			c.out.Rows[i][column] = c.gap(&c.now.Rows[i], column, row, k, false)
		}
	}
	if c.out.Total != nil {
		for k, column := range columns {
			c.out.Total[column] = c.gap(c.now.Total, column, total, k, true)
		}
	}
}

// otherCode is the code of the line that a line is compared with.
func (c *comparer) otherCode(keys []belvedere.Key) string {
	moved := slices.Clone(keys)
	for i := range moved {
		if i < len(c.now.Dims) {
			moved[i].Code = otherLine(c.now.Dims[i].Name, moved[i].Code, c.with)
		}
	}
	return codeOf(moved)
}

func otherLine(dim, code string, with belvedere.Compare) string {
	layout := map[string]string{"annee": "2006", "mois": "2006-01", "jour": "2006-01-02"}[dim]
	t, err := time.Parse(layout, code)
	if layout == "" || err != nil {
		return code
	}
	months, days := lineStep(dim, with)
	return t.AddDate(0, -months, -days).Format(layout)
}

// gap compares a cell of a row with a cell of the other row, which may not exist.
func (c *comparer) gap(row *belvedere.ResultRow, column int, other *belvedere.ResultRow, at int, whole bool) belvedere.Gap {
	now, before := c.mine(row, column, whole), belvedere.Cell{State: belvedere.NotAvailable, Why: "Aucune donnée à cette période."}
	if other != nil {
		before = other.Cells[at]
		before.Extreme = belvedere.NoExtreme
	}
	g := belvedere.Gap{Other: before}
	why := c.runningLine(row.Keys, c.now.Columns[column].QueryColumn)
	if why == "" {
		why = c.unlikeLine(row.Keys, c.now.Columns[column].QueryColumn)
	}
	if why != "" && !whole {
		g.State, g.Why = belvedere.NotApplicable, why
		return withState(g, now)
	}
	oneSchool := !whole && slices.ContainsFunc(c.now.Dims, func(d belvedere.ResultDim) bool { return d.Name == "etablissement" })
	return between(g, now, oneSchool, c.with)
}

// runningLine says that the period of a line is not over, so that its events cannot be compared.
func (c *comparer) runningLine(keys []belvedere.Key, col belvedere.QueryColumn) string {
	for i, d := range c.now.Dims {
		if d.Name != "annee" && d.Name != "mois" || i >= len(keys) {
			continue
		}
		end, ok := lineEnd(d.Name, keys[i].Code)
		datasets := c.r.datasetsOfColumn(col)
		flows := slices.ContainsFunc(datasets, func(name string) bool { return c.r.model.Dataset(name).Kind != belvedere.Stock })
		if ok && flows && c.lastOf(datasets).AddDate(0, 0, 1).Before(end) {
			return "Cette période n’est pas finie."
		}
	}
	return ""
}

// unlikeLine says that a line and the one that it is compared with follow two definitions.
func (c *comparer) unlikeLine(keys []belvedere.Key, col belvedere.QueryColumn) string {
	for i, d := range c.now.Dims {
		if i >= len(keys) {
			break
		}
		line, ok := linePeriod(d.Name, keys[i].Code)
		if !ok {
			continue
		}
		months, days := lineStep(d.Name, c.with)
		return c.r.unlike(col, line, belvedere.Period{From: line.From.AddDate(0, -months, -days), To: line.To.AddDate(0, -months, -days)})
	}
	return ""
}

// linePeriod is the day, month or school year of a line.
func linePeriod(dim, code string) (belvedere.Period, bool) {
	if dim == "jour" {
		t, err := time.Parse(time.DateOnly, code)
		return belvedere.Period{From: t, To: t.AddDate(0, 0, 1)}, err == nil
	}
	if dim != "annee" && dim != "mois" {
		return belvedere.Period{}, false
	}
	end, ok := lineEnd(dim, code)
	if dim == "annee" {
		return belvedere.Period{From: end.AddDate(-1, 0, 0), To: end}, ok
	}
	return belvedere.Period{From: end.AddDate(0, -1, 0), To: end}, ok
}

// lineEnd is the first day after the month or the school year of a line.
func lineEnd(dim, code string) (time.Time, bool) {
	if dim == "annee" {
		y, err := belvedere.ParseSchoolYear(code)
		return y.End(), err == nil
	}
	t, err := time.Parse("2006-01", code)
	return t.AddDate(0, 1, 0), err == nil
}

// leastShared is the share of schools that two figures must have in common for their difference
// to be about the schools and not about who delivered.
const leastShared = .9

// alike tells whether two figures rest on about as many schools.
func alike(now, before belvedere.Cell) bool {
	few, many := min(now.Covered, before.Covered), max(now.Covered, before.Covered)
	return few <= 0 || float64(few) >= leastShared*float64(many) || many-few < 3
}

// between completes a gap whose other cell is known.
func between(g belvedere.Gap, now belvedere.Cell, oneSchool bool, with belvedere.Compare) belvedere.Gap {
	none := func(state belvedere.State, why string) belvedere.Gap {
		g.Fair, g.Change, g.State, g.Why = false, 0, state, why
		return g
	}
	switch {
	case !now.State.Shown():
		return none(now.State, now.Why)
	case !g.Other.State.Shown():
		return none(g.Other.State, headed(with.Before())+belvedere.NoBreak+": "+g.Other.State.Word()+".")
	case oneSchool && (now.State == belvedere.Partial || g.Other.State == belvedere.Partial):
		return none(belvedere.NotApplicable, "Non comparé"+belvedere.NoBreak+": l’une des deux périodes est incomplète.")
	case !alike(now, g.Other):
		return none(belvedere.NotApplicable, "Non comparé"+belvedere.NoBreak+": "+belvedere.Plural(int(g.Other.Covered), "établissement", "établissements")+" "+
			with.Before()+", "+belvedere.FormatNumber(float64(now.Covered), 0)+" ici.")
	}
	g.Fair, g.Change = true, now.Value-g.Other.Value
	return g
}

// comparisonNotes say with what the figures are compared.
func comparisonNotes(c *belvedere.Comparison) []string {
	var words []string
	for _, p := range c.Periods {
		if p.From.IsZero() {
			continue
		}
		if w := PeriodWords(p); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return []string{"Aucune période n’est comparable ici."}
	}
	list := words[0]
	for i, w := range words[1:] {
		if i == len(words)-2 {
			list += " ou " + w
		} else {
			list += ", " + w
		}
	}
	return []string{"Comparé à" + belvedere.NoBreak + ": " + list + "."}
}

// headed puts the first letter of a sentence in capital.
func headed(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// compareField is the choice of a comparison in the form of a page.
func compareField(chosen belvedere.Compare) FilterView {
	f := FilterView{Name: "comparer", Label: "Comparer à", Kind: "choix"}
	for _, c := range []belvedere.Compare{"", belvedere.Previous, belvedere.YearBefore} {
		f.Options = append(f.Options, Option{Value: string(c), Label: c.Label(), Selected: c == chosen})
	}
	return f
}
