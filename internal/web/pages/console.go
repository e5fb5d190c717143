package pages

import (
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// A Console is a declared page with its answers.
type Console struct {
	Frame      parts.Frame
	Title      string
	Selection  string
	Intro      string
	Tabs       []parts.Link
	Filters    parts.FilterForm
	Values     string // addresses of the two sides of the switch, "" when there is none
	Rates      string
	OnRates    bool
	WhyOff     string
	All        string // addresses of the two sides of the switch of perimeter, "" when there is none
	Constant   string
	Constantly bool
	Files      []parts.Link
	FilesSay   string       // "25 lignes"
	Follow     []parts.Link // its file by mail, an alert on it
	Data       parts.Dataline
	Sections   []Section
	Absent     []Absence // in the place of the sections, when no figure can be shown
	Why        parts.WhyPage
	Empty      bool
}

// loadCommands fill an empty console: the register first, so that figures find their schools.
const loadCommands = "belvedere load etablissements etablissements.csv\nbelvedere load effectifs effectifs.csv"

// An Absence is the figures that miss for one reason.
type Absence struct {
	Word   string // "en attente"
	Why    string
	Labels []string
	Rule   string // page that names the rule, "" for none
}

// A Section is one part of a page: exactly one of its fields is set.
type Section struct {
	Strip   []report.FigureView
	StripID string
	Proof   *parts.Foot  // under the figures, nil when they have no receipt
	Kept    []parts.Kept // perimeters of the comparisons of the strip
	Plots   []parts.Plot // one, or two side by side
	Table   *TableSection
	Err     string
}

// A TableSection is a table with its title, its pages and its foot.
type TableSection struct {
	Title   string // "" when the title of the page says it
	Grid    *parts.Grid
	Pages   []parts.Link
	Foot    parts.Foot
	Clear   string // address without filters, offered when no line answers
	Nothing string // said in the place of a table without lines
}
