package definition

import (
	"context"
	"strings"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// An Alike is one idea measured in several ways, side by side.
type Alike struct {
	Idea       belvedere.Idea
	List       []Way
	Year       string // "2025-2026", of the figures
	Difference string // in words
	Receipt    belvedere.Receipt
}

// A Way is one of the indicators of an idea, with its figure over the territory, or over what the
// viewer sees of it: its rate when it has one.
type Way struct {
	Indicator *belvedere.Indicator
	Column    belvedere.ResultColumn
	Cells     []belvedere.Cell // one
	Formula   string
}

// SameIdea sets an indicator beside the others of its idea; nil when it is alone.
func (s *Service) SameIdea(ctx context.Context, v belvedere.Viewer, code string) (_ *Alike, err error) {
	defer belvedere.Wrap(&err, "SameIdea(%s)", code)
	ind, m, err := s.Indicator(ctx, code)
	if err != nil || ind.Idea == "" {
		return nil, err
	}
	out := &Alike{Idea: *m.Idea(ind.Idea)}
	var codes []string
	for _, other := range m.Indicators {
		if other.Idea == ind.Idea {
			codes = append(codes, other.Code)
			out.List = append(out.List, Way{Indicator: other, Formula: Formula(m, other)})
		}
	}
	if len(codes) < 2 {
		return nil, nil
	}
	out.Difference = difference(m, out.List)
	if s.Reporter == nil || s.Reporter() == nil {
		return out, nil
	}
	q, err := s.Reporter().Build(ctx, report.Ask{Indicators: codes, Rates: true})
	if err != nil {
		return nil, err
	}
	result, err := s.Reporter().Query(ctx, v, q)
	if err != nil {
		return nil, err
	}
	out.Year, out.Receipt = q.Period.Year().String(), result.Receipt
	for i := range out.List {
		out.List[i].Column = result.Columns[i]
		cell := belvedere.Cell{State: belvedere.Expected}
		if len(result.Rows) > 0 {
			cell = result.Rows[0].Cells[i]
		}
		out.List[i].Cells = []belvedere.Cell{cell}
	}
	out.Difference += figures(out)
	return out, nil
}

// Formula says in words what an indicator counts: its rate when it has one, else its value.
func Formula(m *belvedere.Model, ind *belvedere.Indicator) string {
	if num, den, ok := semantic.Sides(ind); ok {
		return semantic.French(m, num) + ", rapporté à " + semantic.French(m, den)
	}
	return semantic.French(m, ind.Value)
}

// Formulas says in words all that an indicator counts: its value, then its rate.
func Formulas(m *belvedere.Model, ind *belvedere.Indicator) []string {
	var out []string
	if ind.Value != nil {
		out = append(out, semantic.French(m, ind.Value))
	}
	if ind.Rate != nil {
		out = append(out, ind.Rate.Label+belvedere.NoBreak+": "+semantic.French(m, ind.Rate.Num)+", rapporté à "+semantic.French(m, ind.Rate.Den))
	}
	return out
}

// Name is how a way is called: as its rate, when that is what it is.
func (w Way) Name() string { return wayName(w.Indicator) }

func wayName(ind *belvedere.Indicator) string {
	if ind.Rate != nil && ind.Rate.Label != "" {
		return ind.Rate.Label
	}
	return ind.Short
}

// difference says in a sentence in what the first two ways of an idea differ, and the others from the
// first.
func difference(m *belvedere.Model, list []Way) string {
	first := list[0].Indicator
	var out []string
	for _, w := range list[1:] {
		out = append(out, differs(m, first, w.Indicator))
	}
	return strings.Join(out, " ")
}

func differs(m *belvedere.Model, a, b *belvedere.Indicator) string {
	x, y := "«\u00a0"+wayName(a)+"\u00a0»", "«\u00a0"+wayName(b)+"\u00a0»"
	numA, denA, ratioA := semantic.Sides(a)
	numB, denB, ratioB := semantic.Sides(b)
	if ratioA && ratioB {
		sameNum, sameDen := semantic.Text(numA) == semantic.Text(numB), semantic.Text(denA) == semantic.Text(denB)
		nameNum, nameDen := sideName(a, numA, m, true), sideName(a, denA, m, false)
		switch {
		case sameNum && sameDen:
			return x + " et " + y + " se calculent de la même façon."
		case sameNum:
			return x + " et " + y + " partent du même nombre (" + nameNum + ")\u00a0: le premier le rapporte à " + nameDen + ", le second à " + sideName(b, denB, m, false) + "."
		case sameDen:
			return x + " et " + y + " se rapportent au même nombre (" + nameDen + ")\u00a0: le premier y compte " + nameNum + ", le second " + sideName(b, numB, m, true) + "."
		}
	}
	return x + " compte " + Formula(m, a) + "\u202f; " + y + " compte " + Formula(m, b) + "."
}

// sideName names a side of a ratio: as its rate does, else by its measures.
func sideName(ind *belvedere.Indicator, e belvedere.Expr, m *belvedere.Model, num bool) string {
	switch {
	case ind.Rate != nil && num:
		return ind.Rate.NumLabel
	case ind.Rate != nil:
		return ind.Rate.DenLabel
	}
	return semantic.French(m, e)
}

// figures says how far the first two figures are apart, when both are shown in one unit.
func figures(a *Alike) string {
	x, y := a.List[0], a.List[1]
	if !x.Cells[0].State.Shown() || !y.Cells[0].State.Shown() || x.Column.Percent != y.Column.Percent {
		return ""
	}
	gap := y.Cells[0].Value - x.Cells[0].Value
	sign, text := "+", ""
	if gap < 0 {
		sign = ""
	}
	if x.Column.Percent {
		text = sign + belvedere.FormatNumber(100*gap, 1) + " points"
	} else {
		text = sign + belvedere.FormatNumber(gap, max(x.Column.Decimals, y.Column.Decimals))
	}
	return " En " + a.Year + "\u00a0: " + x.Column.Format(x.Cells[0].Value) + " et " + y.Column.Format(y.Cells[0].Value) + ", soit " + text + " du premier au second."
}
