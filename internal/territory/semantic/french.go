package semantic

import (
	"strconv"
	"strings"
	"unicode"

	"belvedere"
)

// French says an expression as a reader would: names of measures, words for the operators, and the
// parts that filters keep.
func French(m *belvedere.Model, e belvedere.Expr) string {
	switch e := e.(type) {
	case belvedere.Number:
		return strings.ReplaceAll(strconv.FormatFloat(float64(e), 'f', -1, 64), ".", ",")
	case belvedere.MeasureRef:
		return measureWords(m, e)
	case belvedere.Binary:
		word := map[byte]string{'+': " plus ", '-': " moins ", '*': " multiplié par ", '/': ", rapporté à "}[e.Op]
		return frenchOperand(m, e.L, e.Op, false) + word + frenchOperand(m, e.R, e.Op, true)
	}
	return ""
}

// frenchOperand puts parentheses where Text does.
func frenchOperand(m *belvedere.Model, e belvedere.Expr, parent byte, right bool) string {
	text := French(m, e)
	if strings.HasPrefix(operand(e, parent, right), "(") {
		return "(" + text + ")"
	}
	return text
}

// measureWords names a measure, its dataset when it adds something, and the part that is kept.
func measureWords(m *belvedere.Model, ref belvedere.MeasureRef) string {
	d := m.Dataset(ref.Dataset)
	if d == nil || d.Measure(ref.Measure) == nil {
		return ref.Dataset + "." + ref.Measure
	}
	out := "«\u00a0" + strings.TrimPrefix(d.Measure(ref.Measure).Label, "dont ") + "\u00a0»"
	if !strings.EqualFold(d.Label, d.Measure(ref.Measure).Label) {
		out += " (" + d.Label + ")"
	}
	for i, f := range ref.Where {
		if i == 0 {
			out += " où "
		} else {
			out += " et "
		}
		out += filterWords(d.Dimension(f.Dim), f)
	}
	return out
}

// filterWords says which codes of a dimension are kept.
func filterWords(dim *belvedere.Dimension, f belvedere.Filter) string {
	name, verb := f.Dim, "est"
	if f.Not {
		verb = "n’est pas"
	}
	var labels []string
	for _, v := range f.Values {
		label := v
		if dim != nil && dim.List != nil {
			if c := dim.List.Find(v); c != nil {
				label = c.Label
			}
		}
		labels = append(labels, label)
	}
	if dim != nil {
		name = lowerFirst(dim.Label)
	}
	if n := len(labels); n > 1 {
		labels = append(labels[:n-2], labels[n-2]+" ou "+labels[n-1])
	}
	return name + " " + verb + " " + strings.Join(labels, ", ")
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && !unicode.IsUpper(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// Measures names the measures of a dataset that an indicator reads, in its value or its rate.
func Measures(ind *belvedere.Indicator, dataset string) []string {
	var out []string
	for _, name := range measuresOf(belvedere.Definition{Value: ind.Value, Rate: ind.Rate}) {
		if measure, ours := strings.CutPrefix(name, dataset+"."); ours {
			out = append(out, measure)
		}
	}
	return out
}

// Sides are the two sides of the ratio that an indicator is: those of its rate, else of its value when
// that divides; ok is false when it is no ratio.
func Sides(ind *belvedere.Indicator) (num, den belvedere.Expr, ok bool) {
	if ind.Rate != nil {
		return ind.Rate.Num, ind.Rate.Den, true
	}
	b, isBinary := ind.Value.(belvedere.Binary)
	if isBinary && b.Op == '/' {
		return b.L, b.R, true
	}
	return nil, nil, false
}
