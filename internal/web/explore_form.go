package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// This file fills the choices of the form of the explorer.

// exploreForm fills the choices of the form.
func (s *server) exploreForm(r *http.Request, p *pages.Explorer) error {
	viewer, state := viewerOf(r), p.State
	var err error
	if p.Dims, err = s.Explorer.ExploreDimsFor(r.Context(), viewer, state.Columns); err != nil {
		return err
	}
	fields, err := s.Explorer.ExploreFields(r.Context(), viewer, state)
	if err != nil {
		return err
	}
	p.Fields, p.Years = fields.Fields, fields.Years
	labels, filters := s.Explorer.ExploreLabels(r.Context(), viewer, state)
	for i, c := range state.Columns {
		one := pages.ChosenColumn{Value: c.String(), Label: labels[i].Label, OnRate: c.Rate, About: s.aboutColumn(c.Indicator)}
		one.Out = state.With(func(e *report.Explore) { e.Columns = slices.Delete(e.Columns, i, i+1) }).Address()
		if i > 0 {
			one.Up = state.With(func(e *report.Explore) { e.Columns[i-1], e.Columns[i] = e.Columns[i], e.Columns[i-1] }).Address()
		}
		if labels[i].Both {
			one.Values = state.With(func(e *report.Explore) { e.Columns[i].Rate = false }).Address()
			one.Rates = state.With(func(e *report.Explore) { e.Columns[i].Rate = true }).Address()
		}
		p.Chosen = append(p.Chosen, one)
	}
	for i, f := range state.Where {
		without := state.With(func(e *report.Explore) { e.Where = slices.Delete(e.Where, i, i+1) })
		p.Chips = append(p.Chips, report.Chip{Label: filters[i], Without: without.Address()})
		_ = f
	}
	if p.Themes, err = s.exploreThemes(r, state); err != nil {
		return err
	}
	if err := s.exploreFormulas(r, p); err != nil {
		return err
	}
	for _, t := range p.Themes {
		p.Count += len(t.Items)
	}
	p.Hidden, p.All = hiddenState(state, p.Fields, len(p.Among) > 0)
	if id, err := strconv.ParseInt(r.URL.Query().Get("requete"), 10, 64); err == nil && s.Saved != nil {
		if q, err := s.Saved.Find(r.Context(), viewer, id); err == nil && q.Edits {
			p.Saved = q
			hold := parts.Field{Name: "requete", Value: strconv.FormatInt(id, 10)}
			p.Hidden, p.All = append(p.Hidden, hold), append(p.All, hold)
		}
	}
	return nil
}

// hiddenState are the parameters that no field of the form shows, and all of them.
func hiddenState(state report.Explore, fields []report.FilterView, populations bool) (hidden, all []parts.Field) {
	shown := []string{"indicateurs", "lignes", "colonnes", "sous_totaux", "part", "premiers", "annee", "depuis", "periode", "du", "au", "comparer", "perimetre", "page"}
	for _, f := range fields {
		shown = append(shown, f.Name)
	}
	if populations {
		shown = append(shown, "population")
	}
	values := state.Values()
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f := parts.Field{Name: name, Value: values.Get(name)}
		if all = append(all, f); !slices.Contains(shown, name) {
			hidden = append(hidden, f)
		}
	}
	return hidden, all
}

// exploreThemes are the indicators that are not chosen yet, by theme, with those that no right opens.
func (s *server) exploreThemes(r *http.Request, state report.Explore) ([]pages.ExploreTheme, error) {
	m, err := s.defined(r)
	if err != nil {
		return nil, err
	}
	scope := viewerOf(r).Scope
	beside, err := s.Explorer.ExploreBeside(r.Context(), viewerOf(r), state)
	if err != nil {
		return nil, err
	}
	lacks := map[string]string{}
	for _, b := range beside {
		lacks[b.Code] = b.Why
	}
	at := map[string]int{}
	var out []pages.ExploreTheme
	for _, ind := range m.Indicators {
		if slices.ContainsFunc(state.Columns, func(c report.ExploreColumn) bool { return c.Indicator == ind.Code && len(c.Where) == 0 }) {
			continue
		}
		label := m.Theme(ind.Theme)
		if _, seen := at[label]; !seen {
			at[label] = len(out)
			out = append(out, pages.ExploreTheme{Label: label})
		}
		item := pages.ExploreItem{Value: ind.Code, Label: ind.Label, Unit: ind.Unit}
		if ind.Value == nil && ind.Rate != nil {
			item.Unit = "rapport"
		}
		item.Lacks = lacks[ind.Code]
		if !scope.Sees(ind.Widget) {
			item.Why = "hors de vos droits"
		}
		out[at[label]].Items = append(out[at[label]].Items, item)
	}
	return out, nil
}

// exploreFormulas offers the formulas and the populations that the viewer may use, beside the indicators
// of the catalogue and the values of dimensions.
func (s *server) exploreFormulas(r *http.Request, p *pages.Explorer) error {
	if s.Formulas == nil {
		return nil
	}
	list, err := s.Formulas.List(r.Context(), viewerOf(r), registry.FormulaOfFigures)
	if err != nil {
		return err
	}
	theme := pages.ExploreTheme{Label: "Formules"}
	for _, f := range list {
		code := belvedere.FormulaPrefix + f.Code
		if !slices.ContainsFunc(p.State.Columns, func(c report.ExploreColumn) bool { return c.Indicator == code && len(c.Where) == 0 }) {
			theme.Items = append(theme.Items, pages.ExploreItem{Value: code, Label: f.Label, Unit: f.Unit})
		}
	}
	if len(theme.Items) > 0 {
		p.Themes = append(p.Themes, theme)
	}
	if list, err = s.Formulas.List(r.Context(), viewerOf(r), registry.FormulaOfRows); err != nil {
		return err
	}
	for _, f := range list {
		p.Among = append(p.Among, report.Option{Value: f.Code, Label: f.Label, Selected: slices.Contains(p.State.Among, f.Code)})
	}
	for _, code := range p.State.Among { // one that is gone stays to be unticked
		if !slices.ContainsFunc(list, func(f registry.SavedFormula) bool { return f.Code == code }) {
			p.Among = append(p.Among, report.Option{Value: code, Label: code + " (inconnue)", Selected: true})
		}
	}
	return nil
}

// aboutColumn is where a column of the explorer is defined: an indicator, or a formula.
func (s *server) aboutColumn(code string) string {
	if name, is := strings.CutPrefix(code, belvedere.FormulaPrefix); is {
		return formulasPath + "/" + name
	}
	return s.meaningOf(code)
}
