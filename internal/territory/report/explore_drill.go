package report

import (
	"slices"
	"time"

	"belvedere"
)

// LineFilters are the filters that keep the rows of a line and no other, so that whoever goes down from
// its figures finds the same total; false where filters cannot say it: of times, which are a period,
// of what is put together, and of schools without an attribute.
func (r *Reporter) LineFilters(q belvedere.Query, row belvedere.ResultRow) ([]belvedere.Filter, bool) {
	var out []belvedere.Filter
	for i, dim := range q.By {
		if i >= len(row.Keys) || row.Level > 0 && i >= row.Level {
			break
		}
		filters, ok := r.memberFilters(q, dim, row.Keys[i].Code, row.Level > 0)
		if !ok {
			return nil, false
		}
		out = append(out, filters...)
	}
	return out, true
}

// memberFilters keep one member of a dimension.
func (r *Reporter) memberFilters(q belvedere.Query, dim, code string, several bool) ([]belvedere.Filter, bool) {
	if isTime(dim) || code == belvedere.KeyOthers && several || code == "" && contains(attributeDims, dim) {
		return nil, false
	}
	return r.exactly(dim, []string{code}, q.Columns), true
}

// Drill is the state that goes down from a line, or from one of its figures under a member across: the
// same indicators with the same filters and those of the line, whose total is the figure. Its lines
// are left to choose. False where no state says it.
func (r *Reporter) Drill(e Explore, q belvedere.Query, row belvedere.ResultRow, member string, across bool) (Explore, bool) {
	ok := true
	down := e.With(func(e *Explore) {
		e.Lines, e.Sort, e.Top, e.Page, e.Subtotals, e.Shape = nil, "", 0, 1, false, AsTable
		put := func(dim, code string, several bool) {
			if isTime(dim) {
				span, fits := spanOfLine(dim, code)
				e.Span, ok = span, ok && fits && !q.Constant
				return
			}
			filters, fits := r.memberFilters(q, dim, code, several)
			ok = ok && fits
			e.Where = r.narrowed(e.Where, dim, filters)
		}
		for i, dim := range q.By {
			if i < len(row.Keys) && (row.Level == 0 || i < row.Level) {
				put(dim, row.Keys[i].Code, row.Level > 0)
			}
		}
		if across {
			put(q.Across, member, false)
			e.Across = ""
		}
	})
	return down, ok
}

// Without is the state that leaves a line out; false where one filter does not say it.
func (r *Reporter) Without(e Explore, q belvedere.Query, row belvedere.ResultRow) (Explore, bool) {
	if len(q.By) != 1 || len(row.Keys) == 0 || row.Level > 0 {
		return e, false
	}
	filters, ok := r.memberFilters(q, q.By[0], row.Keys[0].Code, false)
	if !ok || len(filters) != 1 {
		return e, false
	}
	return e.With(func(e *Explore) {
		e.Where, e.Page = append(e.Where, belvedere.Filter{Dim: filters[0].Dim, Values: filters[0].Values, Not: true}), 1
	}), true
}

// spanOfLine is the period of a line of time.
func spanOfLine(dim, code string) (Span, bool) {
	switch dim {
	case "annee":
		y, err := belvedere.ParseSchoolYear(code)
		return Span{Year: y}, err == nil
	case "mois":
		m, err := time.Parse("2006-01", code)
		return Span{From: m, To: m.AddDate(0, 1, 0)}, err == nil
	case "jour":
		d, err := belvedere.ParseDate(code)
		return Span{From: d, To: d.AddDate(0, 0, 1)}, err == nil
	}
	return Span{}, false
}

// narrowed puts the filters of a line in the place of those of its dimension, which took it. A group
// whose codes are filtered already keeps those alone.
func (r *Reporter) narrowed(where []belvedere.Filter, dim string, filters []belvedere.Filter) []belvedere.Filter {
	name := filterDim(dim)
	var out []belvedere.Filter
	for _, f := range where {
		if f.Dim != name || f.Not {
			out = append(out, f)
			continue
		}
		if name == dim {
			continue
		}
		var within []string
		for _, code := range r.filteredCodes(name, f.Values) {
			if r.groupOf(name, code) == filters[0].Values[0] {
				within = append(within, code)
			}
		}
		if len(within) > 0 {
			filters = []belvedere.Filter{{Dim: name, Values: within}}
		}
	}
	return append(out, filters...)
}

// filteredCodes are the codes that values of a filter take: a group stands for its own.
func (r *Reporter) filteredCodes(name string, values []string) []string {
	var out []string
	for _, list := range r.dimLists(name) {
		for _, c := range list.All() {
			if (slices.Contains(values, c.Code) || c.Group != "" && slices.Contains(values, c.Group)) && !slices.Contains(out, c.Code) {
				out = append(out, c.Code)
			}
		}
	}
	if slices.Contains(values, "") {
		out = append(out, "")
	}
	return out
}

func (r *Reporter) groupOf(name, code string) string {
	for _, d := range r.model.Datasets {
		if x := d.Dimension(name); x != nil && x.Grouped() {
			return x.GroupOf(code)
		}
	}
	return code
}
