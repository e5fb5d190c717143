package belvedere

import "slices"

// MeasuresOf are the measures that expressions read, in the order of the text, as often as they stand.
func MeasuresOf(list ...Expr) []MeasureRef {
	var out []MeasureRef
	for _, e := range list {
		switch e := e.(type) {
		case Binary:
			out = append(out, MeasuresOf(e.L, e.R)...)
		case MeasureRef:
			out = append(out, e)
		}
	}
	return out
}

// Measures are those that the rate of an indicator reads when it is asked for, else those of its value.
func (i *Indicator) Measures(rate bool) []MeasureRef {
	if rate && i.Rate != nil {
		return MeasuresOf(i.Rate.Num, i.Rate.Den)
	}
	return MeasuresOf(i.Value)
}

// DatasetsOf are the datasets of measures, once each, in their order.
func DatasetsOf(list []MeasureRef) []string {
	var names []string
	for _, m := range list {
		if !slices.Contains(names, m.Dataset) {
			names = append(names, m.Dataset)
		}
	}
	return names
}
