package rights

import (
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// limited is a right that its members limit: which datasets it opens follows from the catalogue.
func (in Input) limited(p belvedere.Part, within []belvedere.Within) belvedere.Part {
	if p.Within, p.Datasets = belvedere.SortWithin(within), nil; len(p.Within) == 0 {
		return p
	}
	for _, d := range in.facts() {
		if slices.ContainsFunc(p.Within, func(w belvedere.Within) bool { return d.Dimension(w.Dim) != nil }) {
			p.Datasets = append(p.Datasets, d.Name)
		}
	}
	slices.Sort(p.Datasets)
	return p
}

// facts are the datasets that figures come of.
func (in Input) facts() (out []*belvedere.Dataset) {
	if in.Model == nil {
		return nil
	}
	for _, d := range in.Model.Datasets {
		if d.Kind != belvedere.Register {
			out = append(out, d)
		}
	}
	return out
}

// members are the codes that may be named of each dimension that every part limits which opens figures
// by it. What a limited right does not open has no name: neither in a list of choices nor in an error.
func (in Input) members(parts []belvedere.Part) map[string][]string {
	out := map[string][]string{}
	for _, p := range parts {
		for _, w := range p.Within {
			out[w.Dim] = nil
		}
	}
	for dim := range out {
		codes, limited := in.membersOf(dim, parts)
		if !limited {
			delete(out, dim)
			continue
		}
		out[dim] = codes
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (in Input) membersOf(dim string, parts []belvedere.Part) (codes []string, limited bool) {
	codes = []string{}
	for _, p := range parts {
		if !in.opensBy(dim, p) {
			continue
		}
		at := slices.IndexFunc(p.Within, func(w belvedere.Within) bool { return w.Dim == dim })
		if at < 0 {
			return nil, false
		}
		codes = append(codes, in.spread(dim, p.Within[at].Codes)...)
	}
	slices.Sort(codes)
	return slices.Compact(codes), true
}

// opensBy tells whether a part opens a figure that is counted by a dimension.
func (in Input) opensBy(dim string, p belvedere.Part) bool {
	if len(p.Schools) == 0 && !p.AllSchools {
		return false
	}
	return slices.ContainsFunc(in.Model.Indicators, func(i *belvedere.Indicator) bool {
		for _, rate := range []bool{false, true} {
			datasets := i.Datasets(rate)
			if p.Opens(i.Widget, datasets) && slices.ContainsFunc(datasets, func(name string) bool {
				d := in.Model.Dataset(name)
				return d != nil && d.Dimension(dim) != nil
			}) {
				return true
			}
		}
		return false
	})
}

// spread is codes with those that belong to them: a group stands for its members, as in a filter.
func (in Input) spread(dim string, codes []string) []string {
	out := slices.Clone(codes)
	for _, d := range in.facts() {
		x := d.Dimension(dim)
		if x == nil || x.List == nil {
			continue
		}
		for _, c := range x.List.All() {
			if c.Group != "" && slices.Contains(codes, c.Group) {
				out = append(out, c.Code)
			}
		}
	}
	return out
}

// widgetsOf are the widgets that an account names.
func widgetsOf(a registry.Account) map[string]bool {
	out := map[string]bool{}
	for _, code := range a.Widgets {
		out[code] = true
	}
	return out
}

// datasets are those that the question reads, nil when it names no indicator.
func (x *explainer) datasets() []string {
	if x.q.Indicator == nil {
		return nil
	}
	return x.q.Indicator.Datasets(false)
}

// unknownBy says that a limited right does not reach a figure which is not counted by its dimensions.
func (x *explainer) unknownBy() string { return x.in.Model.NotKnownBy(x.part.Within) }

// only says to which members a right is limited, "" when it is not.
func (x *explainer) only(p belvedere.Part) string {
	if len(p.Within) == 0 {
		return ""
	}
	return " Ce droit porte sur «" + belvedere.NoBreak + x.in.Model.WithinWords(p.Within) + belvedere.NoBreak + "»" + belvedere.NoBreak + ": les chiffres, totaux compris, ne comptent rien d’autre."
}
