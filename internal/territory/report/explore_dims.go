package report

import (
	"context"
	"slices"
	"strings"

	"belvedere"
)

// An ExploreDim is a dimension that a set of indicators may be asked by.
type ExploreDim struct {
	Name  string
	Label string
	Kind  string // "etablissement", "registre", "temps" or "code"
	// Lacking are the indicators of the set that are not counted by it, and why: they keep their
	// figures on the lines that leave it out, subtotals and totals.
	Lacking []Lacking
}

// A Lacking is an indicator without figures by a dimension.
type Lacking struct{ Code, Label, Why string }

// lacks says why a column has no figures by a dimension, "" when it has.
func (r *Reporter) lacks(col belvedere.QueryColumn, dim string) string {
	name := filterDim(dim)
	if name == "" || name == "etablissement" || slices.Contains(attributeDims, name) {
		return ""
	}
	for _, set := range r.columnDatasets(col) {
		d := r.model.Dataset(set)
		if d == nil {
			continue
		}
		if isTime(name) {
			if why := lacksTime(d, name); why != "" {
				return why
			}
			continue
		}
		if d.Dimension(name) == nil {
			return "« " + d.Label + " » n’est pas compté par " + uncapital(r.DimLabel(name)) + "."
		}
	}
	return ""
}

// lacksTime says why a dataset has no lines of a time.
func lacksTime(d *belvedere.Dataset, name string) string {
	rank := map[string]int{"annee": 0, "mois": 1, "jour": 2, "heure": 3}
	finest := map[belvedere.TimeGrain]int{belvedere.ByYear: 0, belvedere.ByMonth: 1, belvedere.ByDay: 2, belvedere.ByHour: 3, belvedere.ByPeriod: 2}
	if rank[name] <= finest[d.Time] {
		return ""
	}
	return "« " + d.Label + " » n’est pas compté si finement dans le temps."
}

// ExploreDims are the dimensions that indicators admit: those that one of them has at least. With
// none, all of the catalogue. Indicators that are unknown are left aside, and
// formulas too.
func (r *Reporter) ExploreDims(ctx context.Context, columns []ExploreColumn) ([]ExploreDim, error) {
	return r.ExploreDimsFor(ctx, belvedere.Viewer{}, columns)
}

// ExploreDimsFor counts the formulas that a viewer may use among the indicators.
func (r *Reporter) ExploreDimsFor(ctx context.Context, viewer belvedere.Viewer, columns []ExploreColumn) ([]ExploreDim, error) {
	r, err := r.live(ctx)
	if err != nil {
		return nil, err
	}
	var asked []belvedere.QueryColumn
	for _, c := range columns {
		switch list, err := r.exploreColumns(ctx, viewer, c, false); belvedere.KindOf(err) {
		case belvedere.Invalid, belvedere.NotFound:
		default:
			if err != nil {
				return nil, err
			}
			asked = append(asked, list...)
		}
	}
	var out []ExploreDim
	for _, d := range r.allDims() {
		for _, col := range asked {
			if why := r.lacks(col, d.Name); why != "" {
				d.Lacking = append(d.Lacking, Lacking{col.Indicator, r.columnLabel(col), why})
			}
		}
		if len(asked) == 0 || len(d.Lacking) < len(asked) {
			out = append(out, d)
		}
	}
	return out, nil
}

// allDims are the dimensions of the catalogue: schools, their attributes, times, then codes by name.
func (r *Reporter) allDims() []ExploreDim {
	var out []ExploreDim
	add := func(name, kind string) {
		if !slices.ContainsFunc(out, func(d ExploreDim) bool { return d.Name == name }) {
			out = append(out, ExploreDim{Name: name, Label: r.DimLabel(name), Kind: kind})
		}
	}
	add("etablissement", "etablissement")
	for _, name := range attributeDims {
		add(name, "registre")
	}
	for _, name := range []string{"annee", "mois", "jour", "heure"} {
		add(name, "temps")
	}
	fixed := len(out)
	for _, d := range r.model.Datasets {
		if d.Kind == belvedere.Register {
			continue
		}
		for _, x := range d.Dimensions {
			if add(x.Name, "code"); d.Kind != belvedere.Distinct && x.Grouped() {
				add(x.Name+groupSuffix, "code")
			}
		}
	}
	slices.SortStableFunc(out[fixed:], func(a, b ExploreDim) int { return strings.Compare(a.Label, b.Label) })
	return out
}
