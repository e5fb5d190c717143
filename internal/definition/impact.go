package definition

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// An Impact is what a proposal moves, as who asks may see it: the published figures before and after,
// by school year, in the whole and by school, and the blocks of pages that show them.
type Impact struct {
	Indicator *belvedere.Indicator // with the proposed version as its last
	Version   int                  // that the proposal would be
	Edition   belvedere.Edition
	Sides     []Side // the value, the rate, or both
	Places    []Place
}

// A Side is the value or the rate of the indicator.
type Side struct {
	Column  belvedere.ResultColumn
	Years   []Year
	Moved   int // figures by school and year that move
	Figures int // by school and year
	Schools []Move
}

// A Year is a school year of the whole.
type Year struct {
	Year   belvedere.Key
	Before belvedere.Cell // published today
	After  belvedere.Cell // as it would be published
	New    belvedere.Cell // by the proposed version, even before its date of effect
}

// A Move is the figure of a school in a year, before and after.
type Move struct {
	School, Year  belvedere.Key
	Before, After belvedere.Cell
}

// A Place is a block of a page that shows the indicator.
type Place struct {
	Page    string // title
	Address string
	Block   string
	Figures int // shown of the indicator, at the first sight of the page
	Moved   int
	Most    string // the widest move, in words; "" when none has values
}

// mostMoves bounds the schools that an impact lists; all are counted.
const mostMoves = 50

// Impact computes what a proposal moves. It must be well made, and the warehouse at hand.
func (s *Service) Impact(ctx context.Context, v belvedere.Viewer, p semantic.Proposal) (_ *Impact, err error) {
	defer belvedere.Wrap(&err, "Impact(%s)", p.Indicator)
	may, _, err := s.rightsOf(ctx, v, p.Indicator)
	if err != nil {
		return nil, err
	}
	if !may.Propose && !may.Decide {
		return nil, belvedere.Errorf(belvedere.Forbidden, "L’effet d’une proposition se montre à qui propose ou décide.")
	}
	if s.Reporter == nil || s.Reporter() == nil {
		return nil, belvedere.Errorf(belvedere.Unavailable, "L’effet d’une proposition se calcule par le serveur, qui tient l’entrepôt.")
	}
	now, err := s.Model(ctx)
	if err != nil {
		return nil, err
	}
	next, err := s.Check(ctx, p)
	if err != nil {
		return nil, err
	}
	ind := next.Indicator(p.Indicator)
	c := &comparison{ctx: ctx, viewer: v, before: s.Reporter().As(now), after: s.Reporter().As(next),
		out: &Impact{Indicator: ind, Version: len(ind.History)}}
	if c.out.Edition, err = c.before.Edition(ctx, 0); err != nil {
		return nil, err
	}
	for _, rate := range []bool{false, true} {
		if rate && ind.Rate == nil || !rate && ind.Value == nil {
			continue
		}
		if err := c.side(rate); err != nil {
			return nil, err
		}
	}
	return c.out, c.places(now)
}

// A comparison asks the same of the definitions in force and of those with the proposal.
type comparison struct {
	ctx           context.Context
	viewer        belvedere.Viewer
	before, after *report.Reporter
	out           *Impact
}

// side compares the value or the rate over all school years.
func (c *comparison) side(rate bool) error {
	code, out := c.out.Indicator.Code, Side{}
	ask := func(r *report.Reporter, text string, by ...string) (*belvedere.Result, error) {
		q, err := r.Build(c.ctx, report.Ask{Indicators: []string{text}, By: by, Rates: rate})
		if err != nil {
			return nil, err
		}
		return r.Query(c.ctx, c.viewer, q)
	}
	before, err := ask(c.before, code, "annee")
	if err != nil {
		return err
	}
	after, err := ask(c.after, code, "annee")
	if err != nil {
		return err
	}
	whole, err := ask(c.after, code+"@"+strconv.Itoa(c.out.Version), "annee")
	if err != nil {
		return err
	}
	out.Column = after.Columns[0]
	match(before, after, func(keys []belvedere.Key, x, y belvedere.Cell) {
		one := Year{Year: keys[0], Before: x, After: y, New: belvedere.Cell{State: belvedere.Expected}}
		for _, row := range whole.Rows {
			if row.Keys[0].Code == keys[0].Code {
				one.New = row.Cells[0]
			}
		}
		out.Years = append(out.Years, one)
	})
	slices.SortFunc(out.Years, func(a, b Year) int { return cmp.Compare(a.Year.Code, b.Year.Code) })
	if before, err = ask(c.before, code, "etablissement", "annee"); err != nil {
		return err
	}
	if after, err = ask(c.after, code, "etablissement", "annee"); err != nil {
		return err
	}
	match(before, after, func(keys []belvedere.Key, x, y belvedere.Cell) {
		if out.Figures++; moved(x, y) {
			out.Schools = append(out.Schools, Move{keys[0], keys[1], x, y})
		}
	})
	out.Moved = len(out.Schools)
	slices.SortStableFunc(out.Schools, func(a, b Move) int { return cmp.Compare(gap(b.Before, b.After), gap(a.Before, a.After)) })
	out.Schools = out.Schools[:min(mostMoves, len(out.Schools))]
	c.out.Sides = append(c.out.Sides, out)
	return nil
}

// match gives the cells of the same line in two results of one column; a line that one of them lacks
// awaits its figure there.
func match(before, after *belvedere.Result, each func(keys []belvedere.Key, x, y belvedere.Cell)) {
	code := func(row belvedere.ResultRow) (out string) {
		for _, k := range row.Keys {
			out += k.Code + "\x00"
		}
		return out
	}
	rest := map[string]belvedere.Cell{}
	for _, row := range after.Rows {
		rest[code(row)] = row.Cells[0]
	}
	for _, row := range before.Rows {
		y, found := rest[code(row)]
		if !found {
			y = belvedere.Cell{State: belvedere.Expected}
		}
		delete(rest, code(row))
		each(row.Keys, row.Cells[0], y)
	}
	for _, row := range after.Rows {
		if _, left := rest[code(row)]; left {
			each(row.Keys, belvedere.Cell{State: belvedere.Expected}, row.Cells[0])
		}
	}
}

// moved tells whether what is shown of a figure changes.
func moved(x, y belvedere.Cell) bool {
	if x.State.Shown() != y.State.Shown() {
		return true
	}
	if !x.State.Shown() {
		return x.State != y.State
	}
	return gap(x, y) > 1e-9*max(1, math.Abs(x.Value))
}

// gap is how far a figure moves; what appears or disappears moves most.
func gap(x, y belvedere.Cell) float64 {
	if x.State.Shown() && y.State.Shown() {
		return math.Abs(y.Value - x.Value)
	}
	return math.Inf(1)
}

// places compares, at first sight, the blocks of the pages that show the indicator.
func (c *comparison) places(m *belvedere.Model) error {
	for _, page := range m.Pages {
		if !shows(page, c.out.Indicator.Code) {
			continue
		}
		before, err := c.before.Page(c.ctx, c.viewer, page, report.State{Page: 1}, true)
		if err != nil {
			return err
		}
		after, err := c.after.Page(c.ctx, c.viewer, page, report.State{Page: 1}, true)
		if err != nil {
			return err
		}
		for i := range min(len(before.Blocks), len(after.Blocks)) {
			one := Place{Page: page.Title, Address: page.Path}
			c.block(&one, before.Blocks[i], after.Blocks[i])
			if one.Figures > 0 {
				c.out.Places = append(c.out.Places, one)
			}
		}
	}
	return nil
}

func shows(page *belvedere.Page, code string) bool {
	return slices.Contains(semantic.Shown(page), code)
}

// block compares the figures of one block.
func (c *comparison) block(p *Place, before, after report.BlockView) {
	switch {
	case before.Chart != nil && after.Chart != nil:
		p.Block = before.Chart.Title
		c.results(p, before.Chart.Result, after.Chart.Result)
	case before.Table != nil && after.Table != nil:
		p.Block = before.Table.Label
		c.results(p, before.Table.Result, after.Table.Result)
	default:
		p.Block = "Chiffres clés"
		for i, f := range before.Figures {
			if i < len(after.Figures) && f.Column.Indicator == c.out.Indicator.Code {
				p.count(f.Column, f.Cell, after.Figures[i].Cell, map[bool]*float64{})
			}
		}
	}
}

func (c *comparison) results(p *Place, before, after *belvedere.Result) {
	widest := map[bool]*float64{}
	for i, col := range before.Columns {
		if col.Indicator != c.out.Indicator.Code || i >= len(after.Columns) {
			continue
		}
		one := func(r *belvedere.Result) *belvedere.Result {
			out := &belvedere.Result{}
			for _, row := range r.Rows {
				out.Rows = append(out.Rows, belvedere.ResultRow{Keys: row.Keys, Cells: []belvedere.Cell{row.Cells[i]}})
			}
			return out
		}
		match(one(before), one(after), func(_ []belvedere.Key, x, y belvedere.Cell) { p.count(col, x, y, widest) })
		if before.Total != nil && after.Total != nil {
			p.count(col, before.Total.Cells[i], after.Total.Cells[i], widest)
		}
	}
}

// count adds a figure of a block; the widest move is kept in words, of values or of rates first met.
func (p *Place) count(col belvedere.ResultColumn, x, y belvedere.Cell, widest map[bool]*float64) {
	if p.Figures++; !moved(x, y) {
		return
	}
	p.Moved++
	if g := gap(x, y); !math.IsInf(g, 1) && (widest[col.Rate] == nil || g > *widest[col.Rate]) && (p.Most == "" || widest[col.Rate] != nil) {
		widest[col.Rate] = &g
		p.Most = col.Format(x.Value) + " → " + col.Format(y.Value)
	}
}

// Words sums an impact up, as the decision keeps it.
func (i *Impact) Words() string {
	figures, moved, places := 0, 0, 0
	for _, s := range i.Sides {
		figures, moved = figures+s.Figures, moved+s.Moved
	}
	for _, p := range i.Places {
		if p.Moved > 0 {
			places++
		}
	}
	text := belvedere.Plural(moved, "chiffre bouge", "chiffres bougent") + " sur " + belvedere.FormatNumber(float64(figures), 0) +
		" par établissement et par année, et " + belvedere.Plural(places, "bloc de page change", "blocs de page changent") +
		" (édition " + strconv.Itoa(i.Edition.Number) + ")."
	for _, s := range i.Sides {
		for _, y := range slices.Backward(s.Years) {
			if y.Moves() {
				text += " " + s.Column.Label + ", " + y.Year.Label + belvedere.NoBreak + ": " + Shown(s.Column, y.Before) + " → " + Shown(s.Column, y.After) + "."
				break
			}
		}
	}
	return text
}

// Shown writes a cell as pages do.
func Shown(col belvedere.ResultColumn, c belvedere.Cell) string {
	if c.State.Shown() {
		return col.Format(c.Value)
	}
	return c.State.Word()
}

// Moves tells whether the whole of a year moves.
func (y Year) Moves() bool { return moved(y.Before, y.After) }
