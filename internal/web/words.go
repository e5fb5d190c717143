package web

import (
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/web/pages"
)

// expressionFacts says in words how an indicator is computed and from what.
func (s *server) expressionFacts(rules diffusion.Rules, i *belvedere.Indicator) []pages.Fact {
	var facts []pages.Fact
	var read []string
	if i.Value != nil {
		facts = append(facts, pages.Fact{Name: "Valeur", Value: s.expression(i.Value, &read)})
	}
	if i.Rate != nil {
		num, den := s.expression(i.Rate.Num, &read), s.expression(i.Rate.Den, &read)
		facts = append(facts, pages.Fact{Name: "Taux", Value: rateWords(i.Rate, num, den)})
	}
	if i.WhyNoRate != "" {
		facts = append(facts, pages.Fact{Name: "Sans taux", Value: i.WhyNoRate})
	}
	if len(i.Members) > 0 {
		facts = append(facts, pages.Fact{Name: "Regroupe", Value: s.memberLabels(i.Members)})
	}
	if len(i.By) > 0 {
		facts = append(facts, pages.Fact{Name: "Décliné par", Value: strings.Join(i.By, ", ")})
	}
	if len(read) > 0 {
		facts = append(facts, pages.Fact{Name: "Lu dans", Value: strings.Join(read, ", ")})
	}
	if floor := rules.Floor(i); floor > 0 {
		facts = append(facts, pages.Fact{Name: "Secret", Value: "protégé\u00a0: seuil de " + belvedere.FormatNumber(floor, 0) + " personnes"})
	}
	return facts
}

// rulesOfSecrecy are those of this moment; where they cannot be read, those that the catalogue declares.
func (s *server) rulesOfSecrecy(ctx context.Context) (rules diffusion.Rules) {
	if s.Secrecy == nil {
		return rules
	}
	rules, err := s.Secrecy.Rules(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "rules of secrecy", "err", err)
		return diffusion.Rules{}
	}
	return rules
}

// rateWords names a rate, its numerator and its denominator.
func rateWords(r *belvedere.Rate, num, den string) string {
	if r.NumLabel != "" && r.DenLabel != "" {
		num, den = r.NumLabel, r.DenLabel
	}
	words := num + " ÷ " + den
	if r.Label != "" {
		words = r.Label + belvedere.NoBreak + ": " + words
	}
	if r.Percent {
		words += ", en" + belvedere.NarrowSpace + "%"
	}
	return words
}

func (s *server) memberLabels(codes []string) string {
	var labels []string
	for _, c := range codes {
		if i := s.model.Indicator(c); i != nil {
			labels = append(labels, i.Label)
		}
	}
	return strings.Join(labels, ", ")
}

// expression writes a tree with the labels of its measures, and notes the datasets it reads.
func (s *server) expression(e belvedere.Expr, read *[]string) string {
	switch e := e.(type) {
	case belvedere.Number:
		decimals := 0
		if float64(e) != float64(int64(e)) {
			decimals = 2
		}
		return belvedere.FormatNumber(float64(e), decimals)
	case belvedere.MeasureRef:
		return s.measure(e, read)
	case belvedere.Binary:
		signs := map[byte]string{'+': " + ", '-': " − ", '*': " × ", '/': " ÷ "}
		return s.operand(e.L, e.Op, false, read) + signs[e.Op] + s.operand(e.R, e.Op, true, read)
	}
	return ""
}

// operand puts brackets around a looser operation inside a tighter one.
func (s *server) operand(e belvedere.Expr, outer byte, right bool, read *[]string) string {
	words := s.expression(e, read)
	inner, ok := e.(belvedere.Binary)
	if !ok {
		return words
	}
	loose := func(op byte) bool { return op == '+' || op == '-' }
	if loose(inner.Op) && (!loose(outer) || (right && outer == '-')) || (right && outer == '/') {
		return "(" + words + ")"
	}
	return words
}

// measure is the label of a measure with the rows that it keeps.
func (s *server) measure(m belvedere.MeasureRef, read *[]string) string {
	d := s.model.Dataset(m.Dataset)
	if d == nil {
		return m.Measure
	}
	if !slices.Contains(*read, d.Label) {
		*read = append(*read, d.Label)
	}
	words := m.Measure
	if x := d.Measure(m.Measure); x != nil && x.Label != "" {
		words = x.Label
	}
	var kept []string
	for _, f := range m.Where {
		kept = append(kept, filterWords(d, f))
	}
	if len(kept) > 0 {
		words += " (" + strings.Join(kept, ", ") + ")"
	}
	return words
}

// filterWords is "profil : Élèves ou Responsables", or "sauf profil : …".
func filterWords(d *belvedere.Dataset, f belvedere.Filter) string {
	name, values := f.Dim, slices.Clone(f.Values)
	if dim := d.Dimension(f.Dim); dim != nil {
		name = strings.ToLower(dim.Label)
		for i, v := range values {
			if dim.List == nil {
				continue
			}
			if code := dim.List.Find(v); code != nil {
				values[i] = code.Label
			}
		}
	}
	words := name + belvedere.NoBreak + ": " + strings.Join(values, " ou ")
	if f.Not {
		words = "sauf " + words
	}
	return words
}
