package report

import (
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// queryColumn turns a declared column into one to ask. Rates tells the side of the switch.
func (r *Reporter) queryColumn(c belvedere.Column, rates bool) belvedere.QueryColumn {
	ind := r.model.Indicator(c.Indicator)
	q := belvedere.QueryColumn{Indicator: c.Indicator, Where: c.Where, Label: c.Label, Group: c.Group}
	q.Rate = c.Show == "taux" || c.Show == "auto" && rates
	if ind != nil {
		q.Rate = q.Rate && ind.Rate != nil || ind.Value == nil && ind.Rate != nil
	}
	q.Key = columnKey(q)
	return q
}

// columnKey is the stable name of a column: the indicator, what it is cut to, and "taux".
func columnKey(q belvedere.QueryColumn) string {
	parts := []string{q.Indicator}
	for _, f := range q.Where {
		prefix := ""
		if f.Not {
			prefix = "sauf_"
		}
		value := strings.Join(f.Values, "_")
		if value == "" {
			value = "non_ventile"
		}
		parts = append(parts, prefix+value)
	}
	if q.Rate {
		parts = append(parts, "taux")
	}
	if q.Version > 0 {
		parts = append(parts, "v"+strconv.Itoa(q.Version))
	}
	return strings.Join(parts, "_")
}

// tableColumns are the columns of a table on one side of the switch, each once per code of the
// dimension across: those named, else all of its list.
func (r *Reporter) tableColumns(scope belvedere.Scope, t *belvedere.TableBlock, codes []string, rates bool) []belvedere.QueryColumn {
	var out []belvedere.QueryColumn
	for _, c := range t.Columns {
		if c.In == "valeurs" && rates || c.In == "taux" && !rates {
			continue
		}
		if t.Across == "" {
			out = append(out, r.queryColumn(c, rates))
			continue
		}
		out = append(out, r.across(scope, c, t.Across, codes, rates, len(t.Columns) > 1)...)
	}
	return unique(out)
}

// across makes one column per code of a dimension that may be named to the viewer.
func (r *Reporter) across(scope belvedere.Scope, c belvedere.Column, dim string, codes []string, rates, grouped bool) []belvedere.QueryColumn {
	list := r.listFor(c.Indicator, dim)
	if list == nil {
		return nil
	}
	var out []belvedere.QueryColumn
	for _, code := range named(scope, dim, list.All()) {
		if len(codes) > 0 && !slices.Contains(codes, code.Code) || len(codes) == 0 && (code.Total || list.Find(code.Group) != nil) {
			continue // a total or a part of another code would be counted twice
		}
		one := c
		one.Where = append(slices.Clone(c.Where), belvedere.Filter{Dim: dim, Values: []string{code.Code}})
		one.Label = code.Short
		if one.Label == "" {
			one.Label = code.Label
		}
		if grouped {
			one.Group = c.Label
		}
		out = append(out, r.queryColumn(one, rates))
	}
	if slices.Contains(codes, "") && mayName(scope, dim, "") {
		rest := c
		rest.Where = append(slices.Clone(c.Where), belvedere.Filter{Dim: dim, Values: []string{""}})
		rest.Label = "Non ventilé"
		if grouped {
			rest.Group = c.Label
		}
		out = append(out, r.queryColumn(rest, rates))
	}
	return out
}

// listFor is the code list of a dimension in the first dataset that an indicator reads.
func (r *Reporter) listFor(indicator, dim string) *belvedere.CodeList {
	ind := r.model.Indicator(indicator)
	if ind == nil {
		return nil
	}
	refs := ind.Measures(false)
	if ind.Rate != nil {
		refs = append(refs, belvedere.MeasuresOf(ind.Rate.Num)...)
	}
	for _, ref := range refs {
		if d := r.model.Dataset(ref.Dataset); d != nil && d.Dimension(dim) != nil && d.Dimension(dim).List != nil {
			return d.Dimension(dim).List
		}
	}
	return nil
}

// unique gives each column a key of its own.
func unique(cols []belvedere.QueryColumn) []belvedere.QueryColumn {
	seen := map[string]int{}
	for i := range cols {
		k := cols[i].Key
		seen[k]++
		if n := seen[k]; n > 1 {
			cols[i].Key = k + "_" + strconv.Itoa(n)
		}
	}
	return cols
}
