package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// live is the reporter of the definitions in force at this moment: those that were accepted since the
// program started hold from the next question on, whichever server accepted them.
func (r *Reporter) live(ctx context.Context) (*Reporter, error) {
	if r.config.Live == nil {
		return r, nil
	}
	model, err := r.config.Live(ctx)
	if err != nil {
		return nil, err
	}
	if model == r.model {
		r.current.Store(nil)
		return r, nil
	}
	if now := r.current.Load(); now != nil && now.given == model {
		return now, nil
	}
	now := r.as(model, r.config.Answers)
	r.current.Store(now)
	return now, nil
}

// Definitions is the catalogue with the definitions in force at this moment.
func (r *Reporter) Definitions(ctx context.Context) (*belvedere.Model, error) {
	now, err := r.live(ctx)
	if err != nil {
		return nil, err
	}
	return now.model, nil
}

// pinned names the version of each column that has a history: the one that it asks for, else the one
// in force on the last day of the period.
func (r *Reporter) pinned(q belvedere.Query) belvedere.Query {
	day := q.Period.To.AddDate(0, 0, -1)
	q.Columns = slices.Clone(q.Columns)
	for i := range q.Columns {
		c := &q.Columns[i]
		if ind := r.indicatorOf(*c); ind != nil && c.Version == 0 && len(ind.History) > 0 {
			c.Version = ind.VersionOn(day)
		}
	}
	return q
}

// A cut is where lines begin to follow another version: the start of the line that holds the date
// of effect, since a line is computed with one version whole.
type cut struct {
	at   time.Time
	line string // code of the line
	mark belvedere.Break
}

// cuts are the changes of definition between the lines of a question, which are days, months or
// school years; none elsewhere.
func (r *Reporter) cuts(q belvedere.Query) []cut {
	at := slices.IndexFunc(q.By, func(dim string) bool { return dim == "annee" || dim == "mois" || dim == "jour" })
	if at < 0 {
		return nil
	}
	var out []cut
	for _, c := range q.Columns {
		ind := r.indicatorOf(c)
		if ind == nil || c.Version > 0 {
			continue
		}
		for _, day := range ind.Changes(q.Period) {
			one := lineOf(q.By[at], day)
			if !one.at.After(q.Period.From) {
				continue // the first line holds the change: all lines follow the new version
			}
			version := ind.Definitions()[ind.VersionOn(day)-1]
			one.mark = belvedere.Break{Indicator: ind.Code, Label: ind.Short, Version: version.Number, From: day, Line: one.line, Reason: version.Reason}
			if !slices.ContainsFunc(out, func(o cut) bool { return o.mark == one.mark }) {
				out = append(out, one)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b cut) int { return a.at.Compare(b.at) })
	return out
}

// lineOf is the line of a dimension of time that holds a day.
func lineOf(dim string, day time.Time) cut {
	switch dim {
	case "annee":
		y := belvedere.SchoolYearOf(day)
		return cut{at: y.First(), line: fmt.Sprint(int(y))}
	case "mois":
		return cut{at: belvedere.Date(day.Year(), day.Month(), 1), line: day.Format("2006-01")}
	}
	return cut{at: day, line: day.Format(time.DateOnly)}
}

// joined answers a question whose lines follow several versions: the whole with the last one, then
// each earlier part of the period with the versions of its lines, put in their place.
func (r *Reporter) joined(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query, cuts []cut) (*belvedere.Result, error) {
	edition, err := r.Edition(ctx, q.Edition)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	ctx = holdEdition(ctx, q.Edition, edition, directory)
	last := r.pinned(q)
	last.Limit, last.Offset, last.Sort = 0, 0, ""
	out, err := r.Query(ctx, viewer, last)
	if err != nil {
		return nil, err
	}
	j := newJoin(out)
	from := q.Period.From
	for _, c := range cuts {
		if !c.at.After(from) {
			continue
		}
		part := last
		part.Total, part.Columns = false, q.Columns
		part.Period = belvedere.Period{Kind: belvedere.FreeRange, From: from, To: c.at}
		part = r.pinned(part)
		earlier, err := r.Query(ctx, viewer, part)
		if err != nil {
			return nil, err
		}
		j.put(earlier, part, last)
		from = c.at
	}
	j.finish(q)
	out.Query = q
	out.Receipt = receipt(q, r.model.Version, edition.Number, viewer.Scope.Fingerprint, directory.edits, out.Receipt.Release)
	for i := range out.Columns {
		out.Columns[i].Version = q.Columns[i].Version
	}
	for _, c := range cuts {
		out.Breaks = append(out.Breaks, c.mark)
	}
	out.Notes = append(out.Notes, breakNotes(out)...)
	if len(out.Dims) == 1 {
		for i := range out.Rows {
			if row := &out.Rows[i]; slices.ContainsFunc(out.Breaks, func(b belvedere.Break) bool { return b.Line == row.Keys[0].Code }) {
				row.Note = strings.TrimPrefix(row.Note+belvedere.NarrowSpace+"; rupture de série", belvedere.NarrowSpace+"; ")
			}
		}
	}
	return out, nil
}

// A join puts the lines of the parts of a period into one result.
type join struct {
	out   *belvedere.Result
	lines map[string]int
	ranks []map[string]int // of the codes of each dimension, as they come
}

func newJoin(out *belvedere.Result) *join {
	j := &join{out: out, lines: map[string]int{}, ranks: make([]map[string]int, len(out.Dims))}
	for i := range j.ranks {
		j.ranks[i] = map[string]int{}
	}
	out.Notes = slices.Clip(out.Notes)
	for i, row := range out.Rows {
		out.Rows[i].Cells = slices.Clone(row.Cells) // of a result that others may hold
		j.add(row, i)
	}
	return j
}

func (j *join) add(row belvedere.ResultRow, at int) {
	j.lines[codeOf(row.Keys)] = at
	for i, k := range row.Keys {
		if _, seen := j.ranks[i][k.Code]; !seen {
			j.ranks[i][k.Code] = len(j.ranks[i])
		}
	}
}

// put replaces the cells of the columns that had another version, on the lines of an earlier part.
func (j *join) put(earlier *belvedere.Result, part, last belvedere.Query) {
	for _, row := range earlier.Rows {
		at, known := j.lines[codeOf(row.Keys)]
		if !known {
			row.Cells = slices.Clone(row.Cells)
			j.add(row, len(j.out.Rows))
			j.out.Rows = append(j.out.Rows, row)
			continue
		}
		for i := range row.Cells {
			if part.Columns[i].Version != last.Columns[i].Version {
				j.out.Rows[at].Cells[i] = row.Cells[i]
			}
		}
	}
}

// finish orders the lines as the question asks, marks the extremes again, and cuts the page.
func (j *join) finish(q belvedere.Query) {
	key, down := strings.CutPrefix(q.Sort, "-")
	at := slices.IndexFunc(j.out.Columns, func(c belvedere.ResultColumn) bool { return c.Key == key })
	natural := func(x, y belvedere.ResultRow) int {
		for i, d := range j.out.Dims {
			c := cmp.Compare(j.ranks[i][x.Keys[i].Code], j.ranks[i][y.Keys[i].Code])
			if isTime(d.Name) {
				c = strings.Compare(x.Keys[i].Code, y.Keys[i].Code)
			}
			if c != 0 {
				return c
			}
		}
		return 0
	}
	slices.SortStableFunc(j.out.Rows, func(x, y belvedere.ResultRow) int {
		switch {
		case at < 0 && down:
			return natural(y, x)
		case at < 0:
			return natural(x, y)
		}
		cx, cy := x.Cells[at], y.Cells[at]
		if sx, sy := cx.State.Shown(), cy.State.Shown(); sx != sy {
			if sx {
				return -1
			}
			return 1
		} else if sx && cx.Value != cy.Value {
			if down {
				return cmp.Compare(cy.Value, cx.Value)
			}
			return cmp.Compare(cx.Value, cy.Value)
		}
		return natural(x, y)
	})
	for _, row := range j.out.Rows {
		for i := range row.Cells {
			row.Cells[i].Extreme = belvedere.NoExtreme
		}
	}
	markExtremes(j.out)
	if j.out.RowCount = len(j.out.Rows); q.Limit > 0 {
		j.out.Rows = j.out.Rows[min(q.Offset, len(j.out.Rows)):]
		j.out.Rows = j.out.Rows[:min(q.Limit, len(j.out.Rows))]
	}
}

// breakNotes says each change of definition under the lines.
func breakNotes(out *belvedere.Result) []string {
	var notes []string
	for _, b := range out.Breaks {
		note := fmt.Sprintf("Rupture de série"+belvedere.NoBreak+": la définition de «\u00a0%s\u00a0» change le %s (définition %d). Les chiffres d’avant suivent la définition %d.",
			b.Label, belvedere.DayMonthYear(b.From), b.Version, b.Version-1)
		if b.Reason != "" {
			note += " Motif" + belvedere.NoBreak + ": " + strings.TrimSuffix(b.Reason, ".") + "."
		}
		notes = append(notes, note)
	}
	if out.Total != nil && len(out.Breaks) > 0 {
		notes = append(notes, "L’ensemble suit la définition en vigueur à la fin de la période.")
	}
	return notes
}

// definitionNotes says of a result without lines of time which version its figures follow, where it
// is not the only one of the period, and of any result where it is not the one in force.
func (r *Reporter) definitionNotes(q belvedere.Query) []string {
	var notes []string
	for _, c := range q.Columns {
		ind := r.indicatorOf(c)
		if ind == nil || len(ind.History) == 0 {
			continue
		}
		asked := c.Version
		if asked == 0 {
			asked = ind.VersionOn(q.Period.To.AddDate(0, 0, -1))
		}
		version, note := ind.History[min(asked, len(ind.History))-1], ""
		switch {
		case c.Version > 0 && !version.To.IsZero():
			note = fmt.Sprintf("«\u00a0%s\u00a0» suit ici la définition %d, en vigueur jusqu’au %s.", ind.Short, asked, belvedere.DayMonthYear(version.To.AddDate(0, 0, -1)))
		case c.Version == 0 && len(ind.Changes(q.Period)) > 0:
			note = fmt.Sprintf("La définition de «\u00a0%s\u00a0» a changé pendant la période"+belvedere.NoBreak+": ces chiffres suivent tous la définition %d, en vigueur depuis le %s.",
				ind.Short, asked, belvedere.DayMonthYear(version.From))
		}
		if note != "" && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes
}

// unlike says why two periods are not comparable, when the definition has changed from one to the
// other; "" when it has not.
func (r *Reporter) unlike(c belvedere.QueryColumn, now, other belvedere.Period) string {
	ind := r.indicatorOf(c)
	if ind == nil || c.Version > 0 || len(ind.History) == 0 {
		return ""
	}
	after, before := ind.VersionOn(now.To.AddDate(0, 0, -1)), ind.VersionOn(other.To.AddDate(0, 0, -1))
	if after == before || ind.History[after-1].CountsAs(ind.History[before-1]) {
		return ""
	}
	return "La définition a changé le " + belvedere.DayMonthYear(ind.History[max(after, before)-1].From) + belvedere.NoBreak + ": rupture de série."
}

// splitVersion reads "classes@1"; without "@" the version is 0, the one in force.
func splitVersion(text string) (code string, version int, err error) {
	code, number, named := strings.Cut(text, "@")
	if !named {
		return code, 0, nil
	}
	if version, err = strconv.Atoi(number); err != nil || version < 1 {
		return code, 0, belvedere.Errorf(belvedere.Invalid, "%q : le numéro d’une définition est un entier, à partir de 1", text)
	}
	return code, version, nil
}

// ofVersion asks a column for one version, and says so in its name and heading.
func (r *Reporter) ofVersion(c belvedere.QueryColumn, version int) belvedere.QueryColumn {
	if version == 0 {
		return c
	}
	c.Version = version
	if c.Label == "" {
		if ind := r.model.Column(c); ind != nil {
			c.Label = ind.Short
			if c.Rate && ind.Rate != nil && ind.Rate.Label != "" {
				c.Label = ind.Rate.Label
			}
		}
	}
	c.Label += fmt.Sprintf(" (définition\u00a0%d)", version)
	c.Key = columnKey(c)
	return c
}
