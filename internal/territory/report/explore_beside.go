package report

import (
	"context"
	"slices"

	"belvedere"
)

// A Beside is an indicator of the catalogue as it would stand in a state: drill-across is to put it
// there, since its lines, filters and columns are dimensions that both share.
type Beside struct {
	Code  string
	Label string
	Theme string // code
	New   bool   // of a dataset that the state does not read yet: another subject
	Why   string // what the state asks that the indicator is not counted by, "" when it is by all
}

// ExploreBeside tells of each indicator that the rights of a viewer open, and that a state does not ask
// yet, whether it can stand beside what it asks.
func (r *Reporter) ExploreBeside(ctx context.Context, viewer belvedere.Viewer, e Explore) (out []Beside, err error) {
	defer belvedere.Wrap(&err, "ExploreBeside")
	if r, err = r.live(ctx); err != nil {
		return nil, err
	}
	var read []string
	for _, c := range e.Columns {
		columns, err := r.exploreColumns(ctx, viewer, c, false)
		if belvedere.KindOf(err) == belvedere.Internal && err != nil {
			return nil, err
		}
		for _, col := range columns {
			read = append(read, r.columnDatasets(col)...)
		}
	}
	dims := slices.Concat(e.Lines, []string{e.Across})
	for _, f := range e.Where {
		dims = append(dims, f.Dim)
	}
	for _, ind := range r.model.Indicators {
		if !viewer.Scope.Sees(ind.Widget) || len(ind.Members) > 0 ||
			slices.ContainsFunc(e.Columns, func(c ExploreColumn) bool { return c.Indicator == ind.Code && len(c.Where) == 0 }) {
			continue
		}
		one := Beside{Code: ind.Code, Label: ind.Label, Theme: ind.Theme}
		col := r.queryColumn(belvedere.Column{Indicator: ind.Code, Show: "auto"}, true)
		for _, set := range r.columnDatasets(col) {
			one.New = one.New || !slices.Contains(read, set)
		}
		for _, dim := range dims {
			if one.Why == "" {
				one.Why = r.lacks(col, dim)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// unstackable says why the parts of a line would not add up to anything, "" when they do.
func (r *Reporter) unstackable(q belvedere.Query) string {
	unit := ""
	for i, col := range q.Columns {
		ind := r.indicatorOf(col)
		switch {
		case col.Share:
			continue
		case ind == nil, r.dividing(col):
			return "Des rapports ne s’empilent pas : leur somme ne veut rien dire."
		case r.countsPersons(col):
			return "Des personnes comptées une fois ne s’empilent pas : la même peut être dans deux parts."
		case i > 0 && ind.Unit != unit:
			return "Des unités différentes ne s’empilent pas."
		}
		unit = ind.Unit
	}
	parts := append(slices.Clone(q.By[min(1, len(q.By)):]), q.Across)
	if slices.ContainsFunc(parts, func(dim string) bool { return dim != "" && isTime(dim) }) && r.dated(q) {
		return "Des états à plusieurs dates ne s’empilent pas : ils ne s’additionnent pas."
	}
	return ""
}

// dated tells whether a question reads states, which do not add over time.
func (r *Reporter) dated(q belvedere.Query) bool {
	return slices.ContainsFunc(q.Columns, func(col belvedere.QueryColumn) bool {
		return slices.ContainsFunc(r.columnDatasets(col), func(name string) bool {
			d := r.model.Dataset(name)
			return d != nil && d.Kind == belvedere.Stock
		})
	})
}
