package tally

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// Counts of person files follow their declaration (catalog/persons): which rows, which columns are
// which dimensions, what is added. A text that stands for a member of an open list is never that of a
// row: it is the one that the vault registered as a member when the file was judged (dossier_code).

// personCounters are one for each count that the kinds declare.
func personCounters(kinds dossier.Kinds) (list []counter) {
	for _, k := range kinds {
		for i := range k.Counts {
			c := &k.Counts[i]
			list = append(list, counter{c.Dataset, func(r *reading, s *sheet) error {
				p := &personCount{r: r, s: s, k: k, c: c}
				return p.fill()
			}})
		}
	}
	return list
}

// A personCount is one count of a kind in a year.
type personCount struct {
	r *reading
	s *sheet
	k *dossier.Kind
	c *dossier.Count
}

// fill counts, unless the vault has no file of the kind.
func (p *personCount) fill() (err error) {
	var known int
	if found, err := p.r.tx.Get("SELECT 1 FROM dossier_genre WHERE nom = ?", []any{p.k.Name}, &known); err != nil || !found {
		return err
	}
	if p.kept() {
		if p.s.decides, err = p.decides(); err != nil {
			return err
		}
	}
	if err := p.names(); err != nil {
		return err
	}
	distinct := p.s.dataset.Kind == belvedere.Distinct
	switch {
	case p.c.State != nil && distinct:
		return p.people()
	case p.c.State != nil:
		return p.state()
	case distinct:
		return p.users()
	}
	return p.flow()
}

// kept tells whether the vault still keeps rows of the year: what it forgot of old is not withdrawn.
func (p *personCount) kept() bool {
	return int(belvedere.SchoolYearOf(p.r.now()))-int(p.r.year) < p.k.Retention
}

// decides tells of which slices of the year the count says all: of what happens, all that has ended; of
// states, the days on which they are observed, and the periods that have one.
func (p *personCount) decides() (func(name string) bool, error) {
	if p.c.State == nil {
		return func(string) bool { return true }, nil
	}
	days, err := p.days()
	known := map[string]bool{}
	for _, day := range days {
		at := day.Format(time.DateOnly)
		known[at] = true
		if p.s.dataset.Kind == belvedere.Distinct {
			known[at[:7]], known[fmt.Sprint(int(p.r.year))] = true, true
		}
	}
	return func(name string) bool { return known[name] }, err
}

// table is where the rows of the kind lie, as t.
func (p *personCount) table() string { return " FROM dos_" + p.k.Name + " t" }

// conditions are those of the declaration, in SQL.
func (p *personCount) conditions() (text string, args []any) {
	text = "1"
	for _, w := range p.c.Where {
		text += " AND t." + w.Name + " = ?"
		args = append(args, w.Value)
	}
	return text, args
}

// dimension is the expression of a dimension: a code of the declaration, a column of a closed list, or
// the member that the vault registered for a column of an open one.
func (p *personCount) dimension(d belvedere.Dimension) string {
	i := slices.IndexFunc(p.c.Dims, func(o dossier.Pair) bool { return o.Name == d.Name })
	if i < 0 {
		return "''"
	}
	value := p.c.Dims[i].Value
	if strings.HasPrefix(value, "'") {
		return "'" + strings.ReplaceAll(strings.Trim(value, "'"), "'", "''") + "'"
	}
	column := p.k.Column(value)
	if !column.Open() {
		return "t." + value
	}
	return "ifnull((SELECT code FROM dossier_code c WHERE c.genre = '" + p.k.Name + "' AND c.colonne = '" + value + "' AND c.code = t." + value + "), '')"
}

// measure is the expression of a measure.
func (p *personCount) measure(m belvedere.Measure) string {
	i := slices.IndexFunc(p.c.Measures, func(o dossier.Pair) bool { return o.Name == m.Name })
	switch {
	case i < 0:
		return "NULL"
	case p.c.Measures[i].Value == "lignes":
		return "count(*)"
	case p.c.Measures[i].Value == "personnes":
		return "count(DISTINCT t." + p.k.PersonColumn().Name + ")"
	case p.c.Measures[i].Value == "principales":
		return "sum(" + p.main() + ")"
	}
	return "sum(t." + p.c.Measures[i].Value + ")"
}

// main tells of a row that no other row of its person at its time is above it: so each person counts once,
// where most of her is, and the codes of all dimensions still add up to the number of people.
func (p *personCount) main() string {
	weight := func(row string) string {
		text := "0"
		for _, name := range slices.Backward(p.c.Main) {
			text = "ifnull(" + row + "." + name + ", " + text + ")"
		}
		return text
	}
	person := p.k.PersonColumn().Name
	where, _ := p.conditions()
	for _, w := range p.c.Where { // of the declaration, codes: no quotes in them
		where = strings.Replace(where, "t."+w.Name+" = ?", "o."+w.Name+" = '"+strings.ReplaceAll(w.Value, "'", "")+"'", 1)
	}
	return "NOT EXISTS (SELECT 1 FROM dos_" + p.k.Name + " o WHERE " + where + " AND o." + p.c.Time + " = t." + p.c.Time + " AND o." + person + " = t." + person +
		" AND (" + weight("o") + " > " + weight("t") + " OR " + weight("o") + " = " + weight("t") + " AND o._id < t._id))"
}

// rows runs a query of the time (when timed), the dimensions and the measures, grouped; dims replaces expressions by name.
func (p *personCount) rows(timed string, dims map[string]string, where string, args []any, each func(at string, codes []string, figures []figure) error) error {
	d := p.s.dataset
	var columns []string
	if timed != "" {
		columns = append(columns, timed)
	}
	for _, one := range d.Dimensions {
		expression, replaced := dims[one.Name]
		if !replaced {
			expression = p.dimension(one)
		}
		columns = append(columns, expression)
	}
	group := make([]string, len(columns))
	for i := range group {
		group[i] = fmt.Sprint(i + 1)
	}
	for _, m := range d.Measures {
		columns = append(columns, p.measure(m))
	}
	query := "SELECT " + strings.Join(columns, ", ") + p.table() + " WHERE " + where
	if len(group) > 0 {
		query += " GROUP BY " + strings.Join(group, ", ")
	}
	at, codes, numbers := "", make([]string, len(d.Dimensions)), make([]*float64, len(d.Measures))
	var into []any
	if timed != "" {
		into = append(into, &at)
	}
	for i := range codes {
		into = append(into, &codes[i])
	}
	for i := range numbers {
		into = append(into, &numbers[i])
	}
	return p.r.tx.Each(query, args, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		figures := make([]figure, len(numbers))
		for i, n := range numbers {
			if n != nil {
				figures[i] = amount(*n)
			} else if d.Measures[i].Required {
				return nil // the file does not say it
			}
		}
		return each(at, codes, figures)
	})
}

// span is the part of a year that is counted: from its first day, to the day before which things have
// ended for what happens, or to the day of the count for states.
func (p *personCount) span(grain belvedere.TimeGrain) (from, before string) {
	end := p.r.today.AddDate(0, 0, 1)
	if p.s.dataset.Kind == belvedere.Flow && grain == belvedere.ByDay && !p.r.over() {
		end = p.r.today
	}
	switch grain {
	case belvedere.ByYear:
		return fmt.Sprint(int(p.r.year)), fmt.Sprint(int(p.r.year) + 1)
	case belvedere.ByMonth:
		return p.r.year.First().Format("2006-01"), end.AddDate(0, 0, -1).Format("2006-01") + "~" // that month included
	}
	return p.r.year.First().Format(time.DateOnly), end.Format(time.DateOnly)
}

// flow adds rows by their own time.
func (p *personCount) flow() error {
	grain := p.k.Column(p.c.Time).Grain
	from, before := p.span(grain)
	where, args := p.conditions()
	timed := "t." + p.c.Time
	where += " AND " + timed + " >= ? AND " + timed + " < ?"
	args = append(args, from, before)
	if p.s.dataset.Time == belvedere.ByMonth && grain == belvedere.ByDay {
		timed = "substr(" + timed + ", 1, 7)"
	}
	add := func(at string, codes []string, figures []figure) error {
		day, err := dayOf(p.s.dataset.Time, at)
		if err != nil {
			return err
		}
		return p.s.add(day, codes, figures...)
	}
	if err := p.rows(timed, nil, where, args, add); err != nil || p.c.Last == nil {
		return err
	}
	dims, only := p.last()
	return p.rows(timed, dims, where+only, args, add)
}

// last are the dimensions and the condition of the rows that stand for the whole: those that no other
// row of their key follows, where no row is of the whole itself. Codes follow each other as in their list.
func (p *personCount) last() (dims map[string]string, only string) {
	column := p.c.Last.Column
	rank := "CASE %s." + column
	for i, code := range p.k.Column(column).List.All() {
		rank += fmt.Sprintf(" WHEN '%s' THEN %d", code.Code, i)
	}
	rank += " ELSE -1 END"
	same := "o." + p.k.Key[0] + " = t." + p.k.Key[0]
	for _, name := range p.k.Key[1:] {
		if name != column {
			same += " AND o." + name + " = t." + name
		}
	}
	whole := "'" + p.c.Last.As + "'"
	only = " AND NOT EXISTS (SELECT 1 FROM dos_" + p.k.Name + " o WHERE " + same + " AND (o." + column + " = " + whole + " OR " +
		fmt.Sprintf(rank, "o") + " > " + fmt.Sprintf(rank, "t") + "))"
	dims = map[string]string{}
	for _, d := range p.c.Dims {
		if d.Value == column {
			dims[d.Name] = whole
		}
	}
	return dims, only
}

// dayOf is the first day of a time as the vault writes it.
func dayOf(grain belvedere.TimeGrain, at string) (time.Time, error) {
	switch grain {
	case belvedere.ByYear:
		y, err := belvedere.ParseSchoolYear(at)
		return y.First(), err
	case belvedere.ByMonth:
		return time.Parse("2006-01", at)
	}
	return time.Parse(time.DateOnly, at)
}

// days are those on which a state is observed: the last of each month that has ended, and the day of
// the count. Where no row says from when it holds, the day of the count alone: the file tells no history.
func (p *personCount) days() (list []time.Time, err error) {
	from := "0"
	if p.c.State.From != "" {
		from = "sum(t." + p.c.State.From + " <> '')"
	}
	held, dated := map[string]bool{}, int64(0) // years of which there are rows
	years := []any{fmt.Sprint(int(p.r.year)), fmt.Sprint(int(p.r.year))}
	if p.c.State.Civil {
		years[1] = fmt.Sprint(int(p.r.year) + 1)
	}
	column := "t." + p.c.State.Year
	err = p.r.tx.Each("SELECT "+column+", "+from+p.table()+" WHERE "+column+" IN (?, ?) GROUP BY 1", years, func(scan func(...any) error) error {
		var year string
		var some int64
		err := scan(&year, &some)
		held[year], dated = true, dated+some
		return err
	})
	if err != nil || len(held) == 0 {
		return nil, err
	}
	if dated > 0 {
		for first := p.r.year.First().AddDate(0, 1, 0); !first.After(p.r.year.End()); first = first.AddDate(0, 1, 0) {
			if last := first.AddDate(0, 0, -1); last.Before(p.r.today) && held[p.yearOf(last)] {
				list = append(list, last)
			}
		}
	}
	if held[p.yearOf(p.r.today)] {
		list = append(list, p.r.today)
	}
	return list, nil
}

// yearOf is the year whose rows tell the state of a day.
func (p *personCount) yearOf(day time.Time) string {
	if p.c.State.Civil {
		return day.Format("2006")
	}
	return fmt.Sprint(int(p.r.year))
}

// holds are the rows of the year that hold at some time between two days, both included; who left
// before is kept when the state says what becomes of her row.
func (p *personCount) holds(first, last string) (where string, args []any) {
	state := p.c.State
	where, args = p.conditions()
	where += " AND t." + state.Year + " = ?"
	year := fmt.Sprint(int(p.r.year))
	if state.Civil {
		year = last[:4]
	}
	args = append(args, year)
	if state.From != "" {
		where += " AND t." + state.From + " <= ?"
		args = append(args, last)
	}
	if state.To != "" && len(state.Left) == 0 {
		where += " AND (t." + state.To + " = '' OR t." + state.To + " >= ?)"
		args = append(args, first)
	}
	return where, args
}

// state counts the rows that hold on each day of observation.
func (p *personCount) state() error {
	days, err := p.days()
	if err != nil {
		return err
	}
	for _, day := range days {
		at := day.Format(time.DateOnly)
		where, args := p.holds(at, at)
		err := p.rows("", p.leftOn(at), where, args, func(_ string, codes []string, figures []figure) error {
			return p.s.add(day, codes, figures...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// leftOn are the dimensions whose code depends on whether the row has been left by a day: a status
// that the file gives for the end of the year was another before.
func (p *personCount) leftOn(day string) map[string]string {
	dims := map[string]string{}
	for _, left := range p.c.State.Left {
		for _, d := range p.c.Dims {
			if d.Value != left.Name {
				continue
			}
			column, to, code := "t."+left.Name, "t."+p.c.State.To, "'"+strings.ReplaceAll(left.Value, "'", "")+"'"
			before := "'" + strings.ReplaceAll(p.k.Column(left.Name).Default, "'", "") + "'"
			dims[d.Name] = "CASE WHEN " + to + " <> '' AND " + to + " <= '" + day + "' THEN " + code +
				" WHEN " + to + " > '" + day + "' AND " + column + " = " + code + " THEN " + before + " ELSE " + column + " END"
		}
	}
	return dims
}

// A stretch is a period of a dataset of distinct persons.
type stretch struct {
	grain       belvedere.TimeGrain
	first, last time.Time
}

// people counts each person once in each period in which she holds: days of observation and months; the
// year has all who are in its files, those too who left before it began.
func (p *personCount) people() error {
	days, err := p.days()
	if err != nil || len(days) == 0 {
		return err
	}
	var list []stretch
	for _, day := range days {
		list = append(list, stretch{belvedere.ByDay, day, day})
		if len(days) > 1 || !p.r.over() {
			list = append(list, stretch{belvedere.ByMonth, month(day), day})
		}
	}
	list = append(list, stretch{belvedere.ByYear, p.r.year.First(), days[len(days)-1]})
	for _, one := range list {
		first := one.first.Format(time.DateOnly)
		if one.grain == belvedere.ByYear {
			first = ""
		}
		where, args := p.holds(first, one.last.Format(time.DateOnly))
		if err := p.eachCrowd(one.grain, func(string) time.Time { return one.first }, "", where, args); err != nil {
			return err
		}
	}
	return nil
}

// users counts each person once in each period in which one of her rows lies.
func (p *personCount) users() error {
	column := "t." + p.c.Time
	from, before := p.r.year.First().Format(time.DateOnly), p.r.ended()
	where, args := p.conditions()
	where += " AND " + column + " >= ? AND " + column + " < ?"
	args = append(args, from, before)
	for _, one := range []struct {
		grain belvedere.TimeGrain
		timed string
	}{{belvedere.ByDay, column}, {belvedere.ByMonth, "substr(" + column + ", 1, 7)"}, {belvedere.ByYear, "'" + from + "'"}} {
		first := func(at string) time.Time {
			day, err := dayOf(one.grain, at)
			if one.grain == belvedere.ByYear || err != nil {
				return p.r.year.First()
			}
			return day
		}
		if err := p.eachCrowd(one.grain, first, one.timed, where, args); err != nil {
			return err
		}
	}
	return nil
}

// eachCrowd counts people for every choice of dimensions that are told apart or taken together. A code
// that the list of distinct persons lacks is of the whole alone.
func (p *personCount) eachCrowd(grain belvedere.TimeGrain, first func(at string) time.Time, timed, where string, args []any) error {
	d := p.s.dataset
	for choice := range 1 << len(d.Dimensions) {
		dims := map[string]string{}
		for i, one := range d.Dimensions {
			if choice>>i&1 == 1 {
				continue
			}
			at := slices.IndexFunc(one.List.Codes, func(c belvedere.Code) bool { return c.Total })
			if at < 0 {
				return fmt.Errorf("%s: the list %s has no code for all", d.Name, one.List.Name)
			}
			dims[one.Name] = "'" + one.List.Codes[at].Code + "'"
		}
		err := p.rows(timed, dims, where, args, func(at string, codes []string, figures []figure) error {
			for i, one := range d.Dimensions {
				if one.List.Find(codes[i]) == nil || !figures[0].known || figures[0].value == 0 {
					return nil
				}
			}
			return p.s.addPeriod(grain, first(at), codes, figures...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
