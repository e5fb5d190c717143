package semantic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// SQL writes the plan as one statement, as of an edition. This is the only place where a query
// becomes text: identifiers come from the catalogue, values are parameters.
//
// The answer has the columns of Dims, then "ensemble" (1 on the line of totals), then for each
// planned column with an expression its value "vK" (DOUBLE) and the number of schools "nK"
// (when the plan adds the territory as a whole, 1 where there is anything), and for a guarded one the
// two sides of its ratio "hK" and "bK", and for a guarded formula what Extras says.
func (p *Plan) SQL(dialect Dialect, edition int) belvedere.Statement {
	w := &writer{dialect: dialect, edition: int64(edition)}
	w.line("WITH")
	whole := ""
	if p.Whole != nil && !p.Whole.Empty {
		whole = w.tables(p.Whole)
		w.text.WriteString(",\n")
	}
	from := w.tables(p)
	w.text.WriteString("\n")
	w.answer(from)
	if p.Total && len(p.Dims) > 0 {
		w.totals(from, whole)
	}
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

// tables writes the sources of a plan and the table in which they meet.
func (w *writer) tables(p *Plan) string {
	w.plan = p
	for i, s := range p.Sources {
		if i > 0 {
			w.text.WriteString(",\n")
		}
		w.source(s)
	}
	return w.grain()
}

type writer struct {
	plan    *Plan
	dialect Dialect
	edition int64
	text    strings.Builder
	args    []any
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.text, format, args...)
	w.text.WriteByte('\n')
}

func (w *writer) param(t belvedere.ColumnType, v any) string {
	w.args = append(w.args, v)
	return w.dialect.Param(t)
}

// source writes one common table expression: sums per school and line.
func (w *writer) source(s *Source) {
	var cols []string
	if s.Table.schools {
		cols = append(cols, "etablissement")
	}
	for _, d := range w.plan.Dims {
		switch d.Kind {
		case KindCode:
			cols = append(cols, w.codeDim(d))
		case KindTime:
			cols = append(cols, w.timeDim(d.Name))
		}
	}
	keys := len(cols)
	for _, a := range s.Atoms {
		cols = append(cols, w.atom(s.Table.dataset, a)+" AS "+a.Name)
	}
	if w.plan.byParts() {
		cols = append(cols, w.wanted(s)+" AS partie")
	}
	w.line("-- %s", s.Comment)
	w.line("%s AS (", s.Name)
	w.line("  SELECT %s", strings.Join(cols, ",\n         "))
	w.line("  FROM %s", s.Table.name)
	w.line("  WHERE %s", strings.Join(w.conds(s, s.Conds), "\n    AND "))
	if s.Last {
		w.line("    AND %s", w.last(s))
	}
	if keys > 0 {
		positions := make([]string, keys)
		for i := range positions {
			positions[i] = strconv.Itoa(i + 1)
		}
		w.line("  GROUP BY %s", strings.Join(positions, ", "))
	}
	w.text.WriteString(")")
}

func (w *writer) timeDim(name string) string {
	if name == "mois" {
		return w.dialect.Month("jour") + " AS mois"
	}
	return name
}

// atom writes a sum over part of the rows. A school that delivered the dataset but has no row
// of that part counts zero; one that delivered nothing, or only rows without the detail that
// the part needs, has no value.
func (w *writer) atom(d *belvedere.Dataset, a *Atom) string {
	if len(a.Where) == 0 {
		return "sum(" + addend(d, a.Measure, a.Measure) + ")"
	}
	there := a.Measure
	var needs, parts []string
	for _, g := range a.Guard {
		needs = append(needs, g+" <> ''")
	}
	for _, c := range a.Where {
		// Persons counted by profile alone do not make a total of zero, nor years before the first.
		switch {
		case c.total(d) || c.Column == "annee":
			needs = append(needs, w.cond(c))
		case c.Any != nil:
			needs = append(needs, w.cond(c.detailed(d)))
		}
	}
	if len(needs) > 0 {
		there = when(strings.Join(needs, " AND "), a.Measure)
	}
	for _, c := range a.Where {
		parts = append(parts, w.cond(c))
	}
	return fmt.Sprintf("CASE WHEN count(%s) > 0 THEN coalesce(sum(%s), 0) END", there, when(strings.Join(parts, " AND "), addend(d, a.Measure, a.Measure)))
}

// wanted tells whether a line has a row that the atoms want.
func (w *writer) wanted(s *Source) string {
	if len(s.Part) == 0 {
		return "true"
	}
	var parts []string
	for _, c := range s.Part {
		parts = append(parts, w.cond(c))
	}
	return "bool_or(" + strings.Join(parts, " AND ") + ")"
}

// addend is a measure as a sum takes it. Floating point would add in the order of the threads,
// and the same question would get other last digits: decimals add as fixed point.
func addend(d *belvedere.Dataset, measure, column string) string {
	if m := d.Measure(measure); m != nil && m.Decimal {
		return "CAST(" + column + " AS DECIMAL(38, 6))"
	}
	return column
}

// when keeps a value where a condition holds. It stands inside aggregates in the place of
// FILTER, for which DuckDB cuts all columns again for each: forty of them took 90 ms instead of 9.
func when(condition, value string) string {
	return "CASE WHEN " + condition + " THEN " + value + " END"
}

// conds writes the conditions of a source with the edition.
func (w *writer) conds(s *Source, conds []Cond) []string {
	var out []string
	for _, c := range conds {
		out = append(out, w.cond(c))
	}
	if s != nil && s.Edition != nil {
		return append(out, w.between("", int64(*s.Edition)))
	}
	return append(out, w.current(""))
}

// current keeps the rows of the edition.
func (w *writer) current(alias string) string { return w.between(alias, w.edition) }

func (w *writer) between(alias string, edition int64) string {
	a := w.param(belvedere.Int32, edition)
	b := w.param(belvedere.Int32, edition)
	return fmt.Sprintf("%sentree <= %s AND %ssortie > %s", alias, a, alias, b)
}

// last keeps the rows of the last observation of each school: the filters on codes play no part
// in finding it, so that a level without pupils is not taken from an older date.
func (w *writer) last(s *Source) string {
	var when []Cond
	for _, c := range s.Conds {
		if c.Record || slices.Contains([]string{"annee", "jour", "etablissement"}, c.Column) {
			when = append(when, c)
		}
	}
	span := "annee"
	if s.byMonth {
		span = w.dialect.Month("jour")
	}
	return fmt.Sprintf("(etablissement, jour) IN (\n      SELECT etablissement, max(jour) FROM %s WHERE %s GROUP BY etablissement, %s)",
		s.Table.name, strings.Join(w.conds(s, when), " AND "), span)
}

// cond writes one condition. No value at all means that nothing fits.
func (w *writer) cond(c Cond) string {
	if c.Any != nil {
		return w.choice(c.Any)
	}
	if c.Record && c.Op == "<>" { // those without the attribute have no row to say so
		c.Op = "IN"
		return strings.Replace(w.cond(c), "etablissement IN", "etablissement NOT IN", 1)
	}
	if len(c.Values) == 0 {
		if c.Op == "NOT IN" {
			return "true"
		}
		return "false"
	}
	var ps []string
	for _, v := range c.Values {
		ps = append(ps, w.param(c.Type, v))
	}
	text := c.Column + " " + c.Op + " "
	switch {
	case c.Op == "IN" && len(ps) == 1:
		text = c.Column + " = " + ps[0]
	case c.Op == "IN" || c.Op == "NOT IN":
		text += "(" + strings.Join(ps, ", ") + ")"
	default:
		text += ps[0]
	}
	if !c.Record {
		return text
	}
	return fmt.Sprintf("etablissement IN (SELECT etablissement FROM %s WHERE %s AND %s)", RecordTable, text, w.current(""))
}

// choice writes lists of conditions of which one must hold whole.
func (w *writer) choice(lists [][]Cond) string {
	var any []string
	for _, list := range lists {
		all := []string{"true"}
		for i, c := range list {
			if i == 0 {
				all = nil
			}
			all = append(all, w.cond(c))
		}
		any = append(any, strings.Join(all, " AND "))
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// grain writes the table in which both sides of a ratio meet: one row per school and line.
func (w *writer) grain() string {
	p := w.plan
	if len(p.Sources) == 1 {
		return p.Sources[0].Name
	}
	keys := w.keyNames()
	w.text.WriteString(",\n")
	w.line("-- one row per school and line, where both sides of a ratio meet")
	w.line("%s AS (", p.grain)
	var cols []string
	for _, s := range p.Sources {
		for _, a := range s.Atoms {
			cols = append(cols, w.met(s, a)+" AS "+a.Name)
		}
	}
	if p.byParts() {
		cols = append(cols, "bool_or(partie) AS partie")
	}
	w.line("  SELECT %s", strings.Join(append(slices.Clone(keys), cols...), ", "))
	w.line("  FROM (")
	for i, s := range p.Sources {
		var have []string
		for _, o := range p.Sources {
			for _, a := range o.Atoms {
				if o == s {
					have = append(have, a.Name)
				} else {
					have = append(have, "NULL AS "+a.Name)
				}
			}
		}
		if p.byParts() {
			have = append(have, "partie")
		}
		if i > 0 {
			w.line("    UNION ALL")
		}
		w.line("    SELECT %s FROM %s", strings.Join(append(slices.Clone(keys), have...), ", "), s.Name)
	}
	w.text.WriteString("  )")
	if len(keys) > 0 {
		w.text.WriteString(" GROUP BY " + strings.Join(keys, ", "))
	}
	w.text.WriteString("\n)")
	return p.grain
}

// met is a sum in the row where sources meet. A line that only others have is zero in a dataset that
// has no line of what did not happen, of a school that breaks it down: nobody left GM3, whose share of
// registrations is 0 and not unknown. The release judges sums as they were counted: those it protects
// are left as they are.
func (w *writer) met(s *Source, a *Atom) string {
	value := "any_value(" + a.Name + ")"
	var codes []string
	for _, d := range w.plan.Dims {
		if d.Kind == KindCode {
			codes = append(codes, d.column()+" <> ''")
		}
	}
	if !s.Dataset.Sparse || a.Judged || len(codes) == 0 || w.plan.Territory {
		return value
	}
	var same []string
	for _, d := range w.plan.Dims {
		if d.Kind == KindTime {
			same = append(same, d.column())
		}
	}
	same = append(same, "etablissement")
	coded := strings.Join(codes, " AND ")
	return fmt.Sprintf("coalesce(%s, CASE WHEN %s AND (%s) IN (SELECT (%s) FROM %s WHERE %s AND %s IS NOT NULL) THEN 0 END)",
		value, coded, strings.Join(same, ", "), strings.Join(same, ", "), s.Name, coded, a.Name)
}

// keyNames are the columns that name a row of the grain.
func (w *writer) keyNames() []string {
	var keys []string
	if !w.plan.Territory {
		keys = append(keys, "etablissement")
	}
	for _, d := range w.plan.Dims {
		if d.Kind == KindCode || d.Kind == KindTime {
			keys = append(keys, d.column())
		}
	}
	return keys
}

// answer writes the outer query: lines, then the totals over all of them.
func (w *writer) answer(from string) {
	p := w.plan
	cols, dims := []string{}, []string{}
	attributes := false
	for _, d := range p.Dims {
		name := d.column()
		if d.Kind == KindAttribute {
			attributes = true
			name = "coalesce(fiche." + recordAttributes[d.Name] + ", '')"
			cols = append(cols, name+" AS "+d.Name)
		} else {
			cols = append(cols, name)
		}
		dims = append(dims, name)
	}
	added := len(dims) > 0 && !w.oneRowPerLine()
	w.line("SELECT %s", strings.Join(append(append(cols, "0 AS ensemble"), w.figures(added || len(dims) == 0)...), ",\n       "))
	w.text.WriteString("FROM " + from)
	if attributes {
		fmt.Fprintf(&w.text, "\nLEFT JOIN (SELECT etablissement, type, secteur, commune, departement, academie FROM %s WHERE %s) AS fiche USING (etablissement)",
			RecordTable, w.current(""))
	}
	switch {
	case added && p.byParts():
		fmt.Fprintf(&w.text, "\nGROUP BY %s\nHAVING bool_or(partie)", strings.Join(dims, ", "))
	case added:
		fmt.Fprintf(&w.text, "\nGROUP BY %s", strings.Join(dims, ", "))
	case p.byParts():
		w.text.WriteString("\nWHERE partie")
	}
}

// totals writes the line of totals: over all rows, or from the question without lines.
func (w *writer) totals(from, whole string) {
	cols := append(slices.Repeat([]string{"NULL"}, len(w.plan.Dims)), "1")
	switch {
	case w.plan.Whole == nil:
		cols = append(cols, w.figures(true)...)
	case whole == "":
		return
	default:
		from = whole
		for i, c := range w.plan.Columns {
			if c.Expr != nil {
				cols = append(cols, w.figure(i, w.plan.Whole.Columns[i].Expr, true)...)
			}
		}
	}
	w.line("\nUNION ALL")
	w.line("SELECT %s", strings.Join(cols, ",\n       "))
	w.text.WriteString("FROM " + from)
}

// oneRowPerLine tells whether the grain has one row per line, so that nothing is left to add.
func (w *writer) oneRowPerLine() bool {
	return w.plan.Territory || slices.ContainsFunc(w.plan.Dims, func(d Dim) bool { return d.Kind == KindSchool })
}
