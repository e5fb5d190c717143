package report

import (
	"context"

	"belvedere"
)

// A FigureAnswer is the indicators of a state as figures: value, change over a year, trend and
// coverage of each.
type FigureAnswer struct {
	State    Explore // in its one form, without lines
	Heading  belvedere.Heading
	Figures  []FigureView
	Result   *belvedere.Result // the values; nil when nothing is published
	Kept     []belvedere.Perimeter
	Warnings []string
}

// Figures answers each indicator of a state over the whole of its selection, beside the same period
// a year before and its course over the years. Three questions, whatever the number of indicators.
func (r *Reporter) Figures(ctx context.Context, viewer belvedere.Viewer, e Explore) (_ *FigureAnswer, err error) {
	defer belvedere.Wrap(&err, "Figures")
	if r, err = r.live(ctx); err != nil {
		return nil, err
	}
	e.Lines, e.Across, e.Compare, e.Share, e.Subtotals, e.Top, e.Sort, e.Page = nil, "", "", false, false, 0, "", 1
	e.Shape = AsTable
	out := &FigureAnswer{State: e.normal()}
	edition, err := r.Edition(ctx, e.Edition)
	if err != nil || len(out.State.Columns) == 0 || edition.Number == 0 {
		return out, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	ctx = holdEdition(ctx, e.Edition, edition, directory)
	q, err := r.exploreQuery(ctx, viewer, out.State)
	if err != nil {
		return nil, err
	}
	if out.Result, err = r.Query(ctx, viewer, q); err != nil {
		return nil, err
	}
	if err := r.figures(ctx, viewer, out, q); err != nil {
		return nil, err
	}
	asked := &ExploreResult{State: out.State, Result: out.Result}
	asked.Sentence = r.sentence(viewer, out.State, q, out.Result, directory)
	out.Heading = r.exploreHeading(ctx, viewer, asked, directory)
	page := out.State.With(func(e *Explore) { e.Edition = 0 }).Address()
	return out, r.seal(ctx, viewer, e.All, []sealing{{result: out.Result, heading: out.Heading, page: page, details: []string{"commune"}}})
}

// figures fills the figures of an answer, as a strip of a page does.
func (r *Reporter) figures(ctx context.Context, viewer belvedere.Viewer, out *FigureAnswer, q belvedere.Query) error {
	page := &belvedere.Page{Code: "chiffres"}
	strip := &belvedere.Strip{}
	for _, c := range q.Columns {
		strip.Figures = append(strip.Figures, belvedere.Figure{Column: belvedere.Column{Indicator: c.Indicator}})
	}
	page.Blocks = []belvedere.Block{{Strip: strip}}
	b, err := r.newPage(ctx, viewer, page, State{Year: q.Period.Year(), Edition: out.State.Edition, Constant: q.Constant})
	if err != nil {
		return err
	}
	b.period, b.where = q.Period, q.Where
	now := make([]belvedere.Cell, len(q.Columns))
	if len(out.Result.Rows) > 0 {
		now = out.Result.Rows[0].Cells
	}
	trends, err := b.trends(q.Columns, now)
	if err != nil {
		return err
	}
	changes, err := r.comparison(b.ctx, viewer, out.Result, belvedere.YearBefore, q.Constant)
	if err != nil {
		return err
	}
	var perimeters []*belvedere.Perimeter
	for i := range out.Result.Columns {
		col := &out.Result.Columns[i]
		v := FigureView{Label: col.Label, Column: *col, Trend: trends[i]}
		if len(out.Result.Rows) > 0 {
			v.Cell = out.Result.Rows[0].Cells[i]
		}
		v.Coverage = coverageWords(v.Cell)
		if len(changes.out.Rows) > 0 {
			v.Delta, v.DeltaWords = delta(col, v.Cell, changes.out.Rows[0][i], belvedere.YearBefore)
			v.DeltaWords = constantWords(v.DeltaWords, changes.perimeterOf(i))
			perimeters = append(perimeters, changes.perimeterOf(i))
		}
		out.Figures = append(out.Figures, v)
	}
	out.Kept = distinctPerimeters(perimeters)
	return nil
}
