package belvedere

import "time"

// A State says why a cell shows a value or does not (DESIGN section 5, "Cell").
type State uint8

// The seven states of a cell.
const (
	Value         State = iota // 0 is a value
	Partial                    // some expected schools or days are missing
	Expected                   // en attente: nothing received yet
	NotShared                  // non communiqué
	Secret                     // secret
	NotAvailable               // n.d.: before the first millésime, or not counted at that grain
	NotApplicable              // s.o.
)

// Word is the state as shown in the place of a value, "" when a value is shown.
func (s State) Word() string {
	switch s {
	case Expected:
		return "en attente"
	case NotShared:
		return "non communiqué"
	case Secret:
		return "secret"
	case NotAvailable:
		return "n.d."
	case NotApplicable:
		return "s.o."
	}
	return ""
}

// Code is the state as written in files and API answers: "valeur", "partiel", …
func (s State) Code() string {
	return [...]string{"valeur", "partiel", "en_attente", "non_communique", "secret", "non_disponible", "sans_objet"}[s]
}

// Shown tells whether the cell shows its value.
func (s State) Shown() bool { return s == Value || s == Partial }

// An Extreme marks the largest and smallest cells of a column.
type Extreme uint8

// Marks of a cell within its column.
const (
	NoExtreme Extreme = iota
	Maximum
	Minimum
)

// A Cell is a value or the reason of its absence.
type Cell struct {
	State    State
	Extreme  Extreme
	Value    float64
	Covered  int32  // schools that the value holds
	Expected int32  // schools that it should hold
	Why      string // one sentence, when the state is not Value
}

// A Result is a grid of cells with all that a reader needs to trust it.
type Result struct {
	Query    Query
	Dims     []ResultDim
	Columns  []ResultColumn
	Rows     []ResultRow
	Total    *ResultRow // over all rows, not only those shown
	RowCount int        // rows before Limit
	Coverage Coverage
	Edition  Edition
	Receipt  Receipt
	Notes    []string    // what the reader must know: double counts, constant perimeter, …
	Limit    string      // members to which the asker's rights limit figures and totals, in words; "" for none
	Compared *Comparison // with another period; nil when none was asked
	Breaks   []Break     // changes of definition between the lines, which are days, months or school years

	Perimeters []Perimeter // of a query with Constant: one for all columns, or one for each group of them
}

// A Break is a change of definition in the course of a series: figures on both sides are not counted
// alike.
type Break struct {
	Indicator string
	Label     string    // of the indicator
	Version   int       // that holds from there on
	From      time.Time // its date of effect
	Line      string    // code of the first line that it holds of
	Reason    string
}

// A Perimeter is the schools that a comparison over time follows, and those that it leaves out. Schools
// that merged or were split are one unit with those that they became.
type Perimeter struct {
	Columns  []string // keys of the columns it holds for; nil for all
	Label    string   // of these columns, "" for all
	Kept     int      // units followed
	Families int      // of which made of several schools
	Left     []Key    // schools left out, by name; the detail "raison" says why
	Steps    []string // the periods compared, in words
}

// A ResultDim heads the names of the lines.
type ResultDim struct {
	Name  string // "etablissement", "niveau", …
	Label string
}

// A ResultColumn heads a column of cells.
type ResultColumn struct {
	QueryColumn
	Unit      string // "élèves", "%", …
	Percent   bool   // Value is a ratio to be shown × 100
	Decimals  int
	Number    int    // of the indicator in the annex
	Dataset   string // first dataset that it reads, for its coverage
	NoExtreme bool
}

// A ResultRow is a line.
type ResultRow struct {
	Keys  []Key // one per dimension
	Cells []Cell
	Note  string // "au 07/11/2025, 2 mois sur 3", or ""
	Level int    // of a line that stands for several: how many dimensions it names, from the first; 0 of others
}

// The codes of keys that no line by a dimension has: of a subtotal, and of what a table leaves together.
const (
	KeyTotal  = "ensemble"
	KeyOthers = "(autres)"
)

// A Key names a line: a code for programs and a label for people.
type Key struct {
	Code   string
	Label  string
	Detail []Attribute // town, postcodes, … of a school
}

// An Attribute is a named text beside a key.
type Attribute struct{ Name, Value string }

// Coverage says what a result rests on.
type Coverage struct {
	Received int // schools with data
	Expected int
	Missing  []Key     // expected schools without data
	Withheld []Key     // expected schools whose agreement does not share the figures with the asker
	UpTo     time.Time // last day received
	Unlisted []UAI     // schools with data that the register does not know
}

// A Receipt lets a result be replayed (DESIGN section 5). Code is the short form shown to people.
type Receipt struct {
	Code        string    // "7KQ2-M9XD"
	Hash        string    // full hash, hexadecimal: of the question, definitions, edition, rights, corrections, release and program
	Definitions string    // version of the catalogue that answered
	Release     string    // state of the release rules that the answer passed, "" when it passed none
	At          time.Time // when a result of this receipt was first given; zero when none was
}

// Address is the path of the page of the receipt, "" without one.
func (r Receipt) Address() string {
	if r.Code == "" {
		return ""
	}
	return "/recu/" + r.Code
}

// A Heading is what stands over a table on screen, in a file and in print.
type Heading struct {
	Title     string // "Assiduité par établissement"
	Selection string // "25 collèges, année 2025-2026"
	Period    string // "du 1er septembre 2025 au 31 août 2026"
	Territory string
	Filters   []Attribute // "Type: Collèges", in the order of the form
	Rates     bool        // the switch stands on "Taux"
	At        time.Time   // when the result was made
	Credit    string      // sources of open data, "" when none
	FileStem  string      // "assiduite-colleges-2025-2026", ASCII, no extension
	Site      string      // public address of the console, "" when none is set
}
