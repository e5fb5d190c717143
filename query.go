package belvedere

import "time"

// A Viewer is who asks. Scope is what he or she may see; the plan joins it to every query.
type Viewer struct {
	Name  string // shown in the journal and in files
	Admin bool
	Scope Scope
}

// A Scope limits a query. Its zero value sees nothing.
type Scope struct {
	AllSchools  bool
	Schools     []UAI           // when AllSchools is false
	AllWidgets  bool            // all menus and widgets
	Widgets     map[string]bool // when AllWidgets is false
	Own         []UAI           // schools whose own staff the viewer is: recipients never withhold
	Extended    []Extension     // agreements that extend the recipients of an indicator
	Fingerprint string          // of rights and agreements, part of the receipt
}

// An Extension is a school's agreement to share an indicator kept for schools (annex 28-32, 35).
type Extension struct {
	School    UAI
	Indicator int // number in the annex
	From, To  time.Time
}

// Sees tells whether the scope opens a widget ("" is open to all).
func (s Scope) Sees(widget string) bool {
	return widget == "" || s.AllWidgets || s.Widgets[widget]
}

// A Query is what is asked, before any right is applied: indicators, the dimensions of the
// lines, filters and a period. Pages, files, API and command line all build one.
type Query struct {
	Columns []QueryColumn `json:"columns"`
	By      []string      `json:"by"`
	Where   []Filter      `json:"where,omitempty"`
	Period  Period        `json:"period"`
	Edition int           `json:"edition,omitempty"` // 0 is the current one
	Total   bool          `json:"total,omitempty"`
	Sort    string        `json:"sort,omitempty"` // key of a column or "nom"; "-" before it reverses
	Limit   int           `json:"limit,omitempty"`
	Offset  int           `json:"offset,omitempty"`
}

// A QueryColumn asks for the value or the rate of an indicator over part of the rows.
type QueryColumn struct {
	Key       string   `json:"key"` // stable name in addresses, CSV and API
	Indicator string   `json:"indicator"`
	Rate      bool     `json:"rate,omitempty"`
	Where     []Filter `json:"where,omitempty"`
	Label     string   `json:"-"`
	Group     string   `json:"-"`
}
