package app_test

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// An oracle answers one query cell by cell from the rows in force, slowly and plainly.
type oracle struct {
	w     *world
	in    snapshot
	q     belvedere.Query
	who   *person
	lines string // the finest time dimension of the lines, "" when none
	memo  memo
}

// A memo keeps what is asked for each cell again.
type memo struct {
	rows   map[string][]fact
	months map[string]map[string]bool
	upTo   map[string]string
}

func newMemo() memo {
	return memo{map[string][]fact{}, map[string]map[string]bool{}, map[string]string{}}
}

// A figure is what the oracle expects of a cell. Loose is set on a line by codes that are not
// those of the column's own part: whether nothing or zero stands there is left open.
type figure struct {
	state             belvedere.State
	value             float64
	covered, expected int
	loose             bool
}

var attributeNames = []string{"type", "secteur", "commune", "departement"}

func newOracle(w *world, edition int, q belvedere.Query, who *person) *oracle {
	o := &oracle{w: w, in: w.editions[edition], q: q, who: who, memo: newMemo()}
	for _, name := range []string{"annee", "mois", "jour", "heure"} {
		if slices.Contains(q.By, name) {
			o.lines = name
		}
	}
	return o
}

// refs are the measures of an expression, in order.
func refs(e belvedere.Expr) []belvedere.MeasureRef {
	switch e := e.(type) {
	case belvedere.MeasureRef:
		return []belvedere.MeasureRef{e}
	case belvedere.Binary:
		return append(refs(e.L), refs(e.R)...)
	}
	return nil
}

// sides are the expression of a column, cut into numerator and denominator when it is a ratio.
func (o *oracle) sides(c belvedere.QueryColumn) (num, den belvedere.Expr) {
	ind := o.w.app.Model.Indicator(c.Indicator)
	if c.Rate {
		return ind.Rate.Num, ind.Rate.Den
	}
	if b, ok := ind.Value.(belvedere.Binary); ok && b.Op == '/' {
		return b.L, b.R
	}
	return ind.Value, nil
}

func (o *oracle) datasets(c belvedere.QueryColumn) []*belvedere.Dataset {
	num, den := o.sides(c)
	var out []*belvedere.Dataset
	for _, ref := range append(refs(num), refs(den)...) {
		if d := o.w.app.Model.Dataset(ref.Dataset); !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// codes are the filters on dimensions that bear on a measure.
func (o *oracle) codes(c belvedere.QueryColumn, ref belvedere.MeasureRef) []belvedere.Filter {
	out := slices.Concat(ref.Where, c.Where)
	for _, f := range o.q.Where {
		if f.Dim != "etablissement" && !slices.Contains(attributeNames, f.Dim) {
			out = append(out, f)
		}
	}
	return out
}

// decided is the state that holds for a whole column, before any row is read.
func (o *oracle) decided(c belvedere.QueryColumn) (belvedere.State, bool) {
	ind := o.w.app.Model.Indicator(c.Indicator)
	if !o.who.opensWidget(ind) || len(o.who.managed(o.w)) == 0 {
		return belvedere.NotShared, true
	}
	if ind.SinceYear > o.q.Period.Year() {
		return belvedere.NotAvailable, true
	}
	if !slices.ContainsFunc(o.who.managed(o.w), func(u belvedere.UAI) bool { return o.shares(c, u) }) {
		return belvedere.NotShared, true
	}
	num, den := o.sides(c)
	for _, ref := range append(refs(num), refs(den)...) {
		d := o.w.app.Model.Dataset(ref.Dataset)
		for _, name := range o.q.By {
			if !known(name) && d.Dimension(name) == nil {
				return belvedere.NotApplicable, true
			}
		}
		for _, f := range o.codes(c, ref) {
			if d.Dimension(f.Dim) == nil {
				return belvedere.NotAvailable, true
			}
			if d.Kind == belvedere.Distinct && (len(f.Values) != 1 || f.Not) {
				return belvedere.NotAvailable, true
			}
		}
		if limits, plain := o.persons(c, d); d.Kind == belvedere.Distinct && plain && slices.ContainsFunc(limits, func(f belvedere.Filter) bool { return len(f.Values) != 1 }) {
			return belvedere.NotAvailable, true
		}
		if !o.counted(d) {
			return belvedere.NotAvailable, true
		}
	}
	return 0, false
}

// known tells whether a dimension belongs to schools or to time.
func known(name string) bool {
	return name == "etablissement" || slices.Contains(attributeNames, name) || slices.Contains([]string{"annee", "mois", "jour", "heure"}, name)
}

// counted tells whether a dataset can answer the time of the lines and of the period.
func (o *oracle) counted(d *belvedere.Dataset) bool {
	p := o.q.Period
	yearly := belvedere.SchoolYearOf(p.From).First().Equal(p.From) && belvedere.SchoolYearOf(p.To).First().Equal(p.To)
	if d.Kind == belvedere.Distinct {
		return o.wanted() != ""
	}
	fineness := []string{"heure", "jour", "mois", "annee"}
	grain := slices.Index(fineness, string(d.Time))
	if o.lines != "" && slices.Index(fineness, o.lines) < grain {
		return false
	}
	if d.Kind == belvedere.Stock {
		return true
	}
	return d.Time != belvedere.ByMonth || yearly || p.WholeMonths()
}

// wanted is the period of counted persons that answers, "" when none does.
func (o *oracle) wanted() string {
	p := o.q.Period
	yearly := belvedere.SchoolYearOf(p.From).First().Equal(p.From) && belvedere.SchoolYearOf(p.To).First().Equal(p.To)
	switch {
	case o.lines == "heure", o.lines == "mois" && !p.WholeMonths(), o.lines == "annee" && !yearly:
		return ""
	case o.lines != "":
		return o.lines
	case p.WholeYear():
		return "annee"
	case p.WholeMonths() && p.From.AddDate(0, 1, 0).Equal(p.To):
		return "mois"
	case p.From.AddDate(0, 0, 1).Equal(p.To):
		return "jour"
	}
	return ""
}

// delivered are all rows of a school in force, whatever the time.
func (o *oracle) delivered(d *belvedere.Dataset, u belvedere.UAI) []fact {
	key := d.Name + string(u)
	if rows, ok := o.memo.rows[key]; ok {
		return rows
	}
	var rows []fact
	for _, slice := range o.in.facts[d.Name] {
		for _, f := range slice {
			if f.school == u {
				rows = append(rows, f)
			}
		}
	}
	o.memo.rows[key] = rows
	return rows
}

// stretch names the part of time in which a stock has one last observation.
func (o *oracle) stretch(f fact) string {
	switch o.lines {
	case "":
		return "period"
	case "annee":
		return strconv.Itoa(int(f.year))
	case "mois":
		return f.day.Format("2006-01")
	}
	return f.day.Format("2006-01-02")
}

// observed are the rows of a school that the period takes.
func (o *oracle) observed(d *belvedere.Dataset, u belvedere.UAI) []fact {
	key := "observed " + d.Name + string(u)
	if rows, ok := o.memo.rows[key]; ok {
		return rows
	}
	from, to := o.q.Period.From, o.q.Period.To
	if d.Kind == belvedere.Stock {
		if o.lines == "" {
			from = o.q.Period.Year().First()
		} else if o.lines == "annee" {
			from = belvedere.SchoolYearOf(from).First()
		}
		if d.Time == belvedere.ByYear {
			from, to = belvedere.SchoolYearOf(from).First(), o.q.Period.Year().End()
		}
	}
	var rows []fact
	last := map[string]time.Time{}
	for _, f := range o.delivered(d, u) {
		if f.day.Before(from) || !f.day.Before(to) || d.Kind == belvedere.Distinct && f.periode != o.wanted() {
			continue
		}
		rows = append(rows, f)
		if f.day.After(last[o.stretch(f)]) {
			last[o.stretch(f)] = f.day
		}
	}
	if d.Kind == belvedere.Stock {
		rows = slices.DeleteFunc(rows, func(f fact) bool { return !f.day.Equal(last[o.stretch(f)]) })
	}
	o.memo.rows[key] = rows
	return rows
}

// code is what a line is called by a row, for the dimensions that rows have.
func (o *oracle) code(name string, f fact) string {
	switch name {
	case "annee":
		return strconv.Itoa(int(f.year))
	case "mois":
		return f.day.Format("2006-01")
	case "jour":
		return f.day.Format("2006-01-02")
	case "heure":
		return time.Date(2000, 1, 1, f.hour, 0, 0, 0, time.UTC).Format("15")
	}
	return f.dims[name]
}

// fits tells whether a row has the code that a filter wants. A group stands for its members.
func fits(d *belvedere.Dataset, f belvedere.Filter, row fact) bool {
	code := row.dims[f.Dim]
	in := slices.Contains(f.Values, code)
	if c := d.Dimension(f.Dim).List.Find(code); c != nil && d.Kind != belvedere.Distinct {
		in = in || c.Group != "" && slices.Contains(f.Values, c.Group)
	}
	return in != f.Not
}

func totalOf(dim belvedere.Dimension) string {
	for _, c := range dim.List.Codes {
		if c.Total {
			return c.Code
		}
	}
	return ""
}

// measure adds up a measure of one school on one line. There is no value without a row that has
// the measure, nor where all rows lack a detail that a filter picks; else a part that has no row
// is zero. Found tells whether the part itself has a row.
func (o *oracle) measure(c belvedere.QueryColumn, ref belvedere.MeasureRef, u belvedere.UAI, line map[string]string) (sum float64, there, found bool) {
	d := o.w.app.Model.Dataset(ref.Dataset)
	ind := o.w.app.Model.Indicator(c.Indicator)
	filters, rights := o.codes(c, ref), o.opening(c)
	if d.Kind == belvedere.Distinct {
		limits, _ := o.persons(c, d)
		filters = append(filters, limits...)
	}
rows:
	for _, f := range o.observed(d, u) {
		if f.year < ind.SinceYear {
			continue
		}
		for name, want := range line {
			if name != "etablissement" && !slices.Contains(attributeNames, name) && o.code(name, f) != want {
				continue rows
			}
		}
		part, detailed := o.sees(rights, d, f)
		for _, x := range filters {
			part = part && fits(d, x, f)
			if d.Dimension(x.Dim).Optional && !x.Not && !slices.Contains(x.Values, "") && f.dims[x.Dim] == "" {
				detailed = false
			}
		}
		if d.Kind == belvedere.Distinct {
			for _, dim := range d.Dimensions {
				named := slices.ContainsFunc(filters, func(x belvedere.Filter) bool { return x.Dim == dim.Name })
				if slices.ContainsFunc(filters, func(x belvedere.Filter) bool { return x.Dim == dim.Name && x.Values[0] == totalOf(dim) }) {
					named = f.dims[dim.Name] == totalOf(dim)
					if !named {
						continue rows
					}
				}
				if !named && (f.dims[dim.Name] == totalOf(dim)) == slices.Contains(o.q.By, dim.Name) {
					continue rows
				}
			}
		}
		v, has := f.values[ref.Measure]
		if !has {
			continue
		}
		there = there || detailed
		if part {
			sum, found = sum+v, true
		}
	}
	return sum, there, found
}

// evaluate computes an expression of one school on one line.
func (o *oracle) evaluate(c belvedere.QueryColumn, e belvedere.Expr, u belvedere.UAI, line map[string]string) (v float64, there, found bool) {
	switch e := e.(type) {
	case belvedere.Number:
		return float64(e), true, true
	case belvedere.MeasureRef:
		return o.measure(c, e, u, line)
	case belvedere.Binary:
		l, lt, lf := o.evaluate(c, e.L, u, line)
		r, rt, rf := o.evaluate(c, e.R, u, line)
		switch e.Op {
		case '+':
			v = l + r
		case '-':
			v = l - r
		case '*':
			v = l * r
		}
		return v, lt && rt, lf && rf
	}
	return 0, true, true
}

// perimeter tells whether the rights of the viewer and the filters take a school.
func (o *oracle) perimeter(u belvedere.UAI) bool {
	if !slices.Contains(o.who.managed(o.w), u) {
		return false
	}
	for _, f := range o.q.Where {
		if f.Dim == "etablissement" && slices.Contains(f.Values, string(u)) == f.Not {
			return false
		}
		if slices.Contains(attributeNames, f.Dim) {
			v := o.in.register[u][f.Dim]
			if v == "" || slices.Contains(f.Values, v) == f.Not {
				return false
			}
		}
	}
	return true
}

func (o *oracle) meaningless(c belvedere.QueryColumn, u belvedere.UAI) bool {
	name := o.w.app.Model.Indicator(c.Indicator).Applicable
	return name != "" && strings.EqualFold(o.in.register[u][name], "non")
}
