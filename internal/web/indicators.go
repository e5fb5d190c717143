package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/definition"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
	"belvedere/internal/words"
)

// indicators lists the definitions: all, those of a page, or those that answer a search.
func (s *server) indicators(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	p := pages.Indicators{Frame: s.frame(r, "Indicateurs"), Text: clean(query.Get("q"), mostSearch)}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Indicateurs"})
	var of *belvedere.Page
	if code := query.Get("page"); code != "" {
		if of = s.model.Page(code); of == nil {
			return notFound("Aucune page ne porte ce nom.")
		}
		p.Of = of.Title
	}
	folded, rules := words.Fold(p.Text), s.rulesOfSecrecy(r.Context())
	model, err := s.defined(r)
	if err != nil {
		return err
	}
	for _, i := range model.Indicators {
		if !i.Annexed {
			continue
		}
		p.All++
		if of != nil && !s.shownOn(i, of) {
			continue
		}
		d := s.definition(rules, i)
		if folded != "" && !words.Holds(words.Fold(definitionText(d, s.themeLabel(i.Theme))), folded) {
			continue
		}
		p.Shown++
		theme := s.themeLabel(i.Theme)
		if n := len(p.Themes); n == 0 || p.Themes[n-1].Label != theme {
			p.Themes = append(p.Themes, pages.IndicatorTheme{ID: themeID(i.Theme, len(p.Themes)), Label: theme})
		}
		last := &p.Themes[len(p.Themes)-1]
		last.List = append(last.List, d)
	}
	return s.write(w, r, http.StatusOK, pages.IndicatorsPage(p))
}

// shownOn tells whether a page shows an indicator of the annex, itself or by a detail of it.
func (s *server) shownOn(i *belvedere.Indicator, page *belvedere.Page) bool {
	for _, one := range s.family(i) {
		for _, l := range s.uses[one.Code] {
			if l.Address == page.Path {
				return true
			}
		}
	}
	return false
}

// family is an indicator of the annex, its details, and the members of a référentiel.
func (s *server) family(i *belvedere.Indicator) []*belvedere.Indicator {
	out := []*belvedere.Indicator{i}
	for _, d := range s.model.Indicators {
		if !d.Annexed && d.Of == i.Number && i.Number > 0 {
			out = append(out, d)
		}
	}
	return out
}

// themeLabel is the name of a theme: that of the section of the same code, or its own.
func (s *server) themeLabel(theme string) string {
	if section := s.section(theme); section != nil {
		return section.Label
	}
	return parts.Capital(theme)
}

func themeID(theme string, n int) string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, words.Fold(theme))
	return "theme-" + strconv.Itoa(n+1) + "-" + id
}

// definition puts an indicator in words.
func (s *server) definition(rules diffusion.Rules, i *belvedere.Indicator) pages.Definition {
	d := pages.Definition{Address: s.meaningAddress(i), Code: i.Code, Number: i.Number, Label: i.Label, Text: parts.French(i.Definition), SchoolOnly: i.SchoolOnly}
	d.Facts = append([]pages.Fact{
		{Name: "Unités", Value: units(i)},
		{Name: "Depuis", Value: i.Since},
		{Name: "Destinataires", Value: i.Recipients},
		{Name: "Base légale", Value: i.LegalBasis},
	}, s.expressionFacts(rules, i)...)
	family := s.family(i)
	for _, one := range family[1:] {
		d.Details = append(d.Details, pages.Detail{Address: s.meaningAddress(one), Code: one.Code, Label: one.Label, Facts: s.expressionFacts(rules, one)})
	}
	for _, one := range family {
		for _, l := range s.uses[one.Code] {
			if !slices.Contains(d.Pages, l) {
				d.Pages = append(d.Pages, l)
			}
		}
	}
	d.Facts = slices.DeleteFunc(d.Facts, func(f pages.Fact) bool { return f.Value == "" })
	return d
}

// meaningAddress is the page of an indicator, its place in the list where there are no pages.
func (s *server) meaningAddress(i *belvedere.Indicator) string {
	if s.Meanings == nil {
		return "#" + i.Code
	}
	return definition.IndicatorPath(i.Code)
}

// units are those printed in the annex, "---" left out.
func units(i *belvedere.Indicator) string {
	var out []string
	for _, u := range []string{i.Unit1, i.Unit2} {
		if u != "" && strings.Trim(u, "-") != "" {
			out = append(out, u)
		}
	}
	return strings.Join(out, ", ")
}

func definitionText(d pages.Definition, theme string) string {
	words := []string{theme, d.Label, d.Text, d.Code}
	for _, f := range d.Facts {
		words = append(words, f.Value)
	}
	for _, one := range d.Details {
		words = append(words, one.Label)
	}
	return strings.Join(words, " ")
}

// usesOf lists the pages that show each indicator.
func usesOf(m *belvedere.Model) map[string][]parts.Link {
	uses := map[string][]parts.Link{}
	for _, p := range m.Pages {
		link := parts.Link{Label: p.Title, Address: p.Path}
		for _, code := range shownBy(p) {
			if !slices.Contains(uses[code], link) {
				uses[code] = append(uses[code], link)
			}
		}
	}
	return uses
}

// shownBy names the indicators of a page, with repetitions.
func shownBy(p *belvedere.Page) []string {
	var codes []string
	add := func(columns ...belvedere.Column) {
		for _, c := range columns {
			codes = append(codes, c.Indicator)
		}
	}
	for _, b := range p.Blocks {
		switch {
		case b.Strip != nil:
			for _, f := range b.Strip.Figures {
				add(f.Column)
				add(f.Context...)
			}
		case b.Chart != nil:
			add(b.Chart.Columns...)
		case b.Table != nil:
			add(b.Table.Columns...)
		}
	}
	return codes
}

// widgetsOf lists the widgets that open each page: those of its figures and tables, else those
// of its indicators. A page that shows what is open to all has none.
func widgetsOf(m *belvedere.Model) map[string][]string {
	out := map[string][]string{}
	for _, p := range m.Pages {
		var list []string
		for _, b := range p.Blocks {
			switch {
			case b.Table != nil && b.Table.Widget != "":
				list = append(list, b.Table.Widget)
				continue
			case b.Strip != nil:
				for _, f := range b.Strip.Figures {
					if f.Widget != "" {
						list = append(list, f.Widget)
					}
				}
			}
			for _, code := range shownBy(&belvedere.Page{Blocks: []belvedere.Block{b}}) {
				if i := m.Indicator(code); i != nil {
					list = append(list, i.Widget)
				}
			}
		}
		slices.Sort(list)
		if list = slices.Compact(list); !slices.Contains(list, "") {
			out[p.Code] = list
		}
	}
	return out
}
