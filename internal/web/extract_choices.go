package web

import (
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

// chooseColumns are the columns or the indicators to tick.
func (z *wizard) chooseColumns() error {
	p := &z.page
	if p.Spec.Kind == extract.Totals {
		return z.chooseIndicators()
	}
	groups := []pages.BoxGroup{{Label: "Qui nomme des personnes"}, {Label: "Personnes"}, {Label: "Autres colonnes"}}
	for _, c := range z.columns() {
		b := pages.Box{Value: c.Name, Label: c.Label, Note: c.Doc, Checked: slices.Contains(p.Spec.Order.Columns, c.Name), Way: string(c.Ways[0])}
		for _, w := range c.Ways {
			b.Ways = append(b.Ways, parts.Option{Value: string(w), Label: w.Label()})
		}
		if way, chosen := p.Spec.Order.Coarse[c.Name]; chosen {
			b.Way = string(way)
		}
		at := 2
		switch {
		case c.Names || p.Spec.Order.Names && c.Class == dossier.Identity.Label():
			at = 0
		case c.Class == dossier.Identity.Label() || c.Name == "sexe":
			at = 1
		}
		if c.Token {
			b.Note = "Sort sous un pseudonyme\u00a0: cette valeur désignerait la même ligne dans deux extraits."
		}
		groups[at].Boxes = append(groups[at].Boxes, b)
	}
	p.Groups = slices.DeleteFunc(groups, func(g pages.BoxGroup) bool { return len(g.Boxes) == 0 })
	return nil
}

// chooseIndicators are the indicators that the rights open, by theme, and the dimensions.
func (z *wizard) chooseIndicators() error {
	p, viewer := &z.page, viewerOf(z.r)
	state, err := report.ParseExplore(queryOf(p.Spec.State))
	if err != nil {
		state = report.Explore{}
	}
	var chosen []string
	for _, c := range state.Columns {
		chosen = append(chosen, c.String())
	}
	themes := map[string]int{}
	for _, ind := range z.s.model.Indicators {
		if ind.Value == nil && ind.Rate == nil || len(ind.Members) > 0 || !viewer.Scope.Sees(ind.Widget) {
			continue
		}
		at, known := themes[ind.Theme]
		if !known {
			at = len(p.Groups)
			themes[ind.Theme] = at
			p.Groups = append(p.Groups, pages.BoxGroup{Label: z.theme(ind.Theme)})
		}
		code := ind.Code
		if ind.Value == nil {
			code += "_taux"
		}
		p.Groups[at].Boxes = append(p.Groups[at].Boxes, pages.Box{Value: code, Label: ind.Label, Checked: slices.Contains(chosen, code)})
	}
	own := pages.BoxGroup{Label: "De l’explorateur"} // cuts, rates and formulas that have no box
	for _, code := range chosen {
		if !slices.ContainsFunc(p.Groups, func(g pages.BoxGroup) bool {
			return slices.ContainsFunc(g.Boxes, func(b pages.Box) bool { return b.Value == code })
		}) {
			own.Boxes = append(own.Boxes, pages.Box{Value: code, Label: code, Checked: true})
		}
	}
	if len(own.Boxes) > 0 {
		p.Groups = slices.Insert(p.Groups, 0, own)
	}
	return z.chooseDims(state)
}

func (z *wizard) theme(code string) string {
	for _, t := range z.s.model.Themes {
		if t.Code == code {
			return t.Label
		}
	}
	return "Autres"
}

func (z *wizard) chooseDims(state report.Explore) error {
	reports := z.s.Extracts.Reports()
	if reports == nil {
		return nil
	}
	dims, err := reports.ExploreDims(z.r.Context(), state.Columns)
	if err != nil {
		return err
	}
	for _, d := range dims {
		z.page.Dims = append(z.page.Dims, pages.Box{Value: d.Name, Label: parts.Capital(d.Label), Checked: slices.Contains(state.Lines, d.Name)})
	}
	return nil
}

// mostYearsShown bounds the choice of years.
const mostYearsShown = 15

// chooseFilters are the filters of the columns, or of the dimensions.
func (z *wizard) chooseFilters() error {
	p := &z.page
	if p.Spec.Kind == extract.Totals {
		v := queryOf(p.Spec.State)
		p.Year = v.Get("annee")
		p.Years = []parts.Option{{Value: "", Label: "La dernière qui a des données"}}
		last := belvedere.SchoolYearOf(z.s.Now().In(z.s.Zone))
		for y := last; y > last-mostYearsShown; y-- {
			p.Years = append(p.Years, parts.Option{Value: strconv.Itoa(int(y)), Label: y.String()})
		}
		var lines []string
		for name, list := range v {
			if dim, found := strings.CutPrefix(name, keepFilter); found {
				lines = append(lines, dim+"="+strings.ReplaceAll(list[0], ",", "|"))
			} else if dim, found := strings.CutPrefix(name, dropFilter); found {
				lines = append(lines, dim+"!="+strings.ReplaceAll(list[0], ",", "|"))
			}
		}
		slices.Sort(lines)
		p.Where = strings.Join(lines, "\n")
		return nil
	}
	for _, c := range z.columns() {
		if c.Filter {
			p.Filters = append(p.Filters, z.filterRow(c))
		}
	}
	return nil
}

func (z *wizard) filterRow(c pseudonym.Column) pages.FilterRow {
	row := pages.FilterRow{Name: c.Name, Label: c.Label, Range: c.Class != dossier.Code.Label()}
	var values []string
	for _, f := range z.page.Spec.Order.Where {
		switch {
		case f.Column != c.Name:
		case f.Op == dossier.AtLeast:
			row.Least = strings.Join(f.Values, ", ")
		case f.Op == dossier.AtMost:
			row.Most = strings.Join(f.Values, ", ")
		default:
			values = append(values, f.Values...)
		}
	}
	for _, code := range c.Codes {
		row.Codes = append(row.Codes, pages.Box{Value: code.Code, Label: code.Label, Checked: slices.Contains(values, code.Code)})
	}
	if len(c.Codes) == 0 {
		row.Text = strings.Join(values, ", ")
	}
	return row
}

// steps are the summaries of what was said.
func (z *wizard) steps() {
	p, x := &z.page, z.page.Spec
	for i, title := range stepTitles {
		n := i + 1
		step := pages.WizardStep{Number: n, Title: title, Current: n == p.Step}
		if !step.Current && p.ID > 0 {
			step.Summary = z.summary(n, x)
			if len(step.Summary) > 0 {
				step.Edit = newExtractPath + "?brouillon=" + strconv.FormatInt(p.ID, 10) + "&etape=" + strconv.Itoa(n)
			}
		}
		p.Steps = append(p.Steps, step)
	}
}

// summary is what a step says, nil while it says nothing.
func (z *wizard) summary(n int, x extract.Spec) (out []string) {
	switch n {
	case extract.StepSubject:
		if x.Kind == extract.Totals {
			return []string{"Des totaux"}
		}
		out = append(out, "Lignes de personnes\u00a0: "+x.Order.Kind+", "+string(x.Order.School))
		if x.Order.Names {
			out = append(out, "Avec les colonnes qui nomment des personnes")
		}
	case extract.StepColumns:
		if x.Kind == extract.Totals {
			if state, err := report.ParseExplore(queryOf(x.State)); err == nil && len(state.Columns) > 0 {
				return []string{z.words(state)}
			}
			return nil
		}
		for _, c := range z.columns() {
			if slices.Contains(x.Order.Columns, c.Name) {
				out = append(out, c.Label)
			}
		}
		if len(out) > 0 {
			out = []string{strings.Join(out, ", ")}
		}
	case extract.StepFilters:
		if x.Kind == extract.Persons && len(x.Order.Columns) > 0 {
			return []string{either(extract.FilterWords(x.Order.Where), "Toutes les lignes")}
		}
		if state, err := report.ParseExplore(queryOf(x.State)); err == nil && len(state.Columns) > 0 {
			return []string{either(belvedere.Plural(len(state.Where), "filtre", "filtres"), "Tout ce que vos droits ouvrent")}
		}
	case extract.StepPurpose:
		if x.Purpose != "" {
			return []string{x.Purpose, "Pour " + x.Recipients + ", copies gardées " + extract.DurationLabel(x.Days), extract.BasisLabel(x.Basis)}
		}
	case extract.StepFile:
		if x.Purpose != "" && x.Format != "" {
			text := extract.FormatLabels[extract.Format(x.Format)]
			if x.Encrypted {
				text += ", archive chiffrée"
			}
			return []string{text}
		}
	}
	return out
}

func either(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
