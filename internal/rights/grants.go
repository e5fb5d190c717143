package rights

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"belvedere"
)

// granted opens beside the rights of an account what its grants open for reading. What a grant adds
// is limited to its own widgets for its own schools; those that it does not name are the account's.
func (in Input) granted(s belvedere.Scope) belvedere.Scope {
	own := in.own(s)
	parts := []belvedere.Part{own}
	for _, g := range in.grants() {
		p, ok := in.partOf(g, own)
		switch {
		case !ok:
		case p.AllSchools == own.AllSchools && slices.Equal(p.Schools, own.Schools) && belvedere.SameWithin(p.Within, own.Within): // more widgets for the same figures
			parts[0] = widened(parts[0], p)
		default:
			parts = append(parts, p)
		}
	}
	s.AllWidgets, s.Widgets = parts[0].AllWidgets, parts[0].Widgets
	if len(parts) == 1 && len(own.Within) == 0 {
		return s
	}
	s.Parts, s.Members = parts, in.members(parts)
	whole := parts[0]
	for _, p := range parts[1:] {
		whole = widened(whole, p)
		s.AllSchools = s.AllSchools || p.AllSchools
		s.Schools = append(slices.Clone(s.Schools), p.Schools...)
	}
	s.AllWidgets, s.Widgets = whole.AllWidgets, whole.Widgets
	if s.Schools = sorted(s.Schools); s.AllSchools {
		s.Schools = nil
	}
	return s
}

// own is the part that the account opens by itself. Who manages the console is limited by nothing.
func (in Input) own(s belvedere.Scope) belvedere.Part {
	own := belvedere.Part{AllSchools: s.AllSchools, Schools: s.Schools, AllWidgets: s.AllWidgets, Widgets: s.Widgets}
	if in.Account.Admin {
		return own
	}
	return in.limited(own, in.Account.Within)
}

// grants are those of the input, in the order of their numbers.
func (in Input) grants() []belvedere.Grant {
	list := slices.Clone(in.Grants)
	slices.SortFunc(list, func(x, y belvedere.Grant) int { return cmp.Compare(x.ID, y.ID) })
	return list
}

// partOf is what a grant opens for reading, beside what an account has; ok is false for nothing: a
// capability that names no widget opens none. One that takes the schools of the account takes them as
// they are, limited to the same members: who is to see the whole of a school is given it by name.
func (in Input) partOf(g belvedere.Grant, own belvedere.Part) (p belvedere.Part, ok bool) {
	p = in.limited(belvedere.Part{Grant: g.ID, AllSchools: g.AllSchools, AllWidgets: g.AllWidgets}, g.Within)
	if !g.AllSchools {
		p.Schools = sorted(g.Schools)
	}
	if !g.AllWidgets {
		p.Widgets = map[string]bool{}
		for _, code := range g.Widgets {
			p.Widgets[code] = true
		}
	}
	if len(p.Schools) == 0 && !p.AllSchools {
		p.AllSchools, p.Schools = own.AllSchools, own.Schools
		if len(p.Within) == 0 {
			p.Within, p.Datasets = own.Within, own.Datasets
		}
	}
	if len(p.Widgets) == 0 && !p.AllWidgets {
		if g.Capability != "" {
			return p, false
		}
		p.AllWidgets, p.Widgets = own.AllWidgets, own.Widgets
	}
	return p, true
}

// widened is a part with the widgets of another besides.
func widened(p, by belvedere.Part) belvedere.Part {
	if p.AllWidgets || by.AllWidgets {
		p.AllWidgets, p.Widgets = true, nil
		return p
	}
	all := maps.Clone(p.Widgets)
	if all == nil {
		all = map[string]bool{}
	}
	maps.Copy(all, by.Widgets)
	p.Widgets = all
	return p
}

// byGrant names the grant that opens what a question is about, when the account alone does not: its
// widgets are closed, or the school is not its own.
func (x *explainer) byGrant(closed bool) (said string, ok bool) {
	own := x.all || len(x.schools) > 0
	if x.q.School != "" {
		own = x.manages(x.q.School)
	}
	if !closed && own {
		return "", false
	}
	for _, g := range x.in.grants() {
		p, reads := x.in.partOf(g, x.part)
		if !reads || !slices.ContainsFunc(x.asked(), func(widget string) bool { return p.Opens(widget, x.datasets()) }) {
			continue
		}
		if x.q.School == "" && (p.AllSchools || len(p.Schools) > 0) || x.q.School != "" && (p.AllSchools || contains(p.Schools, x.q.School)) {
			return x.grantWords(g, p), true
		}
	}
	return "", false
}

// grantWords says by which grant a gate is open, and until when.
func (x *explainer) grantWords(g belvedere.Grant, p belvedere.Part) string {
	last := x.day(g.Until.Add(-1))
	what := fmt.Sprintf("L’habilitation n°"+belvedere.NoBreak+"%d, approuvée par %s jusqu’au %s, vous l’ouvre", g.ID, g.Approver, last)
	if x.q.School != "" {
		what += " pour " + x.name(x.q.School)
	}
	return what + belvedere.NoBreak + ": " + g.Purpose + "." + x.only(p)
}
