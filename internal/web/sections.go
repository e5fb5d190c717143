package web

import (
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/chart"
	"belvedere/internal/definition"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// sections lays out the blocks of a view, gives them ids and feet.
type sections struct {
	s     *server
	page  *belvedere.Page
	view  *report.PageView
	ids   map[string]bool
	count int // results on the page: with several, each has its own files
	// The reader manages the console; mends: may correct what stands beside the name of a school.
	manages, mends bool
	list           []pages.Section
}

func newSections(s *server, page *belvedere.Page, view *report.PageView, viewer belvedere.Viewer) *sections {
	b := &sections{s: s, page: page, view: view, ids: map[string]bool{}}
	b.manages, _ = administrator.allows(viewer)
	b.mends = b.manages && s.Schools != nil
	for _, block := range view.Blocks {
		if blockResult(block) != nil {
			b.count++
		}
	}
	return b
}

// blockResult is the result of a chart or a table, nil for the others.
func blockResult(b report.BlockView) *belvedere.Result {
	switch {
	case b.Chart != nil:
		return b.Chart.Result
	case b.Table != nil:
		return b.Table.Result
	}
	return nil
}

func (b *sections) all() []pages.Section {
	for i, block := range b.view.Blocks {
		switch {
		case block.Err != "":
			b.list = append(b.list, pages.Section{Err: block.Err})
		case block.Chart != nil && block.Chart.Result != nil:
			b.addPlot(b.plot(i, block.Chart))
		case block.Table != nil && block.Table.Result != nil:
			b.list = append(b.list, pages.Section{Table: b.table(i, block.Table)})
		case len(block.Figures) > 0:
			b.list = append(b.list, pages.Section{Strip: block.Figures, StripID: b.id("chiffres", i), Proof: b.proof(block.Figured), Kept: kept(block.Kept)})
		}
	}
	return b.list
}

// addPlot puts two charts that read well in half a page side by side.
func (b *sections) addPlot(p parts.Plot) {
	if n := len(b.list); n > 0 && p.Half() {
		if last := &b.list[n-1]; len(last.Plots) == 1 && last.Plots[0].Half() {
			last.Plots = append(last.Plots, p)
			return
		}
	}
	b.list = append(b.list, pages.Section{Plots: []parts.Plot{p}})
}

// id makes an id of a declared name, unique in the page.
func (b *sections) id(name string, i int) string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	if id == "" || b.ids[id] || !(id[0] >= 'a' && id[0] <= 'z') {
		id = "bloc-" + strconv.Itoa(i+1)
	}
	b.ids[id] = true
	return id
}

func (b *sections) plot(i int, c *report.ChartView) parts.Plot {
	id := b.id("g-"+c.Block.ID, i)
	twin := b.grid(id+"-donnees", c.Title, c.Result, nil)
	return parts.Plot{
		ID: id, Kind: c.Block.Kind, Title: c.Title, Sentence: c.Sentence, Result: c.Result,
		Options: chart.Options{ID: id, Title: c.Title, Today: belvedere.Date(b.s.Now().In(b.s.Zone).Date()), Zone: b.s.Zone, Outlines: b.s.Outlines, Running: b.running(c)},
		Twin:    twin,
		Foot:    b.foot(i, c.Result),
	}
}

// grid lays out a result; what is not shared leads to the rule that withholds it.
func (b *sections) grid(id, caption string, r *belvedere.Result, headers []report.HeaderView) *parts.Grid {
	g := parts.NewGrid(id, caption, r, headers, b.s.schoolOnly)
	if b.s.Explain != nil {
		g.ExplainAt(whyPath)
	}
	g.Manages = b.manages
	return g
}

// running is the step of an evolution that is not over, when its counts grow until it is: the
// present school year or month of events. A state at a date is whole as it is.
func (b *sections) running(c *report.ChartView) string {
	if len(c.Result.Columns) == 0 {
		return ""
	}
	if d := b.s.model.Dataset(c.Result.Columns[0].Dataset); d == nil || d.Kind != belvedere.Flow {
		return ""
	}
	today := belvedere.Date(b.s.Now().In(b.s.Zone).Date())
	switch c.Block.By {
	case "annee":
		return strconv.Itoa(int(belvedere.SchoolYearOf(today)))
	case "mois":
		return today.Format("2006-01")
	}
	return ""
}

func (b *sections) table(i int, t *report.TableView) *pages.TableSection {
	name := "t-bloc"
	if t.Block != nil {
		name = "t-" + t.Block.ID
	}
	id := b.id(name, i)
	out := &pages.TableSection{Foot: b.foot(i, t.Result), Pages: links(t.Pages)}
	caption := b.view.Heading.Title
	if b.count > 1 && !b.page.Tabs {
		out.Title, caption = t.Label, t.Label
	}
	if caption == "" {
		caption = b.page.Title
	}
	out.Grid = b.grid(id, caption, t.Result, t.Headers)
	if b.mends && t.Block != nil && t.Block.Rows == "etablissement" && slices.Contains(t.Block.Detail, "codes_postaux") {
		out.Grid.Mend = schoolsPath + "/"
	}
	if len(t.Result.Rows) == 0 {
		out.Nothing = "Aucune ligne ne répond à cette sélection."
	} else {
		out.Nothing = whyNothing(t.Result)
	}
	if out.Nothing != "" {
		if len(b.view.State.Filters) > 0 {
			out.Clear = withoutFilters(b.page, b.view.State)
		}
	}
	return out
}

// proof is the foot of a row of figures: each says its own coverage, and files hold tables.
func (b *sections) proof(r *belvedere.Result) *parts.Foot {
	if r == nil || r.Receipt.At.IsZero() {
		return nil
	}
	f := b.foot(0, r)
	f.Files, f.Covered, f.Coverage, f.Perimeters, f.Credit = nil, "", "", nil, ""
	return &f
}

// foot is the proof under a result.
func (b *sections) foot(i int, r *belvedere.Result) parts.Foot {
	f := parts.Foot{Receipt: r.Receipt.Code, Definitions: b.definitions(r), Credit: b.view.Heading.Credit, Perimeters: kept(r.Perimeters)}
	if b.s.Receipts != nil && !r.Receipt.At.IsZero() {
		f.Replay = r.Receipt.Address()
	}
	if c := r.Coverage; c.Expected > 0 {
		f.Covered, f.Coverage = coveredWords(c), coverageOf(b.view, r)
	}
	if n := r.Edition.Number; n > 0 {
		state := b.view.State
		state.Edition = n
		f.Frozen = state.Address(b.page)
		f.Gap = gapAddress(b.gapSide(i, r.Receipt, f.Frozen))
		state.Edition = 0
		f.Live = state.Address(b.page)
		f.Edition = "Édition " + strconv.Itoa(n)
		if !r.Edition.Published.IsZero() {
			f.Edition += " du " + belvedere.ShortDate(r.Edition.Published.In(b.s.Zone))
		}
	}
	if b.count > 1 && b.s.Export != nil {
		f.Files = fileLinks(b.view.State.Address(b.page), i)
	}
	return f
}

// gapSide is a result as one side of a gap: its receipt when one is kept, else the frozen address of
// its page, and its block.
func (b *sections) gapSide(i int, receipt belvedere.Receipt, frozen string) string {
	if !receipt.At.IsZero() {
		return receipt.Code
	}
	if b.count > 1 {
		return frozen + "&bloc=" + strconv.Itoa(i+1)
	}
	return frozen
}

// definitions leads to the definition of what is shown: the one indicator, or those of the page.
func (b *sections) definitions(r *belvedere.Result) string {
	var codes []string
	for _, c := range r.Columns {
		if !slices.Contains(codes, c.Indicator) {
			codes = append(codes, c.Indicator)
		}
	}
	if len(codes) == 1 {
		if b.s.Meanings != nil {
			return definition.IndicatorPath(codes[0])
		}
		return "/indicateurs#" + codes[0]
	}
	return "/indicateurs?page=" + b.page.Code
}

// schoolOnly tells whether an indicator is kept for schools.
func (s *server) schoolOnly(code string) bool {
	indicator := s.model.Indicator(code)
	return indicator != nil && indicator.SchoolOnly
}
