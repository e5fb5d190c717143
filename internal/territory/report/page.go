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

// RowsPerPage is the most lines that a table shows at once; files hold them all.
const RowsPerPage = 500

// Page answers a declared page. All asks for every line of the tables, as files do.
func (r *Reporter) Page(ctx context.Context, viewer belvedere.Viewer, page *belvedere.Page, s State, all bool) (*PageView, error) {
	issues := r.origin == nil // by another catalogue nothing is handed out: whoever asks so compares
	r, err := r.live(ctx)
	if err != nil {
		return nil, err
	}
	b, err := r.newPage(ctx, viewer, page, s)
	if err != nil {
		return nil, err
	}
	b.all = all
	if b.edition.Number == 0 {
		b.view.Empty = true
		return b.view, nil
	}
	if err := b.filters(); err != nil {
		return nil, err
	}
	table := b.chooseTable()
	for i := range page.Blocks {
		block := &page.Blocks[i]
		if block.Table != nil && page.Tabs && block.Table != table {
			continue
		}
		b.view.Blocks = append(b.view.Blocks, b.block(block))
	}
	b.heading(table)
	if !issues {
		return b.view, nil
	}
	return b.view, b.seal()
}

// A pageBuilder fills a PageView.
type pageBuilder struct {
	r       *Reporter
	ctx     context.Context
	viewer  belvedere.Viewer
	page    *belvedere.Page
	state   State
	edition belvedere.Edition
	period  belvedere.Period
	years   []belvedere.SchoolYear // with data, oldest first
	last    time.Time              // last day with data of the page's datasets in the chosen year
	where   []belvedere.Filter
	spans   map[string]span
	dir     *Directory
	sight   sight
	view    *PageView
	all     bool
	tabled  bool              // a table was answered
	figured *belvedere.Result // of the strip answered last
}

func (r *Reporter) newPage(ctx context.Context, viewer belvedere.Viewer, page *belvedere.Page, s State) (*pageBuilder, error) {
	edition, err := r.Edition(ctx, s.Edition)
	if err != nil {
		return nil, err
	}
	dir, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	ctx = holdEdition(ctx, s.Edition, edition, dir)
	b := &pageBuilder{r: r, ctx: ctx, viewer: viewer, page: page, state: s, edition: edition, dir: dir, sight: sightOf(viewer.Scope)}
	b.view = &PageView{Page: page, State: s}
	if err := b.setPeriod(); err != nil {
		return nil, err
	}
	for _, name := range page.Filters {
		if values := s.Filters[name]; len(values) > 0 {
			b.where = append(b.where, belvedere.Filter{Dim: name, Values: values})
		}
	}
	return b, nil
}

// setPeriod finds the years with data, the chosen one (the last by default) and the interval.
func (b *pageBuilder) setPeriod() error {
	spans, err := b.r.spansOf(b.ctx, b.edition.Number)
	if err != nil {
		return err
	}
	b.spans = spans
	first, last := b.r.bounds(spans, b.datasets())
	for y := belvedere.SchoolYearOf(first); y <= belvedere.SchoolYearOf(last); y++ {
		b.years = append(b.years, y)
	}
	year := b.state.Year
	if year == 0 {
		year = belvedere.SchoolYearOf(last)
	} else if !slices.Contains(b.years, year) {
		b.years = append(b.years, year)
		slices.Sort(b.years)
	}
	b.last = year.End().AddDate(0, 0, -1)
	if last.Before(b.last) {
		b.last = last
	}
	kind := b.state.Period
	if kind == "" && len(b.page.Periods) > 0 {
		kind = b.page.Periods[0]
	}
	b.state.Year, b.state.Period = year, kind
	b.period = belvedere.NewPeriod(kind, year, b.last)
	return nil
}

// datasets are those that the page reads, in the order of its blocks.
func (b *pageBuilder) datasets() []string {
	var names []string
	for _, c := range columnsOf(b.page) {
		for _, name := range b.r.datasetsOf(c.Indicator) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// datasetsOf are those that the value of an indicator reads, or the numerator of its rate.
func (r *Reporter) datasetsOf(indicator string) []string {
	ind := r.model.Indicator(indicator)
	switch {
	case ind == nil:
		return nil
	case ind.Value == nil && ind.Rate != nil:
		return belvedere.DatasetsOf(belvedere.MeasuresOf(ind.Rate.Num))
	}
	return belvedere.DatasetsOf(ind.Measures(false))
}

// columnsOf are all columns that a page names.
func columnsOf(page *belvedere.Page) []belvedere.Column {
	var out []belvedere.Column
	for _, block := range page.Blocks {
		switch {
		case block.Strip != nil:
			for _, f := range block.Strip.Figures {
				out = append(out, f.Column)
			}
		case block.Chart != nil:
			out = append(out, block.Chart.Columns...)
		case block.Table != nil:
			out = append(out, block.Table.Columns...)
		}
	}
	return out
}

// chooseTable finds the table of the address, the first by default, and fills the tabs.
func (b *pageBuilder) chooseTable() *belvedere.TableBlock {
	var chosen, first *belvedere.TableBlock
	for _, block := range b.page.Blocks {
		if block.Table == nil {
			continue
		}
		if first == nil {
			first = block.Table
		}
		if block.Table.ID == b.state.Table {
			chosen = block.Table
		}
	}
	if chosen == nil {
		chosen = first
	}
	if chosen == nil || !b.page.Tabs {
		return first
	}
	b.state.Table = chosen.ID
	for _, block := range b.page.Blocks {
		if t := block.Table; t != nil {
			address := b.address(func(s *State) { s.Table, s.Sort, s.Page = t.ID, "", 1 })
			b.view.Tabs = append(b.view.Tabs, Tab{Label: t.Label, Address: address, Current: t == chosen})
		}
	}
	return chosen
}

// address is the page with a changed state.
func (b *pageBuilder) address(change func(*State)) string {
	return b.state.with(change).Address(b.page)
}

// block answers one block; its failure is shown in its place and the page survives.
func (b *pageBuilder) block(block *belvedere.Block) BlockView {
	var v BlockView
	var err error
	switch {
	case block.Strip != nil:
		v.Figures, v.Kept, err = b.strip(block.Strip)
		v.Figured = b.figured
	case block.Chart != nil:
		v.Chart, err = b.chart(block.Chart)
	case block.Table != nil:
		v.Table, err = b.table(block.Table)
	}
	if err != nil {
		return BlockView{Err: belvedere.Message(err)}
	}
	return v
}

// seal gives every result of the page its receipt, in one go.
func (b *pageBuilder) seal() error {
	page := b.state.with(func(s *State) { s.Edition, s.Page = 0, 1 }).Address(b.page)
	var list []sealing
	for i := range b.view.Blocks {
		s := sealing{heading: b.view.Heading, page: page}
		switch v := &b.view.Blocks[i]; {
		case v.Table != nil:
			s.result, s.details = v.Table.Result, detailsOf(v.Table.Block.Detail)
		case v.Chart != nil:
			s.result = v.Chart.Result
		default:
			s.result = v.Figured
		}
		if s.result != nil {
			list = append(list, s)
		}
	}
	return b.r.seal(b.ctx, b.viewer, b.all, list)
}

// query asks on behalf of the viewer with the filters of the page.
func (b *pageBuilder) query(columns []belvedere.QueryColumn, by []string, p belvedere.Period, more func(*belvedere.Query)) (_ *belvedere.Result, err error) {
	if columns, err = b.versioned(columns); err != nil {
		return nil, err
	}
	q := belvedere.Query{Columns: columns, By: by, Where: b.where, Period: p, Edition: b.state.Edition}
	if more != nil {
		more(&q)
	}
	q.Constant = b.state.Constant && (overTime(q) || q.Compare != "")
	return b.r.Query(b.ctx, b.viewer, q)
}

// PageAt answers the page of an address with all its lines, as files need it.
func (r *Reporter) PageAt(ctx context.Context, viewer belvedere.Viewer, u *url.URL) (*PageView, error) {
	for _, p := range r.model.Pages {
		if p.Path != u.Path {
			continue
		}
		s, err := ParseState(p, u.Query())
		if err != nil {
			return nil, err
		}
		return r.Page(ctx, viewer, p, s, true)
	}
	return nil, belvedere.Errorf(belvedere.NotFound, "aucune page n’a l’adresse %q", u.Path)
}

// SQL writes the statement of a query with its parameters, for those who check the engine.
func (r *Reporter) SQL(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) (string, error) {
	edition, err := r.Edition(ctx, q.Edition)
	if err != nil {
		return "", err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return "", err
	}
	parts, err := r.parts(ctx, viewer, q, edition.Number, directory)
	if err != nil {
		return "", err
	}
	if len(parts) == 0 {
		return r.statement(viewer, q, edition.Number, directory)
	}
	var texts []string
	for _, p := range parts {
		text, err := r.statement(viewer, p.query, edition.Number, directory)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n;\n"), nil
}

func (r *Reporter) statement(viewer belvedere.Viewer, q belvedere.Query, edition int, directory *Directory) (string, error) {
	plan, err := r.plan(q, viewer.Scope, directory)
	if err != nil {
		return "", err
	}
	if plan.Empty {
		return "-- rien à demander : toutes les colonnes ont leur réponse sans l’entrepôt", nil
	}
	s := plan.SQL(r.dialect, edition)
	return fmt.Sprintf("%s\n-- paramètres : %v", s.SQL, s.Args), nil
}

// QueryHeading titles the answer of a query that no page declares.
func (r *Reporter) QueryHeading(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) belvedere.Heading {
	var names []string
	for _, c := range q.Columns {
		if ind := r.indicatorOf(c); ind != nil && !slices.Contains(names, ind.Label) {
			names = append(names, ind.Label)
		}
	}
	h := belvedere.Heading{Title: strings.Join(names, ", "), Period: PeriodWords(q.Period), At: r.now().In(r.zone)}
	h.Selection = h.Period
	for _, f := range q.Where {
		h.Filters = append(h.Filters, belvedere.Attribute{Name: filterLabel(r, f.Dim), Value: strings.Join(f.Values, ", ")})
		h.Selection = strings.Join(f.Values, ", ") + ", " + h.Selection
	}
	if q.Constant {
		h.Filters = append(h.Filters, belvedere.Attribute{Name: "Périmètre", Value: "constant"})
	}
	h.Filters = append(h.Filters, r.limitHeading(viewer.Scope)...)
	if t, err := r.Territory(ctx); err == nil {
		h.Territory = t.Name
	}
	if edition, err := r.Edition(ctx, q.Edition); err == nil {
		var datasets []string
		for _, c := range q.Columns {
			datasets = append(datasets, r.datasetsOfColumn(c)...)
		}
		h.Credit = r.credit(ctx, edition.Number, datasets)
	}
	h.FileStem = slug(h.Title + " " + h.Selection)
	return h
}
