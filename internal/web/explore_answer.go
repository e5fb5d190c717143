package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/chart"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// This file lays an answer out, whoever composed its question.

// An answerLayout lays out an answer; addresses are those of the page that it stands on.
type answerLayout struct {
	s        *server
	r        *http.Request
	x        *report.ExploreResult
	address  func(report.Explore) string
	form     string
	composes bool // the reader may go on from the figures
}

func (a *answerLayout) layout() *pages.ExploreAnswer {
	x := a.x
	out := &pages.ExploreAnswer{Title: exploreTitle(x), Warnings: x.Warnings, Form: a.form}
	c := x.Result.Coverage
	if c.Expected > 0 {
		out.Data.Covered = coveredWords(c)
	}
	out.Data.Missing, out.Data.Unlisted = c.Missing, len(c.Unlisted)
	if !c.UpTo.IsZero() {
		out.Data.UpTo = "À jour au " + belvedere.ShortDate(c.UpTo)
	}
	out.Data.Manages, _ = administrator.allows(viewerOf(a.r))
	out.Data.Notes = slices.DeleteFunc(slices.Clone(x.Result.Notes), report.IsPerimeterNote)
	if a.rated() {
		out.Values = a.address(x.State.With(func(e *report.Explore) { e.Rates, e.Page = false, 1 }))
		out.Rates = a.address(x.State.With(func(e *report.Explore) { e.Rates, e.Page = true, 1 }))
		out.OnRates = x.State.Rates
	}
	if a.s.Export != nil {
		out.Files = exploreFiles(a.address(x.State.With(func(e *report.Explore) { e.Page = 1 })))
		out.FilesSay = belvedere.Plural(x.Result.RowCount, "ligne", "lignes")
	}
	if may, _ := extractor.allows(viewerOf(a.r)); may {
		out.Extract = a.s.extractQuery(x.State.Values())
	}
	grid := a.grid()
	foot := a.foot()
	if kind := drawn[x.State.Shape]; kind != "" && a.unfit(x.State.Shape) == "" {
		result := drawable(x.Result, x.State.Shape)
		out.Warnings = append(slices.Clip(out.Warnings), a.remarks(result)...)
		out.Plot = &parts.Plot{ID: "g-explorateur", Kind: kind, Title: out.Title, Result: result, Twin: grid, Foot: foot, Options: chart.Options{
			ID: "g-explorateur", Title: out.Title, Today: belvedere.Date(a.s.Now().In(a.s.Zone).Date()), Zone: a.s.Zone, Outlines: a.s.Outlines}}
		if x.State.Shape == report.AsScatter {
			out.Correlations = report.Correlate(out.Plot.Result, 0, 1).Words(out.Plot.Result)
		}
		return out
	}
	if drawn[x.State.Shape] != "" {
		out.Warnings = append(out.Warnings, a.unfit(x.State.Shape))
	}
	out.Table = &pages.TableSection{Grid: grid, Foot: foot, Pages: a.pages()}
	switch {
	case len(x.Result.Rows) == 0:
		out.Table.Nothing = "Aucune ligne ne répond à cette sélection."
	default:
		out.Table.Nothing = whyNothing(x.Result)
	}
	if out.Table.Nothing != "" && len(x.State.Where) > 0 && a.composes {
		out.Table.Clear = a.address(x.State.With(func(e *report.Explore) { e.Where = nil }))
	}
	if a.composes {
		out.Detail = a.detail()
	}
	return out
}

// exploreTitle is the question in a few words: the sentence says the rest.
func exploreTitle(x *report.ExploreResult) string {
	var out strings.Builder
	for i, p := range x.Sentence {
		if p.Part != "" && p.Part != "indicateurs" && p.Part != "lignes" && p.Part != "colonnes" {
			break
		}
		if p.Part == "" && i+1 < len(x.Sentence) && x.Sentence[i+1].Part != "lignes" && x.Sentence[i+1].Part != "colonnes" {
			break
		}
		out.WriteString(p.Text)
	}
	return out.String()
}

// rated tells whether a column has another side to switch to.
func (a *answerLayout) rated() bool {
	m, err := a.s.defined(a.r)
	return err == nil && slices.ContainsFunc(a.x.State.Columns, func(c report.ExploreColumn) bool {
		ind := m.Indicator(c.Indicator)
		return !c.Rate && ind != nil && ind.Rate != nil && ind.Value != nil
	})
}

// grid lays the answer out as a table whose headings sort.
func (a *answerLayout) grid() *parts.Grid {
	x := a.x
	g := parts.NewGrid("t-explorateur", exploreTitle(x), x.Result, a.headers(), a.s.schoolOnly)
	if a.s.Explain != nil {
		g.ExplainAt(whyPath)
	}
	g.Manages, _ = administrator.allows(viewerOf(a.r))
	if a.composes && drawn[x.State.Shape] == "" {
		g.Drill = a.form
	}
	return g
}

// headers sort by their column, the largest first, then the other way.
func (a *answerLayout) headers() []report.HeaderView {
	x := a.x
	key, down := strings.CutPrefix(x.Result.Query.Sort, "-")
	heading := func(label, group, k string, firstDown bool) report.HeaderView {
		h := report.HeaderView{Label: label, Group: group, Key: k}
		reverse := firstDown
		if key == k || key == "" && k == "nom" {
			if h.Sort = "ascending"; down {
				h.Sort = "descending"
			}
			reverse = !down
		}
		h.Address = a.address(x.State.With(func(e *report.Explore) {
			if e.Sort, e.Page = k, 1; reverse {
				e.Sort = "-" + k
			}
		}))
		return h
	}
	name := "Ensemble"
	if len(x.Result.Dims) > 0 {
		name = x.Result.Dims[0].Label
	}
	out := []report.HeaderView{heading(name, "", "nom", false)}
	for _, c := range x.Result.Columns {
		out = append(out, heading(c.Label, c.Group, c.Key, true))
	}
	if len(x.Result.Dims) == 0 {
		for i := range out {
			out[i].Address, out[i].Sort = "", ""
		}
	}
	return out
}

// pages lead to the parts of a long table.
func (a *answerLayout) pages() (out []parts.Link) {
	rows := a.x.Result.RowCount
	if rows <= report.RowsPerPage {
		return nil
	}
	for p := 1; (p-1)*report.RowsPerPage < rows; p++ {
		last := min(p*report.RowsPerPage, rows)
		out = append(out, parts.Link{
			Label:   belvedere.FormatNumber(float64((p-1)*report.RowsPerPage+1), 0) + " à " + belvedere.FormatNumber(float64(last), 0),
			Address: a.address(a.x.State.With(func(e *report.Explore) { e.Page = p })),
			Current: p == a.x.State.Page,
		})
	}
	return out
}

// foot is the proof under the answer.
func (a *answerLayout) foot() parts.Foot {
	r := a.x.Result
	f := parts.Foot{Receipt: r.Receipt.Code, Definitions: "/indicateurs", Credit: a.x.Heading.Credit, Perimeters: kept(r.Perimeters)}
	if a.s.Receipts != nil && !r.Receipt.At.IsZero() {
		f.Replay = r.Receipt.Address()
	}
	var codes []string
	for _, c := range r.Columns {
		codes = distinct(codes, []string{c.Indicator})
	}
	if len(codes) == 1 {
		f.Definitions = a.s.meaningOf(codes[0])
	}
	if n := r.Edition.Number; n > 0 {
		f.Edition = "Édition " + strconv.Itoa(n)
		if !r.Edition.Published.IsZero() {
			f.Edition += " du " + belvedere.ShortDate(r.Edition.Published.In(a.s.Zone))
		}
		f.Frozen = a.address(a.x.State.With(func(e *report.Explore) { e.Edition = n }))
		f.Live = a.address(a.x.State.With(func(e *report.Explore) { e.Edition = 0 }))
		if !r.Receipt.At.IsZero() {
			f.Gap = gapAddress(r.Receipt.Code)
		}
	}
	return f
}

// exploreFiles are the files of an answer.
func exploreFiles(address string) []parts.Link {
	out := fileLinks(address, -1)
	join := "?"
	if strings.Contains(address, "?") {
		join = "&"
	}
	return append(out, parts.Link{Label: "JSON", Address: address + join + "format=json"})
}
