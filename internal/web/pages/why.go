package pages

import "belvedere/internal/web/parts"

// Why says which rule lets a figure pass or withholds it.
type Why struct {
	Frame      parts.Frame
	About      string // what was asked, "" when nothing was
	Verdict    string
	Open       bool // nothing withholds it
	Gates      []parts.Gate
	Ask        Ask
	Parts      []parts.Link   // indicators of a page, each with its own rules
	Indicators []parts.Option // to ask about another
	Indicator  string
	School     string // UAI, as typed
	Request    string // address of a request for what is closed, "" for none
}

// An Ask is whom to ask: a sentence around an address.
type Ask struct{ Before, Mail, After string }
