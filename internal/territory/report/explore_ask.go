package report

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// exploreQuery turns a state into the question that answers it.
func (r *Reporter) exploreQuery(ctx context.Context, viewer belvedere.Viewer, e Explore) (belvedere.Query, error) {
	q := belvedere.Query{
		By: e.Lines, Across: e.Across, Where: e.Where, Edition: e.Edition, Compare: e.Compare,
		Total: len(e.Lines) > 0, Subtotals: e.Subtotals, Top: e.Top, Sort: e.Sort,
	}
	for _, code := range e.Among {
		p, err := r.population(ctx, viewer, code)
		if err != nil {
			return q, err
		}
		q.Where = append(slices.Clip(q.Where), p.Where...)
	}
	for _, c := range e.Columns {
		columns, err := r.exploreColumns(ctx, viewer, c, e.Rates)
		if err != nil {
			return q, err
		}
		q.Columns = append(q.Columns, columns...)
	}
	q.Columns = unique(q.Columns)
	if q.Top > 0 && strings.TrimPrefix(q.Sort, "-") != q.Columns[0].Key && (q.Sort == "" || q.Sort == "nom") {
		q.Sort = "-" + q.Columns[0].Key // the first few of what, if not of the figures
	}
	if e.Share {
		for i := len(q.Columns) - 1; i >= 0; i-- {
			part := q.Columns[i]
			part.Key, part.Share = part.Key+"_part", true
			q.Columns = slices.Insert(q.Columns, i+1, part)
		}
	}
	var err error
	if q.Period, err = r.explorePeriod(ctx, q, e.Span); err != nil {
		return q, err
	}
	q.Constant = e.Constant && (overTime(q) || isTime(q.Across) || q.Compare != "")
	q.Follow = isTime(q.Across)
	switch {
	case e.All:
	case e.Shape.Drawn():
		q.Limit = MostDrawn
	default:
		q.Limit, q.Offset = RowsPerPage, (e.Page-1)*RowsPerPage
	}
	return q, nil
}

// exploreColumns are the columns that an indicator of a state asks for; a référentiel stands for its
// members.
func (r *Reporter) exploreColumns(ctx context.Context, viewer belvedere.Viewer, c ExploreColumn, rates bool) ([]belvedere.QueryColumn, error) {
	if strings.HasPrefix(c.Indicator, formulaPrefix) {
		return r.formulaColumns(ctx, viewer, c)
	}
	code, rate := c.Indicator, c.Rate
	ind := r.model.Indicator(code)
	if whole := r.model.Indicator(code + rateSuffix); rate && whole != nil { // a code that ends so
		code, ind, rate = whole.Code, whole, false
	}
	switch {
	case ind == nil:
		return nil, belvedere.Errorf(belvedere.Invalid, "L’indicateur %q est inconnu.", shortened(code))
	case rate && ind.Rate == nil:
		return nil, belvedere.Errorf(belvedere.Invalid, "L’indicateur « %s » n’a pas de taux.", ind.Short)
	case c.Version > 0 && ind.Version(c.Version) == nil:
		return nil, belvedere.Errorf(belvedere.Invalid, "L’indicateur « %s » n’a pas de définition %d.", ind.Short, c.Version)
	}
	members := []string{ind.Code}
	if len(ind.Members) > 0 {
		members = ind.Members
	}
	show := "valeur"
	if rate || rates {
		show = "auto"
	}
	var out []belvedere.QueryColumn
	for _, m := range members {
		col := r.queryColumn(belvedere.Column{Indicator: m, Show: show, Where: c.Where}, true)
		if own := r.filterWords(viewer.Scope, c.Where); own != "" {
			col.Label = r.columnLabel(col) + " (" + own + ")"
		}
		out = append(out, r.ofVersion(col, c.Version))
	}
	return out, nil
}

// formulaColumns is the column of a saved formula, as its owner shares it with the viewer.
func (r *Reporter) formulaColumns(ctx context.Context, viewer belvedere.Viewer, c ExploreColumn) ([]belvedere.QueryColumn, error) {
	name := c.Indicator
	if c.Version > 0 {
		name += "@" + strconv.Itoa(c.Version)
	}
	col, err := r.SavedFormula(ctx, viewer, name)
	if err != nil {
		return nil, err
	}
	col.Where, col.Key = c.Where, ""
	col.Key = columnKey(col)
	if own := r.filterWords(viewer.Scope, c.Where); own != "" {
		col.Label = r.columnLabel(col) + " (" + own + ")"
	}
	return []belvedere.QueryColumn{col}, nil
}

// filterWords says the filters of a column: "6ème, 5ème, sauf filles".
func (r *Reporter) filterWords(scope belvedere.Scope, where []belvedere.Filter) string {
	var parts []string
	for _, f := range where {
		var names []string
		for _, v := range f.Values {
			if !mayName(scope, f.Dim, v) {
				names = append(names, v)
				continue
			}
			names = append(names, r.memberLabel(f.Dim, v))
		}
		text := strings.Join(names, ", ")
		if f.Not {
			text = "sauf " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, belvedere.NarrowSpace+"; ")
}

// memberLabel is the name of a member of a dimension, its code when it has none.
func (r *Reporter) memberLabel(dim, code string) string {
	name := filterDim(dim)
	if code == "" {
		return "non ventilé"
	}
	for _, list := range r.dimLists(name) {
		if c := list.Find(code); c != nil {
			return c.Label
		}
		if slices.ContainsFunc(list.All(), func(c belvedere.Code) bool { return c.Group == code }) {
			return r.model.GroupLabel(list, code)
		}
	}
	return code
}

// dimLists are the code lists that a dimension has in one dataset or another.
func (r *Reporter) dimLists(name string) []*belvedere.CodeList {
	switch name {
	case "type", "secteur":
		if list := r.model.CodeLists[name+"s"]; list != nil {
			return []*belvedere.CodeList{list}
		}
		return nil
	}
	var out []*belvedere.CodeList
	for _, d := range r.model.Datasets {
		if x := d.Dimension(name); x != nil && x.List != nil && d.Kind != belvedere.Register && !slices.Contains(out, x.List) {
			out = append(out, x.List)
		}
	}
	return out
}

// explorePeriod works out the interval of a state.
func (r *Reporter) explorePeriod(ctx context.Context, q belvedere.Query, s Span) (belvedere.Period, error) {
	if !s.From.IsZero() {
		return belvedere.Period{Kind: belvedere.FreeRange, From: s.From, To: s.To}, nil
	}
	times := map[string]string{"periode": string(s.Kind)}
	if s.Since != 0 && s.Year == 0 {
		_, last, err := r.spanOfColumns(ctx, q)
		if err != nil {
			return belvedere.Period{}, err
		}
		s.Year = max(s.Since, belvedere.SchoolYearOf(last))
	}
	if s.Year != 0 {
		var years []string
		for y := max(s.Since, s.Year-mostExploreYears); y <= s.Year; y++ {
			if y >= s.Since && (s.Since != 0 || y == s.Year) {
				years = append(years, strconv.Itoa(int(y)))
			}
		}
		times["annee"] = strings.Join(years, "|")
	}
	if q.Across == "annee" {
		q.By = append(slices.Clone(q.By), q.Across)
	}
	return r.askPeriod(ctx, q, times)
}
