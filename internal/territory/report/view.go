package report

import "belvedere"

// A PageView is a declared page with its answers, ready to be rendered. The web package turns
// it into HTML and decides nothing.
type PageView struct {
	Page    *belvedere.Page
	Heading belvedere.Heading
	State   State        // of the address, normalised
	Filters []FilterView // in the order of the form
	Chips   []Chip
	Tabs    []Tab  // tables of a page shown one at a time
	Rates   string // "" no switch, "valeurs" or "taux"
	Over    bool   // the page compares times, so that a constant perimeter is offered
	WhyOff  string // why the switch is off, when it is
	Blocks  []BlockView
	Result  *belvedere.Result // the one that CSV, XLSX and PDF give (the shown table, else the first block)
	Notes   []string
	Empty   bool // nothing was ever published
	UpTo    string
}

// A FilterView is one field of the form. Kind is "choix" (one value) or "etablissements" (many).
type FilterView struct {
	Name    string
	Label   string
	Kind    string
	Options []Option
	Total   int // choices of "etablissements"; the chosen ones alone are Options when there are too many
}

// An Option of a filter.
type Option struct {
	Value    string
	Label    string
	Selected bool
	Disabled bool
}

// A Chip is an active filter; Without is the address without it.
type Chip struct {
	Label   string
	Without string
}

// A Tab leads to one table of the page.
type Tab struct {
	Label   string
	Address string
	Current bool
}

// A BlockView has exactly one part set, or Err with the message to show in its place: a block
// that fails does not take the page with it.
type BlockView struct {
	Figures []FigureView
	Kept    []belvedere.Perimeter // of the comparisons of the figures
	Figured *belvedere.Result     // the values of Figures
	Chart   *ChartView
	Table   *TableView
	Err     string
}

// A FigureView is one widget of a strip.
type FigureView struct {
	Label      string
	Column     belvedere.ResultColumn
	Cell       belvedere.Cell
	Context    []string // "dont 20 312 filles"
	Trend      []TrendPoint
	Delta      string // "−304 (−0,7 %)", "" when there is nothing to compare
	DeltaWords string // "en baisse sur un an"
	Before     string // "40 616 un an avant", where a comparison was asked for
	Coverage   string // "87/96 établissements"
	Address    string // page of its detail
}

// A TrendPoint is one year of a trend; Cell may be without value.
type TrendPoint struct {
	Label string
	Cell  belvedere.Cell
}

// A ChartView is a chart: rows are the axis, columns the series.
type ChartView struct {
	Block    *belvedere.ChartBlock
	Title    string
	Sentence string // what is seen, in words
	Result   *belvedere.Result
}

// A TableView is a table and how it is sorted.
type TableView struct {
	Block    *belvedere.TableBlock
	Label    string
	Result   *belvedere.Result
	Rates    bool
	SortKey  string // key of the sorted column, or "nom"
	SortDown bool
	Headers  []HeaderView // one per column, first the name
	Pages    []Tab        // when the rows do not fit one page
}

// A HeaderView is the heading of a column: Address sorts by it (or reverses).
type HeaderView struct {
	Label   string
	Group   string
	Key     string
	Address string
	Sort    string // "", "ascending" or "descending"
}
