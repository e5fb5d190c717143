package web

import (
	"net/url"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// mostMembers is how many members a search shows.
const mostMembers = 60

// readWithin takes the members that a form ticks: "composante=gc" each.
func readWithin(form url.Values) []belvedere.Within {
	var out []belvedere.Within
	for _, one := range form["membre"] {
		if dim, code, ok := strings.Cut(one, "="); ok {
			out = append(out, belvedere.Within{Dim: dim, Codes: []string{code}})
		}
	}
	return belvedere.SortWithin(out)
}

// searchesMembers tells whether the button pressed looks for members and writes nothing.
func searchesMembers(form url.Values) bool { return form.Get("geste") == "chercher-membres" }

// memberPicker lists the members to which a right is limited, and those that a search finds.
func (s *server) memberPicker(within []belvedere.Within, form url.Values, fault string) pages.MemberPicker {
	m := s.model
	p := pages.MemberPicker{Search: clean(form.Get("cherche_membre"), mostSearch), Dim: form.Get("dimension"), Error: fault, Asked: searchesMembers(form)}
	dims := admin.LimitDims(m)
	p.Dims = []parts.Option{{Label: "Toutes les dimensions"}}
	for _, d := range dims {
		p.Dims = append(p.Dims, parts.Option{Value: d.Name, Label: d.Label})
	}
	if !slices.ContainsFunc(dims, func(d admin.LimitDim) bool { return d.Name == p.Dim }) {
		p.Dim = ""
	}
	for _, w := range within {
		for _, code := range w.Codes {
			p.Members = append(p.Members, pages.PickMember{Value: w.Dim + "=" + code, Label: m.WithinWords([]belvedere.Within{{Dim: w.Dim, Codes: []string{code}}}), Code: code, Checked: true})
		}
	}
	if !p.Asked {
		return p
	}
	found, more := admin.FindMembers(m, p.Dim, p.Search, mostMembers)
	p.Found, p.More = len(found)+more, more
	for _, one := range found {
		value := one.Dim.Name + "=" + one.Code
		if !slices.ContainsFunc(p.Members, func(o pages.PickMember) bool { return o.Value == value }) {
			p.Members = append(p.Members, pages.PickMember{Value: value, Label: one.Dim.Label + belvedere.NoBreak + ": " + one.Label, Code: one.Code})
		}
	}
	return p
}

// limitWords say to which members the rights of who reads are limited, "" when some right is not.
func (s *server) limitWords(scope belvedere.Scope) string {
	var sets []string
	for _, p := range scope.Parts {
		words := s.model.WithinWords(p.Within)
		switch {
		case !p.AllSchools && len(p.Schools) == 0:
		case words == "":
			return "" // each answer says what it is limited to
		case !slices.Contains(sets, words):
			sets = append(sets, words)
		}
	}
	return strings.Join(sets, belvedere.NoBreak+"», ou «"+belvedere.NoBreak)
}
