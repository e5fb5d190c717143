package report

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"belvedere"
)

// SchoolFilters are the filters that choose schools, as addresses name them.
var SchoolFilters = append([]string{"etablissement"}, attributeDims...)

// coveragePage is the page of what is received and expected, as far as a declaration says it: its
// filters and its address.
var coveragePage = &belvedere.Page{Code: "couverture", Path: "/couverture", Label: "Couverture", Title: "Couverture",
	Filters: []string{"annee", "type", "secteur", "commune", "departement", "etablissement"}}

// A CoverageAsk is what is asked of the coverage.
type CoverageAsk struct {
	State   State  // year, schools, page, edition
	Dataset string // jeu; "" gives a line per dataset
	Only    ReceptionState
}

// ParseCoverage reads an address.
func ParseCoverage(v url.Values) (CoverageAsk, error) {
	state, err := ParseState(coveragePage, v)
	a := CoverageAsk{State: state, Dataset: v.Get("jeu"), Only: ReceptionState(v.Get("etat"))}
	switch a.Only {
	case "", MonthReceived, MonthLate, MonthMissing, MonthWithheld:
	default:
		return a, belvedere.Errorf(belvedere.Invalid, "etat : %q est inconnu ; recu, en_retard, manquant ou non_communique", a.Only)
	}
	return a, err
}

// Address is the path of the page with the question.
func (a CoverageAsk) Address() string { return a.keep(a.State.Address(coveragePage)) }

// keep adds to an address what no state of a declared page holds.
func (a CoverageAsk) keep(address string) string {
	v := url.Values{}
	if a.Dataset != "" {
		v.Set("jeu", a.Dataset)
	}
	if a.Only != "" {
		v.Set("etat", string(a.Only))
	}
	if len(v) == 0 {
		return address
	}
	join := "?"
	if strings.Contains(address, "?") {
		join = "&"
	}
	return address + join + v.Encode()
}

// A CoverageView is what was received against what is expected, month by month.
type CoverageView struct {
	Ask      CoverageAsk
	Heading  belvedere.Heading
	Edition  belvedere.Edition
	Filters  []FilterView
	Chips    []Chip
	Dataset  *belvedere.Dataset   // nil: a line per dataset
	Datasets []*belvedere.Dataset // that the viewer may open, in the order of the catalogue
	Year     belvedere.SchoolYear
	Months   []time.Time
	Lines    []CoverageLine // of this page
	Count    int            // on all pages
	Total    CoverageLine   // over all lines
	Pages    []Tab
	Broken   []string // successions of the register that cannot be followed
	Empty    bool     // nothing was ever published
}

// A CoverageLine is a dataset, or a school of one.
type CoverageLine struct {
	Key     belvedere.Key
	Last    time.Time // last day received, zero for none
	Months  []CoverageMonth
	Address string // of the lines behind, "" for none
}

// A CoverageMonth is the state of one school, or the count of several.
type CoverageMonth struct {
	State    ReceptionState // of one school
	Received int
	Expected int
	Late     int
	Missing  int
}

// Sum adds the months of a line.
func (l CoverageLine) Sum() CoverageMonth {
	var out CoverageMonth
	for _, m := range l.Months {
		out.add(m)
	}
	return out
}

func (m *CoverageMonth) add(o CoverageMonth) {
	m.Received += o.Received
	m.Expected += o.Expected
	m.Late += o.Late
	m.Missing += o.Missing
}

// monthOne is the month of one school. One that few deliver is no part of the counts.
func monthOne(state ReceptionState, counted bool) CoverageMonth {
	m := CoverageMonth{State: state}
	if !counted {
		return m
	}
	switch state {
	case MonthReceived:
		m.Received, m.Expected = 1, 1
	case MonthLate:
		m.Late, m.Expected = 1, 1
	case MonthMissing:
		m.Missing, m.Expected = 1, 1
	}
	return m
}

// Coverage answers the page of coverage. All asks for every line, as files do.
func (r *Reporter) Coverage(ctx context.Context, viewer belvedere.Viewer, ask CoverageAsk, all bool) (*CoverageView, error) {
	r, err := r.live(ctx)
	if err != nil {
		return nil, err
	}
	b, err := r.newPage(ctx, viewer, coveragePage, ask.State)
	if err != nil {
		return nil, err
	}
	v := &CoverageView{Ask: ask, Edition: b.edition, Year: b.state.Year}
	v.Ask.State.Year = ask.State.Year
	if b.edition.Number == 0 {
		v.Empty = true
		return v, nil
	}
	c := &coverageBuilder{pageBuilder: b, view: v, all: all}
	if err := c.build(); err != nil {
		return nil, err
	}
	return v, nil
}

// A coverageBuilder fills a CoverageView.
type coverageBuilder struct {
	*pageBuilder
	view *CoverageView
	all  bool
}

func (c *coverageBuilder) build() error {
	v := c.view
	for k := range 12 {
		v.Months = append(v.Months, c.state.Year.First().AddDate(0, k, 0))
	}
	for _, d := range c.r.model.Datasets {
		if _, open := c.r.sharers(c.viewer.Scope, c.dir, d.Name); open && d.Kind != belvedere.Register {
			v.Datasets = append(v.Datasets, d)
			if d.Name == v.Ask.Dataset {
				v.Dataset = d
			}
		}
	}
	if v.Ask.Dataset != "" && v.Dataset == nil {
		if c.r.model.Dataset(v.Ask.Dataset) != nil {
			return belvedere.Errorf(belvedere.Forbidden, "Vos droits n’ouvrent aucun indicateur du jeu de données «\u00a0%s\u00a0».", v.Ask.Dataset)
		}
		return belvedere.Errorf(belvedere.NotFound, "Aucun jeu de données ne se nomme «\u00a0%s\u00a0».", v.Ask.Dataset)
	}
	if err := c.filters(); err != nil {
		return err
	}
	v.Filters = slices.DeleteFunc(c.pageBuilder.view.Filters, func(f FilterView) bool { return f.Name == "comparer" })
	for _, chip := range c.pageBuilder.view.Chips {
		v.Chips = append(v.Chips, Chip{Label: chip.Label, Without: v.Ask.keep(chip.Without)})
	}
	c.heading()
	var err error
	if v.Dataset != nil {
		err = c.schools()
	} else {
		err = c.datasets()
	}
	for _, broken := range c.dir.kinship().brokenFor(c.sight.opens) {
		v.Broken = append(v.Broken, c.dir.nameOf(broken.From).Label+" ("+string(broken.From)+") → "+string(broken.Into)+belvedere.NoBreak+": "+broken.Why)
	}
	return err
}

// expectation reads what is expected of a dataset in the year.
func (c *coverageBuilder) expectation(d *belvedere.Dataset) (*expectation, error) {
	received, err := c.r.receptionOf(c.ctx, c.edition.Number, d.Name)
	if err != nil {
		return nil, err
	}
	sees, _ := c.r.sharers(c.viewer.Scope, c.dir, d.Name)
	return expect(received, c.dir, sees, c.state.Year), nil
}

// chosenSchools are those that rights and filters take, those outside the register at the end.
func (c *coverageBuilder) chosenSchools(e *expectation) (list []belvedere.UAI) {
	for _, s := range c.dir.ordered {
		if c.sight.opens(s.UAI) && fits(s.UAI, s, c.where) {
			list = append(list, s.UAI)
		}
	}
	var unlisted []belvedere.UAI
	for u := range e.received.rows {
		if c.dir.Find(u) == nil && e.sees(u) && fits(u, nil, c.where) {
			unlisted = append(unlisted, u)
		}
	}
	slices.Sort(unlisted)
	return append(list, unlisted...)
}

// line is a school of a dataset; false when nothing came from it and nothing should have.
func (c *coverageBuilder) line(e *expectation, u belvedere.UAI) (CoverageLine, bool) {
	s := c.dir.Find(u)
	l := CoverageLine{Key: c.dir.nameOf(u)}
	if s != nil {
		l.Key = s.key()
	}
	withheld := !e.sees(u)
	if !withheld && !e.concerns(u, s) || withheld && !c.wouldDeliver(e, s) {
		return l, false
	}
	for k := range 12 {
		l.Months = append(l.Months, monthOne(e.month(u, s, k), e.expects(k)))
	}
	if row, ok := e.received.rows[u]; ok && !withheld {
		l.Last = row.last
	}
	return l, true
}

// wouldDeliver tells whether a school that shares nothing is one of those that deliver: by its
// type and dates alone, never by what it delivered.
func (c *coverageBuilder) wouldDeliver(e *expectation, s *School) bool {
	p := belvedere.Period{From: c.state.Year.First(), To: c.state.Year.End()}
	return s != nil && s.Listed && openDuring(s, p) && (len(e.types) == 0 || e.types[s.Attribute("type")])
}

// schools fills the lines of one dataset.
func (c *coverageBuilder) schools() error {
	v := c.view
	e, err := c.expectation(v.Dataset)
	if err != nil {
		return err
	}
	v.Total = CoverageLine{Key: belvedere.Key{Code: "ensemble", Label: "Ensemble"}, Months: make([]CoverageMonth, 12)}
	for _, u := range c.chosenSchools(e) {
		l, ok := c.line(e, u)
		if !ok {
			continue
		}
		for k, m := range l.Months {
			v.Total.Months[k].add(m)
		}
		if l.Last.After(v.Total.Last) {
			v.Total.Last = l.Last
		}
		if v.Ask.Only == "" || slices.ContainsFunc(l.Months, func(m CoverageMonth) bool { return m.State == v.Ask.Only }) {
			v.Lines = append(v.Lines, l)
		}
	}
	v.Count = len(v.Lines)
	if !c.all {
		from := min((max(1, c.state.Page)-1)*RowsPerPage, len(v.Lines))
		v.Lines = v.Lines[from:min(from+RowsPerPage, len(v.Lines))]
		for _, tab := range c.pages(v.Count) {
			tab.Address = v.Ask.keep(tab.Address)
			v.Pages = append(v.Pages, tab)
		}
	}
	return nil
}

// datasets fills a line for each dataset with the counts of its schools.
func (c *coverageBuilder) datasets() error {
	v := c.view
	v.Total = CoverageLine{Key: belvedere.Key{Code: "ensemble", Label: "Ensemble"}, Months: make([]CoverageMonth, 12)}
	for _, d := range v.Datasets {
		e, err := c.expectation(d)
		if err != nil {
			return err
		}
		l := CoverageLine{Key: belvedere.Key{Code: d.Name, Label: d.Label}, Months: make([]CoverageMonth, 12)}
		for _, u := range c.chosenSchools(e) {
			one, ok := c.line(e, u)
			if !ok {
				continue
			}
			for k, m := range one.Months {
				l.Months[k].add(m)
			}
			if one.Last.After(l.Last) {
				l.Last = one.Last
			}
		}
		l.Address = CoverageAsk{State: v.Ask.State, Dataset: d.Name}.Address()
		for k, m := range l.Months {
			v.Total.Months[k].add(m)
		}
		v.Lines = append(v.Lines, l)
	}
	v.Count = len(v.Lines)
	return nil
}

// heading titles the page and its files.
func (c *coverageBuilder) heading() {
	v := c.view
	h := &v.Heading
	h.Title = "Couverture"
	if v.Dataset != nil {
		h.Title = "Couverture" + belvedere.NoBreak + ": " + v.Dataset.Label
	}
	h.Filters = c.pageBuilder.view.Heading.Filters
	h.Period = "année " + v.Year.String()
	var parts []string
	for _, f := range h.Filters {
		parts = append(parts, f.Value)
	}
	h.Selection = strings.Join(append(parts, h.Period), ", ")
	h.At = c.r.now().In(c.r.zone)
	if t, err := c.r.Territory(c.ctx); err == nil {
		h.Territory = t.Name
	}
	h.FileStem = slug(fmt.Sprint(h.Title, " ", h.Selection))
}
