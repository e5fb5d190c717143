package report

import (
	"context"
	"slices"

	"belvedere"
)

// ExploreFields are the choices of the form of a state: the school years with data, and one field for
// each dimension that its indicators admit, with the members that the viewer may choose.
type ExploreFields struct {
	Years  []belvedere.SchoolYear // the latest first
	Fields []FilterView           // named "filtre.niveau"
}

// ExploreFields makes the choices of a state.
func (r *Reporter) ExploreFields(ctx context.Context, viewer belvedere.Viewer, e Explore) (_ *ExploreFields, err error) {
	defer belvedere.Wrap(&err, "ExploreFields")
	if r, err = r.live(ctx); err != nil {
		return nil, err
	}
	dims, err := r.ExploreDimsFor(ctx, viewer, e.Columns)
	if err != nil {
		return nil, err
	}
	edition, err := r.Edition(ctx, e.Edition)
	if err != nil {
		return nil, err
	}
	dir, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	out := &ExploreFields{}
	if out.Years, err = r.exploreYears(ctx, viewer, e, edition.Number); err != nil {
		return nil, err
	}
	b := &pageBuilder{r: r, ctx: ctx, viewer: viewer, dir: dir, sight: sightOf(viewer.Scope), state: State{Filters: map[string][]string{}}}
	for _, f := range e.Where {
		if !f.Not {
			b.state.Filters[f.Dim] = f.Values
		}
	}
	for _, d := range dims {
		if d.Kind == "temps" || filterDim(d.Name) != d.Name {
			continue
		}
		if f := b.exploreField(d); len(f.Options) > 1 || f.Total > 1 {
			out.Fields = append(out.Fields, f)
		}
	}
	return out, nil
}

// exploreYears are the school years of the data that the indicators read.
func (r *Reporter) exploreYears(ctx context.Context, viewer belvedere.Viewer, e Explore, edition int) ([]belvedere.SchoolYear, error) {
	spans, err := r.spansOf(ctx, edition)
	if err != nil {
		return nil, err
	}
	var datasets []string
	for _, c := range e.Columns {
		columns, err := r.exploreColumns(ctx, viewer, c, false)
		if err != nil {
			continue // the answer says it
		}
		for _, col := range columns {
			datasets = append(datasets, r.columnDatasets(col)...)
		}
	}
	if len(datasets) == 0 {
		for _, d := range r.model.Datasets {
			datasets = append(datasets, d.Name)
		}
	}
	var out []belvedere.SchoolYear
	first, last := r.bounds(spans, datasets)
	for y := belvedere.SchoolYearOf(last); y >= belvedere.SchoolYearOf(first) && len(out) < mostExploreYears; y-- {
		out = append(out, y)
	}
	return out, nil
}

// exploreField lists the members of a dimension.
func (b *pageBuilder) exploreField(d ExploreDim) FilterView {
	f := FilterView{Name: filterPrefix + d.Name, Label: d.Label, Kind: "etablissements"}
	chosen := b.state.Filters[d.Name]
	add := func(value, label string) {
		f.Options = append(f.Options, Option{Value: WriteExploreValue(value), Label: label, Selected: slices.Contains(chosen, value)})
	}
	switch d.Kind {
	case "etablissement":
		b.schoolOptions(&f, add)
		return f
	case "registre":
		b.attributeOptions(d.Name, add)
		return f
	}
	b.codeOptions(d.Name, add)
	if f.Total = len(f.Options); f.Total > mostOptions {
		f.Options = slices.DeleteFunc(f.Options, func(o Option) bool { return !o.Selected })
	}
	return f
}

// codeOptions offers the groups of a list, then its codes, then what is not broken down.
func (b *pageBuilder) codeOptions(name string, add func(value, label string)) {
	seen := map[string]bool{"": true}
	once := func(value, label string) {
		if !seen[value] {
			seen[value] = true
			add(value, label)
		}
	}
	lists := b.r.dimLists(name)
	for _, list := range lists {
		for _, c := range named(b.viewer.Scope, name, list.All()) {
			if c.Group != "" && list.Find(c.Group) == nil {
				once(c.Group, b.r.model.GroupLabel(list, c.Group)+" : tous")
			}
		}
	}
	for _, list := range lists {
		for _, c := range named(b.viewer.Scope, name, list.All()) {
			if !c.Total {
				once(c.Code, c.Label)
			}
		}
	}
	if !mayName(b.viewer.Scope, name, "") {
		return
	}
	for _, d := range b.r.model.Datasets {
		if x := d.Dimension(name); x != nil && x.Optional {
			add("", "Non ventilé")
			return
		}
	}
}

// An ExploreLabel names an indicator of a state, and tells whether it has a value and a rate.
type ExploreLabel struct {
	Label string
	Both  bool
}

// ExploreLabels name the indicators and the filters of a state, in its order. What is unknown bears its
// code.
func (r *Reporter) ExploreLabels(ctx context.Context, viewer belvedere.Viewer, e Explore) (columns []ExploreLabel, filters []string) {
	r, err := r.live(ctx)
	if err != nil {
		return make([]ExploreLabel, len(e.Columns)), make([]string, len(e.Where))
	}
	for _, c := range e.Columns {
		one := ExploreLabel{Label: c.String()}
		if list, err := r.exploreColumns(ctx, viewer, c, false); err == nil {
			if len(list) == 1 {
				one.Label = r.columnLabel(list[0])
			} else if ind := r.model.Indicator(c.Indicator); ind != nil {
				one.Label = ind.Short
			}
		}
		if ind := r.model.Indicator(c.Indicator); ind != nil {
			one.Both = ind.Value != nil && ind.Rate != nil
		}
		columns = append(columns, one)
	}
	dir, err := r.Directory(ctx, 0)
	for _, f := range e.Where {
		text := f.Dim
		if err == nil {
			text = headed(r.whereWords(viewer, f, dir))
		}
		filters = append(filters, text)
	}
	return columns, filters
}
