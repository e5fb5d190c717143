package pages

import (
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// Gap says why two figures differ, in a form that asks for both.
type Gap struct {
	Frame   parts.Frame
	Errors  parts.FieldErrors
	Sides   [2]GapForm
	View    *report.GapView // nil until both sides are known
	Figures [2]GapFigure
	Steps   parts.Plot
	Causes  []GapCause
	Files   []parts.Link
}

// A GapForm is the fields of one side.
type GapForm struct {
	Legend  string
	Text    parts.Field
	Line    parts.Field // without options when the side has no lines
	Column  parts.Field
	Reading string // what the side is read as, "" when it is not known
}

// A GapFigure is one of the two figures.
type GapFigure struct {
	Title, Value, Words, Receipt, Address string
}

// A GapCause is one cause with what it is made of.
type GapCause struct {
	ID, Label, Amount, Merged string
	Moves                     []GapMove
	Schools                   []GapSchool
	RestAmount, RestWhy       string
	Rates                     bool // schools have no amounts: rates do not add up
	Editions                  bool // schools have moves and deliveries
}

// A GapMove is what the same deliveries moved.
type GapMove struct {
	Deliveries []parts.Link // without address for who may not open them
	Editions   []parts.Link
	Schools    string
	Amount     string
}

// A GapSchool is what one school moved.
type GapSchool struct {
	UAI, Name, Amount, Move string
	Deliveries              []parts.Link
}
