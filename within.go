package belvedere

import (
	"maps"
	"slices"
	"strings"
)

// A Within limits a right to members of a dimension: « composante ∈ {GC} ». Rights that name several
// dimensions hold where all of them fit.
type Within struct {
	Dim   string   `json:"dim"`
	Codes []string `json:"codes"` // sorted; a group stands for its codes, as in a filter
}

// SortWithin gives limits in one order, each dimension once with the codes of all that name it, so that
// equal limits are equal values. What names no code is left out: it would open nothing.
func SortWithin(list []Within) []Within {
	byDim := map[string][]string{}
	for _, w := range list {
		byDim[w.Dim] = append(byDim[w.Dim], w.Codes...)
	}
	var out []Within
	for _, dim := range slices.Sorted(maps.Keys(byDim)) {
		codes := byDim[dim]
		slices.Sort(codes)
		if codes = slices.Compact(codes); len(codes) > 0 && dim != "" {
			out = append(out, Within{dim, codes})
		}
	}
	return out
}

// SameWithin compares sorted limits.
func SameWithin(a, b []Within) bool {
	return slices.EqualFunc(a, b, func(x, y Within) bool { return x.Dim == y.Dim && slices.Equal(x.Codes, y.Codes) })
}

// WithinText writes limits as files and command lines do: "composante=GC|INFO;service=GC".
func WithinText(list []Within) string {
	parts := make([]string, len(list))
	for i, w := range list {
		parts[i] = w.Dim + "=" + strings.Join(w.Codes, "|")
	}
	return strings.Join(parts, ";")
}

// ParseWithin reads what WithinText writes. Whether the dimensions and codes exist is for the catalogue to
// say.
func ParseWithin(text string) ([]Within, error) {
	var out []Within
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		dim, codes, ok := strings.Cut(part, "=")
		w := Within{Dim: strings.TrimSpace(dim)}
		for code := range strings.SplitSeq(codes, "|") {
			if code = strings.TrimSpace(code); code != "" {
				w.Codes = append(w.Codes, code)
			}
		}
		if !ok || w.Dim == "" || len(w.Codes) == 0 {
			return nil, Errorf(Invalid, "le périmètre «"+NoBreak+"%s"+NoBreak+"» ne se lit pas"+NoBreak+": écrivez dimension=code|code, par exemple composante=GC", part)
		}
		out = append(out, w)
	}
	return SortWithin(out), nil
}

// MembersOf gives the codes of a dimension that someone may name, when every right that opens it is
// limited to some of them; limited is false where all may be named.
func (s Scope) MembersOf(dim string) (codes []string, limited bool) {
	codes, limited = s.Members[dim]
	return codes, limited
}

// Names tells whether a member of a dimension may be named to the viewer.
func (s Scope) Names(dim, code string) bool {
	codes, limited := s.Members[dim]
	return !limited || slices.Contains(codes, code)
}

// Limited tells whether a right of the scope is limited to members.
func (s Scope) Limited() bool {
	return slices.ContainsFunc(s.Parts, func(p Part) bool { return len(p.Within) > 0 })
}

// Limit is what limits the rights of the account itself, nil for nothing.
func (s Scope) Limit() []Within {
	if len(s.Parts) > 0 && s.Parts[0].Grant == 0 {
		return s.Parts[0].Within
	}
	return nil
}

// Whole refuses, to whom the account opens some members alone, what is about schools as a whole.
func (s Scope) Whole(what string) error {
	if len(s.Limit()) == 0 {
		return nil
	}
	return Errorf(Forbidden, "%s"+NoBreak+": vos droits se limitent à une partie de l’établissement.", what)
}

// Datasets are those that the value of an indicator reads, or its rate, each once.
func (i *Indicator) Datasets(rate bool) []string {
	exprs := []Expr{i.Value}
	if i.Rate != nil && (rate || i.Value == nil) {
		exprs = []Expr{i.Rate.Num, i.Rate.Den}
	}
	var out []string
	var walk func(Expr)
	walk = func(e Expr) {
		switch e := e.(type) {
		case Binary:
			walk(e.L)
			walk(e.R)
		case MeasureRef:
			if !slices.Contains(out, e.Dataset) {
				out = append(out, e.Dataset)
			}
		}
	}
	for _, e := range exprs {
		walk(e)
	}
	return out
}

// WithinWords names the members to which a right is limited: "Composante, département : Génie civil,
// Informatique ; Service : Scolarité". A code that no list holds any longer stands for itself.
func (m *Model) WithinWords(within []Within) string {
	var parts []string
	for _, a := range m.WithinNames(within) {
		parts = append(parts, a.Name+NoBreak+": "+a.Value)
	}
	return strings.Join(parts, NarrowSpace+"; ")
}

// WithinNames gives the labels of dimensions and members.
func (m *Model) WithinNames(within []Within) []Attribute {
	var out []Attribute
	for _, w := range within {
		a := Attribute{Name: w.Dim}
		var names []string
		for _, code := range w.Codes {
			names = append(names, m.memberName(w.Dim, code, &a.Name))
		}
		a.Value = strings.Join(names, ", ")
		out = append(out, a)
	}
	return out
}

// memberName is the label of a member, its code when it has none, and the label of its dimension.
func (m *Model) memberName(dim, code string, heading *string) string {
	name := code
	for _, d := range m.Datasets {
		x := d.Dimension(dim)
		if x == nil || d.Kind == Register {
			continue
		}
		*heading = x.Label
		if x.List == nil {
			continue
		}
		if c := x.List.Find(code); c != nil {
			return c.Label
		}
		if slices.ContainsFunc(x.List.All(), func(c Code) bool { return c.Group == code }) {
			name = m.GroupLabel(x.List, code)
		}
	}
	return name
}

// NotKnownBy says why a right that is limited to members does not open a figure: it is counted by none of
// their dimensions.
func (m *Model) NotKnownBy(within []Within) string {
	var dims []string
	for _, a := range m.WithinNames(within) {
		dims = append(dims, "«"+NoBreak+a.Name+NoBreak+"»")
	}
	return "Ce droit porte sur «" + NoBreak + m.WithinWords(within) + NoBreak + "»" + NarrowSpace + "; cet indicateur n’est pas connu par " + strings.Join(dims, " ni par ") + "."
}
