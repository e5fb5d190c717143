package report

import (
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// closed tells whether a line is of a member that rights do not open to a column: another column, that
// they open further, brought it.
func (a *answer) closed(c *semantic.PlanColumn, keys []belvedere.Key) bool {
	if c.Limits == nil {
		return false
	}
	school := belvedere.UAI("")
	if a.schoolDim >= 0 && a.schoolDim < len(keys) {
		school = belvedere.UAI(keys[a.schoolDim].Code)
	}
	for i, d := range a.plan.Dims {
		if i < len(keys) && !c.Opens(d, keys[i].Code, school) {
			return true
		}
	}
	return false
}

// limitNotes say to which members the figures are limited, column by column where they differ.
func (a *answer) limitNotes() []string {
	var words []string
	columns := map[string][]string{}
	for i := range a.plan.Columns {
		c := &a.plan.Columns[i]
		if c.Expr == nil {
			continue
		}
		w := a.limitOf(c)
		if columns[w] == nil {
			words = append(words, w)
		}
		columns[w] = append(columns[w], column(c).Label)
	}
	var out []string
	for _, w := range words {
		if w == "" {
			continue
		}
		said := "Vos droits se limitent à «" + belvedere.NoBreak + w + belvedere.NoBreak + "»" + belvedere.NoBreak + ": "
		if len(words) == 1 {
			out = append(out, said+"ces chiffres, totaux et parts compris, ne comptent rien d’autre.")
			continue
		}
		out = append(out, said+"dans "+enumerated(columns[w])+", les chiffres, totaux et parts compris, ne comptent rien d’autre.")
	}
	return out
}

// limitOf is the members to which a column is limited, "" for none.
func (a *answer) limitOf(c *semantic.PlanColumn) string {
	var sets []string
	for _, set := range c.Limits {
		sets = append(sets, a.r.model.WithinWords(set))
	}
	words := strings.Join(sets, belvedere.NoBreak+"», ou «"+belvedere.NoBreak)
	if c.Mixed && len(sets) == 1 {
		words += ", pour une partie de vos établissements"
	}
	return words
}

// limit is to which members rights limit what the columns hold, "" for none.
func (a *answer) limit() string {
	limits := map[string]bool{}
	for i := range a.plan.Columns {
		if c := &a.plan.Columns[i]; c.Expr != nil {
			limits[a.limitOf(c)] = true
		}
	}
	for words := range limits {
		if words != "" && len(limits) == 1 {
			return words
		}
	}
	if len(limits) > 1 {
		return "dans la limite de vos droits"
	}
	return ""
}

// wholeName is what the figures over all lines are called: over what may be seen, said so.
func wholeName(limit string) string {
	if limit == "" {
		return wholeLabel
	}
	return wholeLabel + " (" + limit + ")"
}

// LimitWords say to which members the rights of a viewer are limited, for the head of a page: ""
// for none.
func (r *Reporter) LimitWords(scope belvedere.Scope) string {
	var sets []string
	whole := false
	for _, p := range scope.Parts {
		if !p.AllSchools && len(p.Schools) == 0 || !p.AllWidgets && len(p.Widgets) == 0 {
			continue
		}
		words := r.Model().WithinWords(p.Within)
		if whole = whole || words == ""; words != "" && !slices.Contains(sets, words) {
			sets = append(sets, words)
		}
	}
	if len(sets) == 0 {
		return ""
	}
	words := strings.Join(sets, belvedere.NarrowSpace+"; ")
	if whole {
		return words + ", pour une partie de vos droits"
	}
	return words + " seulement"
}

// limitHeading is the filter that rights set over a page or a file.
func (r *Reporter) limitHeading(scope belvedere.Scope) []belvedere.Attribute {
	if words := r.LimitWords(scope); words != "" {
		return []belvedere.Attribute{{Name: "Vos droits", Value: words}}
	}
	return nil
}

// named keeps of the codes of a dimension those that may be named to a viewer.
func named(scope belvedere.Scope, dim string, codes []belvedere.Code) []belvedere.Code {
	if _, limited := scope.MembersOf(filterDim(dim)); !limited {
		return codes
	}
	return slices.DeleteFunc(slices.Clone(codes), func(c belvedere.Code) bool { return !scope.Names(filterDim(dim), c.Code) })
}

// mayName tells whether the label of a member may be said to a viewer.
func mayName(scope belvedere.Scope, dim, code string) bool { return scope.Names(filterDim(dim), code) }
