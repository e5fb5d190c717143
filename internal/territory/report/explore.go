package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"belvedere"
)

// An Explore is the whole state of the explorer: what someone asks of the figures, before any right.
// An address says all of it (ParseExplore, Encode), so that a state can be kept, sent, undone and put
// on a dashboard as a text.
type Explore struct {
	Columns []ExploreColumn
	Lines   []string           // dimensions of the lines, the outermost first, MostLines at most
	Across  string             // dimension whose members become columns, "" for none
	Where   []belvedere.Filter // on any dimension; values of one are alternatives
	Among   []string           // codes of saved populations, all of which the rows are in
	Span    Span

	Compare  belvedere.Compare
	Constant bool // comparisons over time keep the schools that have all of it

	Rates     bool   // the rate of each indicator that has one, in the place of its value
	Share     bool   // the share of each number in its total, beside it
	Subtotals bool   // a line for each member of the outer dimensions
	Top       int    // only so many members of the outermost dimension, the others as one; 0 is all
	Sort      string // key of a column or "nom"; "-" before it reverses

	Shape   Shape
	Page    int // from 1
	Edition int // 0 is the current one

	All bool // every line, as files need them; no part of the address
}

// An ExploreColumn asks for one indicator over part of the rows.
type ExploreColumn struct {
	Indicator string // code of the catalogue, or "formule:code"
	Rate      bool
	Version   int // of the definition; 0 is the one in force on each day
	Where     []belvedere.Filter
}

// A Span is the period of a state. Its zero value is the last school year with data, or all of them
// when school years are lines or columns.
type Span struct {
	Kind  belvedere.PeriodKind // within Year; "" is the whole of it
	Year  belvedere.SchoolYear // 0 is the last one with data
	Since belvedere.SchoolYear // first of several years, Year or the last one with data being the last; 0 is that year alone
	From  time.Time            // explicit dates [From, To), which go before years
	To    time.Time
}

// A Shape is how a state is drawn.
type Shape string

// The shapes.
const (
	AsTable   Shape = "table"
	AsBars    Shape = "barres"
	AsLines   Shape = "lignes"
	AsStacks  Shape = "empilees"
	AsMap     Shape = "carte"
	AsHeat    Shape = "chaleur"
	AsScatter Shape = "nuage"
	AsPivot   Shape = "pivot" // a table with subtotals
)

// Shapes are all of them, in the order of menus.
var Shapes = []Shape{AsTable, AsPivot, AsBars, AsLines, AsStacks, AsHeat, AsMap, AsScatter}

// Label is the shape as menus show it.
func (s Shape) Label() string {
	switch s {
	case AsBars:
		return "Barres"
	case AsLines:
		return "Courbes"
	case AsStacks:
		return "Barres empilées"
	case AsMap:
		return "Carte"
	case AsHeat:
		return "Carte de chaleur"
	case AsScatter:
		return "Nuage de points"
	case AsPivot:
		return "Tableau croisé"
	}
	return "Tableau"
}

// Drawn tells whether a shape is a drawing, which holds all its lines at once.
func (s Shape) Drawn() bool { return s != "" && s != AsTable && s != AsPivot }

// Bounds of a state.
const (
	MostDrawn         = 2000 // lines of a drawing
	MostLines         = 3    // dimensions of the lines
	MostExploreColumn = 24   // indicators
	mostExploreValues = 2000
	mostExploreYears  = 60
	mostTop           = 500
)

// normal writes a state in its one form: without doubles, filters and values sorted, defaults empty.
func (e Explore) normal() Explore {
	e.Columns = slices.Clone(e.Columns)
	for i := range e.Columns {
		e.Columns[i].Where = normalFilters(e.Columns[i].Where)
	}
	var columns []ExploreColumn
	for _, c := range e.Columns {
		if !slices.ContainsFunc(columns, func(o ExploreColumn) bool { return o.String() == c.String() }) {
			columns = append(columns, c)
		}
	}
	e.Columns = columns
	var lines []string
	for _, name := range e.Lines {
		if name != "" && name != e.Across && !slices.Contains(lines, name) {
			lines = append(lines, name)
		}
	}
	e.Lines, e.Where = lines, normalFilters(e.Where)
	e.Among = slices.Compact(slices.Sorted(slices.Values(e.Among)))
	if e.Shape == "" {
		e.Shape = AsTable
	}
	e.Subtotals = e.Subtotals || e.Shape == AsPivot
	e.Page = max(e.Page, 1)
	if e.Span.Year != 0 && e.Span.Since >= e.Span.Year {
		e.Span.Since = 0
	}
	if !e.Span.From.IsZero() {
		e.Span = Span{From: e.Span.From, To: e.Span.To}
	}
	return e
}

// normalFilters merges filters on one dimension and sorts them; one without value is none.
func normalFilters(where []belvedere.Filter) []belvedere.Filter {
	var out []belvedere.Filter
	for _, f := range where {
		at := slices.IndexFunc(out, func(o belvedere.Filter) bool { return o.Dim == f.Dim && o.Not == f.Not })
		if at < 0 {
			at = len(out)
			out = append(out, belvedere.Filter{Dim: f.Dim, Not: f.Not})
		}
		out[at].Values = append(out[at].Values, f.Values...)
	}
	for i := range out {
		slices.Sort(out[i].Values)
		out[i].Values = slices.Compact(out[i].Values)
	}
	out = slices.DeleteFunc(out, func(f belvedere.Filter) bool { return len(f.Values) == 0 || f.Dim == "" })
	slices.SortFunc(out, func(a, b belvedere.Filter) int {
		not := func(f belvedere.Filter) int {
			if f.Not {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.Dim, b.Dim), cmp.Compare(not(a), not(b)))
	})
	return out
}

// With gives a copy that change has altered, in its one form: the next state of a link or a button.
func (e Explore) With(change func(*Explore)) Explore {
	c := e
	c.Columns, c.Lines = slices.Clone(e.Columns), slices.Clone(e.Lines)
	c.Where = make([]belvedere.Filter, len(e.Where))
	for i, f := range e.Where {
		c.Where[i] = belvedere.Filter{Dim: f.Dim, Not: f.Not, Values: slices.Clone(f.Values)}
	}
	change(&c)
	return c.normal()
}

// An ExploreResult is a state with its answer.
type ExploreResult struct {
	State    Explore           // in its one form
	Sentence Sentence          // exactly what is shown, in words
	Heading  belvedere.Heading // whose title is the sentence
	Result   *belvedere.Result // nil when no indicator is chosen or nothing is published; its lines hold subtotals (ResultRow.Level)
	Warnings []string          // what cannot be shown so, and why
	NoStack  string            // why the parts of a line do not add up, "" when they do
}

// Explore answers a state for a viewer, by the one path of all figures, and gives the answer its
// receipt. Who may compose a state is the door's to decide: the figures are those of the viewer's
// rights either way.
func (r *Reporter) Explore(ctx context.Context, viewer belvedere.Viewer, e Explore) (_ *ExploreResult, err error) {
	defer belvedere.Wrap(&err, "Explore")
	if r, err = r.live(ctx); err != nil {
		return nil, err
	}
	out := &ExploreResult{State: e.normal()}
	edition, err := r.Edition(ctx, e.Edition)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	ctx = holdEdition(ctx, e.Edition, edition, directory)
	if len(out.State.Columns) == 0 || edition.Number == 0 {
		return out, nil
	}
	q, err := r.exploreQuery(ctx, viewer, out.State)
	if err != nil {
		return nil, err
	}
	if out.Result, err = r.Query(ctx, viewer, q); err != nil {
		return nil, err
	}
	out.Warnings, out.NoStack = r.exploreWarnings(q), r.unstackable(q)
	var among []belvedere.Population
	for _, code := range out.State.Among {
		p, err := r.population(ctx, viewer, code)
		if err != nil {
			return nil, err
		}
		among = append(among, p)
	}
	out.Sentence = r.sentence(viewer, out.State, q, out.Result, directory, among...)
	out.Heading = r.exploreHeading(ctx, viewer, out, directory)
	page := out.State.With(func(e *Explore) { e.Edition, e.Page = 0, 1 }).Address()
	var details []string // a map needs the places of schools
	if out.State.Shape != AsMap {
		details = detailsOf(nil)
		keepDetail(out.Result, details)
	}
	return out, r.seal(ctx, viewer, e.All, []sealing{{result: out.Result, heading: out.Heading, page: page, details: details}})
}
