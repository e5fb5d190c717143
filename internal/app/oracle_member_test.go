package app_test

import (
	"slices"

	"belvedere"
)

// A right is what an account, or one of its grants, opens: widgets for schools, limited to members or not.
type right struct {
	own     bool // of the account
	all     bool
	schools []belvedere.UAI
	widgets []string
	every   bool // all widgets
	within  []belvedere.Within
}

// limits draws members of the dimensions of the worlds; groups stand for their codes.
func (w *world) limits() []belvedere.Within {
	draw := map[string][]string{"niveau": {"6eme", "5eme", "2nde", "cap1", "college"}, "sexe": {"F", "M"}, "profil": {"eleves", "enseignants", "vie_scolaire"}, "categorie": {"administratifs", "autres"}}
	var out []belvedere.Within
	for range 1 + w.r.IntN(2) {
		dim := pick(w.r, "niveau", "niveau", "niveau", "sexe", "profil", "categorie")
		one := belvedere.Within{Dim: dim}
		for range 1 + w.r.IntN(2) {
			one.Codes = append(one.Codes, pick(w.r, draw[dim]...))
		}
		out = append(out, one)
	}
	return belvedere.SortWithin(out)
}

// limited draws rights by member: of the account, of grants, of both.
func (w *world) limited(p *person) {
	if w.r.IntN(2) == 0 {
		p.account.Within = w.limits()
	}
	for i := range w.r.IntN(3) {
		g := belvedere.Grant{ID: int64(i + 1), AllWidgets: w.r.IntN(2) == 0, AllSchools: w.r.IntN(6) == 0, Until: today.AddDate(1, 0, 0)}
		if w.r.IntN(2) == 0 {
			g.Widgets = []string{pick(w.r, "moyens.eleves", "social.discipline", "social.assiduite")}
		}
		for _, u := range w.schools {
			if w.r.IntN(3) == 0 {
				g.Schools = append(g.Schools, u)
			}
		}
		if w.r.IntN(4) > 0 {
			g.Within = w.limits()
		}
		p.grants = append(p.grants, g)
	}
}

// rights are those of a person, one by one. What a grant does not name is as the account has it.
func (p *person) rights() []right {
	a := p.account
	own := right{own: true, all: a.AllSchools, schools: a.Schools, widgets: a.Widgets, every: a.AllWidgets, within: a.Within}
	out := []right{own}
	for _, g := range p.grants {
		r := right{all: g.AllSchools, schools: g.Schools, widgets: g.Widgets, every: g.AllWidgets, within: g.Within}
		if !r.all && len(r.schools) == 0 {
			if r.all, r.schools = own.all, own.schools; len(r.within) == 0 {
				r.within = own.within
			}
		}
		if !r.every && len(r.widgets) == 0 {
			r.every, r.widgets = own.every, own.widgets
		}
		out = append(out, r)
	}
	return out
}

func (r right) takes(u belvedere.UAI) bool { return r.all || slices.Contains(r.schools, u) }

func (r right) opens(widget string) bool {
	if widget == "" {
		return r.own
	}
	return r.every || slices.Contains(r.widgets, widget)
}

// codes are those of a limit, the members of groups among them.
func (o *oracle) members(w belvedere.Within) []string {
	out := slices.Clone(w.Codes)
	for _, d := range o.w.app.Model.Datasets {
		dim := d.Dimension(w.Dim)
		if dim == nil || dim.List == nil || d.Kind == belvedere.Register {
			continue
		}
		for _, c := range dim.List.Codes {
			if slices.Contains(w.Codes, c.Group) {
				out = append(out, c.Code)
			}
		}
	}
	return out
}

// opening are the rights that open a column: its widget, and by their dimensions each of its datasets.
// Filters that leave a right nothing leave it out.
func (o *oracle) opening(c belvedere.QueryColumn) (out []right) {
	ind := o.w.app.Model.Indicator(c.Indicator)
	num, den := o.sides(c)
	measures := append(refs(num), refs(den)...)
rights:
	for _, r := range o.who.rights() {
		if !r.opens(ind.Widget) {
			continue
		}
		for _, ref := range measures {
			d := o.w.app.Model.Dataset(ref.Dataset)
			if len(r.within) > 0 && !slices.ContainsFunc(r.within, func(w belvedere.Within) bool { return d.Dimension(w.Dim) != nil }) {
				continue rights
			}
		}
		for _, w := range r.within {
			if !slices.ContainsFunc(o.datasets(c), func(d *belvedere.Dataset) bool { return d.Dimension(w.Dim) != nil }) {
				continue
			}
			for _, ref := range measures {
				codes := o.members(w)
				for _, f := range o.codes(c, ref) {
					if f.Dim == w.Dim {
						taken := o.members(belvedere.Within{Dim: f.Dim, Codes: f.Values})
						codes = slices.DeleteFunc(codes, func(code string) bool { return slices.Contains(taken, code) == f.Not })
					}
				}
				if len(codes) == 0 {
					continue rights
				}
			}
		}
		out = append(out, r)
	}
	return out
}

// shut tells whether no right opens a line of a column, whose dimension a right limits.
func (o *oracle) shut(c belvedere.QueryColumn, line map[string]string) bool {
	for name, code := range line {
		if known(name) {
			continue
		}
		if !slices.ContainsFunc(o.opening(c), func(r right) bool {
			u, one := line["etablissement"]
			if one && !r.takes(belvedere.UAI(u)) {
				return false
			}
			at := slices.IndexFunc(r.within, func(w belvedere.Within) bool { return w.Dim == name })
			return at < 0 || slices.Contains(o.members(r.within[at]), code)
		}) {
			return slices.ContainsFunc(o.opening(c), func(r right) bool { return len(r.within) > 0 })
		}
	}
	return false
}

// sees tells whether a right opens a row to a column, and whether the row has the detail by which one
// would.
func (o *oracle) sees(rights []right, d *belvedere.Dataset, f fact) (open, detailed bool) {
	for _, r := range rights {
		if !r.takes(f.school) {
			continue
		}
		mine, filled := true, true
		for _, w := range r.within {
			dim := d.Dimension(w.Dim)
			if dim == nil {
				continue
			}
			mine = mine && slices.Contains(o.members(w), f.dims[w.Dim])
			filled = filled && (!dim.Optional || f.dims[w.Dim] != "")
		}
		open, detailed = open || mine, detailed || filled
	}
	return open, detailed
}

// persons says how rights limit persons who are counted once: as filters when it is one set for all
// schools, else not at all.
func (o *oracle) persons(c belvedere.QueryColumn, d *belvedere.Dataset) (filters []belvedere.Filter, plain bool) {
	rights := o.opening(c)
	for i, r := range rights {
		if i > 0 && (len(r.within) > 0 || len(rights[0].within) > 0) {
			return nil, false
		}
		for _, w := range r.within {
			if d.Dimension(w.Dim) != nil {
				filters = append(filters, belvedere.Filter{Dim: w.Dim, Values: w.Codes})
			}
		}
	}
	return filters, true
}
