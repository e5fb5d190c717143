package parts

import (
	"strings"
	"unicode/utf8"

	"belvedere"
	"belvedere/internal/territory/report"
)

// A Grid is a result laid out as a table: headings in one or two rows, cells that share one
// reason spanned, the states that occur and the panels that explain them.
type Grid struct {
	ID      string // of the table in the page, ASCII
	Caption string // what the table holds, for readers who do not see it
	Result  *belvedere.Result
	Names   []report.HeaderView // headings of the names, one per dimension
	Heads   []Head              // one per column
	Groups  []HeadGroup         // empty when the headings stand in one row
	Seen    Seen
	Reasons []Reason
	Explain string // page of the rules, before its question; "" for none
	Manages bool   // the reader may open the pages of deliveries
	Drill   string // form of the page whose "detail" goes down from a line; "" for none
	Mend    string // before the UAI of a line, the address of its correction; "" for who may correct nothing

	lookup map[reasonKey]int
	only   []bool // by column: the indicator is kept for schools
	words  []int  // by column: longest word, in characters, of the states that stand alone in it
	widths []int  // by column: estimated pixels
}

// A Head is the heading of a column.
type Head struct {
	report.HeaderView
	Starts bool   // first of a group, or first after one
	Unit   string // said here when the group does not say it for all
	About  string // indicator, where the rules that withhold it can be asked for
}

// A HeadGroup is a heading over Span columns; Label is empty over columns without a group.
type HeadGroup struct {
	Label string
	Unit  string
	Span  int
	First int // index of its first column
}

// Seen tells which signs a table holds, for its legend.
type Seen struct {
	States   [belvedere.NotApplicable + 1]bool
	Max, Min bool
}

// NewGrid lays out a result. Headers are those of the table, the names first; nil makes a plain
// table without sorting. SchoolOnly tells whether an indicator is kept for schools, nil when
// nobody knows.
func NewGrid(id, caption string, r *belvedere.Result, headers []report.HeaderView, schoolOnly func(code string) bool) *Grid {
	g := &Grid{ID: id, Caption: caption, Result: r, lookup: map[reasonKey]int{}}
	g.Names = nameHeads(r, headers)
	g.Heads = columnHeads(r, headers)
	g.Groups = headGroups(g.Heads, r.Columns)
	g.only, g.words = make([]bool, len(r.Columns)), make([]int, len(r.Columns))
	for i, c := range r.Columns {
		g.only[i] = schoolOnly != nil && schoolOnly(c.Indicator)
	}
	g.scan()
	g.widths = g.columnWidths()
	return g
}

// ExplainAt lets the panels of what is not shared lead to the page of the rules.
func (g *Grid) ExplainAt(path string) {
	if !g.Seen.States[belvedere.NotShared] {
		return
	}
	g.Explain = path
	for i, c := range g.Result.Columns {
		g.Heads[i].About = c.Indicator
	}
}

// nameHeads are the headings of the dimensions; only the first one sorts.
func nameHeads(r *belvedere.Result, headers []report.HeaderView) []report.HeaderView {
	var out []report.HeaderView
	for _, d := range r.Dims {
		out = append(out, report.HeaderView{Label: d.Label, Key: "nom"})
	}
	if len(out) == 0 {
		out = []report.HeaderView{{Label: "Ensemble"}}
	}
	if len(headers) > 0 {
		out[0] = headers[0]
	}
	return out
}

// columnHeads takes the headings given, and makes those that are missing from the columns.
func columnHeads(r *belvedere.Result, headers []report.HeaderView) []Head {
	heads := make([]Head, len(r.Columns))
	for i, c := range r.Columns {
		heads[i].HeaderView = report.HeaderView{Label: c.Label, Group: c.Group, Key: c.Key}
		if i+1 < len(headers) {
			heads[i].HeaderView = headers[i+1]
		}
		if heads[i].Label == "" {
			heads[i].Label = c.Key
		}
		heads[i].Starts = i > 0 && heads[i].Group != heads[i-1].Group
	}
	return heads
}

// glue keeps short words of a heading on one line: "1 à 2", "plus / de 5".
func glue(label string) string {
	words := strings.Split(label, " ")
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			if utf8.RuneCountInString(words[i-1]) <= 2 && utf8.RuneCountInString(word) <= 2 {
				b.WriteString(belvedere.NoBreak)
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(word)
	}
	return b.String()
}

// headGroups gathers neighbours under one heading, and says the unit of a group of percentages
// once, over it. It also gives single columns the unit that no group says.
func headGroups(heads []Head, columns []belvedere.ResultColumn) []HeadGroup {
	var groups []HeadGroup
	named := false
	for i := 0; i < len(heads); {
		end, percent := i, true
		for end < len(heads) && heads[end].Group == heads[i].Group {
			percent = percent && columns[end].Percent
			end++
		}
		group := HeadGroup{Label: heads[i].Group, Span: end - i, First: i}
		if group.Label != "" && percent {
			group.Unit = "en" + belvedere.NarrowSpace + "%"
		}
		named = named || group.Label != ""
		for k := i; k < end; k++ {
			if columns[k].Percent && group.Unit == "" {
				heads[k].Unit = "%"
			}
		}
		groups = append(groups, group)
		i = end
	}
	if !named {
		return nil
	}
	return groups
}

// scan notes the signs and the reasons that occur. The total is a row like the others.
func (g *Grid) scan() {
	if g.Result.Total != nil {
		g.scanRow(g.Result.Total.Cells)
	}
	for i := range g.Result.Rows {
		g.scanRow(g.Result.Rows[i].Cells)
	}
}

func (g *Grid) scanRow(cells []belvedere.Cell) {
	for i := range cells {
		c := &cells[i]
		g.Seen.States[c.State] = true
		if c.State == belvedere.Value {
			g.Seen.Max = g.Seen.Max || c.Extreme == belvedere.Maximum
			g.Seen.Min = g.Seen.Min || c.Extreme == belvedere.Minimum
			continue
		}
		if explained(c.State) && i < len(g.only) {
			if r := &g.Reasons[g.reason(c, g.only[i])]; r.Indicator == "" && c.State == belvedere.NotShared {
				r.Indicator = g.Result.Columns[i].Indicator
			}
		}
	}
	for i := 0; i < min(len(cells), len(g.words)); i++ {
		if cells[i].State.Shown() {
			continue
		}
		if end := g.spanFrom(cells[:min(len(cells), len(g.words))], i); end > i {
			i = end - 1
			continue
		}
		for _, word := range strings.Fields(cells[i].State.Word()) {
			g.words[i] = max(g.words[i], utf8.RuneCountInString(word))
		}
	}
}

// The page of a large screen and what a table takes of it, in pixels.
const (
	pageWidth    = 1150
	nameWidth    = 220 // as narrow as names get, their town under them
	evenName     = 252
	cellPadding  = 16
	evenPadding  = 12
	groupPadding = 16 // before the first column of a group
	sortMark     = 11 // ▲ beside a heading
	snugWidth    = 900
)

// need estimates how wide the table is when nothing in it is cut.
func (g *Grid) need() int { return nameWidth*len(g.Names) + g.roomOf(0, len(g.widths)) }

// Wide tells whether the table is wider than the page on a large screen, so that it scrolls in
// its own frame.
func (g *Grid) Wide() bool { return g.need() > pageWidth }

// columnWidths estimates how wide each column is.
func (g *Grid) columnWidths() []int {
	out := g.contentWidths()
	for i := range out {
		out[i] += cellPadding
		if g.Heads[i].Starts {
			out[i] += groupPadding
		}
	}
	return out
}

// Even tells whether columns of one width look better: several of them, and room for the widest.
func (g *Grid) Even() bool {
	widest := 0
	for i, width := range g.widths {
		if width -= cellPadding; g.Heads[i].Starts {
			width -= groupPadding
		}
		widest = max(widest, width+evenPadding)
	}
	n := len(g.Heads)
	return len(g.Names) == 1 && n >= 4 && evenName+n*widest <= pageWidth
}

// contentWidths is the width of what each column holds: the longest word of its heading (it
// wraps between words), its widest number or the word of a state. Headings are of 12 px, numbers
// of 13 and heavier in the totals.
func (g *Grid) contentWidths() []int {
	out := make([]int, len(g.Heads))
	for i, h := range g.Heads {
		for _, word := range strings.Split(glue(h.Label), " ") {
			out[i] = max(out[i], utf8.RuneCountInString(word)*33/5+sortMark)
		}
		if i < len(g.words) {
			out[i] = max(out[i], g.words[i]*32/5)
		}
		number := func(cells []belvedere.Cell) {
			if i < len(cells) && cells[i].State.Shown() {
				out[i] = max(out[i], utf8.RuneCountInString(g.Result.Columns[i].Format(cells[i].Value))*37/5)
			}
		}
		if t := g.Result.Total; t != nil {
			number(t.Cells)
		}
		out[i] = max(out[i], g.gapWidth(g.totalGaps(), i)*32/5)
		for k := 0; k < len(g.Result.Rows) && k < 20; k++ {
			number(g.Result.Rows[k].Cells)
			out[i] = max(out[i], g.gapWidth(g.gapsOf(k), i)*32/5)
		}
	}
	return out
}

// fewColumns is the number of columns under which a table keeps its natural width, lest numbers
// stand far from the names that they belong to.
const fewColumns = 4

// tableClass chooses the layout of the table.
func (g *Grid) tableClass() string {
	switch {
	case g.Even():
		return "data sticky even"
	case len(g.Heads) < fewColumns:
		return "data sticky few"
	}
	return "data sticky"
}

// scrollerClass gives a wide table a frame of its own, and a snug one, which just holds in a
// large screen, a frame on smaller ones.
func (g *Grid) scrollerClass() string {
	switch need := g.need(); {
	case need > pageWidth:
		return "scroller wide"
	case need > snugWidth:
		return "scroller snug"
	}
	return "scroller"
}

// totalNote is "23 sur 25": what the total rests on.
func (g *Grid) totalNote() string {
	c := g.Result.Coverage
	if c.Expected == 0 || c.Received >= c.Expected {
		return ""
	}
	return belvedere.FormatNumber(float64(c.Received), 0) + " sur " + belvedere.FormatNumber(float64(c.Expected), 0)
}
