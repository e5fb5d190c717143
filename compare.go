package belvedere

import (
	"math"
	"strings"
	"time"
)

// A Compare names the period that figures are compared with; "" compares with none.
type Compare string

// The comparisons, as addresses and flags name them.
const (
	Previous   Compare = "precedente" // the period just before, of the same length
	YearBefore Compare = "an_dernier" // the same period one year before
)

// ParseCompare reads the name of a comparison; "" is none. The error is of kind Invalid.
func ParseCompare(s string) (Compare, error) {
	switch c := Compare(s); c {
	case "", Previous, YearBefore:
		return c, nil
	}
	return "", Errorf(Invalid, "comparer : %q est inconnu ; precedente ou an_dernier", clip(s))
}

// Label is the comparison as menus show it.
func (c Compare) Label() string {
	switch c {
	case Previous:
		return "Période précédente"
	case YearBefore:
		return "Même période l’an dernier"
	}
	return "Rien"
}

// Before says when the other figure was: "un an avant".
func (c Compare) Before() string {
	if c == Previous {
		return "à la période précédente"
	}
	return "un an avant"
}

// Since says over what a figure moved: "en hausse sur un an".
func (c Compare) Since() string {
	if c == Previous {
		return "depuis la période précédente"
	}
	return "sur un an"
}

// Back is how far the other period lies before p: months of the calendar where the period starts
// with one, else weeks, so that Mondays are compared with Mondays.
func (c Compare) Back(p Period) (months, days int) {
	length := int(p.To.Sub(p.From).Hours()/24 + .5)
	whole := p.WholeMonths()
	switch {
	case c == YearBefore && length > 1 && (p.From.Day() == 1 || length > 31):
		return 12, 0
	case c == YearBefore:
		return 0, 364
	case whole:
		return 12*(p.To.Year()-p.From.Year()) + int(p.To.Month()) - int(p.From.Month()), 0
	}
	return 0, 7 * ((length + 6) / 7)
}

// Other is the period that p is compared with. One of a year or less ends before p starts.
func (c Compare) Other(p Period) Period {
	months, days := c.Back(p)
	return Period{Kind: FreeRange, From: p.From.AddDate(0, -months, -days), To: p.To.AddDate(0, -months, -days)}
}

// A Comparison sets beside each cell of a result the same figure over another period.
type Comparison struct {
	With    Compare
	Periods []Period // the other period of each column; the zero Period where none is fair
	Rows    [][]Gap  // as the rows and columns of the result
	Total   []Gap    // nil without total
}

// A Gap is what lies between a cell and the same figure over another period. A figure that one
// of the two does not show has no difference: it would give the hidden one away.
type Gap struct {
	Other  Cell    // over the other period
	Fair   bool    // the difference means something
	Change float64 // the cell less the other, when Fair
	State  State   // what stands in the place of the difference, when it is not Fair
	Why    string  // one sentence, when it is not Fair
}

// Ratio is the change as a share of the other figure; false where that is zero, or where the
// figure is a share itself, whose changes are told in points.
func (g Gap) Ratio(col *ResultColumn) (float64, bool) {
	if !g.Fair || col.Percent || g.Other.Value == 0 {
		return 0, false
	}
	return g.Change / math.Abs(g.Other.Value), true
}

// ChangeText writes the change with its sign: "+30", "−1,2 point"; "" where none is fair.
func (g Gap) ChangeText(col *ResultColumn) string {
	if !g.Fair {
		return ""
	}
	change, decimals, unit := g.Change, col.Decimals, ""
	if col.Percent {
		change, decimals, unit = change*100, max(decimals, 1), NoBreak+"point"
		if math.Abs(change) >= 2 {
			unit += "s"
		}
	}
	return signed(FormatNumber(change, decimals)) + unit
}

// RatioText writes the change as a share with its sign: "+2,5 %"; "" where there is none.
func (g Gap) RatioText(col *ResultColumn) string {
	ratio, ok := g.Ratio(col)
	if !ok {
		return ""
	}
	return signed(FormatPercent(ratio, 1))
}

// signed puts a plus before a number that is written without sign, unless it is nothing.
func signed(text string) string {
	if strings.HasPrefix(text, Minus) || strings.Trim(text, "0, %"+NarrowSpace) == "" {
		return text
	}
	return "+" + text
}

// Spread lays the comparison out as columns beside those that it compares, for files: the other
// figure, the difference, and its share where there is one. A result without comparison is itself.
func (r *Result) Spread() *Result {
	if r.Compared == nil {
		return r
	}
	out := *r
	out.Compared, out.Columns = nil, nil
	for _, c := range r.Columns {
		out.Columns = append(out.Columns, spreadColumns(c, r.Compared.With)...)
	}
	out.Rows = make([]ResultRow, len(r.Rows))
	for i, row := range r.Rows {
		out.Rows[i] = row
		out.Rows[i].Cells = spreadCells(r.Columns, row.Cells, r.Compared.Rows[i])
	}
	if r.Total != nil {
		total := *r.Total
		total.Cells = spreadCells(r.Columns, total.Cells, r.Compared.Total)
		out.Total = &total
	}
	return &out
}

func spreadColumns(c ResultColumn, with Compare) []ResultColumn {
	other, change, ratio := c, c, c
	other.Key, other.Label, other.NoExtreme = c.Key+"_avant", c.Label+" – "+with.Before(), true
	change.Key, change.Label, change.NoExtreme = c.Key+"_ecart", c.Label+" – écart", true
	if c.Percent {
		change.Label, change.Unit, change.Percent, change.Decimals = c.Label+" – écart (points)", "points", false, max(c.Decimals, 1)
		return []ResultColumn{c, other, change}
	}
	ratio.Key, ratio.Label, ratio.NoExtreme = c.Key+"_evolution", c.Label+" – évolution", true
	ratio.Percent, ratio.Unit, ratio.Decimals = true, "%", 1
	return []ResultColumn{c, other, change, ratio}
}

func spreadCells(columns []ResultColumn, cells []Cell, gaps []Gap) []Cell {
	out := make([]Cell, 0, 4*len(cells))
	for i := range cells {
		c, g := &columns[i], Gap{State: NotApplicable}
		if i < len(gaps) {
			g = gaps[i]
		}
		g.Other.Extreme = NoExtreme
		none := Cell{State: g.State, Why: g.Why}
		change, ratio := none, none
		if g.Fair {
			change = Cell{Value: g.Change}
			if c.Percent {
				change.Value *= 100
			}
			ratio = Cell{State: NotApplicable, Why: "L’autre valeur est nulle."}
			if v, ok := g.Ratio(c); ok {
				ratio = Cell{Value: v}
			}
		}
		if out = append(out, cells[i], g.Other, change); !c.Percent {
			out = append(out, ratio)
		}
	}
	return out
}

// Running cuts a period of the past where the present one stops, so that ten weeks are compared
// with ten weeks: until is the first day without data of the present one.
func (c Compare) Running(p Period, until time.Time) Period {
	other := c.Other(p)
	months, days := c.Back(p)
	if cut := until.AddDate(0, -months, -days); cut.Before(other.To) {
		other.To = cut
	}
	return other
}
