package report

import (
	"context"
	"slices"
	"time"

	"belvedere"
)

// RowsPerPage is the most lines that a table shows at once; files hold them all.
const RowsPerPage = 500

// Page answers a declared page. All asks for every line of the tables, as files do.
func (r *Reporter) Page(ctx context.Context, viewer belvedere.Viewer, page *belvedere.Page, s State, all bool) (*PageView, error) {
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
	return b.view, nil
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
	dir     *Directory
	view    *PageView
	all     bool
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
	b := &pageBuilder{r: r, ctx: ctx, viewer: viewer, page: page, state: s, edition: edition, dir: dir}
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
	var first, last time.Time
	for _, name := range b.datasets() {
		sp, ok := spans[name]
		if !ok {
			continue
		}
		if first.IsZero() || sp.first.Before(first) {
			first = sp.first
		}
		if sp.last.After(last) {
			last = sp.last
		}
	}
	if last.IsZero() { // no data for this page yet: today's school year
		last = b.r.now().In(b.r.zone)
		last = belvedere.Date(last.Year(), last.Month(), last.Day())
		first = last
	}
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
	var walk func(belvedere.Expr)
	walk = func(e belvedere.Expr) {
		switch e := e.(type) {
		case belvedere.Binary:
			walk(e.L)
			walk(e.R)
		case belvedere.MeasureRef:
			if !slices.Contains(names, e.Dataset) {
				names = append(names, e.Dataset)
			}
		}
	}
	for _, c := range columnsOf(b.page) {
		ind := b.r.model.Indicator(c.Indicator)
		if ind == nil {
			continue
		}
		walk(ind.Value)
		if ind.Value == nil && ind.Rate != nil {
			walk(ind.Rate.Num)
		}
	}
	return names
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
		v.Figures, err = b.strip(block.Strip)
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

// query asks on behalf of the viewer with the filters of the page.
func (b *pageBuilder) query(columns []belvedere.QueryColumn, by []string, p belvedere.Period, more func(*belvedere.Query)) (*belvedere.Result, error) {
	q := belvedere.Query{Columns: columns, By: by, Where: b.where, Period: p, Edition: b.state.Edition}
	if more != nil {
		more(&q)
	}
	return b.r.Query(b.ctx, b.viewer, q)
}
