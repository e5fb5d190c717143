package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// console serves a declared page, or one of its results as a file.
func (s *server) console(page *belvedere.Page) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !s.opens(viewerOf(r).Scope, page) {
			return belvedere.Errorf(belvedere.Forbidden, "Vos droits n’ouvrent aucune rubrique de la page «\u00a0%s\u00a0».", page.Title)
		}
		if home := cmp.Or(s.ownHome(r), s.otherHome(r)); home != "" {
			http.Redirect(w, r, home, http.StatusSeeOther)
			return nil
		}
		query := r.URL.Query()
		state, err := report.ParseState(page, query)
		if err != nil {
			return err
		}
		if format := query.Get("format"); format != "" {
			return s.exportPage(w, r, page, state, format)
		}
		if address := state.Address(page); untidy(r.URL.RawQuery, query) && address != localAddress(r) {
			http.Redirect(w, r, address, http.StatusSeeOther)
			return nil
		}
		viewer := viewerOf(r)
		traceOf(r).covers(viewer.Scope, state.Filters["etablissement"])
		view, err := s.Reports.Page(r.Context(), viewer, page, state, false)
		if err != nil {
			return err
		}
		return s.write(w, r, http.StatusOK, pages.ConsolePage(s.consolePage(r, page, view, viewer)))
	}
}

// untidy tells whether a form sent empty or repeated fields: the reader is then led to the
// short address of the same state, the one to keep and to send.
func untidy(raw string, v url.Values) bool {
	for _, values := range v {
		if len(values) > 1 || values[0] == "" {
			return true
		}
	}
	return strings.Contains(raw, "%2C")
}

// consolePage lays out a view.
func (s *server) consolePage(r *http.Request, page *belvedere.Page, view *report.PageView, viewer belvedere.Viewer) pages.Console {
	heading := view.Heading
	if heading.Title == "" {
		heading.Title = page.Title
	}
	title := heading.Title
	if heading.Selection != "" {
		title += ", " + heading.Selection
	}
	frame := s.frame(r, title)
	if section := s.section(page.Section); section != nil && section.Label != page.Label {
		frame.Crumbs = append(frame.Crumbs, parts.Link{Label: section.Label, Address: section.Path})
	}
	frame.Crumbs = append(frame.Crumbs, parts.Link{Label: page.Label})
	p := pages.Console{
		Frame: frame, Title: heading.Title, Selection: heading.Selection, Intro: page.Intro,
		Tabs: links(view.Tabs), Filters: filterForm(page, view), WhyOff: view.WhyOff,
		Why: s.whyPage(page, heading, viewer, view.State.Address(page)), Empty: view.Empty,
	}
	if view.Rates != "" {
		p.OnRates = view.Rates == "taux"
		p.Values, p.Rates = rateAddresses(page, view.State)
	}
	if view.Over {
		p.Constantly = view.State.Constant
		p.All, p.Constant = perimeterAddresses(page, view.State)
	}
	if view.Empty {
		return p
	}
	if p.Absent = absent(view); s.Explain != nil {
		for i := range p.Absent {
			if p.Absent[i].Word == belvedere.NotShared.Word() {
				p.Absent[i].Rule = whyOfPage(view.State.Address(page))
			}
		}
	}
	if len(p.Absent) == 0 {
		p.Sections = newSections(s, page, view, viewer).all()
	}
	p.Data = dataline(view)
	if chosen := view.State.Filters["etablissement"]; len(chosen) == 1 {
		p.Data.Benchmark = benchmarkOf(belvedere.UAI(chosen[0]))
	}
	if r := mainResult(view); r != nil {
		p.Data.Coverage = coverageOf(view, r)
	}
	p.Data.Manages = p.Why.Manages
	if s.Export != nil && view.Result != nil {
		p.Files = fileLinks(view.State.Address(page), -1)
		p.Follow = s.followLinks(page, view.State.Address(page))
		p.FilesSay = belvedere.Plural(view.Result.RowCount, "ligne", "lignes")
	}
	return p
}

// rateAddresses are the two sides of the switch.
func rateAddresses(page *belvedere.Page, state report.State) (values, rates string) {
	state.Rates = false
	values = state.Address(page)
	state.Rates = true
	return values, state.Address(page)
}

// perimeterAddresses are the two sides of the switch of perimeter.
func perimeterAddresses(page *belvedere.Page, state report.State) (all, constant string) {
	state.Constant = false
	all = state.Address(page)
	state.Constant = true
	return all, state.Address(page)
}

// filterForm is the form of the page. What the address says and no field shows travels hidden.
func filterForm(page *belvedere.Page, view *report.PageView) parts.FilterForm {
	f := parts.FilterForm{Action: page.Path, Fields: view.Filters, Chips: view.Chips, Reading: parts.Reading(view.Filters)}
	shown := map[string]bool{"page": true}
	for _, field := range view.Filters {
		shown[field.Name] = true
	}
	current, _ := url.ParseQuery(view.State.Encode())
	for _, name := range []string{"annee", "periode", "tableau", "mode", "perimetre", "tri", "edition", "comparer"} {
		if v := current.Get(name); v != "" && !shown[name] {
			f.Hidden = append(f.Hidden, parts.Field{Name: name, Value: v})
		}
	}
	for _, c := range view.Chips {
		if c.Without != "" {
			f.Clear = withoutFilters(page, view.State)
		}
	}
	return f
}

// withoutFilters is the address of the page with nothing filtered.
func withoutFilters(page *belvedere.Page, state report.State) string {
	state.Filters, state.Page = nil, 1
	return state.Address(page)
}

func links(tabs []report.Tab) []parts.Link {
	var out []parts.Link
	for _, t := range tabs {
		out = append(out, parts.Link{Label: t.Label, Address: t.Address, Current: t.Current})
	}
	return out
}

// dataline says what the page rests on: its main result, else the first that it holds.
func dataline(view *report.PageView) parts.Dataline {
	d := parts.Dataline{Period: view.Heading.Period, Notes: view.Notes}
	if strings.Contains(view.Heading.Selection, d.Period) {
		d.Period = "" // the title says it
	}
	r := mainResult(view)
	if r == nil {
		return d
	}
	c := r.Coverage
	if c.Expected > 0 {
		d.Covered = coveredWords(c)
	}
	d.Missing, d.Unlisted = c.Missing, len(c.Unlisted)
	switch {
	case view.UpTo != "":
		d.UpTo = parts.Capital(view.UpTo)
	case !c.UpTo.IsZero():
		d.UpTo = "À jour au " + belvedere.ShortDate(c.UpTo)
	}
	d.Notes = slices.DeleteFunc(distinct(view.Notes, r.Notes), report.IsPerimeterNote) // the foot of each block says it
	return d
}

func mainResult(view *report.PageView) *belvedere.Result {
	if r := view.Result; r != nil && !byYear(r) {
		return r
	}
	for _, b := range view.Blocks {
		if r := blockResult(b); r != nil && !byYear(r) {
			return r
		}
	}
	return view.Result
}

// byYear tells whether a result spans years: its coverage is not that of the page.
func byYear(r *belvedere.Result) bool { return len(r.Dims) > 0 && r.Dims[0].Name == "annee" }

func distinct(lists ...[]string) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, one := range list {
			if !seen[one] {
				seen[one] = true
				out = append(out, one)
			}
		}
	}
	return out
}
