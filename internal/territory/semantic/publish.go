package semantic

import (
	"fmt"
	"slices"
	"strings"

	"belvedere"
)

// A Publisher writes the statements that bring staged rows into the tables and keep the
// roll-ups exact. All statements of one edition run in one transaction of the warehouse.
type Publisher struct{}

// Origin says where the rows of a delivery come from. Register slices are kept by origin and
// merged by rank; the other datasets know the delivery only. Rank 0 is a data file that names
// schools in passing: it fills the records of schools, but does not enter them in the register.
type Origin struct {
	Delivery int64
	Name     string // form or source
	Rank     int
	Sorted   bool // the stage holds the rows in the order of OrderColumns already
}

// Tables makes every table of the model that does not exist yet.
func (Publisher) Tables(m *belvedere.Model) []belvedere.Statement {
	var out []belvedere.Statement
	create := func(name string, cols []belvedere.TableColumn) {
		parts := make([]string, len(cols))
		for i, c := range cols {
			parts[i] = c.Name + " " + string(c.Type)
		}
		out = append(out, belvedere.Statement{SQL: "CREATE TABLE IF NOT EXISTS " + name + " (" + strings.Join(parts, ", ") + ")"})
	}
	for _, d := range m.Datasets {
		for _, t := range tablesOf(d) {
			create(t.name, t.columns())
		}
		if d.Kind == belvedere.Register {
			create(RecordTable, append(append(StageColumns(d), belvedere.TableColumn{Name: "inscrit", Type: belvedere.Bool}), editionColumns()...))
		}
	}
	create(CoverageTable, append([]belvedere.TableColumn{
		{Name: "jeu", Type: belvedere.Text}, {Name: "etablissement", Type: belvedere.Int32},
		{Name: "annee", Type: belvedere.Int16}, {Name: "mois", Type: belvedere.DateOnly},
		{Name: "dernier", Type: belvedere.DateOnly}, {Name: "lignes", Type: belvedere.Int64},
	}, editionColumns()...))
	return out
}

// SliceExpressions are the columns that name the slice of a row of a staged or final table of
// the dataset, in the order of the declaration: what a delivery replaces as a whole.
func SliceExpressions(d *belvedere.Dataset) []string {
	if d.Kind == belvedere.Register {
		return []string{"etablissement"}
	}
	var out []string
	for _, s := range d.Slice {
		switch {
		case s == "mois":
			out = append(out, "date_trunc('month', jour)::DATE")
		case s == "periode":
			out = append(out, "periode", "jour")
		default:
			out = append(out, s)
		}
	}
	return out
}

// Publish closes the slices that the staged rows replace and inserts the rows.
func (Publisher) Publish(d *belvedere.Dataset, stage string, edition int, from Origin) []belvedere.Statement {
	slice := strings.Join(SliceExpressions(d), ", ")
	var names []string
	for _, c := range StageColumns(d) {
		names = append(names, c.Name)
	}
	cols := strings.Join(names, ", ")
	closing := belvedere.Statement{
		SQL:  fmt.Sprintf("UPDATE %s SET sortie = ?::INTEGER WHERE sortie = %d AND (%s) IN (SELECT DISTINCT %s FROM %s)", d.Name, Open, slice, slice, stage),
		Args: []any{int64(edition)},
	}
	extra, into, args := "", "", []any{from.Delivery, int64(edition)}
	if d.Kind == belvedere.Register {
		closing.SQL += " AND origine = ?::VARCHAR"
		closing.Args = append(closing.Args, from.Name)
		extra, into = ", ?::VARCHAR, ?::INTEGER", ", origine, rang"
		args = append(args, from.Name, int64(from.Rank))
	}
	order := ""
	if !from.Sorted {
		order = " ORDER BY " + strings.Join(OrderColumns(d), ", ")
	}
	return []belvedere.Statement{closing, {
		SQL: fmt.Sprintf("INSERT INTO %s (%s, livraison, entree, sortie%s) SELECT %s, ?::BIGINT, ?::INTEGER, %d%s FROM %s%s",
			d.Name, cols, into, cols, Open, extra, stage, order),
		Args: args,
	}}
}

// Withdraw closes a slice in whose place nothing comes; key are the values of SliceExpressions.
func (Publisher) Withdraw(d *belvedere.Dataset, key []any, edition int) belvedere.Statement {
	marks := make([]string, len(key))
	for i, v := range key {
		switch v.(type) {
		case int64:
			marks[i] = "?::BIGINT"
		case string:
			marks[i] = "?::VARCHAR"
		default:
			marks[i] = "?::DATE"
		}
	}
	return belvedere.Statement{
		SQL:  fmt.Sprintf("UPDATE %s SET sortie = ?::INTEGER WHERE sortie = %d AND (%s) = (%s)", d.Name, Open, strings.Join(SliceExpressions(d), ", "), strings.Join(marks, ", ")),
		Args: append([]any{int64(edition)}, key...),
	}
}

// OrderColumns sort what is inserted so that one school or one period lies in few row groups.
func OrderColumns(d *belvedere.Dataset) []string {
	order := []string{"etablissement"}
	switch d.Time {
	case belvedere.ByHour:
		order = append(order, "instant")
	case belvedere.ByPeriod:
		order = []string{"periode", "jour", "etablissement"}
	case belvedere.ByDay, belvedere.ByMonth:
		order = append(order, "jour")
	}
	return order
}

// Rollups recomputes, for the datasets that an edition touched, the roll-ups and the coverage
// of the schools and months whose rows entered or left, and nothing else.
func (Publisher) Rollups(m *belvedere.Model, touched []string, edition int) []belvedere.Statement {
	var out []belvedere.Statement
	for _, d := range m.Datasets {
		if !slices.Contains(touched, d.Name) {
			continue
		}
		r := &roller{d: d, edition: edition}
		r.touched()
		if d.Kind == belvedere.Register {
			r.records()
		} else {
			r.coverage()
			for _, t := range tablesOf(d) {
				if t.rollup != nil {
					r.rollup(t)
				}
			}
		}
		out = append(out, r.out...)
	}
	return out
}

// A roller writes the statements of one dataset.
type roller struct {
	d       *belvedere.Dataset
	edition int
	out     []belvedere.Statement
}

func (r *roller) add(sql string, editions int) {
	s := belvedere.Statement{SQL: sql}
	for range editions {
		s.Args = append(s.Args, int64(r.edition))
	}
	r.out = append(r.out, s)
}

// touched lists the schools and months of the rows that entered or left in this edition. A row
// that entered and left at once was never seen and goes away.
func (r *roller) touched() {
	r.add(fmt.Sprintf("DELETE FROM %s WHERE entree = sortie", r.d.Name), 0)
	cols := "etablissement"
	if r.d.Kind != belvedere.Register {
		cols += ", annee, " + r.month("") + " AS mois"
	}
	r.add(fmt.Sprintf("CREATE OR REPLACE TEMP TABLE touche AS SELECT DISTINCT %s FROM %s WHERE entree = ?::INTEGER OR sortie = ?::INTEGER", cols, r.d.Name), 2)
}

// month is the month of a row; a dataset by school year counts as its first month.
func (r *roller) month(alias string) string {
	if r.d.Time == belvedere.ByYear {
		return "make_date(" + alias + "annee, 9, 1)"
	}
	return "date_trunc('month', " + alias + "jour)::DATE"
}

// records merges the attributes of each touched school: for each attribute, the value of the
// highest rank, then of the latest delivery, that is not absent. A school is entered in the
// register when one of its origins is a register.
func (r *roller) records() {
	r.add(fmt.Sprintf("UPDATE %s SET sortie = ?::INTEGER WHERE sortie = %d AND etablissement IN (SELECT etablissement FROM touche)", RecordTable, Open), 1)
	cols := []string{"etablissement"}
	for _, c := range StageColumns(r.d)[1:] {
		there := c.Name + " IS NOT NULL"
		if c.Type == belvedere.Text {
			there = c.Name + " <> ''"
		}
		cols = append(cols, fmt.Sprintf("arg_max(%s, rang::BIGINT * 1000000000 + livraison) FILTER (WHERE %s)", c.Name, there))
	}
	cols = append(cols, "max(rang) > 0")
	r.add(fmt.Sprintf("INSERT INTO %s SELECT %s, ?::INTEGER, %d FROM %s WHERE sortie = %d AND etablissement IN (SELECT etablissement FROM touche) GROUP BY etablissement ORDER BY etablissement",
		RecordTable, strings.Join(cols, ", "), Open, r.d.Name, Open), 1)
}

// coverage keeps what was received: per school and month, the last day and the number of rows.
func (r *roller) coverage() {
	r.add(fmt.Sprintf("UPDATE %s SET sortie = ?::INTEGER WHERE sortie = %d AND jeu = '%s' AND (etablissement, mois) IN (SELECT etablissement, mois FROM touche)",
		CoverageTable, Open, r.d.Name), 1)
	day := "max(jour)"
	if r.d.Time == belvedere.ByYear {
		day = "make_date(max(annee), 9, 1)"
	}
	from := fmt.Sprintf("%s WHERE sortie = %d AND (etablissement, %s) IN (SELECT etablissement, mois FROM touche)", r.d.Name, Open, r.month(""))
	if r.d.Time == belvedere.ByMonth { // the month is complete when it is delivered
		day = "last_day(max(jour))"
	}
	r.add(fmt.Sprintf("INSERT INTO %s SELECT '%s', etablissement, annee, %s, %s, count(*), ?::INTEGER, %d FROM %s GROUP BY 2, 3, 4 ORDER BY 2, 4",
		CoverageTable, r.d.Name, r.month(""), day, Open, from), 1)
}

// rollup recomputes the touched part of one roll-up from the smallest table that holds it.
func (r *roller) rollup(t table) {
	source := r.sourceOf(t)
	key := r.touchKey(t)
	r.add(fmt.Sprintf("UPDATE %s SET sortie = ?::INTEGER WHERE sortie = %d AND %s", t.name, Open, r.inTouched(t, key, t.name+".")), 1)
	where := fmt.Sprintf("b.sortie = %d AND %s", Open, r.inTouched(source, key, "b."))
	if t.dataset.Kind == belvedere.Stock {
		r.lastObservation(t, source, where)
		return
	}
	var cols, groups []string
	for i, c := range t.keys() {
		expr := "b." + c.Name
		if c.Name == "jour" && t.time == belvedere.ByMonth {
			expr = "date_trunc('month', b.jour)::DATE"
		}
		cols = append(cols, expr)
		groups = append(groups, fmt.Sprint(i+1))
	}
	for _, m := range r.d.Measures {
		cols = append(cols, "sum("+addend(r.d, m.Name, "b."+m.Name)+")")
	}
	r.add(fmt.Sprintf("INSERT INTO %s (%s) SELECT %s, ?::INTEGER, %d FROM %s b WHERE %s GROUP BY %s ORDER BY %s",
		t.name, t.names(), strings.Join(cols, ", "), Open, source.name, where, strings.Join(groups, ", "), strings.Join(groups, ", ")), 1)
}

// lastObservation copies the rows of the last day of each school in each year or month.
func (r *roller) lastObservation(t, source table, where string) {
	span := "b.annee"
	if t.time == belvedere.ByMonth {
		span = "date_trunc('month', b.jour)"
	}
	var cols, groups []string
	for i, c := range t.keys() {
		cols = append(cols, "b."+c.Name)
		groups = append(groups, fmt.Sprint(i+1))
	}
	for _, m := range r.d.Measures {
		cols = append(cols, "sum("+addend(r.d, m.Name, "b."+m.Name)+")")
	}
	if r.d.Time != belvedere.ByYear {
		where += fmt.Sprintf(" AND (b.etablissement, b.jour) IN (SELECT b.etablissement, max(b.jour) FROM %s b WHERE %s GROUP BY b.etablissement, %s)", source.name, where, span)
	}
	r.add(fmt.Sprintf("INSERT INTO %s (%s) SELECT %s, ?::INTEGER, %d FROM %s b WHERE %s GROUP BY %s ORDER BY %s",
		t.name, t.names(), strings.Join(cols, ", "), Open, source.name, where, strings.Join(groups, ", "), strings.Join(groups, ", ")), 1)
}

// touchKey is how much of a roll-up one touched month makes stale.
func (r *roller) touchKey(t table) []string {
	var key []string
	if t.schools {
		key = append(key, "etablissement")
	}
	if t.time == belvedere.ByYear {
		return append(key, "annee")
	}
	return append(key, "mois")
}

// inTouched writes "(etablissement, month) IN (touched ones)" for a table.
func (r *roller) inTouched(t table, key []string, alias string) string {
	var left []string
	for _, k := range key {
		if k == "mois" {
			k = r.month(alias)
		} else {
			k = alias + k
		}
		left = append(left, k)
	}
	return fmt.Sprintf("(%s) IN (SELECT DISTINCT %s FROM touche)", strings.Join(left, ", "), strings.Join(key, ", "))
}

// sourceOf is the coarsest table declared before t from which t can be added up.
func (r *roller) sourceOf(t table) table {
	best := table{name: r.d.Name, dataset: r.d, time: r.d.Time, schools: true}
	for _, s := range tablesOf(r.d) {
		if s.name == t.name {
			break
		}
		if s.rollup == nil || !s.schools || grainRank(s.time) > grainRank(t.time) || r.d.Kind == belvedere.Stock && s.time == belvedere.ByYear {
			continue
		}
		keeps := true
		for _, dim := range r.d.Dimensions {
			keeps = keeps && (s.has(dim.Name) || !t.has(dim.Name))
		}
		if keeps && grainRank(s.time) >= grainRank(best.time) {
			best = s
		}
	}
	return best
}
