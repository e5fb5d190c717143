package admin

import (
	"context"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// A LimitDim is a dimension to whose members a right may be limited.
type LimitDim struct{ Name, Label string }

// A LimitMember is one of them.
type LimitMember struct {
	Dim   LimitDim
	Code  string
	Label string
}

// LimitDims are the dimensions of figures, those of institutions of higher education first: composantes
// and services are what a head of department answers for.
func LimitDims(m *belvedere.Model) []LimitDim {
	if m == nil {
		return nil
	}
	var open, closed []LimitDim
	seen := map[string]bool{}
	for _, d := range m.Datasets {
		if d.Kind == belvedere.Register {
			continue
		}
		for _, x := range d.Dimensions {
			if x.List == nil || seen[x.Name] {
				continue
			}
			seen[x.Name] = true
			if one := (LimitDim{x.Name, x.Label}); x.List.Open {
				open = append(open, one)
			} else {
				closed = append(closed, one)
			}
		}
	}
	first := []string{"composante", "service", "formation", "cours"}
	rank := func(d LimitDim) int {
		if at := slices.Index(first, d.Name); at >= 0 {
			return at
		}
		return len(first)
	}
	slices.SortStableFunc(open, func(a, b LimitDim) int { return rank(a) - rank(b) })
	return append(open, closed...)
}

// limitMembers are the members of a dimension, by name.
func limitMembers(m *belvedere.Model, dim LimitDim) []LimitMember {
	var out []LimitMember
	seen := map[string]bool{}
	for _, d := range m.Datasets {
		x := d.Dimension(dim.Name)
		if x == nil || x.List == nil || d.Kind == belvedere.Register {
			continue
		}
		add := func(code, label string) {
			if code != "" && !seen[code] {
				seen[code] = true
				out = append(out, LimitMember{dim, code, label})
			}
		}
		for _, c := range x.List.All() {
			if c.Group != "" && x.List.Find(c.Group) == nil {
				add(c.Group, m.GroupLabel(x.List, c.Group)+belvedere.NoBreak+": tous")
			}
		}
		for _, c := range x.List.All() {
			if !c.Total {
				add(c.Code, c.Label)
			}
		}
	}
	return out
}

// FindMembers finds members by words of their code, label or dimension; dim "" is all dimensions.
func FindMembers(m *belvedere.Model, dim, search string, most int) (found []LimitMember, more int) {
	wanted := words.Fold(search)
	for _, d := range LimitDims(m) {
		if dim != "" && d.Name != dim || dim == "" && wanted == "" {
			continue
		}
		for _, one := range limitMembers(m, d) {
			if wanted != "" && !words.Holds(words.Fold(one.Label+" "+one.Code), wanted) {
				continue
			}
			if len(found) < most {
				found = append(found, one)
			} else {
				more++
			}
		}
	}
	return found, more
}

// within checks the members to which a right is limited: each must be of the catalogue, or be one that the
// right had already.
func (f *Flaws) within(list, had []belvedere.Within, m *belvedere.Model) []belvedere.Within {
	var out []belvedere.Within
	dims := LimitDims(m)
	for _, w := range belvedere.SortWithin(list) {
		at := slices.IndexFunc(dims, func(d LimitDim) bool { return d.Name == w.Dim })
		if at < 0 {
			f.add("perimetre", "La dimension « %s » n’existe pas : choisissez composante, service, ou une autre dimension des chiffres.", quoted(w.Dim))
			continue
		}
		members := limitMembers(m, dims[at])
		for _, code := range w.Codes {
			known := slices.ContainsFunc(members, func(o LimitMember) bool { return o.Code == code }) ||
				slices.ContainsFunc(had, func(h belvedere.Within) bool { return h.Dim == w.Dim && slices.Contains(h.Codes, code) })
			if !known {
				f.add("perimetre", "%s n’a pas de membre « %s » : écrivez un code connu des chiffres, ou chargez d’abord le fichier qui l’apporte.", dims[at].Label, quoted(code))
			}
		}
		out = append(out, w)
	}
	if len(out) == 0 && len(list) > 0 && len(*f) == 0 {
		f.add("perimetre", "Un périmètre nomme au moins un membre.")
	}
	return out
}

// SetRights opens widgets to a user as SetWidgets does, and limits all rights of the account to members;
// none is no limit. The error is Flaws when a member is not known, *Stale as for Update.
func (u *Users) SetRights(ctx context.Context, id, version int64, all bool, widgets []string, within []belvedere.Within) (before, after registry.Account, err error) {
	defer belvedere.Wrap(&err, "SetRights(%d)", id)
	return u.setRights(ctx, id, version, all, widgets, func(a registry.Account) ([]belvedere.Within, error) {
		var flaws Flaws
		list := flaws.within(within, a.Within, u.model())
		if a.Admin && len(list) > 0 {
			flaws.add("perimetre", "Un administrateur voit tout : retirez-lui d’abord ce rôle, puis limitez ses droits.")
		}
		return list, flaws.orNil()
	})
}

func (u *Users) model() *belvedere.Model {
	if u.Model == nil {
		return nil
	}
	return u.Model()
}

func (g *Grants) model() *belvedere.Model {
	if g.Model == nil {
		return nil
	}
	return g.Model()
}

// memberNames are the members to which an account is limited, in words.
func memberNames(a registry.Account, m *belvedere.Model) []string {
	var out []string
	for _, w := range a.Within {
		for _, code := range w.Codes {
			one := []belvedere.Within{{Dim: w.Dim, Codes: []string{code}}}
			if m == nil {
				out = append(out, belvedere.WithinText(one))
				continue
			}
			out = append(out, m.WithinWords(one))
		}
	}
	return out
}

// memberWords names members, by their codes where the catalogue is not at hand.
func memberWords(list []belvedere.Within, m *belvedere.Model) string {
	if m == nil {
		return belvedere.WithinText(list)
	}
	return m.WithinWords(list)
}

// CheckWithin says what is wrong with members, as Flaws; nil when each is known.
func (u *Users) CheckWithin(list []belvedere.Within) error {
	var flaws Flaws
	flaws.within(list, nil, u.model())
	return flaws.orNil()
}

// RequestMembers are the members that a request of access may name: the departments and services of
// institutions, as their files call them.
func RequestMembers(m *belvedere.Model) (out []LimitMember) {
	for _, d := range LimitDims(m) {
		if d.Name == "composante" || d.Name == "service" {
			out = append(out, limitMembers(m, d)...)
		}
	}
	return out
}
