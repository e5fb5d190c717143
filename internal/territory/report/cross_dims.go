package report

import (
	"cmp"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// This file tells what dimensions and columns of a cross table are: which filters keep one member, and what
// a column reads.

// exactly are the filters that keep the lines of some members of a dimension and no other: a code that
// is a group too would bring its codes along, which have lines of their own. Persons counted once are
// asked by one member, and groups of them bring nothing.
func (r *Reporter) exactly(dim string, codes []string, columns []belvedere.QueryColumn) []belvedere.Filter {
	name := filterDim(dim)
	out := []belvedere.Filter{{Dim: name, Values: codes}}
	if name != dim || dimKind(dim) != semantic.KindCode || slices.ContainsFunc(columns, r.countsPersons) {
		return out
	}
	var others []string
	for _, d := range r.model.Datasets {
		x := d.Dimension(name)
		if x == nil || x.List == nil {
			continue
		}
		for _, code := range x.List.All() {
			if code.Group != "" && slices.Contains(codes, code.Group) && !slices.Contains(codes, code.Code) && !slices.Contains(others, code.Code) {
				others = append(others, code.Code)
			}
		}
	}
	if len(others) > 0 {
		out = append(out, belvedere.Filter{Dim: name, Values: others, Not: true})
	}
	return out
}

// countsPersons tells whether a column reads persons who are counted once.
func (r *Reporter) countsPersons(col belvedere.QueryColumn) bool {
	return slices.ContainsFunc(r.columnDatasets(col), func(name string) bool {
		d := r.model.Dataset(name)
		return d != nil && d.Kind == belvedere.Distinct
	})
}

// columnLabel is the heading of a column.
func (r *Reporter) columnLabel(col belvedere.QueryColumn) string {
	ind := r.indicatorOf(col)
	switch {
	case col.Label != "":
		return col.Label
	case ind == nil:
		return col.Indicator
	case col.Formula == nil && col.Rate && ind.Rate != nil && ind.Rate.Label != "":
		return ind.Rate.Label
	}
	return cmp.Or(ind.Short, ind.Label)
}

// columnDatasets are those that a column reads, on both sides of its rate.
func (r *Reporter) columnDatasets(col belvedere.QueryColumn) []string {
	if col.Formula != nil {
		return r.datasetsOfColumn(col)
	}
	ind := r.indicatorOf(col)
	if ind == nil {
		return nil
	}
	return belvedere.DatasetsOf(ind.Measures(col.Rate))
}

// dividing tells whether a column divides by something that varies.
func (r *Reporter) dividing(col belvedere.QueryColumn) bool {
	ind := r.indicatorOf(col)
	if ind == nil || col.Rate {
		return true
	}
	var inside func(belvedere.Expr) bool
	inside = func(e belvedere.Expr) bool {
		b, ok := e.(belvedere.Binary)
		if !ok {
			return false
		}
		_, fixed := b.R.(belvedere.Number)
		return b.Op == '/' && !fixed || inside(b.L) || inside(b.R)
	}
	return inside(ind.Value)
}

// groupSuffix makes the dimension of the groups of a list out of the dimension of its codes.
const groupSuffix = semantic.GroupSuffix

// filterDim is the dimension that a filter names for the members of a dimension: a group stands for
// its codes.
func filterDim(dim string) string { return strings.TrimSuffix(dim, groupSuffix) }

// dimKind tells what the members of a dimension are.
func dimKind(dim string) semantic.DimKind {
	switch {
	case dim == "etablissement":
		return semantic.KindSchool
	case slices.Contains(attributeDims, dim):
		return semantic.KindAttribute
	case isTime(dim):
		return semantic.KindTime
	}
	return semantic.KindCode
}
