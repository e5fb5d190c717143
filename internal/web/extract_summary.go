package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
)

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
		out = append(out, z.kindLabel()+", "+z.s.schoolName(z.r, x.Order.School))
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
			return []string{either(extract.FilterWords(x.Order.Where, z.columns()), "Toutes les lignes")}
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

// kindLabel is the name of the rows that are asked for.
func (z *wizard) kindLabel() string {
	kinds, _ := z.s.Extracts.People.Kinds(viewerOf(z.r), z.page.Spec.Order.School)
	for _, k := range kinds {
		if k.Name == z.page.Spec.Order.Kind {
			return k.Label
		}
	}
	return z.page.Spec.Order.Kind
}

func queryOf(text string) url.Values {
	v, err := url.ParseQuery(text)
	if err != nil {
		return url.Values{}
	}
	return v
}

// words name what a state of the explorer asks.
func (z *wizard) words(e report.Explore) string {
	var names []string
	for _, c := range e.Columns {
		name := c.Indicator
		if ind := z.s.model.Indicator(c.Indicator); ind != nil {
			name = ind.Label
		}
		names = append(names, name)
	}
	text := strings.Join(names, ", ")
	if len(e.Lines) > 0 {
		text += ", par " + strings.Join(e.Lines, ", ")
	}
	return text
}
