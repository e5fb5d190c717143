package semantic

import (
	"slices"
	"strings"

	"belvedere"
)

// codeCond is a filter on a code list; a group stands for its members, except where persons
// are counted once and members must not be added.
func codeCond(d *belvedere.Dataset, dim *belvedere.Dimension, f belvedere.Filter) Cond {
	c := Cond{Column: f.Dim, Op: "IN", Type: belvedere.Text}
	if f.Not {
		c.Op = "NOT IN"
	}
	add := func(v string) {
		if !slices.Contains(c.Values, any(v)) {
			c.Values = append(c.Values, v)
		}
	}
	for _, v := range f.Values {
		known := dim.List == nil || dim.List.Find(v) != nil || v == ""
		if known {
			add(v)
		}
		if d.Kind != belvedere.Distinct && dim.List != nil && v != "" { // codes of no group are not broken down either way
			for _, code := range dim.List.Codes {
				if code.Group == v {
					add(code.Code)
				}
			}
		}
		if !known && len(c.Values) == 0 {
			add(v)
		}
	}
	return c
}

// codeFilters are the filters of the query on dimensions of datasets. They bear on each measure
// as its own do: a school that delivered everything but that part counts zero.
func (b *builder) codeFilters() []belvedere.Filter {
	var out []belvedere.Filter
	for _, f := range b.plan.Query.Where {
		if f.Dim != "etablissement" && recordAttributes[f.Dim] == "" {
			out = append(out, f)
		}
	}
	return out
}

// commonConds are the conditions that hold for every atom of a source: the schools of the
// query, of the viewer and of the indicator.
func (b *builder) commonConds(pc *PlanColumn) []Cond {
	var conds []Cond
	for _, f := range b.plan.Query.Where {
		switch {
		case f.Dim == "etablissement":
			conds = append(conds, schoolCond(f.Values, f.Not))
		case recordAttributes[f.Dim] != "":
			conds = append(conds, attributeCond(f))
		}
	}
	switch {
	case pc.Withheld:
		conds = append(conds, b.sharings[pc.Sharing-1].cond)
	case !b.scope.AllSchools:
		c := uaiCond(b.scope.Schools)
		c.id = "viewer"
		conds = append(conds, c)
	}
	for _, name := range pc.Indicator.Needs() {
		conds = append(conds, Cond{Column: name, Op: "<>", Type: belvedere.Text, Values: []any{"non"}, Record: true})
	}
	return conds
}

// sinceConds keep the rows of years before the first millésime of an indicator out of its sums.
func (b *builder) sinceConds(ind *belvedere.Indicator) []Cond {
	if ind.SinceYear <= belvedere.SchoolYearOf(b.plan.Query.Period.From) {
		return nil
	}
	return []Cond{{Column: "annee", Op: ">=", Type: belvedere.Int16, Values: []any{int64(ind.SinceYear)}}}
}

func schoolCond(values []string, not bool) Cond {
	uais := make([]belvedere.UAI, len(values))
	for i, v := range values {
		uais[i], _ = belvedere.ParseUAI(v)
	}
	c := uaiCond(uais)
	if not {
		c.Op = "NOT IN"
	}
	return c
}

func uaiCond(uais []belvedere.UAI) Cond {
	c := Cond{Column: "etablissement", Op: "IN", Type: belvedere.Int32}
	for _, u := range uais {
		c.Values = append(c.Values, int64(u.Number()))
	}
	return c
}

func attributeCond(f belvedere.Filter) Cond {
	c := Cond{Column: recordAttributes[f.Dim], Op: "IN", Type: belvedere.Text, Record: true}
	if f.Not {
		c.Op = "NOT IN"
	}
	for _, v := range f.Values {
		c.Values = append(c.Values, v)
	}
	return c
}

// distinctConds pins the dimensions of a dataset of distinct persons: members are never added,
// so a dimension that neither lines nor filters name takes its total, and one that a filter
// names takes one member. Lines by a dimension leave its total out.
func (b *builder) distinctConds(d *belvedere.Dataset, where []belvedere.Filter) (pins, lines []Cond, err error) {
	for _, dim := range d.Dimensions {
		named := 0
		for _, f := range where {
			if f.Dim == dim.Name {
				named++
				if len(f.Values) != 1 || f.Not {
					return nil, nil, refusal{belvedere.NotAvailable, "Des personnes comptées une fois ne s’additionnent pas : choisissez une seule valeur de " + strings.ToLower(dim.Label) + "."}
				}
			}
		}
		total := ""
		for _, c := range dim.List.Codes {
			if c.Total {
				total = c.Code
			}
		}
		line := slices.ContainsFunc(b.plan.Dims, func(x Dim) bool { return x.Name == dim.Name })
		switch {
		case named > 0:
		case line:
			lines = append(lines, Cond{Column: dim.Name, Op: "<>", Type: belvedere.Text, Values: []any{total}})
		default:
			pins = append(pins, Cond{Column: dim.Name, Op: "=", Type: belvedere.Text, Values: []any{total}})
		}
	}
	return pins, lines, nil
}
