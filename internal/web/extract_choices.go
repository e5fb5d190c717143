package web

import (
	"slices"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/school/dossier"
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

// subjects are what the reader may ask for.
func (z *wizard) subjects() {
	p, viewer := &z.page, viewerOf(z.r)
	p.Subjects = []parts.Option{{Value: extract.Totals, Label: "Des totaux : indicateurs par dimensions, avec vos droits et le secret statistique"}}
	p.Loses = p.ID > 0 && (len(p.Spec.Order.Columns) > 0 || p.Spec.State != "")
	if z.s.Extracts.People == nil {
		return
	}
	for _, uai := range viewer.Scope.Own[:min(len(viewer.Scope.Own), 20)] {
		kinds, level := z.s.Extracts.People.Kinds(viewer, uai)
		for _, k := range kinds {
			label := k.Label
			if len(viewer.Scope.Own) > 1 {
				label += ", " + z.s.schoolName(z.r, uai)
			}
			if k.People {
				label += " (lignes de personnes)"
			}
			p.Subjects = append(p.Subjects, parts.Option{Value: extract.Persons + ":" + string(uai) + ":" + k.Name, Label: label})
		}
		p.Names = p.Names || level == belvedere.Identities
	}
	if state, err := report.ParseExplore(queryOf(p.Spec.State)); err == nil && p.State != "" {
		p.Words = z.words(state)
	}
}
