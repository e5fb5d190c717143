package app_test

import (
	"slices"
	"time"

	"belvedere"
)

// months are the months that a school delivered of a dataset in the period, and the last day.
func (o *oracle) months(d *belvedere.Dataset, u belvedere.UAI) map[string]bool {
	key := d.Name + string(u)
	if out, ok := o.memo.months[key]; ok {
		return out
	}
	first := func(t time.Time) time.Time { return belvedere.Date(t.Year(), t.Month(), 1) }
	from, to := first(o.q.Period.From), o.q.Period.To
	if d.Kind == belvedere.Stock {
		from = belvedere.SchoolYearOf(from).First()
	}
	out := map[string]bool{}
	for _, f := range o.delivered(d, u) {
		if m := first(f.day); !m.Before(from) && m.Before(to) {
			out[m.Format("2006-01")] = true
		}
	}
	o.memo.months[key] = out
	return out
}

// received are the months of a school that a column may tell of: none of those whose figures the
// viewer does not see.
func (o *oracle) received(c belvedere.QueryColumn, d *belvedere.Dataset, u belvedere.UAI) map[string]bool {
	if !slices.Contains(o.who.managed(o.w), u) || !o.shares(c, u) {
		return nil
	}
	return o.months(d, u)
}

// shares tells whether agreements and recipients let a figure of a school be seen.
func (o *oracle) shares(c belvedere.QueryColumn, u belvedere.UAI) bool {
	return o.who.shares(o.w.app.Model.Indicator(c.Indicator), u) && slices.ContainsFunc(o.opening(c), func(r right) bool { return r.takes(u) })
}

// late tells whether a school delivered fewer months than the others as a rule: those that at
// least half of the delivering schools delivered.
func (o *oracle) late(c belvedere.QueryColumn, d *belvedere.Dataset, u belvedere.UAI) bool {
	if d.Kind != belvedere.Flow || d.Time == belvedere.ByYear {
		return false
	}
	schools, counts := 0, map[string]int{}
	for _, other := range o.w.schools {
		mine := o.received(c, d, other)
		if len(mine) > 0 {
			schools++
		}
		for m := range mine {
			counts[m]++
		}
	}
	for m, n := range counts {
		if 2*n >= schools && !o.months(d, u)[m] {
			return true
		}
	}
	return false
}

// open tells whether a school is in the register and open at the end of the period.
func (o *oracle) open(u belvedere.UAI) bool {
	record, ok := o.in.register[u]
	if !ok {
		return false
	}
	last := o.q.Period.To.AddDate(0, 0, -1)
	if c, err := belvedere.ParseDate(record["fermeture"]); err == nil && !c.After(last) {
		return false
	}
	if c, err := belvedere.ParseDate(record["ouverture"]); err == nil && c.After(last) {
		return false
	}
	return true
}

// awaited tells whether data of a dataset is awaited from a school: it is open, and a school of
// its type delivered.
func (o *oracle) awaited(c belvedere.QueryColumn, d *belvedere.Dataset, u belvedere.UAI) bool {
	return o.open(u) && slices.ContainsFunc(o.w.schools, func(other belvedere.UAI) bool {
		r, listed := o.in.register[other]
		return listed && r["type"] == o.in.register[u]["type"] && len(o.received(c, d, other)) > 0
	})
}

// expects tells whether a figure over several schools should hold a school.
func (o *oracle) expects(c belvedere.QueryColumn, u belvedere.UAI) bool {
	if o.meaningless(c, u) {
		return false
	}
	for _, d := range o.datasets(c) {
		if len(o.received(c, d, u)) == 0 && !o.awaited(c, d, u) {
			return false
		}
	}
	return true
}

// gaveAll tells whether a school delivered all that a column reads. What is known of a part of
// a month is its rows, except for a stock, whose last observation stands.
func (o *oracle) gaveAll(c belvedere.QueryColumn, u belvedere.UAI) bool {
	return !slices.ContainsFunc(o.datasets(c), func(d *belvedere.Dataset) bool {
		return len(o.months(d, u)) == 0 || d.Kind != belvedere.Stock && !o.q.Period.WholeMonths()
	})
}

// on tells whether a school belongs to a line.
func (o *oracle) on(u belvedere.UAI, line map[string]string) bool {
	for name, want := range line {
		if name == "etablissement" && string(u) != want || slices.Contains(attributeNames, name) && o.in.register[u][name] != want {
			return false
		}
	}
	return o.perimeter(u)
}

// cell works out the answer of a column on a line; the line of totals is the one without codes.
func (o *oracle) cell(c belvedere.QueryColumn, line map[string]string) figure {
	if state, ok := o.decided(c); ok {
		return figure{state: state}
	}
	ind := o.w.app.Model.Indicator(c.Indicator)
	if len(line) == 0 && len(o.q.By) > 0 {
		if !o.addsUp(c) {
			return figure{state: belvedere.NotApplicable}
		}
		alone := *o // the total is the figure without lines
		alone.q.By, alone.lines, alone.memo = nil, "", newMemo()
		return alone.cell(c, nil)
	}
	if o.shut(c, line) {
		return figure{state: belvedere.NotShared}
	}
	if y, ok := yearOfLine(line); ok && ind.SinceYear > y {
		return figure{state: belvedere.NotAvailable}
	}
	num, den := o.sides(c)
	f := figure{}
	above, below, found, shared := 0.0, 0.0, false, false
	for _, u := range o.w.schools {
		if !o.on(u, line) {
			continue
		}
		if o.expects(c, u) {
			f.expected++
		}
		if !o.shares(c, u) {
			continue
		}
		shared = shared || o.heard(u)
		if o.meaningless(c, u) {
			continue
		}
		n, there, part := o.evaluate(c, num, u, line)
		b, both, rest := o.evaluate(c, den, u, line)
		if there && both {
			above, below, found = above+n, below+b, found || part && rest
			f.covered++
		}
	}
	f.loose = o.byCode() && !found
	defined := f.covered > 0 && (den == nil || below != 0)
	f.value = above
	if den != nil && defined {
		f.value = above / below
	}
	if u, ok := line["etablissement"]; ok {
		return o.schoolCell(f, c, belvedere.UAI(u), defined)
	}
	switch {
	case defined:
		if o.wholeSchools() && f.covered < f.expected {
			f.state = belvedere.Partial
		}
	case !shared && o.withholds(c):
		f.state = belvedere.NotShared
	case f.covered > 0:
		f.state = belvedere.NotApplicable
	default:
		f = o.without(f, c, line)
	}
	return f
}

// nothing tells whether no column has an answer, and one of them because no school shares it.
func (o *oracle) nothing() bool {
	held := false
	for _, c := range o.q.Columns {
		ind := o.w.app.Model.Indicator(c.Indicator)
		if _, ok := o.decided(c); !ok {
			return false
		}
		held = held || o.who.opensWidget(ind) && ind.SinceYear <= o.q.Period.Year() && len(o.opening(c)) > 0 &&
			!slices.ContainsFunc(o.who.managed(o.w), func(u belvedere.UAI) bool { return o.shares(c, u) })
	}
	return held
}

// withholds tells whether a school that the viewer manages, and that is known at the edition, does
// not share an indicator.
func (o *oracle) withholds(c belvedere.QueryColumn) bool {
	everywhere := slices.ContainsFunc(o.who.rights(), func(r right) bool { return r.all })
	return slices.ContainsFunc(o.who.managed(o.w), func(u belvedere.UAI) bool {
		_, known := o.in.register[u]
		for _, d := range o.w.app.Model.Datasets {
			known = known || len(o.delivered(d, u)) > 0
		}
		return (known || !everywhere) && !o.shares(c, u)
	})
}

// heard tells whether anything is known of a school: its record, or data of the question.
func (o *oracle) heard(u belvedere.UAI) bool {
	_, listed := o.in.register[u]
	return listed || slices.ContainsFunc(o.q.Columns, func(c belvedere.QueryColumn) bool {
		return slices.ContainsFunc(o.datasets(c), func(d *belvedere.Dataset) bool { return len(o.received(c, d, u)) > 0 })
	})
}

// without is the state of a line over several schools for which there is no row: zero on a day
// up to the last one received of a flow, data without the detail, or nothing yet.
func (o *oracle) without(f figure, c belvedere.QueryColumn, line map[string]string) figure {
	f.state = belvedere.Expected
	if _, den := o.sides(c); den == nil && o.calendar() && line["jour"] <= o.upTo(c) {
		f.state, f.value = belvedere.Value, 0
	}
	if o.lines == "" {
		for _, u := range o.w.schools {
			if o.on(u, line) && o.shares(c, u) && !o.meaningless(c, u) && o.gaveAll(c, u) {
				f.state = belvedere.NotAvailable
			}
		}
	}
	return f
}

// schoolCell is the state of the cell of one school.
func (o *oracle) schoolCell(f figure, c belvedere.QueryColumn, u belvedere.UAI, defined bool) figure {
	switch {
	case !o.shares(c, u):
		f.state = belvedere.NotShared
	case o.meaningless(c, u):
		f.state = belvedere.NotApplicable
	case defined:
		if o.lines == "" && slices.ContainsFunc(o.datasets(c), func(d *belvedere.Dataset) bool { return len(o.months(d, u)) > 0 && o.late(c, d, u) }) {
			f.state = belvedere.Partial
		}
	case f.covered > 0:
		f.state = belvedere.NotApplicable
	case slices.ContainsFunc(o.datasets(c), func(d *belvedere.Dataset) bool {
		return len(o.months(d, u)) == 0 && !o.awaited(c, d, u) && o.anyone(c, d)
	}):
		f.state = belvedere.NotApplicable
	case o.gaveAll(c, u):
		f.state = belvedere.NotAvailable
	default:
		f.state = belvedere.Expected
	}
	return f
}

func (o *oracle) anyone(c belvedere.QueryColumn, d *belvedere.Dataset) bool {
	return slices.ContainsFunc(o.w.schools, func(u belvedere.UAI) bool { return len(o.received(c, d, u)) > 0 })
}

// addsUp tells whether the lines of a column have a total: not states of several dates, not
// persons counted once per line.
func (o *oracle) addsUp(c belvedere.QueryColumn) bool {
	for _, d := range o.datasets(c) {
		if d.Kind == belvedere.Stock && o.lines != "" || d.Kind == belvedere.Distinct && (o.lines != "" || o.byCode()) {
			return false
		}
	}
	return true
}

func (o *oracle) byCode() bool {
	return slices.ContainsFunc(o.q.By, func(name string) bool { return !known(name) })
}

// wholeSchools tells whether a line holds schools with all their data, so that one that is
// missing makes it partial.
func (o *oracle) wholeSchools() bool {
	return !slices.ContainsFunc(o.q.By, func(name string) bool { return !slices.Contains(attributeNames, name) })
}

func yearOfLine(line map[string]string) (belvedere.SchoolYear, bool) {
	if y, ok := line["annee"]; ok {
		n, err := belvedere.ParseSchoolYear(y)
		return n, err == nil
	}
	for name, layout := range map[string]string{"mois": "2006-01", "jour": "2006-01-02"} {
		if at, ok := line[name]; ok {
			day, err := time.Parse(layout, at)
			return belvedere.SchoolYearOf(day), err == nil
		}
	}
	return 0, false
}

// calendar tells whether the lines are those of a calendar, where each day has its place.
func (o *oracle) calendar() bool {
	return slices.Equal(o.q.By, []string{"jour"}) || slices.Equal(o.q.By, []string{"jour", "heure"})
}

// upTo is the last day up to which nothing written means that nothing happened: the last one
// received of a flow, the last one counted of persons, none of a stock.
func (o *oracle) upTo(c belvedere.QueryColumn) string {
	last, ok := o.memo.upTo[c.Key]
	if ok {
		return last
	}
	for i, d := range o.datasets(c) {
		mine := ""
		for _, u := range o.w.schools {
			if !o.on(u, nil) || !o.shares(c, u) {
				continue
			}
			for _, f := range o.delivered(d, u) {
				day := f.day
				if d.Kind == belvedere.Distinct && (f.periode != "jour" || day.Before(o.q.Period.From)) || d.Kind == belvedere.Stock || !o.months(d, u)[day.Format("2006-01")] {
					continue
				}
				if d.Kind == belvedere.Distinct { // a day on which these persons were not counted tells nothing
					num, _ := o.sides(c)
					if _, there, _ := o.evaluate(c, num, u, map[string]string{"jour": day.Format("2006-01-02")}); !there {
						continue
					}
				}
				mine = max(mine, day.Format("2006-01-02"))
			}
		}
		if i == 0 || mine < last {
			last = mine
		}
	}
	o.memo.upTo[c.Key] = last
	return last
}
