package semantic

import (
	"fmt"
	"slices"
	"strings"

	"belvedere"
)

// Cube reads the base cells of a dataset over one school year, as the release engine protects them.
// Each row is school, time, the dimensions in the order of the declaration, then the sums of the
// measures. The time is what adds or stands apart:
//
//	flux:       the first day of the month (of the year, where years are counted)
//	stock:      the day of the last observation of each school in the year
//	stock, dated: the day of the last observation of each school in each month
//	distinct:   period and day, "mois 2025-11-01"
func Cube(dialect Dialect, d *belvedere.Dataset, year belvedere.SchoolYear, edition int) belvedere.Statement {
	w := &writer{dialect: dialect, edition: int64(edition)}
	t, when := cubeTable(dialect, d)
	cols := []string{"etablissement", when}
	for _, dim := range d.Dimensions {
		cols = append(cols, dim.Name)
	}
	keys := len(cols)
	for _, m := range d.Measures {
		cols = append(cols, "sum("+addend(d, m.Name, m.Name)+")::DOUBLE")
	}
	w.line("SELECT %s", strings.Join(cols, ", "))
	w.line("FROM %s", t.name)
	conds := []Cond{{Column: "annee", Op: "=", Type: belvedere.Int16, Values: []any{int64(year)}}}
	w.line("WHERE %s", strings.Join(w.conds(nil, conds), " AND "))
	if d.Kind == belvedere.Stock && t.rollup == nil && d.Time != belvedere.ByYear {
		w.line("  AND %s", w.last(&Source{Table: t, Conds: conds, byMonth: d.Dated}))
	}
	positions := make([]string, keys)
	for i := range positions {
		positions[i] = fmt.Sprint(i + 1)
	}
	w.text.WriteString("GROUP BY " + strings.Join(positions, ", "))
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

// cubeTable is the table that a cube is read from, and the expression of its time.
func cubeTable(dialect Dialect, d *belvedere.Dataset) (table, string) {
	base := tablesOf(d)[0]
	switch {
	case d.Time == belvedere.ByYear:
		return base, "NULL"
	case d.Kind == belvedere.Distinct:
		return base, "periode || ' ' || CAST(jour AS VARCHAR)"
	case d.Kind == belvedere.Flow:
		return base, dialect.Month("jour")
	}
	want := belvedere.ByYear
	if d.Dated {
		want = belvedere.ByMonth
	}
	for _, t := range tablesOf(d) {
		if t.rollup != nil && t.time == want && t.schools && len(t.drop) == 0 {
			return t, "jour"
		}
	}
	return base, "jour"
}

// Years reads the school years of a dataset whose rows entered or left after an edition, up to another.
func Years(dialect Dialect, d *belvedere.Dataset, after, upTo int) belvedere.Statement {
	w := &writer{dialect: dialect}
	a, b := w.param(belvedere.Int32, int64(after)), w.param(belvedere.Int32, int64(upTo))
	c, e := w.param(belvedere.Int32, int64(after)), w.param(belvedere.Int32, int64(upTo))
	fmt.Fprintf(&w.text, "SELECT DISTINCT annee FROM %s WHERE entree > %s AND entree <= %s OR sortie > %s AND sortie <= %s ORDER BY 1", d.Name, a, b, c, e)
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

// A Floor names what a class of secrecy bears on: a measure, or the part of it under one code of the
// dimensions whose members stand apart ("absence"; several joined by a semicolon).
type Floor struct {
	Dataset, Measure, Apart string
}

// Floors gives the floor of each protected measure: the highest class among the indicators that add
// it. class gives the floor of an indicator, 0 for none. Ratios protect nothing by themselves: what
// they divide is protected where it is shown.
func Floors(m *belvedere.Model, class func(*belvedere.Indicator) float64) map[Floor]float64 {
	out := map[Floor]float64{}
	for _, ind := range m.Indicators {
		floor := class(ind)
		if floor <= 0 || ind.Value == nil || divides(ind.Value) {
			continue
		}
		for _, ref := range ind.Measures(false) {
			d := m.Dataset(ref.Dataset)
			for _, apart := range apartOf(d, ref.Where) {
				key := Floor{ref.Dataset, ref.Measure, apart}
				out[key] = max(out[key], floor)
			}
		}
	}
	return out
}

// divides tells whether an expression divides by something that varies.
func divides(e belvedere.Expr) bool {
	b, ok := e.(belvedere.Binary)
	if !ok {
		return false
	}
	if _, fixed := b.R.(belvedere.Number); b.Op == '/' && !fixed {
		return true
	}
	return divides(b.L) || divides(b.R)
}

// apartOf lists the parts of a dataset that filters reach, by its dimensions whose members stand apart.
func apartOf(d *belvedere.Dataset, where []belvedere.Filter) []string {
	out := []string{""}
	for i := range d.Dimensions {
		dim := &d.Dimensions[i]
		if !dim.Apart || dim.List == nil {
			continue
		}
		var next []string
		for _, c := range dim.List.All() {
			if !slices.ContainsFunc(where, func(f belvedere.Filter) bool { return f.Dim == dim.Name && slices.Contains(f.Values, c.Code) == f.Not }) {
				for _, head := range out {
					next = append(next, join(head, c.Code))
				}
			}
		}
		out = next
	}
	return out
}

func join(head, code string) string {
	if head == "" {
		return code
	}
	return head + ";" + code
}
