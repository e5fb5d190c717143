package belvedere

// This file holds the checked model: what the declarations of catalog/ become once
// semantic has checked them. Names (codes) are ASCII, lower case, unique per kind.

// A Model is a whole catalogue, checked: every name it mentions exists.
type Model struct {
	Version    string // hash of the declarations, part of every receipt
	CodeLists  map[string]*CodeList
	Datasets   []*Dataset // in the order of declaration
	Themes     []Theme    // of the indicators, in order
	Widgets    []Widget   // rights that can be given, in the order of the form
	Ideas      []Idea     // that indicators share, in order
	Indicators []*Indicator
	Sections   []*Section // menu of the console, in order
	Pages      []*Page
	Forms      []*Form

	members     *Members // that its open lists share
	byDataset   map[string]*Dataset
	byIndicator map[string]*Indicator
	byPage      map[string]*Page
}

// Index builds the look-ups; semantic calls it once the lists are complete.
func (m *Model) Index() {
	m.byDataset = map[string]*Dataset{}
	for _, d := range m.Datasets {
		m.byDataset[d.Name] = d
	}
	m.byIndicator = map[string]*Indicator{}
	for _, i := range m.Indicators {
		m.byIndicator[i.Code] = i
	}
	m.byPage = map[string]*Page{}
	for _, p := range m.Pages {
		m.byPage[p.Code] = p
	}
}

// Theme is the label of a theme, its code when there is none.
func (m *Model) Theme(code string) string {
	for _, t := range m.Themes {
		if t.Code == code {
			return t.Label
		}
	}
	return code
}

// Dataset finds a dataset by name, nil when there is none.
func (m *Model) Dataset(name string) *Dataset { return m.byDataset[name] }

// Indicator finds an indicator by code, nil when there is none.
func (m *Model) Indicator(code string) *Indicator { return m.byIndicator[code] }

// Page finds a page by code, nil when there is none.
func (m *Model) Page(code string) *Page { return m.byPage[code] }

// A CodeList is a list of codes with their labels and the spellings accepted in files. A closed
// one has the declared codes alone; an open one grows by what files bring: see All.
type CodeList struct {
	Name  string
	Label string
	Codes []Code
	Open  bool

	members *Members
}

// A Code is one member of a list. Group is the code of a broader member (a hierarchy of two
// levels: "6eme" belongs to "college"); Total marks the member that stands for all of them in
// a dataset of distinct persons, where members must not be added.
type Code struct {
	Code    string
	Label   string
	Short   string // for narrow columns; the label when empty
	Group   string
	Aliases []string
	Total   bool
}

// Find gives the member of a code, nil when there is none.
func (l *CodeList) Find(code string) *Code {
	for i := range l.Codes {
		if l.Codes[i].Code == code {
			return &l.Codes[i]
		}
	}
	for _, c := range l.members.of(l.Name) {
		if c.Code == code {
			return &c
		}
	}
	return nil
}

// DatasetKind says how the measures of a dataset behave over time.
type DatasetKind string

// The kinds of dataset.
const (
	Flow     DatasetKind = "flux"     // events of a period: added over time and schools
	Stock    DatasetKind = "stock"    // a state at a date: over time the last one counts, over schools they add
	Distinct DatasetKind = "distinct" // persons counted at source per period: added over schools only
	Register DatasetKind = "registre" // attributes of schools, dated
)

// TimeGrain is the finest time of a dataset.
type TimeGrain string

// The time grains and the columns that they give a row in files and in the warehouse.
const (
	ByHour   TimeGrain = "heure"   // file: heure (RFC 3339); warehouse: instant (UTC), jour, heure (of the territory)
	ByDay    TimeGrain = "jour"    // file and warehouse: jour
	ByMonth  TimeGrain = "mois"    // file: mois (2025-11); warehouse: jour, the first of the month
	ByYear   TimeGrain = "annee"   // file: annee (2025 or 2025-2026); warehouse: annee only
	ByPeriod TimeGrain = "periode" // file: periode (jour, mois, annee) and debut; warehouse: periode, jour
)

// A Dataset is a declared fact table (DESIGN section 4).
type Dataset struct {
	Name       string
	Label      string
	Doc        string
	Kind       DatasetKind
	Time       TimeGrain
	Dimensions []Dimension // besides the school and the time
	Measures   []Measure
	Slice      []string // what a delivery replaces: "etablissement" and a time: "jour", "mois", "annee", "periode"
	Rollups    []Rollup
	OnRepeat   string  // the same key twice in one file: "erreur" (default), "somme", "premier"
	MaxFaulty  float64 // share of faulty rows over which a file is refused, 0 to 1
	Retention  string  // in words
	Place      Place   // what a row of a file is about; "" for a school
	Sparse     bool    // files have no line of what did not happen: a code without one counts zero
	Dated      bool    // a stock whose observations of each month are statistics of their own, not one state that goes on
}

// Dimension finds a dimension by name, nil when there is none.
func (d *Dataset) Dimension(name string) *Dimension {
	for i := range d.Dimensions {
		if d.Dimensions[i].Name == name {
			return &d.Dimensions[i]
		}
	}
	return nil
}

// Measure finds a measure by name, nil when there is none.
func (d *Dataset) Measure(name string) *Measure {
	for i := range d.Measures {
		if d.Measures[i].Name == name {
			return &d.Measures[i]
		}
	}
	return nil
}

// A Dimension is a column of codes. An optional one may be empty in a file: the row then holds
// the code "" ("non ventilé"), counted in totals and shown in a line or column of its own.
type Dimension struct {
	Name     string
	Label    string
	List     *CodeList
	Optional bool
	Free     bool // attributes of the register: any text, no list
	Apart    bool // its members count the same persons again: they are never added to protect one from another
}

// A Measure is a column of numbers.
type Measure struct {
	Name     string
	Label    string
	Unit     string
	Decimal  bool   // stored as DOUBLE, else as BIGINT
	Required bool   // a row without it is faulty; otherwise absent and 0 differ
	Negative bool   // negative values allowed
	Text     bool   // register only: the attribute is text
	Part     string // measure that counts these and others, "" when there is none: the rest must be protected too
}

// A Rollup is a coarser copy of a dataset, kept exact at each publication. Schools false means
// that it adds all schools together, for territory pages without a choice of schools.
type Rollup struct {
	Time    TimeGrain // "heure", "jour", "mois" or "annee"; "periode" for distinct persons
	Schools bool
	Drop    []string // dimensions left out
}

// A Theme groups indicators as the annex prints it ("Moyens généraux").
type Theme struct{ Code, Label string }

// A Widget is a right over indicators ("moyens.eleves"), listed under the menu it belongs to.
type Widget struct {
	Code  string
	Label string
	Menu  string // label of the menu: "Moyens généraux"
	Doc   string // one sentence about the menu, on its first widget
}

// An Indicator is a declared expression over datasets. The 80 of the annex carry their Number;
// the others are details of one of them (Of) and inherit what they do not say.
type Indicator struct {
	Code        string
	Number      int // in the annex, 0 for a detail
	Of          int // number of the annex that a detail belongs to
	Theme       string
	Widget      string // right that opens it, "" for Connexions and comptes (open to all, seed 001 section 3)
	Label       string // as printed in the annex
	Short       string // for headings
	Definition  string
	Note        string // what the declaration adds to the printed definition, "" when nothing
	Unit1       string // "Nombre", "Taux" or "---", as printed
	Unit2       string
	Since       string // millésime as printed ("2010", "2010-2020")
	SinceYear   SchoolYear
	Recipients  string // as printed
	SchoolOnly  bool   // recipients are the school alone
	LegalBasis  string
	Unit        string // of the value: "élèves", "%", …
	Value       Expr   // nil for a référentiel
	Decimals    int    // shown with the value
	Rate        *Rate
	Members     []string // référentiel: the indicators that it lists
	By          []string // référentiel: the dimensions it is broken down by
	Applicable  string   // attribute of the school that must not be false ("internat"); else "s.o."
	Secrecy     string   // class: "aucun", "5", "10"
	Annexed     bool     // true for the 80
	WhyNoRate   string   // said when the switch is off for it
	BetterIsLow bool
	Idea        string       // what it measures as others do in their own way, "" when alone
	History     []Definition // all versions, oldest first; nil when there was only one
	Reads       []*Indicator // of a formula: the declared indicators that it reads
}

// A Rate is a named ratio of two sums: over several schools, the sums run over the schools
// that have both.
type Rate struct {
	Label    string
	Num, Den Expr
	NumLabel string
	DenLabel string
	Percent  bool // shown × 100 with %; otherwise per head
	Decimals int
}

// An Expr is the tree of an expression: Number, MeasureRef or Binary.
type Expr interface{ expr() }

// A Number is a constant.
type Number float64

// A MeasureRef is the sum of a measure over the rows that satisfy Where.
type MeasureRef struct {
	Dataset string
	Measure string
	Where   []Filter
}

// A Binary is L Op R with Op one of + - * /.
type Binary struct {
	Op   byte
	L, R Expr
}

func (Number) expr()     {}
func (MeasureRef) expr() {}
func (Binary) expr()     {}

// A Filter keeps the rows whose dimension is one of the values (or none of them, with Not).
type Filter struct {
	Dim    string   `json:"dim"`
	Values []string `json:"values"`
	Not    bool     `json:"not,omitempty"`
}

// A Form maps a foreign file to datasets (ingest/form).
type Form struct {
	Code    string
	Label   string
	Source  string // producer, for the credit line
	Columns []FormColumn
	Outputs []FormOutput
	Skip    []FormSkip
	Rank    int    // a slice held by a form of higher rank is kept
	Refuse  string // why a file is recognised only to be refused; such a form has no outputs
}

// A FormColumn names a column of the file and the headers it may bear, compared without case,
// accents or separators.
type FormColumn struct {
	Name     string
	Headers  []string
	Required bool
	Decimal  bool
}

// A FormSkip leaves out the rows where a column holds one of the values (or is empty).
type FormSkip struct {
	Column string
	Values []string
	Empty  bool
	Reason string
}

// A FormOutput emits rows of one dataset from each row of the file. Each of Set gives a column
// of the dataset by an expression of the form language; Rows unpivots: one emitted row each.
type FormOutput struct {
	Dataset string
	Set     map[string]string
	Rows    []map[string]string
	Codes   map[string]map[string]string // dataset column → value in the file → code
	Labels  map[string]string            // dimension with an open list → expression of the name of its member
}
