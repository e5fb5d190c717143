package belvedere

// A Query is what is asked, before any right is applied: indicators, the dimensions of the
// lines, filters and a period. Pages, files, API and command line all build one.
type Query struct {
	Columns []QueryColumn `json:"columns"`
	By      []string      `json:"by"`
	Where   []Filter      `json:"where,omitempty"`
	Period  Period        `json:"period"`
	Compare Compare       `json:"compare,omitempty"`
	Edition int           `json:"edition,omitempty"` // 0 is the current one
	Total   bool          `json:"total,omitempty"`
	Sort    string        `json:"sort,omitempty"` // key of a column or "nom"; "-" before it reverses
	Limit   int           `json:"limit,omitempty"`
	Offset  int           `json:"offset,omitempty"`
	// Constant keeps the schools that have the data in all the periods compared: the steps of a
	// dimension of time, else Period and Against.
	Constant bool `json:"constant,omitempty"`
	// Follow takes the predecessors of the schools that a filter names, as lines over time do.
	Follow  bool   `json:"follow,omitempty"`
	Against Period `json:"against,omitzero"` // with Constant; zero is the same a year before
	// A cross table: Across turns the members of a dimension into columns, each column of the question
	// once for each of them and once for all together; Subtotals gives the outer dimensions of By lines
	// of their own; Top keeps so many members of the first, and puts the others together in a line.
	Across    string `json:"across,omitempty"`
	Subtotals bool   `json:"subtotals,omitempty"`
	Top       int    `json:"top,omitempty"`
}

// A QueryColumn asks for the value or the rate of an indicator over part of the rows.
type QueryColumn struct {
	Key       string   `json:"key"` // stable name in addresses, CSV and API
	Indicator string   `json:"indicator"`
	Rate      bool     `json:"rate,omitempty"`
	Where     []Filter `json:"where,omitempty"`
	Version   int      `json:"version,omitempty"` // of the definition; 0 is the one in force on each day
	Share     bool     `json:"share,omitempty"`   // the share of the column before it, of which it says the rest, in its total
	// Formula is what the column computes when it is no declared indicator; Indicator then is its name.
	Formula  *Formula   `json:"formula,omitempty"`
	Compiled *Indicator `json:"-"` // the formula over the catalogue that answers; set by report
	Label    string     `json:"-"`
	Group    string     `json:"-"`
}
