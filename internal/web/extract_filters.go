package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// mostYearsShown bounds the choice of years.
const mostYearsShown = 15

// chooseFilters are the filters of the columns, or of the dimensions.
func (z *wizard) chooseFilters() error {
	if z.page.Spec.Kind == extract.Totals {
		return z.chooseTotalFilters()
	}
	values, err := z.s.Extracts.People.Values(z.r.Context(), viewerOf(z.r), z.page.Spec.Order)
	if err != nil {
		return err
	}
	z.readsPersons()
	for _, c := range z.columns() {
		if !c.Filter {
			continue
		}
		row := z.filterRow(c, values)
		if held, looked := values[c.Name]; looked && len(held) == 0 && !row.Set() {
			continue // no row says anything there
		}
		z.page.Filters = append(z.page.Filters, row)
	}
	return nil
}

// filterRow is the filter of a column: a range of dates or numbers, a choice among the values that there are, or
// codes to type when there are too many to choose from.
func (z *wizard) filterRow(c pseudonym.Column, values map[string][]string) pages.FilterRow {
	row := pages.FilterRow{Name: c.Name, Label: c.Label, Range: c.Class != dossier.Code.Label(), Error: z.page.Errors.Of(extract.FilterField(c.Name))}
	row.Hint, row.Type = rangeHint(c)
	var chosen []string
	for _, f := range z.page.Spec.Order.Where {
		switch {
		case f.Column != c.Name:
		case f.Op == dossier.AtLeast:
			row.Least = strings.Join(f.Values, ", ")
		case f.Op == dossier.AtMost:
			row.Most = strings.Join(f.Values, ", ")
		default:
			chosen = append(chosen, f.Values...)
			row.Not = f.Op == dossier.NotIn
		}
	}
	if !row.Range {
		row.Codes, row.Text = boxesOf(c.Codes, values[c.Name], chosen)
	} else if len(chosen) > 0 { // values of a date or a number, which the command line takes
		row.Text, row.Range = strings.Join(chosen, ", "), false
	}
	return row
}

// rangeHint says how the ends of a range are written.
func rangeHint(c pseudonym.Column) (hint, kind string) {
	switch {
	case !c.Date:
		return "Un nombre.", ""
	case c.Grain == belvedere.ByDay:
		return "", "date"
	case c.Grain == belvedere.ByMonth:
		return "Un mois\u00a0: 2025-11.", ""
	}
	return "Une année, par son premier nombre\u00a0: 2025 pour 2025-2026.", ""
}

// boxesOf are the values to tick: those that rows hold, by the names of the list when there is one, and those that are
// chosen already. Without them, the whole list, or a text to type.
func boxesOf(list []belvedere.Code, held, chosen []string) (boxes []pages.Box, text string) {
	add := func(code, label string) {
		boxes = append(boxes, pages.Box{Value: code, Label: label, Checked: slices.Contains(chosen, code)})
	}
	for _, c := range list {
		if held == nil || slices.Contains(held, c.Code) || slices.Contains(chosen, c.Code) {
			add(c.Code, c.Label)
		}
	}
	for _, v := range held {
		if !slices.ContainsFunc(list, func(c belvedere.Code) bool { return c.Code == v }) {
			add(v, v)
		}
	}
	if len(boxes) == 0 {
		return nil, strings.Join(chosen, ", ")
	}
	for _, v := range chosen { // that no row holds any longer
		if !slices.ContainsFunc(boxes, func(b pages.Box) bool { return b.Value == v }) {
			add(v, v+" (aucune ligne)")
		}
	}
	return boxes, ""
}

// chooseTotalFilters are the year, and the filters of the dimensions that the indicators admit.
func (z *wizard) chooseTotalFilters() error {
	p, v := &z.page, queryOf(z.page.Spec.State)
	p.Year = v.Get("annee")
	p.Years = []parts.Option{{Value: "", Label: "La dernière qui a des données"}}
	last := belvedere.SchoolYearOf(z.s.Now().In(z.s.Zone))
	for y := last; y > last-mostYearsShown; y-- {
		p.Years = append(p.Years, parts.Option{Value: strconv.Itoa(int(y)), Label: y.String()})
	}
	state, err := report.ParseExplore(v)
	if err != nil {
		state = report.Explore{}
	}
	var dims []report.ExploreDim
	if reports := z.s.Extracts.Reports(); reports != nil {
		if dims, err = reports.ExploreDims(z.r.Context(), state.Columns); err != nil {
			return err
		}
	}
	for name := range v { // filters that the dimensions above do not bear stay as they are
		dim, found := strings.CutPrefix(name, keepFilter)
		if !found {
			dim, found = strings.CutPrefix(name, dropFilter)
		}
		if found && !slices.ContainsFunc(dims, func(d report.ExploreDim) bool { return d.Name == dim }) {
			dims = append(dims, report.ExploreDim{Name: dim, Label: dim})
		}
	}
	for _, d := range dims {
		kept, dropped := v.Get(keepFilter+d.Name), v.Get(dropFilter+d.Name)
		if d.Kind == "temps" && kept == "" && dropped == "" {
			continue
		}
		row := pages.FilterRow{Name: d.Name, Label: parts.Capital(d.Label), Dim: true, Not: dropped != ""}
		if d.Kind == "etablissement" {
			row.Hint = "Les UAI à garder, séparés par des virgules."
		}
		row.Codes, row.Text = boxesOf(z.listOf(d.Name), nil, splitValues(cmp.Or(kept, dropped)))
		p.Filters = append(p.Filters, row)
	}
	return nil
}

func splitValues(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// mostListed is how many codes of a list are worth boxes.
const mostListed = 60

// listOf are the codes of a dimension, nil when it has no closed list or a long one.
func (z *wizard) listOf(name string) []belvedere.Code {
	for i := range z.s.model.Datasets {
		if d := z.s.model.Datasets[i].Dimension(name); d != nil && d.List != nil && !d.List.Open && len(d.List.Codes) <= mostListed {
			return d.List.Codes
		}
	}
	return nil
}
