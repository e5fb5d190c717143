package gap

import (
	"slices"
	"strings"

	"belvedere"
)

// A Figure is the question of one number, without lines: what a reader sees in one cell.
type Figure struct {
	Indicator  string
	Rate       bool
	Where      []belvedere.Filter // of the question, of the column and of the line, together
	Period     belvedere.Period
	Edition    int    // never 0 once anything is published
	Definition string // version of the catalogue that says what the indicator is
	Version    int    // of the definition in it; 0 is the one in force on each day

	// Constant keeps the schools that have the data in Period and in Against, Follow takes the
	// predecessors of the schools that a filter names.
	Constant bool
	Follow   bool
	Against  belvedere.Period

	// Lines are the dimensions of the table in which the figure stands alone, where that counts: the
	// state of a month is what was observed in it, not the last one known.
	Lines []string
}

// A Kind is what may differ between two figures.
type Kind string

// The kinds, in the order in which they are told.
const (
	Definition Kind = "definition" // the indicator is declared in another way
	Edition    Kind = "edition"    // later data: arrivals, corrections, withdrawals
	Period     Kind = "periode"    // date or period
	Population Kind = "population" // another indicator: registered, present, left
	Perimeter  Kind = "perimetre"  // schools one by one
	Filter     Kind = "filtre"     // any other dimension
	Reading    Kind = "lecture"    // a line of a table, or the figure asked alone
	Following  Kind = "suivi"      // schools followed over time: constant perimeter, predecessors
)

// A Factor is one thing that differs.
type Factor struct {
	Kind Kind
	Dim  string // of Filter and Perimeter
}

// Code names the factor in files: "edition", "filtre:secteur".
func (f Factor) Code() string {
	if f.Kind == Filter {
		return string(f.Kind) + ":" + f.Dim
	}
	return string(f.Kind)
}

// Normal gives a figure in the one form of all that ask the same: filters by dimension, their
// values in order and without double, the same filter once.
func (f Figure) Normal() Figure {
	var where []belvedere.Filter
	for _, one := range f.Where {
		one.Values = slices.Clone(one.Values)
		slices.Sort(one.Values)
		one.Values = slices.Compact(one.Values)
		if !slices.ContainsFunc(where, func(o belvedere.Filter) bool { return sameFilter(o, one) }) {
			where = append(where, one)
		}
	}
	slices.SortStableFunc(where, func(a, b belvedere.Filter) int {
		if c := strings.Compare(a.Dim, b.Dim); c != 0 {
			return c
		}
		return strings.Compare(filterText(a), filterText(b))
	})
	f.Where = where
	f.Lines = slices.Clone(f.Lines)
	slices.Sort(f.Lines)
	f.Period.Kind = belvedere.FreeRange
	if !f.Against.From.IsZero() {
		f.Against.Kind = belvedere.FreeRange
	}
	return f
}

func filterText(f belvedere.Filter) string {
	sign := "="
	if f.Not {
		sign = "!="
	}
	return sign + strings.Join(f.Values, "\x00")
}

// On are the filters of a figure on one dimension.
func (f Figure) On(dim string) []belvedere.Filter {
	var out []belvedere.Filter
	for _, one := range f.Where {
		if one.Dim == dim {
			out = append(out, one)
		}
	}
	return out
}

// Factors are what differs between two normal figures.
func Factors(a, b Figure) []Factor {
	var out []Factor
	add := func(k Kind, differs bool) {
		if differs {
			out = append(out, Factor{Kind: k})
		}
	}
	add(Definition, a.Definition != b.Definition || a.Version != b.Version)
	add(Edition, a.Edition != b.Edition)
	add(Period, !a.Period.From.Equal(b.Period.From) || !a.Period.To.Equal(b.Period.To))
	add(Population, a.Indicator != b.Indicator || a.Rate != b.Rate)
	add(Following, a.Constant != b.Constant || a.Follow != b.Follow || !a.Against.From.Equal(b.Against.From) || !a.Against.To.Equal(b.Against.To))
	add(Reading, !slices.Equal(a.Lines, b.Lines))
	var dims []string
	for _, one := range slices.Concat(a.Where, b.Where) {
		dims = append(dims, one.Dim)
	}
	slices.Sort(dims)
	for _, dim := range slices.Compact(dims) {
		if slices.EqualFunc(a.On(dim), b.On(dim), sameFilter) {
			continue
		}
		if dim == "etablissement" {
			out = slices.Insert(out, len(out)-filters(out), Factor{Perimeter, dim})
		} else {
			out = append(out, Factor{Filter, dim})
		}
	}
	return out
}

func filters(list []Factor) (n int) {
	for _, f := range list {
		if f.Kind == Filter {
			n++
		}
	}
	return n
}

func sameFilter(a, b belvedere.Filter) bool {
	return a.Dim == b.Dim && a.Not == b.Not && slices.Equal(a.Values, b.Values)
}

// Between is the figure of a world: a, with the factors of the set taken from b.
func Between(a, b Figure, factors []Factor, set World) Figure {
	out := a
	out.Where = nil
	for i, f := range factors {
		if set>>i&1 == 0 {
			continue
		}
		switch f.Kind {
		case Definition:
			out.Definition, out.Version = b.Definition, b.Version
		case Edition:
			out.Edition = b.Edition
		case Period:
			out.Period = b.Period
		case Population:
			out.Indicator, out.Rate = b.Indicator, b.Rate
		case Following:
			out.Constant, out.Follow, out.Against = b.Constant, b.Follow, b.Against
		case Reading:
			out.Lines = b.Lines
		}
	}
	taken := map[string]bool{}
	for i, f := range factors {
		if f.Dim != "" && set>>i&1 == 1 {
			taken[f.Dim] = true
		}
	}
	for _, one := range a.Where {
		if !taken[one.Dim] {
			out.Where = append(out.Where, one)
		}
	}
	for _, one := range b.Where {
		if taken[one.Dim] {
			out.Where = append(out.Where, one)
		}
	}
	return out.Normal()
}
